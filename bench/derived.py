"""What it takes to find everything that was made of one item, and to apply a recall to ten thousand derivatives.

A million steps of provenance lie in the database: chains and fans of realistic shape, and one item below which there
are ten thousand things in three steps. Run beside a PostgreSQL server (``tests/postgres/server.py``) it measures that
one, and SQLite else. Everything is invented.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from bench.results import Figure

__all__ = ["DERIVATIVES", "STEPS", "measure_derived"]

STEPS: Final = 1_000_000
DERIVATIVES: Final = 10_000
FAN: Final = 100
"""Things made of one thing on the way down: a hundred copies of a message, each printed a hundred times."""
ROUNDS: Final = 5


FINDING: Final = "< 1,000 ms"
RECALL: Final = "< 30 s"


def measure_derived(*, folder: Path) -> list[Figure]:
    """Returns how long it took to find the derivatives, at worst, and to apply the recall, on one database."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        inside = {**os.environ, "ACCORD_HOME": home, "DJANGO_SETTINGS_MODULE": "accord.node.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "bench.derived"], env=inside, check=True, stdout=subprocess.PIPE, text=True
        )
    found: dict[str, float] = json.loads(done.stdout)
    return [
        Figure(name="derived.find.keys", value=found["keys"], unit="ms", target=FINDING),
        Figure(name="derived.find.steps", value=found["steps"], unit="ms", target=FINDING),
        Figure(name="derived.recall.first_batch", value=found["first_batch"], unit="s"),
        Figure(name="derived.recall.whole", value=found["whole"], unit="s", target=RECALL),
    ]


def main() -> None:
    """Fills the empty database of the home that is set, and prints what was measured as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    root = _fill()
    print(json.dumps({**_find(root), **_recall(root)}))


def _steps(root: UUID, dice: random.Random) -> Iterator[tuple[UUID, UUID]]:
    """Yields source and derived: below the root a fan of fans, beside it chains of ten."""
    made = 0
    for _ in range(FAN):
        near = UUID(int=dice.getrandbits(128))
        yield root, near
        made += 1
        for _ in range(DERIVATIVES // FAN - 1):
            yield near, UUID(int=dice.getrandbits(128))
            made += 1
    while made < STEPS:
        above = UUID(int=dice.getrandbits(128))
        for _ in range(10):
            below = UUID(int=dice.getrandbits(128))
            yield above, below
            above = below
            made += 1


def _fill() -> UUID:
    from itertools import islice

    from django.db import connection, transaction
    from django.utils import timezone

    from accord.courier.statements import moment_param, uuid_param
    from accord.exchange.keys import new_key

    dice, now = random.Random(7), timezone.now()
    root = UUID(int=dice.getrandbits(128))
    steps = _steps(root, dice)
    moment = moment_param(now)
    while some := list(islice(steps, 50_000)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO handling_derivation (id, source_type, source_id, derived_type, derived_id, way, made_at, "
                "detail) VALUES (%s, 'message', %s, 'print', %s, 'print', %s, '{}')",
                [(uuid_param(new_key()), uuid_param(a), uuid_param(b), moment) for a, b in some],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return root


def _find(root: UUID) -> dict[str, float]:
    from accord.handling.derivations import derivatives_of, keys_from

    worst = {}
    for name, find in (("keys", keys_from), ("steps", derivatives_of)):
        took = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            if len(find(root)) != DERIVATIVES:
                sys.exit("not every derivative was found")
            took.append(time.perf_counter() - begun)
        worst[name] = max(took) * 1000
    return worst


def _recall(root: UUID) -> dict[str, float]:
    from datetime import timedelta

    import msgspec
    from django.utils import timezone

    from accord.exchange.models import Case, Message
    from accord.handling.applying import apply_corrections, progress_of
    from accord.handling.models import CorrectedMessage, Correction
    from accord.parties.models import Party
    from accord.parties.profile import load_profile

    now = timezone.now()
    Party.objects.create(code="CA", profile=load_profile("canada").to_json(), is_self=True)
    india = Party.objects.create(code="IN", profile=load_profile("india").to_json())
    case = Case.objects.create(
        own_ref="CA-2026-BENCH-1",
        peer=india,
        is_ours=False,
        theme="cyber",
        title="specimen",
        opened_at=now,
        changed_at=now,
    )
    said = {"direction": "in", "case": case, "state": "received", "received_at": now}
    item = Message.objects.create(id=root, kind="spontaneous-information", content=b"{}", **said)
    party = {"party": "IN", "agency": "NCB"}
    content = {
        "schema_version": 1,
        "message_ref": "IN-1/2",
        "sender": party,
        "recipient": {"party": "CA", "agency": "RCMP"},
        "liaison_contact": "specimen",
        "case_ref_own": "IN-1",
        "theme": "cyber",
        "purpose": "investigate",
        "legal_basis": ["specimen"],
        "handling": "H1",
        "caveats": [
            {
                "who_may_access": ["RCMP"],
                "permitted_uses": ["lead"],
                "procedure_contact": "specimen",
                "expires_on": (now + timedelta(days=9)).date().isoformat(),
            }
        ],
        "classification": {"own": "specimen", "equivalent": "protected"},
        "retention_until": (now + timedelta(days=9)).date().isoformat(),
        "language": "en",
        "corrected": [{"envelope_id": str(UUID(int=1)), "message_ref": "IN-1/1"}],
        "action": "recall",
        "reason": "inaccurate",
        "what_is_wrong": "specimen",
    }
    message = Message.objects.create(kind="correction", content=msgspec.json.encode(content), **said)
    row = Correction.objects.create(message=message, action="recall", is_ours=False, position=1, at=now)
    CorrectedMessage.objects.create(correction=row, message=item)
    begun = time.perf_counter()
    apply_corrections(batches=1)
    first_batch = time.perf_counter() - begun
    apply_corrections()
    whole = time.perf_counter() - begun
    row.refresh_from_db()
    if progress_of(row) != (DERIVATIVES, DERIVATIVES):
        sys.exit(f"the recall was applied to {progress_of(row)}")
    return {"first_batch": first_batch, "whole": whole}


if __name__ == "__main__":
    main()
