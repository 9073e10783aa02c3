"""Postings at the desk: the list, one posting, proposing, our own record; acts on the other side's soil."""

import re
from uuid import uuid4

from django.utils import timezone

from accord.exchange import services
from accord.instruments.canonical import canonical_bytes
from accord.instruments.kinds import TEXT_OFFER, TextOffer, offer_bytes
from accord.instruments.models import Instrument, Text
from accord.instruments.services import end, offer
from accord.liaison.models import PostingRecord
from accord.liaison.postings.content import SoilActContent
from accord.liaison.postings.proposing import ask_soil_act
from accord.officers.permissions import Role
from tests.desk import TODAY, Desk, own_side, request_fields
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import text
from tests.instruments.test_services import arrives, they_answer
from tests.liaison.postings.posted import agreed, offered, recorded, they_propose

POSTED = {
    "host": "IN",
    "holder": "Liaison officer (specimen)",
    "agency": "RCMP",
    "topics": ["precursors"],
    "languages.count": "1",
    "languages.0.language": "en",
    "languages.0.level": "C2",
    "status": "diplomatic",
    "territory": "India",
    "from_day": TODAY.isoformat(),
    "to_day": TODAY.replace(year=TODAY.year + 2, day=1).isoformat(),
    "telephones": "+91 11 5550 0100",
}


def test_nothing_is_said_to_be_in_force_before_both_have_signed(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    page = text(client.get("/desk/liaison/"))
    assert "Agreed to establish; none in force yet" in page
    assert "Propose a posting" not in page
    posting = offered(desk)
    page = text(client.get("/desk/liaison/"))
    assert "none in force yet" in page
    assert "proposed, waits for the host" in page
    they_answer(desk, posting, "accept")
    page = text(client.get("/desk/liaison/"))
    assert "none in force yet" not in page
    assert "in force" in page
    assert "Precursors" in page or "precursors" in page


def test_a_posting_is_prepared_by_a_form_and_leads_to_its_text(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    form = text(client.get("/desk/liaison/postings/new"))
    assert 'name="languages.0.language"' in form
    assert "Neither home, family nor clearance" in form
    for word in ("home", "family", "clearance"):
        assert f'name="{word}"' not in form
    answer = client.post("/desk/liaison/postings/new", {**POSTED, "form": str(uuid4())})
    made = Text.objects.get()
    assert answer["Location"] == f"/desk/texts/{made.pk}/"
    page = text(client.get(answer["Location"]))
    assert "Liaison officer (specimen), RCMP" in page
    assert f"/desk/liaison/postings/{made.instrument_id}/" in page
    home = text(client.get(f"/desk/liaison/postings/{made.instrument_id}/"))
    assert home.count("Sign, ask, decline or withdraw") == 1


def test_what_is_wrong_stands_beside_its_field_and_what_was_written_stays(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    answer = client.post("/desk/liaison/postings/new", {**POSTED, "telephones": "555 0100", "territory": "Bhārat"})
    page = text(answer)
    assert answer.status_code == 422
    assert "liaison.field-refused" in page
    assert 'href="#field-telephones"' in page
    assert 'value="Bhārat"' in page
    more = client.post("/desk/liaison/postings/new", {**POSTED, "add": "languages"})
    assert 'name="languages.1.language"' in text(more)
    assert not Text.objects.exists()


def test_a_change_begins_with_what_stands(desk: Desk, sign_in: SignIn) -> None:
    posting = agreed(desk)
    client = sign_in(desk.officers[Role.POLICY])
    address = f"/desk/liaison/postings/{posting.pk}/change"
    assert 'value="Liaison officer, drugs (specimen)"' in text(client.get(address))
    client.post(address, {**POSTED, "territory": "India and Nepal"})
    page = text(client.get(f"/desk/liaison/postings/{posting.pk}/"))
    assert "in force, a change waits" in page
    assert "A change is proposed" in page
    assert "Nepal" in page


def test_our_record_is_written_agreed_to_and_shown_to_few(desk: Desk, sign_in: SignIn) -> None:
    posting = agreed(desk)
    address = f"/desk/liaison/postings/{posting.pk}/"
    policy, signatory = sign_in(desk.officers[Role.POLICY]), sign_in(desk.officers[Role.SIGNATORY])
    form = {
        "account": "liaison",
        "delegation": ["request", "answer"],
        "ceiling": "protected",
        "conflicts": "A cousin works at the consignee.",
        "deputies": "duty",
        "training": "Human rights.",
    }
    assert policy.post(f"{address}record", form)["Location"] == address
    waiting = text(signatory.get(address))
    assert "waits for a second person" in waiting
    assert "A cousin works" in waiting
    assert "1 waits" in text(signatory.get("/desk/agreement/"))
    assert signatory.post(f"{address}record/act", {"act": "agree", "number": 1})["Location"] == address
    record = PostingRecord.objects.get()
    assert (record.state, record.account, record.deputies) == ("in-force", desk.liaison, ["duty"])
    again = policy.get(f"{address}record").content.decode()
    assert re.search(r'<textarea[^>]*name="deputies"[^>]*>\nduty\n</textarea>', again)
    assert "A cousin works" in text(sign_in(desk.liaison).get(address)), "it is the officer's own"
    for other in (desk.duty, desk.releasing):
        page = text(sign_in(other).get(address))
        assert "A cousin works" not in page
        assert "Our own record" not in page


def test_a_record_that_was_replaced_meanwhile_is_not_agreed_unseen(desk: Desk, sign_in: SignIn) -> None:
    posting = agreed(desk)
    address = f"/desk/liaison/postings/{posting.pk}/"
    policy, signatory = sign_in(desk.officers[Role.POLICY]), sign_in(desk.officers[Role.SIGNATORY])
    policy.post(f"{address}record", {"account": "liaison", "ceiling": "protected", "conflicts": "None known."})
    assert 'name="number" value="1"' in signatory.get(address).content.decode()
    policy.post(f"{address}record", {"account": "liaison", "ceiling": "protected", "conflicts": "A cousin there."})
    for number in ("1", "", "\u00b2", "9" * 5_000):
        answer = signatory.post(f"{address}record/act", {"act": "agree", "number": number})
        assert answer.status_code == 409
        assert "has changed since you opened the page" in text(answer)
    assert not PostingRecord.objects.filter(state="in-force").exists()
    assert signatory.post(f"{address}record/act", {"act": "agree", "number": "2"})["Location"] == address
    assert PostingRecord.objects.get(state="in-force").conflicts == "A cousin there."


def test_a_record_that_is_refused_says_why_and_keeps_the_words(desk: Desk, sign_in: SignIn) -> None:
    posting = agreed(desk)
    client = sign_in(desk.officers[Role.POLICY])
    answer = client.post(f"/desk/liaison/postings/{posting.pk}/record", {"ceiling": "", "conflicts": "None known."})
    assert answer.status_code == 422
    assert "liaison.unknown-ceiling" in text(answer)
    assert "None known." in text(answer)


def test_an_account_that_ends_before_its_longer_posting_is_named(desk: Desk, sign_in: SignIn) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    longer = TODAY.replace(year=TODAY.year + 4, day=1).isoformat()
    agreed(desk, posting, to_day=longer)
    page = text(sign_in(desk.officers[Role.POLICY]).get(f"/desk/liaison/postings/{posting.pk}/"))
    assert "The account liaison ends on" in page
    assert "a second person agrees" in page


def test_their_posting_and_an_ended_one_are_read_without_our_record(desk: Desk, sign_in: SignIn) -> None:
    they_propose(desk)
    client = sign_in(desk.officers[Role.POLICY])
    page = text(client.get(f"/desk/liaison/postings/{Instrument.objects.get().pk}/"))
    assert "Our own record" not in page
    assert "Propose a change" not in page
    posting = agreed(desk)
    end(desk.officers[Role.SIGNATORY], posting, from_day=timezone.now().date(), reason="Recalled.")
    page = text(client.get(f"/desk/liaison/postings/{posting.pk}/"))
    assert "ended by a side" in page
    assert "Recalled." in page


def test_an_unknown_posting_or_approval_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    for address in ("postings", "soil"):
        assert client.get(f"/desk/liaison/{address}/{uuid4()}/").status_code == 404


SOIL = {
    "host": "IN",
    "act_kind": "interview",
    "description": "A talk with a witness who agreed to it.",
    "place": "New Delhi",
    "from_day": TODAY.isoformat(),
    "to_day": TODAY.replace(year=TODAY.year + 1, day=1).isoformat(),
    "officer": "Liaison officer (specimen)",
    "ground": "CDSA, section 7.1",
    "accompanied_by": "NCB",
}


def test_a_draft_that_asks_for_powers_leads_to_the_approval(desk: Desk, sign_in: SignIn) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_request(desk.liaison, case, request_fields(), own=own_side(asks_for_powers=True))
    page = text(sign_in(desk.liaison).get(f"/desk/drafts/{draft.pk}/"))
    assert "Ask for approval of an act on their soil" in page
    assert 'href="/desk/liaison/soil/"' in page
    assert "role policy" in page
    desk.liaison.roles = ["liaison", "policy"]
    desk.liaison.save()
    both = text(sign_in(desk.liaison).get(f"/desk/drafts/{draft.pk}/"))
    assert 'href="/desk/liaison/soil/new?host=IN"' in both
    plain = services.draft_request(desk.liaison, case, request_fields(), own=own_side())
    assert "act on their soil" not in text(sign_in(desk.liaison).get(f"/desk/drafts/{plain.pk}/"))


def test_an_act_on_their_soil_is_asked_for_and_stands_in_the_list(desk: Desk, sign_in: SignIn) -> None:
    posting = agreed(desk)
    client = sign_in(desk.officers[Role.POLICY])
    assert "Neither side has asked for one yet" in text(client.get("/desk/liaison/soil/"))
    form = text(client.get(f"/desk/liaison/soil/new?host=IN&posting={posting.pk}"))
    assert 'value="Liaison officer, drugs (specimen)"' in form
    assert 'name="conditions"' not in form
    refused = client.post("/desk/liaison/soil/new", {**SOIL, "place": ""})
    assert refused.status_code == 422
    assert 'href="#field-place"' in text(refused)
    answer = client.post("/desk/liaison/soil/new", {**SOIL, "posting": str(posting.pk)})
    made = Text.objects.get(instrument__type="soil-act")
    assert answer["Location"] == f"/desk/texts/{made.pk}/"
    assert "interview of a person" in text(client.get("/desk/liaison/soil/"))
    page = text(client.get(f"/desk/liaison/soil/{made.instrument_id}/"))
    assert "prepared, not asked yet" in page
    assert "A talk with a witness" in page


def they_ask(desk: Desk) -> Instrument:
    value = SoilActContent(
        schema_version=1,
        asking="IN",
        host="CA",
        act_kind="statement",
        description="A statement of a witness.",
        place="Toronto",
        from_day=TODAY,
        to_day=TODAY,
        officer="Liaison officer (specimen)",
        ground="NDPS Act, section 67",
        accompanied_by="RCMP",
    )
    whole = TextOffer(
        instrument=uuid4(),
        type="soil-act",
        number=1,
        previous=None,
        content=canonical_bytes(value),
        signed_as="Their signatory (specimen)",
    )
    assert arrives(desk, TEXT_OFFER, offer_bytes(whole)) == ""
    return Instrument.objects.get(type="soil-act")


def test_the_host_answers_with_conditions_that_the_asking_side_signs(desk: Desk, sign_in: SignIn) -> None:
    instrument = they_ask(desk)
    client = sign_in(desk.officers[Role.POLICY])
    address = f"/desk/liaison/soil/{instrument.pk}/"
    assert "Answer with conditions" in text(client.get(address))
    blank = client.post(f"{address}answer", {"conditions": " "})
    assert blank.status_code == 422
    assert "liaison.no-conditions" in text(blank)
    answer = client.post(f"{address}answer", {"conditions": "In the presence of the RCMP."})
    made = Text.objects.get(is_ours=True)
    assert answer["Location"] == f"/desk/texts/{made.pk}/"
    offer(desk.officers[Role.SIGNATORY], made)
    assert "the host set conditions" in text(client.get("/desk/liaison/soil/"))
    assert they_answer(desk, made, "accept") == ""
    page = text(client.get(address))
    assert "approved" in page
    assert "In the presence of the RCMP." in page
    made.refresh_from_db()
    assert made.state == Text.State.AGREED


def test_our_question_and_their_conditions_lead_to_what_is_to_be_done(desk: Desk, sign_in: SignIn) -> None:
    asked = offer(desk.officers[Role.SIGNATORY], ask_soil_act(desk.officers[Role.POLICY], SOIL))
    value = canonical_bytes(
        SoilActContent(
            schema_version=1,
            asking="CA",
            host="IN",
            act_kind="interview",
            description=SOIL["description"],
            place="New Delhi",
            from_day=TODAY,
            to_day=TODAY,
            officer=SOIL["officer"],
            ground=SOIL["ground"],
            accompanied_by="NCB",
            conditions="In the presence of an officer of the NCB.",
        )
    )
    whole = TextOffer(
        instrument=asked.instrument_id, type="soil-act", number=1, previous=None, content=value, signed_as="x"
    )
    assert arrives(desk, TEXT_OFFER, offer_bytes(whole)) == ""
    page = text(sign_in(desk.officers[Role.POLICY]).get(f"/desk/liaison/soil/{asked.instrument_id}/"))
    assert "Withdraw our question" in page
    assert "In the presence of an officer of the NCB." in page
