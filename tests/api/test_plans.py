"""The workplan over the API: started from the template, saved with its version, prepared, signed by both, in force."""

import base64
import io
from datetime import date
from typing import Any

from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.comments import Comment

from accord.dialogue.commitments import confirm_commitment, promises_of
from accord.instruments.models import Text
from accord.officers.permissions import Role
from accord.workplan.documents.workbook import workbook_of
from accord.workplan.models import PlanDraft
from accord.workplan.reading import last_save
from tests.api.conftest import CallerOf
from tests.desk import Desk, desk
from tests.dialogue.test_readouts import signed
from tests.instruments.test_services import they_answer
from tests.workplan.plans import said, small_plan

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


def body_of(data: bytes, *, name: str = "plan.xlsx", **more: Any) -> dict[str, Any]:
    return {"name": name, "file": base64.b64encode(data).decode(), **more}


def test_a_file_is_looked_at_and_then_taken_into_the_draft(desk: Desk, caller_of: CallerOf) -> None:
    policy, plan = caller_of(desk.officers[Role.POLICY]), small_plan()
    first = policy.post("/plans/IN/draft/import", body_of(workbook_of(plan), seen=0, save=True))
    assert (first.status_code, first.json()["saved"]) == (200, 1), first.content
    book = load_workbook(io.BytesIO(workbook_of(replace(plan, title=said("Another title")))))
    sheet = book["Actions"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Due on")
    sheet.cell(row=3, column=column).value = "06/07/2026"
    sheet["B3"].comment = Comment("Ask the minister.", "A person (specimen)")
    stream = io.BytesIO()
    book.save(stream)
    sent = body_of(stream.getvalue(), seen=1)
    looked = policy.post("/plans/IN/draft/import", sent)
    assert looked.status_code == 200, looked.content
    told = looked.json()
    assert told["saved"] is None
    assert [(one["key"], one["change"]) for one in told["changes"]] == [("plan", "changed")]
    assert [one["code"] for one in told["not_understood"]] == ["two-readings"]
    assert [one["shown"] for one in told["stripped"]] == ["A person (specimen): Ask the minister."]
    assert told["two_readings"][0]["month_first"] == "2026-06-07"
    assert last_save(PlanDraft.objects.get()).version == 1
    partly = policy.post("/plans/IN/draft/import", sent | {"save": True})
    assert (partly.status_code, partly.json()["code"]) == (422, "workplan.file-partly-understood")
    taken = policy.post("/plans/IN/draft/import", sent | {"save": True, "days": "month-first"})
    assert (taken.status_code, taken.json()["saved"]) == (200, 2), taken.content
    assert last_save(PlanDraft.objects.get()).plan.actions[1].due_on == date(2026, 6, 7)
    late = policy.post("/plans/IN/draft/import", sent | {"save": True, "days": "day-first"})
    assert late.json()["code"] == "workplan.version-moved"


def test_a_file_that_is_none_is_refused_by_its_code(desk: Desk, caller_of: CallerOf) -> None:
    policy = caller_of(desk.officers[Role.POLICY])
    plan = small_plan()
    for body, code in (
        (body_of(b"PK", name="plan.docm", seen=0), "workplan.macros"),
        (body_of(workbook_of(replace(plan, parties=("CA", "US"))), seen=0), "workplan.other-parties"),
        ({"name": "plan.xlsx", "file": "no base64!", "seen": 0}, "workplan.file-not-base64"),
        ({"name": "plan.xlsx", "file": "\u00f2SV=", "seen": 0}, "workplan.file-not-base64"),
    ):
        answer = policy.post("/plans/IN/draft/import", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.content
    assert not PlanDraft.objects.exists()


def test_commitments_of_a_signed_statement_are_listed_and_taken_over(desk: Desk, caller_of: CallerOf) -> None:
    policy = caller_of(desk.officers[Role.POLICY])
    assert policy.get("/plans/IN/draft/commitments").status_code == 404
    policy.post("/plans/IN/draft", {"start": "template"})
    assert policy.get("/plans/IN/draft/commitments").json() == {"items": []}
    statement = signed(desk)
    first, second = promises_of(statement)
    for one in (first, second):
        confirm_commitment(
            desk.officers[Role.POLICY], statement, clause=one.clause, sentence=one.sentence, verb=one.verb
        )
    listed = policy.get("/plans/IN/draft/commitments").json()["items"]
    assert [(one["texts"]["en"], one["clause"], one["code"]) for one in listed] == [
        (first.texts["en"], 1, None),
        (second.texts["en"], 2, None),
    ]
    wanted = {"seen": 1, "references": [listed[1]["reference"]], "under": "P1"}
    taken = policy.post("/plans/IN/draft/commitments", wanted)
    assert taken.status_code == 200, taken.content
    added = taken.json()["draft"]["content"]["commitments"][-1]
    assert (added["under"], added["source"]["sentence"]) == ("P1", second.texts["en"])
    assert [one["code"] for one in policy.get("/plans/IN/draft/commitments").json()["items"]] == [None, added["id"]]
    again = policy.post("/plans/IN/draft/commitments", {**wanted, "seen": 2})
    assert again.json()["code"] == "workplan.promises-taken"
    assert policy.post("/plans/IN/draft/commitments", {"seen": 2, "references": []}).status_code == 422
