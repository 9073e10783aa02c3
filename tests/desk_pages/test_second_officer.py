"""The second officer reads what was said and what was not, marks once, what changed, and a sheet that names itself."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accord.exchange.models import Message
from accord.exchange.services import save_draft
from accord.node.desk.stated import stated
from tests.desk import Desk, approved, own_side, received_request, request_fields, seen, submitted_request
from tests.desk_pages.conftest import SignIn


def page_of(message: Message) -> str:
    return reverse("desk:approval", args=[message.pk])


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def test_what_nobody_said_is_named_as_not_said_and_given_no_value() -> None:
    told = stated(
        {
            "has_personal_data": False,
            "is_notified_instrumentality": False,
            "exposure": "unknown",
            "substances": [{"name": "79099-07-3", "movement": "proposed", "direction": "import", "has_noc": False}],
        }
    )
    assert [part.name for part in told.said] == ["has_personal_data", "substances"]
    assert "Is the notification under section 17(2)(a) proven?" in told.unsaid
    assert "Could the question itself expose somebody?" in told.unsaid
    substance = told.said[1].groups[0]
    assert [part.name for part in substance] == ["name", "direction", ""]
    assert "Is a no-objection certificate on record?" in substance[2].items
    assert "Reported or proposed?" in substance[2].items


def test_marks_stand_once(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    page = sign_in(desk.releasing).get(page_of(message)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    marks = re.findall(r'<span class="a-mark">([^<]*)</span>', main)
    assert len(marks) == 1
    assert marks[0].startswith("H1 · ")


def test_an_equivalent_of_the_same_name_is_said_once(desk: Desk, sign_in: SignIn) -> None:
    from accord.node.desk.views.approvals import _marking

    assert _marking({"own": "Restricted", "equivalent": "restricted"}).casefold() == "restricted"
    assert " · " in _marking({"own": "Protected A", "equivalent": "protected"})


def test_an_approval_that_comes_too_late_shows_what_is_different(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    client = sign_in(desk.releasing)
    client.get(page_of(message))
    old = {name.removeprefix("seen_"): value.hex() for name, value in seen(message).items()}
    now = Message.objects.get(pk=message.pk)
    save_draft(
        desk.liaison,
        now,
        version=now.version,
        fields={**request_fields(), "specification": "SPECIMEN another question?"},
        own=own_side(),
    )
    answer = client.post(reverse("desk:approval-act", args=[message.pk]), {"act": "approve", **old})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What is different from what you read" in page
    assert "SPECIMEN" in page


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_a_draft_that_waits_says_for_what_and_offers_to_take_it_back(desk: Desk, sign_in: SignIn, state: str) -> None:
    message = submitted_request(desk)
    if state == "approved":
        approved(desk, message)
    page = sign_in(desk.liaison).get(reverse("desk:draft", args=[message.pk])).content.decode()
    assert "or was approved" not in page
    words = {
        "submitted": "waits for a second officer to approve it",
        "approved": "is approved and waits for its release",
    }
    assert words[state] in page
    main = page[page.index("<main") : page.index("</main>")]
    first = re.findall(r'<button class="govuk-button(?: a-button--small)?" name="act" value="([^"]+)"', main)
    assert first == ["take-back"]


def test_a_printed_approval_says_what_it_is(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    page = sign_in(desk.releasing).get(page_of(message)).content.decode()
    sheet = page[page.index("a-printonly") :]
    sheet = sheet[: sheet.index("</dl>")]
    assert message.case.own_ref in sheet
    assert message.reference in sheet
    assert desk.releasing.display_name in sheet
    assert "Ottawa" in sheet
    assert "New Delhi" in sheet
    assert "a-signatures" in page


def test_what_happened_on_their_side_is_not_said_to_be_pending(desk: Desk, sign_in: SignIn) -> None:
    from django.template.loader import render_to_string

    message = received_request(desk)
    times = dict.fromkeys(("enqueued_at", "flushed_at", "receipted_at", "handled_at"))
    shown = {
        "message": message,
        "case": message.case,
        "judged": True,
        "times": times,
        "server_now": timezone.now(),
        "bytes": 1,
    }
    page = render_to_string("desk/proof.html", shown)
    moment = page[page.index("Decided and queued") :]
    assert "on their side; not known here" in moment[: moment.index("</div>")]
