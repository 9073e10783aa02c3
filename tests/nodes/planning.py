"""What officers of a node do about the workplan, for tests with two real nodes; each command prints one JSON value.

Run as ``python -m tests.nodes.planning COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from accord.cli.node import open_node
from tests.nodes.negotiating import who


def prepare(peer: str, hours: str) -> Any:
    """Prepares a revision, from what is agreed or from the template, whose urgent clock has these hours."""
    from django.utils import timezone

    from accord.vocabulary.subjects import Theme
    from accord.vocabulary.urgency import Urgency
    from accord.workplan import drafting
    from accord.workplan.reading import agreed_text, draft_with, last_save

    officer = who("policy")
    draft = draft_with(peer)
    if draft is None:
        start = drafting.start_from_agreed if agreed_text(peer) else drafting.start_from_template
        draft = start(officer, peer=peer)
    plan = last_save(draft).plan
    clocks = tuple(
        replace(row, seconds=3600 * int(hours)) if row.urgency is Urgency.NORMAL else row for row in plan.clocks
    )
    changed = replace(plan, clocks=clocks, lanes=tuple(Theme), ceilings=(), in_force_on=timezone.now().date())
    if changed != plan:
        drafting.save_plan(officer, draft, seen=draft.version, plan=changed)
    draft = draft_with(peer)
    return {"text": str(drafting.prepare_for_signing(officer, draft, seen=draft.version).pk)}


def offer(peer: str) -> Any:
    """Offers what was prepared last; says with which code it is refused."""
    from accord.errors import AccordError
    from accord.instruments import services
    from accord.instruments.models import Text

    text = Text.objects.filter(instrument__peer_id=peer, is_ours=True).latest("prepared_at")
    try:
        services.offer(who("signatory"), text)
    except AccordError as error:
        return {"refused": error.reason_code}
    return {"refused": ""}


def accept(peer: str) -> Any:
    """Signs what the other side offers."""
    from accord.instruments import services
    from accord.workplan.reading import standing_offer_of_theirs

    text = standing_offer_of_theirs(peer)
    services.accept(who("signatory"), text)
    return {"digest": bytes(text.digest).hex()}


def force(peer: str) -> Any:
    """Says what is in force here: the version that a request would carry now, and the digest of the agreed text."""
    from django.utils import timezone

    from accord.exchange.clocks import table_for
    from accord.workplan.reading import agreed_text

    text = agreed_text(peer)
    return {
        "table": table_for(peer, at=timezone.now()).version,
        "digest": bytes(text.digest).hex() if text is not None else "",
    }


def clocks() -> Any:
    """Says of each clock its table, its urgency and its limit in hours."""
    from accord.exchange.models import Clock

    rows = Clock.objects.order_by("started_at").values_list("table", "urgency", "limit_seconds")
    return [[table, urgency, seconds / 3600] for table, urgency, seconds in rows]


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.planning")
    commands = {"prepare": prepare, "offer": offer, "accept": accept, "force": force, "clocks": clocks}
    parser.add_argument("command", choices=tuple(commands))
    for name in ("peer", "hours"):
        parser.add_argument(f"--{name}")
    asked = vars(parser.parse_args())
    command = commands[asked.pop("command")]
    open_node(Path(os.environ["ACCORD_HOME"]))
    json.dump(command(**{name: value for name, value in asked.items() if value is not None}), sys.stdout)


if __name__ == "__main__":
    main()
