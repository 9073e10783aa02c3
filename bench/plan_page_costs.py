"""Measures the pages of a workplan of 2,000 actions inside a node's home: CPU of the process a request, statements.

Run as ``python -m bench.plan_page_costs`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE``; prints JSON. The plan is our
working draft towards a party that was written into the register without a channel.
"""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Final

from accord.cli.node import open_node

__all__ = ["PAGES"]

ACTIONS: Final = 2_000
HOME: Final = "/desk/plan/IN/"

PAGES: Final = {
    "plan": HOME,
    "filtered": f"{HOME}?status=planned&owner=IN/NCB&due=quarter",
    "deep": f"{HOME}?page=20",
    "board": f"{HOME}board",
    "gantt": f"{HOME}timeline?from=2026-09&months=12",
    "gantt_year_3": f"{HOME}timeline?from=2026-03&months=36&page=20",
    "calendar": f"{HOME}calendar?month=2026-09",
    "brief": f"{HOME}brief",
    "history": f"{HOME}history",
    "draft": f"{HOME}draft/",
    "item": f"{HOME}draft/items/A1000/",
    "compare": f"{HOME}compare?before=draft-1&after=draft",
}


def main() -> None:
    """Writes the plan, measures every page and prints the costs by name."""
    open_node(Path(os.environ["ACCORD_HOME"]))
    import msgspec
    from django.test import Client
    from tests.workplan.plans import large_plan

    from accord.node.desk import plan_scene
    from accord.officers.models import Officer
    from accord.parties.models import Party
    from accord.parties.profile import load_profile
    from accord.workplan.drafting import save_plan, start_from_plan
    from bench.page_costs import cost_of
    from bench.workload import officers

    policy = officers()["policy"]
    profile = load_profile("india").to_json()
    Party.objects.get_or_create(code="IN", defaults={"profile": profile})
    plan = large_plan(actions=ACTIONS)
    draft = start_from_plan(policy, peer="IN", plan=plan)
    # Every action has another title: the most that a page of differences can be asked for.
    rows = [
        msgspec.structs.replace(row, title=msgspec.structs.replace(row.title, en=f"Other lists, part {number}"))
        for number, row in enumerate(plan.actions)
    ]
    save_plan(policy, draft, seen=1, plan=msgspec.structs.replace(plan, actions=tuple(rows)))
    client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")
    client.force_login(Officer.objects.get(pk=policy.pk), backend="accord.node.desk.sign_in.PostedOfficers")
    gc.collect()
    gc.freeze()
    costs = {name: cost_of(client, address) for name, address in PAGES.items()}
    # As the first page after a start of the node: the plan is unpacked and read anew each time.
    costs["plan_first"] = cost_of(client, HOME, before=plan_scene._read.cache_clear)  # noqa: SLF001
    sys.stdout.write(f"{json.dumps({'pages': costs, 'load': os.getloadavg()[0]})}\n")


if __name__ == "__main__":
    main()
