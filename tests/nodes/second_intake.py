"""A second process that takes in what arrives at a node which takes it in already: started by tests, on its home.

It says ``ready`` and works until its input is closed.
"""

import os
import sys
import threading
from pathlib import Path

from accord.cli.node import open_node


def main() -> None:
    """Takes in as fast as it can."""
    open_node(Path(os.environ["ACCORD_HOME"]))
    from accord.release.intake import take_in_all

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not over.is_set():
        take_in_all(limit=16)


if __name__ == "__main__":
    main()
