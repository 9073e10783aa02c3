"""Lanes: either side suspends a subject at once, and both together let it go on.

A lane is one subject of cooperation with one peer. Whoever sees a caveat breached stops it by one act: the own gate
lets nothing more leave by it from that moment, and a notice in codes tells the other side, whose gate then does the
same. A lane goes on when both sides have said so of the same suspension; a notice that crosses another changes nothing,
since each suspension has an identifier of its own. Objections, corrections, permissions and what averts a threat to
life are not stopped: without them no dispute could be settled.

Source: rule BI-09; Arar Commission (2006), recommendation 12.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from accord.courier.alarms import raise_alarm
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import LANE_NOTICE
from accord.exchange.kinds.lane_notice import LaneNotice
from accord.exchange.reasons import require_reason
from accord.handling.models import LaneSuspension, ObjectionMade
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.acknowledging import acknowledgement
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import MessageKind, json_kind
from accord.release.services import channel_to, one_release, send_for_the_channel
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Lane

__all__ = ["LANE_NOTICE_KIND", "PASSES_SUSPENDED", "resume_lane", "suspend_lane", "suspended_lanes"]

NOTICE_LIFE_DAYS: Final = 365
"""Days a notice may wait for its peer: as long as a disposition, since a suspension does not end by itself."""

NOTICE_BYTES_MAX: Final = 1_024
"""Encoded size: a subject and two identifiers."""

PASSES_SUSPENDED: Final = frozenset(
    {"objection", "objection-answer", "correction", "correction-report", "permission-answer", "outcome-report"}
)
"""Kinds that a suspension does not stop: they settle what suspended it, or give nothing new."""


def suspended_lanes() -> QuerySet[LaneSuspension]:
    """Returns the suspensions that stand, the newest first."""
    return LaneSuspension.objects.filter(ended_at=None).select_related("peer", "objection__message__case")


def suspend_lane(
    officer: Officer,
    *,
    peer: str,
    theme: Theme | str,
    reason: str,
    objection: ObjectionMade | None = None,
    now: datetime | None = None,
) -> LaneSuspension:
    """Suspends a lane at once, on this side before a word has left.

    Args:
        officer: A releasing officer.
        peer: Code of the other party.
        theme: Subject whose lane it is.
        reason: Why, for our own file; it does not travel.
        objection: The objection that it belongs to, where there is one.
        now: The time.

    Raises:
        NotPermitted: The officer may not release.
        TextRefused: The reason is blank.
        ActRefused: The subject is unknown, the objection is with another party, or we suspended this lane already.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let the notice pass; nothing was suspended.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    words = require_reason(reason)
    moment = now or timezone.now()
    if theme not in set(Theme):
        raise ActRefused(
            "There is no such subject.",
            code="handling.unknown-lane",
            next_step="Choose from the list.",
            fields={"field": "theme"},
        )
    if objection is not None and objection.item.case.peer_id != peer:
        raise ActRefused("The objection is one with another party.", code="handling.other-objection")
    channel_to(peer)
    with one_release():
        if LaneSuspension.objects.filter(peer_id=peer, theme=str(theme), is_ours=True, ended_at=None).exists():
            raise ActRefused("We suspended this lane already.", code="handling.lane-suspended")
        row = LaneSuspension.objects.create(
            peer_id=peer,
            theme=str(Theme(theme)),
            is_ours=True,
            objection=objection,
            suspended_at=moment,
            suspended_by=officer,
            suspend_reason=words,
        )
        _tell(row, "suspend", now=moment)
        note(officer, "suspend lane", row, at=moment, detail={"theme": row.theme})
    return row


def resume_lane(
    officer: Officer, suspension: LaneSuspension, *, reason: str, now: datetime | None = None
) -> LaneSuspension:
    """Says for our side that a lane may go on; it does when the other side has said so too.

    Args:
        officer: A releasing officer who did not suspend it.
        suspension: The suspension, ours or theirs.
        reason: Why, for our own file; it does not travel.
        now: The time.

    Raises:
        NotPermitted: The officer may not release.
        TextRefused: The reason is blank.
        ActRefused: It has ended, we said so already, or the officer suspended it.
        GateRefuses: The law does not let the notice pass.
    """
    require(officer, Permission.MESSAGE_RELEASE)
    words = require_reason(reason)
    moment = now or timezone.now()
    with one_release():
        held = LaneSuspension.objects.select_for_update().get(pk=suspension.pk)
        if held.ended_at is not None or held.we_resume_at is not None:
            raise ActRefused("Our side has said so already.", code="handling.lane-resumed")
        if held.suspended_by_id == officer.pk:
            raise ActRefused(
                "Who suspended a lane does not let it go on alone.",
                code="handling.own-suspension",
                next_step="Ask another releasing officer.",
            )
        held.we_resume_at = moment
        held.we_resume_by = officer
        held.resume_reason = words
        _end_where_both(held, moment)
        held.save()
        _tell(held, "resume", now=moment)
        note(officer, "resume lane", held, at=moment, detail={"theme": held.theme})
    return held


def _end_where_both(row: LaneSuspension, at: datetime) -> None:
    if row.we_resume_at is not None and row.they_resume_at is not None:
        row.ended_at = at


def _tell(row: LaneSuspension, act: str, *, now: datetime) -> None:
    objection = row.objection.message.envelope_id if row.objection is not None and act == "suspend" else None
    notice = {"schema_version": 1, "theme": row.theme, "act": act, "suspension": str(row.pk)}
    send_for_the_channel(
        peer=row.peer_id,
        kind=LANE_NOTICE,
        payload=msgspec.json.encode({**notice, **({"objection": str(objection)} if objection else {})}),
        facts=acknowledgement(LANE_NOTICE, peer=row.peer_id, on=now.date()),
        lane=Lane.URGENT,
        not_after=now + timedelta(days=NOTICE_LIFE_DAYS),
        now=now,
    )


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    named = [UUID(item.content.suspension) for item in received]
    found = LaneSuspension.objects.filter(pk__in=named)
    objected = [UUID(item.content.objection) for item in received if item.content.objection]
    objections = ObjectionMade.objects.filter(message__envelope_id__in=objected, message__case__peer_id=work.peer)
    work.memory[LANE_NOTICE] = (
        {row.pk: row for row in found},
        {str(one.message.envelope_id): one for one in objections.select_related("message")},
    )


def _file(received: Received, work: FilingWork) -> Handled:
    content: LaneNotice = received.content
    rows: dict[UUID, LaneSuspension]
    rows, objections = work.memory[LANE_NOTICE]
    key = UUID(content.suspension)
    row = rows.get(key)
    if content.act == "suspend":
        if row is not None:
            return Handled(state="refused", code="handling.suspension-known")
        row = LaneSuspension(
            pk=key,
            peer_id=work.peer,
            theme=content.theme.value,
            is_ours=False,
            objection=objections.get(content.objection or ""),
            suspended_at=received.received_at,
        )
        rows[key] = row
        work.add(row)
        words = f"{work.peer} suspended the lane {content.theme.value}. Nothing more leaves by it until both resume."
        work.afterwards(partial(_warn, words))
        return FILED
    if row is None or row.peer_id != work.peer or row.theme != content.theme.value:
        return Handled(state="refused", code="handling.unknown-suspension")
    if row.they_resume_at is None:
        row.they_resume_at = received.received_at
        _end_where_both(row, received.received_at)
        work.change(row, "they_resume_at", "ended_at")
    return FILED


def _warn(words: str) -> None:
    raise_alarm(None, "handling.lane-suspended-by-peer", words)


LANE_NOTICE_KIND: Final[MessageKind] = json_kind(
    LaneNotice,
    LANE_NOTICE,
    schema=1,
    max_bytes=NOTICE_BYTES_MAX,
    handler=_file,
    facts_at_use=None,
    prepare=_prepare,
    needs_approval=False,
)
"""The kind: it carries codes alone, so that no officer approves it and the gate at use is not asked."""
