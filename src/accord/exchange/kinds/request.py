"""The request: what is asked, about whom, why the other side is thought to hold it, and how soon it is needed."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from accord.exchange.kinds.limits import LIST_ITEMS_MAX
from accord.exchange.kinds.particulars import Disclosure, Evaluation, Line, Narrative, Offence, Reference, Sentence
from accord.vocabulary.urgency import AccessClass, Urgency, UrgencyGround

__all__ = ["DuplicateChannel", "Request", "RequestItem"]


class DuplicateChannel(StrEnum):
    """Another channel by which the same request was sent; a receiver that answers twice wastes two officers."""

    INTERPOL = "interpol"
    EGMONT = "egmont"
    TREATY = "mlat"
    OTHER_LIAISON = "other-liaison"


class RequestItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question, numbered so that the answer can say what became of each."""

    item: Annotated[int, msgspec.Meta(ge=1, le=LIST_ITEMS_MAX)]
    question: Sentence


class Request(Disclosure, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A request for information.

    The time limit follows from urgency, access class and the clock table and runs from receipt, so that it is
    computed, not carried: both sides know the moment of receipt from the co-signed receipt.

    Args:
        specification: What is asked, as exactly as possible.
        facts: The facts from which the request arises.
        items: The questions, one by one.
        reason_held: Why the other side is thought to hold it.
        urgency: How soon it is needed.
        urgency_ground: Which of the closed list of grounds, when it is urgent.
        urgency_text: The ground in words, when it is urgent.
        requested_by: The authority for which the liaison officer asks.
        access_class: Whether the other side is expected to look it up directly.
        clock_table: Version of the table of time limits.
        evidence_needed: Whether evidence for a court will be asked for by treaty.
        duplicate_channels: Other channels by which it was sent.
        use_restrictions: Restrictions on using what the request itself contains.
        consequences_if_late: What happens if the answer comes late.

    Source: Directive (EU) 2023/977, article 4, as a model.
    """

    offence: Offence
    evaluation: Evaluation
    specification: Sentence
    facts: Narrative
    items: Annotated[tuple[RequestItem, ...], msgspec.Meta(min_length=1, max_length=LIST_ITEMS_MAX)]
    reason_held: Sentence
    urgency: Urgency
    requested_by: Line
    access_class: AccessClass
    clock_table: Reference
    evidence_needed: Literal["no", "will-go-mla"]
    urgency_ground: UrgencyGround | None = None
    urgency_text: Sentence | None = None
    duplicate_channels: Annotated[tuple[DuplicateChannel, ...], msgspec.Meta(max_length=len(DuplicateChannel))] = ()
    use_restrictions: Sentence | None = None
    consequences_if_late: Sentence | None = None

    def __post_init__(self) -> None:
        Disclosure.__post_init__(self)
        if self.urgency is not Urgency.NORMAL and not (self.urgency_ground and self.urgency_text):
            raise ValueError("urgency_ground and urgency_text are needed when a request is urgent")
        if any(not person.link_to_purpose for person in self.persons):
            raise ValueError("persons: each needs link_to_purpose")
        if len({item.item for item in self.items}) != len(self.items):
            raise ValueError("items: each number may stand once")
