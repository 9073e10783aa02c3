"""Notices of the registers and of what is on file: to who may settle it, once, and gone when it is settled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.exchange.models import Message
from accord.handling.assessing import HEAD, Question, assess, decide_assessment, settle_escalation
from accord.node.notices.deriving import make_notices
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice
from accord.node.notices.places import place_of
from accord.node.notices.settling import settle_notices
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.officers.registers import agree_to_entry, propose_entry
from accord.parties.models import RegisterEntry
from accord.parties.registers import Register
from tests.desk import TODAY, Desk, desk, own_side
from tests.exchange.test_what_the_gate_is_told import informing
from tests.registers import profiled

__all__ = ["desk"]


def told(kind: Kind) -> set[str]:
    return set(Notice.objects.filter(kind=kind, settled_at=None).values_list("officer__username", flat=True))


@pytest.fixture
def in_post(desk: Desk) -> Officer:
    """Counsel and decider are confirmed, so that they are told."""
    Officer.objects.update(waits_for_second=False, own_password_at=timezone.now())
    return Officer.objects.get(username=Role.COUNSEL.value)


def test_a_version_is_told_to_who_may_agree_and_no_more_once_it_is_settled(desk: Desk, in_post: Officer) -> None:
    terms = {"assessed_on": TODAY.isoformat(), "baseline": "low", "residual": "low", "assessed_by": "risk-unit"}
    entry = propose_entry(in_post, Register.RISK, "IN", terms)
    make_notices()
    assert told(Kind.REGISTER_WAITS) == {"decider"}
    make_notices()
    assert Notice.objects.filter(kind=Kind.REGISTER_WAITS).count() == 1
    decider = Officer.objects.get(username="decider")
    one = Notice.objects.get(kind=Kind.REGISTER_WAITS)
    assert place_of(one, decider) == f"/desk/registers/entries/{entry.pk}/"
    assert settle_notices() == 0
    agree_to_entry(decider, entry)
    settle_notices()
    assert told(Kind.REGISTER_WAITS) == set()


def test_sixty_days_before_a_profile_is_too_old_it_is_told_once_and_until_it_is_renewed(
    desk: Desk, in_post: Officer
) -> None:
    RegisterEntry.objects.filter(register="risk").delete()
    profiled("IN", assessed_on=TODAY - timedelta(days=304))
    make_notices()
    assert told(Kind.REGISTER_DUE) == set()
    RegisterEntry.objects.filter(register="risk").delete()
    profiled("IN", assessed_on=TODAY - timedelta(days=305))
    make_notices()
    make_notices()
    assert told(Kind.REGISTER_DUE) == {"counsel", "decider"}
    assert Notice.objects.filter(kind=Kind.REGISTER_DUE).count() == 2
    profiled("IN", assessed_on=TODAY)
    settle_notices()
    assert told(Kind.REGISTER_DUE) == set()


def test_what_departs_from_an_assessment_is_told_to_the_head_by_itself(desk: Desk, in_post: Officer) -> None:
    head = desk.head(HEAD)
    draft: Message = informing(desk, own=own_side(protection_statuses=["none"]), person_categories=["suspect"])
    given = {"answers": dict.fromkeys(Question, "no"), "outcome": "substantial", "reasons": "The place is known."}
    made = assess(desk.duty, draft, **given)  # type: ignore[arg-type]
    make_notices()
    assert {"releasing", "head"} <= told(Kind.FILE_WAITS)
    assert "liaison" not in told(Kind.FILE_WAITS)
    decide_assessment(desk.releasing, made, agrees=False, why="The place is closed.", override="factual-error")
    make_notices()
    settle_notices()
    assert told(Kind.FILE_WAITS) == set()
    assert told(Kind.FILE_ESCALATED) == {"head"}
    assert place_of(Notice.objects.get(kind=Kind.FILE_ESCALATED), head) == f"/desk/drafts/{draft.pk}/assessments"
    settle_escalation(head, made, allows=False, why="It stays.")
    settle_notices()
    assert told(Kind.FILE_ESCALATED) == set()
