"""A real node's database and services, paired with a peer in memory over a wire that a test can cut.

The peer is the simulator's ``StoredNode``: an honest node that keeps every duty of the peer machine. The wire carries
frames as bytes and can lose a request, lose an answer, or change either.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone

from accord.channel.frames import Fetched, Frame, decode_frame
from accord.courier.flush import FlushResult, flush_once
from accord.courier.inbound import Answer, receive_contact
from accord.courier.models import Channel, Lane, Outbox
from accord.courier.moment import now_ms
from accord.courier.outbox import enqueue
from accord.courier.remedies import Remedy, confirm, propose
from accord.courier.transport import PeerSilent
from accord.parties.models import Keyset, Party
from accord.parties.profile import load_profile
from tests.channel.specimens import specimen

from .memory_custody import MemoryCustody
from .stored_node import StoredNode

__all__ = ["PairedNode", "Wire", "by_two_officers", "make_paired_node"]

PROFILES = {"CA": "canada", "IN": "india"}


class KeepingNode(StoredNode):
    """The simulator's node, which also keeps real archive capsules and gives them back with the entries."""

    def _fetched(self) -> Fetched | None:
        fetched = super()._fetched()
        if fetched is None:
            return None
        return replace(fetched, batch=replace(fetched.batch, capsules=tuple(sorted(self.disk.capsules))))


@dataclass
class Wire:
    """The way to the peer, as a ``Transport``.

    Args:
        peer: Who is at the other end.
        loses_requests: Whether what we send never arrives.
        loses_answers: Whether the peer's answers never come back.
        alters: Changes an answer on its way.
        on_request: Called before a request is delivered; may raise.
        carried: Every frame that arrived at the peer, decoded.
    """

    peer: StoredNode
    loses_requests: bool = False
    loses_answers: bool = False
    alters: Callable[[bytes], bytes] | None = None
    on_request: Callable[[], None] | None = None
    carried: list[Frame] = field(default_factory=list)

    def exchange(self, channel: Channel, frame: bytes) -> bytes:
        if self.on_request is not None:
            self.on_request()
        if self.loses_requests:
            raise PeerSilent("The wire is cut.")
        self.carried.append(decode_frame(frame))
        self.peer.now_ms = now_ms()
        answer = self.peer.receive(frame)
        if self.loses_answers:
            raise PeerSilent("The wire is cut on the way back.")
        return answer if self.alters is None else self.alters(answer)


@dataclass
class PairedNode:
    """Our node (a database) and its peer (in memory)."""

    channel: Channel
    peer: StoredNode
    wire: Wire
    custody: MemoryCustody

    def enqueue(self, count: int = 1, *, lane: Lane = Lane.ROUTINE, **changes: object) -> list[Outbox]:
        """Puts messages into the queue as ``release`` does."""
        fields: dict[str, object] = {
            "channel": self.channel,
            "lane": lane,
            "kind": "request",
            "schema": 1,
            "decision_digest": bytes(32),
            "handling": "H1",
            "not_after": timezone.now() + timedelta(days=1),
        }
        return [
            enqueue(**{**fields, "payload": f'{{"number":{number}}}'.encode(), **changes})  # type: ignore[arg-type]
            for number in range(count)
        ]

    def flush(self, *, is_due: bool = False) -> FlushResult:
        """Makes one contact over the wire."""
        return flush_once(self.channel.pk, self.wire, is_due=is_due)

    def meet(self) -> None:
        """Lets our process hear the peer for the first time."""
        self.flush(is_due=True)

    def heard(self, frame: bytes | None = None, *, now: datetime | None = None) -> Answer:
        """Receives a contact of the peer (its own next one when omitted) and gives the peer the answer."""
        self.peer.now_ms = now_ms()
        answer = receive_contact(self.channel.pk, self.peer.contact() if frame is None else frame, now=now)
        self.peer.receive(answer.frame)
        return answer

    def now(self) -> Channel:
        """The channel's row as it is stored now."""
        return Channel.objects.get(pk=self.channel.pk)

    def peer_ids(self) -> list[uuid.UUID]:
        """Ids of the envelopes that had an effect at the peer, in order."""
        return [uuid.UUID(bytes=value) for value in self.peer.disk.effects]


def make_paired_node(us: str = "CA", peer: str = "IN") -> PairedNode:
    """Writes the rows of a paired node into the present database."""
    for code in (us, peer):
        Party.objects.create(
            code=code,
            profile=load_profile(PROFILES[code]).to_json(),
            is_self=code == us,
            root_public=specimen(code).root.public.to_bytes(),
            pinned_at=timezone.now(),
        )
    for code, other in ((us, peer), (peer, us)):
        Keyset.objects.create(
            party_id=code,
            peer_id=other,
            serial=1,
            signed=specimen(code).chain(other).signed[0],
            in_force_at=timezone.now(),
        )
    channel = Channel.objects.create(peer_id=peer, party_code=us, peer_url="https://peer.invalid")
    node = KeepingNode.create(peer, us)
    return PairedNode(channel=channel, peer=node, wire=Wire(peer=node), custody=MemoryCustody(us))


def by_two_officers(node: PairedNode, remedy: Remedy) -> None:
    """Lets one officer propose a remedy and another one confirm it."""
    propose(node.channel.pk, remedy, officer_id=1, reason="The copy was stopped.")
    confirm(node.channel.pk, remedy, officer_id=2)
