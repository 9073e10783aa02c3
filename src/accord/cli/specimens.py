"""Specimen accounts of a demonstration node: one for each role but the decider, each with a password and a token."""

import secrets
from datetime import timedelta
from typing import Final

from django.utils import timezone

from accord.officers.models import Officer
from accord.officers.permissions import Role, permissions_of
from accord.officers.services import create_officer
from accord.officers.tokens import issue_token

__all__ = ["make_specimens"]

SPECIMEN_DAYS: Final = 30
"""Life of a specimen token, days."""

# The reviewer comes last: from then on a second person could agree, so that an account would wait.
TITLES: Final = {
    Role.LIAISON: "Liaison officer (specimen)",
    Role.RELEASING: "Releasing officer (specimen)",
    Role.DUTY: "Duty officer (specimen)",
    Role.COUNSEL: "Counsel (specimen)",
    Role.POLICY: "Policy lead (specimen)",
    Role.SIGNATORY: "Signatory (specimen)",
    Role.REVIEWER: "Reviewer (specimen)",
}


def make_specimens(*, administrator: str, password: str) -> dict[str, dict[str, str]]:
    """Makes the accounts and returns user name, password and token of each, by role.

    Args:
        administrator: User name of the administrator, who makes them.
        password: The administrator's own password, returned with the others.
    """
    chief = Officer.objects.get(username=administrator)
    accounts = {Role.ADMINISTRATOR.value: {"username": administrator, "password": password, "token": _token(chief)}}
    for role, title in TITLES.items():
        word = secrets.token_urlsafe(12)
        officer = create_officer(chief, role.value, password=word, display_name=title, roles=[role.value])
        # Nobody is behind a specimen who could choose a password; on a real node only its officer sets this.
        officer.own_password_at = timezone.now()
        officer.save(update_fields=["own_password_at"])
        accounts[role.value] = {"username": role.value, "password": word, "token": _token(officer)}
    return accounts


def _token(officer: Officer) -> str:
    _, secret = issue_token(
        officer,
        officer,
        label="specimen",
        scope=sorted(permissions_of(officer.roles)),
        expires_at=timezone.now() + timedelta(days=SPECIMEN_DAYS),
    )
    return secret
