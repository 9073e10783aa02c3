"""Words that say figures in English, French and Hindi: months, multipliers, endings of ordinals, numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from unicodedata import normalize

__all__ = ["CARDINALS", "MONTHS", "MULTIPLIERS", "ORDINAL_ENDINGS"]


def _numbered(*names: str) -> dict[str, int]:
    """Returns each name of the twelve with its number; names of one month are parted by blanks."""
    return {normalize("NFC", name): number for number, row in enumerate(names, start=1) for name in row.split()}


MONTHS: Final[Mapping[str, Mapping[str, int]]] = {
    "en": _numbered(
        "January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul", "August Aug",
        "September Sept Sep", "October Oct", "November Nov", "December Dec",
    ),
    "fr": _numbered(
        "janvier janv", "février févr fév", "mars", "avril avr", "mai", "juin", "juillet juill", "août",
        "septembre sept", "octobre oct", "novembre nov", "décembre déc",
    ),
    "hi": _numbered(
        "जनवरी", "फरवरी फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर सितम्बर", "अक्टूबर अक्तूबर",
        "नवंबर नवम्बर", "दिसंबर दिसम्बर",
    ),
}  # fmt: skip
"""Names of the months with their usual short forms, as each language writes them within a sentence."""

_THOUSAND: Final = Decimal(1_000)
_LAKH: Final = Decimal(100_000)
_MILLION: Final = Decimal(1_000_000)
_CRORE: Final = Decimal(10_000_000)
_BILLION: Final = Decimal(1_000_000_000)

MULTIPLIERS: Final[Mapping[str, Mapping[str, Decimal]]] = {
    "en": {
        "thousand": _THOUSAND,
        "lakh": _LAKH,
        "lakhs": _LAKH,
        "million": _MILLION,
        "crore": _CRORE,
        "crores": _CRORE,
        "billion": _BILLION,
    },
    "fr": {
        "mille": _THOUSAND,
        "lakh": _LAKH,
        "lakhs": _LAKH,
        "million": _MILLION,
        "millions": _MILLION,
        "crore": _CRORE,
        "crores": _CRORE,
        "milliard": _BILLION,
        "milliards": _BILLION,
    },
    "hi": {
        "हजार": _THOUSAND,
        normalize("NFC", "हज़ार"): _THOUSAND,
        "लाख": _LAKH,
        "मिलियन": _MILLION,
        normalize("NFC", "करोड़"): _CRORE,
        "अरब": _BILLION,
    },
}

ORDINAL_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("st", "nd", "rd", "th"),
    "fr": ("ers?", "[rR]es?", "ères?", "es?", "[eè]mes?"),
    "hi": ("ला", "ली", "ले", "रा", "री", "रे", "था", "थी", "थे", "वाँ", "वां", "वीं", "वें"),
}

CARDINALS: Final[Mapping[str, Mapping[str, int]]] = {
    "en": {
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "twenty-four": 24, "thirty": 30,
        "sixty": 60, "ninety": 90, "hundred": 100, "first": 1, "second": 2, "third": 3, "fourth": 4,
    },
    "fr": {
        "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
        "dix": 10, "onze": 11, "douze": 12, "quatorze": 14, "quinze": 15, "vingt": 20, "vingt-quatre": 24, "trente": 30,
        "soixante": 60, "quatre-vingt-dix": 90, "cent": 100, "premier": 1, "première": 1, "deuxième": 2, "second": 2,
        "seconde": 2, "troisième": 3, "quatrième": 4,
    },
    "hi": {
        "एक": 1, "दो": 2, "तीन": 3, "चार": 4, "पाँच": 5, "पांच": 5, "छह": 6, "छः": 6, "सात": 7, "आठ": 8, "नौ": 9,
        "दस": 10, "ग्यारह": 11, "बारह": 12, "चौदह": 14, "पंद्रह": 15, "बीस": 20, "चौबीस": 24, "तीस": 30, "साठ": 60,
        "नब्बे": 90, "सौ": 100, "पहला": 1, "पहली": 1, "पहले": 1, "दूसरा": 2, "दूसरी": 2, "दूसरे": 2, "तीसरा": 3,
        "तीसरी": 3, "तीसरे": 3, "चौथा": 4, "चौथी": 4, "चौथे": 4,
    },
}  # fmt: skip
"""Numbers in words that a text of this kind uses; each may have another meaning, too."""
