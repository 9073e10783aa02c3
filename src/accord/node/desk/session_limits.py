"""How long a session lasts: so many hours in all, and so many minutes without a sign of the officer.

The desk asks for news by itself; that is no sign of anybody, and keeps no session open. The last sign is written down
once a minute at the most, so that reading a page does not cost a write.

Source: NIST SP 800-63B-4, 2.2.3 (reauthentication: after 24 hours in all or one hour of inactivity at the latest).
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

__all__ = ["ENDS_HEADER", "SessionLimits", "session_end"]

BEGAN: Final = "accord-began"
SEEN: Final = "accord-seen"
WRITE_SECONDS: Final = 60
ENDS_HEADER: Final = "X-Session-Ends"
"""When the session ends, in the answer to a page that asks by itself or stays signed in; ISO 8601."""

UNASKED: Final = ("/desk/news", "/desk/notices/news", "/desk/walk")
"""Addresses that pages ask by themselves."""


def session_end(request: HttpRequest, *, now: datetime, goes_on: bool = False) -> datetime:
    """Returns when the session ends if nobody gives a sign any more.

    Args:
        request: Whose session.
        now: The present moment.
        goes_on: Whether the officer just gave a sign; it moves the end by the minutes of silence, and never past the
            hours of the whole session.
    """
    moment = int(now.timestamp())
    if goes_on:
        request.session[SEEN] = moment
    began = request.session.get(BEGAN, moment)
    seen = request.session.get(SEEN, began)
    ends = min(began + settings.ACCORD_SESSION_SECONDS, seen + settings.ACCORD_IDLE_SECONDS)
    return datetime.fromtimestamp(ends, UTC)


class SessionLimits:
    """Ends a session that lasted too long or saw nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on, without its session where that is over."""
        if request.path.startswith(("/desk/", "/account/")) and request.user.is_authenticated:
            self._measure(request)
        response = self.get_response(request)
        if request.path.startswith(UNASKED) and request.user.is_authenticated:
            response.headers[ENDS_HEADER] = session_end(request, now=timezone.now()).isoformat()
        return response

    def _measure(self, request: HttpRequest) -> None:
        now = int(time.time())
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.get(SEEN, began)
        if now - began > settings.ACCORD_SESSION_SECONDS or now - seen > settings.ACCORD_IDLE_SECONDS:
            UserSession.objects.filter(session_key=request.session.session_key).delete()
            logout(request)
            return
        is_unasked = request.method == "GET" and request.path.startswith(UNASKED)
        if not is_unasked and (SEEN not in request.session or now - seen >= WRITE_SECONDS):
            request.session[SEEN] = now
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
