"""What the pages of notices show: where each stands in words, how much of its wait is left, and its way on one line.

Silence is said as what it is: that nobody replied. No word, icon or colour of these pages puts it beside consent.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accord.exchange.models import Message
from accord.exchange.reach import within
from accord.exchange.withdrawn import UNSAID
from accord.node.desk.code_words import choice_label
from accord.node.desk.figures import clock_time_of, day_month_of, day_of, number_of
from accord.node.desk.templatetags.desk import label
from accord.node.desk.workstreams.drugs.flow_rows import route_words
from accord.node.desk.workstreams.drugs.standing import outcome_words, words_against
from accord.officers.models import Officer
from accord.parties.models import Party
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Incident, Notice
from accord.workstreams.drugs.notices.follow_ups import follow_up_due, is_late_alert
from accord.workstreams.drugs.notices.lists import incidents_for, reports_for
from accord.workstreams.drugs.notices.states import RECALLED, NoticeState, ended_as, has_no_objection, state_of
from accord.workstreams.drugs.notices.waits import Calendars, Wait, calendars_of, waits_of

__all__ = ["NoticeShown", "Step", "WaitShown", "amount_words", "notice_shown", "notices_shown", "steps_of_notice"]

SOON_DAYS: Final = 2
"""A wait with so few days left is amber."""

SAID: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED, Message.State.DISCARDED)
"""States of a message of ours that has not been said to the other side."""


@dataclass(frozen=True, kw_only=True)
class WaitShown:
    """A wait in words.

    Args:
        wait: The wait.
        left: How many days are left, by the calendar of the rule's own party; empty when it is over.
        working: Working days left in each capital.
        is_bar: Whether it is drawn as a bar: while it runs and nobody has replied.
        last_day: The last day that counts, in the capital of the rule's party.
        last: That day in words, with its capital.
        over: When it is over, in words.
        is_longer: Whether it is the other side's own and ends later than the one that binds.
    """

    wait: Wait
    left: str
    working: tuple[tuple[str, str], ...]
    is_bar: bool
    last_day: date
    last: str
    over: str
    is_longer: bool = False


@dataclass(frozen=True, kw_only=True)
class NoticeShown:
    """A notice as a row of the list and as the head of its page.

    Args:
        notice: The notice.
        state: Where it stands.
        says: That in words.
        icon: The icon beside the words.
        tone: The tone of the chip.
        waits: Its waits.
        amount: The gross quantity in words.
        route: The countries of its way, by their names.
        is_withdrawn: Whether its sender took it back.
        ended_as: What became of a notice that does not stand, in words.
        is_doubled: Whether another notice that the officer may read bears its reference.
    """

    notice: Notice
    state: NoticeState
    says: str
    icon: str
    tone: str
    waits: tuple[WaitShown, ...]
    amount: str
    route: str
    is_withdrawn: bool
    ended_as: str = ""
    is_doubled: bool = False

    @property
    def binding(self) -> WaitShown | None:
        """The wait of the exporting side."""
        return next((one for one in self.waits if one.wait.is_binding), None)


def notices_shown(
    notices: Iterable[Notice], now: datetime, *, doubled: Collection[UUID] = frozenset()
) -> list[NoticeShown]:
    """Returns notices as the list shows them.

    Args:
        notices: The notices, with their messages.
        now: The time.
        doubled: Keys of those that bear the reference of another one.
    """
    clocks = _clocks()
    return [_shown(one, now, clocks, is_doubled=one.pk in doubled) for one in notices]


def notice_shown(notice: Notice, now: datetime, *, doubled: Collection[UUID] = frozenset()) -> NoticeShown:
    """Returns one notice as its page shows it; see :func:`notices_shown`."""
    return notices_shown([notice], now, doubled=doubled)[0]


@dataclass(frozen=True, kw_only=True)
class _Clocks:
    ours: str
    calendars: Calendars
    capitals: Mapping[str, str]


def _clocks() -> _Clocks:
    parties = list(Party.objects.all())
    language = get_language() or "en"
    return _Clocks(
        ours=next((one.code for one in parties if one.is_self), ""),
        calendars=calendars_of(parties),
        capitals={one.code: one.described.capital.in_language(language) for one in parties},
    )


def _shown(notice: Notice, now: datetime, clocks: _Clocks, *, is_doubled: bool) -> NoticeShown:
    state = state_of(notice, now)
    both = {code: clocks.calendars[code] for code in (clocks.ours, notice.peer) if code in clocks.calendars}
    found = waits_of(notice, now, ours=clocks.ours, calendars=both)
    binding = next((one for one in found if one.is_binding), None)
    waits = tuple(_wait_shown(one, state, clocks, binding) for one in found)
    says, icon, tone = _said(notice, state, next((one for one in waits if one.wait.is_binding), None))
    return NoticeShown(
        notice=notice,
        state=state,
        says=says,
        icon=icon,
        tone=tone,
        waits=waits,
        amount=amount_words(notice),
        route=route_words((notice.origin_country, *notice.transit_countries, notice.destination_country)),
        is_withdrawn=notice.message.state == Message.State.WITHDRAWN,
        ended_as=_ended_words(notice),
        is_doubled=is_doubled,
    )


def _ended_words(notice: Notice) -> str:
    ended = ended_as(notice)
    return _("recalled by us") if ended == RECALLED else str(label(ended, "message_states")) if ended else ""


def _wait_shown(wait: Wait, state: NoticeState, clocks: _Clocks, binding: Wait | None) -> WaitShown:
    own, zone, capital = wait.own, clocks.calendars[wait.rule.party].zone, clocks.capitals[wait.rule.party]
    last_day, over_at = wait.last_moment.astimezone(zone).date(), wait.until.astimezone(zone)
    return WaitShown(
        last_day=last_day,
        last=_("%(day)s (%(capital)s)") % {"day": day_of(last_day), "capital": capital},
        over=_("over at %(time)s on %(day)s") % {"time": clock_time_of(over_at), "day": day_month_of(over_at)},
        is_longer=binding is not None and wait.until > binding.until,
        wait=wait,
        left="" if own.is_over else days_words(own.calendar),
        working=tuple((one.party, working_words(one.days.working)) for one in wait.left if not one.days.is_over),
        is_bar=state in {NoticeState.AWAITING, NoticeState.SILENT},
    )


def days_words(count: int) -> str:
    """Returns a number of days that are left, today not counted."""
    if count == 0:
        return _("the last day is today")
    return ngettext("%(count)s day left", "%(count)s days left", count) % {"count": number_of(count)}


def working_words(count: int) -> str:
    """Returns a number of working days."""
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": number_of(count)}


def _said(notice: Notice, state: NoticeState, binding: WaitShown | None) -> tuple[str, str, str]:
    """Returns where a notice stands in words, with its icon and tone."""
    against = words_against(notice)
    if state is NoticeState.ENDED:
        return _("This notice does not stand."), "pause", "ended"
    if state is NoticeState.AWAITING:
        return _awaited(notice, binding)
    if state is NoticeState.SILENT:
        nobody = _("Nobody replied. That is no consent.")
        ours = _("We have not replied. That is no consent.")
        return against or (nobody if notice.is_ours else ours), "overdue", "bad"
    # What was not sent after an objection ended as it should.
    if against and notice.became != Became.NOT_SENT:
        return against, "warn", "warn"
    if state is NoticeState.SETTLED:
        return against or outcome_words(notice), "pause", "ended"
    is_good = has_no_objection(notice)
    says = str(choice_label("reply_result", notice.reply_result))
    return says, "good" if is_good else "warn", "" if is_good else "warn"


def _awaited(notice: Notice, binding: WaitShown | None) -> tuple[str, str, str]:
    left = binding.left if binding is not None else _("A reply is awaited; no time limit is known.")
    if words_against(notice):
        return f"{outcome_words(notice)} · {left}", "clock", "warn"
    return left, "clock", "warn" if binding is not None and binding.wait.own.calendar <= SOON_DAYS else ""


def amount_words(notice: Notice) -> str:
    """Returns the gross mass of a notice in words; nothing where it is stated in another unit."""
    if notice.gross_kg is None:
        return ""
    return _("%(amount)s kg") % {"amount": number_of(notice.gross_kg.normalize())}


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
    detail = f"{last} · {binding.over} · {binding.wait.rule.citation}"
    return [Step(on=binding.last_day, words=words, detail=detail, is_ahead=not is_over, is_silence=is_over)]
