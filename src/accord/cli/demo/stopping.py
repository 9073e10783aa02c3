"""The chapter of the drugs workstream: a manifest is screened, a notice is objected to, a consignment is stopped."""

import json
from typing import Any, Final

from accord.cli.demo import consignments
from accord.cli.demo.nodes import NodeProcess, run_accord
from accord.cli.demo.playing import Story, let_leave, require, wait_for, wait_until_filed
from accord.cli.demo.timeline import Timeline

__all__ = ["play_stopped"]

MANIFEST_LINES: Final = 2_000

BEFORE_DAY_7: Final = "notices.before-day-7"


def play_stopped(story: Story, timeline: Timeline) -> None:
    """Plays the chapter.

    Args:
        story: The story, after both have signed the plan.
        timeline: Its timeline.

    Raises:
        AccordError: A step was not verified; the timeline says which.
    """
    timeline.heading("13  A consignment is found in a manifest, objected to, and stopped")
    before = _figure(story.canada, "IN")
    _screened(story, timeline)
    sent = _noticed(story, timeline)
    _objected(story, timeline, sent)
    _stopped(story, timeline, sent)
    _counted(story, timeline, before)


def _screened(story: Story, timeline: Timeline) -> None:
    with timeline.step("screen", "Canada screens a manifest; the consignment of the first story is flagged") as saw:
        manifest = story.folder / "manifest.csv"
        consignments.write_manifest(manifest, lines=MANIFEST_LINES)
        # It ends with the code for lines that could not be read: one is broken, and it stops none of the others.
        said = json.loads(run_accord(["drugs", "screen", str(manifest), "--replace", "--json"], exits=(0, 1)))
        require(said["lines"] == MANIFEST_LINES, f"{said['lines']} lines were read, not {MANIFEST_LINES}.")
        require(
            said["screened"] + said["refused"] == MANIFEST_LINES and said["refused"] == 1, f"Lines are lost: {said}"
        )
        flags = manifest.with_suffix(".flags.csv").read_text("utf-8-sig")
        require(consignments.FLAGGED_REFERENCE in flags and said["flagged"] == 1, f"Flagged otherwise: {said}")
        saw(
            f"{said['lines']} lines, {said['refused']} refused by name, {said['flagged']} flagged: "
            f"{', '.join(said['by_rule'])}."
        )


def _noticed(story: Story, timeline: Timeline) -> dict[str, str]:
    india = story.india
    with timeline.step("notice", "India follows the notice of PEN Online up: reference, goods, route, permit") as saw:
        body = {
            "kind": "pre-export-notice",
            "fields": consignments.notice(story.today),
            "own_side": consignments.own_side(story.today, "IN"),
        }
        draft = india.call("POST", f"/cases/{story.case_there}/drugs", as_="duty", expect=201, body=body)
        key = _leave(india, draft, "duty")
        row: Any = wait_for(lambda: _notice_at(story.canada, "PEN-SPECIMEN-0001"), "the notice at Canada's node")
        require(row["state"] == "awaiting", f"The notice is {row['state']}.")
        saw(f"{row['pen_reference']}: Canada has it; India waits by its own law until {row['waits_until'][:10]}.")
    return {"ours": key, "theirs": str(row["message"])}


def _objected(story: Story, timeline: Timeline, sent: dict[str, str]) -> None:
    canada = story.canada
    with timeline.step("objection", "Canada objects: no import permit was issued") as saw:
        _reply(story, sent["theirs"], consignments.objection(story.today))
        row: Any = wait_for(lambda: _replied(story.india, sent["ours"]), "the objection at India's node")
        require(row["reply_result"] == "objection", f"India reads {row['reply_result']}.")
        saw("On file on both nodes, sealed and co-signed; silence would have been no consent.")
    with timeline.step("further-notices", f"{consignments.FURTHER} further notices, to which nobody objects") as saw:
        for number in range(consignments.FURTHER):
            _further(story, number + 1)
        rows = _rows(canada, "")
        saw(f"{len(rows)} notices, each with its reply.")


def _further(story: Story, number: int) -> None:
    body = {
        "kind": "pre-export-notice",
        "fields": consignments.further_notice(story.today, number),
        "own_side": consignments.own_side(story.today, "IN"),
    }
    path = f"/cases/{story.case_there}/drugs"
    _leave(story.india, story.india.call("POST", path, as_="duty", expect=201, body=body), "duty")
    reference = body["fields"]["pen_reference"]  # type: ignore[index]  # fields of the notice
    row: Any = wait_for(lambda: _notice_at(story.canada, str(reference)), "a further notice at Canada's node")
    _reply(story, str(row["message"]), consignments.no_objection(story.today))


def _reply(story: Story, notice: str, fields: dict[str, Any]) -> None:
    body = {"fields": fields, "own_side": consignments.own_side(story.today, "CA")}
    path = f"/messages/{notice}/notice-reply"
    _leave(story.canada, story.canada.call("POST", path, as_="liaison", expect=201, body=body), "liaison")


def _stopped(story: Story, timeline: Timeline, sent: dict[str, str]) -> None:
    with timeline.step("stopped", "India records that the goods did not leave, and tells it") as saw:
        body = {"fields": consignments.stopped(story.today), "own_side": consignments.own_side(story.today, "IN")}
        path = f"/messages/{sent['ours']}/shipment-outcome"
        _leave(story.india, story.india.call("POST", path, as_="duty", expect=201, body=body), "duty")
        row: Any = wait_for(
            lambda: _notice_at(story.canada, "PEN-SPECIMEN-0001", state="settled"), "the outcome at Canada's node"
        )
        saw(f"{row['substance_name']}, {float(row['gross_kg']):g} kg: {row['became']}.")


def _counted(story: Story, timeline: Timeline, before: dict[str, Any]) -> None:
    with timeline.step("drug-indicator", "The plan's indicator of notices moves, on both nodes alike") as saw:
        counted = consignments.FURTHER + 1
        after = wait_for(lambda: _told(_figure(story.canada, "IN"), counted), "the figure on Canada's node")
        wait_for(lambda: _told(_figure(story.india, "CA"), counted), "the same figure on India's node")
        saw(f"{after['title']}: {before['standing']} → {after['numerator']} of {after['denominator']} on both.")


def _leave(node: NodeProcess, draft: Any, writer: str) -> str:  # Any: the draft as JSON
    found: Any = node.call("GET", f"/messages/{draft['id']}/check", as_=writer, expect=200).body
    require(found["lets_pass"], f"The gate stops it: {found['outcome']}, {found['reasons']} {found['problems']}")
    key = let_leave(node, draft, writer=writer)
    wait_until_filed(node, key, writer, "a message of the drugs workstream to be filed")
    return key


def _rows(node: NodeProcess, state: str) -> list[Any]:
    who = "duty" if "duty" in node.accounts else "liaison"
    query = f"?limit=50{f'&state={state}' if state else ''}"
    page: Any = node.call("GET", f"/drugs/notices{query}", as_=who, expect=200).body
    return list(page["items"])


def _notice_at(node: NodeProcess, reference: str, *, state: str = "") -> Any:  # Any: a notice as JSON
    return next((row for row in _rows(node, state) if row["pen_reference"] == reference), None)


def _replied(node: NodeProcess, key: str) -> Any:  # Any: a notice as JSON
    return next((row for row in _rows(node, "replied") if row["message"] == key), None)


def _figure(node: NodeProcess, peer: str) -> dict[str, Any]:  # Any: JSON
    account = node.accounts["policy"]
    said = run_accord(
        ["plan", "indicators", peer, "--json", "--as", account["username"]],
        home=node.home,
        passphrase=node.passphrase,
        password=account["password"],
    )
    found = next((one for one in json.loads(said)["figures"] if one["definition"] == BEFORE_DAY_7), None)
    require(found is not None, "The plan has no indicator of notices answered before day 7.")
    return found or {}


def _told(figure: dict[str, Any], counted: int) -> dict[str, Any]:  # Any: JSON
    return figure if figure["numerator"] == figure["denominator"] == counted else {}
