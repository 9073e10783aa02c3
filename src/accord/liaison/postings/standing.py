"""Where postings stand: proposed, asked about, to come, running, over, ended; read from their signed texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Prefetch

from accord.instruments.models import Instrument, Remark, Text
from accord.liaison.models import PostingRecord
from accord.liaison.postings.content import POSTING, PostingContent, read_posting
from accord.release.gate import our_party
from accord.vocabulary.periods import midnight_of

__all__ = ["DONE", "RUNNING", "Posting", "ends_at", "is_in_force", "posting_of", "postings"]

RUNNING: Final = frozenset({"in-force", "in-force-changing"})
"""States in which the officer is posted now."""

DONE: Final = frozenset({"over", "ended", "declined", "withdrawn"})
"""States in which nobody is posted, nor will be as things stand."""

_OPEN: Final = (Text.State.PREPARED, Text.State.OFFERED, Text.State.ACCEPTED, Text.State.WITHDRAWING)

_BEFORE: Final = {Text.State.PREPARED: "prepared", Text.State.ACCEPTED: "signing"}


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A posting as it stands at one moment.

    Args:
        instrument: What the two sides have in common.
        content: What the text in force says; where none is, what the last one proposes.
        agreed: The text in force, if any.
        open_text: The text that is prepared or on offer, if any.
        last: The text that was made last.
        state: ``prepared``, ``proposed``, ``asked``, ``signing``, ``coming``, ``in-force``, ``in-force-changing``,
            ``over``, ``ended``, ``declined`` or ``withdrawn``.
        is_ours: Whether our side sends the officer.
    """

    instrument: Instrument
    content: PostingContent
    agreed: Text | None
    open_text: Text | None
    last: Text
    state: str
    is_ours: bool

    @property
    def ends_at(self) -> datetime:
        """The moment at which it is over as things stand: its last day, or an earlier end by either side."""
        return ends_at(self.instrument, self.content)


def ends_at(instrument: Instrument, content: PostingContent) -> datetime:
    """Returns the moment at which a posting is over: its last day, or an earlier end by either side."""
    if instrument.ends_on is None:
        return content.ends_at
    return min(content.ends_at, midnight_of(instrument.ends_on))


def is_in_force(instrument: Instrument, now: datetime) -> bool:
    """Returns whether both sides signed it, its first day has come, and it is not over."""
    if instrument.agreed is None:
        return False
    content = read_posting(instrument.agreed.content)
    return midnight_of(content.from_day) <= now < ends_at(instrument, content)


def posting_of(instrument: Instrument, *, now: datetime) -> Posting:
    """Returns a posting as it stands.

    Args:
        instrument: Of the type ``posting``, with at least one text.
        now: The time.
    """
    texts = list(instrument.texts.all())
    agreed = next((one for one in texts if one.pk == instrument.agreed_id), None)
    open_text = next((one for one in texts if one.state in _OPEN), None)
    told = agreed or open_text or texts[0]
    content = read_posting(told.content)
    return Posting(
        instrument=instrument,
        content=content,
        agreed=agreed,
        open_text=open_text,
        last=texts[0],
        state=_state(instrument, agreed, open_text, texts[0], now),
        is_ours=content.sending == our_party(),
    )


def _state(instrument: Instrument, agreed: Text | None, open_text: Text | None, last: Text, now: datetime) -> str:
    if agreed is not None:
        return _state_of_agreed(instrument, read_posting(agreed.content), is_changing=open_text is not None, now=now)
    if open_text is None:
        return "declined" if last.state in {Text.State.DECLINED, Text.State.REFUSED} else "withdrawn"
    if open_text.state in _BEFORE:
        return _BEFORE[Text.State(open_text.state)]
    return "asked" if open_text.remarks.all() else "proposed"


def _state_of_agreed(instrument: Instrument, content: PostingContent, *, is_changing: bool, now: datetime) -> str:
    if now >= ends_at(instrument, content):
        was_cut = instrument.ends_on is not None and midnight_of(instrument.ends_on) < content.ends_at
        return "ended" if was_cut else "over"
    if now < midnight_of(content.from_day):
        return "coming"
    return "in-force-changing" if is_changing else "in-force"


def postings(*, now: datetime, on: date | None = None) -> Iterator[Posting]:
    """Yields all postings of both sides, the newest first.

    Args:
        now: The time.
        on: Those alone that are not over on this day; all of them where omitted.
    """
    rows = Instrument.objects.filter(type=POSTING, texts__isnull=False).distinct().select_related("agreed", "peer")
    remarks = Prefetch("texts__remarks", queryset=Remark.objects.order_by("at"))
    records = Prefetch("posting_records", queryset=PostingRecord.objects.select_related("account"))
    for instrument in rows.prefetch_related("texts", remarks, records):
        found = posting_of(instrument, now=now)
        if on is None or found.ends_at > midnight_of(on):
            yield found
