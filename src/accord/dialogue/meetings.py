"""Meetings of both sides, as our side records them: nothing of it travels, and nothing of it binds.

What both sides agree on stands in a statement. Persons are named by function and agency alone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accord.dialogue.errors import DialogueRefused
from accord.dialogue.models import Meeting, MeetingItem, MeetingPaper, MeetingSeries, Statement
from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party

__all__ = [
    "PAPER_BYTES_MAX",
    "MeetingPlan",
    "add_item",
    "add_paper",
    "begin_series",
    "change_meeting",
    "finish_item",
    "plan_meeting",
    "remove_item",
    "settle_meeting",
]

PAPER_BYTES_MAX: Final = 5 * 1024 * 1024
"""A paper; a scanned agenda of some pages stays below it."""

ITEMS_MAX: Final = 200
"""Agenda items, decisions and action items of one meeting together: ten pages of a record."""

DELEGATION_CHARACTERS_MAX: Final = 4_000
LINE_CHARACTERS_MAX: Final = 120
TEXT_CHARACTERS_MAX: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class MeetingPlan:
    """What is said of a meeting.

    Args:
        starts_at: When it begins.
        place: Where.
        our_chair: Function that chairs for our side.
        their_chair: For the other side.
        our_delegation: Our delegation, one function and agency a line.
        their_delegation: Theirs.
        statement: The statement that it is to agree on, if any.
    """

    starts_at: datetime
    place: str
    our_chair: str = ""
    their_chair: str = ""
    our_delegation: str = ""
    their_delegation: str = ""
    statement: Statement | None = None


def begin_series(
    officer: Officer, *, peer: str, names: Mapping[str, str], level: str, now: datetime | None = None
) -> MeetingSeries:
    """Begins a series of meetings.

    Args:
        officer: A drafter.
        peer: Code of the other party.
        names: Its name by language; one at least.
        level: Who meets.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: There is no such party or level, or the series has no name.
        TextRefused: A name holds a character that hides or reorders.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    written = {language: name.strip()[:LINE_CHARACTERS_MAX] for language, name in sorted(names.items()) if name.strip()}
    check_written(written, path="names")
    is_known = Party.objects.filter(code=peer, is_self=False).exists() and level in MeetingSeries.Level.values
    if not is_known or not written:
        raise DialogueRefused(
            "A series has a party, a level and a name.",
            code="dialogue.no-series",
            next_step="Choose the party and the level, and write its name in at least one language.",
            fields={"field": "names"},
        )
    moment = now or timezone.now()
    with transaction.atomic():
        series = MeetingSeries.objects.create(
            peer_id=peer, names=written, level=level, began_at=moment, began_by=officer
        )
        note(officer, "begin series of meetings", series, at=moment, detail={"party": peer})
    return series


def plan_meeting(officer: Officer, series: MeetingSeries, plan: MeetingPlan, now: datetime | None = None) -> Meeting:
    """Plans a meeting of a series.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: It has no place, a text is too long, or the statement is with another party.
        TextRefused: A text holds a character that hides or reorders.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    fields = _checked(series, plan)
    with transaction.atomic():
        meeting = Meeting.objects.create(series=series, changed_at=moment, changed_by=officer, **fields)
        note(officer, "plan meeting", meeting, at=moment)
    return meeting


def change_meeting(
    officer: Officer, meeting: Meeting, plan: MeetingPlan, *, version: int, now: datetime | None = None
) -> Meeting:
    """Changes what is said of a meeting.

    Args:
        officer: A drafter.
        meeting: The meeting.
        plan: What is said of it now.
        version: The version that the officer saw.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: A colleague changed it meanwhile, or as for :func:`plan_meeting`.
        TextRefused: A text holds a character that hides or reorders.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    fields = _checked(meeting.series, plan)
    with transaction.atomic():
        held = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if held.version != version:
            raise DialogueRefused(
                "A colleague has changed this meeting since you opened it.",
                code="dialogue.meeting-changed",
                next_step="Read what stands there now; your own words stay in the form.",
                fields={"field": "place"},
            )
        for name, value in fields.items():
            setattr(held, name, value)
        held.version += 1
        held.changed_at, held.changed_by = moment, officer
        held.save()
        note(officer, "change meeting", held, at=moment)
    return held


def _checked(series: MeetingSeries, plan: MeetingPlan) -> dict[str, Any]:  # Any: each field has its own type
    lines = {name: getattr(plan, name).strip() for name in ("place", "our_chair", "their_chair")}
    delegations = {
        name: "\n".join(line.strip() for line in getattr(plan, name).splitlines() if line.strip())
        for name in ("our_delegation", "their_delegation")
    }
    check_written({name: text for name, text in {**lines, **delegations}.items() if text}, path="")
    too_long = [name for name, text in lines.items() if len(text) > LINE_CHARACTERS_MAX]
    too_long += [name for name, text in delegations.items() if len(text) > DELEGATION_CHARACTERS_MAX]
    if too_long or not lines["place"]:
        raise DialogueRefused(
            "A meeting has a place, and a line of it at most 120 characters.",
            code="dialogue.not-a-meeting",
            next_step="Write the place, or shorten the text.",
            fields={"field": too_long[0] if too_long else "place"},
        )
    if plan.statement is not None and plan.statement.peer_id != series.peer_id:
        raise DialogueRefused(
            "This statement is with another party.",
            code="dialogue.other-party",
            next_step="Choose a statement with the party that meets.",
            fields={"field": "statement"},
        )
    return {**lines, **delegations, "starts_at": plan.starts_at, "statement": plan.statement}


def settle_meeting(officer: Officer, meeting: Meeting, state: str, now: datetime | None = None) -> Meeting:
    """Records that a meeting was held or cancelled, or is planned after all.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: There is no such state, or a meeting that lies ahead is said to be held.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    is_early = state == Meeting.State.HELD and meeting.starts_at > moment
    if state not in Meeting.State.values or is_early:
        raise DialogueRefused(
            "This meeting lies ahead.",
            code="dialogue.meeting-ahead",
            next_step="Record that it was held after it has begun, or change its day.",
        )
    with transaction.atomic():
        held = Meeting.objects.select_for_update().get(pk=meeting.pk)
        held.state = state
        held.version += 1
        held.save()
        note(officer, "settle meeting", held, at=moment, detail={"outcome": state})
    return held


def add_item(
    officer: Officer, meeting: Meeting, *, sort: str, text: str, owner: str = "", due_on: date | None = None
) -> MeetingItem:
    """Adds an agenda item, a decision, or an action item with the side that owns it.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: It says nothing, is too long, or an action has no owner.
        TextRefused: The text holds a character that hides or reorders.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    written = text.strip()
    if written:
        check_written({"text": written}, path="")
    is_action = sort == MeetingItem.Sort.ACTION
    is_sound = sort in MeetingItem.Sort.values and 0 < len(written) <= TEXT_CHARACTERS_MAX
    if not is_sound or meeting.items.count() >= ITEMS_MAX or (is_action and owner not in MeetingItem.Owner.values):
        raise DialogueRefused(
            "An item has a text of at most 1,000 characters, and an action item the side that does it.",
            code="dialogue.not-an-item",
            next_step="Write the text, and choose the side where it is an action.",
            fields={"field": "text"},
        )
    with transaction.atomic():
        item = MeetingItem.objects.create(
            meeting=meeting,
            sort=sort,
            text=written,
            owner=owner if is_action else "",
            due_on=due_on if is_action else None,
            added_by=officer,
        )
        note(officer, "add to meeting", item, detail={"type": sort})
    return item


def finish_item(officer: Officer, item: MeetingItem, *, is_done: bool, now: datetime | None = None) -> MeetingItem:
    """Records that an action item is done, or is open after all.

    Raises:
        NotPermitted: The officer may not draft.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        item.done_on = moment.date() if is_done else None
        item.save()
        note(officer, "finish action item", item, at=moment, detail={"outcome": "done" if is_done else "open"})
    return item


def remove_item(officer: Officer, item: MeetingItem) -> None:
    """Takes an item out of a meeting's record.

    Raises:
        NotPermitted: The officer may not draft.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    with transaction.atomic():
        note(officer, "take out of meeting", item, detail={"type": item.sort})
        item.delete()


def add_paper(
    officer: Officer, meeting: Meeting, *, name: str, content: bytes, now: datetime | None = None
) -> MeetingPaper:
    """Adds a paper as it is handed in; its digest tells it from any other.

    Raises:
        NotPermitted: The officer may not draft.
        DialogueRefused: It is empty or larger than 5 MB.
        TextRefused: Its name holds a character that hides or reorders.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    if not 0 < len(content) <= PAPER_BYTES_MAX:
        raise DialogueRefused(
            "A paper has 5 MB at most, and is not empty.",
            code="dialogue.not-a-paper",
            next_step="Choose a file of that size.",
            fields={"field": "paper"},
        )
    called = name.strip()[:LINE_CHARACTERS_MAX] or "paper"
    check_written({"paper": called}, path="")
    moment = now or timezone.now()
    with transaction.atomic():
        paper = MeetingPaper.objects.create(
            meeting=meeting,
            name=called,
            content=content,
            size_bytes=len(content),
            digest=hashlib.sha256(content).digest(),
            added_at=moment,
            added_by=officer,
        )
        note(officer, "add paper", paper, at=moment, detail={"sha256": bytes(paper.digest).hex()})
    return paper
