"""Our working draft of the workplan: begun, looked through, undone, discarded, and made ready to be signed."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.plan_forms import Written, progress_of_form
from accord.node.desk.plan_saving import draft_of, problems_now, save_change, seen_of, show_stale
from accord.node.desk.plan_scene import Scene, plan_of_save, scene_of
from accord.node.desk.plan_words import PART_WORDS, SAVE_WORDS
from accord.node.desk.views.plan import frame
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workplan.changing import moved_item, with_progress, without_item
from accord.workplan.content import Plan, item_of
from accord.workplan.drafting import (
    discard_draft,
    prepare_for_signing,
    start_from_agreed,
    start_from_plan,
    start_from_template,
    take_theirs_as_base,
    undo,
)
from accord.workplan.errors import PlanRefused, StalePlan
from accord.workplan.promised import not_taken, promises_with
from accord.workplan.reading import last_save, plan_of_text
from accord.workplan.versions import Problem

__all__ = ["act_on_draft", "show_draft", "start_draft"]

PROBLEMS_SHOWN: Final = 60
SAVES_SHOWN: Final = 8


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def start_draft(request: HttpRequest, peer: str) -> HttpResponse:
    """Starts our draft from the template, the signed revision or their offer.

    View permission: ``agreement.draft``.
    """
    officer, scene, how = officer_of(request), scene_of(request, peer), request.POST.get("how", "")

    def start() -> object:
        if how == "agreed":
            return start_from_agreed(officer, peer=peer)
        if how == "theirs":
            if scene.offer is None:
                raise PlanRefused("Nothing of theirs is on offer.", code="workplan.no-offer")
            return start_from_plan(officer, peer=peer, plan=plan_of_text(scene.offer))
        return start_from_template(officer, peer=peer)

    done = _("The draft is started. Nothing of it leaves before a colleague signs and offers it.")
    act_once(request, start, done=done)
    return redirect("desk:plan-draft", peer)


@page(Permission.AGREEMENT_DRAFT)
def show_draft(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows where our draft stands: what keeps it from being signed, who saved it, and what can be done with it.

    View permission: ``agreement.draft``.
    """
    return _show(request, scene_of(request, peer), None)


def _show(request: HttpRequest, scene: Scene, error: AccordError | None) -> HttpResponse:
    shown = frame(request, scene, "plan-draft")
    if scene.draft is None:
        return show(request, "desk/plan/empty.html", shown | {"error": error, "is_draft_page": True})
    problems = problems_now(scene)
    blocking = [one for one in problems if one.blocks]
    peer = scene.peer.code
    shown |= {
        "draft": scene.draft,
        "saves": [
            {"save": one, "why": SAVE_WORDS[one.why]}
            for one in scene.draft.saves.select_related("by").defer("packed")[:SAVES_SHOWN]
        ],
        "blocking": [_problem(peer, one) for one in blocking[:PROBLEMS_SHOWN]],
        "blocking_count": len(blocking),
        "notes": [_problem(peer, one) for one in problems if not one.blocks][:PROBLEMS_SHOWN],
        "parts": list(PART_WORDS.items()),
        "waiting": len(not_taken(plan_of_save(last_save(scene.draft)), promises_with(officer_of(request), peer))),
        "error": error,
        "given": request.POST,
    }
    return show(request, "desk/plan/draft.html", shown, status=error.http_status if error else 200)


def _problem(peer: str, problem: Problem) -> dict[str, Any]:  # Any: what a template reads
    is_item = problem.item[:1].isupper()
    address = (
        reverse("desk:plan-item", args=[peer, problem.item]) if is_item else reverse("desk:plan-terms", args=[peer])
    )
    return {"problem": problem, "address": address, "is_item": is_item}


@page(Permission.AGREEMENT_DRAFT, methods=("POST",))
def act_on_draft(request: HttpRequest, peer: str) -> HttpResponse:
    """Undoes, discards, takes their offer as the base, prepares; or moves an item, takes it out, says where it stands.

    View permission: ``agreement.draft``.
    """
    scene, act = scene_of(request, peer), request.POST.get("act", "")
    if act not in _ACTS and act not in _CHANGES:
        raise NotFound("There is no such act.")
    try:
        draft = draft_of(scene)
        if act in _CHANGES:
            change = _CHANGES[act]
            save_change(request, draft, lambda plan: change(plan, request.POST), done=_("Saved."))
            return redirect(_back(request, peer))
        done: list[HttpResponse] = []
        officer = officer_of(request)
        act_once(request, lambda: done.append(_ACTS[act](request, officer, scene, seen_of(request.POST, draft))))
        return done[0] if done else redirect("desk:plan-draft", peer)
    except NotFound:
        raise
    except StalePlan as error:
        return show_stale(request, frame(request, scene, "plan-draft"), error)
    except AccordError as error:
        return _show(request, scene_of(request, peer), error)


def _back(request: HttpRequest, peer: str) -> str:
    """Returns where a change was made: a page of this plan that the form names, else the draft's own."""
    home = reverse("desk:plan", args=[peer])
    wanted = request.POST.get("back", "")
    is_here = wanted.startswith(home) and "\\" not in wanted and not any(sign.isspace() for sign in wanted)
    return wanted if is_here else reverse("desk:plan-draft", args=[peer])


def _moved(plan: Plan, posted: Mapping[str, str]) -> Plan:
    where: Literal["up", "down"] = "up" if posted["act"] == "up" else "down"
    return moved_item(plan, posted.get("item", ""), where)


def _removed(plan: Plan, posted: Mapping[str, str]) -> Plan:
    return without_item(plan, posted.get("item", ""))


def _stands(plan: Plan, posted: Mapping[str, str]) -> Plan:
    code, result = posted.get("item", ""), Written()
    if item_of(plan, code) is None:
        raise PlanRefused("There is no such item.", code="workplan.unknown-item", next_step="Open the plan again.")
    row = progress_of_form(posted, code, settings.ACCORD_PARTY, timezone.localdate(), result)
    if row is None:
        raise PlanRefused(
            "A state needs its reason in at least one language.",
            code="workplan.reason-missing",
            next_step="Say in a sentence why it stands there.",
            fields={"field": "reason"},
        )
    return with_progress(plan, row)


def _undo(request: HttpRequest, officer: Officer, scene: Scene, seen: int) -> HttpResponse:
    to = whole(request.POST.get("to", ""), 9)
    undo(officer, draft_of(scene), seen=seen, to=to)
    notes.success(request, _("The earlier version is back. What was undone stays in the history."))
    return redirect("desk:plan-draft", scene.peer.code)


def _discard(request: HttpRequest, officer: Officer, scene: Scene, seen: int) -> HttpResponse:
    discard_draft(officer, draft_of(scene), seen=seen)
    notes.success(request, _("The draft is discarded. What was prepared or offered from it stays."))
    return redirect("desk:plan", scene.peer.code)


def _take_base(request: HttpRequest, officer: Officer, scene: Scene, seen: int) -> HttpResponse:
    if scene.offer is None:
        raise PlanRefused("Nothing of theirs is on offer.", code="workplan.no-offer")
    take_theirs_as_base(officer, draft_of(scene), seen=seen, text=scene.offer)
    notes.success(request, _("Their offer is the base of the draft now. What stood there is in the history."))
    return redirect("desk:plan-draft", scene.peer.code)


def _prepare(request: HttpRequest, officer: Officer, scene: Scene, seen: int) -> HttpResponse:
    text = prepare_for_signing(officer, draft_of(scene), seen=seen, words=request.POST.get("words", ""))
    notes.success(request, _("It is prepared. A colleague who may sign signs and offers it."))
    return redirect("desk:text", text.pk)


_ACTS: Final[Mapping[str, Callable[[HttpRequest, Officer, Scene, int], HttpResponse]]] = {
    "undo": _undo,
    "discard": _discard,
    "base": _take_base,
    "prepare": _prepare,
}

_CHANGES: Final[Mapping[str, Callable[[Plan, Mapping[str, str]], Plan]]] = {
    "up": _moved,
    "down": _moved,
    "remove": _removed,
    "status": _stands,
}
