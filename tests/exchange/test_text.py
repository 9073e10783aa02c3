"""A text is what it looks like: nothing in it hides, reorders, or is composed in two ways."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.exchange.text import (
    TextRefused,
    check_texts,
    check_written,
    first_refused,
    looks_plain,
    looks_well_written,
)

REFUSED = [
    "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f",
    "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u2028", "\u2029", "\x00", "\x1b", "\x7f", "\x85", "\r",
    "\U000e0041", "\ufff9", "\u180e", "\u3164",
]  # fmt: skip


@pytest.mark.parametrize("sign", REFUSED)
def test_a_hiding_or_reordering_character_is_refused_at_its_position(sign: str) -> None:
    assert first_refused(f"abc{sign}def") == (3, f"U+{ord(sign):04X}")


@pytest.mark.parametrize("text", ["plain", "two\nlines\tand a tab", "Québec", "भारत सरकार", "ਪੰਜਾਬ", "漢字", "😀"])
def test_honest_text_of_any_script_passes(text: str) -> None:
    assert first_refused(unicodedata.normalize("NFC", text)) is None


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_passes_after_a_virama_and_nowhere_else(joiner: str) -> None:
    assert first_refused(f"क्{joiner}ष") is None
    assert first_refused(f"क{joiner}ष") == (1, f"U+{ord(joiner):04X}")
    assert first_refused(f"pay{joiner}pal") == (3, f"U+{ord(joiner):04X}")
    assert first_refused(joiner) == (0, f"U+{ord(joiner):04X}")


def test_decomposed_text_is_refused_where_it_differs() -> None:
    assert first_refused("Que\u0301bec") == (2, "not-NFC")


def test_the_field_and_the_position_are_named_and_the_text_is_not() -> None:
    with pytest.raises(TextRefused) as refused:
        check_texts({"caveats": [{"who": ["ok"]}, {"who": ["se\u202ecret"]}]})
    assert refused.value.fields == {"field": "caveats[1].who[0]", "position": 2, "character": "U+202E"}
    assert "secret" not in str(refused.value)


def test_the_name_of_a_field_is_looked_at_too() -> None:
    with pytest.raises(TextRefused):
        check_texts({"extensions": {"x-\u200bname": "value"}})


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from(REFUSED), st.integers(0, 60))
def test_a_refused_character_is_found_wherever_it_stands(text: str, sign: str, at: int) -> None:
    spoiled = text[:at] + sign + text[at:]
    with pytest.raises(TextRefused):
        check_texts([spoiled])


@given(st.dictionaries(st.text(max_size=8), st.text(st.characters(codec="utf-8"), max_size=40), max_size=4))
def test_what_the_quick_look_lets_through_the_long_look_lets_through(value: dict[str, str]) -> None:
    payload = msgspec.json.encode(value)
    if looks_plain(payload):
        check_texts(value)


BLANKS = st.sampled_from([" ", "\n", "\t", "\u00a0", "\u2003", "\u3000", "\x1f", '"', ",", "a", "\u0430", "द"])


@given(st.dictionaries(st.text(max_size=4), st.text(BLANKS | st.characters(codec="utf-8"), max_size=12), max_size=4))
def test_what_looks_well_written_is_passed_by_the_long_look(value: dict[str, str]) -> None:
    if looks_well_written(msgspec.json.encode(value)):
        check_written(value)


@pytest.mark.parametrize("text", ["Plain.", "two\nlines\tand a tab", "Québec", "भारत सरकार", ""])
def test_honest_text_looks_well_written(text: str) -> None:
    assert looks_well_written(msgspec.json.encode({"facts": text, "relevance_reason": "The consignor lives there."}))


@pytest.mark.parametrize("text", [" ", "\n\t", "\u00a0", "\u3000 ", "P\u0430ypal", "a\u202eb", "\x7f"])
def test_what_must_be_mended_never_looks_well_written(text: str) -> None:
    with pytest.raises(TextRefused):
        check_written({"facts": text})
    assert not looks_well_written(msgspec.json.encode({"facts": text}))


@given(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=60))
def test_plain_ascii_is_seen_as_plain_unless_it_is_escaped(text: str) -> None:
    payload = msgspec.json.encode({"a": text})
    assert looks_plain(payload) or "\\" in text


@pytest.mark.parametrize(
    "text",
    ["FIR दर्ज 12/2026 at Delhi", "Москва and Toronto", "5 μg of Δ9-THC, \u03b1-PVP", "RCMPके साथ", "Québec", "µ-opioid"],
)
def test_two_scripts_may_stand_in_one_sentence(text: str) -> None:
    check_written({"facts": text})


@pytest.mark.parametrize("word", ["P\u0430ypal", "\u0410lfa", "gr\u03b1m", "\u0391lpha", "\u13aetreet", "\u0561b"])
def test_a_word_that_mixes_scripts_that_look_alike_is_refused_with_its_place(word: str) -> None:
    with pytest.raises(TextRefused) as refused:
        check_written({"facts": f"ok {word}"})
    assert refused.value.reason_code == "text.mixed-scripts"
    assert refused.value.fields["field"] == "facts"
    assert refused.value.fields["position"] == 3
    assert "one script" in refused.value.next_step


def test_what_arrives_may_mix_scripts_since_nobody_here_can_mend_it() -> None:
    check_texts({"facts": "P\u0430ypal"})


@pytest.mark.parametrize("text", [" ", "\n\t", "\u3000"])
def test_a_text_of_blanks_is_refused(text: str) -> None:
    with pytest.raises(TextRefused) as refused:
        check_written({"facts": text})
    assert (refused.value.reason_code, refused.value.fields) == ("text.blank", {"field": "facts"})
