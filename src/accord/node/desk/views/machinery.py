"""The channel's health, the law in force, the accounts of this node, the officer's own page, and help."""

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accord.courier.models import Channel
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.page import SIGNED_IN, officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import ROLE_PERMISSIONS, Permission
from accord.officers.services import end_posting
from accord.parties.models import Party

__all__ = ["show_administration", "show_help", "show_me"]


@page(Permission.OFFICER_MANAGE, methods=("GET", "POST"))
def show_administration(request: HttpRequest) -> HttpResponse:
    """Shows accounts, their roles and ends, and the peers with their keys; an administrator sees no content.

    View permission: ``officer.manage``.
    """
    officer = officer_of(request)
    error = None
    if request.method == "POST":
        try:
            ended = Officer.objects.filter(username=request.POST.get("username", "")).first()
            if ended is None:
                raise NotFound("There is no such account.")
            end_posting(officer, ended)
            notes.success(request, _("The posting of %(name)s has ended.") % {"name": ended})
            return redirect("desk:administration")
        except AccordError as refused:
            error = refused
    shown = {
        "officers": Officer.objects.order_by("username"),
        "peers": Party.objects.order_by("-is_self", "code"),
        "channels": Channel.objects.order_by("pk"),
        "error": error,
    }
    return show(request, "desk/administration.html", shown, status=error.http_status if error else 200)


@page(SIGNED_IN)
def show_me(request: HttpRequest) -> HttpResponse:
    """Shows the officer's own account: roles, what they allow, posting, and the ways to sign in.

    View permission: any officer in post.
    """
    officer = officer_of(request)
    allowed = sorted(one.value for one in officer.permissions())
    return show(request, "desk/me.html", {"officer": officer, "allowed": allowed, "roles": list(ROLE_PERMISSIONS)})


@page(SIGNED_IN)
def show_help(request: HttpRequest) -> HttpResponse:
    """Says what each page is for, which keys there are, and what the words mean.

    View permission: any officer in post.
    """
    return show(request, "desk/help.html", {})
