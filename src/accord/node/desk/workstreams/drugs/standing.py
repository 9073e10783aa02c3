"""What is said where a consignment went on without the other side's word that it does not object: both, and in amber.

What was not sent after an objection ended as it should: both are said, and not in amber.

An arrival settles a notice. It does not take back an objection, and it is no consent of one who never replied.
"""

from typing import Final

from django.utils.translation import gettext as _

from accord.node.desk.code_words import choice_label
from accord.workstreams.drugs.kinds.pre_export_reply import ReplyResult
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.states import has_no_objection

__all__ = ["outcome_words", "words_against"]

WENT_ON: Final = frozenset({Became.DEPARTED, Became.ARRIVED, Became.RELEASED})
"""Outcomes by which a consignment went on; where it did so without a reply, that is said beside them."""


def words_against(notice: Notice) -> str:
    """Returns what became of a consignment with the word that stands against it.

    Nothing is returned where no outcome was told, where the other side said that it does not object, or where nobody
    replied to what did not go on.
    """
    if not notice.became or has_no_objection(notice) or not (notice.reply_result or notice.became in WENT_ON):
        return ""
    return f"{outcome_words(notice)} · {_said(notice)}"


def outcome_words(notice: Notice) -> str:
    """Returns what became of a consignment, as it was told last."""
    return str(choice_label("became", notice.became))


def _said(notice: Notice) -> str:
    if not notice.reply_result:
        return _("nobody had replied")
    is_before = notice.replied_at is None or notice.became_at is None or notice.replied_at <= notice.became_at
    if notice.reply_result == ReplyResult.OBJECTION and is_before:
        return _("after an objection")
    # A reply that came after the outcome was told is named as what it is, and not as what went before.
    return str(choice_label("reply_result", notice.reply_result))
