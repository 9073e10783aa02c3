"""What an account may do, and what was done to it, in the words of a person who looks at it."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy

from accord.officers.permissions import Permission

__all__ = ["ACTS", "ALLOWED"]

# Any: lazy translations throughout this module.
ALLOWED: Final[Mapping[Permission, Any]] = {
    Permission.CASE_READ: pgettext_lazy("permission", "read cases"),
    Permission.TEAM_KEEP: pgettext_lazy("permission", "say who reads a case"),
    Permission.MESSAGE_DRAFT: pgettext_lazy("permission", "write messages"),
    Permission.MESSAGE_APPROVE: pgettext_lazy("permission", "approve messages of colleagues"),
    Permission.MESSAGE_RELEASE: pgettext_lazy("permission", "release messages"),
    Permission.HOLD_ANSWER: pgettext_lazy("permission", "answer holds of the law gate"),
    Permission.CASE_TAKE: pgettext_lazy("permission", "take cases"),
    Permission.MESSAGE_ANSWER: pgettext_lazy("permission", "answer requests"),
    Permission.PARKED_HANDLE: pgettext_lazy("permission", "look after parked messages"),
    Permission.EVIDENCE_EXPORT: pgettext_lazy("permission", "export proofs"),
    Permission.RECORD_READ: pgettext_lazy("permission", "read the record"),
    Permission.EMERGENCY_REVIEW: pgettext_lazy("permission", "review emergency releases"),
    Permission.CHANNEL_READ: pgettext_lazy("permission", "see how the channel stands"),
    Permission.CHANNEL_MANAGE: pgettext_lazy("permission", "stop and restart the channel"),
    Permission.CHANNEL_THAW: pgettext_lazy("permission", "thaw a frozen channel, with a second person"),
    Permission.OFFICER_MANAGE: pgettext_lazy("permission", "make and change accounts"),
    Permission.OFFICER_CONFIRM: pgettext_lazy("permission", "agree to accounts as a second person"),
    Permission.NODE_MANAGE: pgettext_lazy("permission", "look after the node"),
    Permission.REGISTER_READ: pgettext_lazy("permission", "read the registers"),
    Permission.REGISTER_PROPOSE: pgettext_lazy("permission", "propose entries of the registers"),
    Permission.REGISTER_DECIDE: pgettext_lazy("permission", "agree to entries of the registers, and end them"),
    Permission.AGREEMENT_READ: pgettext_lazy("permission", "read the workplan, the dialogue, postings and the roster"),
    Permission.AGREEMENT_DRAFT: pgettext_lazy("permission", "prepare texts that both sides sign"),
    Permission.AGREEMENT_SIGN: pgettext_lazy("permission", "sign for our side what another officer prepared"),
    Permission.ROSTER_KEEP: pgettext_lazy("permission", "keep the duty roster"),
}

ACTS: Final[Mapping[str, Any]] = {
    "add factor": pgettext_lazy("done to an account", "added a second factor"),
    "agree to notice address": pgettext_lazy("done to an account", "agreed to the e-mail address"),
    "ask to unlock": pgettext_lazy("done to an account", "asked to open the lock"),
    "bind identity": pgettext_lazy("done to an account", "changed the identity at the agency"),
    "change password": pgettext_lazy("done to an account", "changed the password"),
    "choose notice address": pgettext_lazy("done to an account", "chose an e-mail address"),
    "confirm officer": pgettext_lazy("done to an account", "agreed as the second person"),
    "create officer": pgettext_lazy("done to an account", "made the account"),
    "end posting": pgettext_lazy("done to an account", "ended the posting"),
    "end sessions": pgettext_lazy("done to an account", "ended sessions"),
    "extend posting": pgettext_lazy("done to an account", "extended the posting"),
    "forget factors": pgettext_lazy("done to an account", "took out all second factors"),
    "lock account": pgettext_lazy("done to an account", "locked after many wrong passwords"),
    "refuse officer": pgettext_lazy("done to an account", "refused what waited"),
    "refuse unlock": pgettext_lazy("done to an account", "refused to open the lock"),
    "remove factor": pgettext_lazy("done to an account", "took out a second factor"),
    "renew recovery codes": pgettext_lazy("done to an account", "renewed the recovery codes"),
    "reset password": pgettext_lazy("done to an account", "reset the password"),
    "set offices": pgettext_lazy("done to an account", "changed the offices"),
    "set roles": pgettext_lazy("done to an account", "changed the roles"),
    "set scope": pgettext_lazy("done to an account", "changed the scope"),
    "sign in": pgettext_lazy("done to an account", "signed in"),
    "unlock account": pgettext_lazy("done to an account", "opened the lock"),
}
"""Acts on an account by the verb of its record, as they are told behind the name of who acted."""
