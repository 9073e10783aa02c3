"""Handing the watch over: a note of what stands, signed by who goes and by who comes, both under one digest.

What stands is read from the tables and not written by anybody: the open cases with clocks, what was promised, caveats
and who knows. The outgoing officer adds remarks and the next call, and signs what the page showed; had anything changed
meanwhile, the page is shown again. The note holds references and codes, never the words of a case, so that it keeps
nothing that a case may have to erase, and each reader sees the lines of those cases alone that they read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from heapq import merge
from hmac import compare_digest
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accord.exchange.circle import CaseMember
from accord.exchange.errors import NotFound
from accord.exchange.models import Case, Clock, Message
from accord.exchange.reach import cases_for
from accord.exchange.text import check_written
from accord.exchange.waiting import highest_handling, parked_counts
from accord.exchange.waits import waits
from accord.liaison.models import DutyPost, Handover
from accord.liaison.roster.errors import HandoverRefused, WrongField
from accord.liaison.roster.posts import can_be_on_duty
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import NotPermitted, Permission, require

__all__ = [
    "LINES_MAX",
    "UNREAD_AFTER",
    "Stands",
    "hand_over",
    "handover_for",
    "handovers_for",
    "lines_for",
    "sign_in",
    "take_back_handover",
    "unread_handovers",
    "what_stands",
]

UNREAD_AFTER: Final = timedelta(minutes=30)
"""A note that nobody has signed for so long is told on (workstreams, section 6)."""

LINES_MAX: Final = 100
"""Cases that a note names; what has no clock, and what is beyond, is counted: a longer note is not read at a change."""

REMARKS_CHARACTERS: Final = 4_000
CALL_CHARACTERS: Final = 200
VERSION: Final = 1
_OPEN_CLOCKS: Final = (Clock.State.RUNNING, Clock.State.PAUSED)
_UNSENT: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, kw_only=True)
class Stands:
    """What stands now, as far as an officer reads it.

    Args:
        facts: The lines and counts, JSON types.
        digest: Their SHA-256 in hexadecimal digits, by which an officer signs what the page showed.
    """

    facts: Mapping[str, Any]  # Any: JSON of many shapes
    digest: str


def what_stands(officer: Officer) -> Stands:
    """Returns what a handover note would say now.

    Raises:
        NotPermitted: The officer may not take cases, and so holds no watch.
    """
    require(officer, Permission.CASE_TAKE)
    open_cases = cases_for(officer).filter(state=Case.State.OPEN)
    first = _due_in(open_cases)
    read = Case.objects.select_related("holder").in_bulk(first)
    cases = [read[key] for key in first]
    marks, caveats, known = highest_handling(cases), _caveats(cases), _who_knows(cases)
    waiting = _unsent(cases)
    facts: dict[str, Any] = {
        "cases": [
            {
                "case": case.own_ref,
                "theme": case.theme,
                "waiting_on": case.waiting_on,
                "handling": marks.get(case.pk, ""),
                "clocks": first[case.pk],
                "caveats": caveats.get(case.pk, 0),
                "knows": known.get(case.pk, []),
                "unsent": waiting.get(case.pk, 0),
            }
            for case in cases
        ],
        "others": open_cases.count() - len(cases),
        "parked": sum(parked_counts(officer).values()) if officer.may(Permission.PARKED_HANDLE) else 0,
    }
    return Stands(facts=facts, digest=sha256(_ENCODER.encode(facts)).hexdigest())


def _due_in(open_cases: QuerySet[Case]) -> dict[UUID, list[dict[str, Any]]]:
    """Returns the clocks and waits of so many cases as a note has room for, what is due first at the top."""
    clocks = Clock.objects.filter(state__in=_OPEN_CLOCKS, message__case__in=open_cases).order_by("due_at", "pk")
    lists = [[(one.due_at, one.pk, one.case_key, _clock(one)) for one in clocks.annotate(case_key=F("message__case"))]]
    for rows in waits():
        waiting = rows.filter(message__case__in=open_cases).order_by("due_at", "pk")
        lists.append(
            [(at, key, case, _wait(at)) for at, key, case in waiting.values_list("due_at", "pk", "message__case")]
        )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for _at, _key, case, said in merge(*lists, key=lambda one: one[:2]):
        if case in found or len(found) < LINES_MAX:
            found.setdefault(case, []).append(said)
    return found


def _wait(due_at: datetime) -> dict[str, Any]:
    """Returns the wait for a reply by the rule of a subject, which has no urgency and never stands still."""
    due = due_at.astimezone(UTC).isoformat(timespec="seconds")
    return {"urgency": "", "due_at": due, "is_paused": False, "promised_on": None}


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "urgency": clock.urgency,
        "due_at": clock.due_at.astimezone(UTC).isoformat(timespec="seconds"),
        "is_paused": clock.state == Clock.State.PAUSED,
        # What was promised to the other side: an answer by that day.
        "promised_on": clock.expected_on.isoformat() if clock.expected_on else None,
    }


def _caveats(cases: list[Case]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    theirs = Message.objects.filter(case__in=cases, direction=Message.Direction.IN).defer("own_side")
    for message in theirs:
        stated = message.fields.get("caveats") if message.content else None
        if isinstance(stated, list) and stated:
            found[message.case_id] = found.get(message.case_id, 0) + len(stated)
    return found


def _who_knows(cases: list[Case]) -> dict[UUID, list[str]]:
    found: dict[UUID, set[str]] = {case.pk: {case.holder.username} if case.holder else set() for case in cases}
    standing = CaseMember.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), ended_at=None, case__in=cases)
    for case, name in standing.values_list("case", "officer__username"):
        found[case].add(name)
    return {case: sorted(names) for case, names in found.items()}


def _unsent(cases: list[Case]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for case in Message.objects.filter(case__in=cases, state__in=_UNSENT).values_list("case", flat=True):
        found[case] = found.get(case, 0) + 1
    return found


@transaction.atomic
def hand_over(
    by: Officer,
    post: DutyPost,
    *,
    to: Officer,
    seen: str,
    remarks: str = "",
    next_call: str = "",
    next_call_at: datetime | None = None,
    now: datetime | None = None,
) -> Handover:
    """Makes a handover note of what stands, and signs it as the outgoing officer.

    Args:
        by: Who goes.
        post: The post that is handed over.
        to: Who comes.
        seen: Digest of what the page showed.
        remarks: What the tables do not know.
        next_call: With whom the next call is.
        next_call_at: When.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not take cases.
        HandoverRefused: Something changed since the page was shown.
        RosterRefused: A field is refused, or the incoming officer cannot be on duty.
    """
    require(by, Permission.CASE_TAKE)
    at = now or timezone.now()
    if to.pk == by.pk or not can_be_on_duty(to, at):
        raise WrongField(
            "The watch is handed to a colleague in post who may take cases.",
            field="incoming",
            code="roster.not-for-duty",
        )
    if not post.party.is_self or post.closed_at is not None:
        raise WrongField("Choose a post of ours that is open.", field="post")
    told, call = remarks.strip(), " ".join(next_call.split())
    _require_words(told, call, next_call_at)
    stands = what_stands(by)
    if not compare_digest(stands.digest, seen):
        raise HandoverRefused(
            "Something has changed since the page was shown; nothing was signed.", code="roster.stands-changed"
        )
    content = _ENCODER.encode(
        {
            "version": VERSION,
            "post": post.name,
            "outgoing": by.username,
            "incoming": to.username,
            "at": at.astimezone(UTC).isoformat(timespec="seconds"),
            **stands.facts,
            "remarks": told,
            "next_call": call,
            "next_call_at": next_call_at.astimezone(UTC).isoformat(timespec="minutes") if next_call_at else None,
        }
    )
    made = Handover.objects.create(
        post=post, content=content, digest=sha256(content).digest(), outgoing=by, incoming=to, signed_at=at
    )
    note(by, "hand over watch", made, at=at, detail={"to": to.username, "digest": bytes(made.digest).hex()})
    return made


def _require_words(remarks: str, call: str, call_at: datetime | None) -> None:
    if len(remarks) > REMARKS_CHARACTERS:
        raise WrongField(f"Remarks have at most {REMARKS_CHARACTERS} characters.", field="remarks")
    if len(call) > CALL_CHARACTERS:
        raise WrongField(f"The next call is said in at most {CALL_CHARACTERS} characters.", field="next_call")
    if call_at is not None and not call:
        raise WrongField("Say with whom the next call is.", field="next_call")
    check_written({name: words for name, words in (("remarks", remarks), ("next_call", call)) if words})


@transaction.atomic
def sign_in(by: Officer, handover: Handover, *, digest: str, now: datetime | None = None) -> Handover:
    """Takes the watch: the incoming officer signs the digest of the note that the page showed.

    A colleague on duty may sign in the place of the one it was meant for; who handed over never does.

    Raises:
        NotPermitted: ``by`` may not take cases.
        HandoverRefused: It was signed or taken back already, is one's own, or is another text.
    """
    require(by, Permission.CASE_TAKE)
    held = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if held.outgoing_id == by.pk:
        raise HandoverRefused("Nobody takes the watch from themselves.", code="roster.own-handover")
    if held.read_at is not None or held.taken_back_at is not None:
        raise HandoverRefused("This note was signed or taken back already.", code="roster.handover-settled")
    if not compare_digest(bytes(held.digest).hex(), digest):
        raise HandoverRefused("The digest is not that of this note.", code="roster.other-digest")
    _lines, withheld = lines_for(by, held)
    held.read_by, held.read_at, held.withheld = by, now or timezone.now(), withheld
    held.save(update_fields=["read_by", "read_at", "withheld"])
    note(by, "take watch", held, at=held.read_at, detail={"digest": digest, "withheld": withheld})
    return held


@transaction.atomic
def take_back_handover(by: Officer, handover: Handover, *, now: datetime | None = None) -> Handover:
    """Takes a note back that nobody has signed yet.

    Raises:
        NotPermitted: ``by`` did not sign it as outgoing.
        HandoverRefused: It was signed or taken back already.
    """
    require(by, Permission.CASE_TAKE)
    held = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if held.outgoing_id != by.pk:
        raise NotPermitted("Only who handed over takes the note back.", code="roster.not-own-handover")
    if held.read_at is not None or held.taken_back_at is not None:
        raise HandoverRefused("This note was signed or taken back already.", code="roster.handover-settled")
    held.taken_back_at = now or timezone.now()
    held.save(update_fields=["taken_back_at"])
    note(by, "take back handover", held, at=held.taken_back_at)
    return held


def handovers_for(officer: Officer) -> QuerySet[Handover]:
    """Returns the notes that an officer may open: their own, and all where they may take cases or review.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    rows = Handover.objects.select_related("post", "outgoing", "incoming", "read_by")
    if officer.may(Permission.CASE_TAKE) or officer.may(Permission.RECORD_READ):
        return rows
    return rows.filter(Q(outgoing=officer) | Q(incoming=officer))


def handover_for(officer: Officer, key: UUID) -> Handover:
    """Returns one note that an officer may open.

    Raises:
        NotPermitted: The officer may not read cases.
        NotFound: There is none for them.
    """
    found = handovers_for(officer).filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such handover note.")
    return found


def lines_for(officer: Officer, handover: Handover) -> tuple[list[tuple[Mapping[str, Any], Case]], int]:
    """Returns the lines of a note whose cases an officer reads, each with its case, and how many are withheld."""
    lines = handover.said["cases"]
    read = {case.own_ref: case for case in cases_for(officer).filter(own_ref__in=[one["case"] for one in lines])}
    found = [(line, read[line["case"]]) for line in lines if line["case"] in read]
    return found, len(lines) - len(found)


def unread_handovers(now: datetime) -> QuerySet[Handover]:
    """Returns the notes that have waited too long for their second signature."""
    waiting = Handover.objects.filter(read_at=None, taken_back_at=None, signed_at__lte=now - UNREAD_AFTER)
    return waiting.order_by(F("signed_at"))
