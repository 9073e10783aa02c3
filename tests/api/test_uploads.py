"""A file in parts: goes on after a break, is attached whole or not at all, and leaves nothing behind."""

import base64
import hashlib
import os
import random
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from accord.exchange.models import Attachment
from accord.node.api import upload_acts
from accord.node.api.limits import UPLOAD_PART_BYTES as PART
from accord.node.api.limits import UPLOADS_OPEN_MAX
from accord.node.api.models import Upload, UploadPart
from accord.node.api.upload_store import STRAY_SECONDS
from accord.officers.models import Officer
from accord.officers.permissions import Role
from tests.api.conftest import Caller, CallerOf
from tests.api.story import drafted, received_request

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]

FILE = b"".join(b"line %07d of the consignment note\n" % number for number in range(65_000))
assert 2 * PART < len(FILE) < 3 * PART


@pytest.fixture
def liaison(callers: CallersByRole) -> Caller:
    return callers[Role.LIAISON]


@pytest.fixture
def draft_id(liaison: Caller) -> str:
    return str(drafted(liaison)["id"])


def _declared(content: bytes = FILE, **changes: object) -> dict[str, object]:
    return {
        "name": "note.txt",
        "size_bytes": len(content),
        "media_type": "text/plain",
        "sha256": hashlib.sha256(content).hexdigest(),
        **changes,
    }


def _begun(caller: Caller, draft_id: str, **changes: object) -> str:
    answer = caller.post(f"/messages/{draft_id}/uploads", _declared(**changes))
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def _put(caller: Caller, upload: str, offset: int, content: bytes, *, digest: bytes | None = None) -> HttpResponse:
    word = base64.b64encode(digest or hashlib.sha256(content).digest()).decode()
    return caller.put(
        f"/uploads/{upload}/parts/{offset}",
        content,
        content_type="application/octet-stream",
        **{"Content-Digest": f"sha-256=:{word}:"},
    )


def _part(offset: int) -> bytes:
    return FILE[offset : offset + PART]


def _files() -> list[str]:
    folder = settings.ACCORD_HOME / "uploads"
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_file_in_parts_in_any_order_is_attached_as_it_was(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    for offset in (2 * PART, 0, PART):
        assert _put(liaison, upload, offset, _part(offset)).status_code == 200

    made = liaison.post(f"/uploads/{upload}/complete")
    answer = liaison.get(f"/attachments/{made.json()['id']}/content")

    assert (made.status_code, made.json()["sha256"]) == (200, hashlib.sha256(FILE).hexdigest())
    assert b"".join(answer.streaming_content) == FILE
    answer.close()


def test_an_upload_goes_on_where_a_broken_connection_left_it(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    _put(liaison, upload, 0, _part(0))
    broken = _put(liaison, upload, PART, _part(PART)[:1000], digest=hashlib.sha256(_part(PART)).digest())

    shown = liaison.get(f"/uploads/{upload}").json()

    assert (broken.status_code, broken.json()["code"]) == (422, "api.upload-part-size")
    assert broken.json()["fields"] == {"received_bytes": 1000, "due_bytes": PART}
    assert (shown["received_bytes"], shown["missing"], shown["part_bytes"]) == (PART, [PART, 2 * PART], PART)
    early = liaison.post(f"/uploads/{upload}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "api.upload-incomplete")
    assert early.json()["fields"]["missing"] == [PART, 2 * PART]
    for offset in shown["missing"]:
        _put(liaison, upload, offset, _part(offset))
    assert liaison.post(f"/uploads/{upload}/complete").status_code == 200


def test_a_part_put_twice_is_stored_once_and_other_bytes_never_take_its_place(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    again = [_put(liaison, upload, 0, _part(0)).status_code for _ in range(2)]
    other = _put(liaison, upload, 0, _part(0)[::-1])

    assert again == [200, 200]
    assert (other.status_code, other.json()["code"]) == (409, "api.upload-part-differs")
    assert UploadPart.objects.count() == len(_files()) == 1


def test_a_part_with_another_digest_is_not_stored(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)

    answer = _put(liaison, upload, 0, _part(0), digest=bytes(32))

    assert (answer.status_code, answer.json()["code"]) == (422, "attachment.digest-differs")
    assert (UploadPart.objects.count(), _files()) == (0, [])


@pytest.mark.parametrize("header", [{}, {"Content-Digest": "sha-256=:x:"}, {"Content-Digest": "md5=:AAAA:"}])
def test_a_part_without_a_digest_is_refused(liaison: Caller, draft_id: str, header: dict[str, str]) -> None:
    upload = _begun(liaison, draft_id)

    answer = liaison.put(f"/uploads/{upload}/parts/0", _part(0), content_type="application/octet-stream", **header)

    assert (answer.status_code, answer.json()["code"]) == (422, "api.invalid")
    assert not UploadPart.objects.exists()


@pytest.mark.parametrize("offset", [1, PART - 1, PART + 1, 3 * PART, 40 * PART])
def test_a_part_at_a_place_where_none_begins_is_refused(liaison: Caller, draft_id: str, offset: int) -> None:
    answer = _put(liaison, _begun(liaison, draft_id), offset, _part(0))

    assert (answer.status_code, answer.json()["code"]) == (422, "api.upload-offset")


def test_more_bytes_than_declared_are_refused(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)

    longer = _put(liaison, upload, 2 * PART, _part(2 * PART) + b"x")
    huge = _put(liaison, upload, 0, bytes(PART + 1))

    assert (longer.status_code, longer.json()["code"]) == (422, "api.upload-part-size")
    assert (huge.status_code, huge.json()["code"]) == (413, "api.too-large")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size_bytes": 50 * 1024 * 1024 + 1}, "api.invalid"),
        ({"size_bytes": 0}, "api.invalid"),
        ({"media_type": "application/zip", "name": "a.zip"}, "api.invalid"),
        ({"name": "note.pdf"}, "attachment.type-mismatch"),
        ({"name": "../../etc/passwd.txt"}, "attachment.name-path"),
        ({"sha256": "zz"}, "api.invalid"),
    ],
)
def test_what_may_not_be_attached_is_refused_before_a_byte_is_sent(
    liaison: Caller, draft_id: str, changes: dict[str, object], code: str
) -> None:
    answer = liaison.post(f"/messages/{draft_id}/uploads", _declared(**changes))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Upload.objects.exists()


def test_a_whole_that_is_not_the_declared_file_is_not_attached(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id, sha256="0" * 64)
    for offset in (0, PART, 2 * PART):
        _put(liaison, upload, offset, _part(offset))

    answer = liaison.post(f"/uploads/{upload}/complete")

    assert (answer.status_code, answer.json()["code"]) == (422, "attachment.digest-differs")
    assert not Attachment.objects.exists()


def test_a_file_that_is_not_what_it_says_is_refused_when_it_is_whole(liaison: Caller, draft_id: str) -> None:
    script = b"<!doctype html><script>alert(1)</script>"
    declared = _declared(script)
    upload = liaison.post(f"/messages/{draft_id}/uploads", declared).json()["id"]
    _put(liaison, upload, 0, script)

    answer = liaison.post(f"/uploads/{upload}/complete")

    assert (answer.status_code, answer.json()["code"]) == (422, "attachment.active-content")
    assert not Attachment.objects.exists()


def test_nothing_of_an_upload_is_part_of_its_message_before_it_is_complete(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    _put(liaison, upload, 0, _part(0))

    shown = liaison.get(f"/messages/{draft_id}").json()

    assert (shown["attachments"], shown["version"]) == ([], 1)
    assert liaison.post(f"/messages/{draft_id}/submit", {"version": 1}).status_code == 200


def test_parts_lie_sealed_on_the_disk(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    _put(liaison, upload, 0, _part(0))

    (file,) = [path for path in (settings.ACCORD_HOME / "uploads").rglob("*") if path.is_file()]

    assert b"consignment" not in file.read_bytes()
    assert b"note.txt" not in str(file).encode()


def test_a_part_that_was_altered_on_the_disk_is_never_attached(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    for offset in (0, PART, 2 * PART):
        _put(liaison, upload, offset, _part(offset))
    file = settings.ACCORD_HOME / "uploads" / _files()[0]
    file.write_bytes(file.read_bytes()[:-1] + b"\0")

    answer = liaison.post(f"/uploads/{upload}/complete")

    assert (answer.status_code, answer.json()["code"]) == (500, "api.upload-damaged")
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_completed_or_given_up_leaves_nothing_on_the_disk(liaison: Caller, draft_id: str) -> None:
    whole, given_up = _begun(liaison, draft_id), _begun(liaison, draft_id)
    for offset in (0, PART, 2 * PART):
        _put(liaison, whole, offset, _part(offset))
    _put(liaison, given_up, 0, _part(0))

    assert liaison.post(f"/uploads/{whole}/complete").status_code == 200
    gone = liaison.delete(f"/uploads/{given_up}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert (_files(), Upload.objects.count()) == ([], 0)
    assert liaison.get(f"/uploads/{given_up}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_abandoned_upload_ends_after_a_day_with_all_its_parts(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    _put(liaison, upload, 0, _part(0))
    stray = settings.ACCORD_HOME / "uploads" / ("0" * 32)
    stray.mkdir()
    long_ago = timezone.now().timestamp() - STRAY_SECONDS - 1
    os.utime(stray, (long_ago, long_ago))
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    late = _put(liaison, upload, PART, _part(PART))
    ended = upload_acts.forget_expired_uploads()

    assert late.status_code == liaison.get(f"/uploads/{upload}").status_code == 404
    assert (ended, _files(), stray.exists()) == (1, [], False)


def test_an_upload_is_its_officers_own(
    liaison: Caller, draft_id: str, officers: dict[Role, Officer], caller_of: CallerOf
) -> None:
    upload = _begun(liaison, draft_id)
    colleague = caller_of(officers[Role.DUTY])

    statuses = {
        colleague.get(f"/uploads/{upload}").status_code,
        _put(colleague, upload, 0, _part(0)).status_code,
        colleague.post(f"/uploads/{upload}/complete").status_code,
        colleague.delete(f"/uploads/{upload}").status_code,
    }

    assert statuses == {404}
    assert Upload.objects.count() == 1


def test_an_upload_begins_only_on_a_draft_of_ours(liaison: Caller) -> None:
    theirs = liaison.post(f"/messages/{received_request().pk}/uploads", _declared())
    missing = liaison.post("/messages/00000000-0000-7000-8000-000000000000/uploads", _declared())

    assert (theirs.status_code, theirs.json()["code"]) == (409, "exchange.not-a-draft")
    assert missing.status_code == 404


def test_an_account_has_so_much_open_and_no_more(
    liaison: Caller, draft_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(UPLOADS_OPEN_MAX):
        _begun(liaison, draft_id)
    one_more = liaison.post(f"/messages/{draft_id}/uploads", _declared())
    Upload.objects.all().delete()
    monkeypatch.setattr(upload_acts, "UPLOAD_BYTES_OPEN_MAX", 2 * len(FILE) - 1)
    _begun(liaison, draft_id)
    too_large = liaison.post(f"/messages/{draft_id}/uploads", _declared())

    for answer in (one_more, too_large):
        assert (answer.status_code, answer.json()["code"]) == (409, "api.upload-allowance")


def test_the_shown_progress_names_no_file(liaison: Caller, draft_id: str) -> None:
    assert b"note" not in liaison.get(f"/uploads/{_begun(liaison, draft_id)}").content


@pytest.mark.django_db(transaction=True)
def test_parts_put_at_the_same_moment_are_all_stored_once(liaison: Caller, draft_id: str) -> None:
    upload = _begun(liaison, draft_id)
    places = [0, PART, 2 * PART] * 2
    random.Random(1).shuffle(places)
    statuses: list[int] = []

    def put(offset: int) -> None:
        try:
            for _ in range(200):
                status = _put(Caller(secret=liaison.secret), upload, offset, _part(offset)).status_code
                if status != 503:  # a database in memory refuses at once where one on disk waits
                    break
            statuses.append(status)
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(offset,)) for offset in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 6
    assert UploadPart.objects.count() == len(_files()) == 3
    assert liaison.post(f"/uploads/{upload}/complete").status_code == 200
