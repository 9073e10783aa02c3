"""Spontaneous information: what one side gives unasked because it matters to the other."""

from datetime import date
from typing import Literal

from accord.exchange.kinds.particulars import Disclosure, Evaluation, Narrative, Sentence

__all__ = ["SpontaneousInformation"]


class SpontaneousInformation(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Information given of one's own initiative.

    Args:
        subject: What it is about, in a sentence.
        facts: The information.
        relevance_reason: Why it matters to the receiver.
        seriousness: Whether a serious offence is concerned.
        action_suggested: What the receiver might do.
        valid_until: Day after which it is of no more use.

    Source: Directive (EU) 2023/977, article 7, as a model; UNTOC, article 18(4).
    """

    evaluation: Evaluation
    subject: Sentence
    facts: Narrative
    relevance_reason: Sentence
    seriousness: Literal["other", "serious"]
    action_suggested: Sentence | None = None
    valid_until: date | None = None
