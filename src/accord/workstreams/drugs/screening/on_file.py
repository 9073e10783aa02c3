"""What an office has on file, held against a line: licences, pre-export notices, and who traded chemicals before.

These rules speak only of lines of which a rule over words or codes speaks, and only where the file knows enough to be
compared: a company without any licence on file is not unlicensed, and no notice is missing where none of that country
is kept. Nothing here reads a database; what is on file is handed over.

Reasons say nothing of what a notice or an earlier manifest says: who reads the flag may not read those.

Source: Precursor Control Regulations (SOR/2002-359), sections 85 to 86(2) (quantity, route or origin, departure from
what was usual); Convention of 1988, article 12(10)(a) (notices).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

import msgspec

from accord.workstreams.drugs.screening.papers import Papers

__all__ = ["Announced", "Earlier", "FoundOnFile", "OnFile", "Permitted", "Usual"]

FoundOnFile = tuple[str, dict[str, str]]
"""The code of a rule that holds, and the words of its sentence."""

CHEMICAL_CHAPTERS: Final = ("28", "29", "38")


class Permitted(msgspec.Struct, frozen=True, kw_only=True):
    """What one licence or authorisation on file permits.

    Args:
        number: Its number.
        company: Identities of the company, as :func:`~.papers.company_id` gives them.
        substances: Codes of the substances.
        kilograms: The most of a consignment; nothing where it sets no limit.
        purity: The highest purity, of a hundred; nothing where it sets none.
        valid_from: First day.
        valid_to: Last day; nothing where it has none.
    """

    number: str
    company: tuple[str, ...]
    substances: frozenset[str]
    kilograms: Decimal | None = None
    purity: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether it counts on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """One pre-export notice on file.

    Args:
        reference: Its reference, in capitals.
        substance: Code of the substance.
        senders: Identities of the exporter.
        receivers: Identities of importer and ultimate consignee.
        countries: Codes of the countries of origin, transit and destination.
        destination: Code of the country of import.
        gross: Kilograms, packaging included.
        key: By which this node knows it.
    """

    reference: str
    substance: str
    senders: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    destination: str = ""
    gross: Decimal | None = None
    key: str = ""


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier manifests say of a company.

    Args:
        has_chemicals: Whether any goods that it received were chemicals.
    """

    has_chemicals: bool


class Earlier(Protocol):
    """What earlier manifests say, by the identity of a company."""

    def get(self, key: str, /) -> Usual | None:
        """Returns what they say of one; nothing where it stood in none."""


class OnFile:
    """Everything on file, so arranged that a line is compared quickly.

    Args:
        today: The day of the screening; a licence is compared with it where the line has no day of arrival.
        licences: Licences and authorisations.
        notices: Pre-export notices.
        usual: What earlier manifests say, by the identity of a company.
    """

    def __init__(
        self,
        *,
        today: date,
        licences: Iterable[Permitted] = (),
        notices: Iterable[Announced] = (),
        usual: Earlier | None = None,
    ) -> None:
        self._today = today
        self._usual: Earlier = usual if usual is not None else {}
        self._licences: dict[str, list[Permitted]] = defaultdict(list)
        for licence in licences:
            for company in licence.company:
                self._licences[company].append(licence)
        self._notices = list(notices)
        self._by_reference = {one.reference: one for one in self._notices if one.reference}
        self._by_company: dict[tuple[str, str], list[Announced]] = defaultdict(list)
        for one in self._notices:
            for company in (*one.senders, *one.receivers):
                self._by_company[one.substance, company].append(one)
        self._noticed = frozenset(one.destination for one in self._notices)

    def found(
        self, papers: Papers, substances: Mapping[str, str], code: str, limits: Mapping[str, float]
    ) -> list[FoundOnFile]:
        """Returns the rules that hold for a line of which another rule speaks.

        Args:
            papers: What its papers say.
            substances: Label by code of each substance that is named, or whose own tariff code it bears.
            code: Its tariff code.
            limits: Bounds of the rules, by name.
        """
        return [
            *self._of_licences(papers, substances),
            *self._of_notices(papers, substances, limits),
            *self._of_custom(papers, substances, code),
        ]

    def _of_licences(self, papers: Papers, substances: Mapping[str, str]) -> list[FoundOnFile]:
        held = self._licences.get(papers.consignee, [])
        if not held:
            return []
        found: list[FoundOnFile] = []
        day = papers.arrived or self._today
        for substance, label in substances.items():
            words = {"substance": label, "company": papers.consignee_name}
            of_it = [one for one in held if substance in one.substances]
            if not of_it:
                found.append(("not-licensed", words))
                continue
            valid = [one for one in of_it if one.covers(day)]
            if not valid:
                found.append(("licence-ended", {**words, "number": of_it[-1].number, "day": day.isoformat()}))
                continue
            found += _beyond(valid, papers, words)
        return found

    def _of_notices(
        self, papers: Papers, substances: Mapping[str, str], limits: Mapping[str, float]
    ) -> list[FoundOnFile]:
        if papers.notice and self._notices and papers.notice not in self._by_reference:
            return [("unknown-notice", {"reference": papers.notice})]
        found: list[FoundOnFile] = []
        named = self._by_reference.get(papers.notice)
        for substance, label in substances.items():
            matching = [named] if named else self._matching(papers, substance)
            if not matching:
                if papers.destination in self._noticed and not named:
                    found.append(("no-notice", {"substance": label, "country": papers.destination}))
                continue
            found += _off_route(papers, matching)
            found += _more_than_noticed(papers, matching, limits)
        return list({rule: (rule, words) for rule, words in found}.values())

    def _matching(self, papers: Papers, substance: str) -> list[Announced]:
        companies = [one for one in (papers.consignee, papers.shipper) if one]
        return [one for company in companies for one in self._by_company.get((substance, company), ())]

    def _of_custom(self, papers: Papers, substances: Mapping[str, str], code: str) -> list[FoundOnFile]:
        usual = self._usual.get(papers.receiver) if papers.receiver else None
        if usual is None or usual.has_chemicals or not (substances or code.startswith(CHEMICAL_CHAPTERS)):
            return []
        return [("new-to-chemicals", {"company": papers.consignee_name})]


def _beyond(valid: Sequence[Permitted], papers: Papers, words: Mapping[str, str]) -> list[FoundOnFile]:
    """What lies beyond every licence that counts: a consignment within one of them is within what is permitted."""
    found: list[FoundOnFile] = []
    weight = papers.net if papers.net is not None else papers.gross
    most = _most(one.kilograms for one in valid)
    if weight is not None and most is not None and weight > most:
        told = {"weight": _said(weight), "most": _said(most), "number": valid[-1].number}
        found.append(("over-licence", {**words, **told}))
    purest = _most(one.purity for one in valid)
    if papers.purity is not None and purest is not None and papers.purity > purest:
        told = {"purity": _said(papers.purity), "most": _said(purest), "number": valid[-1].number}
        found.append(("over-purity", {**words, **told}))
    return found


def _most(bounds: Iterable[Decimal | None]) -> Decimal | None:
    """The highest of some bounds; nothing where one of them sets none."""
    given = list(bounds)
    known = [one for one in given if one is not None]
    return max(known) if known and len(known) == len(given) else None


def _off_route(papers: Papers, matching: Sequence[Announced]) -> list[FoundOnFile]:
    away = [frozenset(papers.ways) - one.countries for one in matching if one.countries]
    if not away or not all(away):
        return []
    least = min(away, key=len)
    return [("off-route", {"countries": ", ".join(sorted(least))})]


def _more_than_noticed(papers: Papers, matching: Sequence[Announced], limits: Mapping[str, float]) -> list[FoundOnFile]:
    most = _most(one.gross for one in matching)
    tolerance = Decimal(str(1 + limits["more_percent"] / 100))
    if papers.gross is None or most is None or papers.gross <= most * tolerance:
        return []
    return [("over-notice", {"weight": _said(papers.gross)})]


def _said(number: Decimal) -> str:
    return f"{number.normalize():f}"
