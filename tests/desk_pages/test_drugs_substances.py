"""The register of substances at the desk: read for a day and a pair, proposed, settled by another, in and out."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from msgspec import structs

from accord.node.notices.deriving import make_notices
from accord.node.notices.kinds import Kind as NoticeKind
from accord.node.notices.models import Notice
from accord.node.notices.places import place_of as place_of_notice
from accord.node.notices.settling import settle_notices
from accord.officers.models import Act, Officer
from accord.officers.permissions import Role
from accord.workstreams.drugs.models import SubstanceProposal
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.csv_rows import FILE_BYTES_MAX, read_csv, write_csv
from accord.workstreams.drugs.substances.proposing import agree_to_changes, propose_changes
from accord.workstreams.drugs.substances.rows import Change, Kind
from accord.workstreams.drugs.substances.shipped import shipped_table
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_half_translated import english
from tests.workstreams.drugs.rows import control, substance

LIST = "/desk/drugs/substances/"
CONTROL: dict[str, Any] = {
    "id": "in-npp",
    "substances": "npp",
    "jurisdiction": "IN",
    "instrument": "SPECIMEN order",
    "class_": "Schedule B",
    "regime": "precursor",
    "schedules": "B",
    "valid_from": "2026-03-01",
    "citation": "SPECIMEN gazette",
    "verified": "yes",
    "why": "Read on the day.",
}


@pytest.fixture
def counsel(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(desk.officers[Role.COUNSEL])


@pytest.fixture
def other(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(second(desk))


def second(desk: Desk) -> Officer:
    return desk.again(Role.COUNSEL, "counsel-2")


def agreed(desk: Desk, *changes: Change) -> None:
    agree_to_changes(second(desk), propose_changes(desk.officers[Role.COUNSEL], changes))


def read(client: Client, address: str, **given: str) -> str:
    answer = client.get(address, given)
    assert answer.status_code == 200
    return str(answer.content.decode())


def place_of(proposal: SubstanceProposal) -> str:
    return f"{LIST}proposals/{proposal.pk}/"


def test_the_matrix_says_for_a_day_and_a_pair_what_each_side_controls_and_where_they_differ(counsel: Client) -> None:
    page = read(counsel, LIST, on="2025-01-23", **{"from": "IN", "to": "CA"})
    # Of five no entry is found on one side: that is no difference.
    assert "Of 5 substances it is not known here whether both sides say the same on" in page
    assert "both sides do not say the same" not in page
    assert "listed, first day not known" in page
    assert "no entry found, which does not mean that it is not controlled" in page
    assert "G.S.R." not in page
    assert "Schedules B and C" in page
    before = read(counsel, LIST, on="2025-01-22", **{"from": "IN", "to": "CA"})
    assert before.count("not controlled on that day") == 2
    assert "both sides do not say the same" in before


@pytest.mark.parametrize("asked", ["4-pipéridone", "41661-47-6", "4 PIPERIDONE", "41661"])
def test_a_row_is_looked_for_by_any_of_its_names_or_numbers(counsel: Client, asked: str) -> None:
    page = read(counsel, LIST, q=asked)
    assert "41661-47-6" in page
    assert "1609-66-1" not in page


def test_what_is_not_found_is_not_called_uncontrolled(counsel: Client) -> None:
    page = read(counsel, LIST, q="SPECIMEN")
    assert "No row has this name or number." in page


def test_of_a_long_register_the_first_rows_are_shown_and_the_others_counted(desk: Desk, counsel: Client) -> None:
    agreed(desk, *(Change.to(substance(f"row-{number}")) for number in range(200)))
    page = read(counsel, LIST)
    assert "7 more rows are not shown here." in page
    assert "substance/row-150/" in page


def test_the_same_side_twice_differs_in_nothing(counsel: Client) -> None:
    page = read(counsel, LIST, on="2025-01-23", **{"from": "CA", "to": "CA"})
    assert "Both sides say the same of every substance" in page


@pytest.mark.parametrize("given", [{"on": "soon"}, {"on": "2025-02-30"}, {"from": "ZZ", "to": "<b>"}])
def test_an_odd_question_is_answered_with_today_and_our_own_pair(counsel: Client, given: dict[str, str]) -> None:
    page = read(counsel, LIST, **given)
    assert ("It was no day" in page) is ("on" in given)
    assert "<b>" not in page.split("<main")[1]


def test_a_substance_s_page_has_its_numbers_controls_and_history(counsel: Client) -> None:
    page = read(counsel, f"{LIST}substance/4-piperidone/")
    for said in ("41661-47-6", "VRJHQPZVIGNGMX-UHFFFAOYSA-N", "As it came with Accord", "not read in the original"):
        assert said in page
    assert "The source itself was not read for this row." in page
    assert "The source itself was read for this row." in read(counsel, f"{LIST}control/ca-npp/")


@pytest.mark.parametrize("place", ["substance/none/", "control/npp/", "thing/npp/", "thing.csv"])
def test_what_is_not_there_is_not_found(counsel: Client, place: str) -> None:
    assert counsel.get(LIST + place).status_code == 404


def test_a_row_is_proposed_by_one_and_agreed_to_by_another_and_both_are_named(
    desk: Desk, counsel: Client, other: Client
) -> None:
    answer = counsel.post(f"{LIST}new/control", CONTROL)
    proposal = SubstanceProposal.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, place_of(proposal))
    page = read(counsel, place_of(proposal))
    assert 'value="agree"' not in page
    assert 'value="withdraw"' in page
    assert "Read on the day." in page
    assert "Waits for a second person" in read(other, LIST)
    assert other.post(f"{place_of(proposal)}act", {"act": "agree"}).status_code == 302
    entry = next(one for one in table_in_force().controls if one.id == "in-npp")
    assert (entry.class_, entry.schedules, entry.verified) == ("Schedule B", ("B",), True)
    page = read(other, f"{LIST}control/in-npp/")
    assert str(desk.officers[Role.COUNSEL]) in page
    assert "counsel-2" in page
    assert "in force" in page


def test_who_posts_an_agreement_to_an_own_proposal_is_refused(counsel: Client) -> None:
    counsel.post(f"{LIST}new/control", CONTROL)
    proposal = SubstanceProposal.objects.get()
    answer = counsel.post(f"{place_of(proposal)}act", {"act": "agree"})
    assert (answer.status_code, b"drugs.own-proposal" in answer.content) == (403, True)
    assert SubstanceProposal.objects.get().state == "proposed"


def test_a_form_that_is_sent_twice_proposes_once(counsel: Client) -> None:
    key = {"form": "2a4e7c52-95a5-4a4e-8c5d-0d6d2b8f3f10"}
    counsel.post(f"{LIST}new/control", CONTROL | key)
    counsel.post(f"{LIST}new/control", CONTROL | key)
    assert SubstanceProposal.objects.count() == 1


def test_refusing_and_withdrawing_need_a_reason_and_keep_it(counsel: Client, other: Client) -> None:
    counsel.post(f"{LIST}new/control", CONTROL)
    proposal = SubstanceProposal.objects.get()
    refused = other.post(f"{place_of(proposal)}act", {"act": "refuse", "why": " "})
    assert "A reason is needed" in refused.content.decode()
    assert other.post(f"{place_of(proposal)}act", {"act": "refuse", "why": "No such gazette."}).status_code == 302
    assert "No such gazette." in read(counsel, f"{LIST}control/in-npp/")
    counsel.post(f"{LIST}new/control", CONTROL)
    mine = SubstanceProposal.objects.get(state="proposed")
    assert counsel.post(f"{place_of(mine)}act", {"act": "withdraw", "why": "A mistake."}).status_code == 302
    assert "Withdrawn" in read(counsel, place_of(mine))


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("control", {"substances": "gone"}, "which is not in the table"),
        ("control", {"jurisdiction": "India"}, "not of its form"),
        ("control", {"valid_to": "2026-02-01"}, "ends before it begins"),
        ("control", {"citation": "Gaz\u200bette"}, "hides or moves"),
        ("substance", {"id": "new", "label": "New"}, "not of its form"),
    ],
)
def test_a_refused_form_says_what_is_wrong_and_keeps_what_was_written(
    counsel: Client, kind: str, changed: dict[str, str], said: str
) -> None:
    answer = counsel.post(f"{LIST}new/{kind}", CONTROL | changed)
    page = answer.content.decode()
    assert answer.status_code in {400, 422}
    assert said in page
    assert "Read on the day." in page
    assert not SubstanceProposal.objects.exists()


def test_the_form_of_the_next_version_is_filled_and_its_page_shows_what_changes(counsel: Client) -> None:
    form = read(counsel, f"{LIST}new/substance", **{"from": "anpp"})
    assert 'value="ZCMDXDQUYIWEKB-UHFFFAOYSA-N"' in form
    more = counsel.post(f"{LIST}new/substance", {"id": "anpp", "names.count": "1", "names.0.text": "A", "add": "names"})
    assert 'name="names.1.text"' in more.content.decode()
    fields = {
        "id": "ca-npp",
        "substances": "npp",
        "jurisdiction": "CA",
        "class_": "Another class",
        "why": "",
        "instrument": "Act",
        "citation": "C",
        "regime": "precursor",
        "verified": "no",
    }
    assert counsel.post(f"{LIST}new/control", fields).status_code == 302
    page = read(counsel, place_of(SubstanceProposal.objects.get()))
    assert "<del>" in page
    assert "Another class" in page
    assert "changed" in page


def test_a_row_is_taken_out_by_two_and_its_history_stays(desk: Desk, counsel: Client, other: Client) -> None:
    answer = counsel.post(f"{LIST}control/ca-npp/out", {"why": "SPECIMEN."})
    proposal = SubstanceProposal.objects.get()
    assert answer.headers["Location"] == place_of(proposal)
    assert "taken out" in read(other, place_of(proposal))
    other.post(f"{place_of(proposal)}act", {"act": "agree"})
    page = read(counsel, f"{LIST}control/ca-npp/")
    assert "It does not stand in the register today." in page
    assert "takes it out" in page


def test_a_row_that_others_rest_on_is_not_taken_out_and_says_why(counsel: Client) -> None:
    answer = counsel.post(f"{LIST}substance/npp/out", {"why": "SPECIMEN."})
    assert (answer.status_code, "names npp" in answer.content.decode()) == (422, True)


def exported(client: Client, kind: Kind, **given: str) -> bytes:
    answer = client.get(f"{LIST}{kind}.csv", given)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="accord-{kind}s.csv"'
    return bytes(answer.content)


def test_what_is_taken_along_comes_back_as_it_was_and_the_act_is_noted(counsel: Client) -> None:
    content = exported(counsel, Kind.SUBSTANCE)
    assert [row for _line, row in read_csv(content).rows] == list(shipped_table().substances)
    assert Act.objects.get(verb="export substances").detail == {"table": "substance", "rows": 7, "is_whole": False}
    page = brought(counsel, content)
    assert "7 rows stand so already" in page
    assert "Propose these changes" not in page


def test_what_its_originator_controls_is_taken_along_only_where_it_is_asked_for_by_who_may_propose(
    desk: Desk, counsel: Client, sign_in: SignIn
) -> None:
    row = substance("listed", cas=["50-00-0"], label="Listed SPECIMEN", originator_controlled=True)
    agreed(desk, Change.to(row))
    assert "Listed SPECIMEN" in read(counsel, LIST)
    assert b"Listed SPECIMEN" not in exported(counsel, Kind.SUBSTANCE)
    assert b"Listed SPECIMEN" in exported(counsel, Kind.SUBSTANCE, all="yes")
    assert b"Listed SPECIMEN" not in exported(sign_in(desk.liaison), Kind.SUBSTANCE, all="yes")


def brought(client: Client, content: bytes) -> str:
    answer = client.post(f"{LIST}import", {"file": SimpleUploadedFile("rows.csv", content)})
    return str(answer.content.decode())


NEW_ROW = control("in-npp", ["npp"], jurisdiction="IN", citation="=1+1", class_="Schedule B")


def test_a_table_is_looked_at_then_proposed_for_another(counsel: Client, other: Client) -> None:
    content = write_csv(Kind.CONTROL, [*shipped_table().controls, NEW_ROW])
    page = brought(counsel, content.encode())
    assert "1 row is new or changed" in page
    assert "15 rows stand so already" in page
    assert not SubstanceProposal.objects.exists()
    given = {"act": "propose", "name": "rows.csv", "content": content, "why": "From the gazette."}
    answer = counsel.post(f"{LIST}import", given)
    proposal = SubstanceProposal.objects.get()
    assert (answer.status_code, answer.headers["Location"], proposal.file_name) == (302, place_of(proposal), "rows.csv")
    other.post(f"{place_of(proposal)}act", {"act": "agree"})
    assert NEW_ROW in table_in_force().controls


def test_bad_cells_are_named_and_nothing_is_proposed(counsel: Client) -> None:
    rows = list(csv.reader(io.StringIO(write_csv(Kind.CONTROL, shipped_table().controls))))
    rows[1][rows[0].index("valid_from")] = "18/10/2017"
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    page = brought(counsel, held.getvalue().encode())
    for said in ("18/10/2017", "valid_from", "It is no day: write it as 2026-02-07."):
        assert said in page
    assert "Propose these changes" not in page
    answer = counsel.post(f"{LIST}import", {"act": "propose", "name": "x", "content": held.getvalue()})
    assert b"drugs.substance-bad-rows" in answer.content
    assert not SubstanceProposal.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\r\n1,2\r\n", "The header is that of neither table"),
        (b"\xff\xfe", "not in UTF-8"),
        (b"x" * (FILE_BYTES_MAX + 1), "2 MiB"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(counsel: Client, content: bytes, said: str) -> None:
    assert said in brought(counsel, content)


def test_the_largest_table_goes_back_and_forth_with_the_page(counsel: Client) -> None:
    content = write_csv(Kind.CONTROL, [*shipped_table().controls, NEW_ROW]).encode()
    content += (b" " * 62 + b"\r\n") * ((FILE_BYTES_MAX - len(content)) // 64)
    assert FILE_BYTES_MAX - len(content) < 64
    assert "1 row is new or changed" in brought(counsel, content)
    counsel.post(
        f"{LIST}import", {"act": "propose", "name": "rows.csv", "content": content.decode(), "why": "Read on the day."}
    )
    assert SubstanceProposal.objects.count() == 1


def test_a_page_without_a_file_asks_for_one(counsel: Client) -> None:
    assert "No file was chosen" in counsel.post(f"{LIST}import").content.decode()


def test_the_card_of_the_workstream_says_how_much_waits_for_the_officer(
    desk: Desk, counsel: Client, other: Client
) -> None:
    counsel.post(f"{LIST}new/control", CONTROL)
    part = "Controlled substances"
    assert "1 waits" in read(other, "/desk/drugs/").split(part)[1][:200]
    assert "1 waits" not in read(counsel, "/desk/drugs/").split(part)[1][:200]


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_the_pages_speak_the_officer_s_language(desk: Desk, counsel: Client, language: str) -> None:
    speaks(desk, language)
    page = read(counsel, LIST, on="2025-01-23")
    assert "Controlled substances" not in page
    assert "no entry found" not in page
    for place in ("", *(f"{kind}/{row.id}/" for kind, rows in SHIPPED for row in rows)):
        assert english(read(counsel, f"{LIST}{place}").encode()) == []


SHIPPED = (("substance", shipped_table().substances), ("control", shipped_table().controls))


@pytest.mark.parametrize(
    ("language", "place", "words"),
    [
        ("fr", "control/ca-npp/", "Loi réglementant certaines drogues et autres substances"),
        ("fr", "control/ca-npp/", "Annexe VI, partie 1 (précurseur de catégorie A)"),
        ("fr", "substance/4-ap/", "DORS/2023-102, art. 1 et 2; DORS/2002-359, annexe, article 31"),
        ("fr", "substance/anpp/", "à confirmer dans la Liste rouge"),
        ("fr", "control/un-npp-anpp/", "trafic illicite de stupéfiants et de substances psychotropes de 1988"),
        ("hi", "control/in-piperidones/", "स्वापक ओषधि और मनःप्रभावी पदार्थ (नियंत्रित पदार्थों का विनियमन) आदेश, 2013"),
        ("hi", "substance/4-piperidone/", "भारत का राजपत्र, असाधारण, भाग II, खंड 3(i)"),
        ("en", "substance/4-piperidone/", "S.C. 1996, c. 19, Schedule VI, Part 1, item 27; SOR/2024-98"),
    ],
)
def test_the_law_behind_a_control_is_named_in_the_officer_s_language(
    desk: Desk, counsel: Client, language: str, place: str, words: str
) -> None:
    speaks(desk, language)
    assert words in read(counsel, f"{LIST}{place}")


def test_an_entry_names_its_substances_once_with_a_way_to_each(counsel: Client) -> None:
    page = read(counsel, f"{LIST}control/in-piperidones/").partition("<main")[2]
    assert page.count(">1-boc-4-piperidone<") == 1
    assert f'href="{LIST}substance/1-boc-4-piperidone/"' in page


def test_what_an_officer_wrote_into_the_register_is_never_translated(desk: Desk, counsel: Client) -> None:
    # The same words stand in the catalogues, as the source of a rule of screening.
    written = "Convention of 1988, Table I"
    agreed(desk, Change.to(control("xx-npp", ["npp"], class_=written)))
    speaks(desk, "fr")
    for place in ("substance/npp/", "control/xx-npp/"):
        assert f' dir="auto" lang="">{written}<' in read(counsel, f"{LIST}{place}")


def test_a_change_of_a_citation_shows_what_was_changed_and_not_two_languages(desk: Desk, counsel: Client) -> None:
    (stands,) = (one for one in shipped_table().controls if one.id == "ca-npp")
    agreed(desk, Change.to(structs.replace(stands, citation=stands.citation.replace("item 27", "item 28"))))
    speaks(desk, "fr")
    page = read(counsel, place_of(SubstanceProposal.objects.get()))
    assert "S.C. 1996, c. 19" in page
    assert "L.C. 1996, ch. 19" not in page
    # Blanks of the page are shown there as they stand.
    assert '<dd dir="auto" lang=""><span class="a-words">S.C. 1996' in page


def speaks(desk: Desk, language: str) -> None:
    Officer.objects.filter(pk=desk.officers[Role.COUNSEL].pk).update(language=language)


def test_the_second_officer_is_told_led_there_and_left_in_peace_once_it_is_settled(
    desk: Desk, counsel: Client, other: Client
) -> None:
    make_notices()
    counsel.post(f"{LIST}new/control", CONTROL)
    proposal = SubstanceProposal.objects.get()
    make_notices()
    told = Notice.objects.filter(kind=NoticeKind.REGISTER_WAITS)
    names = set(told.values_list("officer__username", flat=True))
    assert "counsel-2" in names
    assert desk.officers[Role.COUNSEL].username not in names
    notice = told.get(officer__username="counsel-2")
    assert place_of_notice(notice, notice.officer) == place_of(proposal)
    assert settle_notices() == 0
    other.post(f"{place_of(proposal)}act", {"act": "agree"})
    assert settle_notices() == len(names)
