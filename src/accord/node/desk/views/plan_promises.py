"""Commitments of signed statements, taken over into our draft of the workplan, each with the sentence that says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.dialogue.reading import signed_with
from accord.errors import AccordError
from accord.node.desk.acting import act_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.plan_forms import parents
from accord.node.desk.plan_saving import draft_of, plan_seen, seen_of
from accord.node.desk.plan_scene import Scene, scene_of
from accord.node.desk.plan_words import word_of
from accord.node.desk.statement_rows import language_name, pick
from accord.node.desk.views.plan import frame
from accord.officers.permissions import Permission
from accord.workplan.content import Commitment, Plan
from accord.workplan.promised import Promised, not_taken, promises_with, taken_as
from accord.workplan.taking_over import take_commitments

__all__ = ["show_plan_promises"]


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """A commitment of a signed statement as the page shows it.

    Args:
        promised: The commitment.
        text: Its sentence, in the language that the reader reads best.
        language: Language of it.
        verb: How strongly it promises, in words.
        lacks: Names of the languages of the plan in which it does not stand.
        code: Code under which the draft has it; empty where it does not.
    """

    promised: Promised
    text: str
    language: str
    verb: str
    lacks: tuple[str, ...]
    code: str = ""


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def show_plan_promises(request: HttpRequest, peer: str) -> HttpResponse:
    """Lists the commitments of signed statements that our draft does not have, and takes those over that are ticked.

    View permission: ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    draft, officer = draft_of(scene), officer_of(request)
    if request.method != "POST":
        return _shown(request, scene, None)
    promises = promises_with(officer, peer)
    ticked = request.POST.getlist("references")
    if request.POST.get("which") == "all":
        ticked = [one.reference for one in not_taken(plan_seen(draft, draft.version), promises)]

    def take() -> str:
        had = len(plan_seen(draft, draft.version).commitments)
        save = take_commitments(
            officer,
            draft,
            seen=seen_of(request.POST, draft),
            references=ticked,
            under=request.POST.get("under", ""),
        )
        codes = ", ".join(one.id for one in save.plan.commitments[had:])
        return _("Taken over into the draft: %(codes)s.") % {"codes": codes}

    try:
        act_once(request, take)
    except AccordError as error:
        return _shown(request, scene_of(request, peer), error)
    return redirect("desk:plan-promises", peer)


def _shown(request: HttpRequest, scene: Scene, error: AccordError | None) -> HttpResponse:
    officer, draft = officer_of(request), draft_of(scene)
    plan = plan_seen(draft, draft.version)
    promises = promises_with(officer, scene.peer.code)
    codes = taken_as(plan)
    open_ones = not_taken(plan, promises)
    shown = frame(request, scene, "plan-draft") | {
        "draft": draft,
        "statements": _by_statement(_row(one, plan) for one in open_ones),
        "count": len(open_ones),
        "taken": [_row(one, plan, codes[one.reference]) for one in promises if one.reference in codes],
        # Where nobody confirmed a sentence yet, the way there.
        "signed": [] if promises else [(one, *pick(titles)) for one, titles in signed_with(officer, scene.peer.code)],
        "pillars": [
            (one.id, f"{one.id} {one.title.in_language(get_language() or 'en')}") for one in parents(plan, Commitment)
        ],
        "ticked": set(request.POST.getlist("references")),
        "values": {"under": request.POST.get("under", "")},
        "error": error,
        "error_names": {"references": _("Commitments"), "under": _("Put them under")},
    }
    return show(request, "desk/plan/promises.html", shown, status=error.http_status if error else 200)


def _row(promised: Promised, plan: Plan, code: str = "") -> PromiseRow:
    text, language = pick(promised.texts)
    lacks = (one for one in plan.languages if one not in promised.languages)
    return PromiseRow(
        promised=promised,
        text=text,
        language=language,
        verb=word_of(promised.verb),
        lacks=tuple(language_name(one) for one in lacks),
        code=code,
    )


def _by_statement(rows: Iterable[PromiseRow]) -> list[dict[str, Any]]:  # Any: what a template reads
    found: dict[Any, dict[str, Any]] = {}  # Any: as before, by the identifier of the statement
    for row in rows:
        title, language = pick(row.promised.titles)
        one = found.setdefault(
            row.promised.statement,
            {"key": row.promised.statement, "title": title, "language": language, "on": row.promised.signed_on},
        )
        one.setdefault("rows", []).append(row)
    return list(found.values())
