"""Linked cases: two that belong together, and a request that is worked on in a case that was there before.

A link is for our own reading. It moves no message: each case keeps its references, its clock and its answers, so that
the other side finds under its own reference what it asked under it. Links are ended, never taken out, and why stands
in both cases' timelines.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accord.exchange.errors import ActRefused
from accord.exchange.holding import CaseHeld
from accord.exchange.models import Case, CaseLink
from accord.exchange.reach import within
from accord.exchange.reasons import note_with_reason, require_reason
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["Linked", "join_case", "link_cases", "links_of", "unlink_cases"]


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A case that belongs to another, seen from there.

    Args:
        case: The case at the other end.
        link: The link.
        is_joined_here: Whether its request is worked on in the case from which one looks.
        is_joined_there: Whether the case from which one looks is worked on in it.
    """

    case: Case
    link: CaseLink
    is_joined_here: bool
    is_joined_there: bool


def _between(case: Case, other: Case) -> Q:
    return Q(case=case, other=other) | Q(case=other, other=case)


def _standing() -> Q:
    return Q(ended_at=None)


def _require_two(case: Case, other: Case) -> None:
    if case.pk == other.pk:
        raise ActRefused(
            "A case cannot be linked to itself.",
            code="exchange.same-case",
            next_step="Give the reference of another case.",
            fields={"field": "other"},
        )


def _note_both(officer: Officer, verb: str, case: Case, other: Case, *, reason: str, at: datetime) -> None:
    for one, far in ((case, other), (other, case)):
        note_with_reason(officer, verb, one, one, reason=reason, at=at, detail={"to": far.own_ref})
    Case.objects.filter(pk__in=[case.pk, other.pk]).update(changed_at=at)


@transaction.atomic
def link_cases(officer: Officer, case: Case, other: Case, *, reason: str, now: datetime | None = None) -> CaseLink:
    """Links two cases, open or closed, with whichever peers; a link that stands is returned as it is.

    Raises:
        NotPermitted: The officer may not take cases.
        TextRefused: The reason is blank.
        ActRefused: It is the same case.
    """
    require(officer, Permission.CASE_TAKE)
    words = require_reason(reason)
    _require_two(case, other)
    # The rows are locked in one order, so that two officers who link the same two cases make one link.
    first, second = Case.objects.select_for_update().filter(pk__in=[case.pk, other.pk]).order_by("pk")
    found = CaseLink.objects.filter(_between(case, other), _standing()).first()
    if found is not None:
        return found
    moment = now or timezone.now()
    link = CaseLink.objects.create(
        case=first, other=second, kind=CaseLink.Kind.LINKED, reason=words, linked_by=officer, linked_at=moment
    )
    _note_both(officer, "link case", case, other, reason=words, at=moment)
    return link


@transaction.atomic
def unlink_cases(officer: Officer, case: Case, other: Case, *, reason: str, now: datetime | None = None) -> None:
    """Ends the link between two cases; that there was one stays in their timelines.

    Raises:
        NotPermitted: The officer may not take cases.
        TextRefused: The reason is blank.
        ActRefused: They are not linked.
    """
    require(officer, Permission.CASE_TAKE)
    words = require_reason(reason)
    moment = now or timezone.now()
    ended = CaseLink.objects.filter(_between(case, other), _standing()).update(ended_at=moment)
    if not ended:
        raise ActRefused("These two cases are not linked.", code="exchange.not-linked")
    _note_both(officer, "unlink case", case, other, reason=words, at=moment)


@transaction.atomic
def join_case(officer: Officer, case: Case, into: Case, *, reason: str, now: datetime | None = None) -> CaseLink:
    """Refers the request of a case that came in to a case that was there before; who holds that one holds both.

    Args:
        officer: Who joins.
        case: A case that the other side opened, held by nobody or by the officer.
        into: An open case with the same peer, in which it is worked on.
        reason: Why, for the file.
        now: The time.

    Raises:
        NotPermitted: The officer may not take cases.
        CaseHeld: A colleague holds the case that came in.
        TextRefused: The reason is blank.
        ActRefused: One of the two is closed or joined already, they have not the same peer, or the case is our own.
    """
    require(officer, Permission.CASE_TAKE)
    words = require_reason(reason)
    _require_two(case, into)
    rows = Case.objects.select_for_update(of=("self",)).select_related("holder").order_by("pk")
    both = {one.pk: one for one in rows.filter(pk__in=[case.pk, into.pk])}
    held, lead = both[case.pk], both[into.pk]
    _require_joinable(held, lead)
    if held.holder_id not in {None, officer.pk}:
        raise CaseHeld(held, officer)
    moment = now or timezone.now()
    CaseLink.objects.filter(_between(held, lead), _standing()).update(ended_at=moment)
    link = CaseLink.objects.create(
        case=held, other=lead, kind=CaseLink.Kind.JOINED, reason=words, linked_by=officer, linked_at=moment
    )
    if held.holder_id is None or lead.holder_id is not None:
        held.holder = lead.holder or officer
        held.taken_at = moment
        held.save(update_fields=["holder", "taken_at"])
    _note_both(officer, "join case", held, lead, reason=words, at=moment)
    return link


def _require_joinable(held: Case, lead: Case) -> None:
    if Case.State.CLOSED in {held.state, lead.state}:
        raise ActRefused(
            "One of the two cases is closed.",
            code="exchange.case-closed",
            next_step="Link the two cases instead, or join it to one that is open.",
            fields={"field": "other"},
        )
    if held.is_ours or held.peer_id != lead.peer_id:
        raise ActRefused(
            "Only a request that came in is joined, and only to a case with the same other side.",
            code="exchange.not-joinable",
            next_step="Link the two cases instead.",
            fields={"field": "other"},
        )
    joined = CaseLink.objects.filter(_standing(), kind=CaseLink.Kind.JOINED)
    if joined.filter(Q(case__in=[held, lead]) | Q(other=held)).exists():
        raise ActRefused(
            "One of the two is joined to a case already.",
            code="exchange.already-joined",
            next_step="End that first, or join it to the case in which the work is done.",
            fields={"field": "other"},
        )


def links_of(officer: Officer, case: Case) -> list[Linked]:
    """Returns the cases that belong to a case, joined ones first; none that the officer does not read.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    far = Q(case=case) & within(officer, "other__") | Q(other=case) & within(officer, "case__")
    rows = CaseLink.objects.filter(far, _standing())
    found = []
    for link in rows.select_related("case__holder", "other__holder", "linked_by"):
        is_joined, is_near = link.kind == CaseLink.Kind.JOINED, link.case_id == case.pk
        found.append(
            Linked(
                case=link.other if is_near else link.case,
                link=link,
                is_joined_here=is_joined and not is_near,
                is_joined_there=is_joined and is_near,
            )
        )
    return sorted(found, key=lambda one: not (one.is_joined_here or one.is_joined_there))
