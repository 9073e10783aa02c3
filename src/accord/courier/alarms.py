"""Alarms: raised once a cause, counted while it lasts, kept until a person acknowledges them."""

from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .metrics import ALARMS
from .models import Alarm, Channel

__all__ = ["acknowledge", "open_alarms", "raise_alarm", "raise_alarm_once"]

DETAIL_CHARACTERS: Final = 400


def raise_alarm(channel: Channel | None, code: str, detail: str, *, evidence: bytes | None = None) -> Alarm:
    """Raises an alarm, or counts up the open one of the same channel and code.

    The first evidence is kept: a later repetition must not overwrite the proof of what happened first.

    Args:
        channel: The channel concerned; none for the node itself.
        code: Stable code, ``area.reason``.
        detail: One sentence without message content.
        evidence: Bytes that prove the cause to a third person.
    """
    now = timezone.now()
    ALARMS.labels(code=code).inc()
    with transaction.atomic():
        found = Alarm.objects.filter(channel=channel, code=code, acknowledged_at=None).order_by("id").first()
        if found is None:
            return Alarm.objects.create(
                channel=channel,
                code=code,
                detail=detail[:DETAIL_CHARACTERS],
                evidence=evidence,
                raised_at=now,
                last_seen_at=now,
            )
        Alarm.objects.filter(pk=found.pk).update(
            count=F("count") + 1, last_seen_at=now, evidence=found.evidence if found.evidence is not None else evidence
        )
        found.refresh_from_db()
        return found


def raise_alarm_once(channel: Channel | None, code: str, detail: str) -> None:
    """Raises an alarm about a lasting state, which is looked at again and again: an open one is left as it is."""
    if not Alarm.objects.filter(channel=channel, code=code, acknowledged_at=None).exists():
        raise_alarm(channel, code, detail)


def acknowledge(alarm: Alarm, *, officer_id: int) -> Alarm:
    """Records that a person has seen the alarm; the same cause again raises a new one."""
    alarm.acknowledged_at = timezone.now()
    alarm.acknowledged_by = officer_id
    alarm.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return alarm


def open_alarms(channel: Channel | None = None) -> list[Alarm]:
    """Returns the alarms nobody has acknowledged, the newest first; of one channel or of all."""
    alarms = Alarm.objects.filter(acknowledged_at=None)
    return list(alarms if channel is None else alarms.filter(channel=channel))
