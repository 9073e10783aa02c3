"""The workplan at the desk: read, filtered, drawn, begun, written in, undone, compared, merged and prepared."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from accord.dialogue.commitments import confirm_commitment, promises_of
from accord.dialogue.meetings import MeetingPlan, begin_series, plan_meeting, settle_meeting
from accord.dialogue.models import Meeting
from accord.instruments.models import Instrument, Text
from accord.officers.permissions import Role
from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Plan, Progress, item_of, statuses
from accord.workplan.drafting import start_from_plan
from accord.workplan.models import PlanDraft
from accord.workplan.reading import last_save
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn, statements
from tests.dialogue.test_readouts import signed as signed_statement
from tests.workplan.plans import large_plan, said, small_plan
from tests.workplan.signing import signed, they_offer

HOME = "/desk/plan/IN/"


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def policy(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(desk.officers[Role.POLICY])


def drafted(desk: Desk, plan: Plan | None = None) -> PlanDraft:
    return start_from_plan(desk.officers[Role.POLICY], peer="IN", plan=plan or small_plan())


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the form of an item, as it was shown."""
    form = page[page.index('class="a-plan-form"') : page.index("</form>", page.index('class="a-plan-form"'))]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is None or name[1] == "csrfmiddlewaretoken" or ("checkbox" in tag and " checked" not in tag):
            continue
        found.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        found[name] = [text.replace("&#x27;", "'")]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [chosen[1] if chosen else ""]
    return found


def held(draft: PlanDraft) -> Plan:
    draft.refresh_from_db()
    return last_save(draft).plan


def test_where_nothing_is_signed_a_policy_lead_starts_from_the_template(desk: Desk, sign_in: SignIn) -> None:
    client = policy(desk, sign_in)
    assert client.get("/desk/plan/").headers["Location"] == HOME
    page = words(client.get(HOME))
    assert "Nothing is signed yet." in page
    assert "Start from the template" in page
    assert "Start from the template" not in words(sign_in(desk.liaison).get(HOME))
    answer = client.post(f"{HOME}start", {"how": "template"})
    assert answer.headers["Location"] == f"{HOME}draft/"
    page = words(client.get(HOME))
    assert "A proposal: not signed by both sides" in page
    assert "Liaison and communication" in page
    assert "establish security and law-enforcement liaison officers" in page


def test_the_signed_revision_is_shown_and_the_draft_is_marked_as_a_proposal(desk: Desk, sign_in: SignIn) -> None:
    signed(desk, small_plan())
    client = policy(desk, sign_in)
    page = words(client.get(HOME))
    assert "Signed by both sides" in page
    assert "A proposal" not in page
    assert client.post(f"{HOME}start", {"how": "agreed"}).status_code == 302
    assert "A proposal" not in words(client.get(HOME))
    assert "A proposal" in words(client.get(f"{HOME}?of=draft"))
    assert client.get(f"{HOME}?of=draft-99").status_code == 404
    assert client.get(f"{HOME}?of=nonsense").status_code == 404


def test_an_item_tells_owners_of_both_sides_day_dependency_caveat_and_source(desk: Desk, sign_in: SignIn) -> None:
    signed(desk, small_plan())
    page = words(sign_in(desk.liaison).get(HOME))
    for expected in ("Royal Canadian Mounted Police", ">NCB</abbr>", "Tue 30 Jun 2026", "They will answer in time."):
        assert expected in page
    assert '<a href="#A1">A1</a>' in page
    assert "Under way." in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("pillar=P2", ["P2"], ["A1", "C1"]),
        ("status=under-way", ["A1"], ["A2", "R1"]),
        ("side=CA", ["R1", "C1", "A2"], ["A1"]),
        ("owner=IN/NCB", ["C1", "A1"], ["R1"]),
        ("words=telephone", ["A2"], ["A1"]),
        ("due=no-day", [], ["A1", "A2"]),
    ],
)
def test_a_filter_stands_in_the_address(
    desk: Desk, sign_in: SignIn, query: str, shown: list[str], hidden: list[str]
) -> None:
    signed(desk, small_plan())
    page = words(sign_in(desk.liaison).get(f"{HOME}?{query}"))
    assert [code for code in shown if f'id="{code}"' not in page] == []
    assert [code for code in hidden if f'id="{code}"' in page] == []
    if not shown:
        assert "Nothing in the plan is like that." in page


def test_two_thousand_actions_are_paged_and_cost_no_more_statements(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    client = policy(desk, sign_in)
    before = statements(client, HOME)
    draft.delete()
    drafted(desk, large_plan(actions=2_000))
    assert statements(client, HOME) == before
    first = words(client.get(HOME))
    assert first.count('<li class="a-plan__item a-plan__item--actions" id=') < 60
    second = words(client.get(f"{HOME}?page=2"))
    codes = [set(re.findall(r'id="([A-Z][0-9]+)"', page)) for page in (first, second)]
    assert codes[0]
    assert codes[1]
    assert not codes[0] & codes[1]
    whole = words(client.get(f"{HOME}print"))
    assert len(re.findall(r'id="A[0-9]+"', whole)) == 2_000


def test_the_board_has_a_column_a_state_and_moves_a_card_with_a_reason(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    client = policy(desk, sign_in)
    page = words(client.get(f"{HOME}board"))
    columns = page.split('class="a-board__column"')[1:]
    assert len(columns) == len(Status)
    assert "A1" in columns[1]
    form = {"act": "status", "item": "A1", "status": "blocked", "seen": "1", "reason.en": "No list came."}
    assert client.post(f"{HOME}draft/act", {**form, "reason.en": ""}).status_code == 422
    answer = client.post(f"{HOME}draft/act", {**form, "back": f"{HOME}board?status=blocked"})
    assert answer.headers["Location"] == f"{HOME}board?status=blocked"
    row = statuses(held(draft))["A1"]
    assert (row.status, row.reason.en, row.by) == (Status.BLOCKED, "No list came.", "CA")
    assert "No list came." in words(client.get(f"{HOME}board"))
    evil = client.post(f"{HOME}draft/act", {**form, "item": "A2", "seen": "2", "back": "https://elsewhere.example/"})
    assert evil.headers["Location"] == f"{HOME}draft/"


def test_the_timeline_draws_what_its_table_has(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    page = words(client.get(f"{HOME}timeline?from=2026-03&months=12"))
    drawing = page[page.index('<svg class="a-gantt"') :].split("</svg>")[0]
    table = page[page.index('id="table"') :]
    for code in ("A1", "A2", "M1"):
        assert code in drawing
        assert code in table
    assert "style=" not in page
    # An arrow from what comes before, and a diamond for each month in which it falls due.
    assert drawing.count("a-gantt__waits") == 1
    assert drawing.count("l6 6l-6 6l-6 -6Z") == len(("Jul", "Aug", "Sep", "Oct", "Nov", "Dec")) + len(("M1",))
    nothing = words(client.get(f"{HOME}timeline?from=2031-01&months=3"))
    assert "Nothing has a day in this time." in nothing
    assert client.get(f"{HOME}timeline?from=soon&months=many").status_code == 200


def test_the_calendar_has_each_day_of_what_recurs(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    for month, count in (("2026-07", 2), ("2026-09", 1), ("2026-12", 1), ("2027-01", 0)):
        page = words(client.get(f"{HOME}calendar?month={month}"))
        assert page.count("?words=A2") == (1 if count else 0), month
    # September has no 31st: its last day is the day.
    page = words(client.get(f"{HOME}calendar?month=2026-09"))
    assert re.search(r'datetime="2026-09-30".{0,200}words=A2', page, re.DOTALL)


def test_the_calendar_has_our_meetings_with_the_peer_and_no_file_of_the_plan_has(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    officer = desk.officers[Role.POLICY]
    series = begin_series(officer, peer="IN", names={"en": "Security <dialogue>"}, level="advisers")
    # The last evening of the year in Ottawa is the next year by UTC.
    late = plan_meeting(officer, series, MeetingPlan(starts_at=datetime(2027, 1, 1, 2, 30, tzinfo=UTC), place="Ottawa"))
    off = plan_meeting(officer, series, MeetingPlan(starts_at=datetime(2026, 12, 8, 15, tzinfo=UTC), place="Ottawa"))
    settle_meeting(officer, off, Meeting.State.CANCELLED)
    client = policy(desk, sign_in)
    page = words(client.get(f"{HOME}calendar?month=2026-12"))
    row = rf'datetime="2026-12-31".{{0,500}}/desk/dialogue/meetings/{late.pk}/.{{0,500}}21:30.{{0,80}}&lt;dialogue&gt;'
    assert re.search(row, page, re.DOTALL)
    assert f"/desk/dialogue/meetings/{off.pk}/" not in page
    assert "1 meeting of the dialogue, from our own record" in page
    assert f"/meetings/{late.pk}/" not in words(client.get(f"{HOME}calendar?month=2027-01"))
    assert f"/meetings/{late.pk}/" in words(sign_in(desk.liaison).get("/desk/dialogue/"))
    assert b"dialogue" not in client.get(f"{HOME}files/plan.ics?of=draft").content
    found = Calendar.from_ical(client.get("/desk/dialogue/meetings.ics?peer=IN").content).walk("VEVENT")
    assert [str(one["status"]) for one in found] == ["CONFIRMED", "CANCELLED"]
    assert not Calendar.from_ical(client.get("/desk/dialogue/meetings.ics?peer=ZZ").content).walk("VEVENT")


def test_an_item_is_shown_saved_and_what_is_wrong_stands_beside_its_field(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    client = policy(desk, sign_in)
    address = f"{HOME}draft/items/A1/"
    form = fields_of(words(client.get(address)))
    assert form["owner.0"] == ["CA/RCMP"]
    assert form["due_on"] == ["2026-06-30"]
    form["title.fr"] = ["Désigner 12 points de contact"]
    form["depends_on"] = ["A2, A77"]
    answer = client.post(address, form)
    assert answer.headers["Location"] == address
    page = words(client.get(address))
    assert "No item has the code A77." in page
    assert "In French it says 12, in English it does not." in page
    assert 'id="field-title-fr-error"' in page or 'id="field-title-en-error"' in page
    plan = held(draft)
    saved = item_of(plan, "A1")
    assert saved is not None
    assert saved.title.fr == "Désigner 12 points de contact"
    assert saved.owners == item_of(small_plan(), "A1").owners  # type: ignore[union-attr]
    problems = words(client.get(f"{HOME}draft/"))
    assert "No item has the code A77." in problems


def test_a_form_saved_as_it_was_shown_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    for code in ("P1", "R1", "C1", "A1", "A2", "D1", "M1", "I1"):
        address = f"{HOME}draft/items/{code}/"
        answer = client.post(address, fields_of(words(client.get(address))))
        assert "workplan.nothing-changed" in words(answer), code
    answer = client.post(f"{HOME}draft/terms", fields_of(words(client.get(f"{HOME}draft/terms"))))
    assert "workplan.nothing-changed" in words(answer)


def test_what_cannot_be_read_is_refused_and_the_words_stay_in_the_form(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    client = policy(desk, sign_in)
    address = f"{HOME}draft/items/I1/"
    form = fields_of(words(client.get(address)))
    form |= {"due_on": ["31/06/2026"], "target": ["many"], "title.en": ["My new words"], "min_cell": ["x"]}
    answer = client.post(address, form)
    assert answer.status_code == 422
    page = words(answer)
    assert "This is no day." in page
    assert page.count("This is no number.") == 2
    assert "My new words" in page
    assert held(draft) == small_plan()


def test_an_item_is_added_moved_taken_out_and_brought_back(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    client = policy(desk, sign_in)
    page = words(client.get(f"{HOME}draft/new/actions?under=C1"))
    form = fields_of(page)
    assert form["under"] == ["C1"]
    form |= {f"title.{code}": [f"A third action ({code})"] for code in ("en", "fr", "hi")}
    form |= {"owner.0": ["CA/RCMP"], "function.0": ["duty"], "owner.1": ["IN/NCB"], "function.1": ["duty"]}
    assert client.post(f"{HOME}draft/new/actions", form).status_code == 302
    assert [one.id for one in held(draft).actions] == ["A1", "A2", "A3"]
    act = {"item": "A3", "seen": "2", "act": "up"}
    assert client.post(f"{HOME}draft/act", act).status_code == 302
    assert [one.id for one in held(draft).actions] == ["A1", "A3", "A2"]
    assert client.post(f"{HOME}draft/act", {"item": "A1", "seen": "3", "act": "remove"}).status_code == 302
    assert [one.id for one in held(draft).actions] == ["A3", "A2"]
    assert held(draft).progress == ()
    assert client.post(f"{HOME}draft/act", {"seen": "4", "act": "undo"}).status_code == 302
    assert [one.id for one in held(draft).actions] == ["A1", "A3", "A2"]
    assert client.get(f"{HOME}draft/new/nothings").status_code == 404
    assert client.get(f"{HOME}draft/items/A99/").status_code == 404


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5_000])
def test_what_is_no_number_names_no_version(desk: Desk, sign_in: SignIn, number: str) -> None:
    drafted(desk)
    client = policy(desk, sign_in)
    assert client.get(HOME, {"of": f"draft-{number}"}).status_code == 404
    answer = client.post(f"{HOME}draft/act", {"act": "undo", "seen": number, "to": number})
    assert answer.status_code in {409, 422}
    form = fields_of(words(client.get(f"{HOME}draft/items/I1/")))
    answer = client.post(f"{HOME}draft/items/I1/", {**form, "min_cell": number})
    assert "This is no whole number." in words(answer)


def test_a_colleagues_save_is_never_overwritten_and_both_texts_are_shown(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    first = policy(desk, sign_in)
    colleague = desk.again(Role.POLICY, "colleague")
    second = sign_in(colleague)
    address = f"{HOME}draft/items/A1/"
    mine, theirs = (fields_of(words(one.get(address))) for one in (first, second))
    theirs |= {"title.en": ["Their words"], "due_on": ["2026-07-15"]}
    assert second.post(address, theirs).status_code == 302
    mine |= {"title.en": ["My words"], "title.fr": ["Mes mots"]}
    answer = first.post(address, mine)
    page = words(answer)
    assert answer.status_code == 409
    assert "My words" in page
    assert "Their words" in page
    assert "colleague" in page
    choice = re.findall(r'name="(choose\.[^"]+)"', page)
    assert set(choice) == {"choose.actions:A1:title.en"}
    assert held(draft).actions[0].title.en == "Their words"
    assert first.post(address, {**mine, "choose.actions:A1:title.en": "ours"}).status_code == 302
    saved = held(draft).actions[0]
    # Mine where I chose it, and the colleague's day, which I never touched.
    assert (saved.title.en, saved.title.fr, saved.due_on) == ("My words", "Mes mots", date(2026, 7, 15))


def test_time_limits_ceilings_and_subjects_are_written_in_a_form(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk)
    client = policy(desk, sign_in)
    address = f"{HOME}draft/terms"
    form = fields_of(words(client.get(address)))
    assert (form["clock.urgent.direct"], form["unit.urgent.direct"]) == (["6"], ["hours"])
    wrong = {**form, "clock.urgent.direct": ["1"], "unit.urgent.direct": ["minutes"], "in_force_on": [""]}
    answer = client.post(address, wrong)
    assert answer.status_code == 422
    assert "Give a whole number" in words(answer)
    assert "Give the day from which the plan applies." in words(answer)
    form |= {"clock.urgent.direct": ["5"], "classification.fraud": ["restricted"], "handling.fraud": ["H1"]}
    form["lanes"] = ["precursors", "fraud", "cyber"]
    assert client.post(address, form).status_code == 302
    plan = held(draft)
    limits = {(row.urgency.value, row.access.value): row.seconds for row in plan.clocks}
    assert limits["urgent", "direct"] == 5 * 3600
    assert {row.theme.value for row in plan.ceilings} == {"precursors", "fraud"}
    assert len(plan.lanes) == 3
    # More urgent with more time than less urgent: said beside the table.
    form = fields_of(words(client.get(address))) | {"clock.threat-to-life.direct": ["40"]}
    assert client.post(address, form).status_code == 302
    assert "has more time than" in words(client.get(address))


def test_what_is_different_is_told_in_words(desk: Desk, sign_in: SignIn) -> None:
    text = signed(desk, small_plan())
    plan = small_plan()
    changed = msgspec.structs.replace(
        plan,
        actions=(
            msgspec.structs.replace(plan.actions[0], title=said("Name two contact points"), due_on=date(2026, 7, 1)),
        ),
    )
    drafted(desk, changed)
    page = words(policy(desk, sign_in).get(f"{HOME}compare"))
    assert "taken out" in page
    assert "two" in page.split("<ins")[1]
    assert "Tue 30 Jun 2026" in page
    assert "Wed 1 Jul 2026" in page
    same = words(sign_in(desk.liaison).get(f"{HOME}compare?before={text.pk}&after={text.pk}"))
    assert "They say the same." in same
    assert sign_in(desk.liaison).get(f"{HOME}compare?before=no&after=yes").status_code == 404


def test_their_offer_is_merged_with_a_choice_where_both_changed_one_field(desk: Desk, sign_in: SignIn) -> None:
    plan = small_plan()
    base = signed(desk, plan)
    ours = msgspec.structs.replace(
        plan, actions=(msgspec.structs.replace(plan.actions[0], due_on=date(2026, 8, 1)), plan.actions[1])
    )
    theirs = msgspec.structs.replace(
        plan,
        actions=(
            msgspec.structs.replace(plan.actions[0], due_on=date(2026, 9, 1)),
            msgspec.structs.replace(plan.actions[1], title=said("Test them each month")),
        ),
    )
    draft = drafted(desk, ours)
    assert not they_offer(desk, theirs, follows=base)
    offer = Text.objects.get(is_ours=False)
    client = policy(desk, sign_in)
    assert "India offers a text." in words(client.get(f"{HOME}draft/"))
    address = f"{HOME}merge/{offer.pk}"
    page = words(client.get(address))
    assert "Test them each month" in page
    assert "Sat 1 Aug 2026" in page
    assert "Tue 1 Sep 2026" in page
    name = re.findall(r'name="(choose\.[^"]+)"', page)[0]
    assert client.post(address, {"seen": "1"}).status_code == 409
    assert client.post(address, {"seen": "1", name: "theirs"}).status_code == 302
    saved = held(draft)
    assert saved.actions[0].due_on == date(2026, 9, 1)
    assert saved.actions[1].title.en == "Test them each month"


def test_what_is_not_ready_is_listed_and_what_is_ready_leads_to_its_signing(desk: Desk, sign_in: SignIn) -> None:
    plan = small_plan()
    broken = msgspec.structs.replace(plan, actions=(msgspec.structs.replace(plan.actions[0], owners=()),))
    draft = drafted(desk, broken)
    client = policy(desk, sign_in)
    answer = client.post(f"{HOME}draft/act", {"seen": "1", "act": "prepare", "words": "For your consent"})
    assert answer.status_code == 422
    assert "workplan.not-ready" in words(answer)
    assert "Nobody of IN answers for it." in words(answer)
    draft.delete()
    draft = drafted(desk)
    answer = client.post(f"{HOME}draft/act", {"seen": "1", "act": "prepare", "words": "For your consent"})
    text = Text.objects.get()
    assert answer.headers["Location"] == f"/desk/texts/{text.pk}/"
    assert "For your consent" in words(client.get(f"/desk/texts/{text.pk}/"))
    history = words(client.get(f"{HOME}history"))
    assert str(text.pk) in history
    assert "version 1" in history
    assert client.post(f"{HOME}draft/act", {"seen": "1", "act": "discard"}).status_code == 302
    assert not PlanDraft.objects.exists()
    assert client.post(f"{HOME}draft/act", {"seen": "1", "act": "unheard"}).status_code == 404


def test_a_minister_reads_one_sheet_in_each_language(desk: Desk, sign_in: SignIn) -> None:
    today = timezone.localdate()
    plan = small_plan()
    late = Progress(item="A2", status=Status.LATE, on=today, by="IN", reason=said("The telephones are not there."))
    plan = msgspec.structs.replace(
        plan,
        actions=(
            msgspec.structs.replace(plan.actions[0], due_on=today + timedelta(days=3), starts_on=None),
            msgspec.structs.replace(
                plan.actions[1], due_on=today - timedelta(days=3), recurrence=Recurrence.ONCE, recurs_until=None
            ),
        ),
        progress=(*plan.progress, late),
    )
    signed(desk, plan)
    client = sign_in(desk.officers[Role.SIGNATORY])
    page = words(client.get(f"{HOME}brief"))
    assert "The telephones are not there." in page
    coming = page[page.index("Due in the next 30 days") :]
    assert "A1" in coming
    assert "The telephones are not there. (fr)" in words(client.get(f"{HOME}brief?in=fr"))
    assert 'lang="hi"' in words(client.get(f"{HOME}brief?in=hi"))


def test_who_may_only_read_is_shown_neither_the_draft_nor_a_way_to_write(desk: Desk, sign_in: SignIn) -> None:
    drafted(desk)
    client = sign_in(desk.liaison)
    assert "Nothing is signed yet." in words(client.get(HOME))
    for address in ("?of=draft", "?of=draft-1", "board?of=draft", "compare?before=draft&after=draft"):
        assert client.get(f"{HOME}{address}").status_code == 404, address
    assert "version 1" not in words(client.get(f"{HOME}history"))
    signed(desk, small_plan())
    page = words(client.get(HOME))
    assert "A1" in page
    assert "draft/" not in page
    assert client.get(f"{HOME}draft/").status_code == 403
    assert client.post(f"{HOME}draft/act", {"act": "undo", "seen": "1"}).status_code == 403
    assert "Say where it stands" not in words(client.get(f"{HOME}board"))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("plan.docx", b"PK"),
        ("plan.xlsx", b"PK"),
        ("plan.pdf", b"%PDF"),
        ("brief.pdf", b"%PDF"),
        ("plan.ics", b"BEGIN:VCALENDAR"),
        ("plan.json", b"{"),
    ],
)
def test_the_plan_is_taken_out_as_a_file_that_says_whether_it_is_signed(
    desk: Desk, sign_in: SignIn, name: str, begins: bytes
) -> None:
    signed(desk, small_plan())
    client = sign_in(desk.liaison)
    answer = client.get(f"{HOME}files/{name}")
    assert answer.content.startswith(begins)
    assert f"IN-signed-1-{name}" in answer.headers["Content-Disposition"]
    assert client.get(f"{HOME}files/plan.exe").status_code == 404
    drafted(desk)
    answer = policy(desk, sign_in).get(f"{HOME}files/{name}?of=draft")
    assert f"IN-proposal-{name}" in answer.headers["Content-Disposition"]


def test_a_file_says_on_its_pages_whose_proposal_it_is_or_which_revision(desk: Desk, sign_in: SignIn) -> None:
    def standing(of: str = "", language: str = "en") -> str:
        file = client.get(f"{HOME}files/plan.ics?of={of}&in={language}")
        return str(Calendar.from_ical(file.content)["description"])

    client = policy(desk, sign_in)
    draft = drafted(desk)
    moment = f"{last_save(draft).at:%Y-%m-%d %H:%M} UTC"
    assert standing("draft") == f"Draft of CA, version 1 of {moment}, not signed"
    assert standing("draft", "fr") == f"Brouillon de CA, version 1 du {moment}, non signé"
    first = signed(desk, small_plan())
    assert standing() == standing(str(first.pk)) == "Revision 1, signed by both sides"
    second = signed(desk, msgspec.structs.replace(small_plan(), title=said("Later")))
    assert standing() == "Revision 2, signed by both sides"
    assert standing(str(first.pk)) == "Revision 1, signed by both sides; a later revision is signed"
    assert "IN-signed-1-plan.ics" in client.get(f"{HOME}files/plan.ics?of={first.pk}").headers["Content-Disposition"]
    assert not they_offer(desk, msgspec.structs.replace(small_plan(), title=said("Theirs")), follows=second)
    theirs = Text.objects.get(is_ours=False)
    assert standing(str(theirs.pk)) == "Proposal of IN, text 3, not signed by both sides"
    Instrument.objects.update(ends_on=date(2030, 1, 1))
    assert standing() == "Revision 2, signed by both sides; consent withdrawn from 2030-01-01"


def test_an_item_that_is_sent_twice_is_added_once_and_no_other_code_is_named(desk: Desk, sign_in: SignIn) -> None:
    draft, client = drafted(desk), policy(desk, sign_in)
    page = words(client.get(f"{HOME}draft/new/actions"))
    given = fields_of(page) | {"title.en": ["Call each other"]}
    first = client.post(f"{HOME}draft/new/actions", given, follow=True)
    assert "A3 is saved." in words(first)
    again = client.post(f"{HOME}draft/new/actions", given, follow=True)
    assert "This was done already. Nothing was done twice." in words(again)
    assert "is saved" not in words(again)
    assert item_of(last_save(draft).plan, "A4") is None
    given = fields_of(words(client.get(f"{HOME}draft/items/A2/"))) | {"title.en": ["Say it once"]}
    assert "A2 is saved." in words(client.post(f"{HOME}draft/items/A2/", given, follow=True))
    again = client.post(f"{HOME}draft/items/A2/", given, follow=True)
    assert "This was done already. Nothing was done twice." in words(again)
    assert "is saved" not in words(again)


def test_commitments_of_signed_statements_are_taken_over_at_the_page(desk: Desk, sign_in: SignIn) -> None:
    client, draft = policy(desk, sign_in), drafted(desk)
    address = f"{HOME}draft/commitments"
    assert "No statement with India is signed by both sides yet." in words(client.get(address))
    statement = signed_statement(desk)
    page = words(client.get(address))
    assert "No sentence of a signed statement is confirmed as a commitment yet." in page
    assert f"/desk/dialogue/statements/{statement.pk}/commitments" in page
    first, second = promises_of(statement)
    for one in (first, second):
        confirm_commitment(
            desk.officers[Role.POLICY],
            statement,
            clause=one.clause,
            sentence=one.sentence,
            verb=one.verb,
            our_lead="Health <Canada>",
        )
    assert 'Commitments of signed statements</a> <span class="a-chip">2</span>' in words(client.get(f"{HOME}draft/"))
    page = words(client.get(address))
    assert first.texts["en"] in page
    assert "Clause 2, sentence 1" in page
    assert "Health &lt;Canada&gt;" in page
    assert "to be translated: हिन्दी" in page
    assert "Take over all 2" in page
    answer = client.post(address, {"seen": "1", "under": "P2"})
    assert answer.status_code == 422
    assert "No commitment is ticked." in words(answer)
    assert 'href="#references"' in words(answer)
    assert '<option value="P2" selected>' in words(answer)
    ticked = f"{second.clause}/{second.sentence + 1}"
    given = {"seen": "1", "under": "P2", "references": [ticked], "form": "0f0f0f0f-0000-4000-8000-00000000c0de"}
    page = words(client.post(address, given, follow=True))
    assert "Taken over into the draft: C2." in page
    assert "In the draft already: 1" in page
    assert f'value="{ticked}"' not in page
    assert "Nothing was done twice." in words(client.post(address, given, follow=True))
    stale = client.post(address, {"seen": "1", "references": [f"{first.clause}/1"]})
    assert "A colleague saved meanwhile." in words(stale)
    assert f'value="{first.clause}/1" checked' in words(stale)
    page = words(client.post(address, {"seen": "2", "which": "all"}, follow=True))
    assert "The draft has every commitment" in page
    added = held(draft).commitments[-2:]
    assert [(one.id, one.under) for one in added] == [("C2", "P2"), ("C3", None)]
    page = words(client.get(f"{HOME}draft/items/C2/"))
    assert second.texts["en"] in page


def test_commitments_are_taken_over_into_a_draft_alone(desk: Desk, sign_in: SignIn) -> None:
    page = words(policy(desk, sign_in).get(f"{HOME}draft/commitments", follow=True))
    assert "There is no draft." in page
