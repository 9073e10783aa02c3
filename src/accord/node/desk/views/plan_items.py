"""Writing in our draft: the form of one item, and that of the plan's own words, time limits, ceilings and subjects."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.code_words import choice_label
from accord.node.desk.page import page, show
from accord.node.desk.plan_forms import (
    Written,
    errors_by_field,
    options_of,
    owner_rows,
    parents,
    progress_of_form,
    values_of,
    written,
)
from accord.node.desk.plan_saving import draft_of, plan_seen, problems_now, save_change, seen_of, show_stale
from accord.node.desk.plan_scene import Scene, scene_of
from accord.node.desk.plan_terms import clock_rows, terms_of_form, terms_values
from accord.node.desk.plan_words import FIELDS, LANGUAGE_WORDS, PART_WORDS, STATUS_WORDS
from accord.node.desk.said import said
from accord.node.desk.views.plan import frame
from accord.officers.permissions import Permission
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency
from accord.workplan.changing import next_code, part_of, with_item, with_progress
from accord.workplan.codes import LANGUAGES, Aim, Function, LegalEffect, Recurrence, Unit, Verb
from accord.workplan.content import MIN_CELL, PARTS, Item, Plan, item_of, statuses
from accord.workplan.errors import StalePlan
from accord.workplan.versions import Problem

__all__ = ["show_item", "show_new_item", "show_terms"]


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def show_item(request: HttpRequest, peer: str, code: str) -> HttpResponse:
    """Shows the form of an item of our draft with what is wrong with it, and saves it.

    View permission: ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    draft = draft_of(scene)
    now = plan_seen(draft, draft.version)
    item = item_of(now, code)
    if request.method != "POST":
        if item is None:
            raise NotFound("There is no such item.")
        problems = [one for one in problems_now(scene) if one.item == code]
        return _form(request, scene, now, item, values_of(item), problems=problems)
    seen = plan_seen(draft, seen_of(request.POST, draft))
    before = item_of(seen, code)
    kind = PARTS.get(part_of(code))
    if kind is None or before is None:
        raise NotFound("There is no such item.")
    return _save(request, scene, before, written(request.POST, kind, code, before))


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def show_new_item(request: HttpRequest, peer: str, part: str) -> HttpResponse:
    """Shows the empty form of an item, and adds it to our draft.

    View permission: ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    draft, kind = draft_of(scene), PARTS.get(part)
    if kind is None:
        raise NotFound("There is no such part.")
    now = plan_seen(draft, draft.version)
    code = next_code(now, part)
    empty = {"under": request.GET.get("under", ""), "recurrence": "once", "min_cell": str(MIN_CELL)}
    if request.method != "POST":
        return _form(request, scene, now, None, empty, kind=kind, code=code)
    # A new item follows what is stored now: what a colleague added meanwhile has another code.
    result = written(request.POST, kind, code, None)
    posted = request.POST.copy()
    posted["seen"] = str(draft.version)
    request.POST = posted  # type: ignore[assignment] # a copy of the same type
    return _save(request, scene, None, result, kind=kind, code=code)


def _save(
    request: HttpRequest,
    scene: Scene,
    before: Item | None,
    result: Written,
    *,
    kind: type[Item] | None = None,
    code: str = "",
) -> HttpResponse:
    draft, code = draft_of(scene), before.id if before is not None else code
    row = progress_of_form(request.POST, code, settings.ACCORD_PARTY, timezone.localdate(), result)
    item = result.item
    now = plan_seen(draft, draft.version)
    values = _posted_values(request.POST)
    if item is None or result.errors:
        return _form(request, scene, now, before, values, kind=kind, code=code, errors=result.errors)

    def change(plan: Plan) -> Plan:
        changed = with_item(plan, item)
        return with_progress(changed, row) if row is not None else changed

    try:
        is_saved_now = save_change(request, draft, change, remark=code)
    except StalePlan as error:
        return show_stale(request, frame(request, scene, "plan-draft"), error)
    except AccordError as error:
        return _form(request, scene, now, before, values, kind=kind, code=code, error=error)
    if not is_saved_now:
        # A new item that was sent twice has the code that it got the first time, which the form does not know.
        return redirect(f"{reverse('desk:plan', args=[scene.peer.code])}?of=draft{f'#{before.id}' if before else ''}")
    return _saved(request, scene, code)


def _saved(request: HttpRequest, scene: Scene, code: str) -> HttpResponse:
    """Says that it is saved; leads back to the form where something of the item is still to be mended."""
    draft_of(scene).refresh_from_db()
    left = sum(1 for one in problems_now(scene) if one.item == code and one.blocks)
    if not left:
        notes.success(request, _("%(code)s is saved.") % {"code": code})
        return redirect(f"{reverse('desk:plan', args=[scene.peer.code])}?of=draft&words={code}#{code}")
    notes.warning(
        request,
        ngettext(
            "%(code)s is saved. %(count)s thing is to be mended before it can be signed.",
            "%(code)s is saved. %(count)s things are to be mended before it can be signed.",
            left,
        )
        % {"code": code, "count": left},
    )
    return redirect("desk:plan-item", scene.peer.code, code)


def _posted_values(posted: QueryDict) -> dict[str, Any]:  # Any: texts, and lists of codes
    many = {"themes", "languages", "lanes"}
    return {name: posted.getlist(name) if name in many else posted.get(name, "") for name in posted}


def _form(
    request: HttpRequest,
    scene: Scene,
    plan: Plan,
    item: Item | None,
    values: Mapping[str, Any],  # Any: texts, and lists of codes
    *,
    kind: type[Item] | None = None,
    code: str = "",
    errors: Mapping[str, list[str]] | None = None,
    problems: Sequence[Problem] = (),
    error: AccordError | None = None,
) -> HttpResponse:
    made = type(item) if item is not None else kind
    if made is None:
        raise NotFound("There is no such part.")
    code = item.id if item is not None else code
    part = part_of(code)
    wrong = dict(errors) if errors else errors_by_field(problems, said)
    names = set(made.__struct_fields__)
    draft = draft_of(scene)
    shown = frame(request, scene, "plan-draft") | {
        "code": code,
        "part": part,
        "part_name": PART_WORDS[part],
        "item": item,
        "values": values,
        "seen": values.get("seen") or draft.version,
        "wrong": wrong,
        "wrong_list": [(name, _label(name), told) for name, all_told in wrong.items() for told in all_told],
        "versions": [(str(one), LANGUAGE_WORDS[one]) for one in LANGUAGES],
        "texts": [("title", FIELDS["title"]), ("text", FIELDS["text"]), ("caveat", FIELDS["caveat"])],
        "owners": owner_rows(values, plan),
        "agencies": _agencies(scene, values),
        "functions": options_of(Function),
        "parents": [
            (one.id, f"{one.id} {one.title.in_language(get_language() or 'en')}") for one in parents(plan, made)
        ],
        "verbs": options_of(Verb),
        "recurrences": options_of(Recurrence),
        "effects": options_of(LegalEffect) if "legal_effect" in names else (),
        "sides": [(one, scene.names.get(one, one)) for one in plan.parties] if "side" in names else (),
        "themes": _themes() if "themes" in names else (),
        "has_serves": "serves" in names,
        "is_measure": "definition" in names,
        "units": options_of(Unit),
        "aims": options_of(Aim),
        "all_themes": _themes(),
        "urgencies": [(str(one), choice_label("urgency", one)) for one in Urgency],
        "states": list(STATUS_WORDS.items()),
        "told": statuses(plan).get(code),
        "today": timezone.localdate().isoformat(),
        "error": error,
    }
    status = error.http_status if error is not None else 422 if errors else 200
    return show(request, "desk/plan/item.html", shown, status=status)


def _label(name: str) -> str:
    base, _dot, language = name.partition(".")
    label = str(FIELDS.get(base, base))
    known = {str(code): words for code, words in LANGUAGE_WORDS.items()}
    return f"{label} ({known[language]})" if language in known else label


def _themes() -> list[tuple[str, Any]]:  # Any: a lazy translation
    return [(str(one), choice_label("theme", one)) for one in Theme]


def _agencies(scene: Scene, values: Mapping[str, Any]) -> list[tuple[str, str]]:  # Any: texts, and lists of codes
    """Returns the agencies of both sides, and those that stand in the form and in no profile."""
    found = {f"{party}/{code}": f"{party} {code} · {name}" for (party, code), name in scene.agencies.items()}
    for name, value in values.items():
        if name.startswith("owner.") and value and value not in found:
            found[value] = str(value).replace("/", " ")
    return list(found.items())


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def show_terms(request: HttpRequest, peer: str) -> HttpResponse:
    """Shows and saves the plan's own words and what drives the machine: time limits, ceilings, open subjects.

    View permission: ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    draft = draft_of(scene)
    now = plan_seen(draft, draft.version)
    if request.method != "POST":
        wrong = errors_by_field([one for one in problems_now(scene) if one.item == "plan"], said)
        return _terms(request, scene, now, terms_values(now), wrong)
    seen = plan_seen(draft, seen_of(request.POST, draft))
    changed, result = terms_of_form(request.POST, seen)
    values = _posted_values(request.POST)
    if changed is None:
        return _terms(request, scene, now, values, result.errors, status=422)
    try:
        save_change(request, draft, lambda _plan: changed, done=_("Saved."))
    except StalePlan as error:
        return show_stale(request, frame(request, scene, "plan-draft"), error)
    except AccordError as error:
        return _terms(request, scene, now, values, {}, error=error, status=error.http_status)
    return redirect("desk:plan-draft", peer)


def _terms(
    request: HttpRequest,
    scene: Scene,
    plan: Plan,
    values: Mapping[str, Any],  # Any: texts, and lists of codes
    wrong: Mapping[str, list[str]],
    *,
    error: AccordError | None = None,
    status: int = 200,
) -> HttpResponse:
    draft = draft_of(scene)
    shown = frame(request, scene, "plan-draft") | {
        "values": values,
        "seen": values.get("seen") or draft.version,
        "wrong": wrong,
        "wrong_list": [(name, _label(name), told) for name, all_told in wrong.items() for told in all_told],
        "versions": [(str(one), LANGUAGE_WORDS[one]) for one in LANGUAGES],
        "texts": [("title", FIELDS["title"]), ("about", FIELDS["about"]), ("caveat", FIELDS["caveat"])],
        "clocks": clock_rows(values),
        "themes": [
            {
                "code": code,
                "words": words,
                "classification": values.get(f"classification.{code}", ""),
                "handling": values.get(f"handling.{code}", ""),
            }
            for code, words in _themes()
        ],
        "classifications": [(str(one), choice_label("equivalent", one)) for one in Classification],
        "handlings": [(str(one), choice_label("handling", one)) for one in Handling],
        "error": error,
    }
    return show(request, "desk/plan/terms.html", shown, status=status)
