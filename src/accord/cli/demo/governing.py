"""The last chapters of the story: what was shared stays governed, and who checks it need trust nobody.

A caveat stops a use; the originator is asked, grants it once, and that one use passes; a wrong name is corrected where
it was copied to; the reviewer takes a whole log along, and an outside witness knows it again.
"""

import json
import secrets
from datetime import timedelta
from typing import Any, Final

from accord.cli.demo.nodes import NodeProcess, run_accord
from accord.cli.demo.playing import Story, let_leave, require, wait_for, wait_until_filed
from accord.cli.demo.timeline import Timeline

__all__ = ["play_governed"]

COURT: Final = "Superior Court of Justice (specimen)"
WRONG: Final = "Mumbai zonal office"
RIGHT: Final = "Chennai zonal office"
WITNESS: Final = "specimen.witness/laptop"


def play_governed(story: Story, timeline: Timeline) -> None:
    """Plays the two last chapters.

    Raises:
        AccordError: A step was not verified; the timeline says which.
    """
    timeline.heading("7  What was shared stays governed")
    here = _stopped(story, timeline)
    _granted(story, timeline, here)
    _corrected(story, timeline, here)
    timeline.heading("8  A reviewer and an outside witness check the log")
    _reviewed(story, timeline)
    _witnessed(story, timeline)


def _court() -> dict[str, object]:
    return {"use": "court", "purpose": "prosecute", "recipient": COURT, "suspicion": "no"}


def _passed_on() -> dict[str, object]:
    return {"use": "third-state", "purpose": "investigate", "recipient": "FR", "suspicion": "no"}


def _answer_here(story: Story) -> str:
    case: Any = story.canada.call("GET", f"/cases/{story.case}", as_="liaison", expect=200).body
    return next(str(message["id"]) for message in case["messages"] if message["kind"] == "answer")


def _stopped(story: Story, timeline: Timeline) -> str:
    here = _answer_here(story)
    with timeline.step("forwarding-stopped", "Canada wants to pass the answer on to a third state") as saw:
        saw(f"Stopped by {_stopped_by(story, here, _passed_on())}: its caveat names who may see it.")
    with timeline.step("caveat-stops", "Canada wants to bring the answer into court; its caveat stops that") as saw:
        saw(f"Stopped by {_stopped_by(story, here, _court())}: only the originator can permit it.")
    return here


def _stopped_by(story: Story, item: str, use: dict[str, object]) -> str:
    """Asks for a use that must be stopped, and returns the rules that stop it."""
    asked = story.canada.call("POST", f"/messages/{item}/use", as_="liaison", body=use)
    require(asked.status == 422, f"A use that no caveat permits was answered {asked.status}.")
    found: Any = asked.body
    rules = sorted({reason["rule"] for reason in found["fields"]["reasons"]})
    require(bool({"BI-02", "BI-03"} & set(rules)), f"It was stopped by {rules}, not by the originator's caveat.")
    return ", ".join(rules)


def _granted(story: Story, timeline: Timeline, here: str) -> None:
    canada, india = story.canada, story.india
    with timeline.step("permission-asked", "Canada asks the originator; a second officer releases the question") as saw:
        draft = canada.call(
            "POST",
            f"/messages/{here}/permission-request",
            as_="liaison",
            expect=201,
            body={**_court(), "justification": "SPECIMEN. The consignor is on trial; the register is the only proof."},
        )
        question = let_leave(canada, draft, writer="liaison")
        wait_until_filed(canada, question, "liaison", "the permission request to be filed")
        saw("It names the item, the use and the court, and nothing else can be unlocked by its answer.")
    with timeline.step("permission-granted", "India grants it for one use, on a condition") as saw:
        there = _last_of(india, story.case_there, "permission-request")
        answer = india.call(
            "POST",
            f"/messages/{there}/permission-answer",
            as_="duty",
            expect=201,
            body={
                "result": "granted-with-conditions",
                "conditions": ["In closed session only (specimen)."],
                "permitted_until": (story.today + timedelta(days=90)).isoformat(),
                "used_once": True,
            },
        )
        wait_until_filed(india, let_leave(india, answer, writer="duty"), "duty", "the grant to be filed")
        saw("Granted once, in closed session, for ninety days.")
    with timeline.step("permission-used", "The one use passes; a second one does not") as saw:
        made: Any = canada.call("POST", f"/messages/{here}/use", as_="liaison", expect=201, body=_court()).body
        require(bool(made["grant"]), "The use passed without the grant.")
        again = canada.call("POST", f"/messages/{here}/use", as_="liaison", body=_court())
        require(again.status == 422, f"A grant for one use was used twice ({again.status}).")
        saw(f"On record with its grant; condition: {made['granted_conditions'][0]}")


def _last_of(node: NodeProcess, case: str, kind: str) -> str:
    def found() -> str:
        shown: Any = node.call("GET", f"/cases/{case}", as_="duty", expect=200).body
        return next((str(one["id"]) for one in reversed(shown["messages"]) if one["kind"] == kind), "")

    return str(wait_for(found, f"the {kind} in the other node's case"))


def _corrected(story: Story, timeline: Timeline, here: str) -> None:
    canada, india = story.canada, story.india
    with timeline.step("copied", "Canada copies a passage of the answer, with a wrong name in it, into a draft") as saw:
        said: Any = canada.call("GET", f"/messages/{here}", as_="liaison", expect=200).body
        passage = str(said["content"]["text"])
        require(WRONG in passage, "The answer does not hold the name that is to be corrected.")
        draft = canada.call(
            "POST", f"/messages/{here}/clarify", as_="liaison", expect=201, body={"points": [passage], "fields": {}}
        )
        saw("The node knows by itself that the draft is made of what was received.")
    with timeline.step("correction", f"India corrects the name: {RIGHT}, not {WRONG}") as saw:
        correction = india.call(
            "POST",
            f"/messages/{story.answer}/correction",
            as_="duty",
            expect=201,
            body={
                "action": "correct",
                "reason": "inaccurate",
                "what_is_wrong": "The office that looks into the registration is another one.",
                "values": [{"wrong": WRONG, "right": RIGHT}],
            },
        )
        wait_until_filed(india, let_leave(india, correction, writer="duty"), "duty", "the correction to be filed")
        received = _received_correction(canada, story.case)
        saw("Released by a second officer, delivered, and its receipt is on file.")
    with timeline.step("derivative-found", "Canada's node finds the copy and lets it leave no more as it is") as saw:
        shown = wait_for(lambda: _applied(canada, received), "the correction to be applied")
        mended = [one for one in shown["effects"] if one["deed"] == "mend"]
        require(len(mended) == 1, f"The copy in the draft was not found: {shown['effects']}")
        check: Any = canada.call("GET", f"/messages/{draft['id']}/check", as_="liaison", expect=200).body
        problems = [one["sentence"] for one in check["problems"] if WRONG in one["sentence"]]
        require(bool(problems), f"The draft may still leave with the wrong name: {check['problems']}")
        # The copy was made to be found; left open, it would keep the case open.
        held: Any = canada.call("GET", f"/messages/{draft['id']}", as_="liaison", expect=200).body
        given_up = {"version": held["version"], "reason": "SPECIMEN. It held a name that was corrected."}
        canada.call("POST", f"/messages/{draft['id']}/discard", as_="liaison", expect=200, body=given_up)
        saw(problems[0])


def _received_correction(node: NodeProcess, case: str) -> str:
    def found() -> str:
        shown: Any = node.call("GET", f"/cases/{case}", as_="liaison", expect=200).body
        return next((str(one["id"]) for one in reversed(shown["messages"]) if one["kind"] == "correction"), "")

    return str(wait_for(found, "the correction in Canada's case"))


def _applied(node: NodeProcess, correction: str) -> Any:  # Any: the correction as JSON
    shown: Any = node.call("GET", f"/messages/{correction}/correction", as_="liaison", expect=200).body
    return shown if shown["applied_at"] else None


def _reviewed(story: Story, timeline: Timeline) -> None:
    log = story.folder / "log-of-canada.accord-log"
    with timeline.step("log-taken", "Canada's reviewer takes the whole log along, without a message in it") as saw:
        story.canada.run_as("reviewer", "log", "export", "IN", "--out", str(log))
        saw(f"{log.name}: {log.stat().st_size} bytes.")
    with timeline.step("log-verified", "A machine without a node checks every entry and every co-signature") as saw:
        said = json.loads(run_accord(["verify", "--log", str(log), "--root", str(story.roots), "--json"]))
        require(bool(said["ok"]), f"The log is not verified: {said}")
        saw(f"{said['size']} entries, each in its place." if "size" in said else "Each entry is in its place.")


def _witnessed(story: Story, timeline: Timeline) -> None:
    log = story.folder / "log-of-canada.accord-log"
    laptop, head = story.folder / f"witness-{secrets.token_hex(4)}", story.folder / "head.cosigned"
    words = secrets.token_urlsafe(24)
    with timeline.step("witness", "An outside witness co-signs the head of the log on a laptop of its own") as saw:
        run_accord(["witness", "init", str(laptop), "--name", WITNESS], passphrase=words)
        run_accord(["witness", "add", str(laptop), str(log), "--root", str(story.roots)], passphrase=words)
        run_accord(["witness", "cosign", str(laptop), str(log), "--out", str(head)], passphrase=words)
        run_accord(["witness", "check", str(laptop), str(log)], passphrase=words)
        saw("Shown a log that was rewritten, it would know: it holds the head that it signed.")
