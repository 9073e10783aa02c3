"""Figures of a quarter are signed off and sent by one act, kept on both sides, compared and traced to entries."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.release.intake import take_in
from accord.release.models import DecisionRecord, ReceivedMessage, ReleasedMessage
from accord.vocabulary.periods import last_quarters
from accord.workplan.codes import Aim, Unit
from accord.workplan.indicators.comparing import last_report, pairs_of, trace
from accord.workplan.indicators.counting import count_new
from accord.workplan.indicators.disputing import disputes_of, open_dispute, settle_dispute
from accord.workplan.indicators.errors import DisputeRefused, ReportRefused
from accord.workplan.indicators.figures import figures_of
from accord.workplan.indicators.report import INDICATOR_REPORT, REPORT_BYTES_MAX, IndicatorReport, ReportRow, Standing
from accord.workplan.indicators.reporting import (
    FOLLOWER,
    ended_quarters,
    figures_to_report,
    report_indicators,
)
from accord.workplan.indicators.wanted import signed_plan, wanted_of
from accord.workplan.models import IndicatorDispute, PublishedIndicators
from tests.desk import Desk
from tests.workplan.indicators.counted import HOUR, MIDDLE, QUARTER, answered, asked, indicator, sign_plan

WITHIN = indicator("I1", "answers.within-clock")
MEDIAN = indicator("I2", "answers.median-time", unit=Unit.HOURS, target=Decimal(24), aim=Aim.AT_MOST)
WARNINGS = indicator("I3", "warnings.told-within-2-hours")


def row(**changed: object) -> dict[str, object]:
    return {
        "id": "I1", "definition": "answers.within-clock", "unit": "percent", "standing": "told", "figure": "80.0",
        "numerator": 4, "denominator": 5, **changed,
    }  # fmt: skip


def report(*rows: dict[str, object], **changed: object) -> dict[str, object]:
    return {
        "schema_version": 1,
        "plan_number": 1,
        "plan_digest": "ab" * 32,
        "first_day": QUARTER.first_day.isoformat(),
        "last_day": QUARTER.last_day.isoformat(),
        "as_of": QUARTER.until.isoformat(),
        "rows": list(rows or (row(),)),
        **changed,
    }


def arrives(desk: Desk, content: dict[str, object]) -> str:
    """Takes a report of theirs in; returns the code it was refused with, or nothing."""
    desk.peer.send(INDICATOR_REPORT, content)
    return "" if take_in(desk.channel).filed == 1 else ReceivedMessage.objects.latest("pk").reason_code


def test_one_act_of_a_signatory_computes_stores_and_sends_the_figures(desk: Desk) -> None:
    text = sign_plan(WITHIN, MEDIAN, WARNINGS)
    for hours in (1, 2, 3, 12, None):
        asked(hours=hours)
    kept = report_indicators(desk.officers[Role.SIGNATORY], peer="IN", period=QUARTER.code)
    first, second, third = kept.rows
    assert (first["figure"], first["numerator"], first["denominator"]) == ("60.0", 3, 5)
    assert second["standing"] == "kept-back"
    assert {"figure", "numerator", "denominator"}.isdisjoint(second)
    assert third == {
        "id": "I3",
        "definition": "warnings.told-within-2-hours",
        "unit": "percent",
        "standing": "not-measured",
    }
    assert (kept.plan_number, bytes(kept.plan_digest)) == (1, bytes(text.digest))
    released = ReleasedMessage.objects.get(kind=INDICATOR_REPORT)
    assert released.envelope_id == kept.envelope_id
    assert DecisionRecord.objects.get(pk=released.decision_id).outcome.startswith("permit")
    assert Act.objects.filter(verb="report indicators", officer=desk.officers[Role.SIGNATORY]).count() == 1


def test_only_who_signs_agreements_reports_and_only_on_a_signed_plan(desk: Desk) -> None:
    for role in Role:
        if role is not Role.SIGNATORY:
            with pytest.raises(NotPermitted):
                report_indicators(desk.officers[role], peer="IN", period=QUARTER.code)
    with pytest.raises(ReportRefused, match="No plan with indicators is signed"):
        report_indicators(desk.officers[Role.SIGNATORY], peer="IN", period=QUARTER.code)
    assert not PublishedIndicators.objects.exists()


@pytest.mark.parametrize(
    "period", ["", "2026-13", "2026-01", "2199-Q1", last_quarters(timezone.now().date(), 1)[0].code]
)
def test_a_period_that_is_no_quarter_or_not_over_is_refused(desk: Desk, period: str) -> None:
    sign_plan(WITHIN)
    with pytest.raises(ReportRefused, match="not over"):
        figures_to_report(desk.officers[Role.SIGNATORY], peer="IN", period=period)


def test_the_same_figures_are_reported_once_and_changed_ones_again(desk: Desk) -> None:
    sign_plan(WITHIN)
    who = desk.officers[Role.SIGNATORY]
    report_indicators(who, peer="IN", period=QUARTER.code)
    with pytest.raises(ReportRefused, match="nothing has changed"):
        report_indicators(who, peer="IN", period=QUARTER.code)
    for _ in range(5):
        asked(hours=1)
    report_indicators(who, peer="IN", period=QUARTER.code)
    assert PublishedIndicators.objects.count() == 2


def test_a_report_that_never_left_can_be_made_again_and_a_lost_one_comes_back(desk: Desk) -> None:
    sign_plan(WITHIN)
    kept = report_indicators(desk.officers[Role.SIGNATORY], peer="IN", period=QUARTER.code)
    released = ReleasedMessage.objects.get(envelope_id=kept.envelope_id)
    payload = msgspec.json.encode(
        IndicatorReport(
            schema_version=1,
            plan_number=1,
            plan_digest=bytes(kept.plan_digest).hex(),
            first_day=kept.first_day,
            last_day=kept.last_day,
            as_of=kept.as_of,
            rows=msgspec.convert(kept.rows, tuple[ReportRow, ...]),
        )
    )
    FOLLOWER.on_unsent([released.pk], "expired")
    assert not PublishedIndicators.objects.exists()
    FOLLOWER.on_restored(released.pk, payload)
    FOLLOWER.on_restored(released.pk, payload)
    again = PublishedIndicators.objects.get()
    assert (again.rows, again.published_by) == (kept.rows, None)


def test_what_arrives_is_kept_as_it_came_and_a_later_one_stands_before_it(desk: Desk) -> None:
    assert arrives(desk, report()) == ""
    later = (QUARTER.until + timedelta(hours=1)).isoformat()
    assert arrives(desk, report(row(numerator=5, figure="100"), as_of=later)) == ""
    found = last_report("IN", QUARTER, is_ours=False)
    assert found is not None
    assert found.rows[0]["numerator"] == 5
    assert PublishedIndicators.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"as_of": "9999-01-01T00:00:00Z"}, "workplan.figures-of-later"),
        ({"as_of": MIDDLE.isoformat()}, "workplan.period-not-over"),
        ({"last_day": QUARTER.first_day.isoformat()}, "release.schema-refused"),
        ({"rows": [row(), row()]}, "release.schema-refused"),
        ({"rows": [row(standing="kept-back")]}, "release.schema-refused"),
        ({"rows": [row(figure="NaN")]}, "release.schema-refused"),
        ({"rows": [row(numerator=6)]}, "release.schema-refused"),
        ({"rows": [row(standing="not-measured", figure=None, numerator=None)]}, "release.schema-refused"),
        ({"rows": []}, "release.schema-refused"),
        ({"plan_digest": "00"}, "release.schema-refused"),
        ({"secret": 1}, "release.schema-refused"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(desk: Desk, changed: dict[str, object], code: str) -> None:
    assert arrives(desk, {**report(), **changed}) == code
    assert not PublishedIndicators.objects.exists()


def test_an_older_report_is_refused(desk: Desk) -> None:
    assert arrives(desk, report()) == ""
    assert arrives(desk, report()) == "workplan.older-report"


def test_the_longest_report_has_room() -> None:
    whole = row(
        definition="warnings.told-within-2-hours", theme="foreign-interference", urgency="threat-to-life",
        numerator=10**15, denominator=10**15,
    )  # fmt: skip
    content = report(*({**whole, "id": f"I{10_000 + number}"} for number in range(1_000)))
    assert len(msgspec.json.encode(msgspec.convert(content, IndicatorReport, strict=False))) < REPORT_BYTES_MAX // 2


def paired(code: str = "I1") -> Any:
    signed = signed_plan("IN")
    assert signed is not None
    count_new()
    figures = figures_of("IN", wanted_of(signed.plan), [QUARTER])[QUARTER.code]
    pairs = pairs_of(figures, last_report("IN", QUARTER, is_ours=False))
    return next(pair for pair in pairs if pair.ours.wanted.id == code)


def test_ours_theirs_and_the_difference_stand_side_by_side(desk: Desk) -> None:
    sign_plan(WITHIN)
    for hours in (1, 2, 3, 12, None):
        asked(hours=hours)
    assert paired().theirs is None
    assert not paired().differs
    arrives(desk, report())
    pair = paired()
    assert (pair.ours.figure, pair.theirs.figure, pair.difference, pair.differs) == (60, 80, 20, True)


def test_equal_shares_of_other_counts_differ_all_the_same(desk: Desk) -> None:
    sign_plan(WITHIN)
    for _ in range(5):
        asked(hours=1)
    arrives(desk, report(row(numerator=9, denominator=9, figure="100")))
    assert (paired().difference, paired().differs) == (0, True)


def test_a_figure_of_another_question_is_not_compared(desk: Desk) -> None:
    sign_plan(WITHIN)
    arrives(desk, report(row(urgency="urgent")))
    assert (paired().is_other_question, paired().differs, paired().difference) == (True, False, None)


def test_a_difference_is_traced_to_the_entries_that_both_sides_know(desk: Desk) -> None:
    sign_plan(WITHIN)
    clocks = [asked(hours=hours) for hours in (1, 2, 3, 12, None)]
    late = asked(hours=None, at=QUARTER.until - 2 * HOUR)
    late.state, late.ended_at = "ended", QUARTER.until + 2 * HOUR
    late.save()
    arrives(desk, report())
    pair = paired()
    theirs = last_report("IN", QUARTER, is_ours=False)
    assert theirs is not None
    found = trace(
        desk.officers[Role.POLICY], pair.ours.wanted, peer="IN", period=QUARTER, as_of=theirs.as_of,
        together=[pair.ours.wanted],
    )  # fmt: skip
    # As it stood when they told theirs: the last one was open then.
    assert (found.figure.numerator, found.figure.denominator) == (3, 5)
    assert (found.counted, found.unseen) == (6, 0)
    first = found.entries[0]
    assert first.envelope_id == late.message.envelope_id
    assert first.explanations == ("since", "edge")
    assert {entry.envelope_id for entry in found.entries} >= {clock.message.envelope_id for clock in clocks}
    assert found.explanations == ("since", "edge")


def test_a_trace_names_no_entry_of_a_case_that_the_reader_may_not_see(desk: Desk) -> None:
    sign_plan(WITHIN)
    for _ in range(5):
        clock = asked(hours=1)
        case = clock.message.case
        case.is_team_only = True
        case.save()
    count_new()
    found = trace(desk.officers[Role.POLICY], paired().ours.wanted, peer="IN", period=QUARTER, as_of=QUARTER.until)
    assert (found.counted, found.unseen, found.entries) == (5, 5, ())
    with pytest.raises(NotPermitted):
        trace(desk.administrator, paired().ours.wanted, peer="IN", period=QUARTER, as_of=QUARTER.until)


def test_a_dispute_is_recorded_settled_and_never_travels(desk: Desk) -> None:
    sign_plan(WITHIN)
    arrives(desk, report())
    theirs = last_report("IN", QUARTER, is_ours=False)
    assert theirs is not None
    policy = desk.officers[Role.POLICY]
    sent = ReleasedMessage.objects.count()
    made = open_dispute(policy, paired(), theirs, words="They count what we never received.")
    assert (made.state, made.ours, made.theirs, made.opened_by) == ("open", "no-cases", "80.0", policy)
    with pytest.raises(DisputeRefused, match="open already"):
        open_dispute(policy, paired(), theirs, words="Again.")
    with pytest.raises(TextRefused):
        settle_dispute(policy, made, words=" ")
    settled = settle_dispute(policy, made, words="They corrected it in the meeting.")
    assert (settled.state, settled.settled_by) == (IndicatorDispute.State.SETTLED, policy)
    with pytest.raises(DisputeRefused, match="settled already"):
        settle_dispute(policy, made, words="Again.")
    assert [one.pk for one in disputes_of("IN", "I1")] == [made.pk]
    assert ReleasedMessage.objects.count() == sent
    with pytest.raises(NotPermitted):
        open_dispute(desk.duty, paired(), theirs, words="Not mine to say.")


def test_a_figure_they_did_not_tell_cannot_be_disputed(desk: Desk) -> None:
    sign_plan(WITHIN)
    report_indicators(desk.officers[Role.SIGNATORY], peer="IN", period=QUARTER.code)
    ours = last_report("IN", QUARTER, is_ours=True)
    assert ours is not None
    with pytest.raises(DisputeRefused, match="told nothing"):
        open_dispute(desk.officers[Role.POLICY], paired(), ours, words="What?")


def test_small_grounds_are_kept_back_with_what_would_give_them_away(desk: Desk) -> None:
    sign_plan(indicator("I4", "refusals.by-ground", unit=Unit.COUNT, target=None))
    for ground, count in (("a", 9), ("b", 6), ("law", 2)):
        for _ in range(count):
            answered(ground)
    kept = report_indicators(desk.officers[Role.SIGNATORY], peer="IN", period=QUARTER.code)
    [told] = kept.rows
    assert told["numerator"] == 17
    parts = {part["code"]: part.get("count") for part in told["parts"]}
    assert (parts["a"], parts["b"], parts["law"], parts["c"]) == (9, None, None, 0)


def test_quarters_on_offer_are_those_that_are_over() -> None:
    now = timezone.now()
    found = ended_quarters(now)
    assert len(found) == 4
    assert all(one.is_over(now) for one in found)
    assert found[0] == QUARTER
    assert Standing.TOLD == "told"
