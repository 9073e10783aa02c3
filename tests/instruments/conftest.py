"""The desk with a type of text that only the tests know."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import msgspec
import pytest

from accord.instruments import types
from accord.instruments.canonical import read_canonical
from accord.instruments.models import Instrument, Text
from accord.instruments.types import TextType, register_type
from tests.desk import desk

__all__ = ["Specimen", "Told", "desk", "told"]


class Specimen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text of some words, which one side alone may propose where it says so."""

    words: str
    proposed_by: str = ""


@dataclass
class Told:
    """What the room that owns the type was told, in order."""

    what: list[tuple[str, int]] = field(default_factory=list)

    def on(self, word: str, text: Text) -> None:
        self.what.append((word, text.number))

    def ended(self, instrument: Instrument, on: date) -> None:
        self.what.append(("ended", on.day))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    monkeypatch.setattr(types, "_TYPES", dict(types._TYPES))
    heard = Told()
    register_type(
        TextType(
            name="specimen",
            decode=lambda content: read_canonical(content, Specimen),
            may_offer=lambda party, value: value.proposed_by in {"", party},
            on_agreed=lambda text: heard.on("agreed", text),
            on_ended=heard.ended,
        )
    )
    return heard
