"""Screenings and flags as rows of a page: the state in words, and of a flag its reasons with the words they found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accord.node.desk.workstreams.drugs.hits import Piece, pieces_of, words_to_find
from accord.node.desk.workstreams.drugs.rule_words import rule_sentence, rule_words
from accord.node.unseen import with_marks
from accord.workstreams.drugs.marks.weights import numbered
from accord.workstreams.drugs.models import Flag, Screening
from accord.workstreams.drugs.substances.book import table_in_force

__all__ = [
    "FLAG_STATES",
    "GOING_ON",
    "PAPERS",
    "SCREENING_STATES",
    "TO_LOOK_AT",
    "FlagRow",
    "Progress",
    "ReasonRow",
    "flag_row",
    "flag_rows",
    "paper_rows",
    "progress_of",
    "substance_labels",
    "with_counts",
]

# Any: lazy translations throughout this module.
SCREENING_STATES: Final[Mapping[str, Any]] = {
    "waiting": pgettext_lazy("screening", "waits its turn"),
    "running": pgettext_lazy("screening", "is being screened"),
    "done": pgettext_lazy("screening", "screened"),
    "failed": pgettext_lazy("screening", "failed"),
    "stopped": pgettext_lazy("screening", "stopped"),
}

GOING_ON: Final = frozenset({Screening.State.WAITING, Screening.State.RUNNING})
"""States in which nothing can be said yet of the lines that are still to be screened."""

RATE_AFTER: Final = timedelta(seconds=2)
"""How long a screening runs before its speed is said."""

FLAG_STATES: Final[Mapping[str, Any]] = {
    "new": _("to look at"),
    "marked-true": _("marked true"),
    "marked-false": _("marked false"),
    "followed": _("followed up"),
}

PAPERS: Final[Mapping[str, Any]] = {
    "reference": _("Reference"),
    "description": _("Description of the goods"),
    "tariff": _("Tariff code"),
    "edition": _("Edition of the tariff"),
    "cas": _("CAS number"),
    "container": _("Container"),
    "postal": _("Postal item"),
    "packages": _("Packages"),
    "gross": _("Gross weight"),
    "net": _("Net weight or pure quantity"),
    "unit": _("Unit"),
    "purity": _("Purity"),
    "shipper": _("Consignor"),
    "shipper_number": _("Number of the consignor"),
    "consignee": _("Consignee"),
    "consignee_number": _("Number of the consignee"),
    "origin": pgettext_lazy("route", "From"),
    "destination": pgettext_lazy("route", "To"),
    "route": _("Route"),
    "notice": _("Pre-export notice"),
    "arrived": _("Arrived"),
}
"""What the columns of a manifest are called, by the names that a flag keeps them under."""

WEIGHTS: Final = ("gross", "net")
"""Columns beside which the unit of the line is said."""

TO_LOOK_AT: Final = Q(mark="", followed_at=None)
"""Flags of which nobody has said or done anything."""


@dataclass(frozen=True, kw_only=True)
class ReasonRow:
    """Why a line is flagged, by one rule.

    Args:
        code: The code of the rule.
        title: What it looks for.
        sentence: What it says of this line.
        cost: What it costs to be wrong.
        source: The law, standard or table on which it rests.
        weight: Of a hundred, as it was when the line was screened.
    """

    code: str
    title: Any
    sentence: str
    cost: Any
    source: Any
    weight: int | None


@dataclass(frozen=True, kw_only=True)
class FlagRow:
    """A flag as it is shown.

    Args:
        flag: The flag.
        state: Its state in words.
        reasons: The weightiest first.
        substances: Names of the substances found.
    """

    flag: Flag
    state: Any
    reasons: Sequence[ReasonRow]
    substances: Sequence[str]

    @property
    def pieces(self) -> Sequence[Piece]:
        """Its description, cut at what the rules found."""
        return pieces_of(self.flag.description, words_to_find(self.flag.reasons))

    @property
    def main(self) -> ReasonRow:
        """The weightiest reason."""
        return self.reasons[0]

    @property
    def more(self) -> int:
        """How many further reasons there are."""
        return len(self.reasons) - 1


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a screening is that goes on.

    Args:
        place_bytes: Bytes of the file that are dealt with; nothing where its form does not say.
        lines_a_second: How fast it is; nothing where that is not known.
        minutes_left: About how long it still takes, rounded up; nothing where that is not known.
    """

    place_bytes: int | None
    lines_a_second: int | None
    minutes_left: int | None


def progress_of(screening: Screening, now: datetime) -> Progress:
    """Returns how far a screening is, and how long it still takes at the speed it has had so far.

    The speed is that since it began; of one that was taken up again behind a later line it is not known, since nobody
    kept how long it lay still.
    """
    part = screening.read_part
    place = screening.size_bytes * part // 100 if screening.form == "csv" else None
    began, is_whole = screening.began_at, screening.opened_line <= 1
    passed = now - began if began is not None and screening.state == Screening.State.RUNNING and is_whole else None
    if passed is None or passed < RATE_AFTER or not screening.lines:
        return Progress(place_bytes=place, lines_a_second=None, minutes_left=None)
    seconds = passed.total_seconds()
    left = None if not part else -int(-seconds * (100 - part) // part // 60)
    return Progress(place_bytes=place, lines_a_second=round(screening.lines / seconds), minutes_left=left)


def with_counts(screenings: QuerySet[Screening]) -> QuerySet[Screening]:
    """Returns screenings with the flags to look at, marked true, marked false, and followed."""
    return screenings.select_related("asked_by").annotate(
        flags_new=Count("flags", filter=Q(flags__mark="", flags__followed_at=None)),
        flags_true=Count("flags", filter=Q(flags__mark=Flag.Mark.TRUE)),
        flags_false=Count("flags", filter=Q(flags__mark=Flag.Mark.FALSE)),
        flags_followed=Count("flags", filter=Q(flags__followed_at__isnull=False)),
    )


def substance_labels() -> dict[str, str]:
    """Returns the name of each substance of the table by its code."""
    return {one.id: one.label for one in table_in_force().substances}


def flag_row(flag: Flag, labels: Mapping[str, str]) -> FlagRow:
    """Returns a flag as it is shown.

    Args:
        flag: The flag, with its screening.
        labels: What :func:`substance_labels` says.
    """
    (row,) = flag_rows([flag], labels)
    return row


def flag_rows(flags: Iterable[Flag], labels: Mapping[str, str]) -> Iterator[FlagRow]:
    """Yields flags as they are shown; the weights of a screening are read once.

    Args:
        flags: The flags, with their screenings.
        labels: What :func:`substance_labels` says.
    """
    known: dict[int, Mapping[str, int]] = {}
    for flag in flags:
        number = flag.screening.weights_number
        if number not in known:
            known[number] = numbered(number).weights
        yield _row(flag, labels, known[number])


def _row(flag: Flag, labels: Mapping[str, str], weights: Mapping[str, int]) -> FlagRow:
    return FlagRow(
        flag=flag,
        state=FLAG_STATES[flag.state],
        reasons=tuple(_reasons(flag.reasons, weights)),
        substances=[labels.get(code, code) for code in flag.substances],
    )


def _reasons(reasons: Iterable[Mapping[str, Any]], weights: Mapping[str, int]) -> Iterable[ReasonRow]:
    for one in reasons:
        code = one["rule"]
        words = rule_words(code)
        yield ReasonRow(
            code=code,
            title=words.title,
            sentence=with_marks(rule_sentence(code, one["words"])),
            cost=words.cost,
            source=words.source,
            weight=weights.get(code),
        )


def paper_rows(flag: Flag) -> list[tuple[Any, str]]:
    """Returns what the line says beside the description, each with the name of its column."""
    given = {"reference": flag.reference, **flag.papers}
    unit = str(given.get("unit", ""))
    for name in WEIGHTS if unit else ():
        # A cell that bears a unit of its own is shown as it is.
        if (text := str(given.get(name, ""))) and not any(map(str.isalpha, text)):
            given[name] = f"{text} {unit}"
            given.pop("unit", None)
    return [(PAPERS.get(name, name), str(text)) for name, text in given.items() if text]
