"""What the tests of many cores have judged: functions that worker processes can import, and a program that is stopped.

``python -m tests.cli.slow_judging`` judges without end; it prints a line once its processes work.
"""

import os
import signal
import sys
import time
from itertools import count

from accord.cli.many_cores import ManyCores

__all__ = ["dies_at", "doubled", "named_process"]


def doubled(number: int) -> int:
    time.sleep(0.001 * (number % 7))
    return 2 * number


def named_process(_: int) -> int:
    return os.getpid()


def dies_at(number: int) -> int:
    if number == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def main() -> None:
    # A shell that starts something in the background lets it ignore the key that stops; a terminal does not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for found in ManyCores(2, small=0, chunk=1)(doubled, count()):
        if found == 20:
            sys.stdout.write("judging\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
