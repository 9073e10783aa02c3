"""Who is signed in, and what the account may do."""

from datetime import datetime
from typing import Annotated

from ninja import Router, Schema

from accord.node.api.operations import ApiRequest, Everyone, offer
from accord.node.api.shapes import one_of
from accord.officers.permissions import Permission, Role

__all__ = ["router"]

router = Router()


class MeOut(Schema):
    """The account that asks."""

    username: str
    display_name: str
    agency: str
    roles: list[Annotated[str, one_of(Role)]]
    permissions: list[Annotated[str, one_of(Permission)]]
    is_system: bool
    active_until: datetime | None


@offer(router, "GET", "/me", permission=Everyone.SIGNED_IN, summary="Show the own account", response=MeOut)
def show_me(request: ApiRequest) -> MeOut:
    """Shows the officer or system the account stands for, with the permissions its scope leaves."""
    officer = request.officer
    return MeOut(
        username=officer.username,
        display_name=officer.display_name,
        agency=officer.agency,
        roles=list(officer.roles),
        permissions=sorted(item.value for item in officer.permissions()),
        is_system=officer.is_system,
        active_until=officer.active_until,
    )
