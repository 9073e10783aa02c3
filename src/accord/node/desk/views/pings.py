"""Test calls at the desk: theirs that wait for an answer, ours with their times, and the plans by which they leave."""

from collections.abc import Mapping
from datetime import time, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.courier.models import Channel
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.liaison.directory.functions import function_names, functions
from accord.liaison.directory.pinging import (
    EVERY_DAYS_MAX,
    PingTimes,
    answer_ping,
    end_plan,
    ping_times,
    plan_pings,
    send_ping,
)
from accord.liaison.models import PingPlan, PingTest
from accord.node.desk.acting import act_once
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.release.gate import our_party

__all__ = ["act_on_pings", "show_pings"]

SHOWN: Final = 100
"""Test calls listed, the newest first."""

COUNTED: Final = timedelta(days=91)
"""Time over which the times are counted on the page: a quarter."""

# Any: lazy translations.
FIELD_NAMES: Final[Mapping[str, Any]] = {
    "function": gettext_lazy("Function"),
    "peer": gettext_lazy("With whom"),
    "every_days": gettext_lazy("Every how many days"),
    "begins": gettext_lazy("Not before"),
    "ends": gettext_lazy("Not after"),
    "zone": gettext_lazy("Time zone"),
}


@page(Permission.AGREEMENT_READ)
def show_pings(request: HttpRequest) -> HttpResponse:
    """Shows test calls of both sides with their times, and the plans.

    View permission: ``agreement.read``; the services ask for ``message.answer`` or ``roster.keep``.
    """
    return _shown(request, None)


def _shown(request: HttpRequest, error: AccordError | None) -> HttpResponse:
    officer, language, now = officer_of(request), get_language() or "en", timezone.now()
    tests = [_row(one, language) for one in PingTest.objects.select_related("answered_by", "sent_by")[:SHOWN]]
    peers = list(Channel.objects.order_by("peer_id").values_list("peer_id", flat=True))
    shown = {
        "waiting": [row for row in tests if not row["test"].is_ours and row["test"].answered_at is None],
        "tests": tests,
        "times": [(peer, _minutes(ping_times(peer, now - COUNTED, now, now=now))) for peer in peers],
        "plans": [
            {"plan": one, "name": function_names(one.function, language)}
            for one in PingPlan.objects.filter(ended_at=None)
        ],
        "peers": peers,
        "functions": [(one.code, one.names.in_language(language)) for one in functions()],
        "zone": Party.objects.get(code=our_party()).described.time_zone,
        "every_max": EVERY_DAYS_MAX,
        "may_answer": officer.may(Permission.MESSAGE_ANSWER),
        "may_plan": officer.may(Permission.ROSTER_KEEP),
        "now": now,
        "given": request.POST,
        "error": error,
        "error_names": FIELD_NAMES,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
    }
    return show(request, "desk/liaison/pings.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _row(test: PingTest, language: str) -> dict[str, Any]:
    took = None if test.answered_at is None else test.answered_at - test.at
    return {
        "test": test,
        "name": function_names(test.function, language),
        "minutes": None if took is None else round(took.total_seconds() / 60, 1),
    }


def _minutes(times: PingTimes) -> dict[str, Any]:
    def told(seconds: int | None) -> float | None:
        return None if seconds is None else round(seconds / 60, 1)

    return {"times": times, "median": told(times.median_seconds), "worst": told(times.worst_seconds)}


@page(Permission.AGREEMENT_READ, methods=("POST",))
def act_on_pings(request: HttpRequest) -> HttpResponse:
    """Answers a test call, sends one, plans them, or ends a plan.

    View permission: ``agreement.read``; the services ask for ``message.answer`` or ``roster.keep``.
    """
    officer, given = officer_of(request), request.POST
    act = _ACTS.get(given.get("act", ""))
    if act is None:
        raise NotFound("There is no such act.")
    try:
        act_once(request, lambda: act(officer, given), done=_("Done."))
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, error)
    return redirect("desk:pings")


def _answer(officer: Officer, given: Mapping[str, str]) -> None:
    test = PingTest.objects.filter(pk=whole(given.get("test", "")) or 0, is_ours=False).first()
    if test is None:
        raise NotFound("There is no such test call.")
    answer_ping(officer, test)


def _plan(officer: Officer, given: Mapping[str, str]) -> None:
    plan_pings(
        officer,
        peer=given.get("peer", ""),
        function=given.get("function", ""),
        every_days=whole(given.get("every_days", "")) or 0,
        begins=_time(given.get("begins", "")),
        ends=_time(given.get("ends", "")),
        zone=given.get("zone", ""),
    )


def _end(officer: Officer, given: Mapping[str, str]) -> None:
    plan = PingPlan.objects.filter(pk=whole(given.get("plan", "")) or 0).first()
    if plan is None:
        raise NotFound("There is no such plan.")
    end_plan(officer, plan)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        # Midnight begins no window that ends there: the service says what is odd.
        return time()


_ACTS: Final[Mapping[str, Any]] = {  # Any: each takes an officer and a form
    "answer": _answer,
    "send": lambda officer, given: send_ping(officer, peer=given.get("peer", ""), function=given.get("function", "")),
    "plan": _plan,
    "end": _end,
}
