"""Copied words are found by their marks, whatever was done to their look; what is short or alike everywhere is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.handling.passages import PASSAGE_LETTERS, holds_words, marks_of, marks_of_fields, plain_words, says_enough

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


def test_a_text_has_the_marks_that_are_stored_of_it() -> None:
    # Marks outlive a version of the software: another way to compute them must give the same numbers.
    assert (len(marks_of(SAID)), min(marks_of(SAID)), sum(marks_of(SAID))) == (
        13,
        17939790952483894,
        1575927221357658460,
    )


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


@given(st.text(max_size=60))
def test_folded_words_are_folded_once_for_all(text: str) -> None:
    assert plain_words(plain_words(text)) == plain_words(text)


_WORDS = st.lists(st.text(alphabet="abcéßñÅøकखाि0123ﬁ", min_size=1, max_size=8), min_size=1, max_size=6)


@given(_WORDS, _WORDS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from([" ", "  ", "\n", "\u00a0"]))
def test_words_are_found_however_they_are_written(words: list[str], before: list[str], form: str, blank: str) -> None:
    said = blank.join((*before, *(word.upper() for word in words), "."))
    written = unicodedata.normalize(form, said)  # type: ignore[arg-type]
    assert holds_words({"facts": written}, [(" ".join(words), None)])
    assert holds_words({"facts": " ".join((*before, *words))}, [(unicodedata.normalize(form, " ".join(words)), None)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "wrong", "right", "is_held"),
    [
        ("Kumar's lorry", "kumar", None, True),
        ("O\u2019Neil", "O'Neil", None, True),
        ("14 drums", "4", None, False),
        ("Rajesh Kumar", "Kumar", "Rajesh Kumar", False),
        ("Rajesh Kumar and Kumar", "Kumar", "Rajesh Kumar", True),
        ("mcdonald", "mcdonald", "McDonald", False),
        ("राम का घर", "राम", None, True),
        ("रामा का घर", "राम", None, False),
        ("收货人王伟在", "王伟", None, True),
    ],
)
def test_wrong_words_are_whole_words_beside_the_right_ones(
    said: str, wrong: str, right: str | None, is_held: bool
) -> None:
    assert holds_words({"facts": said}, [(wrong, right)]) is is_held


def test_names_of_members_are_nobodys_words_and_statements_of_accuracy_are() -> None:
    assert not holds_words({"facts": {"number": "one"}}, [("number", None)])
    assert not holds_words({"legal_basis": ["second buyer"]}, [("second buyer", None)])
    assert holds_words({"accuracy": {"statement": "As the second buyer said."}}, [("second buyer", None)])


@pytest.mark.parametrize(
    ("wrong", "is_enough"),
    [("a", False), ("IN", False), ("drums", False), ("Kumar", True), ("two words", True), ("K42", True), ("राम", True)],
)
def test_a_plain_word_alone_says_too_little(wrong: str, is_enough: bool) -> None:
    assert says_enough(wrong) is is_enough
