"""The team of a case: its holder, or a releasing officer, says with a reason who reads it besides its scope.

A case may be kept to its team, so that a scope opens it to nobody. Whoever needs it then, and finds nobody who could
let them in, breaks in: with a reason, for a day, and told to its holder and to the reviewers. Nothing here is taken
out of the record: who was in a team, from when to when, on whose word and why stands in the case's timeline.

Source: CSE Act, section 24, on need to know; break-glass access with later review as ISO 27799, 9.2.3, has it.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accord.exchange.circle import CaseMember
from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.models import Case
from accord.exchange.reach import reads
from accord.exchange.reasons import note_with_reason, require_reason
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = [
    "BREAK_IN_HOURS",
    "add_member",
    "break_in",
    "keep_to_team",
    "keeps_team",
    "open_to_scope",
    "remove_member",
    "team_of",
]

BREAK_IN_HOURS: Final = 24
"""Hours for which a break-in opens a case: as long as an emergency release has until its review (rule BI-13)."""


class NotTeamKeeper(ActRefused):
    """The officer neither holds the case nor releases messages."""

    code = "exchange.not-team-keeper"
    default_next_step = "Ask the holder of the case, or a releasing officer."


def keeps_team(officer: Officer, case: Case) -> bool:
    """Returns whether an officer says who is in the team of a case: who holds it, or who releases."""
    is_keeper = case.holder_id == officer.pk or officer.may(Permission.MESSAGE_RELEASE)
    return is_keeper and officer.may(Permission.TEAM_KEEP)


def _require_keeper(officer: Officer, case: Case) -> Case:
    require(officer, Permission.TEAM_KEEP)
    held = Case.objects.select_for_update(of=("self",)).select_related("holder").get(pk=case.pk)
    if not keeps_team(officer, held):
        raise NotTeamKeeper("Who holds the case, or a releasing officer, says who is in its team.")
    return held


@transaction.atomic
def add_member(
    officer: Officer, case: Case, *, member: Officer, reason: str, now: datetime | None = None
) -> CaseMember:
    """Takes a colleague into the team; one who is in it stays as they are.

    Args:
        officer: The holder, or a releasing officer.
        case: The case.
        member: A colleague who may read cases.
        reason: Why they need to know it, for the file.
        now: The time.

    Raises:
        NotPermitted: The officer may not keep teams.
        TextRefused: The reason is blank.
        ActRefused: The officer neither holds the case nor releases, or the colleague may not read cases.
    """
    held = _require_keeper(officer, case)
    words = require_reason(reason)
    if not member.may(Permission.CASE_READ):
        raise ActRefused(
            "This account cannot be in a team.",
            code="exchange.not-a-member",
            next_step="Name a colleague in post who may read cases.",
            fields={"field": "member"},
        )
    kind = CaseMember.Kind.MEMBER
    found = CaseMember.objects.filter(case=held, officer=member, kind=kind, ended_at=None).first()
    if found is not None:
        return found
    moment = now or timezone.now()
    made = CaseMember.objects.create(
        case=held, officer=member, kind=kind, reason=words, added_by=officer, added_at=moment
    )
    note_with_reason(officer, "add member", held, held, reason=words, at=moment, detail={"to": member.username})
    return made


@transaction.atomic
def remove_member(officer: Officer, case: Case, *, member: Officer, reason: str, now: datetime | None = None) -> None:
    """Takes a colleague out of the team; who broke in is out with it, too.

    Raises:
        NotPermitted: The officer may not keep teams.
        TextRefused: The reason is blank.
        ActRefused: The officer neither holds the case nor releases, or the colleague is not in the team.
    """
    held = _require_keeper(officer, case)
    words = require_reason(reason)
    moment = now or timezone.now()
    standing = CaseMember.objects.filter(case=held, officer_id=member.pk, ended_at=None)
    if not standing.update(ended_at=moment):
        raise ActRefused("This colleague is not in the team.", code="exchange.not-in-team", fields={"field": "member"})
    note_with_reason(officer, "remove member", held, held, reason=words, at=moment, detail={"to": member.username})


@transaction.atomic
def keep_to_team(officer: Officer, case: Case, *, reason: str, now: datetime | None = None) -> Case:
    """Keeps a case to its team: a scope opens it to nobody any more.

    Raises:
        NotPermitted: The officer may not keep teams.
        TextRefused: The reason is blank.
        ActRefused: The officer neither holds the case nor releases.
    """
    return _set_team_only(officer, case, is_team_only=True, reason=reason, now=now)


@transaction.atomic
def open_to_scope(officer: Officer, case: Case, *, reason: str, now: datetime | None = None) -> Case:
    """Opens a case again to those who have it in their scope.

    Raises:
        NotPermitted: The officer may not keep teams.
        TextRefused: The reason is blank.
        ActRefused: The officer neither holds the case nor releases.
    """
    return _set_team_only(officer, case, is_team_only=False, reason=reason, now=now)


def _set_team_only(officer: Officer, case: Case, *, is_team_only: bool, reason: str, now: datetime | None) -> Case:
    held = _require_keeper(officer, case)
    words = require_reason(reason)
    if held.is_team_only is is_team_only:
        return held
    held.is_team_only = is_team_only
    held.save(update_fields=["is_team_only"])
    verb = "keep case to team" if is_team_only else "open case to scope"
    note_with_reason(officer, verb, held, held, reason=words, at=now or timezone.now())
    return held


@transaction.atomic
def break_in(officer: Officer, reference: str, *, reason: str, now: datetime | None = None) -> Case:
    """Opens a case to an officer who was not let in, for a day; its holder and the reviewers are told.

    Args:
        officer: Who needs it at once, and may take cases.
        reference: Our reference of the case, or the other side's.
        reason: What cannot wait, for the holder and the reviewers.
        now: The time.

    Returns:
        The case; as it is where the officer reads it already.

    Raises:
        NotPermitted: The officer may not take cases.
        TextRefused: The reason is blank.
        NotFound: There is no one case with this reference.
    """
    require(officer, Permission.CASE_TAKE)
    words = require_reason(reason)
    named = Q(own_ref__iexact=reference) | Q(other_ref__iexact=reference)
    found = list(Case.objects.select_for_update(of=("self",)).filter(named)[:2]) if reference else []
    if len(found) != 1:
        raise NotFound("There is no case with this reference.", fields={"reference": reference[:48]})
    case = found[0]
    moment = now or timezone.now()
    if reads(officer, case):
        return case
    # One that ran out stands in the place of the next.
    CaseMember.objects.filter(case=case, officer=officer, ended_at=None).update(ended_at=moment)
    CaseMember.objects.create(
        case=case,
        officer=officer,
        kind=CaseMember.Kind.BREAK_IN,
        reason=words,
        added_by=officer,
        added_at=moment,
        until=moment + timedelta(hours=BREAK_IN_HOURS),
    )
    note_with_reason(officer, "break into case", case, case, reason=words, at=moment)
    return case


def team_of(officer: Officer, case: Case, *, now: datetime | None = None) -> list[CaseMember]:
    """Returns who is in the team of a case now, with who broke in.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    standing = Q(until=None) | Q(until__gt=now or timezone.now())
    return list(case.members.filter(standing, ended_at=None).select_related("officer", "added_by"))
