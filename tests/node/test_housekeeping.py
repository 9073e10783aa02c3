"""The write-ahead log is moved into the database beside its writers, and never in their way."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from accord.node.sqlite import housekeeping
from accord.node.sqlite.housekeeping import Housekeeper
from accord.node.sqlite.statistics import renew_statistics

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


def test_an_open_connection_plans_by_new_counts(tmp_path: Path) -> None:
    database = tmp_path / "node.sqlite3"
    question = "SELECT x FROM t WHERE place = 1 AND waits AND x >= 0"

    def steps() -> int:
        """How much the database does for an answer: 100 at a time."""
        taken = [0]

        def step() -> int:
            taken[0] += 1
            return 0

        connection.set_progress_handler(step, 100)
        assert connection.execute(question).fetchall() == []
        connection.set_progress_handler(None, 0)
        return taken[0]

    with closing(sqlite3.connect(database, isolation_level=None)) as maker:
        maker.execute("CREATE TABLE t (place INTEGER, x INTEGER, waits INTEGER, UNIQUE (place, x))")
        maker.execute("CREATE INDEX waiting ON t (place, x) WHERE waits")
        maker.execute("INSERT INTO t VALUES (1, 0, 0)")
        renew_statistics(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.executemany("INSERT INTO t VALUES (1, ?, 0)", [(number,) for number in range(1, 2_000)])
        assert steps() > 10, "planned by the counts of the empty table"
        renew_statistics(database)
        connection.execute("SELECT 1 FROM t LIMIT 1")
        assert steps() <= 1


def test_a_database_that_has_grown_is_counted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(housekeeping, "renew_statistics", lambda database: counted.append(pages_in_file(database)))
    database = tmp_path / "node.sqlite3"
    with closing(written(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        keeper = Housekeeper(database)
        keeper.start()
        for times in (1, 2):
            deadline = time.monotonic() + 10
            while len(counted) < times:
                assert time.monotonic() < deadline, "the tables were not counted"
                time.sleep(0.01)
            time.sleep(0.1)
            assert len(counted) == times, "nothing has grown since"
            connection.executescript("BEGIN;" + "INSERT INTO t VALUES (randomblob(4000));" * 100 + "COMMIT;")
        keeper.stop()


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
