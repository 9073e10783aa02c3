"""``accord doctor``: an examination of this node, each finding with what to do about it.

Nothing is changed, and nothing of any content is read.
"""

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.exits import ExitCode
from accord.cli.node import AsJson, Home, open_node
from accord.cli.output import ended, print_json, say

__all__ = ["app"]

app = typer.Typer(add_completion=False)

MARKS = {"good": "good   ", "care": "CARE   ", "fault": "FAULT  "}


@app.command()
def doctor(
    home: Home = None,
    as_json: AsJson = False,
    no_keys: Annotated[
        bool, typer.Option("--no-keys", help="Leave the key file closed, as when no passphrase is at hand.")
    ] = False,
) -> None:
    """Examine this node and say what needs care.

    Exits 0 when nothing is at fault (care may be needed all the same), 4 otherwise.
    """
    folder: Path = open_node(home, needs_database=False)
    from accord.cli.examination import examine

    findings = examine(folder, with_keys=not no_keys)
    is_sound = all(finding.state != "fault" for finding in findings)
    if as_json:
        print_json({"ok": is_sound, "findings": [finding.to_json() for finding in findings]})
    else:
        for finding in findings:
            say(f"{MARKS[finding.state]} {finding.name:<12} {finding.sentence}")
            if finding.next_step:
                say(f"{'':<21}Next step: {finding.next_step}")
    ended(ExitCode.DONE if is_sound else ExitCode.OUR_FAULT)
