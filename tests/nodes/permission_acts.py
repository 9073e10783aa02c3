"""What officers do about an item of the other side, through the services inside a node's home; prints one JSON value.

Run as ``python -m tests.nodes.permission_acts COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of that node.
"""

import argparse
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.workload import officers

from accord.cli.node import open_node

if TYPE_CHECKING:
    from accord.exchange.models import Message

COURT = "Superior Court (specimen)"


def _released(draft: "Message", drafter: str) -> str:
    from accord.exchange.releasing import approve, release
    from accord.exchange.submission import submit

    who = officers()
    message = submit(who[drafter], draft, version=draft.version)
    approval: Any = message.approval
    message = approve(
        who["releasing"],
        message,
        seen_digest=bytes(approval.payload_digest),
        seen_facts_digest=bytes(approval.decision.facts_digest),
    )
    return str(release(who["releasing"], message).envelope_id)


def inform(number: int) -> dict[str, Any]:
    """Sends spontaneous information whose caveat names neither a court nor a forwarding."""
    from accord.exchange.drafting import create_case, draft_information
    from tests.desk import information_fields, own_side

    who = officers()["liaison"]
    case = create_case(who, peer="IN", theme="precursors", title=f"SPECIMEN {number}")
    fields = information_fields(
        subject=f"SPECIMEN {number}", classification={"own": "Protected A", "equivalent": "restricted"}
    )
    return {"envelope": _released(draft_information(who, case, fields, own=own_side()), "liaison")}


def _item(direction: str, kind: str = "spontaneous-information") -> "Message":
    from accord.exchange.models import Message

    return Message.objects.filter(direction=direction, kind=kind).order_by("-created_at", "-id")[0]


def _intended(recipient: str, use: str = "court") -> Any:
    from accord.handling.uses import Intended
    from accord.vocabulary.subjects import Purpose
    from accord.vocabulary.uses import UseCode

    return Intended(use=UseCode(use), purpose=Purpose.INVESTIGATE, recipient=recipient, suspicion="no")


def use(recipient: str, act: str, days: int) -> dict[str, Any]:
    """Tries to use the newest item of the other side."""
    from django.utils import timezone

    from accord.errors import AccordError
    from accord.handling.uses import use_item

    now = timezone.now() + timedelta(days=days)
    try:
        made = use_item(officers()["duty"], _item("in"), _intended(recipient, act), now=now)
    except AccordError as refused:
        reasons: Any = refused.fields.get("reasons", [])
        return {"permitted": False, "code": refused.reason_code, "rules": sorted({one["rule"] for one in reasons})}
    return {"permitted": True, "conditions": made.grant.conditions if made.grant else None}


def ask(recipient: str) -> dict[str, Any]:
    """Asks the originator of the newest item."""
    from accord.handling.permissions import ask_permission

    draft = ask_permission(
        officers()["liaison"], _item("in"), _intended(recipient), justification="SPECIMEN. The consignor is on trial."
    )
    return {"envelope": _released(draft, "liaison")}


def answer(result: str, days: int, once: bool) -> dict[str, Any]:
    """Answers the newest question of the other side."""
    from django.utils import timezone

    from accord.handling.permissions import answer_permission

    request = _item("in", "permission-request")
    who = officers()["liaison"]
    granted = result != "denied"
    draft = answer_permission(
        who,
        request,
        result=result,
        conditions=["SPECIMEN. In closed session only."] if result == "granted-with-conditions" else (),
        permitted_until=timezone.now().date() + timedelta(days=days) if granted else None,
        used_once=once,
    )
    return {"envelope": _released(draft, "liaison")}


def recall(kind: str) -> dict[str, Any]:
    """Recalls the newest message of ours of a kind."""
    from accord.exchange.withdrawing import recall as recall_message

    message = recall_message(officers()["releasing"], _item("out", kind), reason="SPECIMEN. The wrong firm was named.")
    return {"envelope": str(message.envelope_id)}


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.permission_acts")
    parser.add_argument("command", choices=("inform", "use", "ask", "answer", "recall"))
    parser.add_argument("--recipient", default=COURT)
    parser.add_argument("--act", default="court")
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--result", default="granted")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--kind", default="spontaneous-information")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    made: dict[str, Any] = {
        "inform": lambda: inform(asked.days),
        "use": lambda: use(asked.recipient, asked.act, asked.days),
        "ask": lambda: ask(asked.recipient),
        "answer": lambda: answer(asked.result, asked.days or 30, asked.once),
        "recall": lambda: recall(asked.kind),
    }
    json.dump(made[asked.command](), sys.stdout)


if __name__ == "__main__":
    main()
