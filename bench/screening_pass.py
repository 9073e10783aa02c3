"""One pass over a manifest in a process of its own: ``python -m bench.screening_pass NAME FILE``.

Prints what it cost and which lines it hit as one JSON object. ``rules`` is the whole screening of the command line,
file to flags, in one process, and ``rules-in-two`` the same with two that screen; ``rules-on-file`` holds the lines
against licences, notices and earlier manifests of all companies, too, as a node does. The others look for the names
alone, in texts that were read before the clock starts: ``names`` is ours, ``re``, ``rapidfuzz`` and ``hyperscan`` are
the peers, each as its documentation says for many names.
"""

import csv
import importlib.util
import json
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from accord.workstreams.drugs.screening.files import open_manifest
from accord.workstreams.drugs.screening.folding import Folded
from accord.workstreams.drugs.screening.manifest import BATCH, raw_batches, read_manifest
from accord.workstreams.drugs.screening.names import NameFinder
from accord.workstreams.drugs.screening.on_file import Announced, OnFile, Permitted, Usual
from accord.workstreams.drugs.screening.papers import company_id
from accord.workstreams.drugs.screening.rules import Screen
from accord.workstreams.drugs.screening.several import screen_batches
from accord.workstreams.drugs.substances.content import NameKind
from accord.workstreams.drugs.substances.shipped import shipped_table
from bench.planted import COMPANIES, TRADES

__all__ = ["PEERS", "installed_peers"]

ALIKE: Final = 90
"""Score, of a hundred, from which rapidfuzz says that a name stands in a text."""


def _rules(path: Path, processes: int) -> dict[str, object]:
    flags: list[tuple[int, tuple[str, ...]]] = []
    lines = refused = 0
    with open_manifest(path) as physical:
        for batch in screen_batches(raw_batches(physical), shipped_table(), processes=processes):
            lines += batch.screened + len(batch.refused)
            refused += len(batch.refused)
            flags += [(flag.line.number, flag.substances) for flag in batch.flags]
    return _told(lines=lines, cpu=_cpu(), refused=refused, hits=flags, processes=processes if processes > 1 else 0)


def _rules_on_file(path: Path) -> dict[str, object]:
    screen, on_file, flags, lines, refused = Screen(shipped_table()), _on_file(), [], 0, 0
    rules: Counter[str] = Counter()
    with open_manifest(path) as physical:
        for batch in read_manifest(physical):
            lines += len(batch.lines) + len(batch.refused)
            refused += len(batch.refused)
            found = screen.screen(batch.lines, kept=batch.kept, on_file=on_file)
            flags += [(flag.line.number, flag.substances) for flag in found]
            rules.update(reason.rule for flag in found for reason in flag.reasons)
    return {**_told(lines=lines, cpu=_cpu(), refused=refused, hits=flags), "by_rule": dict(rules)}


def _on_file() -> OnFile:
    """Something on file of every company of the manifest: a licence, a notice, or what it received before."""
    table, day = shipped_table(), date(2026, 11, 30)
    codes = [one.id for one in table.substances]
    names = [f"Specimen {trade} {number} Ltd" for number in range(COMPANIES) for trade in TRADES]
    companies = [company_id("", name) for name in names]
    licences = [
        Permitted(
            number=f"L-{place}",
            company=(company,),
            substances=frozenset({codes[place % len(codes)]}),
            kilograms=Decimal(500),
            valid_to=date(2026 + place % 3, 6, 30),
        )
        for place, company in enumerate(companies)
        if place % 2
    ]
    notices = [
        Announced(
            reference=f"PEN-{place}",
            substance=codes[place % len(codes)],
            receivers=(company,),
            countries=frozenset({"CA", "IN"}),
            destination="CA" if place % 4 else "IN",
            gross=Decimal(1_000),
        )
        for place, company in enumerate(companies)
        if place % 2 == 0
    ]
    usual = {company: Usual(has_chemicals=place % 3 > 0) for place, company in enumerate(companies)}
    return OnFile(today=day, licences=licences, notices=notices, usual=usual)


def _cpu() -> float:
    """Seconds of one core that this process and those that it waited for took."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


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
        found = finder.find(Folded(texts[begin : begin + BATCH]))
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


def _told(*, cpu: float, lines: int, refused: int, hits: object, processes: int = 0) -> dict[str, object]:
    # Of processes beside this one only the largest is known: each is counted as that one.
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + processes * largest
    return {"cpu": cpu, "peak_kib": peak, "lines": lines, "refused": refused, "hits": hits}


def main() -> int:
    """Makes the pass that was asked for and returns the exit code."""
    name, path = sys.argv[1], Path(sys.argv[2])
    whole: dict[str, Callable[[Path], dict[str, object]]] = {
        "rules": lambda file: _rules(file, 1),
        "rules-in-two": lambda file: _rules(file, 2),
        "rules-on-file": _rules_on_file,
    }
    answer = whole[name](path) if name in whole else _names_alone(path, PEERS[name])
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
