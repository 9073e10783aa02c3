"""What screening a manifest costs, what it finds and where it is wrong, beside other ways to look for names.

The promise: a million lines with all rules in under 10 s on one core, under 6 s on two, under 500 MB; of a thousand
damaged names at least 98 % found; at most 60 wrong flags in a million lines of real tariff texts.

A planted line counts as found where it is flagged and the flag names the planted substance. Abbreviations and numbers
with a slip in them are planted and counted apart: without a word of chemistry beside them they flag no line, since they
mean other things too. A flag on a line that is not planted is wrong, unless its tariff text names a listed substance
under that substance's own code; these are counted apart.

Each pass is a process of its own, timed from its start to its end, so that the start of the interpreter is in it. CPU
time stands beside, of all its processes together: on a machine that does other work it is what a quiet one would need.
What is on file is counted apart: there every company of the manifest has a licence, a notice or a history. The peers
are held against the same texts by CPU time alone.

Source: ``bench/planted.py`` for the manifest.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from accord.workstreams.drugs.substances.shipped import shipped_table
from bench.planted import HEADER, TARIFF_FILE, Damage, PlantedManifest, tariff_texts
from bench.results import Figure, Peer
from bench.screening_pass import installed_peers

__all__ = ["LINES", "LINES_REDUCED", "measure_screening"]

LINES: Final = 1_000_000
LINES_REDUCED: Final = 100_000
PLANTED_A_KIND: Final = 100
SEED: Final = 20_261_130
SAMPLE: Final = 2_000
"""Lines that are not planted among those that the slow peers read; their rate is carried over to all lines."""
SAMPLED: Final = frozenset({"rapidfuzz"})
APART: Final = frozenset({Damage.ABBREVIATION, Damage.NEAR_NUMBER})


class Pass(msgspec.Struct, frozen=True):
    """What a pass told of itself.

    Args:
        cpu: Seconds of one core: of the whole process for all rules, of the looking alone for names.
        peak_kib: Its memory at most.
        lines: Lines read.
        refused: Lines refused, of these.
        hits: Number of each line that was hit, with the substances found.
        by_rule: How often each rule holds in a flagged line, where that was counted.
    """

    cpu: float
    peak_kib: int
    lines: int
    refused: int
    hits: list[tuple[int, tuple[str, ...]]]
    by_rule: dict[str, int] = {}


@dataclass(kw_only=True, slots=True)
class Truth:
    """What is known of the manifest.

    Args:
        lines: How many it has.
        planted: Kind of damage and substance of each planted line, by its number.
        own: Numbers of the lines whose tariff text names a substance under its own code.
        sample: Numbers of the lines of the sample, in their order.
    """

    lines: int
    planted: dict[int, tuple[Damage, str]] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)
    sample: list[int] = field(default_factory=list)


def measure_screening(*, folder: Path, lines: int) -> list[Figure]:
    """Returns what screening so many lines costs, what it finds, and the same of the peers.

    Args:
        folder: Where the manifest is written; it is removed afterwards.
        lines: Lines of the manifest.

    Raises:
        RuntimeError: The tariff texts are not in the shared folder, or a line was refused or lost.
    """
    whole, sample = folder / "accord-bench-manifest.csv", folder / "accord-bench-sample.csv"
    try:
        truth = _write(whole, sample, lines)
        size = whole.stat().st_size
        one, one_wall = _timed(whole, "rules")
        two, two_wall = _timed(whole, "rules-in-two")
        if two.hits != one.hits:
            raise RuntimeError("Two processes do not flag what one flags.")
        filed, filed_wall = _timed(whole, "rules-on-file")
        return [
            *_costs(truth, size, one, one_wall, two, two_wall),
            *_quality(truth, one, ""),
            *_costs_on_file(truth, filed, filed_wall),
            *_quality(truth, filed, ".on_file"),
            *_peers(truth, whole, sample),
        ]
    finally:
        whole.unlink(missing_ok=True)
        sample.unlink(missing_ok=True)


def _write(whole: Path, sample: Path, lines: int) -> Truth:
    texts, table = tariff_texts(), shipped_table()
    if not texts:
        msg = f"The tariff texts are not there: {TARIFF_FILE}, looked for above the repository. Nothing was measured."
        raise RuntimeError(msg)
    truth, own = Truth(lines=lines), {one.tariff.code for one in table.substances if one.tariff.is_own}
    manifest = PlantedManifest(lines=lines, planted=PLANTED_A_KIND * len(Damage), seed=SEED, table=table, texts=texts)
    every = max(1, lines // SAMPLE)
    with (
        whole.open("w", encoding="utf-8", newline="") as file,
        sample.open("w", encoding="utf-8", newline="") as part,
    ):
        file.write(HEADER)
        part.write(HEADER)
        for line in manifest.drawn():
            file.write(line.physical)
            if line.damage is not None:
                truth.planted[line.number] = (line.damage, line.substance)
            elif line.source in own:
                truth.own.add(line.number)
            if line.damage is not None or line.number % every == 0:
                truth.sample.append(line.number)
                part.write(line.physical)
    return truth


def _timed(path: Path, name: str) -> tuple[Pass, float]:
    began = time.perf_counter()
    found = _ended(_start(name, path))
    return found, time.perf_counter() - began


def _start(name: str, *words: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.screening_pass", name, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def _ended(process: subprocess.Popen[bytes]) -> Pass:
    answer, _errors = process.communicate()
    if process.returncode:
        msg = f"{process.args!r} ended with {process.returncode}"
        raise RuntimeError(msg)
    return msgspec.json.decode(answer, type=Pass)


def _require_whole(truth: Truth, *passes: Pass) -> None:
    if any(one.lines != truth.lines or one.refused for one in passes):
        raise RuntimeError("A line was lost or refused.")


def _costs(truth: Truth, size: int, one: Pass, one_wall: float, two: Pass, two_wall: float) -> list[Figure]:
    _require_whole(truth, one, two)
    is_full = truth.lines == LINES
    mib, both = one.peak_kib / 1024, two.peak_kib / 1024
    return [
        Figure(name="screening.lines", value=truth.lines, unit="lines"),
        Figure(name="screening.file", value=size / 1e6, unit="MB"),
        Figure(name="screening.one_core", value=one_wall, unit="s", target="under 10 s" if is_full else ""),
        Figure(name="screening.one_core.cpu", value=one.cpu, unit="s"),
        Figure(name="screening.one_core.rate", value=truth.lines / one_wall, unit="lines/s"),
        Figure(name="screening.one_core.memory", value=mib, unit="MiB", target="under 500 MB"),
        Figure(name="screening.two_cores", value=two_wall, unit="s", target="under 6 s" if is_full else ""),
        Figure(name="screening.two_cores.cpu", value=two.cpu, unit="s"),
        Figure(name="screening.two_cores.rate", value=truth.lines / two_wall, unit="lines/s"),
        Figure(name="screening.two_cores.memory", value=both, unit="MiB", target="under 500 MB"),
    ]


def _costs_on_file(truth: Truth, one: Pass, wall: float) -> list[Figure]:
    _require_whole(truth, one)
    is_full = truth.lines == LINES
    return [
        Figure(name="screening.on_file.one_core", value=wall, unit="s", target="under 10 s" if is_full else ""),
        Figure(name="screening.on_file.one_core.cpu", value=one.cpu, unit="s"),
        Figure(name="screening.on_file.memory", value=one.peak_kib / 1024, unit="MiB", target="under 500 MB"),
        *(
            Figure(name=f"screening.on_file.rule.{rule.replace('-', '_')}", value=count, unit="lines")
            for rule, count in sorted(one.by_rule.items())
        ),
    ]


def _quality(truth: Truth, one: Pass, where: str) -> list[Figure]:
    found = dict(one.hits)
    right = {number for number, (_damage, substance) in truth.planted.items() if substance in found.get(number, ())}
    ordinary = truth.lines - len(truth.planted)
    flagged = [number for number in found if number not in truth.planted]
    wrong = sum(number not in truth.own for number in flagged)
    million = 1e6 / ordinary
    return [
        Figure(name=f"screening{where}.recall", value=_recall(truth, right), unit="%", target="98 % or more"),
        *(
            Figure(
                name=f"screening{where}.recall.{damage.value.replace('-', '_')}",
                value=_recall_of(truth, right, damage),
                unit="%",
            )
            for damage in Damage
        ),
        Figure(name=f"screening{where}.wrong", value=wrong * million, unit="per million", target="60 or fewer"),
        Figure(name=f"screening{where}.own_code", value=(len(flagged) - wrong) * million, unit="per million"),
    ]


def _recall(truth: Truth, found: Collection[int]) -> float:
    wanted = [number for number, (damage, _substance) in truth.planted.items() if damage not in APART]
    return 100 * sum(number in found for number in wanted) / len(wanted)


def _recall_of(truth: Truth, found: Collection[int], kind: Damage) -> float:
    numbers = Counter(number in found for number, (damage, _substance) in truth.planted.items() if damage is kind)
    return 100 * numbers[True] / numbers.total()


def _peers(truth: Truth, whole: Path, sample: Path) -> list[Figure]:
    """Names alone, in the same texts: how fast, how many planted lines are hit at all, and how many others."""
    found: dict[str, tuple[float, float, float]] = {}
    for name in installed_peers():
        is_sampled = name in SAMPLED
        one = _ended(_start(name, sample if is_sampled else whole))
        hit = {truth.sample[number - 2] if is_sampled else number for number, _substances in one.hits}
        wrong = len(hit - truth.own - set(truth.planted)) * 1e6 / (one.lines - len(truth.planted))
        found[name] = (one.lines / one.cpu, _recall(truth, hit), wrong)
    ours, figures = found.pop("names"), []
    for name, theirs in found.items():
        source = f"same run, {len(truth.sample):,} lines carried over to all" if name in SAMPLED else "same run"
        columns = zip(("rate", "recall", "wrong"), ("lines/s", "%", "per million"), ours, theirs, strict=True)
        figures += [
            Figure(
                name=f"screening.names.{what}.beside_{name}",
                value=mine,
                unit=unit,
                peer=Peer(name=name, value=other, source=source),
            )
            for what, unit, mine, other in columns
        ]
    return figures
