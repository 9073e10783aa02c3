"""Every limit of the channel, with its unit, its reason and its precedent.

A limit is checked before the thing it bounds is allocated.
Limits are part of the protocol: a peer that exceeds one is refused with ``channel.limit-exceeded``, never truncated.
"""

from typing import Final

__all__ = [
    "ATTACHMENT_CHUNK_BYTES",
    "EPOCH_REACH_SECONDS",
    "MAX_ATTACHMENT_CHUNKS",
    "MAX_BATCH_BYTES",
    "MAX_BATCH_CAPSULES",
    "MAX_BATCH_ENTRIES",
    "MAX_BODY_BYTES",
    "MAX_BUNDLE_BYTES",
    "MAX_CAPSULE_BYTES",
    "MAX_CHAIN_KEYSETS",
    "MAX_DEPTH",
    "MAX_DISPOSITION_ITEMS",
    "MAX_FRAME_BYTES",
    "MAX_FRAME_CHUNKS",
    "MAX_FRAME_ITEMS",
    "MAX_HAVE_CHUNKS",
    "MAX_HEADER_BYTES",
    "MAX_KEYSET_BYTES",
    "MAX_KEYS_PER_KIND",
    "MAX_LIFETIME_MS",
    "MAX_LOG_SIZE",
    "MAX_NOTE_BYTES",
    "MAX_NOTE_LINES",
    "MAX_OBJECT_ITEMS",
    "MAX_PARCEL_BYTES",
    "MAX_PARCEL_FRAMES",
    "MAX_PARTY_CHARS",
    "MAX_PAYLOAD_BYTES",
    "MAX_PROOF_HASHES",
    "MAX_SEALED_BYTES",
    "MAX_TIME_MS",
    "MAX_WORD_CHARS",
    "MIN_PADDED_BYTES",
    "SKEW_TOLERANCE_MS",
]

KIB: Final = 1024
MIB: Final = 1024 * KIB

# --- encoding ---------------------------------------------------------------------------------------------------

MAX_DEPTH: Final = 12
"""Nested containers in one object. The deepest object of the protocol (a frame with a batch) nests 4; an evidence
bundle 3. Twelve leaves room for extensions. Precedent: deep nesting is the oldest way to exhaust a parser's stack."""

MAX_OBJECT_ITEMS: Final = 4_096
"""Data items (keys included) in one object other than a frame. A header has 28, a keyset of 16 keys about 150."""

MAX_FRAME_ITEMS: Final = 16_384
"""Data items in one frame: 256 entries of 3 items, 256 capsules, 64 chunks with proofs, and as much again."""

MAX_WORD_CHARS: Final = 64
"""Characters of a short word on the wire (message kind, handling code, reason code)."""

MAX_PARTY_CHARS: Final = 32
"""Characters of a party code. ISO 3166-1 has 2; room for agencies and test parties."""

MAX_TIME_MS: Final = 253_402_300_799_999
"""Milliseconds since the Unix epoch: 31 December 9999 23:59:59.999 UTC, the last instant RFC 3339 can write."""

MAX_LOG_SIZE: Final = 2**62
"""Entries in one log. C2SP bounds sizes by 2^63 - 1; one bit less keeps every sum of two sizes in a signed word."""

# --- envelope ---------------------------------------------------------------------------------------------------

MAX_HEADER_BYTES: Final = 2 * KIB
"""Bytes of an encoded header. A header without extensions is about 215 bytes."""

MAX_PAYLOAD_BYTES: Final = 1 * MIB
"""Bytes of one message's payload. A structured police message is 1 to 20 KiB; what is larger is an attachment.
Precedent: Matrix refuses events over 64 KiB; SIENA carries files as attachments beside the message."""

MAX_BODY_BYTES: Final = MAX_PAYLOAD_BYTES + 4 * KIB
"""Bytes of an encoded body before compression: the payload and its few named fields. Also the bound on inflation, so
that a decompression bomb stops here."""

MAX_SEALED_BYTES: Final = MAX_BODY_BYTES + MAX_BODY_BYTES // 8 + 4 * KIB
"""Bytes of a sealed body: the body stored, padded (at most 12 % more) and wrapped (about 1.3 KiB)."""

MIN_PADDED_BYTES: Final = 512
"""Smallest padded plaintext in bytes: short answers ("nothing held") are one size."""

MAX_LIFETIME_MS: Final = 10 * 366 * 24 * 3600 * 1000
"""Longest time between ``created_ms`` and ``not_after_ms``: ten years. A message that never expires is a mistake."""

SKEW_TOLERANCE_MS: Final = 5 * 60 * 1000
"""Default tolerance between two parties' clocks in milliseconds: five minutes. Precedent: Kerberos (RFC 4120 5.2.3)."""

# --- log and notes ----------------------------------------------------------------------------------------------

MAX_PROOF_HASHES: Final = 64
"""Hashes in an inclusion proof, and one more in a consistency proof: a tree of 2^63 leaves needs no more than 63."""

MAX_NOTE_BYTES: Final = 16 * KIB
"""Bytes of a signed note. A checkpoint with both signatures is about 4.8 KiB; a receipt about the same."""

MAX_NOTE_LINES: Final = 16
"""Lines of a signed note, signatures included; ours have 8. C2SP asks verifiers for a maximum."""

# --- keysets ----------------------------------------------------------------------------------------------------

MAX_KEYS_PER_KIND: Final = 8
"""Keys of one kind in one keyset: one in use, one coming, and those an overlap or a revocation still names."""

MAX_KEYSET_BYTES: Final = 96 * KIB
"""Bytes of one signed keyset: 24 keys of at most 2 KiB, pins, and a 3.4 KiB signature, with room to spare."""

MAX_CHAIN_KEYSETS: Final = 512
"""Keysets in one chain: a rotation every week for ten years."""

MAX_CAPSULE_BYTES: Final = 2 * KIB
"""Bytes of an archive capsule; one is about 1.2 KiB."""

EPOCH_REACH_SECONDS: Final = 10 * 366 * 86_400
"""How far beyond the receiver's clock, in seconds, an epoch may lie: a clock ten years slow still follows its peer, and
who steals a key cannot name the last epoch there is, after which the log could never begin another."""

# --- frames and parcels -----------------------------------------------------------------------------------------

MAX_BATCH_ENTRIES: Final = 256
"""Entries in one batch: the gain of signing once is over by then (0.35 ms at 100), and one Merkle stride is 256."""

MAX_BATCH_BYTES: Final = 4 * MIB
"""Bytes of headers and sealed bodies a sender puts into one batch, so that an urgent message waits for at most one
batch: about a third of a second at 100 Mbit/s. One envelope larger than the rest of the batch travels alone."""

MAX_BATCH_CAPSULES: Final = MAX_BATCH_ENTRIES
"""Capsules in one batch: at worst each entry came from a flush of its own (recovery)."""

ATTACHMENT_CHUNK_BYTES: Final = 1 * MIB
"""Bytes of plaintext in one attachment chunk: memory stays flat and a broken transfer repeats at most this much."""

MAX_ATTACHMENT_CHUNKS: Final = 16_384
"""Chunks of one attachment: 16 GiB. The image of a seized disk travels by parcel in parts."""

MAX_FRAME_CHUNKS: Final = 8
"""Attachment chunks in one frame."""

MAX_HAVE_CHUNKS: Final = 256
"""Attachment roots in one frame whose held chunks are stated."""

MAX_FRAME_BYTES: Final = 24 * MIB
"""Bytes of one frame: a full batch, a full fetched batch and eight chunks, with proofs and notes."""

MAX_PARCEL_FRAMES: Final = 65_536
"""Frames in one parcel file."""

MAX_PARCEL_BYTES: Final = 16 * 1024 * MIB
"""Bytes of one parcel file: a memory stick's worth."""

# --- dispositions and evidence ----------------------------------------------------------------------------------

MAX_DISPOSITION_ITEMS: Final = 1_024
"""Ranges in one disposition: each covers as many consecutive entries as share a fate."""

MAX_BUNDLE_BYTES: Final = 128 * MIB
"""Bytes of an evidence bundle: two full keyset chains, one body, proofs and notes. Read by an offline tool only."""
