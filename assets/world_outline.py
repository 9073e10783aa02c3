"""Makes the coastlines and places of the map of flows: ``python assets/world_outline.py GEOPANDAS.whl ZONE.tab``.

The wheel (geopandas 0.14.4) holds the 1:110 million countries of Natural Earth, which are in the public domain; the tab
file is that of the IANA time zone database, in the public domain too. **No boundary between states is kept**: an edge
that two countries share is an inner edge of the land and is dropped, so that what is left is coast. Boundaries are in
dispute in many places, and two states look at this map.

A country stands where the principal place of its first or of its named time zone is. The table says of itself that it
takes no position on any claim, and neither do we.

Source: Natural Earth, 1:110m Cultural Vectors, Admin 0 (naturalearthdata.com, public domain); ESRI Shapefile Technical
Description, July 1998; tzdb ``zone.tab``; Douglas and Peucker, 1973.
"""

import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Final

OUT: Final = Path(__file__).resolve().parent.parent / "src" / "accord" / "node" / "desk" / "workstreams" / "drugs"
MEMBER: Final = "geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp"

UNITS: Final = 10
"""Units of a degree: a tenth is a third of a pixel on the map as it is drawn."""
FINER: Final = 100
"""Parts of a unit in which edges are compared and simplified, before they are rounded to units."""
FINE: Final = UNITS * FINER
TOLERANCE: Final = 3.0
"""How far a simplified coast may lie from the true one, in units."""
SOUTH: Final = -58 * UNITS
"""Land below it is not drawn: nothing is sent there."""
SMALLEST: Final = 60.0
"""Area of the smallest island that is drawn, in square units: six tenths of a square degree."""

MAIN_ZONES: Final = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "GL": "America/Nuuk",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
"""The zone that stands for a country where the table has several and the first is not its principal place."""

UNDRAWN: Final = {"AQ", "BV", "GS", "HM", "TF", "UM"}
"""Codes of places without trade."""

Point = tuple[int, int]
Edge = tuple[Point, Point]


def main() -> int:
    """Writes the two files and returns the exit code."""
    wheel, zones = sys.argv[1:]
    with zipfile.ZipFile(wheel) as archive:
        rings = list(_rings(archive.read(MEMBER)))
    coasts = [_simplified(ring) for ring in _stitched(_outer(rings))]
    kept = sorted((ring for ring in coasts if abs(_area(ring)) >= SMALLEST), key=lambda ring: -abs(_area(ring)))
    about = "Coastlines of Natural Earth 1:110m (public domain), dissolved: no boundary between states is in them."
    flat = [[number for point in ring for number in point] for ring in kept]
    (OUT / "coastlines.json").write_text(
        json.dumps(
            {"about": about, "unit": "a tenth of a degree: longitude, latitude", "rings": flat}, separators=(",", ":")
        )
        + "\n",
        encoding="utf-8",
    )
    (OUT / "places.toml").write_text(_places(Path(zones).read_text("utf-8")), encoding="utf-8")
    return 0


def _rings(data: bytes) -> Iterator[list[Point]]:
    """Yields the rings of all polygons of a shapefile, in units."""
    at = 100
    while at < len(data):
        (words,) = struct.unpack(">i", data[at + 4 : at + 8])
        record = data[at + 8 : at + 8 + 2 * words]
        at += 8 + 2 * words
        parts, points = struct.unpack("<ii", record[36:44])
        starts = [*struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts]), points]
        flat = struct.unpack(f"<{2 * points}d", record[44 + 4 * parts :])
        for first, last in pairwise(starts):
            ring = [(round(flat[2 * n] * FINE), round(flat[2 * n + 1] * FINE)) for n in range(first, last)]
            if max(y for _x, y in ring) > SOUTH * FINER:
                yield ring


def _outer(rings: list[list[Point]]) -> set[Edge]:
    """Returns the edges that one ring alone has: a boundary has another country on its other side, a coast has none."""
    edges = [edge for ring in rings for edge in pairwise(ring) if edge[0] != edge[1]]
    found = set(edges)
    return {edge for edge in found if (edge[1], edge[0]) not in found}


def _stitched(edges: set[Edge]) -> Iterator[list[Point]]:
    """Yields the closed lines that edges make."""
    following: dict[Point, list[Point]] = {}
    for start, end in sorted(edges):
        following.setdefault(start, []).append(end)
    while following:
        start = min(following)
        ring = [start]
        while (ends := following.get(ring[-1])) and (len(ring) == 1 or ring[-1] != start):
            here = ring[-1]
            ring.append(ends.pop())
            if not ends:
                del following[here]
        if ring[-1] != start:
            sys.stderr.write(f"a line that does not close, at {start}: {len(ring)} points\n")
        yield ring


def _simplified(ring: list[Point]) -> list[Point]:
    """Returns a line without the points that lie nearly between others, in units (Douglas and Peucker)."""
    half = len(ring) // 2
    line = _peucker(ring[: half + 1])[:-1] + _peucker(ring[half:])
    return [(round(x / FINER), round(y / FINER)) for x, y in line]


def _peucker(line: list[Point]) -> list[Point]:
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = hypot(x2 - x1, y2 - y1)

    def distance(point: Point) -> float:
        x, y = point
        return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length if length else hypot(x - x1, y - y1)

    far = max(range(1, len(line) - 1), key=lambda number: distance(line[number]))
    if distance(line[far]) <= TOLERANCE * FINER:
        return [line[0], line[-1]]
    return _peucker(line[: far + 1])[:-1] + _peucker(line[far:])


def _area(ring: list[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _places(table: str) -> str:
    """Returns the places in TOML: longitude and latitude in tenths of a degree by country code."""
    found: dict[str, str] = {}
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        code, where, zone = line.split("\t")[:3]
        if code not in UNDRAWN and (code not in found or MAIN_ZONES.get(code) == zone):
            found[code] = where
    told = [
        "# One point a country code (ISO 3166), in tenths of a degree: longitude, latitude. It is the principal place",
        "# of the main time zone in the IANA database (zone.tab, public domain), which takes no position on legal or",
        "# territorial claims. Made by assets/world_outline.py.",
        "",
    ]
    for code, where in sorted(found.items()):
        matched = re.fullmatch(r"([+-])(\d\d)(\d\d)(\d\d)?([+-])(\d{3})(\d\d)(\d\d)?", where)
        if matched is None:
            raise ValueError(f"{code}: {where}")
        south, degrees, minutes, _seconds, west, far, far_minutes, _far_seconds = matched.groups()
        latitude = round((int(degrees) + int(minutes) / 60) * UNITS) * (-1 if south == "-" else 1)
        longitude = round((int(far) + int(far_minutes) / 60) * UNITS) * (-1 if west == "-" else 1)
        told.append(f"{code} = [{longitude}, {latitude}]")
    return "\n".join(told) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
