"""Opening the node a command works on: its home, its settings, Django; and who acts.

Only commands that need a node import this module, and it imports Django late, so that the others start at once.
"""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.cli.faults import DatabaseLost
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.officers.models import Officer

__all__ = [
    "ActingName",
    "AsJson",
    "Home",
    "NoSuchNode",
    "OfficerUnknown",
    "SecretMissing",
    "acting_officer",
    "lost_database",
    "officer_named",
    "open_node",
    "secret_of",
]

SETTINGS: Final = "accord.node.settings"

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The node's folder.", envvar="ACCORD_HOME", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for a script.")]
ActingName = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="User name of the officer who acts, whose password is asked for, or read from ACCORD_OFFICER_PASSWORD or "
        "the file that ACCORD_OFFICER_PASSWORD_FILE names. Left out, the only active administrator acts.",
    ),
]


class NoSuchNode(OfficerCanMend):
    """The command needs a node, and none is named or none is there."""

    code = "cli.no-node"
    default_next_step = "Name the node's folder with --home or ACCORD_HOME; `accord init` makes one."


class OfficerUnknown(OfficerCanMend):
    """The acting officer cannot be told from the words given."""

    code = "cli.officer-unknown"
    default_next_step = "Name the acting officer with --as; `accord officer list` shows the accounts."


def open_node(home: Path | None, *, needs_database: bool = True) -> Path:
    """Points this process at a node and sets Django up.

    Args:
        home: The node's folder, from ``--home`` or ``ACCORD_HOME``.
        needs_database: Whether the database's file must be there; only what makes or examines a node goes without.

    Returns:
        The folder.

    Raises:
        NoSuchNode: No folder is named, or it holds no node.
        DatabaseLost: The home is whole but for its database; opening it would make an empty one.
    """
    if home is None:
        raise NoSuchNode("This command needs a node.")
    if not (home / "node.toml").is_file():
        raise NoSuchNode(f"{home} holds no node.", fields={"home": str(home)})
    os.environ["ACCORD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
    if needs_database and (lost := lost_database()) is not None:
        raise lost
    return home


def lost_database() -> DatabaseLost | None:
    """Returns what is to be said when the node's SQLite file is gone, ``None`` when there is a database to open."""
    from django.conf import settings

    if settings.CONFIG.database_url != "sqlite" or settings.CONFIG.sqlite_path.is_file():
        return None
    return DatabaseLost(
        f"The home {settings.CONFIG.home} is there, but its database {settings.CONFIG.sqlite_path.name} is not.",
        fields={"file": str(settings.CONFIG.sqlite_path)},
    )


class SecretMissing(OfficerCanMend):
    """An officer is named who acts, and no secret of theirs is given."""

    code = "cli.secret-missing"
    default_next_step = (
        "Run the command on a terminal, which asks for it, or set ACCORD_OFFICER_PASSWORD (or its _FILE) for one run."
    )


def officer_named(name: str) -> "Officer":
    """Returns the account of that user name.

    Raises:
        OfficerUnknown: Nobody has it.
    """
    from accord.officers.models import Officer

    found = Officer.objects.filter(username=name).first()
    if found is None:
        raise OfficerUnknown(f"There is no officer {name!a} at this node.")
    return found


def secret_of(officer: "Officer") -> str:
    """Returns the password that was given for an officer: of the environment, of a file, or typed now.

    Raises:
        SecretMissing: None was given, and nobody can be asked.
    """
    if said := os.environ.get("ACCORD_OFFICER_PASSWORD"):
        return said
    if file := os.environ.get("ACCORD_OFFICER_PASSWORD_FILE"):
        return Path(file).read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise SecretMissing(f"{officer.username} acts, and no password was given.")
    return getpass.getpass(f"Password of {officer.username}: ")


def acting_officer(name: str | None) -> "Officer":
    """Returns the officer who acts: the one named, whose password must be given, or the only active administrator.

    Whoever runs the commands as the node's own user is its operator, so that the only administrator needs no password;
    everybody else, and each of several administrators, proves who they are.

    Raises:
        OfficerUnknown: Nobody has that name, or there is not exactly one administrator.
        SecretMissing: No password was given.
        SecretRefused: It is not theirs.
    """
    from accord.officers.models import Officer
    from accord.officers.passwords import require_password
    from accord.officers.permissions import Role

    if name is not None:
        officer = officer_named(name)
        require_password(officer, secret_of(officer))
        return officer
    administrators = [one for one in Officer.objects.all() if Role.ADMINISTRATOR in one.roles and one.is_posted()]
    if len(administrators) != 1:
        raise OfficerUnknown(f"This node has {len(administrators)} active administrators; say which one acts.")
    return administrators[0]
