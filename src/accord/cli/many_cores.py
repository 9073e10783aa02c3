"""Checking the signatures of a whole log on every core: each costs far more than everything else about its entries.

The library holds the interpreter's lock while it verifies, so that threads win nothing, and processes share the work.
What was judged comes back in the log's order, and no more of the log is in memory than what is being judged.

Invariants:
    * the verdict is that of judging in turn, to the word: only the order of the work differs;
    * a process that ends before its work is done is an error, never an answer;
    * no process outlives the command, however the command ends.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Final, TypeVar, cast

from accord.errors import NotAvailableNow

__all__ = ["ManyCores", "WorkerLost", "cores"]

SMALL_PARTS: Final = 256
"""Parts that are judged before processes are started: they take less time than the start does."""
CHUNK_PARTS: Final = 16
"""Parts that go to a process at once: some ten milliseconds of work, and at most 9 MiB."""
AHEAD: Final = 3
"""Chunks for each process that are read before the first of them is needed."""

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")
_Judge = Callable[[object], object]


class WorkerLost(NotAvailableNow):
    """A process that checked signatures ended before its work was done."""

    code = "verify.worker-lost"
    default_next_step = "Run it again; if it happens again, run it with --workers 1 and look at the machine's memory."


def cores() -> int:
    """Returns how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ManyCores:
    """Judges the parts of a log side by side, in the log's order; it satisfies ``Judging``.

    Args:
        workers: Processes; as many as there are cores when omitted, and none besides this one for 1.
        small: Parts that are judged here, before processes are worth their start.
        chunk: Parts that go to a process at once.
    """

    def __init__(self, workers: int | None = None, *, small: int = SMALL_PARTS, chunk: int = CHUNK_PARTS) -> None:
        self._workers = workers or cores()
        self._small = small
        self._chunk = chunk

    def __call__(self, judge: Callable[[_Item], _Found], items: Iterable[_Item], /) -> Generator[_Found, None, None]:
        """Gives what ``judge`` finds of each item, in their order.

        Raises:
            WorkerLost: A process ended before its work was done.
        """
        source = iter(items)
        if self._workers == 1:
            yield from map(judge, source)
            return
        yield from map(judge, islice(source, self._small))
        window = AHEAD * self._workers
        chunks = _chunks(source, self._chunk)
        first = list(islice(chunks, window))
        if len(first) < window:
            for chunk in first:
                yield from map(judge, chunk)
            return
        with _pool(self._workers, judge) as submit:
            flying = deque(map(submit, first))
            for chunk in chunks:
                yield from _result(flying.popleft())
                flying.append(submit(chunk))
            while flying:
                yield from _result(flying.popleft())


def _chunks(source: Iterator[_Item], length: int) -> Iterator[list[_Item]]:
    while chunk := list(islice(source, length)):
        yield chunk


def _result(one: "Future[list[_Found]]") -> list[_Found]:
    try:
        return one.result()
    except BrokenExecutor as error:
        raise _lost() from error


@contextmanager
def _pool(workers: int, judge: Callable[[_Item], _Found]) -> "Iterator[Callable[[list[_Item]], Future[list[_Found]]]]":
    context = get_context("spawn")
    executor = ProcessPoolExecutor(workers, context, initializer=partial(_begin, cast("_Judge", judge)))

    def submit(chunk: list[_Item]) -> "Future[list[_Found]]":
        # The first chunks start the processes. They inherit that the keyboard does not interrupt them: this one ends
        # them, and says so once.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return cast("Future[list[_Found]]", executor.submit(_judge_all, chunk))
        except BrokenExecutor as error:
            raise _lost() from error
        except OSError as error:
            raise WorkerLost(f"A process to check signatures could not be started: {error.strerror}.") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield submit
    finally:
        executor.shutdown(cancel_futures=True)


def _lost() -> WorkerLost:
    return WorkerLost(
        "A process that checked signatures was ended from outside before its work was done, so nothing is said of the "
        "log."
    )


_judging: "_Judge"
"""What this process was started for."""


def _begin(judge: "_Judge") -> None:
    global _judging  # noqa: PLW0603 - a process has one task, and gets it once instead of with every chunk
    _judging = judge
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge_all(chunk: Sequence[object]) -> list[object]:
    return [_judging(one) for one in chunk]
