"""A database that goes back under the running process: a copy put back, or a replica that took over too late."""

import pytest

from accord.courier.models import Direction, Entry, Mode
from tests.simulators.backup import Backup
from tests.simulators.paired_node import PairedNode


@pytest.fixture
def put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A restored copy leaves the memory of the process as it is."""
    monkeypatch.setattr("tests.simulators.backup.forget_meetings", lambda: None)


def settle(node: PairedNode) -> None:
    for _ in range(4):
        node.flush(is_due=True)


def test_a_database_that_went_back_under_the_process_makes_no_second_history(met: PairedNode, put_back: None) -> None:
    met.enqueue(2)
    met.flush()
    backup = Backup.take()
    met.enqueue(2)
    met.flush()
    backup.restore()
    met.enqueue(1)
    carried = len(met.wire.carried)
    settle(met)
    assert met.wire.carried[carried].batch is None
    assert met.now().mode == Mode.OPEN
    assert met.peer.state.mode.value == "open"
    assert (met.now().out_size, met.now().out_receipted_size) == (5, 5)
    assert len(set(met.peer_ids())) == len(met.peer_ids()) == 5


def test_a_database_that_went_back_after_an_answer_was_lost_makes_no_second_history(
    met: PairedNode, put_back: None
) -> None:
    (first,) = met.enqueue(1)
    backup = Backup.take()
    met.wire.loses_answers = True
    met.flush()
    met.wire.loses_answers = False
    backup.restore()
    met.enqueue(1)
    settle(met)
    assert met.now().mode == Mode.OPEN
    assert met.peer.state.mode.value == "open"
    assert met.peer_ids().count(first.envelope_id) == 1
    assert met.now().out_receipted_size == 2


def test_another_log_of_the_same_size_is_noticed(met: PairedNode) -> None:
    from accord.channel.merkle import EMPTY_FRONTIER
    from accord.courier.machine import has_met

    met.enqueue(1)
    met.flush()
    channel = met.now()
    assert has_met(channel)
    other, _ = EMPTY_FRONTIER.append([b"x" * 32])
    channel.out_frontier = other.to_bytes()
    assert not has_met(channel)
    assert not has_met(met.now())


def test_entries_that_another_thread_appended_do_not_end_the_meeting(met: PairedNode, put_back: None) -> None:
    from accord.courier.machine import _MEETINGS, has_met

    met.enqueue(1)
    met.flush()
    before = dict(_MEETINGS.met)
    met.enqueue(3)
    met.flush()
    _MEETINGS.met.update(before)
    assert has_met(met.now())
    assert Entry.objects.filter(direction=Direction.OUT).count() == 4
