"""Specimen texts to begin with, one for each subject of cooperation, in the languages in which they exist.

An opening is a whole first text with blanks, such as ``[… day]``. It fills fields that are empty and never one in which
somebody wrote; a blank that is left keeps the draft from being submitted (``accord.exchange.checking``). What it names
is invented.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from accord.exchange.kinds import REQUEST, SPONTANEOUS_INFORMATION

__all__ = ["LANGUAGES", "filled_with_opening", "opening_for"]

LANGUAGES: Final = ("en", "fr", "hi")
"""Languages in which openings are written; any other officer begins in the first."""

_KINDS: Final = (REQUEST, SPONTANEOUS_INFORMATION)


@cache
def _openings(language: str) -> dict[str, Any]:
    folder = files("accord.node.desk") / "openings"
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def opening_for(theme: str, kind: str, language: str) -> dict[str, Any]:
    """Returns the fields of the opening for a subject and a kind of message; none where there is no opening.

    Args:
        theme: Subject of cooperation.
        kind: Kind of message.
        language: The officer's language; the fields say in which one they are written.
    """
    if kind not in _KINDS:
        return {}
    written_in = language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]
    texts = dict(_openings(written_in).get(theme, {}).get(kind, {}))
    if not texts:
        return {}
    questions = texts.pop("questions", [])
    if questions:
        texts["items"] = [{"item": number, "question": text} for number, text in enumerate(questions, 1)]
    return {**texts, "language": written_in}


def filled_with_opening(fields: Mapping[str, Any], opening: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields with those of an opening in the places where nothing stands; no word is overwritten."""
    empty = {name: value for name, value in opening.items() if fields.get(name) in (None, "", [], {})}
    return {**fields, **empty}
