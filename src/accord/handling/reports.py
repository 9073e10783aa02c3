"""Reporting on a correction: a person does what the node could not, and what was done is told to who asked for it.

The report counts what was derived and done, by sort; it names references of messages that the asking side got itself,
and nothing else of ours. On the other side it is a claim: signed, so that it cannot be denied, and no proof that
anything is gone.

Source: IRPR, section 315.27(3) (a note to file where it was used), as a model.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.drafting import Fields, draft_of_kind
from accord.exchange.errors import ActRefused
from accord.exchange.holding import require_holder
from accord.exchange.kind_rooms import KindRoom
from accord.exchange.kinds import CORRECTION, CORRECTION_REPORT, STRUCTS
from accord.exchange.kinds.correction import CorrectionAction, NotDoneReason
from accord.exchange.kinds.particulars import Correspondence
from accord.exchange.models import Case, Message
from accord.exchange.noting import write_note
from accord.exchange.own_side import OwnSide
from accord.handling.corrections import draft_correction
from accord.handling.derivations import act_of
from accord.handling.erasing import erase_sent, has_taken_out, is_erased
from accord.handling.models import Correction, Effect
from accord.handling.procedural import said_anyway
from accord.handling.retention import standing_hold
from accord.handling.standing import said_in
from accord.handling.tasks import as_they_stand
from accord.handling.uses import require_reach
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.received import FilingWork, Received
from accord.vocabulary.uses import UseCode

__all__ = ["REPORT_ROOM", "draft_report", "finish_effect", "tell_onward"]

REFERENCES_SHOWN: Final = 20
"""References named of one sort; the count says how many there are."""


def _locked(effect: Effect) -> Effect:
    held = Effect.objects.select_for_update(of=("self",)).select_related("correction__message__case").get(pk=effect.pk)
    if held.state != Effect.State.TASK:
        raise ActRefused(
            "This is done already.", code="handling.not-a-task", next_step="Load the page again to see what is left."
        )
    return held


@transaction.atomic
def finish_effect(
    officer: Officer,
    effect: Effect,
    *,
    reason: NotDoneReason | str | None = None,
    words: str = "",
    now: datetime | None = None,
) -> Effect:
    """Says that what a person had to do is done, or why it cannot be.

    Args:
        officer: Who did it, who holds the case or works where nobody does.
        effect: The task.
        reason: Why it cannot be done; ``None`` where it is done.
        words: A note for the case's file; needed where it was used in court already.
        now: The time.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no task any more, or the note is missing.
    """
    require(officer, Permission.MESSAGE_ANSWER)
    moment = now or timezone.now()
    held = _locked(effect)
    case = held.correction.message.case
    require_holder(officer, case)
    if reason == NotDoneReason.USED_IN_COURT and not words.strip():
        raise ActRefused(
            "What was used in court already needs a note on that file.",
            code="handling.note-needed",
            next_step="Write what was corrected and which court has it; the note is put on the case's file.",
            fields={"field": "words"},
        )
    if reason is None and held.correction.action == CorrectionAction.ERASE:
        _erase_ours(officer, held, moment)
    if words.strip():
        write_note(officer, case, text=words, now=moment)
        held.has_note = True
    held.state = Effect.State.DONE if reason is None else Effect.State.NOT_DONE
    held.reason = "" if reason is None else NotDoneReason(reason).value
    held.done_by, held.done_at = officer, moment
    held.save()
    note(
        officer,
        "finish correction task",
        held.correction.message,
        at=moment,
        detail={"deed": held.deed, "reason": held.reason},
    )
    return held


def _erase_ours(officer: Officer, effect: Effect, now: datetime) -> None:
    """Erases our own copy of what left, where that is what the task asks for: the act itself, not a word that it is."""
    if effect.deed != Effect.Deed.ERASE_OURS:
        return
    message = Message.objects.select_for_update(of=("self",)).get(pk=effect.thing_id)
    require_reach(officer, message)
    message.case = Case.objects.select_for_update(of=("self",)).get(pk=message.case_id)
    if standing_hold(message.case) is not None:
        raise ActRefused(
            "A legal hold keeps this case.",
            code="handling.kept-by-hold",
            next_step="Wait until it is lifted, or say that the law requires it to be kept.",
        )
    if not erase_sent(message):
        raise ActRefused(
            "The message is still on its way.",
            code="handling.on-its-way",
            next_step="Wait until the other side has it; only then can our copy be erased.",
        )
    note(officer, "erase from own copy", message, at=now)


@transaction.atomic
def tell_onward(officer: Officer, effect: Effect, *, now: datetime | None = None) -> Message:
    """Drafts the correction of a message of ours that passed on what was corrected, to the party that has it.

    Args:
        officer: Who drafts.
        effect: The task of telling.
        now: The time.

    Returns:
        The draft; the task is done, and the correction leaves through a second officer like any other.

    Raises:
        NotPermitted: The officer may not draft.
        NotFound: What left stands in a case that the officer does not read.
        ActRefused: It is no task any more, or nothing that left.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = _locked(effect)
    said = said_in(held.correction.message)
    message = Message.objects.select_related("case").get(pk=held.thing_id)
    # A text of one's own opens its case: whoever does not read the case has a colleague of it tell.
    require_reach(officer, message)
    stated: dict[str, object] = msgspec.to_builtins(said)
    draft = draft_correction(
        officer,
        message,
        action=said.action,
        reason=said.reason,
        what_is_wrong=said.what_is_wrong,
        changes={name: stated[name] for name in ("values", "new_handling", "new_caveats") if stated.get(name)},
        now=now,
    )
    held.state, held.done_by, held.done_at = Effect.State.DONE, officer, now or timezone.now()
    held.detail = {**held.detail, "told_by": draft.reference}
    if said.action is CorrectionAction.ERASE and not has_taken_out(message):
        # They are told now; our own copy is what is left to do.
        held.state, held.deed, held.done_by, held.done_at = Effect.State.TASK, Effect.Deed.ERASE_OURS, None, None
    held.save()
    return draft


def draft_report(
    officer: Officer,
    correction: Message,
    *,
    statement: str = "",
    fields: Fields | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts the report on a correction from what is on file: counts, onward recipients, and what is not done.

    Args:
        officer: Who reports.
        correction: The correction that was received.
        statement: What else is to be said.
        fields: What the officer's desk knows besides: authority, contact, legal basis, language.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: It is no correction of theirs, or the node is still at work on it.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    row = Correction.objects.filter(message=correction, is_ours=False).select_related("message__case").first()
    if row is None:
        raise ActRefused("Only a correction of the other side is reported on.", code="handling.no-correction")
    if row.applied_at is None:
        raise ActRefused(
            "The node is still finding what was derived.",
            code="handling.not-applied",
            next_step="Wait until the progress on this page has come to its end.",
        )
    effects = as_they_stand(row.effects.all())
    peer = row.message.case.peer_id
    not_done = [*_not_done(effects), *_kept_by_hold(row)]
    said: dict[str, object] = {
        **_ours(officer, row.message, fields or {}, (now or timezone.now()).date()),
        "extent": "done" if not not_done else "partly-done",
        "steps": _steps(effects, peer),
        "recipients_told": _told(effects, peer),
        "not_done": not_done,
        **({"statement": statement} if statement.strip() else {}),
    }
    given = {name: value for name, value in said.items() if value}
    with transaction.atomic():
        draft = draft_of_kind(
            officer,
            row.message.case,
            CORRECTION_REPORT,
            given,
            own=OwnSide(has_personal_data=False, asks_about_person=False),
            in_reply_to=row.message,
            now=now,
        )
        row.report = draft
        row.save(update_fields=["report"])
    return draft


def _ours(officer: Officer, correction: Message, fields: Fields, on: date) -> dict[str, object]:
    """Returns what a report says anyway: authority, marking and caveat are ours, the handling is as it was asked."""
    content: Correspondence = msgspec.convert(correction.fields, STRUCTS[CORRECTION])
    known = {"legal_basis": [f"Procedure of the correction {content.message_ref}"], **fields}
    kept = {name: correction.fields.get(name) for name in ("handling", "handling_note", "arrangement_id")}
    return {**said_anyway(officer, content, known, on), **kept}


def _way(effect: Effect) -> str:
    """Returns the sort of a derived thing as the other side is told it.

    That a body which decides on asylum has it would tell of somebody (rule CA-07): it is another agency of our state.
    """
    act = act_of(effect.way, effect.detail)
    return UseCode.OTHER_AGENCY.value if act == UseCode.ASYLUM_BODY else act


def _steps(effects: Iterable[Effect], peer: str) -> list[dict[str, object]]:
    found: Counter[str] = Counter()
    done: Counter[str] = Counter()
    references: dict[str, list[str]] = defaultdict(list)
    for effect in effects:
        way = _way(effect)
        found[way] += 1
        done[way] += effect.state == Effect.State.DONE
        if effect.recipient == peer and effect.reference:
            references[way].append(effect.reference)
    return [
        {
            "way": way,
            "counted": count,
            "done": done[way],
            **({"references": references[way][:REFERENCES_SHOWN]} if references[way] else {}),
        }
        for way, count in sorted(found.items())
    ]


def _told(effects: Iterable[Effect], peer: str) -> list[dict[str, object]]:
    told: dict[str, str | None] = {}
    for effect in effects:
        if effect.recipient and effect.recipient != peer:
            is_done = effect.state == Effect.State.DONE and effect.done_at is not None
            day = effect.done_at.date().isoformat() if is_done and effect.done_at else None
            # One that was not told yet stands for the party.
            told[effect.recipient] = None if effect.recipient in told and told[effect.recipient] is None else day
    return [{"party": party, **({"told_on": day} if day else {})} for party, day in sorted(told.items())]


def _not_done(effects: Iterable[Effect]) -> list[dict[str, object]]:
    counted: Counter[tuple[str, str, bool]] = Counter()
    for effect in effects:
        if effect.state != Effect.State.DONE:
            counted[_way(effect), effect.reason or NotDoneReason.AWAITED.value, effect.has_note] += 1
    return [
        {"way": way, "count": count, "reason": reason, **({"note_to_file": True} if has_note else {})}
        for (way, reason, has_note), count in sorted(counted.items())
    ]


def _kept_by_hold(row: Correction) -> list[dict[str, object]]:
    """Returns the messages themselves that were to be erased and that a legal hold keeps."""
    if row.action != CorrectionAction.ERASE:
        return []
    kept = sum(not is_erased(one.message) for one in row.items.select_related("message"))
    return [{"way": "item", "count": kept, "reason": NotDoneReason.LAW_REQUIRES_KEEPING.value}] if kept else []


def _filed(message: Message, _received: Received, work: FilingWork) -> None:
    """Their report stands beside our correction, as their word."""
    work.afterwards(partial(_stand_beside, message))


def _stand_beside(message: Message) -> None:
    if message.in_reply_to_id is None:
        return
    Correction.objects.filter(message_id=message.in_reply_to_id, is_ours=True).update(report_id=message.pk)


REPORT_ROOM: Final = KindRoom(
    kind=CORRECTION_REPORT,
    answers=(CORRECTION,),
    waits_on_filed=Case.Waiting.US,
    waits_on_released=Case.Waiting.NOBODY,
    filed=_filed,
)
