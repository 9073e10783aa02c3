"""Numbers and days are read out of a text alike in three languages."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.vocabulary.figures_in_text import figures_of, missing_in

DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
FR = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
HI = ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"]


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en", "by 30 June 2026", ["2026-06-30"]),
        ("en", "by June 30th, 2026", ["2026-06-30"]),
        ("en", "on the 1st of July", ["07-01"]),
        ("en", "in July 2026", ["2026-07"]),
        ("en", "by the end of August", ["08"]),
        ("en", "2026-06-30", ["2026-06-30"]),
        ("en", "30/06/2026 or 06/30/2026", ["2026-06-30", "2026-06-30"]),
        ("en", "01/01/2026", ["2026-01-01"]),
        ("en", "They may march in august company.", []),
        ("fr", "le 1er juillet 2026", ["2026-07-01"]),
        ("fr", "d'ici le 30 juin", ["06-30"]),
        ("fr", "à la fin du mois de Juin 2026", ["2026-06"]),
        ("hi", "३० जून २०२६ तक", ["2026-06-30"]),
        ("hi", "30 सितम्बर, 2026", ["2026-09-30"]),
        ("hi", "दिसंबर में", ["12"]),
        ("en", "29 February", ["02-29"]),
    ],
)
def test_a_day_is_read_in_the_forms_of_each_language(language, text, days):
    assert sorted(figures_of(text, language).days) == sorted(days)


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("en", "1,234.5 kg", ["1234.5"]),
        ("en", "1,00,000 rows", ["100000"]),
        ("en", "items 3,5 and 7", ["3", "5", "7"]),
        ("fr", "1 234,5 kg", ["1234.5"]),
        ("fr", "12\u202f000 $ et 95 %", ["12000", "95"]),
        ("hi", "1,00,000 और 50 लाख".translate(DEVANAGARI), ["100000", "5000000"]),
        ("en", "5 million, 2 crore", ["5000000", "20000000"]),
        ("fr", "1,5 milliard", ["1500000000"]),
        ("en", "the 2nd meeting, within 7-day terms", ["2", "7"]),
        ("fr", "la 2e réunion, le 3ème point", ["2", "3"]),
        ("hi", "5वीं बैठक", ["5"]),
        ("en", "at 2 p.m., 12 am and 12 pm", ["14", "0", "12"]),
        ("en", "Regulation (EU) 2023/977", ["2023", "977"]),
        ("en", "from -5 to \u22123, pages 5-10", ["-5", "-3", "5", "10"]),
    ],
)
def test_a_number_is_read_in_the_forms_of_each_language(language, text, numbers):
    found = figures_of(text, language)
    assert sorted(found.numbers) == sorted(Decimal(number) for number in numbers)
    assert not found.days


@pytest.mark.parametrize("text", ["31 June 2026", "2026-06-31", "31/06/2026", "February 30", "29 February 2025"])
def test_a_day_that_no_calendar_has_is_told(text):
    found = figures_of(text, "en")
    assert found.impossible == (text,)
    assert not found.days


def test_a_day_of_two_readings_is_told_and_not_guessed():
    found = figures_of("by 06/07/2026", "en")
    assert found.ambiguous == ("06/07/2026",)
    assert not found.days


def test_a_number_in_words_may_stand_for_one_in_digits_and_need_not():
    english, french = figures_of("three days, a second chance", "en"), figures_of("3 jours, neuf chances", "fr")
    assert missing_in(french, english) == ()
    assert missing_in(english, french) == ()
    assert missing_in(figures_of("4 jours", "fr"), english) == ("4",)


def test_what_is_missing_is_named():
    english = figures_of("By 30 June 2026, 95 percent within 7 days", "en")
    hindi = figures_of("30 जून 2026 तक, 8 दिनों में 95 प्रतिशत", "hi")
    assert missing_in(english, hindi) == ("7",)
    assert missing_in(hindi, english) == ("8",)


DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
NUMBERS = st.decimals(min_value=0, max_value=10_000_000, places=1, allow_nan=False)


def _english(day: date, form: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in {11, 12, 13} else 0, "th")
    return (
        f"{day.day} {EN[day.month - 1]} {day.year}",
        f"{EN[day.month - 1]} {day.day}, {day.year}",
        f"{day.day}{ending} of {EN[day.month - 1]} {day.year}",
        day.isoformat(),
    )[form]


def _french(day: date, form: int) -> str:
    said = f"{'1er' if day.day == 1 and form % 2 else day.day} {FR[day.month - 1]} {day.year}"
    return day.isoformat() if form == 3 else said


def _hindi(day: date, form: int) -> str:
    said = f"{day.day} {HI[day.month - 1]} {day.year}"
    return (said, said.translate(DEVANAGARI), f"{day.day} {HI[day.month - 1]}, {day.year}", day.isoformat())[form]


def _number(number: Decimal, language: str) -> str:
    english = f"{number:,}"
    if language == "fr":
        return english.replace(",", "\u202f").replace(".", ",")
    return english.translate(DEVANAGARI) if language == "hi" else english


def _texts(days: list[tuple[date, int]], numbers: list[Decimal]) -> dict[str, str]:
    return {
        "en": "; ".join([f"by {_english(*day)}" for day in days] + [f"about {_number(n, 'en')} kg" for n in numbers]),
        "fr": " ; ".join([f"environ {_number(n, 'fr')} kg" for n in numbers] + [f"le {_french(*day)}" for day in days]),
        "hi": "; ".join([f"{_hindi(*day)} तक" for day in days] + [f"लगभग {_number(n, 'hi')} किलो" for n in numbers]),
    }


@given(st.lists(st.tuples(DAYS, st.integers(0, 3)), max_size=4), st.lists(NUMBERS, max_size=4))
def test_versions_that_say_the_same_agree(days, numbers):
    texts = _texts(days, numbers)
    found = {language: figures_of(text, language) for language, text in texts.items()}
    assert sorted(found["en"].days) == sorted(day.isoformat() for day, _form in days)
    assert sorted(found["en"].numbers) == sorted(numbers)
    for one in found.values():
        for other in found.values():
            assert missing_in(one, other) == ()


@given(
    st.lists(st.tuples(DAYS, st.integers(0, 3)), min_size=1, max_size=4),
    st.lists(NUMBERS, min_size=1, max_size=4),
    st.sampled_from(["fr", "hi"]),
    st.booleans(),
)
def test_one_number_or_day_more_is_always_seen(days, numbers, language, is_day):
    english = figures_of(_texts(days, numbers)["en"], "en")
    other = figures_of(_texts(days[1:] if is_day else days, numbers if is_day else numbers[1:])[language], language)
    assert len(missing_in(english, other)) == 1
    assert missing_in(other, english) == ()


@given(st.text(max_size=200), st.sampled_from(["en", "fr", "hi"]))
def test_any_text_is_read(text, language):
    found = figures_of(text, language)
    assert missing_in(found, found) == ()
