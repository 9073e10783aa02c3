"""The permission answer: the originator grants, grants with conditions, or denies one use of one item."""

from datetime import date
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Correspondence, EnvelopeId, Line, Sentence
from accord.vocabulary.refusal import PermissionOutcome
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["PermissionAnswer"]


class PermissionAnswer(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The answer to one permission request; it repeats what was asked, so that it proves by itself what was granted.

    Args:
        about: Envelope id of the message, as asked.
        new_use: The act, as asked.
        new_recipient: Who would get it, as asked.
        new_purpose: The purpose, as asked.
        result: Granted, granted with conditions, or denied.
        conditions: What the receiver must keep to; needed where it is granted with conditions, and only there.
        permitted_until: Last day of the permission; needed where it is granted, and only there.
        used_once: Whether the permission is used up by one use.
        reasons: The reasons in words, as far as they may be told.
    """

    about: EnvelopeId
    new_use: UseCode
    new_recipient: Line
    new_purpose: Purpose
    result: PermissionOutcome
    conditions: Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    permitted_until: date | None = None
    used_once: bool = False
    reasons: Sentence | None = None

    def __post_init__(self) -> None:
        Correspondence.__post_init__(self)
        is_granted = self.result is not PermissionOutcome.DENIED
        if is_granted != (self.permitted_until is not None):
            raise ValueError("permitted_until is needed where it is granted, and only there")
        if (self.result is PermissionOutcome.GRANTED_WITH_CONDITIONS) != bool(self.conditions):
            raise ValueError("conditions are needed where it is granted with conditions, and only there")
        if self.used_once and not is_granted:
            raise ValueError("used_once is said of what is granted")
