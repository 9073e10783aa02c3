"""The directory at the desk: by function, both sides beside one another; our entries, publishing, and a table."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.liaison.directory.functions import function_names, functions
from accord.liaison.directory.keeping import (
    begin_directory,
    keep_entry,
    our_entries,
    publish_directory,
    remove_entry,
    restore_entry,
)
from accord.liaison.directory.kinds import Entry
from accord.liaison.models import DirectoryEntry, PublishedDirectory
from accord.node.desk.acting import act_once
from accord.node.desk.fields import fields_of, posted_values
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.posting_words import ENTRY_ORDER, NAMES
from accord.node.desk.views.postings import agencies_to_choose, dressed, field_names, wrong_field
from accord.node.tables import table_response
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.release.errors import GateRefuses
from accord.release.gate import our_party

__all__ = ["act_on_directory", "download_directory", "edit_entry", "new_entry", "show_directory"]


@page(Permission.AGREEMENT_READ)
def show_directory(request: HttpRequest) -> HttpResponse:
    """Shows who is competent for each function, ours and theirs beside one another.

    View permission: ``agreement.read``; the services ask for ``agreement.draft`` or ``agreement.sign``.
    """
    return _shown(request, None)


def _shown(request: HttpRequest, error: AccordError | None) -> HttpResponse:
    officer, language = officer_of(request), get_language() or "en"
    peers = list(Party.objects.filter(is_self=False).order_by("code"))
    chosen = request.GET.get("peer", "") or request.POST.get("peer", "")
    peer = next((one.code for one in peers if one.code == chosen), peers[0].code if peers else "")
    ours = our_entries()
    theirs, their_state = _theirs(peer)
    published = PublishedDirectory.objects.filter(peer_id=peer, is_ours=True).first()
    shown = {
        "peers": peers,
        "peer": peer,
        "ours": our_party(),
        "rows": [
            {
                "name": one.names.in_language(language),
                "code": one.code,
                "ours": [(row, entry) for row, entry in ours if one.code in entry.functions],
                "theirs": [entry for entry in theirs if one.code in entry.functions],
            }
            for one in functions()
        ],
        "others": [entry for entry in theirs if not _knows_any(entry)],
        "their_state": their_state,
        "published": published,
        "has_changed": published is None or published.entries != _plain(ours),
        "has_entries": bool(ours),
        "removed": DirectoryEntry.objects.exclude(removed_at=None),
        "may_draft": officer.may(Permission.AGREEMENT_DRAFT),
        "may_sign": officer.may(Permission.AGREEMENT_SIGN),
        "language": language,
        "error": error,
        "decision": error.decision if isinstance(error, GateRefuses) else None,
    }
    return show(request, "desk/liaison/directory.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _plain(ours: list[tuple[DirectoryEntry, Entry]]) -> Any:  # Any: JSON types
    return msgspec.json.decode(msgspec.json.encode([entry for _row, entry in ours]))


def _knows_any(entry: Entry) -> bool:
    return bool({one.code for one in functions()} & set(entry.functions))


def _theirs(peer: str) -> tuple[tuple[Entry, ...], PublishedDirectory | None]:
    held = PublishedDirectory.objects.filter(peer_id=peer, is_ours=False).first()
    return (msgspec.convert(held.entries, tuple[Entry, ...]) if held is not None else ()), held


@page(Permission.AGREEMENT_READ, methods=("POST",))
def act_on_directory(request: HttpRequest) -> HttpResponse:
    """Takes over the first entries, takes an entry out or puts it back, or publishes our directory.

    View permission: ``agreement.read``; the services ask for ``agreement.draft`` or ``agreement.sign``.
    """
    officer, given = officer_of(request), request.POST
    done = _DONE.get(given.get("act", ""))
    if done is None:
        raise NotFound("There is no such act.")
    try:
        act_once(request, lambda: _act(officer, given), done=done)
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, error)
    return redirect("desk:directory")


_DONE: Final[Mapping[str, Any]] = {  # Any: lazy translations
    "begin": gettext_lazy("Taken over. Each side confirms its own entries: add telephones and hours."),
    "remove": gettext_lazy("Taken out of our directory. It can be put back below."),
    "restore": gettext_lazy("Put back into our directory."),
    "publish": gettext_lazy("Published. It replaces what the other side had of us."),
}


def _act(officer: Officer, given: Mapping[str, str]) -> None:
    act = given["act"]
    if act == "begin":
        begin_directory(officer)
    elif act == "publish":
        publish_directory(officer, peer=given.get("peer", ""))
    else:
        {"remove": remove_entry, "restore": restore_entry}[act](officer, _entry(given.get("entry", "")))


def _entry(key: str) -> DirectoryEntry:
    found = DirectoryEntry.objects.filter(pk=whole(key) or 0).first()
    if found is None:
        raise NotFound("There is no such entry.")
    return found


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def new_entry(request: HttpRequest) -> HttpResponse:
    """Makes an entry of our directory.

    View permission: ``agreement.draft``.
    """
    return _edit(request, None)


@page(Permission.AGREEMENT_DRAFT, methods=("GET", "POST"))
def edit_entry(request: HttpRequest, entry: int) -> HttpResponse:
    """Changes an entry of our directory.

    View permission: ``agreement.draft``.
    """
    return _edit(request, _entry(str(entry)))


def _edit(request: HttpRequest, entry: DirectoryEntry | None) -> HttpResponse:
    officer, posted = officer_of(request), request.POST
    zone = Party.objects.get(code=our_party()).described.time_zone
    values: dict[str, Any] = dict(entry.content) if entry is not None else {"zone": zone}  # Any: JSON types
    error: AccordError | None = None
    if request.method == "POST":
        values = posted_values(Entry, [name for name in ENTRY_ORDER if name != "functions"], posted)
        values["functions"] = posted.getlist("functions")
        try:
            done = _("Kept. The other side reads it when the directory is published.")
            act_once(request, lambda: keep_entry(officer, values, entry=entry), done=done)
        except AccordError as refused:
            error = refused
        else:
            return redirect("desk:directory")
    language = get_language() or "en"
    choices = {
        "agency": agencies_to_choose(),
        "functions": tuple((one.code, one.names.in_language(language)) for one in functions()),
    }
    shown = {
        "entry": entry,
        "fields": [dressed(one, choices, wrong_field(error)) for one in fields_of(Entry, ENTRY_ORDER, values)],
        "error": error,
        "error_names": field_names(error),
    }
    return show(
        request, "desk/liaison/directory_entry.html", shown, status=error.http_status if error else HTTPStatus.OK
    )


@page(Permission.AGREEMENT_READ)
def download_directory(request: HttpRequest) -> HttpResponse:
    """Gives both directories as a table, one function of one entry a line; it is noted as an act.

    View permission: ``agreement.read``.
    """
    lines = list(_lines(get_language() or "en"))
    note(officer_of(request), "export list", Party.objects.get(code=our_party()), detail={"rows": len(lines)})
    head = [_("Side"), _("Function"), *(NAMES[name] for name in _COLUMNS), _("Name")]
    return table_response(head, lines, name="accord-directory", mark=True)


_COLUMNS: Final = ("agency", "telephone", "email", "hours", "zone")


def _lines(language: str) -> Iterator[list[object]]:
    sides = [(our_party(), [entry for _row, entry in our_entries()])]
    sides += [(one.code, list(_theirs(one.code)[0])) for one in Party.objects.filter(is_self=False).order_by("code")]
    for party, entries in sides:
        for entry in entries:
            for code in entry.functions:
                yield [
                    party,
                    function_names(code, language),
                    *(getattr(entry, name) for name in _COLUMNS),
                    entry.names.in_language(language),
                ]
