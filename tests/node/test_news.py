"""A look is due when anything was stored, by whomever, or when it was long ago."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
import pytest_django
from django.db import connections

from accord.node import news
from accord.node.news import News
from accord.node.sqlite.base import DatabaseWrapper
from accord.parties.models import Party

HOUR = 3_600.0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    told = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: told[0])
    return told


def store(code: str) -> None:
    Party.objects.create(code=code, profile={})


def store_elsewhere(code: str) -> None:
    def act() -> None:
        store(code)
        connections.close_all()

    thread = Thread(target=act)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [store, store_elsewhere])
def test_what_is_stored_here_or_over_another_connection_makes_one_look_due(
    act: Callable[[str], None], now: list[float]
) -> None:
    looks = News(at_rest_seconds=HOUR)
    assert [looks.is_look_due() for _ in range(3)] == [True, False, False]
    act("XA")
    assert [looks.is_look_due() for _ in range(3)] == [True, False, False]


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_after_a_look_began_makes_the_next_one_due(now: list[float]) -> None:
    looks = News(at_rest_seconds=HOUR)
    assert looks.is_look_due()
    store_elsewhere("XA")
    assert looks.is_look_due()
    store_elsewhere("XB")
    assert looks.is_look_due()
    assert not looks.is_look_due()


@pytest.mark.django_db(transaction=True)
def test_without_anything_stored_a_look_is_due_after_the_time(now: list[float]) -> None:
    looks = News(at_rest_seconds=10.0)
    assert looks.is_look_due()
    now[0] += 9.9
    assert not looks.is_look_due()
    now[0] += 0.2
    assert looks.is_look_due()


def test_a_new_connection_counts_from_its_own_beginning(
    tmp_path: Path,
    now: list[float],
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> None:
    settings = {
        **connections.databases["default"],
        "ENGINE": "accord.node.sqlite",
        "NAME": str(tmp_path / "one.sqlite3"),
    }
    settings["OPTIONS"] = {"transaction_mode": "IMMEDIATE"}
    own = DatabaseWrapper(settings)
    monkeypatch.setattr(news, "connections", {"default": own})
    looks = News(at_rest_seconds=HOUR)
    with django_db_blocker.unblock():
        assert [looks.is_look_due() for _ in range(2)] == [True, False]
        own.close()
        assert [looks.is_look_due() for _ in range(2)] == [True, False]
        own.close()
