"""A plan against time, drawn on the server: a bar or a diamond for each item, who answers on both sides, what waits.

The drawing is SVG without scripts and without styles of its own: places are attributes, colours are classes, and each
state has a pattern beside its colour. The same stands in a table. A window of time and of rows is drawn, never all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from accord.node.desk.figures import day_of, month_of
from accord.node.desk.plan_words import STATUS_WORDS
from accord.workplan.codes import Recurrence, Status
from accord.workplan.content import Item, Milestone
from accord.workplan.due import due_days
from accord.workplan.finding import Place

__all__ = ["Window", "chart_key", "drawn", "in_window", "month_after"]

NAMES_WIDTH: Final = 250
OWNERS_WIDTH: Final = 150
LEFT: Final = NAMES_WIDTH + OWNERS_WIDTH
TIME_WIDTH: Final = 760
RIGHT: Final = LEFT + TIME_WIDTH
ROW: Final = 26
HEAD: Final = 34
BAR: Final = 12
LETTERS_OF_A_NAME: Final = 34
"""Letters of a title beside its bar; the table has all of it."""
LETTERS_OF_OWNERS: Final = 22

PATTERNS: Final = {
    Status.PLANNED: "M0 0",
    Status.UNDER_WAY: "M0 6L6 0M-1 1L1 -1M5 7L7 5",
    Status.DONE: "M0 3H6M3 0V6",
    Status.LATE: "M0 0L6 6M-1 5L1 7M5 -1L7 1",
    Status.BLOCKED: "M2 0V6M5 0V6",
    Status.DROPPED: "M0 2H6M0 5H6",
}


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of time.

    Args:
        first: Its first day, the first of a month.
        months: How many months it has.
    """

    first: date
    months: int

    @property
    def last(self) -> date:
        """Its last day."""
        return month_after(self.first, self.months) - timedelta(days=1)

    def x(self, day: date) -> float:
        """Returns where a day begins, in the drawing's units."""
        whole = (self.last - self.first).days + 1
        return round(LEFT + TIME_WIDTH * min(max((day - self.first).days, 0), whole) / whole, 1)


def month_after(first: date, months: int) -> date:
    """Returns the first of the month that is some months later, or earlier."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(min(max(year, date.min.year), date.max.year), month + 1, 1)


def _days(item: Item) -> tuple[date, date] | None:
    """Returns the first and the last day of an item, the last turn's where it recurs; nothing where it has no day."""
    last = item.due_on
    if item.recurrence is not Recurrence.ONCE and item.due_on is not None:
        last = item.recurs_until or date.max
    first = item.starts_on or item.due_on
    if first is None:
        return None
    return first, last or first


def in_window(places: Iterable[Place], window: Window) -> list[Place]:
    """Returns the places that have a day in a window."""
    found = []
    for place in places:
        days = _days(place.item)
        if days is not None and days[0] <= window.last and days[1] >= window.first:
            found.append(place)
    return found


def drawn(places: Sequence[Place], window: Window, *, today: date, title: str) -> SafeString:
    """Returns the drawing of some places in a window of time.

    Args:
        places: One row each.
        window: The time.
        today: The day at which the line stands, where it is in the window.
        title: What is drawn.
    """
    height = HEAD + ROW * len(places) + 6
    rows = {place.item.id: number for number, place in enumerate(places)}
    language = get_language() or "en"
    return format_html(
        '<svg class="a-gantt" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{title}. {also}">'
        "{defs}{months}{rows}{waits}{today}</svg>",
        w=RIGHT,
        h=height,
        title=title,
        also=gettext("The table below has the same rows."),
        defs=_patterns(),
        months=_months(window, height),
        rows=format_html_join(
            "", "{}", ((_row(place, number, window, language),) for number, place in enumerate(places))
        ),
        waits=format_html_join("", "{}", ((_waits(place, rows, window, places),) for place in places)),
        today=_today(window, today, height),
    )


def _patterns() -> SafeString:
    made = format_html_join(
        "",
        '<pattern id="gantt-{}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="a-gantt__hatch" d="{}"/></pattern>',
        ((status, path) for status, path in PATTERNS.items()),
    )
    return format_html(
        '<defs>{}<marker id="gantt-end" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" '
        'orient="auto"><path class="a-gantt__end" d="M0 0L6 3L0 6Z"/></marker></defs>',
        made,
    )


def _months(window: Window, height: int) -> SafeString:
    months = [month_after(window.first, number) for number in range(window.months)]
    # Names have room for about a fifteenth of the width each.
    every = max(1, -(-window.months // 13))
    lines = format_html_join(
        "",
        '<line class="a-gantt__month" x1="{0}" y1="20" x2="{0}" y2="{1}"/>',
        ((window.x(day), height) for day in months),
    )
    names = format_html_join(
        "",
        '<text class="a-gantt__words" x="{}" y="14">{}</text>',
        ((window.x(day) + 3, month_of(day)) for number, day in enumerate(months) if number % every == 0),
    )
    return format_html("{}{}", lines, names)


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _row(place: Place, number: int, window: Window, language: str) -> SafeString:
    item, y = place.item, HEAD + ROW * number
    name = _shortened(f"{item.id} {item.title.in_language(language)}", LETTERS_OF_A_NAME)
    sides: dict[str, list[str]] = {}
    for owner in item.owners:
        sides.setdefault(owner.party, []).append(owner.agency)
    owners = _shortened(" · ".join(f"{side} {', '.join(sides[side])}" for side in sorted(sides)), LETTERS_OF_OWNERS)
    band = format_html('<rect class="a-gantt__band" x="0" y="{}" width="{}" height="{}"/>', y, RIGHT, ROW)
    return format_html(
        '{}<text class="a-gantt__name" x="4" y="{y}" lang="{}">{}</text>'
        '<text class="a-gantt__words" x="{}" y="{y}">{}</text>{}',
        band if number % 2 else "",
        item.title.shown_language(language),
        name,
        NAMES_WIDTH,
        owners,
        _marks(place, y, window),
        y=y + 17,
    )


def _marks(place: Place, y: int, window: Window) -> SafeString:
    item = place.item
    days = _days(item)
    if days is None:
        return SafeString("")
    if isinstance(item, Milestone) or (item.starts_on is None and item.recurrence is Recurrence.ONCE):
        return _diamond(place, window.x(days[1]), y)
    first = max(days[0], window.first)
    last = min(item.due_on or days[0], window.last)
    bar = SafeString("")
    if last >= window.first and first <= window.last:
        x = window.x(first)
        width = max(3.0, round(window.x(last + timedelta(days=1)) - x, 1))
        told = f"{item.id}: {day_of(days[0])} \N{EN DASH} {day_of(item.due_on or days[0])}"
        bar = format_html(
            '<g><title>{}</title><rect class="a-gantt__bar a-gantt__bar--{}{}" x="{x}" y="{y}" '
            'width="{w}" height="{h}"/><rect fill="url(#gantt-{})" x="{x}" y="{y}" width="{w}" height="{h}"/></g>',
            told,
            place.status,
            " a-gantt__bar--over" if place.is_overdue else "",
            place.status,
            x=x,
            y=y + (ROW - BAR) // 2,
            w=width,
            h=BAR,
        )
    if item.recurrence is Recurrence.ONCE:
        return bar
    turns = format_html_join(
        "", "{}", ((_diamond(place, window.x(day), y),) for day in due_days(item, window.first, window.last))
    )
    return format_html("{}{}", bar, turns)


def _diamond(place: Place, x: float, y: int) -> SafeString:
    if not LEFT <= x <= RIGHT:
        return SafeString("")
    middle = y + ROW // 2
    return format_html(
        '<path class="a-gantt__bar a-gantt__bar--{}{}" d="M{} {}l6 6l-6 6l-6 -6Z"/>',
        place.status,
        " a-gantt__bar--over" if place.is_overdue else "",
        x,
        middle - 6,
    )


def _waits(place: Place, rows: dict[str, int], window: Window, places: Sequence[Place]) -> SafeString:
    """Draws an arrow from the end of each row on which this one depends; those out of the window are in the table."""
    days = _days(place.item)
    if days is None:
        return SafeString("")
    to_x, to_y = window.x(max(days[0], window.first)), HEAD + ROW * rows[place.item.id] + ROW // 2
    paths = []
    for code in place.item.depends_on:
        if code not in rows:
            continue
        before = places[rows[code]].item
        if before.due_on is None or not window.first <= before.due_on <= window.last:
            continue
        from_x, from_y = window.x(before.due_on + timedelta(days=1)), HEAD + ROW * rows[code] + ROW // 2
        between = to_y - ROW // 2 if to_y > from_y else to_y + ROW // 2
        paths.append((f"M{from_x} {from_y}H{from_x + 6}V{between}H{to_x - 7}V{to_y}H{to_x}",))
    return format_html_join("", '<path class="a-gantt__waits" marker-end="url(#gantt-end)" d="{}"/>', paths)


def _today(window: Window, today: date, height: int) -> SafeString:
    if not window.first <= today <= window.last:
        return SafeString("")
    return format_html(
        '<line class="a-gantt__today" x1="{x}" y1="20" x2="{x}" y2="{h}"/>'
        '<text class="a-gantt__words a-gantt__now" x="{x}" y="30">{words}</text>',
        x=window.x(today),
        h=height,
        words=gettext("today"),
    )


def chart_key() -> SafeString:
    """Returns what colours and patterns of the drawing mean."""
    keys = format_html_join(
        "",
        '<span><svg class="a-gantt__swatch" width="24" height="12" aria-hidden="true">'
        '<rect class="a-gantt__bar a-gantt__bar--{0}" width="24" height="12"/>'
        '<rect fill="url(#gantt-{0})" width="24" height="12"/></svg> {1}</span> ',
        ((status, words) for status, words in STATUS_WORDS.items()),
    )
    return format_html(
        '<p class="a-key">{}<span><svg class="a-gantt__swatch" width="14" height="14" aria-hidden="true">'
        '<path class="a-gantt__bar a-gantt__bar--planned" d="M7 1l6 6l-6 6l-6 -6Z"/></svg> {}</span></p>',
        keys,
        gettext("a day on which it is due"),
    )
