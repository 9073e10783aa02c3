"""Characters that show nothing, made to show: in pages and in tables."""

import unicodedata
from typing import Final

__all__ = ["with_marks"]

UNSEEN: Final = frozenset({"Cf", "Cc", "Zl", "Zp", "Co", "Cn"})
"""Categories of characters that show nothing or move what stands beside them."""


def with_marks(text: str) -> str:
    """Returns a text whose unseen characters show as their names, so that nothing hides in it."""
    # What Python calls printable has no character of those categories; most texts are.
    if text.isprintable():
        return text
    return "".join(
        f"⟦{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}⟧"
        if unicodedata.category(sign) in UNSEEN and sign not in "\n\t\r"
        else sign
        for sign in text
    )
