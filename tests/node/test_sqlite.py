"""Threads of one process that write to one SQLite file take turns, and none keeps a turn it no longer needs."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pytest_django
from django.db import connections
from django.db.utils import OperationalError

from accord.courier.precedence import ON_ITS_WAY, in_the_background
from accord.node.sqlite.base import DatabaseWrapper

Make = Callable[..., DatabaseWrapper]


@pytest.fixture
def make(tmp_path: Path, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Make]:
    made: list[DatabaseWrapper] = []

    def one(name: str = "node.sqlite3", wait_seconds: float = 5.0) -> DatabaseWrapper:
        settings = dict(connections.databases["default"])
        settings |= {
            "ENGINE": "accord.node.sqlite",
            "NAME": str(tmp_path / name),
            "OPTIONS": {"timeout": wait_seconds, "transaction_mode": "IMMEDIATE"},
        }
        wrapper = DatabaseWrapper(settings)
        wrapper.inc_thread_sharing()
        made.append(wrapper)
        return wrapper

    with django_db_blocker.unblock():
        yield one
        for wrapper in made:
            wrapper.close()


def begin(wrapper: DatabaseWrapper) -> None:
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(wrapper: DatabaseWrapper) -> None:
    wrapper.commit()
    wrapper.set_autocommit(True)


def is_free(make: Make) -> bool:
    """Whether another connection gets its turn at once."""
    other = make(wait_seconds=0.05)
    try:
        begin(other)
    except OperationalError:
        return False
    end(other)
    return True


def test_a_second_writer_waits_for_the_first_and_goes_on_when_it_commits(make: Make) -> None:
    first, second = make(), make()
    begin(first)
    order: list[str] = []

    def write() -> None:
        begin(second)
        order.append("second")
        end(second)

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.05)
    order.append("first")
    end(first)
    thread.join(timeout=5)
    assert order == ["first", "second"]


def test_a_writer_that_waits_too_long_is_told_that_the_database_is_locked(make: Make) -> None:
    first, second = make(), make(wait_seconds=0.05)
    begin(first)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(second)
    end(first)
    assert is_free(make)


def test_databases_do_not_wait_for_each_other(make: Make) -> None:
    first, second = make("one.sqlite3"), make("other.sqlite3", wait_seconds=0.05)
    begin(first)
    begin(second)
    end(second)
    end(first)


def test_a_rollback_ends_the_turn(make: Make) -> None:
    first = make()
    begin(first)
    first.rollback()
    first.set_autocommit(True)
    assert is_free(make)


def test_a_closed_connection_ends_the_turn(make: Make) -> None:
    first = make()
    begin(first)
    first.close()
    assert is_free(make)


def test_a_begin_that_fails_keeps_no_turn(make: Make, tmp_path: Path) -> None:
    first = make(wait_seconds=0.05)
    first.ensure_connection()
    foreign = sqlite3.connect(tmp_path / "node.sqlite3", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        begin(first)
    foreign.execute("COMMIT")
    foreign.close()
    first.close()
    assert is_free(make)


def test_savepoints_inside_a_turn_take_no_second_one(make: Make) -> None:
    first = make()
    begin(first)
    point = first.savepoint()
    first.savepoint_commit(point)
    end(first)
    assert is_free(make)


def test_the_background_lets_messages_pass_before_a_statement_and_never_inside_a_transaction(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(ON_ITS_WAY, "wait", waited.append)
    wrapper = make()
    wrapper.ensure_connection()
    with in_the_background():
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert len(waited) == 1
        begin(wrapper)
        assert len(waited) == 2
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
        end(wrapper)
    assert len(waited) == 2
