"""The outcome report: what came of what the other side gave, in closed codes and nothing else."""

from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Correspondence, EnvelopeId
from accord.vocabulary.results import Result

__all__ = ["OutcomeReport"]


class OutcomeReport(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Feedback to the provider; it answers the last of the messages that it speaks of.

    Args:
        about_messages: Envelope identifiers of the provider's messages.
        is_of_use: Whether they were of any use.
        results: What their use led to; at least one where they were of use, and none where not.
        usefulness: From 1 (not at all) to 5 (decisive), where the officer says it.

    Source: SCIDA, paragraph 4(d), as a model.
    """

    about_messages: Annotated[tuple[EnvelopeId, ...], msgspec.Meta(min_length=1, max_length=LIST_ITEMS_MAX)]
    is_of_use: bool
    results: Annotated[tuple[Result, ...], msgspec.Meta(max_length=len(Result))]
    usefulness: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None

    def __post_init__(self) -> None:
        Correspondence.__post_init__(self)
        if len(set(self.about_messages)) != len(self.about_messages):
            raise ValueError("about_messages: each may stand once")
        if len(set(self.results)) != len(self.results):
            raise ValueError("results: each may stand once")
        if self.is_of_use != bool(self.results):
            raise ValueError("results: at least one where it was of use, and none where it was not")
