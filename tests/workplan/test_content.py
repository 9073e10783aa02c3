"""A plan is one value with one text."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from accord.instruments.canonical import canonical_bytes, read_canonical
from accord.workplan.codes import Language, Status, Unit
from accord.workplan.content import (
    LETTERS,
    PARTS,
    Indicator,
    Pillar,
    Plan,
    Progress,
    Wording,
    all_items,
    item_of,
    items_by_id,
    statuses,
)
from tests.workplan.plans import large_plan, small_plan


def test_the_bytes_of_a_plan_are_read_back_as_the_same_plan():
    plan = small_plan()
    assert read_canonical(canonical_bytes(plan), Plan) == plan


def test_bytes_that_spell_out_a_default_are_not_the_one_text():
    content = canonical_bytes(small_plan()).replace(b'"schema_version"', b'"is_template":false,"schema_version"')
    with pytest.raises(ValueError, match="canonical"):
        read_canonical(content, Plan)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"schema_version":1', b'"schema_version":2'),
        (b'"id":"P1"', b'"id":"P01"'),
        (b'"id":"P1"', b'"id":"C1"'),
        (b'"in_force_on":"2026-', b'"in_force_on":"2026-6'),
        (b'"schema_version":1', b'"measured":1,"schema_version":1'),
    ],
)
def test_what_is_not_of_the_form_is_not_read(old, new):
    content = canonical_bytes(small_plan())
    assert old in content
    with pytest.raises(msgspec.ValidationError):
        read_canonical(content.replace(old, new, 1), Plan)


def test_a_text_needs_words_in_some_language():
    with pytest.raises(ValueError, match="at least one language"):
        Wording()


def test_a_text_is_shown_in_the_readers_language_or_in_one_that_has_it():
    words = Wording(en="plan", fr="plan de travail")
    assert (words.in_language("fr-ca"), words.shown_language("fr-ca")) == ("plan de travail", Language.FR)
    assert (words.in_language("hi"), words.shown_language("hi")) == ("plan", Language.EN)


@pytest.mark.parametrize("figure", ["NaN", "Infinity"])
def test_a_target_is_a_number(figure):
    with pytest.raises(ValueError, match="plain numbers"):
        Indicator(
            id="I1", title=Wording(en="x"), definition="pings", unit=Unit.COUNT, target=Decimal(figure), min_cell=5
        )


def test_items_are_found_by_their_codes():
    plan = small_plan()
    assert isinstance(item_of(plan, "P1"), Pillar)
    assert item_of(plan, "P99") is None
    assert item_of(plan, "") is None
    assert list(items_by_id(plan)) == [item.id for item in all_items(plan)]
    assert set(LETTERS.values()) == set(PARTS)


def test_the_latest_row_says_where_an_item_stands():
    rows = tuple(
        Progress(item="A1", status=status, on=day, by="CA", reason=Wording(en="why"))
        for status, day in (
            (Status.LATE, date(2026, 5, 2)),
            (Status.PLANNED, date(2026, 4, 1)),
            (Status.DONE, date(2026, 5, 2)),
        )
    )
    plan = msgspec.structs.replace(small_plan(), progress=rows)
    assert statuses(plan)["A1"].status is Status.DONE


def test_two_thousand_actions_in_three_languages_fit_into_a_text():
    plan = large_plan(actions=2_000)
    content = canonical_bytes(plan)
    assert len(plan.actions) == 2_000
    assert len(content) <= 16 * 1024 * 1024
    assert read_canonical(content, Plan) == plan
