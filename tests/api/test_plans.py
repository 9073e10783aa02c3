"""The workplan over the API: started from the template, saved with its version, prepared, signed by both, in force."""

from accord.instruments.models import Text
from accord.officers.permissions import Role
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk
from tests.instruments.test_services import they_answer

__all__ = ["desk"]


def test_a_plan_is_started_saved_prepared_and_agreed(desk: Desk, caller_of: CallerOf) -> None:
    policy, signatory = caller_of(desk.officers[Role.POLICY]), caller_of(desk.officers[Role.SIGNATORY])
    assert policy.get("/plans/IN").json() == {"peer": "IN", "agreed": None, "offered": None, "draft": None}
    started = policy.post("/plans/IN/draft", {"start": "template"})
    assert started.status_code == 201, started.content
    draft = started.json()["draft"]
    assert draft["content"]["pillars"]
    changed = {**draft["content"], "title": {**draft["content"]["title"], "en": "Shared workplan (specimen)"}}
    saved = policy.put("/plans/IN/draft", {"seen": draft["version"], "content": changed})
    assert saved.status_code == 200, saved.content
    draft = saved.json()["draft"]
    assert draft["content"]["title"]["en"] == "Shared workplan (specimen)"
    assert signatory.get("/plans/IN").json()["draft"] is None
    assert [one for one in draft["problems"] if one["blocks"]] == []
    prepared = policy.post("/plans/IN/prepare", {"seen": draft["version"], "words": "Our proposal (specimen)."})
    assert prepared.status_code == 201, prepared.content
    key = prepared.json()["text"]
    assert signatory.post(f"/texts/{key}/offer").json()["state"] == "offered"
    assert they_answer(desk, Text.objects.get(pk=key), "accept") == ""
    agreed = signatory.get("/plans/IN").json()["agreed"]
    assert (agreed["text"], agreed["number"], agreed["content"]) == (key, 1, draft["content"])


def test_a_colleagues_save_is_not_overwritten_and_what_is_no_plan_is_refused(desk: Desk, caller_of: CallerOf) -> None:
    policy = caller_of(desk.officers[Role.POLICY])
    other = caller_of(desk.again(Role.POLICY, "another"))
    draft = policy.post("/plans/IN/draft", {"start": "template"}).json()["draft"]

    def titled(words: str) -> dict[str, object]:
        content = {**draft["content"], "title": {**draft["content"]["title"], "en": words}}
        return {"seen": draft["version"], "content": content}

    assert policy.put("/plans/IN/draft", titled("One")).status_code == 200
    late = other.put("/plans/IN/draft", titled("Two"))
    assert (late.status_code, late.json()["code"]) == (409, "workplan.stale-draft")
    assert policy.get("/plans/IN").json()["draft"]["content"]["title"]["en"] == "One"
    wrong = policy.put("/plans/IN/draft", {"seen": 1, "content": {"pillars": 7}})
    assert wrong.json()["code"] == "workplan.not-a-plan"
    assert policy.post("/plans/IN/draft", {"start": "agreed"}).json()["code"] == "workplan.nothing-agreed"
    assert policy.get("/plans/XX").status_code == 404
