"""The register of substances as acts of officers: two persons, a table in force, nothing edited in place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from msgspec import structs

from accord.exchange.text import TextRefused
from accord.officers.four_eyes import FourEyes, confirm_officer
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted
from accord.officers.services import create_officer
from accord.workstreams.drugs.models import SubstanceProposal, SubstanceVersion
from accord.workstreams.drugs.substances.book import book, table_at, table_in_force
from accord.workstreams.drugs.substances.content import Control, Extent, Form, Name, NameKind, Substance
from accord.workstreams.drugs.substances.errors import RowRefused, TableDamaged
from accord.workstreams.drugs.substances.proposing import (
    agree_to_changes,
    may_agree_to,
    propose_changes,
    refuse_changes,
    versions_of,
    waiting_proposals,
    withdraw_changes,
)
from accord.workstreams.drugs.substances.rows import Change, Kind
from accord.workstreams.drugs.substances.shipped import shipped_table
from accord.workstreams.drugs.substances.status import Standing, status_of
from tests.desk import Desk, desk
from tests.workstreams.drugs.rows import control, substance

__all__ = ["desk"]

NPP_HERE = Change.to(control("in-npp", ["npp"], jurisdiction="IN", valid_from=date(2026, 3, 1)))


def counsel(desk: Desk, number: int = 1) -> Officer:
    officer = create_officer(
        desk.administrator, f"counsel-{number}", password=None, display_name=f"Counsel {number}", roles=["counsel"]
    )
    confirm_officer(desk.reviewer, officer)
    return officer


@pytest.fixture
def first(desk: Desk) -> Officer:
    return counsel(desk)


@pytest.fixture
def second(desk: Desk) -> Officer:
    return counsel(desk, 2)


def agreed(first: Officer, second: Officer, *changes: Change, now: datetime | None = None) -> SubstanceProposal:
    return agree_to_changes(second, propose_changes(first, changes, now=now), now=now)


def of_npp(on: date) -> Standing:
    return status_of(table_in_force(), "npp", jurisdiction="IN", on=on).standing


def test_a_change_counts_only_once_a_second_officer_agreed_and_both_are_named(first: Officer, second: Officer) -> None:
    proposal = propose_changes(first, [NPP_HERE], why="Gazette of March.")
    assert of_npp(date(2026, 3, 1)) is Standing.NO_ENTRY
    assert list(waiting_proposals()) == [proposal]
    assert (may_agree_to(first, proposal), may_agree_to(second, proposal)) == (False, True)
    agree_to_changes(second, proposal, why="Read.")
    assert of_npp(date(2026, 2, 28)) is Standing.NOT_YET
    assert of_npp(date(2026, 3, 1)) is Standing.CONTROLLED
    (version,) = versions_of(Kind.CONTROL, "in-npp")
    kept = version.proposal
    assert (kept.proposed_by, kept.settled_by, kept.why, kept.settled_why) == (
        first,
        second,
        "Gazette of March.",
        "Read.",
    )
    verbs = list(Act.objects.filter(object_id=str(proposal.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["propose substances", "agree to substances"]


def test_who_proposed_never_agrees(first: Officer, second: Officer) -> None:
    proposal = propose_changes(first, [NPP_HERE])
    with pytest.raises(FourEyes, match="does not agree"):
        agree_to_changes(first, proposal)
    assert of_npp(date(2026, 3, 1)) is Standing.NO_ENTRY


def test_what_is_settled_is_settled_once(first: Officer, second: Officer) -> None:
    proposal = agreed(first, second, NPP_HERE)
    with pytest.raises(FourEyes, match="settled already"):
        refuse_changes(second, proposal, why="Too late.")
    with pytest.raises(FourEyes, match="settled already"):
        withdraw_changes(first, proposal, why="Too late.")


def test_who_may_not_propose_or_decide_does_neither(desk: Desk, first: Officer, second: Officer) -> None:
    with pytest.raises(NotPermitted):
        propose_changes(desk.liaison, [NPP_HERE])
    proposal = propose_changes(first, [NPP_HERE])
    with pytest.raises(NotPermitted):
        agree_to_changes(desk.liaison, proposal)
    with pytest.raises(NotPermitted):
        refuse_changes(desk.liaison, proposal, why="No.")


def test_a_refused_or_withdrawn_change_counts_never_and_leaves_the_row_free(first: Officer, second: Officer) -> None:
    refused = refuse_changes(second, propose_changes(first, [NPP_HERE]), why="No gazette.")
    assert refused.state == "refused"
    withdrawn = propose_changes(first, [NPP_HERE])
    with pytest.raises(FourEyes, match="Only who proposed"):
        withdraw_changes(second, withdrawn, why="Mine?")
    assert withdraw_changes(first, withdrawn, why="A mistake.").state == "withdrawn"
    assert of_npp(date(2026, 3, 1)) is Standing.NO_ENTRY
    agreed(first, second, NPP_HERE)
    assert [one.version for one in versions_of(Kind.CONTROL, "in-npp")] == [3, 2, 1]
    assert of_npp(date(2026, 3, 1)) is Standing.CONTROLLED


def test_to_refuse_or_withdraw_needs_a_reason(first: Officer, second: Officer) -> None:
    proposal = propose_changes(first, [NPP_HERE])
    for act, officer in ((refuse_changes, second), (withdraw_changes, first)):
        with pytest.raises(RowRefused, match="reason"):
            act(officer, proposal, why="  ")


def test_one_change_of_a_row_waits_at_a_time(first: Officer, second: Officer) -> None:
    propose_changes(first, [NPP_HERE])
    with pytest.raises(RowRefused, match="waits for a second person"):
        propose_changes(second, [NPP_HERE, Change.to(control("in-anpp", ["anpp"], jurisdiction="IN"))])
    assert SubstanceVersion.objects.count() == 1


def test_a_version_is_never_edited_and_the_newest_agreed_one_stands(first: Officer, second: Officer) -> None:
    agreed(first, second, NPP_HERE)
    later = Change.to(control("in-npp", ["npp"], jurisdiction="IN", valid_from=date(2026, 5, 1)))
    agreed(first, second, later)
    assert of_npp(date(2026, 4, 1)) is Standing.NOT_YET
    assert [one.stated for one in versions_of(Kind.CONTROL, "in-npp")] == [later.row, NPP_HERE.row]
    assert book().versions == {(Kind.CONTROL, "in-npp"): 2}


def test_a_row_that_ships_is_replaced_in_its_place_and_taken_out(first: Officer, second: Officer) -> None:
    ships = shipped_table()
    entry = next(one for one in ships.controls if one.id == "in-piperidones")
    read = structs.replace(entry, verified=False)
    agreed(first, second, Change.to(read))
    assert [one.id for one in table_in_force().controls] == [one.id for one in ships.controls]
    assert read in table_in_force().controls
    agreed(first, second, Change(kind=Kind.CONTROL, code=entry.id, row=None))
    assert entry.id not in {one.id for one in table_in_force().controls}
    assert table_in_force().substances == ships.substances
    assert table_in_force().version != ships.version


def test_a_substance_with_controls_is_not_taken_out_alone(first: Officer, second: Officer) -> None:
    with pytest.raises(TableDamaged, match="names norfentanyl"):
        propose_changes(first, [Change(kind=Kind.SUBSTANCE, code="norfentanyl", row=None)])


def test_changes_that_contradict_each_other_by_now_are_not_agreed_to(first: Officer, second: Officer) -> None:
    agreed(first, second, Change.to(substance("other", cas=["50-00-0"])))
    entry = propose_changes(first, [Change.to(control("xx-other", ["other"], jurisdiction="XX"))])
    agreed(first, second, Change(kind=Kind.SUBSTANCE, code="other", row=None))
    with pytest.raises(TableDamaged, match="names other"):
        agree_to_changes(second, entry)


def test_a_substance_and_its_control_are_proposed_together(first: Officer, second: Officer) -> None:
    new = substance(
        "other", cas=["50-00-0"], names=(Name(text="फॉर्मल्डिहाइड", language="hi", kind=NameKind.COMMON, script="Deva"),)
    )
    agreed(first, second, Change.to(control("xx-other", ["other"], jurisdiction="XX")), Change.to(new))
    assert table_in_force().by_id()["other"] == new


def test_a_table_says_what_it_said_at_a_moment(first: Officer, second: Officer) -> None:
    moment = datetime(2026, 4, 1, 12, tzinfo=UTC)
    agreed(first, second, NPP_HERE, now=moment)
    before, after = table_at(moment - timedelta(seconds=1)), table_at(moment)
    assert [one.id for one in after.controls if one not in before.controls] == ["in-npp"]


def test_a_table_that_is_asked_again_is_not_read_again(
    first: Officer, second: Officer, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    agreed(first, second, NPP_HERE)
    table_in_force()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert table_in_force() is table_in_force.__globals__["_kept"].table


def test_where_nobody_may_agree_yet_a_change_counts_at_once_and_says_so(desk: Desk) -> None:
    Officer.objects.exclude(pk=desk.administrator.pk).update(is_active=False)
    only = desk.administrator
    made = propose_changes(only, [NPP_HERE])
    assert (made.state, made.settled_by) == ("agreed", None)
    assert of_npp(date(2026, 3, 1)) is Standing.CONTROLLED
    assert Act.objects.get(object_id=str(made.pk)).detail["is_alone"] is True


def test_nothing_new_is_no_proposal(first: Officer, second: Officer) -> None:
    same = [Change.to(one) for one in shipped_table().controls]
    with pytest.raises(RowRefused, match="Nothing would change"):
        propose_changes(first, same)
    propose_changes(first, [*same, NPP_HERE])
    assert SubstanceVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change.to(substance("other", cas=["50-00-1"])), "check digit"),
        (Change.to(substance("other", cas=["39742-60-4"])), "stands at npp"),
        (Change.to(substance("other", parent="npp")), "without its relation"),
        (Change.to(substance("other", parent="gone", relation=Form.SALT)), "not in the table"),
        (Change.to(substance("OTHER")), "not of its form"),
        (Change.to(control("xx", ["npp"], valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))), "ends before"),
        (Change.to(control("xx", [])), "not of its form"),
    ],
)
def test_a_row_that_does_not_hold_together_is_not_proposed(
    first: Officer, second: Officer, change: Change, said: str
) -> None:
    with pytest.raises((RowRefused, TableDamaged), match=said):
        propose_changes(first, [change])
    assert not SubstanceProposal.objects.exists()


def test_a_text_that_hides_is_refused(first: Officer, second: Officer) -> None:
    with pytest.raises(TextRefused):
        propose_changes(first, [Change.to(substance("other", label="NP\u202eP"))])


def test_the_same_row_twice_is_refused(first: Officer, second: Officer) -> None:
    with pytest.raises(RowRefused, match="twice"):
        propose_changes(first, [NPP_HERE, NPP_HERE])


def salt(**fields: object) -> Substance:
    return substance("npp-hcl", cas=["50-00-0"], parent="npp", relation=Form.SALT, **fields)


def test_a_salt_is_controlled_by_the_entries_that_include_salts_alone(first: Officer, second: Officer) -> None:
    agreed(first, second, Change.to(salt()))
    on = timezone.now().date()
    # Item 26 of Schedule VI includes salts; the row of Table I states no extent.
    assert status_of(table_in_force(), "npp-hcl", jurisdiction="CA", on=on).entries[0].id == "ca-npp"
    assert status_of(table_in_force(), "npp-hcl", jurisdiction="UN", on=on).standing is Standing.NO_ENTRY


def test_another_form_than_a_salt_is_never_taken_for_controlled(first: Officer, second: Officer) -> None:
    agreed(first, second, Change.to(substance("npp-x", cas=["50-00-0"], parent="npp", relation=Form.OTHER)))
    assert status_of(table_in_force(), "npp-x", jurisdiction="CA", on=date(2026, 3, 1)).standing is Standing.NO_ENTRY


def test_what_its_originator_controls_does_not_leave_with_the_table(first: Officer, second: Officer) -> None:
    listed = Change.to(control("zz-1", ["listed"], jurisdiction="ZZ", originator_controlled=True))
    row = Change.to(substance("listed", cas=["50-00-0"], originator_controlled=True))
    agreed(first, second, row, listed)
    table = table_in_force()
    assert {"listed", "zz-1"} <= {one.id for one in (*table.substances, *table.controls)}
    assert table.opened().substances == shipped_table().substances
    assert table.opened().controls == shipped_table().controls


@pytest.mark.parametrize(
    "open_row",
    [
        Change.to(control("xx-1", ["listed"])),
        Change.to(substance("salt", cas=["64-17-5"], parent="listed", relation=Form.SALT)),
    ],
)
def test_an_open_row_that_would_give_away_a_restricted_one_is_refused(
    first: Officer, second: Officer, open_row: Change
) -> None:
    agreed(first, second, Change.to(substance("listed", cas=["50-00-0"], originator_controlled=True)))
    with pytest.raises(TableDamaged, match="its originator controls"):
        propose_changes(first, [open_row])


def test_an_entry_includes_what_it_says() -> None:
    entry: Control = next(one for one in shipped_table().controls if one.id == "ca-4-ap")
    assert set(entry.includes) == set(Extent)
