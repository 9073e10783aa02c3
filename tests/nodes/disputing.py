"""What officers of a node do about objections, lanes, outcomes and retention, for tests with two real nodes.

Run as ``python -m tests.nodes.disputing COMMAND ENVELOPE`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node;
each command prints one JSON value.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.workload import _fields, _own_side, officers

from accord.cli.node import open_node
from accord.errors import AccordError
from tests.nodes.governing import _leave, _of

if TYPE_CHECKING:
    from accord.exchange.models import Message

LATER = timedelta(days=400)
"""Past the last day of every specimen."""


def _known(message: "Message") -> dict[str, object]:
    from accord.release.gate import our_party

    today = datetime.now(UTC).date()
    fields = _fields(1, party=our_party(), peer=message.case.peer_id, text="SPECIMEN", today=today)
    return {
        name: fields[name] for name in fields if name not in {"subject", "facts", "relevance_reason", "seriousness"}
    }


def _own() -> dict[str, object]:
    from accord.release.gate import our_party

    return _own_side(our_party())


def _written(draft: "Message", fields: dict[str, object]) -> "Message":
    from accord.exchange.drafting import save_draft

    liaison = officers()["liaison"]
    return save_draft(liaison, draft, version=draft.version, fields={**draft.fields, **fields}, own=_own())


def object_to(envelope: str) -> Any:
    """Objects to a use of what we gave."""
    from accord.handling.objections import begin_objection

    item = _of(envelope)
    draft = begin_objection(officers()["liaison"], item)
    said = {
        "observed_use": "SPECIMEN: quoted in public.",
        "harm": "A warning.",
        "demand": "Stop it.",
        "caveat_number": 1,
    }
    return {"envelope": str(_leave(_written(draft, {**_known(item), **said})).envelope_id)}


def answer(envelope: str) -> Any:
    """Answers an objection of the other side as remedied."""
    from accord.exchange.holding import take
    from accord.handling.objections import answer_objection

    objection = _of(envelope)
    if objection.case.holder_id is None:
        take(officers()["liaison"], objection.case)
    objection = _of(envelope)
    draft = answer_objection(officers()["liaison"], objection)
    said = {"objection_outcome": "remedied", "found": "SPECIMEN: by mistake.", "measures": "Taken back."}
    return {"envelope": str(_leave(_written(draft, {**_known(objection), **said})).envelope_id)}


def suspend(envelope: str) -> Any:
    """Suspends the lane of a message."""
    from accord.handling.lanes import suspend_lane

    case = _of(envelope).case
    row = suspend_lane(officers()["releasing"], peer=case.peer_id, theme=case.theme, reason="SPECIMEN: a breach.")
    return {"suspension": str(row.pk)}


def resume(envelope: str) -> Any:
    """Says for our side that the suspended lane of a message may go on, by whoever did not suspend it."""
    from accord.handling.lanes import resume_lane, suspended_lanes
    from accord.officers.models import Officer

    case = _of(envelope).case
    row = suspended_lanes().get(peer_id=case.peer_id, theme=case.theme)
    who = officers()["releasing"]
    if row.suspended_by_id == who.pk:
        who = Officer.objects.create(username="second", roles=["releasing"], display_name="SPECIMEN second")
    resume_lane(who, row, reason="SPECIMEN: settled.")
    return {"ended": row.ended_at is not None}


def send(envelope: str) -> Any:
    """Sends further information on the subject of a message, if its lane lets it."""
    from accord.exchange.drafting import create_case, draft_information
    from accord.release.gate import our_party

    peer, party = _of(envelope).case.peer_id, our_party()
    liaison = officers()["liaison"]
    case = create_case(liaison, peer=peer, theme="precursors", title="SPECIMEN further")
    fields = _fields(7, party=party, peer=peer, text="SPECIMEN further.", today=datetime.now(UTC).date())
    try:
        return {"envelope": str(_leave(draft_information(liaison, case, fields, own=_own())).envelope_id)}
    except AccordError as refused:
        reasons: Any = refused.fields.get("reasons") or []
        return {"refused": [reason["rule"] for reason in reasons]}


def close(envelope: str) -> Any:
    """Closes the case of a message as having led to a lead, and lets the report leave."""
    from accord.exchange.holding import take
    from accord.exchange.models import Case
    from accord.exchange.releasing import approve, release
    from accord.handling.outcomes import close_with_outcome

    who, case = officers(), _of(envelope).case
    if case.holder_id is None:
        take(who["liaison"], case)
    closed = close_with_outcome(who["liaison"], Case.objects.get(pk=case.pk), results=["lead"], usefulness=4)
    report: Any = closed.report
    if closed.stopped is not None:
        return {"stopped": str(closed.stopped)}
    seen = {
        "seen_digest": bytes(report.approval.payload_digest),
        "seen_facts_digest": bytes(report.approval.decision.facts_digest),
    }
    approve(who["releasing"], report, **seen)
    report.refresh_from_db()
    return {"envelope": str(release(who["releasing"], report).envelope_id)}


def erase(_envelope: str) -> Any:
    """Erases what is over its day, long after."""
    from accord.handling.reading import mark_received
    from accord.handling.retention import erase_due

    mark_received()
    return {"erased": erase_due(now=datetime.now(UTC) + LATER)}


COMMANDS: dict[str, Callable[[str], Any]] = {
    "object": object_to,
    "answer": answer,
    "suspend": suspend,
    "resume": resume,
    "send": send,
    "close": close,
    "erase": erase,
}


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.disputing")
    parser.add_argument("command", choices=tuple(COMMANDS))
    parser.add_argument("envelope")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    json.dump(COMMANDS[asked.command](asked.envelope), sys.stdout)


if __name__ == "__main__":
    main()
