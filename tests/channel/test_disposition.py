from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.channel.disposition import Disposition, DispositionItem, decode_dispositions, encode_dispositions
from accord.channel.encoding import LimitExceeded, MalformedObject, encode
from accord.channel.limits import MAX_DISPOSITION_ITEMS, MAX_LOG_SIZE


@st.composite
def ranges(draw: st.DrawFn) -> list[DispositionItem]:
    edges = sorted(draw(st.lists(st.integers(0, 10**9), min_size=2, max_size=20, unique=True)))
    return [
        DispositionItem(
            first=first,
            last=last - 1,
            state=draw(st.sampled_from(Disposition)),
            code=draw(st.sampled_from(["kind.unknown", "law.CA-05", "x"])),
            rule=draw(st.none() | st.just("BI-12")),
        )
        for first, last in pairwise(edges)
    ]


@given(ranges())
def test_what_became_of_entries_comes_back(items: list[DispositionItem]) -> None:
    assert decode_dispositions(encode_dispositions(items)) == tuple(items)


def item(first: int, last: int, state: Disposition = Disposition.FILED, code: str | None = None) -> DispositionItem:
    return DispositionItem(first=first, last=last, state=state, code=code)


def test_a_thousand_filed_messages_cost_one_small_payload() -> None:
    assert len(encode_dispositions([item(0, 999)])) < 30


@pytest.mark.parametrize(
    "items",
    [
        [],
        [item(0, 5), item(5, 6)],
        [item(6, 7), item(0, 1)],
        [item(0, 1), item(0, 1)],
        [item(n, n) for n in range(MAX_DISPOSITION_ITEMS + 1)],
    ],
    ids=["none", "overlap", "out of order", "twice", "too many"],
)
def test_ranges_that_cannot_be_read_one_way_are_refused(items: list[DispositionItem]) -> None:
    with pytest.raises(MalformedObject):
        encode_dispositions(items)


def test_as_many_ranges_as_the_limit_allows_travel() -> None:
    items = tuple(item(n, n) for n in range(MAX_DISPOSITION_ITEMS))
    assert decode_dispositions(encode_dispositions(items)) == items


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (1, 0), (0, MAX_LOG_SIZE)])
def test_positions_that_are_no_range_are_refused(first: int, last: int) -> None:
    with pytest.raises(MalformedObject):
        item(first, last)


def test_a_refusal_says_why() -> None:
    with pytest.raises(MalformedObject, match="reason code"):
        item(0, 0, Disposition.REFUSED)
    assert item(0, 0, Disposition.REFUSED, "kind.unknown").code == "kind.unknown"


GOOD = {1: 0, 2: 0, 3: "filed", 4: None, 5: None}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        encode({1: 2, 2: [GOOD]}),
        encode({1: 1, 2: []}),
        encode({1: 1}),
        encode({1: 1, 2: [GOOD], 3: 0}),
        encode({1: 1, 2: [{**GOOD, 3: "eaten"}]}),
        encode({1: 1, 2: [{**GOOD, 3: 1}]}),
        encode({1: 1, 2: [{**GOOD, 6: 1}]}),
        encode({1: 1, 2: [{1: 0, 2: 0, 3: "filed"}]}),
        encode({1: 1, 2: [{**GOOD, 1: 5}]}),
        encode({1: 1, 2: [7]}),
        encode({1: 1, 2: [{**GOOD, 4: "two words"}]}),
    ],
)
def test_a_payload_that_is_not_a_disposition_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedObject):
        decode_dispositions(payload)


def test_a_payload_of_too_many_ranges_is_refused_before_it_is_built() -> None:
    with pytest.raises(LimitExceeded):
        decode_dispositions(encode({1: 1, 2: [{**GOOD, 1: n, 2: n} for n in range(MAX_DISPOSITION_ITEMS + 100)]}))
