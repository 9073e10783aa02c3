"""One pass over a manifest in a process of its own: ``python -m bench.screening_pass NAME FILE [BEGIN END]``.

Prints what it cost and which lines it hit as one JSON object. ``rules`` is the whole screening, file to flags; the
others look for the names alone, in texts that were read before the clock starts: ``names`` is ours, ``re``,
``rapidfuzz`` and ``hyperscan`` are the peers, each as its documentation says for many names.
"""

import csv
import importlib.util
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from accord.workstreams.drugs.screening.folding import as_ascii
from accord.workstreams.drugs.screening.manifest import BATCH, read_manifest
from accord.workstreams.drugs.screening.names import NameFinder
from accord.workstreams.drugs.screening.rules import Screen
from accord.workstreams.drugs.substances.content import NameKind
from accord.workstreams.drugs.substances.shipped import shipped_table

__all__ = ["PEERS", "installed_peers"]

ALIKE: Final = 90
"""Score, of a hundred, from which rapidfuzz says that a name stands in a text."""


def _rules(path: Path, begin: int, end: int) -> dict[str, object]:
    screen, flags, lines, refused = Screen(shipped_table()), [], 0, 0
    for batch in read_manifest(_part(path, begin, end)):
        lines += len(batch.lines) + len(batch.refused)
        refused += len(batch.refused)
        flags += [(flag.line.number, flag.substances) for flag in screen.screen(batch.lines)]
    return _told(lines=lines, cpu=time.process_time(), refused=refused, hits=flags)


def _part(path: Path, begin: int, end: int) -> Iterator[str]:
    """The header, and the lines of a part of the file whose ends are ends of lines."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        header = file.readline()
    with path.open("rb") as part:
        part.seek(begin or len(header.encode()))
        left = end - part.tell()

        def lines() -> Iterator[str]:
            nonlocal left
            for line in part:
                yield line.decode("utf-8", "surrogateescape")
                left -= len(line)
                if left <= 0:
                    return

        yield from chain((header,), lines())


def _names_alone(path: Path, find: Callable[[Sequence[str]], list[int]]) -> dict[str, object]:
    """Lets a finder of names say in which places of the texts there is one."""
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["description"] for row in csv.DictReader(file)]
    began = time.process_time()
    hits = find(texts)
    return _told(cpu=time.process_time() - began, lines=len(texts), refused=0, hits=[(place + 2, ()) for place in hits])


def _ours(texts: Sequence[str]) -> list[int]:
    finder, hits = NameFinder(shipped_table()), []
    for begin in range(0, len(texts), BATCH):
        found = finder.find([as_ascii(text) for text in texts[begin : begin + BATCH]])
        hits += [begin + place for place in sorted(found)]
    return hits


def _wanted() -> list[str]:
    """Every name and number of the table but the abbreviations, which stand inside of other words."""
    substances = shipped_table().substances
    names = [name.text for one in substances for name in one.names if name.kind is not NameKind.ABBREVIATION]
    return sorted({*names, *(number for one in substances for number in one.cas)})


def _re(texts: Sequence[str]) -> list[int]:
    pattern = re.compile("|".join(map(re.escape, _wanted())), re.IGNORECASE)
    return [place for place, text in enumerate(texts) if pattern.search(text)]


def _rapidfuzz(texts: Sequence[str]) -> list[int]:
    from rapidfuzz import fuzz, process, utils

    wanted = [utils.default_process(name) for name in _wanted()]
    return [
        place
        for place, text in enumerate(texts)
        if process.extractOne(utils.default_process(text), wanted, scorer=fuzz.partial_ratio, score_cutoff=ALIKE)
    ]


def _hyperscan(texts: Sequence[str]) -> list[int]:
    # Its wheels carry no types and are on few machines; it is never a dependency.
    hyperscan: Any = importlib.import_module("hyperscan")
    wanted, database = _wanted(), hyperscan.Database()
    one_error = hyperscan.ExpressionExt(flags=hyperscan.HS_EXT_FLAG_EDIT_DISTANCE, edit_distance=1)
    database.compile(
        expressions=[re.escape(name).encode() for name in wanted],
        flags=[hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH] * len(wanted),
        ext=[one_error] * len(wanted),
    )
    hits: list[int] = []

    def hit(_which: int, _start: int, _end: int, _flags: int, place: int) -> None:
        if not hits or hits[-1] != place:
            hits.append(place)

    for place, text in enumerate(texts):
        database.scan(text.encode(), match_event_handler=hit, context=place)
    return hits


PEERS: Final[dict[str, Callable[[Sequence[str]], list[int]]]] = {
    "names": _ours,
    "re": _re,
    "rapidfuzz": _rapidfuzz,
    "hyperscan": _hyperscan,
}


def installed_peers() -> list[str]:
    """Returns the peers that are on this machine."""
    return [name for name in PEERS if name in {"names", "re"} or importlib.util.find_spec(name)]


def _told(*, cpu: float, lines: int, refused: int, hits: object) -> dict[str, object]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu": cpu, "peak_kib": peak, "lines": lines, "refused": refused, "hits": hits}


def main() -> int:
    """Makes the pass that was asked for and returns the exit code."""
    name, path = sys.argv[1], Path(sys.argv[2])
    if name == "rules":
        begin, end = map(int, sys.argv[3:5])
        answer = _rules(path, begin, end)
    else:
        answer = _names_alone(path, PEERS[name])
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
