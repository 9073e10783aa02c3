"""Both sides lost storage and the two copies of our log do not fit: what officers may do, what stays provable."""

from hashlib import sha256

import pytest

from accord.channel.evidence import EvidenceBundle, verify_bundle
from accord.courier.archive import NotArchived, archived_entries, archived_entry, archived_evidence
from accord.courier.freeze import ReasonMissing, declare_restored
from accord.courier.models import Alarm, ArchivedEntry, Contradiction, Mode, ModeChange, Outbox, OutboxState
from accord.courier.remedies import (
    NothingToBeginFrom,
    ProposalStale,
    Remedy,
    TwoOfficersNeeded,
    confirm,
    propose,
    standing,
)
from accord.errors import OfficerCanMend
from tests.channel.specimens import specimen
from tests.simulators.backup import Backup
from tests.simulators.paired_node import PairedNode, by_two_officers

ROOTS = {code: specimen(code).root.public for code in ("CA", "IN")}


def settle(node: PairedNode, rounds: int = 5) -> None:
    for _ in range(rounds):
        node.flush(is_due=True)


def torn_apart(met: PairedNode, *, is_restoration_told: bool) -> list[Outbox]:
    """We hold a, b, d of our log, all receipted, and the peer, restored to another day, holds a, b, c."""
    rows = met.enqueue(2)
    met.flush()
    ours, theirs = Backup.take(), met.peer.backup()
    rows += met.enqueue(1)
    met.flush()
    theirs_later = met.peer.backup()
    lost = Outbox.objects.get(pk=rows[2].pk)
    ours.restore()
    met.peer.restore(theirs)
    if is_restoration_told:
        declare_restored(met.channel.pk, officer_id=1, reason="Restored from the copy of last night.")
    settle(met, 2)
    rows[2] = lost
    rows += met.enqueue(1)
    settle(met, 2)
    assert (met.now().out_size, met.now().out_receipted_size) == (3, 3)
    met.peer.restore(theirs_later)
    if is_restoration_told:
        met.peer.announce_restoration()
    settle(met, 2)
    return rows


@pytest.fixture
def disputed(met: PairedNode) -> list[Outbox]:
    """The two copies lie in two epochs, so nobody is convicted; nothing moves."""
    rows = torn_apart(met, is_restoration_told=True)
    assert Alarm.objects.filter(code="courier.history-disputed").exists()
    return rows


def test_our_log_begins_again_from_what_the_peer_co_signed_and_nothing_is_lost_or_doubled(
    met: PairedNode, disputed: list[Outbox]
) -> None:
    by_two_officers(met, Remedy.BEGIN_AGAIN)
    settle(met)
    assert met.now().mode == Mode.OPEN
    assert met.peer_ids() == [row.envelope_id for row in disputed]
    assert met.now().out_size == met.now().out_receipted_size == 4
    assert bytes(met.now().out_frontier) == met.peer.state.incoming.frontier.to_bytes()
    assert not Outbox.objects.filter(state=OutboxState.QUEUED).exists()
    change = ModeChange.objects.get(remedy=Remedy.BEGIN_AGAIN)
    assert (change.proposed_by, change.confirmed_by, change.to_mode) == (1, 2, Mode.RECOVERING)
    assert "3 messages" in Alarm.objects.get(code="courier.begun-again").detail


def test_a_node_convicted_by_its_own_signature_begins_again_and_is_not_convicted_anew(met: PairedNode) -> None:
    rows = torn_apart(met, is_restoration_told=False)
    assert met.now().mode == Mode.FROZEN
    by_two_officers(met, Remedy.BEGIN_AGAIN)
    assert Contradiction.objects.get().settled_at is not None
    settle(met)
    assert met.now().mode == Mode.OPEN
    assert met.peer_ids() == [row.envelope_id for row in rows]


def test_one_officer_alone_lets_no_log_begin_again(met: PairedNode, disputed: list[Outbox]) -> None:
    with pytest.raises(TwoOfficersNeeded):
        confirm(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=2)
    with pytest.raises(ReasonMissing):
        propose(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=1, reason="  ")
    propose(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=1, reason="Both operators compared what they hold.")
    with pytest.raises(OfficerCanMend, match="waits already"):
        propose(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=2, reason="I think so too.")
    with pytest.raises(TwoOfficersNeeded):
        confirm(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=1)
    assert met.now().out_size == 3
    assert not ArchivedEntry.objects.exists()


def test_a_proposal_of_one_remedy_confirms_no_other_one(met: PairedNode) -> None:
    torn_apart(met, is_restoration_told=False)
    propose(met.channel.pk, Remedy.THAW, officer_id=1, reason="The copy was stopped.")
    with pytest.raises(TwoOfficersNeeded):
        confirm(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=2)
    assert met.now().mode == Mode.FROZEN


def test_a_word_about_one_dispute_settles_no_other_one(met: PairedNode) -> None:
    torn_apart(met, is_restoration_told=False)
    propose(met.channel.pk, Remedy.THAW, officer_id=1, reason="The copy was stopped.")
    fork = Contradiction.objects.get()
    other = Contradiction.objects.create(
        channel=fork.channel, proof=fork.proof, note_digest=sha256(b"another note").digest(), proven_at=fork.proven_at
    )
    assert standing(met.now(), Remedy.THAW) is None
    with pytest.raises(ProposalStale):
        confirm(met.channel.pk, Remedy.THAW, officer_id=2)
    assert not Contradiction.objects.filter(settled_at__isnull=False).exists()
    assert met.now().mode == Mode.FROZEN
    other.delete()
    confirm(met.channel.pk, Remedy.THAW, officer_id=2)
    assert Contradiction.objects.get().settled_at is not None


def test_a_proposal_outlives_no_settlement_of_its_dispute(met: PairedNode) -> None:
    torn_apart(met, is_restoration_told=False)
    propose(met.channel.pk, Remedy.THAW, officer_id=1, reason="The copy was stopped.")
    by_two_officers(met, Remedy.BEGIN_AGAIN)
    assert standing(met.now(), Remedy.THAW) is None


def test_a_log_that_nobody_disputes_does_not_begin_again(met: PairedNode) -> None:
    met.enqueue(1)
    met.flush()
    with pytest.raises(NothingToBeginFrom):
        propose(met.channel.pk, Remedy.BEGIN_AGAIN, officer_id=1, reason="To try.")


def test_what_was_receipted_before_the_log_began_again_is_still_proven_to_a_stranger(
    met: PairedNode, disputed: list[Outbox]
) -> None:
    given_up = disputed[3].envelope_id
    by_two_officers(met, Remedy.BEGIN_AGAIN)
    settle(met)
    assert given_up in {entry.envelope_id for entry in archived_entries(met.channel)}
    for entry in archived_entries(met.channel):
        data = archived_evidence(entry)
        verdict = verify_bundle(data, ROOTS)
        assert verdict.ok, verdict.reason
        assert EvidenceBundle.decode(data).body is None
    assert archived_entry(met.channel, 2).envelope_id == given_up


def test_an_entry_that_never_left_the_log_has_no_archived_evidence(met: PairedNode) -> None:
    met.enqueue(1)
    met.flush()
    with pytest.raises(NotArchived):
        archived_entry(met.channel, 0)


def test_archived_evidence_is_refused_where_the_old_log_cannot_be_put_together(
    met: PairedNode, disputed: list[Outbox]
) -> None:
    by_two_officers(met, Remedy.BEGIN_AGAIN)
    settle(met)
    entry = archived_entry(met.channel, 2)
    ArchivedEntry.objects.filter(position=1).update(leaf=bytes(32))
    with pytest.raises(NotArchived):
        archived_evidence(entry)
