"""What is done in the background lets messages pass that are on their way, and is never stopped by them."""

import threading

import pytest

from accord.courier import precedence
from accord.courier.precedence import ON_ITS_WAY, give_way, in_the_background

LONG_SECONDS = 20.0


@pytest.fixture
def long_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "PATIENCE_SECONDS", LONG_SECONDS)


def in_another_thread(*, waits: bool) -> tuple[threading.Thread, threading.Event]:
    """Starts a thread that gives way once, and returns it with what it sets then."""
    passed = threading.Event()

    def act() -> None:
        if waits:
            with in_the_background():
                give_way()
        else:
            give_way()
        passed.set()

    thread = threading.Thread(target=act)
    thread.start()
    return thread, passed


@pytest.mark.usefixtures("long_patience")
def test_the_background_goes_on_once_the_last_message_has_passed() -> None:
    with ON_ITS_WAY:
        with ON_ITS_WAY:
            thread, passed = in_another_thread(waits=True)
        assert not passed.wait(0.05)
    thread.join(LONG_SECONDS)
    assert passed.is_set()


@pytest.mark.usefixtures("long_patience")
def test_whoever_does_not_work_in_the_background_waits_for_nobody() -> None:
    with ON_ITS_WAY:
        thread, passed = in_another_thread(waits=False)
        assert passed.wait(LONG_SECONDS)
    thread.join()


def test_the_background_is_slowed_and_never_stopped() -> None:
    with ON_ITS_WAY:
        thread, passed = in_another_thread(waits=True)
        assert passed.wait(LONG_SECONDS)
    thread.join()


def test_a_message_that_fails_on_its_way_blocks_nobody() -> None:
    with pytest.raises(ValueError, match="broken"), ON_ITS_WAY:
        raise ValueError("broken")
    with in_the_background():
        ON_ITS_WAY.wait(LONG_SECONDS)
    thread, passed = in_another_thread(waits=True)
    thread.join(LONG_SECONDS)
    assert passed.is_set()


def test_who_brings_a_message_on_its_way_in_the_background_does_not_wait_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(ON_ITS_WAY, "wait", waited.append)
    with in_the_background():
        with ON_ITS_WAY:
            give_way()
        assert not waited
        give_way()
    assert len(waited) == 1


def test_a_thread_is_in_the_background_only_for_so_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(ON_ITS_WAY, "wait", waited.append)
    with in_the_background():
        with in_the_background():
            give_way()
        give_way()
    give_way()
    assert len(waited) == 2
