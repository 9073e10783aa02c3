"""What an officer keeps of the desk: lists of cases with a name, and where an act leads."""

from typing import Final
from uuid import UUID

from django.contrib import messages as notes
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.text import check_written
from accord.node.desk.case_filters import chosen_of
from accord.node.desk.models import Preference, SavedView
from accord.node.desk.page import officer_of, page
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["keep_preferences", "open_view", "remove_view", "restore_view", "save_view"]

NAME_CHARACTERS_MAX: Final = 60


@page(Permission.CASE_READ, methods=("POST",))
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps a list of cases under a name; the same name again replaces the list that it named.

    View permission: ``case.read``; a view is the officer's own.
    """
    officer, name = officer_of(request), " ".join(request.POST.get("name", "").split())
    check_written({"name": name or " "})
    if len(name) > NAME_CHARACTERS_MAX:
        raise ActRefused(
            "The name is too long.",
            code="desk.view-name",
            next_step=f"Name the list in {NAME_CHARACTERS_MAX} characters.",
            fields={"field": "name"},
        )
    query = chosen_of(QueryDict(request.POST.get("query", "").removeprefix("?"))).address().removeprefix("?")
    view, _is_new = SavedView.objects.update_or_create(
        officer=officer, name=name, removed_at=None, defaults={"query": query, "saved_at": timezone.now()}
    )
    notes.success(request, _("The list is kept as “%(name)s”. Its address can be shared.") % {"name": name})
    return redirect("desk:view", view.pk)


@page(Permission.CASE_READ)
def open_view(request: HttpRequest, key: UUID) -> HttpResponse:
    """Opens a list that was kept, whoever kept it: it holds filters and no case, and each reader sees their own.

    View permission: ``case.read``.
    """
    view = SavedView.objects.filter(pk=key, removed_at=None).first()
    if view is None:
        raise NotFound("There is no such list; who kept it may have removed it.")
    chosen = chosen_of(QueryDict(view.query))
    return redirect(f"{reverse('desk:cases')}{chosen.address(view=str(view.pk))}")


def _own(officer: Officer, key: UUID) -> SavedView:
    view = SavedView.objects.filter(pk=key, officer=officer).first()
    if view is None:
        raise NotFound("You have kept no such list.")
    return view


@page(Permission.CASE_READ, methods=("POST",))
def remove_view(request: HttpRequest, key: UUID) -> HttpResponse:
    """Removes a list that the officer kept; it can be taken back.

    View permission: ``case.read``; a view is the officer's own.
    """
    view = _own(officer_of(request), key)
    if view.removed_at is None:
        view.removed_at = timezone.now()
        view.save(update_fields=["removed_at"])
    return redirect(f"{reverse('desk:cases')}?removed={view.pk}")


@page(Permission.CASE_READ, methods=("POST",))
def restore_view(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes a removal back.

    View permission: ``case.read``; a view is the officer's own.
    """
    view = _own(officer_of(request), key)
    view.removed_at = None
    try:
        with transaction.atomic():
            view.save(update_fields=["removed_at"])
    except IntegrityError as error:
        raise ActRefused(
            "Another list has this name by now.",
            code="desk.view-name",
            next_step="Keep the other list under another name, or remove it, and take this one back then.",
        ) from error
    return redirect("desk:view", view.pk)


@page(Permission.CASE_READ, methods=("POST",))
def keep_preferences(request: HttpRequest) -> HttpResponse:
    """Keeps whether an act leads on to the next case of the list, or stays.

    View permission: ``case.read``; it is the officer's own choice.
    """
    chosen = request.POST.get("after_act", "")
    if chosen in set(Preference.AfterAct):
        Preference.objects.update_or_create(officer=officer_of(request), defaults={"after_act": chosen})
    following = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(following, allowed_hosts=None) and following.startswith("/desk/")
    return redirect(following if is_ours else reverse("desk:queue"))
