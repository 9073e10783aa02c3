"""Who may do what: one enum of permissions, one table of roles, one check.

Two separations are built into the table and hold for every officer, whatever roles are added later:

* the drafter of a message is never its releaser (checked by ``release`` for each message, not by role), and the one
  who prepared a text that both sides sign never signs it (checked by ``instruments`` for each text);
* an administrator manages accounts and machinery and reads no content, and nobody who reads content manages accounts:
  a reviewer may agree to an account that an administrator made, and make none.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.officers.models import Officer

__all__ = ["CONTENT_PERMISSIONS", "ROLE_PERMISSIONS", "NotPermitted", "Permission", "Role", "permissions_of", "require"]


class Permission(StrEnum):
    """One thing an officer may do."""

    CASE_READ = "case.read"
    MESSAGE_DRAFT = "message.draft"
    MESSAGE_APPROVE = "message.approve"
    MESSAGE_RELEASE = "message.release"
    HOLD_ANSWER = "hold.answer"
    CASE_TAKE = "case.take"
    TEAM_KEEP = "team.keep"
    MESSAGE_ANSWER = "message.answer"
    PARKED_HANDLE = "parked.handle"
    EVIDENCE_EXPORT = "evidence.export"
    RECORD_READ = "record.read"
    EMERGENCY_REVIEW = "emergency.review"
    CHANNEL_READ = "channel.read"
    CHANNEL_MANAGE = "channel.manage"
    CHANNEL_THAW = "channel.thaw"
    OFFICER_MANAGE = "officer.manage"
    OFFICER_CONFIRM = "officer.confirm"
    NODE_MANAGE = "node.manage"
    REGISTER_READ = "register.read"
    REGISTER_PROPOSE = "register.propose"
    REGISTER_DECIDE = "register.decide"
    AGREEMENT_READ = "agreement.read"
    AGREEMENT_DRAFT = "agreement.draft"
    AGREEMENT_SIGN = "agreement.sign"
    ROSTER_KEEP = "roster.keep"


class Role(StrEnum):
    """The part an officer plays at a node."""

    LIAISON = "liaison"
    RELEASING = "releasing"
    DECIDER = "decider"
    COUNSEL = "counsel"
    DUTY = "duty"
    POLICY = "policy"
    SIGNATORY = "signatory"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


CONTENT_PERMISSIONS: frozenset[Permission] = frozenset(
    {
        Permission.CASE_READ,
        Permission.MESSAGE_DRAFT,
        Permission.MESSAGE_APPROVE,
        Permission.MESSAGE_RELEASE,
        Permission.HOLD_ANSWER,
        Permission.CASE_TAKE,
        Permission.TEAM_KEEP,
        Permission.MESSAGE_ANSWER,
        Permission.PARKED_HANDLE,
        Permission.EVIDENCE_EXPORT,
        Permission.RECORD_READ,
        Permission.EMERGENCY_REVIEW,
        Permission.AGREEMENT_READ,
        Permission.AGREEMENT_DRAFT,
        Permission.AGREEMENT_SIGN,
    },
)
"""Permissions that show or change content; no administrator holds one."""

_AT_THE_DESK = frozenset(
    {
        Permission.CASE_READ,
        Permission.MESSAGE_DRAFT,
        Permission.EVIDENCE_EXPORT,
        Permission.CHANNEL_READ,
        Permission.REGISTER_READ,
        Permission.AGREEMENT_READ,
    },
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.LIAISON: _AT_THE_DESK | {Permission.CASE_TAKE, Permission.TEAM_KEEP, Permission.MESSAGE_ANSWER},
    Role.DUTY: _AT_THE_DESK
    | {Permission.CASE_TAKE, Permission.TEAM_KEEP, Permission.MESSAGE_ANSWER, Permission.PARKED_HANDLE},
    Role.RELEASING: frozenset(
        {
            Permission.CASE_READ,
            Permission.TEAM_KEEP,
            Permission.MESSAGE_APPROVE,
            Permission.MESSAGE_RELEASE,
            Permission.HOLD_ANSWER,
            Permission.EVIDENCE_EXPORT,
            Permission.CHANNEL_READ,
            Permission.CHANNEL_THAW,
            Permission.REGISTER_READ,
            Permission.AGREEMENT_READ,
        },
    ),
    Role.DECIDER: frozenset(
        {
            Permission.CASE_READ,
            Permission.HOLD_ANSWER,
            Permission.CHANNEL_READ,
            Permission.REGISTER_READ,
            Permission.AGREEMENT_READ,
            Permission.REGISTER_DECIDE,
        },
    ),
    Role.COUNSEL: frozenset(
        {
            Permission.CHANNEL_READ,
            Permission.REGISTER_READ,
            Permission.AGREEMENT_READ,
            Permission.REGISTER_PROPOSE,
            Permission.REGISTER_DECIDE,
        },
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.CASE_READ,
            Permission.RECORD_READ,
            Permission.EMERGENCY_REVIEW,
            Permission.EVIDENCE_EXPORT,
            Permission.CHANNEL_READ,
            Permission.OFFICER_CONFIRM,
            Permission.REGISTER_READ,
            Permission.AGREEMENT_READ,
        },
    ),
    Role.POLICY: frozenset(
        {
            Permission.CHANNEL_READ,
            Permission.REGISTER_READ,
            Permission.AGREEMENT_READ,
            Permission.AGREEMENT_DRAFT,
            Permission.ROSTER_KEEP,
        },
    ),
    Role.SIGNATORY: frozenset(
        {
            Permission.CHANNEL_READ,
            Permission.REGISTER_READ,
            Permission.AGREEMENT_READ,
            Permission.AGREEMENT_SIGN,
        },
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.CHANNEL_READ,
            Permission.CHANNEL_MANAGE,
            Permission.CHANNEL_THAW,
            Permission.OFFICER_MANAGE,
            Permission.OFFICER_CONFIRM,
            Permission.NODE_MANAGE,
            Permission.REGISTER_READ,
            Permission.REGISTER_PROPOSE,
        },
    ),
}


class NotPermitted(OfficerCanMend):
    """The officer's roles, posting or token scope do not allow the act."""

    code = "officer.not-permitted"
    default_next_step = "Ask an officer who holds the permission named, or ask the administrator for the role."
    http_status = 403


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Returns what the roles allow together; an unknown role allows nothing."""
    allowed: set[Permission] = set()
    for name in roles:
        if name in ROLE_PERMISSIONS:
            allowed |= ROLE_PERMISSIONS[Role(name)]
    return frozenset(allowed)


def require(officer: "Officer", permission: Permission) -> None:
    """Raises unless the officer may do it now.

    Args:
        officer: Who acts, narrowed to the scope of the token or certificate used, if any.
        permission: What the act needs.

    Raises:
        NotPermitted: A role, an active posting or the scope is missing.
    """
    if not officer.may(permission):
        raise NotPermitted(
            f"This account may not do this: it needs the permission {permission.value}.",
            fields={"permission": permission.value, "roles": list(officer.roles)},
        )
