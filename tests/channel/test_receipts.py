"""Receipts that say something else than what we signed: none of them counts as delivery."""

from dataclasses import replace

import pytest

from accord.channel.checkpoint import Checkpoint, checkpoint_text, cosign, unverified_checkpoint
from accord.channel.events import Event, ReceiptAccepted, ReceiptDisputed
from accord.channel.frames import decode_frame, encode_frame
from accord.channel.refusals import ReceiptMismatch
from accord.channel.replica import frontier_at
from tests.channel.specimens import specimen
from tests.simulators.stored_node import StoredNode, meet, pair


def cosigned(note: bytes, changed: Checkpoint) -> bytes:
    """India's true co-signature over a text that CA never signed."""
    unsigned = checkpoint_text(changed) + b"\n" + note.split(b"\n\n", 1)[1]
    return cosign(unsigned, changed, specimen("IN").sign, "IN", changed.time_ms)


def offered(ca: StoredNode, india: StoredNode, receipt: bytes) -> list[Event]:
    return ca.take(replace(decode_frame(india.contact()), receipt=receipt))


def delivered(*labels: str) -> tuple[StoredNode, StoredNode, bytes]:
    """A batch of CA that India holds, while CA waits for the receipt."""
    ca, india = pair()
    ca.append(*labels)
    india.receive(ca.contact())
    note = ca.state.outgoing.checkpoint
    assert note is not None
    return ca, india, note


@pytest.mark.parametrize("change", [{"time_ms": 1_790_000_000_001}, {"epoch": 2**32 - 1}])
def test_a_receipt_over_a_text_that_we_never_signed_is_reported_and_delivers_nothing(change: dict[str, int]) -> None:
    ca, india, note = delivered("c1")
    forged = cosigned(note, replace(unverified_checkpoint(note), **change))  # type: ignore[arg-type]
    before = ca.state
    events = offered(ca, india, forged)
    assert ReceiptDisputed(size=1, receipt=forged) in events
    assert not any(isinstance(event, ReceiptAccepted) for event in events)
    assert ca.state.outgoing == before.outgoing


def test_the_true_receipt_still_counts_after_a_false_one() -> None:
    ca, india, note = delivered("c1")
    offered(ca, india, cosigned(note, replace(unverified_checkpoint(note), time_ms=0)))
    meet(ca, india)
    assert ca.state.outgoing.receipted_size == 1
    assert ca.state.outgoing.receipted_epoch == 0
    assert ca.disk.out.heads[1][1] == india.disk.inn.heads[1][1]


def test_a_receipt_for_a_size_between_two_of_our_notes_delivers_nothing() -> None:
    ca, india, note = delivered("c1", "c2", "c3")
    root = frontier_at(ca.disk.out.hashes, 2).root
    forged = cosigned(note, replace(unverified_checkpoint(note), size=2, root=root))
    assert ReceiptDisputed(size=2, receipt=forged) in offered(ca, india, forged)
    assert ca.state.outgoing.receipted_size == 0


def test_a_receipt_for_an_earlier_note_of_ours_counts() -> None:
    ca, india, _ = delivered("c1")
    ca.append("c2")
    receipt = india.disk.inn.heads[1][1]
    assert receipt is not None
    events = offered(ca, india, receipt)
    assert [event.size for event in events if isinstance(event, ReceiptAccepted)] == [1]


def test_what_is_given_back_must_come_with_a_receipt_over_our_very_note() -> None:
    ca, india = pair()
    backup = ca.backup()
    ca.append("c1")
    meet(ca, india)
    ca.restore(backup)
    note, receipt = india.disk.inn.heads[1]
    forged = cosigned(note, replace(unverified_checkpoint(note), time_ms=0))
    ca.receive(india.receive(ca.contact()))
    frame = decode_frame(india.receive(ca.contact()))
    assert frame.fetched is not None
    assert frame.fetched.receipt == receipt
    with pytest.raises(ReceiptMismatch):
        ca.take(replace(frame, receipt=None, fetched=replace(frame.fetched, receipt=forged)))
    ca.receive(encode_frame(frame))
    assert ca.state.outgoing.receipted_size == 1
