"""What officers of a node do about timeliness, for tests with two real nodes; each command prints one JSON value.

Run as ``python -m tests.nodes.counting COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
"""

import argparse
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.workload import officers

from accord.cli.node import open_node


def request() -> Any:
    """Asks the other side something."""
    from accord.exchange.drafting import create_case, draft_request
    from tests.desk import own_side, request_fields
    from tests.nodes.permission_acts import _released

    who = officers()["liaison"]
    case = create_case(who, peer="IN", theme="precursors", title="SPECIMEN of a request")
    fields = request_fields(classification={"own": "Protected A", "equivalent": "restricted"})
    return {"envelope": _released(draft_request(who, case, fields, own=own_side()), "liaison")}


def begun(answered: bool) -> Any:
    """Says that every clock of a request began in the month before; answered, where this node is to say so."""
    from django.utils import timezone

    from accord.exchange.models import Clock
    from accord.vocabulary.periods import ended_periods

    month = ended_periods(timezone.now())[4]
    for clock in Clock.objects.filter(message__kind="request"):
        clock.due_at += month.since + timedelta(days=14) - clock.started_at
        clock.started_at = month.since + timedelta(days=14)
        if answered:
            clock.state, clock.ended_at = Clock.State.ENDED, clock.started_at + timedelta(hours=2)
        clock.save()
    return {"month": month.code, "clocks": Clock.objects.filter(message__kind="request").count()}


def publish(peer: str, month: str) -> Any:
    """Publishes this node's figures of a month."""
    from accord.oversight.publishing import publish as publish_figures

    row = publish_figures(officers()["releasing"], peer=peer, period=month)
    return {"envelope": str(row.envelope_id), "received": row.received, "sent": row.sent}


def compare(peer: str) -> Any:
    """Says in what the other side's report differs from this node's log."""
    from accord.oversight.comparing import compare as compare_reports
    from accord.oversight.comparing import published_reports

    who = officers()["duty"]
    [theirs] = [one for one in published_reports(who, peer=peer) if not one.is_ours]
    found = compare_reports(who, theirs)
    return [
        {
            "ours": row.is_asked_by_us,
            "differs": {one.figure: [one.theirs, one.ours] for one in row.differences},
            "requests": len(row.requests),
        }
        for row in found.rows
    ]


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.counting")
    parser.add_argument("command", choices=("request", "begun", "publish", "compare"))
    parser.add_argument("--peer", default="")
    parser.add_argument("--month", default="")
    parser.add_argument("--answered", action="store_true")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    made: dict[str, Any] = {
        "request": request,
        "begun": lambda: begun(asked.answered),
        "publish": lambda: publish(asked.peer, asked.month),
        "compare": lambda: compare(asked.peer),
    }
    json.dump(made[asked.command](), sys.stdout)


if __name__ == "__main__":
    main()
