"""A case's page: what it shows, what may be done there, and what it says where the case is not as it was."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import accord
from accord.courier.models import Entry
from accord.exchange.models import AgencyInquiry, Attachment, Case, CaseLink, CaseNote, Message
from accord.exchange.services import (
    ask_agency,
    close_case,
    create_case,
    draft_request,
    hand_over,
    link_cases,
    take,
    write_note,
)
from accord.node.desk.models import Preference
from accord.node.desk.stale import seen_state
from accord.officers.permissions import Role
from tests.desk import Desk, caveat, days, flush, own_side, received_request, released_request, request_fields
from tests.desk_pages.conftest import SignIn, statements
from tests.desk_pages.test_composing import form_in

STATEMENTS_MAX = 48
SECRET = "SPECIMEN-for-colleagues-alone"


def page_of(case: Case) -> str:
    return reverse("desk:case", args=[case.own_ref])


def shown(client: Client, case: Case) -> str:
    answer = client.get(page_of(case))
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, case: Case, name: str, **given: Any) -> Any:
    return client.post(reverse("desk:act", args=[case.own_ref]), {"act": name, **given})


def ours(desk: Desk, title: str = "A drum") -> Case:
    return create_case(desk.liaison, peer="IN", theme="precursors", title=title)


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_ours_and_theirs_are_told_apart_by_label_and_class(desk: Desk, sign_in: SignIn) -> None:
    theirs, sent = received_request(desk), released_request(desk)
    page = shown(sign_in(desk.duty), theirs.case)
    assert "Theirs:" in page and 'a-message--in"' in page  # noqa: PT018 - one statement about one thing
    page = shown(sign_in(desk.duty), sent.case)
    assert "Ours:" in page and 'a-message--out"' in page  # noqa: PT018


def test_the_proof_line_says_who_released_when_where_in_the_log_and_the_receipt(desk: Desk, sign_in: SignIn) -> None:
    sent = released_request(desk)
    page = shown(sign_in(desk.liaison), sent.case)
    assert "Released by The releasing" in page
    assert "no receipt yet" in page
    received = received_request(desk)
    line = shown(sign_in(desk.liaison), received.case).partition("a-proofline")[2].partition("</summary>")[0]
    assert "sealed" in line
    assert "log 0" in line
    assert "New Delhi" in line
    entry = Entry.objects.get(envelope_id=received.envelope_id)
    assert bytes(entry.leaf).hex() in shown(sign_in(desk.liaison), received.case)


def test_people_things_and_caveats_in_force_stand_beside(desk: Desk, sign_in: SignIn) -> None:
    old = {**caveat("RCMP"), "expires_on": days(-1), "procedure_contact": "An expired contact"}
    asked = received_request(desk)
    person = {"category": "suspect", "is_minor": False, "names": ["SPECIMEN Person"]}
    content = {**asked.fields, "persons": [person], "caveats": [caveat("RCMP"), old]}
    Message.objects.update(content=msgspec.json.encode(content))
    page = shown(sign_in(desk.duty), asked.case)
    side = page.partition('class="a-side')[2]
    assert "SPECIMEN Person" in side
    assert "1-boc-4-piperidone" in side
    assert "Theirs, on what they sent" in side
    assert "lead in the investigation named" in side
    assert "An expired contact" not in side


def test_a_hostile_file_name_shows_what_it_is_and_runs_nothing(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    Attachment.objects.create(
        message=asked,
        name="<img src=x onerror=alert(1)>\u202egpj.exe",
        media_type="image/jpeg",
        size_bytes=1_234_567,
        sha256=bytes(32),
        key=bytes(32),
    )
    page = shown(sign_in(desk.duty), asked.case)
    assert "<img src=x" not in page
    assert "⟦right-to-left override⟧gpj.exe" in page
    assert "1.2\N{NO-BREAK SPACE}MB" in page or "1.2 MB" in page


def test_of_many_messages_the_newest_are_shown_and_the_rest_is_a_link_away(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    Message.objects.bulk_create(
        Message(case=asked.case, direction="in", kind="request", state="received", content=asked.content)
        for _number in range(45)
    )
    client = sign_in(desk.duty)
    page = shown(client, asked.case)
    assert page.count("<article") == 40
    assert "Show the earlier messages" in page
    assert client.get(page_of(asked.case), {"messages": "all"}).content.decode().count("<article") == 46


def test_the_page_costs_the_same_statements_however_much_there_is(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    link_cases(desk.duty, asked.case, ours(desk), reason="SPECIMEN")
    write_note(desk.duty, asked.case, "SPECIMEN")
    ask_agency(desk.duty, asked.case, agency="RCMP", question="SPECIMEN?")
    client = sign_in(desk.duty)
    few = statements(client, page_of(asked.case))
    for number in range(5):
        received_request(desk)
        link_cases(desk.duty, asked.case, ours(desk, f"Drum {number}"), reason="SPECIMEN")
        write_note(desk.duty, asked.case, f"SPECIMEN {number}")
        ask_agency(desk.duty, asked.case, agency="RCMP", question=f"SPECIMEN {number}?")
    assert statements(client, page_of(asked.case)) == few <= STATEMENTS_MAX


def test_an_empty_case_says_what_would_stand_where(desk: Desk, sign_in: SignIn) -> None:
    page = shown(sign_in(desk.liaison), ours(desk))
    for words in (
        "Nothing has been said yet.",
        "No note yet.",
        "No case is linked",
        "nothing else that is listed here",
        "No caveat binds today.",
    ):
        assert words in page


def test_a_reader_sees_the_case_and_no_act(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    page = shown(sign_in(desk.reviewer), asked.case)
    assert f'action="{reverse("desk:act", args=[asked.case.own_ref])}"' not in page
    assert "A liaison or duty officer decides." in page


# --- accept, join, refer, decline ------------------------------------------------------------------------------------


def test_an_arriving_request_is_accepted_joined_referred_or_declined(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    page = shown(sign_in(desk.duty), asked.case)
    ways = page.partition('id="arriving"')[2].partition("</section>")[0]
    assert reverse("desk:take", args=[asked.case.own_ref]) in ways
    assert 'href="#join"' in ways
    assert 'href="#agencies"' in ways
    assert reverse("desk:reply", args=[asked.pk, "refuse"]) in ways
    assert reverse("desk:reply", args=[asked.pk, "refer"]) in ways


def test_a_referral_begins_a_refusal_that_names_whom_to_ask_instead(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    client, address = sign_in(desk.duty), reverse("desk:reply", args=[asked.pk, "refer"])
    page = client.get(address).content.decode()
    assert 'value="a" selected' in page
    unnamed = client.post(address, {"ground": "a", "reasons": "SPECIMEN reasons"})
    assert unnamed.status_code == 422
    assert b"SPECIMEN reasons" in unnamed.content
    assert b"Name the authority or the channel" in unnamed.content
    client.post(address, {"ground": "a", "referred_to": "Central authority for legal assistance"})
    draft = Message.objects.get(direction="out", in_reply_to=asked)
    assert draft.fields["outcome"] == "refused"
    (refusal,) = draft.fields["refusals"]
    assert refusal["cured_by"] == "Central authority for legal assistance"
    assert (refusal["ground"], refusal["part_refused"]) == ("a", "The whole request.")


def test_a_request_is_joined_by_either_sides_reference(desk: Desk, sign_in: SignIn) -> None:
    lead = received_request(desk, case="IN-2026-000001").case
    asked = received_request(desk, case="IN-2026-000002")
    client = sign_in(desk.duty)
    answer = act(client, asked.case, "join", other="in-2026-000001/9", reason="SPECIMEN: the same drum.")
    assert answer.status_code == 302
    assert CaseLink.objects.get().kind == "joined"
    assert "Its request is worked on here." in shown(client, lead)
    assert "is worked on there" in shown(client, asked.case)


@pytest.mark.parametrize("other", ["", "no-such-case", "' OR 1=1", "\x00"])
def test_a_reference_that_leads_nowhere_keeps_the_words(desk: Desk, sign_in: SignIn, other: str) -> None:
    case = ours(desk)
    answer = act(sign_in(desk.liaison), case, "link", other=other, reason="SPECIMEN words")
    assert answer.status_code == 409
    assert b"desk.no-such-case" in answer.content
    assert b"SPECIMEN words" in answer.content


def test_a_link_is_made_and_ended_with_reasons_that_both_timelines_show(desk: Desk, sign_in: SignIn) -> None:
    first, second = ours(desk), ours(desk, "A second drum")
    client = sign_in(desk.duty)
    act(client, first, "link", other=second.own_ref, reason="SPECIMEN same consignee")
    assert "SPECIMEN same consignee" in shown(client, second).partition('id="history"')[2]
    act(client, second, "unlink", other=first.own_ref, reason="SPECIMEN another one")
    assert "No case is linked" in shown(client, first)
    assert "SPECIMEN another one" in shown(client, first)


# --- notes -----------------------------------------------------------------------------------------------------------


def test_a_note_is_visibly_for_our_side_and_corrected_by_a_further_one(desk: Desk, sign_in: SignIn) -> None:
    case = ours(desk)
    client = sign_in(desk.duty)
    answer = act(client, case, "note", text="SPECIMEN wrong")
    assert answer.headers["Location"].endswith("#notes")
    act(client, case, "note", text="SPECIMEN right", corrects=str(CaseNote.objects.get().pk))
    page = shown(sign_in(desk.releasing), case)
    own = page.partition("Notes for our side only")[2].partition("</section>")[0]
    assert "SPECIMEN wrong" in own
    assert "SPECIMEN right" in own
    assert "corrects an earlier note" in own
    assert "<textarea" not in own


def test_nothing_of_a_note_is_in_an_entry_a_proof_a_print_or_a_table(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    write_note(desk.duty, asked.case, SECRET)
    assert all(SECRET.encode() not in bytes(entry.header) + bytes(entry.sealed) for entry in Entry.objects.all())
    client = sign_in(desk.duty)
    paper = reverse("desk:case-print", args=[asked.case.own_ref])
    for address in (reverse("desk:proof", args=[asked.pk]), reverse("desk:cases-export"), paper):
        assert SECRET.encode() not in client.get(address).content
    assert SECRET.encode() in client.get(paper, {"notes": "1"}).content


def test_the_makers_of_messages_bundles_and_facts_know_no_note(desk: Desk) -> None:
    source = Path(accord.__file__).parent
    knowing = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if re.search(r"\bCaseNote\b|\bnotes_of\b|\.notes\b", path.read_text("utf-8"))
    }
    assert knowing <= {
        "exchange/casework.py",
        "exchange/migrations/0001_initial.py",
        "exchange/models.py",
        "exchange/noting.py",
        # The index of our own side; what it finds is shown to whoever reads the case, and to nobody else.
        "exchange/search/finding.py",
        "exchange/search/indexing.py",
        "exchange/services.py",
        # What the originator erased goes from our own words of it, too.
        "handling/own_words.py",
        "node/api/casework.py",
        "node/desk/views/case.py",
    }


def test_the_print_view_is_unfolded_and_offers_no_act(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    page = sign_in(desk.duty).get(reverse("desk:case-print", args=[asked.case.own_ref])).content.decode()
    # The page's own part; the help that stands on every page is folded.
    main = (
        page.partition('class="a-printed"')[2]
        .partition("</main>")[0]
        .partition('<details class="govuk-details a-help"')[0]
    )
    assert all(" open" in part.partition(">")[0] for part in main.split("<details")[1:])
    assert "<form" not in main
    assert page.count("Highest handling on this page") == 2


# --- two tabs, double clicks, the way back, and what happened meanwhile ----------------------------------------------


def test_a_double_click_notes_once_and_says_so(desk: Desk, sign_in: SignIn) -> None:
    case, client, key = ours(desk), sign_in(desk.liaison), str(uuid4())
    act(client, case, "note", text="SPECIMEN", form=key)
    again = act(client, case, "note", text="SPECIMEN", form=key)
    assert CaseNote.objects.count() == 1
    assert "Nothing was done twice" in client.get(again.headers["Location"].partition("#")[0]).content.decode()


def test_a_form_that_was_refused_can_be_sent_again(desk: Desk, sign_in: SignIn) -> None:
    case, client, key = ours(desk), sign_in(desk.liaison), str(uuid4())
    assert act(client, case, "note", text=" ", form=key).status_code == 422
    assert act(client, case, "note", text="SPECIMEN", form=key).status_code == 302
    assert CaseNote.objects.count() == 1


def test_going_back_and_asking_again_asks_once(desk: Desk, sign_in: SignIn) -> None:
    case, client = received_request(desk).case, sign_in(desk.duty)
    form = shown(client, case).partition('id="question"')[0].rpartition('name="form" value="')[2][:36]
    for _again in range(2):
        act(client, case, "ask", agency="RCMP", question="SPECIMEN?", form=form)
    assert AgencyInquiry.objects.count() == 1


def test_every_form_of_the_page_has_a_key_of_its_own(desk: Desk, sign_in: SignIn) -> None:
    page = shown(sign_in(desk.duty), received_request(desk).case)
    keys = [part[:36] for part in page.split('name="form" value="')[1:]]
    assert len(keys) == len(set(keys)) >= 4


def test_what_changed_meanwhile_is_shown_before_a_case_is_closed(desk: Desk, sign_in: SignIn) -> None:
    case, client = ours(desk), sign_in(desk.liaison)
    seen = seen_state(case)
    write_note(desk.duty, case, "SPECIMEN: wait!")
    answer = act(client, case, "close", seen=seen, no_use="yes")
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "The case changed after you opened its page." in body
    assert "Do it all the same" in body
    now = body.partition('name="seen" value="')[2].partition('"')[0]
    assert act(client, case, "close", seen=now, no_use="yes").status_code == 302
    assert Case.objects.get(pk=case.pk).outcome == "no-action"


def test_an_act_on_a_case_that_a_colleague_took_says_who_and_keeps_the_words(desk: Desk, sign_in: SignIn) -> None:
    case = received_request(desk).case
    second = desk.again(Role.DUTY, "duty2")
    take(second, case)
    answer = act(sign_in(desk.duty), case, "hand-over", to="liaison", reason="SPECIMEN my words")
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "duty2 holds this case" in body
    assert "SPECIMEN my words" in body
    assert "held by duty2" in body
    assert "Do it all the same" not in body


def test_a_case_that_was_closed_meanwhile_says_so(desk: Desk, sign_in: SignIn) -> None:
    case = ours(desk)
    close_case(desk.liaison, case)
    for name, given in (("hand-over", {"to": "duty", "reason": "SPECIMEN"}), ("take-over", {"reason": "SPECIMEN"})):
        answer = act(sign_in(desk.liaison), case, name, **given)
        assert answer.status_code == 409
        assert b"exchange.case-closed" in answer.content
    assert b"exchange.case-closed" in sign_in(desk.duty).post(reverse("desk:take", args=[case.own_ref])).content


def test_taking_what_one_holds_already_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    case, client = received_request(desk).case, sign_in(desk.duty)
    for _again in range(2):
        assert client.post(reverse("desk:take", args=[case.own_ref])).status_code == 302
    taken = Case.objects.get(pk=case.pk)
    hand_over(desk.duty, taken, to=desk.liaison, reason="SPECIMEN")
    # The button of a page that stood open takes nothing from the colleague.
    assert client.post(reverse("desk:take", args=[case.own_ref])).status_code == 409


@pytest.mark.parametrize(
    "given",
    [
        {"act": "reply", "inquiry": "x"},
        {"act": "reply", "inquiry": str(uuid4())},
        {"act": "resume", "message": "x"},
        {"act": "note", "text": "SPECIMEN", "corrects": "x"},
        {"act": "no-such-act"},
        {},
    ],
)
def test_what_is_not_there_is_not_found(desk: Desk, sign_in: SignIn, given: dict[str, str]) -> None:
    client = sign_in(desk.duty)
    answer = client.post(reverse("desk:act", args=[received_request(desk).case.own_ref]), given)
    assert answer.status_code == 404


# --- on to the next --------------------------------------------------------------------------------------------------


def chosen(client: Client, after: str) -> None:
    client.post(reverse("desk:preferences"), {"after_act": after, "next": "/desk/"})


def test_after_an_act_the_next_case_of_the_list_opens_where_one_likes_that(desk: Desk, sign_in: SignIn) -> None:
    now = timezone.now()
    cases = [
        received_request(desk, case=f"IN-2026-{number:06d}", now=now - timedelta(days=3 - number)).case
        for number in range(3)
    ]
    client = sign_in(desk.duty)
    for case in cases:
        take(desk.duty, case)
    client.get("/desk/")
    given = {"to": "liaison", "reason": "SPECIMEN"}
    assert act(client, cases[0], "hand-over", **given).headers["Location"] == page_of(cases[0])
    chosen(client, "next")
    assert act(client, cases[1], "hand-over", **given).headers["Location"] == page_of(cases[2])
    assert act(client, cases[2], "hand-over", **given).headers["Location"] == "/desk/"
    assert Preference.objects.get(officer=desk.duty).after_act == "next"
    # It is the officer's own choice.
    assert not Preference.objects.filter(officer=desk.liaison).exists()


def test_the_choice_holds_when_a_draft_is_discarded_too(desk: Desk, sign_in: SignIn) -> None:
    first, second = ours(desk), ours(desk, "A second drum")
    client = sign_in(desk.liaison)
    listed = re.findall(r'href="(/desk/cases/CA-[^"]+)"[^>]* data-open', client.get("/desk/cases/").content.decode())
    assert set(listed) == {page_of(first), page_of(second)}
    case = {page_of(one): one for one in (first, second)}[listed[0]]
    draft = draft_request(desk.liaison, case, request_fields())
    address = reverse("desk:discard", args=[draft.pk])
    chosen(client, "next")
    answer = client.post(address, {"version": draft.version, "why": "SPECIMEN"})
    assert answer.headers["Location"] == listed[1]


@pytest.mark.parametrize("after", ["next", "stay"])
def test_the_choice_holds_when_a_draft_goes_to_a_colleague(desk: Desk, sign_in: SignIn, after: str) -> None:
    cases = [ours(desk), ours(desk, "A second drum")]
    client = sign_in(desk.liaison)
    listed = re.findall(r'href="(/desk/cases/CA-[^"]+)"[^>]* data-open', client.get("/desk/cases/").content.decode())
    # The last of the list leads to nothing behind it, so that the first one is sent.
    first, second = sorted(cases, key=lambda case: listed.index(page_of(case)), reverse=True)
    drafts = [draft_request(desk.liaison, case, request_fields(), own=own_side()) for case in (second, first)]
    chosen(client, after)
    wanted = {"next": page_of(first), "stay": page_of(second)}[after]
    form = form_in(client.get(reverse("desk:draft", args=[drafts[0].pk])).content.decode())
    answer = client.post(reverse("desk:draft", args=[drafts[0].pk]), {**form, "act": "submit"})
    assert answer.headers["Location"] == wanted


def test_writing_a_note_stays_at_the_case(desk: Desk, sign_in: SignIn) -> None:
    case, client = ours(desk), sign_in(desk.liaison)
    chosen(client, "next")
    assert act(client, case, "note", text="SPECIMEN").headers["Location"].startswith(page_of(case))


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/account/logout/", ""])
def test_a_choice_leads_back_to_the_desk_alone(desk: Desk, sign_in: SignIn, elsewhere: str) -> None:
    given = {"after_act": "rubbish", "next": elsewhere}
    answer = sign_in(desk.liaison).post(reverse("desk:preferences"), given)
    assert answer.headers["Location"] == "/desk/"
    assert not Preference.objects.exists()


def test_a_receipt_stands_in_the_proof_line(desk: Desk, sign_in: SignIn) -> None:
    sent = released_request(desk)
    flush(desk)
    Message.objects.filter(pk=sent.pk).update(delivered_at=timezone.now(), receipt_stated_at=timezone.now())
    line = shown(sign_in(desk.liaison), sent.case).partition("a-proofline")[2].partition("</summary>")[0]
    assert "received there" in line


def test_a_timeline_names_officers_and_not_the_words_with_which_they_sign_in(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    case = take(desk.duty, asked.case)
    write_note(desk.duty, case, "SPECIMEN")
    hand_over(desk.duty, case, to=desk.liaison, reason="SPECIMEN: the shift ends.")
    page = sign_in(desk.duty).get(reverse("desk:case", args=[case.own_ref])).content.decode()
    history = page.partition('id="history"')[2].partition("</ol>")[0]
    assert "<b>note written</b></span>" not in history
    assert "<b>note written</b> · The duty" in history
    assert "<b>case handed over</b> · The duty → The liaison" in history
