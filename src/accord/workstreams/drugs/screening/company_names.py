"""Names of companies brought to one form, so that one company is found however a paper writes it.

Case, accents, look-alike letters and punctuation go as the screening of papers folds them; then what says only which
form a company has (Ltd, Pvt, Inc, GmbH, लिमिटेड) goes, at either end, since one paper writes it and the next does not.
Letters of scripts that have no look-alike in ASCII stay as they are, in one case and composed in one way.

Spaces go last, and digits and letters that are read for one another become one.

What remains is a key to look up, never a judgement: two companies may share a name, and the pages show every spelling
beside the key. Nothing is guessed from it about a person.

Source: Unicode Standard Annex 15; ISO 20275 (entity legal forms), the abbreviations in common use.
"""

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from accord.workstreams.drugs.screening.folding import as_ascii, normalised

__all__ = ["NAME_CHARACTERS_MAX", "bears_form", "company_key"]


NAME_CHARACTERS_MAX: Final = 200
"""Characters of a name, as it is written and as it is taken apart; a longer text is the name of no company."""


class _Folding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is dropped from a name, in capitals.

    Args:
        forms: Words that say only which form a company has; at an end alone are they dropped.
        joining: What one paper writes as a sign and the next as a word.
        endings: The same as forms, written together with the name.
    """

    forms: frozenset[str]
    joining: frozenset[str]
    endings: tuple[str, ...]


_DROPPED: Final = msgspec.toml.decode(
    files(__package__).joinpath("company_forms.toml").read_text("utf-8"), type=_Folding
)
_OUTER: Final = _DROPPED.forms | _DROPPED.joining
_WORD: Final = re.compile(r"[^\W_]+(?:[\u0900-\u0903\u093a-\u094f\u0962\u0963]+[^\W_]*)*|&")
_DOTTED: Final = re.compile(r"(?<![^\W_])((?:[^\W\d_][.]\s?){2,}[^\W\d_]?)(?![^\W_])")
_IN_BRACKETS: Final = re.compile(r"\((?:P|PVT|प्रा)\.?\)")
_TAIL: Final = re.compile(f"(?:{'|'.join(_DROPPED.endings)})$")
_STROKES: Final = str.maketrans({"Ł": "L", "Ø": "O", "Đ": "D", "Ð": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "İ": "I"})
"""Capitals that do not come apart into a letter and an accent."""
_MISTAKEN: Final = str.maketrans({"0": "O", "1": "I", "L": "I"})
"""Read for one another on papers, as screening has it."""


def _words(name: str) -> tuple[str, ...]:
    """The words of a name; none of what is too long to be one, which nothing here keeps either."""
    return _words_of(name) if len(name) <= NAME_CHARACTERS_MAX else ()


@lru_cache(maxsize=1_024)
def _words_of(name: str) -> tuple[str, ...]:
    # Millions of names are asked for, and nearly all are in ASCII, where most of this changes nothing.
    text = name.upper() if name.isascii() else _in_latin(name)
    if len(text) > NAME_CHARACTERS_MAX:
        # One sign may stand for a whole phrase.
        return ()
    if "(" in text:
        text = _IN_BRACKETS.sub(" PVT ", text)
    if "." in text:
        text = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found.group(1)) + " ", text)
    return tuple(_WORD.findall(text))


def _in_latin(name: str) -> str:
    plain = normalised("NFKC", name).upper()
    return "".join(map(_in_ascii, plain.translate(_STROKES))) if len(plain) <= NAME_CHARACTERS_MAX else plain


@lru_cache(maxsize=4_096)
def _in_ascii(letter: str) -> str:
    return as_ascii(letter) or letter


_PERSONAL: Final = frozenset({"ASA", "CIA", "CO", "ENR", "LP", "PT", "SAC", "SAS", "SPA", "UAB"})
"""Forms that could be a surname, a given name or initials, beside all of two letters."""
_FORM_LETTERS: Final = 3
_TELLING: Final = frozenset(form for form in _DROPPED.forms if len(form) >= _FORM_LETTERS) - _PERSONAL


def bears_form(name: str) -> bool:
    """Returns whether a name says which legal form its bearer has, as a company's does and a person's does not.

    A form that could end a person's name says nothing: Co and Sa are surnames, and S.A. may be initials.
    """
    words = _words(name)
    if not words:
        return False
    has_ending = words[-1].endswith(_DROPPED.endings)
    return has_ending or (len(words) > 1 and words[-1] in _TELLING)


def company_key(name: str) -> str:
    """Returns the form under which a company is found; empty where the name has no letter and no digit, or no end."""
    words = [word if word.isascii() else _TAIL.sub("", word) or word for word in _words(name)]
    while len(words) > 1 and words[-1] in _OUTER:
        words.pop()
    while len(words) > 1 and words[0] in _OUTER:
        words.pop(0)
    return "".join(word for word in words if word not in _DROPPED.joining).translate(_MISTAKEN)
