"""One contact: taking, appending, sending, and the receipt on file."""

import pytest
from django.utils import timezone

from accord.courier.models import Channel, Direction, Entry, Outbox, OutboxState, SignedCheckpoint
from tests.simulators.paired_node import PairedNode


def test_a_message_is_in_both_logs_and_receipted_after_one_contact(met: PairedNode) -> None:
    (row,) = met.enqueue()
    result = met.flush()
    assert (result.appended, result.frames, result.receipted_size) == (1, 1, 1)
    row.refresh_from_db()
    assert (row.state, row.position) == (OutboxState.FLUSHED, 0)
    assert met.peer_ids() == [row.envelope_id]
    channel = met.now()
    assert channel.out_size == channel.out_receipted_size == met.peer.state.incoming.size == 1
    assert bytes(channel.out_frontier) == met.peer.state.incoming.frontier.to_bytes()
    checkpoint = SignedCheckpoint.objects.get(channel=channel, direction=Direction.OUT)
    assert checkpoint.receipt is not None


def test_nothing_is_appended_before_the_peer_was_heard(paired: PairedNode) -> None:
    paired.enqueue()
    result = paired.flush()
    assert result.appended == 0
    assert paired.now().out_size == 0
    assert paired.flush().appended == 1
