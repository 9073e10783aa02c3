"""Applying a correction: every derivative is found, treated at once where the node can, and left to a person where not.

The job runner calls it, some hundred things in one transaction, so that ten thousand derivatives stop nothing else and
their progress can be watched. What has an effect on file is not treated again: an interrupted run goes on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accord.courier.models import OutboxState
from accord.exchange.drafting import void_approval
from accord.exchange.kinds.correction import CorrectionAction
from accord.exchange.models import Case, Message
from accord.exchange.withdrawing import recall_onward, stop_onward
from accord.handling.derivations import CARRIES_CONTENT, derivatives_of, marks_held
from accord.handling.erasing import erase_message, take_out_of_sent, take_out_passages
from accord.handling.models import CorrectedMessage, Correction, Derivation, Effect, Thing
from accord.handling.passages import holds_words
from accord.handling.retention import end_with_hold, standing_hold
from accord.handling.standing import Said, said_in
from accord.officers.acts import note

__all__ = ["apply_corrections", "progress_of", "stop_drafts"]

BATCH: Final = 500
"""Derivatives that are treated in one transaction."""

_Deed = Effect.Deed
_State = Effect.State
_WAITING: Final = (Message.State.SUBMITTED, Message.State.APPROVED)
_FINAL: Final = {CorrectionAction.RECALL.value, CorrectionAction.ERASE.value}


def stop_drafts(keys: Iterable[UUID], *, is_final: bool) -> None:
    """Makes drafts of what was made of messages that are withdrawn or corrected, before any of it can leave.

    It is called in the transaction that files their word: whoever releases comes before it or finds a draft, and
    what the submission of a draft looks at is looked at again. The rest is done when the correction is applied.

    Args:
        keys: The messages.
        is_final: Whether they are used no more, so that not even a reply that says nothing of them leaves.
    """
    steps = [step for key in keys for step in derivatives_of(key) if step.derived_type == Thing.MESSAGE]
    made = {step.derived_id for step in steps if is_final or step.way in CARRIES_CONTENT}
    waiting = Message.objects.filter(pk__in=made, direction=Message.Direction.OUT, state__in=_WAITING)
    for draft in waiting.select_for_update(of=("self",)).select_related("case"):
        void_approval(draft)
        draft.version += 1
        draft.save()


def progress_of(correction: Correction) -> tuple[int, int | None]:
    """Returns how many derivatives have been treated, and how many there are; ``None`` until they are counted."""
    return correction.effects.count(), correction.found


def apply_corrections(*, now: datetime | None = None, batches: int | None = None) -> int:
    """Applies what was received and not yet applied; the job runner calls it.

    Args:
        now: The time.
        batches: How many batches at most; ``None`` for all.

    Returns:
        The number of derivatives treated.
    """
    moment = now or timezone.now()
    treated = 0
    # In the order of the sender's log, so that of two that arrived together the later one has the last word.
    waiting = Correction.objects.filter(is_ours=False, applied_at=None).order_by("position")
    for row in waiting:
        while batches is None or batches > 0:
            plan = _planned(row, moment)
            # The graph is walked once for all the batches of a turn; what was made meanwhile is in the next plan.
            parts = [plan.steps[start : start + BATCH] for start in range(0, len(plan.steps), BATCH)]
            for part in parts[:batches]:
                with transaction.atomic():
                    Effect.objects.bulk_create(_treated(plan, part), ignore_conflicts=True)
                treated += len(part)
            batches = None if batches is None else batches - max(1, len(parts[:batches]))
            if not parts:
                _close(plan)
                break
    return treated


def _planned(correction: Correction, now: datetime) -> "_Applied":
    row = Correction.objects.select_related("message__case").get(pk=correction.pk)
    items = list(CorrectedMessage.objects.filter(correction=row).values_list("message_id", flat=True))
    steps = {step.derived_id: step for item in items for step in derivatives_of(item) if step.derived_id not in items}
    known = set(row.effects.values_list("thing_id", flat=True))
    if row.found != len(steps):
        Correction.objects.filter(pk=row.pk).update(found=len(steps))
    return _Applied(
        row=row,
        content=said_in(row.message),
        items=items,
        steps=[step for key, step in steps.items() if key not in known],
        now=now,
    )


@transaction.atomic
def _close(plan: "_Applied") -> None:
    if plan.row.action == CorrectionAction.ERASE.value:
        for item in Message.objects.select_for_update(of=("self",)).filter(pk__in=plan.items):
            # Whoever places a hold locks the case first: it is seen here, or comes after.
            item.case = Case.objects.select_for_update(of=("self",)).get(pk=item.case_id)
            if standing_hold(item.case) is None:
                erase_message(item)
            else:
                end_with_hold(item, on=plan.now.date())
    Correction.objects.filter(pk=plan.row.pk, applied_at=None).update(applied_at=plan.now)


@dataclass(frozen=True, kw_only=True)
class _Applied:
    """One correction as it is applied now: what it says, the messages that it is about, and what is still to treat."""

    row: Correction
    content: Said
    items: Sequence[UUID]
    steps: Sequence[Derivation]
    now: datetime


def _treated(act: _Applied, steps: Sequence[Derivation]) -> list[Effect]:
    keys = [step.derived_id for step in steps if step.derived_type == Thing.MESSAGE]
    found = Message.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    messages = {message.pk: message for message in found.select_related("case", "released__outbox")}
    return [_effect(act, step, messages.get(step.derived_id)) for step in steps]


def _effect(act: _Applied, step: Derivation, message: Message | None) -> Effect:
    if message is not None:
        deed = _deed_on_message(act, step, message)
    elif step.derived_type == Thing.INQUIRY:
        deed = _Deed.ASK_AGENCY
    else:
        deed = _Deed.RETRIEVE
    is_task = deed in {_Deed.MEND, _Deed.TELL, _Deed.RETRIEVE, _Deed.ASK_AGENCY, _Deed.ERASE_OURS}
    has_left = message is not None and _is_held_there(message)
    return Effect(
        correction=act.row,
        thing=step.derived_type,
        thing_id=step.derived_id,
        way=step.way,
        detail={name: value for name, value in step.detail.items() if name not in {"sha256", "file", "files"}},
        recipient=message.case.peer_id if message is not None and has_left else "",
        reference=message.reference if message is not None else "",
        state=_State.TASK if is_task else _State.DONE,
        deed=deed,
        done_at=None if is_task else act.now,
    )


def _deed_on_message(act: _Applied, step: Derivation, message: Message) -> Effect.Deed:
    # A reply says nothing of what it answers, or what it says was found as a passage of it.
    if step.way not in CARRIES_CONTENT or not message.is_ours or message.state == Message.State.DISCARDED:
        return _Deed.NOTHING_HELD
    if message.may_change:
        return _deed_on_draft(act, message)
    if act.row.action in _FINAL:
        # What waits in the queue with words that were recalled does not leave any more.
        stop_onward(message, now=act.now)
    return _deed_on_sent(act, message) if _is_held_there(message) else _deed_on_unsent(act, message)


def _is_held_there(message: Message) -> bool:
    """Returns whether a message of ours came to the other side, or still may; one that expired was read by nobody."""
    if message.state == Message.State.EXPIRED:
        return False
    never = {OutboxState.WITHDRAWN, OutboxState.EXPIRED}
    return message.released is not None and message.released.outbox.state not in never


def _deed_on_unsent(act: _Applied, message: Message) -> Effect.Deed:
    if act.row.action == CorrectionAction.ERASE:
        return _Deed.OWN_COPY if _is_taken_out_of_ours(act, message) else _Deed.ERASE_OURS
    return _Deed.STOPPED if act.row.action == CorrectionAction.RECALL else _Deed.GOVERNED


def _deed_on_sent(act: _Applied, message: Message) -> Effect.Deed:
    is_theirs = message.case.peer_id == act.row.message.case.peer_id
    is_recalled = not is_theirs and act.row.action in _FINAL and recall_onward(message, now=act.now)
    if act.row.action == CorrectionAction.ERASE:
        is_gone = _is_taken_out_of_ours(act, message)
        if is_theirs or is_recalled:
            # A person takes it out once it has arrived, or no hold keeps it any more.
            return (_Deed.OWN_COPY if is_theirs else _Deed.WITHDRAWN) if is_gone else _Deed.ERASE_OURS
    if is_theirs:
        return _Deed.HELD_BY_THEM
    # Whoever withdrew it at our word uses it no more, whatever is wrong in it.
    return _Deed.WITHDRAWN if is_recalled or message.state == Message.State.WITHDRAWN else _Deed.TELL


def _is_taken_out_of_ours(act: _Applied, message: Message) -> bool:
    # Whoever places a hold locks the case first: it is seen here, or comes after.
    message.case = Case.objects.select_for_update(of=("self",)).get(pk=message.case_id)
    if standing_hold(message.case) is not None or not take_out_of_sent(message, act.items):
        return False
    note(None, "erase from own copy", message, at=act.now)
    return True


def _deed_on_draft(act: _Applied, message: Message) -> Effect.Deed:
    # Whatever word was given for the old text was given before this was known; whoever has it open sees it change.
    void_approval(message)
    message.version += 1
    deed = _Deed.GOVERNED
    if act.content.action is CorrectionAction.ERASE:
        take_out_passages(message, act.items)
        deed = _Deed.TAKEN_OUT
    elif act.content.action is CorrectionAction.RECALL:
        deed = _Deed.STOPPED
    elif act.content.action is CorrectionAction.CORRECT and _says_wrong(act, message):
        deed = _Deed.MEND
    message.save()
    return deed


def _says_wrong(act: _Applied, message: Message) -> bool:
    values = [(value.wrong, value.right) for value in act.content.values]
    return holds_words(message.fields, values, marks_held(act.items))
