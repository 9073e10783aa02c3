"""Files at the desk: looked at, sealed, listed by digest, sent in parts after a break, and refused in words."""

import base64
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.exchange.models import Attachment, Message
from accord.exchange.services import begin_case
from accord.node.api.limits import UPLOAD_PART_BYTES
from accord.node.api.models import Upload
from tests.desk import Desk, released_request, submitted_request
from tests.desk_pages.conftest import SignIn

NOTE = b"SPECIMEN note\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> None:
    settings.ACCORD_HOME = tmp_path  # type: ignore[attr-defined]


def draft(desk: Desk) -> Message:
    return begin_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields={"language": "en"})


def address(message: Message) -> str:
    return reverse("desk:files", args=[message.pk])


def sent(client: Client, message: Message, name: str, content: bytes, media_type: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type=media_type)
    return client.post(address(message), {"file": file})  # type: ignore[return-value] # the test client's answer


def archive(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def test_a_file_is_attached_without_scripts_and_listed_with_digest_and_type(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    assert sent(client, message, "note.txt", NOTE, "text/plain").status_code == 302
    page = client.get(address(message)).content.decode()
    assert hashlib.sha256(NOTE).hexdigest() in page
    assert "text/plain" in page
    assert "note.txt" in page


def test_the_same_form_sent_twice_attaches_once(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    for _ in range(2):
        assert sent(client, message, "note.txt", NOTE, "text/plain").status_code == 302
    assert message.attachments.count() == 1


def test_a_browser_that_knows_no_type_leaves_the_word_to_the_extension_and_the_content(
    desk: Desk, sign_in: SignIn
) -> None:
    message = draft(desk)
    assert sent(sign_in(desk.liaison), message, "note.csv", b"a,b\n1,2\n", "").status_code == 302
    assert message.attachments.get().media_type == "text/csv"


@pytest.mark.parametrize(
    ("name", "content", "media_type", "code"),
    [
        ("note.pdf", NOTE, "application/pdf", "attachment.content-mismatch"),
        ("note.pdf", NOTE, "text/plain", "attachment.type-mismatch"),
        ("note.exe", b"MZ", "application/octet-stream", "attachment.type-not-allowed"),
        ("all.zip", archive(a=NOTE), "application/zip", "attachment.type-not-allowed"),
        ("note.exe.txt", NOTE, "text/plain", "attachment.name-extension"),
        ("-note.txt", NOTE, "text/plain", "attachment.name-path"),
        ("con.txt", NOTE, "text/plain", "attachment.name-path"),
        ("page.txt", b"<html><script>1</script>", "text/plain", "attachment.active-content"),
        ("empty.txt", b"", "text/plain", "attachment.empty"),
        (
            "macro.docx",
            archive(word__vbaProject=b"x"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "attachment.",
        ),
    ],
)
def test_what_may_not_be_attached_is_refused_in_words(
    desk: Desk, sign_in: SignIn, name: str, content: bytes, media_type: str, code: str
) -> None:
    message = draft(desk)
    answer = sent(sign_in(desk.liaison), message, name, content, media_type)
    page = answer.content.decode()
    assert answer.status_code >= 400
    assert code in page
    assert "What to do:" in page
    assert not message.attachments.exists()


def test_a_file_over_the_limit_is_not_read_to_its_end(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.node.desk.file_upload.ATTACHMENT_BYTES_MAX", 1000)
    message = draft(desk)
    answer = sent(sign_in(desk.liaison), message, "note.txt", b"x" * 70_000, "text/plain")
    assert answer.status_code == 422
    assert b"larger than 50 MB" in answer.content
    assert not message.attachments.exists()


def test_a_form_far_larger_than_any_file_is_refused_at_the_door(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.node.desk.file_upload.FORM_BYTES_MAX", 1000)
    answer = sent(sign_in(desk.liaison), draft(desk), "note.txt", b"x" * 2000, "text/plain")
    assert answer.status_code == 413
    assert b"That is too large" in answer.content


def test_no_unseen_character_of_a_name_is_stored(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    sent(sign_in(desk.liaison), message, "not\u202etxt.txt", NOTE, "text/plain")
    assert [one.name for one in message.attachments.all()] in ([], ["nottxt.txt"])


def test_a_form_without_a_file_says_so(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).post(address(draft(desk)), {})
    assert answer.status_code == 422
    assert b"Choose a file" in answer.content


def test_a_file_is_taken_off_and_a_second_click_harms_nothing(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    sent(client, message, "note.txt", NOTE, "text/plain")
    key = str(message.attachments.get().pk)
    for _ in range(2):
        assert client.post(address(message), {"act": "remove", "file": key}).status_code == 302
    assert not message.attachments.exists()
    assert client.post(address(message), {"act": "remove", "file": "no-key"}).status_code == 404


def test_a_file_put_on_what_waits_makes_it_a_draft_again(desk: Desk, sign_in: SignIn) -> None:
    message, client = submitted_request(desk), sign_in(desk.liaison)
    assert b"becomes a draft again" in client.get(address(message)).content
    sent(client, message, "note.txt", NOTE, "text/plain")
    message.refresh_from_db()
    assert message.state == Message.State.DRAFT


def test_what_left_takes_no_file(desk: Desk, sign_in: SignIn) -> None:
    message = released_request(desk)
    assert sent(sign_in(desk.liaison), message, "note.txt", NOTE, "text/plain").status_code == 409


# --- in parts --------------------------------------------------------------------------------------------------------

LONG = b"SPECIMEN line\n" * (2 * UPLOAD_PART_BYTES // 14)


def begun(client: Client, message: Message, content: bytes = LONG, name: str = "long.txt") -> HttpResponse:
    told = {
        "name": name,
        "size": str(len(content)),
        "type": "text/plain",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return client.post(reverse("desk:upload-begin", args=[message.pk]), told)  # type: ignore[return-value]


def put(client: Client, upload: str, offset: int, content: bytes) -> HttpResponse:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return client.put(  # type: ignore[return-value]
        reverse("desk:upload-part", args=[upload, offset]),
        content,
        content_type="application/octet-stream",
        headers={"Content-Digest": f"sha-256=:{digest}:"},
    )


def part(offset: int) -> bytes:
    return LONG[offset : offset + UPLOAD_PART_BYTES]


def told(answer: HttpResponse) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.content)
    return found


def test_a_file_comes_in_parts_and_goes_on_where_it_stopped(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    first = told(begun(client, message))
    upload = str(first["id"])
    assert first["missing"] == [0, UPLOAD_PART_BYTES]
    put(client, upload, 0, part(0))
    page = client.get(address(message)).content.decode()
    assert "Choose the same file again to go on." in page
    again = told(begun(client, message))
    assert (again["id"], again["missing"]) == (upload, [UPLOAD_PART_BYTES])
    put(client, upload, UPLOAD_PART_BYTES, part(UPLOAD_PART_BYTES))
    assert told(client.get(reverse("desk:upload", args=[upload])))["missing"] == []
    assert client.post(reverse("desk:upload-complete", args=[upload])).status_code == 200
    made = Attachment.objects.get()
    assert bytes(made.sha256) == hashlib.sha256(LONG).digest()
    assert not Upload.objects.exists()


def test_a_part_that_came_damaged_is_refused_in_words(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    upload = str(told(begun(client, message))["id"])
    answer = client.put(
        reverse("desk:upload-part", args=[upload, 0]),
        part(0),
        content_type="application/octet-stream",
        headers={"Content-Digest": "sha-256=:AAAA:"},
    )
    assert answer.status_code == 422
    assert set(told(answer)) == {"sentence", "next_step", "code"}  # type: ignore[arg-type]


def test_a_file_that_claims_another_type_is_refused_when_it_is_whole(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    content = b"<html><script>1</script></html>"
    upload = str(told(begun(client, message, content))["id"])
    put(client, upload, 0, content)
    answer = client.post(reverse("desk:upload-complete", args=[upload]))
    assert told(answer)["code"] == "attachment.active-content"  # type: ignore[arg-type]
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("name", ["../note.txt", "a\u200bb.txt", "note.txt.exe", "x" * 210 + ".txt", ""])
def test_a_hostile_name_is_refused_before_any_byte_comes(desk: Desk, sign_in: SignIn, name: str) -> None:
    answer = begun(sign_in(desk.liaison), draft(desk), name=name)
    assert answer.status_code in {400, 422}
    assert not Upload.objects.exists()


def test_an_upload_is_its_officers_own_and_can_be_given_up(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    upload = str(told(begun(client, message))["id"])
    assert put(sign_in(desk.duty), upload, 0, part(0)).status_code == 404
    assert client.post(address(message), {"act": "give-up", "upload": upload}).status_code == 302
    assert not Upload.objects.exists()


def test_the_name_of_a_file_is_shown_and_never_markup(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    assert sent(client, message, "a&b'c.txt", NOTE, "text/plain").status_code == 302
    page = client.get(address(message)).content.decode()
    assert re.search(r"a&amp;b&#x27;c\.txt", page)


def test_a_file_that_was_refused_whole_is_not_called_begun(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    content = b"<html><script>1</script></html>"
    upload = str(told(begun(client, message, content))["id"])
    put(client, upload, 0, content)
    client.post(reverse("desk:upload-complete", args=[upload]))
    assert not Upload.objects.exists()
    assert "Begun and not complete" not in client.get(address(message)).content.decode()


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("=cmd|calc.txt", "Rename the file"),
        ("note\u202etxt.txt", "Rename the file without this character"),
        ("note.exe.txt", "Rename the file so that it ends with its own type alone"),
        ("big.bin", "Send the content in one of the types allowed"),
    ],
)
def test_a_refused_name_has_a_cure_that_cures_it(desk: Desk, sign_in: SignIn, name: str, cure: str) -> None:
    found = told(begun(sign_in(desk.liaison), draft(desk), name=name))
    words = f"{found['sentence']} {found['next_step']}"
    assert cure in words
    assert "type the word again" not in words
    assert "The field" not in words


def test_without_scripts_it_is_said_under_which_name_a_file_is_attached(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    sent(client, message, "C:\\home\\no\u200bte.txt", NOTE, "text/plain")
    page = client.get(address(message)).content.decode()
    assert f"under the name {message.attachments.get().name}." in page
