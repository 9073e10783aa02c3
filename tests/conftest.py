"""Fixtures that every room's tests share."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from pytest_django.plugin import DjangoDbBlocker

from accord.courier.machine import forget_meetings
from accord.courier.recent import forget_recent
from accord.parties.custody import use_custody
from tests.databases import copy_migrated, flush_what_is_there, keep_migrated
from tests.simulators.paired_node import PairedNode, make_paired_node
from tests.spreading import longest_first, scheduler

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling


def pytest_configure() -> None:
    """Makes passwords cheap to check and refusals quick: no test is about the cost of one."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.ACCORD_REFUSAL_STEP_SECONDS = 0.0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest files first where several workers share them."""
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items)


def pytest_collection_finish() -> None:
    """Keeps the collector of cycles from looking through what was imported, again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadFileScheduling | None":
    """Gives files to workers in that order, where they are given out by file."""
    return scheduler(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Lets the database in memory begin as a copy of what the migrations made."""
    copy_migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keeps what the migrations made for the next run."""
    with django_db_blocker.unblock():
        keep_migrated()
    flush_what_is_there()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder that the node under test uses."""
    monkeypatch.setattr(django_settings, "ACCORD_HOME", tmp_path)
    return tmp_path


@pytest.fixture
def paired(db: None, home: Path) -> Iterator[PairedNode]:
    """Canada's node in the test database, paired with India's in memory, before they have met."""
    forget_meetings()
    forget_recent()
    node = make_paired_node()
    use_custody(node.custody)
    yield node
    use_custody(None)
    forget_meetings()
    forget_recent()


@pytest.fixture
def met(paired: PairedNode) -> PairedNode:
    """The same, after they have met."""
    paired.meet()
    return paired
