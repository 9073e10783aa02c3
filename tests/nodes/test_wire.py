"""What Canada's real listener makes of a peer that lies, of bytes that are no frame, and of damage to every part.

One node serves the whole file: a refused lie changes nothing, so the next one finds it as it was.

Source: the fault list, items 22, 24, 25, 28, 31, 33 to 36 and 42.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.channel.frames import decode_frame
from accord.channel.limits import MAX_FRAME_BYTES
from accord.parties.tls import make_tls_identity
from tests.desk import CANADA, INDIA, from_india, information_fields
from tests.nodes.checker import NodeBook
from tests.nodes.nodes import Nodes, Template, ask, copied, wait_for
from tests.nodes.wire_peer import HOUR_MS, WirePeer, post

pytestmark = pytest.mark.nodes

DAY_MS = 24 * HOUR_MS

REFUSED = {
    "another-party": "channel.misaddressed",
    "checkpoint-of-another-log": "channel.misaddressed",
    "damage-entry": "channel.root-mismatch",
    "half-signed-ed25519": "trust.signature-invalid",
    "half-signed-mldsa": "trust.signature-invalid",
    "header-of-later-epoch": "channel.entry-mismatch",
    "header-of-other-size": "channel.entry-mismatch",
    "no-capsule": "channel.capsule-missing",
    "readdress": "channel.misaddressed",
    "readdress-frame": "channel.misaddressed",
    "receipt-for-another-log": "channel.receipt-mismatch",
    "rewrite-hidden": "channel.root-mismatch",
    "rewrite-in-new-epoch": "channel.history-missing",
    "same-id-other-content": "channel.identifier-taken",
    "same-id-twice": "channel.identifier-taken",
    "short-checkpoint": "channel.checkpoint-mismatch",
    "skip-position": "channel.position-skipped",
    "strip-ed25519": "trust.signature-count",
    "strip-ed25519-receipt": "trust.signature-count",
    "strip-mldsa": "trust.signature-count",
    "strip-mldsa-receipt": "trust.signature-count",
    "suite-0": "channel.unknown-suite",
    "unknown-critical-field": "channel.unknown-critical-field",
    "unknown-key": "trust.unknown-note-key",
    "unknown-version": "channel.unknown-version",
}
NO_FRAME = {
    "nothing": b"",
    "text": b"GET / HTTP/1.1",
    "an array a hundred thousand deep": b"\x81" * 100_000 + b"\x00",
    "an array that claims four thousand million items": b"\x9a\xff\xff\xff\xff",
    "an indefinite map": b"\xbf\x01\x01\xff",
    "a map with one key twice": b"\xa2\x01\x01\x01\x02",
    "not a number": b"\xa1\x01\xf9\x7e\x00",
    "a tag": b"\xc1\x1a\x51\x4b\x67\xb0",
    "a map of other fields": b"\xa1\x01\x01",
}
REFUSALS = {400, 403, 409, 413, 422}


@pytest.fixture(scope="module")
def canada(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Canada's node runs; India's does not, as the liar speaks in its name."""
    with copied(template, tmp_path_factory.mktemp("wire")) as nodes:
        nodes.start(nodes.canada)
        yield nodes


@pytest.fixture(scope="module")
def peer(canada: Nodes) -> WirePeer:
    """India as whoever holds its keys speaks; it and Canada have exchanged some entries honestly."""
    liar = WirePeer(canada)
    liar.converse()
    for labels in (("i1", "i2"), ("i3",)):
        liar.node.append(*labels)
        assert liar.converse().status == 200
    canada.release(canada.canada, 2)
    # India is away, so one batch is under way without a receipt: the messages, or a disposition that came before.
    wait_for("Canada to append", lambda: canada.canadas().out.size >= 1)
    return liar


def kept(nodes: Nodes) -> tuple[object, ...]:
    """What no refused contact may change."""
    book: NodeBook = nodes.canadas()
    entries = [(entry.position, entry.header, entry.sealed) for entry in book.replica.entries]
    return book.mode, entries, book.replica.checkpoints, book.out.receipted_size


@pytest.mark.parametrize(("lie", "code"), REFUSED.items())
def test_a_lie_on_the_wire_is_refused_by_its_code_and_changes_nothing(
    canada: Nodes, peer: WirePeer, lie: str, code: str
) -> None:
    before = kept(canada)
    answer = peer.lied(lie)
    assert answer.refusal == code
    assert answer.status in REFUSALS
    assert answer.frame.batch is None
    assert answer.frame.receipt is None
    assert kept(canada) == before


@pytest.mark.parametrize("what", NO_FRAME)
def test_bytes_that_are_no_frame_are_refused_and_change_nothing(canada: Nodes, peer: WirePeer, what: str) -> None:
    before = kept(canada)
    assert peer.deliver(NO_FRAME[what]).status in REFUSALS
    assert kept(canada) == before


def test_a_body_that_is_too_long_is_refused_before_it_is_read(canada: Nodes, peer: WirePeer) -> None:
    claim = {"Content-Length": str(MAX_FRAME_BYTES + 1)}
    assert post(canada.canada.channel_port, peer.context(), b"x", headers=claim).status == 413


def test_a_body_of_another_type_is_refused(canada: Nodes, peer: WirePeer) -> None:
    other = {"Content-Type": "application/json"}
    assert post(canada.canada.channel_port, peer.context(), b"{}", headers=other).status == 415


def test_a_bit_flipped_anywhere_in_a_frame_stores_nothing_but_what_was_signed(canada: Nodes, peer: WirePeer) -> None:
    honest = bytearray(peer.with_batch(peer.batch_of(peer.envelope("bent"))))
    before = kept(canada)
    accepted = 0
    for place in range(0, len(honest), max(1, len(honest) // 150)):
        bent = bytearray(honest)
        bent[place] ^= 1 << place % 8
        answer = peer.deliver(bytes(bent))
        assert answer.status in {200, *REFUSALS}
        accepted += answer.status == 200
        if answer.status != 200:
            continue
        # The bit was in the unsigned claims of the frame, so the batch itself is the honest one.
        assert canada.canadas().replica.entries[-1].header == peer.envelope("bent").header
    if not accepted:
        assert kept(canada) == before
        peer.deliver(bytes(honest))
    peer.node.append("bent")
    peer.converse()
    entries = canada.canadas().replica.entries
    assert [(entry.header, entry.sealed) for entry in entries] == peer.node.disk.out.entries


def test_a_replayed_frame_is_answered_with_the_stored_receipt(canada: Nodes, peer: WirePeer) -> None:
    frame = peer.with_batch(peer.node.disk.out.batch(0, 2))
    before = kept(canada)
    answers = [peer.deliver(frame) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert {answer.frame.receipt for answer in answers} == {canada.canadas().replica.receipt}
    assert kept(canada) == before


def test_what_comes_after_a_gap_is_accepted_once_the_gap_is_filled(canada: Nodes, peer: WirePeer) -> None:
    held = list(peer.node.disk.out.leaves)
    first, second = peer.envelope("gap-1"), peer.envelope("gap-2")
    later = peer.with_batch(peer.batch_of(second, before=[*held, first.leaf]))
    assert peer.deliver(later).refusal == "channel.position-skipped"
    peer.node.append("gap-1")
    assert peer.converse().status == 200
    assert peer.deliver(later).status == 200
    peer.node.append("gap-2")
    peer.converse()
    assert canada.canadas().replica.size == len(peer.node.disk.out.entries)


def test_a_message_that_expired_on_its_way_is_shown_to_nobody_and_both_sides_know(
    canada: Nodes, peer: WirePeer
) -> None:
    peer.node.now_ms = peer.clock_ms()
    late = peer.message("spontaneous-information", information(1), not_after_ms=peer.node.now_ms - HOUR_MS)
    good = peer.message("spontaneous-information", information(2))
    assert peer.offer(late, good).status == 200
    outcomes = wait_for(
        "both to be handled", lambda: {late.id, good.id} <= (found := canada.canadas().outcomes).keys() and found
    )
    assert outcomes[late.id] == ("expired", "")
    assert outcomes[good.id] == ("filed", "")
    assert late.id not in canada.canadas().effects
    assert canada.canadas().effects[good.id] == 1
    waiting = "SELECT count(*) FROM courier_outbox WHERE kind = 'disposition'"
    wait_for("the disposition", lambda: ask(canada.canada, waiting))


def information(number: int) -> dict[str, object]:
    filled: dict[str, object] = from_india(information_fields(INDIA, CANADA), case=f"IN-2026-{number:06d}")
    return filled


@pytest.mark.parametrize("shift_ms", [DAY_MS, -DAY_MS, HOUR_MS])
def test_a_peer_whose_clock_is_wrong_raises_an_alarm_and_the_exchange_goes_on(
    canada: Nodes, peer: WirePeer, shift_ms: int
) -> None:
    alarms = canada.canadas().alarms["courier.clock-skew"]
    size = canada.canadas().replica.size
    peer.node.now_ms = peer.clock_ms() + shift_ms
    peer.node.append(f"at {shift_ms}")
    assert peer.converse().status == 200
    assert canada.canadas().replica.size == size + 1
    assert canada.canadas().alarms["courier.clock-skew"] > alarms
    peer.node.now_ms = peer.clock_ms()


def test_a_certificate_that_nobody_pinned_gets_no_answer_and_raises_an_alarm(
    canada: Nodes, peer: WirePeer, tmp_path: Path
) -> None:
    before = kept(canada)
    stranger = make_tls_identity(tmp_path, "IN", password="a password of a stranger")
    with pytest.raises(OSError, match=r"(?i)certificate|alert|closed|reset|eof|disconnect"):
        post(canada.canada.channel_port, peer.context(stranger), peer.node.contact())
    assert kept(canada) == before
    wait_for("the alarm", lambda: canada.canadas().alarms["courier.unknown-certificate"])


def test_after_all_these_lies_the_honest_peer_is_served_as_before(canada: Nodes, peer: WirePeer) -> None:
    peer.node.now_ms = peer.clock_ms()
    peer.node.append("at last")
    answer = peer.converse()
    assert answer.status == 200
    assert answer.frame.receipt == canada.canadas().replica.receipt
    assert decode_frame(answer.data).state.in_size == len(peer.node.disk.out.entries)
    assert canada.canadas().mode == "open"
    assert canada.prove() > 0
