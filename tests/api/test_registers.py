"""The registers over the API: every version to be read, and which of them counts today."""

from datetime import timedelta

from django.utils import timezone

from accord.officers.permissions import Role
from tests.api.conftest import Caller
from tests.registers import arranged
from tests.simulators.paired_node import PairedNode


def test_versions_are_listed_with_the_one_that_counts(node: PairedNode, callers: dict[Role, Caller]) -> None:
    today = timezone.now().date()
    arranged("MOU-1", valid_from=today - timedelta(days=9))
    newer = arranged("MOU-1", valid_from=today - timedelta(days=1), title="Second text")
    later = arranged("MOU-1", valid_from=today + timedelta(days=9))
    caller = callers[Role.COUNSEL]
    rows = caller.get("/registers", register_name="arrangement", code="MOU-1").json()["items"]
    assert [(row["version"], row["is_in_force"]) for row in rows] == [(3, False), (2, True), (1, False)]
    shown = caller.get(f"/registers/{newer.pk}").json()
    assert (shown["terms"]["title"], shown["is_in_force"], shown["state"]) == ("Second text", True, "agreed")
    assert caller.get(f"/registers/{later.pk + 1}").json()["code"] == "api.register-entry-unknown"
    assert caller.get("/registers", register_name="gossip").status_code == 422


def test_the_two_scores_of_a_risk_profile_stand_apart(node: PairedNode, callers: dict[Role, Caller]) -> None:
    [row] = callers[Role.LIAISON].get("/registers", register_name="risk").json()["items"]
    assert {"baseline", "residual"} <= set(row["terms"])
    assert "score" not in row["terms"]
