"""Acts on accounts: make, change and end officers.

Every act takes the acting officer first and checks the permission before anything else. The one exception is
:func:`create_first_administrator`, which works only on a node that has no officer yet.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.officers.acts import note
from accord.officers.endings import end_secrets, end_sessions
from accord.officers.four_eyes import WAITING_FIELDS, Waiting, put_to_wait, require_enough_left, reread
from accord.officers.models import Officer
from accord.officers.names import display_name_of, user_name_of
from accord.officers.passwords import set_first
from accord.officers.permissions import (
    CONTENT_PERMISSIONS,
    Permission,
    Role,
    permissions_of,
    require,
)
from accord.parties.models import Party
from accord.release.gate import deciders
from accord.vocabulary.subjects import Theme

__all__ = [
    "AccountRefused",
    "create_first_administrator",
    "create_officer",
    "end_posting",
    "extend_posting",
    "reset_password",
    "set_offices",
    "set_roles",
    "set_scope",
]


class AccountRefused(OfficerCanMend):
    """An account cannot be made, used or changed as asked."""

    code = "officer.account-refused"


def _known_roles(roles: Iterable[str]) -> list[str]:
    names = sorted(set(roles))
    known = {role.value for role in Role}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise AccountRefused(
            "An officer needs at least one known role.", code="officer.unknown-role", fields={"unknown": unknown}
        )
    allowed = permissions_of(names)
    if Permission.OFFICER_MANAGE in allowed and allowed & CONTENT_PERMISSIONS:
        raise AccountRefused(
            "An administrator reads no content: the role cannot be joined with one that does.",
            code="officer.roles-conflict",
            next_step="Make two accounts for two persons.",
            fields={"roles": names},
        )
    return names


@transaction.atomic
def create_first_administrator(username: str, password: str, *, display_name: str = "Administrator") -> Officer:
    """Makes the administrator of a new node, whose password is theirs from the start.

    Raises:
        AccountRefused: The node has officers already.
        NameRefused: The user name is not plain.
        PasswordRefused: The password is weak.
    """
    if Officer.objects.exists():
        raise AccountRefused("The node has officers already.", code="officer.not-first")
    officer = Officer(
        username=user_name_of(username),
        display_name=display_name_of(display_name),
        roles=[Role.ADMINISTRATOR.value],
    )
    set_first(officer, password, is_own=True)
    officer.save()
    note(None, "create officer", officer)
    return officer


@transaction.atomic
def create_officer(  # the fields of an account
    by: Officer,
    username: str,
    *,
    password: str | None,
    display_name: str,
    roles: Sequence[str],
    agency: str = "",
    unit: str = "",
    active_until: datetime | None = None,
    is_system: bool = False,
    offices: Sequence[str] = (),
) -> Officer:
    """Makes an account; where a second person could agree to it, it opens nothing until one did.

    Args:
        by: The administrator.
        username: Name at sign-in.
        password: First password, which its officer replaces; ``None`` for an account without one.
        display_name: Name shown to colleagues.
        roles: One or more of :class:`Role`.
        agency: Code of the agency in the party's profile.
        unit: Unit within the agency.
        active_until: End of the posting.
        is_system: Whether a national case system, not a person, uses the account.
        offices: Offices that the rules name as deciding on a hold, in the rules' own words.

    Returns:
        The new officer.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: A role or the agency is unknown, the roles conflict, the name is taken, or the posting has
            ended before it begins.
        NameRefused: A name holds what hides or reorders.
        PasswordRefused: The password is weak.
    """
    require(by, Permission.OFFICER_MANAGE)
    names = _known_roles(roles)
    # Two names that differ by capitals alone would be taken for one.
    if Officer.objects.filter(username__iexact=user_name_of(username)).exists():
        raise AccountRefused(
            "The user name is taken.", code="officer.name-taken", next_step="Choose another user name."
        )
    if active_until is not None and active_until <= timezone.now():
        raise AccountRefused(
            f"The posting would have ended already, at {active_until:%Y-%m-%d %H:%M} UTC.",
            code="officer.posting-over",
            next_step="Name an end that lies ahead, or none.",
            fields={"field": "active_until"},
        )
    _require_agency(agency)
    officer = Officer(
        username=username,
        display_name=display_name_of(display_name),
        roles=names,
        agency=agency,
        unit=unit,
        active_until=active_until,
        is_system=is_system,
        offices=_known_offices(offices),
    )
    set_first(officer, password)
    put_to_wait(by, officer, Waiting.ACCOUNT)
    officer.save()
    note(by, "create officer", officer, detail={"roles": ",".join(names), "waits": officer.waits_for_second})
    return officer


def _require_agency(code: str) -> None:
    us = Party.objects.filter(is_self=True).first()
    if not code or us is None:
        return
    known = [agency.code for agency in us.described.agencies]
    if code not in known:
        raise AccountRefused(
            f"The profile of {us.code} has no agency {code[:16]!a}.",
            code="officer.unknown-agency",
            next_step=f"Name one of {', '.join(known)}.",
            fields={"field": "agency"},
        )


@transaction.atomic
def reset_password(by: Officer, officer: Officer, password: str) -> None:
    """Gives an account a first password again; it opens nothing until its officer changed it and a second one agreed.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: It is the own account, or a system's.
        FourEyes: It is the only other person who could agree to accounts.
        PasswordRefused: The password is weak.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk or officer.is_system:
        raise AccountRefused(
            "A password is reset for another person only.",
            code="officer.no-reset",
            next_step="Change your own with `accord officer password`; a system's account has none.",
        )
    reread(officer)
    # Between two who can agree to accounts, a reset would put the other's voice into the hands of the first.
    require_enough_left(by, officer)
    set_first(officer, password)
    put_to_wait(by, officer, Waiting.PASSWORD)
    officer.save(update_fields=["password", "own_password_at", *WAITING_FIELDS])
    sessions, revoked = end_sessions(officer), end_secrets(officer)
    waits = officer.waits_for_second
    note(by, "reset password", officer, detail={"waits": waits, "sessions": sessions, "revoked": revoked})


@transaction.atomic
def set_roles(by: Officer, officer: Officer, roles: Sequence[str]) -> None:
    """Replaces an officer's roles.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: A role is unknown, the roles conflict, or it is the own account.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk:
        raise AccountRefused("Nobody changes their own roles.", code="officer.own-roles")
    names = _known_roles(roles)
    reread(officer)
    if Permission.OFFICER_CONFIRM not in permissions_of(names):
        require_enough_left(by, officer)
    before, officer.roles = officer.roles, names
    if permissions_of(names) - permissions_of(before):
        put_to_wait(by, officer, Waiting.ROLES, roles=before)
    officer.save(update_fields=["roles", *WAITING_FIELDS])
    if set(before) - set(names):
        end_sessions(officer)
    note(by, "set roles", officer, detail={"roles": ",".join(officer.roles)})


def _known_offices(names: Iterable[str]) -> list[str]:
    wanted = sorted(set(names))
    if not wanted:
        return []
    known = deciders()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise AccountRefused(
            "No rule of this node's law names such an office as deciding on a hold.",
            code="officer.unknown-office",
            next_step="Use one of the offices listed, in the rules' own words.",
            fields={"field": "offices", "unknown": unknown, "known": sorted(known)},
        )
    return wanted


@transaction.atomic
def set_offices(by: Officer, officer: Officer, offices: Sequence[str]) -> None:
    """Replaces the offices in which an officer decides on holds of the law gate.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: An office is named by no rule, or it is the own account.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk:
        raise AccountRefused("Nobody changes their own offices.", code="officer.own-offices")
    known = _known_offices(offices)
    reread(officer)
    before, officer.offices = officer.offices, known
    if set(known) - set(before):
        put_to_wait(by, officer, Waiting.OFFICES, offices=before)
    officer.save(update_fields=["offices", *WAITING_FIELDS])
    note(by, "set offices", officer, detail={"offices": "; ".join(officer.offices)})


@transaction.atomic
def set_scope(by: Officer, officer: Officer, *, themes: Sequence[str], agencies: Sequence[str]) -> None:
    """Replaces what an officer reads of the cases: of which themes, for which agencies of ours; a reviewer's mandate.

    Args:
        by: An administrator.
        officer: The account.
        themes: Subjects of cooperation; every one where empty.
        agencies: Codes of agencies in our profile; every one where empty.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: A theme or an agency is unknown, or it is the own account.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk:
        raise AccountRefused("Nobody changes their own scope.", code="officer.own-scope")
    if unknown := set(themes) - set(Theme):
        raise AccountRefused(
            "There is no such subject of cooperation.",
            code="officer.unknown-theme",
            next_step=f"Name subjects of the list: {', '.join(Theme)}.",
            fields={"field": "themes", "unknown": sorted(unknown)},
        )
    for code in agencies:
        _require_agency(code)
    reread(officer)
    before = {"scope_themes": officer.scope_themes, "scope_agencies": officer.scope_agencies}
    officer.scope_themes, officer.scope_agencies = sorted(set(themes)), sorted(set(agencies))
    if any(_is_wider(getattr(officer, name), was) for name, was in before.items()):
        put_to_wait(by, officer, Waiting.SCOPE, **before)
    officer.save(update_fields=["scope_themes", "scope_agencies", *WAITING_FIELDS])
    told = {"themes": ",".join(officer.scope_themes), "agencies": ",".join(officer.scope_agencies)}
    note(by, "set scope", officer, detail={**told})


def _is_wider(scope: Sequence[str], before: Sequence[str]) -> bool:
    return bool(before) and (not scope or bool(set(scope) - set(before)))


@transaction.atomic
def end_posting(by: Officer, officer: Officer, *, at: datetime | None = None) -> None:
    """Ends a posting at a time (now where omitted), and never later than it ends already.

    Sessions, tokens and certificates end with it; a later posting does not open them again.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: It is the last account that may manage officers: nobody could make another.
        FourEyes: One person alone would be left for all accounts.
    """
    require(by, Permission.OFFICER_MANAGE)
    if not any(_manages(other) for other in Officer.objects.exclude(pk=officer.pk).filter(is_active=True)):
        raise AccountRefused(
            "The last administrator's posting cannot be ended.",
            code="officer.last-administrator",
            next_step="Make the successor's account first.",
        )
    require_enough_left(by, officer)
    reread(officer)
    now = timezone.now()
    officer.active_until = min(at or now, officer.active_until or at or now)
    officer.save(update_fields=["active_until"])
    if officer.active_until <= now:
        end_sessions(officer)
        end_secrets(officer)
    note(by, "end posting", officer, at=None)


@transaction.atomic
def extend_posting(by: Officer, officer: Officer, *, until: datetime | None) -> None:
    """Gives a posting a later end, or none; it waits for a second person as new rights do.

    Raises:
        NotPermitted: ``by`` may not manage officers.
        AccountRefused: It is the own posting, or the end named is not later than the one that stands.
    """
    require(by, Permission.OFFICER_MANAGE)
    if by.pk == officer.pk:
        raise AccountRefused("Nobody extends their own posting.", code="officer.own-posting")
    reread(officer)
    before = officer.active_until
    if before is None or (until is not None and until <= max(before, timezone.now())):
        raise AccountRefused(
            "A posting is extended to a day after the end that stands.",
            code="officer.posting-not-later",
            next_step="Name a later day, or end the posting.",
            fields={"field": "active_until"},
        )
    if before <= timezone.now():
        # A posting that ran out by its day left them behind.
        end_sessions(officer)
        end_secrets(officer)
    officer.active_until = until
    put_to_wait(by, officer, Waiting.POSTING, active_until=before)
    officer.save(update_fields=["active_until", *WAITING_FIELDS])
    note(by, "extend posting", officer, detail={"until": until.isoformat() if until else None})


def _manages(officer: Officer) -> bool:
    return officer.is_posted(timezone.now()) and Permission.OFFICER_MANAGE in permissions_of(officer.roles)
