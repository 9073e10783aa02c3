"""Witnesses of the logs at the reviewer's desk: who they are, how far each has seen, what to ask and to take in."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.witnesses import add_witness, request_for, retire_witness, take_cosignature, witnesses

__all__ = ["download_request", "show_witnesses"]

DIGITS_MAX: Final = 18


@page(Permission.RECORD_READ, methods=("GET", "POST"))
def show_witnesses(request: HttpRequest) -> HttpResponse:
    """Shows each witness and how far it has seen; takes keys and co-signatures in, and retires a witness.

    View permission: ``record.read``.
    """
    officer = officer_of(request)
    error: AccordError | None = None
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise NotFound("There is no such act.")
        try:
            notes.success(request, act(officer, request.POST))
            return redirect(reverse("desk:review-witnesses"))
        except AccordError as refused:
            error = refused
    shown = {"witnesses": witnesses(officer), "error": error, "given": request.POST}
    return show(request, "desk/review_witnesses.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _add(officer: Officer, given: Mapping[str, str]) -> str:
    return _("The witness %(name)s is known from now on.") % {"name": add_witness(officer, given.get("keys", "")).name}


def _take(officer: Officer, given: Mapping[str, str]) -> str:
    # A browser sends each line break as two characters; the note has one.
    text = given.get("note", "").replace("\r\n", "\n").strip() + "\n"
    kept = take_cosignature(officer, text.encode())
    return _("Kept: what %(names)s co-signed is the log that is stored here.") % {
        "names": ", ".join(one.witness.name for one in kept)
    }


def _retire(officer: Officer, given: Mapping[str, str]) -> str:
    number = given.get("witness", "")
    if not number.isdecimal() or len(number) > DIGITS_MAX:
        raise NotFound("There is no such witness.")
    retire_witness(officer, int(number))
    return _("The witness is retired; what it co-signed stays.")


ACTS: Final[Mapping[str, Callable[[Officer, Any], str]]] = {"add": _add, "take": _take, "retire": _retire}


@page(Permission.RECORD_READ)
def download_request(request: HttpRequest, owner: str, peer: str) -> HttpResponse:
    """Gives the request to a witness for the newest head of a log, to be carried to it.

    View permission: ``record.read``.
    """
    name = request.GET.get("witness", "")
    data = request_for(officer_of(request), name, owner, peer)
    response = HttpResponse(data, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="accord-{owner}-{peer}.request"'
    return response
