"""Correcting at the desk: the act on what was sent, the received correction with its tasks, the report, the picture."""

import re

import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.models import Message
from accord.handling.derivations import record
from accord.handling.models import Effect, Way
from accord.handling.reports import draft_report
from accord.handling.uses import use_item
from accord.release.follow import follow_all
from tests.desk import Desk, flush, released_request
from tests.desk_pages.conftest import SignIn
from tests.handling.story import COURT, caveat, item_from_india
from tests.handling.test_corrections import RIGHT, WRONG, corrected, reported, submitted_quote
from tests.handling.test_derivations import SAID, drafted, received_information

THEIRS = {"own": "Restricted", "equivalent": "restricted"}
"""Their marking, which our gate knows for none of ours."""


def sealed(desk: Desk) -> Message:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    sent.refresh_from_db()
    return sent


def test_who_drafts_corrects_a_sent_message_and_the_draft_opens(desk: Desk, sign_in: SignIn) -> None:
    sent, client = sealed(desk), sign_in(desk.liaison)
    address = f"/desk/messages/{sent.pk}/correct"
    page = client.get(address).content.decode()
    assert "put right words in the place of wrong ones" in page
    given = {
        "action": "correct",
        "reason": "inaccurate",
        "what_is_wrong": "The heading was misread.",
        "wrong": "2933.39",
        "right": "2933.49",
        "form": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae",
    }
    answer = client.post(address, given, follow=True)
    draft = Message.objects.get(kind="correction")
    assert answer.redirect_chain == [(f"/desk/drafts/{draft.pk}/", 302)]
    assert draft.fields["values"] == [{"wrong": "2933.39", "right": "2933.49"}]
    assert services.submit(desk.liaison, draft, version=1).state == Message.State.SUBMITTED
    assert "Nothing was done twice" in client.post(address, given, follow=True).content.decode()


def test_words_that_it_does_not_hold_come_back_with_their_field(desk: Desk, sign_in: SignIn) -> None:
    sent, client = sealed(desk), sign_in(desk.liaison)
    given = {"action": "correct", "reason": "inaccurate", "what_is_wrong": "Misread.", "wrong": "no such words"}
    answer = client.post(f"/desk/messages/{sent.pk}/correct", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#wrong"' in page
    assert "does not hold these words" in page
    assert 'value="no such words"' in page
    assert not Message.objects.filter(kind="correction").exists()


def test_a_restriction_permits_what_is_ticked_and_keeps_the_words_beside_it(desk: Desk, sign_in: SignIn) -> None:
    sent, client = sealed(desk), sign_in(desk.liaison)
    given = {
        "action": "restrict",
        "reason": "inaccurate",
        "what_is_wrong": "A source is at risk.",
        "who": "NCB",
        "permitted": ["print", "no-such-use"],
        "uses": "Only in the investigation named",
        "contact": "Liaison desk",
        "until": "2027-03-01",
        "form": "01a2267c-0e6c-7c57-a14f-a4c9990b8caf",
    }
    client.post(f"/desk/messages/{sent.pk}/correct", given)
    draft = Message.objects.get(kind="correction")
    assert draft.fields["new_caveats"][0]["permitted_uses"] == ["print", "Only in the investigation named"]


@pytest.mark.parametrize("action", ["", "correct", "restrict", "nonsense"])
def test_what_is_missing_is_named_and_the_words_come_back(desk: Desk, sign_in: SignIn, action: str) -> None:
    sent, client = sealed(desk), sign_in(desk.liaison)
    given = {"action": action, "reason": "inaccurate", "what_is_wrong": "Everything of it."}
    answer = client.post(f"/desk/messages/{sent.pk}/correct", given, follow=True)
    assert answer.status_code != 500
    page = answer.content.decode()
    draft = Message.objects.filter(kind="correction").first()
    if draft is None:
        assert "Everything of it." in page
    else:
        assert services.check_draft(desk.liaison, draft).problems


def test_a_received_correction_shows_old_words_struck_and_its_tasks(desk: Desk, sign_in: SignIn) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    row = corrected(desk, source, "correct")
    client = sign_in(desk.duty)
    case = client.get(f"/desk/cases/{source.case.own_ref}/").content.decode()
    assert re.search(f"<del [^>]*>{WRONG}</del>", case)
    assert re.search(f"<ins [^>]*>{RIGHT}</ins>", case)
    address = f"/desk/corrections/{row.pk}/"
    assert address in case
    page = client.get(address).content.decode()
    assert "The node has looked at 1 of 1 derived things. 1 of them still waits for a person." in page
    assert '<option value="">Choose</option>' in page
    assert draft.reference in page
    effect = row.effects.get()
    unsaid = client.post(f"{address}act", {"act": "finish", "effect": str(effect.pk), "reason": ""})
    assert "It is not said what became of it." in unsaid.content.decode()
    answer = client.post(f"{address}act", {"act": "finish", "effect": str(effect.pk), "reason": "done"}, follow=True)
    assert "Nothing is left to a person." in answer.content.decode()
    report = sign_in(desk.liaison).post(f"{address}act", {"act": "report"}, follow=True)
    assert report.redirect_chain[0][0].startswith("/desk/drafts/")


def test_used_in_court_without_a_note_is_refused_beside_the_task(desk: Desk, sign_in: SignIn) -> None:
    source = received_information(desk)
    record(Way.PRINT, source, officer=desk.duty)
    row = corrected(desk, source, "recall")
    address = f"/desk/corrections/{row.pk}/act"
    given = {"act": "finish", "effect": str(row.effects.get().pk), "reason": "used-in-court"}
    answer = sign_in(desk.duty).post(address, given)
    assert answer.status_code == 409
    assert "needs a note on that file" in answer.content.decode()
    assert row.effects.get().state == Effect.State.TASK


def test_a_task_about_a_draft_that_was_discarded_is_none_any_more(desk: Desk, sign_in: SignIn) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    row = corrected(desk, source, "correct")
    draft.refresh_from_db()
    services.discard(desk.liaison, draft, version=draft.version, reason="It was wrong.")
    page = sign_in(desk.duty).get(f"/desk/corrections/{row.pk}/").content.decode()
    assert "Nothing is left to a person." in page
    assert "nothing of it is held there" in page
    assert "mend the words in the draft" not in page
    assert draft_report(desk.liaison, row.message).fields["extent"] == "done"


def test_what_went_outside_is_named_by_its_act_its_recipient_and_its_message(desk: Desk, sign_in: SignIn) -> None:
    item = item_from_india(desk, caveats=[caveat(), caveat("court", who="court")], handling="H0")
    made = use_item(desk.duty, item, COURT)
    client = sign_in(desk.duty)
    picture = client.get(f"/desk/messages/{item.pk}/provenance").content.decode()
    assert picture.count("brought into court") == 2, "in the picture and in the table"
    assert picture.count("Superior Court") == 2
    assert "forwarded inside" not in picture
    row = corrected(desk, item, "recall")
    page = client.get(f"/desk/corrections/{row.pk}/").content.decode()
    assert f"brought into court · {item.reference} · <span" in page
    assert "Superior Court" in page
    assert str(made.pk) not in page
    assert str(item.envelope_id) not in page
    assert "forwarded inside" not in page


def test_the_report_begins_with_what_is_ours_alone(desk: Desk, sign_in: SignIn) -> None:
    source = received_information(desk)
    record(Way.PRINT, source, officer=desk.duty)
    row = corrected(desk, source, "recall", legal_basis=["Their Act, section 1"], classification=THEIRS)
    sign_in(desk.liaison).post(f"/desk/corrections/{row.pk}/act", {"act": "report"})
    fields = Message.objects.get(kind="correction-report").fields
    theirs = row.message.fields
    assert "Their Act" not in str(fields["legal_basis"])
    assert fields["classification"]["own"] != theirs["classification"]["own"]
    assert [one["who_may_access"] for one in fields["caveats"]] == [[theirs["sender"]["agency"]]]
    assert fields["liaison_contact"] == desk.liaison.display_name
    assert fields["sender"]["party"] == "CA"


def test_their_report_is_shown_as_their_word_alone(desk: Desk, sign_in: SignIn) -> None:
    row = reported(desk)
    page = sign_in(desk.liaison).get(f"/desk/corrections/{row.pk}/").content.decode()
    assert "Nobody here can see what they still hold." in page


def test_the_picture_has_a_table_with_the_same_steps(desk: Desk, sign_in: SignIn) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID)
    record(Way.PRINT, draft, officer=desk.liaison)
    client = sign_in(desk.liaison)
    page = client.get(f"/desk/messages/{source.pk}/provenance").content.decode()
    assert page.count("<rect") == 3
    assert page.count("<tr") == 3
    assert f"/desk/messages/{draft.pk}/provenance" in page
    assert "Nothing is known" in client.get(f"/desk/messages/{released_request(desk).pk}/provenance").content.decode()


def test_one_button_takes_over_the_handling_that_a_draft_lacks(desk: Desk, sign_in: SignIn) -> None:
    received_information(desk)
    draft = drafted(desk, SAID)
    client = sign_in(desk.liaison)
    address = f"/desk/drafts/{draft.pk}/"
    page = client.get(address).content.decode()
    assert "RCMP: lead, no court" in page
    assert 'value="take-handling"' in page


def test_a_draft_for_another_purpose_leads_to_the_originator_with_the_question_filled(
    desk: Desk, sign_in: SignIn
) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID, purpose="prosecute")
    client = sign_in(desk.liaison)
    page = client.get(f"/desk/drafts/{draft.pk}/").content.decode()
    assert "which came for another purpose: investigate." in page
    address = f"/desk/messages/{source.pk}/ask?use=lead&amp;recipient=RCMP&amp;purpose=prosecute"
    assert f'href="{address}"' in page
    form = client.get(address.replace("&amp;", "&")).content.decode()
    assert '<option value="prosecute" selected' in form
