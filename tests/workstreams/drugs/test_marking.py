"""What officers say of flags is kept, can be taken back, measures the rules, and leads to drafts."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accord.exchange.drafting import create_case
from accord.exchange.models import Case, Message
from accord.exchange.text import TextRefused
from accord.officers.permissions import NotPermitted, Role
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.following import follow_flag
from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.marks.marking import add_missed_line, mark_flag, remove_missed_line, undo_mark
from accord.workstreams.drugs.marks.measuring import Share, measure_rules
from accord.workstreams.drugs.models import Flag, Screening
from tests.desk import Desk
from tests.workstreams.drugs.screened import manifest


@pytest.fixture
def screening(desk: Desk, home: Path) -> Screening:
    made = screen_file(desk.liaison, manifest(20, hits=(2, 3, 4)), name="SPECIMEN.csv")
    screen_to_the_end()
    made.refresh_from_db()
    return made


@pytest.fixture
def flag(screening: Screening) -> Flag:
    return Flag.objects.order_by("line")[0]


def test_a_mark_can_be_changed_and_taken_back_to_what_was_said_before(desk: Desk, flag: Flag) -> None:
    colleague = desk.again(Role.LIAISON, "second")
    mark_flag(desk.liaison, flag, is_true=True)
    changed = mark_flag(colleague, flag, is_true=False, reason="The goods are tea.")
    assert (changed.state, changed.marked_by) == ("marked-false", colleague)
    with pytest.raises(ScreeningRefused) as refused:
        undo_mark(desk.liaison, flag)
    assert refused.value.reason_code == "drugs.mark-of-colleague"
    back = undo_mark(colleague, flag)
    assert (back.state, back.marked_by, back.mark_reason) == ("marked-true", desk.liaison, "")
    assert undo_mark(desk.liaison, flag).state == "new"
    with pytest.raises(ScreeningRefused):
        undo_mark(desk.liaison, flag)
    assert [one.is_undo for one in flag.marks.all()] == [False, False, True, True]


def test_a_wrong_flag_needs_a_reason_and_the_same_word_twice_is_one(desk: Desk, flag: Flag) -> None:
    with pytest.raises(ScreeningRefused):
        mark_flag(desk.liaison, flag, is_true=False, reason="  ")
    with pytest.raises(TextRefused):
        mark_flag(desk.liaison, flag, is_true=False, reason="tea\u202e")
    mark_flag(desk.liaison, flag, is_true=True)
    mark_flag(desk.liaison, flag, is_true=True)
    assert flag.marks.count() == 1
    with pytest.raises(NotPermitted):
        mark_flag(desk.releasing, flag, is_true=True)


def test_rules_are_measured_by_marks_and_missed_lines(desk: Desk, screening: Screening) -> None:
    first, second, _third = Flag.objects.order_by("line")
    mark_flag(desk.liaison, first, is_true=True)
    mark_flag(desk.liaison, second, is_true=False, reason="The goods are tea.")
    missed = add_missed_line(desk.liaison, screening, line=9, description="SPECIMEN powder")
    (figures,) = measure_rules().rules
    assert figures.rule == "name"
    assert (figures.precision, figures.recall) == (Share(part=1, whole=2), Share(part=1, whole=2))
    remove_missed_line(desk.liaison, missed)
    assert measure_rules().recall == Share(part=1, whole=1)
    add_missed_line(desk.liaison, screening, line=9, description="SPECIMEN powder")
    assert measure_rules().recall == Share(part=1, whole=2)


def test_a_missed_line_that_is_named_again_says_what_was_said_last_and_by_whom(
    desk: Desk, screening: Screening
) -> None:
    first = add_missed_line(desk.liaison, screening, line=9, description="SPECIMEN powder", reason="White.")
    remove_missed_line(desk.liaison, first)
    second, now = desk.again(Role.LIAISON, "second"), timezone.now() + timedelta(days=1)
    words = {"description": "SPECIMEN oil", "tariff": "2932.93", "substance": "safrole", "reason": "It smells."}
    again = add_missed_line(second, screening, line=9, now=now, **words)
    again.refresh_from_db()
    assert (again.pk, again.removed_at) == (first.pk, None)
    assert (again.description, again.tariff, again.substance, again.reason) == (
        *("SPECIMEN oil", "293293", "safrole", "It smells."),
    )
    assert (again.added_by, again.added_at) == (second, now)


@pytest.mark.parametrize("line", [1, 2, 99])
def test_a_line_that_was_flagged_or_is_not_of_the_file_was_not_missed(
    desk: Desk, screening: Screening, line: int
) -> None:
    with pytest.raises(ScreeningRefused):
        add_missed_line(desk.liaison, screening, line=line, description="SPECIMEN powder")


def test_a_flag_leads_to_a_request_that_says_which_line_and_why(desk: Desk, flag: Flag) -> None:
    made = follow_flag(desk.liaison, flag, peer="IN")
    assert (made.kind, made.state, made.case.theme) == ("request", Message.State.DRAFT, "precursors")
    assert made.fields["specification"] == "1-boc-4-piperidone"
    assert "The text names 1-boc-4-piperidone" in made.fields["facts"]
    assert "Gross weight: 100" in made.fields["facts"]
    (substance,) = made.fields["substances"]
    assert (substance["cas_number"], substance["hs_code"]) == ("79099-07-3", "293339")
    flag.refresh_from_db()
    assert (flag.state, flag.message, flag.followed_by) == ("followed", made, desk.liaison)
    assert follow_flag(desk.liaison, flag, peer="IN") == made
    assert Case.objects.count() == 1


def test_a_flag_is_followed_in_a_case_at_hand(desk: Desk, flag: Flag) -> None:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    assert follow_flag(desk.liaison, flag, case=case).case == case


def test_reasons_are_said_in_the_language_of_the_message(desk: Desk, flag: Flag) -> None:
    made = follow_flag(desk.liaison, flag, peer="IN", say=str.upper, language="fr")
    assert "THE TEXT NAMES" in made.fields["facts"]
    assert made.fields["language"] == "fr"


def test_what_hides_in_a_manifest_is_not_in_the_draft(desk: Desk, flag: Flag) -> None:
    Flag.objects.filter(pk=flag.pk).update(description="1-boc-4-\u202epiperidоne\u200b")  # noqa: RUF001
    made = follow_flag(desk.liaison, Flag.objects.get(pk=flag.pk), peer="IN")
    assert made.fields["specification"] == "1-boc-4-piperidone"


def test_a_flag_leads_to_no_other_kind(desk: Desk, flag: Flag) -> None:
    with pytest.raises(ScreeningRefused):
        follow_flag(desk.liaison, flag, "answer", peer="IN")
