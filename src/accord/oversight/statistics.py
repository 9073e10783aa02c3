"""The year's statistics towards one party, with small cells kept back, and the record of what left.

What is counted, by the moment at which a request's clock began (its receipt):

* requests of ours and of theirs, by theme: answered in time, answered late, withdrawn or expired, still open;
* refusals by ground, and delays by reason, of both sides, by the moment of the answer or notice.

Article 18 asks for each of these; a table stands for itself, and no table repeats a total of another one, so that what
is kept back in one cannot be read from the other.

Source: Directive (EU) 2023/977, article 18, as a model; ACMFEA, section 7, and SCIDA, section 9(1), for the record.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.exchange.models import Clock, Message
from accord.exchange.reach import within
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.small_cells import suppressed
from accord.parties.models import Party
from accord.release.models import ReleasedMessage
from accord.vocabulary.refusal import DelayReason, RefusalGround
from accord.vocabulary.subjects import Theme

__all__ = [
    "COLUMNS",
    "FIRST_YEAR",
    "Disclosure",
    "StatisticsTable",
    "YearUnknown",
    "disclosure_of",
    "disclosures",
    "peers_of",
    "year_statistics",
]

REQUEST: Final = "request"
ANSWER: Final = "answer"
DELAY_NOTICE: Final = "delay-notice"

FIRST_YEAR: Final = 2026
"""The year of the agreement; nothing was exchanged before it."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("in-time", "late", "withdrawn", "open"),
    "sent": ("in-time", "late", "withdrawn", "open"),
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
        released_at: When it left.
        kind: Kind of message.
        description: What the decision says of it.
        recipient: Code of the other party.
        authorised_by: Who approved it; empty where one person's word was enough.
        released_by: Who let it go.
        outcome: What the gate said.
        rules: The rules that it named.
    """

    number: int
    released_at: datetime
    kind: str
    description: str
    recipient: str
    authorised_by: str
    released_by: str
    outcome: str
    rules: tuple[str, ...]


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
    themes = [str(theme) for theme in Theme]
    tables = []
    for name, direction in (("received", Message.Direction.IN), ("sent", Message.Direction.OUT)):
        counts = _requests(peer, direction, since, until)
        tables.append(_table(name, themes, counts))
    tables.append(_table("refusals", [str(one) for one in RefusalGround], _said(peer, ANSWER, since, until, _grounds)))
    tables.append(_table("delays", [str(one) for one in DelayReason], _said(peer, DELAY_NOTICE, since, until, _reason)))
    return tables


def _table(name: str, rows: Sequence[str], counts: Mapping[tuple[str, str], int]) -> StatisticsTable:
    columns = COLUMNS[name]
    # What is of no row of the vocabulary of today has one of its own, or the totals would be wrong.
    unknown = sorted({row for row, _ in counts} - set(rows))
    shown = (*rows, *unknown)
    cells = suppressed([[counts.get((row, column), 0) for column in columns] for row in shown])
    return StatisticsTable(name=name, rows=shown, cells=tuple(map(tuple, cells)))


def _requests(peer: str, direction: Message.Direction, since: datetime, until: datetime) -> Counter[tuple[str, str]]:
    clocks = Clock.objects.filter(
        message__kind=REQUEST,
        message__direction=direction,
        message__case__peer_id=peer,
        started_at__gte=since,
        started_at__lt=until,
    )
    rows = clocks.values_list("message__case__theme", "state", "due_at", "ended_at", "message__state")
    found: Counter[tuple[str, str]] = Counter()
    gone = {Message.State.WITHDRAWN, Message.State.EXPIRED}
    for theme, state, due_at, ended_at, message_state in rows.iterator():
        if message_state in gone:
            column = "withdrawn"
        elif state == Clock.State.ENDED and ended_at is not None:
            column = "in-time" if ended_at <= due_at else "late"
        else:
            column = "open"
        found[theme, column] += 1
    return found


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
    )
    return rows.select_related("decision", "approval__decided_by", "released_by").order_by("released_at", "pk")


def disclosure_of(row: ReleasedMessage) -> Disclosure:
    """Returns one line of the record of disclosures."""
    approver = row.approval.decided_by if row.approval is not None else None
    reasons = row.decision.decision.get("reasons", ())
    return Disclosure(
        number=row.decision_id,
        released_at=row.released_at,
        kind=row.kind,
        description=row.decision.description,
        recipient=row.peer_id,
        authorised_by=approver.display_name if approver is not None else "",
        released_by=row.released_by.display_name if row.released_by is not None else "",
        outcome=row.decision.outcome,
        rules=tuple(dict.fromkeys(str(reason["rule"]) for reason in reasons)),
    )
