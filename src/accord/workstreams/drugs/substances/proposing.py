"""Changes of the register as acts of officers: propose, agree as another, refuse, withdraw.

* Who proposed changes never agrees to them.
* A row has one change that waits at a time, so that nobody agrees to what another change has overtaken.
* The table with the changes in it is checked when they are proposed and again when they are agreed to.
* While a node has nobody at all who may agree, changes count at once, and the act says that it was done alone.

Source: the separation of duties that NIST SP 800-53 (AC-5) asks for; ADR 0017 for the other registers of a node.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accord.exchange.text import check_texts
from accord.officers.acts import note
from accord.officers.four_eyes import FourEyes
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.officers.registers import register_deciders
from accord.workstreams.drugs.models import SubstanceProposal, SubstanceVersion
from accord.workstreams.drugs.substances.book import lock_register, mark_changed, table_in_force
from accord.workstreams.drugs.substances.content import check_table
from accord.workstreams.drugs.substances.errors import RowRefused
from accord.workstreams.drugs.substances.rows import Change, Kind, Row, overlaid, row_of_terms, rows_of

__all__ = [
    "CHANGES_MAX",
    "agree_to_changes",
    "may_agree_to",
    "propose_changes",
    "refuse_changes",
    "versions_of",
    "waiting_proposals",
    "waiting_rows",
    "withdraw_changes",
]

CHANGES_MAX: Final = 5_000
"""Most changes of one proposal: more than any published list; nobody can agree to more with open eyes."""

WHY_CHARACTERS_MAX: Final = 2_000
"""Longest reason, in characters; the same as that of the other registers."""

State = SubstanceProposal.State


@transaction.atomic
def propose_changes(
    by: Officer, changes: Sequence[Change], *, why: str = "", file_name: str = "", now: datetime | None = None
) -> SubstanceProposal:
    """Proposes changes of the register, to be settled together.

    Args:
        by: Who proposes.
        changes: The rows as they are to stand; those that stand so already are left out.
        why: Why, for the record.
        file_name: The file they were read from.
        now: The time.

    Returns:
        The proposal; agreed already where nobody at this node could agree.

    Raises:
        NotPermitted: ``by`` may not propose.
        RowRefused: Nothing would change, too much would, a row is not of its form, or a change of it waits.
        TableDamaged: The table with these changes would contradict itself.
        TextRefused: A text holds what hides or reorders.
    """
    require(by, Permission.REGISTER_PROPOSE)
    words = _short(why)
    lock_register()
    table = table_in_force()
    wanted = [one for one in _checked(changes) if rows_of(table, one.kind).get(one.code) != one.row]
    if not wanted:
        raise RowRefused(
            "Nothing would change.", code="drugs.substance-same", next_step="Change something, or leave it as it is."
        )
    _require_free(wanted)
    check_table(overlaid(table, wanted))
    is_alone, moment = not register_deciders(), now or timezone.now()
    proposal = SubstanceProposal.objects.create(
        state=State.AGREED if is_alone else State.PROPOSED,
        why=words,
        file_name=file_name[:200],
        proposed_by=by,
        proposed_at=moment,
        settled_at=moment if is_alone else None,
    )
    SubstanceVersion.objects.bulk_create(_versions(proposal, wanted))
    if is_alone:
        mark_changed()
    note(by, "propose substances", proposal, at=moment, detail={"rows": len(wanted), "is_alone": is_alone})
    return proposal


def _checked(changes: Sequence[Change]) -> list[Change]:
    if len(changes) > CHANGES_MAX:
        raise RowRefused(
            f"There are more than {CHANGES_MAX} changes.",
            code="drugs.substance-many",
            next_step="Propose them in parts, so that somebody can read them.",
        )
    found: dict[tuple[Kind, str], Change] = {}
    for change in changes:
        if (change.kind, change.code) in found:
            raise RowRefused(
                f"{change.code} is there twice.",
                code="drugs.substance-twice",
                next_step="Leave one of them.",
                fields={"field": "id"},
            )
        row = change.row
        if row is not None:
            # Built by a program, a row was never held against its form; and a row's code is its place.
            terms = msgspec.to_builtins(row)
            row = row_of_terms(change.kind, terms)
            check_texts(terms)
        found[change.kind, change.code] = Change(kind=change.kind, code=change.code, row=row)
    return list(found.values())


def _require_free(wanted: Sequence[Change]) -> None:
    waiting = waiting_rows()
    for change in wanted:
        if (change.kind, change.code) in waiting:
            raise RowRefused(
                f"A change of {change.code} waits for a second person already.",
                code="drugs.substance-waits",
                next_step="Let it be agreed to, refused or withdrawn first.",
                fields={"field": "id"},
            )


def waiting_rows() -> frozenset[tuple[Kind, str]]:
    """Returns the rows of which a change waits for a second person."""
    waiting = SubstanceVersion.objects.filter(proposal__state=State.PROPOSED).values_list("kind", "code")
    return frozenset((Kind(kind), code) for kind, code in waiting)


def _versions(proposal: SubstanceProposal, wanted: Sequence[Change]) -> list[SubstanceVersion]:
    counted = SubstanceVersion.objects.values_list("kind", "code").annotate(last=Max("version")).order_by()
    last: Mapping[tuple[str, str], int] = {(kind, code): number for kind, code, number in counted}
    return [
        SubstanceVersion(
            proposal=proposal,
            kind=one.kind,
            code=one.code,
            version=last.get((one.kind, one.code), 0) + 1,
            terms=_kept(one.row),
        )
        for one in wanted
    ]


def _kept(row: Row | None) -> object:
    return None if row is None else msgspec.to_builtins(row)


def may_agree_to(officer: Officer, proposal: SubstanceProposal) -> bool:
    """Returns whether an officer is a second person for changes that wait.

    Args:
        officer: Who would agree.
        proposal: The changes.
    """
    return (
        proposal.state == State.PROPOSED
        and officer.may(Permission.REGISTER_DECIDE)
        and officer.pk != proposal.proposed_by_id
    )


@transaction.atomic
def agree_to_changes(
    by: Officer, proposal: SubstanceProposal, *, why: str = "", now: datetime | None = None
) -> SubstanceProposal:
    """Lets changes count from now on, as the second person.

    Args:
        by: Who agrees; not their proposer.
        proposal: The changes.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not decide on the registers.
        FourEyes: ``by`` proposed them, or nothing waits.
        TableDamaged: The table with these changes would contradict itself by now.
    """
    require(by, Permission.REGISTER_DECIDE)
    lock_register()
    waiting = _waiting(proposal)
    if by.pk == waiting.proposed_by_id:
        raise FourEyes(
            "Who proposed changes does not agree to them.",
            code="drugs.own-proposal",
            next_step="Ask another officer who may decide on the registers.",
        )
    changes = [Change(kind=Kind(one.kind), code=one.code, row=one.stated) for one in waiting.versions.all()]
    check_table(overlaid(table_in_force(), changes))
    settled = _settle(by, waiting, State.AGREED, "agree to substances", why=_short(why), now=now)
    mark_changed()
    return settled


@transaction.atomic
def refuse_changes(
    by: Officer, proposal: SubstanceProposal, *, why: str, now: datetime | None = None
) -> SubstanceProposal:
    """Refuses changes that wait.

    Args:
        by: Who may decide on the registers; not their proposer, who withdraws them.
        proposal: The changes.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not decide on the registers.
        FourEyes: Nothing waits.
        RowRefused: No reason is given.
    """
    require(by, Permission.REGISTER_DECIDE)
    return _settle(by, _waiting(proposal), State.REFUSED, "refuse substances", why=_reason(why), now=now)


@transaction.atomic
def withdraw_changes(
    by: Officer, proposal: SubstanceProposal, *, why: str, now: datetime | None = None
) -> SubstanceProposal:
    """Takes changes back that wait.

    Args:
        by: Their proposer.
        proposal: The changes.
        why: Why, for the record.
        now: The time.

    Raises:
        NotPermitted: ``by`` may not propose.
        FourEyes: ``by`` did not propose them, or nothing waits.
        RowRefused: No reason is given.
    """
    require(by, Permission.REGISTER_PROPOSE)
    waiting = _waiting(proposal)
    if by.pk != waiting.proposed_by_id:
        raise FourEyes(
            "Only who proposed changes withdraws them.",
            code="drugs.not-own-proposal",
            next_step="Refuse them, where you may decide on the registers.",
        )
    return _settle(by, waiting, State.WITHDRAWN, "withdraw substances", why=_reason(why), now=now)


def waiting_proposals() -> "QuerySet[SubstanceProposal]":
    """Returns the changes that wait for a second person, the oldest first."""
    return SubstanceProposal.objects.filter(state=State.PROPOSED).select_related("proposed_by")


def versions_of(kind: Kind, code: str) -> "QuerySet[SubstanceVersion]":
    """Returns the versions of a row whatever became of them, the newest first.

    Args:
        kind: The kind of row.
        code: Its code.
    """
    named = SubstanceVersion.objects.filter(kind=kind, code=code).order_by("-version")
    return named.select_related("proposal", "proposal__proposed_by", "proposal__settled_by")


def _settle(
    by: Officer, proposal: SubstanceProposal, state: State, verb: str, *, why: str, now: datetime | None
) -> SubstanceProposal:
    proposal.state, proposal.settled_by = state, by
    proposal.settled_at, proposal.settled_why = now or timezone.now(), why
    proposal.save(update_fields=["state", "settled_by", "settled_at", "settled_why"])
    note(by, verb, proposal, at=proposal.settled_at, detail={"rows": proposal.versions.count()})
    return proposal


def _waiting(proposal: SubstanceProposal) -> SubstanceProposal:
    held = SubstanceProposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != State.PROPOSED:
        raise FourEyes(
            "These changes are settled already.", code="drugs.substance-settled", next_step="Look at their history."
        )
    return held


def _reason(why: str) -> str:
    words = _short(why)
    if not words:
        raise RowRefused(
            "A reason is needed.",
            code="drugs.substance-no-reason",
            next_step="Write in a sentence why.",
            fields={"field": "why"},
        )
    return words


def _short(why: str) -> str:
    words = why.strip()
    if len(words) > WHY_CHARACTERS_MAX:
        raise RowRefused(f"The reason is longer than {WHY_CHARACTERS_MAX} characters.", fields={"field": "why"})
    return words
