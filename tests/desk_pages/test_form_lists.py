"""Lists of a form: leaving one open, and saying that nothing of it applies, are two things."""

from django.http import QueryDict

from accord.exchange.kinds import REQUEST, STRUCTS
from accord.node.desk.fields import fields_of, posted_values

NAMES = ("person_categories",)


def test_a_needed_list_left_alone_is_missing() -> None:
    assert posted_values(STRUCTS[REQUEST], NAMES, QueryDict("")) == {}


def test_none_of_these_is_an_answer_and_stays_ticked() -> None:
    posted = posted_values(STRUCTS[REQUEST], NAMES, QueryDict("person_categories.none=yes"))
    assert posted == {"person_categories": []}
    assert fields_of(STRUCTS[REQUEST], NAMES, posted)[0].is_none


def test_a_choice_outweighs_none_of_these() -> None:
    posted = posted_values(STRUCTS[REQUEST], NAMES, QueryDict("person_categories.none=yes&person_categories=victim"))
    assert posted == {"person_categories": ["victim"]}
    assert not fields_of(STRUCTS[REQUEST], NAMES, posted)[0].is_none
