"""What a flagged line fills in a draft: the goods, the papers, the companies, the way, and why it was flagged.

What the line says is taken over as far as a message can hold it; what it does not say stays empty for the officer. A
company is named where its name bears a legal form; who may be a person, with or without a number, is left out. So is
what stands in the cell of the notice, unless it is the reference of a notice that the officer reads, or has its form: a
cell that holds anything at all is not sent unread. What was left out is said beside the draft.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accord.exchange.kinds import REQUEST
from accord.exchange.kinds.limits import (
    LINE_CHARACTERS_MAX,
    NARRATIVE_CHARACTERS_MAX,
    REFERENCE_CHARACTERS_MAX,
    SENTENCE_CHARACTERS_MAX,
)
from accord.exchange.text import TextRefused, check_written, first_refused
from accord.workstreams.drugs.kinds import DRUG_INCIDENT, PRE_EXPORT_NOTICE
from accord.workstreams.drugs.kinds.drug_incident import IdentifierKind
from accord.workstreams.drugs.kinds.parts import HsEdition, Measure
from accord.workstreams.drugs.models import Flag
from accord.workstreams.drugs.screening.folding import as_ascii, normalised
from accord.workstreams.drugs.screening.lines import Line
from accord.workstreams.drugs.screening.numbers import container_fails, postal_fails
from accord.workstreams.drugs.screening.papers import Papers, named_company, read_papers
from accord.workstreams.drugs.screening.rules import Screen, sentence_of
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.content import Control, Substance
from accord.workstreams.drugs.substances.status import Standing, status_of

__all__ = ["COLUMN_LABELS", "FOLLOWED_AS", "LEFT_OUT_SENTENCES", "Fields", "Filling", "Say", "is_country", "plain_line"]

Fields = dict[str, Any]  # Any: JSON types, checked where the draft is made

Say = Callable[[str], str]
"""Says one of our sentences in a reader's language."""

_HS: Final = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,3}\Z")
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_PEN: Final = re.compile(
    r"PEN(?=[./_:0-9-])(?!.*[A-Z]{4})[A-Z0-9./_:-]*[0-9][A-Z0-9./_:-]*\Z", re.IGNORECASE | re.ASCII
)
"""The form of a reference of PEN Online: its name and a number in it, with no more letters in a row than codes have.

A longer run of letters may be a person's name.
"""

LEFT_OUT_SENTENCES: Final[Mapping[str, str]] = {
    "notice": (
        "The pre-export notice that the line names is left out: it is none that you read, and it has not the form of "
        "a PEN reference."
    ),
    "shipper": "The consignor is left out: the papers may name a person.",
    "consignee": "The consignee is left out: the papers may name a person.",
}
"""What is said beside a draft of each cell that it does not hold, in English."""

NET_ALONE_SENTENCES: Final[Mapping[str, str]] = {
    "net": "The line states a net weight alone; it stands as the gross quantity: check it against the papers.",
}
"""What is said beside the draft of a notice of a weight that it takes from another cell, in English."""

COLUMN_LABELS: Final[Mapping[str, str]] = {
    "reference": "Reference:",
    "description": "Description of the goods:",
    "tariff": "Tariff code:",
    "edition": "Edition of the tariff:",
    "cas": "CAS number:",
    "container": "Container:",
    "postal": "Postal item:",
    "packages": "Packages:",
    "gross": "Gross weight:",
    "net": "Net weight or pure quantity:",
    "unit": "Unit:",
    "purity": "Purity:",
    "shipper": "Consignor:",
    "shipper_number": "Number of the consignor:",
    "consignee": "Consignee:",
    "consignee_number": "Number of the consignee:",
    "origin": "From:",
    "destination": "To:",
    "route": "Route:",
    "notice": "Pre-export notice:",
    "arrived": "Arrived:",
}
"""What stands before each cell in the text of a draft, in English."""

_ROLES: Final = ("shipper", "consignee")
_PARTY_CELLS: Final = tuple(cell for role in _ROLES for cell in (role, f"{role}_number"))
_STEP: Final = 6
"""Decimal places of a quantity in a message."""


class Filling:
    """What one flag can fill.

    Args:
        flag: The flag.
        say: Says its reasons in the language of the message.
        is_read: Whether the line names a notice that the officer reads.
    """

    def __init__(self, flag: Flag, say: Say, *, is_read: bool = False) -> None:
        self._is_read = is_read
        self._flag = flag
        self._say = say
        self._papers: Mapping[str, str] = flag.papers
        self._read: Papers = read_papers(flag.papers)

    @property
    def description(self) -> str:
        """What the goods are said to be."""
        return plain_line(self._flag.description)

    @property
    def narrative(self) -> str:
        """Why the line was flagged, and what its papers say, each cell behind its label in the language of the message.

        What is on file here (licences, notices of others), what an originator controls, and who may be a person stays
        out.
        """
        reasons = " ".join(map(self._say, self._open_reasons))
        papers = {
            name: plain_line(text)
            for name, text in self._papers.items()
            if name not in {"reference", "notice", *_PARTY_CELLS}
        }
        if self.notice:
            papers["notice"] = self.notice["pen_reference"]
        for role in _ROLES:
            company = self.company(role)
            cells = {role: company.get("company_name"), f"{role}_number": company.get("registration_number")}
            papers |= {name: text for name, text in cells.items() if text}
        named = {"reference": plain_line(self._flag.reference)} if self._flag.reference else {}
        told = {**named, "description": self.description, **papers}
        lines = "\n".join(f"{self._say(COLUMN_LABELS.get(name, f'{name}:'))} {text}" for name, text in told.items())
        return _cut(f"{reasons}\n\n{lines}".strip(), NARRATIVE_CHARACTERS_MAX)

    @property
    def _open_reasons(self) -> list[str]:
        """The reasons that hold by the line itself and by the part of the register that may leave, as they were said.

        The line is held against that part once more: what only another part or what is on file gave is not found so.
        """
        line = Line(
            number=self._flag.line,
            reference=self._flag.reference,
            description=self._flag.description,
            tariff="".join(filter(str.isdigit, self._papers.get("tariff", ""))),
            container=self._papers.get("container", ""),
            postal=self._papers.get("postal", ""),
            cas=self._papers.get("cas", ""),
        )
        screen = Screen(table_in_force().opened(), threshold=0)
        found = screen.screen([line], kept=lambda _line: self._papers)
        again = {sentence_of(one.rule, one.words) for flag in found for one in flag.reasons}
        return [sentence for _rule, sentence in self._flag.said if sentence in again]

    @property
    def hs_code(self) -> str:
        """The tariff code, where it is one."""
        code = "".join(filter(str.isdigit, self._papers.get("tariff", "")))[:10]
        return code if _HS.match(code) else ""

    @property
    def tariff(self) -> Mapping[str, str]:
        """Code and edition of the tariff, where the line states both."""
        edition = str(self._read.edition)
        has_both = self.hs_code and edition in {one.value for one in HsEdition}
        return {"code": self.hs_code, "edition": edition} if has_both else {}

    @property
    def substances(self) -> list[Substance]:
        """The substances that were found, as the register has them, without what its originator controls."""
        known = table_in_force().opened().by_id()
        return [known[code] for code in self._flag.substances if code in known]

    def provisions(self, *, jurisdiction: str, on: date) -> list[str]:
        """Returns under which entries of the register the substances that were found are controlled.

        Args:
            jurisdiction: Code of the party whose law is asked.
            on: The day.
        """
        table = table_in_force().opened()
        standings = (status_of(table, one.id, jurisdiction=jurisdiction, on=on) for one in self.substances)
        entries = (entry for one in standings if one.standing is Standing.CONTROLLED for entry in one.entries)
        return list(dict.fromkeys(map(_provision, entries)))

    @property
    def way(self) -> Fields:
        """Countries of origin, transit and destination, as far as the line states them as codes."""
        ends = {name: self._papers.get(name, "").upper() for name in ("origin", "destination")}
        found = {f"{name}_country": code for name, code in ends.items() if _COUNTRY.match(code)}
        if len(set(found.values())) < len(found):
            return {}
        passed = [code for code in self._read.ways if code not in found.values()]
        return {**found, **({"transit_countries": passed} if passed else {})}

    def company(self, role: str) -> Fields:
        """Returns the company of a role, shipper or consignee; nothing where the papers may name a person."""
        name, number = self._papers.get(role, ""), self._papers.get(f"{role}_number", "")
        if not named_company(number, name):
            return {}
        told = {"company_name": _text(name), "registration_number": _text(number)}
        return {field: text for field, text in told.items() if text}

    @property
    def identifiers(self) -> list[Fields]:
        """Numbers of container and postal item; one that fails its check digit stands as it was found."""
        kinds = (
            ("container", IdentifierKind.CONTAINER, container_fails),
            ("postal", IdentifierKind.POSTAL_ITEM, postal_fails),
        )
        found = []
        for column, kind, fails in kinds:
            number = _text(self._papers.get(column, ""))
            if number:
                as_found = {"is_as_found": True} if fails(number) else {}
                found.append({"identifier_kind": kind.value, "identifier_number": number, **as_found})
        return found

    @property
    def notice(self) -> Fields:
        """The reference of a notice in the papers: of one that the officer reads, or of the form of one."""
        reference = self._papers.get("notice", "").strip()
        if len(reference) > REFERENCE_CHARACTERS_MAX or not (self._is_read or _PEN.match(reference)):
            return {}
        return {"pen_reference": reference}

    @property
    def left_out(self) -> list[str]:
        """What is said of each cell that holds something which the draft does not."""
        lacks = [role for role in _ROLES if self._papers.get(role) and not self.company(role)]
        if self._papers.get("notice", "").strip() and not self.notice:
            lacks.append("notice")
        return [LEFT_OUT_SENTENCES[name] for name in lacks]

    @property
    def _is_by_net(self) -> bool:
        """Whether the line states a net weight alone."""
        return self._read.gross is None and self._gross is not None

    @property
    def _gross(self) -> Decimal | None:
        gross = self._read.net if self._read.gross is None else self._read.gross
        return gross if gross is not None and round(gross, _STEP) > 0 else None

    @property
    def to_check(self) -> list[str]:
        """What is said of what the draft of a notice takes from another cell."""
        return [NET_ALONE_SENTENCES["net"]] if self._is_by_net else []

    @property
    def goods(self) -> Fields:
        """Substance and quantity, where the line states a weight; a message holds no goods without one.

        A net weight alone is the quantity of the whole goods.
        """
        gross, net = self._gross, self._read.net
        if gross is None:
            return {}
        known = self.substances[0] if self.substances else None
        found: Fields = {"name": _text(known.label if known else self.description), "gross": _mass(gross)}
        if known is not None and known.cas:
            found["cas_number"] = known.cas[0]
        if net is not None and not self._is_by_net and 0 < round(net, _STEP) <= round(gross, _STEP):
            found["pure"] = _mass(net)
        if self._read.purity is not None:
            found["purity_percent"] = str(self._read.purity)
        if self.tariff:
            found |= {"hs_code": self.tariff["code"], "hs_edition": self.tariff["edition"]}
        return found


def _request(line: Filling) -> Fields:
    """A request says which consignment is meant and why it was flagged; what is asked of it the officer completes."""
    substances = []
    for one in line.substances:
        told: Fields = {"name": _text(one.label), "declared_as": _text(line.description)}
        if one.cas:
            told["cas_number"] = one.cas[0]
        if line.hs_code:
            told["hs_code"] = line.hs_code
        substances.append(told)
    found = {
        "specification": _cut(line.description, SENTENCE_CHARACTERS_MAX),
        "facts": line.narrative,
        "substances": substances,
    }
    return _filled(found)


def _incident(line: Filling) -> Fields:
    """An incident says what the papers say; how anything was identified, and where, the officer completes."""
    tariff = line.tariff
    return _filled(
        {
            "description": line.narrative,
            "declared_as": _text(line.description),
            "declared_hs_code": tariff.get("code"),
            "declared_hs_edition": tariff.get("edition"),
            "companies": [one for one in (line.company("shipper"), line.company("consignee")) if one],
            "identifiers": line.identifiers,
            **line.way,
            **line.notice,
        }
    )


def _notice(line: Filling) -> Fields:
    """A notice says goods, companies and way; permits and days the officer completes."""
    return _filled(
        {
            "goods": line.goods,
            "exporter": line.company("shipper"),
            "importer": line.company("consignee"),
            "risk_note": _cut(line.narrative, SENTENCE_CHARACTERS_MAX),
            **line.way,
            **line.notice,
        }
    )


def is_country(text: str) -> bool:
    """Returns whether a cell holds the two capital letters of a country."""
    return _COUNTRY.match(text) is not None


def _provision(entry: Control) -> str:
    place = f"item {entry.item}" if entry.item else entry.notification
    return _text(", ".join(part for part in (entry.instrument, entry.class_, place) if part))


def plain_line(text: str) -> str:
    """Returns a text of a manifest as a message can hold it: on one line, without what hides, reorders or misleads.

    Letters of another script that were put among Latin ones to disguise a word become Latin ones.
    """
    words = map(_plain, normalised("NFC", text).split())
    return " ".join(word for word in words if word)


def _plain(word: str) -> str:
    shown = "".join(sign for sign in word if first_refused(sign) is None)
    try:
        check_written({"word": shown})
    except TextRefused:
        return as_ascii(shown)
    return shown


def _text(text: str) -> str:
    return _cut(plain_line(text), LINE_CHARACTERS_MAX)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _mass(kilograms: Any) -> Fields:  # Any: a decimal number
    return {"amount": f"{round(kilograms, _STEP).normalize():f}", "measure": Measure.KILOGRAM.value}


def _filled(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value}


FOLLOWED_AS: Final[Mapping[str, Callable[[Filling], Fields]]] = {
    REQUEST: _request,
    DRUG_INCIDENT: _incident,
    PRE_EXPORT_NOTICE: _notice,
}
"""What a flag fills in a draft of each kind."""
