"""The reviewer reads every decision and act of the own node, and nobody else does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.oversight.services import decisions, outcome_counts
from accord.release.models import DecisionRecord
from accord.release.records import commitment_of
from tests.api.conftest import Caller
from tests.api.story import drafted, own_side, request_fields

pytestmark = pytest.mark.usefixtures("node")

CallersByRole = dict[Role, Caller]


@pytest.fixture
def one_of_each(callers: CallersByRole) -> None:
    """One request that the gate let pass and one that it stopped."""
    liaison = callers[Role.LIAISON]
    liaison.post(f"/messages/{drafted(liaison)['id']}/submit", {"version": 1})
    stopped = drafted(liaison)
    fields = {"version": 1, "fields": request_fields(), "own_side": own_side(is_compelled=True)}
    liaison.put(f"/messages/{stopped['id']}/draft", fields)
    assert liaison.post(f"/messages/{stopped['id']}/submit", {"version": 2}).status_code == 422


def test_decisions_are_filtered_by_outcome_action_peer_and_time(one_of_each: None, callers: CallersByRole) -> None:
    reviewer = callers[Role.REVIEWER]

    every = reviewer.get("/decisions").json()["items"]
    outcomes = [row["outcome"] for row in every]
    stopping = next(outcome for outcome in outcomes if outcome != "permit-with")

    assert len(every) == 2
    assert [row["outcome"] for row in reviewer.get("/decisions", outcome=stopping).json()["items"]] == [stopping]
    assert len(reviewer.get("/decisions", action="request", peer="IN").json()["items"]) == 2
    assert reviewer.get("/decisions", action="use").json()["items"] == []
    assert reviewer.get("/decisions", peer="US").json()["items"] == []
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert reviewer.get("/decisions", since=later).json()["items"] == []
    assert len(reviewer.get("/decisions", until=later).json()["items"]) == 2
    assert reviewer.get("/decisions", since="2026-11-22").status_code == 422
    assert reviewer.get("/decisions", outcome="perhaps").status_code == 422


def test_a_decision_opens_the_commitment_that_travelled(one_of_each: None, callers: CallersByRole) -> None:
    record = DecisionRecord.objects.first()
    assert record is not None

    shown = callers[Role.REVIEWER].get(f"/decisions/{record.pk}").json()

    opened = commitment_of(bytes.fromhex(shown["salt"]), bytes.fromhex(shown["digest"]))
    assert opened.hex() == shown["commitment"]
    assert shown["decision"]["outcome"] == shown["outcome"]


def test_a_number_of_no_decision_is_not_found(callers: CallersByRole) -> None:
    assert callers[Role.REVIEWER].get("/decisions/999").json()["code"] == "oversight.decision-unknown"
    assert callers[Role.REVIEWER].get("/decisions/9223372036854775808").status_code == 422


def test_acts_tell_who_did_what_and_never_content(one_of_each: None, callers: CallersByRole) -> None:
    rows = callers[Role.REVIEWER].get("/acts").json()["items"]

    assert {"open case", "draft message", "submit message"} <= {row["verb"] for row in rows}
    assert [row["number"] for row in rows] == sorted((row["number"] for row in rows), reverse=True)
    assert "consignment" not in str(rows)
    assert len(rows) == min(25, Act.objects.count())


def test_the_counts_of_a_period_are_by_outcome(one_of_each: None, officers: dict[Role, object]) -> None:
    now = timezone.now()

    counts = outcome_counts(officers[Role.REVIEWER], since=now - timedelta(hours=1), until=now)  # type: ignore[arg-type]

    assert counts["permit-with"] == 1
    assert sum(counts.values()) == 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_no_other_role_reads_the_record(officers: dict[Role, object], role: Role) -> None:
    with pytest.raises(NotPermitted):
        decisions(officers[role])  # type: ignore[arg-type]


def test_reference_lists_the_kinds_their_schemas_and_the_codes(callers: CallersByRole) -> None:
    administrator = callers[Role.ADMINISTRATOR]

    kinds = {item["name"] for item in administrator.get("/kinds").json()}
    schema = administrator.get("/kinds/request/schema").json()
    vocabulary = administrator.get("/vocabulary").json()

    assert {"answer", "clarification", "delay-notice", "request", "spontaneous-information", "withdrawal"} <= kinds
    assert {"permission-answer", "permission-request"} <= kinds
    assert "urgency" in schema["$defs"]["Request"]["properties"]
    assert r"\A" not in str(schema)
    assert administrator.get("/kinds/disposition/schema").status_code == 404
    assert [item["code"] for item in vocabulary["codes"]["handling"]] == ["H0", "H1", "H2", "H3"]
    hours = {(row["urgency"], row["access_class"]): row["hours"] for row in vocabulary["clocks"]["limits"]}
    assert (hours["urgent", "direct"], hours["urgent", "indirect"], hours["normal", "direct"]) == (8, 72, 168)
