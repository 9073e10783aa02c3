"""The pages of notices: the list, the bell's news, opening and reading, and an officer's choices."""

from collections.abc import Sequence
from datetime import time
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages as notes
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.models import Case
from accord.exchange.reach import cases_for
from accord.exchange.waiting import highest_handling
from accord.node.desk.page import SIGNED_IN, officer_of, page, show
from accord.node.desk.workstreams import modules_named
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

from .kinds import Kind
from .models import Choice, Notice
from .places import place_of
from .services import ChoiceRefused, agree_to_address, bell_of, choice_of, choose, mark_all_read, mark_read
from .settling import waiting_notices

__all__ = ["agree", "open_notice", "read_notices", "show_choices", "show_notices", "show_notices_news"]

ROWS: Final = 30

FILTERS: Final = (
    ("unread", gettext_lazy("Unread")),
    ("urgent", gettext_lazy("Urgent")),
    ("all", gettext_lazy("All")),
)


def _filtered(officer: Officer, shown: str, kind: str) -> QuerySet[Notice]:
    rows = Notice.objects.filter(officer=officer)
    if shown == "unread":
        rows = waiting_notices().filter(officer=officer)
    elif shown == "urgent":
        rows = rows.filter(is_urgent=True)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("message").defer("message__content", "message__own_side").order_by("-id")


@page(SIGNED_IN)
def show_notices(request: HttpRequest) -> HttpResponse:
    """Lists the officer's own notices, the newest first; what a case is called shows to those who may read it.

    View permission: any officer in post.
    """
    officer = officer_of(request)
    names = [name for name, _words in FILTERS]
    shown = request.GET.get("show") if request.GET.get("show") in names else names[0]
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in set(Kind) else ""
    before = request.GET.get("before", "")
    rows = _filtered(officer, str(shown), kind)
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: ROWS + 1])
    known = _known_cases(officer, found[:ROWS])
    details = _details([one for one in found[:ROWS] if one.case_id in known])
    given: dict[str, Any] = {
        "rows": [
            {
                "notice": one,
                "words": Kind(one.kind).label,
                "case": known.get(one.case_id),
                "detail": details.get(one.subject, ""),
            }
            for one in found[:ROWS]
        ],
        "filters": [
            {"name": words, "is_here": name == shown, "address": f"?{urlencode(_kept(show=name, kind=kind))}"}
            for name, words in FILTERS
        ],
        "shown": shown,
        "kinds": Kind.choices,
        "kind": kind,
        "older": (
            f"?{urlencode(_kept(show=str(shown), kind=kind, before=str(found[ROWS - 1].pk)))}"
            if len(found) > ROWS
            else ""
        ),
        "newest": found[0].pk if found else 0,
        "here": request.get_full_path(),
        "handling_marks": max(highest_handling(known.values()).values(), default=""),
        "waiting_addresses": _waiting_addresses(officer),
    }
    return show(request, "notices/notices.html", given)


def _known_cases(officer: Officer, notices: Sequence[Notice]) -> dict[UUID | None, Case]:
    """Returns the cases of these notices that the officer reads, which alone are named."""
    if not officer.may(Permission.CASE_READ):
        return {}
    return {case.pk: case for case in cases_for(officer).filter(pk__in=[one.case_id for one in notices])}


def _details(notices: Sequence[Notice]) -> dict[str, str]:
    """Returns what the workstreams say beside notices whose case the officer reads, by their subjects."""
    by_type: dict[str, list[str]] = {}
    for of_type, _colon, key in (one.subject.partition(":") for one in notices if one.subject):
        by_type.setdefault(of_type, []).append(key)
    return {
        f"{of_type}:{key}": words
        for module in modules_named("waits")
        for of_type, told in module.DETAILS.items()
        if of_type in by_type
        for key, words in told(by_type[of_type]).items()
    }


def _kept(**given: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _waiting_addresses(officer: Officer) -> list[Choice]:
    if not officer.may(Permission.OFFICER_MANAGE):
        return []
    waiting = Choice.objects.filter(agreed_at=None).exclude(address="").exclude(pk=officer.pk)
    return list(waiting.select_related("officer").order_by("pk")[:ROWS])


@page(SIGNED_IN)
def show_notices_news(request: HttpRequest) -> HttpResponse:
    """Gives the bell anew, and says politely what came since it was shown.

    View permission: any officer in post.
    """
    bell = bell_of(officer_of(request))
    seen = request.GET.get("seen", "")
    is_new = seen.isascii() and seen.isdigit() and len(seen) < 19 and bell.newest > int(seen)
    return show(request, "notices/_news.html", {"given": bell, "is_new": is_new})


@page(SIGNED_IN, methods=("POST",))
def open_notice(request: HttpRequest, key: int) -> HttpResponse:
    """Marks a notice as read and leads to what it is about.

    View permission: any officer in post; the notice must be the officer's own.
    """
    officer = officer_of(request)
    notice = Notice.objects.select_related("case", "message").filter(pk=key, officer=officer).first()
    if notice is None:
        raise NotFound("There is no such notice.")
    mark_read(officer, [notice.pk])
    return redirect(place_of(notice, officer))


@page(SIGNED_IN, methods=("POST",))
def read_notices(request: HttpRequest) -> HttpResponse:
    """Marks one notice, or all up to the newest that was shown, as read.

    View permission: any officer in post; nobody's notices but the officer's own are touched.
    """
    officer = officer_of(request)
    one, newest = request.POST.get("notice", ""), request.POST.get("up_to", "")
    if one.isascii() and one.isdigit() and len(one) < 19:
        mark_read(officer, [int(one)])
    elif newest.isascii() and newest.isdigit() and len(newest) < 19:
        count = mark_all_read(officer, up_to=int(newest))
        notes.success(request, _("Marked as read: %(count)d.") % {"count": count})
    shown = request.POST.get("show", "")
    is_known = shown in {name for name, _words in FILTERS}
    return redirect(f"{reverse('desk:notices')}{f'?show={shown}' if is_known else ''}")


@page(SIGNED_IN, methods=("GET", "POST"))
def show_choices(request: HttpRequest) -> HttpResponse:
    """Shows and stores which notices go by e-mail, where to, and when not.

    View permission: any officer in post; everybody chooses for themselves.
    """
    officer = officer_of(request)
    choice, error = choice_of(officer), None
    typed = _of_choice(choice)
    if request.method == "POST":
        typed = _typed(request)
        try:
            choice = _chosen(officer, typed)
        except AccordError as refused:
            error = refused
        else:
            notes.success(request, _("Your choice is kept."))
            return redirect("desk:notices-choices")
    shown = {
        "typed": typed,
        "error": error,
        "field": error.fields.get("field", "") if error else "",
        "choice": choice,
        "kinds": [(kind.value, kind.label, kind.value in typed["mailed"]) for kind in Kind],
        "zones": _zones(typed["zone"]),
        "sends_mail": bool(settings.CONFIG.smtp_host),
        "escalation_minutes": settings.ACCORD_NOTICE_ESCALATION_MINUTES,
    }
    return show(request, "notices/choices.html", shown, status=error.http_status if error else 200)


def _of_choice(choice: Choice) -> dict[str, Any]:
    return {
        "address": choice.address,
        "quiet_from": f"{choice.quiet_from:%H:%M}" if choice.quiet_from else "",
        "quiet_until": f"{choice.quiet_until:%H:%M}" if choice.quiet_until else "",
        "zone": choice.zone or _own_zone(),
        "urgent_passes": choice.urgent_passes,
        "mailed": choice.mailed_kinds,
    }


def _zones(chosen: str) -> list[dict[str, Any]]:
    """Returns the clocks to choose from: those of the capitals by their names, then every other one."""
    language = get_language() or "en"
    parties = Party.objects.exclude(profile={}).order_by("-is_self", "code")
    capitals = {one.described.zone.key: one.described.capital.in_language(language) for one in parties}
    others = sorted((available_timezones() | ({chosen} - {""})) - capitals.keys())
    return [
        {"name": _("Capitals"), "zones": list(capitals.items())},
        # Names of the time zone database, which are English ones.
        {"name": _("Other time zones"), "language": "en", "zones": [(one, one.replace("_", " ")) for one in others]},
    ]


def _own_zone() -> str:
    ours = Party.objects.filter(code=settings.ACCORD_PARTY).first()
    return ours.described.zone.key if ours is not None else "UTC"


def _typed(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    return {
        "address": given.get("address", "")[:254],
        "quiet_from": given.get("quiet_from", "")[:8],
        "quiet_until": given.get("quiet_until", "")[:8],
        "zone": given.get("zone", "")[:64],
        "urgent_passes": given.get("urgent_passes") == "yes",
        "mailed": given.getlist("mailed")[: len(Kind)],
    }


def _chosen(officer: Officer, typed: dict[str, Any]) -> Choice:
    return choose(
        officer,
        address=typed["address"],
        mailed=typed["mailed"],
        quiet_from=_hour(typed["quiet_from"], "quiet_from"),
        quiet_until=_hour(typed["quiet_until"], "quiet_until"),
        zone=typed["zone"],
        urgent_passes=typed["urgent_passes"],
    )


def _hour(text: str, field: str) -> time | None:
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise ChoiceRefused(
            "This is not a time of day.",
            code="notices.hour-refused",
            next_step="Write hours and minutes, for example 20:00.",
            fields={"field": field},
        ) from error


@page(Permission.OFFICER_MANAGE, methods=("POST",))
def agree(request: HttpRequest, key: int) -> HttpResponse:
    """Lets mails go to an officer's address.

    View permission: ``officer.manage``; nobody agrees to their own address.
    """
    officer = Officer.objects.filter(pk=key).first()
    if officer is None:
        raise NotFound("There is no such account.")
    agree_to_address(officer_of(request), officer, address=request.POST.get("address", ""))
    notes.success(request, _("Mails may go to this address of %(name)s.") % {"name": officer})
    return redirect("desk:notices")
