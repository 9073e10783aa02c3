"""The node erases what is due, a batch at a turn, each in one transaction with what is noted of it.

What is noted is how many rows of which screening or message, and never what they said. What officers said of an erased
line counts on for the rules: by month and by the rules that held in it.

Whoever places a legal hold or opens a case again locks the case first, and whoever marks or follows a flag locks the
flag: it is seen here, or comes after. A row that somebody holds is left for the next turn.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from accord.exchange.models import Case, Message
from accord.handling.sound_clock import SoundClock
from accord.officers.acts import note
from accord.workstreams.drugs.manifests.keeping import let_file_go
from accord.workstreams.drugs.marks.tuning import held_out
from accord.workstreams.drugs.models import Flag, FlagFollowUp, MarkTally, Screening
from accord.workstreams.drugs.retention import due

__all__ = ["ErasingRounds", "erase_to_the_end"]

logger = logging.getLogger(__name__)

BATCH_ROWS: Final = 500
"""Rows of one turn: some tens of milliseconds, with what hangs on them."""

LOOK_SECONDS: Final = 900.0
"""Between two looks for what is due while nothing is: a day's end is a coarse thing."""

_Rows = Sequence[Any]  # Any: rows of one model of ours


class ErasingRounds:
    """Erases what is due, a batch at a turn; one instance a node.

    Args:
        clock: Watches the clock of the day, so that one that leaps ahead erases nothing.
    """

    def __init__(self, clock: SoundClock | None = None) -> None:
        self._clock = clock or SoundClock()
        self._looks_at = 0.0

    def do_some(self, *, now: datetime | None = None) -> bool:
        """Erases one batch of what is due; returns whether there is more at once."""
        if time.monotonic() < self._looks_at:
            return False
        if self._clock.may_erase() and _erase_some(now or timezone.now()):
            return True
        self._looks_at = time.monotonic() + LOOK_SECONDS
        return False

    def close(self) -> None:
        """Holds nothing open."""


def erase_to_the_end(now: datetime) -> int:
    """Erases everything that is due; returns how many batches that took. For tests and the command line."""
    turns = 0
    while _erase_some(now):
        turns += 1
    return turns


def _erase_some(now: datetime) -> bool:
    return any(_erase(one, now) for one in _ERASED)


@dataclass(frozen=True, kw_only=True)
class _Erased:
    """How one kind of thing is erased.

    Args:
        verb: What is noted.
        due: The rows that are due.
        subject: On what they hang; it is named in the note.
        by: The field with its key.
        erase: Erases rows.
    """

    verb: str
    due: Callable[[datetime], QuerySet[Any]]  # Any: rows of one model of ours
    subject: type[Model]
    by: str
    erase: Callable[[_Rows], None]


@transaction.atomic
def _erase(kind: _Erased, now: datetime) -> bool:
    found = dict(kind.due(now).values_list("pk", kind.by)[:BATCH_ROWS])
    if not found:
        return False
    _lock_cases(kind.subject, set(found.values()))
    rows = list(kind.due(now).filter(pk__in=found).select_for_update(of=("self",), skip_locked=True))
    for key, count in Counter(getattr(one, kind.by) for one in rows).items():
        # Its key alone is noted: what the rows hang on need not be read.
        note(None, kind.verb, kind.subject(pk=key), at=now, detail={"count": count})
    kind.erase(rows)
    if rows:
        logger.info("Retention: %s, %d.", kind.verb, len(rows))
    return bool(rows)


def _lock_cases(subject: type[Model], keys: Collection[Any]) -> None:  # Any: keys of one model of ours
    """Locks the cases that could keep what hangs on screenings or messages, in one order."""
    cases: QuerySet[Any, Any] = Message.objects.filter(pk__in=keys).values("case")
    if subject is Screening:
        cases = FlagFollowUp.objects.filter(flag__screening__in=keys).values("message__case")
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk").values_list("pk"))


def _delete(rows: _Rows) -> None:
    for model in {type(one) for one in rows}:
        model.objects.filter(pk__in=[one.pk for one in rows]).delete()


def _let_go(screenings: _Rows) -> None:
    for screening in screenings:
        let_file_go(screening)
        screening.save(update_fields=["root", "key"])


def _delete_flags(flags: _Rows) -> None:
    marked = [one for one in flags if one.mark and one.marked_at is not None]
    _tally((one.marked_at, one.rule_codes, one.mark == Flag.Mark.TRUE, held_out(str(one.pk))) for one in marked)
    _delete(flags)


def _delete_missed(lines: _Rows) -> None:
    named = [one for one in lines if one.removed_at is None]
    _tally((one.added_at, "", True, held_out(f"missed-{one.pk}")) for one in named)
    _delete(lines)


def _tally(told: Iterable[tuple[datetime, str, bool, bool]]) -> None:
    months = [(at.astimezone(UTC).date().replace(day=1), rules, right, apart) for at, rules, right, apart in told]
    for (month, rules, right, apart), lines in Counter(months).items():
        row, _is_new = MarkTally.objects.get_or_create(month=month, rule_codes=rules, is_true=right, is_apart=apart)
        MarkTally.objects.filter(pk=row.pk).update(lines=F("lines") + lines)


_ERASED: Final = (
    _Erased(verb="erase sealed manifest", due=due.due_files, subject=Screening, by="pk", erase=_let_go),
    _Erased(verb="erase flags", due=due.due_flags, subject=Screening, by="screening_id", erase=_delete_flags),
    _Erased(verb="erase refused lines", due=due.due_refused, subject=Screening, by="screening_id", erase=_delete),
    _Erased(verb="erase unread values", due=due.due_unread, subject=Screening, by="screening_id", erase=_delete),
    _Erased(verb="erase missed lines", due=due.due_missed, subject=Screening, by="screening_id", erase=_delete_missed),
    _Erased(verb="erase receivers", due=due.due_receivers, subject=Screening, by="seen_in_id", erase=_delete),
    _Erased(verb="erase company mentions", due=due.due_mentions, subject=Message, by="message_id", erase=_delete),
    _Erased(verb="erase screening", due=due.due_screenings, subject=Screening, by="pk", erase=_delete),
)
"""In this order: a screening goes when nothing hangs on it any more."""
