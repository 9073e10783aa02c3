"""``accord init``: make a node in an empty folder: settings, database, keys, party, first administrator."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.cli.node import AsJson, Home, NoSuchNode, open_node
from accord.cli.officer import asked_password
from accord.cli.output import print_json, say, working
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.node.config import NodeConfig

__all__ = ["app"]

PASSWORD_BYTES: Final = 18
"""Random bytes of a password that is made here: 144 bit, 24 characters."""

app = typer.Typer(add_completion=False)


class HomeRefused(OfficerCanMend):
    """The folder named cannot become a node's home."""

    code = "cli.home-refused"
    default_next_step = "Name an empty or new folder with --home."


@dataclass(frozen=True, kw_only=True)
class MadeNode:
    """What a new node's operator must know; the password is shown this once.

    Args:
        party: Code of its party.
        home: Its folder.
        words: Words of its root key.
        administrator: User name of the first administrator.
        password: That administrator's password, where it was made here.
        accounts: Specimen accounts by role, on a demonstration node.
    """

    party: str
    home: Path
    words: tuple[str, ...]
    administrator: str
    password: str | None
    accounts: dict[str, dict[str, str]]

    def to_json(self) -> dict[str, object]:
        """Returns the members that scripts read."""
        return {
            "party": self.party,
            "home": str(self.home),
            "words": list(self.words),
            "administrator": self.administrator,
            "password": self.password,
            "accounts": self.accounts,
        }


@app.command()
def init(
    *,
    home: Home = None,
    profile: Annotated[str, typer.Option("--profile", help="Name of a shipped profile, or a profile file.")] = "",
    database: Annotated[str, typer.Option("--database", help="sqlite, or a postgresql:// URL.")] = "sqlite",
    api_host: Annotated[str, typer.Option("--api-host", help="Address the API listens on.")] = "127.0.0.1",
    api_port: Annotated[int, typer.Option("--api-port", help="Port of the API.")] = 8300,
    channel_host: Annotated[str, typer.Option("--channel-host", help="Address the channel listens on.")] = "127.0.0.1",
    channel_port: Annotated[int, typer.Option("--channel-port", help="Port of the channel.")] = 8400,
    channel_url: Annotated[str, typer.Option("--channel-url", help="Address by which peers reach the channel.")] = "",
    passphrase_file: Annotated[
        str, typer.Option("--passphrase-file", help="File with the key file's passphrase.")
    ] = "",
    administrator: Annotated[str, typer.Option("--administrator", help="User name of the administrator.")] = "admin",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read its password from one line.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="A node on loopback with specimen accounts.")] = False,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Only bring an existing node's database up to date.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a node, or bring an existing one up to date with --upgrade."""
    if upgrade:
        _upgrade(home)
        return
    if home is None:
        raise NoSuchNode("Say where the node shall live.", next_step="Name the folder with --home or ACCORD_HOME.")
    from accord.law.loading import require_own_law
    from accord.node.config import NodeConfig
    from accord.parties.profile import load_profile, shipped_profiles

    if not profile:
        raise HomeRefused(
            "Say whose node this is.", code="cli.no-profile", next_step=f"--profile: {', '.join(shipped_profiles())}."
        )
    described = load_profile(profile)
    require_own_law(described.code, described.law_packs)
    config = NodeConfig(
        home=home.absolute(),
        party=described.code,
        profile=profile if profile in shipped_profiles() else str(Path(profile).absolute()),
        database=database,
        api_host=api_host,
        api_port=api_port,
        channel_host=channel_host,
        channel_port=channel_port,
        channel_url=channel_url,
        passphrase_file=passphrase_file and str(Path(passphrase_file).absolute()),
        demo=demo,
    )
    password = asked_password(is_stdin=True) if password_stdin else secrets.token_urlsafe(PASSWORD_BYTES)
    with _empty(config.home):
        made = _made(config, administrator=administrator, password=password, is_shown=not password_stdin)
    if as_json:
        print_json(made.to_json())
    else:
        _tell(made)


@contextmanager
def _empty(home: Path) -> Iterator[None]:
    """Takes an empty or new folder and empties it again when the node cannot be made."""
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise HomeRefused(f"{home} is not empty.", fields={"home": str(home)})
    was_there = home.exists()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield
    except BaseException:
        for path in home.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not was_there:
            home.rmdir()
        raise


def _made(config: "NodeConfig", *, administrator: str, password: str, is_shown: bool) -> MadeNode:
    from accord.node.config import read_config, write_config
    from accord.parties.profile import load_profile

    write_config(config)
    read_config(config.home, environment=os.environ)  # refuses unsafe combinations before anything is made
    passphrase = _passphrase(config.passphrase_file)
    with working("Making the database"):
        _migrate(config.home)
    from accord.officers.services import create_first_administrator
    from accord.parties.services import create_node, our_words

    with working("Making the keys"):
        custody = create_node(config.home, load_profile(config.profile), passphrase)
    create_first_administrator(administrator, password)
    return MadeNode(
        party=config.party,
        home=config.home,
        words=our_words(custody),
        administrator=administrator,
        password=password if is_shown else None,
        accounts=_specimens(administrator, password) if config.demo else {},
    )


def _passphrase(file: str) -> bytes:
    from accord.parties.custody import PassphraseMissing, find_passphrase

    try:
        return find_passphrase(file=file)
    except PassphraseMissing:
        if not sys.stdin.isatty():
            raise
        say("The key file is protected by a passphrase; six words of a dice list are good.")
        return asked_password(is_stdin=False).encode()


def _upgrade(home: Path | None) -> None:
    open_node(home)
    from accord.node.schema import require_current_schema, require_known_migrations, waiting_migrations

    require_known_migrations()
    waiting = waiting_migrations()
    if waiting:
        _migrate(home)
    require_current_schema()
    say(f"Applied {len(waiting)} migrations: {', '.join(waiting)}." if waiting else "The database is up to date.")


def _migrate(home: Path | None) -> None:
    open_node(home, needs_database=False)
    from django.core.management import call_command
    from django.db import connection

    from accord.node import settings
    from accord.node.sqlite.statistics import renew_statistics

    call_command("migrate", verbosity=0, interactive=False)
    if connection.vendor == "sqlite":
        renew_statistics(settings.CONFIG.sqlite_path)


def _specimens(administrator: str, password: str) -> dict[str, dict[str, str]]:
    from accord.cli.specimens import make_specimens

    return make_specimens(administrator=administrator, password=password)


def _tell(made: MadeNode) -> None:
    say(f"The node of {made.party} is in {made.home}.")
    say(
        f"Administrator: {made.administrator}"
        + (f", password {made.password} (shown this once)" if made.password else "")
    )
    say("Words of its root key, to be compared in person when you pair:")
    say(f"  {' '.join(made.words)}")
    say("Next: add officers (accord officer add), invite a peer (accord peer invite), and start it (accord serve).")
    say("Then take root.acc and archive.acc to an offline place: only pairing, rotation and recovery need them.")
