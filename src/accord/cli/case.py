"""``accord case``: read the open cases, one case, and the evidence of a message, as an officer who may."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say, write_result

if TYPE_CHECKING:
    from accord.exchange.models import Case, Message
    from accord.exchange.waiting import QueueRow

__all__ = ["app"]

app = typer.Typer(help="Read cases, messages and their evidence.", no_args_is_help=True, add_completion=False)


@app.command("list")
def list_cases(
    *,
    home: Home = None,
    acting: ActingName = None,
    section: Annotated[
        str | None,
        typer.Option(help="new, due-today, overdue, waiting-on-us, waiting-on-them or waiting-on-gate."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="Cases to list.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the open cases, what is due first at the top, each with its clock."""
    open_node(home)
    from accord.exchange.waiting import Section, queue

    try:
        wanted = Section(section) if section else None
    except ValueError as error:
        raise typer.BadParameter(f"one of {', '.join(Section)}", param_hint="--section") from error
    rows = queue(acting_officer(acting), section=wanted, limit=limit)
    if as_json:
        print_json([_row(row) for row in rows])
        return
    for row in rows:
        say(f"{row.case.own_ref:<24} {row.case.peer_id:<4} {_due(row):<34} {row.case.title}")
    if not rows:
        say("No open case.")


def _row(row: "QueueRow") -> dict[str, object]:
    return {
        **_case(row.case),
        "due": {at.party: at.due.isoformat() for at in row.reading.capitals} if row.reading else None,
        "is_overdue": row.reading.is_overdue if row.reading else None,
        "waits_until": row.waits_until.isoformat() if row.waits_until else None,
    }


def _case(case: "Case") -> dict[str, object]:
    return {
        "own_ref": case.own_ref,
        "other_ref": case.other_ref,
        "peer": case.peer_id,
        "title": case.title,
        "theme": case.theme,
        "state": case.state,
        "waiting_on": case.waiting_on,
        "holder": case.holder.username if case.holder else None,
        "opened_at": case.opened_at.isoformat(),
    }


def _due(row: "QueueRow") -> str:
    if row.waits_until is not None:
        left = row.waits_until - datetime.now(UTC)
        return f"reply OVERDUE by {_hours(left)}" if left <= timedelta() else f"reply due in {_hours(left)}"
    if row.reading is None:
        return "no clock"
    words = _hours(row.reading.left)
    if row.reading.is_paused:
        return f"paused, {words} left"
    return f"OVERDUE by {words}" if row.reading.is_overdue else f"due in {words}"


def _hours(left: timedelta) -> str:
    left = abs(left)
    return f"{left // timedelta(hours=1)} h {left % timedelta(hours=1) // timedelta(minutes=1)} min"


@app.command()
def show(
    reference: Annotated[str, typer.Argument(help="Our reference of the case.")],
    *,
    home: Home = None,
    acting: ActingName = None,
    as_json: AsJson = False,
) -> None:
    """Show one case and the way of each of its messages, without their content."""
    open_node(home)
    from accord.exchange.reading import messages_of, read_case

    officer = acting_officer(acting)
    case = read_case(officer, reference)
    messages = messages_of(officer, case)
    if as_json:
        print_json({**_case(case), "messages": [_message(message) for message in messages]})
        return
    say(f"{case.own_ref} with {case.peer_id}: {case.title}")
    for message in messages:
        say(
            f"  {message.direction:<3} {message.kind:<24} {message.state:<10} "
            f"{_moment(message.created_at)}  {message.pk}"
        )
        for name, at in _steps(message).items():
            if at:
                say(f"      {name:<10} {_moment(at)}")


def _steps(message: "Message") -> dict[str, datetime | None]:
    return {
        "released": message.released_at,
        "receipted": message.delivered_at,
        "disposed": message.disposed_at,
        "received": message.received_at,
    }


def _message(message: "Message") -> dict[str, object]:
    return {
        "id": str(message.pk),
        "direction": message.direction,
        "kind": message.kind,
        "state": message.state,
        "reference": message.reference,
        "handling": message.handling,
        "envelope_id": str(message.envelope_id) if message.envelope_id else None,
        "created_at": message.created_at.isoformat(),
        **{f"{name}_at": at.isoformat() if at else None for name, at in _steps(message).items()},
    }


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


@app.command()
def evidence(
    message: Annotated[str, typer.Argument(help="Identifier of the message, as `accord case show` prints it.")],
    *,
    home: Home = None,
    acting: ActingName = None,
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    without_content: Annotated[
        bool, typer.Option("--without-content", help="Prove origin, time and receipt, and disclose nothing.")
    ] = False,
) -> None:
    """Write the evidence bundle of one message to a file; with the words of a received one, a cover sheet beside it."""
    open_node(home)
    from accord.exchange.reading import read_message
    from accord.handling.models import Use
    from accord.handling.taking import take_copy
    from accord.node.desk.cover import cover_sheet
    from accord.officers.acts import note
    from accord.officers.permissions import Permission, require
    from accord.vocabulary.uses import UseCode

    try:
        key = UUID(message)
    except ValueError as error:
        raise typer.BadParameter("an identifier such as `accord case show` prints", param_hint="MESSAGE") from error
    officer = acting_officer(acting)
    require(officer, Permission.EVIDENCE_EXPORT)
    found = read_message(officer, key)
    use = None if without_content else take_copy(officer, found, UseCode.EXPORT, mark=Use.Mark.COVER)
    bundle = _bundle_of(found, discloses_body=not without_content)
    write_result(out, bundle)
    note(officer, "export evidence", found, detail={"discloses_body": not without_content})
    if use is not None:
        sheet = out.with_name(f"{out.name}.READ-FIRST.txt")
        write_result(sheet, cover_sheet(use, name=out.name, digest=sha256(bundle).hexdigest()).encode())
        say(f"Wrote {sheet}: who took it out, for what, and under which handling. It belongs to the file.")
    say(f"Wrote {out} ({len(bundle)} bytes). Check it with `accord verify {out} --root ROOTS.json`.")


def _bundle_of(message: "Message", *, discloses_body: bool) -> bytes:
    from accord.courier.evidence import evidence_for
    from accord.courier.models import Entry
    from accord.exchange.errors import NotFound

    logged = Entry.objects.filter(direction=message.direction)
    entry = None if message.envelope_id is None else logged.filter(envelope_id=message.envelope_id).first()
    if entry is None:
        raise NotFound("The message is in no log yet, so that nothing can be proven of it.", code="courier.no-entry")
    return evidence_for(entry, discloses_body=discloses_body)
