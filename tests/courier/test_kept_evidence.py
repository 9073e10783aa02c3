"""What was judged stays judged, and what was signed stays on file, whatever becomes of a channel."""

import pytest
from django.utils import timezone

from accord.channel.envelope import MAX_EPOCH
from accord.courier.logs import delete_from
from accord.courier.models import (
    Alarm,
    ArchivedCheckpoint,
    ArchivedEntry,
    Channel,
    Contradiction,
    Direction,
    Entry,
    Mode,
    SignedCheckpoint,
)
from accord.courier.remedies import Remedy
from tests.simulators.paired_node import PairedNode, by_two_officers


def forked(met: PairedNode) -> bytes:
    """The peer's node was copied by mistake and both copies went on; returns the frame that froze the channel."""
    met.peer.append("common")
    met.heard()
    copy = met.peer.clone()
    met.peer.append("one history")
    met.heard()
    copy.append("another history")
    frame = copy.contact(start=1)
    met.heard(frame)
    assert met.now().mode == Mode.FROZEN
    return frame


def test_a_history_that_two_officers_put_aside_does_not_freeze_the_channel_again(met: PairedNode) -> None:
    frame = forked(met)
    by_two_officers(met, Remedy.THAW)
    for _ in range(2):
        assert met.heard(frame).refusal == "courier.history-settled"
        assert met.now().mode == Mode.OPEN
    assert Alarm.objects.filter(code="courier.history-settled").exists()
    met.peer.append("after the thaw")
    assert met.heard().status == 200
    assert met.now().in_size == 3
    assert met.heard(frame).refusal == "courier.history-settled"
    assert Contradiction.objects.get().settled_at is not None


def test_a_new_note_of_the_other_history_freezes_the_channel_again(met: PairedNode) -> None:
    met.peer.append("common")
    met.heard()
    copy = met.peer.clone()
    met.peer.append("one history")
    met.heard()
    copy.append("another history")
    met.heard(copy.contact(start=1))
    by_two_officers(met, Remedy.THAW)
    copy.append("it was not stopped")
    met.heard(copy.contact(start=1))
    assert met.now().mode == Mode.FROZEN
    assert Contradiction.objects.count() == 2


def test_heads_and_receipted_entries_are_archived_before_a_log_is_shortened(met: PairedNode) -> None:
    met.enqueue(2)
    met.flush()
    met.wire.loses_requests = True
    met.enqueue(1)
    met.flush()
    entries = list(Entry.objects.filter(direction=Direction.OUT).order_by("position").values_list("header", "sealed"))
    heads = list(SignedCheckpoint.objects.filter(direction=Direction.OUT).values_list("size", "note", "receipt"))
    assert delete_from(met.now(), Direction.OUT, size=1) == 2
    assert list(ArchivedCheckpoint.objects.order_by("size").values_list("size", "note", "receipt")) == heads
    (kept,) = ArchivedEntry.objects.values_list("position", "header", "sealed")
    assert kept == (1, *entries[1])


def test_nothing_is_archived_where_nothing_is_deleted(met: PairedNode) -> None:
    met.enqueue(2)
    met.flush()
    assert delete_from(met.now(), Direction.OUT, size=2) == 0
    assert not ArchivedCheckpoint.objects.exists()
    assert not ArchivedEntry.objects.exists()


def test_a_new_channel_begins_in_epoch_zero_on_both_sides(paired: PairedNode) -> None:
    channel = Channel.objects.get()
    assert (channel.out_epoch, channel.in_epoch) == (0, 0)
    assert (channel.out_receipted_epoch, channel.in_receipted_epoch) == (0, 0)
    assert channel.created_at <= timezone.now()


@pytest.mark.parametrize("name", ["out_epoch", "in_epoch", "out_receipted_epoch", "in_receipted_epoch"])
def test_every_epoch_fits_its_column_on_postgresql(name: str) -> None:
    sizes = {"PositiveIntegerField": 2**31 - 1, "BigIntegerField": 2**63 - 1}
    assert sizes[Channel._meta.get_field(name).get_internal_type()] >= MAX_EPOCH
