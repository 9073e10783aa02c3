from collections.abc import Iterator

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.channel.encoding import (
    LimitExceeded,
    MalformedObject,
    MapReader,
    Unencodable,
    decode,
    encode,
    extended,
)

UINT64 = 2**64 - 1

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), UINT64) | st.binary(max_size=40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(0, UINT64), inner, max_size=5),
    max_leaves=25,
)


def read(data: bytes, **limits: int) -> object:
    return decode(data, what="object", max_bytes=limits.pop("max_bytes", 1 << 20), **limits)


@given(values)
def test_what_is_encoded_decodes_to_itself(value: object) -> None:
    assert read(encode(value), max_depth=64) == value


@given(st.binary(max_size=60))
def test_bytes_that_decode_are_their_own_encoding(data: bytes) -> None:
    try:
        value = read(data)
    except (MalformedObject, LimitExceeded):
        return
    assert encode(value) == data


@given(st.dictionaries(st.integers(0, UINT64), st.integers(0, 3), max_size=30))
def test_map_keys_are_written_in_ascending_order_whatever_order_they_came_in(fields: dict[int, int]) -> None:
    backwards = dict(sorted(fields.items(), reverse=True))
    written = cbor2.loads(encode(backwards))
    assert list(written) == sorted(fields)


# RFC 8949, appendix A: the examples that lie within the subset.
@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1000000000000, "1b000000e8d4a51000"),
        (UINT64, "1bffffffffffffffff"),
        (-1, "20"),
        (-1000, "3903e7"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("IETF", "6449455446"),
        ("水", "63e6b0b4"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({1: 2, 3: 4}, "a201020304"),
        ([], "80"),
        ({}, "a0"),
    ],
)
def test_the_examples_of_the_standard_hold_both_ways(value: object, data: str) -> None:
    assert encode(value).hex() == data
    assert read(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nothing at all", ""),
        ("a head without its argument", "18"),
        ("a string cut short", "4401"),
        ("an array cut short", "8201"),
        ("a map cut short", "a201020 3".replace(" ", "")),
        ("bytes after the object", "0000"),
        ("an integer longer than it need be", "1817"),
        ("a two-byte integer that fits one", "190018"),
        ("a four-byte integer that fits two", "1a00000100"),
        ("an eight-byte integer that fits four", "1b0000000000000001"),
        ("a length longer than it need be", "580101"),
        ("an indefinite array", "9f01ff"),
        ("an indefinite string", "5f4101ff"),
        ("an indefinite map", "bf0102ff"),
        ("a duplicate key", "a201010102"),
        ("keys out of order", "a202010101"),
        ("a text key", "a1616101"),
        ("a negative key", "a12001"),
        ("a byte-string key", "a1410101"),
        ("an array as key", "a18001"),
        ("a half float", "f93c00"),
        ("a float that is not a number", "f97e00"),
        ("a double", "fb3ff8000000000000"),
        ("undefined", "f7"),
        ("a simple value", "e0"),
        ("a tag", "c074323031332d30332d32315432303a30343a30305a"),
        ("a big number", "c249010000000000000000"),
        ("a break alone", "ff"),
        ("a reserved length", "1c"),
        ("text that is not UTF-8", "62c328"),
        ("text with half a surrogate pair", "63eda080"),
    ],
)
def test_refused(name: str, data: str) -> None:
    with pytest.raises(MalformedObject):
        read(bytes.fromhex(data))


def bombs() -> Iterator[bytes]:
    for head in (b"\x9b", b"\xbb", b"\x5b", b"\x7b"):
        yield head + b"\x00\x00\x00\xff\xff\xff\xff\xff"
        yield head + b"\xff" * 8


@pytest.mark.parametrize("data", list(bombs()), ids=lambda data: data.hex())
def test_a_length_beyond_the_bytes_present_is_refused_before_anything_is_allocated(data: bytes) -> None:
    with pytest.raises(MalformedObject, match=r"than the bytes present|more items than there are bytes"):
        read(data)


def test_deep_nesting_is_refused_at_the_limit_and_not_before() -> None:
    assert read(b"\x81" * 12 + b"\x00", max_depth=12)
    with pytest.raises(LimitExceeded, match="nests deeper than 12"):
        read(b"\x81" * 13 + b"\x00", max_depth=12)
    with pytest.raises(LimitExceeded):
        read(b"\x81" * 100_000 + b"\x00")


def test_too_many_items_are_refused_at_the_limit_and_not_before() -> None:
    nine_items_in_an_array = b"\x89" + b"\x00" * 9
    assert read(nine_items_in_an_array, max_items=10)
    with pytest.raises(LimitExceeded, match="more than 9 data items"):
        read(nine_items_in_an_array, max_items=9)


def test_too_many_bytes_are_refused_with_both_sizes_named() -> None:
    with pytest.raises(LimitExceeded) as refusal:
        read(encode(bytes(100)), max_bytes=99)
    assert refusal.value.fields == {"what": "object", "size_bytes": 102, "limit_bytes": 99}
    assert refusal.value.reason_code == "channel.limit-exceeded"


@pytest.mark.parametrize("value", [1.5, 2**64, {"a": 1}, {-1: 1}, {1, 2}, object(), "\ud800", {None: 1}])
def test_a_value_outside_the_subset_is_our_own_fault(value: object) -> None:
    with pytest.raises(Unencodable):
        encode(value)


def test_an_unknown_critical_field_is_refused_and_an_ignorable_one_is_kept() -> None:
    reader = MapReader({1: 1, 1000: b"kept", 70000: 5}, what="object", known=3)
    assert reader.extensions() == {1000: b"kept", 70000: 5}
    for key in (0, 4, 999):
        with pytest.raises(MalformedObject) as refusal:
            MapReader({1: 1, key: 1}, what="object", known=3)
        assert refusal.value.reason_code == "channel.unknown-critical-field"
        assert refusal.value.fields["key"] == key


def test_an_extension_cannot_take_a_key_of_the_protocol() -> None:
    assert extended({1: 1}, {1000: 2}) == {1: 1, 1000: 2}
    with pytest.raises(Unencodable, match="999"):
        extended({1: 1}, {999: 2})


@pytest.mark.parametrize("obj", [[], 1, None, b"", "text"])
def test_what_is_not_a_map_has_no_fields(obj: object) -> None:
    with pytest.raises(MalformedObject, match="not a map"):
        MapReader(obj, what="object", known=3)


@pytest.mark.parametrize("wrong", [None, True, -1, 11, b"", "1", [], {}])
def test_an_unsigned_integer_field_takes_nothing_else(wrong: object) -> None:
    with pytest.raises(MalformedObject):
        MapReader({1: wrong}, what="object", known=1).uint(1, 10)
    with pytest.raises(MalformedObject):
        MapReader({}, what="object", known=1).uint(1, 10)


def test_fields_of_the_wrong_length_are_refused() -> None:
    reader = MapReader({1: b"four", 2: "", 3: [b"four", b"fiv"], 4: [1]}, what="object", known=4)
    assert reader.octets(1, size=4) == b"four"
    with pytest.raises(MalformedObject):
        reader.octets(1, size=5)
    with pytest.raises(LimitExceeded):
        reader.octets(1, maximum=3)
    with pytest.raises(MalformedObject):
        reader.text(2, maximum=5)
    with pytest.raises(MalformedObject):
        reader.octet_array(3, maximum=5, size=4)
    with pytest.raises(LimitExceeded):
        reader.octet_array(3, maximum=1)
    with pytest.raises(MalformedObject):
        reader.octet_array(4, maximum=5)


def test_a_field_that_may_be_null_must_still_be_there() -> None:
    reader = MapReader({1: None, 2: 0}, what="object", known=3)
    assert reader.is_null(1)
    assert not reader.is_null(2)
    with pytest.raises(MalformedObject, match="field 3 is missing"):
        reader.is_null(3)


@pytest.mark.parametrize("code", ["CA", "IN", "x", "ca-lab.2", "9" * 32])
def test_party_codes(code: str) -> None:
    assert MapReader({1: code}, what="object", known=1).party(1) == code


@pytest.mark.parametrize("code", ["", "-CA", "C A", "C/A", "C\nA", "CÀ", "ＣＡ", "9" * 33, b"CA", None, "CA\n"])  # noqa: RUF001
def test_what_is_not_a_party_code_is_refused(code: object) -> None:
    with pytest.raises(MalformedObject):
        MapReader({1: code}, what="object", known=1).party(1)


@pytest.mark.parametrize("word", ["", " ", "a b", "a\n", "é", "-a", "a" * 65])
def test_what_is_not_a_word_is_refused(word: str) -> None:
    with pytest.raises(MalformedObject):
        MapReader({1: word}, what="object", known=1).word(1)


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(MalformedObject) as refusal:
        MapReader({1: 2}, what="header", known=1).version(1, 1)
    assert refusal.value.reason_code == "channel.unknown-version"
