"""Who holds a case: taking it binds, so that no two officers answer the same request in two ways.

A case that nobody holds is open to all who may answer. From its taking on, its holder alone answers, refuses, delays,
asks and closes; a colleague may help to write, and the holder submits. It changes hands in two ways, both on record:
the holder hands it over, or a colleague takes it over and says why. A case that nobody holds may be given to a
colleague, too, with a reason.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.exchange.errors import ActRefused
from accord.exchange.models import Case
from accord.exchange.reasons import note_with_reason, require_reason
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["CaseHeld", "assign", "hand_over", "require_holder", "take", "take_over"]


class CaseHeld(ActRefused):
    """A colleague holds the case, and so acts in it.

    Args:
        case: The case, with its holder.
        officer: Who wanted to act.
    """

    code = "exchange.case-held"
    default_next_step = "Ask the holder to answer or to hand the case over, or take it over and say why."

    def __init__(self, case: Case, officer: Officer) -> None:
        super().__init__(
            f"{case.holder} holds this case, and you are {officer}.",
            fields={
                "holder": case.holder.username if case.holder else "",
                "since": case.taken_at.isoformat() if case.taken_at else "",
                "you": officer.username,
            },
        )


def _locked(case: Case) -> Case:
    held = Case.objects.select_for_update(of=("self",)).select_related("holder").get(pk=case.pk)
    if held.state == Case.State.CLOSED:
        raise ActRefused("The case is closed.", code="exchange.case-closed")
    return held


def require_holder(officer: Officer, case: Case) -> None:
    """Raises when another officer holds the case.

    Raises:
        CaseHeld: With both names.
    """
    held = Case.objects.select_related("holder").only("holder", "taken_at").get(pk=case.pk)
    if held.holder_id not in {None, officer.pk}:
        raise CaseHeld(held, officer)


@transaction.atomic
def take(officer: Officer, case: Case, *, now: datetime | None = None) -> Case:
    """Makes the officer the holder of a case that nobody holds.

    Raises:
        NotPermitted: The officer may not take cases.
        CaseHeld: A colleague holds it.
        ActRefused: It is closed.
    """
    require(officer, Permission.CASE_TAKE)
    held = _locked(case)
    if held.holder_id == officer.pk:
        return held
    if held.holder_id is not None:
        raise CaseHeld(held, officer)
    _give(held, officer, now or timezone.now())
    note(officer, "take case", held, at=held.taken_at)
    return held


@transaction.atomic
def take_over(officer: Officer, case: Case, *, reason: str, now: datetime | None = None) -> Case:
    """Makes the officer the holder in a colleague's place; who held it and why it was taken over stay on record.

    Raises:
        NotPermitted: The officer may not take cases.
        TextRefused: The reason is blank.
        ActRefused: Nobody else holds it, or it is closed.
    """
    require(officer, Permission.CASE_TAKE)
    words = require_reason(reason)
    held = _locked(case)
    before = held.holder
    if before is None or before.pk == officer.pk:
        raise ActRefused("No colleague holds this case.", code="exchange.case-not-held", next_step="Take the case.")
    _give(held, officer, now or timezone.now())
    _note_change(officer, "take over case", held, words, {"from": before.username, "to": officer.username})
    return held


@transaction.atomic
def hand_over(officer: Officer, case: Case, *, to: Officer, reason: str, now: datetime | None = None) -> Case:
    """Makes a colleague the holder in the officer's own place.

    Args:
        officer: The holder.
        case: The case.
        to: The colleague, who may take cases.
        reason: Why, for the file.
        now: The time.

    Raises:
        NotPermitted: The officer may not take cases.
        CaseHeld: Somebody else holds it.
        TextRefused: The reason is blank.
        ActRefused: Nobody holds it, the colleague may not take cases, or it is closed.
    """
    require(officer, Permission.CASE_TAKE)
    words = require_reason(reason)
    held = _locked(case)
    if held.holder_id is None:
        raise ActRefused(
            "Nobody holds this case.", code="exchange.case-not-held", next_step="Let the colleague take it."
        )
    if held.holder_id != officer.pk:
        raise CaseHeld(held, officer)
    _require_may_hold(to, officer)
    _give(held, to, now or timezone.now())
    _note_change(officer, "hand over case", held, words, {"from": officer.username, "to": to.username})
    return held


@transaction.atomic
def assign(officer: Officer, case: Case, *, to: Officer, reason: str = "", now: datetime | None = None) -> Case:
    """Gives a case to the officer or to a colleague: one that nobody holds, or that the officer holds.

    What a colleague holds is not assigned away from them: it is taken over, and by who wants to have it.

    Args:
        officer: Who assigns.
        case: The case.
        to: Who is to hold it; the officer, or a colleague who may take cases.
        reason: Why, for the file; needed where it goes to a colleague.
        now: The time.

    Raises:
        NotPermitted: The officer may not take cases.
        CaseHeld: Another colleague holds it.
        TextRefused: The reason is blank.
        ActRefused: The colleague may not take cases, or it is closed.
    """
    require(officer, Permission.CASE_TAKE)
    if to.pk == officer.pk:
        return take(officer, case, now=now)
    held = _locked(case)
    if held.holder_id is not None and held.holder_id == to.pk:
        return held
    if held.holder_id == officer.pk:
        return hand_over(officer, held, to=to, reason=reason, now=now)
    if held.holder_id is not None:
        raise CaseHeld(held, officer)
    words = require_reason(reason)
    _require_may_hold(to, officer)
    _give(held, to, now or timezone.now())
    _note_change(officer, "assign case", held, words, {"to": to.username})
    return held


def _require_may_hold(to: Officer, officer: Officer) -> None:
    if to.pk == officer.pk or not to.may(Permission.CASE_TAKE):
        raise ActRefused(
            "The case cannot be handed to this account.",
            code="exchange.not-a-holder",
            next_step="Name a colleague in post who may take cases.",
            fields={"field": "to"},
        )


def _give(held: Case, holder: Officer, at: datetime) -> None:
    held.holder = holder
    held.taken_at = at
    held.save(update_fields=["holder", "taken_at"])


def _note_change(
    officer: Officer, verb: str, held: Case, reason: str, names: dict[str, str | int | bool | None]
) -> None:
    note_with_reason(officer, verb, held, held, reason=reason, at=held.taken_at or timezone.now(), detail=names)
