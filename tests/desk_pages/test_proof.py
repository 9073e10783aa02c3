"""The proof in plain words, and a page where anybody signed in has a file checked."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accord.channel.evidence import EvidenceBundle
from accord.channel.keys import VerifyKey
from accord.node.desk.proof_words import judge
from accord.node.desk.views import proof
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.parties.models import Party
from tests.channel.test_evidence import ROOTS, bundle
from tests.desk import Desk, received_request, released_request, submitted_request
from tests.desk_pages.conftest import SignIn


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def changed(data: bytes) -> bytes:
    body = EvidenceBundle.decode(data)
    return replace(body, sealed_digest=bytes(32)).encode()


def pin(roots: dict[str, VerifyKey] = ROOTS) -> None:
    for code, root in roots.items():
        Party.objects.filter(code=code).update(root_public=root.to_bytes())


def upload(client: Client, data: bytes, name: str = "x.accord-evidence") -> HttpResponse:
    answer: HttpResponse = client.post(reverse("desk:check"), {"file": SimpleUploadedFile(name, data)})
    return answer


def test_each_claim_names_whose_signature_shows_it() -> None:
    judged = judge(bundle().encode(), ROOTS)
    assert judged.ok
    assert {one.name: one.signed_by for one in judged.proven} == {
        "integrity": "CA",
        "origin": "CA",
        "content": "CA",
        "time": "CA",
        "receipt": "IN",
    }
    assert all(one.signed_at is not None for one in judged.proven)


def test_the_moment_of_the_receipt_is_the_one_that_its_signer_states() -> None:
    judged = judge(bundle().encode(), ROOTS)
    receipt = next(one for one in judged.proven if one.name == "receipt")
    assert receipt.signed_at is not None
    assert f"{receipt.signed_at:%Y-%m-%d %H:%M:%S} UTC" in receipt.details
    assert (judged.moments[-1][0], judged.moments[-1][2]) == ("IN", receipt.signed_at)


def test_a_missing_receipt_is_outstanding_and_says_what_comes() -> None:
    judged = judge(bundle(receipt=None).encode(), ROOTS)
    said = {one.name: one.sentence for one in judged.proven}
    assert (judged.ok, judged.is_broken) == (False, False)
    assert "There is no receipt in this file" in said["receipt"]


def test_a_changed_bit_is_broken_and_not_outstanding() -> None:
    judged = judge(changed(bundle().encode()), ROOTS)
    assert (judged.ok, judged.is_broken) == (False, True)


def test_without_the_content_the_rest_is_proven() -> None:
    judged = judge(bundle(body=None, salt=None).encode(), ROOTS)
    assert (judged.ok, judged.is_content_shown) == (True, False)


@pytest.mark.parametrize("data", [b"x", b"", b"\xff" * 9])
def test_what_is_no_evidence_is_broken_with_a_reason(data: bytes) -> None:
    judged = judge(data, ROOTS)
    assert (judged.ok, judged.is_broken, judged.proven) == (False, True, ())
    assert judged.reason


# --- the page of a message ------------------------------------------------------------------------------------------


def test_a_message_that_was_not_released_says_when_its_proof_begins(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.liaison).get(reverse("desk:proof", args=[submitted_request(desk).pk])).content.decode()
    assert "Its proof begins when it is released and sealed" in page
    page = sign_in(desk.liaison).get(reverse("desk:proof", args=[released_request(desk).pk])).content.decode()
    assert "waits to be sealed into the log" in page


def test_a_proof_that_cannot_be_made_says_why(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).get(reverse("desk:proof", args=[received_request(desk).pk]))
    assert answer.status_code == 200
    assert "its proof cannot be made now" in answer.content.decode()


def test_the_page_has_the_exact_command_and_the_digest_to_print(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin()
    message = received_request(desk)
    monkeypatch.setattr(proof, "evidence_for", lambda entry, **_rest: bundle().encode())
    page = sign_in(desk.liaison).get(reverse("desk:proof", args=[message.pk])).content.decode()
    assert f"accord verify {message.pk}.accord-evidence --root roots.json" in page
    assert "Shown by the signature of IN, at" in page
    assert "<svg" in page
    assert "a-verdict--good" in page


# --- a file that somebody brings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_anybody_signed_in_has_a_file_checked_and_reads_no_content(desk: Desk, sign_in: SignIn, role: Role) -> None:
    pin()
    page = upload(sign_in(desk.officers[role]), bundle().encode()).content.decode()
    assert "a-verdict--good" in page
    assert "Not one bit of it can have been changed" in page
    assert "{&quot;n&quot;" not in page
    assert "Our log does not hold this entry" in page


def test_a_forged_file_is_said_to_be_broken(desk: Desk, sign_in: SignIn) -> None:
    pin()
    page = upload(sign_in(desk.duty), changed(bundle().encode())).content.decode()
    assert "Something does not hold" in page


def test_a_file_that_is_too_large_or_missing_is_not_read(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    assert upload(client, b"x" * (proof.CHECKED_BYTES_MAX + 1)).status_code == 422
    answer = client.post(reverse("desk:check"))
    assert (answer.status_code, b"desk.file-not-checked" in answer.content) == (422, True)


def test_a_hostile_file_name_is_words(desk: Desk, sign_in: SignIn) -> None:
    page = upload(sign_in(desk.duty), b"x", name="<b>\u202etxt.accord-evidence").content.decode()
    assert "<b>" not in page.partition('id="result"')[2].partition("</h2>")[0].replace(
        '<h2 class="govuk-heading-m"', ""
    )
    assert "\u202e" not in page


def test_a_file_is_checked_with_the_forms_token_alone(desk: Desk, sign_in: SignIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Officer.objects.get(pk=sign_in(desk.duty).session["_auth_user_id"]))
    assert upload(client, bundle().encode()).status_code == 403


def test_the_root_keys_can_be_taken_along(desk: Desk, sign_in: SignIn) -> None:
    pin()
    answer = sign_in(desk.duty).get(reverse("desk:roots"))
    assert [one["party"] for one in answer.json()["roots"]] == ["CA", "IN"]
