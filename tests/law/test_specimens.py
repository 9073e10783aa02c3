from datetime import date

import pytest

from accord.law.facts import Facts
from accord.law.loading import PartyWithoutLaw
from accord.law.specimens import SPECIMEN_DAY, specimen, specimen_facts
from accord.vocabulary.handling import Handling


def test_the_story_is_canada_asking_and_india_answering() -> None:
    asked, answered = specimen_facts("CA"), specimen_facts("IN")
    assert (asked.party, asked.peer, asked.action, asked.kind) == ("CA", "IN", "request", "request")
    assert (answered.party, answered.peer, answered.action, answered.kind) == ("IN", "CA", "release", "answer")
    assert {asked.handling, answered.handling} == {Handling.H2}
    assert asked.substances[0].name == answered.substances[0].name == "79099-07-3"


@pytest.mark.parametrize("facts", [specimen_facts("CA"), specimen_facts("IN")], ids=["CA", "IN"])
def test_a_specimen_is_dated_by_the_day_it_is_asked_for(facts: Facts) -> None:
    later = specimen_facts(facts.party, on=date(2028, 2, 29))
    assert facts.date == SPECIMEN_DAY
    assert later.date == date(2028, 2, 29)
    assert later.as_of is not None
    assert (later.date - later.as_of).days == 1
    assert later.substances[0].controlled_on == facts.substances[0].controlled_on


def test_a_party_without_a_pack_has_specimens_by_name_but_no_part_in_the_story() -> None:
    facts = specimen("request", party="XX", peer="CA")
    assert facts.agency == "XX-LIAISON"
    assert facts.recipient_agency == "RCMP"
    with pytest.raises(PartyWithoutLaw):
        specimen_facts("XX")
