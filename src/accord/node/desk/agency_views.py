"""The way to the agency's identity provider and back (``accord.node.desk.agency``)."""

from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from accord.errors import AccordError
from accord.node.desk.agency import AgencyRefused, Identity, Question, ask, read_answer
from accord.node.desk.factors import AGENCY_METHOD
from accord.officers.identities import officer_with_identity
from accord.officers.models import Officer

__all__ = ["SignInPage", "begin", "come_back", "finish"]

KEPT: Final = "accord-agency-question"
TOLD: Final = ("code", "state", "error", "iss")
"""What of the provider's answer is looked at."""
TOLD_CHARACTERS_MAX: Final = 4_096


class SignInPage(LoginView):  # type: ignore[misc]  # allauth carries no types
    """The page of sign-in, which names the agency's provider where there is one."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """Adds the provider's name."""
        name = settings.CONFIG.agency_name if settings.ACCORD_AGENCY else ""
        return {**super().get_context_data(**named), "agency_name": name}


@require_GET
def begin(request: HttpRequest) -> HttpResponseBase:
    """Leads to the provider: to sign in, or, from a session, to prove again who one is.

    View permission: anybody; it opens nothing.
    """
    _require_configured()
    limited: HttpResponseBase | None = ratelimit.consume_or_429(request, action="login")
    if limited is not None:
        return limited
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    try:
        address, question = ask(
            redirect_uri=_redirect_uri(request),
            leads_to=wanted if is_ours else settings.LOGIN_REDIRECT_URL,
            is_again=request.user.is_authenticated,
        )
    except AccordError as error:
        return _refusal(request, error)
    request.session[KEPT] = asdict(question)
    return redirect(address)


@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Leads on to the desk's own address, where the browser sends the session along again.

    View permission: anybody; it reads nothing and opens nothing.
    """
    _require_configured()
    told = {name: request.GET[name][:TOLD_CHARACTERS_MAX] for name in TOLD if name in request.GET}
    return render(
        request, "account/agency_back.html", {"address": f"{reverse('account_agency_finish')}?{urlencode(told)}"}
    )


@require_GET
def finish(request: HttpRequest) -> HttpResponse:
    """Checks the provider's answer, and opens the session of the officer to whom the identity is bound.

    View permission: anybody; the answer must belong to this session's question.
    """
    _require_configured()
    kept = request.session.pop(KEPT, None)
    try:
        if kept is None:
            raise AgencyRefused("No question to the identity provider is open in this session.")
        question = Question(**kept)
        identity = read_answer(question, request.GET.dict(), redirect_uri=_redirect_uri(request))
        officer = officer_with_identity(issuer=identity.issuer, subject=identity.subject)
        if officer is None:
            raise AgencyRefused(
                "The identity provider knows you, and no open account of this desk is bound to you.",
                code="desk.agency-unbound",
                next_step="Ask the administrator to bind your account to your identity at the agency.",
            )
        if question.is_again and officer != request.user:
            raise AgencyRefused("Somebody else came back from the identity provider.")
    except AccordError as error:
        return _refusal(request, error)
    return _opened(request, officer, identity, question)


def _opened(request: HttpRequest, officer: Officer, identity: Identity, question: Question) -> HttpResponse:
    record_authentication(
        request,
        officer,
        AGENCY_METHOD,
        issuer=identity.issuer,
        is_strong=identity.is_strong or None,
        reauthenticated=question.is_again or None,
    )
    if question.is_again:
        return redirect(question.leads_to)
    response: HttpResponse = perform_login(request, Login(user=officer, redirect_url=question.leads_to))
    return response


def _redirect_uri(request: HttpRequest) -> str:
    origin = settings.ACCORD_DESK_ORIGIN if settings.CONFIG.desk_url else f"{request.scheme}://{request.get_host()}"
    return f"{origin}{reverse('account_agency_back')}"


def _require_configured() -> None:
    if not settings.ACCORD_AGENCY:
        raise Http404


def _refusal(request: HttpRequest, error: AccordError) -> HttpResponse:
    return render(request, "account/agency_refused.html", {"error": error}, status=error.http_status)
