"""Reporting: each side tells the other its own figures of a quarter, signed off by an officer who signs agreements.

One act sends it: the node computes the figures of the signed plan's indicators and the officer writes nothing of them.
The report holds counts alone, with small ones kept back, so it passes the gate as a notice in codes does and needs no
second officer. What arrives is kept as it came, and is compared whenever it is read
(:mod:`accord.workplan.indicators.comparing`).

Source: public statements of 6 and 7 February 2026 ("shared workplan"); Directive (EU) 2023/977, article 18, as a model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from django.utils import timezone

from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.acknowledging import acknowledgement
from accord.release.models import ReleasedMessage
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import Follower, MessageKind, json_kind
from accord.release.services import channel_to, one_release, send_for_the_channel
from accord.vocabulary.periods import Period, last_quarters, period_of
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Lane, Urgency
from accord.workplan.models import PublishedIndicators

from .counting import count_new
from .errors import ReportRefused
from .figures import Figure, figures_of
from .report import INDICATOR_REPORT, REPORT_BYTES_MAX, IndicatorReport, Part, ReportRow
from .wanted import SignedPlan, signed_plan, wanted_of

__all__ = [
    "FOLLOWER",
    "INDICATOR_REPORT_KIND",
    "QUARTERS_OFFERED",
    "Told",
    "ended_quarters",
    "figures_to_report",
    "report_indicators",
    "row_of",
]

REPORT_LIFE_DAYS: Final = 90
"""Days a report may wait for its peer: a quarter, after which the next one says more."""

QUARTERS_OFFERED: Final = 4
"""Quarters that may be reported on: a year."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What would leave.

    Args:
        peer: Code of the other party.
        period: The quarter.
        as_of: Moment at which the figures were taken, to the second.
        plan: The plan whose indicators they are.
        figures: One an indicator.
    """

    peer: str
    period: Period
    as_of: datetime
    plan: SignedPlan
    figures: Sequence[Figure]


def ended_quarters(now: datetime) -> list[Period]:
    """Returns the quarters that can be reported on, the newest first."""
    return last_quarters(now.date(), QUARTERS_OFFERED + 1)[-2::-1]


def figures_to_report(officer: Officer, *, peer: str, period: str, now: datetime | None = None) -> Told:
    """Returns the figures of a quarter as they would leave now.

    Args:
        officer: An officer who signs agreements.
        peer: Code of the other party.
        period: Code of a quarter that is over (``2026-Q3``).
        now: The time.

    Raises:
        NotPermitted: The officer may not sign agreements.
        ReportRefused: There is no such party or quarter, it is not over, or no plan with indicators is signed.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    moment = (now or timezone.now()).replace(microsecond=0)
    named = period_of(period)
    if named is None or not named.is_quarter or not named.is_over(moment):
        raise ReportRefused(
            "There is no such quarter, or it is not over.", code="workplan.period-not-over", fields={"field": "period"}
        )
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise ReportRefused("There is no such party.", code="workplan.unknown-party", fields={"field": "peer"})
    signed = signed_plan(peer)
    if signed is None or not signed.plan.indicators:
        raise ReportRefused(
            "No plan with indicators is signed with this party, so nothing was agreed to be reported.",
            code="workplan.no-signed-plan",
            next_step="Sign a plan with indicators first; until then the figures are for our own side.",
            fields={"field": "peer"},
        )
    count_new(now=moment)
    found = figures_of(peer, wanted_of(signed.plan), [named])[named.code]
    return Told(peer=peer, period=named, as_of=moment, plan=signed, figures=found)


def row_of(figure: Figure) -> ReportRow:
    """Returns a figure as it is told."""
    wanted = figure.wanted
    return ReportRow(
        id=wanted.id,
        definition=wanted.definition_code,
        unit=wanted.unit,
        theme=Theme(wanted.theme) if wanted.theme else None,
        urgency=Urgency(wanted.urgency) if wanted.urgency else None,
        standing=figure.standing,
        figure=figure.figure,
        numerator=figure.numerator,
        denominator=figure.denominator,
        parts=tuple(Part(code=code, count=count) for code, count in figure.parts),
    )


def report_indicators(officer: Officer, *, peer: str, period: str, now: datetime | None = None) -> PublishedIndicators:
    """Signs our figures of a quarter off and sends them; a later report of the same quarter may follow.

    Args:
        officer: An officer who signs agreements.
        peer: Code of the other party.
        period: Code of a quarter that is over.
        now: The time.

    Raises:
        NotPermitted: The officer may not sign agreements.
        ReportRefused: See :func:`figures_to_report`; or the same figures were told already.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let the report pass; nothing was sent.
    """
    moment = now or timezone.now()
    told = figures_to_report(officer, peer=peer, period=period, now=moment)
    content = IndicatorReport(
        schema_version=1,
        plan_number=told.plan.number,
        plan_digest=told.plan.digest.hex(),
        first_day=told.period.first_day,
        last_day=told.period.last_day,
        as_of=told.as_of,
        rows=tuple(row_of(figure) for figure in told.figures),
    )
    rows = _stored(content)
    channel_to(peer)
    with one_release():
        Party.objects.select_for_update().get(code=peer)
        last = PublishedIndicators.objects.filter(
            peer_id=peer, is_ours=True, first_day=content.first_day, last_day=content.last_day
        ).first()
        if last is not None and (bytes(last.plan_digest), last.rows) == (told.plan.digest, rows):
            raise ReportRefused(
                "These figures were reported already, and nothing has changed since.",
                code="workplan.already-reported",
                next_step="Nothing is to be done; the other side has these figures.",
                fields={"field": "period"},
            )
        released = send_for_the_channel(
            peer=peer,
            kind=INDICATOR_REPORT,
            payload=msgspec.json.encode(content),
            facts=acknowledgement(INDICATOR_REPORT, peer=peer, on=moment.date()),
            lane=Lane.ROUTINE,
            not_after=moment + timedelta(days=REPORT_LIFE_DAYS),
            now=moment,
        )
        row = PublishedIndicators.objects.create(
            peer_id=peer,
            is_ours=True,
            envelope_id=released.envelope_id,
            at=moment,
            published_by=officer,
            **_fields(content),
        )
        note(officer, "report indicators", row, at=moment, detail={"period": told.period.code, "party": peer})
    return row


def _stored(content: IndicatorReport) -> list[dict[str, Any]]:  # Any: JSON
    return [msgspec.to_builtins(row) for row in content.rows]


def _fields(content: IndicatorReport) -> dict[str, Any]:  # Any: one value a column
    return {
        "plan_number": content.plan_number,
        "plan_digest": bytes.fromhex(content.plan_digest),
        "first_day": content.first_day,
        "last_day": content.last_day,
        "as_of": content.as_of,
        "rows": _stored(content),
    }


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    days = [item.content.first_day for item in received]
    known = PublishedIndicators.objects.filter(peer_id=work.peer, is_ours=False, first_day__in=days)
    latest: dict[date, datetime] = {}
    for first, as_of in known.values_list("first_day", "as_of"):
        latest[first] = max(as_of, latest.get(first, as_of))
    work.memory[INDICATOR_REPORT] = latest


def _file(received: Received, work: FilingWork) -> Handled:
    content: IndicatorReport = received.content
    latest: dict[date, datetime] = work.memory[INDICATOR_REPORT]
    period = Period(first_day=content.first_day, last_day=content.last_day)
    if not (period.is_over(content.as_of) and period.is_over(received.received_at)):
        return Handled(state="refused", code="workplan.period-not-over")
    if content.as_of > received.sent_at:
        # Else one report of the year 9999 would make each later one an older one.
        return Handled(state="refused", code="workplan.figures-of-later")
    before = latest.get(content.first_day)
    if before is not None and content.as_of <= before:
        return Handled(state="refused", code="workplan.older-report")
    latest[content.first_day] = content.as_of
    work.add(
        PublishedIndicators(
            peer_id=work.peer,
            is_ours=False,
            envelope_id=received.envelope_id,
            at=received.received_at,
            **_fields(content),
        )
    )
    return FILED


INDICATOR_REPORT_KIND: Final[MessageKind] = json_kind(
    IndicatorReport,
    INDICATOR_REPORT,
    schema=1,
    max_bytes=REPORT_BYTES_MAX,
    handler=_file,
    facts_at_use=None,
    prepare=_prepare,
    needs_approval=False,
)
"""The kind: counts alone, so that one officer's act sends it and the gate at use is not asked."""


def _unsent(keys: Sequence[int], _why: str) -> None:
    """Takes a report that never left out of what we told, so that it can be told again."""
    unsent = ReleasedMessage.objects.filter(pk__in=keys, kind=INDICATOR_REPORT)
    envelopes = list(unsent.values_list("envelope_id", flat=True))
    if envelopes:
        PublishedIndicators.objects.filter(is_ours=True, envelope_id__in=envelopes).delete()


def _restored(released_key: int, payload: bytes) -> None:
    """Puts a report of ours that was lost with the storage back; who signed it off is not in it."""
    released = ReleasedMessage.objects.get(pk=released_key)
    if released.kind != INDICATOR_REPORT:
        return
    content = msgspec.json.decode(payload, type=IndicatorReport)
    PublishedIndicators.objects.get_or_create(
        envelope_id=released.envelope_id,
        defaults={"peer_id": released.peer_id, "is_ours": True, "at": released.released_at, **_fields(content)},
    )


FOLLOWER: Final = Follower(on_unsent=_unsent, on_restored=_restored)
"""What this room does when a report of ours never left, or comes back after a loss of storage."""
