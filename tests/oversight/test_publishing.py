"""Each side publishes its own figures, and what the other published stands beside what our own log shows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.exchange.kinds import TIMELINESS_REPORT
from accord.exchange.kinds.timeliness_report import ROWS_MAX, TimelinessReport
from accord.exchange.models import Clock
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.oversight.comparing import ComparedRow, compare, published_reports
from accord.oversight.models import PublishedTimeliness
from accord.oversight.publishing import (
    FOLLOWER,
    REPORT_BYTES_MAX,
    TIMELINESS_REPORT_KIND,
    PublicationRefused,
    figures_to_publish,
    publish,
)
from accord.release.intake import take_in
from accord.release.models import DecisionRecord, ReceivedMessage, ReleasedMessage
from accord.release.registry import followers
from accord.vocabulary.periods import Period, ended_periods
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import Urgency
from tests.desk import Desk, released_request
from tests.oversight.test_timeliness import asked

HOUR = timedelta(hours=1)
MONTH = ended_periods(timezone.now())[4]
MIDDLE = MONTH.since + timedelta(days=14)


def row(**changed: object) -> dict[str, object]:
    """One request, answered in two hours and in time."""
    whole = {
        "theme": "precursors",
        "urgency": "urgent",
        "requests": 1,
        "in_time": 1,
        "due": 1,
        "open": 0,
        "median_seconds": 7_200,
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def report(**changed: object) -> dict[str, object]:
    return {
        "schema_version": 1,
        "first_day": MONTH.first_day.isoformat(),
        "last_day": MONTH.last_day.isoformat(),
        "as_of": MONTH.until.isoformat(),
        "received": [row()],
        "sent": [],
        **changed,
    }


def arrives(desk: Desk, **changed: object) -> bool:
    desk.peer.send(TIMELINESS_REPORT, report(**changed))
    return take_in(desk.channel).filed == 1


def why_refused() -> str:
    return ReceivedMessage.objects.latest("pk").reason_code


def ours(desk: Desk, **changed: Any) -> Clock:
    return asked(desk, **{"hours": 2, "began": MIDDLE, "urgency": "urgent", "direction": "out", **changed})


def compared(desk: Desk, who: Role = Role.REVIEWER) -> tuple[ComparedRow, ...]:
    [theirs] = [one for one in published_reports(desk.officers[who], peer="IN") if not one.is_ours]
    return compare(desk.officers[who], theirs).rows


def test_what_leaves_is_counts_by_theme_and_urgency_and_names_nothing(desk: Desk) -> None:
    ours(desk, direction="in")
    ours(desk, direction="in", hours=15, theme="fraud")
    ours(desk, hours=None)
    ours(desk, began=MONTH.since - HOUR)
    ours(desk, began=MONTH.until)
    ours(desk, state="withdrawn")
    published = publish(desk.releasing, peer="IN", period=MONTH.code)
    sent = Outbox.objects.get(kind=TIMELINESS_REPORT)
    content = msgspec.json.decode(bytes(sent.payload), type=TimelinessReport)
    assert [one.theme for one in content.received] == ["fraud", "precursors"]
    assert [(one.requests, one.in_time, one.due, one.open, one.median_seconds) for one in content.received] == [
        (1, 0, 1, 0, 54_000),
        (1, 1, 1, 0, 7_200),
    ]
    assert [(one.requests, one.in_time, one.due, one.open) for one in content.sent] == [(1, 0, 1, 1)]
    assert (published.envelope_id, published.published_by) == (sent.envelope_id, desk.releasing)
    assert set(msgspec.json.decode(bytes(sent.payload))) == {
        "schema_version",
        "first_day",
        "last_day",
        "as_of",
        "received",
        "sent",
    }
    for case in Clock.objects.values_list("message__case__own_ref", flat=True):
        assert case.encode() not in bytes(sent.payload)
    assert DecisionRecord.objects.get(kind=TIMELINESS_REPORT).action == "acknowledge"
    act = Act.objects.get(verb="publish timeliness")
    assert (act.officer, act.detail) == (desk.releasing, {"period": MONTH.code, "party": "IN"})


def test_only_who_releases_publishes_and_only_what_is_over(desk: Desk) -> None:
    for role in set(Role) - {Role.RELEASING}:
        for act in (publish, figures_to_publish):
            with pytest.raises(NotPermitted):
                act(desk.officers[role], peer="IN", period=MONTH.code)
    now = timezone.now()
    for period in (f"{now:%Y-%m}", f"{now.year}-Q{(now.month - 1) // 3 + 1}", "2026-13", ""):
        with pytest.raises(PublicationRefused) as refused:
            publish(desk.releasing, peer="IN", period=period)
        assert refused.value.reason_code == "oversight.period-not-over"
    for peer in ("XX", "CA"):
        with pytest.raises(PublicationRefused) as refused:
            publish(desk.releasing, peer=peer, period=MONTH.code)
        assert refused.value.reason_code == "oversight.unknown-party"
    assert not Outbox.objects.filter(kind=TIMELINESS_REPORT).exists()


def test_the_same_figures_are_published_once_and_changed_ones_again(desk: Desk) -> None:
    request = ours(desk, hours=None)
    publish(desk.releasing, peer="IN", period=MONTH.code)
    with pytest.raises(PublicationRefused) as refused:
        publish(desk.releasing, peer="IN", period=MONTH.code)
    assert refused.value.reason_code == "oversight.already-published"
    request.state, request.ended_at = "ended", request.started_at + HOUR
    request.save()
    later = publish(desk.releasing, peer="IN", period=MONTH.code, now=timezone.now() + HOUR)
    assert [one for one in published_reports(desk.reviewer, peer="IN") if one.is_ours] == [later]
    assert Outbox.objects.filter(kind=TIMELINESS_REPORT).count() == 2


def test_a_report_that_agrees_with_our_log_shows_no_difference(desk: Desk) -> None:
    ours(desk)
    assert arrives(desk, received=[row(median_seconds=7_200 - 600)])
    [found] = compared(desk)
    assert (found.is_asked_by_us, found.differences, found.requests) == (True, (), ())


def test_a_report_that_differs_names_figures_requests_and_what_may_explain_it(desk: Desk) -> None:
    late = ours(desk, hours=15)
    ours(desk, state="withdrawn")
    assert arrives(desk, received=[row(requests=2, in_time=2, due=2)])
    [found] = compared(desk)
    assert {one.figure: (one.theirs, one.ours, one.by) for one in found.differences} == {
        "requests": (2, 1, 1),
        "in_time": (2, 0, 2),
        "due": (2, 1, 1),
        "median_seconds": (7_200, 54_000, -46_800),
    }
    assert late in found.requests
    assert len(found.requests) == 2
    assert found.explanations == ("withdrawn",)


@pytest.mark.parametrize(
    ("changed", "explanation"),
    [
        ({"began": MONTH.until - HOUR, "hours": 6}, ("edge",)),
        ({"began": MONTH.until + HOUR}, ("edge",)),
        ({"hours": 10.5}, ("transit",)),
        ({"hours": 15}, ()),
    ],
)
def test_what_may_explain_a_difference_is_read_from_our_own_clocks(
    desk: Desk, changed: dict[str, Any], explanation: tuple[str, ...]
) -> None:
    ours(desk, **changed)
    assert arrives(desk, received=[row(requests=3, in_time=3, due=3)])
    [found] = compared(desk)
    assert found.explanations == explanation
    assert len(found.requests) == 1


def test_a_pause_and_both_directions_are_compared_each_with_its_own(desk: Desk) -> None:
    paused = ours(desk, direction="in", hours=15)
    paused.pause_reason = "translation"
    paused.save()
    ours(desk, theme="fraud")
    assert arrives(desk, received=[], sent=[row()])
    by_theme = {one.theme: one for one in compared(desk)}
    assert by_theme["precursors"].explanations == ("pause",)
    assert by_theme["precursors"].is_asked_by_us is False
    assert by_theme["fraud"].theirs is None
    assert by_theme["fraud"].is_asked_by_us is True


def test_figures_are_compared_as_they_stood_when_the_report_was_made(desk: Desk) -> None:
    made = MONTH.until + timedelta(days=1)
    request = ours(desk, began=made - 2 * HOUR - timedelta(days=2), hours=None)
    request.due_at = made + HOUR
    request.state, request.ended_at = "ended", made + 5 * HOUR
    request.started_at = MONTH.until - HOUR
    request.save()
    still_open = row(in_time=0, due=0, open=1, median_seconds=None)
    assert arrives(desk, as_of=made.isoformat(), received=[still_open])
    [found] = compared(desk)
    assert found.differences == ()


def test_a_report_of_no_calendar_period_or_not_over_or_older_is_refused_to_its_sender(desk: Desk) -> None:
    ahead = Period(first_day=date(2099, 1, 1), last_day=date(2099, 1, 31))
    for changed in (
        {"last_day": (MONTH.last_day - timedelta(days=1)).isoformat()},
        {"as_of": (MONTH.until - HOUR).isoformat()},
        {"first_day": "2099-01-01", "last_day": "2099-01-31", "as_of": ahead.until.isoformat()},
    ):
        assert not arrives(desk, **changed)
        assert why_refused() == "oversight.period-not-over"
    assert not arrives(desk, as_of=(timezone.now() + timedelta(days=1)).isoformat())
    assert why_refused() == "oversight.figures-of-later"
    assert arrives(desk)
    assert not arrives(desk)
    assert why_refused() == "oversight.older-report"
    assert arrives(desk, as_of=(MONTH.until + HOUR).isoformat(), received=[])
    [last] = published_reports(desk.reviewer, peer="IN")
    assert last.received == []


@pytest.mark.parametrize(
    "changed",
    [
        {"received": [row(), row()]},
        {"received": [row(requests=0)]},
        {"received": [row(in_time=2)]},
        {"received": [row(open=1)]},
        {"received": [row(due=2)]},
        {"received": [row(median_seconds=None)]},
        {"received": [row(theme="weather")]},
        {"received": [row(median_seconds=-1)]},
        {"received": [row(case="CA-2026-000001")]},
        {"as_of": "2026-11-01T00:00:00"},
        {"first_day": "2026-01-01", "last_day": "2026-12-31"},
        {"last_day": "2020-01-01"},
        {"remarks": "who was late"},
        {"schema_version": 2},
    ],
)
def test_counts_that_contradict_one_another_and_words_are_not_read(changed: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        TIMELINESS_REPORT_KIND.decode(msgspec.json.encode(report(**changed)))
    assert TIMELINESS_REPORT_KIND.decode(msgspec.json.encode(report())).received[0].requests == 1


def test_every_theme_and_urgency_at_its_largest_fits_the_limit() -> None:
    big = {"requests": 1_000_000, "in_time": 999_999, "due": 999_999, "open": 1, "median_seconds": 316_224_000}
    rows = [row(theme=theme, urgency=urgency, **big) for theme in Theme for urgency in Urgency]
    assert len(rows) == ROWS_MAX
    payload = msgspec.json.encode(report(received=rows, sent=rows))
    assert TIMELINESS_REPORT_KIND.decode(payload).sent[-1].requests == 1_000_000
    assert len(payload) <= REPORT_BYTES_MAX


def test_requests_are_named_within_the_readers_reach_and_the_administrator_reads_nothing(desk: Desk) -> None:
    ours(desk, hours=15, agency="CBSA")
    assert arrives(desk)
    desk.reviewer.scope_agencies = ["RCMP"]
    desk.reviewer.save()
    [found] = compared(desk)
    assert found.differences
    assert found.requests == ()
    theirs = PublishedTimeliness.objects.get()
    for role in (Role.ADMINISTRATOR, Role.COUNSEL):
        with pytest.raises(NotPermitted):
            compare(desk.officers[role], theirs)
        with pytest.raises(NotPermitted):
            published_reports(desk.officers[role], peer="IN")


def test_our_own_report_is_compared_with_what_our_log_shows_now(desk: Desk) -> None:
    ours(desk)
    mine = publish(desk.releasing, peer="IN", period=MONTH.code)
    assert compare(desk.reviewer, mine).differing == 0
    Clock.objects.update(due_at=MIDDLE + HOUR)
    assert compare(desk.reviewer, mine).differing == 1


def test_a_report_that_was_lost_with_the_storage_comes_back_once(desk: Desk) -> None:
    ours(desk)
    lost = publish(desk.releasing, peer="IN", period=MONTH.code)
    sent = Outbox.objects.get(kind=TIMELINESS_REPORT)
    released = ReleasedMessage.objects.get(kind=TIMELINESS_REPORT)
    PublishedTimeliness.objects.all().delete()
    for _ in range(2):
        for follower in followers():
            follower.on_restored(released.pk, bytes(sent.payload))
    [again] = published_reports(desk.reviewer, peer="IN")
    assert (again.sent, again.as_of, again.envelope_id) == (lost.sent, lost.as_of, lost.envelope_id)
    assert (again.is_ours, again.published_by) == (True, None)
    other = released_request(desk).released
    assert other is not None
    FOLLOWER.on_restored(other.pk, b"{}")
    assert PublishedTimeliness.objects.count() == 1


def test_a_report_that_never_left_was_not_published_and_can_be_again(desk: Desk) -> None:
    ours(desk)
    publish(desk.releasing, peer="IN", period=MONTH.code)
    released = ReleasedMessage.objects.get(kind=TIMELINESS_REPORT)
    FOLLOWER.on_unsent([released.pk + 1], "expired")
    assert PublishedTimeliness.objects.count() == 1
    FOLLOWER.on_unsent([released.pk], "expired")
    assert not published_reports(desk.reviewer, peer="IN")
    assert publish(desk.releasing, peer="IN", period=MONTH.code).envelope_id != released.envelope_id


def test_a_period_is_written_by_its_code_in_the_record(desk: Desk) -> None:
    assert (
        str(
            PublishedTimeliness.objects.create(
                peer_id="IN",
                is_ours=False,
                first_day=date(2026, 7, 1),
                last_day=date(2026, 9, 30),
                as_of=datetime(2026, 10, 1, tzinfo=UTC),
                at=timezone.now(),
                envelope_id=uuid4(),
                received=[],
                sent=[],
            )
        )
        == "2026-Q3 of IN"
    )
