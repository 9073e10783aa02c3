"""The permission request: the receiver of an item asks its originator to let it be used as no caveat permits."""

from datetime import date
from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import CAVEATS_MAX
from accord.exchange.kinds.particulars import Correspondence, EnvelopeId, Line, Reference, Sentence
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode

__all__ = ["PermissionRequest"]


class PermissionRequest(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question about one item, one use and one recipient; the answer unlocks that act and no other.

    Args:
        about: Envelope id of the message that is to be used.
        about_ref: The originator's reference of it, for a reader.
        new_use: The act that is asked for.
        new_recipient: Who would get it, as a caveat would name them: an agency's code, a state's code, or a name.
        new_purpose: The purpose of that use.
        justification: Why it is needed.
        answer_by: Day by which the answer is needed.
        caveat: Number of the caveat that stands in the way, counted from 1; left out where none names the recipient.

    Source: Regulation (EU) 2016/794, article 19, as a model; Arar Commission (2006), recommendation 9.
    """

    about: EnvelopeId
    about_ref: Reference
    new_use: UseCode
    new_recipient: Line
    new_purpose: Purpose
    justification: Sentence
    answer_by: date
    caveat: Annotated[int, msgspec.Meta(ge=1, le=CAVEATS_MAX)] | None = None
