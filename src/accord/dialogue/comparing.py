"""Three columns: the agreed text, our read-out and theirs, sentence by sentence, as suggested or confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.dialogue.aligning import Contradiction, Suggestion, Tag, contradictions_between, suggestion_for
from accord.dialogue.models import Clause, ReadOut, ReadOutLink, Statement
from accord.dialogue.reading import StatementView, view_of
from accord.dialogue.sentences import sentences_of
from accord.dialogue.signing import signed_text
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require

__all__ = ["AgreedSentence", "Comparison", "OwnSentence", "Row", "agreed_sentences", "compare"]


@dataclass(frozen=True, kw_only=True)
class AgreedSentence:
    """One sentence of the agreed text.

    Args:
        clause: Its clause.
        number: Number of the clause; nothing for the title.
        index: Which sentence of the clause it is.
        text: The sentence.
    """

    clause: Clause
    number: int | None
    index: int
    text: str

    @property
    def key(self) -> str:
        """By which a form names it."""
        return f"{self.clause.pk}.{self.index}"


@dataclass(frozen=True, kw_only=True)
class OwnSentence:
    """One sentence of a read-out.

    Args:
        index: Which sentence of the read-out it is.
        text: The sentence.
        agreed: The agreed sentence of which it speaks, as confirmed or suggested.
        tag: How it stands to it.
        likeness: Likeness, where it is suggested.
        link: What a person confirmed.
        contradictions: In what it contradicts the agreed sentence.
    """

    index: int
    text: str
    agreed: AgreedSentence | None
    tag: Tag
    likeness: int
    link: ReadOutLink | None
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of three columns.

    Args:
        agreed: The agreed sentence; nothing where a side added something.
        ours: Sentences of ours that speak of it.
        theirs: Sentences of theirs.
    """

    agreed: AgreedSentence | None
    ours: tuple[OwnSentence, ...]
    theirs: tuple[OwnSentence, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Three columns in one language.

    Args:
        language: The language.
        is_signed: Whether the agreed text is the signed one; else it is what is agreed so far.
        agreed: The agreed sentences.
        ours: Our read-out, where there is one that the officer may see.
        theirs: Theirs.
        rows: The rows: each agreed sentence, then what a side added.
    """

    language: str
    is_signed: bool
    agreed: tuple[AgreedSentence, ...]
    ours: ReadOut | None
    theirs: ReadOut | None
    rows: tuple[Row, ...]

    @property
    def contradictions(self) -> tuple[OwnSentence, ...]:
        """The sentences of ours that contradict the agreed text."""
        return tuple(one for row in self.rows for one in row.ours if one.contradictions)


def compare(officer: Officer, statement: Statement, language: str) -> Comparison:
    """Returns the agreed text, our read-out and theirs in one language.

    Args:
        officer: Who reads; an unpublished read-out is shown to the statement's team alone.
        statement: The statement.
        language: The language.

    Raises:
        NotPermitted: The officer reads no agreement.
    """
    require(officer, Permission.AGREEMENT_READ)
    view = view_of(officer, statement)
    agreed = agreed_sentences(view, language)
    found = ReadOut.objects.filter(statement=statement, language=language)
    if not view.is_member:
        found = found.exclude(published_on=None)
    ours, theirs = found.filter(is_ours=True).first(), found.filter(is_ours=False).first()
    own, other = _sentences(ours, agreed), _sentences(theirs, agreed)
    return Comparison(
        language=language,
        is_signed=statement.signed_at is not None,
        agreed=agreed,
        ours=ours,
        theirs=theirs,
        rows=tuple(_rows(agreed, own, other)),
    )


def agreed_sentences(view: StatementView, language: str) -> tuple[AgreedSentence, ...]:
    """Returns the sentences of the signed text in one language; before that, of what is agreed so far."""
    signed = signed_text(view.statement)
    by_clause = {one.id: one.texts for one in signed.clauses} if signed is not None else {}
    found: list[AgreedSentence] = []
    for one in view.clauses:
        if one.clause.is_title:
            continue
        agreed = one.standing.agreed
        texts = by_clause.get(str(one.clause.pk)) if signed is not None else (agreed.texts if agreed else None)
        for index, text in enumerate(sentences_of((texts or {}).get(language, ""), language)):
            found.append(AgreedSentence(clause=one.clause, number=one.number, index=index, text=text))
    return tuple(found)


def _sentences(read_out: ReadOut | None, agreed: Sequence[AgreedSentence]) -> tuple[OwnSentence, ...]:
    if read_out is None:
        return ()
    links = {one.sentence: one for one in read_out.links.select_related("confirmed_by")}
    places = {(one.clause.pk, one.index): one for one in agreed}
    texts = [one.text for one in agreed]
    found = []
    for index, text in enumerate(sentences_of(read_out.text, read_out.language)):
        link = links.get(index)
        suggestion = (
            Suggestion(agreed=None, likeness=100, tag=Tag(link.tag))
            if link is not None
            else suggestion_for(text, texts, read_out.language)
        )
        spoken_of = agreed[suggestion.agreed] if suggestion.agreed is not None else None
        if link is not None and link.clause_id is not None:
            spoken_of = places.get((link.clause_id, link.clause_sentence))
        found.append(
            OwnSentence(
                index=index,
                text=text,
                agreed=spoken_of,
                tag=suggestion.tag,
                likeness=suggestion.likeness,
                link=link,
                contradictions=(
                    contradictions_between(text, spoken_of.text, read_out.language) if spoken_of is not None else ()
                ),
            )
        )
    return tuple(found)


def _rows(agreed: Sequence[AgreedSentence], ours: Sequence[OwnSentence], theirs: Sequence[OwnSentence]) -> list[Row]:
    rows = [
        Row(
            agreed=one,
            ours=tuple(own for own in ours if own.agreed is one),
            theirs=tuple(other for other in theirs if other.agreed is one),
        )
        for one in agreed
    ]
    rows += [Row(agreed=None, ours=(one,), theirs=()) for one in ours if one.agreed is None]
    rows += [Row(agreed=None, ours=(), theirs=(one,)) for one in theirs if one.agreed is None]
    return rows
