"""Folding: one form for words that are the same to who looks for them, whatever their accents and their script.

Two forms are made of a text (:func:`folded`). ``words`` holds each word in small Latin letters without accents;
Devanagari and Gurmukhi are transliterated, with the vowels that are written and not spoken left out. ``sounds`` holds
what a name sounds like, roughly: of each word of the two Indic scripts (``i...``), and of each Latin word with a
capital (``l...``), since names are what one side hears and the other writes. So दिल्ली is found by ``Delhi``.

It is for finding and for nothing else: two words of one sound are not one name. Other scripts keep their letters.

Source: Unicode Standard, chapter 12 (Devanagari and Gurmukhi share one order of letters); M. Ohala, "Aspects of Hindi
Phonology" (1983), on the vowel that is not spoken.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["INDIC", "Folded", "Token", "folded", "is_indic", "sound_of", "tokens", "word_of"]

INDIC: Final = "i"
LATIN: Final = "l"
"""First signs of a sound: of which script its word is."""

SOUND_LETTERS_MIN: Final = 3
"""A sound of two letters is that of too many words."""

_MARKS: Final = (
    "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963"
    "\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75\u200c\u200d"
)
_WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_SPACED: Final = {sign: " " for sign in range(128) if not chr(sign).isalnum()}
_LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "\u0131": "i"}
)

_VIRAMA, _NUKTA = "\u094d", "\u093c"
_CONSONANTS: Final = {
    **dict(zip("कखगघङचछजझञ", ("k", "kh", "g", "gh", "n", "ch", "chh", "j", "jh", "n"), strict=True)),
    **dict(zip("टठडढणतथदधन", ("t", "th", "d", "dh", "n", "t", "th", "d", "dh", "n"), strict=True)),
    **dict(zip("पफबभमयरलळव", ("p", "ph", "b", "bh", "m", "y", "r", "l", "l", "v"), strict=True)),
    **dict(zip("शषसह", ("sh", "sh", "s", "h"), strict=True)),
}
_WITH_NUKTA: Final = {"k": "q", "j": "z", "d": "r", "dh": "rh", "ph": "f", "s": "sh"}
_VOWELS: Final = {
    **dict(zip("अआइईउऊऋएऐओऔऑऍ", ("a", "a", "i", "i", "u", "u", "ri", "e", "ai", "o", "au", "o", "e"), strict=True)),
}
_SIGNS: Final = {
    "\u093e": "a",
    "\u093f": "i",
    "\u0940": "i",
    "\u0941": "u",
    "\u0942": "u",
    "\u0943": "ri",
    "\u0945": "e",
    "\u0947": "e",
    "\u0948": "ai",
    "\u0949": "o",
    "\u094b": "o",
    "\u094c": "au",
}
_NASALS: Final = "\u0901\u0902"
_DIGITS: Final = {chr(0x966 + number): str(number) for number in range(10)}
_INHERENT: Final = "A"
"""The vowel that no sign writes; a capital until it is known whether it is spoken."""


@dataclass(frozen=True, kw_only=True)
class Folded:
    """The two forms of a text.

    Args:
        words: Its words, folded, in their order.
        sounds: The sounds of its names, each once.
    """

    words: str
    sounds: str


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word of a text and where it stands.

    Args:
        start: Its first sign.
        end: The sign behind it.
        word: The word, folded.
        sound: What it sounds like, with its script's first sign; empty where it is too short.
    """

    start: int
    end: int
    word: str
    sound: str


def folded(text: str) -> Folded:
    """Returns both forms of a text."""
    if text.isascii():
        # Most of all texts; the intake folds every message that arrives, so that here each sign is looked at once.
        plain = text.translate(_SPACED).split()
        names = {word for word in set(plain) if word[0].isupper() and word.isalpha()}
        sounds = {LATIN + sound for sound in map(_latin_sound, names) if sound}
        return Folded(words=" ".join(plain).lower(), sounds=" ".join(sorted(sounds)))
    # One accented name among a thousand plain words: only what is not plain is looked at sign by sign.
    found = _WORD.findall(text)
    names = {word for word in found if word[0].isupper() or (not word.isascii() and is_indic(word))}
    words = (word.lower() if word.isascii() else word_of(word) for word in found)
    return Folded(words=" ".join(filter(None, words)), sounds=" ".join(sorted(set(map(_sound, names)) - {""})))


def tokens(text: str) -> list[Token]:
    """Returns the words of a text with their places."""
    return [
        Token(start=match.start(), end=match.end(), word=word_of(match[0]), sound=_sound(match[0]))
        for match in _WORD.finditer(text)
    ]


def is_indic(word: str) -> bool:
    """Returns whether a word is written in Devanagari or Gurmukhi."""
    return any("\u0900" <= sign <= "\u0a7f" and not "\u0980" <= sign <= "\u09ff" for sign in word)


@lru_cache(maxsize=16_384)
def word_of(word: str) -> str:
    """Returns a word, folded."""
    if is_indic(word):
        return _transliterated(word)
    plain = unicodedata.normalize("NFKD", word).casefold().translate(_LETTERS)
    return "".join(sign for sign in plain if sign.isalnum())


def sound_of(word: str) -> str:
    """Returns what a word sounds like, without its script; empty where it is too short."""
    return _latin_sound(word_of(word))


@lru_cache(maxsize=16_384)
def _sound(word: str) -> str:
    sound = sound_of(word)
    return (INDIC if is_indic(word) else LATIN) + sound if sound else ""


def _as_devanagari(word: str) -> str:
    """Returns a word with the letters of Gurmukhi as those of Devanagari, which stand 256 places before them."""
    shown = []
    for sign in unicodedata.normalize("NFD", word):
        if sign == "\u0a70":
            shown.append("\u0902")
        elif sign == "\u0a75":
            shown.append(f"{_VIRAMA}य")
        elif sign in "\u0a71\u0a72\u0a73\u200c\u200d":
            continue
        else:
            shown.append(chr(ord(sign) - 0x100) if "\u0a00" <= sign <= "\u0a7f" else sign)
    return "".join(shown)


def _transliterated(word: str) -> str:
    parts: list[str] = []
    signs = _as_devanagari(word)
    for place, sign in enumerate(signs):
        if sign in _CONSONANTS:
            parts += [_CONSONANTS[sign], _INHERENT]
        elif sign == _NUKTA and parts[-1:] == [_INHERENT]:
            parts[-2] = _WITH_NUKTA.get(parts[-2], parts[-2])
        elif sign == _VIRAMA and parts[-1:] == [_INHERENT]:
            parts.pop()
        elif sign in _SIGNS:
            if parts[-1:] == [_INHERENT]:
                parts.pop()
            parts.append(_SIGNS[sign])
        elif sign in _VOWELS:
            parts.append(_VOWELS[sign])
        elif sign in _NASALS:
            follows = signs[place + 1 : place + 2]
            parts.append("m" if follows and follows in "पफबभम" else "n")
        elif sign in _DIGITS or (sign.isascii() and sign.isalnum()):
            parts.append(_DIGITS.get(sign, sign.lower()))
    return "".join(_spoken(parts)).lower()


def _spoken(parts: list[str]) -> list[str]:
    """Leaves out the inherent vowels that are not spoken: at the end, and between a closed and an open syllable."""
    spoken = list(parts)
    if len(spoken) > 2 and spoken[-1] == _INHERENT:
        spoken.pop()
    place = len(spoken) - 2
    while place > 1:
        before, after = spoken[place - 2 : place], spoken[place + 1 : place + 3]
        is_between = len(before) == 2 and _is_vowel(before[0]) and not _is_vowel(before[1])
        is_open = len(after) == 2 and not _is_vowel(after[0]) and _is_vowel(after[1])
        if spoken[place] == _INHERENT and is_between and is_open:
            del spoken[place]
        place -= 1
    return spoken


def _is_vowel(part: str) -> bool:
    return part == _INHERENT or part[0] in "aeiou"


_SOUNDS: Final = (
    (re.compile(r"t?chh?|cz"), "C"),
    (re.compile(r"sch|sh"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"ck|c|q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"z"), "j"),
    (re.compile(r"(?<=[^aeiouy])h|h(?![aeiouy])"), ""),
    (re.compile(r"ng(?![aeiouy])"), "n"),
    (re.compile(r"[ey](?=r(?![aeiouy]))"), "a"),
    (re.compile(r"y(?=[aeiou])"), "Y"),
    (re.compile(r"[eiy][aeiouy]*"), "i"),
    (re.compile(r"[aou][aeiouy]*"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
)
"""What is written in several ways and sounds alike, in the order in which it is put right."""


@lru_cache(maxsize=16_384)
def _latin_sound(word: str) -> str:
    sound = word.lower()
    if not sound.isascii() or not sound.isalpha():
        return ""
    for written, alike in _SOUNDS:
        sound = written.sub(alike, sound)
    sound = sound.lower()
    return sound if len(sound) >= SOUND_LETTERS_MIN else ""
