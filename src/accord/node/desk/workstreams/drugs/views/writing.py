"""Writing a first message of the drugs workstream: a notice, an incident or a report, in a new or an open case."""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.beginning import begin_case
from accord.exchange.models import Case, Message
from accord.exchange.services import read_case
from accord.node.desk.code_words import choice_label
from accord.node.desk.known import known_of_case
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.beginnings import BEGINNINGS, own_words
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.kinds import DRUG_INCIDENT
from accord.workstreams.drugs.kinds.drug_incident import IncidentKind
from accord.workstreams.drugs.notices.acts import begin_within, first_fields

__all__ = ["write_message"]

KINDS: Final = tuple(code for code, _words in BEGINNINGS)


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def write_message(request: HttpRequest) -> HttpResponse:
    """Begins a notice, an incident or a report, in the case that the address names or in a new one.

    View permission: ``message.draft``.
    """
    officer, given = officer_of(request), request.POST
    reference = given.get("case") or request.GET.get("case", "")
    case = read_case(officer, reference) if reference else None
    error = None
    if request.method == "POST":
        try:
            return redirect("desk:draft", _begun(officer, case, given).pk)
        except AccordError as refused:
            error = refused
    shown = {
        "case": case,
        "kinds": BEGINNINGS,
        "kind": given.get("kind") or _asked_kind(request.GET.get("kind", "")),
        "incident_kinds": [(one.value, choice_label("incident_kind", one.value)) for one in IncidentKind],
        "peers": Party.objects.filter(is_self=False).order_by("code"),
        "given": given,
        "error": error,
        "error_names": {"title": _("Title"), "peer": _("With"), "kind": _("What do you write?")},
    }
    return show(request, "desk/drugs/write.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _asked_kind(kind: str) -> str:
    return kind if kind in KINDS else KINDS[0]


def _begun(officer: Officer, case: Case | None, given: Any) -> Message:  # Any: a posted form
    kind = _asked_kind(given.get("kind", ""))
    chosen = given.get("incident_kind", "")
    variant = chosen if kind == DRUG_INCIDENT and chosen in {one.value for one in IncidentKind} else ""
    peer = case.peer_id if case is not None else given.get("peer", "")
    theme = case.theme if case is not None else Theme.PRECURSORS.value
    fields = {
        **known_of_case(officer, peer=peer, theme=theme),
        "theme": theme,
        **first_fields(kind, peer=peer, ours=our_party(), variant=variant),
    }
    if case is not None:
        return begin_within(officer, case, kind, fields)
    title = given.get("title", "")
    return begin_case(officer, peer=peer, theme=theme, title=title, kind=kind, fields=fields, own=own_words(kind))
