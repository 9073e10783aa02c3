"""A screening at the desk says until when it is kept, what was erased of it, and is finished for good by one act."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accord.handling.retention import place_hold
from accord.node.desk.workstreams.drugs.keeping_rows import PERIODS, REASONS, THINGS
from accord.officers.models import Act
from accord.workstreams.drugs.manifests.following import follow_flag
from accord.workstreams.drugs.manifests.keeping import stop_screening
from accord.workstreams.drugs.models import Flag, Screening
from accord.workstreams.drugs.retention.erasing import erase_to_the_end
from accord.workstreams.drugs.retention.periods import Kept, all_periods, last_day_of, period_of
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_drugs_screening import HIT, LIST, RULES, TEA, brought, manifest
from tests.desk_pages.words import plain, text


def stopped(desk: Desk, sign_in: SignIn) -> Screening:
    sign_in(desk.liaison).post(LIST, {"file": manifest(HIT, TEA)})
    screening = Screening.objects.get()
    return stop_screening(desk.liaison, screening)


def address(screening: Screening) -> str:
    return f"{LIST}{screening.pk}/"


def test_the_page_says_the_reasons_of_the_table_and_leaves_out_none() -> None:
    said = {kept: str(words) for kept, words in REASONS.items()}
    assert said == {kept: period.reason for kept, period in all_periods().items() if kept is not Kept.MENTION}
    assert list(PERIODS) == [kept for kept in all_periods() if kept is not Kept.MENTION]
    assert set(THINGS) == set(PERIODS)


def test_a_screening_says_until_when_each_of_its_things_is_kept(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    assert screening.ended_at is not None
    page = plain(sign_in(desk.releasing).get(address(screening)))
    assert "Until when it is kept" in page
    for kept in (Kept.UNREAD_LINE, Kept.FLAG, Kept.SCREENING):
        assert f"{last_day_of(kept, screening.ended_at):%Y}" in page
    assert "90 days after the end of the screening" in page
    assert "A flag that nobody followed is a suspicion and no finding." in page
    assert "so that it can go on" not in page, "its file went when it was done"


def test_a_flag_says_its_last_day_and_that_a_case_needs_it_longer(desk: Desk, sign_in: SignIn) -> None:
    screening, client = brought(desk, sign_in), sign_in(desk.liaison)
    flag = Flag.objects.first()
    assert flag is not None
    there = f"{LIST}flags/{flag.pk}/"
    page = plain(client.get(there))
    assert "kept until" in page
    assert "for as long as a case needs it" not in page
    follow_flag(desk.liaison, flag, peer="IN")
    assert "and for as long as a case needs it" in plain(client.get(there))
    assert "1 flag of this screening is kept for as long as its case needs it." in plain(client.get(address(screening)))


def test_what_was_erased_is_said_and_no_table_stands_empty(desk: Desk, sign_in: SignIn) -> None:
    screening, client = brought(desk, sign_in), sign_in(desk.liaison)
    erase_to_the_end(timezone.now() + timedelta(days=period_of(Kept.FLAG).days + 2))
    page = client.get(address(screening))
    assert f"{screening.flagged} flags were erased when their time was over." in plain(page)
    assert "Every flag was erased when its time was over." in plain(page)
    assert "They were erased when their time was over." in plain(page)
    assert "Table of lines that could not be read" not in text(page)
    assert "No flag is like this" not in plain(page)


def test_a_stopped_screening_is_finished_for_good_by_whoever_is_sure(desk: Desk, sign_in: SignIn) -> None:
    screening, client = stopped(desk, sign_in), sign_in(desk.liaison)
    there = address(screening)
    assert "It is finished for good" in plain(client.get(there))
    refused = client.post(f"{there}act", {"act": "finish", "form": str(uuid4())})
    assert refused.status_code == 409
    assert "drugs.not-sure" in text(refused)
    assert 'href="#is-sure"' in text(refused)
    screening.refresh_from_db()
    assert screening.root is not None
    done = client.post(f"{there}act", {"act": "finish", "is_sure": "yes", "form": str(uuid4())}, follow=True)
    assert "Finished for good: the sealed file is erased." in plain(done)
    assert "The file of this screening is no longer here" in plain(done)
    assert "Let it go on" not in plain(done)
    screening.refresh_from_db()
    assert screening.root is None
    assert Act.objects.filter(verb="finish screening", officer=desk.liaison).count() == 1


def test_who_does_not_work_on_cases_finishes_nothing(desk: Desk, sign_in: SignIn) -> None:
    screening, client = stopped(desk, sign_in), sign_in(desk.releasing)
    assert "It is finished for good" not in plain(client.get(address(screening)))
    refused = client.post(f"{address(screening)}act", {"act": "finish", "is_sure": "yes", "form": str(uuid4())})
    assert refused.status_code == 403
    screening.refresh_from_db()
    assert screening.root is not None


def test_a_held_screening_says_so_and_offers_no_end(desk: Desk, sign_in: SignIn) -> None:
    screening = brought(desk, sign_in)
    case = follow_flag(desk.liaison, screening.flags.all()[0], peer="IN").case
    place_hold(desk.releasing, case, reason="A court (specimen).")
    Screening.objects.update(state=Screening.State.STOPPED, root=b"0" * 32)
    page = plain(sign_in(desk.liaison).get(address(screening)))
    assert "A legal hold on a case keeps this screening with its file." in page
    assert "It is finished for good" not in page


def test_the_page_of_the_rules_says_how_many_marks_are_of_erased_lines(desk: Desk, sign_in: SignIn) -> None:
    screening, client = brought(desk, sign_in), sign_in(desk.liaison)
    flag = screening.flags.all()[0]
    client.post(f"{LIST}flags/{flag.pk}/act", {"act": "mark-true", "form": str(uuid4())})
    assert "erased since" not in plain(client.get(RULES))
    erase_to_the_end(timezone.now() + timedelta(days=period_of(Kept.RIGHT_FLAG).days + 2))
    page = plain(client.get(RULES))
    assert "1 mark counts of which the line was erased since; its count by month stays." in page
    assert "1 of 1" in page
