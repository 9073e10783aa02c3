"""Search on a page: what is asked for stands in the address, and what is found is read where it stands."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.exchange.models import Message
from accord.exchange.search.finding import Hit, Wanted, find
from accord.handling.standing import corrected_at
from accord.node.api.shapes import BIG_ID_MAX
from accord.node.desk.case_filters import plain_words
from accord.node.desk.page import officer_of, page, show
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.subjects import Theme

__all__ = ["show_search"]

# Any: lazy translations.
SUBJECTS: Final[Mapping[str, Any]] = {
    "message": _("Messages"),
    "note": _("Notes"),
    "inquiry": _("Questions to agencies"),
    "case": _("Titles of cases"),
}
"""What is looked through, by the word in the address."""

PLACES: Final = {"note": "notes", "inquiry": "agencies", "case": ""}
UNSENT: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)


@page(Permission.CASE_READ)
def show_search(request: HttpRequest) -> HttpResponse:
    """Finds words in what the officer may read: messages, names of files, titles, notes, questions to agencies.

    View permission: ``case.read``; what the officer has no need to know is neither found nor counted.
    """
    officer, asked = officer_of(request), _asked(request)
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdigit() and len(before) < 19 and int(before) <= BIG_ID_MAX
    wanted = Wanted(
        words=asked["q"],
        subject=asked["subject"],
        peer=asked["peer"],
        theme=asked["theme"],
        since=_day(asked["since"]),
        until=_day(asked["until"]),
    )
    found = find(officer, wanted, before=int(before) if is_number else 0)
    corrected = corrected_at(hit.message.pk for hit in found.hits if hit.message is not None)
    shown = {
        "asked": asked,
        "found": found,
        "rows": [
            {
                "hit": hit,
                "address": _address(hit),
                "corrected_at": corrected.get(hit.message.pk) if hit.message is not None else None,
            }
            for hit in found.hits
        ],
        "subjects": SUBJECTS.items(),
        "themes": [theme.value for theme in Theme],
        "peers": Party.objects.filter(is_self=False).values_list("code", flat=True),
        "has_filters": any(text for name, text in asked.items() if name != "q"),
        "without": f"?{urlencode({'q': asked['q']})}",
        "first": f"?{urlencode(_given(asked))}",
        "next": f"?{urlencode({**_given(asked), 'before': str(found.next)})}" if found.next else "",
        "is_later_page": is_number and int(before) > 0,
        "handling_marks": max((hit.message.handling for hit in found.hits if hit.message is not None), default=""),
    }
    return show(request, "desk/search.html", shown)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Returns what an address asks for; what it cannot ask for is left out."""
    given = request.GET
    themes, subjects = {theme.value for theme in Theme}, set(SUBJECTS)
    return {
        "q": plain_words(given.get("q", "")),
        "subject": given.get("subject", "") if given.get("subject", "") in subjects else "",
        "theme": given.get("theme", "") if given.get("theme", "") in themes else "",
        "peer": plain_words(given.get("peer", ""))[:8],
        "since": given.get("since", "") if _day(given.get("since", "")) else "",
        "until": given.get("until", "") if _day(given.get("until", "")) else "",
    }


def _given(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in asked.items() if text}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _address(hit: Hit) -> str:
    """Returns where a hit stands: a draft on its own page, anything else in its case."""
    message = hit.message
    if message is not None and message.state in UNSENT:
        return reverse("desk:draft", args=[message.pk])
    opened = reverse("desk:case", args=[hit.entry.case.own_ref])
    if message is not None:
        return f"{opened}?messages=all#message-{message.pk}"
    place = PLACES[hit.entry.subject]
    return f"{opened}#{place}" if place else opened
