"""What becomes of our messages after they left: receipts, dispositions, expiry."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from accord.courier.alarms import raise_alarm
from accord.courier.prepared import Prepared
from accord.courier.statements import execute_many, moment_param, uuid_param
from accord.exchange.clocks import clock_of_sent, end_clock
from accord.exchange.kinds import REQUEST
from accord.exchange.models import Clock, Message
from accord.exchange.restoring import restore_message
from accord.exchange.search.indexing import forget
from accord.exchange.watching import tell_moved
from accord.exchange.withdrawn import UNSAID
from accord.release.registry import Delivered, Follower, OutcomeNotice

__all__ = ["FOLLOWER"]

LOOK_UP_KEYS: Final = 1_000
"""Keys of one question: SQLite takes 32,766 parameters, and a longer list is not answered sooner."""

_STATE_OF = {
    "filed": Message.State.FILED,
    "acted": Message.State.ACTED,
    "refused": Message.State.REFUSED,
    "expired-unread": Message.State.EXPIRED,
    "withdrawn": Message.State.WITHDRAWN,
}

_CONTRADICTED_BY = {
    "filed": {Message.State.ACTED, Message.State.EXPIRED, Message.State.WITHDRAWN},
    "acted": {Message.State.EXPIRED, Message.State.WITHDRAWN},
    "refused": {Message.State.FILED, Message.State.ACTED, Message.State.EXPIRED, Message.State.WITHDRAWN},
    "expired-unread": {Message.State.FILED, Message.State.ACTED, Message.State.WITHDRAWN},
}
"""States that a word of the peer no longer moves; what was refused may still be filed, when it is tried again, and
what we recalled may be withdrawn from every state."""


# A word of the peer on a stretch of our log comes several times a second: its question is composed once.
_TOLD: Final = Prepared(
    lambda peer, first, last: (
        Message.objects.filter(
            released__outbox__channel__peer_id=peer,
            released__outbox__position__gte=first,
            released__outbox__position__lte=last,
        )
        .order_by()
        .values_list("pk", "state")
    ),
    str,
    int,
    int,
)


def _on_outcome(notice: OutcomeNotice) -> None:
    state = _STATE_OF.get(notice.state)
    if state is None:
        return
    if state == Message.State.WITHDRAWN:
        _on_withdrawn(notice)
        return
    told = _TOLD.rows(notice.peer, notice.first, notice.last)
    contradicted = sorted(_CONTRADICTED_BY[notice.state])
    moved = {key: now for key, now in told if now not in contradicted}
    if len(moved) < len(told):
        raise_alarm(None, "exchange.disposition-contradicts", f"{notice.peer} took back what became of a message.")
    said = (state.value, moment_param(notice.at), notice.code or "", notice.rule or "")
    execute_many(
        "UPDATE exchange_message SET state = %s, disposed_at = %s, disposed_code = %s, disposed_rule = %s "  # noqa: S608
        f"WHERE id = %s AND state NOT IN ({', '.join(['%s'] * len(contradicted))})",
        [(*said, uuid_param(key), *contradicted) for key in moved],
    )
    # What is filed and acted on is told every second: rooms are asked where a word stands no more, or again.
    tell_moved([key for key, now in moved.items() if (now in UNSAID) is not (state in UNSAID)])


def _on_withdrawn(notice: OutcomeNotice) -> None:
    told = Message.objects.filter(
        released__outbox__channel__peer_id=notice.peer, released__outbox__position__range=(notice.first, notice.last)
    )
    # Nobody withdraws our word but we: a peer that says so of what we never recalled is not believed.
    if told.filter(recalled_at=None).exists():
        raise_alarm(None, "exchange.disposition-contradicts", f"{notice.peer} withdrew what was never recalled.")
    told = told.exclude(recalled_at=None)
    keys = list(told.values_list("pk", flat=True))
    forget(keys)
    for clock in Clock.objects.filter(message__in=told):
        end_clock(clock, at=notice.at)
        clock.save()
    told.update(
        state=Message.State.WITHDRAWN,
        disposed_at=notice.at,
        disposed_code=notice.code or "",
        disposed_rule=notice.rule or "",
    )
    tell_moved(keys)


def _on_delivered(delivered: Sequence[Delivered]) -> None:
    blocked = _keys_of([one.key for one in delivered], state=Message.State.BLOCKED)
    moved = (Message.State.RELEASED.value, Message.State.BLOCKED.value, Message.State.DELIVERED.value)
    execute_many(
        "UPDATE exchange_message SET delivered_at = %s, receipt_stated_at = %s, "
        "state = CASE WHEN state IN (%s, %s) THEN %s ELSE state END WHERE released_id = %s",
        [(moment_param(one.arrived_at), moment_param(one.stated_at), *moved, one.key) for one in delivered],
    )
    tell_moved(blocked)
    # The clock of our own request runs from the receipt that the other side signed.
    at_of = {one.key: one.stated_at for one in delivered}
    clocks = []
    keys = list(at_of)
    for start in range(0, len(keys), LOOK_UP_KEYS):
        found = Message.objects.filter(released_id__in=keys[start : start + LOOK_UP_KEYS], kind=REQUEST, clock=None)
        for request in found.select_related("case").only("id", "content", "released_id", "case__peer_id"):
            clock = clock_of_sent(
                request.pk, request.fields, peer=request.case.peer_id, received_at=at_of[request.released_id or 0]
            )
            if clock is not None:
                clocks.append(clock)
    Clock.objects.bulk_create(clocks)


def _keys_of(released_keys: Sequence[int], **asked: str) -> list[UUID]:
    found: list[UUID] = []
    for start in range(0, len(released_keys), LOOK_UP_KEYS):
        some = released_keys[start : start + LOOK_UP_KEYS]
        found += Message.objects.filter(released_id__in=some, **asked).order_by().values_list("pk", flat=True)
    return found


_UNSENT = {
    "blocked": Message.State.BLOCKED,
    "expired": Message.State.EXPIRED,
    "withdrawn": Message.State.WITHDRAWN,
}


def _on_unsent(released_keys: Sequence[int], reason: str) -> None:
    keys = _keys_of(released_keys)
    Message.objects.filter(released_id__in=released_keys).update(state=_UNSENT[reason])
    tell_moved(keys)


FOLLOWER = Follower(
    on_outcome=_on_outcome, on_delivered=_on_delivered, on_unsent=_on_unsent, on_restored=restore_message
)
