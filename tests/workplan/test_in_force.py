"""The signed revision drives the machine: its clock table, its ceilings and its lanes, from its day on."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.utils import timezone
from msgspec.structs import replace

from accord.courier.models import Outbox
from accord.exchange.clocks import table_for, table_named
from accord.exchange.kinds.request import Request
from accord.exchange.models import Clock, Message
from accord.instruments.models import Text
from accord.instruments.services import accept, end
from accord.law.decision import Reason
from accord.officers.permissions import Role
from accord.parties.models import AgreedTerms
from accord.release.errors import GateRefuses
from accord.release.follow import follow_all
from accord.release.intake import take_in
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Theme
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.content import Ceiling
from accord.workplan.in_force import version_of
from tests.desk import (
    Desk,
    dispositions,
    flush,
    from_india,
    received_request,
    released_request,
    request_fields,
    submitted_request,
)
from tests.workplan.plans import small_plan
from tests.workplan.signing import signed, they_offer

TODAY = timezone.now().date()
OPEN = replace(small_plan(), ceilings=(), lanes=tuple(Theme), in_force_on=TODAY)
ROW = (Urgency.NORMAL, AccessClass.DIRECT)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def sent_table() -> str:
    return msgspec.json.decode(
        bytes(Outbox.objects.filter(kind="request").latest("pk").payload), type=Request
    ).clock_table


def test_before_a_plan_is_signed_the_first_table_counts(desk: Desk) -> None:
    assert table_for("IN", at=timezone.now()) is FIRST_CLOCK_TABLE


def test_the_table_changes_over_at_midnight_utc_of_its_day(desk: Desk) -> None:
    day = TODAY + timedelta(days=10)
    text = signed(desk, replace(OPEN, in_force_on=day))
    before = table_for("IN", at=at(day) - timedelta(microseconds=1))
    after = table_for("IN", at=at(day))
    assert (before.version, after.version) == ("2026-1", version_of(text))
    assert (before.limit(*ROW), after.limit(*ROW)) == (timedelta(days=7), timedelta(hours=120))


def test_a_request_carries_the_version_in_force_and_its_clock_starts_under_it(desk: Desk) -> None:
    text = signed(desk, OPEN)
    request = released_request(desk)
    assert sent_table() == version_of(text)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    clock = Clock.objects.get(message=request)
    fields = request.fields
    hours = OPEN_HOURS[Urgency(str(fields["urgency"])), AccessClass(str(fields["access_class"]))]
    assert (clock.table, clock.limit_seconds) == (version_of(text), hours * 3600)


OPEN_HOURS = {(row.urgency, row.access): row.seconds // 3600 for row in OPEN.clocks}


def test_a_clock_that_runs_keeps_its_table(desk: Desk) -> None:
    request = received_request(desk)
    clock = Clock.objects.get(message=request)
    signed(desk, OPEN)
    again = Clock.objects.get(message=request)
    assert (again.table, again.due_at) == ("2026-1", clock.due_at)


def test_a_request_of_theirs_is_counted_with_the_table_it_names(desk: Desk) -> None:
    text = signed(desk, OPEN)
    fields = request_fields(("IN", "NCB"), ("CA", "RCMP"))
    desk.peer.send("request", from_india(fields, clock_table=version_of(text)))
    assert take_in(desk.channel).filed == 1
    clock = Clock.objects.get()
    assert clock.table == version_of(text)
    assert clock.due_at - clock.started_at == timedelta(seconds=clock.limit_seconds)
    assert clock.limit_seconds == OPEN_HOURS[Urgency(clock.urgency), AccessClass(str(fields["access_class"]))] * 3600


def test_a_request_of_theirs_that_names_a_table_unknown_here_is_refused(desk: Desk) -> None:
    signed(desk, OPEN)
    fields = request_fields(("IN", "NCB"), ("CA", "RCMP"))
    desk.peer.send("request", from_india(fields, clock_table="plan-1-000000000000"))
    assert take_in(desk.channel).filed == 0
    assert dispositions(desk)[-1][3] == "exchange.unknown-clock-table"


def test_a_table_that_we_signed_is_known_before_the_receipt_of_our_signature(desk: Desk) -> None:
    assert they_offer(desk, OPEN) == ""
    text = Text.objects.get()
    assert table_named(version_of(text), "IN") is None
    accept(desk.officers[Role.SIGNATORY], text)
    assert table_for("IN", at=timezone.now()) is FIRST_CLOCK_TABLE
    table = table_named(version_of(text), "IN")
    assert table is not None
    assert table.limit(*ROW) == timedelta(hours=120)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    assert table_for("IN", at=timezone.now()).version == version_of(text)


def test_a_later_revision_replaces_the_first_on_its_own_day(desk: Desk) -> None:
    day = TODAY + timedelta(days=5)
    first = signed(desk, OPEN)
    rows = tuple(replace(row, seconds=row.seconds // 2) for row in OPEN.clocks)
    second = signed(desk, replace(OPEN, clocks=rows, in_force_on=day))
    assert table_for("IN", at=at(day) - timedelta(seconds=1)).version == version_of(first)
    assert table_for("IN", at=at(day)).version == version_of(second)
    assert table_named(version_of(first), "IN") is not None


def test_when_a_side_withdraws_its_consent_the_first_table_counts_again_from_that_day(desk: Desk) -> None:
    text = signed(desk, OPEN)
    day = TODAY + timedelta(days=30)
    end(desk.officers[Role.SIGNATORY], text.instrument, from_day=day, reason="A new plan is negotiated.")
    assert AgreedTerms.objects.get().ends_on == day
    assert table_for("IN", at=at(day) - timedelta(seconds=1)).version == version_of(text)
    assert table_for("IN", at=at(day)) is FIRST_CLOCK_TABLE


def test_the_same_plan_signed_anew_after_an_end_is_in_force(desk: Desk) -> None:
    ended = signed(desk, OPEN)
    end(desk.officers[Role.SIGNATORY], ended.instrument, from_day=TODAY, reason="A new plan is negotiated.")
    assert table_for("IN", at=timezone.now()) is FIRST_CLOCK_TABLE
    again = signed(desk, OPEN)
    assert (again.number, bytes(again.digest)) == (ended.number, bytes(ended.digest))
    assert again.instrument_id != ended.instrument_id
    assert table_for("IN", at=timezone.now()).version == version_of(again)
    assert AgreedTerms.objects.get(source=str(ended.instrument_id)).ends_on == TODAY


def test_a_plan_without_a_table_leaves_the_first_one(desk: Desk) -> None:
    signed(desk, replace(OPEN, clocks=()))
    assert table_for("IN", at=timezone.now()) is FIRST_CLOCK_TABLE


def refused(desk: Desk) -> list[Reason]:
    with pytest.raises(GateRefuses) as stopped:
        submitted_request(desk)
    return [reason for reason in stopped.value.decision.reasons if not reason.outcome.lets_pass]


def test_a_lane_that_the_plan_does_not_open_is_refused_with_the_citation_of_the_plan(desk: Desk) -> None:
    signed(desk, replace(OPEN, lanes=(Theme.CYBER,)))
    (reason,) = refused(desk)
    assert reason.policy == "BI-15.not-open"
    assert "Workplan in force" in reason.citation
    assert not Outbox.objects.filter(kind="request").exists()


def test_a_lane_that_the_plan_opens_carries_the_request(desk: Desk) -> None:
    signed(desk, replace(OPEN, lanes=(Theme.PRECURSORS,)))
    assert released_request(desk).state == Message.State.RELEASED


@pytest.mark.parametrize(
    ("classification", "handling", "policy"),
    [
        (Classification.UNCLASSIFIED, Handling.H3, "BI-15.classification"),
        (Classification.RESTRICTED, Handling.H0, "BI-15.handling"),
    ],
)
def test_what_lies_above_a_ceiling_of_the_plan_does_not_leave(desk: Desk, classification, handling, policy) -> None:
    ceiling = Ceiling(theme=Theme.PRECURSORS, classification=classification, handling=handling)
    signed(desk, replace(OPEN, ceilings=(ceiling,)))
    assert [reason.policy for reason in refused(desk)] == [policy]


def test_ceilings_of_a_plan_that_is_not_in_force_yet_stop_nothing(desk: Desk) -> None:
    ceiling = Ceiling(theme=Theme.PRECURSORS, classification=Classification.UNCLASSIFIED, handling=Handling.H0)
    signed(desk, replace(OPEN, ceilings=(ceiling,), in_force_on=TODAY + timedelta(days=1)))
    assert released_request(desk).state == Message.State.RELEASED
