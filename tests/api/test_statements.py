"""Statements over the API: begun, their clauses proposed, answered, and prepared for signing."""

import uuid

from accord.dialogue.models import ClauseAct
from accord.officers.permissions import Role
from accord.release.intake import take_in
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk

__all__ = ["desk"]


def they_accept(desk: Desk, statement: str, clause: dict[str, object]) -> None:
    ours = clause["ours"]
    assert isinstance(ours, dict)
    desk.peer.send(
        "clause-proposal",
        {
            "schema_version": 1,
            "statement": statement,
            "clause": clause["id"],
            "act": "accept",
            "digest": ours["digest"],
        },
    )
    assert take_in(desk.channel).filed == 1


def test_a_statement_is_begun_proposed_accepted_and_prepared(desk: Desk, caller_of: CallerOf) -> None:
    policy = caller_of(desk.officers[Role.POLICY])
    begun = policy.post("/statements", {"peer": "IN", "title": {"en": "Statement (specimen)"}})
    assert begun.status_code == 201, begun.content
    path = f"/statements/{begun.json()['id']}"
    assert caller_of(desk.officers[Role.SIGNATORY]).get(path).status_code == 404
    added = policy.post(f"{path}/clauses", {"texts": {"en": "Both sides will meet."}}).json()
    assert [one["draft"] for one in added["clauses"]] == [
        {"en": "Statement (specimen)"},
        {"en": "Both sides will meet."},
    ]
    clause = added["clauses"][1]
    kept = {"texts": {"en": "Both sides will meet in March."}, "version": clause["draft_version"]}
    assert policy.put(f"{path}/clauses/{clause['id']}/draft", kept).status_code == 200
    assert policy.put(f"{path}/clauses/{clause['id']}/draft", kept).json()["code"] == "dialogue.draft-changed"
    for one in added["clauses"]:
        sent = policy.post(f"{path}/clauses/{one['id']}/propose", {})
        assert sent.status_code == 200, sent.content
    assert ClauseAct.objects.filter(act="propose").count() == 2
    early = policy.post(f"{path}/prepare")
    assert early.status_code == 422, early.content
    for one in policy.get(path).json()["clauses"]:
        they_accept(desk, begun.json()["id"], one)
    assert policy.get(path).json()["open"] == 0
    prepared = policy.post(f"{path}/prepare")
    assert prepared.status_code == 201, prepared.content
    shown = policy.get(f"/texts/{prepared.json()['text']}").json()
    assert (shown["type"], shown["state"]) == ("statement", "prepared")
    [row] = caller_of(desk.officers[Role.SIGNATORY]).get("/statements").json()
    assert (row["title"], row["open"], row["is_member"]) == ({"en": "Statement (specimen)"}, 0, False)


def test_words_go_beside_a_clause_and_our_stand_is_withdrawn(desk: Desk, caller_of: CallerOf) -> None:
    policy = caller_of(desk.officers[Role.POLICY])
    begun = policy.post("/statements", {"peer": "IN", "title": {"en": "Statement (specimen)"}}).json()
    path, title = f"/statements/{begun['id']}", begun["clauses"][0]["id"]
    assert policy.post(f"{path}/clauses/{title}/comment", {"comment": "Short?"}).json()["code"] == (
        "dialogue.clause-not-sent"
    )
    policy.post(f"{path}/clauses/{title}/propose", {})
    assert policy.post(f"{path}/clauses/{title}/comment", {"comment": "Short?"}).status_code == 200
    assert policy.post(f"{path}/clauses/{title}/withdraw").json()["clauses"][0]["ours"] is None
    assert policy.post(f"{path}/join").json()["code"] == "dialogue.has-team"
    accepted = policy.post(f"{path}/clauses/{title}/accept", {"digest": "ab" * 32})
    assert accepted.status_code >= 400
    assert policy.post(f"{path}/clauses/{uuid.uuid4()}/propose", {}).status_code == 404
    assert policy.get(f"/statements/{uuid.uuid4()}").status_code == 404
