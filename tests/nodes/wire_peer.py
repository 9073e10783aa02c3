"""A peer that lies over the real wire: India's real keys, Canada's real listener, mutual TLS, and one lie at a time.

The lies are those of the simulator; here they travel as HTTP bodies, and what Canada's node makes of them is read from
its answer and from its database.
"""

import http.client
import os
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from accord.channel.capsule import OpenCapsule
from accord.channel.checkpoint import Checkpoint, unverified_checkpoint
from accord.channel.envelope import Body, uuid7
from accord.channel.frames import Frame, decode_frame, encode_frame
from accord.channel.roots import TrustRoots
from accord.channel.seal import SealedEnvelope, seal
from accord.channel.sealkeys import SealPublicKey
from accord.channel.state import ChannelState, encode_state
from accord.cli.demo.nodes import NodeProcess
from accord.courier.transport import CONTACT_PATH, FRAME_TYPE
from accord.parties.custody import FileCustody
from accord.parties.keysets import tls_certificates
from accord.parties.tls import TlsIdentity, client_context
from tests.nodes.nodes import Nodes, ask, reading
from tests.nodes.proof import chains_in
from tests.simulators.lying_peer import LIAR, LIES, VICTIM, LyingPeer
from tests.simulators.stored_node import Disk, StoredNode

__all__ = ["WireAnswer", "WirePeer", "post"]

HOUR_MS = 3_600_000


@dataclass(frozen=True, kw_only=True)
class WireAnswer:
    """What came back over the wire.

    Args:
        status: HTTP status.
        data: The body.
    """

    status: int
    data: bytes

    @property
    def frame(self) -> Frame:
        return decode_frame(self.data)

    @property
    def refusal(self) -> str | None:
        return self.frame.refusal


def post(port: int, context: ssl.SSLContext, data: bytes, *, headers: Mapping[str, str] | None = None) -> WireAnswer:
    """Sends bytes to a node's listener as a contact."""
    with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)) as line:
        line.request("POST", CONTACT_PATH, body=data, headers={"Content-Type": FRAME_TYPE, **(headers or {})})
        answer = line.getresponse()
        return WireAnswer(status=answer.status, data=answer.read())


class _Victim:
    """Stands for Canada where a lie of the simulator wants to make it write something first; here it has."""

    def append(self, *_labels: str) -> None:
        """Canada's log holds what the test released."""


class WirePeer(LyingPeer):
    """India, as whoever holds its keys may speak.

    Args:
        nodes: The nodes; Canada's runs, India's does not.
    """

    def __init__(self, nodes: Nodes) -> None:
        self.lie = ""
        self.canada: NodeProcess = nodes.canada
        self.custody = FileCustody(nodes.india.home, nodes.india.passphrase.encode())
        roots = TrustRoots.from_json((nodes.folder / "roots.json").read_bytes())
        with reading(nodes.india) as connection:
            chains = chains_in(connection, roots)
        self.theirs = chains[VICTIM, LIAR]
        state = ChannelState(us=LIAR, peer=VICTIM, our_chain=chains[LIAR, VICTIM], peer_chain=self.theirs)
        self.node = StoredNode(
            us=LIAR,
            peer=VICTIM,
            signer=self.custody.signer(),  # type: ignore[arg-type]  # a signer is all that is asked of it
            disk=Disk(state=encode_state(state)),
        )
        self.node.now_ms = self.clock_ms()
        self.victim = _Victim()  # type: ignore[assignment]  # Canada is a process, not an object
        archive = SealPublicKey.from_bytes(self.custody.newest("archive"))
        self.capsule = OpenCapsule.generate(archive, owner=LIAR, entropy=os.urandom)

    @staticmethod
    def clock_ms() -> int:
        return int(time.time() * 1000)

    def context(self, identity: TlsIdentity | None = None) -> ssl.SSLContext:
        """TLS as India, or with another certificate."""
        return client_context(identity or self.custody.tls, tls_certificates(self.theirs.latest).values())

    def deliver(self, data: bytes) -> WireAnswer:
        """Sends any bytes to Canada."""
        return post(self.canada.channel_port, self.context(), data)

    def lied(self, lie: str) -> WireAnswer:
        """Tells one lie of the simulator over the wire."""
        return self.deliver(LIES[lie](self))

    def send(self, data: bytes) -> Any:  # Any: the simulator's lies look at ``code`` only
        """Sends what a lie needs to send before it."""
        return msgspec.defstruct("Sent", [("code", str | None)])(self.deliver(data).refusal)

    def converse(self) -> WireAnswer:
        """Sends what is due, honestly, and takes the answer."""
        answer = self.deliver(self.node.contact())
        self.node.receive(answer.data)
        return answer

    def offer(self, *envelopes: SealedEnvelope, capsules: tuple[bytes, ...] | None = None) -> WireAnswer:
        """Appends envelopes to our log and sends them, honestly."""
        machine = self.node.machine()
        appended = machine.append(list(envelopes), self.node.now_ms)
        entries = [(envelope.header, envelope.sealed) for envelope in envelopes]
        leaves = [envelope.leaf for envelope in envelopes]
        self.node.disk.out.add(entries, leaves, appended.stride_nodes, appended.checkpoint, None)
        self.node.state = machine.state
        batch = self.batch_of(
            *envelopes,
            before=self.node.disk.out.leaves[: appended.start],
            capsules=(self.capsule.bytes,) if capsules is None else capsules,
        )
        frame = machine.contact(self.node.now_ms)
        answer = self.deliver(encode_frame(replace(frame, batch=replace(batch, checkpoint=appended.checkpoint))))
        self.node.receive(answer.data)
        return answer

    def message(
        self, kind: str, content: Mapping[str, object], *, not_after_ms: int | None = None, handling: str = "H1"
    ) -> SealedEnvelope:
        """A message that Canada can open."""
        now_ms = self.node.now_ms
        return seal(
            Body(
                kind=kind,
                schema=1,
                payload=msgspec.json.encode(content),
                decision_digest=bytes(32),
                handling=handling,
            ),
            id=uuid7(now_ms, os.urandom),
            sender=LIAR,
            recipient=VICTIM,
            epoch=0,
            created_ms=now_ms - 24 * HOUR_MS,
            not_after_ms=now_ms + HOUR_MS if not_after_ms is None else not_after_ms,
            recipient_key=self.theirs.seal_key_for_sending(),
            capsule=self.capsule,
            entropy=os.urandom,
        )

    def victims_checkpoint(self) -> tuple[bytes, Checkpoint]:
        """Canada's newest signed head of its own log, as its database holds it."""
        note: bytes = ask(self.canada, "SELECT out_checkpoint FROM courier_channel")
        return note, unverified_checkpoint(note)
