"""The indicator report: what its sender's own log shows of the signed plan's indicators in a quarter that is over.

It names no case, message, officer or person. A figure of fewer cases than the plan's minimum is said to be kept back,
one of kinds that the sender does not know is said to be not measured; neither is ever a zero.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from accord.vocabulary.periods import Period
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency
from accord.workplan.codes import Unit
from accord.workplan.content import ITEMS_MAX, DefinitionCode

__all__ = ["INDICATOR_REPORT", "REPORT_BYTES_MAX", "IndicatorReport", "Part", "ReportRow", "Standing"]

INDICATOR_REPORT: Final = "indicator-report"

REPORT_BYTES_MAX: Final = 900 * 1024
"""Encoded size: a thousand indicators of some 200 bytes, a few with parts, are a quarter of it."""

COUNT_MAX: Final = 10**15
"""The largest count: sums of money are counted in the smallest unit."""

PARTS_MAX: Final = 50
"""Parts of one figure: grounds of refusal are eleven."""

FIGURE_MAX: Final = Decimal(10**15)

Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Standing(StrEnum):
    """What can be said of a figure."""

    TOLD = "told"
    NO_CASES = "no-cases"
    KEPT_BACK = "kept-back"
    NOT_MEASURED = "not-measured"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One part of a count; without a count it is kept back."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    count: Count | None = None


class ReportRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One indicator.

    Args:
        id: Its code in the plan.
        definition: Code of its definition.
        unit: Unit of the figure.
        theme: Only messages of this theme; all where left out.
        urgency: Only requests of this urgency; all where left out.
        standing: What can be said of it.
        numerator: What was counted.
        denominator: Of what it was counted.
        figure: The figure, in its unit.
        parts: The count by part, where it is told apart.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"\AI[1-9][0-9]{0,4}\Z")]
    definition: DefinitionCode
    unit: Unit
    standing: Standing
    theme: Theme | None = None
    urgency: Urgency | None = None
    numerator: Count | None = None
    denominator: Count | None = None
    figure: Decimal | None = None
    parts: Annotated[tuple[Part, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()

    def __post_init__(self) -> None:
        if (self.figure is not None) is not (self.standing is Standing.TOLD):
            raise ValueError("figure: it stands where a figure is told, and nowhere else")
        if self.figure is not None and not (self.figure.is_finite() and 0 <= self.figure <= FIGURE_MAX):
            raise ValueError("figure: it is a plain number from zero on")
        if self.standing is not Standing.TOLD and self.numerator is not None:
            raise ValueError("numerator: what is not told has no count")
        if self.standing in {Standing.KEPT_BACK, Standing.NOT_MEASURED} and self.denominator is not None:
            raise ValueError("denominator: what is not told has no count")
        if self.standing is Standing.NOT_MEASURED and self.parts:
            raise ValueError("parts: what is not measured has none")
        if self.unit is Unit.PERCENT and self.numerator is not None and self.numerator > (self.denominator or 0):
            raise ValueError("numerator: a share is at most the whole")


class IndicatorReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The figures of a quarter, signed off by an officer who signs agreements.

    Args:
        schema_version: Version of the schema.
        plan_number: Number of the signed revision whose indicators these are.
        plan_digest: Its SHA-256.
        first_day: First day of the quarter, by UTC.
        last_day: Last day of it, included.
        as_of: Moment at which the figures were taken.
        rows: One an indicator of the plan.

    Source: public statements of 6 and 7 February 2026 ("shared workplan").
    """

    schema_version: Literal[1]
    plan_number: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    plan_digest: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    first_day: date
    last_day: date
    as_of: Moment
    rows: Annotated[tuple[ReportRow, ...], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]

    def __post_init__(self) -> None:
        if not Period(first_day=self.first_day, last_day=self.last_day).is_quarter:
            raise ValueError("last_day: a report is of one calendar quarter")
        if len({row.id for row in self.rows}) != len(self.rows):
            raise ValueError("rows: each indicator stands once")
