"""``accord officer``: the accounts of this node: add, list, give a token, bind a certificate, end a posting."""

import getpass
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accord.cli.node import ActingName, AsJson, Home, OfficerUnknown, acting_officer, open_node
from accord.cli.output import print_json, say

if TYPE_CHECKING:
    from accord.officers.models import Officer

__all__ = ["app", "asked_password"]

TOKEN_DAYS: Final = 90
"""Life of a token when none is stated, days: the renewal rhythm of most agencies' key policies."""

app = typer.Typer(help="Look after the accounts of this node.", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="User name of the account.")]
Scope = Annotated[
    list[str] | None,
    typer.Option("--scope", help="Permission the account carries; repeat it. All the roles hold, when left out."),
]
Days = Annotated[int, typer.Option("--days", help="Life of the account in days, at most 366.")]


def asked_password(*, is_stdin: bool) -> str:
    """Returns a password from standard input (one line), or asks for it twice on the terminal."""
    if is_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise OfficerUnknown("The two passwords differ.", code="cli.passwords-differ", next_step="Try again.")
    return first


def _named(username: str) -> "Officer":
    from accord.officers.models import Officer

    found = Officer.objects.filter(username=username).first()
    if found is None:
        raise OfficerUnknown(f"There is no officer {username!r} at this node.")
    return found


@app.command("list")
def list_officers(home: Home = None, as_json: AsJson = False) -> None:
    """List the accounts with their roles and the end of their posting."""
    open_node(home)
    from accord.officers.models import Officer

    rows = [
        {
            "username": one.username,
            "display_name": one.display_name,
            "roles": one.roles,
            "offices": one.offices,
            "agency": one.agency,
            "active_until": one.active_until.isoformat() if one.active_until else None,
            "is_posted": one.is_posted(),
        }
        for one in Officer.objects.all()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "posted" if row["is_posted"] else "ended"
        say(f"{row['username']:<24} {', '.join(map(str, row['roles'])):<32} {state:<7} {row['display_name']}")


@app.command()
def add(
    username: Username,
    *,
    role: Annotated[
        list[str], typer.Option("--role", help="liaison, releasing, decider, duty, reviewer or administrator.")
    ],
    name: Annotated[str, typer.Option("--name", help="Name shown to colleagues.")],
    home: Home = None,
    acting: ActingName = None,
    agency: Annotated[str, typer.Option("--agency", help="Code of the agency in the party's profile.")] = "",
    office: Annotated[
        list[str] | None,
        typer.Option("--office", help="Office that decides on holds, as the rules name it; repeat it."),
    ] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="End of the posting (UTC).")] = None,
    system: Annotated[bool, typer.Option("--system", help="A national case system, not a person.")] = False,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from one line.")] = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="Token or certificate only.")] = False,
) -> None:
    """Add an account."""
    open_node(home)
    from datetime import UTC

    from accord.officers.services import create_officer

    create_officer(
        acting_officer(acting),
        username,
        password=None if no_password or system else asked_password(is_stdin=password_stdin),
        display_name=name,
        roles=role,
        agency=agency,
        active_until=until.replace(tzinfo=UTC) if until else None,
        is_system=system,
        offices=office or (),
    )
    say(f"Added {username} as {', '.join(role)}.")


@app.command()
def token(
    username: Username,
    *,
    label: Annotated[str, typer.Option("--label", help="What the token is for.")],
    home: Home = None,
    acting: ActingName = None,
    scope: Scope = None,
    days: Days = TOKEN_DAYS,
    as_json: AsJson = False,
) -> None:
    """Issue an API token for an account and print it this once."""
    open_node(home)
    from django.utils import timezone

    from accord.officers.permissions import permissions_of
    from accord.officers.services import issue_token

    officer = _named(username)
    row, secret = issue_token(
        acting_officer(acting),
        officer,
        label=label,
        scope=scope or sorted(permissions_of(officer.roles)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    if as_json:
        print_json({"username": username, "token": secret, "expires_at": row.expires_at.isoformat()})
        return
    say(secret)


@app.command()
def certificate(
    username: Username,
    file: Annotated[Path, typer.Argument(help="The client certificate, PEM.", exists=True, dir_okay=False)],
    *,
    label: Annotated[str, typer.Option("--label", help="What the certificate is for.")],
    home: Home = None,
    acting: ActingName = None,
    scope: Scope = None,
    days: Days = TOKEN_DAYS,
) -> None:
    """Bind a TLS client certificate to an account."""
    open_node(home)
    import hashlib
    import ssl

    from django.utils import timezone

    from accord.officers.permissions import permissions_of
    from accord.officers.services import register_certificate

    officer = _named(username)
    try:
        der = ssl.PEM_cert_to_DER_cert(file.read_text("ascii"))
    except ValueError as error:
        raise OfficerUnknown(
            f"{file.name} is not a PEM certificate.", code="cli.not-a-certificate", next_step="Give the .pem or .crt."
        ) from error
    digest = hashlib.sha256(der).digest()
    register_certificate(
        acting_officer(acting),
        officer,
        label=label,
        der_sha256=digest,
        scope=scope or sorted(permissions_of(officer.roles)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    say(f"Bound certificate {digest.hex()} to {username}.")


@app.command()
def offices(
    username: Username,
    *,
    office: Annotated[
        list[str] | None, typer.Option("--office", help="Office that decides on holds, as a rule names it; repeat it.")
    ] = None,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Say which offices an account bears; without --office it bears none any more."""
    open_node(home)
    from accord.officers.services import set_offices

    set_offices(acting_officer(acting), _named(username), office or ())
    say(f"{username} bears: {'; '.join(office or ['no office'])}.")


@app.command()
def end(username: Username, home: Home = None, acting: ActingName = None) -> None:
    """End a posting now: the account, its tokens and its certificates open nothing any more."""
    open_node(home)
    from accord.officers.services import end_posting

    end_posting(acting_officer(acting), _named(username))
    say(f"The posting of {username} has ended.")
