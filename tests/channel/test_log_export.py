"""A whole log is checked against what was signed; whatever was done to it is said in one plain sentence."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.channel.keys import SigningKey
from accord.channel.log_export import LogPart, agreement_between, is_log_export, read_title, verify_log
from accord.channel.log_reading import FAULTS, LogProgress
from tests.channel.logs import exported, header_of, parts_of, reading, roots
from tests.channel.specimens import NOW_MS, seed, specimen

STRANGER = SigningKey.from_seed(seed("a stranger", 64))
BATCHES = (1, 4, 3, 2)


@pytest.fixture(scope="module")
def parts() -> list[LogPart]:
    return list(parts_of(BATCHES))


def verdict(data: bytes) -> tuple[str | None, str]:
    found = verify_log(reading(data), roots())
    fault = found.progress.fault
    return (None, "") if fault is None else (fault.code, fault.sentence)


def test_a_whole_log_holds_and_says_what_was_read(parts: list[LogPart]) -> None:
    data = exported(parts)
    assert is_log_export(data)
    found = verify_log(reading(data), roots())
    done = found.progress
    assert (found.ok, found.reason, done.size, done.heads, done.receipts) == (True, None, 10, 4, 4)
    assert (done.receipted_size, done.waiting, done.head_time_ms) == (10, 0, NOW_MS + 10)
    assert done.receipt_time_ms == NOW_MS + 1000
    assert done.owner_keys == (specimen("CA").sign.public.key_id.hex(),)
    assert done.peer_keys == (specimen("IN").sign.public.key_id.hex(),)
    assert read_title(reading(data)).size == 10


def test_an_empty_log_holds() -> None:
    found = verify_log(reading(exported([])), roots())
    assert (found.ok, found.progress.size) == (True, 0)


def test_newer_entries_that_wait_for_their_receipt_are_counted_and_no_fault() -> None:
    found = verify_log(reading(exported(parts_of(BATCHES, receipted=lambda size: size <= 5))), roots())
    assert (found.ok, found.progress.receipted_size, found.progress.waiting) == (True, 5, 5)


def test_a_log_of_which_the_peer_cosigned_nothing_proves_nothing() -> None:
    assert verdict(exported(parts_of(BATCHES, receipted=lambda _: False)))[0] == "not-cosigned"


def test_one_changed_header_is_named_by_its_stretch(parts: list[LogPart]) -> None:
    changed = [*parts]
    changed[1] = replace(parts[1], headers=(*parts[1].headers[:-1], header_of(99)))
    assert verdict(exported(changed)) == (
        "changed",
        "The entries 1 to 4 are not those that CA signed: one was changed, left out or added.",
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_flipped_bit_anywhere_is_overlooked(parts: list[LogPart], data: st.DataObject) -> None:
    content = bytearray(exported(parts))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    code, sentence = verdict(bytes(content))
    assert code in FAULTS
    assert sentence.endswith(".")


def test_a_dropped_entry_and_a_dropped_stretch_are_missed(parts: list[LogPart]) -> None:
    shorter = replace(parts[1], headers=parts[1].headers[1:], digests=parts[1].digests[1:])
    assert verdict(exported([parts[0], shorter, *parts[2:]]))[0] == "changed"
    code, sentence = verdict(exported([parts[0], *parts[2:]]))
    assert (code, sentence) == ("missing", "Entries 1 to 4 of the log of CA towards IN are missing.")
    assert verdict(exported(parts[:-1], size=10))[0] == "missing"


def test_two_entries_in_another_order_are_no_log_that_was_signed(parts: list[LogPart]) -> None:
    swapped = replace(parts[1], headers=parts[1].headers[::-1], digests=parts[1].digests[::-1])
    assert verdict(exported([parts[0], swapped, *parts[2:]]))[0] == "changed"


def test_a_history_rewritten_by_its_owner_is_not_the_one_that_was_cosigned(parts: list[LogPart]) -> None:
    rewritten = list(parts_of(BATCHES, label=lambda n: "other" if n >= 5 else ""))
    with_old_receipts = [replace(new, receipt=old.receipt) for new, old in zip(rewritten, parts, strict=True)]
    code, sentence = verdict(exported(with_old_receipts))
    assert code == "other-receipt"
    assert "rewritten" in sentence


def test_keys_that_no_root_named_sign_nothing(parts: list[LogPart]) -> None:
    assert verdict(exported(parts_of(BATCHES, owner_key=STRANGER)))[0] == "owner-signature"
    assert verdict(exported(parts_of(BATCHES, peer_key=STRANGER)))[0] == "peer-signature"


def test_another_root_and_a_missing_root_are_told_apart(parts: list[LogPart]) -> None:
    data = exported(parts)
    other = verify_log(reading(data), {**roots(), "IN": STRANGER.public})
    assert other.progress.fault is not None
    assert (other.progress.fault.code, other.progress.fault.named["party"]) == ("keysets", "IN")
    nobody = verify_log(reading(data), {"CA": roots()["CA"]})
    assert nobody.reason == "No root key of IN was given, so nothing signed by IN can be believed."


def test_a_file_cut_short_and_bytes_behind_it_are_refused(parts: list[LogPart]) -> None:
    data = exported(parts)
    for cut in (0, 5, 11, 200, len(data) - 1):
        assert verdict(data[:cut])[0] == "unreadable"
    assert verdict(data + b"x")[0] == "unreadable"
    damaged = data[:-1] + bytes([data[-1] ^ 1])
    assert verdict(damaged)[0] == "damaged"


def test_a_log_that_was_seen_before_is_known_again_or_is_another_history(parts: list[LogPart]) -> None:
    seen = verify_log(reading(exported(parts[:2])), roots()).progress
    again = verify_log(reading(exported(parts)), roots(), marks={5: seen.frontier.root})
    assert (again.ok, again.progress.marks_seen) == (True, (5,))
    fork = exported(parts_of((2, 4, 4), label=lambda n: "fork" if n == 3 else ""))
    assert verdict(fork) == (None, "")
    fault = agreement_between(5, seen.frontier.root, reading(fork), roots())
    assert fault is not None
    assert (fault.code, fault.named["size"]) == ("other-history", 5)


def test_progress_is_told_as_the_log_is_read(parts: list[LogPart]) -> None:
    sizes: list[int] = []

    def told(done: LogProgress) -> None:
        sizes.append(done.size)

    verify_log(reading(exported(parts)), roots(), told=told)
    assert sizes == [1, 5, 8, 10]
