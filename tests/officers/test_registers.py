"""The registers as acts of officers: two persons, no own file, history kept."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone

from accord.errors import AccordError, OfficerCanMend
from accord.officers.four_eyes import FourEyes, confirm_officer
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted, Role
from accord.officers.registers import (
    agree_to_entry,
    end_entry,
    propose_entry,
    refuse_entry,
    waiting_entries,
)
from accord.officers.services import create_officer, end_posting
from accord.parties.models import RegisterEntry
from accord.parties.register_book import GivenText, counting, due_entries
from accord.parties.registers import Register, TermsRefused
from tests.desk import TODAY, Desk, desk

__all__ = ["desk"]

TERMS: dict[str, Any] = {
    "title": "Arrangement on precursors",
    "parties": ["CA", "IN"],
    "agencies": ["RCMP", "NCB"],
    "categories": ["precursors"],
    "purposes": ["prevent"],
    "onward_rule": "None without permission",
    "valid_from": "2026-02-07",
}
TEXT = GivenText(name="signed.pdf", content=b"SPECIMEN arrangement")


def counsel(desk: Desk, number: int = 1) -> Officer:
    """An account with the role counsel that both an administrator and a reviewer agreed to."""
    officer = create_officer(
        desk.administrator, f"counsel-{number}", password=None, display_name=f"Counsel {number}", roles=["counsel"]
    )
    confirm_officer(desk.reviewer, officer)
    return officer


def proposed(by: Officer, code: str = "MOU-1", **terms: Any) -> RegisterEntry:
    return propose_entry(by, Register.ARRANGEMENT, code, {**TERMS, **terms}, why="Signed.", text=TEXT)


def profile(**terms: Any) -> dict[str, Any]:
    stated = {"baseline": "medium", "residual": "low", "assessed_by": "counsel-1", "assessed_on": TODAY.isoformat()}
    return {**stated, "mitigations": [{"measure": "caveat", "is_taken": True}], **terms}


def test_a_version_counts_only_once_a_second_officer_agreed_and_both_are_named(desk: Desk) -> None:
    first, second = counsel(desk), counsel(desk, 2)
    entry = proposed(first)
    assert (entry.state, list(waiting_entries())) == ("proposed", [entry])
    assert counting(Register.ARRANGEMENT, "MOU-1", on=TODAY) is None
    agree_to_entry(second, entry, why="It is the signed text.")
    stands = counting(Register.ARRANGEMENT, "MOU-1", on=TODAY)
    assert stands is not None
    assert (stands.proposed_by, stands.settled_by, stands.settled_why) == (first, second, "It is the signed text.")
    assert bytes(stands.text_digest or b"") == sha256(TEXT.content).digest()
    assert bytes(stands.text.content) == TEXT.content
    verbs = Act.objects.filter(object_type="registerentry").order_by("pk").values_list("verb", "officer__username")
    assert list(verbs) == [("propose register entry", "counsel-1"), ("agree to register entry", "counsel-2")]


def test_nobody_agrees_to_what_they_proposed(desk: Desk) -> None:
    entry = proposed(counsel(desk))
    with pytest.raises(FourEyes) as refused:
        agree_to_entry(Officer.objects.get(username="counsel-1"), entry)
    assert refused.value.reason_code == "register.own-proposal"
    entry.refresh_from_db()
    assert entry.state == "proposed"


def test_nobody_decides_on_the_risk_that_they_assessed(desk: Desk) -> None:
    assessor, other = counsel(desk), counsel(desk, 2)
    entry = propose_entry(desk.administrator, Register.RISK, "IN", profile())
    with pytest.raises(FourEyes) as refused:
        agree_to_entry(assessor, entry)
    assert refused.value.reason_code == "register.own-assessment"
    assert agree_to_entry(other, entry).state == "agreed"


def test_nobody_decides_on_the_assurance_that_they_reviewed(desk: Desk) -> None:
    reviewer, other = counsel(desk), counsel(desk, 2)
    terms = {
        "title": "No death penalty",
        "given_by": "Specimen ministry",
        "party": "IN",
        "covers": ["death-penalty"],
        "valid_from": "2026-02-07",
        "valid_until": "2027-02-07",
        "reviewed_by": reviewer.username,
        "reviewed_on": "2026-02-07",
        "review": "Given by the office that can keep it.",
    }
    entry = propose_entry(desk.administrator, Register.ASSURANCE, "ASS-1", terms, text=TEXT)
    with pytest.raises(FourEyes):
        agree_to_entry(reviewer, entry)
    assert agree_to_entry(other, entry).state == "agreed"


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COUNSEL, Role.ADMINISTRATOR}])
def test_no_other_role_proposes(desk: Desk, role: Role) -> None:
    with pytest.raises(NotPermitted):
        proposed(desk.officers[role])


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COUNSEL, Role.DECIDER}])
def test_no_other_role_agrees_or_ends(desk: Desk, role: Role) -> None:
    entry = proposed(counsel(desk))
    with pytest.raises(NotPermitted):
        agree_to_entry(desk.officers[role], entry)
    with pytest.raises(NotPermitted):
        refuse_entry(desk.officers[role], entry, why="No.")
    agree_to_entry(counsel(desk, 2), entry)
    with pytest.raises(NotPermitted):
        end_entry(desk.officers[role], entry, why="No.")


def test_who_proposed_takes_it_back_with_a_reason_and_a_new_version_follows(desk: Desk) -> None:
    by = counsel(desk)
    entry = proposed(by)
    with pytest.raises(TermsRefused):
        refuse_entry(by, entry, why="  ")
    assert refuse_entry(by, entry, why="The annex was missing.").state == "refused"
    with pytest.raises(FourEyes):
        agree_to_entry(counsel(desk, 2), entry)
    assert proposed(by).version == 2


def test_one_version_waits_at_a_time(desk: Desk) -> None:
    by = counsel(desk)
    proposed(by)
    with pytest.raises(OfficerCanMend) as refused:
        proposed(by)
    assert refused.value.reason_code == "parties.register-waits"


def test_what_is_ended_counts_no_more_and_no_older_version_comes_back(desk: Desk) -> None:
    first, second = counsel(desk), counsel(desk, 2)
    agree_to_entry(second, proposed(first))
    newer = agree_to_entry(second, proposed(first, valid_from="2026-06-01"))
    moment = datetime(2026, 9, 1, 23, 59, tzinfo=UTC)
    end_entry(first, newer, why="The other side withdrew.", now=moment)
    assert counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 8, 31)) == newer
    assert counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 9, 1)) is None
    with pytest.raises(OfficerCanMend):
        end_entry(first, newer, why="Again.")


def test_of_two_versions_the_newer_alone_counts_from_its_first_day_in_utc(desk: Desk) -> None:
    first, second = counsel(desk), counsel(desk, 2)
    older = agree_to_entry(second, proposed(first))
    newer = agree_to_entry(second, proposed(first, valid_from="2026-06-01", categories=["suspects"]))
    assert counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 5, 31)) == older
    assert counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 6, 1)) == newer
    with pytest.raises(TermsRefused) as refused:
        proposed(first, valid_from="2026-05-31")
    assert refused.value.reason_code == "parties.register-order"


def test_a_newer_version_that_is_over_does_not_bring_the_older_one_back(desk: Desk) -> None:
    first, second = counsel(desk), counsel(desk, 2)
    agree_to_entry(second, proposed(first))
    agree_to_entry(second, proposed(first, valid_from="2026-06-01", valid_until="2026-06-30"))
    assert counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 6, 30)) is not None
    assert counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 7, 1)) is None


def test_while_nobody_could_agree_a_version_counts_at_once_and_the_act_says_so(desk: Desk) -> None:
    for role in (Role.COUNSEL, Role.DECIDER):
        end_posting(desk.administrator, desk.officers[role])
    entry = proposed(desk.administrator)
    assert (entry.state, entry.settled_by) == ("agreed", None)
    assert Act.objects.get(verb="propose register entry").detail["is_alone"] is True
    counsel(desk)
    assert proposed(desk.administrator).state == "proposed"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"residual": "substantial"}, "residual"),
        ({"mitigations": []}, "mitigations"),
        ({"mitigations": [{"measure": "caveat", "is_taken": False}]}, "mitigations"),
        ({"baseline": "grave"}, "baseline"),
        ({"assessed_on": (timezone.now().date() + timedelta(days=2)).isoformat()}, "assessed_on"),
        ({"strategic_relationship": "valued"}, "strategic_relationship"),
    ],
    ids=["above", "no measure", "only named", "no level", "future", "relationship"],
)
def test_a_risk_profile_that_does_not_hold_together_is_refused(desk: Desk, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(TermsRefused) as refused:
        propose_entry(desk.administrator, Register.RISK, "IN", profile(**changed))
    assert refused.value.fields.get("field") == field or field in str(refused.value)
    assert RegisterEntry.objects.filter(register="risk", state="proposed").count() == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"valid_until": "2026-01-01"},
        {"parties": ["CA", "XX"]},
        {"purposes": ["curiosity"]},
        {"agencies": []},
        {"title": ""},
    ],
    ids=str,
)
def test_an_arrangement_that_does_not_hold_together_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    with pytest.raises(TermsRefused):
        proposed(desk.administrator, **changed)


def test_a_text_that_is_not_the_one_of_the_digest_is_refused(desk: Desk) -> None:
    for text, digest in ((TEXT, bytes(32)), (None, None), (None, b"short"), (GivenText(name="x", content=b""), None)):
        with pytest.raises(AccordError):
            propose_entry(desk.administrator, Register.ARRANGEMENT, "MOU-9", TERMS, text=text, text_digest=digest)
    assert not RegisterEntry.objects.filter(code="MOU-9").exists()


@pytest.mark.parametrize(("days", "is_said"), [(304, False), (305, True), (365, True), (400, True)])
def test_a_profile_is_called_for_sixty_days_before_it_is_stale_and_until_it_is_renewed(
    desk: Desk, days: int, is_said: bool
) -> None:
    day = TODAY + timedelta(days=days)
    assert [(entry.code, first) for entry, first in due_entries(day)] == (
        [("IN", TODAY + timedelta(days=365))] if is_said else []
    )


def test_an_arrangement_that_ends_soon_is_called_for_unless_its_next_version_follows_at_once(desk: Desk) -> None:
    first, second = counsel(desk), counsel(desk, 2)
    last = TODAY + timedelta(days=30)
    agree_to_entry(second, proposed(first, valid_until=last.isoformat()))
    assert [entry.code for entry, _ in due_entries(TODAY)] == ["MOU-1"]
    agree_to_entry(second, proposed(first, valid_from=(last + timedelta(days=1)).isoformat()))
    assert due_entries(TODAY) == []
