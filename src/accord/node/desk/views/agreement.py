"""The agreement at work: where its parts are at home, and what of it waits for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accord.dialogue.reading import statements_of
from accord.instruments.models import Text
from accord.liaison.models import Handover, PingTest, PostingRecord, WatchSwap
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.statement_rows import rows_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workplan.models import IndicatorDispute
from accord.workplan.reading import TYPE as PLAN

__all__ = ["Section", "show_agreement"]


def _nothing(_officer: Officer) -> int:
    return 0


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the agreement.

    Args:
        name: Its name; a lazy translation.
        address: Name of its page.
        says: What is found there, in a sentence; a lazy translation.
        waiting: How much of it waits for somebody of our side, where that is counted.
    """

    name: Any  # Any: a lazy translation
    address: str
    says: Any  # Any: a lazy translation
    waiting: Callable[[Officer], int] = _nothing


def _asked_or_handed(officer: Officer) -> int:
    asked = WatchSwap.objects.filter(asked_of=officer, state=WatchSwap.State.ASKED).count()
    return asked + Handover.objects.filter(incoming=officer, read_at=None, taken_back_at=None).count()


def _texts_waiting(_officer: Officer) -> int:
    theirs = Text.objects.filter(is_ours=False, state=Text.State.OFFERED).count()
    return theirs + Text.objects.filter(is_ours=True, state=Text.State.PREPARED).count()


def _records_waiting(officer: Officer) -> int:
    if not officer.may(Permission.AGREEMENT_SIGN):
        return 0
    return PostingRecord.objects.filter(state=PostingRecord.State.WAITING).count()


def _clauses_waiting(officer: Officer) -> int:
    return sum(row.tone == "bad" for view in statements_of(officer) for row in rows_of(view))


def _pings_waiting(officer: Officer) -> int:
    if not officer.may(Permission.MESSAGE_ANSWER):
        return 0
    return PingTest.objects.filter(is_ours=False, answered_at=None).count()


def _plans_waiting(_officer: Officer) -> int:
    return Text.objects.filter(instrument__type=PLAN, is_ours=False, state=Text.State.OFFERED).count()


def _disputes_open(_officer: Officer) -> int:
    return IndicatorDispute.objects.filter(state=IndicatorDispute.State.OPEN).count()


SECTIONS: Final = (
    Section(
        name=_("Liaison officers"),
        address="desk:liaison",
        says=_("Who is posted by whom, and where it stands; acts on the other side's soil."),
        waiting=_records_waiting,
    ),
    Section(
        name=_("Security dialogue"),
        address="desk:dialogue",
        says=_("Statements negotiated clause by clause, meetings, and what each side said in public."),
        waiting=_clauses_waiting,
    ),
    Section(
        name=_("Directory of authorities"),
        address="desk:directory",
        says=_("Who is competent for what on both sides, with telephone and hours."),
    ),
    Section(
        name=_("Test calls"),
        address="desk:pings",
        says=_("Whether somebody answers at the other side, and how soon."),
        waiting=_pings_waiting,
    ),
    Section(
        name=_("Indicators"),
        address="desk:indicators",
        says=_("What each side measured of what the plan promises, and where the two figures differ."),
        waiting=_disputes_open,
    ),
    Section(
        name=_("Texts that both sides sign"),
        address="desk:texts",
        says=_("What waits for our signature, what waits for theirs, and what was settled."),
        waiting=_texts_waiting,
    ),
    Section(
        name=_("Duty roster"),
        address="desk:roster",
        says=_("Who is on duty when, in which hours nobody is, who is called next, and handover notes."),
        waiting=_asked_or_handed,
    ),
    Section(
        name=_("Workplan"),
        address="desk:plans",
        says=_("What both sides do: pillars, commitments, actions, time limits. Our draft, and what they propose."),
        waiting=_plans_waiting,
    ),
)
"""The parts in the order of the page."""


@page(Permission.AGREEMENT_READ)
def show_agreement(request: HttpRequest) -> HttpResponse:
    """Shows the parts of the agreement, and how much of each waits for our side.

    View permission: ``agreement.read``.
    """
    officer = officer_of(request)
    sections = [{"section": one, "waiting": one.waiting(officer)} for one in SECTIONS]
    return show(request, "desk/agreement.html", {"sections": sections})
