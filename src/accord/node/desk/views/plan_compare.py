"""Two revisions beside each other in words, and their offer merged with our draft."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.instruments.models import Text
from accord.node.desk.acting import act_once
from accord.node.desk.figures import colon
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.plan_changes import CHANGE_WORDS, change_rows, conflict_rows
from accord.node.desk.plan_filters import whole_number
from accord.node.desk.plan_saving import choices_of, draft_of, plan_seen, seen_of
from accord.node.desk.plan_scene import DRAFT, Scene, plan_of_save, scene_of, texts_with
from accord.node.desk.plan_words import PARTS_WORDS, SAVE_WORDS
from accord.node.desk.views.plan import PAGES_MAX, frame
from accord.officers.permissions import Permission
from accord.workplan.content import Plan
from accord.workplan.differing import ItemChange
from accord.workplan.drafting import merge_theirs
from accord.workplan.errors import PlanConflicts
from accord.workplan.reading import TYPE, compared, last_save, plan_of_text
from accord.workplan.theirs import merge_with

__all__ = ["listed", "merge_offer", "show_compare"]

CHANGES_SHOWN: Final = 40
"""Entries of a page whose words are compared."""


@page(Permission.AGREEMENT_READ)
def show_compare(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows what is different between any two texts or versions, by entry and field, in words.

    View permission: ``agreement.read``.
    """
    scene = scene_of(request, peer)
    shown = frame(request, scene, "plan-compare")
    options = _options(scene)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if not before and not after:
        before, after = _usual(scene, options)
    shown |= {"options": options, "before": before, "after": after}
    if before and after:
        first, second = _plan(scene, before), _plan(scene, after)
        what = compared(first, second)
        shown |= listed(request, what.changes, {"before": before, "after": after})
        shown |= {
            "is_compared": True,
            "counts": [(CHANGE_WORDS[change], count) for change, count in what.counted().items() if count],
        }
    return show(request, "desk/plan/compare.html", shown)


def listed(
    request: HttpRequest, changes: Sequence[ItemChange], asked: dict[str, str]
) -> dict[str, Any]:  # Any: for a template
    """Returns a page of changes, with the ways to the next one and to those of one part."""
    part = request.GET.get("part", "")
    parts = list(dict.fromkeys(one.part for one in changes))
    chosen = [one for one in changes if not part or one.part == part]
    number = whole_number(request.GET, "page", default=1, least=1, most=PAGES_MAX)
    first = (number - 1) * CHANGES_SHOWN
    kept = {**asked, **({"part": part} if part else {})}
    return {
        "rows": change_rows(chosen[first : first + CHANGES_SHOWN]) if chosen else "",
        "count": len(chosen),
        "parts": [(one, PARTS_WORDS[one], one == part) for one in parts],
        "number": number,
        "pages": -(-len(chosen) // CHANGES_SHOWN),
        "first": f"?{urlencode(kept)}",
        "next": f"?{urlencode({**kept, 'page': number + 1})}" if len(chosen) > first + CHANGES_SHOWN else "",
        "is_later_page": number > 1,
    }


def _options(scene: Scene) -> list[tuple[str, Any, Text | None]]:  # Any: words
    found: list[tuple[str, Any, Text | None]] = []  # Any: as before
    if scene.draft is not None:
        for save in scene.draft.saves.select_related("by").defer("packed")[:50]:
            is_now = save.version == scene.draft.version
            name = DRAFT if is_now else f"{DRAFT}-{save.version}"
            told = _("Draft, version %(number)s") % {"number": save.version}
            found.append((name, f"{told}{colon()} {SAVE_WORDS[save.why]} ({save.by.display_name})", None))
    found += [(str(text.pk), "", text) for text in texts_with(scene.peer.code)]
    return found


def _usual(scene: Scene, options: Sequence[tuple[str, Any, Text | None]]) -> tuple[str, str]:  # Any: words
    """Returns what is compared where nothing was asked for: the signed revision with their offer, or with our draft."""
    after = str(scene.offer.pk) if scene.offer is not None else DRAFT if scene.draft is not None else ""
    if scene.agreed is not None and after:
        return str(scene.agreed.pk), after
    if scene.offer is not None and scene.draft is not None:
        return DRAFT, str(scene.offer.pk)
    names = [name for name, _words, _text in options]
    return (names[1], names[0]) if len(names) > 1 else ("", "")


def _plan(scene: Scene, name: str) -> Plan:
    draft = scene.draft
    if name.startswith(DRAFT) and draft is not None:
        number = name.removeprefix(DRAFT).removeprefix("-")
        if not number:
            return plan_of_save(last_save(draft))
        save = draft.saves.filter(version=int(number) if number.isdecimal() and len(number) < 10 else 0).first()
        if save is not None:
            return plan_of_save(save)
    try:
        key = UUID(name)
    except ValueError as error:
        raise NotFound("There is no such text.") from error
    text = Text.objects.filter(pk=key, instrument__type=TYPE, instrument__peer_id=scene.peer.code).first()
    if text is None:
        raise NotFound("There is no such text.")
    return plan_of_text(text)


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def merge_offer(request: HttpRequest, peer: str, key: UUID) -> HttpResponse:
    """Shows what their text and our draft make together, with a choice where both changed one field, and merges them.

    View permission: ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    text = (
        Text.objects.select_related("instrument")
        .filter(pk=key, is_ours=False, instrument__type=TYPE, instrument__peer_id=peer)
        .first()
    )
    if text is None:
        raise NotFound("There is no such text.")
    if scene.draft is None:
        return redirect("desk:plan-draft", peer)
    if request.method != "POST":
        return _merge_page(request, scene, text, None)
    draft, posted = draft_of(scene), request.POST
    try:
        act_once(
            request,
            lambda: merge_theirs(
                officer_of(request), draft, seen=seen_of(posted, draft), text=text, choices=choices_of(posted)
            ),
            done=_("Their changes are in the draft."),
        )
    except AccordError as error:
        return _merge_page(request, scene_of(request, peer), text, error)
    return redirect("desk:plan-draft", peer)


def _merge_page(request: HttpRequest, scene: Scene, text: Text, error: AccordError | None) -> HttpResponse:
    draft = draft_of(scene)
    choices = choices_of(request.POST)
    found = merge_with(draft, text, choices=choices)
    ours = plan_seen(draft, draft.version)
    shown = frame(request, scene, "plan-draft") | {
        "text": text,
        "seen": draft.version,
        "conflicts": conflict_rows(found.conflicts, choices, ours=ours),
        "is_unchosen": isinstance(error, PlanConflicts),
        "error": error,
    }
    shown |= listed(request, compared(ours, found.plan).changes, {})
    return show(request, "desk/plan/merge.html", shown, status=error.http_status if error else 200)
