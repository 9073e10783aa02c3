"""Whether the time of a refusal tells what is another's from what was never there.

*message* and *case* are the look-ups, *given* the look-up of a case as the desk answers it, at a full step
(``accord.node.even_refusals``). An officer whose scope has none of the cases asks for each of them by its own key and
by one that was drawn just now, in an order drawn by dice, so that what the machine does besides falls on both alike.
The two lists of times are compared as Welch's test compares them: beyond 4.5 the means differ (the bound that TVLA and
dudect use), and an officer who asks often enough could tell. The node is empty but for these cases; everything is
invented.

Source: Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", DATE 2017.
"""

import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.results import Figure, Peer

if TYPE_CHECKING:
    from accord.officers.models import Officer

__all__ = ["measure_refusals"]

CASES: Final = 2_000
PAIRS: Final = 3_000
"""Refusals of each sort of a look-up."""
EVEN_PAIRS: Final = 500
"""Refusals of each sort as they are given: each takes a step of its own."""
CROPPED: Final = 0.95
"""Share of the times that is compared: the longest are those of the machine, not of the refusal."""
BOUND: Final = "|t| below 4.5"


def measure_refusals(*, folder: Path) -> list[Figure]:
    """Returns, for each look-up, the median time of both refusals and the statistic of their difference."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        inside = {**os.environ, "ACCORD_HOME": home, "DJANGO_SETTINGS_MODULE": "accord.node.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "bench.refusals"], env=inside, check=True, stdout=subprocess.PIPE, text=True
        )
    found: dict[str, tuple[float, float, float]] = json.loads(done.stdout)
    figures = []
    for name, (theirs, nothing, statistic) in found.items():
        beside = Peer(name="what was never there", value=nothing, source="same run")
        target = BOUND if name == "given" else ""
        figures.append(Figure(name=f"refusal.{name}", value=theirs, unit="µs", peer=beside))
        figures.append(Figure(name=f"refusal.{name}.t", value=abs(statistic), unit="|t|", target=target))
    return figures


def welch(one: list[float], other: list[float]) -> float:
    """Returns Welch's statistic of two lists of times."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.fmean(one) - statistics.fmean(other)) / math.sqrt(spread) if spread else 0.0


def _timed(ask: Callable[[Any], object], key: object) -> float:  # Any: keys of several types
    from accord.exchange.errors import NotFound

    begun = time.perf_counter()
    try:
        ask(key)
    except NotFound:
        return (time.perf_counter() - begun) * 1_000_000
    message = "an officer without need to know was let in"
    raise AssertionError(message)


def _compared(
    ask: Callable[[Any], object], real: list[Any], made_up: Callable[[], object], pairs: int = PAIRS
) -> tuple[float, float, float]:
    dice = random.Random(11)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs + pairs // 10):
        both = [(0, dice.choice(real)), (1, made_up())]
        dice.shuffle(both)
        for sort, key in both:
            took = _timed(ask, key)
            if number >= pairs // 10:
                times[sort].append(took)
    limit = sorted([*times[0], *times[1]])[int(2 * pairs * CROPPED)]
    theirs, nothing = ([one for one in some if one <= limit] for some in times)
    return statistics.median(theirs), statistics.median(nothing), welch(theirs, nothing)


def _stranger() -> "Officer":
    from accord.officers.models import Officer

    return Officer.objects.create(
        username="stranger", roles=["liaison"], agency="RCMP", scope_themes=["fraud"], scope_agencies=["CBSA"]
    )


def _fill() -> tuple[list[Any], list[str]]:
    from django.utils import timezone

    from accord.exchange.models import Case, Message
    from accord.exchange.references import case_reference
    from accord.parties.models import Party
    from accord.parties.profile import load_profile

    now = timezone.now()
    Party.objects.create(code="CA", profile=load_profile("canada").to_json(), is_self=True)
    Party.objects.create(code="IN", profile=load_profile("india").to_json())
    cases = Case.objects.bulk_create(
        Case(
            own_ref=case_reference("CA", at=now),
            peer_id="IN",
            is_ours=True,
            theme="cyber",
            agency="RCMP",
            title="SPECIMEN",
            is_team_only=True,
            opened_at=now,
            changed_at=now,
        )
        for _ in range(CASES)
    )
    messages = Message.objects.bulk_create(
        Message(case=case, direction="out", kind="request", state="filed", content=b"{}", created_at=now, saved_at=now)
        for case in cases
    )
    return [message.pk for message in messages], [case.own_ref for case in cases]


def main() -> None:
    """Fills an empty database and prints what was measured, as JSON."""
    import django

    django.setup()
    from uuid import UUID

    from django.core.management import call_command
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory
    from django.utils import timezone

    from accord.exchange.errors import NotFound
    from accord.exchange.keys import new_key
    from accord.exchange.reading import read_case, read_message
    from accord.exchange.references import case_reference
    from accord.node.even_refusals import EvenRefusals

    call_command("migrate", verbosity=0)
    keys, references = _fill()
    officer, now, dice = _stranger(), timezone.now(), random.Random(5)

    def drawn() -> UUID:
        # Near the keys that are there, as a guesser would draw it, so that the index is walked alike.
        return UUID(int=dice.choice(keys).int ^ (new_key().int & (2**60 - 1)))

    def given(named: str) -> object:
        def answered(_request: HttpRequest) -> HttpResponse:
            try:
                read_case(officer, named)
            except NotFound:
                return HttpResponse(status=404)
            return HttpResponse()

        if EvenRefusals(answered)(RequestFactory().get("/desk/cases/")).status_code == 404:
            raise NotFound("It is given.")
        return None

    found = {
        "given": _compared(given, references, lambda: case_reference("CA", at=now), EVEN_PAIRS),
        "message": _compared(lambda key: read_message(officer, key), keys, drawn),
        "case": _compared(
            lambda reference: read_case(officer, reference), references, lambda: case_reference("CA", at=now)
        ),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
