"""The courier's threads: they find what waits, go on after failures, and end when they are told to."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from accord.courier.flush import FlushResult
from accord.courier.machine import forget_meetings
from accord.courier.models import Alarm, Channel, Outbox, OutboxState
from accord.courier.recent import forget_recent
from accord.courier.worker import Courier
from accord.parties.custody import use_custody
from tests.simulators.paired_node import PairedNode, make_paired_node

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20.0
T = TypeVar("T")


def patiently(act: Callable[[], T]) -> T:
    """Does an act again while the table is locked: SQLite's database in memory knows no waiting, unlike its files."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return act()
        except OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not patiently(holds):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def node(transactional_db: None, home: Path) -> Iterator[PairedNode]:
    forget_meetings()
    forget_recent()
    paired = make_paired_node()
    use_custody(paired.custody)
    yield paired
    use_custody(None)
    connections.close_all()


@pytest.fixture
def courier(node: PairedNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[Courier]:
    monkeypatch.setattr("accord.courier.worker.promote_tls_when_filed", lambda _: False)
    running = Courier(node.wire)
    running.start()
    yield running
    running.stop()


def is_delivered(count: int) -> Callable[[], bool]:
    return lambda: (
        Outbox.objects.filter(state=OutboxState.FLUSHED).count() == count
        and all(channel.out_size == channel.out_receipted_size for channel in Channel.objects.all())
    )


def test_what_is_enqueued_is_delivered_without_anybody_asking(node: PairedNode, courier: Courier) -> None:
    rows = [patiently(node.enqueue)[0] for _ in range(5)]
    eventually(is_delivered(5))
    assert node.peer_ids() == [row.envelope_id for row in rows]


def test_a_peer_that_comes_back_is_served_within_a_second_of_its_first_contact(
    node: PairedNode, courier: Courier
) -> None:
    eventually(lambda: len(node.wire.carried) > 0)
    node.wire.loses_requests = True
    for _ in range(2):
        patiently(node.enqueue)
    eventually(lambda: Channel.objects.get().failures_in_a_row >= 1)
    later = timezone.now() + timedelta(minutes=5)
    patiently(lambda: Channel.objects.update(back_off_until=later, failures_in_a_row=9))
    node.wire.loses_requests = False
    time.sleep(0.6)
    assert patiently(Channel.objects.get).out_receipted_size == 0
    heard_at = time.monotonic()
    patiently(node.heard)
    eventually(is_delivered(2))
    assert time.monotonic() - heard_at < 5.0


def test_a_flusher_survives_whatever_fails_in_it(
    node: PairedNode, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    eventually(lambda: len(node.wire.carried) > 0)
    failures = iter([ValueError("a defect"), ZeroDivisionError()])
    real = __import__("accord.courier.worker", fromlist=["flush_once"]).flush_once

    def flush_once(*arguments: object, **options: object) -> FlushResult:
        for failure in failures:
            raise failure
        return real(*arguments, **options)  # type: ignore[no-any-return]

    monkeypatch.setattr("accord.courier.worker.flush_once", flush_once)
    patiently(node.enqueue)
    eventually(is_delivered(1))


def test_a_channel_that_appears_while_it_runs_gets_its_flusher(
    node: PairedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.courier.worker.promote_tls_when_filed", lambda _: False)
    Channel.objects.update(peer_url="")
    row = Channel.objects.get()
    running = Courier(node.wire)
    running.start()
    time.sleep(0.3)
    assert node.wire.carried == []
    patiently(lambda: Channel.objects.filter(pk=row.pk).update(peer_url="https://peer.invalid"))
    patiently(node.enqueue)
    eventually(is_delivered(1))
    running.stop()


def test_a_stop_ends_every_thread(node: PairedNode, courier: Courier) -> None:
    eventually(lambda: len(node.wire.carried) > 0)
    courier.stop()
    names = {thread.name for thread in threading.enumerate()}
    assert not any(name.startswith("courier-") for name in names)


def test_the_listener_is_told_when_a_peers_certificates_change(
    node: PairedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.courier.worker.promote_tls_when_filed", lambda _: False)
    certificates = [b"old"]
    monkeypatch.setattr("accord.courier.worker.pinned_certificates", lambda: list(certificates))
    told = threading.Event()
    running = Courier(node.wire, on_trust_changed=told.set)
    running.start()
    assert not told.wait(1.5)
    certificates[:] = [b"new"]
    assert told.wait(PATIENCE_SECONDS)
    running.stop()


def test_absence_raises_its_alarm_while_the_courier_runs(node: PairedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "ACCORD_UNRECEIPTED_ALARM_SECONDS", 0)
    monkeypatch.setattr("accord.courier.worker.promote_tls_when_filed", lambda _: False)
    monkeypatch.setattr("accord.courier.worker.HEALTH_SECONDS", 0.0)
    node.meet()
    node.enqueue()
    node.wire.loses_requests = True
    running = Courier(node.wire)
    running.start()
    eventually(lambda: Alarm.objects.filter(code="courier.unreceipted").exists())
    running.stop()
