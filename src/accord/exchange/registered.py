"""What the gate is told of our registers: the versions that count on the day of the act.

It is asked for each message that leaves. The registers change a few times a month, so that what was read of them is
kept with the mark it was read under (:class:`~accord.parties.models.RegisterStamp`); one row says whether it still
holds. The mark is read first: what is kept may be newer than its mark and is then read again, never the other way.

Invariants:

* The day is a day in UTC. On the day on which a version begins it alone counts, and none before it.
* What is named and not in force is told without anything it covers: the gate then refuses, and says why.
* An assurance is told apart from the risk. Nothing of it reaches the baseline, which is the profile's own.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from accord.courier.prepared import Prepared
from accord.exchange.own_side import OwnSide
from accord.law.facts import ArrangementFact, AssuranceFact, RiskFact
from accord.parties.models import RegisterEntry, RegisterStamp
from accord.parties.register_book import entries_of, entry_on
from accord.parties.registers import ArrangementTerms, AssuranceTerms, Register, RiskTerms, Terms
from accord.parties.terms import PeerTerms, all_terms, counting_on

__all__ = [
    "Registered",
    "arrangements_with",
    "assurance_of",
    "knows_arrangement",
    "registered",
    "risk_of",
    "terms_in_force",
    "terms_with",
]

_STAMP: Final = Prepared(lambda: RegisterStamp.objects.order_by("pk").values_list("value")[:1])


class _Book(Struct, frozen=True, kw_only=True):
    """The registers as they stood under one mark; the terms of each version are decoded once."""

    stamp: bytes
    entries: Mapping[Register, Mapping[str, list[RegisterEntry]]]
    terms: Mapping[int, Terms]
    agreed: Mapping[str, tuple[PeerTerms, ...]]

    def on(self, register: Register, code: str, day: date) -> Terms | None:
        entry = entry_on(self.entries[register].get(code, ()), day)
        return None if entry is None else self.terms[entry.pk]


_EMPTY: Final = _Book(stamp=b"", entries={register: {} for register in Register}, terms={}, agreed={})
_kept: _Book = _EMPTY


def _book() -> _Book:
    global _kept  # noqa: PLW0603 - what was read last, replaced whole
    rows = _STAMP.rows()
    if not rows:
        return _EMPTY
    stamp, book = bytes(rows[0][0]), _kept
    if stamp != book.stamp:
        entries = {register: entries_of(register) for register in Register}
        versions = [one for found in entries.values() for every in found.values() for one in every]
        terms = {one.pk: one.stated for one in versions if one.state == RegisterEntry.State.AGREED}
        _kept = book = _Book(stamp=stamp, entries=entries, terms=terms, agreed=all_terms())
    return book


class Registered(Struct, frozen=True, kw_only=True):
    """What the registers say of one draft on one day.

    Args:
        arrangements: The arrangements in force that bind both parties.
        risk: The peer's risk profile, if there is one.
        assurance: The assurance relied on, if any.
        terms: What both sides signed for the machine, if anything is in force.
    """

    arrangements: tuple[ArrangementFact, ...]
    risk: RiskFact | None
    assurance: AssuranceFact | None
    terms: PeerTerms | None


def registered(party: str, peer: str, own: OwnSide, *, on: date) -> Registered:
    """Returns what the registers say of a draft, for the price of one row.

    Args:
        party: Our code.
        peer: Code of the other party.
        own: What our side knows of the draft.
        on: The day in UTC.
    """
    book = _book()
    return Registered(
        arrangements=arrangements_with(party, peer, on=on, book=book),
        risk=risk_of(peer, own, on=on, book=book),
        assurance=assurance_of(own.assurance, peer, on=on, book=book),
        terms=counting_on(book.agreed.get(peer, ()), on),
    )


def terms_in_force(peer: str, *, on: date) -> PeerTerms | None:
    """Returns what both sides signed for the machine and is in force on a day; ``None`` where nothing is.

    Args:
        peer: Code of the other party.
        on: The day in UTC.
    """
    return counting_on(terms_with(peer), on)


def terms_with(peer: str) -> tuple[PeerTerms, ...]:
    """Returns everything that was ever agreed with a peer for the machine, the last agreement first."""
    return _book().agreed.get(peer, ())


def arrangements_with(party: str, peer: str, *, on: date, book: _Book | None = None) -> tuple[ArrangementFact, ...]:
    """Returns the arrangements that bind both parties and are in force on a day.

    Args:
        party: Our code.
        peer: Code of the other party.
        on: The day in UTC.
        book: The registers, where they were read already.
    """
    book = book or _book()
    found = ((code, book.on(Register.ARRANGEMENT, code, on)) for code in sorted(book.entries[Register.ARRANGEMENT]))
    return tuple(
        ArrangementFact(
            id=code,
            agencies=terms.agencies,
            categories=terms.categories,
            purposes=terms.purposes,
            valid_from=terms.valid_from,
            valid_until=terms.valid_until,
        )
        for code, terms in found
        if isinstance(terms, ArrangementTerms) and {party, peer} <= set(terms.parties)
    )


def knows_arrangement(code: object, party: str, peer: str) -> bool:
    """Returns whether a version of an arrangement between both parties was ever agreed to, in force or not.

    Args:
        code: Its code.
        party: Our code.
        peer: Code of the other party.
    """
    book = _book()
    versions = book.entries[Register.ARRANGEMENT].get(str(code), ())
    terms = [book.terms[one.pk] for one in versions if one.pk in book.terms]
    return any(isinstance(one, ArrangementTerms) and {party, peer} <= set(one.parties) for one in terms)


def risk_of(peer: str, own: OwnSide, *, on: date, book: _Book | None = None) -> RiskFact | None:
    """Returns the peer's risk profile of a day with what was done about it in this file; ``None`` if there is none.

    Args:
        peer: Code of the other party.
        own: What our side knows of the draft.
        on: The day in UTC.
        book: The registers, where they were read already.
    """
    terms = (book or _book()).on(Register.RISK, peer, on)
    if not isinstance(terms, RiskTerms):
        return None
    return RiskFact(
        profile_date=terms.assessed_on,
        baseline=terms.baseline,
        residual=terms.residual,
        # A measure that was only named mitigates nothing.
        mitigations=tuple(one.measure for one in terms.mitigations if one.is_taken),
        has_measures_taken=own.has_measures_taken,
        # The register says who made the profile; a draft can add an assessor and never replace one.
        assessed_by=terms.assessed_by,
        assessed_here_by=own.risk_assessed_by,
    )


def assurance_of(code: str | None, peer: str, *, on: date, book: _Book | None = None) -> AssuranceFact | None:
    """Returns the assurance that a draft relies on, as the register has it; without cover where it does not count.

    Args:
        code: Its code; ``None`` where the draft relies on none.
        peer: Code of the party that must be bound by it.
        on: The day in UTC.
        book: The registers, where they were read already.
    """
    if code is None:
        return None
    terms = (book or _book()).on(Register.ASSURANCE, code, on)
    if not isinstance(terms, AssuranceTerms) or terms.party != peer:
        return AssuranceFact(id=code)
    return AssuranceFact(id=code, covers=terms.covers, valid_until=terms.valid_until, reviewed_by=terms.reviewed_by)
