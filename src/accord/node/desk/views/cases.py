"""The list of cases: its filters in the address, and the same list as a table to take along."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accord.exchange.models import Case
from accord.exchange.owing import as_they_wait
from accord.exchange.waiting import highest_handling
from accord.node.api import labels
from accord.node.desk.case_filters import SORTS, chosen_of, found_cases, place_of, tags_of
from accord.node.desk.code_words import known_words
from accord.node.desk.colleagues import colleagues_of, officers_at_the_desk
from accord.node.desk.looks import unseen
from accord.node.desk.models import SavedView
from accord.node.desk.once import new_form
from accord.node.desk.overview import remember
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.views.queue import newest_arrival
from accord.node.tables import table_response, whole
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.subjects import Theme

__all__ = ["export_cases", "show_cases"]

ROWS: Final = 50
VIEWS_MAX: Final = 40
"""Saved views that are listed; an officer with more does not find one in them."""

# Any: lazy translations.
COLUMNS: Final[tuple[Any, ...]] = (
    _("Our reference"),
    _("Their reference"),
    _("With"),
    _("Begun by"),
    _("Subject"),
    _("Title"),
    _("State"),
    _("Waiting on"),
    _("Held by"),
)
"""Columns of the table to take along."""


@page(Permission.CASE_READ)
def show_cases(request: HttpRequest) -> HttpResponse:
    """Lists cases; filters, order and place stand in the address, so that a list can be kept and shared.

    View permission: ``case.read``.
    """
    officer = officer_of(request)
    chosen, after = chosen_of(request.GET), request.GET.get("after", "")
    found = list(found_cases(officer, chosen, after=after)[: ROWS + 1])
    rows = found[:ROWS]
    as_they_wait(rows)
    officers = officers_at_the_desk()
    news, handling = unseen(officer, rows), highest_handling(rows)
    remember(request, rows)
    shown: dict[str, Any] = {
        "rows": [(case, news.get(case.pk, ""), handling.get(case.pk, "")) for case in rows],
        "next": chosen.address(after=place_of(rows[-1], chosen.sort)) if len(found) > ROWS else "",
        "first": chosen.address(),
        "is_later_page": bool(after),
        "chosen": chosen,
        "tags": tags_of(chosen, officers),
        "sorts": SORTS.items(),
        "export": f"{reverse('desk:cases-export')}{chosen.address()}",
        "themes": [theme.value for theme in Theme],
        "peers": Party.objects.filter(is_self=False).values_list("code", flat=True),
        "holders": officers,
        "colleagues": colleagues_of(officer, officers),
        "may_take": officer.may(Permission.CASE_TAKE),
        "are_ticked": request.GET.get("ticked") == "all",
        "ticking": chosen.address(after=after, ticked="all"),
        "form": new_form(),
        "newest": newest_arrival(officer),
        "handling_marks": max(handling.values(), default=""),
        **_views(request, officer),
    }
    return show(request, "desk/cases.html", shown)


def _views(request: HttpRequest, officer: Officer) -> dict[str, Any]:
    """Returns the officer's saved views, the one that is open, and the one that was just removed."""
    mine = list(SavedView.objects.filter(officer=officer, removed_at=None)[:VIEWS_MAX])
    return {"views": mine, "view": _view(request, "view"), "removed": _view(request, "removed")}


def _view(request: HttpRequest, name: str) -> SavedView | None:
    try:
        key = UUID(request.GET.get(name, ""))
    except ValueError:
        return None
    return SavedView.objects.select_related("officer").filter(pk=key).first()


@page(Permission.CASE_READ)
def export_cases(request: HttpRequest) -> HttpResponse:
    """Gives the filtered list as a table in the reader's language; the export is noted as an act.

    View permission: ``case.read``.
    """
    officer, chosen = officer_of(request), chosen_of(request.GET)
    rows = whole(found_cases(officer, chosen))
    as_they_wait(rows)
    # Names of the filters alone: what was looked for may be content.
    note(officer, "export cases", officer, detail={"rows": len(rows), "filters": ",".join(sorted(chosen.values))})
    name = f"cases-{timezone.now():%Y-%m-%d}"
    return table_response(COLUMNS, map(_cells, rows), name=name, mark=True)


def _cells(case: Case) -> tuple[object, ...]:
    language = get_language() or "en"
    state, waiting = labels.CASE_STATES.get(case.state), labels.WAITING_ON.get(case.waiting_on)
    return (
        case.own_ref,
        case.other_ref,
        case.peer_id,
        gettext("us") if case.is_ours else gettext("them"),
        known_words("theme", case.theme) or case.theme,
        # The title of a case that they began is a line of their message: it stays in the node.
        case.title if case.is_ours else "",
        state.in_language(language) if state else case.state,
        waiting.in_language(language) if waiting else case.waiting_on,
        case.holder.username if case.holder else "",
    )
