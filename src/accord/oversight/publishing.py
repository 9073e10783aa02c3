"""Publishing timeliness: each side's figures of a month or quarter travel to the other, from its own log alone.

A releasing officer publishes a period that is over, by one act: the node computes the figures, and the officer writes
nothing of them. The report is counts of requests that its recipient asked or was asked, so it passes the gate as a
notice in codes does, as an acknowledgement, and needs no second officer's approval. What arrives is kept as it came,
and is compared whenever it is read (:mod:`accord.oversight.comparing`), so that a log that grew is compared as it is.

Source: Directive (EU) 2023/977, article 18, as a model; OAG 2014 found that nobody measured this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.exchange.kinds import TIMELINESS_REPORT
from accord.exchange.kinds.timeliness_report import TimelinessReport, TimelinessRow
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.counting import DIRECTIONS, rows_at
from accord.oversight.models import PublishedTimeliness
from accord.parties.models import Party
from accord.release.acknowledging import acknowledgement
from accord.release.models import ReleasedMessage
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import Follower, MessageKind, json_kind
from accord.release.services import channel_to, one_release, send_for_the_channel
from accord.vocabulary.periods import Period, period_of
from accord.vocabulary.urgency import Lane

__all__ = ["FOLLOWER", "TIMELINESS_REPORT_KIND", "Figures", "PublicationRefused", "figures_to_publish", "publish"]

REPORT_LIFE_DAYS: Final = 90
"""Days a report may wait for its peer: a quarter, after which the next one says more."""

REPORT_BYTES_MAX: Final = 64 * 1024
"""Encoded size: every theme and urgency of both sides, at 150 bytes a row, stays below it."""


class PublicationRefused(OfficerCanMend):
    """These figures cannot be published."""

    code = "oversight.publication-refused"
    default_next_step = "Choose a party and a month or quarter that is over."


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What would leave.

    Args:
        peer: Code of the other party.
        period: The period.
        as_of: Moment at which they were taken, to the second.
        received: How we answered, by theme and urgency.
        sent: How we were answered.
    """

    peer: str
    period: Period
    as_of: datetime
    received: Sequence[TimelinessRow]
    sent: Sequence[TimelinessRow]


def figures_to_publish(officer: Officer, *, peer: str, period: str, now: datetime | None = None) -> Figures:
    """Returns the figures of a period as they would leave now.

    Args:
        officer: A releasing officer.
        peer: Code of the other party.
        period: Code of a month (``2026-09``) or quarter (``2026-Q3``) that is over.
        now: The time.

    Raises:
        NotPermitted: The officer may not release.
        PublicationRefused: There is no such party or period, or the period is not over.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    moment = (now or timezone.now()).replace(microsecond=0)
    named = period_of(period)
    if named is None or not named.is_over(moment):
        raise PublicationRefused(
            "There is no such month or quarter, or it is not over.",
            code="oversight.period-not-over",
            fields={"field": "period"},
        )
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise PublicationRefused("There is no such party.", code="oversight.unknown-party", fields={"field": "peer"})
    sides = {name: rows_at(peer, direction, named, moment) for name, direction in DIRECTIONS.items()}
    return Figures(peer=peer, period=named, as_of=moment, **sides)


def publish(officer: Officer, *, peer: str, period: str, now: datetime | None = None) -> PublishedTimeliness:
    """Sends our figures of a period to the other side; a later report of the same period may follow.

    Args:
        officer: A releasing officer.
        peer: Code of the other party.
        period: Code of a month or quarter that is over.
        now: The time.

    Raises:
        NotPermitted: The officer may not release.
        PublicationRefused: There is no such party or period, it is not over, or the same figures were published.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let the report pass; nothing was published.
    """
    moment = now or timezone.now()
    told = figures_to_publish(officer, peer=peer, period=period, now=moment)
    content = TimelinessReport(
        schema_version=1,
        first_day=told.period.first_day,
        last_day=told.period.last_day,
        as_of=told.as_of,
        received=tuple(told.received),
        sent=tuple(told.sent),
    )
    sides = {name: list(msgspec.to_builtins(getattr(content, name))) for name in DIRECTIONS}
    channel_to(peer)
    with one_release():
        Party.objects.select_for_update().get(code=peer)
        last = PublishedTimeliness.objects.filter(
            peer_id=peer, is_ours=True, first_day=content.first_day, last_day=content.last_day
        ).first()
        if last is not None and {"received": last.received, "sent": last.sent} == sides:
            raise PublicationRefused(
                "These figures were published already, and nothing has changed since.",
                code="oversight.already-published",
                fields={"field": "period"},
            )
        released = send_for_the_channel(
            peer=peer,
            kind=TIMELINESS_REPORT,
            payload=msgspec.json.encode(content),
            facts=acknowledgement(TIMELINESS_REPORT, peer=peer, on=moment.date()),
            lane=Lane.ROUTINE,
            not_after=moment + timedelta(days=REPORT_LIFE_DAYS),
            now=moment,
        )
        row = PublishedTimeliness.objects.create(
            peer_id=peer,
            is_ours=True,
            first_day=content.first_day,
            last_day=content.last_day,
            as_of=content.as_of,
            at=moment,
            envelope_id=released.envelope_id,
            published_by=officer,
            **sides,
        )
        note(officer, "publish timeliness", row, at=moment, detail={"period": told.period.code, "party": peer})
    return row


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    days = [item.content.first_day for item in received]
    known = PublishedTimeliness.objects.filter(peer_id=work.peer, is_ours=False, first_day__in=days)
    latest: dict[tuple[date, date], datetime] = {}
    for first, last, as_of in known.values_list("first_day", "last_day", "as_of"):
        latest[first, last] = max(as_of, latest.get((first, last), as_of))
    work.memory[TIMELINESS_REPORT] = latest


def _file(received: Received, work: FilingWork) -> Handled:
    content: TimelinessReport = received.content
    latest: dict[tuple[date, date], datetime] = work.memory[TIMELINESS_REPORT]
    period = Period(first_day=content.first_day, last_day=content.last_day)
    if not period.is_calendar or not (period.is_over(content.as_of) and period.is_over(received.received_at)):
        return Handled(state="refused", code="oversight.period-not-over")
    if content.as_of > received.sent_at:
        # Else one report of the year 9999 would make each later one an older one.
        return Handled(state="refused", code="oversight.figures-of-later")
    before = latest.get((content.first_day, content.last_day))
    if before is not None and content.as_of <= before:
        return Handled(state="refused", code="oversight.older-report")
    latest[content.first_day, content.last_day] = content.as_of
    work.add(
        PublishedTimeliness(
            peer_id=work.peer,
            is_ours=False,
            first_day=content.first_day,
            last_day=content.last_day,
            as_of=content.as_of,
            at=received.received_at,
            envelope_id=received.envelope_id,
            received=msgspec.to_builtins(content.received),
            sent=msgspec.to_builtins(content.sent),
        )
    )
    return FILED


TIMELINESS_REPORT_KIND: Final[MessageKind] = json_kind(
    TimelinessReport,
    TIMELINESS_REPORT,
    schema=1,
    max_bytes=REPORT_BYTES_MAX,
    handler=_file,
    facts_at_use=None,
    prepare=_prepare,
    needs_approval=False,
)
"""The kind: counts alone, so that one officer's act sends it and the gate at use is not asked."""


def _unsent(keys: Sequence[int], _why: str) -> None:
    """Takes a report that never left out of what we published, so that it can be published again."""
    unsent = ReleasedMessage.objects.filter(pk__in=keys, kind=TIMELINESS_REPORT)
    PublishedTimeliness.objects.filter(
        is_ours=True, envelope_id__in=list(unsent.values_list("envelope_id", flat=True))
    ).delete()


def _restored(released_key: int, payload: bytes) -> None:
    """Puts a report of ours that was lost with the storage back; who published it is not in it."""
    released = ReleasedMessage.objects.get(pk=released_key)
    if released.kind != TIMELINESS_REPORT:
        return
    content = msgspec.json.decode(payload, type=TimelinessReport)
    PublishedTimeliness.objects.get_or_create(
        envelope_id=released.envelope_id,
        defaults={
            "peer_id": released.peer_id,
            "is_ours": True,
            "first_day": content.first_day,
            "last_day": content.last_day,
            "as_of": content.as_of,
            "at": released.released_at,
            **{name: list(msgspec.to_builtins(getattr(content, name))) for name in DIRECTIONS},
        },
    )


FOLLOWER: Final = Follower(on_unsent=_unsent, on_restored=_restored)
"""What this room does when a report of ours never left, or comes back after a loss of storage."""
