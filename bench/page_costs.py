"""Measures pages inside a node's home: CPU of the process a request, statements a request, bytes of a first visit.

Run as ``python -m bench.page_costs`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of a filled node; prints JSON.
A signed-in client calls the WSGI stack in this process, so that what is measured is the page and nothing of a network.
The CPU of a PostgreSQL server is not in it; its statements are.
"""

import argparse
import gc
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.cli.node import open_node
from bench.archive import MEASURED

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["PAGES", "cost_of"]

WARMING = 3
REPEATS = 25
"""The median of so many is steady to a tenth on a busy machine, since CPU and not time is measured."""

PAGES = {
    "desk": ("duty", "/desk/"),
    "desk_overdue": ("duty", "/desk/?show=overdue"),
    "cases": ("duty", "/desk/cases/"),
    "cases_filtered": ("duty", "/desk/cases/?state=open&waiting=us&holder=mine"),
    "cases_search": ("duty", "/desk/cases/?q=ransomware"),
    "cases_search_nothing": ("duty", "/desk/cases/?q=no-such-words-anywhere"),
    "cases_deep": ("duty", "/desk/cases/?{deep}"),
    "case": ("duty", f"/desk/cases/{MEASURED}/"),
    "approvals": ("releasing", "/desk/approvals/"),
    "channel": ("duty", "/desk/channel/"),
    "notices": ("duty", "/desk/notices/?show=all"),
    "news": ("duty", "/desk/news"),
}
"""The role that looks, and the address; ``deep`` is a page near the end of the list."""

LINKS = re.compile(r'(?:<link rel="stylesheet" href|<script src|<link rel="icon" href)="([^"]+)"')


def _signed_in() -> "dict[str, Client]":
    from django.test import Client

    from accord.officers.models import Officer
    from bench.workload import officers

    clients = {}
    for role, officer in officers().items():
        client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")
        client.force_login(Officer.objects.get(pk=officer.pk), backend="accord.node.desk.sign_in.PostedOfficers")
        clients[role] = client
    return clients


def _deep_page(client: "Client") -> str:
    """Follows the list of closed cases by its own links from a place near its end."""
    from accord.exchange.models import Case

    place = Case.objects.count() * 9 // 10
    case = Case.objects.order_by("-id")[place]
    changed = f"{case.changed_at.isoformat()}~{case.pk}"
    for query in (f"after={case.pk}", f"after={changed}"):
        answer = client.get(f"/desk/cases/?{query}")
        if answer.status_code == 200:
            return query
    msg = "the list of cases goes on in no known way"
    raise RuntimeError(msg)


def cost_of(client: "Client", address: str, *, before: Callable[[], object] | None = None) -> dict[str, float]:
    """Returns what a page costs: CPU of the process at the median, statements, bytes as they go over the line.

    Args:
        client: A signed-in client.
        address: The page.
        before: What is done before each request, and not counted.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer: Any = None  # Any: Django's test response
    for _round in range(WARMING):
        answer = client.get(address)
        if answer.status_code != 200:
            msg = f"{address} answered {answer.status_code}"
            raise RuntimeError(msg)
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    statements = len(caught)
    costs = []
    for _round in range(REPEATS):
        if before is not None:
            before()
        began = time.process_time()
        answer = client.get(address)
        costs.append(time.process_time() - began)
    return {
        "cpu_ms": statistics.median(costs) * 1000,
        "statements": statements,
        "sent_bytes": _length(answer),
    }


def _length(answer: Any) -> int:  # Any: Django's test response
    return len(b"".join(answer.streaming_content)) if answer.streaming else len(answer.content)


def _first_visit(client: "Client", address: str) -> int:
    """Returns the bytes of a page and all that it loads, without fonts, as they go over the line."""
    page: Any = client.get(address)  # Any: Django's test response
    text = client.get(address, headers={"accept-encoding": "identity"}).content.decode()
    loaded: list[Any] = [client.get(link) for link in dict.fromkeys(LINKS.findall(text))]
    return _length(page) + sum(map(_length, loaded))


def _visits_of_a_draft(client: "Client") -> dict[str, int]:
    """Returns the bytes of a first visit to a draft in two scripts; the draft is rolled back."""
    from django.conf import settings
    from django.db import transaction

    from accord.exchange.services import begin_case
    from accord.parties.models import Party
    from bench.workload import officers

    found = {}
    with transaction.atomic():
        peer = Party.objects.filter(is_self=False).order_by("code")[0].code
        draft = begin_case(officers()["liaison"], peer=peer, theme="precursors", title="A drum", fields={})
        for language in ("en", "hi"):
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            found[f"draft_{language}"] = _first_visit(client, f"/desk/drafts/{draft.pk}/")
        del client.cookies[settings.LANGUAGE_COOKIE_NAME]
        transaction.set_rollback(True)
    return found


def main() -> None:
    """Measures every page and prints the costs by name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="one page")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    clients = _signed_in()
    deep = _deep_page(clients["duty"])
    gc.collect()
    gc.freeze()
    costs: dict[str, dict[str, float]] = {}
    for name, (role, address) in PAGES.items():
        if asked.only in (None, name):
            costs[name] = cost_of(clients[role], address.format(deep=deep))
    visits = {name: _first_visit(clients[PAGES[name][0]], PAGES[name][1]) for name in ("desk", "case")}
    visits |= _visits_of_a_draft(clients["liaison"])
    sys.stdout.write(f"{json.dumps({'pages': costs, 'visits': visits, 'load': os.getloadavg()[0]})}\n")


if __name__ == "__main__":
    main()
