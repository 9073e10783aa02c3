"""What stood in the older tables becomes the first versions of the registers, and nothing of it is lost."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from accord.parties.models import RegisterEntry, RegisterStamp
from accord.parties.register_book import counting
from accord.parties.registers import ArrangementTerms, Register, RiskTerms

carry_over = import_module("accord.parties.migrations.0003_first_entries")._carry_over


class _Rows:
    """Rows of a table that is no more."""

    def __init__(self, *rows: Any) -> None:
        self.rows = rows

    def all(self) -> tuple[Any, ...]:
        return self.rows


class _Before:
    """The models as they stood when the registers came."""

    def __init__(self, **tables: _Rows) -> None:
        self.tables = tables

    def get_model(self, _app: str, name: str) -> Any:
        now = {"RegisterEntry": RegisterEntry, "RegisterStamp": RegisterStamp}
        return now.get(name) or SimpleNamespace(objects=self.tables[name])


ARRANGEMENT = SimpleNamespace(
    code="MOU-1",
    title="Specimen",
    parties=SimpleNamespace(values_list=lambda *_names, **_how: ["IN", "CA"]),
    agencies=["RCMP"],
    categories=["precursors"],
    purposes=["prevent"],
    onward_rule="",
    valid_from=date(2026, 1, 1),
    valid_until=None,
    text_digest=bytes(32),
)
PROFILE = SimpleNamespace(
    party_id="IN",
    version=3,
    assessed_on=date(2026, 6, 1),
    baseline="medium",
    residual="low",
    mitigations=["caveat"],
    assessed_by="risk-unit",
)


@pytest.mark.django_db
def test_arrangements_and_profiles_are_carried_over_as_versions_that_count() -> None:
    carry_over(_Before(Arrangement=_Rows(ARRANGEMENT), RiskProfile=_Rows(PROFILE)), None)
    arrangement = counting(Register.ARRANGEMENT, "MOU-1", on=date(2026, 1, 1))
    profile = counting(Register.RISK, "IN", on=date(2026, 6, 1))
    assert arrangement is not None
    assert profile is not None
    assert isinstance(arrangement.stated, ArrangementTerms)
    assert isinstance(profile.stated, RiskTerms)
    assert (arrangement.stated.parties, arrangement.proposed_by) == (("CA", "IN"), None)
    assert (profile.version, profile.stated.mitigations[0].is_taken) == (3, True)
    assert RegisterStamp.objects.count() == 1


@pytest.mark.django_db
def test_a_node_without_any_has_no_mark() -> None:
    carry_over(_Before(Arrangement=_Rows(), RiskProfile=_Rows()), None)
    assert not RegisterStamp.objects.exists()
