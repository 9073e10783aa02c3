"""Search: words are found in every script and whatever their accents, and only by who may read the text."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.exchange import services
from accord.exchange.models import SearchEntry
from accord.exchange.search.finding import Found, Wanted, find
from accord.exchange.search.folding import folded, sound_of, word_of
from accord.exchange.search.indexing import forget, rebuild, scrub
from accord.officers.models import Officer
from accord.officers.permissions import NotPermitted, Role
from tests.desk import Desk, own_side, received_request, released_request, request_fields, submitted_request


def looked_for(officer: Officer, words: str, **wanted: object) -> Found:
    return find(officer, Wanted(words=words, **wanted))  # type: ignore[arg-type]


def shown(found: Found) -> list[str]:
    return ["".join(piece.text for piece in hit.pieces) for hit in found.hits]


def marked(found: Found) -> list[str]:
    return [piece.text for hit in found.hits for piece in hit.pieces if piece.is_hit]


@pytest.mark.parametrize(
    ("indic", "latin"),
    [
        ("दिल्ली", "Delhi"),
        ("मुंबई", "Mumbai"),
        ("कोलकाता", "Kolkata"),
        ("वैंकूवर", "Vancouver"),
        ("फेंटानिल", "Fentanyl"),
        ("सिंह", "Singh"),
        ("हरजिंदर", "Harjinder"),
        ("ਪੰਜਾਬ", "Punjab"),
        ("ਸਿੰਘ", "Singh"),
        ("ਜਲੰਧਰ", "Jalandhar"),
        ("ਅੰਮ੍ਰਿਤਸਰ", "Amritsar"),
    ],
)
def test_a_name_sounds_alike_in_both_scripts(indic: str, latin: str) -> None:
    assert sound_of(indic) == sound_of(latin) != ""


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("Montréal", "montreal"),
        ("ÉTÉ", "ete"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("विक्रम", "vikram"),
        ("१२३", "123"),
        ("ਪੰਜਾਬ", "panjab"),
        ("ਪੰਜਾਬੀ", "panjabi"),
        ("हेरोइन", "heroin"),
        ("Москва", "москва"),
    ],
)
def test_a_word_has_one_form(word: str, plain: str) -> None:
    assert word_of(word) == plain


def test_a_plain_text_is_folded_as_any_other() -> None:
    text = "A drum of 1-boc-4-piperidone (CAS 79099-07-3), by Kumar & Sons."
    assert folded(text).words == folded(f"{text}…").words
    assert folded(text).sounds == folded(f"{text}…").sounds


def test_words_of_a_message_are_found_by_who_reads_it(desk: Desk) -> None:
    asked = received_request(desk, specification="Was the exporter Łukasz Gagné registered?", language="fr")
    for words in (
        "gagne",
        "GAGNÉ",
        "lukasz registered",
        '"exporter lukasz"',
        "regist",
        asked.case.own_ref,
        "79099-07-3",
    ):
        found = looked_for(desk.duty, words)
        assert [hit.entry.key for hit in found.hits] == [asked.pk], words
        assert found.count == 1
        assert marked(found), words
    assert looked_for(desk.duty, "gagne absent").hits == []
    assert looked_for(desk.duty, '"lukasz exporter"').hits == []
    assert "Łukasz Gagné" in shown(looked_for(desk.duty, "gagne"))[0]
    assert looked_for(desk.duty, "gagne").hits[0].language == "fr"


def test_a_latin_word_finds_hindi_and_punjabi_and_the_other_way_round(desk: Desk) -> None:
    hindi = received_request(desk, case="IN-2026-1", facts="दिल्ली से वैंकूवर तक हेरोइन भेजी गई।", language="hi")
    punjabi = received_request(desk, case="IN-2026-2", facts="ਪੰਜਾਬ ਤੋਂ ਗੁਰਦੀਪ ਸਿੰਘ।", language="pa")
    english = received_request(desk, case="IN-2026-3", facts="Sent from Delhi by Gurdeep Singh, heroin.")

    def found(words: str) -> set[object]:
        return {hit.entry.key for hit in looked_for(desk.duty, words).hits}

    assert found("Delhi") == {hindi.pk, english.pk}
    assert found("दिल्ली") == {hindi.pk, english.pk}
    assert found("heroin") == {hindi.pk, english.pk}
    assert found("हेरोइन") == {hindi.pk, english.pk}
    assert found("Punjab") == {punjabi.pk}
    assert found("Vancouver") == {hindi.pk}
    assert found("ਸਿੰਘ") == {punjabi.pk, english.pk} == found("Singh") == found("सिंह")
    assert "दिल्ली" in marked(looked_for(desk.duty, "delhi"))


def test_titles_notes_questions_and_names_of_files_are_found(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="Opération Zéphyr")
    services.write_note(desk.liaison, case, "The broker is called Quillon.")
    inquiry = services.ask_agency(desk.liaison, case, agency="HC", question="Who holds licence Xylander?")
    services.record_reply(desk.liaison, inquiry, text="A firm named Yttrium.", holds_information=True)
    assert [hit.entry.subject for hit in looked_for(desk.duty, "zephyr").hits] == ["case"]
    assert [hit.entry.subject for hit in looked_for(desk.duty, "quillon").hits] == ["note"]
    assert [hit.entry.subject for hit in looked_for(desk.duty, "xylander yttrium").hits] == ["inquiry"]
    assert looked_for(desk.duty, "quillon", subject="case").hits == []
    assert looked_for(desk.duty, "quillon", theme="fraud").hits == []
    assert looked_for(desk.duty, "quillon", peer="IN", theme="precursors", subject="note").count == 1


def test_a_draft_is_found_by_its_authors_and_by_others_once_it_left(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_request(desk.liaison, case, request_fields(facts="About Umbriel."), own=own_side())  # type: ignore[arg-type]
    assert looked_for(desk.liaison, "umbriel").count == 1
    assert looked_for(desk.duty, "umbriel").count == looked_for(desk.releasing, "umbriel").count == 0
    services.save_draft(desk.liaison, draft, version=1, fields=request_fields(facts="About Oberon."))  # type: ignore[arg-type]
    assert looked_for(desk.liaison, "umbriel").count == 0
    assert looked_for(desk.liaison, "oberon").count == 1
    services.discard(desk.liaison, draft, version=2, reason="Settled.")
    assert looked_for(desk.liaison, "oberon").count == 0
    sent = released_request(desk)
    assert sent.pk in {hit.entry.key for hit in looked_for(desk.duty, "industrial intermediate").hits}


def test_what_one_need_not_know_is_neither_found_nor_counted(desk: Desk) -> None:
    asked = received_request(desk, facts="About Zanzibarite.")
    other = received_request(desk, case="IN-2026-9", facts="Zanzibarite once more.")
    services.take(desk.liaison, asked.case)
    services.keep_to_team(desk.liaison, asked.case, reason="Few.")
    stranger = desk.again(Role.DUTY, "stranger")
    found = looked_for(stranger, "zanzibarite")
    assert ([hit.entry.key for hit in found.hits], found.count) == ([other.pk], 1)
    assert looked_for(desk.liaison, "zanzibarite").count == 2
    with pytest.raises(NotPermitted):
        looked_for(desk.administrator, "zanzibarite")


def test_what_was_withdrawn_leaves_the_index(desk: Desk) -> None:
    asked = received_request(desk, facts="About Zanzibarite.")
    entry = SearchEntry.objects.get(key=asked.pk)
    type(asked).objects.filter(pk=asked.pk).update(state="withdrawn")
    assert looked_for(desk.duty, "zanzibarite").count == 0
    entry.delete()
    type(asked).objects.filter(pk=asked.pk).update(state="received")
    assert looked_for(desk.duty, "zanzibarite").count == 0


def test_the_index_is_rebuilt_to_what_it_was(desk: Desk) -> None:
    received_request(desk, facts="दिल्ली and Montréal.")
    case = submitted_request(desk).case
    services.write_note(desk.liaison, case, "A note.")
    rows = SearchEntry.objects.order_by("key").values_list("subject", "key", "case", "message", "words", "sounds")
    before = [(*row[:4], set(row[4].split()), set(row[5].split())) for row in rows]
    SearchEntry.objects.filter(key=case.pk).delete()
    assert rebuild() == len(before)
    assert [(*row[:4], set(row[4].split()), set(row[5].split())) for row in rows] == before
    assert looked_for(desk.duty, "montreal delhi").count == 1


def test_pages_go_on_and_the_count_ends_at_a_hundred(desk: Desk) -> None:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    for number in range(103):
        services.write_note(desk.liaison, case, f"Quillon {number}.")
    first = looked_for(desk.duty, "quillon")
    assert (len(first.hits), first.count, first.is_more) == (25, 100, True)
    second = find(desk.duty, Wanted(words="quillon"), before=first.next)
    assert second.hits[0].entry.pk < first.hits[-1].entry.pk
    assert "102" in shown(first)[0]


@pytest.mark.parametrize(
    "words",
    ['"', '""', "'", "*", "a OR b", "NEAR(a b)", "words:x", "(((", "AND", "-", "\x00", "x" * 500, "😀", "%", "a:*&|!"],
)
def test_signs_that_a_database_would_read_are_words_or_nothing(desk: Desk, words: str) -> None:
    assert looked_for(desk.duty, words).hits == []


def test_a_question_costs_the_same_statements_however_much_is_found(desk: Desk) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            looked_for(desk.duty, "drum")
        return len(seen)

    received_request(desk)
    one = cost()
    for number in range(4):
        received_request(desk, case=f"IN-2026-{number}{uuid4().int % 1000}")
    assert cost() == one


def _stored() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM exchange_searchindex_data")
        return b"".join(bytes(block) for (block,) in cursor.fetchall())


def test_what_is_erased_leaves_the_index_and_its_pages(desk: Desk) -> None:
    asked = received_request(desk, facts="About Zanzibarite and Oberon.")
    received_request(desk, case="IN-2026-9", facts="About Oberon.")
    # The beginning of a word is left out where the word before it in the page has the same one.
    assert connection.vendor != "sqlite" or b"zibarite" in _stored()
    forget([asked.pk])
    scrub()
    assert looked_for(desk.duty, "zanzibarite").count == 0
    assert looked_for(desk.duty, "oberon").count == 1
    assert connection.vendor != "sqlite" or b"zibarite" not in _stored()
