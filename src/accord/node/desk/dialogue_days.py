"""Days and moments that the forms of the dialogue name, read in one way."""

from datetime import date

from accord.dialogue.errors import DialogueRefused
from accord.node.desk.near import is_near

__all__ = ["near_day", "posted_date"]


def posted_date(text: str, field: str) -> date:
    """Returns a day of a form.

    Args:
        text: What was written.
        field: Name of the field, which the refusal names.

    Raises:
        DialogueRefused: It is no day of the calendar, or more than ten years away.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DialogueRefused(
            "This is no day.",
            code="dialogue.no-day",
            next_step="Give a day of the calendar.",
            fields={"field": field},
        ) from None
    near_day(day, field)
    return day


def near_day(day: date, field: str) -> None:
    """Refuses a day or moment that no meeting, promise or publication has.

    Raises:
        DialogueRefused: It is more than ten years away.
    """
    if not is_near(day):
        raise DialogueRefused(
            "This day is more than ten years away.",
            code="dialogue.far-day",
            next_step="Give a day within ten years of today.",
            fields={"field": field},
        )
