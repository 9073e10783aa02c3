"""Opening one entry: is it for us, in time, readable, of a known kind and within its limits?

Nothing here raises for what a peer sent: a message that cannot be opened is a verdict, told to the sender and parked
for a person. Faults of this node (a closed key file, a full disk) are raised, since another try may succeed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from accord.channel.envelope import Body, Header
from accord.channel.limits import SKEW_TOLERANCE_MS
from accord.channel.seal import open_sealed
from accord.courier.models import Entry
from accord.courier.moment import from_ms, to_ms
from accord.errors import AccordError, LawRefuses, NotAvailableNow, OfficerCanMend, OurFault, PeerFault, TrustFails
from accord.parties.custody import Custody, KeyNotHeld
from accord.release.errors import KindUnknown
from accord.release.received import Handled, Received
from accord.release.registry import is_known, kind_for
from accord.vocabulary.handling import Handling

__all__ = ["EXPIRED", "Unopened", "open_entry"]

EXPIRED = Handled(state="expired-unread")

_HANDLING = {code.value for code in Handling}


class Unopened(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that goes to no handler.

    Args:
        handled: What the sender is told.
        kind: Kind, as far as it could be read.
        schema: Its schema version.
        was_read: Whether the sealed body could be opened.
    """

    handled: Handled
    kind: str = ""
    schema: int | None = None
    was_read: bool = False

    @property
    def is_expired(self) -> bool:
        """Whether it came too late to be shown to anyone."""
        return self.handled == EXPIRED


def open_entry(entry: Entry, *, party: str, peer: str, custody: Custody, now: datetime) -> Received | Unopened:
    """Opens one entry of a peer's log.

    Args:
        entry: The courier's entry.
        party: Our code.
        peer: The peer's code.
        custody: Where our seal keys are.
        now: The time.

    Returns:
        The opened message, or why it goes to no handler.

    Raises:
        OurFault: This node is broken; the entry waits.
        NotAvailableNow: Something needed does not answer; the entry waits.
    """
    try:
        header = Header.decode(bytes(entry.header))
        if header.recipient != party or header.sender != peer:
            return Unopened(handled=Handled(state="refused", code="release.not-addressed-to-us"))
        if header.not_after_ms + SKEW_TOLERANCE_MS < to_ms(now):
            return Unopened(handled=EXPIRED)
        opened = open_sealed(bytes(entry.header), bytes(entry.sealed), custody.opener(header.seal_key_id))
    except KeyNotHeld:
        # The peer sealed to a key we do not hold: parked, because a restored key file may open it yet.
        return Unopened(handled=Handled(state="refused", code="release.key-not-held"))
    except (OurFault, NotAvailableNow):
        raise
    except AccordError as error:
        return Unopened(handled=Handled(state="refused", code=error.reason_code))
    body = opened.body
    try:
        content = _content(body)
    except (PeerFault, TrustFails, OfficerCanMend, LawRefuses) as error:
        refused = Handled(state="refused", code=error.reason_code)
        return Unopened(handled=refused, kind=body.kind, schema=body.schema, was_read=True)
    return Received(
        entry_id=entry.pk,
        position=entry.position,
        envelope_id=entry.envelope_id,
        party=party,
        peer=peer,
        kind=body.kind,
        schema=body.schema,
        payload=body.payload,
        content=content,
        handling=body.handling,
        sent_at=from_ms(header.created_ms),
        received_at=entry.recorded_at,
        in_reply_to=UUID(bytes=header.in_reply_to) if header.in_reply_to else None,
        attachment_root=header.attachment_root,
    )


class _ContentRefused(PeerFault):
    """A sealed body whose content this node cannot take in."""


def _content(body: Body) -> Any:  # Any: each kind has its own type
    """Returns the decoded payload of a known kind within its limits."""
    if not is_known(body.kind):
        raise _ContentRefused("The kind is unknown here.", code="release.unknown-kind")
    try:
        kind = kind_for(body.kind, body.schema)
    except KindUnknown:
        raise _ContentRefused("The schema version is unknown here.", code="release.unknown-schema") from None
    if len(body.payload) > kind.max_bytes:
        raise _ContentRefused("The payload is over the kind's limit.", code="release.too-large")
    if kind.facts_at_use is not None and body.handling not in _HANDLING:
        raise _ContentRefused("The handling code is unknown.", code="release.unknown-handling")
    try:
        return kind.decode(body.payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _ContentRefused("The payload is not of its schema.", code="release.schema-refused") from None
