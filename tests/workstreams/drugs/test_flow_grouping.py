"""However consignments are looked at, the groups come to the whole, and no month between is left out."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accord.workstreams.drugs.flows.grouping import (
    Consignment,
    Flow,
    by_month,
    by_route,
    by_substance,
    months_between,
    whole_of,
)

COUNTRIES = st.sampled_from(["CA", "IN", "SG", "CN", "AE"])
CONSIGNMENTS = st.lists(
    st.builds(
        Consignment,
        substance=st.sampled_from(["npp", "anpp", "4-ap"]),
        route=st.lists(COUNTRIES, min_size=2, max_size=4).map(tuple),
        departs_on=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        kg=st.none() | st.decimals(0, 10_000, places=6),
        is_objected=st.booleans(),
        is_stopped=st.booleans(),
    ),
    max_size=30,
)


@given(CONSIGNMENTS)
def test_the_groups_of_each_way_of_looking_come_to_the_whole(rows: list[Consignment]) -> None:
    whole = whole_of(rows)
    assert whole.notices == len(rows)
    assert whole.objections == sum(row.is_objected for row in rows)
    assert whole.stopped == sum(row.is_stopped for row in rows)
    assert whole.kg == sum((row.kg for row in rows if row.kg is not None), Decimal(0))
    for way in (by_substance, by_route, by_month):
        assert sum((group.flow for group in way(rows)), Flow()) == whole


@given(CONSIGNMENTS)
def test_each_group_is_there_once_and_the_most_frequent_is_first(rows: list[Consignment]) -> None:
    for way in (by_substance, by_route):
        groups = way(rows)
        assert len({group.key for group in groups}) == len(groups)
        assert [group.flow.notices for group in groups] == sorted(
            (group.flow.notices for group in groups), reverse=True
        )


@given(CONSIGNMENTS)
def test_a_month_in_which_nothing_left_is_there_with_nothing(rows: list[Consignment]) -> None:
    months = [group.key for group in by_month(rows)]
    assert months == sorted(set(months))
    if rows:
        days = [row.departs_on for row in rows]
        assert months == list(months_between(min(days), max(days)))
        assert (months[-1].year - months[0].year) * 12 + months[-1].month - months[0].month == len(months) - 1


@given(CONSIGNMENTS, st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows: list[Consignment], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random
    for way in (by_substance, by_route, by_month):
        assert way(rows) == way(shuffled)


def test_a_consignment_without_a_mass_is_counted_and_said_so() -> None:
    row = Consignment(substance="npp", route=("IN", "CA"), departs_on=date(2026, 11, 30))
    assert whole_of([row]) == Flow(notices=1, without_kg=1)


def test_another_way_through_is_another_route() -> None:
    day = date(2026, 11, 30)
    rows = [
        Consignment(substance="npp", route=way, departs_on=day)
        for way in (("IN", "CA"), ("IN", "SG", "CA"), ("IN", "SG", "CA"))
    ]
    assert [(group.key, group.flow.notices) for group in by_route(rows)] == [
        (("IN", "SG", "CA"), 2),
        (("IN", "CA"), 1),
    ]
