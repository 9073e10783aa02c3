"""A release that appends its own message: one commit holds the decision, the queue's row and the log's entry."""

import pytest
from django.db import transaction

from accord.courier.appending import AHEAD_MAX, append_ahead
from accord.courier.machine import forget_meetings
from accord.courier.models import Direction, Entry, Mode, OutboxState, SignedCheckpoint
from accord.parties.custody import use_custody
from tests.simulators.paired_node import PairedNode

pytestmark = pytest.mark.django_db(transaction=True)


class Broken(Exception):
    """What fails after the append."""


def released(node: PairedNode, count: int = 1) -> list[OutboxState]:
    with transaction.atomic():
        rows = node.enqueue(count)
        append_ahead(node.channel.pk)
    for row in rows:
        row.refresh_from_db()
    return [OutboxState(row.state) for row in rows]


def release_and_fail(node: PairedNode) -> None:
    with transaction.atomic():
        node.enqueue()
        append_ahead(node.channel.pk)
        raise Broken


def test_an_idle_channel_takes_the_message_in_the_transaction_of_the_release(met: PairedNode) -> None:
    assert released(met) == [OutboxState.FLUSHED]
    channel = met.now()
    assert (channel.out_size, channel.out_receipted_size) == (1, 0)
    assert SignedCheckpoint.objects.filter(channel=channel, direction=Direction.OUT, size=1).exists()
    assert met.peer.state.incoming.size == 0  # nothing left before the commit


def test_the_flusher_sends_it_and_gets_the_receipt(met: PairedNode) -> None:
    released(met)
    result = met.flush()
    assert (result.receipted_size, result.refusal) == (1, None)
    assert met.peer_ids() == list(Entry.objects.values_list("envelope_id", flat=True))


@pytest.mark.parametrize("is_lost", [False, True])
def test_what_is_at_hand_and_what_is_stored_are_the_same_batch(met: PairedNode, is_lost: bool) -> None:
    released(met, 2)
    met.wire.loses_requests = is_lost
    met.flush()
    met.wire.loses_requests = False
    met.flush(is_due=True)  # after a lost request, the batch comes from the database
    sent = [frame.batch for frame in met.wire.carried if frame.batch is not None]
    assert [batch.checkpoint for batch in sent] == [bytes(SignedCheckpoint.objects.get(direction=Direction.OUT).note)]
    assert met.peer.state.incoming.size == 2


def test_a_release_that_fails_afterwards_leaves_nothing(met: PairedNode) -> None:
    with pytest.raises(Broken):
        release_and_fail(met)
    assert met.now().out_size == 0
    assert not Entry.objects.exists()
    # The head that was signed and thrown away is not remembered as ours: the next message leaves at once.
    assert released(met) == [OutboxState.FLUSHED]
    assert met.flush().receipted_size == 1


def test_while_a_batch_is_under_way_the_message_waits(met: PairedNode) -> None:
    released(met)
    assert released(met) == [OutboxState.QUEUED]
    met.flush()
    assert met.flush().receipted_size == 2


def test_before_the_peer_was_heard_the_message_waits(met: PairedNode) -> None:
    forget_meetings()
    assert released(met) == [OutboxState.QUEUED]


@pytest.mark.parametrize("mode", [Mode.SUSPENDED, Mode.RECOVERING, Mode.FROZEN])
def test_a_channel_that_is_not_open_takes_nothing(met: PairedNode, mode: Mode) -> None:
    type(met.channel).objects.update(mode=mode)
    assert released(met) == [OutboxState.QUEUED]


def test_a_long_queue_is_left_to_the_flusher(met: PairedNode) -> None:
    assert set(released(met, AHEAD_MAX + 1)) == {OutboxState.QUEUED}


def test_keys_that_are_not_at_hand_fail_the_append_and_not_the_release(met: PairedNode) -> None:
    use_custody(None)  # as in a process that serves the API and holds no keys
    assert released(met) == [OutboxState.QUEUED]
    assert met.now().out_size == 0
