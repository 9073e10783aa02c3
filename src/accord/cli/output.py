"""What the commands print: text for people, JSON for scripts, errors as a sentence and the next step.

Results go to standard output, everything else to standard error, so that ``accord ... --json | jq`` always works.
With ``--json`` among the words an error is one JSON object on standard error, in the members of RFC 9457.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from accord.cli.exits import ExitCode, exit_code_for
from accord.cli.faults import FileUnusable
from accord.errors import AccordError

__all__ = ["complain", "ended", "fail", "print_json", "say", "working", "write_result"]


def print_json(value: object) -> None:
    """Prints one JSON value on standard output, members in the order given."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def say(sentence: str = "") -> None:
    """Prints one line for a person on standard output."""
    typer.echo(sentence)


def complain(error: AccordError, *, as_json: bool) -> None:
    """Prints an error on standard error: what happened, what to do, and the code to quote."""
    if as_json:
        typer.echo(json.dumps(error.problem(), ensure_ascii=False, default=str), err=True)
        return
    typer.secho(error.sentence, err=True, fg=typer.colors.RED if sys.stderr.isatty() else None)
    typer.echo(f"  Next step: {error.next_step}", err=True)
    typer.echo(f"  Code: {error.reason_code}", err=True)


def fail(error: AccordError) -> NoReturn:
    """Prints an error and ends the command with the code of who must act."""
    complain(error, as_json="--json" in sys.argv)
    raise SystemExit(int(exit_code_for(error)))


def ended(code: ExitCode) -> NoReturn:
    """Ends the command with a code after its result was printed."""
    raise typer.Exit(int(code))


@contextmanager
def working(on: str) -> Iterator[None]:
    """Shows on a terminal that something longer is under way; prints nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(on):
        yield


def write_result(file: Path, data: bytes) -> None:
    """Writes a command's result to a file that the operator named.

    Raises:
        FileUnusable: The folder is missing, or the file cannot be written.
    """
    try:
        file.write_bytes(data)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileUnusable(
            f"There is no folder {file.parent}.",
            code="cli.no-folder",
            next_step="Make the folder, or name another file with --out.",
            fields={"file": str(file)},
        ) from error
    except OSError as error:
        raise FileUnusable(f"{file} cannot be written: {error.strerror}.", fields={"file": str(file)}) from error
