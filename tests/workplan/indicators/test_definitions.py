"""Definitions say in three languages what is counted, and none counts what is done to persons."""

import msgspec
import pytest

from accord.release import registry
from accord.release.registry import kind_for, register
from accord.workplan.codes import Unit
from accord.workplan.indicators import definitions as room
from accord.workplan.indicators.definitions import (
    DefinitionRefused,
    definition_codes,
    definition_of,
    definitions,
    definitions_in,
    fits_unit,
    register_definition,
)
from accord.workplan.indicators.figures import why_not_measured
from accord.workplan.indicators.report import Standing
from accord.workplan.indicators.sources import is_measured, unknown_kinds
from tests.desk import Desk
from tests.workplan.indicators.counted import asked, figure, wanted
from tests.workplan.plans import said


def test_every_definition_has_its_words_in_three_languages_and_a_unit_that_fits() -> None:
    assert len(definitions_in("accord.workplan.indicators")) == 9
    for definition in definitions():
        for wording in (definition.name, definition.counts, definition.of):
            assert all((wording.en, wording.fr, wording.hi)), definition.code
        assert fits_unit(definition, definition.unit)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("arrests.made", "Persons found"),
        ("cases.closed", "Arrests after a request"),
        ("removals.done", "Removals"),
        ("people.gone", "Number of persons deported"),
        ("people.held", "Detentions"),
    ],
)
def test_counts_of_what_is_done_to_persons_are_refused_with_the_reason(code: str, name: str) -> None:
    made = msgspec.structs.replace(definitions()[0], code=code, name=said(name))
    with pytest.raises(DefinitionRefused, match="what is counted is sought") as refused:
        register_definition(made)
    assert refused.value.fields == {"definition": code}
    assert code not in definition_codes()


def test_what_the_node_does_not_know_is_not_measured_and_never_zero(desk: Desk) -> None:
    asked(hours=1)
    for code in ("warnings.told-within-2-hours", "money.restored"):
        found = figure(wanted(code))
        assert (found.standing, found.figure, found.numerator, found.denominator) == (
            Standing.NOT_MEASURED,
            None,
            None,
            None,
        )
        assert why_not_measured(found.wanted) == "unknown-kind"


def test_a_definition_is_measured_as_soon_as_its_kinds_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    definition = definition_of("notices.before-day-7")
    assert definition is not None
    assert is_measured(definition)
    known = {key: kind for key, kind in registry._KINDS.items() if kind.name not in definition.kinds}
    monkeypatch.setattr(registry, "_KINDS", known)
    assert unknown_kinds(definition) == ("pre-export-notice", "pre-export-reply")
    assert not is_measured(definition)
    for name in definition.kinds:
        register(_named(name))
    assert is_measured(definition)


def _named(name: str) -> registry.MessageKind:
    from dataclasses import replace

    return replace(kind_for("request", 1), name=name)


def test_a_unit_or_a_filter_that_does_not_fit_is_said_and_not_measured(desk: Desk) -> None:
    assert why_not_measured(wanted("answers.within-clock", unit=Unit.HOURS)) == "unit"
    assert why_not_measured(wanted("corrections.confirmed", urgency="urgent")) == "filter"
    assert why_not_measured(wanted("answers.within-clock", definition=None)) == "unknown-definition"
    assert not why_not_measured(wanted("answers.within-clock", urgency="urgent"))


def test_a_second_registration_replaces_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_DEFINITIONS", dict(room._DEFINITIONS))
    first, many = definitions()[0], len(definitions())
    register_definition(msgspec.structs.replace(first, name=said("Anew")))
    found = definition_of(first.code)
    assert found is not None
    assert found.name.en == "Anew"
    assert len(definitions()) == many
