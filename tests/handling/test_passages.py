"""Copied words are found by their marks, whatever was done to their look; what is short or alike everywhere is not."""

from hypothesis import given
from hypothesis import strategies as st

from accord.handling.passages import PASSAGE_LETTERS, marks_of, marks_of_fields

TURN_OF_PHRASE_LETTERS = 47

SAID = (
    "The consignee at 12 Harbour Road took delivery of four drums on the ninth, paid in cash, and asked that no paper "
    "bear the name of the second buyer, whose brother keeps the warehouse behind the old customs shed."
)


def test_what_was_copied_into_other_words_leaves_a_common_mark() -> None:
    assert marks_of(SAID) & marks_of(f"We have learned this. {SAID[20:150]} Please tell us what you know of it.")


def test_case_accents_blanks_lines_and_punctuation_hide_nothing() -> None:
    retyped = SAID.upper().replace(",", " -").replace(" ", "\n").replace("E", "É")
    assert marks_of(SAID) == marks_of(retyped)


def test_words_in_devanagari_are_marked_with_their_vowel_signs() -> None:
    said = "खेप चौदह अक्टूबर को बंदरगाह पर पहुँची और उसी रात एक दूसरे गोदाम में ले जाई गई, जिसका कोई पंजीकरण नहीं था"
    assert marks_of(said) & marks_of(f"हमें बताया गया कि {said} ऐसा लिखा है")
    assert not marks_of(said) & marks_of(said[::-1])


def test_a_name_alone_is_too_short_to_be_found() -> None:
    assert marks_of("Harbour Road 12") == set()


def test_words_of_the_form_and_of_the_handling_mark_nothing() -> None:
    assert marks_of_fields({"caveats": [{"permitted_uses": [SAID]}], "legal_basis": [SAID]}) == set()
    assert marks_of_fields({"facts": SAID}) == marks_of_fields({"answered_items": [{"text": SAID}]}) != set()


@given(
    st.text(alphabet="abcdefghijklmnop", min_size=PASSAGE_LETTERS, max_size=300),
    st.text(alphabet="qrstuvwxyz 0123", max_size=200),
    st.text(alphabet="qrstuvwxyz 0123", max_size=200),
)
def test_a_run_of_that_many_letters_is_always_found(passage: str, before: str, after: str) -> None:
    assert marks_of(passage) & marks_of(before + passage + after)


@given(
    st.text(alphabet="abcdefghijklmnop", max_size=TURN_OF_PHRASE_LETTERS),
    st.text(alphabet="qrstuv 0123", max_size=200),
    st.text(alphabet="wxyz 456789", max_size=200),
)
def test_a_turn_of_phrase_that_two_authors_share_marks_nobody_s_information(
    phrase: str, ours: str, theirs: str
) -> None:
    assert not marks_of(ours + phrase + ours) & marks_of(theirs + phrase + theirs)
