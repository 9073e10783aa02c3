"""Parcels: the same frames in a file; twice, late, cut, or beside the network, the result is the same."""

from pathlib import Path

import pytest

from accord.channel.parcel import parcel_frames, write_parcel
from accord.courier.machine import forget_meetings
from accord.courier.models import Direction, Entry, Outbox, OutboxState
from accord.courier.parcel import export_parcel, import_parcel
from accord.errors import OfficerCanMend
from tests.simulators.paired_node import PairedNode


def deliver(met: PairedNode, file: Path) -> list[bytes]:
    """Carries a parcel to the peer and returns its answers."""
    with file.open("rb") as stream:
        return [met.peer.receive(frame, is_live=False) for frame in parcel_frames(stream.read)]


def answer_parcel(file: Path, frames: list[bytes]) -> Path:
    file.write_bytes(write_parcel(frames))
    return file


def test_what_waits_travels_in_a_file_and_the_receipt_comes_back_in_another(met: PairedNode, tmp_path: Path) -> None:
    rows = met.enqueue(3)
    report = export_parcel(met.channel.pk, tmp_path / "out.parcel")
    assert (report.frames, report.entries) == (1, 3)
    answers = deliver(met, tmp_path / "out.parcel")
    assert met.peer_ids() == [row.envelope_id for row in rows]
    back = import_parcel(met.channel.pk, answer_parcel(tmp_path / "in.parcel", answers))
    assert (back.receipted_size, back.refused, back.is_whole) == (3, (), True)


def test_a_parcel_imported_twice_has_the_effect_of_once(met: PairedNode, tmp_path: Path) -> None:
    met.peer.append("one", "two")
    file = answer_parcel(tmp_path / "in.parcel", [met.peer.contact()])
    assert import_parcel(met.channel.pk, file).entries == 2
    assert import_parcel(met.channel.pk, file).entries == 0
    assert Entry.objects.filter(direction=Direction.IN).count() == 2


def test_parcels_out_of_order_are_refused_one_by_one_and_accepted_in_order(met: PairedNode, tmp_path: Path) -> None:
    met.peer.append("one")
    first = met.peer.contact(start=0)
    met.peer.append("two")
    second = met.peer.contact(start=1)
    report = import_parcel(met.channel.pk, answer_parcel(tmp_path / "a.parcel", [second, first]))
    assert (report.entries, [one.code for one in report.refused]) == (1, ["channel.position-skipped"])
    assert import_parcel(met.channel.pk, answer_parcel(tmp_path / "b.parcel", [second])).entries == 1


def test_a_parcel_that_the_network_overtook_changes_nothing(met: PairedNode, tmp_path: Path) -> None:
    met.enqueue(2)
    export_parcel(met.channel.pk, tmp_path / "out.parcel")
    met.flush()
    assert met.now().out_receipted_size == 2
    deliver(met, tmp_path / "out.parcel")
    assert len(met.peer_ids()) == 2


def test_a_cut_parcel_is_used_as_far_as_it_holds(met: PairedNode, tmp_path: Path) -> None:
    met.peer.append("one")
    first = met.peer.contact(start=0)
    met.peer.append("two")
    file = answer_parcel(tmp_path / "in.parcel", [first, met.peer.contact(start=1)])
    file.write_bytes(file.read_bytes()[:-500])
    report = import_parcel(met.channel.pk, file)
    assert (report.entries, report.is_whole) == (1, False)
    assert len(report.refused) == 1


@pytest.mark.parametrize(
    "content", [b"", b"ACCORDPARCEL1\n", b"PK\x03\x04 not a parcel", b"ACCORDPARCEL1\n" + bytes(40)]
)
def test_a_file_that_is_no_parcel_is_reported_and_stores_nothing(
    met: PairedNode, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "in.parcel"
    file.write_bytes(content)
    report = import_parcel(met.channel.pk, file)
    assert (report.entries, report.is_whole) == (0, False)


def test_a_parcel_for_another_node_is_refused(met: PairedNode, tmp_path: Path) -> None:
    from tests.simulators.stored_node import pair

    stranger, _ = pair("IN", "FR")
    stranger.append("not for us")
    report = import_parcel(met.channel.pk, answer_parcel(tmp_path / "in.parcel", [stranger.contact()]))
    assert [one.code for one in report.refused] == ["channel.misaddressed"]
    assert Entry.objects.count() == 0


def test_an_existing_file_is_not_overwritten(met: PairedNode, tmp_path: Path) -> None:
    (tmp_path / "out.parcel").write_bytes(b"somebody's file")
    with pytest.raises(OfficerCanMend):
        export_parcel(met.channel.pk, tmp_path / "out.parcel")
    assert (tmp_path / "out.parcel").read_bytes() == b"somebody's file"


def test_a_node_that_never_heard_its_peer_appends_only_when_its_operator_says_so(
    paired: PairedNode, tmp_path: Path
) -> None:
    from accord.errors import NotAvailableNow

    paired.enqueue()
    with pytest.raises(NotAvailableNow):
        export_parcel(paired.channel.pk, tmp_path / "a.parcel")
    assert not (tmp_path / "a.parcel").exists()
    assert export_parcel(paired.channel.pk, tmp_path / "b.parcel", is_unmet=True).entries == 1
    assert Outbox.objects.get().state == OutboxState.FLUSHED


def test_an_old_parcel_does_not_count_as_having_met(met: PairedNode, tmp_path: Path) -> None:
    frame = met.peer.contact()
    forget_meetings()
    import_parcel(met.channel.pk, answer_parcel(tmp_path / "in.parcel", [frame]))
    met.enqueue()
    assert met.flush().appended == 0


def test_more_than_one_batch_fits_into_a_parcel(met: PairedNode, tmp_path: Path) -> None:
    met.enqueue(600)
    report = export_parcel(met.channel.pk, tmp_path / "out.parcel")
    assert (report.frames, report.entries) == (3, 600)
    deliver(met, tmp_path / "out.parcel")
    assert len(met.peer_ids()) == 600


def test_attachments_travel_in_the_parcel_of_their_message(met: PairedNode, tmp_path: Path) -> None:
    from accord.channel.frames import decode_frame
    from accord.courier.chunks import chunk_store
    from tests.courier.test_attachments import MIB, content_of, sealed_file

    root = sealed_file(chunk_store(), content_of(2 * MIB))
    met.enqueue(attachment_root=root)
    export_parcel(met.channel.pk, tmp_path / "out.parcel")
    with (tmp_path / "out.parcel").open("rb") as stream:
        frames = [decode_frame(frame) for frame in parcel_frames(stream.read)]
    assert frames[0].batch is not None
    assert [chunk.index for frame in frames for chunk in frame.chunks] == list(range(chunk_store().count(root)))
