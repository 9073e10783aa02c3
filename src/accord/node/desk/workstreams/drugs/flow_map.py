"""The map of flows: coastlines, places and the legs of routes, computed on the server and drawn as SVG.

What it promises:

* **No boundary between states is drawn.** Its land has coasts alone, since boundaries are in dispute in many places and
  officers of two states look at this map.
* A route goes from place to place as the papers name countries; it is not the road that was sailed or flown. A country
  is one point, the principal place of its main time zone.
* There and back are two lines: each leg bends to its left.
* A leg that is shorter across the line of 180 degrees leaves at one edge and comes in at the other.
* The table beside it says the same; nothing is told by colour alone (a leg with a stop is dashed).

Source: Natural Earth 1:110m and the IANA time zone database, both in the public domain, as ``assets/world_outline.py``
made ``coastlines.json`` and ``places.toml`` of them; plate carrée projection.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import hypot
from typing import Final

import msgspec

__all__ = ["FlowMap", "Leg", "MapRoute", "Place", "flow_map", "known_places"]

WIDTH: Final = 720.0
NORTH: Final = 80.0
SOUTH: Final = -56.0
"""Degrees of latitude at the upper and lower edge: no cargo goes beyond."""
SCALE: Final = 2.0
"""Units of the drawing in a degree."""
HEIGHT: Final = (NORTH - SOUTH) * SCALE

BEND: Final = 0.16
"""How far a leg bends to its left, as a part of its length."""
ARROW: Final = 4.0
"""Half the length of the arrow in the middle of a leg, in units."""
WIDE: Final = (2, 5)
"""Consignments from which a leg is drawn wider, and widest."""

NEAR: Final = 480.0
"""Width of the drawing up to which it fits a phone: names of ten units are still read."""
NARROWEST: Final = 360.0
"""The least width that is shown: half of the world, so that a place is still found."""
MARGIN: Final = 16.0
"""Room beside the outermost name, in units."""

LETTER: Final = 5.6
"""Room of a letter of a label, in units; Devanagari and Latin of ten units come to about the same."""
LINE: Final = 11.0
"""Height of a label, in units."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class MapRoute:
    """What went one way.

    Args:
        countries: Codes of the countries in the order of the route: origin, those passed through, destination.
        consignments: How many.
        stopped: How many of them were stopped.
    """

    countries: tuple[str, ...]
    consignments: int
    stopped: int = 0


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A line between two places.

    Args:
        path: Its line, as the attribute ``d`` wants it.
        arrow: Corners of the arrow in its middle.
        weight: 1 to 3, by how many consignments went this way.
        has_stop: Whether one of them was stopped.
        words: What it says of itself to who points at it.
    """

    path: str
    arrow: str
    weight: int
    has_stop: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """A country's point with its name.

    Args:
        x: Where it is.
        y: Where it is.
        name: Its name.
        label_x: Where the name begins, ends or has its middle, by ``anchor``.
        label_y: Line of the name.
        anchor: ``start``, ``middle`` or ``end``.
    """

    x: float
    y: float
    name: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, kw_only=True)
class FlowMap:
    """A map, ready to be drawn.

    Args:
        coast: All coastlines as one line.
        legs: The legs; the widest are drawn first.
        places: The places.
        unplaced: Names of countries for which the table has no point: they stand in the table of routes alone.
        left: Where the part that is shown begins, in units.
        width: Its width: that of the places and their names, or of the whole world.
        height: Its height.
    """

    coast: str
    legs: tuple[Leg, ...]
    places: tuple[Place, ...]
    unplaced: tuple[str, ...]
    left: float = 0.0
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def is_near(self) -> bool:
        """Whether the part that is shown is small enough to be read on a phone without being moved."""
        return self.width <= NEAR


class _Coastlines(msgspec.Struct, frozen=True):
    rings: tuple[tuple[int, ...], ...]


@cache
def known_places() -> Mapping[str, Point]:
    """Returns the point of each country, longitude and latitude in degrees."""
    text = files(__package__).joinpath("places.toml").read_text("utf-8")
    found = msgspec.toml.decode(text, type=dict[str, tuple[int, int]])
    return {code: (longitude / 10, latitude / 10) for code, (longitude, latitude) in found.items()}


@cache
def _coast() -> str:
    data = msgspec.json.decode(files(__package__).joinpath("coastlines.json").read_bytes(), type=_Coastlines)
    return "".join(_ring(ring) for ring in data.rings)


def _ring(flat: Sequence[int]) -> str:
    points = [_at(flat[place] / 10, flat[place + 1] / 10) for place in range(0, len(flat), 2)]
    return f"M{'L'.join(f'{x:g} {y:g}' for x, y in points[:-1])}Z"


def _at(longitude: float, latitude: float) -> Point:
    return round((longitude + 180) * SCALE, 1), round((NORTH - latitude) * SCALE, 1)


def flow_map(
    routes: Iterable[MapRoute], *, name_of: Callable[[str], str], words_of: Callable[[MapRoute], str]
) -> FlowMap:
    """Returns the map of routes.

    Args:
        routes: The routes; those with a leg in common are added up on it.
        name_of: Name of a country by its code.
        words_of: What a leg, given as a route of two countries, says of itself.
    """
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    codes: dict[str, None] = {}
    for route in routes:
        codes.update(dict.fromkeys(route.countries))
        # A route that passes a leg twice went there once.
        for leg in dict.fromkeys(zip(route.countries, route.countries[1:], strict=False)):
            count, stopped = sums.get(leg, (0, 0))
            sums[leg] = (count + route.consignments, stopped + route.stopped)
    known = known_places()
    legs = [
        _leg(MapRoute(countries=(one, other), consignments=count, stopped=stopped), words_of)
        for (one, other), (count, stopped) in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
        if one != other and one in known and other in known
    ]
    places = _labelled([(code, name_of(code)) for code in codes if code in known])
    left, width = _part(places, sums)
    return FlowMap(
        coast=_coast(),
        legs=tuple(legs),
        places=places,
        left=left,
        width=width,
        unplaced=tuple(name_of(code) for code in codes if code not in known),
    )


def _part(places: Sequence[Place], legs: Iterable[tuple[str, str]]) -> tuple[float, float]:
    """Returns where the part of the world with these places begins and how wide it is; all of it where a leg wraps."""
    known = known_places()
    ends = [[_at(*known[code])[0] for code in leg] for leg in legs if all(code in known for code in leg)]
    if not places or any(abs(one - other) > WIDTH / 2 for one, other in ends):
        return 0.0, WIDTH
    edges = [edge for place in places for edge in (place.x, *_sides(place))]
    begin, end = min(edges) - MARGIN, max(edges) + MARGIN
    width = min(WIDTH, max(NARROWEST, end - begin))
    left = min(max(0.0, (begin + end - width) / 2), WIDTH - width)
    return round(left, 1), round(width, 1)


def _sides(place: Place) -> tuple[float, float]:
    """Returns where the name of a place begins and ends."""
    wide = len(place.name) * LETTER
    begins = {"start": 0.0, "end": -wide, "middle": -wide / 2}[place.anchor]
    return place.label_x + begins, place.label_x + begins + wide


def _leg(route: MapRoute, words_of: Callable[[MapRoute], str]) -> Leg:
    start, end = (_at(*known_places()[code]) for code in route.countries)
    lines, arrows = [], []
    for from_, to in _copies(start, end):
        middle_x, middle_y = (from_[0] + to[0]) / 2, (from_[1] + to[1]) / 2
        across, down = to[0] - from_[0], to[1] - from_[1]
        bent_x, bent_y = middle_x + down * BEND, middle_y - across * BEND
        lines.append(f"M{from_[0]:g} {from_[1]:g}Q{bent_x:.1f} {bent_y:.1f} {to[0]:g} {to[1]:g}")
        # The middle of such a curve lies half way to the point that bends it, and runs as the straight line does.
        arrows.append(_arrow(((middle_x + bent_x) / 2, (middle_y + bent_y) / 2), (across, down)))
    return Leg(
        path="".join(lines),
        arrow="".join(arrows),
        weight=1 + sum(route.consignments >= least for least in WIDE),
        has_stop=route.stopped > 0,
        words=words_of(route),
    )


def _copies(start: Point, end: Point) -> list[tuple[Point, Point]]:
    """Returns a leg as it is drawn: once, or twice where it is shorter across the edge."""
    across = end[0] - start[0]
    if abs(across) <= WIDTH / 2:
        return [(start, end)]
    turn = -WIDTH if across > 0 else WIDTH
    return [(start, (end[0] + turn, end[1])), ((start[0] - turn, start[1]), end)]


def _arrow(at: Point, towards: Point) -> str:
    length = hypot(*towards) or 1.0
    x, y = towards[0] / length * ARROW, towards[1] / length * ARROW
    corners = ((at[0] + x, at[1] + y), (at[0] - x - y, at[1] - y + x), (at[0] - x + y, at[1] - y - x))
    return f"M{'L'.join(f'{one:.1f} {other:.1f}' for one, other in corners)}Z"


def _labelled(named: Sequence[tuple[str, str]]) -> tuple[Place, ...]:
    """Returns the places with their names where they cover no other name and no other place, as far as that goes."""
    points = {code: _at(*known_places()[code]) for code, _name in named}
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in points.values()]
    found = []
    for code, name in named:
        x, y = points[code]
        wide = len(name) * LETTER
        spots = (
            (x + 6, y + 4, "start", x + 6),
            (x - 6, y + 4, "end", x - 6 - wide),
            (x, y - 7, "middle", x - wide / 2),
            (x, y + 15, "middle", x - wide / 2),
            (x + 6, y - 7, "start", x + 6),
            (x + 6, y + 15, "start", x + 6),
            (x - 6, y + 15, "end", x - 6 - wide),
        )
        boxes = [(left, line - LINE + 2, left + wide, line + 2) for _x, line, _anchor, left in spots]
        free = [
            number
            for number, box in enumerate(boxes)
            if box[0] >= 0 and box[2] <= WIDTH and not any(_overlap(box, other) for other in taken)
        ]
        place = free[0] if free else 0
        taken.append(boxes[place])
        label_x, label_y, anchor, _left = spots[place]
        found.append(Place(x=x, y=y, name=name, label_x=label_x, label_y=label_y, anchor=anchor))
    return tuple(found)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
