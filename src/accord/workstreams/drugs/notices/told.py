"""Incidents and suspicious transactions that were told by either side, and those that are still being written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from accord.exchange.models import Message
from accord.exchange.reach import messages_for, within
from accord.exchange.waiting import GIVEN
from accord.exchange.withdrawn import stands
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workstreams.drugs.flows.consignments import Wanted, asked_of, substance_key, substance_names
from accord.workstreams.drugs.models import Incident, SuspiciousReport

__all__ = ["Told", "incidents_told", "months_of", "reports_told", "substances_in", "unsent"]

Told = QuerySet[Incident] | QuerySet[SuspiciousReport]

CHOICES_MAX: Final = 240
"""Substances and months that can be chosen from: twenty years of months."""

FINDINGS_READ: Final = 10_000
"""Incidents, the newest, whose findings are looked through for a substance: decades of two states' incidents."""

_UNSENT: Final = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)


def incidents_told(officer: Officer, wanted: Wanted) -> QuerySet[Incident]:
    """Returns the incidents that an officer may read and asks for, told last first, each with ``is_answered``.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    found = Incident.objects.filter(asked_of(officer, replace(wanted, substance=""), "happened_on"))
    if wanted.substance:
        rows = found.order_by("-sent_at").values_list("pk", "findings")[:FINDINGS_READ]
        found = found.filter(pk__in=[key for key, told in rows if wanted.substance in dict(_named_in(told))])
    return found.select_related("case", "message").annotate(is_answered=_is_answered())


def reports_told(officer: Officer, wanted: Wanted) -> QuerySet[SuspiciousReport]:
    """Returns the suspicious transactions that an officer may read and asks for, each with ``is_answered``.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    found = SuspiciousReport.objects.filter(asked_of(officer, wanted, "transaction_on"))
    return found.select_related("case", "message").annotate(is_answered=_is_answered())


def _is_answered() -> Exists:
    """Whether the side that was told has said something to it that stands."""
    replies = Message.objects.filter(stands(), in_reply_to=OuterRef("message"), state__in=GIVEN)
    return Exists(replies.exclude(direction=OuterRef("message__direction")))


def unsent(officer: Officer, kind: str) -> QuerySet[Message]:
    """Returns the messages of a kind that are being written or wait to leave, in cases that an officer reads.

    Raises:
        NotPermitted: The officer may not read cases.
    """
    require(officer, Permission.CASE_READ)
    found = messages_for(officer).filter(kind=kind, direction=Message.Direction.OUT, state__in=_UNSENT)
    return found.select_related("case").order_by("-saved_at", "-pk")


def _named_in(findings: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Gives the key of each substance that was found, and its name as it was written."""
    for one in findings:
        key = substance_key(one["substance"], one["cas_number"], one["name"])
        if key:
            yield key, one["name"]


def substances_in(rows: Told) -> Mapping[str, str]:
    """Returns the substances of some rows, every one that an incident names: their keys, and what they are called."""
    if rows.model is Incident:
        found = rows.values_list("findings", flat=True)[:FINDINGS_READ]
        return substance_names(sorted({one for told in found for one in _named_in(told)}))
    told = rows.order_by().values_list("substance", "cas_number", "substance_name").distinct()
    named = {(substance_key(*row), row[2]) for row in told[:CHOICES_MAX]}
    return substance_names(sorted(one for one in named if one[0]))


def months_of(officer: Officer, model: type[Incident | SuspiciousReport], day: str) -> list[date]:
    """Returns the first days of the months in which rows lie that an officer may read, the latest first.

    Args:
        officer: Who reads.
        model: The rows.
        day: Name of the column that has the day.
    """
    rows = model.objects.filter(within(officer, "case__")).order_by()
    months = rows.annotate(month=TruncMonth(day)).values_list("month", flat=True).distinct()
    return sorted(months, reverse=True)[:CHOICES_MAX]
