"""What the room does by itself: accounts are held to their postings, and planned test calls leave."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.liaison import rounds
from accord.liaison.models import PingPlan, PingTest
from accord.liaison.rounds import ROUND_SECONDS, LiaisonRounds
from accord.officers.models import Officer
from tests.desk import Desk, desk
from tests.liaison.directory.test_pinging import planned
from tests.liaison.postings.posted import agreed, recorded

__all__ = ["desk"]


def test_a_round_holds_accounts_and_sends_calls_and_the_next_one_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(desk, agreed(desk), desk.liaison)
    Officer.objects.filter(pk=desk.liaison.pk).update(active_until=None)
    planned(desk)
    PingPlan.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    clock = 1000.0
    monkeypatch.setattr(rounds.time, "monotonic", lambda: clock)
    made = LiaisonRounds()
    made.do_due()
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until is not None
    assert PingTest.objects.count() == 1
    Officer.objects.filter(pk=desk.liaison.pk).update(active_until=None)
    made.do_due()
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until is None, "the next round is not due yet"
    clock += ROUND_SECONDS
    made.do_due()
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until is not None
