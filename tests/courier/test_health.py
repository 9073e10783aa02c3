"""The health view: what waits, what is proven, what is wrong."""

from datetime import timedelta

from django.utils import timezone

from accord.courier.alarms import acknowledge, open_alarms, raise_alarm
from accord.courier.health import channel_health, message_times, watch
from accord.courier.models import Alarm, Entry, Lane, Outbox
from accord.courier.moment import from_ms
from tests.channel.specimens import specimen
from tests.simulators.paired_node import PairedNode


def test_the_queue_is_shown_by_lane_with_its_lag(met: PairedNode) -> None:
    met.enqueue(2, lane=Lane.URGENT)
    met.enqueue(1, lane=Lane.BULK)
    Outbox.objects.filter(lane=Lane.BULK).update(created_at=timezone.now() - timedelta(seconds=90))
    (health,) = channel_health(met.channel)
    lanes = {lane.lane: lane for lane in health.lanes}
    assert {name: lane.queued for name, lane in lanes.items()} == {
        "threat-to-life": 0,
        "urgent": 2,
        "routine": 0,
        "bulk": 1,
    }
    assert 89 < lanes["bulk"].lag_seconds < 120
    assert lanes["routine"].oldest_queued_at is None


def test_both_logs_are_shown_with_what_the_peer_says_of_them(met: PairedNode) -> None:
    met.enqueue(3)
    met.flush()
    met.peer.append("one")
    met.heard()
    (health,) = channel_health()
    assert (health.outgoing.size, health.outgoing.receipted_size, health.outgoing.peer_size) == (3, 3, 3)
    assert (health.incoming.size, health.incoming.peer_size) == (1, 1)
    assert health.outgoing.root == met.peer.state.incoming.root.hex()
    assert health.incoming.root == met.peer.state.outgoing.root.hex()
    assert health.unhandled == 1
    assert health.last_contact_at is not None


def test_the_oldest_unreceipted_entry_is_shown_and_alarms_after_its_time(met: PairedNode) -> None:
    met.enqueue(2)
    met.wire.loses_requests = True
    met.flush()
    Entry.objects.update(recorded_at=timezone.now() - timedelta(hours=3))
    (health,) = channel_health(met.channel)
    assert health.unreceipted == 2
    assert health.oldest_unreceipted_seconds > 3 * 3600 - 5
    assert health.last_failure_code == "courier.peer-silent"
    watch()
    watch()
    alarm = Alarm.objects.get(code="courier.unreceipted")
    assert alarm.count == 2
    (health,) = channel_health(met.channel)
    assert [found.code for found in health.alarms] == ["courier.unreceipted"]


def test_a_receipted_log_raises_no_alarm(met: PairedNode) -> None:
    met.enqueue()
    met.flush()
    watch(now=timezone.now() + timedelta(days=30))
    assert not Alarm.objects.exists()


def test_a_message_shows_its_moments_as_they_come(met: PairedNode) -> None:
    (row,) = met.enqueue()
    times = message_times(row.envelope_id)
    assert times is not None
    assert (times.flushed_at, times.receipted_at, times.handled_at) == (None, None, None)
    met.flush()
    times = message_times(row.envelope_id)
    assert times is not None
    assert times.enqueued_at is not None
    assert times.flushed_at is not None
    assert times.receipted_at is not None
    assert times.receipted_at >= times.flushed_at
    assert times.enqueued_at <= times.flushed_at


def test_an_unknown_message_has_no_moments(met: PairedNode) -> None:
    (row,) = met.enqueue()
    Outbox.objects.all().delete()
    assert message_times(row.envelope_id) is None


def test_an_acknowledged_alarm_is_no_longer_open_and_comes_anew_when_it_happens_again(met: PairedNode) -> None:
    alarm = raise_alarm(met.channel, "courier.test", "It happened.", evidence=b"first")
    raise_alarm(met.channel, "courier.test", "It happened again.", evidence=b"second")
    alarm.refresh_from_db()
    assert (alarm.count, bytes(alarm.evidence or b"")) == (2, b"first")
    acknowledge(alarm, officer_id=9)
    assert open_alarms(met.channel) == []
    raise_alarm(met.channel, "courier.test", "And again.")
    assert len(open_alarms()) == 1
    assert Alarm.objects.count() == 2


def test_keysets_whose_time_ends_are_told_once_and_go_on_counting(met: PairedNode) -> None:
    ends = from_ms(specimen("CA").keyset("IN").valid_until_ms)
    watch(now=ends - timedelta(days=61))
    assert not Alarm.objects.filter(code__contains="keyset").exists()
    watch(now=ends - timedelta(days=59))
    assert [alarm.code for alarm in Alarm.objects.filter(code__contains="keyset")] == ["courier.keyset-ends"]
    for _ in range(2):
        watch(now=ends + timedelta(days=1))
    assert Alarm.objects.get(code="courier.peer-keyset-ended").count == 1
    met.enqueue()
    assert met.flush().appended == 1
