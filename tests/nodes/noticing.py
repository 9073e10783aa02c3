"""What officers do about a notice before export, inside a node's home; each command prints one JSON value.

Run as ``python -m tests.nodes.noticing COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of that node.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bench.workload import officers

from accord.cli.node import open_node

MARKINGS = {"CA": "Protected A", "IN": "Restricted"}


def _own() -> dict[str, object]:
    from tests.desk import days, own_side

    # What the law of either party asks for; neither minds what the other's does.
    return own_side(
        authorising_law="Precursor Control Regulations, subsection 91(5)",
        notice_on=days(0),
        dpdp_head="17(1)(c)",
        has_security_safeguards=True,
        release_authority="SPECIMEN release order",
    )


def _said() -> dict[str, object]:
    """What the specimen arrangement between both nodes covers, marked as the sender marks."""
    from accord.release.gate import our_party

    return {"classification": {"own": MARKINGS[our_party()], "equivalent": "restricted"}, "purpose": "prevent"}


def _sent(draft: Any) -> dict[str, Any]:
    from accord.exchange.services import save_draft
    from tests.nodes.permission_acts import _released

    who = officers()["liaison"]
    draft = save_draft(who, draft, version=draft.version, fields={**draft.fields, **_said()}, own=_own())
    return {"envelope": _released(draft, "liaison")}


def notice() -> Any:
    """Canada tells India of an export."""
    from accord.exchange.drafting import create_case
    from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
    from accord.workstreams.drugs.notices.acts import begin_within
    from tests.workstreams.drugs.told import pen_fields

    who = officers()["liaison"]
    case = create_case(who, peer="IN", theme="precursors", title="SPECIMEN of a notice")
    fields = pen_fields(("CA", "RCMP"), ("IN", "NCB"))
    return _sent(begin_within(who, case, PRE_EXPORT_NOTICE, fields))


def _only() -> Any:
    from accord.workstreams.drugs.models import Notice

    return Notice.objects.get()


def objection() -> Any:
    """India objects to it."""
    from accord.workstreams.drugs.notices.acts import begin_notice_reply
    from tests.workstreams.drugs.told import reply_fields

    said = {"reply_result": "objection", "reason_code": "authorisation-not-issued"}
    fields = {**reply_fields(("IN", "NCB"), ("CA", "RCMP")), **said}
    return _sent(begin_notice_reply(officers()["liaison"], _only(), fields)[0])


def stop() -> Any:
    """Canada tells that the consignment did not leave."""
    from accord.workstreams.drugs.notices.acts import begin_outcome
    from tests.workstreams.drugs.told import outcome_fields

    kept = outcome_fields(_only().message.envelope_id, ("CA", "RCMP"), ("IN", "NCB"), became="not-sent")
    days_and_quantities = {"departed_on", "arrived_on", "quantity_sent", "quantity_arrived"}
    fields = {name: value for name, value in kept.items() if name not in days_and_quantities}
    return _sent(begin_outcome(officers()["liaison"], _only(), fields))


def standing() -> Any:
    """Says where the one notice stands here, and what is counted of it."""
    from django.utils import timezone

    from accord.workstreams.drugs.indicators.sources import DRUG_SOURCES
    from accord.workstreams.drugs.notices.states import state_of

    found = _only()
    observed: list[Any] = [one for source in DRUG_SOURCES for one in source.of_cases([found.case_id])]
    return {
        "envelope": str(found.message.envelope_id),
        "is_ours": found.is_ours,
        "state": state_of(found, timezone.now()).value,
        "reply": found.reply_result,
        "became": found.became,
        "replies": found.replies.count(),
        "counted": sorted([one.family, one.is_met] for one in observed),
    }


ACTS = {"notice": notice, "objection": objection, "stop": stop, "standing": standing}


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.noticing")
    parser.add_argument("command", choices=tuple(ACTS))
    command = parser.parse_args().command
    open_node(Path(os.environ["ACCORD_HOME"]))
    json.dump(ACTS[command](), sys.stdout)


if __name__ == "__main__":
    main()
