"""The registers as acts of officers: propose a version, agree to it as another, refuse it, end what is in force.

* Who proposed a version never agrees to it; nor does who assessed the risk or reviewed the assurance that it states.
* Ending needs one officer and a reason: it only ever stops what would go.
* While a node has nobody at all who may agree, a version counts at once, and the act says that it was done alone.
  From the first such officer on, every version waits for them.

Source: the separation of duties that NIST SP 800-53 (AC-5) asks for; rule CA-02 (nobody decides their own file).
"""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accord.officers.acts import note
from accord.officers.four_eyes import FourEyes
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import RegisterEntry
from accord.parties.register_book import GivenText, add_version, end_version, mark_changed
from accord.parties.registers import AssuranceTerms, Register, RiskTerms, TermsRefused

__all__ = [
    "agree_to_entry",
    "end_entry",
    "may_agree",
    "propose_entry",
    "refuse_entry",
    "register_deciders",
    "waiting_entries",
]

WHY_CHARACTERS_MAX: Final = 2_000
"""Longest reason, in characters; the same as that of an act on a case."""

_AGREE: Final = "agree to register entry"
_REFUSE: Final = "refuse register entry"


def register_deciders() -> list[Officer]:
    """Returns who may agree to entries of the registers now."""
    everyone = Officer.objects.filter(is_active=True).defer("password")
    return [one for one in everyone if one.may(Permission.REGISTER_DECIDE)]


@transaction.atomic
def propose_entry(
    by: Officer,
    register: Register,
    code: str,
    terms: object,
    *,
    why: str = "",
    text: GivenText | None = None,
    text_digest: bytes | None = None,
) -> RegisterEntry:
    """Proposes the next version of an entry.

    Args:
        by: Who proposes.
        register: The register.
        code: The entry's code; for a risk profile the party's.
        terms: What it says, in JSON types.
        why: Why, for the record.
        text: The text that it rests on, kept on this node.
        text_digest: SHA-256 of that text.

    Returns:
        The version; agreed already where nobody at this node could agree.

    Raises:
        NotPermitted: ``by`` may not propose.
        TermsRefused: The terms, the parties or the digest do not hold together.
        OfficerCanMend: A version of it waits.
    """
    require(by, Permission.REGISTER_PROPOSE)
    is_alone = not register_deciders()
    entry = add_version(
        register,
        code,
        terms,
        text=text,
        text_digest=text_digest,
        state=RegisterEntry.State.AGREED if is_alone else RegisterEntry.State.PROPOSED,
        why=_short(why),
    )
    entry.proposed_by = by
    entry.save(update_fields=["proposed_by"])
    note(by, "propose register entry", entry, detail={**_detail(entry), "is_alone": is_alone})
    return entry


@transaction.atomic
def agree_to_entry(by: Officer, entry: RegisterEntry, *, why: str = "", now: datetime | None = None) -> RegisterEntry:
    """Lets a version count from its first day on, as the second person.

    Args:
        by: Who agrees; neither its proposer nor who assessed or reviewed what it states.
        entry: The version that waits.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not decide on entries.
        FourEyes: ``by`` is its proposer, assessor or reviewer, or nothing waits.
    """
    require(by, Permission.REGISTER_DECIDE)
    waiting = _waiting(entry)
    if by.pk == waiting.proposed_by_id:
        raise FourEyes(
            "Who proposed a version does not agree to it.",
            code="register.own-proposal",
            next_step="Ask another officer who may decide on the registers.",
        )
    if by.username in _authors(waiting):
        raise FourEyes(
            "Who assessed the risk or reviewed the assurance does not agree to it: nobody decides their own file.",
            code="register.own-assessment",
            next_step="Ask another officer who may decide on the registers.",
        )
    return _settle(by, waiting, _AGREE, why=why, now=now)


def may_agree(officer: Officer, entry: RegisterEntry) -> bool:
    """Returns whether an officer is a second person for a version that waits.

    Args:
        officer: Who would agree.
        entry: The version.
    """
    return (
        entry.state == RegisterEntry.State.PROPOSED
        and officer.may(Permission.REGISTER_DECIDE)
        and officer.pk != entry.proposed_by_id
        and officer.username not in _authors(entry)
    )


@transaction.atomic
def refuse_entry(by: Officer, entry: RegisterEntry, *, why: str, now: datetime | None = None) -> RegisterEntry:
    """Refuses a version that waits; its proposer so takes it back.

    Args:
        by: Who may decide on entries, or its proposer.
        entry: The version that waits.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not decide on entries and did not propose it.
        FourEyes: Nothing waits.
        TermsRefused: No reason is given.
    """
    waiting = _waiting(entry)
    require(by, Permission.REGISTER_PROPOSE if by.pk == waiting.proposed_by_id else Permission.REGISTER_DECIDE)
    return _settle(by, waiting, _REFUSE, why=_reason(why), now=now)


@transaction.atomic
def end_entry(by: Officer, entry: RegisterEntry, *, why: str, now: datetime | None = None) -> RegisterEntry:
    """Ends what is in force, from this day (UTC) on; nothing before it comes back in its place.

    Args:
        by: Who ends it.
        entry: The version in force.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not decide on entries.
        TermsRefused: No reason is given.
        OfficerCanMend: It is not in force.
    """
    require(by, Permission.REGISTER_DECIDE)
    moment, words = now or timezone.now(), _reason(why)
    held = RegisterEntry.objects.select_for_update().get(pk=entry.pk)
    end_version(held, on=_day(moment))
    held.ended_by, held.ended_at, held.ended_why = by, moment, words
    held.save(update_fields=["ended_on", "ended_by", "ended_at", "ended_why"])
    mark_changed()
    note(by, "end register entry", held, at=moment, detail=_detail(held))
    return held


def waiting_entries() -> "QuerySet[RegisterEntry]":
    """Returns the versions that wait for a second person, the oldest first."""
    return RegisterEntry.objects.filter(state=RegisterEntry.State.PROPOSED).order_by("proposed_at", "pk")


def _settle(by: Officer, entry: RegisterEntry, verb: str, *, why: str, now: datetime | None) -> RegisterEntry:
    entry.state = RegisterEntry.State.AGREED if verb == _AGREE else RegisterEntry.State.REFUSED
    entry.settled_by, entry.settled_at = by, now or timezone.now()
    entry.settled_why = _short(why)
    entry.save(update_fields=["state", "settled_by", "settled_at", "settled_why"])
    mark_changed()
    note(by, verb, entry, at=entry.settled_at, detail=_detail(entry))
    return entry


def _waiting(entry: RegisterEntry) -> RegisterEntry:
    held = RegisterEntry.objects.select_for_update().get(pk=entry.pk)
    if held.state != RegisterEntry.State.PROPOSED:
        raise FourEyes("This version is settled already.", code="register.settled", next_step="Look at its history.")
    return held


def _authors(entry: RegisterEntry) -> set[str]:
    stated = entry.stated
    if isinstance(stated, RiskTerms):
        return {stated.assessed_by}
    return {stated.reviewed_by} if isinstance(stated, AssuranceTerms) else set()


def _detail(entry: RegisterEntry) -> dict[str, str | int | bool | None]:
    return {"register": entry.register, "code": entry.code, "version": entry.version}


def _reason(why: str) -> str:
    if not why.strip():
        raise TermsRefused(
            "A reason is needed.",
            code="register.no-reason",
            next_step="Write in a sentence why.",
            fields={"field": "why"},
        )
    return _short(why)


def _short(why: str) -> str:
    words = why.strip()
    if len(words) > WHY_CHARACTERS_MAX:
        raise TermsRefused(f"The reason is longer than {WHY_CHARACTERS_MAX} characters.", fields={"field": "why"})
    return words


def _day(moment: datetime) -> date:
    return moment.date()  # times are in UTC throughout
