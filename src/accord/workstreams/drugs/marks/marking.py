"""Officers say of a flag whether it was right, and which lines no rule found; each word can be taken back.

Who works on cases (``message.draft``) marks. What was said stays in the history (:class:`FlagMark`), so that the
measures of the rules can be checked against it.
"""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.text import check_written
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.models import Flag, FlagMark, MissedLine, Screening

__all__ = [
    "MEANWHILE",
    "REASON_CHARACTERS_MAX",
    "add_missed_line",
    "last_said",
    "mark_flag",
    "remove_missed_line",
    "undo_mark",
]

MEANWHILE: Final = "drugs.marked-meanwhile"
"""Code of a mark that is refused since something was said of the flag that its officer has not seen."""

REASON_CHARACTERS_MAX: Final = 2_000
DESCRIPTION_CHARACTERS_MAX: Final = 2_000


def last_said(flag: Flag) -> int:
    """Returns the number of what was said last of a flag, 0 where nothing was: whoever marks says what they saw."""
    return flag.marks.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def mark_flag(
    officer: Officer,
    flag: Flag,
    *,
    is_true: bool,
    reason: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> Flag:
    """Says of a flag whether it was right; saying the same again changes nothing.

    Args:
        officer: Who says it.
        flag: The flag.
        is_true: Whether the line was worth the look.
        reason: Why; needed where it was not.
        seen: What :func:`last_said` was when the officer looked; whatever was said since where it is not given.
        now: The time.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: A wrong flag is given no reason, the reason is too long, or something was said meanwhile.
        TextRefused: The reason holds a refused character.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    words = _reason(reason)
    if not is_true and not words:
        raise ScreeningRefused(
            "A flag that was wrong needs a reason.",
            code="drugs.no-reason",
            next_step="Write in a sentence what the goods are.",
            fields={"field": "reason"},
        )
    held = Flag.objects.select_for_update().get(pk=flag.pk)
    mark = Flag.Mark.TRUE if is_true else Flag.Mark.FALSE
    if (held.mark, held.mark_reason) == (mark, words):
        return held
    _check_seen(held, seen)
    _set(held, officer, mark, words, now or timezone.now(), is_undo=False)
    note(officer, "mark flag", held, at=held.marked_at, detail={"is_true": is_true})
    return held


@transaction.atomic
def undo_mark(officer: Officer, flag: Flag, *, seen: int | None = None, now: datetime | None = None) -> Flag:
    """Takes back what was said last of a flag; what was said before it counts again, as its author said it.

    Args:
        officer: Who takes it back.
        flag: The flag.
        seen: As in :func:`mark_flag`.
        now: The time.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: Nothing was said of it, a colleague said it, or something was said meanwhile.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = Flag.objects.select_for_update().get(pk=flag.pk)
    _check_seen(held, seen)
    said: list[FlagMark] = []
    for one in held.marks.all():
        if one.is_undo:
            said.pop()
        else:
            said.append(one)
    if not said:
        raise ScreeningRefused("Nothing was said of this flag yet.", code="drugs.no-mark")
    if held.marked_by_id != officer.pk:
        raise ScreeningRefused(
            "What a colleague said of a flag is theirs to take back.",
            code="drugs.mark-of-colleague",
            next_step="Mark the flag as you see it.",
        )
    before = said[-2] if len(said) > 1 else None
    moment = now or timezone.now()
    mark, words = (before.mark, before.reason) if before else (Flag.Mark.NONE.value, "")
    _set(held, officer, mark, words, moment, is_undo=True)
    held.marked_by, held.marked_at = (before.by, before.at) if before else (None, None)
    held.save(update_fields=["marked_by", "marked_at"])
    note(officer, "take back mark", held, at=moment)
    return held


@transaction.atomic
def add_missed_line(
    officer: Officer,
    screening: Screening,
    *,
    line: int,
    description: str,
    tariff: str = "",
    substance: str = "",
    reason: str = "",
    now: datetime | None = None,
) -> MissedLine:
    """Says that a line should have been flagged and was not: it counts against the recall of the rules.

    Args:
        officer: Who says it.
        screening: The screening.
        line: Its number in the file.
        description: What the line says of the goods.
        tariff: Its tariff code.
        substance: Code of the substance, where it is known.
        reason: Why.
        now: The time.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: The line was flagged, is named already, or is not of the file.
        TextRefused: A text holds a refused character.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    check_written({"description": description, "reason": reason})
    if not 1 < line <= screening.last_line or not description.strip():
        raise ScreeningRefused(
            "A missed line has a number of the file and says what the goods are.",
            code="drugs.no-such-line",
            next_step="Copy both from the manifest; the header is line 1.",
            fields={"field": "line"},
        )
    if screening.flags.filter(line=line).exists():
        raise ScreeningRefused(
            "This line was flagged.", code="drugs.line-flagged", next_step="Mark the flag.", fields={"field": "line"}
        )
    said: dict[str, Any] = {  # Any: values of the model's fields
        "description": description.strip()[:DESCRIPTION_CHARACTERS_MAX],
        "tariff": "".join(filter(str.isdigit, tariff))[:10],
        "substance": substance,
        "reason": _reason(reason),
        "added_by": officer,
        "added_at": now or timezone.now(),
    }
    lines = MissedLine.objects.select_for_update(of=("self",))
    found, is_new = lines.get_or_create(screening=screening, line=line, defaults=said)
    if not is_new and found.removed_at is None:
        raise ScreeningRefused("This line is named already.", code="drugs.line-named", fields={"field": "line"})
    if not is_new:
        # A line that was taken back is named anew, in the words and on the day of who names it now.
        for name, value in {**said, "removed_at": None}.items():
            setattr(found, name, value)
        found.save(update_fields=[*said, "removed_at"])
    note(officer, "add missed line", found, at=now, detail={"line": line})
    return found


@transaction.atomic
def remove_missed_line(officer: Officer, missed: MissedLine, *, now: datetime | None = None) -> None:
    """Takes back that a line was missed; it can be named again.

    Raises:
        NotPermitted: The officer may not work on cases.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    missed.removed_at = now or timezone.now()
    missed.save(update_fields=["removed_at"])
    note(officer, "remove missed line", missed, at=missed.removed_at, detail={"line": missed.line})


def _check_seen(held: Flag, seen: int | None) -> None:
    if seen is not None and seen != last_said(held):
        raise ScreeningRefused(
            "Something was said of this flag meanwhile.",
            code="drugs.marked-meanwhile",
            next_step="Look at what was said, then say it all the same or leave it.",
        )


def _set(held: Flag, officer: Officer, mark: str, reason: str, at: datetime, *, is_undo: bool) -> None:
    held.mark, held.mark_reason, held.marked_by, held.marked_at = mark, reason, officer, at
    held.save(update_fields=["mark", "mark_reason", "marked_by", "marked_at"])
    FlagMark.objects.create(flag=held, mark=mark, reason=reason, by=officer, at=at, is_undo=is_undo)


def _reason(reason: str) -> str:
    words = reason.strip()
    check_written({"reason": words})
    if len(words) > REASON_CHARACTERS_MAX:
        raise ScreeningRefused(
            f"The reason is longer than {REASON_CHARACTERS_MAX} characters.",
            code="drugs.reason-too-long",
            next_step="Shorten it.",
            fields={"field": "reason"},
        )
    return words
