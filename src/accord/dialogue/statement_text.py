"""The text of a statement that both sides sign, and what must hold before anybody does (pure).

Every clause stands in every language of the title; none has a bracket; and the figures of a clause agree between its
languages, because a translation may say a thing in other words and not another number or day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Final, Literal

import msgspec

from accord.dialogue.wording import CLAUSES_MAX, Texts, has_brackets
from accord.exchange.kinds.particulars import EnvelopeId
from accord.instruments.canonical import read_canonical
from accord.vocabulary.figures_in_text import figures_of, missing_in

__all__ = ["STATEMENT", "ClauseText", "Difference", "StatementText", "differences_in", "read_statement"]

STATEMENT: Final = "statement"
"""Name of the type of text."""


class ClauseText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One clause as it is signed.

    Args:
        id: Identifier of the clause.
        texts: Its text by language.
    """

    id: EnvelopeId
    texts: Texts


class StatementText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement as it is signed; its languages are equal.

    Args:
        schema_version: Version of the schema.
        statement: Identifier of the statement.
        title: Its title by language.
        clauses: Its clauses in order.
    """

    schema_version: Literal[1]
    statement: EnvelopeId
    title: Texts
    clauses: Annotated[tuple[ClauseText, ...], msgspec.Meta(min_length=1, max_length=CLAUSES_MAX)]

    def __post_init__(self) -> None:
        if not self.title:
            raise ValueError("title: a statement has a title")
        if len({one.id for one in self.clauses}) != len(self.clauses):
            raise ValueError("clauses: one stands twice")
        for texts in (self.title, *(one.texts for one in self.clauses)):
            if set(texts) != set(self.title):
                raise ValueError("clauses: one lacks a language of the title, or has another")
            if any(has_brackets(text) or not text.strip() for text in texts.values()):
                raise ValueError("clauses: one is blank, or has words in brackets")

    @property
    def languages(self) -> tuple[str, ...]:
        """Its languages."""
        return tuple(sorted(self.title))


def read_statement(content: bytes) -> StatementText:
    """Returns the statement of canonical bytes.

    Raises:
        msgspec.ValidationError: They are not of one.
        ValueError: They are not the one encoding of it.
    """
    return read_canonical(content, StatementText)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Figures in which two languages of one text differ.

    Args:
        one: A language.
        other: Another language.
        missing: Figures of the first that the second has not.
        added: Figures of the second that the first has not.
    """

    one: str
    other: str
    missing: Sequence[str]
    added: Sequence[str]


def differences_in(texts: Mapping[str, str]) -> Iterator[Difference]:
    """Yields in which figures the languages of one text differ, a pair at a time."""
    read = {language: figures_of(text, language) for language, text in sorted(texts.items())}
    for one, other in combinations(read, 2):
        missing, added = missing_in(read[one], read[other]), missing_in(read[other], read[one])
        if missing or added:
            yield Difference(one=one, other=other, missing=missing, added=added)
