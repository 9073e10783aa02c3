"""The kinds of notice: what each is called, and what an officer gets by e-mail unless they chose otherwise."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

__all__ = ["MAILED_UNLESS_CHOSEN", "Kind"]


class Kind(TextChoices):
    """What a notice is about; the label says it to its officer."""

    REQUEST = "request", _("A new request has arrived")
    MESSAGE = "message", _("A message in your case has arrived")
    ASSIGNED = "assigned", _("A case was handed to you")
    TAKEN_OVER = "taken-over", _("A colleague took over a case of yours")
    BROKEN_INTO = "broken-into", _("A colleague opened a case in an emergency")
    APPROVAL_WAITS = "approval-waits", _("A draft waits for your approval")
    HOLD_WAITS = "hold-waits", _("A draft that the law gate holds waits for your written answer")
    DRAFT_APPROVED = "draft-approved", _("A draft of yours was approved")
    DRAFT_SENT_BACK = "draft-sent-back", _("A draft of yours was sent back")
    DRAFT_BLOCKED = "draft-blocked", _("A draft of yours was stopped by the law gate")
    CLOCK_SOON = "clock-soon", _("A clock runs out soon")
    CLOCK_OUT = "clock-out", _("A clock has run out")
    REPLY_WAITS = "reply-waits", _("A notice before export waits for a reply")
    REPLY_OVER = "reply-over", _("Our reply to a notice before export is overdue")
    SILENCE = "silence", _("Nobody replied to a notice. That is no consent.")
    FOLLOW_UP_LATE = "follow-up-late", _("Nothing was said in time about an objection")
    RECEIPT_LATE = "receipt-late", _("A receipt is late")
    CHANNEL_SILENT = "channel-silent", _("The channel is silent")
    CHANNEL_FROZEN = "channel-frozen", _("The channel is frozen")
    CHANNEL_SUSPENDED = "channel-suspended", _("The channel is suspended")
    ALARM = "alarm", _("An alarm of the node waits")
    EMERGENCY = "emergency", _("An emergency release waits for its review")
    ACCOUNT_WAITS = "account-waits", _("A change of accounts waits for a second person")
    ACCOUNT_CHANGED = "account-changed", _("Somebody else changed your account")
    PEER_WAITS = "peer-waits", _("An invitation of another party waits for a second person")
    ADDRESS_WAITS = "address-waits", _("An e-mail address waits for your agreement")
    REGISTER_WAITS = "register-waits", _("A version of a register waits for your agreement")
    REGISTER_DUE = "register-due", _("An entry of a register is too old, or will be soon")
    FILE_WAITS = "file-waits", _("An assessment or test of a draft waits for your decision")
    FILE_ESCALATED = "file-escalated", _("An assessment waits for you as the head of the agency")
    PING_WAITS = "ping-waits", _("A test call of the other side waits for your answer")
    PING_LATE = "ping-late", _("Nobody on the other side answered a test call")
    ESCALATED = "escalated", _("An urgent item has not been read")
    CALLED = "called", _("You are called: an urgent request has not been taken")
    ROSTER_GAP = "roster-gap", _("In hours to come nobody is on duty")
    WATCH_ASKED = "watch-asked", _("A colleague asks you to take a watch")
    WATCH_ANSWERED = "watch-answered", _("A colleague answered about your watch")
    HANDOVER_WAITS = "handover-waits", _("A handover note waits for your signature")
    HANDOVER_UNREAD = "handover-unread", _("A handover note has waited unread for half an hour")
    TEXT_WAITS = "text-waits", _("A text waits for the signature of our side")
    TEXT_SETTLED = "text-settled", _("A text was signed by both sides, declined or withdrawn")
    CLAUSE_ARRIVED = "clause-arrived", _("The other side wrote about a clause of a statement")


MAILED_UNLESS_CHOSEN: Final[Mapping[Kind, bool]] = {
    kind: kind
    in {
        Kind.REQUEST,
        Kind.ASSIGNED,
        Kind.APPROVAL_WAITS,
        Kind.HOLD_WAITS,
        Kind.CLOCK_SOON,
        Kind.CLOCK_OUT,
        Kind.REPLY_WAITS,
        Kind.REPLY_OVER,
        Kind.SILENCE,
        Kind.FOLLOW_UP_LATE,
        Kind.CHANNEL_FROZEN,
        Kind.EMERGENCY,
        Kind.REGISTER_WAITS,
        Kind.REGISTER_DUE,
        Kind.FILE_WAITS,
        Kind.FILE_ESCALATED,
        Kind.BROKEN_INTO,
        Kind.PING_WAITS,
        Kind.ACCOUNT_CHANGED,
        Kind.ESCALATED,
        Kind.CALLED,
        Kind.ROSTER_GAP,
        Kind.WATCH_ASKED,
        Kind.HANDOVER_WAITS,
        Kind.HANDOVER_UNREAD,
        Kind.TEXT_WAITS,
    }
    for kind in Kind
}
"""By e-mail goes what waits for a person, and what was done to one's own account; what only tells of another's act
elsewhere is found in the page."""
