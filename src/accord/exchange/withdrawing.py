"""Withdrawing what has left: the other side is asked to use it no more, and says whether it complied.

What stands in a log stands there for ever. A withdrawal is a message of its own, without information: it names the
message withdrawn and nothing else; why it is withdrawn stays on this side. The receiver marks the message, ends its
clock, lets nobody use or answer it any more, and answers with the disposition ``withdrawn``. Both pass the gate.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import msgspec
from django.utils import timezone

from accord.exchange.clocks import end_clock
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import WITHDRAWAL
from accord.exchange.kinds.withdrawal import Withdrawal
from accord.exchange.models import Case, Clock, Message
from accord.exchange.reasons import note_with_reason, require_reason
from accord.exchange.search.indexing import forget
from accord.exchange.watching import tell_moved, watchers
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.acknowledging import acknowledgement
from accord.release.dispositions import Became, acknowledge
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import MessageKind, json_kind
from accord.release.services import one_release, send_for_the_channel, stop_released
from accord.vocabulary.urgency import Lane

__all__ = ["WITHDRAWAL_KIND", "recall", "recall_onward", "stop_onward"]

WITHDRAWAL_LIFE_DAYS: Final = 365
"""Days a withdrawal may wait for its peer: as long as a disposition, since the matter does not end before."""

WITHDRAWAL_BYTES_MAX: Final = 1_024
"""Encoded size: one identifier."""

_SENT: Final = {Message.State.RELEASED, Message.State.DELIVERED, Message.State.FILED, Message.State.ACTED}

_WAITING: Final = {Message.State.RELEASED, Message.State.BLOCKED}


def recall(officer: Officer, message: Message, *, reason: str, now: datetime | None = None) -> Message:
    """Asks the other side to withdraw a message that has left.

    Args:
        officer: A releasing officer.
        message: The message.
        reason: Why, for our own file; it does not travel.
        now: The time.

    Returns:
        The message; it becomes ``withdrawn`` when the other side says that it complied.

    Raises:
        NotPermitted: The officer may not release.
        TextRefused: The reason is blank.
        ActRefused: It has not left, or was recalled already.
        GateRefuses: The law does not let the withdrawal pass; the decision is on record.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    words = require_reason(reason)
    moment = now or timezone.now()
    with one_release():
        held = (
            Message.objects.select_for_update(of=("self",))
            .select_related("case", "released__outbox")
            .get(pk=message.pk)
        )
        if held.recalled_at is not None or held.state not in _SENT or held.released is None:
            raise ActRefused("The message has not left, or was recalled already.", code="exchange.not-recalled")
        if held.released.outbox.position is None:
            raise ActRefused(
                "The message is still in the queue.",
                code="exchange.not-sealed",
                next_step="Withdraw it instead: then it never leaves.",
            )
        held.recalled_at = moment
        held.save(update_fields=["recalled_at"])
        tell_moved([held.pk])
        _ask(held, moment)
        note_with_reason(officer, "recall message", held, held.case, reason=words, at=moment)
    return held


def _ask(held: Message, moment: datetime) -> None:
    send_for_the_channel(
        peer=held.case.peer_id,
        kind=WITHDRAWAL,
        payload=msgspec.json.encode(Withdrawal(schema_version=1, withdraws=str(held.envelope_id))),
        facts=acknowledgement(WITHDRAWAL, peer=held.case.peer_id, on=moment.date()),
        lane=Lane.ROUTINE,
        not_after=moment + timedelta(days=WITHDRAWAL_LIFE_DAYS),
        now=moment,
    )


def recall_onward(message: Message, *, now: datetime) -> bool:
    """Recalls a message of ours by the node's own act: what it holds was recalled by its originator.

    Args:
        message: The message, locked, with its case and what was released of it.
        now: The time.

    Returns:
        Whether the other side is asked now or was asked before; ``False`` where it has not been sealed yet.
    """
    if message.recalled_at is not None:
        return True
    if message.state not in _SENT or message.released is None or message.released.outbox.position is None:
        return False
    message.recalled_at = now
    message.save(update_fields=["recalled_at"])
    tell_moved([message.pk])
    with one_release():
        _ask(message, now)
    return True


def stop_onward(message: Message, *, now: datetime) -> bool:
    """Keeps a released message of ours from leaving, by the node's own act, where it was not sealed yet.

    Args:
        message: The message, locked, with its case and what was released of it.
        now: The time.

    Returns:
        Whether it was never sent and never is.
    """
    if message.released is None or not stop_released(message.released):
        return False
    if message.state in _WAITING:
        message.state = Message.State.WITHDRAWN
        message.save(update_fields=["state"])
        tell_moved([message.pk])
        note(None, "withdraw message", message, at=now)
    return True


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    named = [UUID(item.content.withdraws) for item in received]
    found = Message.objects.filter(envelope_id__in=named, case__peer_id=work.peer, direction=Message.Direction.IN)
    work.memory[WITHDRAWAL] = {
        row.envelope_id: row for row in found.select_related("case", "clock", "received") if row.received is not None
    }


def _file(received: Received, work: FilingWork) -> Handled:
    message: Message | None = work.memory[WITHDRAWAL].get(UUID(received.content.withdraws))
    if message is None or message.received is None:
        return Handled(state="refused", code="exchange.unknown-message")
    message.state = Message.State.WITHDRAWN
    message.disposed_at = received.received_at
    work.change(message, "state", "disposed_at")
    clock: Clock | None = getattr(message, "clock", None)
    if clock is not None:
        end_clock(clock, at=received.received_at)
        work.change(clock, "state", "ended_at", "due_at", "paused_at")
        message.case.waiting_on = Case.Waiting.NOBODY
    message.case.changed_at = work.now
    work.change(message.case, "waiting_on", "changed_at")
    complied = [Became(message.received.position, Handled(state="withdrawn"))]
    work.afterwards(partial(_tell, work.peer, complied, work.now))
    work.afterwards(partial(forget, [message.pk]))
    for watcher in watchers():
        work.afterwards(partial(watcher.withdrawn, [message.pk]))
    return FILED


def _tell(peer: str, complied: list[Became], now: datetime) -> None:
    acknowledge(peer, complied, now=now)


WITHDRAWAL_KIND: Final[MessageKind] = json_kind(
    Withdrawal,
    WITHDRAWAL,
    schema=1,
    max_bytes=WITHDRAWAL_BYTES_MAX,
    handler=_file,
    facts_at_use=None,
    prepare=_prepare,
    needs_approval=False,
)
"""The kind: it serves the channel, so that no officer approves it and the gate at use is not asked."""
