"""What an officer does on a case: one act a form, done once, and a clear page where the case is not as it was."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages as notes
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.models import AgencyInquiry, Case, Message
from accord.exchange.noting import NOTE_CHARACTERS_MAX
from accord.exchange.reach import cases_for
from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.exchange.services import (
    ask_agency,
    assign,
    hand_over,
    join_case,
    link_cases,
    record_reply,
    resume,
    take,
    take_over,
    unlink_cases,
    write_note,
)
from accord.exchange.waiting import highest_handling
from accord.handling.outcomes import Closed, close_with_outcome
from accord.node.desk.case_filters import plain_words
from accord.node.desk.once import NAME as FORM
from accord.node.desk.once import do_once, new_form
from accord.node.desk.overview import after_act, came_from
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.stale import CODE, require_seen, seen_state
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["act_on_case", "take_one"]

LEAVING: Final = frozenset({"hand-over", "assign", "join", "close"})
"""Acts with which an officer is done with a case: they lead on where the officer likes that."""

GUARDED: Final = LEAVING | {"take-over"}
"""Acts that ask for a second look where the case changed after its page was opened."""

WORDS: Final = frozenset({"text", "reason", "question"})
"""What an officer wrote in such a form, to be mended where it was refused."""

HIDDEN: Final = frozenset({"csrfmiddlewaretoken", "seen", FORM, "act"})


@page(Permission.CASE_TAKE, methods=("POST",))
def take_one(request: HttpRequest, reference: str) -> HttpResponse:
    """Takes a case that nobody holds.

    View permission: ``case.take``.
    """
    officer = officer_of(request)
    case = _case(officer, reference)
    try:
        take(officer, case)
    except AccordError as error:
        return _not_done(request, reference, error)
    notes.success(request, _("The case is yours. Its clock goes on; you answer it, or hand it over."))
    return redirect("desk:case", case.own_ref)


def _case(officer: Officer, reference: str) -> Case:
    case = cases_for(officer).select_related("peer", "holder").filter(own_ref=reference).first()
    if case is None:
        raise NotFound("There is no case with this reference.")
    return case


@page(Permission.CASE_TAKE, methods=("POST",))
def act_on_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Does one act on a case: who holds it, notes, links, agencies, its clock, its end.

    View permission: ``case.take``; asking and recording need ``message.answer``, which the services ask for.
    """
    officer, given = officer_of(request), request.POST
    case = _case(officer, reference)
    name = given.get("act", "")
    if name not in ACTS:
        raise NotFound("There is no such act.")

    done: list[Any] = []  # Any: what each service returns

    @transaction.atomic
    def act() -> None:
        if name in GUARDED:
            require_seen(_case(officer, reference), given.get("seen", ""))
        done.append(ACTS[name](officer, case, given))

    try:
        is_done_now = do_once(officer, given, act)
    except NotFound:
        raise
    except AccordError as error:
        return _not_done(request, reference, error)
    if is_done_now:
        notes.success(request, _("Done. It stands in the case's timeline."))
        if isinstance(done[0], Closed):
            _tell_of_report(request, done[0])
    else:
        notes.warning(request, _("This was done already. Nothing was done twice."))
    return redirect(after_act(request, officer, case) if name in LEAVING else _place(case, name))


def _tell_of_report(request: HttpRequest, closed: Closed) -> None:
    if closed.stopped is not None:
        notes.warning(
            request,
            _("What came of it could not be put before a releasing officer. It waits among your drafts to be mended."),
        )
    elif closed.report is not None:
        notes.info(request, _("What came of it waits for a releasing officer; then it is told to the other side."))


def _place(case: Case, name: str) -> str:
    places = {"note": "notes", "ask": "agencies", "reply": "agencies", "link": "linked", "unlink": "linked"}
    opened = reverse("desk:case", args=[case.own_ref])
    return f"{opened}#{places[name]}" if name in places else opened


def _not_done(request: HttpRequest, reference: str, error: AccordError) -> HttpResponse:
    """Says why nothing was done, how the case stands now, and keeps the officer's words."""
    posted = [(name, text) for name, texts in request.POST.lists() for text in texts if name not in HIDDEN]
    case = _case(officer_of(request), reference)
    shown = {
        "case": case,
        "error": error,
        "words": [
            (name, _("Reason") if name == "reason" else _("Your words"), text)
            for name, text in posted
            if name in WORDS and text.strip()
        ],
        "others": [(name, text) for name, text in posted if name not in WORDS or not text.strip()],
        "characters": NOTE_CHARACTERS_MAX if request.POST.get("act") == "note" else REASON_CHARACTERS_MAX,
        "error_names": {"text": _("Your words"), "question": _("Your words"), "reason": _("Reason")},
        "posted": posted,
        "act": request.POST.get("act", ""),
        "may_repeat": error.reason_code == CODE,
        "seen": seen_state(case),
        "form": new_form(),
        "back": came_from(request),
        "handling_marks": highest_handling([case]).get(case.pk, ""),
    }
    return show(request, "desk/case_not_done.html", shown, status=error.http_status)


def _colleague(given: QueryDict) -> Officer:
    return Officer.objects.filter(username=given.get("to", "")).first() or Officer(is_active=False)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such thing in this case.") from error


def _other(officer: Officer, case: Case, given: QueryDict) -> Case:
    """Returns the case that is meant by our reference, or by theirs."""
    reference = plain_words(given.get("other", "")).partition("/")[0]
    named = Q(own_ref__iexact=reference) | Q(other_ref__iexact=reference, peer=case.peer)
    found = list(cases_for(officer).filter(named).exclude(own_ref="")[:2]) if reference else []
    if len(found) != 1:
        raise ActRefused(
            "No one case has this reference.",
            code="desk.no-such-case",
            next_step="Copy our reference, or theirs, from the head of the other case.",
            fields={"field": "other"},
        )
    return found[0]


def _record(officer: Officer, case: Case, given: QueryDict) -> object:
    inquiry = AgencyInquiry.objects.filter(pk=_key(given.get("inquiry", "")), case=case).first()
    if inquiry is None:
        raise NotFound("There is no such inquiry in this case.")
    return record_reply(officer, inquiry, text=given.get("text", ""), holds_information=given.get("holds") == "yes")


def _resume(officer: Officer, case: Case, given: QueryDict) -> object:
    message = Message.objects.filter(pk=_key(given.get("message", "")), case=case).first()
    if message is None:
        raise NotFound("There is no such message in this case.")
    return resume(officer, message)


def _note(officer: Officer, case: Case, given: QueryDict) -> object:
    corrected = given.get("corrects", "")
    return write_note(officer, case, given.get("text", ""), corrects=_key(corrected) if corrected else None)


def _end(officer: Officer, case: Case, given: QueryDict) -> object:
    usefulness = given.get("usefulness", "")
    if usefulness and not usefulness.isdecimal():
        raise ActRefused(
            "The usefulness is a number from 1 to 5.",
            code="handling.unknown-usefulness",
            next_step="Choose from the list, or leave it open.",
            fields={"field": "usefulness"},
        )
    return close_with_outcome(
        officer,
        case,
        results=given.getlist("results"),
        is_of_no_use=given.get("no_use") == "yes",
        usefulness=int(usefulness) if usefulness else None,
    )


_Act = Callable[[Officer, Case, QueryDict], Any]  # Any: what the services return is read again by the page

ACTS: Final[Mapping[str, _Act]] = {
    "take-over": lambda who, case, given: take_over(who, case, reason=given.get("reason", "")),
    "hand-over": lambda who, case, given: hand_over(who, case, to=_colleague(given), reason=given.get("reason", "")),
    "assign": lambda who, case, given: assign(who, case, to=_colleague(given), reason=given.get("reason", "")),
    "ask": lambda who, case, given: ask_agency(
        who, case, agency=given.get("agency", ""), question=given.get("question", "")
    ),
    "reply": _record,
    "resume": _resume,
    "note": _note,
    "link": lambda who, case, given: link_cases(who, case, _other(who, case, given), reason=given.get("reason", "")),
    "unlink": lambda who, case, given: unlink_cases(
        who, case, _other(who, case, given), reason=given.get("reason", "")
    ),
    "join": lambda who, case, given: join_case(who, case, _other(who, case, given), reason=given.get("reason", "")),
    "close": _end,
}
