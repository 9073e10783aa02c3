"""Prints, downloads and exports at the desk: asked of the gate, marked, and refused with the way to the originator."""

import io
import zipfile
from typing import Any

import pytest
from django.urls import reverse

from accord.exchange.models import Attachment, Message
from accord.handling.models import Use
from accord.release.intake import take_in
from tests.desk import CANADA, INDIA, Desk, days, from_india, information_fields
from tests.desk_pages.conftest import SignIn

SECRET = "SPECIMEN the drum is at the northern gate"


def received(desk: Desk, *uses: str, number: int = 1) -> Message:
    caveat = {
        "who_may_access": ["RCMP"],
        "permitted_uses": list(uses) or ["lead only"],
        "procedure_contact": "Liaison officer, NCB",
        "expires_on": days(365),
    }
    fields = information_fields(INDIA, CANADA, facts=SECRET, subject=f"{SECRET} ({number})", caveats=[caveat])
    entry = desk.peer.send("spontaneous-information", from_india(fields, number=number))
    assert take_in(desk.channel).filed == 1
    return Message.objects.get(envelope_id=entry.envelope_id)


def printed(desk: Desk, sign_in: SignIn, message: Message) -> str:
    return sign_in(desk.duty).get(reverse("desk:case-print", args=[message.case.own_ref])).content.decode()


def test_a_print_bears_its_mark_and_each_message_the_use_on_record(desk: Desk, sign_in: SignIn) -> None:
    page = printed(desk, sign_in, received(desk, "print"))
    use = Use.objects.get()
    assert SECRET in page
    assert "Printed by" in page
    assert "The duty (duty)" in page
    assert str(use.pk) in page
    assert (use.use, use.mark, use.is_permitted) == ("print", "page", True)


def test_the_record_says_that_the_view_was_opened_and_claims_no_paper(desk: Desk, sign_in: SignIn) -> None:
    message = received(desk, "print")
    printed(desk, sign_in, message)
    page = sign_in(desk.duty).get(reverse("desk:provenance", args=[message.pk])).content.decode()
    assert "opened to be printed" in page


def test_what_no_caveat_lets_print_is_not_in_the_page_at_all_nor_in_its_title(desk: Desk, sign_in: SignIn) -> None:
    message = received(desk)
    page = printed(desk, sign_in, message)
    assert SECRET not in page
    assert "Not printed: no caveat of the other side permits it." in page
    assert reverse("desk:ask-permission", args=[message.pk]) in page
    assert not Use.objects.get().is_permitted
    assert SECRET in sign_in(desk.duty).get(reverse("desk:case", args=[message.case.own_ref])).content.decode()


def test_one_message_that_may_not_be_printed_keeps_no_other_back(desk: Desk, sign_in: SignIn) -> None:
    received(desk, "print")
    page = printed(desk, sign_in, received(desk, number=2))
    assert f"{SECRET} (1)" in page
    assert f"{SECRET} (2)" not in page


@pytest.fixture
def stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A file of a received message, whose bytes are handed out as they are."""
    monkeypatch.setattr("accord.node.desk.views.case.take_out", lambda *_: io.BytesIO(b"a,b\n1,2\n"))

    def of(message: Message) -> Attachment:
        return Attachment.objects.create(
            message=message, name="list.csv", media_type="text/csv", size_bytes=8, sha256=bytes(32), key=bytes(32)
        )

    return of


def test_a_received_file_is_opened_under_a_cover_sheet_and_on_record(desk: Desk, sign_in: SignIn, stored: Any) -> None:
    message = received(desk)
    file = stored(message)
    answer = sign_in(desk.duty).get(reverse("desk:download", args=[message.case.own_ref, file.pk]))
    assert "list.csv.zip" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined] # a file
    assert archive.read("list.csv") == b"a,b\n1,2\n"
    sheet = archive.read(archive.namelist()[0]).decode()
    use = Use.objects.get()
    for told in ("The duty (duty)", "H1", message.reference, str(message.envelope_id), str(use.pk), "lead only"):
        assert told in sheet
    assert (use.use, use.mark, use.file) == ("open", "cover", file)


def test_a_file_whose_caveat_has_ended_or_names_another_agency_is_not_handed_out(
    desk: Desk, sign_in: SignIn, stored: Any
) -> None:
    message = received(desk)
    content = bytes(message.content).replace(b'"RCMP"],"permitted', b'"CBSA"],"permitted')
    Message.objects.filter(pk=message.pk).update(content=content)
    answer = sign_in(desk.duty).get(reverse("desk:download", args=[message.case.own_ref, stored(message).pk]))
    page = answer.content.decode()
    assert answer.status_code == 422 or answer.status_code == 403
    assert "It may not be taken out" in page
    assert "BI-02" in page
    assert reverse("desk:ask-permission", args=[message.pk]) in page


def test_the_evidence_of_what_was_received_needs_the_code_and_without_its_words_none(
    desk: Desk, sign_in: SignIn
) -> None:
    message = received(desk)
    client = sign_in(desk.duty)
    address = reverse("desk:evidence", args=[message.pk])
    assert "It may not be taken out" in client.get(address).content.decode()
    assert Use.objects.get().use == "export"


def test_the_title_of_a_case_that_they_began_is_not_in_the_table_to_take_along(desk: Desk, sign_in: SignIn) -> None:
    message = received(desk)
    table = sign_in(desk.duty).get(reverse("desk:cases-export")).content.decode()
    assert message.case.own_ref in table
    assert SECRET not in table
