"""A peer that puts what it likes into the replica of its log: right messages, and wrong ones on command."""

import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from django.utils import timezone

from accord.channel.capsule import OpenCapsule
from accord.channel.envelope import Body, uuid7
from accord.channel.seal import seal
from accord.channel.sealkeys import Opener, SealKey
from accord.courier.models import Channel, Direction, Entry
from accord.courier.moment import to_ms
from accord.parties.custody import KeyNotHeld
from accord.parties.keyfile import KeyFileMissing


@dataclass
class SealCustody:
    """A custody that holds one seal key and nothing else."""

    key: SealKey = field(default_factory=SealKey.generate)
    archive: SealKey | None = None
    party: str = "CA"

    def opener(self, key_id: bytes) -> Opener:
        if key_id != self.key.public.key_id:
            raise KeyNotHeld("The key is not held.")
        return self.key

    def archive_opener(self, key_id: bytes) -> Opener:
        if self.archive is None:
            raise KeyFileMissing("The archive key is offline.")
        return self.archive


@dataclass
class SealingPeer:
    """Seals messages to our node and stores them as the courier would after a contact."""

    channel: Channel
    custody: SealCustody
    code: str = "IN"
    archive: SealKey = field(default_factory=SealKey.generate)
    position: int = 0

    def __post_init__(self) -> None:
        self.capsule = OpenCapsule.generate(self.archive.public, owner=self.code, entropy=os.urandom)

    def send(
        self,
        kind: str,
        payload: object,
        *,
        schema: int = 1,
        handling: str = "H1",
        sender: str | None = None,
        recipient: str = "CA",
        now: datetime | None = None,
        not_after: datetime | None = None,
        in_reply_to: uuid.UUID | None = None,
        attachment_root: bytes | None = None,
        key: SealKey | None = None,
        spoil: bool = False,
    ) -> Entry:
        moment = now or timezone.now()
        raw = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
        body = Body(kind=kind, schema=schema, payload=raw, decision_digest=bytes(32), handling=handling)
        sealed = seal(
            body,
            id=uuid7(to_ms(moment), os.urandom),
            sender=sender or self.code,
            recipient=recipient,
            epoch=0,
            created_ms=to_ms(moment),
            not_after_ms=to_ms(not_after or moment + timedelta(days=30)),
            recipient_key=(key or self.custody.key).public,
            capsule=self.capsule,
            entropy=os.urandom,
            in_reply_to=in_reply_to.bytes if in_reply_to else None,
            attachment_root=attachment_root,
        )
        stored = bytearray(sealed.sealed)
        if spoil:
            stored[-1] ^= 1
        entry = Entry.objects.create(
            channel=self.channel,
            direction=Direction.IN,
            position=self.position,
            envelope_id=uuid.UUID(bytes=sealed.id),
            recorded_at=moment,
            capsule_id=self.capsule.id,
            leaf=sealed.leaf,
            header=sealed.header,
            sealed=bytes(stored),
        )
        self.position += 1
        return entry
