"""The chapters of the agreement at work: officers are posted, a plan is signed by both, and the plan drives the nodes.

The two sides agreed to establish liaison officers and to follow a shared workplan; every person here is a specimen.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from accord.cli.demo import specimens
from accord.cli.demo.nodes import NodeProcess, run_accord
from accord.cli.demo.playing import Story, let_leave, require, state_of, wait_for
from accord.cli.demo.telling import play_figures, play_read_outs
from accord.cli.demo.timeline import Timeline

__all__ = ["play_agreed"]

POSTED_DAYS: Final = 730
"""Two years, as postings of liaison officers usually run."""


def play_agreed(story: Story, timeline: Timeline) -> None:
    """Plays the chapters of the agreement.

    Raises:
        AccordError: A step was not verified; the timeline says which.
    """
    timeline.heading("9  Liaison officers: proposed by one side, accepted by the other")
    _posted(story, timeline)
    timeline.heading("10  A statement agreed clause by clause, signed by both, and what each side says of it")
    play_read_outs(story, timeline, _stated(story, timeline))
    timeline.heading("11  One workplan that both sides signed, that drives both nodes and is measured on both")
    _planned(story, timeline)
    _driven(story, timeline)
    play_figures(story, timeline)
    timeline.heading("12  The plan goes out as a document and comes back, and a workbook comes in")
    _as_files(story, timeline)


def _code(story: Story, node: NodeProcess) -> str:
    return "CA" if node is story.canada else "IN"


def _other(story: Story, node: NodeProcess) -> NodeProcess:
    return story.india if node is story.canada else story.canada


def _signed_by_both(story: Story, offerer: NodeProcess, text: str) -> str:
    """Offers a prepared text, has the other side sign it, and returns the digest that both logs show as agreed."""
    offered: Any = offerer.call("POST", f"/texts/{text}/offer", as_="signatory", expect=200).body
    other = _other(story, offerer)

    def arrived() -> str:
        page: Any = other.call("GET", "/texts?state=offered&limit=100", as_="signatory", expect=200).body
        found = (one for one in page["items"] if one["digest"] == offered["digest"] and not one["is_ours"])
        return next((str(one["id"]) for one in found), "")

    there = str(wait_for(arrived, "the offered text to arrive"))
    other.call("POST", f"/texts/{there}/accept", as_="signatory", expect=200)

    def agreed() -> bool:
        states = [
            node.call("GET", f"/texts/{key}", as_="signatory", expect=200)["state"]
            for node, key in ((offerer, text), (other, there))
        ]
        return states == ["agreed", "agreed"]

    wait_for(agreed, "the text to be agreed on both nodes")
    return str(offered["digest"])


def _posting(story: Story, sending: NodeProcess, holder: str, agency: str, territory: str) -> dict[str, object]:
    return {
        "schema_version": 1,
        "sending": _code(story, sending),
        "host": _code(story, _other(story, sending)),
        "holder": holder,
        "agency": agency,
        "topics": ["precursors", "organised-crime"],
        "languages": [{"language": "en", "level": "C2"}],
        "status": "diplomatic",
        "territory": territory,
        "from_day": story.today.isoformat(),
        "to_day": (story.today + timedelta(days=POSTED_DAYS)).isoformat(),
    }


def _posted(story: Story, timeline: Timeline) -> None:
    for name, sending, holder, agency, territory in (
        ("posting-canada", story.canada, "Liaison officer, New Delhi (specimen)", "RCMP", "India"),
        ("posting-india", story.india, "Liaison officer, Ottawa (specimen)", "NCB", "Canada"),
    ):
        with timeline.step(name, f"{_code(story, sending)} proposes a liaison officer; the host accepts") as saw:
            peer = _code(story, _other(story, sending))
            prepared = sending.call(
                "POST",
                "/texts",
                as_="policy",
                expect=201,
                body={
                    "peer": peer,
                    "type": "posting",
                    "content": _posting(story, sending, holder, agency, territory),
                },
            )
            own = sending.call("POST", f"/texts/{prepared['id']}/offer", as_="policy")
            require(own.status == 403, f"Who prepared a posting could sign it ({own.status}).")
            digest = _signed_by_both(story, sending, str(prepared["id"]))
            saw(f"Prepared by one officer, signed by another, and by the host: SHA-256 {digest[:12]}…")


TITLE: Final = "Statement on security cooperation (specimen)"
OURS: Final = "Both sides will answer urgent requests within [two] days."
THEIRS: Final = "Both sides intend to answer urgent requests within three days."


def _stated(story: Story, timeline: Timeline) -> str:
    canada, india = story.canada, story.india
    with timeline.step("clauses-proposed", "Canada proposes a title and a clause with words in brackets") as saw:
        body = {"peer": "IN", "title": {"en": TITLE}}
        begun: Any = canada.call("POST", "/statements", as_="policy", expect=201, body=body).body
        path = f"/statements/{begun['id']}"
        shown: Any = canada.call("POST", f"{path}/clauses", as_="policy", expect=201, body={"texts": {"en": OURS}}).body
        for clause in shown["clauses"]:
            canada.call("POST", f"{path}/clauses/{clause['id']}/propose", as_="policy", expect=200, body={})
        wait_for(lambda: len(_clauses(india, path)) == len(shown["clauses"]), "the clauses at the other node")
        saw(f"{len(shown['clauses'])} wordings sent; what was drafted before stayed with Canada's team.")
    with timeline.step("clause-answered", "India accepts the title and proposes another wording") as saw:
        india.call("POST", f"{path}/join", as_="policy", expect=200)
        for clause in _clauses(india, path):
            one = f"{path}/clauses/{clause['id']}"
            if clause["is_title"]:
                digest = clause["theirs"]["digest"]
                india.call("POST", f"{one}/accept", as_="policy", expect=200, body={"digest": digest})
            else:
                india.call("PUT", f"{one}/draft", as_="policy", expect=200, body={"texts": {"en": THEIRS}})
                india.call("POST", f"{one}/propose", as_="policy", expect=200, body={})
        differing: Any = wait_for(lambda: _in_state(canada, path, "differs"), "India's wording at Canada's node")
        saw(f"Both stand side by side: {differing['ours']['texts']['en']} / {differing['theirs']['texts']['en']}")
    with timeline.step("statement-signed", "Canada accepts it; the text is composed on both nodes and signed") as saw:
        digest = differing["theirs"]["digest"]
        one = f"{path}/clauses/{differing['id']}"
        canada.call("POST", f"{one}/accept", as_="policy", expect=200, body={"digest": digest})
        prepared = canada.call("POST", f"{path}/prepare", as_="policy", expect=201)
        signed = _signed_by_both(story, canada, str(prepared["text"]))
        saw(f"Signed by both: SHA-256 {signed[:12]}…")
    return str(begun["id"])


def _clauses(node: NodeProcess, path: str) -> list[Any]:
    answer = node.call("GET", path, as_="policy")
    found: Any = answer.body
    return list(found["clauses"]) if answer.status == 200 else []


def _in_state(node: NodeProcess, path: str, state: str) -> Any:  # Any: a clause as the API has it
    return next((one for one in _clauses(node, path) if one["state"] == state), None)


def _planned(story: Story, timeline: Timeline) -> None:
    canada = story.canada
    with timeline.step("plan-drafted", "A draft is started from the template of 7 February 2026") as saw:
        canada.call("POST", "/plans/IN/draft", as_="policy", expect=201, body={"start": "template"})
        found: Any = canada.call("GET", "/plans/IN", as_="policy", expect=200)["draft"]
        content = {**found["content"], "in_force_on": story.today.isoformat()}
        saved: Any = canada.call(
            "PUT", "/plans/IN/draft", as_="policy", expect=200, body={"seen": found["version"], "content": content}
        )["draft"]
        blocking = [one for one in saved["problems"] if one["blocks"]]
        require(not blocking, f"The plan cannot be signed: {blocking}")
        saw(f"{len(content['commitments'])} commitments, {len(content['actions'])} actions, in three languages.")
    with timeline.step("plan-signed", "Both sides sign the same bytes of it") as saw:
        prepared = canada.call("POST", "/plans/IN/prepare", as_="policy", expect=201, body={"seen": saved["version"]})
        digest = _signed_by_both(story, canada, str(prepared["text"]))
        saw(f"In force on both nodes: SHA-256 {digest[:12]}…")
    with timeline.step("plan-proven", "accord verify proves both signatures without a node") as saw:
        file = story.folder / "workplan-1.zip"
        signed = canada.call("GET", f"/texts/{prepared['text']}/signed", as_="signatory", expect=200).body
        require(isinstance(signed, bytes), "The signed text is no file.")
        file.write_bytes(signed)  # type: ignore[arg-type]  # required above
        said = json.loads(run_accord(["verify", "--text", str(file), "--root", str(story.roots), "--json"]))
        require(bool(said["ok"]), f"The signatures are not proven: {said['reason']}")
        saw(" ".join(str(claim["sentence"]) for claim in said["claims"]))


def _driven(story: Story, timeline: Timeline) -> None:
    canada, india = story.canada, story.india
    before: Any = _clock_of(india, story.case_there, story.request_there)
    with timeline.step("clock-changed", "A new request runs against the clock of the signed plan") as saw:
        case = canada.call(
            "POST",
            "/cases",
            as_="liaison",
            expect=201,
            body={"peer": "IN", "theme": "precursors", "title": "SPECIMEN: consignment under the plan"},
        )
        body = {"fields": specimens.cured_request(story.today), "own_side": specimens.request_own_side()}
        draft = canada.call("POST", f"/cases/{case['id']}/requests", as_="liaison", expect=201, body=body)
        sent = let_leave(canada, draft, writer="liaison")
        reference = str(state_of(canada, sent, "liaison")["reference"])
        after: Any = wait_for(lambda: _clock_waiting(india, reference), "the request's clock at the other node")
        require(str(after["table"]).startswith("plan-1-"), f"The clock runs by {after['table']}.")
        require(after["limit_hours"] < before["limit_hours"], "The plan did not change the clock.")
        saw(f"{before['limit_hours']:.0f} h by table {before['table']}; {after['limit_hours']:.0f} h by the plan.")
    with timeline.step(
        "ceiling", "What lies above the ceiling of the plan is refused, with the plan as its ground"
    ) as saw:
        fields = specimens.cured_request(story.today) | {"handling": "H3"}
        draft = canada.call(
            "POST",
            f"/cases/{case['id']}/requests",
            as_="liaison",
            expect=201,
            body={"fields": fields, "own_side": specimens.request_own_side()},
        )
        found: Any = canada.call("GET", f"/messages/{draft['id']}/check", as_="liaison", expect=200).body
        reasons = [one for one in found["reasons"] if str(one["rule"]).startswith("BI-15")]
        require(bool(reasons) and not found["lets_pass"], f"The ceiling did not stop it: {found['reasons']}")
        saw(str(reasons[0]["sentence"]))


def _clock_of(node: NodeProcess, case: str, message: str) -> Any:  # Any: a clock as the API has it
    shown: Any = node.call("GET", f"/cases/{case}", as_="duty", expect=200).body
    return next(one["clock"] for one in shown["messages"] if one["id"] == message)


def _clock_waiting(node: NodeProcess, reference: str) -> Any:  # Any: a clock as the API has it
    page: Any = node.call("GET", "/queue?limit=100", as_="duty", expect=200).body
    return next((one["message"]["clock"] for one in page["items"] if one["message"]["reference"] == reference), None)


CHANGED: Final = "Propose the first liaison officers to ea"
"""How the title of the action that is changed begins."""


def _as_files(story: Story, timeline: Timeline) -> None:
    with timeline.step("document-back", "The plan goes out as a document and comes back without loss") as saw:
        file = story.folder / "workplan.docx"
        _at(story.canada, "plan", "export", "IN", "--out", str(file))
        read: Any = json.loads(_at(story.canada, "plan", "import", "IN", str(file), "--json"))
        require(read["not_understood"] == [] and not any(read["changes"].values()), f"It came back changed: {read}")
        saw(f"{file.name}, {file.stat().st_size} bytes: every word, day and owner as it was signed.")
    with timeline.step("workbook-in", "India changes a cell of a workbook, reads the preview, and saves it") as saw:
        file = story.folder / "workplan.xlsx"
        _at(story.india, "plan", "export", "CA", "--out", str(file))
        _change_one_title(file)
        read = json.loads(_at(story.india, "plan", "import", "CA", str(file), "--save", "--json"))
        require(bool(read["saved"]) and read["changes"]["changed"] == 1, f"The workbook was read otherwise: {read}")
        saw("One entry changed, nothing else touched; it is India's own draft, and a proposal until both have signed.")


def _at(node: NodeProcess, *words: str) -> str:
    account = node.accounts["policy"]
    return run_accord(
        [*words, "--as", account["username"]],
        home=node.home,
        passphrase=node.passphrase,
        password=account["password"],
    )


def _change_one_title(file: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(file)
    cell = next(
        cell
        for name in book.sheetnames
        for row in book[name].iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(CHANGED)
    )
    cell.value = f"{cell.value} (specimen)"
    book.save(file)
