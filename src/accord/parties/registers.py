"""What stands in our registers: arrangements, risk profiles and assurances, each version a value of its own.

A register's entry has a code and versions. A version says its terms and the days on which it counts; it is proposed by
one officer and agreed to by another (``accord.officers.registers``), and is never changed afterwards.

Invariants:

* The two risk scores stand apart: one without measures, one with those that were really taken. Nothing merges them,
  and no field lets anything lower the first.
* A residual risk below the baseline needs a measure that was taken; one that was only named lowers nothing.
* There is no field for what a relationship is worth.
* A day is a day in UTC, first and last included: on the day on which a version begins, it alone counts.

Source: Privacy Act (R.S.C. 1985, c. P-21), paragraph 8(2)(f); NSIRA, review for 2022 under the Avoiding Complicity in
Mistreatment by Foreign Entities Act; India v. Badesha, 2017 SCC 44.
"""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

from accord.errors import OfficerCanMend
from accord.vocabulary.subjects import Purpose

__all__ = [
    "RISK_LEVELS",
    "STALE_AFTER_DAYS",
    "TERMS",
    "WARNED_DAYS",
    "ArrangementTerms",
    "AssuranceTerms",
    "Mitigation",
    "Register",
    "RiskTerms",
    "Terms",
    "TermsRefused",
    "counted_days",
    "stale_on",
    "terms_from",
    "terms_of",
]

RISK_LEVELS: Final = ("none", "low", "medium", "substantial")
"""Rule packs compare these words; the order is that of severity (rules CA-01 and CA-02)."""

STALE_AFTER_DAYS: Final = 365
"""A risk profile of this age counts no more (rule CA-02: under twelve months)."""

WARNED_DAYS: Final = 60
"""So many days before an entry grows stale or ends, it is said; a fresh assessment takes weeks."""

_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Codes = Annotated[tuple[_Code, ...], msgspec.Meta(min_length=1, max_length=200)]
_Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Person = Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
_Level = Literal["none", "low", "medium", "substantial"]


class Register(StrEnum):
    """One of our registers."""

    ARRANGEMENT = "arrangement"
    RISK = "risk"
    ASSURANCE = "assurance"


class TermsRefused(OfficerCanMend):
    """What is to stand in a register does not hold together."""

    code = "parties.register-terms"
    default_next_step = "Correct the field that is named; nothing was kept."


class ArrangementTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A written arrangement under which agencies may exchange.

    Args:
        title: Its title.
        parties: Codes of the parties that are bound.
        agencies: Codes of the agencies that may exchange under it.
        categories: Categories of data that it covers.
        purposes: Purposes that it covers, of the vocabulary's list.
        onward_rule: What it says of giving on, in a line.
        valid_from: First day in force, in UTC.
        valid_until: Last day in force, in UTC; none while it is open.
    """

    title: _Line
    parties: _Codes
    agencies: _Codes
    categories: _Codes
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1, max_length=32)]
    onward_rule: Annotated[str, msgspec.Meta(max_length=200)] = ""
    valid_from: date
    valid_until: date | None = None


class Mitigation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measure against a risk, and whether it was really taken or only named."""

    measure: _Line
    is_taken: bool = False


class RiskTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The risk that a party mistreats people: two scores, before and after what was done about it.

    Args:
        assessed_on: Day of the assessment.
        baseline: The risk before any measure.
        residual: The risk after the measures that were really taken.
        mitigations: The measures, each with whether it was taken.
        assessed_by: Who assessed it.
        basis: On what the scores rest, in words.
    """

    assessed_on: date
    baseline: _Level
    residual: _Level
    mitigations: Annotated[tuple[Mitigation, ...], msgspec.Meta(max_length=32)] = ()
    assessed_by: _Person
    basis: Annotated[str, msgspec.Meta(max_length=4_000)] = ""


class AssuranceTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A written assurance, and whether somebody looked at how reasonable it is to rely on it.

    Args:
        title: What it is, in a line.
        given_by: Who gave it: office and state.
        party: Code of the party that is bound by it.
        covers: What it promises will not happen.
        valid_from: First day on which it counts, in UTC.
        valid_until: Last day on which it counts, in UTC.
        reviewed_by: Who reviewed whether relying on it is reasonable.
        reviewed_on: Day of that review.
        review: What the review found, in words.
    """

    title: _Line
    given_by: _Line
    party: _Code
    covers: Annotated[tuple[Literal["mistreatment", "death-penalty"], ...], msgspec.Meta(min_length=1, max_length=2)]
    valid_from: date
    valid_until: date
    reviewed_by: _Person
    reviewed_on: date
    review: _Text


Terms = ArrangementTerms | RiskTerms | AssuranceTerms
"""What a version of an entry says."""

TERMS: Final[dict[Register, type[Any]]] = {  # Any: one of the three structs
    Register.ARRANGEMENT: ArrangementTerms,
    Register.RISK: RiskTerms,
    Register.ASSURANCE: AssuranceTerms,
}


def terms_of(register: Register, kept: object) -> Terms:
    """Returns terms as they were kept.

    Args:
        register: The register.
        kept: JSON types.

    Raises:
        TermsRefused: A field is missing, unknown or not of its form.
    """
    try:
        terms: Terms = msgspec.convert(kept, TERMS[register])
    except msgspec.ValidationError as error:
        raise _not_of_its_form(str(error)) from error
    return terms


def terms_from(register: Register, given: object, *, today: date) -> Terms:
    """Returns terms that an officer gives, checked for whether they hold together.

    Args:
        register: The register.
        given: JSON types.
        today: The day in UTC.

    Raises:
        TermsRefused: A field is missing, unknown, not of its form, or contradicts another.
    """
    terms = terms_of(register, given)
    if isinstance(terms, RiskTerms):
        _require_risk(terms, today)
        return terms
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        raise TermsRefused("The last day lies before the first.", fields={"field": "valid_until"})
    if isinstance(terms, AssuranceTerms):
        _require_not_ahead(terms.reviewed_on, "reviewed_on", today)
    return terms


def _require_risk(terms: RiskTerms, today: date) -> None:
    baseline, residual = RISK_LEVELS.index(terms.baseline), RISK_LEVELS.index(terms.residual)
    if residual > baseline:
        raise TermsRefused(
            "The residual risk is above the baseline.",
            code="parties.risk-level",
            next_step="Measures do not raise a risk: raise the baseline, or lower the residual risk.",
            fields={"field": "residual"},
        )
    if residual < baseline and not any(one.is_taken for one in terms.mitigations):
        raise TermsRefused(
            "The residual risk is below the baseline, and no measure was taken.",
            code="parties.risk-without-measure",
            next_step="Name the measure that was really taken, or give both scores alike.",
            fields={"field": "mitigations"},
        )
    _require_not_ahead(terms.assessed_on, "assessed_on", today)


def _require_not_ahead(day: date, field: str, today: date) -> None:
    # Tomorrow in UTC is let in, so that today in either capital is never refused.
    if day > today + timedelta(days=1):
        raise TermsRefused(
            "The day lies in the future.",
            code="parties.register-date",
            next_step="Give the day on which it was done.",
            fields={"field": field},
        )


def _not_of_its_form(message: str) -> TermsRefused:
    """Returns the refusal of a value in our own words, with the field that msgspec names."""
    path = message.rpartition("`$")[2].partition("`")[0] if "`$" in message else ""
    at = re.sub(r"\[(?:\d+|\.{3})\]", "", path).lstrip(".")
    named = message.partition("field `")[2].partition("`")[0]
    field = ".".join(one for one in (at, named) if one)
    if "unknown field" in message:
        return TermsRefused(
            f"There is no field {field[:64]}.", code="parties.register-unknown", fields={"field": field}
        )
    if "required field" in message:
        return TermsRefused(
            f"The field {field} is missing.",
            code="parties.register-missing",
            next_step="Fill it in; nothing was kept.",
            fields={"field": field},
        )
    return TermsRefused(
        f"The field {field} is not of its form.",
        code="parties.register-form",
        next_step="Look at its length, its list or its date; nothing was kept.",
        fields={"field": field},
    )


def counted_days(terms: Terms) -> tuple[date, date | None]:
    """Returns the first and the last day on which terms count; a risk profile counts until the next, and grows stale.

    Args:
        terms: The terms of a version.
    """
    if isinstance(terms, RiskTerms):
        return terms.assessed_on, None
    return terms.valid_from, terms.valid_until


def stale_on(terms: Terms) -> date | None:
    """Returns the first day on which terms are too old or over, or ``None`` where there is none.

    Args:
        terms: The terms of a version.
    """
    if isinstance(terms, RiskTerms):
        return terms.assessed_on + timedelta(days=STALE_AFTER_DAYS)
    return None if terms.valid_until is None else terms.valid_until + timedelta(days=1)
