"""The pages of texts that both sides sign: what waits, one text, its acts and its proof."""

import io
import json
import zipfile

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accord.instruments.models import Instrument, Text
from accord.node.desk import text_readings
from accord.node.desk.text_readings import TextReading, register_reading
from accord.officers.models import Act
from accord.officers.permissions import Role
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.instruments.conftest import told
from tests.instruments.test_services import content, offered, prepared, receipt, their_text, they_answer, they_offer

__all__ = ["told"]

pytestmark = pytest.mark.usefixtures("told")


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_readings, "_READINGS", {})
    register_reading("specimen", TextReading(name="Specimen text", names={"words": "Words"}))


def said(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_list_says_what_waits_for_whom(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.SIGNATORY])
    assert said(client.get("/desk/texts/")).count("a-absent") == 4
    they_offer(desk)
    offered(desk, "ours")
    page = said(client.get("/desk/texts/"))
    assert "Offered and signed by India; waits for us" in page
    assert "Offered and signed by us; India has not answered" in page
    assert "1 waits" in said(client.get("/desk/agreement/"))


def test_what_was_prepared_is_signed_and_offered_by_another_officer_with_one_click(desk: Desk, sign_in: SignIn) -> None:
    text = prepared(desk, "Words of the first text")
    address = f"/desk/texts/{text.pk}/"
    page = said(sign_in(desk.officers[Role.SIGNATORY]).get(address))
    assert "Words of the first text" in page
    assert 'value="offer"' in page
    assert 'value="offer"' not in said(sign_in(desk.officers[Role.POLICY]).get(address))
    assert 'value="offer"' not in said(sign_in(desk.officers[Role.LIAISON]).get(address))
    answer = sign_in(desk.officers[Role.SIGNATORY]).post(f"{address}act", {"act": "offer"})
    assert answer.status_code == 302
    text.refresh_from_db()
    assert text.state == Text.State.OFFERED


def test_two_clicks_sign_once_and_a_refusal_says_why_in_the_page(desk: Desk, sign_in: SignIn) -> None:
    they_offer(desk)
    address = f"/desk/texts/{their_text().pk}/"
    client = sign_in(desk.officers[Role.SIGNATORY])
    form = {"act": "accept", "form": "6f2d4a0e-5b63-4f0c-9d1f-2f3a0b9c8d7e"}
    assert client.post(f"{address}act", form).status_code == 302
    assert client.post(f"{address}act", form).status_code == 302
    assert their_text().signatures.filter(is_ours=True).count() == 1
    again = client.post(f"{address}act", {"act": "accept"})
    assert again.status_code >= 400
    assert "instruments.not-on-offer" in said(again)
    assert client.post(f"{address}act", {"act": "unheard"}).status_code == 404


def test_a_later_text_shows_what_it_changes_word_by_word(desk: Desk, sign_in: SignIn) -> None:
    first = offered(desk, "within seven days")
    they_answer(desk, first, "accept")
    second = prepared(desk, "within three days", Instrument.objects.get())
    page = said(sign_in(desk.officers[Role.SIGNATORY]).get(f"/desk/texts/{second.pk}/"))
    assert "<del" in page
    assert "seven" in page.split("<del")[1]
    assert "three" in page.split("<ins")[1]


def test_a_question_a_decline_and_the_end_are_asked_for_their_words(desk: Desk, sign_in: SignIn) -> None:
    they_offer(desk)
    address, signatory = f"/desk/texts/{their_text().pk}/", sign_in(desk.officers[Role.SIGNATORY])
    assert (
        sign_in(desk.officers[Role.POLICY]).post(f"{address}act", {"act": "remark", "words": "Why March?"}).status_code
        == 302
    )
    assert "Why March?" in said(signatory.get(address))
    assert signatory.post(f"{address}act", {"act": "decline", "reason": ""}).status_code >= 400
    assert signatory.post(f"{address}act", {"act": "decline", "reason": "Too early."}).status_code == 302
    assert "Declined by us" in said(signatory.get(address))
    agreed = offered(desk, "ours")
    they_answer(desk, agreed, "accept")
    address = f"/desk/texts/{agreed.pk}/"
    assert "Signed by both sides" in said(signatory.get(address))
    assert signatory.post(f"{address}act", {"act": "end", "reason": "Law.", "from_day": "soon"}).status_code >= 400
    day = timezone.now().date().isoformat()
    assert (
        signatory.post(f"{address}act", {"act": "end", "reason": "The law changed.", "from_day": day}).status_code
        == 302
    )
    assert "The law changed." in said(signatory.get(address))


def test_a_signed_text_is_taken_along_as_the_bytes_that_were_signed(desk: Desk, sign_in: SignIn) -> None:
    they_offer(desk, "the words")
    client = sign_in(desk.officers[Role.SIGNATORY])
    client.post(f"/desk/texts/{their_text().pk}/act", {"act": "accept"})
    receipt(desk)
    answer = client.get(f"/desk/texts/{their_text().pk}/signed.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.read("text.json") == content("the words")
        listed = json.loads(file.read("signatures.json"))
    assert [(one["party"], one["act"]) for one in listed] == [("IN", "offer"), ("CA", "acceptance")]
    assert {one["sha256_of_the_text"] for one in listed} == {bytes(their_text().digest).hex()}
    assert Act.objects.filter(verb="export signed text").count() == 1


def test_a_text_that_is_not_there_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.SIGNATORY])
    assert client.get("/desk/texts/6f2d4a0e-5b63-4f0c-9d1f-2f3a0b9c8d7e/").status_code == 404
