"""A JSON body has one meaning or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.node.api.limits import JSON_DEPTH_MAX
from accord.node.api.parser import read_json
from accord.node.api.problems import Malformed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.data())
def test_what_a_json_writer_writes_is_read_as_it_was(data: st.DataObject) -> None:
    import json

    value = data.draw(JSON)

    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"NaN",
        b"[Infinity]",
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b"\xff\xfe",
        '{"a": 1}'.encode("utf-16"),
        b"",
        b"{",
        b"[" * (JSON_DEPTH_MAX + 1) + b"]" * (JSON_DEPTH_MAX + 1),
        b"[" * 100_000,
        b"1" * 10_000,
    ],
    ids=[
        "twin members",
        "twin members deep",
        "NaN",
        "Infinity",
        "half a surrogate pair",
        "half a surrogate pair as a name",
        "not UTF-8",
        "UTF-16",
        "nothing",
        "unfinished",
        "too deep",
        "far too deep",
        "a number of ten thousand digits",
    ],
)
def test_what_two_readers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_json(body)


def test_brackets_within_a_text_are_no_depth() -> None:
    assert read_json(b'"' + b"[" * 200 + b'\\""') == "[" * 200 + '"'
