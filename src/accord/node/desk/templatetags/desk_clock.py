"""A clock: the time left beside an icon, and when it is due in every capital; the page's script goes on with it.

It is written by a function and not by an included template: the desk's list shows fifty of them.
"""

from datetime import timedelta
from typing import Final

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from accord.exchange.clocks import ClockReading
from accord.exchange.models import Clock
from accord.node.desk.code_words import choice_label
from accord.node.desk.figures import clock_time_of, day_of, duration_of
from accord.node.desk.templatetags.desk import icon
from accord.vocabulary.refusal import AnswerOutcome

__all__ = ["register"]

register = template.Library()

SOON: Final = timedelta(hours=8)
"""A clock with less than a turn of duty left is amber."""


@register.simple_tag
def clock(reading: ClockReading | None, state: Clock | None, outcome: str = "") -> SafeString:
    """Returns a clock, or the words that there is none.

    Args:
        reading: Its time left and its hour in every capital.
        state: The clock itself.
        outcome: What the last answer says; a partial one is said as such.
    """
    if not reading or not state:
        return format_html('<span class="a-absent">{}</span>', gettext("no clock"))
    tone, words = _said(reading, state, outcome)
    is_running = state.state != Clock.State.ENDED and not reading.is_paused
    due = format_html(' data-due="{}"', reading.due_at.isoformat()) if is_running else ""
    hours = format_html_join(
        "",
        '<span class="a-clock__due"><b>{}</b> {} {}</span>',
        ((one.party, day_of(one.due), clock_time_of(one.due)) for one in reading.capitals),
    )
    return format_html(
        '<div class="a-clock{}"{}><span class="a-clock__left">{}</span>{}</div>',
        f" a-clock--{tone}" if tone else "",
        due,
        words,
        hours,
    )


def _said(reading: ClockReading, state: Clock, outcome: str) -> tuple[str, SafeString]:
    """Returns the tone of a clock, and what it says beside its icon."""
    if state.state == Clock.State.ENDED:
        if outcome and outcome != AnswerOutcome.FULL.value:
            return "ended", _beside("pause", capfirst(str(choice_label("outcome", outcome))))
        return "ended", _beside("good", gettext("Answered"))
    if reading.is_paused:
        return "paused", _beside("pause", gettext("Paused"))
    time = duration_of(reading.left)
    if reading.is_overdue:
        return "bad", _ticking("overdue", gettext("Overdue by %(time)s") % {"time": time})
    return "warn" if reading.left < SOON else "", _ticking("clock", gettext("%(time)s left") % {"time": time})


def _beside(name: str, words: str) -> SafeString:
    return format_html("{} {}", icon(name), escape(words))


def _ticking(name: str, words: str) -> SafeString:
    return format_html("{} <span data-left>{}</span>", icon(name), words)
