"""What the pages of notices show: where each stands in words, and how much of its wait is left.

Silence is said as what it is: that nobody replied. No word, icon or colour of these pages puts it beside consent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accord.exchange.models import Message
from accord.node.desk.code_words import choice_label
from accord.node.desk.figures import clock_time_of, day_month_of, day_of, number_of
from accord.node.desk.templatetags.desk import label
from accord.node.desk.workstreams.drugs.flow_rows import route_words
from accord.node.desk.workstreams.drugs.standing import outcome_words, words_against
from accord.parties.models import Party
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.states import RECALLED, NoticeState, ended_as, has_no_objection, state_of
from accord.workstreams.drugs.notices.waits import Calendars, Wait, calendars_of, waits_of

__all__ = ["NoticeShown", "WaitShown", "amount_words", "notice_shown", "notices_shown"]

SOON_DAYS: Final = 2
"""A wait with so few days left is amber."""


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
