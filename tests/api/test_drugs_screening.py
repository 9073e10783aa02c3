"""Screenings over the API: a manifest is brought, screened, stopped, goes on; its flags are read, paged and marked."""

import gzip
import hashlib
import uuid
from pathlib import Path

import pytest
from django.http import HttpResponse

from accord.exchange.inspection import ATTACHMENT_BYTES_MAX
from accord.node.api import bodies
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission, Role
from accord.officers.services import set_scope
from accord.workstreams.drugs.manifests.keeping import finish_for_good
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from accord.workstreams.drugs.models import Flag, Screening
from tests.api.conftest import Caller, CallerOf
from tests.api.story import stranger_of
from tests.desk import Desk, desk
from tests.workstreams.drugs.screened import manifest

__all__ = ["desk"]

OCTETS = "application/octet-stream"


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    return home


def put(caller: Caller, content: bytes, *, name: str = "SPECIMEN.csv", more: str = "", **sent: str) -> HttpResponse:
    digest = sent.pop("digest", hashlib.sha256(content).hexdigest())
    path = f"/drugs/manifests/{digest}?name={name}{more}"
    return caller.put(path, content, content_type=sent.pop("content_type", OCTETS))


def brought(caller: Caller, *, hits: tuple[int, ...] = (3, 5, 8), broken: tuple[int, ...] = (7,)) -> str:
    made = put(caller, manifest(12, hits=hits, broken=broken).getvalue())
    assert made.status_code == 200, made.content
    screen_to_the_end()
    return str(made.json()["id"])


def test_a_manifest_is_brought_and_says_how_far_it_is_and_what_it_came_to(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    made = put(liaison, manifest(12, hits=(3, 5), broken=(7,)).getvalue()).json()
    assert (made["state"], made["lines"], made["percent_read"], made["name"]) == ("waiting", 0, 0, "SPECIMEN.csv")
    screen_to_the_end()
    done = liaison.get(f"/drugs/screenings/{made['id']}").json()
    assert (done["state"], done["percent_read"]) == ("done", 100)
    assert (done["lines"], done["screened"], done["refused"], done["flagged"], done["flags_new"]) == (12, 11, 1, 2, 2)
    assert len(done["rules_digest"]) == 64
    assert done["register_version"]
    assert (done["may_go_on"], done["file_kept_until"]) == (False, None)
    assert done["flags_kept_until"] < done["kept_until"]
    assert [one["id"] for one in liaison.get("/drugs/screenings").json()["items"]] == [made["id"]]


def test_the_same_file_again_is_the_same_screening_until_one_asks_for_another(desk: Desk, caller_of: CallerOf) -> None:
    liaison, content = caller_of(desk.liaison), manifest(5).getvalue()
    first = put(liaison, content).json()["id"]
    assert put(liaison, content).json()["id"] == first
    screen_to_the_end()
    assert put(liaison, content).json()["id"] == first
    assert put(liaison, content, more="&again=true").json()["id"] != first
    assert Screening.objects.count() == 2
    other = caller_of(desk.again(Role.LIAISON, "second"))
    assert put(other, content).json()["id"] != first, "what a colleague brought is theirs"


def test_a_screening_that_was_finished_for_good_does_not_stand_in_the_way(desk: Desk, caller_of: CallerOf) -> None:
    liaison, content = caller_of(desk.liaison), manifest(5).getvalue()
    first = put(liaison, content).json()["id"]
    liaison.post(f"/drugs/screenings/{first}/stop")
    assert put(liaison, content).json()["id"] == first
    finish_for_good(desk.liaison, Screening.objects.get())
    assert put(liaison, content).json()["id"] != first


def test_a_manifest_may_be_compressed(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    made = put(liaison, gzip.compress(manifest(12, hits=(3,)).getvalue()), name="SPECIMEN.csv.gz")
    assert made.status_code == 200
    screen_to_the_end()
    assert liaison.get(f"/drugs/screenings/{made.json()['id']}").json()["flagged"] == 1


def test_a_file_that_is_not_the_one_named_or_no_manifest_is_refused(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    other = put(liaison, manifest(2).getvalue(), digest="0" * 64)
    assert (other.status_code, other.json()["code"]) == (422, "attachment.digest-differs")
    headless = put(liaison, b"a,b\n1,2\n")
    assert (headless.status_code, headless.json()["code"]) == (422, "drugs.manifest-unreadable")
    assert headless.json()["next_step"]
    typed = put(liaison, manifest(2).getvalue(), content_type="text/csv")
    assert (typed.status_code, typed.json()["code"]) == (415, "api.unsupported-media-type")
    path = put(liaison, manifest(2).getvalue(), name="..%2Fx.csv")
    assert path.status_code == 422
    assert not Screening.objects.exists()
    for refused in (other, headless, typed, path):
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_file_larger_than_the_desk_takes_is_refused(
    desk: Desk, caller_of: CallerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    liaison = caller_of(desk.liaison)
    whole = b"x" * (2 * 1024 * 1024)
    assert put(liaison, whole).status_code == 422, "larger than a JSON body, and read as a file"
    monkeypatch.setattr(bodies, "ATTACHMENT_BYTES_MAX", 1024)
    large = put(liaison, whole)
    assert (large.status_code, large.json()["code"]) == (413, "api.too-large")
    told = liaison.client.put(
        f"/api/v1/drugs/manifests/{'0' * 64}?name=x.csv",
        data=b"x",
        content_type=OCTETS,
        headers={"Authorization": f"Bearer {liaison.secret}", "Content-Length": str(ATTACHMENT_BYTES_MAX + 1)},
    )
    assert told.status_code == 413


def test_a_screening_is_stopped_and_goes_on_once_a_key(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    there = f"/drugs/screenings/{put(liaison, manifest(5).getvalue()).json()['id']}"
    key = str(uuid.uuid4())
    stopped = liaison.post(f"{there}/stop", key=key)
    assert (stopped.status_code, stopped.json()["state"], stopped.json()["may_go_on"]) == (200, "stopped", True)
    assert stopped.json()["file_kept_until"]
    again = liaison.post(f"{there}/stop", key=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == stopped.json()
    assert Act.objects.filter(verb="stop screening").count() == 1
    over = liaison.post(f"{there}/stop")
    assert (over.status_code, over.json()["code"]) == (409, "drugs.screening-over")
    assert liaison.post(f"{there}/go-on").json()["state"] == "waiting"
    running = liaison.post(f"{there}/go-on")
    assert (running.status_code, running.json()["code"]) == (409, "drugs.screening-goes-on")


def test_flags_are_paged_by_score_with_reasons_and_what_an_error_costs(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    there = f"/drugs/screenings/{brought(liaison, hits=tuple(range(2, 12)), broken=())}/flags"
    Flag.objects.filter(line__in=(4, 9)).update(score=97)
    whole = liaison.get(there).json()["items"]
    assert [(one["score"], one["line"]) for one in whole] == sorted(
        ((one["score"], one["line"]) for one in whole), key=lambda one: (-one[0], one[1])
    )
    assert [one["line"] for one in whole[:2]] == [4, 9]
    seen, cursor = [], None
    while True:
        page = liaison.get(there, limit=3, **({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    reason = whole[0]["reasons"][0]
    assert reason["rule"] == "name"
    assert reason["sentence"].startswith("The text names 1-boc-4-piperidone")
    assert reason["cost"]
    assert reason["weight"] > 0
    assert whole[0]["papers"]["consignee"] == "Specimen Foods 2"
    assert liaison.get(f"/drugs/flags/{whole[0]['id']}").json() == whole[0]


def test_flags_that_are_taken_along_are_noted_once_a_list_with_the_accounts_name(
    desk: Desk, caller_of: CallerOf
) -> None:
    liaison = caller_of(desk.liaison)
    screening = brought(liaison)
    there = f"/drugs/screenings/{screening}/flags"
    cursor = liaison.get(there, limit=2).json()["next"]
    liaison.get(there, limit=2, cursor=cursor)
    (noted,) = Act.objects.filter(verb="export flags")
    assert (noted.officer, noted.object_id, noted.detail) == (desk.liaison, screening, {"rows": 3})


def test_a_cursor_opens_the_flags_of_its_own_screening_alone(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    first = brought(liaison)
    cursor = liaison.get(f"/drugs/screenings/{first}/flags", limit=1).json()["next"]
    second = brought(liaison, hits=(2, 3, 4))
    refused = liaison.get(f"/drugs/screenings/{second}/flags", cursor=cursor)
    assert (refused.status_code, refused.json()["code"]) == (400, "api.cursor-refused")


def test_flags_are_filtered_by_state_and_rule(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    there = f"/drugs/screenings/{brought(liaison)}/flags"
    right, wrong, _plain = (one["id"] for one in liaison.get(there).json()["items"])
    liaison.post(f"/drugs/flags/{right}/mark", {"is_true": True})
    liaison.post(f"/drugs/flags/{wrong}/mark", {"is_true": False, "reason": "Tea."})
    for state, count in (("new", 1), ("marked-true", 1), ("marked-false", 1), ("followed", 0)):
        items = liaison.get(there, state=state).json()["items"]
        assert [one["state"] for one in items] == [state] * count
    assert len(liaison.get(there, rule="name").json()["items"]) == 3
    assert liaison.get(there, rule="press").json()["items"] == []
    assert liaison.get(there, state="odd").status_code == 422


def test_a_flag_is_marked_with_a_reason_once_a_key_and_taken_back(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    brought(liaison)
    flag = Flag.objects.order_by("line")[0]
    there = f"/drugs/flags/{flag.pk}"
    bare = liaison.post(f"{there}/mark", {"is_true": False})
    assert (bare.status_code, bare.json()["code"], bare.json()["fields"]) == (
        409,
        "drugs.no-reason",
        {"field": "reason"},
    )
    key, word = str(uuid.uuid4()), {"is_true": False, "reason": "Tea."}
    marked = liaison.post(f"{there}/mark", word, key=key).json()
    assert (marked["state"], marked["mark_reason"], marked["marked_by"]) == ("marked-false", "Tea.", "liaison")
    assert liaison.post(f"{there}/mark", word, key=key).json() == marked
    assert flag.marks.count() == 1
    colleague = caller_of(desk.again(Role.LIAISON, "second"))
    theirs = colleague.post(f"{there}/unmark")
    assert (theirs.status_code, theirs.json()["code"]) == (409, "drugs.mark-of-colleague")
    assert liaison.post(f"{there}/unmark").json()["state"] == "new"


def test_what_could_not_be_read_is_handed_out_as_a_table_and_it_is_noted(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    answer = liaison.get(f"/drugs/screenings/{brought(liaison)}/refused")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().splitlines()
    assert lines[0] == '"line","column","value","mend","screened"'
    assert lines[1].startswith('"7"')
    assert lines[1].endswith('"no"')
    assert Act.objects.get(verb="export refused lines").detail == {"rows": 1}


def _answers(caller: Caller, screening: object, flag: object) -> list[tuple[int, object]]:
    got = [
        caller.get(f"/drugs/screenings/{screening}"),
        caller.get(f"/drugs/screenings/{screening}/flags"),
        caller.get(f"/drugs/screenings/{screening}/refused"),
        caller.get(f"/drugs/flags/{flag}"),
        caller.post(f"/drugs/screenings/{screening}/stop"),
        caller.post(f"/drugs/screenings/{screening}/go-on"),
        caller.post(f"/drugs/flags/{flag}/mark", {"is_true": True}),
        caller.post(f"/drugs/flags/{flag}/unmark"),
    ]
    return [(one.status_code, {**one.json(), "instance": None}) for one in got]


@pytest.mark.parametrize("role", [Role.LIAISON, Role.DUTY])
def test_a_screening_of_another_scope_answers_as_one_that_does_not_exist(
    desk: Desk, caller_of: CallerOf, role: Role
) -> None:
    screening = brought(caller_of(desk.liaison))
    flag = Flag.objects.all()[0]
    stranger = stranger_of(desk, caller_of, role)
    real = _answers(stranger, screening, flag.pk)
    assert real == _answers(stranger, uuid.uuid4(), uuid.uuid4())
    assert {status for status, _body in real} == {404}
    assert stranger.get("/drugs/screenings").json()["items"] == []
    flag.refresh_from_db()
    assert (flag.mark, Screening.objects.get().state) == ("", "done")


def test_the_rule_of_the_node_and_a_scope_say_who_reads_a_screening(
    desk: Desk, caller_of: CallerOf, settings: object
) -> None:
    screening = brought(caller_of(desk.liaison))
    colleague: Officer = desk.again(Role.LIAISON, "second")
    assert caller_of(colleague).get(f"/drugs/screenings/{screening}").status_code == 200
    settings.ACCORD_NEED_TO_KNOW = "scope"  # type: ignore[attr-defined]
    assert caller_of(colleague).get(f"/drugs/screenings/{screening}").status_code == 404
    set_scope(desk.administrator, colleague, themes=["precursors"], agencies=["RCMP"])
    colleague.refresh_from_db()
    assert caller_of(colleague).get(f"/drugs/screenings/{screening}").status_code == 200


def test_a_token_that_may_not_read_cases_does_not_read_by_bringing(desk: Desk, caller_of: CallerOf) -> None:
    content = manifest(12, hits=(3,)).getvalue()
    drafter = caller_of(desk.liaison, [Permission.MESSAGE_DRAFT])
    made = put(drafter, content)
    assert (made.status_code, made.json()["name"]) == (200, None)
    screen_to_the_end()
    assert put(drafter, content).json()["fault"] is None
    assert drafter.post(f"/drugs/flags/{Flag.objects.get().pk}/mark", {"is_true": True}).status_code == 404


def test_the_register_says_where_each_substance_is_controlled_on_a_day(desk: Desk, caller_of: CallerOf) -> None:
    counsel = caller_of(desk.officers[Role.COUNSEL])
    asked = {"on": "2025-02-01", "origin": "IN", "destination": "CA"}
    found = counsel.get("/drugs/register", **asked).json()
    assert (found["on"], found["origin"], found["destination"], found["next"]) == ("2025-02-01", "IN", "CA", None)
    assert len(found["digest"]) == 64
    rows = {one["id"]: one for one in found["items"]}
    assert list(rows) == sorted(rows)
    row = rows["4-piperidone"]
    standings = {one["jurisdiction"]: one for one in row["standings"]}
    assert list(standings) == ["UN", "IN", "CA"]
    assert standings["IN"]["standing"] == "controlled"
    assert standings["IN"]["entries"][0]["citation"]
    assert rows["anpp"]["cas_numbers"] == ["21409-26-7"]
    before = counsel.get("/drugs/register", **{**asked, "on": "2025-01-22"}).json()
    early = {one["id"]: one for one in before["items"]}["4-piperidone"]
    assert {one["jurisdiction"]: one["standing"] for one in early["standings"]}["IN"] == "not-yet"
    assert early["differs"] != ""
    assert before["digest"] == found["digest"], "the register is the same, whatever the day"


def test_the_register_is_paged_and_an_unknown_side_has_no_entry(desk: Desk, caller_of: CallerOf) -> None:
    liaison = caller_of(desk.liaison)
    whole = liaison.get("/drugs/register").json()
    assert whole["origin"] == "CA"
    seen, cursor = [], None
    while True:
        page = liaison.get("/drugs/register", limit=3, **({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole["items"]
    assert len(seen) > 3
    nowhere = liaison.get("/drugs/register", origin="ZZ").json()["items"]
    assert {one["standings"][1]["standing"] for one in nowhere} == {"no-entry"}
    assert liaison.get("/drugs/register", origin="nowhere").status_code == 422
    assert liaison.post("/drugs/register").status_code == 405
