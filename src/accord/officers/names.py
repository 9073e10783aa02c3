"""What an account's names may hold: nobody may look like somebody else, and nothing may hide in a name.

A user name is typed at a command line and stands in the list of acts, so that it is plain ASCII.
The name shown to colleagues may be of any script, composed (NFC), without characters that hide or reorder.

Source: Unicode UTS #39 (confusables, restriction levels); RFC 5892, appendix A.1 (the joiner rule); CVE-2021-42574.
"""

import re
import unicodedata
from typing import Final

from accord.errors import OfficerCanMend

__all__ = ["NameRefused", "display_name_of", "user_name_of"]

USER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
DISPLAY_NAME_CHARACTERS: Final = 120

# Controls, formats, surrogates, private use, unassigned, and the separators that end a line.
HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters by their category that show nothing: Hangul fillers, Khmer inherent vowels, the combining grapheme joiner.
BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
JOINERS: Final = frozenset("\u200c\u200d")
VIRAMA_COMBINING_CLASS: Final = 9


class NameRefused(OfficerCanMend):
    """A name of an account is empty or too long, or holds a character that hides, reorders or cannot be typed."""

    code = "officer.name-refused"
    default_next_step = "Type the name again by hand."


def user_name_of(typed: str) -> str:
    """Returns a user name that may be given.

    Raises:
        NameRefused: It is not plain.
    """
    if not USER_NAME.fullmatch(typed):
        raise NameRefused(
            "A user name is 1 to 64 ASCII letters, digits and . _ @ + -, and begins with a letter or digit.",
            fields={"field": "username"},
        )
    return typed


def display_name_of(typed: str) -> str:
    """Returns a name for colleagues: composed, and each run of blanks one blank.

    Raises:
        NameRefused: It is empty or too long, or a character hides or reorders.
    """
    name = re.sub(" +", " ", unicodedata.normalize("NFC", typed)).strip(" ")
    if not name or len(name) > DISPLAY_NAME_CHARACTERS:
        raise NameRefused(f"A name has 1 to {DISPLAY_NAME_CHARACTERS} characters.", fields={"field": "display_name"})
    for position, character in enumerate(name):
        is_hiding = unicodedata.category(character) in HIDING or character in BLANK
        if is_hiding and not _joins_in_place(name, position):
            raise NameRefused(
                f"The name holds a character that hides or reorders (U+{ord(character):04X}) at position {position}.",
                fields={"field": "display_name", "position": position},
            )
    return name


def _joins_in_place(name: str, position: int) -> bool:
    # Hindi and other Indic scripts need a joiner directly after a virama, where it hides nothing.
    is_after_virama = position > 0 and unicodedata.combining(name[position - 1]) == VIRAMA_COMBINING_CLASS
    return name[position] in JOINERS and is_after_virama
