"""The ``accord`` command: its table of commands, and the one place where errors become exit codes."""

import os
import sys
from typing import Annotated, Final

import typer

from accord import __version__
from accord.cli.exits import ExitCode
from accord.cli.faults import fault_of
from accord.cli.lazily import LazyCommand, lazy_group
from accord.cli.output import fail
from accord.errors import AccordError, OurFault

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: Final = {
    "demo": LazyCommand(module="accord.cli.demo", summary="Play one lawful request between two nodes on this machine."),
    "init": LazyCommand(module="accord.cli.init", summary="Make a node: profile, keys, database, first administrator."),
    "serve": LazyCommand(module="accord.cli.serve", summary="Run this node: API, channel listener and courier."),
    "worker": LazyCommand(module="accord.cli.worker", summary="Run channel, courier and intake without the API."),
    "officer": LazyCommand(module="accord.cli.officer", summary="Look after the accounts of this node."),
    "peer": LazyCommand(module="accord.cli.peer", summary="Pair with another node and look after the channel."),
    "register": LazyCommand(
        module="accord.cli.register", summary="Arrangements, risk profiles and assurances that the gate relies on."
    ),
    "parcel": LazyCommand(module="accord.cli.parcel", summary="Carry frames by file where no network goes."),
    "case": LazyCommand(module="accord.cli.case", summary="Read cases, messages and their evidence."),
    "plan": LazyCommand(module="accord.cli.plan", summary="Show the workplan, take it out as a file, read one back."),
    "drugs": LazyCommand(module="accord.cli.drugs", summary="Controlled substances, and manifests held against them."),
    "search": LazyCommand(module="accord.cli.search", summary="Find words in cases, and make the index anew."),
    "log": LazyCommand(module="accord.cli.log", summary="Check the stored logs, and take one along as a file."),
    "verify": LazyCommand(module="accord.cli.verify", summary="Check evidence and whole logs offline, without a node."),
    "witness": LazyCommand(
        module="accord.cli.witness", summary="Hold heads of a log, co-sign them, and know the log again, offline."
    ),
    "law": LazyCommand(module="accord.cli.law", summary="Ask the law gate, explain a rule, run the rule tables."),
    "config": LazyCommand(module="accord.cli.config", summary="Show this node's settings, secrets masked."),
    "doctor": LazyCommand(module="accord.cli.doctor", summary="Examine this node and say what needs care."),
}

EPILOG: Final = (
    "Exit codes: 0 done; 1 not verified or refused; 2 usage or input; 3 not available now; 4 our fault; "
    "5 the channel is frozen. "
    "ACCORD_HOME names the node's folder; ACCORD_DEBUG=1 shows tracebacks."
)

app = typer.Typer(
    name="accord",
    cls=lazy_group(COMMANDS),
    help="Lawful security cooperation between two sovereign nodes.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"accord {__version__}")
        raise typer.Exit


@app.callback()
def _accord(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Lawful security cooperation between two sovereign nodes."""


def main() -> None:
    """Runs the command line and turns every error into a sentence, a next step and an exit code."""
    try:
        typer.main.get_command(app)(prog_name="accord")
    except AccordError as error:
        if _is_debugging():
            raise
        fail(error)
    except KeyboardInterrupt:
        sys.exit(int(ExitCode.INTERRUPTED))
    except Exception as error:  # the edge: nothing above this line would tell the operator anything
        if _is_debugging():
            raise
        fail(
            fault_of(error)
            or OurFault(
                f"accord failed in a way it does not know: {type(error).__name__}.",
                code="cli.unexpected",
                next_step="Run the command again with ACCORD_DEBUG=1 and send the traceback to the developers.",
            )
        )


def _is_debugging() -> bool:
    return os.environ.get("ACCORD_DEBUG") == "1"
