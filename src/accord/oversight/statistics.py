"""The year's statistics towards one party, with small cells kept back, and the record of what left.

What is counted, by the moment at which a request's clock began (its receipt):

* requests of ours and of theirs, by theme and by urgency: answered in time, answered late, withdrawn or expired, still
  open;
* refusals by ground, and delays by reason, of both sides, by the moment of the answer or notice.

The record has what left for the party itself, and each permitted use by which a message of the party's went to
somebody outside the agency that it was sent to. What the node itself tells the other side of what became of a message
discloses nothing and stands in it not.

Article 18 asks for each of these. The table by theme and that by urgency count the same requests and have the same
totals, so what is kept back is chosen for both together; no other table repeats a total of another one. So what is kept
back in one cannot be read from the other.

The counts are of the whole node for every reviewer, whatever their mandate: the year is published for all to read, no
cell of it is small, and none names an agency, a person or a case. The record of what left names messages, and is
bounded by the mandate.

Source: Directive (EU) 2023/977, article 18, as a model; ACMFEA, section 7, and SCIDA, section 9(1), for the record.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from accord.channel.disposition import DISPOSITION_KIND
from accord.errors import OfficerCanMend
from accord.exchange.kinds import ANSWER, DELAY_NOTICE
from accord.exchange.models import Clock, Message
from accord.exchange.reach import within
from accord.handling.models import Use
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.small_cells import suppressed, suppressed_together
from accord.oversight.timeliness import GONE, clocks_of
from accord.parties.models import Party
from accord.release.models import DecisionRecord, ReleasedMessage
from accord.vocabulary.refusal import DelayReason, RefusalGround
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency
from accord.vocabulary.uses import OUTWARD_USES

__all__ = [
    "COLUMNS",
    "FIRST_YEAR",
    "Disclosure",
    "StatisticsTable",
    "YearUnknown",
    "disclosure_of",
    "disclosures",
    "peers_of",
    "use_disclosed",
    "uses_outward",
    "year_statistics",
]

FIRST_YEAR: Final = 2026
"""The year of the agreement; nothing was exchanged before it."""

_HOW: Final = ("in-time", "late", "withdrawn", "open")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "received": _HOW,
    "received-urgency": _HOW,
    "sent": _HOW,
    "sent-urgency": _HOW,
    "refusals": ("by-us", "by-them"),
    "delays": ("by-us", "by-them"),
}
"""Columns of each table, without its totals."""


class YearUnknown(OfficerCanMend):
    """There are no statistics of that year or party."""

    code = "oversight.year-unknown"
    default_next_step = "Choose a year from the agreement's on, and a party that this node is paired with."
    http_status = 404


@dataclass(frozen=True, kw_only=True)
class StatisticsTable:
    """One table as it may be shown to anybody.

    Args:
        name: Which one, a key of :data:`COLUMNS`.
        rows: Codes of the rows, without the row of totals.
        cells: Counts with totals, the last column and the last row; ``None`` for what is kept back.
    """

    name: str
    rows: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """What left on one day, as section 7 and section 9(1) ask for it; no content.

    Args:
        number: The decision's.
        at: When it left, or was used.
        kind: Kind of message.
        description: What the decision says of it.
        recipient: Code of the other party, or whom a use names.
        authorised_by: Who approved it; ``None`` where one person's word was enough.
        by: Who let it go, or used it; ``None`` where nobody did by hand.
        outcome: What the gate said.
        rules: The rules that it named.
        use: The act, where a received message was used; empty for a message that left.
        handed_to: The person or office that a use names beside the recipient.
        whose: Code of the party whose message it is.
        permission: Reference of the originator's answer under which it was used; empty where none was needed.
    """

    number: int
    at: datetime
    kind: str
    description: str
    recipient: str
    authorised_by: str | None
    by: str | None
    outcome: str
    rules: tuple[str, ...]
    whose: str
    use: str = ""
    handed_to: str = ""
    permission: str = ""


def peers_of(reviewer: Officer) -> list[str]:
    """Returns the codes of the other parties.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    return list(Party.objects.filter(is_self=False).order_by("code").values_list("code", flat=True))


def _period(year: int, peer: str, reviewer: Officer) -> tuple[datetime, datetime]:
    if not FIRST_YEAR <= year <= timezone.now().year or peer not in peers_of(reviewer):
        raise YearUnknown(f"There are no statistics of {year} towards {peer}.", fields={"year": year, "peer": peer})
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


def year_statistics(reviewer: Officer, *, year: int, peer: str) -> list[StatisticsTable]:
    """Returns the tables of a year, by UTC, with small cells kept back.

    Raises:
        NotPermitted: The account may not read the record.
        YearUnknown: There are none.
    """
    since, until = _period(year, peer, reviewer)
    tables: list[StatisticsTable] = []
    for name, direction in (("received", Message.Direction.IN), ("sent", Message.Direction.OUT)):
        tables += _requests(name, peer, direction, since, until)
    tables.append(_table("refusals", [str(one) for one in RefusalGround], _said(peer, ANSWER, since, until, _grounds)))
    tables.append(_table("delays", [str(one) for one in DelayReason], _said(peer, DELAY_NOTICE, since, until, _reason)))
    return tables


def _table(name: str, rows: Sequence[str], counts: Mapping[tuple[str, str], int]) -> StatisticsTable:
    shown = _rows(rows, counts)
    return StatisticsTable(name=name, rows=shown, cells=_cells(suppressed(_counted(name, shown, counts))))


def _rows(known: Iterable[str], counts: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """Returns the rows: what is of none of the vocabulary of today has one of its own, or totals would be wrong."""
    vocabulary = tuple(map(str, known))
    return (*vocabulary, *sorted({row for row, _ in counts} - set(vocabulary)))


def _counted(name: str, rows: Iterable[str], counts: Mapping[tuple[str, str], int]) -> list[list[int]]:
    return [[counts.get((row, column), 0) for column in COLUMNS[name]] for row in rows]


def _cells(shown: Sequence[Sequence[int | None]]) -> tuple[tuple[int | None, ...], ...]:
    return tuple(map(tuple, shown))


def _requests(
    name: str, peer: str, direction: Message.Direction, since: datetime, until: datetime
) -> list[StatisticsTable]:
    """Returns the table by theme and that by urgency: the same requests, so that neither may give the other away."""
    began = clocks_of(peer, direction).filter(started_at__gte=since, started_at__lt=until)
    found = began.values_list("message__case__theme", "urgency", "state", "due_at", "ended_at", "message__state")
    by_theme: Counter[tuple[str, str]] = Counter()
    by_urgency: Counter[tuple[str, str]] = Counter()
    for theme, urgency, state, due_at, ended_at, message_state in found.iterator():
        if message_state in GONE:
            column = "withdrawn"
        elif state == Clock.State.ENDED and ended_at is not None:
            column = "in-time" if ended_at <= due_at else "late"
        else:
            column = "open"
        by_theme[theme, column] += 1
        by_urgency[urgency, column] += 1
    themes, urgencies = _rows(Theme, by_theme), _rows(Urgency, by_urgency)
    upper, lower = suppressed_together(_counted(name, themes, by_theme), _counted(name, urgencies, by_urgency))
    return [
        StatisticsTable(name=name, rows=themes, cells=_cells(upper)),
        StatisticsTable(name=f"{name}-urgency", rows=urgencies, cells=_cells(lower)),
    ]


def _said(
    peer: str, kind: str, since: datetime, until: datetime, codes: Callable[[Mapping[str, object]], Iterator[str]]
) -> Counter[tuple[str, str]]:
    """Counts what answers or notices of both sides name, by the moment at which they left or came."""
    found: Counter[tuple[str, str]] = Counter()
    of_peer = Message.objects.filter(kind=kind, case__peer_id=peer)
    ours = of_peer.filter(direction=Message.Direction.OUT, released_at__gte=since, released_at__lt=until)
    theirs = of_peer.filter(direction=Message.Direction.IN, received_at__gte=since, received_at__lt=until)
    for column, rows in (("by-us", ours), ("by-them", theirs)):
        for fields in _contents(rows):
            for code in codes(fields):
                found[code, column] += 1
    return found


def _contents(rows: QuerySet[Message]) -> Iterator[Mapping[str, object]]:
    for content in rows.values_list("content", flat=True).iterator():
        try:
            yield msgspec.json.decode(bytes(content), type=dict[str, object])
        except msgspec.DecodeError:
            # Content that was erased names nothing any more; its message is still counted among the requests.
            continue


def _grounds(fields: Mapping[str, object]) -> Iterator[str]:
    refusals = fields.get("refusals")
    if isinstance(refusals, list):
        # One answer may refuse several parts on one ground: it is counted once a ground.
        yield from {str(one["ground"]) for one in refusals if isinstance(one, dict) and "ground" in one}


def _reason(fields: Mapping[str, object]) -> Iterator[str]:
    if "reason" in fields:
        yield str(fields["reason"])


def disclosures(reviewer: Officer, *, year: int, peer: str) -> QuerySet[ReleasedMessage]:
    """Returns what left towards a party in a year, the oldest first, as far as the reviewer's mandate goes.

    Raises:
        NotPermitted: The account may not read the record.
        YearUnknown: There is no such year or party.
    """
    since, until = _period(year, peer, reviewer)
    rows = ReleasedMessage.objects.filter(
        within(reviewer, "message__case__"), peer_id=peer, released_at__gte=since, released_at__lt=until
    ).exclude(kind=DISPOSITION_KIND)
    return rows.select_related("decision", "approval__decided_by", "released_by").order_by("released_at", "pk")


def uses_outward(reviewer: Officer, *, year: int, peer: str) -> QuerySet[Use]:
    """Returns the permitted uses by which a party's messages went outside, the oldest first, within the mandate.

    Raises:
        NotPermitted: The account may not read the record.
        YearUnknown: There is no such year or party.
    """
    since, until = _period(year, peer, reviewer)
    rows = Use.objects.filter(
        within(reviewer, "item__case__"),
        item__case__peer_id=peer,
        use__in=[one.value for one in OUTWARD_USES],
        is_permitted=True,
        at__gte=since,
        at__lt=until,
    )
    return rows.select_related("decision", "item", "officer", "grant__answer").order_by("at", "pk")


def _rules(record: DecisionRecord) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(reason["rule"]) for reason in record.decision.get("reasons", ())))


def disclosure_of(row: ReleasedMessage) -> Disclosure:
    """Returns one line of the record of disclosures."""
    approver = row.approval.decided_by if row.approval is not None else None
    return Disclosure(
        number=row.decision_id,
        at=row.released_at,
        kind=row.kind,
        description=row.decision.description,
        recipient=row.peer_id,
        authorised_by=approver.display_name if approver is not None else None,
        by=row.released_by.display_name if row.released_by is not None else None,
        outcome=row.decision.outcome,
        rules=_rules(row.decision),
        whose=row.decision.party,
    )


def use_disclosed(row: Use) -> Disclosure:
    """Returns the line of the record for one use by which a received message went outside."""
    return Disclosure(
        number=row.decision_id,
        at=row.at,
        kind=row.item.kind,
        description=row.decision.description,
        recipient=row.recipient,
        authorised_by=None,
        by=row.officer.display_name,
        outcome=row.decision.outcome,
        rules=_rules(row.decision),
        whose=row.decision.peer,
        use=row.use,
        handed_to=row.handed_to,
        permission=row.grant.answer.reference if row.grant is not None else "",
    )
