"""The judge itself: a checker that finds nothing in a broken run would make every other test worthless."""

import base64
import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from tests.nodes.checker import EntryBook, LogBook, NodeBook, RootsOf, check_pair, note_claim

# RFC 6962 test vectors of the Certificate Transparency project: the root over these eight inputs.
CT_INPUTS = tuple(
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)
CT_ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def entry(number: int, *, party: str) -> EntryBook:
    header, sealed = f"{party} header {number}".encode(), f"{party} sealed {number}".encode()
    made = EntryBook(
        position=number,
        envelope_id=hashlib.sha256(header).digest()[:16],
        leaf=b"",
        header=header,
        sealed=sealed,
        is_handled=True,
    )
    return replace(made, leaf=made.true_leaf)


def log(party: str, peer: str, entries: int) -> LogBook:
    made = tuple(entry(number, party=party) for number in range(entries))
    roots = RootsOf([e.true_leaf for e in made])

    def note(size: int, signer: str) -> bytes:
        return f"accord/1/{party}/{peer}\n{size}\n{base64.b64encode(roots.at(size)).decode()}\n{signer}".encode()

    checkpoints = tuple((size, note(size, party), note(size, peer)) for size in (2, entries))
    return LogBook(
        entries=made, checkpoints=checkpoints, size=entries, receipted_size=entries, receipt=note(entries, peer)
    )


def pair() -> tuple[NodeBook, NodeBook]:
    ours, theirs = log("CA", "IN", 5), log("IN", "CA", 3)
    return book("CA", "IN", ours, theirs), book("IN", "CA", theirs, ours)


def book(party: str, peer: str, own: LogBook, replica: LogBook) -> NodeBook:
    return NodeBook(
        party=party,
        peer=peer,
        mode="open",
        out=own,
        replica=replica,
        released={e.envelope_id: "" for e in own.entries},
        outcomes={e.envelope_id: ("filed", "") for e in replica.entries},
        effects=Counter(e.envelope_id for e in replica.entries),
        alarms=Counter(),
    )


def faults(one: NodeBook, other: NodeBook) -> str:
    verdict = check_pair(one, other)
    assert not verdict.is_clean
    return "\n".join(verdict.faults)


def test_the_roots_are_those_of_the_certificate_transparency_vectors() -> None:
    leaves = [hashlib.sha256(b"\0" + given).digest() for given in CT_INPUTS]
    assert RootsOf(leaves).at(8).hex() == CT_ROOT_OF_8


def test_a_clean_exchange_is_clean() -> None:
    verdict = check_pair(*pair())
    assert verdict.faults == ()
    assert (verdict.filed, verdict.released, verdict.receipts) == (8, 8, 4)


def test_a_lost_message_is_found() -> None:
    ca, ind = pair()
    first = ca.out.entries[1].envelope_id
    outcomes = {key: value for key, value in ind.outcomes.items() if key != first}
    assert "have no outcome" in faults(ca, replace(ind, outcomes=outcomes))


def test_a_filed_message_without_effect_is_found() -> None:
    ca, ind = pair()
    effects = Counter(ind.effects)
    del effects[ca.out.entries[1].envelope_id]
    assert "have no effect" in faults(ca, replace(ind, effects=effects))


def test_a_doubled_effect_is_found() -> None:
    ca, ind = pair()
    effects = Counter(ind.effects)
    effects[ca.out.entries[1].envelope_id] += 1
    assert "had 2 effects" in faults(ca, replace(ind, effects=effects))


def test_an_effect_without_a_leaf_is_found() -> None:
    ca, ind = pair()
    effects = Counter(ind.effects)
    effects[b"nobody sent this"] = 1
    assert "has 0 and 0 leaves" in faults(ca, replace(ind, effects=effects))


def test_an_effect_of_a_refused_message_is_found() -> None:
    ca, ind = pair()
    outcomes = {**ind.outcomes, ca.out.entries[1].envelope_id: ("refused", "law.refuses")}
    assert "is refused but has 1 effects" in faults(ca, replace(ind, outcomes=outcomes))


def test_a_replica_with_other_bytes_is_found() -> None:
    ca, ind = pair()
    altered = replace(ind.replica.entries[2], sealed=b"altered")
    altered = replace(altered, leaf=altered.true_leaf)
    entries = (*ind.replica.entries[:2], altered, *ind.replica.entries[3:])
    found = faults(ca, replace(ind, replica=replace(ind.replica, entries=entries)))
    assert "position 2 differs" in found
    assert "is not over its leaves" in found


def test_a_receipt_that_the_other_side_never_gave_is_found() -> None:
    ca, ind = pair()
    stripped = tuple((size, note, None) for size, note, _ in ind.replica.checkpoints)
    assert "was never given" in faults(ca, replace(ind, replica=replace(ind.replica, checkpoints=stripped)))


def test_another_receipt_over_the_same_size_is_found() -> None:
    ca, ind = pair()
    again = tuple((size, note, (receipt or b"") + b" again") for size, note, receipt in ind.replica.checkpoints)
    assert "differs between the two sides" in faults(ca, replace(ind, replica=replace(ind.replica, checkpoints=again)))


def test_an_unreceipted_end_is_a_fault_only_when_all_is_settled() -> None:
    ca, ind = pair()
    waiting = replace(ca, out=replace(ca.out, receipted_size=2))
    assert "receipts for 2" in faults(waiting, ind)
    assert check_pair(waiting, ind, is_settled=False).is_clean


def test_a_withdrawn_message_is_not_lost() -> None:
    ca, ind = pair()
    released = {**ca.released, b"withdrawn before!": "withdrawn"}
    assert check_pair(replace(ca, released=released), ind).is_clean


@pytest.mark.parametrize("note", [b"", b"origin\nx\nAAAA\n", b"origin\n1\n%%%%\n"])
def test_a_note_that_is_none_is_refused(note: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - three ways to be malformed
        note_claim(note)
