"""``accord plan``: the workplan with a party and its indicators, taken out as a file and read back with a preview."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.cli.node import ActingName, AsJson, Home, acting_officer, open_node
from accord.cli.output import print_json, say
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.officers.models import Officer
    from accord.workplan.content import Plan
    from accord.workplan.documents.preview import Note, Preview
    from accord.workplan.indicators.figures import Figure

__all__ = ["NoPlan", "app"]

SHOWN: Final = 20
"""Changes that are listed; the others are counted."""

app = typer.Typer(
    help="The workplan that both sides sign: show it, take it out as a file, read a file back.",
    no_args_is_help=True,
    add_completion=False,
)

Peer = Annotated[str, typer.Argument(help="Code of the other party, such as IN.")]
OfDraft = Annotated[bool, typer.Option("--draft", help="Our own draft instead of the signed revision.")]
Language = Annotated[str, typer.Option("--language", help="Language of a PDF or calendar: en, fr or hi.")]


class NoPlan(OfficerCanMend):
    """There is no plan in the state that the command needs, or the file is of another form."""

    code = "cli.no-plan"
    default_next_step = "`accord plan show` says what there is; the desk starts a draft."


@app.command()
def show(peer: Peer, *, home: Home = None, acting: ActingName = None, as_json: AsJson = False) -> None:
    """Say which revision is in force, what the other side offers, and whether a draft is being written."""
    open_node(home)
    from accord.officers.permissions import Permission, require
    from accord.workplan.reading import agreed_text, draft_with, plan_of_text, standing_offer_of_theirs

    officer = acting_officer(acting)
    require(officer, Permission.AGREEMENT_READ)
    agreed, offered = agreed_text(peer), standing_offer_of_theirs(peer)
    draft = draft_with(peer) if officer.may(Permission.AGREEMENT_DRAFT) else None
    if as_json:
        print_json(
            {
                "agreed": {"number": agreed.number, "digest": bytes(agreed.digest).hex()} if agreed else None,
                "offered": {"number": offered.number, "digest": bytes(offered.digest).hex()} if offered else None,
                "draft": draft.version if draft else None,
            }
        )
        return
    if agreed is None:
        say("Both sides have signed no plan yet.")
    else:
        plan = plan_of_text(agreed)
        say(f"Revision {agreed.number}, in force from {plan.in_force_on}: {plan.title.in_language('en')}")
        say(f"{len(plan.commitments)} commitments, {len(plan.actions)} actions, {len(plan.indicators)} indicators.")
        say(f"SHA-256 {bytes(agreed.digest).hex()}")
    if offered is not None:
        say(f"The other side offers revision {offered.number}: SHA-256 {bytes(offered.digest).hex()}")
    if draft is not None:
        say(f"Our draft stands at version {draft.version}.")


@app.command()
def indicators(peer: Peer, *, home: Home = None, acting: ActingName = None, as_json: AsJson = False) -> None:
    """Count what is new and say what our log shows of the signed plan's indicators in the running quarter."""
    open_node(home)
    from accord.officers.permissions import Permission, require
    from accord.parties.models import Party
    from accord.workplan.indicators.running import figures_now

    require(acting_officer(acting), Permission.AGREEMENT_READ)
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise NoPlan(f"There is no party {peer}.", next_step="`accord peer list` says which there are.")
    figures = figures_now(peer)
    if as_json:
        print_json({"quarter": figures[0].period.code if figures else "", "figures": [_told(one) for one in figures]})
        return
    for one in figures:
        wanted, counted = one.wanted, "" if one.denominator is None else f" of {one.denominator}"
        told = f"{one.figure} {wanted.unit}{counted}" if one.figure is not None else str(one.standing)
        target = "" if wanted.target is None else f"; {wanted.aim} {wanted.target}"
        say(f"{wanted.id:<6} {wanted.title.in_language('en')}: {told}{target}")


def _told(figure: "Figure") -> dict[str, object]:
    wanted = figure.wanted
    return {
        "id": wanted.id,
        "title": wanted.title.in_language("en"),
        "definition": wanted.definition_code,
        "unit": wanted.unit.value,
        "standing": figure.standing.value,
        "figure": None if figure.figure is None else str(figure.figure),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "target": None if wanted.target is None else str(wanted.target),
        "meets_target": figure.meets_target,
    }


@app.command()
def export(
    peer: Peer,
    out: Annotated[Path, typer.Option("--out", help="File: its ending says the form (.xlsx .docx .json .pdf .ics).")],
    *,
    home: Home = None,
    acting: ActingName = None,
    draft: OfDraft = False,
    brief: Annotated[bool, typer.Option("--brief", help="The brief of one page instead of the plan (.pdf).")] = False,
    language: Language = "en",
) -> None:
    """Take the plan out as a workbook, a document, JSON, PDF or a calendar of what is due."""
    open_node(home)
    officer = acting_officer(acting)
    plan, standing = _plan(officer, peer, is_draft=draft, language=language)
    content = _written(plan, out.suffix.lower(), language=language, is_brief=brief, standing=standing)
    out.write_bytes(content)
    say(f"{out}: {len(content)} bytes.")


@app.command("import")
def import_file(
    peer: Peer,
    file: Annotated[Path, typer.Argument(help="The file (.xlsx .docx .json).", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    acting: ActingName = None,
    save: Annotated[bool, typer.Option("--save", help="Save what was understood into our draft.")] = False,
    days: Annotated[
        str, typer.Option("--days", help="How a day such as 06/07/2026 is read: day-first or month-first.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is understood of a file, what is not, and what it would change; save it with --save alone.

    Without a draft it starts one from the file. Exits 1 where something was not understood, and then saves nothing.
    """
    open_node(home)
    from accord.cli.exits import ExitCode
    from accord.cli.output import ended
    from accord.officers.permissions import Permission, require
    from accord.workplan.taking_in import plan_at_hand, take_in

    officer = acting_officer(acting)
    require(officer, Permission.AGREEMENT_DRAFT)
    held, current = plan_at_hand(peer)
    found = _read(file, current, days)
    is_whole = found.plan is not None and not found.not_understood
    if save and is_whole:
        seen = held.version if held is not None else 0
        take_in(officer, peer=peer, seen=seen, found=found, name=file.name)
    if as_json:
        print_json(_as_json(found, is_saved=save and is_whole))
    else:
        _print(found, is_saved=save and is_whole)
    ended(ExitCode.DONE if is_whole else ExitCode.NOT_VERIFIED)


def _plan(officer: "Officer", peer: str, *, is_draft: bool, language: str) -> tuple["Plan", str]:
    from accord.officers.permissions import Permission, require
    from accord.workplan.reading import agreed_text, draft_with, last_save, plan_of_text
    from accord.workplan.standing import standing_of_save, standing_of_text

    require(officer, Permission.AGREEMENT_DRAFT if is_draft else Permission.AGREEMENT_READ)
    if is_draft:
        held = draft_with(peer)
        if held is None:
            raise NoPlan(f"No draft of the plan with {peer} is being written.")
        save = last_save(held)
        return save.plan, standing_of_save(save, language=language)
    agreed = agreed_text(peer)
    if agreed is None:
        raise NoPlan(f"Both sides have signed no plan with {peer} yet.", next_step="Name the draft with --draft.")
    return plan_of_text(agreed), standing_of_text(agreed, latest=agreed, language=language)


def _written(plan: "Plan", ending: str, *, language: str, is_brief: bool, standing: str) -> bytes:
    from django.utils import timezone

    from accord.workplan.documents.due_days import calendar_of
    from accord.workplan.documents.plain import json_of
    from accord.workplan.documents.printed import brief_pdf, plan_pdf
    from accord.workplan.documents.word import document_of
    from accord.workplan.documents.workbook import workbook_of

    now = timezone.now()
    if is_brief:
        return brief_pdf(plan, language=language, on=now.date(), standing=standing)
    forms = {
        ".xlsx": lambda: workbook_of(plan, standing=standing),
        ".docx": lambda: document_of(plan, standing=standing),
        ".json": lambda: json_of(plan),
        ".pdf": lambda: plan_pdf(plan, language=language, standing=standing),
        ".ics": lambda: calendar_of(plan, language=language, at=now, standing=standing),
    }
    if ending not in forms:
        raise NoPlan(
            f"No form is named {ending or 'nothing'}.", next_step=f"End the file's name in {', '.join(forms)}."
        )
    return forms[ending]()


def _read(file: Path, current: "Plan | None", order: str) -> "Preview":
    from accord.workplan.documents.archive import FILE_BYTES_MAX
    from accord.workplan.documents.cells import DayOrder
    from accord.workplan.documents.incoming import read_file

    if order and order not in set(DayOrder):
        raise NoPlan(f"Days are not read as {order}.", next_step=f"Name one of: {', '.join(DayOrder)}.")
    with file.open("rb") as stream:
        # One byte more than is read tells a file that is too large, without reading all of it.
        data = stream.read(FILE_BYTES_MAX + 1)
    return read_file(file.name, data, current=current, order=DayOrder(order) if order else None)


def _as_json(found: "Preview", *, is_saved: bool) -> dict[str, object]:
    return {
        "understood": dict(found.understood),
        "not_understood": [_note(one) for one in found.not_understood],
        "stripped": [_note(one) for one in found.stripped],
        "changes": {str(change): count for change, count in found.would_change.counted().items()}
        if found.would_change is not None
        else None,
        "problems": [
            {"item": one.item, "field": one.field, "code": one.code, "sentence": one.sentence} for one in found.problems
        ],
        "saved": is_saved,
    }


def _note(note: "Note") -> dict[str, str]:
    return {
        "place": note.place,
        "code": note.code,
        "sentence": note.sentence,
        "next_step": note.next_step,
        "shown": note.shown,
    }


def _print(found: "Preview", *, is_saved: bool) -> None:
    say(
        "Understood: "
        + (", ".join(f"{count} {part}" for part, count in found.understood.items() if count) or "nothing")
    )
    for note in found.not_understood:
        say(f"Not understood, {note.place}: {note.sentence} {note.next_step}".rstrip())
    for note in found.stripped:
        say(f"Taken out, {note.place}: {note.sentence}{f' ({note.shown})' if note.shown else ''}")
    if found.would_change is not None:
        changes = found.would_change.changes
        say("It would change nothing." if not changes else f"It would change {len(changes)}:")
        for one in changes[:SHOWN]:
            fields = ", ".join(field.field for field in one.fields)
            say(f"  {one.key:<8} {one.change}{f': {fields}' if fields else ''}")
        if len(changes) > SHOWN:
            say(f"  and {len(changes) - SHOWN} more")
    for problem in found.problems:
        say(f"To mend, {problem.item} {problem.field}: {problem.sentence} {problem.next_step}")
    say("Saved into our draft." if is_saved else "Nothing was saved.")
