"""Objecting at the desk, raising and answering an objection, and the lanes that stand still."""

from uuid import uuid4

from accord.exchange.models import Message
from accord.handling.models import LaneSuspension, ObjectionMade
from tests.desk import Desk, days, received_request
from tests.desk_pages.conftest import SignIn
from tests.handling.test_lanes import notice
from tests.handling.test_objections import answered, given, sent_objection, their_objection

SEEN = {"observed_use": "It was quoted (specimen).", "harm": "A warning.", "demand": "Stop it.", "caveat_number": "1"}


def test_the_case_leads_to_an_objection_and_what_was_said_stands_in_the_draft(desk: Desk, sign_in: SignIn) -> None:
    item, client = given(desk), sign_in(desk.liaison)
    Message.objects.filter(pk=item.pk).update(delivered_at=item.released_at)
    address = f"/desk/messages/{item.pk}/object"
    assert address in client.get(f"/desk/cases/{item.case.own_ref}/").content.decode()
    page = client.get(address).content.decode()
    assert "lead in the investigation named" in page
    answer = client.post(address, SEEN)
    draft = Message.objects.get(kind="objection")
    assert answer.headers["Location"] == f"/desk/drafts/{draft.pk}/"
    assert draft.fields["demand"] == "Stop it."
    assert draft.fields["caveat_number"] == 1
    assert "Stop it." in client.get(f"/desk/drafts/{draft.pk}/").content.decode()
    client.post(address, SEEN)
    assert Message.objects.filter(kind="objection").count() == 1


def test_blank_fields_begin_nothing_and_each_is_named(desk: Desk, sign_in: SignIn) -> None:
    item, client = given(desk), sign_in(desk.liaison)
    address = f"/desk/messages/{item.pk}/object"
    answer = client.post(address, {**SEEN, "observed_use": "  ", "harm": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#observed_use"' in page
    assert 'href="#harm"' in page
    assert 'href="#demand"' not in page
    assert "Stop it." in page
    assert not Message.objects.filter(kind="objection").exists()
    refused = client.post(address, {**SEEN, "caveat_number": "7"})
    assert refused.status_code == 422
    assert 'href="#caveat_number"' not in refused.content.decode(), "the first choice is what the link leads to"
    assert "has no caveat 7" in refused.content.decode()
    assert not Message.objects.filter(kind="objection").exists()


def test_a_second_begin_warns_and_keeps_the_words_of_either(desk: Desk, sign_in: SignIn) -> None:
    item, client = given(desk), sign_in(desk.liaison)
    address = f"/desk/messages/{item.pk}/object"
    client.post(address, SEEN)
    first = Message.objects.get(kind="objection")
    answer = client.post(address, {**SEEN, "demand": "Say who passed it on."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Say who passed it on." in page
    assert f"/desk/drafts/{first.pk}/" in page
    assert 'name="another"' in page
    first.refresh_from_db()
    assert first.fields["demand"] == "Stop it."
    assert Message.objects.filter(kind="objection").count() == 1
    client.post(address, {**SEEN, "demand": "Say who passed it on.", "another": "yes"})
    assert sorted(str(one.fields["demand"]) for one in Message.objects.filter(kind="objection")) == [
        "Say who passed it on.",
        "Stop it.",
    ]


def test_what_they_do_not_hold_is_not_objected_to_and_the_words_come_back(desk: Desk, sign_in: SignIn) -> None:
    theirs = received_request(desk)
    answer = sign_in(desk.liaison).post(f"/desk/messages/{theirs.pk}/object", SEEN)
    assert answer.status_code == 409
    assert "It was quoted (specimen)." in answer.content.decode()


def test_an_objection_shows_where_it_stands_and_is_raised_when_its_day_has_passed(desk: Desk, sign_in: SignIn) -> None:
    made, client = sent_objection(desk, given(desk)), sign_in(desk.liaison)
    address = f"/desk/messages/{made.pk}/objection"
    assert address in client.get(f"/desk/cases/{made.message.case.own_ref}/").content.decode()
    assert "It is not raised now" in client.get(address).content.decode()
    assert client.post(address).status_code == 409
    ObjectionMade.objects.update(reply_due_on="2026-01-01")
    assert "Raise it one level" in client.get(address).content.decode()
    client.post(address)
    assert Message.objects.get(kind="objection", state="draft").fields["level"] == "ministry"
    assert client.get(f"/desk/messages/{made.item_id}/objection").status_code == 404


def test_both_answers_are_shown_the_last_one_first(desk: Desk, sign_in: SignIn) -> None:
    made, client = sent_objection(desk, given(desk)), sign_in(desk.liaison)
    answered(desk, made, "under-inquiry", found="We are looking into it.", further_answer_on=days(20))
    answered(desk, made, "contested", number=12, found="It was never shown to anybody.")
    shown = client.get(f"/desk/messages/{made.pk}/objection").content.decode()
    last, first = shown.index("It was never shown to anybody."), shown.index("We are looking into it.")
    assert shown.index("Their answer</h2>") < last < shown.index("An earlier answer</h2>") < first


def test_their_objection_is_answered_from_the_case(desk: Desk, sign_in: SignIn) -> None:
    objection = their_objection(desk, received_request(desk))
    assert objection is not None
    client = sign_in(desk.duty)
    client.post(f"/desk/cases/{objection.case.own_ref}/take")
    address = f"/desk/messages/{objection.pk}/objection/answer"
    assert address in client.get(f"/desk/cases/{objection.case.own_ref}/").content.decode()
    answer = client.post(address)
    draft = Message.objects.get(kind="objection-answer")
    assert answer.headers["Location"] == f"/desk/drafts/{draft.pk}/"
    assert draft.in_reply_to == objection


def test_a_lane_is_suspended_once_and_the_page_says_on_whose_word_it_goes_on(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.releasing)
    assert "No lane is suspended." in client.get("/desk/lanes/").content.decode()
    form = {
        "act": "suspend",
        "peer": "IN",
        "theme": "precursors",
        "reason": "A breach (specimen).",
        "form": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae",
    }
    assert client.post("/desk/lanes/act", form).status_code == 302
    assert "Nothing was done twice" in client.post("/desk/lanes/act", form, follow=True).content.decode()
    row = LaneSuspension.objects.get()
    page = client.get("/desk/lanes/").content.decode()
    assert f"lane-{row.pk}" in page
    assert "A breach (specimen)." in page
    refused = client.post("/desk/lanes/act", {"act": "resume", "suspension": str(row.pk), "reason": "Settled."})
    assert refused.status_code == 409
    assert "does not let it go on alone" in refused.content.decode()


def test_who_does_not_release_reads_the_lanes_and_acts_on_none(desk: Desk, sign_in: SignIn) -> None:
    assert notice(desk, "suspend", uuid4())
    client = sign_in(desk.liaison)
    page = client.get("/desk/lanes/").content.decode()
    assert "Suspended now" in page
    assert 'value="suspend"' not in page
    assert 'value="resume"' not in page
    assert "/desk/lanes/" in client.get("/desk/channel/").content.decode()


def test_the_reasons_for_a_suspension_are_content_and_not_for_the_administrator(desk: Desk, sign_in: SignIn) -> None:
    form = {"act": "suspend", "peer": "IN", "theme": "fraud", "reason": "A breach (specimen)."}
    sign_in(desk.releasing).post("/desk/lanes/act", form)
    page = sign_in(desk.administrator).get("/desk/lanes/").content.decode()
    assert "A breach (specimen)." not in page
    assert LaneSuspension.objects.exists()


def test_a_lane_that_is_not_there_is_not_resumed(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.releasing)
    for key in (str(uuid4()), "x"):
        answer = client.post("/desk/lanes/act", {"act": "resume", "suspension": key, "reason": "Settled."})
        assert answer.status_code == 404
