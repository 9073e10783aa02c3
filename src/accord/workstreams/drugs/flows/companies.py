"""What an officer may read of a company: where it is found, its history, and who receives again and again.

A company is known by its folded name alone; every spelling is shown, since two companies may bear one name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, QuerySet

from accord.exchange.models import Message
from accord.exchange.reach import within
from accord.exchange.withdrawn import stands
from accord.officers.models import Officer
from accord.workstreams.drugs.flows.consignments import Wanted, as_consignment, notices_for, substance_key
from accord.workstreams.drugs.manifests.reach import flags_for
from accord.workstreams.drugs.models import Incident, Notice, SuspiciousReport
from accord.workstreams.drugs.models.company import CompanyMention, FlaggedCompany
from accord.workstreams.drugs.screening.company_names import company_key

__all__ = [
    "Entry",
    "Found",
    "Repeated",
    "find_companies",
    "flags_of",
    "history_of",
    "repeated_consignees",
    "spellings_of",
]

FOUND_MAX: Final = 50
HISTORY_MAX: Final = 500
FLAGS_MAX: Final = 100
REPEATED_MAX: Final = 200
NOTICES_OF_REPEATED_MAX: Final = 5_000
"""What one page holds; where there is more it says so."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A company that was found.

    Args:
        key: Its folded name.
        names: Its names as they were written, the latest first.
        mentions: In how many messages it is named.
        flags: On how many flagged lines of manifests it stands.
        last_at: When a message named it last; nothing where none did.
        handling: The highest handling of these messages.
    """

    key: str
    names: tuple[str, ...]
    mentions: int
    flags: int
    last_at: datetime | None
    handling: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a company's history.

    Args:
        mentions: Where one message names it; it may play two parts.
        message: The message, with its case.
        notice: The notice, where it is one.
        incident: The incident, where it is one.
        report: The suspicious transaction, where it is one.
    """

    mentions: tuple[CompanyMention, ...]
    message: Message
    notice: Notice | None
    incident: Incident | None
    report: SuspiciousReport | None


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """Who received, or was to receive, in more than one notice from different exporters or of different substances.

    Args:
        key: Its folded name.
        names: Its names as they were written.
        exporters: Names of the exporters, each once however it is spelled.
        substances: Keys of the substances.
        notices: The notices, the newest departure first.
    """

    key: str
    names: tuple[str, ...]
    exporters: tuple[str, ...]
    substances: tuple[str, ...]
    notices: tuple[Notice, ...]

    @property
    def stopped_or_objected(self) -> int:
        """How many of the notices met an objection or a stop."""
        told = map(as_consignment, self.notices)
        return sum(one.is_objected or one.is_stopped for one in told)


def _mentions(officer: Officer) -> QuerySet[CompanyMention]:
    return CompanyMention.objects.filter(within(officer, "case__"), stands("message__"))


def _flagged(officer: Officer) -> QuerySet[FlaggedCompany]:
    return FlaggedCompany.objects.filter(flag__in=flags_for(officer).order_by())


def find_companies(officer: Officer, words: str) -> tuple[tuple[Found, ...], bool]:
    """Returns the companies whose folded name holds what is asked for, and whether there are more of them."""
    key = company_key(words)
    if not key:
        return (), False
    told = (
        _mentions(officer)
        .filter(key__contains=key)
        .order_by()
        .values("key")
        .annotate(count=Count("message", distinct=True), last_at=Max("told_at"), handling=Max("message__handling"))
        .order_by("-count", "key")
    )
    flagged = (
        _flagged(officer)
        .filter(key__contains=key)
        .values("key")
        .annotate(count=Count("flag", distinct=True))
        .order_by("-count", "key")
    )
    messages = {row["key"]: row for row in told[: FOUND_MAX + 1]}
    flags = {row["key"]: row["count"] for row in flagged[: FOUND_MAX + 1]}
    keys = list(dict.fromkeys((*messages, *flags)))
    # A company may be among the first of one list and further down the other: it is counted in both.
    shown = keys[:FOUND_MAX]
    messages |= {row["key"]: row for row in told.filter(key__in=shown)}
    flags |= {row["key"]: row["count"] for row in flagged.filter(key__in=shown)}
    names = _names(officer, shown)
    companies = tuple(
        Found(
            key=one,
            names=names[one],
            mentions=messages[one]["count"] if one in messages else 0,
            flags=flags.get(one, 0),
            last_at=messages[one]["last_at"] if one in messages else None,
            handling=messages[one]["handling"] if one in messages else "",
        )
        for one in shown
    )
    return companies, len(keys) > FOUND_MAX


def _names(officer: Officer, keys: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    wanted = list(keys)
    told = _mentions(officer).filter(key__in=wanted).order_by().values("key", "name").annotate(at=Max("told_at"))
    flagged = (
        _flagged(officer).filter(key__in=wanted).values("key", "name").annotate(at=Max("flag__screening__asked_at"))
    )
    found: dict[str, dict[str, None]] = {}
    for rows in (told, flagged):
        for row in sorted(rows, key=lambda row: (row["at"], row["name"]), reverse=True):
            found.setdefault(row["key"], {})[row["name"]] = None
    return {key: tuple(names) for key, names in found.items()}


def spellings_of(officer: Officer, key: str) -> tuple[str, ...]:
    """Returns the names of a company as they were written: in messages the latest first, then on flagged lines."""
    return _names(officer, [key]).get(key, ())


def flags_of(officer: Officer, key: str) -> tuple[tuple[FlaggedCompany, ...], bool]:
    """Returns the flagged lines on which a company stands, the newest screening first, and whether there are more."""
    rows = list(
        _flagged(officer)
        .filter(key=key)
        .select_related("flag__screening")
        .order_by("-flag__screening__asked_at", "-flag__score", "flag__line", "pk")[: FLAGS_MAX + 1]
    )
    return tuple(rows[:FLAGS_MAX]), len(rows) > FLAGS_MAX


def history_of(officer: Officer, key: str) -> tuple[tuple[Entry, ...], bool]:
    """Returns where a company is named in what the officer may read, the newest first, and whether there is more."""
    rows = list(
        _mentions(officer)
        .filter(key=key)
        .select_related(
            "message__case",
            "message__drug_notice",
            "message__drug_incident",
            "message__drug_suspicious_report",
        )[: HISTORY_MAX + 1]
    )
    by_message: dict[object, list[CompanyMention]] = {}
    for row in rows[:HISTORY_MAX]:
        by_message.setdefault(row.message_id, []).append(row)
    return tuple(map(_entry, by_message.values())), len(rows) > HISTORY_MAX


def _entry(mentions: list[CompanyMention]) -> Entry:
    message = mentions[0].message
    return Entry(
        mentions=tuple(mentions),
        message=message,
        notice=getattr(message, "drug_notice", None),
        incident=getattr(message, "drug_incident", None),
        report=getattr(message, "drug_suspicious_report", None),
    )


def repeated_consignees(officer: Officer, wanted: Wanted) -> tuple[tuple[Repeated, ...], bool]:
    """Returns who receives in two notices or more, of different exporters or substances, and whether there are more.

    Args:
        officer: Who reads.
        wanted: Of which notices.
    """
    notices = notices_for(officer, wanted)
    receivers = CompanyMention.objects.filter(is_receiver=True, message__drug_notice__in=notices.order_by()).exclude(
        key=""
    )
    often = receivers.order_by().values("key").annotate(notices=Count("message")).filter(notices__gte=2)
    keys = [row["key"] for row in often.order_by("-notices", "key")[: REPEATED_MAX + 1]]
    rows = receivers.filter(key__in=keys[:REPEATED_MAX]).select_related("message__drug_notice__case")
    held: dict[str, list[CompanyMention]] = {}
    for row in rows.order_by("-message__drug_notice__departure_on", "-pk")[:NOTICES_OF_REPEATED_MAX]:
        held.setdefault(row.key, []).append(row)
    found = [_repeated(key, held[key]) for key in keys if key in held]
    kept = [one for one in found if len(one.exporters) > 1 or len(one.substances) > 1]
    return tuple(kept), len(keys) > REPEATED_MAX


def _repeated(key: str, mentions: list[CompanyMention]) -> Repeated:
    notices: list[Notice] = [getattr(one.message, "drug_notice") for one in mentions]  # noqa: B009 - the other end of a key
    exporters: dict[str, str] = {}
    for notice in notices:
        exporters.setdefault(company_key(notice.exporter) or notice.exporter, notice.exporter)
    substances = dict.fromkeys(
        substance_key(notice.substance, notice.cas_number, notice.substance_name) for notice in notices
    )
    return Repeated(
        key=key,
        names=tuple(dict.fromkeys(one.name for one in mentions)),
        exporters=tuple(exporters.values()),
        substances=tuple(substances),
        notices=tuple(notices),
    )
