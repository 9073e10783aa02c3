"""``accord officer``: the accounts of this node: add, agree to, list, tokens, certificates, end a posting."""

import getpass
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from accord.cli.node import (
    ActingName,
    AsJson,
    Home,
    OfficerUnknown,
    acting_officer,
    officer_named,
    open_node,
    secret_of,
)
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
    if not sys.stdin.isatty():
        raise OfficerUnknown(
            "A password is needed, and there is no terminal to ask on.",
            code="cli.secret-missing",
            next_step="Run the command on a terminal, or pipe the password in with --password-stdin.",
        )
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise OfficerUnknown("The two passwords differ.", code="cli.passwords-differ", next_step="Try again.")
    return first


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
            "scope_themes": one.scope_themes,
            "scope_agencies": one.scope_agencies,
            "active_until": one.active_until.isoformat() if one.active_until else None,
            "is_posted": one.is_posted(),
            "waits_for_second": one.waits_for_second,
            "has_own_password": one.own_password_at is not None,
            "is_system": one.is_system,
        }
        for one in Officer.objects.all()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "waits" if row["waits_for_second"] else "posted" if row["is_posted"] else "ended"
        say(f"{row['username']:<24} {', '.join(map(str, row['roles'])):<32} {state:<7} {row['display_name']}")


@app.command()
def add(
    username: Username,
    *,
    role: Annotated[
        list[str], typer.Option("--role", help="liaison, releasing, decider, counsel, duty, reviewer or administrator.")
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
    as_json: AsJson = False,
) -> None:
    """Add an account; its officer then chooses a password, and a second person agrees to it."""
    open_node(home)
    from datetime import UTC

    from accord.officers.services import create_officer

    by = acting_officer(acting)
    made = create_officer(
        by,
        username,
        password=None if system else asked_password(is_stdin=password_stdin),
        display_name=name,
        roles=role,
        agency=agency,
        active_until=until.replace(tzinfo=UTC) if until else None,
        is_system=system,
        offices=office or (),
    )
    if as_json:
        print_json({"username": made.username, "roles": made.roles, "waits_for_second": made.waits_for_second})
        return
    say(f"Added {username} as {', '.join(role)}.")
    if not system:
        say(f"{username} chooses a password of their own now: accord officer password {username}")
    if made.waits_for_second:
        say(f"Another administrator or a reviewer then agrees: accord officer confirm {username} --as NAME")


@app.command()
def password(
    username: Username,
    *,
    home: Home = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read old and new from two lines.")] = False,
) -> None:
    """Choose a password of one's own, with the old one."""
    open_node(home)
    from accord.officers.passwords import change_password

    officer = officer_named(username)
    old = asked_password(is_stdin=True) if password_stdin else secret_of(officer)
    if not password_stdin:
        say("The new password; six words of a dice list are good.")
    change_password(officer, old=old, new=asked_password(is_stdin=password_stdin))
    say(f"The password of {username} is changed.")


@app.command()
def reset(
    username: Username,
    *,
    home: Home = None,
    acting: ActingName = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from one line.")] = False,
) -> None:
    """Give a person who forgot theirs a first password again; the account waits as a new one does."""
    open_node(home)
    from accord.officers.services import reset_password

    by, officer = acting_officer(acting), officer_named(username)
    reset_password(by, officer, asked_password(is_stdin=password_stdin))
    say(f"{username} chooses a password of their own now: accord officer password {username}")
    if officer.waits_for_second:
        say(f"Another administrator or a reviewer then agrees: accord officer confirm {username} --as NAME")


@app.command()
def scope(
    username: Username,
    *,
    home: Home = None,
    acting: ActingName = None,
    theme: Annotated[list[str] | None, typer.Option("--theme", help="Subject whose cases it reads; repeat it.")] = None,
    agency: Annotated[
        list[str] | None, typer.Option("--agency", help="Agency of ours whose cases it reads; repeat it.")
    ] = None,
) -> None:
    """Say which cases an account reads; without options every one. A wider scope waits for a second person."""
    open_node(home)
    from accord.officers.services import set_scope

    officer = officer_named(username)
    set_scope(acting_officer(acting), officer, themes=theme or (), agencies=agency or ())
    officer.refresh_from_db()
    themes, agencies = ", ".join(officer.scope_themes), ", ".join(officer.scope_agencies)
    say(f"{username}: {themes or 'every subject'}; {agencies or 'every agency'}.")
    if officer.waits_for_second:
        say(f"A second person then agrees: accord officer confirm {username} --as NAME")


@app.command()
def waiting(home: Home = None, as_json: AsJson = False) -> None:
    """List what waits for a second person: accounts, tokens and certificates, with the word for `confirm`."""
    open_node(home)
    from accord.officers.models import ApiToken, ClientCertificate, Officer

    rows = [
        {"name": one.username, "what": f"account, {', '.join(one.roles)}", "made_by": _maker(one)}
        for one in Officer.objects.filter(waits_for_second=True)
    ]
    for kind, model in ACCOUNT_KINDS.items():
        found: list[ApiToken | ClientCertificate] = list(_model(model).objects.filter(waits_for_second=True))
        rows += [
            {
                "name": f"{kind}:{one.pk}",
                "what": f"{kind} of {one.officer.username}, {one.label}",
                "made_by": _maker(one),
            }
            for one in found
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say(f"{row['name']:<24} {row['what']}, made by {row['made_by'] or 'nobody known'}")
    if not rows:
        say("Nothing waits for a second person.")


@app.command()
def confirm(
    name: Annotated[str, typer.Argument(help="User name, or token:NUMBER or certificate:NUMBER as `waiting` lists.")],
    *,
    home: Home = None,
    acting: ActingName = None,
) -> None:
    """Agree, as a second person, to an account, token or certificate that somebody else made."""
    open_node(home)
    from accord.officers.four_eyes import confirm_account, confirm_officer

    kind, _, number = name.partition(":")
    if kind in ACCOUNT_KINDS and number:
        found = _model(ACCOUNT_KINDS[kind]).objects.filter(pk=number).first() if number.isdecimal() else None
        if found is None:
            raise OfficerUnknown(f"There is no {name!a}.", next_step="`accord officer waiting` lists what waits.")
        confirm_account(acting_officer(acting), found)
    else:
        confirm_officer(acting_officer(acting), officer_named(name))
    say(f"{name} may act from now on.")


@app.command()
def refuse(username: Username, home: Home = None, acting: ActingName = None) -> None:
    """Refuse, as a second person, what waits of an account; a new one ends, a change is put back."""
    open_node(home)
    from accord.officers.four_eyes import refuse_officer

    refuse_officer(acting_officer(acting), officer_named(username))
    say(f"What waited of {username} is refused.")


@app.command()
def unlock(username: Username, home: Home = None, acting: ActingName = None) -> None:
    """Ask for an account that was locked after wrong passwords to be opened, or agree to it as the second person."""
    open_node(home)
    from accord.officers.lockout import unlock as lift

    is_open = lift(acting_officer(acting), officer_named(username))
    words = (
        f"{username} is open again."
        if is_open
        else f"A second person then agrees: accord officer unlock {username} --as NAME"
    )
    say(words)


ACCOUNT_KINDS: Final = {"token": "ApiToken", "certificate": "ClientCertificate"}
"""What waits beside accounts, by the word at the command line and the name of its model."""


def _model(name: str) -> Any:  # Any: a model, imported late
    from accord.officers import models

    return getattr(models, name)


def _maker(one: Any) -> str | None:  # Any: a model, imported late
    return one.made_by.username if one.made_by else None


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
    """Issue an API token and print it this once: a person's own, with their password, or a case system's."""
    open_node(home)
    from django.utils import timezone

    from accord.officers.permissions import permissions_of
    from accord.officers.tokens import issue_token

    officer = officer_named(username)
    row, secret = issue_token(
        _holder_or(officer, acting),
        officer,
        label=label,
        scope=scope or sorted(permissions_of(officer.roles)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    if as_json:
        print_json(
            {
                "username": username,
                "token": secret,
                "expires_at": row.expires_at.isoformat(),
                "waits_for_second": row.waits_for_second,
            }
        )
        return
    say(secret)
    if row.waits_for_second:
        typer.echo(
            f"It opens nothing until a second person agrees: accord officer confirm token:{row.pk} --as NAME", err=True
        )


def _holder_or(officer: "Officer", acting: str | None) -> "Officer":
    """Returns who issues a secret: the person themselves, or for a system the one who acts."""
    return acting_officer(acting or (None if officer.is_system else officer.username))


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
    """Bind a TLS client certificate to an account: a person's own, with their password, or a case system's."""
    open_node(home)
    import hashlib
    import ssl

    from django.utils import timezone

    from accord.officers.permissions import permissions_of
    from accord.officers.tokens import register_certificate

    officer = officer_named(username)
    try:
        der = ssl.PEM_cert_to_DER_cert(file.read_text("ascii").replace("\r\n", "\n"))
    except (ValueError, UnicodeDecodeError) as error:
        raise OfficerUnknown(
            f"{file.name} is not a PEM certificate.", code="cli.not-a-certificate", next_step="Give the .pem or .crt."
        ) from error
    digest = hashlib.sha256(der).digest()
    row = register_certificate(
        _holder_or(officer, acting),
        officer,
        label=label,
        der_sha256=digest,
        scope=scope or sorted(permissions_of(officer.roles)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    say(f"Bound certificate {digest.hex()} to {username}.")
    if row.waits_for_second:
        say(f"It opens nothing until a second person agrees: accord officer confirm certificate:{row.pk} --as NAME")


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

    by, officer = acting_officer(acting), officer_named(username)
    set_offices(by, officer, office or ())
    say(f"{username} bears: {'; '.join(office or ['no office'])}.")
    if officer.waits_for_second:
        say(f"Another administrator or a reviewer then agrees: accord officer confirm {username} --as NAME")


@app.command()
def end(username: Username, home: Home = None, acting: ActingName = None) -> None:
    """End a posting now: the account, its tokens and its certificates open nothing any more."""
    open_node(home)
    from accord.officers.services import end_posting

    end_posting(acting_officer(acting), officer_named(username))
    say(f"The posting of {username} has ended.")
