"""The desk: one list of open cases ordered by what is due, and the counts above it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.exchange.models import Case, Clock, Message
from accord.exchange.services import QueueRow, Section, queue, queue_counts
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["show_news", "show_queue"]

ROWS: Final = 50

SECTIONS: Final = (
    (Section.NEW, _("New"), "new"),
    (Section.OVERDUE, _("Overdue"), "bad"),
    (Section.DUE_TODAY, _("Due today"), "warn"),
    (Section.WAITING_ON_US, _("Waiting on us"), ""),
    (Section.WAITING_ON_THEM, _("Waiting on them"), ""),
    (Section.WAITING_ON_GATE, _("Waiting on the gate"), ""),
)


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What the officer who looks can do next with a case.

    Args:
        words: The button's words.
        address: Where it leads.
        is_post: Whether it changes something, so that it is a form.
        is_mine: Whether it is this officer's to do; drawn as the main button then.
    """

    words: Any  # Any: a lazy translation
    address: str
    is_post: bool = False
    is_mine: bool = True


def next_step(officer: Officer, case: Case, message: Message | None) -> NextStep:
    """Returns the next step of a case for an officer."""
    opened = reverse("desk:case", args=[case.own_ref])
    if case.holder_id is None and not case.is_ours and officer.may(Permission.CASE_TAKE):
        return NextStep(words=_("Take this request"), address=reverse("desk:take", args=[case.own_ref]), is_post=True)
    if message is not None and message.direction == Message.Direction.OUT:
        if message.state == Message.State.SUBMITTED and officer.may(Permission.MESSAGE_APPROVE):
            return NextStep(words=_("Read and approve"), address=reverse("desk:approval", args=[message.pk]))
        if message.state == Message.State.APPROVED and officer.may(Permission.MESSAGE_RELEASE):
            return NextStep(words=_("Release"), address=reverse("desk:approval", args=[message.pk]))
        if message.state == Message.State.DRAFT and officer.may(Permission.MESSAGE_DRAFT):
            return NextStep(words=_("Go on writing"), address=reverse("desk:draft", args=[message.pk]))
    is_mine = case.holder_id == officer.pk and case.waiting_on == Case.Waiting.US
    if is_mine and officer.may(Permission.MESSAGE_ANSWER) and not case.is_ours:
        return NextStep(words=_("Answer"), address=opened)
    return NextStep(words=_("Open"), address=opened, is_mine=False)


def _urgency(row: QueueRow) -> tuple[int, datetime]:
    if row.reading is None or row.clock is None or row.clock.state == Clock.State.ENDED:
        return (1, row.case.opened_at)
    return (0, row.reading.due_at)


@page(Permission.CASE_READ)
def show_queue(request: HttpRequest) -> HttpResponse:
    """Shows the open cases, what is due first at the top.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    asked = request.GET.get("show", "")
    section = Section(asked) if asked in set(Section) else None
    rows = sorted(queue(officer, section=section, limit=ROWS), key=_urgency)
    counts = queue_counts(officer)
    shown = {
        "rows": [(row, next_step(officer, row.case, row.message)) for row in rows],
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
        ],
        "is_full": len(rows) == ROWS,
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "newest": _newest(),
        "handling_marks": _highest(rows),
    }
    return show(request, "desk/queue.html", shown)


def _highest(rows: list[QueueRow]) -> str:
    return max((row.message.handling for row in rows if row.message is not None), default="")


def _newest() -> str:
    newest = Message.objects.filter(direction=Message.Direction.IN).order_by("-id").values_list("pk", flat=True).first()
    return str(newest or "")


@page(Permission.CASE_READ)
def show_news(request: HttpRequest) -> HttpResponse:
    """Says how many messages have come since the list was shown; the list itself never moves under the hand.

    View permission: ``case.read``.
    """
    since = request.GET.get("since", "")
    found = Message.objects.filter(direction=Message.Direction.IN)
    count = found.filter(pk__gt=since).count() if _is_key(since) else found.count()
    return show(request, "desk/_news.html", {"count": count, "since": since})


def _is_key(text: str) -> bool:
    return len(text) == 36 and set(text) <= set("0123456789abcdef-")
