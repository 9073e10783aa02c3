"""What officers of a node do about corrections, for tests with two real nodes; each command prints one JSON value.

Run as ``python -m tests.nodes.governing COMMAND ...`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.workload import officers

from accord.cli.node import open_node

if TYPE_CHECKING:
    from accord.exchange.models import Message


def _leave(draft: "Message") -> "Message":
    from accord.exchange.releasing import approve, release
    from accord.exchange.submission import submit

    who = officers()
    message = submit(who["liaison"], draft, version=draft.version)
    approval: Any = message.approval  # Any: a submitted message has one
    approve(
        who["releasing"],
        message,
        seen_digest=bytes(approval.payload_digest),
        seen_facts_digest=bytes(approval.decision.facts_digest),
    )
    message.refresh_from_db()
    return release(who["releasing"], message)


def _of(envelope: str) -> "Message":
    from accord.exchange.models import Message

    return Message.objects.select_related("case").get(envelope_id=envelope)


def quote(envelope: str) -> Any:
    """Drafts a message that holds the whole text of a received one, with its handling, and has it approved."""
    from datetime import UTC, datetime

    from bench.workload import _fields, _own_side

    from accord.exchange.drafting import create_case, draft_information
    from accord.exchange.submission import submit
    from accord.handling.derivations import record
    from accord.handling.finding import take_over_handling
    from accord.handling.models import Way
    from accord.handling.reading import mark_received
    from accord.release.gate import our_party

    source, who, party = _of(envelope), officers(), our_party()
    mark_received()
    case = create_case(who["liaison"], peer=source.case.peer_id, theme="precursors", title="SPECIMEN of a quote")
    text = str(source.fields["facts"])
    today = datetime.now(UTC).date()
    fields = _fields(1, party=party, peer=source.case.peer_id, text=text, today=today)
    draft = draft_information(who["liaison"], case, fields, own=_own_side(party))
    draft = take_over_handling(who["liaison"], draft, version=draft.version)
    record(Way.PRINT, source, officer=who["duty"])
    message = submit(who["liaison"], draft, version=draft.version)
    return {"draft": str(message.pk), "state": message.state}


def pass_back(envelope: str) -> Any:
    """Has a message leave that holds the whole text of a received one."""
    from accord.exchange.models import Message
    from accord.exchange.taking_back import take_back

    draft = Message.objects.get(pk=quote(envelope)["draft"])
    take_back(officers()["liaison"], draft)
    draft.refresh_from_db()
    return {"envelope": str(_leave(draft).envelope_id)}


def own_copy(envelope: str) -> Any:
    """Says what is left here of a message of ours that has left: its members, its sealed bytes, and what proves it."""
    from accord.channel.evidence import EvidenceBundle
    from accord.courier.evidence import evidence_for
    from accord.courier.models import Entry, Outbox

    entry = Entry.objects.get(envelope_id=envelope)
    bundle = EvidenceBundle.decode(evidence_for(entry))
    return {
        "state": _of(envelope).state,
        "fields": sorted(_of(envelope).fields),
        "payload_bytes": len(bytes(Outbox.objects.get(envelope_id=envelope).payload)),
        "sealed_bytes": len(bytes(entry.sealed)),
        "has_body": bundle.body is not None,
        "digest": bundle.sealed_digest.hex(),
    }


def correct(envelope: str, action: str, wrong: str, right: str) -> Any:
    """Corrects a message of ours that has left."""
    from accord.handling.corrections import draft_correction

    changes: dict[str, object] = {}
    if action == "correct":
        changes["values"] = [{"wrong": wrong, "right": right}]
    if action == "restrict":
        changes["new_handling"] = "H2"
    draft = draft_correction(
        officers()["liaison"],
        _of(envelope),
        action=action,
        reason="inaccurate",
        what_is_wrong="SPECIMEN: the name was another one's.",
        changes=changes,
    )
    return {"envelope": str(_leave(draft).envelope_id)}


def report(envelope: str) -> Any:
    """Finishes each task of a received correction and reports on it."""
    from accord.handling.models import Correction, Effect
    from accord.handling.reports import draft_report, finish_effect

    row = Correction.objects.get(message=_of(envelope))
    for effect in row.effects.filter(state=Effect.State.TASK):
        finish_effect(officers()["duty"], effect)
    return {"envelope": str(_leave(draft_report(officers()["liaison"], row.message)).envelope_id)}


def standing(envelope: str) -> Any:
    """Says how a message stands here, and what became of what was made of it."""
    from accord.courier.log_files import stored_logs
    from accord.courier.models import Entry
    from accord.exchange.models import Message
    from accord.handling.derivations import derivatives_of
    from accord.handling.erasing import is_erased
    from accord.handling.models import CorrectedMessage
    from accord.handling.standing import standing_of

    message = _of(envelope)
    stands = standing_of(message)
    rows = [one.correction for one in CorrectedMessage.objects.filter(message=message).order_by("correction__position")]
    made = [step.derived_id for step in derivatives_of(message.pk)]
    drafts = Message.objects.filter(pk__in=made)
    entry = Entry.objects.get(envelope_id=envelope)
    return {
        "state": message.state,
        "handling": stands.handling.value if stands.handling else None,
        "values": stands.values,
        "erased": is_erased(message),
        "sealed_bytes": len(bytes(entry.sealed)),
        "applied": [row.applied_at is not None for row in rows],
        "effects": sorted(effect.deed for effect in rows[-1].effects.all()) if rows else [],
        "reported": [row.report.fields.get("extent") if row.report else None for row in rows],
        "drafts": [{"state": one.state, "fields": sorted(one.fields)} for one in drafts],
        "logs_hold": [_holds(log) for log in stored_logs()],
    }


def _holds(log: Any) -> bool:  # Any: a stored log
    from accord.channel.log_reading import LogProgress

    done = LogProgress()
    for part in log.parts():
        done = log.reader.settled(done, log.reader.judged(part.stretch))
    return done.fault is None


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.governing")
    parser.add_argument("command", choices=("quote", "pass_back", "own_copy", "correct", "report", "standing"))
    parser.add_argument("envelope")
    parser.add_argument("--action", default="")
    parser.add_argument("--wrong", default="")
    parser.add_argument("--right", default="")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    if asked.command == "correct":
        said = correct(asked.envelope, asked.action, asked.wrong, asked.right)
    else:
        acts = {"quote": quote, "pass_back": pass_back, "own_copy": own_copy, "report": report, "standing": standing}
        said = acts[asked.command](asked.envelope)
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
