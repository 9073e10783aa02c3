"""Which sentence speaks of which, in what they differ, and where ours contradicts what was agreed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.dialogue.aligning import LIKE_ENOUGH, Tag, contradictions_between, likeness, suggestion_for, tag_of

AGREED = (
    "The two sides will exchange pre-export notices within 7 days.",
    "They intend to meet twice a year.",
    "They will continue their discussions on fraud.",
)


@pytest.mark.parametrize(
    ("sentence", "agreed", "tag"),
    [
        ("The two sides will exchange pre-export notices within 7 days", 0, Tag.VERBATIM),
        ("Both sides will exchange pre-export notices within 7 days.", 0, Tag.PARAPHRASE),
        ("The two sides shall exchange pre-export notices within 7 days.", 0, Tag.STRONGER),
        ("The two sides intend to exchange pre-export notices within 7 days.", 0, Tag.WEAKER),
        ("They shall meet twice a year.", 1, Tag.STRONGER),
        ("The Minister thanked the hosts for their hospitality.", None, Tag.ADDED),
    ],
)
def test_a_sentence_is_suggested_with_the_one_it_speaks_of(sentence: str, agreed: int | None, tag: Tag) -> None:
    found = suggestion_for(sentence, AGREED, "en")
    assert (found.agreed, found.tag) == (agreed, tag)
    assert (found.likeness >= LIKE_ENOUGH) is (agreed is not None)


def test_nothing_is_suggested_where_nothing_is_agreed() -> None:
    assert suggestion_for("They will meet.", (), "en").tag is Tag.ADDED


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_from_both_sides(one: str, other: str) -> None:
    assert abs(likeness(one, other) - likeness(other, one)) <= 1
    assert 0 <= likeness(one, other) <= 100


@given(st.text(min_size=1, max_size=60))
def test_a_sentence_contradicts_itself_in_nothing(text: str) -> None:
    for language in ("en", "fr", "hi"):
        assert contradictions_between(text, text, language) == ()
        assert tag_of(text, text, language) is Tag.VERBATIM


@pytest.mark.parametrize(
    ("language", "sentence", "agreed", "found"),
    [
        (
            "en",
            "They will exchange notices within 10 days.",
            "They will exchange notices within 7 days.",
            [("figure", "7", "10")],
        ),
        (
            "en",
            "They shall meet by 30 June 2027.",
            "They will meet by 30 July 2027.",
            [("figure", "2027-07-30", "2027-06-30"), ("verb", "will", "shall")],
        ),
        ("en", "They will exchange notices.", "They will exchange notices within 7 days.", []),
        ("fr", "Elles étudieront des préavis.", "Elles échangeront des préavis.", [("verb", "will", "explore")]),
        ("hi", "वे 10 दिनों में सूचना देंगे।", "वे 7 दिनों में सूचना देंगे।", [("figure", "7", "10")]),
    ],
)
def test_a_contradiction_is_found_in_figures_days_and_verbs(
    language: str, sentence: str, agreed: str, found: list[tuple[str, str, str]]
) -> None:
    assert [(one.sort, one.agreed, one.ours) for one in contradictions_between(sentence, agreed, language)] == found
