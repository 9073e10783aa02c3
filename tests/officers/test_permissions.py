"""Roles and permissions: what is separate stays separate."""

import pytest

from accord.officers.models import Officer
from accord.officers.permissions import (
    CONTENT_PERMISSIONS,
    ROLE_PERMISSIONS,
    NotPermitted,
    Permission,
    Role,
    permissions_of,
    require,
)
from accord.release import actor


def test_an_administrator_holds_no_permission_that_shows_or_changes_content() -> None:
    assert not ROLE_PERMISSIONS[Role.ADMINISTRATOR] & CONTENT_PERMISSIONS


def test_a_reviewer_reads_and_writes_nothing_but_reviews_and_a_word_on_accounts() -> None:
    writes = set(Permission) - {
        Permission.CASE_READ,
        Permission.RECORD_READ,
        Permission.EMERGENCY_REVIEW,
        Permission.EVIDENCE_EXPORT,
        Permission.CHANNEL_READ,
        Permission.OFFICER_CONFIRM,
        Permission.REGISTER_READ,
        Permission.AGREEMENT_READ,
    }
    assert not ROLE_PERMISSIONS[Role.REVIEWER] & writes


def test_no_role_both_drafts_and_approves() -> None:
    for permissions in ROLE_PERMISSIONS.values():
        assert not {Permission.MESSAGE_DRAFT, Permission.MESSAGE_APPROVE} <= permissions


def test_every_role_is_in_the_table_and_every_permission_is_held_by_one() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert permissions_of([role.value for role in Role]) == set(Permission)


def test_an_unknown_role_allows_nothing() -> None:
    assert permissions_of(["king"]) == frozenset()
    assert permissions_of([]) == frozenset()


def test_the_words_the_lower_room_uses_are_permissions() -> None:
    assert {actor.APPROVE, actor.RELEASE, actor.MANAGE_PARKED} <= {item.value for item in Permission}


def test_what_is_missing_is_named() -> None:
    officer = Officer(username="o", roles=["reviewer"])
    require(officer, Permission.CASE_READ)
    with pytest.raises(NotPermitted) as refused:
        require(officer, Permission.MESSAGE_DRAFT)
    assert refused.value.fields == {"permission": "message.draft", "roles": ["reviewer"]}


def test_an_inactive_account_may_do_nothing() -> None:
    assert not Officer(username="o", roles=["reviewer"], is_active=False).may(Permission.CASE_READ)


def test_a_scope_narrows_and_never_widens() -> None:
    officer = Officer(username="o", roles=["reviewer"])
    officer.narrow_to(["case.read", "message.release", "nonsense"])
    assert officer.permissions() == {Permission.CASE_READ}


def test_counsel_reads_the_registers_and_no_content() -> None:
    # What both sides sign is read by whoever advises on it; it is about no case.
    assert ROLE_PERMISSIONS[Role.COUNSEL] & CONTENT_PERMISSIONS == {Permission.AGREEMENT_READ}
    assert {Permission.REGISTER_PROPOSE, Permission.REGISTER_DECIDE} <= ROLE_PERMISSIONS[Role.COUNSEL]


def test_who_looks_after_the_machinery_does_not_decide_on_registers() -> None:
    assert Permission.REGISTER_DECIDE not in ROLE_PERMISSIONS[Role.ADMINISTRATOR]
