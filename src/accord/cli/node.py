"""Opening the node a command works on: its home, its settings, Django; and who acts.

Only commands that need a node import this module, and it imports Django late, so that the others start at once.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.officers.models import Officer

__all__ = ["ActingName", "AsJson", "Home", "NoSuchNode", "OfficerUnknown", "acting_officer", "open_node"]

SETTINGS: Final = "accord.node.settings"

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The node's folder.", envvar="ACCORD_HOME", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for a script.")]
ActingName = Annotated[
    str | None,
    typer.Option("--as", help="User name of the officer who acts; may be left out where only one could."),
]


class NoSuchNode(OfficerCanMend):
    """The command needs a node, and none is named or none is there."""

    code = "cli.no-node"
    default_next_step = "Name the node's folder with --home or ACCORD_HOME; `accord init` makes one."


class OfficerUnknown(OfficerCanMend):
    """The acting officer cannot be told from the words given."""

    code = "cli.officer-unknown"
    default_next_step = "Name the acting officer with --as; `accord officer list` shows the accounts."


def open_node(home: Path | None) -> Path:
    """Points this process at a node and sets Django up.

    Args:
        home: The node's folder, from ``--home`` or ``ACCORD_HOME``.

    Returns:
        The folder.

    Raises:
        NoSuchNode: No folder is named, or it holds no node.
    """
    if home is None:
        raise NoSuchNode("This command needs a node.")
    if not (home / "node.toml").is_file():
        raise NoSuchNode(f"{home} holds no node.", fields={"home": str(home)})
    os.environ["ACCORD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
    return home


def acting_officer(name: str | None) -> "Officer":
    """Returns the officer who acts: the one named, or the only active administrator.

    Raises:
        OfficerUnknown: Nobody has that name, or there is not exactly one administrator.
    """
    from accord.officers.models import Officer
    from accord.officers.permissions import Role

    if name is not None:
        officer = Officer.objects.filter(username=name).first()
        if officer is None:
            raise OfficerUnknown(f"There is no officer {name!r} at this node.")
        return officer
    administrators = [one for one in Officer.objects.all() if Role.ADMINISTRATOR in one.roles and one.is_posted()]
    if len(administrators) != 1:
        raise OfficerUnknown(f"This node has {len(administrators)} active administrators; say which one acts.")
    return administrators[0]
