"""Pages of sign-in that allauth has not, or does by other rules: passwords, sessions, the last factor."""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.views import PasswordChangeView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accord.errors import AccordError
from accord.node.desk.account_forms import FirstPassword, refused_in
from accord.node.desk.factors import is_last_factor
from accord.node.desk.sign_in import end_other_sessions
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.passwords import change_password

__all__ = ["PasswordChange", "RemovePasskey", "first_password", "sessions"]


class PasswordChange(PasswordChangeView):  # type: ignore[misc]  # allauth carries no types
    """One's own password; what the officers' service refuses is said at its field."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Changes the password by the service, and ends every other session."""
        try:
            form.save()
        except AccordError as error:
            refused_in(form, error, "password1")
            refused: HttpResponse = self.form_invalid(form)
            return refused
        finalize_password_change(self.request, form.user)
        end_other_sessions(self.request, form.user)
        return redirect("desk:me")


@sensitive_post_parameters("oldpassword", "password1", "password2")
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """Lets an officer replace the password that came with the account, before anything else is open.

    A password of the officer's own is not replaced here, where no second factor is asked for: to this page it is a
    wrong one.
    """
    form = FirstPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        adapter = get_adapter(request)
        try:
            # Counted and made to wait as at sign-in; who gets no further learns nothing of the account.
            adapter.pre_authenticate(request, username=given["login"])
            officer = Officer.objects.filter(username__iexact=given["login"], is_system=False).first()
            is_known = officer is not None and officer.check_password(given["oldpassword"])
            if officer is None or not is_known or officer.locked_at or officer.own_password_at:
                adapter.authentication_failed(request, username=given["login"])
                raise adapter.validation_error("username_password_mismatch")
            change_password(officer, old=given["oldpassword"], new=given["password1"])
        except ValidationError as error:
            form.add_error(None, error)
        except AccordError as error:
            refused_in(form, error, "password1")
        else:
            return render(request, "account/first_password_done.html", {"officer": officer})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "account/first_password.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Lists the officer's own sessions; ends one of them, or all others."""
    officer = request.user
    held = sorted(UserSession.objects.purge_and_list(officer), key=lambda one: one.last_seen_at, reverse=True)
    if request.method == "POST" and isinstance(officer, Officer):
        key = request.POST.get("session", "")
        if key:
            ended = [one for one in held if str(one.pk) == key and not one.is_current()]
            for one in ended:
                one.end()
            count = len(ended)
        else:
            count = end_other_sessions(request, officer)
        note(officer, "end sessions", officer, detail={"count": count})
        said = ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", count)
        notes.success(request, said % {"count": count} if count else _("No other session was open."))
        return redirect("usersessions_list")
    return render(request, "usersessions/usersession_list.html", {"sessions": held})


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]  # allauth carries no types
    """Takes out a passkey, but for the last second factor where one is needed."""

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        """Refuses the last one before anything is asked."""
        factor = self.get_queryset().filter(pk=named["pk"]).first()
        if factor is not None and is_last_factor(factor):
            notes.error(request, _("It is your last second factor. Add another one first; then this one can go."))
            return redirect("mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *arguments, **named)
        return answer
