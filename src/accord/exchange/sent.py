"""What becomes of our messages after they left: receipts, dispositions, expiry."""

from collections.abc import Sequence
from datetime import datetime

from accord.courier.alarms import raise_alarm
from accord.exchange.clocks import new_clock
from accord.exchange.kinds import REQUEST
from accord.exchange.models import Clock, Message
from accord.exchange.restoring import restore_message
from accord.release.registry import Follower, OutcomeNotice
from accord.vocabulary.urgency import AccessClass, Urgency

__all__ = ["FOLLOWER"]

_STATE_OF = {
    "filed": Message.State.FILED,
    "acted": Message.State.ACTED,
    "refused": Message.State.REFUSED,
    "expired-unread": Message.State.EXPIRED,
}

_CONTRADICTED_BY = {
    "filed": {Message.State.ACTED, Message.State.EXPIRED},
    "acted": {Message.State.EXPIRED},
    "refused": {Message.State.FILED, Message.State.ACTED, Message.State.EXPIRED},
    "expired-unread": {Message.State.FILED, Message.State.ACTED},
}
"""States that a word of the peer no longer moves; what was refused may still be filed, when it is tried again."""


def _on_outcome(notice: OutcomeNotice) -> None:
    state = _STATE_OF.get(notice.state)
    if state is None:
        return
    told = Message.objects.filter(
        released__outbox__channel__peer_id=notice.peer, released__outbox__position__range=(notice.first, notice.last)
    )
    if told.filter(state__in=_CONTRADICTED_BY[notice.state]).exists():
        raise_alarm(None, "exchange.disposition-contradicts", f"{notice.peer} took back what became of a message.")
    told.exclude(state__in=_CONTRADICTED_BY[notice.state]).update(
        state=state, disposed_at=notice.at, disposed_code=notice.code or "", disposed_rule=notice.rule or ""
    )


def _on_delivered(released_keys: Sequence[int], at: datetime) -> None:
    messages = Message.objects.filter(released_id__in=released_keys)
    messages.update(delivered_at=at)
    messages.filter(state=Message.State.RELEASED).update(state=Message.State.DELIVERED)
    clocks = []
    for request in messages.filter(kind=REQUEST, clock=None).only("id", "content"):
        fields = request.fields
        clocks.append(
            new_clock(
                message_id=request.pk,
                table=str(fields["clock_table"]),
                urgency=Urgency(str(fields["urgency"])),
                access=AccessClass(str(fields["access_class"])),
                received_at=at,
            )
        )
    # The clock of our own request runs from the receipt that the other side signed.
    Clock.objects.bulk_create(clocks)


def _on_unsent(released_keys: Sequence[int], reason: str) -> None:
    state = Message.State.WITHDRAWN if reason == "withdrawn" else Message.State.EXPIRED
    if reason != "blocked":
        Message.objects.filter(released_id__in=released_keys).update(state=state)


FOLLOWER = Follower(
    on_outcome=_on_outcome, on_delivered=_on_delivered, on_unsent=_on_unsent, on_restored=restore_message
)
