"""Files go in by their digest and come out as foreign files; what could act is refused."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.http import HttpResponse

from accord.exchange.inspection import ATTACHMENT_BYTES_MAX
from accord.exchange.models import Attachment
from accord.officers.permissions import Role
from tests.api.conftest import Caller
from tests.api.story import drafted

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]

TEXT = b"The consignment note, transcribed.\n"


def _put(
    caller: Caller,
    message_id: str,
    content: bytes,
    *,
    name: str = "note.txt",
    media_type: str = "text/plain",
    sha256: str | None = None,
) -> HttpResponse:
    digest = sha256 or hashlib.sha256(content).hexdigest()
    return caller.client.put(
        f"/api/v1/messages/{message_id}/attachments/{digest}",
        data=content,
        content_type=media_type,
        headers={"Authorization": f"Bearer {caller.secret}"},
        query_params={"name": name},
    )


def _download(caller: Caller, attachment_id: str) -> tuple[HttpResponse, bytes]:
    answer = caller.get(f"/attachments/{attachment_id}/content")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer, body


def test_a_file_comes_out_as_it_went_in_and_no_browser_shows_it(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)

    made = _put(liaison, draft["id"], TEXT)
    answer, body = _download(callers[Role.RELEASING], made.json()["id"])

    assert made.status_code == 200, made.content
    assert body == TEXT
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="note.txt"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_put_twice_is_attached_once(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)

    ids = {_put(liaison, draft["id"], TEXT).json()["id"] for _ in range(2)}

    assert len(ids) == 1
    assert Attachment.objects.count() == 1


def test_a_file_that_is_not_the_one_named_is_refused(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)

    answer = _put(liaison, draft["id"], TEXT, sha256="0" * 64)

    assert (answer.status_code, answer.json()["code"]) == (422, "attachment.digest-differs")
    assert not Attachment.objects.exists()


def test_a_file_over_the_limit_is_refused_by_its_declared_size(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)

    answer = liaison.client.generic(
        "PUT",
        f"/api/v1/messages/{draft['id']}/attachments/{'0' * 64}?name=a.txt",
        b"",
        headers={"Authorization": f"Bearer {liaison.secret}"},
        CONTENT_LENGTH=str(ATTACHMENT_BYTES_MAX + 1),
    )

    assert answer.status_code == 413


def _office(**parts: bytes) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        package.writestr("word/document.xml", b"<document/>")
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return file.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "name", "media_type", "code"),
    [
        (TEXT, "../../etc/passwd.txt", "text/plain", "attachment.name-path"),
        (TEXT, "..\\evil.txt", "text/plain", "attachment.name-path"),
        (TEXT, "nul.txt", "text/plain", "attachment.name-path"),
        (TEXT, "note.exe.txt", "text/plain", "attachment.name-extension"),
        (TEXT, "note\u202etxt.exe", "text/plain", "text.refused-character"),
        (TEXT, "note.pdf", "application/pdf", "attachment.content-mismatch"),
        (TEXT, "note.pdf", "text/plain", "attachment.type-mismatch"),
        (b"<script>alert(1)</script>", "note.txt", "text/plain", "attachment.active-content"),
        (b"a,=cmd()|x", "t.csv", "text/csv", "attachment.active-content"),
        (_office(word__vbaProject=b"macro"), "m.docx", DOCX, "attachment.active-content"),
        (_office(word__big=bytes(30 * 1024 * 1024)), "bomb.docx", DOCX, "attachment.archive-bomb"),
        (TEXT, "note\x00.txt", "text/plain", "text.refused-character"),
    ],
    ids=[
        "a path",
        "a path of another system",
        "a device",
        "a second extension",
        "a reordered name",
        "no PDF",
        "another type declared",
        "a script",
        "a formula",
        "a macro",
        "an archive bomb",
        "a NUL",
    ],
)
def test_a_file_that_tries_a_trick_is_refused_and_nothing_is_stored(
    callers: CallersByRole, home: Path, content: bytes, name: str, media_type: str, code: str
) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)

    answer = _put(liaison, draft["id"], content, name=name, media_type=media_type)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Attachment.objects.exists()
    assert not [file for file in home.rglob("*") if file.is_file()]


def test_a_type_that_is_never_attached_is_refused_before_the_body_is_read(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)

    answer = _put(liaison, draft["id"], b"MZ", name="a.exe", media_type="application/x-msdownload")

    assert (answer.status_code, answer.json()["code"]) == (415, "attachment.type-not-allowed")


def test_a_file_attached_after_submission_makes_it_a_draft_again(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)
    liaison.post(f"/messages/{draft['id']}/submit", {"version": 1})

    made = _put(liaison, draft["id"], TEXT)

    assert liaison.get(f"/messages/{draft['id']}").json()["state"] == "draft"
    taken_off = liaison.delete(f"/attachments/{made.json()['id']}")
    assert (taken_off.status_code, taken_off.content) == (204, b"")
    assert liaison.get(f"/messages/{draft['id']}").json()["attachments"] == []
    assert liaison.delete(f"/attachments/{made.json()['id']}").status_code == 404


def test_a_file_travels_in_the_payload_by_its_digest_only(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    draft = drafted(liaison)
    _put(liaison, draft["id"], TEXT)

    payload = liaison.get(f"/messages/{draft['id']}/check").json()["payload"]

    assert hashlib.sha256(TEXT).hexdigest() in payload
    assert "transcribed" not in payload


@pytest.mark.parametrize(
    ("asked", "body", "span"),
    [
        ("bytes=0-2", b"The", "bytes 0-2/35"),
        ("bytes=4-", b"consignment note, transcribed.\n", "bytes 4-34/35"),
        ("bytes=-4", b"ed.\n", "bytes 31-34/35"),
        ("bytes=30-999", b"bed.\n", "bytes 30-34/35"),
    ],
)
def test_a_range_of_a_file_goes_on_where_a_download_stopped(
    callers: CallersByRole, asked: str, body: bytes, span: str
) -> None:
    liaison = callers[Role.LIAISON]
    made = _put(liaison, drafted(liaison)["id"], TEXT).json()

    answer = liaison.client.get(f"/api/v1/attachments/{made['id']}/content", headers=_range(liaison, asked))

    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, body)
    assert answer.headers["Content-Range"] == span
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.headers["ETag"] == f'"{made["sha256"]}"'
    assert answer.headers["Content-Disposition"] == 'attachment; filename="note.txt"'


def _range(caller: Caller, asked: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.secret}", "Range": asked, **headers}


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=5-2", "bytes=x-y"])
def test_what_is_no_single_range_is_answered_with_the_whole_file(callers: CallersByRole, asked: str) -> None:
    liaison = callers[Role.LIAISON]
    made = _put(liaison, drafted(liaison)["id"], TEXT).json()

    answer = liaison.client.get(f"/api/v1/attachments/{made['id']}/content", headers=_range(liaison, asked))

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, TEXT)
    answer.close()


def test_a_range_of_another_file_is_answered_with_the_whole_one(callers: CallersByRole) -> None:
    liaison = callers[Role.LIAISON]
    made = _put(liaison, drafted(liaison)["id"], TEXT).json()
    headers = _range(liaison, "bytes=0-2", **{"If-Range": f'"{"0" * 64}"'})

    answer = liaison.client.get(f"/api/v1/attachments/{made['id']}/content", headers=headers)

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, TEXT)
    answer.close()


@pytest.mark.parametrize("asked", ["bytes=35-", "bytes=99-100", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_size(callers: CallersByRole, asked: str) -> None:
    liaison = callers[Role.LIAISON]
    made = _put(liaison, drafted(liaison)["id"], TEXT).json()

    answer = liaison.client.get(f"/api/v1/attachments/{made['id']}/content", headers=_range(liaison, asked))

    assert (answer.status_code, answer.json()["code"]) == (416, "api.range-refused")
    assert answer.headers["Content-Range"] == "bytes */35"
