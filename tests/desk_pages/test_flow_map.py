"""The map of flows has coasts and no boundaries, and what it draws is where and as often as the routes say."""

import re

from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accord.node.desk.countries import country_of
from accord.node.desk.workstreams.drugs.flow_map import (
    HEIGHT,
    WIDTH,
    FlowMap,
    MapRoute,
    flow_map,
    known_places,
)

CODES = st.sampled_from([*sorted(known_places()), "QQ"])
ROUTES = st.lists(
    st.builds(
        lambda countries, consignments: MapRoute(countries=tuple(countries), consignments=consignments),
        st.lists(CODES, min_size=2, max_size=5, unique=True),
        st.integers(1, 9),
    ),
    max_size=6,
)


def drawn(*routes: MapRoute) -> FlowMap:
    return flow_map(routes, name_of=lambda code: code, words_of=lambda route: f"{route.countries} {route.consignments}")


def route(*countries: str, consignments: int = 1, stopped: int = 0) -> MapRoute:
    return MapRoute(countries=countries, consignments=consignments, stopped=stopped)


def _segments(coast: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    found = []
    for ring in re.findall(r"M([^Z]+)Z", coast):
        points = [(float(x), float(y)) for x, y in (pair.split(" ") for pair in ring.split("L"))]
        found += list(zip(points, points[1:] + points[:1], strict=True))
    return found


def test_the_land_has_coasts_and_no_line_through_it() -> None:
    segments = _segments(drawn().coast)
    assert len(segments) > 1000
    # A boundary between two states would be drawn by both of them, there and back.
    there = set(segments)
    assert not {(end, start) for start, end in there} & there
    # No coast passes near the middle of a continent, where boundaries would.
    for longitude, latitude in ((9, 48), (-110, 49), (76, 34), (20, 10), (-60, -15), (100, 45)):
        x, y = (longitude + 180) * 2, (80 - latitude) * 2
        assert all(abs(one[0] - x) > 4 or abs(one[1] - y) > 4 for one, _other in segments), (longitude, latitude)


def test_legs_that_routes_share_are_added_up_and_are_as_wide_as_they_are_frequent() -> None:
    found = drawn(route("CN", "SG", "CA", consignments=4), route("IN", "SG", "CA"), route("CN", "CA", stopped=1))
    told = {leg.words: (leg.weight, leg.has_stop) for leg in found.legs}
    assert told == {
        "('CN', 'SG') 4": (2, False),
        "('SG', 'CA') 5": (3, False),
        "('IN', 'SG') 1": (1, False),
        "('CN', 'CA') 1": (1, True),
    }
    assert [place.name for place in found.places] == ["CN", "SG", "CA", "IN"]


def test_there_and_back_are_two_lines() -> None:
    one, other = drawn(route("IN", "CA"), route("CA", "IN")).legs
    assert one.path != other.path
    assert one.arrow != other.arrow


def test_a_leg_across_the_pacific_leaves_at_one_edge_and_comes_in_at_the_other() -> None:
    (leg,) = drawn(route("JP", "US")).legs
    ends = [float(x) for x in re.findall(r"M(-?[\d.]+) ", leg.path)]
    assert len(ends) == 2
    assert sum(0 <= x <= WIDTH for x in ends) == 1
    (short,) = drawn(route("IN", "GB")).legs
    assert short.path.count("M") == 1


def test_a_country_without_a_point_is_named_and_its_legs_are_not_drawn() -> None:
    found = drawn(route("IN", "QQ", "CA"))
    assert found.legs == ()
    assert found.unplaced == ("QQ",)
    assert [place.name for place in found.places] == ["IN", "CA"]


@given(ROUTES)
def test_every_place_and_name_lies_on_the_drawing(routes: list[MapRoute]) -> None:
    found = drawn(*routes)
    for place in found.places:
        assert 0 <= place.x <= WIDTH
        assert 0 <= place.y <= HEIGHT
        assert place.anchor in {"start", "middle", "end"}
    named = {code for one in routes for code in one.countries}
    assert {place.name for place in found.places} | set(found.unplaced) == named
    assert len(found.places) + len(found.unplaced) == len(named)


@given(ROUTES)
def test_every_leg_between_known_places_is_drawn_once(routes: list[MapRoute]) -> None:
    wanted = {
        leg
        for one in routes
        for leg in zip(one.countries, one.countries[1:], strict=False)
        if {*leg} <= set(known_places())
    }
    assert len(drawn(*routes).legs) == len(wanted)


def test_both_parties_and_their_neighbours_in_trade_have_a_point() -> None:
    places = known_places()
    assert {"CA", "IN", "CN", "HK", "SG", "AE", "US", "MX", "NL", "DE"} <= set(places)
    longitude, latitude = places["IN"]
    assert (68 < longitude < 98, 6 < latitude < 37) == (True, True)
    assert len(places) > 200


def test_the_drawing_has_no_inline_style_and_names_what_it_shows() -> None:
    with override("fr"):
        found = flow_map([route("IN", "CA", stopped=1)], name_of=country_of, words_of=lambda _leg: "<b>")
        page = render_to_string("desk/drugs/_flow_map.html", {"map": found})
    assert "style=" not in page
    assert ">Inde</text>" in page
    assert 'aria-labelledby="map-title map-desc"' in page
    assert "<b>" not in page
    assert "a-map__leg--stopped" in page


def test_a_few_routes_are_shown_as_near_as_a_phone_needs_and_the_world_as_a_whole() -> None:
    near = drawn(route("IN", "CA"), route("CA", "IN"))
    assert near.is_near
    assert all(near.left < place.x < near.left + near.width for place in near.places)
    assert not drawn(route("US", "JP")).is_near, "a leg that leaves at one edge needs both"
    assert (drawn().left, drawn().width) == (0, WIDTH)


@given(ROUTES)
def test_no_place_and_no_name_lies_beyond_the_part_that_is_shown(routes: list[MapRoute]) -> None:
    found = drawn(*routes)
    assert 0 <= found.left <= found.left + found.width <= WIDTH + 0.1
    for place in found.places:
        assert found.left - 0.1 <= place.x <= found.left + found.width + 0.1
