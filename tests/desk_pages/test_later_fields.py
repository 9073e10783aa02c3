"""The fields of our own side that nobody needs yet are fetched when they are unfolded, and lose nothing on the way."""

import re
from html import unescape

import msgspec
from django.urls import reverse

from accord.exchange.models import Message
from accord.exchange.services import begin_case
from accord.node.desk.draft_form import stored_own
from accord.node.desk.field_words import OWN_SIDE
from tests.desk import Desk, own_side, received_request, request_fields
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_composing import form_in

LATER = re.compile(r'hx-get="([^"]+\?later=[^"]+)"')
NAMES = re.compile(r'id="field-own-([a-z_]+)"')


def _draft(desk: Desk) -> Message:
    return begin_case(
        desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields=request_fields(), own=own_side()
    )


def test_the_page_and_what_it_fetches_later_hold_each_field_once(desk: Desk, sign_in: SignIn) -> None:
    client, address = sign_in(desk.liaison), reverse("desk:draft", args=[_draft(desk).pk])
    page = client.get(address).content.decode()
    (later,) = LATER.findall(page)
    fetched = client.get(unescape(later)).content.decode()
    first, second = NAMES.findall(page), NAMES.findall(fetched)
    assert len(second) > 10
    assert not set(first) & set(second)
    whole = NAMES.findall(client.get(address, {"every": "1"}).content.decode())
    assert sorted(whole) == sorted([*first, *second])
    assert "<html" not in fetched


def test_without_scripts_a_button_saves_and_shows_them(desk: Desk, sign_in: SignIn) -> None:
    message = _draft(desk)
    client, address = sign_in(desk.liaison), reverse("desk:draft", args=[message.pk])
    posted = form_in(client.get(address).content.decode())
    answer = client.post(address, {**posted, "facts": "SPECIMEN saved", "act": "every-field"})
    assert Message.objects.get(pk=message.pk).fields["facts"] == "SPECIMEN saved"
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{address}?every=1#further-own"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "data-later" not in page
    assert '<details class="govuk-details" id="further-own" open>' in page


def test_what_stands_in_such_a_field_is_stored_and_stands_on_the_page_from_then_on(desk: Desk, sign_in: SignIn) -> None:
    message = _draft(desk)
    stated = {**stored_own(message), "minister_consent": "SPECIMEN letter 4"}
    Message.objects.filter(pk=message.pk).update(own_side=msgspec.json.encode(stated))
    page = sign_in(desk.liaison).get(reverse("desk:draft", args=[message.pk])).content.decode()
    assert "SPECIMEN letter 4" in page
    (later,) = LATER.findall(page)
    places = int(later.partition("=")[2], 16)
    assert not places >> OWN_SIDE.index("minister_consent") & 1


def test_a_mask_that_no_page_made_gives_no_field_and_no_error(desk: Desk, sign_in: SignIn) -> None:
    client, address = sign_in(desk.liaison), reverse("desk:draft", args=[_draft(desk).pk])
    for mask in ("zz", "-1", "0", "f" * 500, "१", "1_0"):
        answer = client.get(address, {"later": mask})
        assert answer.status_code == 200, mask
        assert not NAMES.findall(answer.content.decode()), mask


def test_the_fields_of_a_message_of_the_other_side_are_not_given(desk: Desk, sign_in: SignIn) -> None:
    address = reverse("desk:draft", args=[received_request(desk).pk])
    assert sign_in(desk.liaison).get(address, {"later": "ff"}).status_code == 302
