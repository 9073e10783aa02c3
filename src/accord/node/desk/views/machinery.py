"""The channel's health, the law in force, the accounts of this node, the officer's own page, and help."""

from typing import Final

import msgspec
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.courier.models import Channel
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.law.facts import Facts
from accord.law.specimens import specimen_facts
from accord.node.desk.page import SIGNED_IN, officer_of, page, show
from accord.officers.models import Officer
from accord.officers.permissions import ROLE_PERMISSIONS, Permission
from accord.officers.services import end_posting
from accord.parties.models import Party
from accord.release.gate import gate_in_use, our_party

__all__ = ["show_administration", "show_help", "show_law", "show_me"]

FACTS_CHARACTERS_MAX: Final = 100_000


@page(SIGNED_IN, methods=("GET", "POST"))
def show_law(request: HttpRequest) -> HttpResponse:
    """Shows the rules in force with their citations, and asks the gate about facts that are tried; stores nothing.

    View permission: any officer in post; the law is no secret.
    """
    gate = gate_in_use()
    tried, error, decision = request.POST.get("facts", ""), None, None
    if request.method == "POST":
        try:
            facts = msgspec.json.decode(tried[:FACTS_CHARACTERS_MAX].encode(), type=Facts)
            decision = gate.decide(facts)
        except (msgspec.DecodeError, UnicodeEncodeError) as refused:
            error = str(refused)
    today = timezone.now().date()
    rules = [
        {
            "rule": rule,
            "is_in_force": rule.in_force_from <= today and (rule.in_force_to is None or today <= rule.in_force_to),
            "policies": sorted(rule.policies.items()),
        }
        for rule in gate.rules
    ]
    specimen = msgspec.json.format(msgspec.json.encode(specimen_facts(our_party())), indent=2).decode()
    shown = {
        "rules": rules,
        "tried": tried or specimen,
        "decision": decision,
        "error_words": error,
        "digest": gate.digest.hex(),
    }
    return show(request, "desk/law.html", shown)


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
