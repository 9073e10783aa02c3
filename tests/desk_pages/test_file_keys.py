"""No page and no answer of the interface shows the key of a file: who holds it opens the file."""

import base64
import io
import json
from pathlib import Path

import pytest
from django.urls import reverse

from accord.exchange import services
from accord.exchange.models import Message
from accord.exchange.previewing import without_keys
from accord.node.desk.changes import changes_between
from tests.desk import Desk, own_side, request_fields
from tests.desk_pages.conftest import SignIn

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
FILE = {
    "name": "invoice.txt",
    "size_bytes": 2048,
    "sha256": "ab" * 32,
    "media_type": "text/plain",
    "key": KEY,
    "first_chunk": 0,
    "chunk_count": 1,
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> None:
    settings.ACCORD_HOME = tmp_path  # type: ignore[attr-defined]


def with_file(desk: Desk) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum")
    draft = services.draft_request(desk.liaison, case, request_fields(), own=own_side())
    content = io.BytesIO(b"SPECIMEN note\n")
    services.attach(desk.liaison, draft, name="invoice.txt", media_type="text/plain", file=content)
    draft.refresh_from_db()
    return services.submit(desk.liaison, draft, version=draft.version)


def test_the_second_officer_reads_the_file_in_words_and_no_key(desk: Desk, sign_in: SignIn) -> None:
    message = with_file(desk)
    key = base64.b64encode(bytes(message.attachments.get().key)).decode()
    approval = message.approval
    assert approval is not None
    assert key in bytes(approval.payload).decode()
    page = sign_in(desk.releasing).get(reverse("desk:approval", args=[message.pk])).content.decode()
    assert key not in page
    assert "First chunk" not in page
    assert "Chunk count" not in page
    assert "Digest (SHA-256)" in page
    assert "invoice.txt" in page


@pytest.mark.parametrize("name", ["case", "case-print"])
def test_a_case_and_its_sheet_show_no_key(desk: Desk, sign_in: SignIn, name: str) -> None:
    message = with_file(desk)
    Message.objects.filter(pk=message.pk).update(
        content=json.dumps({**request_fields(), "attachments": [FILE]}).encode()
    )
    page = sign_in(desk.liaison).get(reverse(f"desk:{name}", args=[message.case.own_ref])).content.decode()
    assert KEY not in page
    assert "First chunk" not in page
    assert "2\N{NO-BREAK SPACE}kB" in page


def test_what_changed_and_what_the_interface_answers_bear_no_key() -> None:
    assert KEY not in repr(changes_between({"attachments": []}, {"attachments": [FILE]}))
    assert without_keys({"attachments": [FILE]}) == {
        "attachments": [{name: FILE[name] for name in ("name", "media_type", "size_bytes", "sha256")}]
    }
