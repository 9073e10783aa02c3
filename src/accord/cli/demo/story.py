"""The story of the demonstration, played over the nodes' own APIs and checked at every step.

Nothing here reaches into a node: it signs in as the specimen officers do, and reads what they may read.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from accord.channel.evidence import TrustRoots, verify_bundle
from accord.cli.demo import specimens
from accord.cli.demo.agreeing import play_agreed
from accord.cli.demo.governing import play_governed
from accord.cli.demo.nodes import NodeProcess, run_accord
from accord.cli.demo.playing import Story, let_leave, require, state_of, wait_for, wait_until_filed, word
from accord.cli.demo.stopping import play_stopped
from accord.cli.demo.timeline import Timeline

__all__ = ["play"]

DOUBLED_REQUESTS: Final = 6
"""Further requests that travel while a node is killed: enough that some are sealed and some still wait."""


def play(story: Story, timeline: Timeline) -> None:
    """Plays all chapters.

    Raises:
        AccordError: A step was not verified; the timeline says which.
    """
    timeline.heading("1  A liaison officer in Ottawa drafts a request")
    _draft(story, timeline)
    timeline.heading("2  The gate refuses, the officer cures, a second officer releases")
    _refused_and_cured(story, timeline)
    _approve_and_release(story, timeline)
    timeline.heading("3  Sealed, logged, signed, delivered, co-signed")
    _delivered(story, timeline)
    timeline.heading("4  The duty officer in New Delhi answers in part")
    _taken(story, timeline)
    _answered(story, timeline)
    timeline.heading("5  Proof for a stranger, offline")
    _proven(story, timeline)
    timeline.heading("6  A node is killed in mid-exchange and started again")
    _killed(story, timeline)
    play_governed(story, timeline)
    play_agreed(story, timeline)
    play_stopped(story, timeline)


def _draft(story: Story, timeline: Timeline) -> None:
    with timeline.step("draft", "A request about a consignment under HS 2933.39 is drafted") as saw:
        case = story.canada.call(
            "POST",
            "/cases",
            as_="liaison",
            expect=201,
            body={"peer": "IN", "theme": "precursors", "title": specimens.CASE_TITLE},
        )
        story.case = str(case["id"])
        draft = story.canada.call(
            "POST",
            f"/cases/{story.case}/requests",
            as_="liaison",
            expect=201,
            body={"fields": specimens.first_request(story.today), "own_side": specimens.request_own_side()},
        )
        story.request = str(draft["id"])
        saw(
            f"Case {case['own_ref']}: may be 1-boc-4-piperidone, CAS {specimens.SUBSTANCE_CAS}, "
            f"in Table I of the 1988 Convention since {specimens.TABLE_ONE_FROM:%-d %B %Y}."
        )


def _say_reasons(found: Mapping[str, Any], timeline: Timeline) -> None:
    for reason in found["reasons"]:
        if reason["outcome"] in {"refuse", "hold", "route"}:
            timeline.say(f"{reason['rule']}: {reason['sentence']}")
            timeline.say(f"   Cure: {reason['cure']} Decides: {reason['decider']}.")
            timeline.say(f"   {reason['citation']}")


def _refused_and_cured(story: Story, timeline: Timeline) -> None:
    path = f"/messages/{story.request}"
    with timeline.step("gate-refuses", "The Canadian gate refuses the first draft and says why") as saw:
        found: Any = story.canada.call("GET", f"{path}/check", as_="liaison", expect=200).body
        stopping = {reason["rule"] for reason in found["reasons"] if reason["outcome"] == "refuse"}
        require(found["outcome"] == "refuse", f"The gate answered {found['outcome']} to a draft that lacks a caveat.")
        require({"CA-05", "CA-06"} <= stopping, f"The gate named {sorted(stopping)}, not CA-05 and CA-06.")
        submitted = story.canada.call("POST", f"{path}/submit", as_="liaison", body={"version": 1})
        require(submitted.status == 422, "A refused draft could be submitted.")
        saw(f"Stopped by {', '.join(sorted(stopping))}.")
        _say_reasons(found, timeline)
    with timeline.step("cure", "The officer states how it is known and adds a caveat; the gate lets it pass") as saw:
        saved = story.canada.call(
            "PUT",
            f"{path}/draft",
            as_="liaison",
            expect=200,
            body={"version": 1, "fields": specimens.cured_request(story.today)},
        )
        found = story.canada.call("GET", f"{path}/check", as_="liaison", expect=200).body
        require(found["lets_pass"], f"The cured draft is still stopped: {found['outcome']}, {found['problems']}.")
        story.canada.call("POST", f"{path}/submit", as_="liaison", expect=200, body={"version": saved["version"]})
        saw(f"{found['outcome']}{_named_conditions(found['conditions'])}.")


def _named_conditions(conditions: list[str]) -> str:
    """Names the conditions under which the gate lets a message go on."""
    return f", on condition: {'; '.join(one.rstrip('.') for one in conditions)}" if conditions else ""


def _approve_and_release(story: Story, timeline: Timeline) -> None:
    path = f"/messages/{story.request}"
    with timeline.step("release", "A second officer reads exactly what would leave, approves and releases it") as saw:
        own = story.canada.call("POST", f"{path}/release", as_="liaison")
        require(own.status == 403, f"The drafter could release ({own.status}).")
        shown = story.canada.call("GET", f"{path}/approval", as_="releasing", expect=200)
        digest = str(shown["payload_digest"])
        story.canada.call("POST", f"{path}/approve", as_="releasing", expect=200, body=word(shown))
        story.canada.call("POST", f"{path}/release", as_="releasing", expect=200)
        saw(f"Approved by the digest of its exact bytes: {digest[:16]}…")


def _times(node: NodeProcess, message: str, as_: str) -> dict[str, datetime]:
    """Returns the four moments of a message's way, each by the clock of the node that is asked."""
    found: Any = node.call("GET", f"/messages/{message}/times", as_=as_, expect=200).body
    require(all(found[name] for name in ("enqueued_at", "flushed_at", "receipted_at")), "A moment is missing.")
    return {name: datetime.fromisoformat(moment) for name, moment in found.items() if moment}


def _way(times: Mapping[str, datetime]) -> str:
    sealed = (times["flushed_at"] - times["enqueued_at"]).total_seconds() * 1000
    receipted = (times["receipted_at"] - times["flushed_at"]).total_seconds() * 1000
    return (
        f"Decided to sealed, logged and signed {sealed:.0f} ms; "
        f"delivered, co-signed and the receipt on file {receipted:.0f} ms later."
    )


def _delivered(story: Story, timeline: Timeline) -> None:
    with timeline.step("deliver", "The message is sealed, logged, signed, delivered and co-signed") as saw:
        wait_for(lambda: state_of(story.canada, story.request, "liaison")["delivered_at"], "the receipt")
        saw(_way(_times(story.canada, story.request, "liaison")))
    with timeline.step("filed", "India's node files it and says so; the disposition comes back") as saw:
        wait_until_filed(story.canada, story.request, "liaison", "the disposition of the request")
        saw("The request is filed there, and this side knows it.")


def _taken(story: Story, timeline: Timeline) -> None:
    with timeline.step("queue", "The duty officer finds it in the queue with its clock in both capitals' time") as saw:
        row: Any = wait_for(
            lambda: next(
                (
                    item
                    for item in story.india.call("GET", "/queue", as_="duty", expect=200).body["items"]  # type: ignore[index]
                    if item["message"]["reference"] == _reference(story)
                ),
                None,
            ),
            "the request in India's queue",
        )
        story.case_there, story.request_there = row["case"]["id"], row["message"]["id"]
        clock = row["message"]["clock"]
        require(clock["state"] == "running" and len(clock["capitals"]) == 2, "The clock does not run in two capitals.")
        due = "; ".join(f"{capital['capital']} {_local(capital['due'])}" for capital in clock["capitals"])
        saw(f"{clock['urgency']}, {clock['limit_hours']:.0f} h from receipt. Due {due}.")
    with timeline.step("take", "Takes the case and asks the competent agency, which replies") as saw:
        story.india.call("POST", f"/cases/{story.case_there}/take", as_="duty", expect=200, body={})
        asked = story.india.call(
            "POST",
            f"/cases/{story.case_there}/inquiries",
            as_="duty",
            expect=201,
            body={"agency": specimens.COMPETENT_AGENCY, "question": specimens.INQUIRY_TEXT},
        )
        story.india.call(
            "POST",
            f"/inquiries/{asked['id']}/reply",
            as_="duty",
            expect=200,
            body={"text": specimens.INQUIRY_REPLY, "holds_information": True},
        )
        saw(f"{specimens.COMPETENT_AGENCY} asked; its reply is on India's own file and never leaves it.")


def _reference(story: Story) -> str:
    return str(state_of(story.canada, story.request, "liaison")["reference"])


def _local(moment: str) -> str:
    return re.sub(r"T(\d\d:\d\d).*?([+-]\d\d:\d\d|Z)$", r" \1 (UTC\2)", moment)


def _answered(story: Story, timeline: Timeline) -> None:
    india = story.india
    with timeline.step(
        "answer", "Drafts a partial answer; the Indian gate decides; a second officer releases it"
    ) as saw:
        draft = india.call(
            "POST",
            f"/messages/{story.request_there}/answer",
            as_="duty",
            expect=201,
            body={
                "fields": specimens.answer_draft(story.today),
                "own_side": specimens.answer_own_side(story.today),
            },
        )
        story.answer = str(draft["id"])
        path = f"/messages/{story.answer}"
        found: Any = india.call("GET", f"{path}/check", as_="duty", expect=200).body
        require(found["lets_pass"], f"The Indian gate stops the answer: {found['reasons']} {found['problems']}")
        india.call("POST", f"{path}/submit", as_="duty", expect=200, body={"version": draft["version"]})
        shown = india.call("GET", f"{path}/approval", as_="releasing", expect=200)
        india.call("POST", f"{path}/approve", as_="releasing", expect=200, body=word(shown))
        india.call("POST", f"{path}/release", as_="releasing", expect=200)
        saw(f"{found['outcome']}; partial: two questions answered, one deferred with a date.")
    with timeline.step("answer-back", "The answer and its receipt are on file on both sides") as saw:
        wait_until_filed(india, story.answer, "duty", "the receipt and disposition of the answer")
        here: Any = story.canada.call("GET", f"/cases/{story.case}", as_="liaison", expect=200).body
        answers = [message for message in here["messages"] if message["kind"] == "answer"]
        require(len(answers) == 1, f"Canada holds {len(answers)} answers, not one.")
        saw(f"{_way(_times(india, story.answer, 'duty'))} Canada's case holds one answer.")


def _proven(story: Story, timeline: Timeline) -> None:
    files = {"request": story.folder / "request.accord-evidence", "answer": story.folder / "answer.accord-evidence"}
    with timeline.step("evidence", "Two evidence bundles are exported") as saw:
        for name, (node, message, who) in {
            "request": (story.canada, story.request, "liaison"),
            "answer": (story.india, story.answer, "duty"),
        }.items():
            bundle = node.call("GET", f"/messages/{message}/evidence", as_=who, expect=200).body
            require(isinstance(bundle, bytes), "The evidence is no file.")
            files[name].write_bytes(bundle)  # type: ignore[arg-type]  # required above
        saw(", ".join(f"{path.name} {path.stat().st_size} bytes" for path in files.values()))
    with timeline.step("verify", "accord verify proves origin, content, time and receipt without a node") as saw:
        said = json.loads(run_accord(["verify", *map(str, files.values()), "--root", str(story.roots), "--json"]))
        require(bool(said["ok"]), f"The bundles are not verified: {said['reason']}")
        proven = sorted({claim["name"] for claim in said["claims"] if claim["ok"]})
        require({"origin", "content", "time", "receipt"} <= set(proven), f"Only {proven} are proven.")
        saw(f"Proven: {', '.join(proven)}.")
        for claim in said["claims"]:
            timeline.say(claim["sentence"])
    with timeline.step("flipped-bit", "A copy with one flipped bit fails with a plain reason") as saw:
        roots = TrustRoots.from_json(story.roots.read_bytes()).roots
        bundle = bytearray(files["request"].read_bytes())
        bundle[len(bundle) // 2] ^= 0x01
        verdict = verify_bundle(bytes(bundle), roots)
        require(not verdict.ok, "A flipped bit went unnoticed.")
        saw(str(verdict.reason))


def _send_another(story: Story, number: int) -> str:
    canada = story.canada
    case = canada.call(
        "POST",
        "/cases",
        as_="liaison",
        expect=201,
        body={"peer": "IN", "theme": "precursors", "title": f"SPECIMEN: further consignment {number}"},
    )
    body = {"fields": specimens.cured_request(story.today), "own_side": specimens.request_own_side()}
    draft = canada.call("POST", f"/cases/{case['id']}/requests", as_="liaison", expect=201, body=body)
    return let_leave(canada, draft, writer="liaison")


def _killed(story: Story, timeline: Timeline) -> None:
    sent: list[str] = []
    with timeline.step("kill", "India's node is killed while requests are on their way (SIGKILL)") as saw:
        for number in range(DOUBLED_REQUESTS):
            sent.append(_send_another(story, number + 1))
            if number == DOUBLED_REQUESTS // 2:
                story.india.kill()
        saw(f"{len(sent)} further requests released, {len(sent) // 2} of them while the other node was dead.")
    with timeline.step("restart", "It is started again; the queue drains by itself") as saw:
        seconds = story.india.start()
        for message in sent:
            wait_until_filed(story.canada, message, "liaison", "a request sent around the kill")
        saw(f"Up again after {seconds:.1f} s; all {len(sent)} filed.")
    with timeline.step("logs-agree", "Nothing is lost, nothing is doubled, both logs agree") as saw:
        references = [str(state_of(story.canada, message, "liaison")["reference"]) for message in sent]
        filed = _all_references(story.india)
        require(
            all(filed.count(reference) == 1 for reference in references),
            "A request is missing or doubled in India's queue.",
        )
        saw(wait_for(lambda: _heads_agree(story), "both logs' heads to agree"))


def _all_references(node: NodeProcess) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page: Any = node.call("GET", f"/queue?limit=100{cursor}", as_="duty", expect=200).body
        found += [item["message"]["reference"] for item in page["items"]]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


def _heads_agree(story: Story) -> str:
    here: Any = story.canada.call("GET", "/channels/IN", as_="duty", expect=200).body
    there: Any = story.india.call("GET", "/channels/CA", as_="duty", expect=200).body
    pairs = [(here["outgoing"], there["incoming"]), (there["outgoing"], here["incoming"])]
    if any((ours["size"], ours["root"]) != (theirs["size"], theirs["root"]) for ours, theirs in pairs):
        return ""
    if any(ours["receipted_size"] != ours["size"] for ours, _ in pairs):
        return ""
    return "; ".join(
        f"{name}: {ours['size']} entries, root {ours['root'][:12]}…, all receipted"
        for name, (ours, _) in zip(("Canada's log", "India's log"), pairs, strict=True)
    )
