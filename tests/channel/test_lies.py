"""Every lie that the simulator can tell has one promised outcome."""

import pytest

from accord.channel.equivocation import verify_equivocation
from accord.channel.events import (
    DuplicateEntries,
    EntriesAccepted,
    EquivocationProven,
    PeerDisagrees,
    ReceiptAccepted,
    ReceiptWithheld,
    SkewObserved,
)
from accord.channel.frames import Fetch
from accord.channel.state import Mode
from tests.simulators.lying_peer import LIES, LyingPeer, Outcome

REFUSED = {
    "accuse-with-forged-witness": "trust.unknown-note-key",
    "alter-recovered-entries": "channel.root-mismatch",
    "another-party": "channel.misaddressed",
    "checkpoint-of-another-log": "channel.misaddressed",
    "damage-entry": "channel.root-mismatch",
    "flood": "channel.limit-exceeded",
    "foreign-witness": "channel.witness-mismatch",
    "half-signed-ed25519": "trust.signature-invalid",
    "half-signed-mldsa": "trust.signature-invalid",
    "header-of-later-epoch": "channel.entry-mismatch",
    "header-of-other-size": "channel.entry-mismatch",
    "invent-entries": "trust.unknown-note-key",
    "last-epoch": "channel.epoch-beyond-reach",
    "no-capsule": "channel.capsule-missing",
    "old-key": "trust.unknown-note-key",
    "readdress": "channel.misaddressed",
    "readdress-frame": "channel.misaddressed",
    "receipt-by-revoked-key": "trust.unknown-note-key",
    "receipt-for-another-log": "channel.receipt-mismatch",
    "revoked-key": "trust.unknown-note-key",
    "rewrite-hidden": "channel.root-mismatch",
    "rewrite-in-new-epoch": "channel.history-missing",
    "same-id-other-content": "channel.identifier-taken",
    "same-id-twice": "channel.identifier-taken",
    "short-checkpoint": "channel.checkpoint-mismatch",
    "skip-position": "channel.position-skipped",
    "stale-epoch": "channel.stale-epoch",
    "strip-ed25519": "trust.signature-count",
    "strip-ed25519-receipt": "trust.signature-count",
    "strip-mldsa": "trust.signature-count",
    "strip-mldsa-receipt": "trust.signature-count",
    "suite-0": "channel.unknown-suite",
    "unknown-critical-field": "channel.unknown-critical-field",
    "unknown-key": "trust.unknown-note-key",
    "unknown-version": "channel.unknown-version",
    "wrong-chunk": "trust.proof-invalid",
}
FROZEN = {"rewrite-log", "rewrite-and-extend", "truncate-and-go-on", "split-view"}
HARMLESS = {
    "back-date",
    "boast",
    "future-date",
    "old-witness",
    "receipt-for-more",
    "replay",
    "swap-receipt",
    "truncate",
    "withhold-receipt",
}


def told(lie: str) -> Outcome:
    return LyingPeer(lie=lie).tell()


def test_every_lie_has_a_promised_outcome() -> None:
    assert set(LIES) == set(REFUSED) | FROZEN | HARMLESS


@pytest.mark.parametrize(("lie", "code"), REFUSED.items())
def test_a_refused_lie_has_its_code_and_changes_nothing(lie: str, code: str) -> None:
    outcome = told(lie)
    assert outcome.code == code
    assert outcome.after == outcome.before
    assert outcome.events == []


@pytest.mark.parametrize("lie", sorted(REFUSED.keys() - {"flood"}))
def test_the_answer_to_a_refused_lie_names_the_code_and_carries_nothing_of_ours(lie: str) -> None:
    outcome = told(lie)
    assert outcome.answer is not None
    assert outcome.answer.refusal == outcome.code
    assert outcome.answer.batch is None
    assert outcome.answer.receipt is None
    assert outcome.answer.fetched is None
    assert outcome.answer.chunks == ()


@pytest.mark.parametrize("lie", sorted(FROZEN))
def test_a_second_log_freezes_the_channel_with_a_proof_that_convicts_offline(lie: str) -> None:
    peer = LyingPeer(lie=lie)
    outcome = peer.tell()
    assert outcome.after.mode is Mode.FROZEN
    (event,) = [event for event in outcome.events if isinstance(event, EquivocationProven)]
    proven = verify_equivocation(event.proof, peer.victim.state.peer_chain)
    assert event.party == proven.party == "IN"
    assert "IN signed two logs towards CA" in proven.sentence


@pytest.mark.parametrize("lie", sorted(FROZEN))
def test_nothing_is_accepted_after_the_freeze(lie: str) -> None:
    peer = LyingPeer(lie=lie)
    frozen = peer.tell().after
    again = peer.send(peer.with_batch(peer.batch_of(peer.envelope("i9"))))
    assert again.code == "channel.frozen"
    assert again.after == frozen
    assert again.answer is not None
    assert again.answer.witness == frozen.incoming.checkpoint


def test_a_replayed_batch_is_answered_with_the_stored_receipt_byte_for_byte() -> None:
    outcome = told("replay")
    (event,) = outcome.events
    assert isinstance(event, DuplicateEntries)
    assert outcome.answer is not None
    assert outcome.answer.receipt == event.receipt == outcome.before.incoming.receipt
    assert outcome.after == outcome.before


def test_a_withheld_receipt_leaves_delivery_unconfirmed() -> None:
    outcome = told("withhold-receipt")
    assert outcome.has(ReceiptWithheld)
    assert not outcome.has(ReceiptAccepted)
    assert outcome.after.outgoing.receipted_size == 2
    assert outcome.after.outgoing.size == 3


def test_a_claim_to_hold_more_of_our_log_than_we_do_only_makes_us_ask_to_see_it() -> None:
    outcome = told("boast")
    assert outcome.has(PeerDisagrees)
    assert outcome.after == outcome.before
    assert outcome.answer is not None
    assert outcome.answer.fetch == Fetch(start=2, end=9)


def test_a_claim_to_have_a_shorter_log_is_answered_with_the_claimants_own_signature() -> None:
    outcome = told("truncate")
    assert outcome.after.incoming == outcome.before.incoming
    assert outcome.answer is not None
    assert outcome.answer.witness == outcome.before.incoming.checkpoint


@pytest.mark.parametrize(("lie", "went_back"), [("back-date", True), ("future-date", False)])
def test_a_wrong_date_raises_an_alarm_and_stops_nothing(lie: str, went_back: bool) -> None:
    outcome = told(lie)
    assert outcome.has(EntriesAccepted)
    (alarm,) = [event for event in outcome.events if isinstance(event, SkewObserved)]
    assert alarm.went_back is went_back
    assert abs(alarm.ms) == 86_400_000


@pytest.mark.parametrize("lie", ["old-witness", "receipt-for-more"])
def test_old_truths_and_receipts_for_more_than_we_have_change_nothing(lie: str) -> None:
    outcome = told(lie)
    assert outcome.code is None
    assert outcome.after == outcome.before


def test_a_refused_skip_tells_the_peer_from_where_to_send_again() -> None:
    outcome = told("skip-position")
    assert outcome.answer is not None
    assert outcome.answer.state.in_size == 3


@pytest.mark.parametrize("lie", sorted(LIES))
def test_an_honest_peer_is_served_as_before_after_every_lie_that_froze_nothing(lie: str) -> None:
    peer = LyingPeer(lie=lie)
    honest = peer.node.backup()
    if peer.tell().after.mode is Mode.FROZEN:
        assert lie in FROZEN
        return
    size = peer.victim.state.incoming.size
    if lie in {"back-date", "future-date", "stale-epoch"}:  # the log went on with what the peer did sign
        return
    peer.node.restore(honest)
    for _ in range(3):
        peer.node.receive(peer.victim.receive(peer.node.contact()))
    peer.node.append("honest")
    for _ in range(2):
        peer.node.receive(peer.victim.receive(peer.node.contact()))
    assert peer.victim.state.incoming.size == size + 1
    assert peer.node.state.outgoing.receipted_size == size + 1
