"""The pages of the security dialogue: a statement from its first draft to its signature."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from accord.dialogue import drafting, negotiating
from accord.dialogue.commitments import promises_of
from accord.dialogue.models import (
    Clause,
    ClauseAct,
    ClauseDraft,
    Commitment,
    Meeting,
    MeetingItem,
    MeetingPaper,
    MeetingSeries,
    ReadOut,
    Statement,
)
from accord.dialogue.standing import ClauseState
from accord.officers.models import Officer
from accord.officers.permissions import Role
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.dialogue.test_negotiating import TITLE, arrives, begun, proposed, sent_clause
from tests.dialogue.test_readouts import OURS, THEIRS, URL, signed
from tests.dialogue.test_signing import ready


def policy(desk: Desk) -> Officer:
    return desk.officers[Role.POLICY]


@pytest.fixture
def lead(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(policy(desk))


def posted(client: Client, address: str, **given: Any) -> str:
    answer = client.post(address, given, follow=True)
    assert answer.status_code in {200, 422}
    return answer.content.decode()


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_lead_begins_a_statement_writes_a_clause_and_sends_both(desk: Desk, lead: Client) -> None:
    assert "No statement is under negotiation" in read(lead, "/desk/dialogue/")
    words = {f"text-{language}": text for language, text in TITLE.items()}
    page = posted(lead, "/desk/dialogue/statements/new", peer="IN", **words)
    statement = Statement.objects.get()
    assert "Only your team sees it" in page
    assert TITLE["en"] in page
    posted(
        lead,
        f"/desk/dialogue/statements/{statement.pk}/clauses/new",
        **{"text-en": "They will meet.", "text-fr": "Ils se réuniront."},
    )
    clause = Clause.objects.exclude(pk=statement.pk).get()
    for one in (Clause.objects.get(pk=statement.pk), clause):
        texts = {f"text-{language}": text for language, text in one.draft.texts.items()}
        page = posted(
            lead,
            f"/desk/dialogue/clauses/{one.pk}/act",
            act="propose",
            place=one.draft.place,
            version=1,
            theirs="",
            **texts,
        )
        assert "Our side stands for this wording now" in page
    assert ClauseAct.objects.count() == 2
    assert "Waits for the other side" in read(lead, f"/desk/dialogue/statements/{statement.pk}/")


def test_two_wordings_stand_beside_each_other_with_marks(desk: Desk, lead: Client) -> None:
    clause = sent_clause(desk, begun(desk))
    proposed(desk, clause, "They meet once a year.")
    page = read(lead, f"/desk/dialogue/clauses/{clause.pk}/")
    assert "Two wordings" in page
    assert "written before they saw our newest wording" in page
    # The paragraph bears direction and language; what a screen reader is told in the reader's language is set apart.
    assert (
        '<p class="d-text a-changed" dir="auto" lang="en">They meet '
        '<del><bdi class="govuk-visually-hidden" lang="en">taken out: </bdi>twice </del>'
        '<ins><bdi class="govuk-visually-hidden" lang="en">put in: </bdi>once </ins>a year.</p>'
    ) in page
    assert "Waits for us" not in page
    theirs = negotiating.standing_now(clause).theirs
    assert theirs is not None
    page = posted(lead, f"/desk/dialogue/clauses/{clause.pk}/act", act="accept", theirs=theirs.digest.hex())
    assert "Accepted." in page
    assert negotiating.standing_now(clause).state is ClauseState.AGREED


def test_words_stay_in_the_form_when_the_other_side_was_faster(desk: Desk, lead: Client) -> None:
    clause = sent_clause(desk, begun(desk))
    seen = read(lead, f"/desk/dialogue/clauses/{clause.pk}/")
    assert 'name="theirs" value=""' in seen
    proposed(desk, clause, "They meet once a year.")
    page = posted(
        lead,
        f"/desk/dialogue/clauses/{clause.pk}/act",
        act="propose",
        theirs="",
        place="10",
        **{"text-en": "They meet as often as needed.", "form": "0f0f0f0f-0000-4000-8000-000000000001"},
    )
    assert "The other side stands for another wording than you saw." in page
    assert "They meet as often as needed." in page
    assert "</bdi>once </ins>" in page
    assert ClauseAct.objects.filter(clause=clause, is_ours=True).count() == 1


def test_each_act_of_a_clause_has_its_button_and_its_words(desk: Desk, lead: Client) -> None:
    clause = sent_clause(desk, begun(desk))
    address = f"/desk/dialogue/clauses/{clause.pk}/act"
    assert "It is not sent." in posted(lead, address, act="save", **{"text-en": "They shall meet."})
    assert "our draft waits" in read(lead, f"/desk/dialogue/clauses/{clause.pk}/")
    assert "discarded" in posted(lead, address, act="discard")
    assert "stands in brackets" in posted(lead, address, act="bracket", **{"text-en": "They shall meet."})
    assert ClauseDraft.objects.get(clause=clause).texts == {"en": "[They shall meet.]"}
    assert "has not changed" in posted(lead, address, act="comment", comment="Why twice?")
    assert "Why twice?" in read(lead, f"/desk/dialogue/clauses/{clause.pk}/")
    assert "stands for no wording" in posted(lead, address, act="withdraw")
    assert lead.post(address, {"act": "something"}).status_code == 404


def test_readers_see_what_was_sent_and_no_draft_and_no_button(desk: Desk, sign_in: SignIn) -> None:
    statement = begun(desk)
    clause = sent_clause(desk, statement)
    drafting.save_draft(policy(desk), clause, {"en": "A private thought."})
    hidden = drafting.add_clause(policy(desk), statement, {"en": "Another one."}).clause
    reader = sign_in(desk.liaison)
    for address in (f"/desk/dialogue/statements/{statement.pk}/", f"/desk/dialogue/clauses/{clause.pk}/"):
        page = read(reader, address)
        assert "private thought" not in page
        assert "Another one" not in page
        assert 'value="propose"' not in page
    assert reader.get(f"/desk/dialogue/clauses/{hidden.pk}/").status_code == 404


def test_a_statement_of_the_other_side_is_taken_up_at_the_page(desk: Desk, lead: Client) -> None:
    key = "0f0f0f0f-0000-4000-8000-000000000002"
    arrives(desk, key, key, "propose", wording={"place": 0, "texts": TITLE})
    page = read(lead, f"/desk/dialogue/statements/{key}/")
    assert "Nobody of our side drafts it yet" in page
    page = posted(lead, f"/desk/dialogue/statements/{key}/act", act="join")
    assert "New clause" in page
    page = posted(lead, f"/desk/dialogue/statements/{key}/act", act="add", who="nobody")
    assert "There is no officer of this name who may draft." in page
    assert "1 wait" in read(lead, "/desk/agreement/")


def test_the_page_of_signing_lists_what_is_left_and_then_prepares(desk: Desk, lead: Client, sign_in: SignIn) -> None:
    statement = begun(desk)
    page = read(lead, f"/desk/dialogue/statements/{statement.pk}/sign")
    assert "There is no clause yet." in page
    page = posted(lead, f"/desk/dialogue/statements/{statement.pk}/act", act="prepare")
    assert "not ready to be signed" in page
    other = ready(desk)
    page = read(lead, f"/desk/dialogue/statements/{other.pk}/sign")
    assert "Every clause is agreed, without brackets" in page
    page = posted(lead, f"/desk/dialogue/statements/{other.pk}/act", act="prepare")
    assert "Another officer who may sign" in page
    assert TITLE["en"] in page
    page = read(sign_in(desk.officers[Role.SIGNATORY]), f"/desk/dialogue/statements/{other.pk}/sign")
    assert "not the text that the agreed clauses make" not in page


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_the_pages_speak_the_readers_language(desk: Desk, lead: Client, language: str) -> None:
    clause = sent_clause(desk, begun(desk))
    Officer.objects.filter(pk=policy(desk).pk).update(language=language)
    page = read(lead, f"/desk/dialogue/clauses/{clause.pk}/")
    assert "Send to the other side" not in page
    assert f'<html lang="{language}"' in page


def test_read_outs_are_kept_compared_confirmed_and_taken_along(desk: Desk, lead: Client, sign_in: SignIn) -> None:
    statement = signed(desk)
    address = f"/desk/dialogue/statements/{statement.pk}/read-outs"
    assert "no read-out yet" in read(lead, address)
    page = posted(lead, f"{address}/act", act="keep", language="en", text=OURS)
    assert "not published" in page
    assert "Our read-out contradicts the agreed text" in page
    assert "stronger verb ?" in page
    given = {"act": "publish", "language": "en", "url": URL, "published_on": "2026-11-01"}
    page = posted(lead, f"{address}/act", **given)
    assert "or tick that it is meant" in page
    assert URL in page
    page = posted(lead, f"{address}/act", **{**given, "published_on": "2026-11-31"})
    assert "This is no day." in page
    page = posted(lead, f"{address}/act", **given, despite="yes")
    assert "not published" not in page
    page = posted(lead, f"{address}/act", **{**given, "act": "theirs", "text": THEIRS})
    assert "another figure:" in page
    read_out = ReadOut.objects.get(is_ours=False)
    page = posted(lead, f"{address}/act", act="confirm", language="en", read_out=read_out.pk, sentence=0, agreed="")
    assert ">added</span>" in page
    posted(lead, f"{address}/act", act="undo", language="en", read_out=read_out.pk, sentence=0)
    assert not read_out.links.exists()
    reader = sign_in(desk.liaison)
    assert 'value="confirm"' not in read(reader, address)
    table = reader.get(f"{address}/en.csv").content.decode()
    assert THEIRS in table
    assert "[omitted]" in table
    document = reader.get(f"{address}/en.docx").content
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        assert "stronger verb" in packed.read("word/document.xml").decode()


def test_promises_are_confirmed_and_exported(desk: Desk, lead: Client) -> None:
    statement = begun(desk)
    address = f"/desk/dialogue/statements/{statement.pk}/commitments"
    assert "not signed yet" in read(lead, address)
    statement = signed(desk)
    address = f"/desk/dialogue/statements/{statement.pk}/commitments"
    assert "Suggested" in read(lead, address)
    [first, *_] = promises_of(statement)
    given = {"act": "confirm", "clause": str(first.clause), "sentence": 0, "verb": "will", "due_on": "2027-06-30"}
    page = posted(lead, f"{address}/act", **given, our_lead="Health Canada")
    assert "Health Canada" in page
    assert "2027-06-30" in lead.get(f"{address}.csv").content.decode()
    posted(lead, f"{address}/act", act="drop", commitment=Commitment.objects.get().pk)
    assert not Commitment.objects.exists()
    for day, reason in (("2027-06-31", "This is no day."), ("9999-12-31", "more than ten years away")):
        wrong = {**given, "verb": "explore", "due_on": day, "our_lead": "Health Canada", "their_lead": "The NCB"}
        page = posted(lead, f"{address}/act", **wrong)
        assert reason in page
        assert 'href="#due-1"' in page
        [_head, form, *_rest] = page.split('a-noprint" open>')
        form = form.partition("</form>")[0]
        assert f'value="{first.clause}"' in form
        assert f'value="{day}"' in form
        assert 'value="Health Canada"' in form
        assert 'value="The NCB"' in form
        assert '<option value="explore" selected>' in form
        assert not _rest, "the form that was refused is open, and no other"
    assert not Commitment.objects.exists()


def test_a_meeting_is_planned_recorded_and_taken_along(desk: Desk, lead: Client, sign_in: SignIn) -> None:
    assert "A meeting belongs to a series." in read(lead, "/desk/dialogue/meetings/new")
    page = posted(lead, "/desk/dialogue/series/new", peer="IN", level="advisers", **{"text-en": ""})
    assert "A series has a party, a level and a name." in page
    posted(lead, "/desk/dialogue/series/new", peer="IN", level="advisers", **{"text-en": "Dialogue, 2026"})
    series = MeetingSeries.objects.get()
    given = {"series": series.pk, "starts_at": "2026-03-02T09:00", "place": "By video", "our_chair": "Adviser"}
    for far in ("0001-01-01T00:00", "9999-12-31T23:59"):
        page = posted(lead, "/desk/dialogue/meetings/new", **{**given, "starts_at": far})
        assert "This day is more than ten years away." in page
        assert 'href="#starts_at"' in page
    assert "This is no day and hour." in posted(lead, "/desk/dialogue/meetings/new", **{**given, "starts_at": "soon"})
    page = posted(lead, "/desk/dialogue/meetings/new", **given)
    assert "By video" in page
    meeting = Meeting.objects.get()
    assert meeting.starts_at.isoformat() == "2026-03-02T14:00:00+00:00"
    address = f"/desk/dialogue/meetings/{meeting.pk}/"
    posted(lead, f"{address}act", act="add", sort="agenda", text="Precursors")
    posted(lead, f"{address}act", act="add", sort="action", text="Draft it", owner="both", due_on="2026-04-01")
    item = MeetingItem.objects.get(sort="action")
    assert "Done" in posted(lead, f"{address}act", act="done", item=item.pk)
    posted(lead, f"{address}act", act="open", item=item.pk)
    wrong = {"act": "add", "sort": "action", "text": "Write it", "owner": "theirs", "due_on": "2026-04-31"}
    page = posted(lead, f"{address}act", **wrong)
    assert "This is no day." in page
    for kept in ('value="Write it"', '<option value="theirs" selected>', 'value="2026-04-31"', 'href="#due_on"'):
        assert kept in page
    page = posted(lead, f"{address}act", act="add", sort="agenda", text=" ")
    assert 'href="#text-agenda"' in page
    posted(lead, f"{address}act", act="paper", paper=SimpleUploadedFile("agenda é.txt", b"specimen"))
    posted(lead, f"{address}act", act="held")
    page = posted(lead, f"{address}act", act="change", version=2, **{**given, "place": "By telephone"})
    assert "By telephone" in page
    reader = sign_in(desk.liaison)
    assert 'value="add"' not in read(reader, address)
    paper = reader.get(f"/desk/dialogue/papers/{MeetingPaper.objects.get().pk}")
    assert (paper.content, paper.headers["Content-Disposition"]) == (b"specimen", 'attachment; filename="agenda__.txt"')
    calendar = Calendar.from_ical(reader.get("/desk/dialogue/meetings.ics").content)
    [event] = calendar.walk("VEVENT")
    assert (event["summary"], event["location"], event.decoded("dtstart")) == (
        "Dialogue, 2026",
        "By telephone",
        meeting.starts_at,
    )
    assert b"Precursors" not in calendar.to_ical()
    posted(lead, f"{address}act", act="remove", item=item.pk)
    assert lead.get("/desk/dialogue/meetings/9999/").status_code == 404
    assert lead.post(f"{address}act", {"act": "something"}).status_code == 404
    assert "By telephone" in read(lead, "/desk/dialogue/")


def test_a_drafter_who_does_not_see_its_statement_leaves_it_with_the_meeting(
    desk: Desk, lead: Client, sign_in: SignIn
) -> None:
    posted(lead, "/desk/dialogue/series/new", peer="IN", level="advisers", **{"text-en": "Dialogue, 2026"})
    hidden = drafting.begin_statement(policy(desk), peer="IN", title=TITLE)
    given = {"starts_at": "2026-03-02T09:00", "place": "By video"}
    series = MeetingSeries.objects.get().pk
    posted(lead, "/desk/dialogue/meetings/new", series=series, statement=hidden.pk, **given)
    meeting = Meeting.objects.get()
    assert meeting.statement == hidden
    address = f"/desk/dialogue/meetings/{meeting.pk}/act"
    other = Officer.objects.create(username="drafter", display_name="Drafter", roles=policy(desk).roles)
    stranger = sign_in(other)
    assert TITLE["en"] not in read(stranger, f"/desk/dialogue/meetings/{meeting.pk}/")
    posted(stranger, address, act="change", version=1, statement="", **{**given, "place": "By telephone"})
    meeting.refresh_from_db()
    assert (meeting.place, meeting.statement) == ("By telephone", hidden)
    posted(lead, address, act="change", version=2, statement="", **given)
    meeting.refresh_from_db()
    assert meeting.statement is None, "who sees it can take it off"


def test_whoever_takes_herself_out_of_an_unsent_statement_is_led_to_the_list(desk: Desk, lead: Client) -> None:
    statement = drafting.begin_statement(policy(desk), peer="IN", title=TITLE)
    other = Officer.objects.create(username="drafter", display_name="Drafter", roles=policy(desk).roles)
    address = f"/desk/dialogue/statements/{statement.pk}/act"
    assert "The last one of a team stays in it." in posted(lead, address, act="take-out", who=policy(desk).username)
    posted(lead, address, act="add", who=other.username)
    answer = lead.post(address, {"act": "take-out", "who": policy(desk).username}, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [("/desk/dialogue/", 302)])
    assert "You are out of the team of this statement." in answer.content.decode()
    assert lead.get(f"/desk/dialogue/statements/{statement.pk}/").status_code == 404


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5_000, "-1", ""])
def test_what_is_no_number_names_nothing(desk: Desk, lead: Client, number: str) -> None:
    statement = signed(desk)
    address = f"/desk/dialogue/statements/{statement.pk}"
    [first, *_] = promises_of(statement)
    assert lead.post(f"{address}/commitments/act", {"act": "drop", "commitment": number}).status_code in {404, 422}
    given = {"act": "confirm", "clause": str(first.clause), "sentence": number, "verb": "will"}
    assert lead.post(f"{address}/commitments/act", given).status_code in {404, 422}
    new = {"series": number, "starts_at": "2026-03-02T09:00", "place": "By video"}
    assert lead.post("/desk/dialogue/meetings/new", new).status_code in {404, 422}
    link = {"act": "confirm", "language": "en", "read_out": number, "sentence": number}
    assert lead.post(f"{address}/read-outs/act", link).status_code in {404, 422}
    assert not Commitment.objects.exists()
