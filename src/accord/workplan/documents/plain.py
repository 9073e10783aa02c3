"""The plan as JSON: the canonical text, indented for people; and such a text read back."""

import msgspec

from accord.workplan.content import Plan
from accord.workplan.documents.archive import require_size
from accord.workplan.documents.preview import Note, Preview, previewed

__all__ = ["json_of", "read_json"]


def json_of(plan: Plan) -> bytes:
    """Returns the plan as JSON with sorted names; without its blanks it is what is signed."""
    return msgspec.json.format(msgspec.json.encode(plan, order="sorted"), indent=2) + b"\n"


def read_json(data: bytes, *, current: Plan | None = None) -> Preview:
    """Returns what was understood of a JSON text.

    Args:
        data: The file.
        current: The plan at hand, which it is held against.

    Raises:
        PlanRefused: It is empty or too large.
    """
    require_size(data)
    try:
        plan = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=Plan)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        place = str(error).rpartition("`")[0].rpartition("`")[2]
        note = Note(
            place=place if place.startswith("$") else "",
            code="no-value",
            sentence="The file is no plan, or a value of it has not its form.",
            next_step="Compare it with a file that was taken out here.",
        )
        return previewed(None, current=current, notes=(note,))
    return previewed(plan, current=current)
