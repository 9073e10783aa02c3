"""``accord log``: check the stored logs, and take one along as a file for a machine without a node."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.cli.exits import ExitCode
from accord.cli.faults import FileUnusable
from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import ended, print_json, say, working

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.courier.models import Direction
    from accord.oversight.log_checks import FoundLog

__all__ = ["app"]

SLICE_SECONDS: Final = 30.0
"""How long a stored log is read before what was found is kept: processes are started anew for each slice."""

app = typer.Typer(help="Check the stored logs, and take them along.", no_args_is_help=True, add_completion=False)

Peer = Annotated[str, typer.Argument(help="Code of the other party, such as IN.")]
Of = Annotated[str, typer.Option("--of", help="Whose log: 'ours', or 'theirs' as this node keeps a copy of it.")]
Out = Annotated[Path, typer.Option("--out", help="File to write; an existing one is left alone.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, metavar="N", help="Processes that check the signatures (every core)."),
]


@app.command("export")
def export_file(peer: Peer, *, home: Home = None, acting: ActingName = None, of: Of = "ours", out: Out) -> None:
    """Write a whole log with its signatures: headers and digests, no message. Check it with `accord verify --log`."""
    open_node(home)
    from accord.oversight.log_checks import export_log

    pieces = export_log(acting_officer(acting), peer, direction_of(of))
    with working(f"Writing {out}"):
        size = write_pieces(out, pieces)
    say(f"Wrote {out}: {size} bytes. It holds headers and no message.")
    say("Give the root keys beside it by another way; the words of both must have been compared in person.")


def direction_of(of: str) -> "Direction":
    """Returns whose log is meant."""
    from accord.courier.models import Direction

    try:
        return {"ours": Direction.OUT, "theirs": Direction.IN}[of]
    except KeyError as error:
        raise typer.BadParameter("ours or theirs", param_hint="--of") from error


def write_pieces(file: Path, pieces: "Iterable[bytes]") -> int:
    """Writes a new file piece by piece and returns its length.

    Raises:
        FileUnusable: It is there already, or cannot be written.
    """
    size = 0
    try:
        with file.open("xb") as held:
            for piece in pieces:
                size += held.write(piece)
    except FileExistsError as error:
        raise FileUnusable(f"{file} is there already.", next_step="Name another file with --out.") from error
    except OSError as error:
        raise FileUnusable(f"{file} cannot be written: {error.strerror}.", fields={"file": str(file)}) from error
    return size


@app.command()
def check(*, home: Home = None, acting: ActingName = None, as_json: AsJson = False, workers: Workers = None) -> None:
    """Check every stored log, ours and the copies of our peers', against what was signed and co-signed.

    Exits 0 only if every log holds, 1 otherwise.
    """
    open_node(home)
    from accord.cli.many_cores import ManyCores
    from accord.oversight.log_checks import advance, begin_check

    officer, judging = acting_officer(acting), ManyCores(workers)
    run = begin_check(officer)
    found: list[FoundLog] = []
    with working("Checking the logs"):
        while run is not None:
            found = advance(officer, run, seconds=SLICE_SECONDS, judging=judging)
            if all(one.check.state != "running" for one in found):
                break
    if as_json:
        print_json([_row(one) for one in found])
    else:
        for one in found:
            _tell(one)
        if not found:
            say("This node has no peer.")
    ended(ExitCode.DONE if all(one.check.state == "holds" for one in found) else ExitCode.NOT_VERIFIED)


def _row(one: "FoundLog") -> dict[str, object]:
    done = one.progress
    return {
        "owner": one.owner,
        "peer": one.peer,
        "ok": one.check.state == "holds",
        "entries": done.size,
        "root": done.frontier.root.hex(),
        "cosigned_entries": done.receipted_size,
        "owner_keys": list(done.owner_keys),
        "peer_keys": list(done.peer_keys),
        "reason": done.fault.sentence if done.fault else None,
        "differing": list(one.differing),
    }


def _tell(one: "FoundLog") -> None:
    done = one.progress
    holds = "holds" if one.check.state == "holds" else "DOES NOT HOLD"
    say(f"The log of {one.owner} towards {one.peer} {holds}: {done.size} entries, {done.receipted_size} co-signed.")
    say(f"  root {done.frontier.root.hex()}")
    signed, cosigned = (", ".join(keys) or "nothing" for keys in (done.owner_keys, done.peer_keys))
    say(f"  signed with {signed}; co-signed with {cosigned}")
    if done.fault is not None:
        say(f"  Reason: {done.fault.sentence}")
    if one.differing:
        say(f"  Changed in storage: {', '.join(map(str, one.differing))}")


@app.command("request")
def ask_witness(
    peer: Peer,
    *,
    home: Home = None,
    acting: ActingName = None,
    of: Of = "ours",
    witness: Annotated[str, typer.Option("--witness", help="Name of the witness, as `accord log witnesses` shows it.")],
    out: Out,
) -> None:
    """Write a request to a witness: the newest head, and the proof from the last one that it co-signed."""
    open_node(home)
    from accord.courier.models import Direction
    from accord.oversight.log_checks import one_log
    from accord.oversight.witnesses import request_for

    officer = acting_officer(acting)
    log = one_log(officer, peer, direction_of(of))
    write_pieces(out, [request_for(officer, witness, log.owner, log.peer)])
    whose = "our log" if log.direction == Direction.OUT else f"our copy of the log of {log.owner}"
    say(f"Wrote {out}, for {whose}; the witness answers it with `accord witness cosign`.")


@app.command("cosigned")
def take_in(
    file: Annotated[Path, typer.Argument(help="What the witness wrote.", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Keep what a witness co-signed, if it is the log that is stored here; exits 1 and raises an alarm if it is not."""
    open_node(home)
    from accord.oversight.witnesses import take_cosignature

    for one in take_cosignature(acting_officer(acting), file.read_bytes()):
        say(f"{one.witness.name} co-signed {one.size} entries at {one.cosigned_at:%Y-%m-%d %H:%M:%S} UTC; it is kept.")


@app.command("witness")
def take_witness(
    file: Annotated[Path, typer.Argument(help="The witness's public keys.", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Take in the public keys of a witness, which were given in person."""
    open_node(home)
    from accord.oversight.witnesses import add_witness

    made = add_witness(acting_officer(acting), file.read_text("utf-8", "replace"))
    say(f"Co-signatures of {made.name} are known here from now on.")


@app.command("witnesses")
def list_witnesses(*, home: Home = None, acting: ActingName = None, as_json: AsJson = False) -> None:
    """Show each witness and how far it has seen every log."""
    open_node(home)
    from accord.oversight.witnesses import witnesses

    rows = [
        {
            "witness": witness.name,
            "owner": seen.log.owner,
            "peer": seen.log.peer,
            "cosigned": seen.last.size if seen.last else 0,
            "cosigned_at": seen.last.cosigned_at.isoformat() if seen.last else None,
            "entries": seen.log.size,
        }
        for witness, logs in witnesses(acting_officer(acting))
        for seen in logs
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say(f"{row['witness']}: {row['cosigned']} of {row['entries']} entries of {row['owner']} towards {row['peer']}")
    if not rows:
        say("No witness is known here, or there is no log yet.")
