"""The workplan as it is read: the signed revision, a proposal, the board, a sheet for the printer, its history."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.instruments.models import Text
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.plan_filters import Found, looked_for, whole_number
from accord.node.desk.plan_rows import RowLook, item_rows
from accord.node.desk.plan_scene import Scene, scene_of, texts_with
from accord.node.desk.plan_words import SAVE_WORDS, STATUS_WORDS
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.workplan.codes import Status
from accord.workplan.content import Action, statuses
from accord.workplan.finding import Place, counted, with_those_above

__all__ = ["frame", "show_board", "show_history", "show_plan", "show_plan_print", "show_plans"]

ITEMS_SHOWN: Final = 50
"""Items of a page: what an officer reads before going on; those that they belong to come in addition."""

CARDS_SHOWN: Final = 20
"""Cards of a column of the board."""

PAGES_MAX: Final = 1_000


@page(Permission.AGREEMENT_READ)
def show_plans(request: HttpRequest) -> HttpResponse:
    """Leads to the plan with the other side, or lists the plans where there are several other sides.

    View permission: ``agreement.read``.
    """
    peers = list(Party.objects.filter(is_self=False).order_by("code"))
    if len(peers) == 1:
        return redirect("desk:plan", peers[0].code)
    return show(request, "desk/plan/list.html", {"peers": peers})


def frame(request: HttpRequest, scene: Scene, name: str) -> dict[str, Any]:  # Any: what a template reads
    """Returns what every page of the plan shows: which plan it is, and the ways to its other pages."""
    officer = officer_of(request)
    kept = f"?of={scene.of}" if scene.of and request.GET.get("of") else ""
    pages = [
        ("plan", _("Plan"), kept),
        ("plan-board", _("Board"), kept),
        ("plan-timeline", _("Timeline"), kept),
        ("plan-calendar", _("Calendar"), kept),
        ("plan-brief", _("Brief"), kept),
        ("plan-compare", _("Compare"), ""),
        ("plan-history", _("History"), ""),
    ]
    peer = scene.peer.code
    tabs = [(reverse(f"desk:{one}", args=[peer]) + query, words, one == name) for one, words, query in pages]
    may_draft = officer.may(Permission.AGREEMENT_DRAFT)
    if may_draft and scene.draft is not None:
        tabs.append((reverse("desk:plan-draft", args=[peer]), _("Working draft"), name == "plan-draft"))
    return {"scene": scene, "peer": peer, "tabs": tabs, "may_draft": may_draft, "plan": scene.plan}


def look_of(request: HttpRequest, scene: Scene, hits: Sequence[tuple[Place, bool]], *, is_open: bool) -> RowLook:
    """Returns how the rows of a page are written."""
    peer = scene.peer.code
    may_edit = scene.is_draft and officer_of(request).may(Permission.AGREEMENT_DRAFT) and not is_open
    of = f"?of={scene.of}" if request.GET.get("of") else ""
    return RowLook(
        told=statuses(scene.plan) if scene.plan is not None else {},
        names=scene.names,
        agencies=scene.agencies,
        edit=reverse("desk:plan-item", args=[peer, "A0"]).removesuffix("A0/") if may_edit else "",
        here=frozenset(place.item.id for place, is_asked in hits if is_asked),
        away=f"{reverse('desk:plan', args=[peer])}{of}",
        is_open=is_open,
    )


@page(Permission.AGREEMENT_READ)
def show_plan(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows a plan by pillars, fifty items a page, with filters that stand in the address.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    shown = frame(request, scene, "plan")
    if scene.plan is None:
        return show(request, "desk/plan/empty.html", shown)
    looked = looked_for(request, scene)
    number = whole_number(request.GET, "page", default=1, least=1, most=PAGES_MAX)
    first = (number - 1) * ITEMS_SHOWN
    rows = with_those_above(looked.places, looked.hits[first : first + ITEMS_SHOWN])
    has_more = len(looked.hits) > first + ITEMS_SHOWN
    shown |= {
        "found": looked,
        "rows": item_rows(rows, look_of(request, scene, rows, is_open=False)) if rows else "",
        "number": number,
        "pages": -(-len(looked.hits) // ITEMS_SHOWN),
        "first": looked.address(),
        "next": looked.address(page=number + 1) if has_more else "",
        "is_later_page": number > 1,
        "pillars": _pillars(scene, looked),
        "files": [("plan.docx", "Word"), ("plan.xlsx", "Excel"), ("plan.pdf", "PDF"), ("plan.json", "JSON")],
    }
    return show(request, "desk/plan/plan.html", shown)


def _pillars(scene: Scene, looked: Found) -> list[dict[str, Any]]:  # Any: what a template reads
    numbers = counted(looked.places)
    return [
        {
            "pillar": pillar,
            "counts": [(status, numbers[pillar.id][status]) for status in Status if numbers[pillar.id][status]]
            if pillar.id in numbers
            else (),
        }
        for pillar in (scene.plan.pillars if scene.plan is not None else ())
    ]


@page(Permission.AGREEMENT_READ)
def show_plan_print(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows all that is looked for on one sheet, nothing folded, for the printer.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    shown = frame(request, scene, "plan")
    if scene.plan is None:
        return show(request, "desk/plan/empty.html", shown)
    looked = looked_for(request, scene)
    rows = with_those_above(looked.places, looked.hits)
    shown |= {
        "found": looked,
        "rows": item_rows(rows, look_of(request, scene, rows, is_open=True)),
        "printed_by": officer_of(request),
        "printed_at": timezone.now(),
    }
    return show(request, "desk/plan/print.html", shown)


@page(Permission.AGREEMENT_READ)
def show_board(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows the actions in a column for each state; where it is our draft, each can be moved by buttons.

    View permission: ``agreement.read``; moving asks for ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    shown = frame(request, scene, "plan-board")
    if scene.plan is None:
        return show(request, "desk/plan/empty.html", shown)
    looked = looked_for(request, scene)
    actions = [one for one in looked.hits if isinstance(one.item, Action)]
    told = statuses(scene.plan)
    column = request.GET.get("column", "")
    chosen = Status(column) if column in set(Status) else None
    number = whole_number(request.GET, "page", default=1, least=1, most=PAGES_MAX)
    columns = []
    for status, words in STATUS_WORDS.items():
        if chosen is not None and status is not chosen:
            continue
        cards = [one for one in actions if one.status is status]
        size = ITEMS_SHOWN if chosen is not None else CARDS_SHOWN
        first = (number - 1) * size if chosen is not None else 0
        columns.append(
            {
                "status": status,
                "words": words,
                "count": len(cards),
                "cards": [_card(one, told) for one in cards[first : first + size]],
                "more": looked.address(column=status, page=number + 1 if chosen is not None else 1)
                if len(cards) > first + size
                else "",
            }
        )
    shown |= {
        "found": looked,
        "columns": columns,
        "chosen": chosen,
        "may_move": scene.is_draft and shown["may_draft"],
        "states": list(STATUS_WORDS.items()),
        "back": looked.address(),
    }
    return show(request, "desk/plan/board.html", shown)


def _card(place: Place, told: Mapping[str, Any]) -> dict[str, Any]:  # Any: what a template reads
    return {"place": place, "item": place.item, "said": told.get(place.item.id)}


@page(Permission.AGREEMENT_READ)
def show_history(request: HttpRequest, peer: str) -> HttpResponse:
    """Lists every text of the plan with its state, who and when, and the saves of our working draft.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    texts = texts_with(peer)
    agreed = {(one.instrument_id, one.number): one for one in texts if one.state == Text.State.AGREED}
    saves = [] if scene.draft is None else list(scene.draft.saves.select_related("by").defer("packed"))
    shown = frame(request, scene, "plan-history") | {
        "texts": [{"text": one, "before": agreed.get((one.instrument_id, one.number - 1))} for one in texts],
        "saves": [{"save": one, "why": SAVE_WORDS[one.why]} for one in saves],
    }
    return show(request, "desk/plan/history.html", shown)
