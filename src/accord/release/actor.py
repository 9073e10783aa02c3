"""Who acts, as far as this room must know: the officers' room stands above and cannot be imported."""

from typing import Any, Protocol

from accord.errors import OfficerCanMend

__all__ = ["APPROVE", "MANAGE_PARKED", "RELEASE", "Actor", "ActorNotPermitted", "require_actor"]

APPROVE = "message.approve"
RELEASE = "message.release"
MANAGE_PARKED = "parked.handle"


class Actor(Protocol):
    """An officer: a primary key and an answer to "may you?"."""

    @property
    def pk(self) -> Any:  # Any: the key's type is the officers' room's choice
        """Primary key of the officer."""

    def may(self, permission: str) -> bool:
        """Returns whether the officer may do it now."""


class ActorNotPermitted(OfficerCanMend):
    """The officer may not do this."""

    code = "officer.not-permitted"
    default_next_step = "Ask an officer who holds the permission named."
    http_status = 403


def require_actor(actor: Actor, permission: str) -> None:
    """Raises unless the officer may do it.

    Raises:
        ActorNotPermitted: The permission is missing.
    """
    if not actor.may(permission):
        raise ActorNotPermitted(
            f"This account may not do this: it needs the permission {permission}.", fields={"permission": permission}
        )
