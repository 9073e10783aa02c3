"""What officers of a node do about indicators, for tests with two real nodes; each command prints one JSON value.

Run as ``python -m tests.nodes.measuring COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
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


def begun(answered: bool, copies: int) -> Any:
    """Says that the one request began in the last quarter, answered where it says so, beside copies that were answered.

    The copies never travelled: they stand as sent, so that nothing is looked for that would have brought them.
    """
    from django.utils import timezone

    from accord.exchange.keys import new_key
    from accord.exchange.models import Case, Clock, Message
    from accord.workplan.indicators.reporting import ended_quarters

    quarter, now = ended_quarters(timezone.now())[0], timezone.now()
    start = quarter.since + timedelta(days=40)
    clock = Clock.objects.get(message__kind="request")
    for place in range(copies):
        if place:
            case = Case.objects.get(pk=clock.message.case_id)
            case.pk, case.own_ref, case.other_ref, case._state.adding = new_key(), str(new_key())[:48], "", True
            case.changed_at = now
            case.save()
            message = Message.objects.get(pk=clock.message_id)
            clock = Clock(
                message=Message.objects.create(
                    case=case, direction=Message.Direction.OUT, kind="request", state=message.state, content=b"{}"
                ),
                table=clock.table, urgency=clock.urgency, limit_seconds=clock.limit_seconds,
            )  # fmt: skip
        clock.started_at, clock.due_at = start, start + timedelta(hours=8)
        is_met = answered or place > 0
        clock.state = Clock.State.ENDED if is_met else Clock.State.RUNNING
        clock.ended_at = start + timedelta(hours=2) if is_met else None
        clock.save()
        Case.objects.filter(pk=clock.message.case_id).update(changed_at=now)
    return {"quarter": quarter.code}


def sign() -> Any:
    """Holds a plan that both sides signed: the same bytes on both nodes."""
    from accord.parties.models import Party
    from tests.workplan.indicators.counted import indicator, sign_plan

    peer = Party.objects.get(is_self=False).code
    text = sign_plan(indicator("I1", "answers.within-clock"), peer=peer)
    return {"digest": bytes(text.digest).hex()}


def report(peer: str, quarter: str) -> Any:
    """Signs this node's figures of a quarter off."""
    from accord.officers.models import Officer
    from accord.officers.permissions import Role
    from accord.workplan.indicators.reporting import report_indicators

    who = Officer.objects.filter(username=Role.SIGNATORY.value).first() or officers()[Role.SIGNATORY.value]
    row = report_indicators(who, peer=peer, period=quarter)
    return {"envelope": str(row.envelope_id), "rows": row.rows}


def compare(peer: str, quarter: str) -> Any:
    """Says how the other side's figure differs from this node's, and of which entries ours is made."""
    from accord.vocabulary.periods import period_of
    from accord.workplan.indicators.comparing import last_report, pairs_of, trace
    from accord.workplan.indicators.figures import figures_of
    from accord.workplan.indicators.wanted import signed_plan, wanted_of

    period, signed = period_of(quarter), signed_plan(peer)
    assert period is not None
    assert signed is not None
    theirs = last_report(peer, period, is_ours=False)
    assert theirs is not None
    [pair] = pairs_of(figures_of(peer, wanted_of(signed.plan), [period])[quarter], theirs)
    found = trace(officers()["duty"], pair.ours.wanted, peer=peer, period=period, as_of=theirs.as_of)
    return {
        "differs": pair.differs,
        "difference": str(pair.difference),
        "missed": [str(entry.envelope_id) for entry in found.entries if entry.is_due and not entry.is_met],
    }


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.measuring")
    parser.add_argument("command", choices=("begun", "sign", "report", "compare"))
    parser.add_argument("--peer", default="")
    parser.add_argument("--quarter", default="")
    parser.add_argument("--copies", type=int, default=6)
    parser.add_argument("--answered", action="store_true")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    made: dict[str, Any] = {
        "begun": lambda: begun(asked.answered, asked.copies),
        "sign": sign,
        "report": lambda: report(asked.peer, asked.quarter),
        "compare": lambda: compare(asked.peer, asked.quarter),
    }
    json.dump(made[asked.command](), sys.stdout)


if __name__ == "__main__":
    main()
