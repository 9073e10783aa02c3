"""Reasons in words: beside the act they explain, readable with the case, and never changed."""

from datetime import datetime

from django.db import models

from accord.exchange.models import Case, Reason
from accord.exchange.text import TextRefused, check_written
from accord.officers.acts import note
from accord.officers.models import Act, Officer

__all__ = ["REASON_CHARACTERS_MAX", "note_with_reason", "require_reason"]

REASON_CHARACTERS_MAX = 2_000
"""A reason, characters: half a page, as every short text of a message."""


def require_reason(reason: str, *, field: str = "reason") -> str:
    """Returns the reason without blanks around it.

    Args:
        reason: As it was typed.
        field: What it is called where it was typed, so that a refusal names that.

    Raises:
        TextRefused: It is blank, too long, or holds a refused character.
    """
    check_written({field: reason or " "})
    if len(reason) > REASON_CHARACTERS_MAX:
        raise TextRefused(
            "The reason is too long.",
            code="text.too-long",
            next_step=f"Say it in {REASON_CHARACTERS_MAX} characters.",
            fields={"field": field},
        )
    return reason.strip()


def note_with_reason(
    officer: Officer,
    verb: str,
    subject: models.Model,
    case: Case,
    *,
    reason: str,
    at: datetime,
    detail: dict[str, str | int | bool | None] | None = None,
) -> Act:
    """Notes an act with the reason the officer gave.

    Args:
        officer: Who acted.
        verb: The act in the words of the interface.
        subject: The object acted on.
        case: The case in which the reason is read.
        reason: The reason, as :func:`require_reason` returned it.
        at: When.
        detail: Codes and names; never content.
    """
    act = note(officer, verb, subject, at=at, detail=detail)
    Reason.objects.create(act=act, case=case, text=reason)
    return act
