"""The channel's health: how each line stands, in words, figures and charts, and who stops it or thaws it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.channel.fingerprint import fingerprint_words, safety_number
from accord.channel.keys import VerifyKey
from accord.courier.alarms import open_alarms
from accord.courier.health import ChannelHealth, channel_health
from accord.courier.models import Alarm, Channel, Contradiction, Direction, Mode, ModeChange, SignedCheckpoint
from accord.courier.moment import from_ms
from accord.courier.remedies import Remedy, standing
from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.exchange.reach import messages_for
from accord.node.desk.charts import BarChart, bar_chart
from accord.node.desk.code_words import choice_label
from accord.node.desk.daily import entries_by_day, first_position
from accord.node.desk.page import officer_of, page, show
from accord.officers.channel_acts import confirm_thaw, propose_thaw, resume_channel, settle_alarm, suspend_channel
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.keysets import channel_keys
from accord.parties.models import Party
from accord.release.models import ReleasedMessage
from accord.vocabulary.periods import midnight_of

__all__ = ["act_on_channel", "show_channel"]

DAYS: Final = 14
ALARMS: Final = 50
CHANGES: Final = 10
LAST: Final = 8
"""Messages of ours whose four moments are shown: as many as a screen holds beside the rest."""

KEY_DIGITS_MAX: Final = 18

RECEIPTS_READ: Final = 5_000
"""Receipts that the chart of their time reads: two weeks of a busy channel."""


@dataclass(frozen=True, kw_only=True)
class KeysetView:
    """The keyset of one side as two people compare it.

    Args:
        party: Code of the party.
        words: The words of its root key.
        serial: Number of its newest keyset.
        issued_at: When that was issued.
        renew_by: Until when it is valid.
        sign_keys: Names of its signing keys.
    """

    party: str
    words: tuple[str, ...]
    serial: int
    issued_at: datetime
    renew_by: datetime
    sign_keys: tuple[str, ...]


@page(Permission.CHANNEL_READ)
def show_channel(request: HttpRequest) -> HttpResponse:
    """Shows how the line to each peer stands, in words and figures, with what to do.

    View permission: ``channel.read``; it shows nothing of what a message says, and names its case to who reads cases.
    """
    return _shown(request)


def _shown(request: HttpRequest, error: AccordError | None = None) -> HttpResponse:
    officer = officer_of(request)
    names = dict(Officer.objects.values_list("pk", "username"))
    shown = {
        "channels": [
            _one(channel, names, officer) for channel in Channel.objects.select_related("peer").order_by("pk")
        ],
        "alarms": open_alarms()[:ALARMS],
        "may_manage": officer.may(Permission.CHANNEL_MANAGE),
        "may_read_cases": officer.may(Permission.CASE_READ),
        "may_thaw": officer.may(Permission.CHANNEL_THAW),
        "officer": officer,
        "error": error,
        "given": request.POST,
    }
    return show(request, "desk/channel.html", shown, status=error.http_status if error else 200)


def _one(channel: Channel, names: Mapping[int, str], officer: Officer) -> dict[str, Any]:
    health = channel_health(channel)[0]
    changes = list(ModeChange.objects.filter(channel=channel)[:CHANGES])
    proposal = standing(channel, Remedy.THAW) if channel.mode == Mode.FROZEN else None
    stopped = next((one for one in changes if one.to_mode == Mode.SUSPENDED), None)
    keysets, number = _keys(channel)
    last = _last(channel)
    named = messages_for(officer).filter(released__in=last) if officer.may(Permission.CASE_READ) else None
    return {
        "channel": channel,
        "health": health,
        "charts": list(_charts(channel, health)),
        "keysets": keysets,
        "safety_number": number,
        "last": last,
        "named": set(named.values_list("released_id", flat=True)) if named is not None else set(),
        "changes": [
            {
                "change": one,
                "proposed_by": names.get(one.proposed_by or 0, ""),
                "confirmed_by": names.get(one.confirmed_by or 0, ""),
                "waits": one.confirmed_at is None and one == standing(channel, Remedy(one.remedy)),
            }
            for one in changes
        ],
        "proposal": proposal,
        "proposed_by": names.get(proposal.proposed_by or 0, "") if proposal else "",
        "stopped": stopped if channel.mode == Mode.SUSPENDED else None,
        "stopped_by": names.get(stopped.proposed_by or 0, "") if stopped else "",
        "forks": Contradiction.objects.filter(channel=channel, settled_at=None).count(),
    }


def _keys(channel: Channel) -> tuple[list[KeysetView], str]:
    """Returns both sides' keysets and the number that both screens show alike; nothing where a root is not pinned."""
    roots = {
        party.code: bytes(party.root_public)
        for party in Party.objects.filter(code__in=(channel.party_code, channel.peer_id))
        if party.root_public is not None
    }
    if len(roots) < 2:
        return [], ""
    try:
        keys = channel_keys(channel.party_code, channel.peer_id)
    except AccordError:
        return [], ""
    views = [
        KeysetView(
            party=chain.latest.party,
            words=tuple(fingerprint_words(roots[chain.latest.party])),
            serial=chain.latest.serial,
            issued_at=from_ms(chain.latest.issued_ms),
            renew_by=from_ms(chain.latest.valid_until_ms),
            sign_keys=tuple(VerifyKey.from_bytes(entry.public).key_id.hex() for entry in chain.latest.sign_keys),
        )
        for chain in (keys.ours, keys.theirs)
    ]
    return views, safety_number(roots[channel.party_code], roots[channel.peer_id])


def _last(channel: Channel) -> list[ReleasedMessage]:
    rows = ReleasedMessage.objects.filter(peer_id=channel.peer_id).select_related("outbox", "message__case")
    rows = rows.defer("outbox__payload", "message__content", "message__own_side")
    return list(rows.order_by("-pk")[:LAST])


def _charts(channel: Channel, health: ChannelHealth) -> Iterator[BarChart]:
    days = [timezone.now().date() - timedelta(days=back) for back in reversed(range(DAYS))]
    counts = _entries_by_day(channel, days[0])
    receipts, lags = _receipts_by_day(channel, days[0])
    yield bar_chart(
        _("Messages a day, out and in"),
        unit=_("messages"),
        names=(_("Out"), _("In")),
        rows=[(day, (counts[day, "out"], counts[day, "in"])) for day in days],
    )
    yield bar_chart(
        _("Receipts that came a day"),
        unit=_("receipts"),
        names=(_("Receipts"),),
        rows=[(day, (receipts[day],)) for day in days],
    )
    yield bar_chart(
        _("From our signature to the receipt on file, the median of a day"),
        unit=_("seconds"),
        names=(_("Seconds"),),
        rows=[(day, (lags.get(day, 0.0),)) for day in days],
    )
    yield bar_chart(
        _("What waits to leave, by lane"),
        unit=_("messages"),
        names=(_("Waiting"),),
        rows=[(str(choice_label("lane", lane.lane)), (lane.queued,)) for lane in health.lanes],
    )


def _entries_by_day(channel: Channel, first: date) -> dict[tuple[date, str], int]:
    today = timezone.now().date()
    return {
        (day, direction.value): count
        for direction in Direction
        for day, count in entries_by_day(channel, direction, first=first, last=today).items()
    }


def _receipts_by_day(channel: Channel, first: date) -> tuple[dict[date, int], dict[date, float]]:
    """Returns how many receipts of our log came on each day, and the median of how long they took."""
    # Along the index of sizes; a receipt that came later than two weeks after its signature is an alarm, not a point.
    size = first_position(channel, Direction.OUT, first - timedelta(days=DAYS))
    rows = SignedCheckpoint.objects.filter(
        channel=channel,
        direction=Direction.OUT,
        size__gt=size,
        receipt_recorded_at__gte=midnight_of(first),
    ).order_by("-size")
    took: dict[date, list[float]] = defaultdict(list)
    for signed_at, receipted_at in rows.values_list("recorded_at", "receipt_recorded_at")[:RECEIPTS_READ]:
        if receipted_at is not None:
            took[receipted_at.date()].append(max(0.0, (receipted_at - signed_at).total_seconds()))
    counts: dict[date, int] = defaultdict(int)
    counts.update({day: len(times) for day, times in took.items()})
    return counts, {day: round(median(times), 2) for day, times in took.items()}


@page(Permission.CHANNEL_READ, methods=("POST",))
def act_on_channel(request: HttpRequest) -> HttpResponse:
    """Stops a channel, lets it go on, proposes or confirms a thaw, or settles an alarm.

    View permission: ``channel.read``; each act needs its own permission, which its service asks for.
    """
    officer, given = officer_of(request), request.POST
    act, reason = given.get("act", ""), given.get("reason", "")
    try:
        if act == "settle":
            settle_alarm(officer, _alarm(given.get("alarm", "")))
            notes.success(request, _("Settled. The same cause again raises a new alarm."))
        else:
            notes.success(request, _changed(officer, _channel(given.get("peer", "")), act, reason))
    except NotFound:
        raise
    except AccordError as error:
        return _shown(request, error)
    return redirect(reverse("desk:channel"))


def _channel(peer: str) -> Channel:
    channel = Channel.objects.filter(peer_id=peer[:8]).first()
    if channel is None:
        raise NotFound("There is no channel to this party.")
    return channel


def _alarm(number: str) -> Alarm:
    key = int(number) if number.isascii() and number.isdecimal() and len(number) < KEY_DIGITS_MAX else 0
    alarm = Alarm.objects.filter(pk=key, acknowledged_at=None).first()
    if alarm is None:
        raise NotFound("There is no such open alarm.")
    return alarm


def _changed(officer: Officer, channel: Channel, act: str, reason: str) -> str:
    """Changes the channel's mode and returns what to tell the officer."""
    if act == "suspend":
        suspend_channel(officer, channel, reason=reason)
        return _("Suspended. The other side is told that it is, and not why.")
    if act == "resume":
        resume_channel(officer, channel, reason=reason)
        return _("The channel goes on where it stopped.")
    if act == "propose-thaw":
        propose_thaw(officer, channel, reason=reason)
        return _("Proposed. A second officer confirms it on this page.")
    if act == "confirm-thaw":
        confirm_thaw(officer, channel)
        return _("Thawed. The channel goes on from what both sides had signed.")
    raise NotFound("There is no such act.")
