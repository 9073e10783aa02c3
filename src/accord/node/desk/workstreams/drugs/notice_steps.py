"""The line of a consignment on the page of its notice: what was said of it, what happened, and what is ahead.

That nobody replied stands on it as a step of its own, and never beside consent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from accord.exchange.models import Message
from accord.exchange.reach import within
from accord.exchange.withdrawn import UNSAID
from accord.node.desk.code_words import choice_label
from accord.node.desk.figures import number_of
from accord.node.desk.said import said
from accord.node.desk.templatetags.desk import label
from accord.node.desk.workstreams.drugs.notice_rows import NoticeShown
from accord.officers.models import Officer
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Incident, Notice
from accord.workstreams.drugs.notices.follow_ups import follow_up_due, is_late_alert
from accord.workstreams.drugs.notices.lists import incidents_for, reports_for
from accord.workstreams.drugs.notices.states import NoticeState

__all__ = ["Step", "steps_of_notice"]

SAID: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED, Message.State.DISCARDED)
"""States of a message of ours that has not been said to the other side."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing on the line of a consignment.

    Args:
        on: Its day.
        at: Its moment, where more than the day is known.
        words: What it is.
        detail: What is said of it.
        message: Key of the message that says it.
        reference: Reference of the case in which that message is.
        is_ours: Whether it is ours.
        is_ahead: Whether it is expected and has not happened.
        is_silence: Whether it is that nobody replied.
    """

    on: date
    words: str
    at: datetime | None = None
    detail: str = ""
    message: UUID | None = None
    reference: str = ""
    is_ours: bool | None = None
    is_ahead: bool = False
    is_silence: bool = False


def steps_of_notice(officer: Officer, shown: NoticeShown, now: datetime) -> list[Step]:
    """Returns the line of a consignment: what was said of it in its case and elsewhere, and the days that it states."""
    notice = shown.notice
    steps = [
        *_messages(notice),
        *_replies(officer, notice),
        *_outcomes(officer, notice),
        *_incidents(officer, notice),
        *_days(shown, now),
        # Nothing is waited for about a notice that does not stand.
        *([] if shown.state is NoticeState.ENDED else [*_silence(shown), *_follow_up(notice, now)]),
    ]
    return sorted(steps, key=lambda one: (one.on, one.at is None, one.at or now))


def _step(message: Message, at: datetime, words: str, detail: str = "", *, reference: str = "") -> Step:
    # A word that was taken back or never came is shown as such, or it would be read as one that stands.
    ended = str(label(message.state, "message_states")) if message.state in UNSAID else ""
    return Step(
        on=at.date(),
        at=at,
        words=words,
        detail=" · ".join(one for one in (detail, ended) if one),
        message=message.pk,
        reference=reference or message.case.own_ref,
        is_ours=message.is_ours,
    )


def _messages(notice: Notice) -> list[Step]:
    """Returns the notice, and what else was said in its case, by kind alone; another notice has a line of its own."""
    told = {"drug_notice_reply", "drug_shipment_outcome", "drug_incident"}
    said = notice.case.messages.exclude(state__in=SAID).select_related("case", *told).order_by("created_at")
    found = []
    for message in said:
        is_another = message.kind == PRE_EXPORT_NOTICE and message.pk != notice.pk
        if is_another or any(hasattr(message, name) for name in told):
            continue
        at = message.released_at or message.received_at or message.created_at
        found.append(_step(message, at, str(choice_label("kind", message.kind)), message.reference))
    return found


def _replies(officer: Officer, notice: Notice) -> list[Step]:
    found = []
    for one in notice.replies.filter(within(officer, "message__case__")).select_related("message__case"):
        reason = f" · {choice_label('reason_code', one.reason_code)}" if one.reason_code else ""
        says = f"{choice_label('reply_result', one.result)}{reason}"
        found.append(_step(one.message, one.at, str(choice_label("kind", one.message.kind)), says))
    return found


def _outcomes(officer: Officer, notice: Notice) -> list[Step]:
    found = []
    # The other side may tell an outcome in another case, which not everybody who reads the notice may read.
    for one in notice.outcomes.filter(within(officer, "message__case__")).select_related("message__case"):
        says = str(choice_label("became", one.became))
        if one.variance_kg:
            says += " · " + _("difference of %(amount)s kg") % {"amount": number_of(one.variance_kg.normalize())}
        found.append(_step(one.message, one.at, str(choice_label("kind", one.message.kind)), says))
        if one.message.state in UNSAID:
            continue
        if one.departed_on is not None:
            found.append(Step(on=one.departed_on, words=_("Departed"), is_ours=one.is_ours))
        if one.arrived_on is not None:
            found.append(Step(on=one.arrived_on, words=_("Arrived"), is_ours=one.is_ours))
        if one.declared_on is not None:
            found.append(Step(on=one.declared_on, words=_("Declared at entry"), is_ours=one.is_ours))
    return found


def _incidents(officer: Officer, notice: Notice) -> list[Step]:
    incidents = [
        _step(one.message, one.sent_at, str(choice_label("incident_kind", one.kind)), _incident_words(one))
        for one in incidents_for(officer, notice)
    ]
    reports = [
        _step(one.message, one.sent_at, str(choice_label("kind", one.message.kind)))
        for one in reports_for(officer, notice)
        if one.case_id != notice.case_id
    ]
    return [*incidents, *reports]


def _incident_words(incident: Incident) -> str:
    hours = number_of(incident.alerted_hours.to_integral_value(ROUND_CEILING))
    told = _("told within %(hours)s hours") % {"hours": hours}
    if is_late_alert(incident):
        told = _("told after %(hours)s hours, which is late") % {"hours": hours}
    return " · ".join(one for one in (incident.place_region, told) if one)


def _follow_up(notice: Notice, now: datetime) -> list[Step]:
    """Returns until when the exporting side says what follows from an objection, where it has not."""
    due = follow_up_due(notice)
    if due is None:
        return []
    is_over = due <= now
    words = (
        _("By then nothing had been said about the objection")
        if is_over
        else _("Until then the exporting side says what follows from the objection")
    )
    return [Step(on=due.date(), at=due, words=words, is_ahead=not is_over, is_silence=is_over)]


def _days(shown: NoticeShown, now: datetime) -> list[Step]:
    """Returns the days that the notice states: of the transport, and the last ones of the permits."""
    notice, today = shown.notice, now.date()
    is_settled = shown.state in {NoticeState.SETTLED, NoticeState.ENDED}
    departure, arrival = _("Departure, as notified"), _("Arrival, as notified")
    if notice.became == Became.NOT_SENT:
        departure, arrival = _("Was to leave; it did not"), _("Was to arrive; it did not")
    elif notice.has_departed:
        departure = _("Departed")
    stated: Sequence[tuple[date | None, Any, str]] = (
        (notice.applied_on, _("Export applied for"), ""),
        (notice.departure_on, departure, ""),
        (notice.arrival_on, arrival, ""),
        (notice.export_permit_until, _("Last day of the export permit"), notice.export_permit_number),
        (
            notice.import_authorisation_until,
            _("Last day of the import authorisation"),
            notice.import_authorisation_number,
        ),
    )
    return [
        Step(on=on, words=str(words), detail=detail, is_ahead=on >= today and not is_settled)
        for on, words, detail in stated
        if on is not None
    ]


def _silence(shown: NoticeShown) -> list[Step]:
    """Returns the end of the wait, where nobody had replied by then, or nobody has yet."""
    notice, until = shown.notice, shown.notice.waits_until
    if until is None or (notice.replied_at is not None and notice.replied_at < until):
        return []
    binding = shown.binding
    is_over = binding is not None and binding.wait.own.is_over
    words = _("Nobody had replied by this day") if is_over else _("Until this day a reply is awaited")
    if binding is None:
        return [Step(on=until.date(), at=until, words=words, is_ahead=True)]
    last = _("Last day: %(day)s") % {"day": binding.last}
    detail = f"{last} · {binding.over} · {said(binding.wait.rule.citation)}"
    return [Step(on=binding.last_day, words=words, detail=detail, is_ahead=not is_over, is_silence=is_over)]
