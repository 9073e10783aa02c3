"""Records on file about a draft: its assessment of mistreatment and its test of predominance, written and decided."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.authors import authors_of
from accord.exchange.errors import NotFound
from accord.exchange.models import Message
from accord.exchange.services import read_message
from accord.handling.assessing import (
    FINDS_RISK,
    HEAD,
    Question,
    assess,
    decide_assessment,
    settle_escalation,
)
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.handling.on_file import OnFile, counts_for, is_another
from accord.handling.weighing import decide_weighing, weigh
from accord.node.desk.acting import act_once
from accord.node.desk.assessment_words import (
    ANSWERS,
    DECISIONS,
    GROUNDS,
    NAMES,
    OUTCOMES,
    PREDOMINATES,
    QUESTIONS,
)
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["show_assessments"]

FORMS: Final = ("assess", "decide", "settle", "weigh", "decide-weighing")
"""Acts of the page; each field's element bears the name of its form before its own."""


@page(Permission.CASE_READ, methods=("GET", "POST"))
def show_assessments(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows what is on file about a draft, takes a new record, and what another officer decides on one.

    View permission: ``case.read``; to write needs ``message.draft`` and to decide ``hold.answer``, for which the
    services ask, as they ask that nobody decides their own file.
    """
    officer = officer_of(request)
    message = read_message(officer, key)
    error: AccordError | None = None
    if request.method == "POST":
        try:
            act_once(request, lambda: _do(officer, message, request.POST), done=_said(request.POST.get("act", "")))
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:assessments", message.pk)
    return _shown(request, officer, message, error)


def _said(act: str) -> str:
    if act in {"assess", "weigh"}:
        return _("It is on file. Another officer now decides on it.")
    return _("Your decision stands with the record.")


def _do(officer: Officer, message: Message, given: QueryDict) -> None:
    act, why = given.get("act", ""), given.get("reason", "")
    if act == "assess":
        assess(
            officer,
            message,
            answers={one.value: given.get(f"answer-{one.value}", "") for one in Question},
            outcome=given.get("outcome", ""),
            reasons=given.get("reasons", ""),
            measures=given.get("measures", "").splitlines(),
        )
    elif act == "weigh":
        weigh(
            officer,
            message,
            conduct=given.get("conduct", ""),
            expression=given.get("expression", ""),
            predominates=given.get("predominates", ""),
            why=given.get("why", ""),
        )
    elif act == "decide":
        override = given.get("override", "") if given.get("word") == "override" else ""
        if given.get("word") == "override" and not override:
            override = "none"
        decide_assessment(
            officer, _newest_assessment(message), agrees=given.get("word") == "agree", why=why, override=override
        )
    elif act == "settle":
        settle_escalation(officer, _newest_assessment(message), allows=given.get("word") == "allow", why=why)
    elif act == "decide-weighing":
        test = PredominanceTest.objects.filter(message=message).first()
        if test is None:
            raise NotFound("There is no such record.")
        decide_weighing(officer, test, agrees=given.get("word") == "agree", why=why)
    else:
        raise NotFound("There is no such act.")


def _newest_assessment(message: Message) -> MistreatmentAssessment:
    found = MistreatmentAssessment.objects.filter(message=message).first()
    if found is None:
        raise NotFound("There is no such record.")
    return found


def _shown(request: HttpRequest, officer: Officer, message: Message, error: AccordError | None) -> HttpResponse:
    persons = ("written_by", "decided_by")
    assessments = MistreatmentAssessment.objects.filter(message=message).select_related(*persons, "settled_by")
    tests = PredominanceTest.objects.filter(message=message).select_related(*persons)
    act = request.POST.get("act", "")
    is_author = officer.pk in authors_of(message)
    shown = {
        "message": message,
        "case": message.case,
        "assessments": [_row(officer, message, one, place) for place, one in enumerate(assessments)],
        "tests": [_row(officer, message, one, place) for place, one in enumerate(tests)],
        "may_write": officer.may(Permission.MESSAGE_DRAFT) and message.may_change,
        "is_author": is_author,
        "questions": [(code, words, request.POST.get(f"answer-{code}", "")) for code, words in QUESTIONS.items()],
        "answers": list(ANSWERS.items()),
        "outcomes": list(OUTCOMES.items()),
        "grounds": list(GROUNDS.items()),
        "both": list(PREDOMINATES.items()),
        "names": NAMES,
        "given": request.POST,
        "act": act,
        "error": error,
        "error_names": {name: (f"{act}-{name}", label) for name, label in NAMES.items()},
    }
    return show(request, "desk/assessments.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _row(officer: Officer, message: Message, record: OnFile, place: int) -> dict[str, Any]:
    """Returns a record with its state in words and what this officer may do about it; the newest alone counts."""
    tone, words = DECISIONS[record.decision]
    may_decide = place == 0 and message.may_change and officer.may(Permission.HOLD_ANSWER)
    is_mine = not is_another(officer, record)
    row: dict[str, Any] = {
        "record": record,
        "tone": tone,
        "words": words,
        "counts": place == 0 and counts_for(record, message),
        "is_mine": is_mine,
        "may_decide": may_decide and not is_mine and record.decision == record.Decision.OPEN,
    }
    if isinstance(record, MistreatmentAssessment):
        finds_risk = record.outcome in FINDS_RISK
        is_open = record.decision in {record.Decision.OPEN, record.Decision.AGREED}
        row |= {
            "answers": [(QUESTIONS[code], ANSWERS[answer]) for code, answer in record.answers.items()],
            "outcome": OUTCOMES[record.outcome],
            "ground": GROUNDS.get(record.override_ground, ""),
            "may_depart": may_decide and not is_mine and finds_risk and is_open,
            "may_settle": may_decide
            and not is_mine
            and record.decision == record.Decision.ESCALATED
            and HEAD in officer.offices
            and officer.pk != record.decided_by_id,
        }
    else:
        row["predominates"] = PREDOMINATES[record.predominates]
    return row
