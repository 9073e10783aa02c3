"""What a thousand indicators over a log of a million entries cost, from the beginning and when something is new.

The promise is 60 seconds from the beginning and 2 seconds when something is new. Both counts end with the figures of
the thousand indicators, made together so that none gives another away; the first of all quarters of the log, the second
of the running one. What is new is a busy day's work: a thousand entries, and answers to a hundred cases of long ago. At
last everything is counted from the beginning once more, and must be what the looks bit by bit have left.

Run beside a PostgreSQL server (``tests/postgres/server.py``) it measures that one, and SQLite else. Processor time is
this process's and, on PostgreSQL, that of its server process; the machine's load stands beside it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.results import Figure, Peer

if TYPE_CHECKING:
    from accord.workplan.indicators.wanted import Wanted

__all__ = ["ENTRIES", "ENTRIES_REDUCED", "INDICATORS", "measure_indicators"]

ENTRIES: Final = 1_000_000
"""What the promise is made over."""
ENTRIES_REDUCED: Final = 100_000
"""The default, so that a newcomer waits less than a minute."""
INDICATORS: Final = 1_000
NEW_ENTRIES: Final = 1_000
LATE_ANSWERS: Final = 100

WHOLE_SECONDS: Final = 60.0
NEW_SECONDS: Final = 2.0


def measure_indicators(*, folder: Path, entries: int) -> list[Figure]:
    """Returns what counting and the figures cost, in seconds, on one database.

    Args:
        folder: Where the home is made, in a folder of its own that is taken away after.
        entries: Entries of the log.
    """
    with tempfile.TemporaryDirectory(dir=folder) as home:
        inside = {**os.environ, "ACCORD_HOME": home, "DJANGO_SETTINGS_MODULE": "accord.node.settings"}
        words = [sys.executable, "-m", "bench.indicators", "--entries", str(entries)]
        done = subprocess.run(words, env=inside, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    limits = {"whole": WHOLE_SECONDS, "new": NEW_SECONDS}
    # A reduced log is no place for the promise of the whole one.
    promised = limits if entries >= ENTRIES else {"new": NEW_SECONDS}
    return [_figure(name, value, promised) for name, value in found.items()]


def _figure(name: str, value: float, promised: dict[str, float]) -> Figure:
    what, _, kind = name.partition(".")
    limit = promised.get(what) if kind in {"cpu", "seconds"} else None
    return Figure(
        name=f"indicators.{name}",
        value=value,
        unit={"cpu": "s", "seconds": "s", "load": "processes"}.get(kind, "entries"),
        peer=None if limit is None else Peer(name="promise", value=limit, source="issue 5"),
        target="" if limit is None else f"under {limit:g} s",
    )


def main() -> None:
    """Fills the empty database of the home that is set, and prints what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES_REDUCED)
    asked = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from accord.parties.models import Party
    from accord.parties.profile import load_profile
    from bench.counted_log import CountedLog

    call_command("migrate", verbosity=0)
    Party.objects.create(code="CA", profile=load_profile("canada").to_json(), is_self=True)
    Party.objects.create(code="IN", profile=load_profile("india").to_json())
    log, now = CountedLog(now=datetime.now(UTC)), datetime.now(UTC)
    found: dict[str, float] = {"log.entries": log.fill(asked.entries) + log.call()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found |= _measured(log, now)
    print(json.dumps(found))


def _measured(log: Any, now: datetime) -> dict[str, float]:  # Any: the log is made after Django is
    from accord.vocabulary.periods import last_quarters
    from accord.workplan.indicators.counting import count_new
    from accord.workplan.indicators.figures import figures_of

    wanted, quarters = _wanted(), last_quarters(now.date(), 8)
    whole = _cost(count_new)
    figures = _cost(lambda: figures_of("IN", wanted, quarters))
    # The node goes on while the log was counted: what is new begins when the cursor's overlap is behind.
    _age()
    _cost(count_new)
    added = log.fill(NEW_ENTRIES, since=now - timedelta(hours=10))
    late = _answer_late()
    counted = _cost(count_new)
    told = _cost(lambda: figures_of("IN", wanted, quarters[-1:]))
    again = _cost(count_new)
    _must_equal_from_scratch()
    return {
        "whole.cpu": whole[0] + figures[0],
        "whole.seconds": whole[1] + figures[1],
        "whole_count.cpu": whole[0],
        "whole_figures.cpu": figures[0],
        "new.cpu": counted[0] + told[0],
        "new.seconds": counted[1] + told[1],
        "new_count.cpu": counted[0],
        "new_figures.cpu": told[0],
        "new.entries": added + late,
        "nothing_new.cpu": again[0],
        "machine.load": os.getloadavg()[0],
    }


def _cost(act: Callable[[], object]) -> tuple[float, float]:
    """Returns the processor time, the database's included, and the time by the clock, in seconds."""
    spent, began = _processor(), time.perf_counter()
    act()
    return _processor() - spent, time.perf_counter() - began


def _processor() -> float:
    import psutil
    from django.db import connection

    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    connection.ensure_connection()
    times = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    return own + times.user + times.system


def _wanted() -> "Sequence[Wanted]":
    """A thousand indicators of a plan: each definition for each theme and urgency that it knows, over again."""
    from tests.workplan.indicators.counted import indicator, plan_with

    from accord.vocabulary.subjects import Theme
    from accord.vocabulary.urgency import Urgency
    from accord.workplan.indicators.definitions import definitions
    from accord.workplan.indicators.wanted import wanted_of

    asked = [
        (one, theme, urgency)
        for one in definitions()
        for theme, urgency in product((None, *Theme), (None, *Urgency))
        if (theme is None or one.has_theme) and (urgency is None or one.has_urgency)
    ]
    rows = [
        indicator(f"I{number}", one.code, unit=one.unit, aim=one.aim, theme=theme, urgency=urgency)
        for number, (one, theme, urgency) in enumerate(islice(cycle(asked), INDICATORS), 1)
    ]
    return wanted_of(plan_with(*rows))


def _age() -> None:
    from django.db.models import F

    from accord.exchange.models import Case

    Case.objects.update(changed_at=F("changed_at") - timedelta(hours=1))


def _answer_late() -> int:
    """Ends the clocks of a hundred requests that are open since long ago, as an answer does."""
    from django.utils import timezone

    from accord.exchange.models import Case, Clock

    now = timezone.now()
    keys = list(Clock.objects.filter(state="running").order_by("started_at").values_list("pk", flat=True))
    keys = keys[:: max(1, len(keys) // LATE_ANSWERS)][:LATE_ANSWERS]
    Case.objects.filter(messages__in=keys).update(changed_at=now)
    return Clock.objects.filter(pk__in=keys).update(state="ended", ended_at=now)


def _must_equal_from_scratch() -> None:
    """Ends the run unless counting from the beginning gives what was counted bit by bit."""
    from accord.workplan.indicators.counting import count_new
    from accord.workplan.models import CountCursor, CountedPeriod

    columns = [field.attname for field in CountedPeriod._meta.concrete_fields if not field.primary_key]  # noqa: SLF001

    def counted() -> list[str]:
        return sorted(map(repr, CountedPeriod.objects.values_list(*columns)))

    # Open requests fall due as time goes by: both counts are of one moment.
    moment = datetime.now(UTC)
    count_new(now=moment)
    before = counted()
    CountCursor.objects.update(version="")
    count_new(now=moment)
    if counted() != before:
        sys.exit("counting from the beginning gives something else than counting bit by bit")


if __name__ == "__main__":
    main()
