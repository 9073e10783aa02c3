"""The delay notice: the answer will be late, for a stated reason, and when it can be expected."""

from datetime import date

from accord.exchange.kinds.particulars import Correspondence, Sentence
from accord.vocabulary.refusal import DelayReason

__all__ = ["DelayNotice"]


class DelayNotice(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Notice that a time limit will not be kept.

    Args:
        reason: One of the closed list.
        expected_on: Day on which the answer can be expected.
        explanation: The reason in words, as far as it may be told.

    Source: Directive (EU) 2023/977, article 5(2), as a model.
    """

    reason: DelayReason
    expected_on: date
    explanation: Sentence | None = None
