"""Until when what a screening holds is kept, as rows of its page: what, its last day, how many cases keep, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy

from accord.node.desk.figures import number_of
from accord.workstreams.drugs.models import Flag, Screening
from accord.workstreams.drugs.retention.due import held_flags, is_held, last_day_of_flag
from accord.workstreams.drugs.retention.periods import Kept, last_day_of, period_of

__all__ = ["REASONS", "THINGS", "KeptRow", "erased_flags", "flag_kept", "kept_rows"]

# Any: lazy translations throughout this module.
THINGS: Final[Mapping[Kept, Any]] = {
    Kept.SEALED_FILE: gettext_lazy("The sealed file, so that it can go on"),
    Kept.UNREAD_LINE: gettext_lazy("Lines and values that could not be read"),
    Kept.FLAG: gettext_lazy("Flags of which nobody said anything"),
    Kept.WRONG_FLAG: gettext_lazy("Flags marked false"),
    Kept.RIGHT_FLAG: gettext_lazy("Flags marked true"),
    Kept.FOLLOWED_FLAG: gettext_lazy("Flags that led to a message"),
    Kept.MISSED_LINE: gettext_lazy("Lines named as missed"),
    Kept.RECEIVER: gettext_lazy("Companies that received goods"),
    Kept.SCREENING: gettext_lazy("The screening itself and its counts"),
}

PERIODS: Final[Mapping[Kept, Any]] = {
    Kept.SEALED_FILE: gettext_lazy("%(days)s days after it was stopped or failed"),
    Kept.UNREAD_LINE: gettext_lazy("%(days)s days after the end of the screening"),
    Kept.FLAG: gettext_lazy("%(days)s days after the end of the screening"),
    Kept.WRONG_FLAG: gettext_lazy("%(days)s days after the mark"),
    Kept.RIGHT_FLAG: gettext_lazy("%(days)s days after the mark"),
    Kept.FOLLOWED_FLAG: gettext_lazy("%(days)s days after the message was begun"),
    Kept.MISSED_LINE: gettext_lazy("%(days)s days after it was named"),
    Kept.RECEIVER: gettext_lazy("%(days)s days after the last manifest in which they stood"),
    Kept.SCREENING: gettext_lazy("%(days)s days after the end of the screening"),
}
"""For how long each thing of a screening is kept, and from what."""

REASONS: Final[Mapping[Kept, Any]] = {
    Kept.SEALED_FILE: gettext_lazy(
        "A screening that was stopped or that failed can go on. Two weeks are enough to decide it; the file itself is "
        "with whoever brought it."
    ),
    Kept.UNREAD_LINE: gettext_lazy(
        "They are mended and brought again. Three months cover a question to the carrier and its answer."
    ),
    Kept.FLAG: gettext_lazy(
        "A flag that nobody followed is a suspicion and no finding. After a year its consignment has arrived and "
        "nobody will look at it any more."
    ),
    Kept.WRONG_FLAG: gettext_lazy(
        "It names companies that did nothing. A year lets a second officer check the mark and the rules be tuned; its "
        "count stays, without the line."
    ),
    Kept.RIGHT_FLAG: gettext_lazy(
        "Who trades in precursors comes again: three years show it. Its count stays, without the line."
    ),
    Kept.FOLLOWED_FLAG: gettext_lazy(
        "The message that it led to is kept for five years at most; the line that explains it is kept as long."
    ),
    Kept.MISSED_LINE: gettext_lazy(
        "A year lets a second officer check it and the rules be tuned; its count stays, without the line."
    ),
    Kept.RECEIVER: gettext_lazy(
        "A company that receives chemicals for the first time is a rule of the screening. Who stood in no manifest for "
        "two years counts as new again."
    ),
    Kept.SCREENING: gettext_lazy(
        "That a manifest was screened, by whom, with which rules, and what it came to, answers a complaint for five "
        "years; its lines are gone long before."
    ),
}
"""The reasons of the table, in the reader's language."""

_FROM_ITS_END: Final = (Kept.SEALED_FILE, Kept.UNREAD_LINE, Kept.FLAG, Kept.SCREENING)


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """One kind of thing of a screening.

    Args:
        thing: What is kept.
        until: Its last day; nothing where it runs for each thing of its own, or the screening is not over.
        period: How many days, and from what.
        why_so_long: Why so long.
    """

    thing: Any
    until: date | None
    period: str
    why_so_long: Any


def kept_rows(screening: Screening) -> Iterator[KeptRow]:
    """Yields until when each kind of thing of a screening is kept.

    Args:
        screening: The screening.
    """
    for kept, period in PERIODS.items():
        if kept is Kept.SEALED_FILE and (screening.root is None or screening.state == Screening.State.DONE):
            continue
        ended = screening.ended_at if kept in _FROM_ITS_END else None
        yield KeptRow(
            thing=THINGS[kept],
            until=last_day_of(kept, ended) if ended is not None else None,
            period=period % {"days": number_of(period_of(kept).days)},
            why_so_long=REASONS[kept],
        )


def erased_flags(screening: Screening) -> int:
    """Returns how many flags of a screening were erased."""
    return screening.flagged - screening.flags.count()


def flag_kept(flag: Flag) -> tuple[date | None, bool]:
    """Returns the last day of a flag, and whether a case keeps it for as long as it needs it."""
    is_needed = held_flags(flag.screening).filter(pk=flag.pk).exists() or is_held(flag.screening)
    return last_day_of_flag(flag), is_needed
