"""A case: what was said, what happened, what is named, who holds it, and the next step; on a page and on paper."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from accord.exchange.attaching import take_out
from accord.exchange.authors import authors_of
from accord.exchange.errors import NotFound
from accord.exchange.kinds import ANSWER, REQUEST
from accord.exchange.models import AgencyInquiry, Attachment, Case, Clock, Message
from accord.exchange.noting import NOTE_CHARACTERS_MAX
from accord.exchange.owing import as_they_wait
from accord.exchange.own_drafts import sent_back_by
from accord.exchange.services import links_of, messages_of, notes_of, read_case, team_of
from accord.exchange.waiting import GIVEN
from accord.handling.lanes import suspended_lanes
from accord.handling.models import ErasureClaim, Use
from accord.handling.retention import standing_hold
from accord.handling.taking import Taken, take_copy, take_prints
from accord.node.api.timelines import Moment, timeline_of
from accord.node.desk.case_page import MessageShown, asked_in, caveats_in, messages_shown, named_in
from accord.node.desk.code_words import choice_label
from accord.node.desk.colleagues import colleagues_of, officers_at_the_desk
from accord.node.desk.cover import covered, marked_by
from accord.node.desk.looks import note_look
from accord.node.desk.overview import came_from, goes_on
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.stale import seen_state
from accord.node.desk.steps import next_step
from accord.node.desk.views.using import asking_address, stopped_copy
from accord.node.desk.workstream_acts import WorkstreamClock, acts_of_case, acts_of_messages, clock_of_case
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.vocabulary.results import Result
from accord.vocabulary.uses import UseCode

__all__ = ["download", "print_case", "show_case"]

MESSAGES: Final = 40
"""Messages that are shown at first, the newest; a case has ten on an average, and the earlier ones are a link away."""


@page(Permission.CASE_READ)
def show_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows a case: what was said, what happened, who holds it, and the next step.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    case = read_case(officer, reference)
    shown = _shown(request, officer, case)
    note_look(officer, case)
    return show(request, "desk/case.html", shown)


@page(Permission.CASE_READ)
def print_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows a case as it is printed: all of it unfolded, and notes for the own side only where they are asked for.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    case = read_case(officer, reference)
    shown = _shown(request, officer, case, takes_all=True)
    shown["has_notes"] = "notes" in request.GET
    shown |= _printed(officer, case, shown["messages_shown"])
    return show(request, "desk/case_print.html", shown)


def _shown(request: HttpRequest, officer: Officer, case: Case, *, takes_all: bool = False) -> dict[str, Any]:
    takes_all = takes_all or request.GET.get("messages") == "all"
    # Read whole, whatever is shown of it: a caveat of the first message binds like one of the last.
    said = messages_of(officer, case)
    has_earlier = not takes_all and len(said) > MESSAGES
    found = said[-MESSAGES:] if has_earlier else said
    inquiries = list(AgencyInquiry.objects.filter(case=case).select_related("asked_by", "recorded_by"))
    ours = Party.objects.get(is_self=True)
    messages = messages_shown(case, found, ours=ours)
    asked = asked_in(messages)
    timed = [one for one in messages if one.clock is not None]
    ticking = next((one for one in timed if one.clock and one.clock.state != Clock.State.ENDED), None)
    # Of the clocks that ended only that of a request says how the case stands; a permission's says nothing of it.
    asking = [one for one in timed if one.message.kind == REQUEST]
    first = ticking or (asking[-1] if asking else None)
    returned = next((one for one in reversed(found) if one.state == Message.State.DRAFT and one.return_reason), None)
    officers = officers_at_the_desk()
    history = timeline_of(officer, case, found, inquiries, shows_content=True)
    is_open = case.state == Case.State.OPEN
    return {
        "case": case,
        "messages_shown": messages,
        "has_earlier": has_earlier,
        "history": history,
        "names": _names_in(history),
        "inquiries": inquiries,
        "notes": notes_of(officer, case),
        "linked": links_of(officer, case),
        "team": team_of(officer, case),
        "named": named_in(said),
        "caveats": caveats_in(said, on=timezone.now().date()),
        "clock": first.clock if first else None,
        "own_clock": _own_clock(case, first, is_ticking=ticking is not None),
        "outcome": _outcome(said),
        "suspension": suspended_lanes().filter(peer=case.peer, theme=case.theme).first(),
        "hold": standing_hold(case),
        "urgency": _urgency(first, said),
        "reading": first.reading if first else None,
        "step": next_step(
            officer,
            case,
            found[-1] if found else None,
            authors=authors_of(found[-1]) if found else (),
            asked=asked.message if asked else None,
            owes=bool(as_they_wait([case])),
        ),
        "asked": asked.message if asked else None,
        "is_arriving": is_open and asked is not None and not case.is_ours and _is_unanswered(asked.clock),
        "returned": returned,
        "returned_by": sent_back_by(returned) if returned is not None else "",
        "is_mine": case.holder_id == officer.pk,
        "may_take": officer.may(Permission.CASE_TAKE) and is_open,
        "may_note": officer.may(Permission.CASE_TAKE),
        "note_characters": NOTE_CHARACTERS_MAX,
        "may_answer": officer.may(Permission.MESSAGE_ANSWER) and is_open,
        "erasure_claims": dict(ErasureClaim.objects.filter(message__case=case).values_list("pk", "claimed_at")),
        "may_object": officer.may(Permission.MESSAGE_DRAFT),
        "may_draft": officer.may(Permission.MESSAGE_DRAFT),
        "may_recall": officer.may(Permission.MESSAGE_RELEASE),
        "may_prove": officer.may(Permission.EVIDENCE_EXPORT),
        "colleagues": colleagues_of(officer, officers),
        "readers": len(officers),
        "agencies": ours.described.agencies,
        "case_acts": acts_of_case(officer, case),
        "message_acts": acts_of_messages(officer, found),
        "results": [(code.value, choice_label("results", code.value)) for code in Result],
        "goes_on": goes_on(officer),
        "back": came_from(request),
        "seen": seen_state(case),
        "handling_marks": max((message.handling for message in said), default=""),
    }


def _printed(officer: Officer, case: Case, messages: Sequence[MessageShown]) -> dict[str, Any]:
    """Returns what a print shows in the place of the page's parts: of what was received, what the gate lets print."""
    taken = take_prints(officer, [one.message for one in messages])
    kept = {message.pk for message, copy in taken.items() if not copy.is_permitted}
    printed = [one.message for one in messages if one.message.pk not in kept]
    first = next((one.message for one in messages if not one.message.is_ours), None)
    return {
        "messages_shown": [_as_printed(one, taken.get(one.message)) for one in messages],
        "named": named_in(printed),
        "caveats": caveats_in(printed, on=timezone.now().date()),
        # The title of a case that they began is a line of their first message.
        "hides_title": not case.is_ours and (first is None or first.pk in kept),
        "printed_at": timezone.now(),
        "printed_by": officer,
    }


def _as_printed(shown: MessageShown, copy: Taken | None) -> MessageShown:
    if copy is None:
        return shown
    if copy.is_permitted and copy.use is not None:
        return replace(shown, mark=marked_by(copy.use))
    asking = asking_address(copy.use) if copy.use is not None and copy.may_be_asked else ""
    return replace(shown, parts=None, files=(), is_kept_back=True, asking=asking)


def _names_in(history: Sequence[Moment]) -> dict[str, str]:
    """Returns what the officers of a timeline are called, by the name under which they sign in."""
    told = {name for moment in history for name in (moment.by, moment.to) if name}
    return {officer.username: str(officer) for officer in Officer.objects.filter(username__in=told)}


def _outcome(said: Sequence[Message]) -> str:
    """Returns what the last answer says: a partial one is no whole one."""
    answers = (message for message in reversed(said) if message.kind == ANSWER and message.state in GIVEN)
    last = next(answers, None)
    return str(last.fields.get("outcome", "")) if last is not None and last.content else ""


def _urgency(first: MessageShown | None, said: Sequence[Message]) -> str:
    """Returns the urgency of the clock that is shown, or of a request that has none yet."""
    if first is not None and first.clock is not None:
        return first.clock.urgency
    request = next((one for one in reversed(said) if one.kind == "request" and bytes(one.content)), None)
    return str(request.fields.get("urgency") or "") if request is not None else ""


def _own_clock(case: Case, first: MessageShown | None, *, is_ticking: bool) -> WorkstreamClock | None:
    """Returns how long a case waits by a workstream's rule, where that ends before its clock does, or it has none."""
    own = clock_of_case(case)
    if first is None or own is None:
        return own
    is_later = is_ticking and first.reading is not None and own.until is not None and first.reading.due_at <= own.until
    return own if own.until is not None and not is_later else None


def _is_unanswered(clock: Clock | None) -> bool:
    return clock is None or clock.state != Clock.State.ENDED


@page(Permission.CASE_READ)
def download(request: HttpRequest, reference: str, key: UUID) -> HttpResponseBase:
    """Hands out a file of a case, never shown inside a page; what was received leaves as the gate permits, and covered.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    case = read_case(officer, reference)
    attachment = Attachment.objects.filter(pk=key, message__case=case).select_related("message__case").first()
    if attachment is None:
        raise NotFound("There is no such file in this case.")
    message = attachment.message
    try:
        use = take_copy(officer, message, UseCode.OPEN, mark=Use.Mark.COVER, file=attachment)
    except GateRefuses as refused:
        return stopped_copy(request, officer, message, refused)
    file, name = take_out(officer, attachment), attachment.name
    if use is not None:
        file = covered(use, file, name=name, digest=bytes(attachment.sha256).hex())
        name = f"{name}.zip"
    response = FileResponse(file, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
