"""Versions of a draft as entity tags: a writer says which text it started from, and never overwrites another unseen.

The tag is the draft's version in quotation marks. A writer states it in ``If-Match``, or as ``version`` in the body.

Source: RFC 9110, sections 8.8.3 and 13.1.1; RFC 6585, section 3.
"""

from typing import Annotated, Final, Self

from ninja import Header

from accord.errors import OfficerCanMend
from accord.exchange.drafts import StaleDraft
from accord.exchange.models import Message
from accord.node.api.problems import Malformed

__all__ = ["IfMatch", "StaleTag", "entity_tag", "version_meant"]

VERSION_DIGITS_MAX: Final = 10

IfMatch = Annotated[
    str | None,
    Header(
        None,
        alias="If-Match",
        pattern=rf'^"[0-9]{{1,{VERSION_DIGITS_MAX}}}"$',
        description="The `ETag` of the text you started from; instead of `version` in the body.",
    ),
]


class VersionNeeded(OfficerCanMend):
    """A draft is replaced without a word on the text that the writer started from."""

    code = "api.version-needed"
    default_next_step = "Read the message, and send its ETag as If-Match, or its version in the body."
    http_status = 428


class StaleTag(StaleDraft):
    """A colleague saved the draft meanwhile; the tag sent is of an older text, and both texts are here."""

    http_status = 412

    @classmethod
    def of(cls, stale: StaleDraft) -> Self:
        """Returns the error of a stale tag, with all that the stale draft tells."""
        return cls(
            yours=stale.yours,
            stored=stale.stored,
            your_version=stale.your_version,
            stored_version=stale.stored_version,
            saved_by=stale.saved_by,
        )


def entity_tag(message: Message) -> str:
    """Returns the entity tag of a message's present text."""
    return f'"{message.version}"'


def version_meant(if_match: str | None, version: int | None) -> int:
    """Returns the version that the writer started from.

    Raises:
        VersionNeeded: Neither header nor body names one.
        Malformed: They name two.
    """
    stated = None if if_match is None else int(if_match.strip('"'))
    if stated is None and version is None:
        raise VersionNeeded("Which text of the draft do you replace?")
    if stated is not None and version is not None and stated != version:
        raise Malformed("If-Match and the body name two versions.")
    return stated if stated is not None else int(version or 0)
