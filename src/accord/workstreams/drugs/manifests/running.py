"""The node screens what waits: batch after batch, each in one transaction with how far it came.

Whatever kills the node between two batches, the next start goes on behind the last line that was dealt with: the flags
of a batch, its refused lines, the counts and the place in the file are stored together or not at all.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import timezone

from accord.errors import AccordError
from accord.workstreams.drugs.flows.mentions import keep_flagged
from accord.workstreams.drugs.manifests.errors import ScreeningFailed, ScreeningRefused
from accord.workstreams.drugs.manifests.filed import TradeBook, on_file_of
from accord.workstreams.drugs.manifests.keeping import let_file_go
from accord.workstreams.drugs.manifests.sealing import opened
from accord.workstreams.drugs.marks.weights import Weighing, in_force, numbered
from accord.workstreams.drugs.models import Flag, RefusedRow, Screening, UnreadRow
from accord.workstreams.drugs.retention.due import is_held
from accord.workstreams.drugs.screening import rules as engine
from accord.workstreams.drugs.screening.columns import columns_unread
from accord.workstreams.drugs.screening.files import expected_characters, text_of
from accord.workstreams.drugs.screening.lines import Batch
from accord.workstreams.drugs.screening.manifest import header_of, read_manifest
from accord.workstreams.drugs.screening.on_file import OnFile
from accord.workstreams.drugs.substances.book import book, table_at

__all__ = ["REFUSED_MAX", "ScreeningRounds", "screen_to_the_end"]

logger = logging.getLogger(__name__)

BATCH_LINES: Final = 2_000
"""Lines of one turn: some twenty milliseconds, so that whoever waits for the node does not notice."""

REFUSED_MAX: Final = 100_000
"""Refused lines of one file, after which it is taken for a file of another form."""

UNREAD_KEPT: Final = 1_000
"""Values that could not be read of which one file keeps where they stand; further ones are counted."""

OPENINGS_MAX: Final = 3
"""Nodes that open a file behind the same line, after which the file is taken for what stops them."""

REFERENCE_MAX: Final = 200
_TO_DO: Final = (Screening.State.WAITING, Screening.State.RUNNING)


@dataclass
class _Reading:
    """A manifest that is open: where its batches come from, and what they are held against."""

    screening: Screening
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        with self.stack:
            file = self.stack.enter_context(opened(self.screening))
            self.whole = expected_characters(file, self.screening.form)
            physical = iter(self.stack.enter_context(text_of(file, self.screening.form)))
            first = next(physical, "")
            self.columns_unread = [_clean(name) for name in columns_unread(header_of(first))]
            lines = chain([first] if first else [], physical)
            self.batches: Iterator[Batch] = read_manifest(lines, after=self.screening.last_line, batch=BATCH_LINES)
            self.stack = self.stack.pop_all()
        self.characters = 0

    @cached_property
    def screen(self) -> engine.Screen:
        """The rules as they stood when the screening began, whatever was agreed to since."""
        weighing = numbered(self.screening.weights_number)
        table = table_at(self.screening.began_at or timezone.now())
        return engine.Screen(table, weights=weighing.weights, threshold=weighing.threshold)

    @cached_property
    def on_file(self) -> OnFile:
        return on_file_of(self.screening)

    @cached_property
    def trade(self) -> TradeBook:
        return TradeBook(self.screening)

    def close(self) -> None:
        self.stack.close()


class ScreeningRounds:
    """Screens what waits, a batch at a turn, the oldest first; one instance a node."""

    def __init__(self) -> None:
        self._reading: _Reading | None = None
        self._opened_at: tuple[UUID, int] | None = None

    def do_some(self, *, now: datetime | None = None) -> bool:
        """Screens one batch of what waits; returns whether there is more at once.

        Raises:
            DatabaseError: The database does not take it; nothing of the batch is stored, and it is tried again.
        """
        screening = Screening.objects.filter(state__in=_TO_DO).order_by("asked_at", "pk").first()
        if screening is None:
            self.close()
            return False
        try:
            self._screen_some(screening, now or timezone.now())
        except DatabaseError:
            self.close()
            raise
        except AccordError as error:
            self.close()
            _fail(screening, error, now or timezone.now())
        except Exception:
            # The job runner's edge: one file must not keep all later ones waiting.
            logger.exception("A screening failed.")
            self.close()
            _fail(screening, ScreeningFailed(), now or timezone.now())
        return True

    def close(self) -> None:
        """Lets go of the file that is open."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def _screen_some(self, screening: Screening, now: datetime) -> None:
        reading = self._reading
        if reading is None or not _is_where_left(reading.screening, screening):
            self.close()
            # A database that was away for a while closes the file too, and says nothing of it.
            if self._opened_at != (screening.pk, screening.last_line):
                _count_opening(screening)
                self._opened_at = (screening.pk, screening.last_line)
            if screening.state == Screening.State.WAITING:
                _begin(screening, now)
            reading = self._reading = _Reading(screening)
            if screening.columns_unread != reading.columns_unread:
                Screening.objects.filter(pk=screening.pk).update(columns_unread=reading.columns_unread)
        batch = next(reading.batches, None)
        if batch is None:
            self.close()
            _finish(screening, now)
            return
        reading.characters += batch.characters
        found = reading.screen.screen(batch.lines, kept=batch.kept, on_file=reading.on_file)
        if not _store(reading, batch, found):
            self.close()


def screen_to_the_end() -> int:
    """Screens everything that waits; returns how many batches that took. For tests and the command line."""
    rounds, turns = ScreeningRounds(), 0
    while rounds.do_some():
        turns += 1
    return turns


def _is_where_left(open_one: Screening, now: Screening) -> bool:
    return open_one.pk == now.pk and open_one.last_line == now.last_line and now.state == Screening.State.RUNNING


@transaction.atomic
def _count_opening(screening: Screening) -> None:
    """Counts how often nodes open a file behind the same line, before they do, so that a kill does not undo it.

    Raises:
        ScreeningFailed: So many did, and none came further.
    """
    held = Screening.objects.select_for_update().get(pk=screening.pk)
    before = held.opened_times if held.opened_line == held.last_line else 0
    if before >= OPENINGS_MAX:
        raise ScreeningFailed
    held.opened_line, held.opened_times = held.last_line, before + 1
    held.save(update_fields=["opened_line", "opened_times"])


@transaction.atomic
def _begin(screening: Screening, now: datetime) -> None:
    if screening.began_at is None:
        weighing = in_force()
        screening.began_at = now
        screening.table_version = book().table.version
        screening.weights_number = weighing.number
        screening.rules_digest = _digest(weighing)
    screening.state = Screening.State.RUNNING
    screening.save(update_fields=["began_at", "table_version", "weights_number", "rules_digest", "state"])


def _digest(weighing: Weighing) -> str:
    """SHA-256 of all that a flag follows from beside the line: sentences, weights, threshold and table."""
    told = {
        code: [rule.sentence, rule.column_sentence, rule.same_sentence] for code, rule in sorted(engine.rules().items())
    }
    parts: list[Any] = [told, dict(sorted(weighing.weights.items())), weighing.threshold, book().table.version]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def _store(reading: _Reading, batch: Batch, found: list[engine.Flag]) -> bool:
    """Stores a batch whole, unless the screening was stopped meanwhile; returns whether it was stored."""
    held = Screening.objects.select_for_update().get(pk=reading.screening.pk)
    if held.state != Screening.State.RUNNING or held.last_line != reading.screening.last_line:
        return False
    keep_flagged(Flag.objects.bulk_create(_row(held, one, batch) for one in found))
    reading.trade.keep(batch)
    RefusedRow.objects.bulk_create(
        RefusedRow(screening=held, line=one.number, column=one.column, value=_clean(one.value), mend=one.mend)
        for one in batch.refused
    )
    unread = batch.unread()
    UnreadRow.objects.bulk_create(
        UnreadRow(screening=held, line=number, column=one.column, value=_clean(one.value), mend=one.mend)
        for number, one in unread[: max(0, UNREAD_KEPT - held.unread)]
    )
    held.unread += len(unread)
    held.screened += len(batch.lines)
    held.refused += len(batch.refused)
    held.flagged += len(found)
    held.last_line = batch.last
    held.read_part = min(99, 100 * reading.characters // reading.whole)
    if held.refused > REFUSED_MAX:
        held.state, held.ended_at = Screening.State.FAILED, timezone.now()
        held.fault = _told(
            ScreeningRefused(
                f"More than {REFUSED_MAX:,} lines could not be read.",
                code="drugs.manifest-of-another-form",
                next_step="Look at the refused lines: the file is probably of another form than its header says.",
            )
        )
    held.save()
    reading.screening = held
    return True


def _row(screening: Screening, found: engine.Flag, batch: Batch) -> Flag:
    kept = batch.kept(found.line)
    return Flag(
        screening=screening,
        line=found.line.number,
        score=found.score,
        reference=_clean(found.line.reference)[:REFERENCE_MAX],
        description=_clean(found.line.description),
        substances=list(found.substances),
        reasons=[
            {"rule": one.rule, "words": {name: _clean(word) for name, word in one.words.items()}}
            for one in found.reasons
        ],
        rule_codes=f" {' '.join(dict.fromkeys(one.rule for one in found.reasons))} ",
        papers={name: _clean(text) for name, text in kept.items() if name != "description"},
    )


def _clean(text: str) -> str:
    # No database of ours holds a NUL in a text.
    return text.replace("\0", "\ufffd")


@transaction.atomic
def _finish(screening: Screening, now: datetime) -> None:
    held = Screening.objects.select_for_update().get(pk=screening.pk)
    if held.state != Screening.State.RUNNING:
        return
    held.state, held.ended_at, held.read_part = Screening.State.DONE, now, 100
    # A file that a legal hold keeps goes with what else is due, once the hold is lifted.
    if not is_held(held):
        let_file_go(held)
    held.save()


@transaction.atomic
def _fail(screening: Screening, error: AccordError, now: datetime) -> None:
    held = Screening.objects.select_for_update().get(pk=screening.pk)
    held.state, held.ended_at, held.fault = Screening.State.FAILED, now, _told(error)
    held.save(update_fields=["state", "ended_at", "fault"])


def _told(error: AccordError) -> dict[str, str]:
    return {"code": error.reason_code, "sentence": error.sentence, "next_step": error.next_step}
