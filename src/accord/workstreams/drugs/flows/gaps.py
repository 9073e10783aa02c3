"""What has no other half: notices whose consignment never came, and what came without a notice.

Neither is an offence. A consignment may have come without anybody saying so; a notice may have gone another way. The
lists say whom to ask.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from accord.exchange.withdrawn import stands
from accord.officers.models import Officer
from accord.workstreams.drugs.flows.consignments import Wanted, asked_of, notices_for
from accord.workstreams.drugs.kinds.drug_incident import IncidentKind
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.kinds.suspicious_transaction import TransactionKind
from accord.workstreams.drugs.manifests.reach import flags_for
from accord.workstreams.drugs.models import Flag, Incident, Notice, SuspiciousReport

__all__ = [
    "GRACE_DAYS",
    "GRACE_DAYS_MAX",
    "TRAVEL_DAYS",
    "Unarrived",
    "flags_without_notice",
    "incidents_without_notice",
    "notices_without_arrival",
    "transactions_without_notice",
]

GRACE_DAYS: Final = 14
"""Days after the expected arrival before a notice is listed: the time of a declaration at entry in one of the two
countries (Precursor Control Regulations, section 28.1: 15 days from release). The officer may ask for another."""
GRACE_DAYS_MAX: Final = 365
TRAVEL_DAYS: Final = 45
"""Days from departure to arrival where a notice expects no day of arrival: a sea voyage between two continents with a
change of ships, by our judgement."""

ROWS_MAX: Final = 200

_OPEN: Final = ("", Became.DEPARTED.value, Became.UNKNOWN.value)
"""What became of a consignment of which nobody has said that it came, stayed or was held."""

_NO_CONSIGNMENT: Final = (IncidentKind.THEFT.value, IncidentKind.LABORATORY.value)
"""Incidents that no notice announces."""


_RULES_WITHOUT_NOTICE: Final = ("no-notice", "unknown-notice")
"""Rules of screening that say so of a line."""


@dataclass(frozen=True, kw_only=True)
class Unarrived:
    """A notice whose consignment should have come.

    Args:
        notice: The notice.
        due_on: The day on which it was expected.
        is_assumed: Whether that day is the departure with a usual time of travel, since the notice states none.
        days_over: Days since then.
    """

    notice: Notice
    due_on: date
    is_assumed: bool
    days_over: int


def notices_without_arrival(
    officer: Officer, wanted: Wanted, *, today: date, grace_days: int = GRACE_DAYS
) -> tuple[tuple[Unarrived, ...], bool]:
    """Returns the notices whose consignment should have come and of which nobody said that it did; the oldest first.

    Args:
        officer: Who reads.
        wanted: Of which notices.
        today: The day.
        grace_days: Days after the expected arrival before a notice is listed.

    Returns:
        The notices, and whether there are more.
    """
    latest = today - timedelta(days=grace_days)
    over = Q(arrival_on__lt=latest) | Q(arrival_on=None, departure_on__lt=latest - timedelta(days=TRAVEL_DAYS))
    rows = list(
        notices_for(officer, wanted)
        .filter(over, became__in=_OPEN)
        .select_related("case")
        .order_by("departure_on", "pk")[: ROWS_MAX + 1]
    )
    return tuple(_unarrived(one, today) for one in rows[:ROWS_MAX]), len(rows) > ROWS_MAX


def _unarrived(notice: Notice, today: date) -> Unarrived:
    due_on = notice.arrival_on or notice.departure_on + timedelta(days=TRAVEL_DAYS)
    return Unarrived(
        notice=notice, due_on=due_on, is_assumed=notice.arrival_on is None, days_over=(today - due_on).days
    )


def incidents_without_notice(officer: Officer, wanted: Wanted) -> tuple[tuple[Incident, ...], bool]:
    """Returns the incidents with a consignment that no notice of ours or theirs announced, and whether there are more.

    One that states a PEN reference for which this node has no notice is among them; one that was erased, taken back,
    refused or never sent is not.
    """
    asked = asked_of(officer, wanted, "happened_on") & stands("message__")
    rows = list(
        Incident.objects.filter(asked, notice=None)
        .exclude(kind__in=_NO_CONSIGNMENT)
        # Every incident names its place; of an erased one no word is left.
        .exclude(place_region="")
        .select_related("case")[: ROWS_MAX + 1]
    )
    return tuple(rows[:ROWS_MAX]), len(rows) > ROWS_MAX


def transactions_without_notice(officer: Officer, wanted: Wanted) -> tuple[tuple[SuspiciousReport, ...], bool]:
    """Returns the completed imports and exports that were told as suspicious and that no notice announced."""
    asked = asked_of(officer, wanted, "transaction_on") & stands("message__")
    rows = list(
        SuspiciousReport.objects.filter(
            asked,
            notice=None,
            was_completed=True,
            kind__in=(TransactionKind.IMPORT.value, TransactionKind.EXPORT.value),
        )
        .exclude(substance_name="")
        .select_related("case")[: ROWS_MAX + 1]
    )
    return tuple(rows[:ROWS_MAX]), len(rows) > ROWS_MAX


def flags_without_notice(officer: Officer) -> tuple[tuple[Flag, ...], bool]:
    """Returns the flagged lines of manifests which no notice announced, as the rules of screening said of them.

    Lines that an officer marked as wrongly flagged are not among them.
    """
    unannounced = Q()
    for rule in _RULES_WITHOUT_NOTICE:
        unannounced |= Q(rule_codes__contains=f" {rule} ")
    rows = list(
        flags_for(officer)
        .filter(unannounced)
        .exclude(mark=Flag.Mark.FALSE)
        .select_related("screening")
        .order_by("-screening__asked_at", "-score", "line")[: ROWS_MAX + 1]
    )
    return tuple(rows[:ROWS_MAX]), len(rows) > ROWS_MAX
