"""What each side published of its timeliness, as both pages that show it have it: the reports, and one compared."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy

from accord.exchange.errors import NotFound
from accord.exchange.kinds.timeliness_report import TimelinessRow
from accord.node.desk.figures import duration_of, number_of
from accord.officers.models import Officer
from accord.oversight.comparing import ComparedRow, Difference, compare, published_reports

__all__ = ["FIGURE_WORDS", "difference_words", "figures_cell", "published_section"]

# Any: lazy translations.
FIGURE_WORDS: Final[Mapping[str, Any]] = {
    "requests": gettext_lazy("How many"),
    "in_time": gettext_lazy("Answered within the clock"),
    "due": gettext_lazy("Answered, or due"),
    "open": gettext_lazy("Not answered yet"),
    "median_seconds": gettext_lazy("Half were answered within"),
}
MINUS: Final = "\N{MINUS SIGN}"
EXPLANATIONS: Final[Mapping[str, Any]] = {
    "transit": gettext_lazy("time in transit: an answer ends one clock when it leaves and the other when it arrives"),
    "pause": gettext_lazy("a pause with a stated ground"),
    "withdrawn": gettext_lazy("a request that was withdrawn or expired"),
    "edge": gettext_lazy("a clock that began within a day of the first or last moment of the period"),
}


def published_section(officer: Officer, *, peer: str, chosen: str) -> dict[str, Any]:  # Any: what templates take
    """Returns what the section shows.

    Args:
        officer: Who reads.
        peer: Code of the other party.
        chosen: Key of the report to compare; the newest of theirs, or else of ours, where it is empty.

    Raises:
        NotPermitted: The account may not read cases.
        NotFound: There is no such report.
    """
    reports = published_reports(officer, peer=peer)
    report = next((one for one in reports if not one.is_ours), reports[0] if reports else None)
    if chosen:
        report = next((one for one in reports if str(one.pk) == chosen), None)
        if report is None:
            raise NotFound("There is no such report.")
    compared = compare(officer, report) if report is not None else None
    rows = [_shown(row) for row in compared.rows] if compared is not None else []
    return {"reports": reports, "report": report, "compared": compared, "compared_rows": rows}


def _shown(row: ComparedRow) -> dict[str, Any]:
    return {
        "row": row,
        "published": figures_cell(row.theirs),
        "our_log": figures_cell(row.ours),
        "differences": [(FIGURE_WORDS[one.figure], difference_words(one)) for one in row.differences],
        "explanations": [EXPLANATIONS[name] for name in row.explanations],
    }


def figures_cell(row: TimelinessRow | None) -> dict[str, Any] | None:  # Any: what templates take
    """Returns the figures of one row as a cell shows them."""
    if row is None:
        return None
    median = timedelta(seconds=row.median_seconds) if row.median_seconds is not None else None
    return {"counts": row, "median": median}


def difference_words(one: Difference) -> str:
    """Returns by how much what was published is more (+) or less than what our log shows."""
    sign = "+" if one.by > 0 else MINUS
    if one.figure == "median_seconds":
        return f"{sign}{duration_of(timedelta(seconds=one.by))}"
    return f"{sign}{number_of(abs(one.by))}"
