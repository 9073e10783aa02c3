"""``accord parcel``: carry the channel's frames by file where no network goes."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.exits import ExitCode
from accord.cli.node import ActingName, AsJson, Home, open_node
from accord.cli.output import ended, print_json, say, working
from accord.cli.peer import channel_of, manager

if TYPE_CHECKING:
    from accord.courier.parcel import ParcelReport

__all__ = ["app"]

app = typer.Typer(help="Carry frames by file where no network goes.", no_args_is_help=True, add_completion=False)

Peer = Annotated[str, typer.Argument(help="Code of the other party.")]


@app.command("export")
def export_file(
    peer: Peer,
    *,
    home: Home = None,
    acting: ActingName = None,
    out: Annotated[Path, typer.Option("--out", help="File to write; an existing one is left alone.")],
    unmet: Annotated[
        bool,
        typer.Option(
            "--unmet",
            help="For a channel of parcels only, where the storage was not restored from a backup: append what waits "
            "though this process has not heard the peer.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a parcel for a peer: all that waits, and all without its receipt."""
    open_node(home)
    from accord.courier.parcel import export_parcel

    officer = manager(acting)
    channel = channel_of(peer)
    with working("Writing the parcel"):
        report = export_parcel(channel.pk, out, is_unmet=unmet)
    _note(officer, "export parcel", channel, report)
    _tell(report, f"Wrote {out}", as_json=as_json)


@app.command("import")
def import_file(
    peer: Peer,
    file: Annotated[Path, typer.Argument(help="The parcel.", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    acting: ActingName = None,
    as_json: AsJson = False,
) -> None:
    """Take a peer's parcel in; twice, late or out of order does no harm.

    Exits 1 if a frame was refused or the file is damaged; what held was taken in all the same.
    Exits 5 if the channel is frozen, by this parcel or before it.
    """
    open_node(home)
    from accord.courier.parcel import import_parcel
    from accord.release.intake import take_in

    officer = manager(acting)
    channel = channel_of(peer)
    with working("Taking the parcel in"):
        report = import_parcel(channel.pk, file)
        while take_in(channel).total:
            pass
    _note(officer, "import parcel", channel, report)
    _tell(report, f"Read {file}", as_json=as_json)
    if report.mode == "frozen":
        ended(ExitCode.FROZEN)
    ended(ExitCode.DONE if report.is_whole and not report.refused else ExitCode.NOT_VERIFIED)


def _note(officer: Any, verb: str, channel: Any, report: "ParcelReport") -> None:  # Any: models, imported late
    from accord.officers.acts import note

    note(officer, verb, channel, detail={"frames": report.frames, "entries": report.entries})


def _tell(report: "ParcelReport", what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "peer": report.peer,
                "frames": report.frames,
                "entries": report.entries,
                "receipted_size": report.receipted_size,
                "refused": [one.code for one in report.refused],
                "refusals": [asdict(one) for one in report.refused],
                "is_whole": report.is_whole,
                "mode": report.mode,
            }
        )
        return
    say(f"{what}: {report.frames} frames, {report.entries} entries; our log is receipted to {report.receipted_size}.")
    for one in report.refused:
        say(f"  Refused, {one.count} frames: {one.sentence}")
        say(f"    Next step: {one.next_step}")
        say(f"    Code: {one.code}")
    if not report.is_whole:
        say("  The file is cut off or damaged; what held was used. Ask the peer for the parcel again.")
    if report.mode == "frozen":
        say("  THE CHANNEL IS FROZEN: two histories are proven, and nothing goes either way.")
        say(f"    Next step: accord peer show {report.peer}")
        say(f"               accord peer proof {report.peer} --out FILE, for the officers of both sides")
