"""Sentences of public texts in three languages, and how strongly each promises."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.dialogue.sentences import sentences_of
from accord.dialogue.verbs import Strength, is_stronger, strength_of

TEXTS = st.text(alphabet=st.sampled_from("ABab12 .!?।…»«\"')(\n-•é"), max_size=60)


@given(TEXTS, st.sampled_from(["en", "fr", "hi", "xx"]))
def test_nothing_of_a_text_is_lost_or_changed(text: str, language: str) -> None:
    found = sentences_of(text, language)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(one == one.strip() and one for one in found)


@given(TEXTS)
def test_splitting_the_sentences_again_splits_no_line_end_more(text: str) -> None:
    for one in sentences_of(text, "en"):
        assert "\n" not in one


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Dr. A. K. Specimen met Ms. B. Example. They agreed on 3.5 tonnes.", 2),
        ("en", "The notice of 30 Sept. 2026 stands. It expires on 1 Oct. 2027.", 2),
        ("en", 'The Secretary said: "We will act." Nobody objected.', 2),
        ("en", '"Will it hold?" asked the press. It will.', 2),
        ("en", "Goods from the U.S. are not meant (see Art. 4). Others are.", 2),
        ("en", "1. The sides will meet. 2. They will exchange notices.", 2),
        ("en", "They agreed on:\n- notices in 7 days\n- answers in 21 days\n\nThey will meet again.", 4),
        ("en", "A line\nthat goes on. Another one.", 2),
        ("en", "", 0),
        ("fr", "M. A. Spécimen a rencontré Mme B. Exemple. « Nous agirons. » Ils se reverront.", 3),
        ("fr", "Voir l'art. 4 et p. ex. l'annexe. Est-ce tout ? Oui.", 3),
        ("hi", "दोनों पक्ष मिलेंगे। डॉ. नमूना ने कहा कि 3.5 टन है। क्या यह पर्याप्त है? हाँ।", 4),
        ("hi", "पहला वाक्य।दूसरा वाक्य॥ तीसरा", 3),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str, count: int) -> None:
    assert len(sentences_of(text, language)) == count


@pytest.mark.parametrize(
    ("language", "sentence", "strength"),
    [
        ("en", "Each side shall answer within 21 days.", Strength.SHALL),
        ("en", "Each side will answer within 21 days.", Strength.WILL),
        ("en", "The two sides agreed to establish liaison officers.", Strength.WILL),
        ("en", "They intend to meet twice a year.", Strength.INTEND),
        ("en", "They will explore a joint exercise.", Strength.EXPLORE),
        ("en", "They agreed to continue discussions on fraud.", Strength.CONTINUE),
        ("en", "They welcomed the work of the officers.", Strength.ACKNOWLEDGE),
        ("en", "The meeting took place on a Friday.", None),
        ("fr", "Chaque partie doit répondre dans les 21 jours.", Strength.SHALL),
        ("fr", "Les parties échangeront les préavis.", Strength.WILL),
        ("fr", "Elles ont l'intention de se réunir.", Strength.INTEND),
        ("fr", "Elles étudieront un exercice conjoint.", Strength.EXPLORE),
        ("fr", "Les discussions se poursuivront et elles poursuivront leurs travaux.", Strength.CONTINUE),
        ("fr", "Elles prennent acte du rapport.", Strength.ACKNOWLEDGE),
        ("fr", "Une caméra et un opéra.", None),
        ("hi", "हर पक्ष को 21 दिनों में उत्तर देना होगा।", Strength.SHALL),
        ("hi", "दोनों पक्ष सूचनाएँ साझा करेंगे।", Strength.WILL),
        ("hi", "उनका वर्ष में दो बार मिलने का इरादा है।", Strength.INTEND),
        ("hi", "वे संयुक्त अभ्यास पर विचार करेंगे।", Strength.EXPLORE),
        ("hi", "वे चर्चा जारी रखेंगे।", Strength.CONTINUE),
        ("hi", "उन्होंने अधिकारियों के काम का संज्ञान लिया।", Strength.ACKNOWLEDGE),
        ("hi", "बैठक शुक्रवार को थी।", None),
    ],
)
def test_a_sentence_promises_as_strongly_as_its_operative_verb(
    language: str, sentence: str, strength: Strength | None
) -> None:
    assert strength_of(sentence, language) is strength


def test_the_scale_runs_from_shall_to_acknowledge() -> None:
    scale = list(Strength)
    assert [one.value for one in scale] == ["shall", "will", "intend", "explore", "continue", "acknowledge"]
    assert all(is_stronger(one, other) for one, other in pairwise(scale))
    assert not is_stronger(Strength.WILL, Strength.WILL)


@given(st.text(max_size=80), st.sampled_from(["en", "fr", "hi", "xx"]))
def test_every_text_has_a_strength_or_none(text: str, language: str) -> None:
    assert strength_of(text, language) in {None, *Strength}
