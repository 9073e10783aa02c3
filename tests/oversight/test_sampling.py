"""A sample can be drawn again by whoever knows its seed; a finding stands beside a decision and changes nothing."""

import hashlib

import pytest
from django.forms.models import model_to_dict

from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from accord.oversight.annotations import FindingMissing, annotate, annotations_of
from accord.oversight.sampling import SampleRefused, draw_sample, ranked
from accord.oversight.services import DecisionUnknown
from accord.release.models import DecisionRecord
from tests.desk import Desk, submitted_request


def decided(desk: Desk, count: int) -> None:
    submitted_request(desk)
    first = DecisionRecord.objects.first()
    assert first is not None
    for _ in range(count - DecisionRecord.objects.count()):
        first.pk = None
        first.save()


def test_the_same_seed_draws_the_same_decisions_and_another_one_others(desk: Desk) -> None:
    decided(desk, 40)
    one, again = (draw_sample(desk.reviewer, seed="dice: 4 2 6", size=10) for _ in range(2))
    assert [row.pk for row in one.drawn] == [row.pk for row in again.drawn]
    assert (len(one.drawn), one.population, one.digest) == (10, 40, again.digest)
    other = draw_sample(desk.reviewer, seed="dice: 4 2 5", size=10)
    assert {row.pk for row in other.drawn} != {row.pk for row in one.drawn}
    assert Act.objects.filter(verb="draw sample").first().detail["seed"] == "dice: 4 2 6"  # type: ignore[union-attr]


def test_the_rule_of_the_draw_is_the_one_that_is_published() -> None:
    drawn = ranked("a seed", [1, 2, 3, 10])
    assert drawn == sorted([1, 2, 3, 10], key=lambda number: hashlib.sha256(f"a seed\n{number}".encode()).digest())


def test_each_decision_is_drawn_about_as_often_as_any_other() -> None:
    counts = dict.fromkeys(range(20), 0)
    for seed in range(2000):
        for number in ranked(str(seed), range(20))[:5]:
            counts[number] += 1
    assert all(400 < count < 600 for count in counts.values())


def test_a_sample_keeps_to_its_filters_and_to_what_there_is(desk: Desk) -> None:
    decided(desk, 5)
    found = draw_sample(desk.reviewer, seed="x", size=200, action="request")
    assert {row.action for row in found.drawn} == {"request"}
    assert not draw_sample(desk.reviewer, seed="x", size=5, outcome="refuse").drawn
    for seed, size in ((" ", 5), ("x" * 101, 5), ("x", 0), ("x", 201)):
        with pytest.raises(SampleRefused):
            draw_sample(desk.reviewer, seed=seed, size=size)
    with pytest.raises(NotPermitted):
        draw_sample(desk.releasing, seed="x", size=5)


def test_findings_stand_beside_a_decision_and_change_nothing_of_it(desk: Desk) -> None:
    decided(desk, 1)
    record = DecisionRecord.objects.get()
    before = model_to_dict(record)
    annotate(desk.reviewer, record.pk, finding="question", text="Who is the agency?")
    annotate(desk.reviewer, record.pk, finding="in-order", text="It is named in the case.")
    assert [one.finding for one in annotations_of(desk.reviewer, record.pk)] == ["question", "in-order"]
    assert model_to_dict(DecisionRecord.objects.get()) == before
    assert Act.objects.filter(verb="annotate decision").count() == 2
    with pytest.raises(FindingMissing):
        annotate(desk.reviewer, record.pk, finding="splendid", text="Yes.")
    with pytest.raises(TextRefused):
        annotate(desk.reviewer, record.pk, finding="in-order", text=" ")
    with pytest.raises(DecisionUnknown):
        annotate(desk.reviewer, record.pk + 1, finding="in-order", text="Yes.")
    for act in (
        lambda: annotate(desk.administrator, record.pk, finding="in-order", text="Yes."),
        lambda: annotations_of(desk.liaison, record.pk),
    ):
        with pytest.raises(NotPermitted):
            act()
