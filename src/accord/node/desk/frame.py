"""What stands around every page: both capitals' time, the line to each peer, the areas an officer may enter.

It costs four statements a page; pages are tested for a fixed number of statements.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accord.courier.health import SILENT_AFTER
from accord.courier.models import Channel, Mode
from accord.node.desk.session_limits import session_end
from accord.node.desk.walk import walk_file, walk_of
from accord.node.desk.workstreams import modules_named
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party

__all__ = ["CapitalClock", "Line", "first_page", "frame"]

AREAS: Final = (
    (pgettext_lazy("area", "Desk"), "desk:queue", Permission.CASE_READ),
    (pgettext_lazy("area", "Cases"), "desk:cases", Permission.CASE_READ),
    (pgettext_lazy("area", "Search"), "desk:search", Permission.CASE_READ),
    (pgettext_lazy("area", "Approvals"), "desk:approvals", Permission.CASE_READ),
    (pgettext_lazy("area", "Agreement"), "desk:agreement", Permission.AGREEMENT_READ),
    *(one.AREA for one in modules_named("area")),
    (pgettext_lazy("area", "Channel"), "desk:channel", Permission.CHANNEL_READ),
    (pgettext_lazy("area", "Law"), "desk:law", None),
    (pgettext_lazy("area", "Registers"), "desk:registers", Permission.REGISTER_READ),
    (pgettext_lazy("area", "Review"), "desk:review", Permission.RECORD_READ),
    (pgettext_lazy("area", "Administration"), "desk:administration", Permission.OFFICER_MANAGE),
    (pgettext_lazy("area", "Help"), "desk:help", None),
)
"""The areas in the order of the header, the address of each, and what it needs."""


@dataclass(frozen=True, kw_only=True)
class CapitalClock:
    """A capital's present time.

    Args:
        party: Code of the party.
        capital: Name of the capital in the officer's language.
        now: The time there.
    """

    party: str
    capital: str
    now: datetime

    @property
    def today(self) -> date:
        """The day in this capital, which is not that of the server's zone."""
        return self.now.date()

    @property
    def tomorrow(self) -> date:
        """The day after in this capital, for a page that is open over midnight."""
        return self.now.date() + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """How the line to a peer stands.

    Args:
        peer: Code of the peer.
        name: Its name in the officer's language.
        state: ``in-step``, ``behind``, ``silent``, ``recovering``, ``suspended``, ``peer-suspended`` or
            ``frozen``.
        tone: ``good``, ``warn`` or ``bad``.
        words: The state in words.
        size: Entries of our log.
        receipted: Entries that the peer has receipted.
        heard_at: When the peer was last heard.
    """

    peer: str
    name: str
    state: str
    tone: str
    words: Any  # Any: a lazy translation
    size: int
    receipted: int
    heard_at: datetime | None


STATES: Final = {
    "in-step": ("good", _("In step")),
    "behind": ("warn", _("Receipts outstanding")),
    "silent": ("warn", _("Silent")),
    "recovering": ("warn", _("Recovering")),
    "suspended": ("bad", _("Suspended")),
    "peer-suspended": ("bad", _("Suspended by the other side")),
    "frozen": ("bad", _("Frozen")),
}


AT_THE_DESK: Final = (Permission.MESSAGE_DRAFT, Permission.MESSAGE_APPROVE, Permission.HOLD_ANSWER)
"""Who may do one of these works at the list of open cases."""

ELSEWHERE: Final = (
    (Permission.RECORD_READ, "desk:review"),
    (Permission.OFFICER_MANAGE, "desk:administration"),
    (Permission.CASE_READ, "desk:queue"),
    (Permission.REGISTER_DECIDE, "desk:registers"),
    (Permission.AGREEMENT_READ, "desk:agreement"),
)
"""The first page of the others, by what they may do."""


def first_page(officer: Officer) -> str:
    """Returns the name of the page at which an officer begins: it is open to them, and their work stands there."""
    if officer.may(Permission.CASE_READ) and any(officer.may(one) for one in AT_THE_DESK):
        return "desk:queue"
    return next((name for permission, name in ELSEWHERE if officer.may(permission)), "desk:help")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Returns what every page of the desk shows; nothing for a request outside the desk or without an officer."""
    officer = getattr(request, "user", None)
    if request.path.startswith(("/api/", "/static/")) or request.resolver_match is None:
        return {}
    language = get_language() or "en"
    parties = {party.code: party for party in Party.objects.all()}
    ours = parties.get(settings.ACCORD_PARTY)
    shown: dict[str, Any] = {
        "node_name": ours.described.names.in_language(language) if ours else settings.ACCORD_PARTY,
        "node_code": settings.ACCORD_PARTY,
        "is_specimen": settings.ACCORD_SPECIMEN,
        "languages": settings.ACCORD_DESK_LANGUAGES if len(settings.ACCORD_DESK_LANGUAGES) > 1 else (),
    }
    if settings.ACCORD_SPECIMEN:
        shown["walk_file"] = SimpleLazyObject(walk_file)
    if not isinstance(officer, Officer) or not officer.is_posted():
        return shown
    if settings.ACCORD_SPECIMEN:
        shown["walk"] = SimpleLazyObject(partial(walk_of, request, officer))
    shown["first_page"] = reverse(first_page(officer))
    lines = list(_lines(parties, language))
    now = timezone.now()
    shown["server_now"] = now
    shown["session_ends_at"] = session_end(request, now=now)
    shown["capitals"] = [
        CapitalClock(
            party=party.code,
            capital=party.described.capital.in_language(language),
            now=now.astimezone(party.described.zone),
        )
        for code in (settings.ACCORD_PARTY, *(line.peer for line in lines))
        if (party := parties.get(code))
    ]
    shown["lines"] = lines
    shown["areas"] = [
        {
            "name": name,
            "address": reverse(address),
            "is_here": request.resolver_match.view_name == address,
            "is_around": request.resolver_match.view_name.startswith(f"{address}-"),
        }
        for name, address, permission in AREAS
        if permission is None or officer.may(permission)
    ]
    return shown


def _lines(parties: dict[str, Party], language: str) -> Iterator[Line]:
    now = timezone.now()
    rows = Channel.objects.order_by("pk").values_list(
        "peer_id", "mode", "out_size", "out_receipted_size", "last_contact_at", "peer_suspended_at"
    )
    for peer, mode, size, receipted, heard_at, suspended_at in rows:
        own = _state(mode, size=size, receipted=receipted, heard_at=heard_at, now=now)
        state = own if suspended_at is None or own in {"frozen", "suspended"} else "peer-suspended"
        tone, words = STATES[state]
        yield Line(
            peer=peer,
            name=parties[peer].described.names.in_language(language),
            state=state,
            tone=tone,
            words=words,
            size=size,
            receipted=receipted,
            heard_at=heard_at,
        )


def _state(mode: str, *, size: int, receipted: int, heard_at: datetime | None, now: datetime) -> str:
    if mode != Mode.OPEN:
        return {Mode.FROZEN: "frozen", Mode.SUSPENDED: "suspended"}.get(Mode(mode), "recovering")
    if heard_at is None or now - heard_at > SILENT_AFTER:
        return "silent"
    return "in-step" if size == receipted else "behind"
