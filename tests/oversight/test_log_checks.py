"""Every stored log is checked in one act; what was done to it behind the node's back is named, and raises an alarm."""

from io import BytesIO

import pytest

from accord.channel.evidence import EvidenceBundle
from accord.channel.log_export import verify_log
from accord.courier.erasing import erase_sealed
from accord.courier.evidence import evidence_for
from accord.courier.models import Alarm, Direction, Entry, ErasedEntry, SignedCheckpoint
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from accord.oversight import log_checks
from accord.oversight.log_checks import FoundLog, LogUnknown, advance, begin_check, export_log, last_run
from accord.oversight.models import LogCheck
from tests.channel.logs import roots
from tests.oversight.conftest import Logs


def checked(logs: Logs) -> dict[str, FoundLog]:
    run = begin_check(logs.reviewer)
    assert run is not None
    return {one.owner: one for one in advance(logs.reviewer, run, seconds=60)}


def test_both_logs_hold_and_it_is_said_what_was_read(logs: Logs) -> None:
    logs.write(3, theirs=2)
    found = checked(logs)
    assert {owner: one.check.state for owner, one in found.items()} == {"CA": "holds", "IN": "holds"}
    assert (found["CA"].progress.receipted_size, found["IN"].progress.receipted_size) == (3, 2)
    assert found["CA"].progress.owner_keys
    assert found["CA"].progress.peer_keys == found["IN"].progress.owner_keys
    assert Act.objects.filter(verb="check log").count() == 2
    assert [one.check.pk for one in last_run(logs.reviewer)] == [one.check.pk for one in found.values()]


def test_an_empty_log_holds(logs: Logs) -> None:
    assert {one.check.state for one in checked(logs).values()} == {"holds"}


@pytest.mark.parametrize("column", ["header", "sealed"])
def test_a_bit_that_was_flipped_in_storage_is_found_with_its_position(logs: Logs, column: str) -> None:
    logs.write(4)
    entry = Entry.objects.get(direction=Direction.OUT, position=2)
    content = bytearray(getattr(entry, column))
    content[5] ^= 1
    Entry.objects.filter(pk=entry.pk).update(**{column: bytes(content)})
    found = checked(logs)["CA"]
    assert found.progress.fault is not None
    assert (found.check.state, found.progress.fault.code, found.differing) == ("fails", "changed", (2,))
    alarm = Alarm.objects.get(code="oversight.log-does-not-hold")
    assert alarm.channel == logs.node.channel


def test_a_log_holds_although_bodies_were_erased_and_a_changed_one_is_still_found(logs: Logs) -> None:
    logs.write(4)
    entry = Entry.objects.get(direction=Direction.OUT, position=2)
    assert erase_sealed(entry.envelope_id, direction=Direction.OUT) > 0
    entry.refresh_from_db()
    assert bytes(entry.sealed) == b""
    once = checked(logs)["CA"]
    assert (once.check.state, once.erased) == ("holds", 1)
    exported = b"".join(export_log(logs.reviewer, "IN", Direction.OUT))
    assert verify_log(BytesIO(exported).read, roots()).progress.fault is None
    bundle = EvidenceBundle.decode(evidence_for(entry, discloses_body=True))
    assert (bundle.body, bundle.header) == (None, bytes(entry.header))
    ErasedEntry.objects.update(sealed_digest=bytes(32))
    found = checked(logs)["CA"]
    assert (found.check.state, found.differing) == ("fails", (2,))


def test_a_body_that_is_gone_without_an_erasure_on_record_is_found(logs: Logs) -> None:
    logs.write(3)
    Entry.objects.filter(direction=Direction.OUT, position=1).update(sealed=b"")
    assert checked(logs)["CA"].differing == (1,)


def test_a_dropped_entry_and_a_dropped_end_are_missed(logs: Logs) -> None:
    logs.write(2)
    logs.write(2)
    Entry.objects.filter(direction=Direction.OUT, position=1).delete()
    fault = checked(logs)["CA"].progress.fault
    assert fault is not None
    assert fault.code == "changed"


def test_a_head_that_vanishes_during_a_check_is_a_log_that_ends_too_early(logs: Logs) -> None:
    logs.write(2)
    logs.write(2)
    run = begin_check(logs.reviewer)
    assert run is not None
    SignedCheckpoint.objects.filter(direction=Direction.OUT, size=4).delete()
    found = {one.owner: one for one in advance(logs.reviewer, run, seconds=60)}
    fault = found["CA"].progress.fault
    assert fault is not None
    assert fault.sentence == "Entries 2 to 3 of the log of CA towards IN are missing."


def test_a_history_that_the_node_itself_signed_anew_is_not_the_one_that_was_cosigned(logs: Logs) -> None:
    from accord.channel.checkpoint import Checkpoint, sign_checkpoint, unverified_checkpoint
    from accord.channel.merkle import EMPTY_FRONTIER, entry_leaf
    from tests.channel.specimens import specimen

    logs.write(3)
    entry = Entry.objects.get(direction=Direction.OUT, position=0)
    Entry.objects.filter(pk=entry.pk).update(sealed=b"another body")
    rows = Entry.objects.filter(direction=Direction.OUT).order_by("position").values_list("header", "sealed")
    leaves = [entry_leaf(bytes(header), bytes(sealed)) for header, sealed in rows]
    old = SignedCheckpoint.objects.get(direction=Direction.OUT, size=3)
    stated = unverified_checkpoint(bytes(old.note))
    frontier, _ = EMPTY_FRONTIER.append(leaves)
    rewritten = Checkpoint(
        owner="CA", peer="IN", size=3, root=frontier.root, epoch=stated.epoch, time_ms=stated.time_ms
    )
    SignedCheckpoint.objects.filter(pk=old.pk).update(note=sign_checkpoint(rewritten, specimen("CA").sign))
    fault = checked(logs)["CA"].progress.fault
    assert fault is not None
    assert fault.code == "other-receipt"


def test_a_long_log_is_read_in_slices_and_two_pages_do_not_count_twice(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        logs.write(2)
    run = begin_check(logs.reviewer)
    assert run is not None
    first = {one.owner: one for one in advance(logs.reviewer, run, seconds=0)}["CA"]
    assert (first.check.state, first.check.done, first.percent) == ("running", 2, 33)
    stale = LogCheck.objects.get(pk=first.check.pk)
    advance(logs.reviewer, run, seconds=0)
    log_checks._read_on(stale, 0, now=None)
    assert LogCheck.objects.get(pk=stale.pk).done == 4
    last = {one.owner: one for one in advance(logs.reviewer, run, seconds=60)}["CA"]
    assert (last.check.state, last.progress.size) == ("holds", 6)


def test_an_export_is_checked_without_the_node(logs: Logs) -> None:
    logs.write(5, theirs=1)
    for direction, owner, size in ((Direction.OUT, "CA", 5), (Direction.IN, "IN", 1)):
        data = b"".join(export_log(logs.reviewer, "IN", direction))
        found = verify_log(BytesIO(data).read, roots())
        assert found.title is not None
        assert (found.ok, found.title.owner, found.progress.receipted_size) == (True, owner, size)
    assert Act.objects.filter(verb="export log").count() == 2
    with pytest.raises(LogUnknown):
        export_log(logs.reviewer, "XX", Direction.OUT)


def test_who_may_not_read_the_record_checks_and_exports_nothing(logs: Logs) -> None:
    run = begin_check(logs.reviewer)
    assert run is not None
    for act in (
        lambda: begin_check(logs.administrator),
        lambda: advance(logs.administrator, run),
        lambda: last_run(logs.administrator),
        lambda: export_log(logs.administrator, "IN", Direction.OUT),
    ):
        with pytest.raises(NotPermitted):
            act()
