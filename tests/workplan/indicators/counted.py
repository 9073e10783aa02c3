"""What the tests of indicators count: requests, answers, corrections and objections, and a plan both sides signed."""

import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.utils import timezone

from accord.exchange.keys import new_key
from accord.exchange.models import Case, Clock, Message
from accord.handling.models import Correction, ObjectionMade
from accord.instruments.canonical import canonical_bytes, digest_of
from accord.instruments.models import Instrument, Text
from accord.vocabulary.periods import Period, last_quarters
from accord.workplan.codes import Unit
from accord.workplan.content import Indicator, Plan
from accord.workplan.indicators.counting import count_new
from accord.workplan.indicators.figures import Figure, figures_of
from accord.workplan.indicators.wanted import Wanted, wanted_of
from tests.workplan.plans import BOTH, said, small_plan

__all__ = [
    "HOUR",
    "MIDDLE",
    "QUARTER",
    "answered",
    "asked",
    "corrected",
    "figure",
    "indicator",
    "objected",
    "plan_with",
    "sign_plan",
    "wanted",
]

HOUR = timedelta(hours=1)
QUARTER: Period = last_quarters(timezone.now().date(), 2)[0]
"""The last quarter that is over."""
MIDDLE = QUARTER.since + timedelta(days=45)


def _case(theme: str) -> Case:
    now = timezone.now()
    return Case.objects.create(
        own_ref=str(new_key()), peer_id="IN", is_ours=False, theme=theme, title="SPECIMEN", agency="RCMP",
        opened_at=now, changed_at=now,
    )  # fmt: skip


def asked(
    *,
    hours: float | None,
    at: datetime = MIDDLE,
    theme: str = "precursors",
    urgency: str = "normal",
    direction: str = "in",
) -> Clock:
    """A request with a limit of ten hours, answered after so many hours, or not at all."""
    message = Message.objects.create(
        case=_case(theme), direction=direction, kind="request", state="received", content=b"{}", envelope_id=new_key()
    )
    return Clock.objects.create(
        message=message,
        table="t",
        urgency=urgency,
        limit_seconds=36_000,
        started_at=at,
        due_at=at + 10 * HOUR,
        state="running" if hours is None else "ended",
        ended_at=None if hours is None else at + hours * HOUR,
    )


def answered(*grounds: str, at: datetime = MIDDLE, theme: str = "precursors") -> Message:
    """An answer of theirs that names grounds of refusal."""
    content = msgspec.json.encode({"refusals": [{"ground": ground, "part_refused": "a part"} for ground in grounds]})
    return Message.objects.create(
        case=_case(theme), direction="in", kind="answer", state="received", content=content, envelope_id=new_key(),
        received_at=at,
    )  # fmt: skip


def corrected(*, is_reported: bool, at: datetime = MIDDLE) -> Correction:
    """A correction of theirs, reported on or not."""
    message = Message.objects.create(
        case=_case("fraud"), direction="in", kind="correction", state="received", content=b"{}", received_at=at,
        envelope_id=new_key(),
    )  # fmt: skip
    report = None
    if is_reported:
        report = Message.objects.create(
            case=message.case, direction="out", kind="correction-report", state="acted", content=b"{}",
            receipt_stated_at=at + HOUR,
        )  # fmt: skip
    return Correction.objects.create(message=message, action="recall", is_ours=False, at=at, report=report)


def objected(outcome: str = "", *, at: datetime = MIDDLE) -> ObjectionMade:
    """An objection of theirs, with what was said to it."""
    message = Message.objects.create(
        case=_case("fraud"), direction="in", kind="objection", state="received", content=b"{}", received_at=at
    )
    return ObjectionMade.objects.create(
        message=message, item=message, is_ours=False, level="agency", reply_due_on=at.date(), made_at=at,
        outcome=outcome, answered_at=at + HOUR if outcome else None,
    )  # fmt: skip


def wanted(code: str, **changed: Any) -> Wanted:
    """The indicator that a definition makes without a plan."""
    found = next(one for one in wanted_of(None) if one.id == code)
    return replace(found, **changed)


def figure(*wanted_ones: Wanted, now: datetime | None = None, period: Period = QUARTER) -> Figure:
    """The figure of the last of some indicators, all of which are told of together."""
    count_new(now=now)
    return figures_of("IN", list(wanted_ones), [period])[period.code][-1]


def indicator(code: str, definition: str, **changed: Any) -> Indicator:
    """An indicator of a plan."""
    whole: dict[str, Any] = {
        "id": code,
        "title": said(f"Indicator {code}"),
        "under": "P1",
        "owners": BOTH,
        "definition": definition,
        "unit": Unit.PERCENT,
        "target": Decimal(90),
        "min_cell": 5,
        **changed,
    }
    return Indicator(**whole)


def plan_with(*indicators: Indicator) -> Plan:
    """A small plan with these indicators."""
    return msgspec.structs.replace(small_plan(), indicators=indicators)


def sign_plan(*indicators: Indicator, peer: str = "IN") -> Text:
    """A plan with these indicators that both sides have signed."""
    content = canonical_bytes(plan_with(*indicators))
    held = Instrument.objects.create(peer_id=peer, type="workplan", is_ours=True)
    text = Text.objects.create(
        instrument=held, number=1, is_ours=True, state=Text.State.AGREED, digest=digest_of(content),
        packed=zlib.compress(content), size_bytes=len(content), settled_at=timezone.now(),
    )  # fmt: skip
    held.agreed = text
    held.save()
    return text
