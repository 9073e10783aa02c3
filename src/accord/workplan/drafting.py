"""Our working draft of the next revision: begun, changed by several officers, undone, merged, and made ready to sign.

One draft a peer. It is private: nothing of it leaves before a signatory offers the text that was prepared from it.

Invariants:

* **A save never overwrites a colleague's in silence.** Each save names the version it was made on. What a colleague
  changed since is merged with it field by field; where both changed one field, nothing is saved and both texts are
  handed back (:class:`~accord.workplan.errors.StalePlan`).
* Each save can be undone, and an undoing is a save of its own, so that it can be undone in turn.
* What is prepared for signing has no problem that blocks, and is the version that the officer saw.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.instruments import services as instruments
from accord.instruments.canonical import canonical_bytes
from accord.instruments.models import Text
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.workplan.checking import problems_of
from accord.workplan.content import Plan
from accord.workplan.errors import PlanConflicts, PlanNotReady, PlanRefused, StalePlan
from accord.workplan.indicators.definitions import definition_codes
from accord.workplan.merging import Choice, merged
from accord.workplan.models import DraftSave, PlanDraft
from accord.workplan.reading import TYPE, agreed_text, instrument_with, last_save, plan_of_text
from accord.workplan.saving import locked_draft, require_seen, store_save
from accord.workplan.template import template_plan
from accord.workplan.theirs import merge_with, require_theirs
from accord.workplan.versions import Problem

__all__ = [
    "discard_draft",
    "merge_theirs",
    "prepare_for_signing",
    "problems_with",
    "save_plan",
    "start_from_agreed",
    "start_from_plan",
    "start_from_template",
    "take_theirs_as_base",
    "undo",
]


def start_from_template(officer: Officer, *, peer: str, now: datetime | None = None) -> PlanDraft:
    """Starts the draft towards a peer from the template; from then on it is our own text.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: There is a draft already, or no such peer.
    """
    plan = template_plan((our_party(), peer))
    return _start(officer, peer, plan, why=DraftSave.Why.TEMPLATE, started_from=None, now=now)


def start_from_agreed(officer: Officer, *, peer: str, now: datetime | None = None) -> PlanDraft:
    """Starts the draft towards a peer from the revision that both sides signed last.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: Nothing is agreed, there is a draft already, or no such peer.
    """
    text = agreed_text(peer)
    if text is None:
        raise PlanRefused(
            "Both sides have signed no plan yet.",
            code="workplan.nothing-agreed",
            next_step="Start from the template or from a file.",
        )
    return _start(officer, peer, plan_of_text(text), why=DraftSave.Why.AGREED, started_from=text, now=now)


def start_from_plan(officer: Officer, *, peer: str, plan: Plan, now: datetime | None = None) -> PlanDraft:
    """Starts the draft towards a peer from a plan that was read from a file and looked at.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: There is a draft already, no such peer, or the plan is between other parties.
    """
    return _start(officer, peer, plan, why=DraftSave.Why.FILE, started_from=agreed_text(peer), now=now)


def _start(
    officer: Officer, peer: str, plan: Plan, *, why: DraftSave.Why, started_from: Text | None, now: datetime | None
) -> PlanDraft:
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        party = Party.objects.select_for_update().filter(code=peer, is_self=False).first()
        if party is None:
            raise PlanRefused("There is no such party.", code="workplan.unknown-party", fields={"field": "peer"})
        if PlanDraft.objects.filter(peer=party).exists():
            raise PlanRefused(
                f"A draft towards {peer} is being written already.",
                code="workplan.draft-exists",
                next_step="Go on with it, or discard it first.",
            )
        draft = PlanDraft.objects.create(peer=party, started_at=moment, started_from=started_from)
        # Taken as our own by whoever started from it.
        own = msgspec.structs.replace(plan, is_template=False)
        store_save(officer, draft, own, why=why, at=moment)
    return draft


def save_plan(
    officer: Officer,
    draft: PlanDraft,
    *,
    seen: int,
    plan: Plan,
    choices: Mapping[str, Choice] | None = None,
    why: DraftSave.Why = DraftSave.Why.EDITED,
    remark: str = "",
    is_exact: bool = False,
    now: datetime | None = None,
) -> DraftSave:
    """Saves the draft as an officer changed it, with what colleagues changed since.

    Args:
        officer: Who may prepare texts.
        draft: The draft.
        seen: The version that the officer changed.
        plan: The plan as the officer wants it.
        choices: For each conflict by its name, whether the stored (``theirs``) or the new value (``ours``) stays.
        why: What the save is.
        remark: A few words on it, for the history.
        is_exact: Whether it is refused where a colleague saved meanwhile, instead of merged with it: a file says what
            the whole plan is, and was looked at against one version.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        StalePlan: A colleague changed the same fields since; both texts are in it.
        PlanRefused: Nothing would change, the plan is between other parties, or it is too long.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(draft)
        if is_exact:
            require_seen(held, seen)
        if seen != held.version:
            plan = _with_colleagues(held, seen, plan, choices or {})
        return store_save(officer, held, plan, why=why, at=moment, remark=remark)


def _with_colleagues(draft: PlanDraft, seen: int, plan: Plan, choices: Mapping[str, Choice]) -> Plan:
    stored = last_save(draft)
    base = draft.saves.filter(version=seen).first()
    if base is None:
        raise PlanRefused(
            f"Version {seen} of the draft is not kept any more.",
            code="workplan.version-gone",
            next_step="Open the draft again and write your change into it.",
        )
    found = merged(base.plan, plan, stored.plan, choices=choices)
    if found.open:
        raise StalePlan(yours=plan, merged=found, stored_version=stored.version, saved_by=stored.by.display_name)
    return found.plan


def undo(
    officer: Officer, draft: PlanDraft, *, seen: int, to: int | None = None, now: datetime | None = None
) -> DraftSave:
    """Brings the words of an earlier version back, as a save of its own.

    Args:
        officer: Who may prepare texts.
        draft: The draft.
        seen: The version that the officer saw.
        to: The version to go back to; that before the last change where it is omitted.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: A colleague saved meanwhile, or there is nothing to go back to.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(draft)
        require_seen(held, seen)
        words = last_save(held).words_of
        older = held.saves.filter(version=to) if to is not None else held.saves.filter(version__lt=words)
        target = older.first()
        if target is None or target.words_of == words:
            raise PlanRefused(
                "There is no earlier version to go back to.",
                code="workplan.nothing-to-undo",
                next_step="Look at the history of the draft.",
            )
        return store_save(officer, held, target.plan, why=DraftSave.Why.UNDONE, at=moment, restores=target.words_of)


def take_theirs_as_base(
    officer: Officer, draft: PlanDraft, *, seen: int, text: Text, now: datetime | None = None
) -> DraftSave:
    """Puts what the other side offered in the place of our draft; ours stays in the history.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: The text is not theirs or not a workplan with this peer, or a colleague saved meanwhile.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    require_theirs(draft, text)
    with transaction.atomic():
        held = locked_draft(draft)
        require_seen(held, seen)
        held.started_from = text
        return store_save(officer, held, plan_of_text(text), why=DraftSave.Why.THEIRS, at=moment)


def merge_theirs(
    officer: Officer,
    draft: PlanDraft,
    *,
    seen: int,
    text: Text,
    choices: Mapping[str, Choice] | None = None,
    now: datetime | None = None,
) -> DraftSave:
    """Takes over what the other side changed in its offer; where both changed one field, what a person chose.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanConflicts: A choice is missing.
        PlanRefused: The text is not theirs or not a workplan with this peer, a colleague saved meanwhile, or nothing
            would change.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(draft)
        require_seen(held, seen)
        found = merge_with(held, text, choices=choices)
        if found.open:
            raise PlanConflicts(found)
        return store_save(officer, held, found.plan, why=DraftSave.Why.MERGED, at=moment)


def problems_with(draft: PlanDraft) -> tuple[Problem, ...]:
    """Returns what is wrong with the draft as it is now, agencies and definitions looked up."""
    return _problems(last_save(draft).plan)


def _problems(plan: Plan) -> tuple[Problem, ...]:
    parties = Party.objects.filter(code__in=plan.parties)
    agencies = {
        party.code: frozenset(agency.code for agency in party.described.agencies) for party in parties if party.profile
    }
    return problems_of(plan, agencies=agencies, definitions=definition_codes())


def prepare_for_signing(
    officer: Officer, draft: PlanDraft, *, seen: int, words: str = "", now: datetime | None = None
) -> Text:
    """Makes a text of the draft that a signatory can offer; the draft stays, and can be changed for the next one.

    Args:
        officer: Who may prepare texts.
        draft: The draft.
        seen: The version that the officer saw.
        words: Words to the other side beside the offer; not part of what is signed.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanNotReady: It has problems that block; they are in it.
        PlanRefused: A colleague saved meanwhile.
        InstrumentRefused: It is the text in force, or the instrument has ended.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(draft)
        require_seen(held, seen)
        plan = last_save(held).plan
        problems = tuple(problem for problem in _problems(plan) if problem.blocks)
        if problems:
            raise PlanNotReady(problems)
        return instruments.prepare(
            officer,
            peer=held.peer_id,
            type_name=TYPE,
            content=canonical_bytes(plan),
            instrument=instrument_with(held.peer_id),
            note_to_them=words,
            now=moment,
        )


def discard_draft(officer: Officer, draft: PlanDraft, *, seen: int, now: datetime | None = None) -> None:
    """Discards the draft with its history; what was prepared or offered from it stays.

    Raises:
        NotPermitted: The officer may not prepare texts.
        PlanRefused: A colleague saved meanwhile.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked_draft(draft)
        require_seen(held, seen)
        note(officer, "discard plan", held, at=moment, detail={"peer": held.peer_id, "version": held.version})
        held.delete()
