"""Attachments: sealed at once, bound to message and envelope, taken out only whole and only after a look."""

import io
from base64 import b64decode
from pathlib import Path
from typing import Any

import msgspec
import pytest

from accord.channel.attachment import verify_chunk
from accord.channel.sealkeys import SealBroken
from accord.courier.chunks import chunk_store
from accord.courier.models import Outbox
from accord.errors import OfficerCanMend
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.inspection import AttachmentRefused
from accord.exchange.kinds.limits import ATTACHMENTS_MAX
from accord.exchange.kinds.request import Request
from accord.exchange.models import Attachment, Message
from accord.officers.permissions import NotPermitted
from accord.release.intake import take_in
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    approved,
    dispositions,
    from_india,
    own_side,
    released_request,
    request_fields,
)

SECRET = b"The drum stood in hall 4.\n" * 50_000


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.ACCORD_HOME = tmp_path


def draft_of(desk: Desk) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    return services.draft_request(desk.liaison, case, request_fields(), own=own_side())


def attached(desk: Desk, message: Message, name: str = "note.txt", content: bytes = SECRET) -> Attachment:
    made = services.attach(desk.liaison, message, name=name, media_type="text/plain", file=io.BytesIO(content))
    message.refresh_from_db()
    return made


def test_no_plain_copy_lies_on_the_disk(desk: Desk, tmp_path: Path) -> None:
    attached(desk, draft_of(desk))
    stored = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert sum(len(content) for content in stored) > len(SECRET)
    assert all(b"hall 4" not in content for content in stored)


def test_the_header_root_covers_every_chunk_of_every_file_in_order(desk: Desk) -> None:
    draft = draft_of(desk)
    attached(desk, draft, "one.txt")
    attached(desk, draft, "two.txt", b"Short.")
    message = approved(desk, services.submit(desk.liaison, draft, version=draft.version))
    services.release(desk.releasing, message)
    outbox = Outbox.objects.get()
    root = bytes(outbox.attachment_root or b"")
    references = msgspec.json.decode(bytes(outbox.payload), type=Request).attachments
    assert [(item.name, item.first_chunk, item.chunk_count) for item in references] == [
        ("one.txt", 0, 2),
        ("two.txt", 2, 1),
    ]
    for index in range(3):
        chunk = chunk_store().chunk(root, index)
        verify_chunk(root, index, 3, chunk.data, chunk.proof)


def test_the_payload_carries_key_and_digest_so_that_the_other_side_can_open_it(desk: Desk) -> None:
    draft = draft_of(desk)
    attachment = attached(desk, draft)
    services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=draft.version)))
    sent = msgspec.json.decode(bytes(Outbox.objects.get().payload), type=Request).attachments[0]
    assert b64decode(sent.key) == bytes(attachment.key)
    assert sent.sha256 == bytes(attachment.sha256).hex()


def test_a_file_is_taken_out_as_it_was_put_in(desk: Desk) -> None:
    draft = draft_of(desk)
    attached(desk, draft, "first.txt", b"First.")
    second = attached(desk, draft)
    services.submit(desk.liaison, draft, version=draft.version)
    second.refresh_from_db()
    with services.take_out(desk.reviewer, second) as file:
        assert file.read() == SECRET


def test_attaching_to_an_approved_message_makes_its_approval_void(desk: Desk) -> None:
    draft = draft_of(desk)
    message = approved(desk, services.submit(desk.liaison, draft, version=draft.version))
    attached(desk, message)
    message.refresh_from_db()
    assert (message.state, message.approval) == (Message.State.DRAFT, None)


def test_a_file_taken_off_before_submission_does_not_leave_and_its_chunks_go(
    desk: Desk, tmp_path: Path, django_capture_on_commit_callbacks: object
) -> None:
    draft = draft_of(desk)
    attachment = attached(desk, draft)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.detach(desk.liaison, attachment)
    draft.refresh_from_db()
    services.release(desk.releasing, approved(desk, services.submit(desk.liaison, draft, version=draft.version)))
    assert Outbox.objects.get().attachment_root is None
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_nothing_is_attached_to_what_has_left(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        attached(desk, released_request(desk))


def test_a_message_takes_so_many_files_and_no_more(desk: Desk) -> None:
    draft = draft_of(desk)
    for number in range(ATTACHMENTS_MAX):
        attached(desk, draft, f"{number}.txt", b"x")
    with pytest.raises(ActRefused) as refused:
        attached(desk, draft, "one-more.txt", b"x")
    assert refused.value.reason_code == "exchange.too-many-attachments"


def test_a_refused_file_leaves_no_row_and_no_chunk(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(AttachmentRefused):
        attached(desk, draft_of(desk), "note.txt", b"<script>x</script>")
    assert not Attachment.objects.exists()
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_only_a_drafter_attaches_and_no_administrator_takes_out(desk: Desk) -> None:
    draft = draft_of(desk)
    with pytest.raises(NotPermitted):
        services.attach(desk.reviewer, draft, name="a.txt", media_type="text/plain", file=io.BytesIO(b"x"))
    with pytest.raises(NotPermitted):
        services.take_out(desk.administrator, attached(desk, draft))


def received_attachment(desk: Desk, *, name: str = "note.txt", content: bytes = SECRET) -> Attachment:
    """Sends a file to India and has it come back as theirs: the chunks are in the one store."""
    draft = draft_of(desk)
    sealed = attached(desk, draft, "note.txt", content)
    services.submit(desk.liaison, draft, version=draft.version)
    draft.refresh_from_db()
    reference = msgspec.json.decode(bytes(draft.approval.payload))["attachments"][0]  # type: ignore[union-attr]
    theirs = from_india(request_fields(INDIA, CANADA), attachments=[{**reference, "name": name}])
    desk.peer.send("request", theirs, attachment_root=bytes(draft.attachment_root or b""))
    take_in(desk.channel)
    assert sealed.pk
    return Attachment.objects.get(message__direction="in")


def test_a_received_file_is_taken_out_when_all_its_chunks_are_here(desk: Desk) -> None:
    attachment = received_attachment(desk)
    assert services.has_arrived(attachment)
    with services.take_out(desk.duty, attachment) as file:
        assert file.read() == SECRET


def test_a_received_file_that_is_not_whole_is_not_taken_out(desk: Desk, tmp_path: Path) -> None:
    attachment = received_attachment(desk)
    (tmp_path / "attachments" / bytes(attachment.root or b"").hex() / "1").unlink()
    assert not services.has_arrived(attachment)
    with pytest.raises(OfficerCanMend):
        services.take_out(desk.duty, attachment)


def test_a_received_chunk_that_was_altered_is_not_taken_out(desk: Desk, tmp_path: Path) -> None:
    attachment = received_attachment(desk)
    chunk = tmp_path / "attachments" / bytes(attachment.root or b"").hex() / "0"
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"\0")
    with pytest.raises(SealBroken):
        services.take_out(desk.duty, attachment)


def test_a_received_file_is_not_believed_to_be_what_it_says(desk: Desk) -> None:
    attachment = received_attachment(desk)
    Attachment.objects.filter(pk=attachment.pk).update(name="note.pdf", media_type="application/pdf")
    attachment.refresh_from_db()
    with pytest.raises(AttachmentRefused):
        services.take_out(desk.duty, attachment)


def test_a_received_file_with_a_path_for_a_name_is_refused_with_its_message(desk: Desk) -> None:
    with pytest.raises(Attachment.DoesNotExist):
        received_attachment(desk, name="../../etc/passwd.txt")
    assert dispositions(desk)[-1][3] == "attachment.name-path"
