"""What is due after an objection and an incident, and that an outcome or another word ends it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accord.workstreams.drugs.kinds.pre_export_reply import ReplyResult
from accord.workstreams.drugs.models import Incident, Notice
from accord.workstreams.drugs.notices.follow_ups import follow_up_due, is_late_alert
from accord.workstreams.drugs.notices.states import has_no_objection

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize("result", list(ReplyResult))
def test_only_an_objection_or_a_refusal_is_followed_up_within_two_days(result: ReplyResult) -> None:
    notice = Notice(reply_result=result.value, replied_at=AT)
    objects = result in {ReplyResult.OBJECTION, ReplyResult.REFUSED}
    assert follow_up_due(notice) == (AT + timedelta(hours=48) if objects else None)
    assert has_no_objection(notice) is (result is ReplyResult.NO_OBJECTION)


def test_what_became_of_it_since_ends_the_follow_up_and_what_was_told_before_does_not() -> None:
    notice = Notice(reply_result="objection", replied_at=AT, became="stopped", became_at=AT + timedelta(hours=1))
    assert follow_up_due(notice) is None
    notice.became_at = AT - timedelta(hours=1)
    assert follow_up_due(notice) == AT + timedelta(hours=48)


def test_silence_is_followed_up_by_nothing_and_is_no_objection_either() -> None:
    notice = Notice(reply_result="", waits_until=AT - timedelta(days=9))
    assert follow_up_due(notice) is None
    assert not has_no_objection(notice)


@pytest.mark.parametrize(("hours", "is_late"), [("0", False), ("24.00", False), ("24.01", True)])
def test_an_alert_is_late_after_a_day(hours: str, is_late: bool) -> None:
    assert is_late_alert(Incident(alerted_hours=Decimal(hours))) is is_late
