"""Proposing the next version of an entry of a register, from the terms of the last one where there is one."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.text import check_written
from accord.node.desk.error_words import reason_words
from accord.node.desk.fields import Field, fields_of, posted_values
from accord.node.desk.numbers import whole
from accord.node.desk.once import do_once
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.register_words import HINTS, NAMES, ORDER, TITLES
from accord.node.desk.views.registers import register_named
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.officers.registers import propose_entry, register_deciders
from accord.parties.models import Party, RegisterEntry
from accord.parties.register_book import TEXT_BYTES_MAX, GivenText
from accord.parties.registers import TERMS, Register, TermsRefused

__all__ = ["propose"]

BESIDE: Final = {
    "code": gettext_lazy("Code"),
    "text": gettext_lazy("The signed text"),
    "text_sha256": gettext_lazy("Its digest (SHA-256)"),
    "why": gettext_lazy("Why, for the record"),
}
"""Fields of the form beside the terms."""

CHOSEN: Final = frozenset({"parties", "agencies"})
"""Members whose values are ticked, since this node knows them all."""


@page(Permission.REGISTER_PROPOSE, methods=("GET", "POST"))
def propose(request: HttpRequest, register: str) -> HttpResponse:
    """Shows the form of an entry, filled with the version named by ``from``, and proposes what comes back.

    View permission: ``register.propose``.
    """
    officer, named = officer_of(request), register_named(register)
    before = _before(named, request.GET.get("from", ""))
    terms: dict[str, Any] = dict(before.terms) if before is not None else {}  # Any: JSON types
    given: dict[str, str] = {"code": before.code if before is not None else ""}
    error: AccordError | None = None
    more: tuple[str, ...] = ()
    if request.method == "POST":
        terms, given = _posted(named, request.POST), _beside(request.POST)
        more = (request.POST["add"],) if request.POST.get("add") else ()
        if not more and not request.POST.get("remove"):
            try:
                do_once(officer, request.POST, lambda: _propose(officer, named, terms, given, request))
            except AccordError as refused:
                error = refused
            else:
                return _on_to_it(request, named, given["code"])
    shown = {
        "register": named,
        "title": TITLES[named],
        "fields": _fields(named, terms, error, more),
        "given": given,
        "is_alone": not register_deciders(),
        "before": before,
        "codes": [one.code for one in Party.objects.filter(is_self=False)] if named is Register.RISK else [],
        "error": error,
        "wrong": _wrong(error),
        "error_names": {name: (f"field-{name}", label) for name, label in {**NAMES, **BESIDE}.items()},
        "text_limit": TEXT_BYTES_MAX,
    }
    return show(request, "desk/register_new.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _before(register: Register, key: str) -> RegisterEntry | None:
    if not key:
        return None
    number = whole(key) or 0
    found = RegisterEntry.objects.filter(pk=number, register=register).first()
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def _posted(register: Register, posted: QueryDict) -> dict[str, Any]:
    terms = posted_values(TERMS[register], ORDER[register], posted)
    for name in CHOSEN & set(ORDER[register]):
        terms[name] = posted.getlist(name)
    for measure in terms.get("mitigations", ()):
        measure.setdefault("is_taken", False)
    return terms


def _beside(posted: QueryDict) -> dict[str, str]:
    names = ("code", "why", "text_sha256")
    return {name: posted.get(name, "").replace("\r\n", "\n").strip() for name in names}


def _propose(
    officer: Officer, register: Register, terms: Mapping[str, Any], given: Mapping[str, str], request: HttpRequest
) -> None:
    check_written(dict(terms))
    check_written({name: value for name, value in given.items() if value})
    sent = request.FILES.get("text")
    text = None
    if sent is not None:
        text = GivenText(name=str(sent.name), content=sent.read(TEXT_BYTES_MAX + 1))
    try:
        digest = bytes.fromhex(given["text_sha256"]) or None
    except ValueError as error:
        raise TermsRefused("The digest is no SHA-256.", fields={"field": "text_sha256"}) from error
    propose_entry(officer, register, given["code"], terms, why=given["why"], text=text, text_digest=digest)


def _on_to_it(request: HttpRequest, register: Register, code: str) -> HttpResponse:
    made = RegisterEntry.objects.filter(register=register, code=code).order_by("-version").first()
    if made is None:
        return redirect("desk:registers")
    is_waiting = made.state == RegisterEntry.State.PROPOSED
    waits = _("Proposed. A second person now agrees to it or refuses it.")
    alone = _("It counts at once, since nobody at this node may agree yet.")
    notes.success(request, waits if is_waiting else alone)
    return redirect("desk:register-entry", made.pk)


def _wrong(error: AccordError | None) -> dict[str, str]:
    field = str(error.fields.get("field", "")).partition(".")[0] if error is not None else ""
    return {field: reason_words(error)} if error is not None and field else {}


def _fields(
    register: Register, terms: Mapping[str, Any], error: AccordError | None, more: tuple[str, ...]
) -> tuple[Field, ...]:
    made = fields_of(TERMS[register], ORDER[register], terms, more=more)
    wrong = _wrong(error)
    return tuple(_named(_ticked(one, terms)).with_errors(wrong) for one in made)


def _named(field: Field) -> Field:
    name = field.path.rpartition(".")[2]
    label = NAMES.get(name) or NAMES.get(field.path.partition(".")[0]) or field.label
    parts = tuple(_named(part) for part in field.parts)
    return replace(field, label=label, hint="" if "." in field.path else HINTS.get(name, ""), parts=parts)


def _ticked(field: Field, terms: Mapping[str, Any]) -> Field:
    language = get_language() or "en"
    if field.path in {"parties", "party"}:
        options = tuple((one.code, _party(one, language)) for one in Party.objects.order_by("-is_self", "code"))
    elif field.path == "agencies":
        described = [one.described for one in Party.objects.order_by("-is_self", "code") if one.profile]
        options = tuple(
            (agency.code, f"{agency.code} · {agency.names.in_language(language)}")
            for profile in described
            for agency in profile.agencies
        )
    else:
        return field
    if field.path == "party":
        return replace(field, widget="choice", options=options, limit=0)
    held = tuple(map(str, terms.get(field.path) or ()))
    # What this node knows no more stays ticked, so that it is not taken out in silence.
    others = tuple((code, code) for code in held if code not in {known for known, _words in options})
    return replace(field, widget="choices", value=held, options=(*options, *others), is_needed=False)


def _party(party: Party, language: str) -> str:
    return f"{party.code} · {party.described.names.in_language(language)}" if party.profile else party.code
