"""The registers: what is in force and what waits, one entry with its history, and the acts that settle a version."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.text import check_written
from accord.node.desk.acting import act_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.register_rows import RegisterRow, row_of, rows_of
from accord.node.desk.register_words import TITLES
from accord.node.tables import table_response
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.officers.registers import agree_to_entry, end_entry, may_agree, refuse_entry, register_deciders
from accord.parties.models import Party, RegisterEntry, RegisterText
from accord.parties.register_book import entries_of, entry_on
from accord.parties.registers import Register

__all__ = ["act_on_entry", "download_register", "download_text", "register_named", "show_entry", "show_registers"]


def register_named(name: str) -> Register:
    """Returns the register of an address.

    Raises:
        NotFound: There is none of that name.
    """
    try:
        return Register(name)
    except ValueError as error:
        raise NotFound("There is no such register.") from error


@page(Permission.REGISTER_READ)
def show_registers(request: HttpRequest) -> HttpResponse:
    """Lists what waits for a second person, and each register with the version of each entry that counts today.

    View permission: ``register.read``.
    """
    officer, today = officer_of(request), timezone.now().date()
    lists = [{"register": one, "title": TITLES[one], "rows": _newest(one)} for one in Register]
    waiting = RegisterEntry.objects.filter(state=RegisterEntry.State.PROPOSED).select_related("proposed_by")
    shown = {
        "lists": lists,
        "waiting": [
            {"row": row_of(one, None, today), "title": TITLES[Register(one.register)], "is_mine": _is_by(officer, one)}
            for one in waiting.order_by("proposed_at", "pk")
        ],
        "may_propose": officer.may(Permission.REGISTER_PROPOSE),
        "is_alone": not register_deciders(),
        "today": today,
    }
    return show(request, "desk/registers.html", shown)


def _is_by(officer: Officer, entry: RegisterEntry) -> bool:
    return officer.pk == entry.proposed_by_id


def _newest(register: Register) -> list[RegisterRow]:
    """Returns of each entry the version that counts today, or else the newest one."""
    today = timezone.now().date()
    rows = []
    for versions in entries_of(register).values():
        stands = entry_on(versions, today)
        rows.append(row_of(stands or versions[0], stands, today))
    return rows


@page(Permission.REGISTER_READ)
def show_entry(request: HttpRequest, entry: int) -> HttpResponse:
    """Shows one version of an entry, what may be done about it, and the whole history with what changed each time.

    View permission: ``register.read``; to settle it needs ``register.decide``, which its services ask for.
    """
    return _shown(request, entry)


def _shown(request: HttpRequest, entry: int, error: AccordError | None = None) -> HttpResponse:
    officer, today = officer_of(request), timezone.now().date()
    chosen = _found(entry)
    versions = list(
        RegisterEntry.objects.filter(register=chosen.register, code=chosen.code)
        .select_related("proposed_by", "settled_by", "ended_by")
        .order_by("-version")
    )
    rows = rows_of(versions, today)
    register = Register(chosen.register)
    here = next(row for row in rows if row.entry.pk == chosen.pk)
    shown = {
        "register": register,
        "title": TITLES[register],
        "row": here,
        "parts": [part for part in here.parts if part.name not in {"baseline", "residual"}],
        "history": rows,
        "text": RegisterText.objects.filter(entry=chosen).values_list("name", flat=True).first(),
        "party": Party.objects.filter(pk=chosen.code).first() if register is Register.RISK else None,
        "may_agree": may_agree(officer, chosen),
        "is_mine": chosen.proposed_by_id == officer.pk,
        "may_decide": officer.may(Permission.REGISTER_DECIDE),
        "may_propose": officer.may(Permission.REGISTER_PROPOSE),
        "is_waiting": any(one.state == RegisterEntry.State.PROPOSED for one in versions),
        "can_end": chosen.state == RegisterEntry.State.AGREED and here.state in {"in-force", "later", "stale"},
        "given": request.POST,
        "error_names": {"why": ("end-why" if request.POST.get("act") == "end" else "why", _("Why"))},
        "error": error,
    }
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/register_entry.html", shown, status=status)


@page(Permission.REGISTER_READ, methods=("POST",))
def act_on_entry(request: HttpRequest, entry: int) -> HttpResponse:
    """Agrees to a version that waits, refuses it, or ends what is in force.

    View permission: ``register.read``; each act's service asks for what it needs.
    """
    officer, found = officer_of(request), _found(entry)
    done = {
        "agree": _("Agreed. It counts from its first day on."),
        "refuse": _("Refused. Nothing of it counts."),
        "end": _("Ended. From today (UTC) on it counts no more."),
    }.get(request.POST.get("act", ""), "")
    try:
        act_once(request, lambda: _do(officer, found, request.POST), done=done)
    except AccordError as refused:
        return _shown(request, entry, refused)
    return redirect("desk:register-entry", found.pk)


def _do(officer: Officer, entry: RegisterEntry, given: QueryDict) -> None:
    act, why = given.get("act", ""), given.get("why", "").replace("\r\n", "\n")
    if why.strip():
        check_written({"why": why}, path="")
    if act == "agree":
        agree_to_entry(officer, entry, why=why)
    elif act == "refuse":
        refuse_entry(officer, entry, why=why)
    elif act == "end":
        end_entry(officer, entry, why=why)
    else:
        raise NotFound("There is no such act.")


@page(Permission.REGISTER_READ)
def download_text(request: HttpRequest, entry: int) -> HttpResponse:
    """Hands out the text that a version rests on, as it was handed in; who took it is noted.

    View permission: ``register.read``.
    """
    text = RegisterText.objects.select_related("entry").filter(entry=_found(entry)).first()
    if text is None:
        raise NotFound("No text is kept with this version.")
    digest = bytes(text.entry.text_digest or b"").hex()
    note(officer_of(request), "take register text", text.entry, detail={"sha256": digest})
    response = HttpResponse(bytes(text.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain(text.name)}"'
    return response


def _plain(name: str) -> str:
    kept = "".join(one if one.isascii() and (one.isalnum() or one in "-_.") else "_" for one in name)
    return kept.lstrip(".") or "text"


@page(Permission.REGISTER_READ)
def download_register(request: HttpRequest, register: str) -> HttpResponse:
    """Hands out every version of a register as a table, with who proposed it, who settled it, when and why.

    View permission: ``register.read``.
    """
    named, today = register_named(register), timezone.now().date()
    versions = RegisterEntry.objects.filter(register=named).select_related("proposed_by", "settled_by", "ended_by")
    found = list(versions.order_by("code", "-version"))
    by_code: dict[str, list[RegisterEntry]] = {}
    for one in found:
        by_code.setdefault(one.code, []).append(one)
    rows = [row for entries in by_code.values() for row in rows_of(entries, today)]
    note_on = found[0] if found else None
    if note_on is not None:
        note(officer_of(request), "export register", note_on, detail={"register": named.value, "rows": len(rows)})
    header = ("register", "code", "version", "state", *_COLUMNS, "terms")
    return table_response(header, (_cells(row) for row in rows), name=f"register-{named.value}", mark=True)


_COLUMNS = (
    "counts_from",
    "counts_until",
    "text_sha256",
    "proposed_by",
    "proposed_at",
    "why",
    "settled_by",
    "settled_at",
    "settled_why",
    "ended_on",
    "ended_by",
    "ended_why",
)


def _cells(row: RegisterRow) -> list[object]:
    entry = row.entry
    known: dict[str, Any] = {name: getattr(entry, name, None) for name in _COLUMNS}  # Any: each has its own type
    known["text_sha256"] = row.digest
    days = [value.isoformat() if hasattr(value, "isoformat") else value for value in known.values()]
    told = [value if value is None or isinstance(value, str | int) else str(value) for value in days]
    return [entry.register, entry.code, entry.version, row.state, *told, entry.terms]


def _found(entry: int) -> RegisterEntry:
    found = RegisterEntry.objects.filter(pk=entry).first() if entry < 2**63 else None
    if found is None:
        raise NotFound("There is no such entry.")
    return found
