"""Acts on the other side's soil at the desk: what was asked and approved, asking, and answering with conditions."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.instruments.models import Instrument, Text
from accord.liaison.postings.content import SOIL_ACT, SoilActContent
from accord.liaison.postings.proposing import answer_soil_act, ask_soil_act
from accord.liaison.postings.soil import SoilAct, soil_act_of, soil_acts
from accord.liaison.postings.standing import postings
from accord.node.desk.acting import act_once
from accord.node.desk.fields import fields_of, posted_values
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.posting_words import NAMES, SOIL_ORDER, SOIL_STATES
from accord.node.desk.text_readings import parts_of_text
from accord.node.desk.views.postings import dressed, field_names, peers_to_choose, wrong_field
from accord.officers.permissions import Permission

__all__ = ["answer_with_conditions", "ask_for_soil_act", "show_soil_act", "show_soil_acts"]


@page(Permission.AGREEMENT_READ)
def show_soil_acts(request: HttpRequest) -> HttpResponse:
    """Lists what either side asked to do on the other's soil, and how each stands.

    View permission: ``agreement.read``.
    """
    shown = {
        "rows": [_row(one) for one in soil_acts(now=timezone.now())],
        "may_draft": officer_of(request).may(Permission.AGREEMENT_DRAFT),
    }
    return show(request, "desk/liaison/soil_acts.html", shown)


def _row(act: SoilAct) -> dict[str, Any]:
    tone, words = SOIL_STATES[act.state]
    return {"act": act, "tone": tone, "words": words}


@page(Permission.AGREEMENT_READ)
def show_soil_act(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows one approval: what was asked, under which conditions, until when, and who signed.

    View permission: ``agreement.read``.
    """
    return _shown(request, _found(key), None)


def _shown(request: HttpRequest, instrument: Instrument, error: AccordError | None) -> HttpResponse:
    officer, act = officer_of(request), soil_act_of(instrument, now=timezone.now())
    shown = {
        **_row(act),
        "instrument": instrument,
        "parts": parts_of_text(act.text),
        "texts": instrument.texts.prefetch_related("signatures"),
        "may_draft": officer.may(Permission.AGREEMENT_DRAFT),
        "may_answer": officer.may(Permission.AGREEMENT_DRAFT) and not act.is_ours and act.question is not None,
        "given": request.POST,
        "error": error,
        "error_names": {"conditions": ("conditions", NAMES["conditions"])},
    }
    return show(request, "desk/liaison/soil_act.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _found(key: UUID) -> Instrument:
    found = Instrument.objects.select_related("agreed").filter(pk=key, type=SOIL_ACT).first()
    if found is None or not found.texts.exists():
        raise NotFound("There is no such approval.")
    return found


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def ask_for_soil_act(request: HttpRequest) -> HttpResponse:
    """Prepares the question whether one of our officers may act on the other side's soil; another officer signs it.

    View permission: ``agreement.draft``.
    """
    officer, posted = officer_of(request), request.POST
    values: dict[str, Any] = {"host": request.GET.get("host", "")}  # Any: JSON types
    error: AccordError | None = None
    posting = posted.get("posting", "") or request.GET.get("posting", "")
    ours = [one for one in postings(now=timezone.now()) if one.is_ours and one.agreed is not None]
    if request.method == "POST":
        values = posted_values(SoilActContent, SOIL_ORDER, posted)
        made: list[Text] = []
        given = {**values, **({"posting": posting} if posting else {})}
        try:
            done = _("Prepared. An officer who may sign asks the other side.")
            act_once(request, lambda: made.append(ask_soil_act(officer, given)), done=done)
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:text", made[0].pk) if made else redirect("desk:soil-acts")
    elif posting:
        values["officer"] = next((one.content.holder for one in ours if str(one.instrument.pk) == posting), "")
    choices = {"host": peers_to_choose()}
    fields = fields_of(SoilActContent, SOIL_ORDER, values)
    shown = {
        "fields": [dressed(one, choices, wrong_field(error)) for one in fields],
        "postings": ours,
        "posting": posting,
        "error": error,
        "error_names": field_names(error),
    }
    return show(request, "desk/liaison/soil_new.html", shown, status=error.http_status if error else HTTPStatus.OK)


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def answer_with_conditions(request: HttpRequest, key: UUID) -> HttpResponse:
    """Prepares our answer with conditions to their question; another officer signs it.

    View permission: ``agreement.draft``.
    """
    officer, instrument, posted = officer_of(request), _found(key), request.POST
    question = soil_act_of(instrument, now=timezone.now()).question
    made: list[Text] = []

    def act() -> None:
        if question is None:
            raise NotFound("No question of the other side is on offer here.")
        conditions = posted.get("conditions", "").replace("\r\n", "\n")
        made.append(answer_soil_act(officer, question, conditions=conditions))

    try:
        act_once(request, act, done=_("Prepared. An officer who may sign sends it with the conditions."))
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, instrument, error)
    return redirect("desk:text", made[0].pk) if made else redirect("desk:soil-act", key)
