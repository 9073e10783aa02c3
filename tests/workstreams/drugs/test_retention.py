"""What the workstream keeps by itself ends: what is due goes, what is held stays, and the rules' figures count on."""

import io
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.courier.models import Alarm
from accord.exchange.models import Case, Message
from accord.handling.models import LegalHold
from accord.handling.retention import KEEP_DAYS_MAX, lift_hold, place_hold
from accord.handling.sound_clock import LEAP_SECONDS, SoundClock
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.workstreams.drugs.manifests import running
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.following import follow_flag
from accord.workstreams.drugs.manifests.keeping import (
    finish_for_good,
    go_on_with_screening,
    screen_file,
    stop_screening,
)
from accord.workstreams.drugs.manifests.running import ScreeningRounds, screen_to_the_end
from accord.workstreams.drugs.marks.marking import add_missed_line, mark_flag, remove_missed_line
from accord.workstreams.drugs.marks.measuring import everything_said, measure_rules
from accord.workstreams.drugs.marks.tuning import MARKS_MIN, tune
from accord.workstreams.drugs.models import (
    CompanyMention,
    Flag,
    FlaggedCompany,
    FlagMark,
    MarkTally,
    MissedLine,
    RefusedRow,
    Screening,
    Trader,
    UnreadRow,
)
from accord.workstreams.drugs.retention import due, erasing
from accord.workstreams.drugs.retention.due import due_flags, is_held, last_day_of_flag
from accord.workstreams.drugs.retention.erasing import ErasingRounds, erase_to_the_end
from accord.workstreams.drugs.retention.periods import Kept, all_periods, last_day_of, period_of
from tests.desk import Desk
from tests.workstreams.drugs.noticed import sent_notice
from tests.workstreams.drugs.screened import manifest

FIRMS = (
    "reference,shipper,consignee,consignee_number,from,to,packages,weight_kg,tariff,description\n"
    "M1,Specimen Chemicals Pvt Ltd,Specimen Pharma Inc.,BN 100,IN,CA,4,100,2933.39,1-boc-4-piperidone\n"
)


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    return home


def after(days: int, *, since: datetime | None = None) -> datetime:
    """The middle of the day that lies so many days later, in UTC."""
    day = (since or timezone.now()).astimezone(UTC).date() + timedelta(days=days)
    return datetime.combine(day, time(12), tzinfo=UTC)


def over(kept: Kept) -> datetime:
    """The first moment at which what began today is due, and some."""
    return after(period_of(kept).days + 1)


def screened(
    desk: Desk, lines: int = 12, *, hits: tuple[int, ...] = (3, 5), broken: tuple[int, ...] = (7,)
) -> Screening:
    made = screen_file(desk.liaison, manifest(lines, hits=hits, broken=broken), name="SPECIMEN.csv")
    screen_to_the_end()
    made.refresh_from_db()
    return made


def followed(desk: Desk, flag: Flag, *, is_closed: bool = False) -> Case:
    case = follow_flag(desk.liaison, flag, peer="IN").case
    if is_closed:
        Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED, closed_at=timezone.now())
    return case


def test_each_kind_of_thing_has_a_period_with_a_reason_and_none_is_longer_than_that_of_messages() -> None:
    assert set(all_periods()) == set(Kept)
    assert all(one.reason.endswith(".") and 1 <= one.days <= KEEP_DAYS_MAX for one in all_periods().values())
    assert period_of(Kept.SEALED_FILE).days <= 30
    assert all(one.days <= period_of(Kept.SCREENING).days for one in all_periods().values())


def test_a_flag_that_nobody_followed_goes_after_its_last_day_with_all_that_hangs_on_it(desk: Desk) -> None:
    screen_file(desk.liaison, io.BytesIO(FIRMS.encode()), name="SPECIMEN.csv")
    screen_to_the_end()
    flag = Flag.objects.select_related("screening").get()
    assert FlaggedCompany.objects.count() == 2
    mark_flag(desk.liaison, flag, is_true=False, reason="Tea.")
    last = period_of(Kept.FLAG).days
    assert last_day_of_flag(flag) == last_day_of(Kept.FLAG, flag.screening.ended_at or timezone.now())
    erase_to_the_end(after(last))
    assert Flag.objects.count() == 1, "its last day is not over"
    erase_to_the_end(after(last + 1))
    assert not Flag.objects.exists()
    assert not FlaggedCompany.objects.exists()
    assert not FlagMark.objects.exists()
    screening = Screening.objects.get()
    assert (screening.flagged, screening.screened) == (1, 1), "what it came to stays"


def test_each_mark_has_its_own_period(desk: Desk) -> None:
    screening = screened(desk, hits=(3, 5, 8), broken=())
    right, wrong, _plain = screening.flags.order_by("line")
    mark_flag(desk.liaison, right, is_true=True)
    mark_flag(desk.liaison, wrong, is_true=False, reason="Tea.", now=after(100))
    erase_to_the_end(over(Kept.FLAG))
    assert sorted(screening.flags.values_list("line", flat=True)) == [3, 5]
    erase_to_the_end(after(100 + period_of(Kept.WRONG_FLAG).days + 1))
    assert list(screening.flags.values_list("line", flat=True)) == [3]
    erase_to_the_end(over(Kept.RIGHT_FLAG))
    assert not screening.flags.exists()


def test_lines_that_could_not_be_read_and_missed_ones_go_and_a_page_still_knows_how_many(desk: Desk) -> None:
    screening = screened(desk)
    UnreadRow.objects.create(screening=screening, line=4, column="gross", value="x", mend="Write a number.")
    add_missed_line(desk.liaison, screening, line=4, description="1-boc")
    erase_to_the_end(over(Kept.UNREAD_LINE))
    assert not RefusedRow.objects.exists()
    assert not UnreadRow.objects.exists()
    assert MissedLine.objects.count() == 1
    erase_to_the_end(over(Kept.MISSED_LINE))
    assert not MissedLine.objects.exists()
    screening.refresh_from_db()
    assert screening.refused == 1


def test_a_sealed_file_of_a_stopped_screening_goes_after_its_days_and_its_key_with_it(
    desk: Desk, home: Path, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    screening = screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv")
    stop_screening(desk.liaison, screening)
    erase_to_the_end(after(period_of(Kept.SEALED_FILE).days))
    assert Screening.objects.get().root is not None
    with django_capture_on_commit_callbacks(execute=True):
        erase_to_the_end(over(Kept.SEALED_FILE))
    screening.refresh_from_db()
    assert (screening.root, bytes(screening.key), screening.state) == (None, b"", "stopped")
    assert list((home / "attachments").iterdir()) == []
    with pytest.raises(ScreeningRefused, match="no longer here"):
        go_on_with_screening(desk.liaison, screening)
    assert Act.objects.filter(verb="erase sealed manifest", officer=None, object_id=str(screening.pk)).exists()


def test_an_officer_finishes_a_stopped_screening_for_good_and_its_file_goes_at_once(
    desk: Desk, home: Path, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    screening = screen_file(desk.liaison, manifest(5), name="SPECIMEN.csv")
    with pytest.raises(ScreeningRefused, match="stopped or failed"):
        finish_for_good(desk.liaison, screening)
    stop_screening(desk.liaison, screening)
    with pytest.raises(NotPermitted):
        finish_for_good(desk.releasing, screening)
    with django_capture_on_commit_callbacks(execute=True):
        finish_for_good(desk.liaison, screening)
    assert list((home / "attachments").iterdir()) == []
    assert Act.objects.filter(verb="finish screening", officer=desk.liaison).exists()
    with pytest.raises(ScreeningRefused, match="no longer here"):
        finish_for_good(desk.liaison, screening)


def test_a_screening_that_waits_or_goes_on_again_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_LINES", 5)
    screening = screen_file(desk.liaison, manifest(20, hits=(3,), broken=(4,)), name="SPECIMEN.csv")
    rounds = ScreeningRounds()
    rounds.do_some()
    rounds.close()
    stop_screening(desk.liaison, screening)
    go_on_with_screening(desk.liaison, screening)
    erase_to_the_end(after(10 * 365))
    screening.refresh_from_db()
    assert (screening.root is not None, screening.flags.count(), screening.refused_lines.count()) == (True, 1, 1)
    assert last_day_of_flag(screening.flags.select_related("screening").get()) is None


def test_a_flag_stays_while_the_case_of_any_message_that_it_led_to_is_open(desk: Desk) -> None:
    screening = screened(desk, hits=(3, 5), broken=())
    flag = screening.flags.get(line=3)
    first = followed(desk, flag)
    Message.objects.filter(case=first).update(state=Message.State.WITHDRAWN)
    second = followed(desk, flag, is_closed=True)
    assert first != second
    erase_to_the_end(over(Kept.FOLLOWED_FLAG))
    assert [one.line for one in screening.flags.all()] == [3], "the first case is open, though the second is not"
    assert list(due.held_flags(screening)) == [flag]
    Case.objects.update(state=Case.State.CLOSED)
    erase_to_the_end(over(Kept.FOLLOWED_FLAG))
    assert not screening.flags.exists()


def test_a_legal_hold_keeps_all_of_a_screening_until_it_is_lifted(desk: Desk) -> None:
    screening = screened(desk)
    case = followed(desk, screening.flags.get(line=3), is_closed=True)
    hold = place_hold(desk.releasing, case, reason="A court (specimen).")
    assert is_held(screening)
    late = over(Kept.SCREENING)
    erase_to_the_end(late)
    assert screening.flags.count() == 2
    assert screening.refused_lines.count() == 1
    assert Screening.objects.count() == 1
    lift_hold(desk.again(Role.RELEASING, "second"), hold, reason="The judgment is final.")
    erase_to_the_end(late)
    assert not Flag.objects.exists()
    assert not Screening.objects.exists()


def test_a_file_that_a_legal_hold_keeps_is_not_finished_with(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_LINES", 5)
    screening = screen_file(desk.liaison, manifest(20, hits=(3,)), name="SPECIMEN.csv")
    rounds = ScreeningRounds()
    rounds.do_some()
    rounds.close()
    stop_screening(desk.liaison, screening)
    case = followed(desk, screening.flags.get())
    place_hold(desk.releasing, case, reason="A court (specimen).")
    with pytest.raises(ScreeningRefused) as refused:
        finish_for_good(desk.liaison, screening)
    assert refused.value.reason_code == "drugs.manifest-held"
    erase_to_the_end(over(Kept.SEALED_FILE))
    screening.refresh_from_db()
    assert screening.root is not None


def test_a_screening_that_goes_on_under_a_legal_hold_keeps_its_file_until_the_hold_is_lifted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_LINES", 5)
    screening = screen_file(desk.liaison, manifest(20, hits=(3,)), name="SPECIMEN.csv")
    rounds = ScreeningRounds()
    rounds.do_some()
    rounds.close()
    stop_screening(desk.liaison, screening)
    hold = place_hold(
        desk.releasing, followed(desk, screening.flags.get(), is_closed=True), reason="A court (specimen)."
    )
    go_on_with_screening(desk.liaison, screening)
    screen_to_the_end()
    screening.refresh_from_db()
    assert (screening.state, screening.root is not None, screening.key != b"") == ("done", True, True)
    erase_to_the_end(over(Kept.SEALED_FILE))
    assert Screening.objects.get().root is not None
    lift_hold(desk.again(Role.RELEASING, "second"), hold, reason="The judgment is final.")
    erase_to_the_end(over(Kept.SEALED_FILE))
    screening.refresh_from_db()
    assert (screening.root, bytes(screening.key)) == (None, b"")


def test_a_company_counts_from_the_last_manifest_in_which_it_stood(desk: Desk) -> None:
    screen_file(desk.liaison, io.BytesIO(FIRMS.encode()), name="SPECIMEN-1.csv", now=timezone.now())
    screen_to_the_end()
    days = period_of(Kept.RECEIVER).days
    later = after(days - 10)
    again = screen_file(desk.liaison, io.BytesIO(FIRMS.encode()), name="SPECIMEN-2.csv", now=later)
    rounds = ScreeningRounds()
    while rounds.do_some(now=later):
        pass
    row = Trader.objects.get()
    assert (row.last_on, row.seen_in_id == again.pk) == (later.date(), False)
    erase_to_the_end(after(days + 1))
    assert Trader.objects.count() == 1
    erase_to_the_end(after(days + 1, since=later))
    assert not Trader.objects.exists()
    assert Act.objects.filter(verb="erase receivers").count() == 1


def test_companies_of_messages_go_once_their_case_is_over_and_their_years_too(desk: Desk) -> None:
    notice = sent_notice(desk)
    count = CompanyMention.objects.count()
    assert count
    erase_to_the_end(over(Kept.MENTION))
    assert CompanyMention.objects.count() == count, "its case is open"
    Case.objects.update(state=Case.State.CLOSED)
    hold = LegalHold.objects.create(
        case=notice.case, reason="A court (specimen).", placed_at=timezone.now(), placed_by=desk.releasing
    )
    erase_to_the_end(over(Kept.MENTION))
    assert CompanyMention.objects.count() == count, "a hold keeps it"
    hold.delete()
    erase_to_the_end(over(Kept.MENTION))
    assert not CompanyMention.objects.exists()
    assert Act.objects.get(verb="erase company mentions").detail == {"count": count}


def test_a_screening_goes_last_when_nothing_hangs_on_it(desk: Desk) -> None:
    screening = screened(desk)
    flag = screening.flags.get(line=3)
    followed(desk, flag)
    erase_to_the_end(over(Kept.SCREENING))
    assert Screening.objects.count() == 1, "a flag of it is needed"
    Case.objects.update(state=Case.State.CLOSED)
    erase_to_the_end(over(Kept.SCREENING))
    assert not Screening.objects.exists()
    assert Act.objects.filter(verb="erase screening", object_id=str(screening.pk)).exists()


def test_figures_of_the_rules_count_on_without_a_line(desk: Desk) -> None:
    screening = screened(desk, 60, hits=tuple(range(2, 32)), broken=())
    for number, flag in enumerate(screening.flags.order_by("line")[:28]):
        mark_flag(desk.liaison, flag, is_true=number % 3 == 0, reason="Tea.")
    add_missed_line(desk.liaison, screening, line=50, description="1-boc")
    taken_back = add_missed_line(desk.liaison, screening, line=51, description="1-boc")
    remove_missed_line(desk.liaison, taken_back)
    before, learned = measure_rules(), tune()
    assert before.precision.whole == 28 >= MARKS_MIN
    erase_to_the_end(over(Kept.RIGHT_FLAG))
    assert not Flag.objects.exists()
    assert not MissedLine.objects.exists()
    assert measure_rules() == before
    now = tune()
    assert (now.weights, now.held_out, now.before) == (learned.weights, learned.held_out, learned.before)
    assert sum(MarkTally.objects.values_list("lines", flat=True)) == 29
    assert all(row.month.day == 1 for row in MarkTally.objects.all())
    assert len(everything_said()) == 29


def test_what_was_erased_is_noted_and_logged_by_count_and_says_nothing_of_a_line(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    screening = screened(desk)
    with caplog.at_level(logging.INFO, logger=erasing.__name__):
        erase_to_the_end(over(Kept.SCREENING))
    acts = Act.objects.filter(verb__startswith="erase ")
    assert {one.verb: one.detail for one in acts} == {
        "erase flags": {"count": 2},
        "erase refused lines": {"count": 1},
        "erase screening": {"count": 1},
    }
    assert {(one.officer, one.object_type, one.object_id) for one in acts} == {(None, "screening", str(screening.pk))}
    told = caplog.text + str([one.detail for one in acts])
    assert "Retention: erase flags, 2." in told
    assert not any(word in told for word in ("piperidone", "Specimen", "M1", "SPECIMEN.csv"))


def test_a_round_erases_a_bounded_batch_and_looks_again_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH_ROWS", 2)
    screened(desk, hits=(2, 3, 4, 5, 6), broken=())
    rounds, late = ErasingRounds(), over(Kept.FLAG)
    assert rounds.do_some(now=late)
    assert Flag.objects.count() == 3
    assert rounds.do_some(now=late)
    assert rounds.do_some(now=late)
    assert not Flag.objects.exists()
    assert not rounds.do_some(now=late)
    screened(desk)
    assert not rounds.do_some(now=after(3 * 365)), "nothing was due just now, so it looks again later"
    rounds.close()


def test_a_clock_that_leaps_erases_nothing(desk: Desk) -> None:
    screened(desk)
    day = [1_000_000.0]
    rounds = ErasingRounds(SoundClock(day=lambda: day[0], counting=lambda: 0.0))
    day[0] += LEAP_SECONDS + 1
    assert not rounds.do_some(now=over(Kept.SCREENING))
    assert Flag.objects.count() == 2
    assert Alarm.objects.filter(code="handling.clock-leapt").exists()


MOMENT = st.integers(min_value=0, max_value=2500)
FLAG = st.fixed_dictionaries(
    {
        "ended": MOMENT,
        "mark": st.sampled_from(["", "true", "false"]),
        "marked": MOMENT,
        "followed": st.none() | MOMENT,
        "case": st.sampled_from(["open", "closed", "held"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flags=st.lists(FLAG, min_size=1, max_size=8), at=st.integers(min_value=0, max_value=5000))
def test_nothing_that_is_due_stays_and_nothing_that_is_held_goes(
    desk: Desk, flags: list[dict[str, Any]], at: int
) -> None:
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    Flag.objects.all().delete()
    Screening.objects.all().delete()
    LegalHold.objects.all().delete()
    wanted: dict[object, bool] = {}
    for number, one in enumerate(flags):
        made = _made(desk, number, one, start)
        last = last_day_of_flag(made)
        assert last is not None
        is_kept_by_case = one["followed"] is not None and one["case"] != "closed"
        wanted[made.pk] = last < (start + timedelta(days=at)).date() and not is_kept_by_case
    now = start + timedelta(days=at)
    assert {one.pk for one in due_flags(now)} == {key for key, is_due in wanted.items() if is_due}
    erase_to_the_end(now)
    assert set(Flag.objects.values_list("pk", flat=True)) == {key for key, is_due in wanted.items() if not is_due}
    assert not due_flags(now).exists()


def _made(desk: Desk, number: int, one: dict[str, Any], start: datetime) -> Flag:
    screening = Screening.objects.create(
        name="SPECIMEN",
        form="csv",
        size_bytes=1,
        sha256=b"0" * 32,
        key=b"",
        state=Screening.State.DONE,
        asked_by=desk.liaison,
        ended_at=start + timedelta(days=one["ended"]),
    )
    marked = {"marked_by": desk.liaison, "marked_at": start + timedelta(days=one["marked"])} if one["mark"] else {}
    flag = Flag.objects.create(
        screening=screening, line=number + 2, score=80, description="SPECIMEN", reasons=[], mark=one["mark"], **marked
    )
    if one["followed"] is not None:
        flag.message = follow_flag(
            desk.liaison, flag, peer="IN", title="SPECIMEN", now=start + timedelta(days=one["followed"])
        )
        case = flag.message.case
        if one["case"] != "open":
            Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED)
        if one["case"] == "held":
            place_hold(desk.releasing, case, reason="A court (specimen).")
        flag.refresh_from_db()
    return Flag.objects.select_related("screening").get(pk=flag.pk)
