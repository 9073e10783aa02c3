import hashlib
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.channel.encoding import LimitExceeded, MalformedObject, decode, encode
from accord.channel.envelope import Body, Header, uuid7
from accord.channel.limits import MAX_HEADER_BYTES, MAX_LIFETIME_MS, MAX_PAYLOAD_BYTES
from accord.channel.suite import SUITE_1, SUITE_1_NAME, require_suite

from .specimens import NOW_MS, body_of, entropy_of

parties = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", fullmatch=True)
words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,20}", fullmatch=True)
digests = st.binary(min_size=32, max_size=32)
extensions = st.dictionaries(st.integers(1000, 2**64 - 1), st.binary(max_size=20) | st.integers(0, 9), max_size=3)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    created = draw(st.integers(0, 10**14))
    sender, recipient = draw(st.lists(parties, min_size=2, max_size=2, unique=True))
    random = draw(st.binary(min_size=10, max_size=10))
    return Header(
        id=uuid7(created, lambda _: random),
        sender=sender,
        recipient=recipient,
        epoch=draw(st.integers(0, 2**32 - 1)),
        created_ms=created,
        not_after_ms=created + draw(st.integers(0, MAX_LIFETIME_MS)),
        sealed_size=draw(st.integers(0, 10**6)),
        commitment=draw(digests),
        attachment_root=draw(st.none() | digests),
        in_reply_to=draw(st.none() | st.binary(min_size=16, max_size=16)),
        seal_key_id=draw(st.binary(min_size=8, max_size=8)),
        archive_capsule=draw(st.binary(min_size=16, max_size=16)),
        extensions=draw(extensions),
    )


HEADER = Header(
    id=uuid7(NOW_MS, entropy_of("header")),
    sender="CA",
    recipient="IN",
    epoch=0,
    created_ms=NOW_MS,
    not_after_ms=NOW_MS + 1,
    sealed_size=1000,
    commitment=bytes(32),
    seal_key_id=bytes(8),
    archive_capsule=bytes(16),
)


def altered(data: bytes, **changes: object) -> bytes:
    fields = decode(data, what="object", max_bytes=1 << 21)
    assert isinstance(fields, dict)
    for key, value in changes.items():
        if value is ...:
            del fields[int(key[1:])]
        else:
            fields[int(key[1:])] = value
    return encode(fields)


@given(headers())
def test_a_header_comes_back_from_its_bytes_with_what_it_may_not_know(header: Header) -> None:
    data = header.encode()
    assert Header.decode(data) == header
    assert Header.decode(data).encode() == data
    assert header.digest == hashlib.sha256(data).digest()


@given(
    st.builds(
        Body,
        kind=words,
        schema=st.integers(0, 65535),
        payload=st.binary(max_size=200),
        decision_digest=digests,
        handling=words,
        extensions=extensions,
    )
)
def test_a_body_comes_back_from_its_bytes(body: Body) -> None:
    assert Body.decode(body.encode()) == body


def test_nothing_of_the_subject_stands_in_the_header() -> None:
    fields = decode(HEADER.encode(), what="header", max_bytes=MAX_HEADER_BYTES)
    assert isinstance(fields, dict)
    assert sorted(fields) == list(range(1, 15))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"f1": 1}, "channel.unknown-version"),
        ({"f1": 3}, "channel.unknown-version"),
        ({"f1": 0}, "channel.unknown-version"),
        ({"f2": 0}, "channel.unknown-suite"),
        ({"f2": 2}, "channel.unknown-suite"),
        ({"f15": 1}, "channel.unknown-critical-field"),
        ({"f999": 1}, "channel.unknown-critical-field"),
        ({"f3": bytes(15)}, "channel.malformed-object"),
        ({"f3": bytes(16)}, "channel.malformed-object"),
        ({"f4": "IN"}, "channel.malformed-object"),
        ({"f4": ""}, "channel.malformed-object"),
        ({"f5": "I N"}, "channel.malformed-object"),
        ({"f6": 2**32}, "channel.malformed-object"),
        ({"f6": -1}, "channel.malformed-object"),
        ({"f7": NOW_MS + 2}, "channel.malformed-object"),
        ({"f8": NOW_MS - 1}, "channel.malformed-object"),
        ({"f8": NOW_MS + MAX_LIFETIME_MS + 1}, "channel.malformed-object"),
        ({"f8": 2**63}, "channel.malformed-object"),
        ({"f9": 2**40}, "channel.malformed-object"),
        ({"f10": bytes(31)}, "channel.malformed-object"),
        ({"f11": bytes(31)}, "channel.malformed-object"),
        ({"f12": bytes(32)}, "channel.malformed-object"),
        ({"f13": bytes(7)}, "channel.malformed-object"),
        ({"f14": bytes(8)}, "channel.malformed-object"),
        *(({f"f{key}": ...}, None) for key in range(1, 15)),
    ],
)
def test_a_header_with_one_thing_wrong_is_refused(changes: dict[str, object], code: str | None) -> None:
    with pytest.raises(MalformedObject) as refusal:
        Header.decode(altered(HEADER.encode(), **changes))
    assert code in {None, refusal.value.reason_code}


@pytest.mark.parametrize(
    "changes",
    [
        {"f1": 2},
        {"f2": ""},
        {"f2": "two words"},
        {"f3": 2**16},
        {"f4": "text"},
        {"f5": bytes(31)},
        {"f6": ""},
        {"f7": 1},
        *({f"f{key}": ...} for key in range(1, 7)),
    ],
)
def test_a_body_with_one_thing_wrong_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedObject):
        Body.decode(altered(body_of().encode(), **changes))


def test_a_header_too_large_is_refused_for_its_size() -> None:
    with pytest.raises(LimitExceeded):
        Header.decode(replace(HEADER, extensions={1000: bytes(MAX_HEADER_BYTES)}).encode())


def test_a_payload_too_large_is_refused_for_its_size() -> None:
    with pytest.raises(LimitExceeded):
        Body.decode(body_of(bytes(MAX_PAYLOAD_BYTES + 1)).encode())
    assert Body.decode(body_of(bytes(MAX_PAYLOAD_BYTES)).encode())


def test_every_byte_of_a_header_counts() -> None:
    data = HEADER.encode()
    for position in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[position] ^= 1 << bit
            try:
                header = Header.decode(bytes(flipped))
            except (MalformedObject, LimitExceeded):
                continue
            assert header.digest != HEADER.digest


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_identifier_is_a_uuid_of_version_seven_that_begins_with_its_time(now_ms: int, random: bytes) -> None:
    identifier = uuid.UUID(bytes=uuid7(now_ms, lambda _: random))
    assert identifier.variant == uuid.RFC_4122
    assert identifier.version == 7
    assert identifier.int >> 80 == now_ms


def test_identifiers_of_later_milliseconds_sort_later() -> None:
    entropy = entropy_of("sorting")
    identifiers = [uuid7(NOW_MS + n, entropy) for n in range(100)]
    assert identifiers == sorted(identifiers)


def test_there_is_one_suite_and_no_fallback() -> None:
    assert require_suite(SUITE_1) == SUITE_1_NAME
    for number in (0, 2, 255):
        with pytest.raises(MalformedObject, match=f"Suite {number}"):
            require_suite(number)
