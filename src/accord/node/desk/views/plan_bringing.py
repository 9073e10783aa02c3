"""A workplan that comes as a file: brought, looked at, and taken into our draft, or forgotten.

Nothing is stored before an officer has seen what the file would change, what was taken out of it and what of it was not
understood. Until then it is held for that officer alone (:mod:`accord.node.desk.held_files`).
"""

from functools import lru_cache
from typing import Final, cast
from uuid import UUID

from django.contrib import messages as notes
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.instruments.models import Text
from accord.node.desk.held_files import KEPT, drop_file, held_file, hold_file, read_days_so
from accord.node.desk.models import HeldPlanFile
from accord.node.desk.numbers import whole
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.plan_changes import CHANGE_WORDS
from accord.node.desk.plan_file_words import note_rows, place_words
from accord.node.desk.plan_scene import Scene, plan_of_save, scene_of
from accord.node.desk.plan_words import PARTS_WORDS
from accord.node.desk.views.plan import frame
from accord.node.desk.views.plan_compare import listed
from accord.officers.permissions import Permission
from accord.workplan.content import Plan
from accord.workplan.documents.archive import FILE_BYTES_MAX, too_large
from accord.workplan.documents.cells import DayOrder
from accord.workplan.documents.incoming import ENDINGS, read_file
from accord.workplan.documents.preview import Preview
from accord.workplan.errors import PlanRefused
from accord.workplan.models import DraftSave
from accord.workplan.reading import last_save, plan_of_text
from accord.workplan.taking_in import require_sides, take_in

__all__ = ["bring_file", "look_at_file"]

NOTES_SHOWN: Final = 60
PROBLEMS_SHOWN: Final = 20

_NAMES: Final = {"file": gettext_lazy("File"), "leaves_out": gettext_lazy("What was not understood")}


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def bring_file(request: HttpRequest, peer: str) -> HttpResponse:
    """Asks for a file, and holds it to be looked at where it can be read at all.

    View permission: ``agreement.draft``.
    """
    scene = scene_of(request, peer)
    if request.method != "POST":
        return _form(request, scene, None)
    try:
        name, data = _given(request)
        current = _at_hand(scene)
        found = read_file(name, data, current=current)
        if found.plan is not None:
            require_sides(found.plan, peer)
    except PlanRefused as error:
        return _form(request, scene, error)
    held = hold_file(officer_of(request), scene.peer, name=name, content=data)
    return redirect("desk:plan-brought", peer, held.pk)


def _given(request: HttpRequest) -> tuple[str, bytes]:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        # A file that is larger than anything the desk takes is not handed on.
        if int(request.META.get("CONTENT_LENGTH") or 0) > FILE_BYTES_MAX:
            raise too_large()
        raise PlanRefused(
            "No file was chosen.",
            code="workplan.file-missing",
            next_step="Choose the file of the plan, then press the button.",
            fields={"field": "file"},
        )
    if (given.size or 0) > FILE_BYTES_MAX:
        raise too_large()
    return str(given.name or ""), cast("bytes", given.read())


def _form(request: HttpRequest, scene: Scene, error: AccordError | None) -> HttpResponse:
    shown = frame(request, scene, "plan-draft") | {
        "error": error,
        "error_names": _NAMES,
        "accept": ",".join(ENDINGS),
        "endings": ", ".join(ENDINGS),
        "limit_mb": FILE_BYTES_MAX // 1024 // 1024,
        "hours": int(KEPT.total_seconds() // 3600),
    }
    return show(request, "desk/plan/bring.html", shown, status=error.http_status if error else 200)


def _at_hand(scene: Scene) -> Plan | None:
    """Returns what the file is held against: our draft as it is now, else the revision that both signed."""
    if scene.draft is not None:
        return plan_of_save(last_save(scene.draft))
    return plan_of_text(scene.agreed) if scene.agreed is not None else None


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def look_at_file(request: HttpRequest, peer: str, key: UUID) -> HttpResponse:
    """Shows what a file would change, and what of it was not understood; takes it into the draft, or forgets it.

    View permission: ``agreement.draft``.
    """
    scene, officer = scene_of(request, peer), officer_of(request)
    held = held_file(officer, scene.peer, key)
    act = request.POST.get("act", "")
    if request.method == "POST":
        if act == "cancel":
            drop_file(officer, key)
            _read.cache_clear()
            notes.success(request, _("The file is forgotten. The draft is as it was."))
            return redirect("desk:plan-draft", peer)
        if act == "take":
            return _take(request, scene, held, key)
        if act != "days":
            raise NotFound("There is no such act.")
        order = request.POST.get("days", "")
        if held is not None and order in set(DayOrder):
            read_days_so(held, order)
            return redirect("desk:plan-brought", peer, key)
    if held is None:
        return _form(request, scene, _gone())
    return _look(request, scene, held, None)


def _take(request: HttpRequest, scene: Scene, held: HeldPlanFile | None, key: UUID) -> HttpResponse:
    officer, posted, peer = officer_of(request), request.POST, scene.peer.code
    # As it was shown to whoever pressed the button, also where another tab reads the days in another way now.
    order = posted.get("days", "")
    found = _previewed(held, scene, order) if held is not None else None
    versions: list[int] = []

    def take() -> None:
        if held is None or found is None:
            raise _gone()
        draft = take_in(
            officer,
            peer=peer,
            seen=whole(posted.get("seen", ""), 9) or 0,
            found=found,
            name=held.name,
            leaves_out=bool(posted.get("leaves_out")),
        )
        drop_file(officer, key)
        versions.append(draft.version)

    try:
        is_done_now = do_once(officer, posted, take)
    except AccordError as error:
        again = scene_of(request, peer)
        return _look(request, again, held, error) if held is not None else _form(request, again, error)
    _read.cache_clear()
    if is_done_now:
        told = _("The file is in the draft, as version %(number)s. To go back, press “Undo the last save”.")
        notes.success(request, told % {"number": versions[0]})
    else:
        notes.success(request, _("This was done already. Nothing was done twice."))
    return redirect("desk:plan-draft", peer)


def _gone() -> PlanRefused:
    return PlanRefused(
        "The file is not held any more: it was taken, forgotten or replaced, or its day is over.",
        code="workplan.file-gone",
        next_step="Choose it again.",
        fields={"field": "file"},
    )


def _previewed(held: HeldPlanFile, scene: Scene, order: str) -> Preview:
    save = last_save(scene.draft) if scene.draft is not None else None
    agreed = str(scene.agreed.pk) if scene.agreed is not None and save is None else ""
    return _read(held.pk, order if order in set(DayOrder) else "", save.pk if save is not None else 0, agreed)


@lru_cache(maxsize=2)
def _read(key: UUID, order: str, save: int, agreed: str) -> Preview:
    """Reads a file once while it is looked at page by page: one of 2,000 actions takes three seconds."""
    held = HeldPlanFile.objects.get(pk=key)
    current = None
    if save:
        current = plan_of_save(DraftSave.objects.get(pk=save))
    elif agreed:
        current = plan_of_text(Text.objects.select_related("instrument").get(pk=agreed))
    return read_file(held.name, bytes(held.content), current=current, order=DayOrder(order) if order else None)


def _look(request: HttpRequest, scene: Scene, held: HeldPlanFile, error: AccordError | None) -> HttpResponse:
    found = _previewed(held, scene, held.days)
    changes = found.would_change.changes if found.would_change is not None else ()
    counts = found.would_change.counted() if found.would_change is not None else {}
    shown = frame(request, scene, "plan-draft") | {
        "error": error,
        "error_names": _NAMES,
        "held": held,
        "until": held.at + KEPT,
        "seen": scene.draft.version if scene.draft is not None else 0,
        "counts": [(CHANGE_WORDS[change], count) for change, count in counts.items() if count],
        "understood": [(PARTS_WORDS[part], count) for part, count in found.understood.items() if count],
        "is_compared": found.would_change is not None,
        "may_take": found.plan is not None and (found.would_change is None or bool(changes)),
        "not_understood": note_rows(found.not_understood[:NOTES_SHOWN]),
        "not_understood_count": len(found.not_understood),
        "stripped": note_rows(found.stripped[:NOTES_SHOWN]),
        "stripped_count": len(found.stripped),
        "readings": [(place_words(one.place), one) for one in found.two_readings[:NOTES_SHOWN]],
        "problems": [(one.item if one.item[:1].isupper() else "", one) for one in found.problems if one.blocks][
            :PROBLEMS_SHOWN
        ],
        "problems_count": sum(one.blocks for one in found.problems),
        "orders": [
            (str(DayOrder.DAY_FIRST), _("Day first (day/month/year)")),
            (str(DayOrder.MONTH_FIRST), _("Month first (month/day/year)")),
        ],
    }
    shown |= listed(request, changes, {})
    return show(request, "desk/plan/brought.html", shown, status=error.http_status if error else 200)
