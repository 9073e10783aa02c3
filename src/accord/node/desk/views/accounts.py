"""The accounts of this node: the list, a new one, and every change of one; an administrator sees no content here.

What an act needs and whether it waits for a second person is decided by its service. Off the demonstration each act
also needs a proof of the last minutes that the administrator is the one who sits there; what was typed stays.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accord.errors import AccordError, OfficerCanMend
from accord.exchange.errors import NotFound
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.sign_in import is_fresh
from accord.officers.factors import forget_factors
from accord.officers.identities import bind_identity
from accord.officers.lockout import unlock
from accord.officers.models import Act, ApiToken, ClientCertificate, Officer
from accord.officers.permissions import Permission, Role
from accord.officers.services import (
    create_officer,
    end_posting,
    extend_posting,
    reset_password,
    set_offices,
    set_roles,
    set_scope,
)
from accord.officers.tokens import revoke
from accord.parties.services import our_party
from accord.release.gate import deciders
from accord.vocabulary.subjects import Theme

__all__ = ["ProofNeeded", "require_fresh", "show_account", "show_accounts", "show_new_account"]

FIRST_PASSWORD_BYTES: Final = 15
"""Random bytes of a first password: twenty characters, which nobody types twice."""
ACTS_SHOWN: Final = 30


class ProofNeeded(OfficerCanMend):
    """An administrator's act needs a proof of the last five minutes."""

    code = "desk.proof-needed"
    default_next_step = "Prove again who you are in a new tab, come back to this page, and press the button again."
    http_status = 403


def require_fresh(request: HttpRequest) -> None:
    """Raises unless the officer proved lately who they are; at the demonstration nobody is asked.

    Raises:
        ProofNeeded: The proof is missing or too old.
    """
    if settings.ACCORD_SECOND_FACTOR and not is_fresh(request):
        raise ProofNeeded("This act needs a proof of the last five minutes that it is you.")


@page(Permission.OFFICER_MANAGE)
def show_accounts(request: HttpRequest) -> HttpResponse:
    """Lists the accounts with their roles, postings and what of them waits.

    View permission: ``officer.manage``.
    """
    accounts = list(Officer.objects.order_by("username"))
    held = set(Authenticator.objects.exclude(type="recovery_codes").values_list("user_id", flat=True))
    shown = {
        "rows": [{"account": one, "state": _state(one), "has_factor": one.pk in held} for one in accounts],
        "here": "accounts",
        "needs_factor": settings.ACCORD_SECOND_FACTOR,
    }
    return show(request, "desk/administration/accounts.html", shown)


def _state(account: Officer) -> str:
    """Returns the one word for an account that an administrator must know first."""
    if account.locked_at is not None:
        return "locked"
    if account.active_until is not None and account.active_until <= timezone.now():
        return "ended"
    if not account.is_active:
        return "ended"
    if account.has_usable_password() and account.own_password_at is None:
        return "first-password"
    return "waits" if account.waits_for_second else "posted"


@sensitive_variables("password")
@page(Permission.OFFICER_MANAGE, methods=("GET", "POST"))
def show_new_account(request: HttpRequest) -> HttpResponse:
    """Makes an account; its first password is shown this once.

    View permission: ``officer.manage``.
    """
    given, error = request.POST, None
    if request.method == "POST":
        is_system = given.get("is_system") == "yes"
        has_password = not is_system and given.get("signs_in") != "agency"
        password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES) if has_password else None
        try:
            require_fresh(request)
            made = create_officer(
                officer_of(request),
                given.get("username", "").strip(),
                password=password,
                display_name=given.get("display_name", ""),
                roles=given.getlist("roles"),
                agency=given.get("agency", ""),
                unit=given.get("unit", "").strip()[:120],
                active_until=_end_of(given.get("until", "")),
                is_system=is_system,
                offices=given.getlist("offices"),
            )
        except AccordError as refused:
            error = refused
        else:
            return show(request, "desk/administration/first_password.html", {"account": made, "password": password})
    shown = {**_choices(), "given": given, "given_roles": given.getlist("roles"), "error": error, "here": "accounts"}
    shown["given_offices"] = given.getlist("offices")
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/administration/new_account.html", shown, status=status)


def _choices() -> dict[str, Any]:
    return {
        "roles": [role.value for role in Role],
        "agencies": our_party().described.agencies,
        "offices": sorted(deciders()),
        "themes": [theme.value for theme in Theme],
        "has_agency_provider": bool(settings.ACCORD_AGENCY),
    }


def _end_of(text: str) -> datetime | None:
    """Returns the end of a day of our capital, in UTC; ``None`` for no day.

    Raises:
        OfficerCanMend: It is no day.
    """
    if not text.strip():
        return None
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, which gets its zone below
    except ValueError as error:
        raise OfficerCanMend(
            "The end of the posting is no day.",
            code="desk.no-day",
            next_step="Give a day as year, month and day: 2027-02-28.",
            fields={"field": "until"},
        ) from error
    zone = our_party().described.zone
    return datetime.combine(day, time.max, tzinfo=zone).astimezone(UTC).replace(microsecond=0)


@page(Permission.OFFICER_MANAGE, methods=("GET", "POST"))
def show_account(request: HttpRequest, username: str) -> HttpResponse:
    """Shows one account and changes it: roles, offices, posting, secrets, identity.

    View permission: ``officer.manage``; nobody changes their own account here.
    """
    by = officer_of(request)
    account = Officer.objects.filter(username=username).first()
    if account is None:
        raise NotFound("There is no such account.")
    error = None
    if request.method == "POST":
        try:
            require_fresh(request)
            answer = _act(request, by, account)
        except AccordError as refused:
            error = refused
            account.refresh_from_db()
        else:
            return answer or redirect("desk:account", username=account.username)
    tokens = [*ApiToken.objects.filter(officer=account), *ClientCertificate.objects.filter(officer=account)]
    shown = {
        **_choices(),
        "account": account,
        "state": _state(account),
        "is_own": by.pk == account.pk,
        "tokens": [
            {"row": one, "kind": type(one).__name__.lower(), "is_good": one.is_good(timezone.now())} for one in tokens
        ],
        "factors": Authenticator.objects.filter(user_id=account.pk).order_by("created_at"),
        "acts": Act.objects.filter(object_type="officer", object_id=str(account.pk))
        .select_related("officer")
        .order_by("-id")[:ACTS_SHOWN],
        "given": request.POST,
        "error": error,
        "here": "accounts",
    }
    status = error.http_status if error else HTTPStatus.OK
    return show(request, "desk/administration/account.html", shown, status=status)


def _act(request: HttpRequest, by: Officer, account: Officer) -> HttpResponse | None:
    given = request.POST
    act = given.get("act", "")
    if act == "password":
        password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
        reset_password(by, account, password)
        return show(request, "desk/administration/first_password.html", {"account": account, "password": password})
    doing = ACTS.get(act)
    if doing is None:
        raise NotFound("There is no such act.")
    doing(by, account, given)
    account.refresh_from_db()
    is_waiting = account.waits_for_second or account.unlock_asked_by_id is not None
    notes.success(request, _("Changed. It waits for a second person.") if is_waiting else _("Changed."))
    return None


_Given = Any  # Any: Django's QueryDict, which reads lists as well as texts


def _change_roles(by: Officer, account: Officer, given: _Given) -> None:
    set_roles(by, account, given.getlist("roles"))


def _change_offices(by: Officer, account: Officer, given: _Given) -> None:
    set_offices(by, account, given.getlist("offices"))


def _change_scope(by: Officer, account: Officer, given: _Given) -> None:
    set_scope(by, account, themes=given.getlist("themes"), agencies=given.getlist("agencies"))


def _change_end(by: Officer, account: Officer, given: _Given) -> None:
    until = _end_of(given.get("until", ""))
    before = account.active_until
    if until is not None and (before is None or until <= before):
        end_posting(by, account, at=max(until, timezone.now()))
    else:
        extend_posting(by, account, until=until)


def _end_now(by: Officer, account: Officer, given: _Given) -> None:
    end_posting(by, account)


def _change_identity(by: Officer, account: Officer, given: _Given) -> None:
    bind_identity(by, account, issuer=given.get("issuer", "").strip(), subject=given.get("subject", "").strip())


def _forget_factors(by: Officer, account: Officer, given: _Given) -> None:
    forget_factors(by, account)


def _unlock(by: Officer, account: Officer, given: _Given) -> None:
    unlock(by, account)


def _revoke(by: Officer, account: Officer, given: _Given) -> None:
    models: Mapping[str, Any] = {"apitoken": ApiToken, "clientcertificate": ClientCertificate}
    kind, number = given.get("kind", ""), given.get("number", "")
    is_known = kind in models and number.isdecimal() and len(number) < 18
    found = models[kind].objects.filter(officer=account, pk=number).first() if is_known else None
    if found is None:
        raise NotFound("There is no such token or certificate.")
    revoke(by, found)


ACTS: Final[Mapping[str, Callable[[Officer, Officer, _Given], None]]] = {
    "roles": _change_roles,
    "offices": _change_offices,
    "scope": _change_scope,
    "until": _change_end,
    "end": _end_now,
    "identity": _change_identity,
    "factors": _forget_factors,
    "unlock": _unlock,
    "revoke": _revoke,
}
"""The acts of the page by their names in its forms."""
