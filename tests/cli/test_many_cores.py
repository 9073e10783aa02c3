"""Signatures of a log are checked on many cores: the verdict is that of one core, and a lost process is no verdict."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from itertools import count, islice
from typing import TypeVar

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.channel.log_export import LogPart, LogVerdict, verify_log
from accord.channel.log_reading import Judging, in_turn
from accord.cli.many_cores import ManyCores, WorkerLost
from tests.channel.logs import exported, header_of, parts_of, reading, roots
from tests.cli.slow_judging import dies_at, doubled, named_process

TWO = ManyCores(2, small=2, chunk=1)
GONE_SECONDS = 20.0
_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


@pytest.fixture(scope="module")
def parts() -> list[LogPart]:
    return list(parts_of([1, 3, 2] * 8))


def verdict(data: bytes, judging: Judging = in_turn) -> LogVerdict:
    return verify_log(reading(data), roots(), judging=judging)


def with_flipped(note: bytes | None, at: int = -40) -> bytes:
    assert note is not None
    return note[:at] + (b"A" if note[at : at + 1] != b"A" else b"B") + note[at + 1 :]


def backwards(judge: Callable[[_Item], _Found], items: Iterable[_Item], /) -> Generator[_Found, None, None]:
    """Judges the last of ten first, as unlucky processes would."""
    source = iter(items)
    while ten := list(islice(source, 10)):
        yield from reversed([judge(one) for one in reversed(ten)])


def test_what_is_found_comes_in_order_from_several_processes() -> None:
    assert list(TWO(doubled, range(60))) == [2 * number for number in range(60)]
    found = list(TWO(named_process, range(60)))
    assert set(found[:2]) == {os.getpid()}
    assert os.getpid() not in found[2:]


def test_a_small_log_and_one_worker_start_no_process() -> None:
    for judging in (ManyCores(1), ManyCores(2), ManyCores(2, small=0, chunk=20)):
        assert set(judging(named_process, range(100))) == {os.getpid()}


def test_no_more_is_read_than_is_being_judged() -> None:
    read: list[int] = []

    def source() -> Generator[int, None, None]:
        for number in count():
            read.append(number)
            yield number

    judged = ManyCores(2, small=0, chunk=2)(doubled, source())
    for found in islice(judged, 30):
        assert len(read) <= found // 2 + 2 + 2 * 2 * 3
    judged.close()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("at", [0, 11, 23])
@pytest.mark.parametrize("fault", ["owner-signature", "peer-signature", "changed", "unreadable", "missing"])
def test_the_first_fault_is_the_same_with_one_worker_and_with_two(parts: list[LogPart], at: int, fault: str) -> None:
    changed, part = [*parts], parts[at]
    match fault:
        case "owner-signature":
            changed[at] = replace(part, checkpoint=with_flipped(part.checkpoint))
        case "peer-signature":
            changed[at] = replace(part, receipt=with_flipped(part.receipt))
        case "changed":
            changed[at] = replace(part, headers=(header_of(999), *part.headers[1:]))
        case "unreadable":
            changed[at] = replace(part, checkpoint=b"x" * 20_000)
        case _:
            del changed[at]
    # A second fault behind the first one, in the same chunks, is never the one that is told.
    if at < 20:
        changed[at + 2] = replace(changed[at + 2], receipt=with_flipped(changed[at + 2].receipt))
    data = exported(changed, size=48)
    alone = verdict(data)
    assert alone.progress.fault is not None
    assert alone.progress.fault.code == fault
    assert verdict(data, TWO) == alone


def test_a_whole_log_holds_with_two_workers_and_says_the_same(parts: list[LogPart]) -> None:
    data = exported(parts)
    found = verdict(data, TWO)
    assert (found.ok, found.progress.heads, found.progress.receipts, found.progress.size) == (True, 24, 24, 48)
    assert found == verdict(data)


def test_a_file_that_breaks_off_or_is_damaged_is_told_behind_what_was_read(parts: list[LogPart]) -> None:
    data = exported(parts)
    for broken in (data[:-36], data[:-1] + bytes([data[-1] ^ 1]), data + b"more"):
        alone = verdict(broken)
        assert (alone.ok, alone.progress.heads) == (False, 24)
        assert verdict(broken, TWO) == alone


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_of_judging_never_changes_a_verdict(parts: list[LogPart], data: st.DataObject) -> None:
    content = bytearray(exported(parts))
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert verdict(bytes(content), backwards) == verdict(bytes(content))


def test_a_process_that_is_killed_is_an_error_and_no_verdict(parts: list[LogPart]) -> None:
    data, source = exported(parts), reading(exported(parts))
    read = 0

    def killing(size: int) -> bytes:
        nonlocal read
        read += 1
        for child in multiprocessing.active_children():
            child.kill()
        return source(size)

    with pytest.raises(WorkerLost, match="nothing is said of the log"):
        verify_log(killing, roots(), judging=TWO)
    assert read > 2
    with pytest.raises(WorkerLost):
        list(TWO(dies_at, range(100)))
    assert verdict(data, TWO).ok


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_command_that_is_stopped(stop: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cli.slow_judging"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "judging\n"
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) >= 2
        if stop == signal.SIGINT:
            os.killpg(running.pid, stop)  # as a terminal does: to every process of the command
        else:
            running.kill()
        try:
            said = running.communicate(timeout=GONE_SECONDS)[1]
        finally:
            running.kill()
        _, left = psutil.wait_procs(children, timeout=GONE_SECONDS)
        assert not left
    if stop == signal.SIGINT:
        assert said.count("Traceback") == 1  # that of the program itself; the command's own main turns it into 130
        assert said.rstrip().endswith("KeyboardInterrupt")


def test_waiting_for_processes_ends_when_the_reader_stops() -> None:
    began = time.monotonic()
    judged = TWO(doubled, count())
    assert list(islice(judged, 30)) == [2 * number for number in range(30)]
    judged.close()
    assert time.monotonic() - began < GONE_SECONDS
    assert not multiprocessing.active_children()
