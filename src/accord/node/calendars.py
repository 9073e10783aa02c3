"""Calendars for programs that cannot sign in: hours at a secret address, and nothing to be had by guessing.

The address is all that is asked: no session is read and none is made. Each calendar has few asks; who asks for what
opens nothing has fewer, and does not slow those down whose addresses are good. What is wrong is answered alike: not
found, without a reason. Nothing keeps the answer.
"""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accord.liaison.models import CalendarFeed
from accord.liaison.roster.errors import FeedNotFound
from accord.liaison.roster.feeds import calendar_text, feed_at, feed_spans
from accord.node.api.rates import Rate, RateLimited
from accord.node.desk.language import offered_language
from accord.node.pages import refusal_page

__all__ = ["ASKS", "GUESSES", "show_calendar"]

ASKS: Final = Rate(1 / 20, burst=30, name="calendar")
"""Asks of one calendar: three a minute go on, as eager programs ask; thirty at once, for several machines."""

GUESSES: Final = Rate(1 / 60, burst=10, name="refused-calendars")
"""Addresses that open nothing, of one caller: ten at once and one a minute."""

SECRET_CHARACTERS_MAX: Final = 128


@require_safe
def show_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Gives the hours of one calendar as iCalendar.

    View permission: the secret address, of an officer who may read the roster.
    """
    try:
        feed = feed_at(secret[:SECRET_CHARACTERS_MAX])
    except FeedNotFound:
        return _refused(request)
    try:
        ASKS.spend(str(feed.pk))
    except RateLimited as limited:
        return _too_many(request, limited)
    now = timezone.now()
    with translation.override(offered_language(feed.officer.language)):
        title = pgettext("calendar", "Gap") if feed.kind == CalendarFeed.Kind.GAPS else pgettext("calendar", "Duty")
        text = calendar_text(feed, feed_spans(feed, now=now), title=title, now=now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Disposition"] = 'attachment; filename="duty.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _refused(request: HttpRequest) -> HttpResponse:
    """Says that nothing is there, and to who asks so again and again to wait."""
    try:
        GUESSES.spend(str(request.META.get("REMOTE_ADDR", "")))
    except RateLimited as limited:
        return _too_many(request, limited)
    return refusal_page(request, HTTPStatus.NOT_FOUND)


def _too_many(request: HttpRequest, limited: RateLimited) -> HttpResponse:
    response = refusal_page(request, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(limited.retry_after_seconds)
    return response
