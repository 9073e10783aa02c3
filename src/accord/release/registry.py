"""The kinds of message this node knows: one name and schema, one type, one handler.

A room registers its kinds when Django is ready. What is not registered here can neither leave nor be filed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from accord.law.facts import Facts
from accord.release.errors import KindUnknown
from accord.release.received import FilingWork, Handled, Received

__all__ = [
    "Delivered",
    "Follower",
    "MessageKind",
    "OutcomeNotice",
    "follow",
    "followers",
    "is_answered",
    "is_known",
    "json_kind",
    "kind_for",
    "kinds",
    "register",
]


class OutcomeNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What the peer says became of a range of our messages.

    Args:
        peer: Code of the peer.
        first: First position in our log.
        last: Last position, included.
        state: State of the disposition.
        code: Reason code, if any.
        rule: Rule named, if any.
        at: When the disposition was taken in.
    """

    peer: str
    first: int
    last: int
    state: str
    code: str | None
    rule: str | None
    at: datetime


class Delivered(NamedTuple):
    """A released message that the peer has receipted.

    Args:
        key: Primary key of the released message.
        stated_at: When the receipt was signed, by the peer's clock and to the second; it binds both sides.
        arrived_at: When the receipt was on file here, by our clock.
    """

    key: int
    stated_at: datetime
    arrived_at: datetime


def _prepare_nothing(_received: Sequence[Received], _work: FilingWork) -> None:
    """A kind that needs no look-up."""


@dataclass(frozen=True, kw_only=True)
class MessageKind:
    """One kind of message.

    Args:
        name: Name on the wire.
        schema: Version of the schema.
        max_bytes: Limit of the encoded payload.
        decode: Bytes to the kind's own value; raises ``msgspec.MsgspecError``, ``ValueError`` or an ``AccordError``.
        handler: Files one received message.
        facts_at_use: Facts of filing it on a day, for the gate; ``None`` for kinds that serve the channel alone.
        prepare: Makes the look-ups of a whole batch at once.
        needs_approval: Whether a second officer approves each one.
        is_acknowledged: Whether a disposition answers it.
        struct: The msgspec type, for the published JSON Schema; ``None`` where the payload is not JSON.
    """

    name: str
    schema: int
    max_bytes: int
    decode: Callable[[bytes], Any]  # Any: each kind has its own type
    handler: Callable[[Received, FilingWork], Handled]
    facts_at_use: Callable[[Received, date], Facts] | None
    prepare: Callable[[Sequence[Received], FilingWork], None] = _prepare_nothing
    needs_approval: bool = True
    is_acknowledged: bool = True
    struct: type[msgspec.Struct] | None = None


def _pass_over(*_what: object) -> None:
    """Nothing follows in a room that does not ask."""


@dataclass(frozen=True, kw_only=True)
class Follower:
    """A room that is told what becomes of messages after they left.

    A room names only what changes something there: receipts are told to all rooms at once, and a room picks its own
    messages out. Where it leaves one of them out, that changes nothing in it, and its rows stay as they are.

    Args:
        on_outcome: Told when the peer disposed of a range of our log.
        on_delivered: Told which released messages have been receipted, and when each.
        on_unsent: Told which released messages (by primary key) will not be sent, and why.
        on_restored: Told the primary key and payload of a released message that was lost here and came back.
    """

    on_outcome: Callable[[OutcomeNotice], None] = _pass_over
    on_delivered: Callable[[Sequence[Delivered]], None] = _pass_over
    on_unsent: Callable[[Sequence[int], str], None] = _pass_over
    on_restored: Callable[[int, bytes], None] = _pass_over


_KINDS: dict[tuple[str, int], MessageKind] = {}
_FOLLOWERS: dict[str, Follower] = {}


def follow(room: str, follower: Follower) -> None:
    """Makes a room's follower known; a second one of the same room replaces the first."""
    _FOLLOWERS[room] = follower


def followers() -> tuple[Follower, ...]:
    """Returns all followers."""
    return tuple(_FOLLOWERS.values())


def register(kind: MessageKind) -> None:
    """Makes a kind known; a second one of the same name and schema replaces the first (as on reload)."""
    _KINDS[kind.name, kind.schema] = kind


def is_known(name: str) -> bool:
    """Returns whether any schema of that kind is known: the other reason for not finding it is its version."""
    return any(known == name for known, _ in _KINDS)


def kind_for(name: str, schema: int) -> MessageKind:
    """Returns the kind.

    Raises:
        KindUnknown: Nothing is registered under the name and schema.
    """
    try:
        return _KINDS[name, schema]
    except KeyError:
        raise KindUnknown(
            "No room has registered this kind of message.", fields={"kind": name, "schema": schema}
        ) from None


def is_answered(name: str) -> bool:
    """Returns whether a message of that kind is answered by a disposition; an unknown one is."""
    return all(kind.is_acknowledged for (known, _), kind in _KINDS.items() if known == name)


def kinds() -> tuple[MessageKind, ...]:
    """Returns all kinds, by name and schema."""
    return tuple(_KINDS[key] for key in sorted(_KINDS))


def json_kind(
    struct: type[msgspec.Struct],
    name: str,
    *,
    schema: int,
    max_bytes: int,
    handler: Callable[[Received, FilingWork], Handled],
    facts_at_use: Callable[[Received, date], Facts] | None,
    prepare: Callable[[Sequence[Received], FilingWork], None] = _prepare_nothing,
    check: Callable[[bytes, Any], None] | None = None,
    needs_approval: bool = True,
) -> MessageKind:
    """Returns a kind whose payload is JSON of one msgspec type.

    Args:
        struct: The type.
        name: Name on the wire.
        schema: Version of the schema.
        max_bytes: Limit of the payload.
        handler: Files one received message.
        facts_at_use: Facts of filing it; ``None`` where the gate is not asked.
        prepare: Look-ups of a batch.
        check: What the type cannot say, given the bytes and the value; raises.
        needs_approval: Whether a second officer approves each one.
    """
    decoder = msgspec.json.Decoder(struct)

    def decode(payload: bytes) -> Any:  # Any: the value is of ``struct``
        value = decoder.decode(payload)
        if check is not None:
            check(payload, value)
        return value

    return MessageKind(
        name=name,
        schema=schema,
        max_bytes=max_bytes,
        decode=decode,
        handler=handler,
        facts_at_use=facts_at_use,
        prepare=prepare,
        needs_approval=needs_approval,
        struct=struct,
    )
