"""Dispositions: what became of messages, told in ranges of the sender's log.

One disposition answers a whole intake batch. A disposition is never answered by another one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from accord.channel.disposition import (
    DISPOSITION_KIND,
    DISPOSITION_SCHEMA,
    Disposition,
    DispositionItem,
    decode_dispositions,
    encode_dispositions,
)
from accord.channel.limits import MAX_WORD_CHARS
from accord.courier.prepared import Prepared
from accord.courier.statements import execute_many, moment_param
from accord.release.acknowledging import acknowledgement
from accord.release.models import ReleasedMessage
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import MessageKind, OutcomeNotice, followers
from accord.release.services import send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = ["DISPOSITION", "DISPOSITION_LIFE_DAYS", "Became", "acknowledge", "in_ranges"]

DISPOSITION_LIFE_DAYS = 365
"""Days a disposition may wait for its peer: longer than any outage that both sides would bear in silence."""

DISPOSITION_BYTES_MAX = 64 * 1024
"""Encoded size: 256 single-entry ranges with codes and rules stay below 32 KB."""


class Became(NamedTuple):
    """What became of one entry."""

    position: int
    handled: Handled


def in_ranges(became: Iterable[Became]) -> tuple[DispositionItem, ...]:
    """Returns the fewest ranges of neighbouring positions with the same fate.

    Args:
        became: Fates in the order of their positions.
    """
    items: list[DispositionItem] = []
    first = last = -1
    fate: Handled | None = None
    for position, handled in became:
        if fate is not None and position == last + 1 and handled == fate:
            last = position
            continue
        if fate is not None:
            items.append(_item(first, last, fate))
        first, last, fate = position, position, handled
    if fate is not None:
        items.append(_item(first, last, fate))
    return tuple(items)


def _item(first: int, last: int, fate: Handled) -> DispositionItem:
    return DispositionItem(
        first=first, last=last, state=Disposition(fate.state), code=_word(fate.code), rule=_word(fate.rule)
    )


def _word(text: str | None) -> str | None:
    return text[:MAX_WORD_CHARS] if text else None


def acknowledge(peer: str, became: Sequence[Became], *, now: datetime) -> ReleasedMessage | None:
    """Tells the peer what became of its messages; the telling passes the gate like everything that leaves.

    Returns:
        What was released; ``None`` when there is nothing to tell.

    Raises:
        GateRefuses: The gate does not even let this pass.
    """
    if not became:
        return None
    facts = acknowledgement(DISPOSITION.name, peer=peer, on=now.date())
    return send_for_the_channel(
        peer=peer,
        kind=DISPOSITION.name,
        payload=encode_dispositions(in_ranges(became)),
        facts=facts,
        lane=Lane.ROUTINE,
        not_after=now + timedelta(days=DISPOSITION_LIFE_DAYS),
        now=now,
    )


_TOLD_OF: Final = Prepared(
    lambda peer, first, last: (
        ReleasedMessage.objects.filter(
            outbox__channel__peer_id=peer, outbox__position__gte=first, outbox__position__lte=last
        )
        .order_by()
        .values_list("pk")
    ),
    str,
    int,
    int,
)


def _note(notice: OutcomeNotice) -> None:
    told = (notice.state, notice.code or "", notice.rule or "", moment_param(notice.at))
    execute_many(
        "UPDATE release_releasedmessage SET outcome = %s, outcome_code = %s, outcome_rule = %s, outcome_at = %s "
        "WHERE id = %s",
        [(*told, key) for (key,) in _TOLD_OF.rows(notice.peer, notice.first, notice.last)],
    )
    for follower in followers():
        follower.on_outcome(notice)


def _handle(received: Received, work: FilingWork) -> Handled:
    items: tuple[DispositionItem, ...] = received.content
    for item in items:
        notice = OutcomeNotice(
            peer=received.peer,
            first=item.first,
            last=item.last,
            state=item.state.value,
            code=item.code,
            rule=item.rule,
            at=work.now,
        )
        work.afterwards(partial(_note, notice))
    return FILED


DISPOSITION = MessageKind(
    name=DISPOSITION_KIND,
    schema=DISPOSITION_SCHEMA,
    max_bytes=DISPOSITION_BYTES_MAX,
    decode=decode_dispositions,
    handler=_handle,
    facts_at_use=None,
    needs_approval=False,
    is_acknowledged=False,
)
