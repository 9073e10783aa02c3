"""``accord witness``: a third person's laptop holds heads of a log, co-signs them, and later knows the log again.

It works on files alone: no node, no database, no network.
"""

import os
import sys
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.exits import ExitCode
from accord.cli.output import ended, say, write_result
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.channel.log_export import LogTitle, LogVerdict
    from accord.cli.witness_folder import HeldHead, WitnessFolder

__all__ = ["app"]

app = typer.Typer(
    help="Hold heads of a log, co-sign them, and know the log again.", no_args_is_help=True, add_completion=False
)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The witness's folder.")]
Export = Annotated[Path, typer.Argument(metavar="EXPORT", help="A whole log, as `accord log export` writes it.")]
Asked = Annotated[
    Path, typer.Argument(metavar="FILE", help="A whole log, or a request as `accord log request` writes it.")
]
Out = Annotated[Path, typer.Option("--out", help="File to write.")]


class PassphraseWanted(OfficerCanMend):
    """The witness's key is encrypted, and no pass phrase is given."""

    code = "witness.passphrase-missing"
    default_next_step = "Run the command on a terminal, which asks for it, or set ACCORD_PASSPHRASE for one run."


@app.command()
def init(
    folder: Folder,
    name: Annotated[str, typer.Option("--name", help="What the witness is called, such as review.example.org/w1.")],
) -> None:
    """Make a witness: a folder with a key of its own, encrypted under a pass phrase."""
    from accord.channel.witness import SEED_BYTES
    from accord.cli.witness_folder import KEYS, WitnessFolder

    made = WitnessFolder.make(folder, name, seed=os.urandom(SEED_BYTES), passphrase=_passphrase(is_new=True))
    say(f"Made the witness {made.key.name} in {folder}.")
    say(f"Give {folder / KEYS} to those who are to believe it, in person: it holds nothing secret.")


@app.command()
def add(
    folder: Folder,
    export: Export,
    root: Annotated[Path, typer.Option("--root", help="JSON file with the root keys that you compared in person.")],
) -> None:
    """Watch a log from now on; the file shows whose it is, and is checked whole before it is believed."""
    from accord.channel.evidence import TrustRoots
    from accord.channel.keyset import KeysetChain
    from accord.channel.log_export import verify_log
    from accord.cli.many_cores import ManyCores
    from accord.cli.whole_logs import opened
    from accord.cli.witness_folder import WitnessFolder

    witness, roots = WitnessFolder.at(folder), TrustRoots.from_json(_read(root)).roots
    with opened(export) as source:
        verdict = verify_log(source.read, roots, judging=ManyCores())
    title = _require_holds(verdict)
    owner = KeysetChain.from_bytes(title.owner_chain, trusted=roots[title.owner])
    peer = KeysetChain.from_bytes(title.peer_chain, trusted=roots[title.peer])
    with witness.alone():
        witness.watch(owner, peer)
    say(f"{witness.key.name} watches the log of {title.owner} towards {title.peer}. Nothing is co-signed yet.")


@app.command()
def cosign(folder: Folder, file: Asked, out: Out) -> None:
    """Co-sign a log's head if it extends every head that was co-signed before; keep it; write it out.

    Exits 1 if it does not extend them. Where that proves two histories, the proof is written into the folder.
    """
    from accord.channel.log_export import LOG_MAGIC
    from accord.channel.witness import cosignature_lines, cosigned_note
    from accord.cli.whole_logs import opened
    from accord.cli.witness_folder import WitnessFolder
    from accord.cli.witness_looks import admitted_export, admitted_request

    witness = WitnessFolder.at(folder)
    with opened(file) as source:
        is_export = source.read(len(LOG_MAGIC)) == LOG_MAGIC
    signer = witness.signer(_passphrase())
    with witness.alone():
        admit = admitted_export if is_export else admitted_request
        log, note, head, held = admit(witness, file)
        if held is None:
            result = cosigned_note(note, cosignature_lines(head, signer, now_ms=int(time() * 1000)))
            log.keep(head, result)
        else:
            result = held.note
            say(f"Size {head.size} was co-signed before; the same co-signature is given again.")
    write_result(out, result)
    say(f"{witness.key.name} co-signed {head.size} entries of {head.owner} towards {head.peer}.")
    say(f"Wrote {out}; the node takes it in with `accord log cosigned {out}`.")


@app.command()
def check(folder: Folder, export: Export) -> None:
    """Say whether the log that is shown is the log that was: it must pass through every head that was co-signed.

    Exits 0 only if it does and ends no earlier.
    """
    from accord.cli.whole_logs import sentences
    from accord.cli.witness_folder import WitnessFolder
    from accord.cli.witness_looks import accuse, looked_at

    witness = WitnessFolder.at(folder)
    with witness.alone():
        log, verdict, heads = looked_at(witness, export)
        proof = accuse(log, export, heads) if verdict.reason is not None else None
    for sentence in sentences(verdict):
        say(f"  {sentence}")
    _tell_check(witness, verdict, heads, proof=proof)


def _tell_check(
    witness: "WitnessFolder", verdict: "LogVerdict", heads: "list[HeldHead]", *, proof: Path | None
) -> None:
    from accord.cli.witness_looks import day_of

    if verdict.reason is not None:
        say(f"NOT THE LOG THAT WAS: {verdict.reason}")
        if proof is not None:
            say(f"Both sides' officers can check the proof of two histories: accord verify {proof} --root ROOTS.json")
        ended(ExitCode.NOT_VERIFIED)
    if not heads:
        say("It holds by itself, but this witness never co-signed it: it cannot say that it is the log that was.")
        ended(ExitCode.NOT_VERIFIED)
    last, size = heads[-1], verdict.progress.size
    if size < last.head.size:
        say(
            f"SHORTENED: the log that is shown ends at {size} entries, but {witness.key.name} co-signed "
            f"{last.head.size} entries on {day_of(last.cosigned_ms)}."
        )
        ended(ExitCode.NOT_VERIFIED)
    say(
        f"This is the log that was: it passes through all {len(heads)} heads that {witness.key.name} co-signed, the "
        f"last over {last.head.size} entries on {day_of(last.cosigned_ms)}."
    )


def _require_holds(verdict: "LogVerdict") -> "LogTitle":
    from accord.cli.witness_looks import LogRefused

    if verdict.title is None or verdict.reason is not None:
        raise LogRefused(f"The log does not hold: {verdict.reason}")
    return verdict.title


def _read(file: Path) -> bytes:
    from accord.cli.whole_logs import opened

    with opened(file) as source:
        return source.read()


def _passphrase(*, is_new: bool = False) -> bytes:
    if phrase := os.environ.get("ACCORD_PASSPHRASE"):
        return phrase.encode()
    if not sys.stdin.isatty():
        raise PassphraseWanted("No pass phrase was given for the witness's key.")
    asked: str = typer.prompt("Pass phrase of the witness's key", hide_input=True, confirmation_prompt=is_new)
    return asked.encode()
