"""The desk: one list of open cases ordered by what is due, and the counts above it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accord.exchange.authors import authors_of_each
from accord.exchange.models import Message
from accord.exchange.own_drafts import count_drafts, drafts_of
from accord.exchange.reach import messages_for
from accord.exchange.services import Section, parked_counts, queue, queue_counts
from accord.exchange.waiting import QueueRow
from accord.node.desk.looks import unread_answers, unseen
from accord.node.desk.overview import remember
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.parked_words import parked_words
from accord.node.desk.steps import next_step
from accord.node.desk.workstream_acts import clocks_of_cases
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["newest_arrival", "show_news", "show_queue"]

ROWS: Final = 40
NEWS_MAX: Final = 99
"""New messages that are counted; of more the list is read anew at once, and how many hardly matters."""

DRAFTS: Final = "drafts"
"""What the address asks for where the officer's own drafts are wanted."""

SECTIONS: Final = (
    (Section.NEW, _("New"), "new"),
    (Section.OVERDUE, _("Overdue"), "bad"),
    (Section.DUE_TODAY, _("Due today"), "warn"),
    (Section.WAITING_ON_US, _("Waiting on us"), ""),
    (Section.WAITING_ON_THEM, _("Waiting on them"), ""),
    (Section.WAITING_ON_GATE, _("Waiting on our approval"), ""),
)


@page(Permission.CASE_READ)
def show_queue(request: HttpRequest) -> HttpResponse:
    """Shows the open cases, what is due first at the top.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    asked = request.GET.get("show", "")
    section = Section(asked) if asked in set(Section) else None
    after = request.GET.get("after", "")
    drafts = drafts_of(officer) if asked == DRAFTS else []
    unread = unread_answers(officer)
    first = unread if section in {None, Section.NEW} else []
    # The list of drafts stands in the place of the list of cases.
    found = [] if asked == DRAFTS else queue(officer, section=section, after=after, limit=ROWS + 1, first=first)
    on_top = len(first) if first and found[:1] and found[0].case == first[0] else 0
    rows = found[: ROWS + on_top]
    counts = queue_counts(officer)
    counts[Section.NEW] += len(unread)
    authors = authors_of_each(row.message for row in rows if row.message is not None and row.message.is_ours)
    news = unseen(officer, [row.case for row in rows])
    parked = parked_counts(officer)
    own_clocks = clocks_of_cases([row.case for row in rows if row.clock is None or row.waits_until])
    remember(request, [row.case for row in rows])
    shown: dict[str, Any] = {
        "rows": [
            (
                row,
                next_step(officer, row.case, row.message, authors=_of(row, authors), owes=row.owes),
                news.get(row.case.pk, ""),
                own_clocks.get(row.case.pk),
            )
            for row in rows
        ],
        "section": section,
        "counts": [
            {
                "name": name,
                "count": counts[one],
                "tone": tone if counts[one] else "",
                "address": f"?{urlencode({'show': one.value})}",
                "is_here": one is section,
            }
            for one, name, tone in SECTIONS
        ]
        + [_own_drafts(officer, is_here=asked == DRAFTS)],
        "drafts": drafts,
        "is_drafts": asked == DRAFTS,
        "next": _address(section, rows[-1].place) if len(found) > ROWS + on_top else "",
        "first": f"?{urlencode({'show': section.value})}" if section else request.path,
        "is_later_page": bool(after),
        "parked": sum(parked.values()),
        "parked_reasons": list(dict.fromkeys(parked_words(code).why for code in parked)),
        "may_handle_parked": officer.may(Permission.PARKED_HANDLE),
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "newest": newest_arrival(officer),
        "handling_marks": max((*(row.handling for row in rows), *(one.handling for one in drafts)), default=""),
    }
    return show(request, "desk/queue.html", shown)


def _own_drafts(officer: Officer, *, is_here: bool) -> dict[str, Any]:
    """Returns the count of an officer's own drafts, which leads to their list."""
    return {
        "name": _("My drafts"),
        "count": count_drafts(officer),
        "tone": "",
        "address": f"?{urlencode({'show': DRAFTS})}",
        "is_here": is_here,
    }


def _of(row: QueueRow, authors: Mapping[UUID, set[int]]) -> set[int]:
    return authors.get(row.message.pk, set()) if row.message is not None else set()


def _address(section: Section | None, after: str) -> str:
    return f"?{urlencode({**({'show': section.value} if section else {}), 'after': after})}"


def newest_arrival(officer: Officer) -> str:
    """Returns the key of the message that came last, of those the officer reads, for the count of those after it."""
    newest = (
        messages_for(officer)
        .filter(direction=Message.Direction.IN)
        .order_by("-id")
        .values_list("pk", flat=True)
        .first()
    )
    return str(newest or UUID(int=0))


@page(Permission.CASE_READ)
def show_news(request: HttpRequest) -> HttpResponse:
    """Says how many messages have come since the list was shown; the list itself never moves under the hand.

    View permission: ``case.read``.
    """
    try:
        since = UUID(request.GET.get("since", ""))
    except ValueError:
        since = UUID(int=0)
    later = messages_for(officer_of(request)).filter(direction=Message.Direction.IN, pk__gt=since)
    count = len(later.order_by("pk").values_list("pk")[: NEWS_MAX + 1])
    shown = {"count": min(count, NEWS_MAX), "is_more": count > NEWS_MAX, "is_cases": "cases" in request.GET}
    return show(request, "desk/_news.html", shown)
