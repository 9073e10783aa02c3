"""Screening at the desk: from a manifest that is brought to a flag that is marked and followed by a draft."""

import io
import re
from html import unescape
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from accord.exchange.models import Case, CaseNote, Message
from accord.node.desk.workstreams.drugs import screening_rows
from accord.node.desk.workstreams.drugs.rule_words import rule_sentence, rule_words
from accord.node.desk.workstreams.drugs.views.screening_flag import FOLLOWING
from accord.officers.models import Act, Officer
from accord.officers.permissions import Role
from accord.workstreams.drugs.manifests.following import followable_kinds
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.marks.weights import Weighing, numbered
from accord.workstreams.drugs.models import Flag, FlagMark, MissedLine, RuleWeights, Screening
from accord.workstreams.drugs.screening.rules import rules
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import plain, text
from tests.workstreams.drugs.screened import HEADER

LIST = "/desk/drugs/screening/"
RULES = f"{LIST}rules/"
HIT = "M{0},Specimen Trading 1,Specimen Foods 2,CA,IN,4,100,2933.39,1-boc-4-piperidone <b>25 kg</b>\n"
VAGUE = "M{0},Specimen Trading 1,Specimen Foods 2,CA,IN,4,100,2933.39,Chemical intermediate\n"
PRESS = "M{0},Specimen Trading 1,Specimen Foods 2,CA,IN,4,100,8474.80,Tablet press machine\n"
TEA = "M{0},Specimen Trading 1,Specimen Foods 2,CA,IN,4,100,0902.10,Tea\n"
BROKEN = "too,few\n"


def manifest(*rows: str, name: str = "SPECIMEN.csv") -> io.BytesIO:
    file = io.BytesIO((HEADER + "".join(row.format(number) for number, row in enumerate(rows, 2))).encode())
    file.name = name
    return file


def brought(desk: Desk, sign_in: SignIn, *rows: str) -> Screening:
    """A manifest that the liaison officer brought and the node screened."""
    answer = sign_in(desk.liaison).post(LIST, {"file": manifest(*(rows or (HIT, TEA, BROKEN, VAGUE, PRESS)))})
    assert answer.status_code == 302, text(answer)
    screen_to_the_end()
    return Screening.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def test_an_empty_list_says_how_to_begin_and_which_columns_are_read(desk: Desk, sign_in: SignIn) -> None:
    page = text(sign_in(desk.liaison).get(LIST))
    assert "No manifest was screened yet" in page
    assert "description_text" in page
    assert "accord drugs screen --home HOME manifest.csv" in page
    assert 'type="file"' in page
    reader = text(sign_in(desk.releasing).get(LIST))
    assert 'type="file"' not in reader


def test_a_manifest_is_brought_screened_and_loses_no_line(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    answer = client.post(LIST, {"file": manifest(HIT, TEA, BROKEN)})
    address = answer["Location"]
    waiting = text(client.get(address))
    assert "waits its turn" in waiting
    assert f'hx-get="{address}progress?was=waiting&amp;seen=0"' in waiting
    assert client.get(f"{address}progress").status_code == 200
    screen_to_the_end()
    progress = client.get(f"{address}progress")
    # By this status the page is told to ask no more.
    assert progress.status_code == 286
    assert "3 lines = 2 screened + 1 refused" in plain(progress)
    page = text(client.get(address))
    assert "hx-trigger" not in page.partition("<main")[2]
    assert "The line has 2 columns where the header has 9" in page
    listed = plain(client.get(LIST))
    assert "SPECIMEN.csv" in listed
    assert "1 to look at" in listed


def test_the_page_of_a_screening_names_the_columns_that_were_not_read(desk: Desk, sign_in: SignIn) -> None:
    client, file = sign_in(desk.liaison), io.BytesIO(b"Description of goods,Vessel <b>\nTea,SPECIMEN\n")
    file.name = "SPECIMEN.csv"
    address = client.post(LIST, {"file": file})["Location"]
    screen_to_the_end()
    page = client.get(address)
    assert "Columns not read: Vessel <b>" in unescape(plain(page))
    assert "cas registry number" in text(page)


def test_a_manifest_that_cannot_be_read_says_what_mends_it(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    none = client.post(LIST, {})
    assert none.status_code == 422
    assert "drugs.no-manifest" in text(none)
    assert 'href="#file"' in text(none)
    headless = io.BytesIO(b"a,b\n1,2\n")
    headless.name = "headless.csv"
    wrong = client.post(LIST, {"file": headless})
    assert wrong.status_code == 422
    assert "No column of the header describes the goods" in text(wrong)
    assert Screening.objects.count() == 0
    assert sign_in(desk.releasing).post(LIST, {"file": manifest(HIT)}).status_code == 403
    assert Screening.objects.count() == 0


def test_a_screening_is_stopped_and_goes_on(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.liaison)
    address = client.post(LIST, {"file": manifest(HIT, TEA)})["Location"]
    assert "Stop it" in text(client.get(address))
    assert "Let it go on" in text(client.post(f"{address}act", {"act": "stop"}, follow=True))
    screen_to_the_end()
    assert Screening.objects.get().screened == 0
    client.post(f"{address}act", {"act": "go-on"})
    screen_to_the_end()
    assert Screening.objects.get().screened == 2
    late = client.post(f"{address}act", {"act": "stop"})
    assert late.status_code == 409
    assert "drugs.screening-over" in text(late)


def test_a_flag_says_why_with_its_score_and_what_an_error_costs(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client = sign_in(desk.liaison)
    page = client.get(f"{LIST}{screening.pk}/")
    shown = plain(page)
    assert "The text names 1-boc-4-piperidone" in shown
    assert "If it is wrong: A lawful trader's goods wait for a look at the papers." in shown
    # What was found stands out, and what the line writes is text and no element.
    assert '<mark class="a-hit">1-boc-4-piperidone</mark> &lt;b&gt;25 kg&lt;/b&gt;' in text(page)
    flag = screening.flags.get(line=2)
    one = client.get(f"{LIST}flags/{flag.pk}/")
    assert f"score {flag.score} of 100" in plain(one)
    assert "weight 80 of 100" in plain(one)
    assert "Specimen Foods 2" in text(one)
    assert "Schedule VI" in text(one)
    assert "Next flag" in text(one)
    assert "100 kg" in plain(one)
    # On a phone the parts stand in the order of the page: what to do comes at once behind the reasons.
    headings = re.findall(r'<h2[^>]* id="([a-z-]+)"', text(one))
    assert headings.index("follow") == headings.index("why") + 1
    controlled = plain(one).partition("Where it is controlled")[2]
    assert "SOR/2024-98" in controlled
    assert "Convention of 1988 · Table I" in controlled
    assert 'href="/desk/drugs/substances/control/un-piperidones/"' in text(one)
    assert "from " in controlled
    assert "None in cases that you may read." in plain(one)
    assert "the weights that came with Accord" in shown


def test_flags_are_filtered_by_rule_state_and_substance_and_put_in_order(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client, address = sign_in(desk.liaison), f"{LIST}{screening.pk}/"

    def lines(query: str) -> list[int]:
        return [row.flag.line for row in client.get(f"{address}?{query}").context["rows"]]

    by_score = list(Flag.objects.order_by("-score", "line").values_list("line", flat=True))
    assert lines("") == by_score
    assert lines("sort=line") == [2, 5, 6]
    assert lines("rule=equipment") == [6]
    assert lines("substance=1-boc-4-piperidone") == [2]
    assert lines("state=marked-true") == []
    assert lines("rule=nonsense&sort=nonsense&page=x") == by_score
    assert "No flag is like this" in text(client.get(f"{address}?state=followed"))


def test_several_flags_are_marked_at_once_and_taken_back_in_one_go(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client, address = sign_in(desk.liaison), f"{LIST}{screening.pk}/"
    keys = [str(key) for key in screening.flags.filter(line__in=[5, 6]).values_list("pk", flat=True)]
    none = client.post(f"{address}act", {"act": "mark-true"})
    assert none.status_code == 409
    assert "drugs.none-chosen" in text(none)
    # The page stands at the address of the act, and its links lead back to the list as it was asked for.
    again = client.post(f"{address}act", {"act": "mark-true", "query": "rule=equipment"})
    assert len(again.context["rows"]) == 1
    assert f'action="{address}" class="a-card a-filters"' in text(again)
    for link in (one["address"] for one in again.context["counts"]):
        assert client.get(link).status_code == 200
    bare = client.post(f"{address}act", {"act": "mark-false", "flag": keys})
    assert "drugs.no-reason" in text(bare)
    # What was ticked stays ticked, so that only the reason is to be written.
    assert text(bare).count(" checked") == 2
    assert Flag.objects.exclude(mark="").count() == 0
    done = client.post(
        f"{address}act",
        {"act": "mark-false", "flag": keys, "reason": "Sold to a bakery.", "query": "sort=line"},
        follow=True,
    )
    assert done.redirect_chain[0][0] == f"{address}?sort=line"
    assert "2 flags are marked false." in plain(done)
    assert Flag.objects.filter(mark="false", marked_by=desk.liaison).count() == 2
    undone = client.post(f"{address}act", {"act": "undo", "flag": keys}, follow=True)
    assert "2 marks are taken back." in plain(undone)
    assert "2 flags are marked false." not in plain(undone)
    assert Flag.objects.exclude(mark="").count() == 0
    assert FlagMark.objects.count() == 4


def test_what_a_colleague_said_meanwhile_is_not_taken_back(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    flag = screening.flags.get(line=5)
    address = f"{LIST}{screening.pk}/"
    client = sign_in(desk.liaison)
    client.post(f"{address}act", {"act": "mark-true", "flag": str(flag.pk)})
    sign_in(desk.duty).post(f"{LIST}flags/{flag.pk}/act", {"act": "mark-false", "reason": "A paint."})
    undone = client.post(f"{address}act", {"act": "undo", "flag": str(flag.pk)}, follow=True)
    assert "What was said since then stays." in plain(undone)
    there = f"{LIST}flags/{flag.pk}/"
    assert "Take the last mark back" not in plain(client.get(there))
    assert client.post(f"{there}act", {"act": "undo"}).status_code == 409
    flag.refresh_from_db()
    assert flag.mark == "false"


def test_a_table_of_flags_reads_the_weights_once_and_looks_for_no_hits(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening = brought(desk, sign_in)
    assert screening.flags.count() > 1
    asked: list[int] = []

    def counted(number: int) -> Weighing:
        asked.append(number)
        return numbered(number)

    monkeypatch.setattr(screening_rows, "numbered", counted)
    monkeypatch.setattr(screening_rows, "pieces_of", lambda *_: pytest.fail("hits are looked for"))
    table = sign_in(desk.liaison).get(f"{LIST}{screening.pk}/flags.csv")
    assert len(b"".join(table).splitlines()) > screening.flags.count()
    assert asked == [0]


def test_one_flag_is_marked_with_a_reason_and_its_history_stays(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    client, address = sign_in(desk.liaison), f"{LIST}flags/{flag.pk}/"
    assert client.post(f"{address}act", {"act": "mark-false"}).status_code == 409
    client.post(f"{address}act", {"act": "mark-true", "reason": "The invoice says the same."})
    page = plain(client.get(address))
    assert "The invoice says the same." in page
    assert "Take the last mark back" in page
    client.post(f"{address}act", {"act": "undo"})
    after = plain(client.get(address))
    assert "mark taken back" in after
    assert "marked true" in after
    assert client.post(f"{address}act", {"act": "dance"}).status_code == 404


def test_a_flag_becomes_a_request_in_two_clicks(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    client, address = sign_in(desk.liaison), f"{LIST}flags/{flag.pk}/"
    first = client.get(f"{address}follow/request")
    assert "1-boc-4-piperidone (M2)" in text(first)
    given = {"case": "", "title": first.context["title"], "peer": "IN"}
    made = client.post(f"{address}follow/request", given)
    draft = Message.objects.get()
    assert made["Location"] == f"/desk/drafts/{draft.pk}/"
    assert draft.case.title == "1-boc-4-piperidone (M2)"
    assert draft.case.theme == "precursors"
    assert "The text names 1-boc-4-piperidone" in draft.fields["facts"]
    assert draft.fields["substances"][0]["cas_number"] == "79099-07-3"
    assert client.get(made["Location"]).status_code == 200
    # A second time leads to the draft that was begun.
    again = client.post(f"{address}follow/request", given)
    assert again["Location"] == made["Location"]
    assert Case.objects.count() == 1
    page = text(client.get(address))
    assert made["Location"] in page
    assert "followed up" in page


def test_a_second_officer_is_led_to_the_draft_of_a_colleague_and_writes_nothing_in_it(
    desk: Desk, sign_in: SignIn
) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    address, given = f"{LIST}flags/{flag.pk}/follow/request", {"case": "", "title": "SPECIMEN", "peer": "IN"}
    sign_in(desk.liaison).post(address, given)
    draft = Message.objects.get()
    second = desk.again(Role.LIAISON, "second")
    Officer.objects.filter(pk=second.pk).update(display_name="SPECIMEN Second", agency="CBSA")
    client = sign_in(second)
    led = client.post(address, given)
    assert led["Location"] == f"/desk/drafts/{draft.pk}/"
    assert "A colleague follows this flag already; here is their draft." in plain(client.get(LIST))
    before = (draft.version, draft.fields)
    draft.refresh_from_db()
    assert (draft.version, draft.fields) == before
    assert Case.objects.count() == 1


def test_a_second_officer_who_does_not_read_the_case_is_told_that_a_colleague_follows_it(
    desk: Desk, sign_in: SignIn
) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    address, given = f"{LIST}flags/{flag.pk}/follow/request", {"case": "", "title": "SPECIMEN", "peer": "IN"}
    sign_in(desk.liaison).post(address, given)
    Case.objects.update(is_team_only=True)
    draft = Message.objects.get()
    refused = sign_in(desk.again(Role.LIAISON, "second")).post(address, given)
    assert refused.status_code == 409
    page = plain(refused)
    assert "A colleague follows this flag already." in page
    assert draft.case.own_ref not in page
    assert str(draft.pk) not in page
    before = (draft.version, draft.fields)
    draft.refresh_from_db()
    assert (draft.version, draft.fields) == before


@pytest.mark.parametrize("kind", followable_kinds())
def test_a_flag_becomes_a_message_of_each_kind_in_a_new_case(desk: Desk, sign_in: SignIn, kind: str) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    client, address = sign_in(desk.liaison), f"{LIST}flags/{flag.pk}/"
    words = str(FOLLOWING[kind])
    assert words in plain(client.get(address))
    assert words in plain(client.get(f"{address}follow/{kind}"))
    made = client.post(f"{address}follow/{kind}", {"case": "", "title": "SPECIMEN", "peer": "IN"})
    assert made.status_code == 302, plain(made)
    draft = Message.objects.get()
    assert (draft.kind, draft.case.title) == (kind, "SPECIMEN")
    assert draft.fields["sender"]["agency"] == desk.liaison.agency
    assert client.get(made["Location"]).status_code == 200


def test_goods_that_come_to_us_are_asked_about_and_not_announced(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in, HIT.replace(",CA,IN,", ",IN,CA,")).flags.get()
    client, address = sign_in(desk.liaison), f"{LIST}flags/{flag.pk}/"
    page = text(client.get(address))
    assert (f"{address}follow/request" in page, f"{address}follow/pre-export-notice" in page) == (True, False)
    assert client.get(f"{address}follow/pre-export-notice").status_code == 404


def test_a_request_is_drafted_in_a_case_at_hand(desk: Desk, sign_in: SignIn) -> None:
    first, second = brought(desk, sign_in, HIT, PRESS).flags.order_by("line")
    client = sign_in(desk.liaison)
    client.post(f"{LIST}flags/{first.pk}/follow/request", {"case": "", "title": "One case", "peer": "IN"})
    case = Case.objects.get()
    address = f"{LIST}flags/{second.pk}/follow/request"
    assert f'value="{case.own_ref}"' in text(client.get(address))
    client.post(address, {"case": case.own_ref, "title": "Not used", "peer": "IN"})
    assert Case.objects.count() == 1
    assert case.messages.count() == 2
    refused = client.post(address.replace("request", "dance"))
    assert refused.status_code == 404
    assert sign_in(desk.releasing).get(address).status_code == 403


def test_a_flag_that_was_followed_says_in_which_case_and_chooses_it(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    client, address = sign_in(desk.liaison), f"{LIST}flags/{flag.pk}/follow/"
    assert "Followed already" not in text(client.get(f"{address}drug-incident"))
    client.post(f"{address}request", {"case": "", "title": "One case", "peer": "IN"})
    case = Case.objects.get()
    page = text(client.get(f"{address}drug-incident"))
    assert "Followed already" in page
    assert f'value="{case.own_ref}" checked' in page
    assert f"{case.own_ref}</a>, request" in page
    Case.objects.update(holder=desk.duty)
    held = text(client.get(f"{address}drug-incident"))
    assert ("Followed already" in held, f'value="{case.own_ref}"' in held) == (True, False)


def test_what_the_request_says_is_in_the_language_of_the_page(desk: Desk, sign_in: SignIn) -> None:
    flag = brought(desk, sign_in).flags.get(line=2)
    Officer.objects.filter(pk=desk.liaison.pk).update(language="fr")
    client = sign_in(desk.liaison)
    client.cookies["django_language"] = "fr"
    client.post(f"{LIST}flags/{flag.pk}/follow/request", {"case": "", "title": "Un dossier", "peer": "IN"})
    draft = Message.objects.get()
    assert draft.fields["language"] == "fr"
    assert "Le texte nomme 1-boc-4-piperidone" in draft.fields["facts"]
    assert "expéditeur est laissé de côté" in CaseNote.objects.get(case=draft.case).text


def test_a_missed_line_is_named_and_taken_back(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client, address = sign_in(desk.liaison), f"{LIST}{screening.pk}/"
    flagged = client.post(f"{address}act", {"act": "missed", "line": "2", "description": "Tea"})
    assert "drugs.line-flagged" in text(flagged)
    assert 'value="Tea"' in text(flagged)
    client.post(f"{address}act", {"act": "missed", "line": "3", "description": "Tea, and not tea"})
    assert "Tea, and not tea" in text(client.get(address))
    assert "Tea, and not tea" in text(client.get(RULES))
    # Whoever may read no case reads no line of one either.
    assert "Tea, and not tea" not in text(sign_in(desk.officers[Role.COUNSEL]).get(RULES))
    client.post(f"{address}act", {"act": "found", "missed": str(MissedLine.objects.get().pk)})
    assert "Tea, and not tea" not in text(client.get(address))


def test_both_tables_are_handed_out_and_it_is_noted(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client, address = sign_in(desk.liaison), f"{LIST}{screening.pk}/"
    flags = text(client.get(f"{address}flags.csv"))
    assert "The text names 1-boc-4-piperidone" in flags
    assert "Specimen Foods 2" in flags
    refused = text(client.get(f"{address}refused.csv"))
    assert '"4"' in refused
    assert "2 columns where the header has 9" in refused
    assert set(Act.objects.values_list("verb", flat=True)) >= {"export flags", "export refused lines"}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_read_cases_reads_no_screening(desk: Desk, sign_in: SignIn, role: Role) -> None:
    screening = brought(desk, sign_in)
    if role is Role.DECIDER:
        return
    flag = screening.flags.get(line=2)
    reads = role in {Role.LIAISON, Role.RELEASING, Role.DUTY, Role.REVIEWER}
    client = sign_in(desk.officers[role])
    for address in (LIST, f"{LIST}{screening.pk}/", f"{LIST}flags/{flag.pk}/", f"{LIST}{screening.pk}/flags.csv"):
        answer = client.get(address)
        assert (answer.status_code == 200) is reads, address
        assert reads or "piperidone" not in text(answer)


def test_an_officer_of_another_subject_finds_no_screening(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    flag = screening.flags.get(line=2)
    stranger = desk.again(Role.DUTY, "stranger")
    stranger.scope_themes = ["fraud"]
    stranger.save()
    client = sign_in(stranger)
    assert "SPECIMEN.csv" not in text(client.get(LIST))
    assert "to look at" not in text(client.get("/desk/drugs/"))
    for address in (f"{LIST}{screening.pk}/", f"{LIST}flags/{flag.pk}/", f"{LIST}{screening.pk}/refused.csv"):
        assert client.get(address).status_code == 404
    assert client.post(f"{LIST}flags/{flag.pk}/act", {"act": "mark-true"}).status_code == 404
    assert client.post(f"{LIST}flags/{flag.pk}/follow/request", {"peer": "IN", "title": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("rule", "themes", "agencies", "finds"),
    [
        ("node", [], [], True),
        ("node", ["precursors"], [], True),
        ("node", [], ["CBSA"], False),
        ("scope", [], [], False),
        ("scope", ["precursors"], [], True),
        ("team", [], [], False),
        ("team", ["precursors"], ["RCMP"], True),
    ],
)
def test_a_scope_and_the_rule_of_the_node_say_who_finds_a_screening(
    desk: Desk, sign_in: SignIn, settings: Any, rule: str, themes: list[str], agencies: list[str], finds: bool
) -> None:
    Officer.objects.filter(pk=desk.liaison.pk).update(agency="RCMP")
    screening = brought(desk, sign_in)
    settings.ACCORD_NEED_TO_KNOW = rule
    colleague = desk.again(Role.DUTY, "colleague")
    colleague.scope_themes, colleague.scope_agencies = themes, agencies
    colleague.save()
    assert (sign_in(colleague).get(f"{LIST}{screening.pk}/").status_code == 200) is finds
    # Whoever brought it reads it under every rule.
    assert sign_in(desk.liaison).get(f"{LIST}{screening.pk}/").status_code == 200


def test_a_workbook_is_brought_like_any_manifest(desk: Desk, sign_in: SignIn) -> None:
    book = Workbook()
    sheet = book.active
    for row in (HEADER, HIT.format(2), TEA.format(3)):
        sheet.append(row.strip().split(","))
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "SPECIMEN.xlsx"
    assert sign_in(desk.liaison).post(LIST, {"file": file}).status_code == 302
    screen_to_the_end()
    assert (Screening.objects.get().screened, Flag.objects.get().line) == (2, 2)


def test_the_first_page_counts_the_flags_to_look_at(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client = sign_in(desk.liaison)
    assert "3 wait" in plain(client.get("/desk/drugs/"))
    client.post(f"{LIST}flags/{screening.flags.get(line=2).pk}/act", {"act": "mark-true"})
    assert "2 wait" in plain(client.get("/desk/drugs/"))


def test_few_marks_are_said_to_be_few(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    client = sign_in(desk.liaison)
    client.post(f"{LIST}flags/{screening.flags.get(line=2).pk}/act", {"act": "mark-true"})
    page = plain(client.get(RULES))
    assert "1 of 1 too few to say" in page
    assert "%" not in page.partition("By rule")[2].partition("Tuning")[0]
    assert "Too few lines are marked: 1 of 20." in page
    assert "Propose these weights" not in page


def marked(desk: Desk, sign_in: SignIn) -> None:
    """Sixty marked flags: the press is mostly wrong, the name always right."""
    screening = brought(desk, sign_in, *([HIT] * 20 + [PRESS] * 40))
    for flag in screening.flags.all():
        is_true = "piperidone" in flag.description or flag.line % 10 == 0
        Flag.objects.filter(pk=flag.pk).update(mark="true" if is_true else "false", marked_by=desk.liaison)


def test_weights_are_proposed_by_one_officer_and_agreed_to_by_another(desk: Desk, sign_in: SignIn) -> None:
    marked(desk, sign_in)
    counsel = sign_in(desk.officers[Role.COUNSEL])
    page = counsel.get(RULES)
    assert "On the part held out" in text(page)
    assert "A press, die or capsule filler: 55 →" in plain(page)
    assert "20 of 20 · between 84 and 100 %" in plain(page)
    assert "Propose these weights" not in text(sign_in(desk.liaison).get(RULES))
    proposed = counsel.post(f"{RULES}act", {"act": "propose", "why": "Forty presses were looked at."}, follow=True)
    assert "wait for a second officer" in plain(proposed)
    assert 'value="agree"' not in text(proposed)
    row = RuleWeights.objects.get()
    own = counsel.post(f"{RULES}act", {"act": "agree", "weights": str(row.pk)})
    assert "drugs.own-weights" in text(own)
    other = sign_in(desk.again(Role.COUNSEL, "second"))
    agreed = other.post(f"{RULES}act", {"act": "agree", "weights": str(row.pk)}, follow=True)
    assert "in force" in plain(agreed)
    assert "Forty presses were looked at." in plain(agreed)
    row.refresh_from_db()
    assert row.state == "in-force"
    assert row.weights["equipment"] < rules()["equipment"].weight


def test_proposed_weights_are_taken_back(desk: Desk, sign_in: SignIn) -> None:
    marked(desk, sign_in)
    counsel = sign_in(desk.officers[Role.COUNSEL])
    counsel.post(f"{RULES}act", {"act": "propose"})
    row = RuleWeights.objects.get()
    assert "refused" in plain(counsel.post(f"{RULES}act", {"act": "refuse", "weights": str(row.pk)}, follow=True))
    assert counsel.post(f"{RULES}act", {"act": "agree", "weights": "0"}).status_code == 404


def test_a_rule_that_is_no_more_is_named_by_its_code() -> None:
    assert rule_sentence("of-old", {"words": "x"}) == "of-old"
    assert rule_words("of-old").title == "of-old"


def test_a_country_is_named_and_not_coded_in_what_a_rule_says() -> None:
    with translation.override("fr"):
        assert "ce pays (Inde)" in rule_sentence("no-notice", {"substance": "4-AP", "country": "IN"})


def test_each_rule_is_said_in_the_language_of_the_reader() -> None:
    with translation.override("hi"):
        for code, rule in rules().items():
            words = rule_words(code)
            assert words.title != rule.title, code
            assert words.cost != rule.cost, code
            assert words.source, code


def test_what_an_officer_said_of_a_flag_is_no_error_of_the_page(desk: Desk, sign_in: SignIn) -> None:
    client, screening = sign_in(desk.liaison), brought(desk, sign_in, HIT)
    flag = screening.flags.get()
    client.post(f"{LIST}flags/{flag.pk}/act", {"act": "mark-true"})
    page = text(client.get(f"{LIST}{screening.pk}/"))
    assert "marked true" in page
    assert "a-state--bad" not in page


def test_values_that_could_not_be_read_stand_beside_the_lines_that_could_not(desk: Desk, sign_in: SignIn) -> None:
    heavy = TEA.replace(",100,", ",abc,")
    screening = brought(desk, sign_in, HIT, heavy, BROKEN)
    assert (screening.screened, screening.refused, screening.unread) == (2, 1, 1)
    client, address = sign_in(desk.liaison), f"{LIST}{screening.pk}/"
    shown = plain(client.get(address)).partition("Values that could not be read")[2]
    assert "abc" in shown
    assert "It is no weight" in shown
    handed = text(client.get(f"{address}refused.csv"))
    assert '"3","gross","abc"' in handed
    assert "without this value" in handed


def test_a_line_that_stands_there_twice_says_which_one_it_repeats(desk: Desk, sign_in: SignIn) -> None:
    row = HIT.format(7)
    screening, client = brought(desk, sign_in, row, row.replace(",100,", ",120,"), row), sign_in(desk.liaison)
    first, other, second = (plain(client.get(f"{LIST}flags/{one.pk}/")) for one in screening.flags.order_by("line"))
    assert "Line 4 is the same as line 2." in second
    assert "is the same as" not in first + other
