"""What workstreams do by themselves goes on after a fault, piece by piece, and is let go of when the node stops."""

import threading
from collections.abc import Container

import pytest

from accord.node import workstream_rounds
from accord.node.pace import Pace
from accord.node.workstream_rounds import WorkstreamRounds
from accord.workstreams import rounds

PATIENCE = 10.0


class Pieces:
    """So many pieces, of which some fail."""

    def __init__(self, count: int, *, failing: Container[int] = frozenset()) -> None:
        self.left, self.failing = count, failing
        self.done, self.is_over, self.is_closed = 0, threading.Event(), False

    def do_some(self) -> bool:
        self.left -= 1
        if self.left in self.failing:
            raise RuntimeError("SPECIMEN fault")
        self.done += 1
        if self.left <= 0:
            self.is_over.set()
        return self.left > 0

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workstream_rounds, "FAULT_SECONDS", 0.001)
    monkeypatch.setattr(workstream_rounds, "PAUSE_SECONDS", 0.001)


def running(monkeypatch: pytest.MonkeyPatch, *pieces: Pieces) -> WorkstreamRounds:
    monkeypatch.setattr(rounds, "_MADE", [lambda one=one: one for one in pieces])
    made = WorkstreamRounds(Pace())
    made.start()
    return made


def test_every_piece_is_done_although_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Pieces(20, failing=frozenset({7}))
    node = running(monkeypatch, pieces)
    assert pieces.is_over.wait(PATIENCE)
    node.stop()
    assert pieces.done >= 19
    assert pieces.is_closed


def test_one_that_always_fails_rests_and_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workstream_rounds, "FAULT_SECONDS", 3600.0)
    failing, short = Pieces(10**9, failing=range(10**9)), Pieces(5)
    node = running(monkeypatch, failing, short)
    assert short.is_over.wait(PATIENCE)
    node.stop()
    assert failing.left == 10**9 - 1
    assert failing.is_closed


def test_one_workstream_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    endless, short = Pieces(10**9), Pieces(5)
    node = running(monkeypatch, endless, short)
    assert short.is_over.wait(PATIENCE)
    node.stop()
    assert endless.is_closed


def test_without_anything_to_do_there_is_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    node = running(monkeypatch)
    assert threading.active_count() == before
    node.stop()
