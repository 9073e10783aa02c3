"""The guided walk's panel, and its three acts: begin a specimen draft, begin a specimen answer, put the panel away."""

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.exchange.errors import NotFound
from accord.exchange.services import answer, create_case, draft_request
from accord.node.desk.page import SIGNED_IN, officer_of, page, show
from accord.node.desk.walk import HIDDEN, WalkFile, walk_file, walk_of, walk_request

__all__ = ["act_on_walk", "show_walk"]


def _file() -> WalkFile:
    file = walk_file()
    if file is None:
        raise NotFound("There is no guided walk: this node is no demonstration.")
    return file


@page(SIGNED_IN)
def show_walk(request: HttpRequest) -> HttpResponse:
    """Shows the panel alone, for the page that asks again while something is on its way.

    View permission: any officer in post; who reads no cases sees nothing.
    """
    _file()
    shown = {"walk": walk_of(request, officer_of(request)), "here": request.GET.get("here", "")}
    return show(request, "components/walk/panel.html", shown)


@page(SIGNED_IN, methods=("POST",))
def act_on_walk(request: HttpRequest) -> HttpResponse:
    """Begins the specimen draft or the specimen answer, or puts the panel away or back.

    View permission: any officer in post; the services ask for ``message.draft`` and ``message.answer``.
    """
    file, officer, act = _file(), officer_of(request), request.POST.get("act", "")
    if act == "begin":
        peer = next(desk.party for desk in file.desks if desk.party != file.begins)
        theme = str(file.request.get("theme", ""))
        case = create_case(officer, peer=peer, theme=theme, title=file.title)
        draft = draft_request(officer, case, file.request, own=file.request_own_side)
        request.session.pop(HIDDEN, None)
        notes.success(request, _("A specimen draft is begun. The law gate has already read it."))
        return redirect("desk:draft", draft.pk)
    if act == "answer":
        asked = walk_request(file)
        if asked is None:
            raise NotFound("The request of the walk has not arrived.")
        draft = answer(officer, asked, file.answer, own=file.answer_own_side)
        return redirect("desk:draft", draft.pk)
    if act in {"hide", "show"}:
        request.session[HIDDEN] = act == "hide"
        return redirect("desk:queue")
    raise NotFound("There is no such act.")
