"""What services and the law say, said in Hindi: whole sentences, their stops, and what stands in their gaps."""

import pytest
from django.utils import translation

from accord.node.desk.said import said
from accord.vocabulary.handling import HANDLING_LABELS
from accord.vocabulary.refusal import DELAY_REASON_LABELS, REFUSAL_GROUND_LABELS
from tests.desk import Desk

pytestmark = pytest.mark.django_db


def test_two_sentences_put_together_each_end_with_a_danda(desk: Desk) -> None:
    with translation.override("hi"):
        told = said("The message has not been approved. Ask a second officer to confirm.")
    assert told == "संदेश अनुमोदित नहीं हुआ है। दूसरे अधिकारी से पुष्टि माँगें।"


def test_a_clause_before_a_sentence_gets_its_danda(desk: Desk) -> None:
    with translation.override("hi"):
        assert said("it is needed and missing. Fill it in.") == "यह आवश्यक है और नहीं दिया गया। इसे भरें।"


def test_names_and_codes_are_taken_over_as_they_are(desk: Desk) -> None:
    with translation.override("hi"):
        told = said("This account may not do this: it needs the permission message.release.")
    assert told == "इस खाते से यह नहीं हो सकता: इसके लिए message.release अनुमति चाहिए।"


@pytest.mark.parametrize(
    "words", [*HANDLING_LABELS.values(), *REFUSAL_GROUND_LABELS.values(), *DELAY_REASON_LABELS.values()]
)
def test_every_ground_reason_and_handling_code_is_said_in_hindi(desk: Desk, words: str) -> None:
    with translation.override("hi"):
        assert said(words) != words


def test_a_rule_s_cure_is_said_in_hindi_with_the_rule_that_asks_for_it(desk: Desk) -> None:
    with translation.override("hi"):
        told = said("Within 24 hours: Within 24 hours: notify the reviewer. (BI-13.notice)")
    assert "समीक्षक को सूचित करें।" in told
    assert told.endswith("(BI-13.notice)")
