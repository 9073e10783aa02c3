"""One screening: its flags filtered and in order, marked one by one or several at once, and the lines it refused."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.keeping_rows import erased_flags, kept_rows
from accord.node.desk.workstreams.drugs.rule_words import rule_words
from accord.node.desk.workstreams.drugs.screening_rows import (
    FLAG_STATES,
    GOING_ON,
    PAPERS,
    SCREENING_STATES,
    TO_LOOK_AT,
    flag_rows,
    progress_of,
    substance_labels,
)
from accord.node.desk.workstreams.drugs.views.screenings import found_screening
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.keeping import finish_for_good, go_on_with_screening, stop_screening
from accord.workstreams.drugs.marks.marking import (
    MEANWHILE,
    add_missed_line,
    last_said,
    mark_flag,
    remove_missed_line,
    undo_mark,
)
from accord.workstreams.drugs.models import Flag, FlagMark, MissedLine, Screening
from accord.workstreams.drugs.retention.due import held_flags, is_held
from accord.workstreams.drugs.screening.columns import COLUMNS, KEPT
from accord.workstreams.drugs.screening.rules import rules

__all__ = ["act_on_screening", "show_screening"]

ROWS: Final = 50
REFUSED_SHOWN: Final = 20
CHOSEN_MAX: Final = 200
"""Flags marked at once."""

MARKED: Final = "drugs-marked"
"""Where the session keeps what was marked last in one go, so that it can be taken back in one go."""

# Any: lazy translations.
NAMES: Final[Mapping[str, Any]] = {
    "reason": ("reason", gettext_lazy("Why")),
    "is_sure": ("is-sure", gettext_lazy("I am sure")),
    "line": ("missed-line", gettext_lazy("Line of the file")),
    "description": ("missed-description", gettext_lazy("Description of the goods")),
}

SORTS: Final[Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "score": (gettext_lazy("Highest score first"), ("-score", "line")),
    "lowest": (gettext_lazy("Lowest score first"), ("score", "line")),
    "line": (gettext_lazy("Order of the file"), ("line",)),
}


@page(Permission.CASE_READ)
def show_screening(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows the flags of one screening, what it refused, and how far it is.

    View permission: ``case.read``; to mark needs ``message.draft``, which the services ask for.
    """
    return _shown(request, key)


def _shown(
    request: HttpRequest, key: UUID, error: AccordError | None = None, left: Sequence[FlagMark] = ()
) -> HttpResponse:
    officer = officer_of(request)
    screening = found_screening(officer, key)
    # After an act that was refused the page stands at the act's address: the list stays as it was asked for.
    asked = request.GET if request.method == "GET" else QueryDict(request.POST.get("query", ""))
    chosen, here = _chosen(asked), reverse("desk:drugs-screening", args=[key])
    said = FlagMark.objects.filter(flag=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    flags = _filtered(screening.flags.select_related("screening", "marked_by"), chosen)
    flags = flags.annotate(seen=Coalesce(Subquery(said), 0))
    start = ROWS * (max(1, whole(chosen["page"], 6) or 1) - 1)
    found = list(flags.order_by(*SORTS[chosen["sort"]][1])[start : start + ROWS + 1])
    labels = substance_labels()
    filters = {name: value for name, value in chosen.items() if name != "page" and value}
    marked = request.session.get(MARKED)
    shown = {
        "screening": screening,
        "state": SCREENING_STATES[screening.state],
        "is_going_on": screening.state in GOING_ON,
        "progress": progress_of(screening, timezone.now()),
        "rows": list(flag_rows(found[:ROWS], labels)),
        "chosen": chosen,
        "is_filtered": bool(chosen["rule"] or chosen["state"] or chosen["substance"]),
        "rules": [(code, rule_words(code).title) for code in rules()],
        "states": list(FLAG_STATES.items()),
        "substances": sorted(labels.items(), key=lambda one: one[1]),
        "sorts": [(code, words) for code, (words, _order) in SORTS.items()],
        "here": here,
        "counts": _counts(screening, chosen, here),
        "next": _address(here, {**filters, "page": str(start // ROWS + 2)}) if len(found) > ROWS else "",
        "first": _address(here, filters),
        "is_later_page": bool(start),
        "query": asked.urlencode(),
        "refused_lines": list(screening.refused_lines.all()[:REFUSED_SHOWN]),
        "unread_values": [
            (one, PAPERS.get(one.column, one.column)) for one in screening.unread_values.all()[:REFUSED_SHOWN]
        ],
        "missed": list(screening.missed_lines.filter(removed_at=None).select_related("added_by")),
        "headings": [
            (PAPERS[column], ", ".join(name.replace("_", " ") for name in called))
            for column, called in {**COLUMNS, **KEPT}.items()
        ],
        "kept": list(kept_rows(screening)),
        "flags_erased": erased_flags(screening),
        "flags_needed": held_flags(screening).count(),
        "is_held": is_held(screening),
        "may_work": officer.may(Permission.MESSAGE_DRAFT),
        "marked": marked if isinstance(marked, dict) and marked.get("screening") == str(key) else None,
        "labels": labels,
        "left": left,
        "ticked": request.POST.getlist("flag"),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    status = error.http_status if error else HTTPStatus.CONFLICT if left else HTTPStatus.OK
    return show(request, "desk/drugs/screening/flags.html", shown, status=status)


def _chosen(asked: QueryDict) -> dict[str, str]:
    """What was asked for of the list; what is no filter of ours is none."""
    known = {"rule": set(rules()), "state": set(FLAG_STATES), "substance": set(substance_labels()), "sort": set(SORTS)}
    found = {name: asked.get(name, "") if asked.get(name, "") in values else "" for name, values in known.items()}
    return {**found, "sort": found["sort"] or "score", "page": asked.get("page", "")}


def _filtered(flags: QuerySet[Flag], chosen: Mapping[str, str]) -> QuerySet[Flag]:
    if chosen["rule"]:
        flags = flags.filter(rule_codes__contains=f" {chosen['rule']} ")
    if chosen["substance"]:
        # One database of ours looks into lists and the other does not: both look into their text.
        flags = flags.annotate(named=Cast("substances", TextField())).filter(named__contains=f'"{chosen["substance"]}"')
    state = chosen["state"]
    if state == "new":
        return flags.filter(TO_LOOK_AT)
    if state == "followed":
        return flags.filter(followed_at__isnull=False)
    return flags.filter(mark=state.removeprefix("marked-")) if state else flags


def _counts(
    screening: Any,  # Any: with the counts of a query
    chosen: Mapping[str, str],
    here: str,
) -> list[dict[str, Any]]:
    counted = {
        "new": screening.flags_new,
        "marked-true": screening.flags_true,
        "marked-false": screening.flags_false,
        "followed": screening.flags_followed,
    }
    return [
        {
            "name": words,
            "count": counted[state],
            "tone": "new" if state == "new" and counted[state] else "",
            "address": _address(here, {"state": state}),
            "is_here": chosen["state"] == state,
        }
        for state, words in FLAG_STATES.items()
    ]


def _address(here: str, asked: Mapping[str, str]) -> str:
    return f"{here}?{urlencode(asked)}"


@page(Permission.CASE_READ, methods=("POST",))
def act_on_screening(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stops a screening, lets it go on, finishes it for good, marks flags, takes that back, or names a missed line.

    View permission: ``case.read``; each act's service asks for ``message.draft``.
    """
    officer, posted = officer_of(request), request.POST
    screening = found_screening(officer, key)
    marked, left = list[Flag](), list[Flag]()
    try:
        is_done_now = act_once(request, lambda: _do(officer, screening, posted, marked, left))
    except AccordError as refused:
        return _shown(request, key, refused)
    act = posted.get("act", "")
    if marked and is_done_now:
        request.session[MARKED] = {
            "screening": str(key),
            "flags": [str(flag.pk) for flag in marked],
            "seen": {str(flag.pk): last_said(flag) for flag in marked},
            "mark": act.removeprefix("mark-"),
        }
    elif act == "undo":
        request.session.pop(MARKED, None)
    if left and is_done_now:
        latest = {one.flag_id: one for one in FlagMark.objects.filter(flag__in=left).select_related("by", "flag")}
        return _shown(request, key, left=list(latest.values()))
    query = posted.get("query", "")
    there = reverse("desk:drugs-screening", args=[key])
    return redirect(f"{there}?{QueryDict(query).urlencode()}" if query else there)


def _do(officer: Officer, screening: Screening, posted: QueryDict, marked: list[Flag], left: list[Flag]) -> str:
    act = posted.get("act", "")
    if act in {"stop", "go-on", "finish"}:
        return _moved(officer, screening, posted)
    if act in {"mark-true", "mark-false"}:
        _mark(officer, _flags(screening, posted.getlist("flag")), posted, marked, left)
        return ""
    if act == "undo":
        return _taken_back(officer, _flags(screening, posted.getlist("flag")), posted)
    if act == "missed":
        _add_missed(officer, screening, posted)
        return _("The line counts as missed, against the recall of the rules.")
    if act == "found":
        missed = MissedLine.objects.filter(screening=screening, pk=whole(posted.get("missed", "")) or 0).first()
        if missed is None:
            raise NotFound("There is no such line.")
        remove_missed_line(officer, missed)
        return _("The line counts as missed no more.")
    raise NotFound("There is no such act.")


def _moved(officer: Officer, screening: Screening, posted: QueryDict) -> str:
    if posted["act"] == "stop":
        stop_screening(officer, screening)
        return _("Stopped. What was found so far stays.")
    if posted["act"] == "go-on":
        go_on_with_screening(officer, screening)
        return _("It goes on behind the last line that was dealt with.")
    _finish(officer, screening, posted)
    return _("Finished for good: the sealed file is erased. What was found stays.")


def _finish(officer: Officer, screening: Screening, posted: QueryDict) -> None:
    if posted.get("is_sure") != "yes":
        raise ScreeningRefused(
            "A file that is erased does not come back.",
            code="drugs.not-sure",
            next_step="Tick that you are sure, then finish it.",
            fields={"field": "is_sure"},
        )
    finish_for_good(officer, screening)


def _flags(screening: Screening, keys: Sequence[str]) -> list[Flag]:
    try:
        wanted = [UUID(one) for one in keys[:CHOSEN_MAX]]
    except ValueError as error:
        raise NotFound("There is no such flag.") from error
    found = list(screening.flags.filter(pk__in=wanted))
    if not found:
        raise ScreeningRefused(
            "No flag is chosen.", code="drugs.none-chosen", next_step="Tick the flags that are meant, then mark them."
        )
    return found


def _mark(officer: Officer, flags: Sequence[Flag], posted: QueryDict, marked: list[Flag], left: list[Flag]) -> None:
    """Marks flags; one of which something was said that the officer has not seen is left as it is."""
    is_true = posted.get("act") == "mark-true"
    reason = posted.get("reason", "").replace("\r\n", "\n")
    for flag in flags:
        try:
            marked.append(mark_flag(officer, flag, is_true=is_true, reason=reason, seen=_seen(flag, posted)))
        except ScreeningRefused as refused:
            if refused.reason_code != MEANWHILE:
                raise
            left.append(flag)


def _seen(flag: Flag, posted: QueryDict) -> int | None:
    return whole(posted.get(f"seen-{flag.pk}", ""))


def _taken_back(officer: Officer, flags: Sequence[Flag], posted: QueryDict) -> str:
    """Takes back what this officer said; what anyone has said since then stays."""
    own = [flag for flag in flags if flag.mark and flag.marked_by_id == officer.pk]
    own = [flag for flag in own if _seen(flag, posted) in (None, last_said(flag))]
    for flag in own:
        undo_mark(officer, flag, seen=_seen(flag, posted))
    count = len(own)
    told = ngettext("%(count)s mark is taken back.", "%(count)s marks are taken back.", count) % {"count": count}
    if count < len(flags):
        told += " " + _("What was said since then stays.")
    return told


def _add_missed(officer: Officer, screening: Screening, posted: QueryDict) -> None:
    add_missed_line(
        officer,
        screening,
        line=whole(posted.get("line", ""), 9) or 0,
        description=posted.get("description", "").replace("\r\n", "\n"),
        tariff=posted.get("tariff", ""),
        substance=posted.get("substance", "") if posted.get("substance", "") in substance_labels() else "",
        reason=posted.get("why", ""),
    )
