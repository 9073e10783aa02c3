"""``accord register``: bring arrangements, risk profiles and assurances into our registers, and settle what waits.

``accord peer arrangement`` and ``accord peer risk`` are the same two commands: a node's first entries come from files.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.parties.models import RegisterEntry
    from accord.parties.register_book import GivenText
    from accord.parties.registers import Register

__all__ = ["NoSuchEntry", "app", "arrangement", "risk"]

app = typer.Typer(
    help="Arrangements, risk profiles and assurances that the law gate relies on.",
    no_args_is_help=True,
    add_completion=False,
)

Name = Annotated[str, typer.Argument(metavar="REGISTER", help="arrangement, risk or assurance.")]
Code = Annotated[str, typer.Argument(help="Code of the entry; for a risk profile the party's.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept and shown.")]
WhyMaybe = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept and shown.")]
TextFile = Annotated[
    Path | None, typer.Option("--text", help="The signed text, kept on this node.", exists=True, dir_okay=False)
]


class NoSuchEntry(OfficerCanMend):
    """The register has no such entry, or none in the state that the act needs."""

    code = "cli.no-register-entry"
    default_next_step = "`accord register list` shows what stands in the registers and what waits."


@app.command()
def arrangement(
    file: Annotated[Path, typer.Argument(help="TOML file of the arrangement.", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    acting: ActingName = None,
    text: TextFile = None,
    reason: WhyMaybe = "",
) -> None:
    """Propose a written arrangement that the law gate may rely on; docs/operator-guide.md has the file's form."""
    open_node(home)
    import msgspec

    from accord.cli.arrangement import read_arrangement
    from accord.officers.registers import propose_entry
    from accord.parties.registers import Register

    stated = read_arrangement(file)
    terms: dict[str, Any] = msgspec.to_builtins(stated)  # Any: JSON types
    code, _ = terms.pop("code"), terms.pop("text_sha256")
    made = propose_entry(
        acting_officer(acting),
        Register.ARRANGEMENT,
        code,
        terms,
        why=reason,
        text=_text(text),
        text_digest=stated.text_digest,
    )
    _say_proposed(made)


@app.command()
def risk(
    peer: Annotated[str, typer.Argument(help="Code of the party, such as IN.")],
    *,
    home: Home = None,
    acting: ActingName = None,
    assessed_on: Annotated[
        datetime, typer.Option("--assessed-on", help="Day of the assessment.", formats=["%Y-%m-%d"])
    ],
    baseline: Annotated[str, typer.Option("--baseline", help="none, low, medium or substantial, without measures.")],
    residual: Annotated[str, typer.Option("--residual", help="The same with the measures that were really taken.")],
    assessed_by: Annotated[str, typer.Option("--assessed-by", help="Who assessed it.")],
    mitigation: Annotated[
        list[str] | None, typer.Option("--mitigation", help="One measure that was really taken; repeatable.")
    ] = None,
    not_taken: Annotated[
        list[str] | None, typer.Option("--not-taken", help="One measure that is only named so far; repeatable.")
    ] = None,
    basis: Annotated[str, typer.Option("--basis", help="On what the scores rest, in words.")] = "",
    reason: WhyMaybe = "",
) -> None:
    """Propose a new version of a party's risk profile, which the law gate reads: two scores, never merged."""
    open_node(home)
    from accord.officers.registers import propose_entry
    from accord.parties.registers import Register

    measures = [{"measure": one, "is_taken": True} for one in mitigation or []]
    measures += [{"measure": one, "is_taken": False} for one in not_taken or []]
    terms = {
        "assessed_on": assessed_on.date().isoformat(),
        "baseline": baseline,
        "residual": residual,
        "mitigations": measures,
        "assessed_by": assessed_by,
        "basis": basis,
    }
    _say_proposed(propose_entry(acting_officer(acting), Register.RISK, peer, terms, why=reason))


@app.command()
def assurance(
    file: Annotated[Path, typer.Argument(help="TOML file of the assurance.", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    acting: ActingName = None,
    text: TextFile = None,
    reason: WhyMaybe = "",
) -> None:
    """Propose a written assurance with its review; docs/operator-guide.md has the file's form."""
    open_node(home)
    from accord.cli.arrangement import read_fields
    from accord.officers.registers import propose_entry
    from accord.parties.registers import Register

    terms = read_fields(file)
    code, digest = str(terms.pop("code", "")), str(terms.pop("text_sha256", ""))
    try:
        stated = bytes.fromhex(digest) or None
    except ValueError:
        stated = b""
    by = acting_officer(acting)
    _say_proposed(propose_entry(by, Register.ASSURANCE, code, terms, why=reason, text=_text(text), text_digest=stated))


@app.command("list")
def list_entries(*, home: Home = None, acting: ActingName = None, as_json: AsJson = False) -> None:
    """List what stands in the registers and what waits for a second person."""
    open_node(home)
    from accord.officers.permissions import Permission, require
    from accord.parties.models import RegisterEntry

    require(acting_officer(acting), Permission.REGISTER_READ)
    entries = list(RegisterEntry.objects.all())
    if as_json:
        print_json([_row(one) for one in entries])
        return
    for one in entries:
        state = "ended" if one.ended_on else one.state
        say(f"{one.register:<12} {one.code:<24} version {one.version:<3} {state:<9} from {one.counts_from}")
    if not entries:
        say("The registers are empty.")


@app.command()
def agree(register: Name, code: Code, *, home: Home = None, acting: ActingName = None, reason: WhyMaybe = "") -> None:
    """Agree to the version that waits, as a second person."""
    open_node(home)
    from accord.officers.registers import agree_to_entry

    done = agree_to_entry(acting_officer(acting), _entry(register, code, "proposed"), why=reason)
    say(f"Agreed: {done} counts from {done.counts_from} (UTC).")


@app.command()
def refuse(register: Name, code: Code, *, home: Home = None, acting: ActingName = None, reason: Why) -> None:
    """Refuse the version that waits, or take back one's own."""
    open_node(home)
    from accord.officers.registers import refuse_entry

    say(f"Refused: {refuse_entry(acting_officer(acting), _entry(register, code, 'proposed'), why=reason)}.")


@app.command()
def end(register: Name, code: Code, *, home: Home = None, acting: ActingName = None, reason: Why) -> None:
    """End what is in force, from today (UTC) on."""
    open_node(home)
    from accord.officers.registers import end_entry

    done = end_entry(acting_officer(acting), _entry(register, code, "agreed"), why=reason)
    say(f"Ended: {done} counts no more from {done.ended_on} (UTC).")


def _entry(name: str, code: str, state: str) -> "RegisterEntry":
    from accord.parties.models import RegisterEntry

    found = RegisterEntry.objects.filter(register=_register(name), code=code, state=state).order_by("-version").first()
    if found is None:
        raise NoSuchEntry(f"The register {name} has no {state} version of {code[:64]!r}.")
    return found


def _register(name: str) -> "Register":
    from accord.parties.registers import Register

    try:
        return Register(name)
    except ValueError as error:
        raise typer.BadParameter(f"one of {', '.join(Register)}", param_hint="REGISTER") from error


def _text(file: Path | None) -> "GivenText | None":
    from accord.parties.register_book import TEXT_BYTES_MAX, GivenText

    if file is None:
        return None
    with file.open("rb") as source:
        return GivenText(name=file.name, content=source.read(TEXT_BYTES_MAX + 1))


def _say_proposed(entry: "RegisterEntry") -> None:
    if entry.state == entry.State.AGREED:
        say(f"Recorded {entry.code}, version {entry.version}, counting from {entry.counts_from} (UTC).")
        say("Nobody at this node may agree yet, so that it counts at once. Make an account with the role counsel.")
        return
    say(f"Proposed {entry.code}, version {entry.version}. A second person agrees at the desk under Registers, or with")
    say(f"accord register agree {entry.register} {entry.code} --as NAME")


def _row(entry: "RegisterEntry") -> dict[str, Any]:  # Any: JSON types
    return {
        "register": entry.register,
        "code": entry.code,
        "version": entry.version,
        "state": "ended" if entry.ended_on else entry.state,
        "counts_from": entry.counts_from.isoformat(),
        "counts_until": entry.counts_until.isoformat() if entry.counts_until else None,
        "ended_on": entry.ended_on.isoformat() if entry.ended_on else None,
        "text_sha256": bytes(entry.text_digest).hex() if entry.text_digest else None,
        "terms": entry.terms,
    }
