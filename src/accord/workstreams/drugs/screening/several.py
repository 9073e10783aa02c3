"""A manifest screened by one process or by several, with the same flags in the same order.

One process cuts the file into batches, the others read and screen them; what they answer is taken in the order of the
file. No more batches are under way than keep every process busy, so that memory does not grow with the file.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from accord.workstreams.drugs.screening.lines import RefusedLine
from accord.workstreams.drugs.screening.manifest import RawBatch
from accord.workstreams.drugs.screening.rules import Flag, Screen
from accord.workstreams.drugs.screening.unread import UnreadValue
from accord.workstreams.drugs.substances.content import SubstanceTable

__all__ = ["PROCESSES_MAX", "ScreenedBatch", "screen_batches"]

PROCESSES_MAX: Final = 64
UNDER_WAY: Final = 2
"""Batches under way for each process: one that is screened and one that waits."""

_HELD: list[Screen] = []
"""What a process of the pool screens with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScreenedBatch:
    """What a batch of lines came to.

    Args:
        screened: How many lines were read.
        flags: Those worth a look, in their order.
        refused: Lines that were not read.
        unread: Values that were not read, with the numbers of their lines, which were screened without them.
        characters: Characters of the file that they took.
        last: Number of the last line of the file that is dealt with.
    """

    screened: int
    flags: list[Flag]
    refused: list[RefusedLine]
    unread: list[tuple[int, UnreadValue]]
    characters: int
    last: int


def screen_batches(
    batches: Iterator[RawBatch], table: SubstanceTable, *, processes: int = 1
) -> Iterator[ScreenedBatch]:
    """Screens batches; each comes back whole, in the order of the file.

    Args:
        batches: The batches.
        table: The substances that are looked for.
        processes: How many processes screen beside the one that reads; 1 does all in this one.
    """
    if processes == 1:
        screen = Screen(table)
        for batch in batches:
            yield _screened(batch, screen)
        return
    first = list(islice(batches, UNDER_WAY * processes))
    # Processes that are copies of this one begin at once and have everything loaded.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else None)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(table,)) as pool:
        running: deque[Future[ScreenedBatch]] = deque(pool.submit(_answer, batch) for batch in first)
        try:
            while running:
                yield running.popleft().result()
                running.extend(pool.submit(_answer, batch) for batch in islice(batches, 1))
        finally:
            for one in running:
                one.cancel()


def _begin(table: SubstanceTable) -> None:
    _HELD[:] = [Screen(table)]


def _answer(batch: RawBatch) -> ScreenedBatch:
    return _screened(batch, _HELD[0])


def _screened(raw: RawBatch, screen: Screen) -> ScreenedBatch:
    batch = raw.parsed()
    return ScreenedBatch(
        screened=len(batch.lines),
        flags=screen.screen(batch.lines, kept=batch.kept),
        refused=list(batch.refused),
        unread=batch.unread(),
        characters=batch.characters,
        last=batch.last,
    )
