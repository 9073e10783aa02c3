"""The write-ahead log is moved into the database beside its writers, and never in their way."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from accord.node.sqlite import housekeeping
from accord.node.sqlite.housekeeping import Housekeeper

SPARE = 100_000


def written(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint={SPARE}; CREATE TABLE t (x BLOB);")
    return connection


def pages_in_file(database: Path) -> int:
    """Pages of the database file itself, as far as they were moved."""
    return database.stat().st_size // 4096


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "MOVE_SECONDS", 0.01)


def wait_for(database: Path, pages: int) -> None:
    deadline = time.monotonic() + 10
    while pages_in_file(database) < pages:
        assert time.monotonic() < deadline, "the log was not moved"
        time.sleep(0.01)


def test_what_is_written_reaches_the_database_file_while_the_writer_stays_open(tmp_path: Path) -> None:
    database = tmp_path / "node.sqlite3"
    with closing(written(database)) as connection:
        mover = Housekeeper(database)
        mover.start()
        for _ in range(100):
            connection.execute("INSERT INTO t VALUES (randomblob(4000))")
        wait_for(database, 100)
        mover.stop()


def test_a_writer_in_the_middle_of_a_transaction_is_not_disturbed(tmp_path: Path) -> None:
    database = tmp_path / "node.sqlite3"
    with closing(written(database)) as connection:
        mover = Housekeeper(database)
        mover.start()
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(50):
            connection.execute("INSERT INTO t VALUES (randomblob(4000))")
            time.sleep(0.002)
        connection.execute("COMMIT")
        wait_for(database, 50)
        mover.stop()
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (50,)


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    database = tmp_path / "node.sqlite3"
    with closing(written(database)):
        mover = Housekeeper(database)
        mover.start()
        mover.stop()
        assert not mover._thread.is_alive()


def test_the_tables_are_counted_so_that_statements_are_planned_by_what_they_hold(tmp_path: Path) -> None:
    database = tmp_path / "node.sqlite3"
    with closing(written(database)) as connection:
        connection.execute("CREATE INDEX by_x ON t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [(number % 10,) for number in range(1000)])
        mover = Housekeeper(database)
        mover.start()
        deadline = time.monotonic() + 10
        while not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").fetchone():
            assert time.monotonic() < deadline, "the tables were not counted"
            time.sleep(0.01)
        mover.stop()
        assert connection.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'by_x'").fetchone() == ("1000 100",)


def test_writers_that_keep_it_from_counting_are_let_be_and_it_counts_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []

    def busy_at_first(database: Path) -> None:
        tries.append(database)
        if len(tries) == 1:
            raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(housekeeping, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(housekeeping, "renew_statistics", busy_at_first)
    database = tmp_path / "node.sqlite3"
    with closing(written(database)):
        mover = Housekeeper(database)
        mover.start()
        deadline = time.monotonic() + 10
        while len(tries) < 2:
            assert time.monotonic() < deadline, "it was not tried again"
            time.sleep(0.01)
        mover.stop()
    assert set(tries) == {database}
