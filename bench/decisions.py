"""What a decision of the law gate costs with every pack of a party, its policies parsed: CPU time of this process.

*Anew* is a decision whose every step is taken: all kept answers are forgotten before each. *Fresh* is one on facts that
this process has not seen, in a process that has decided before, as an act of the day is. *Again* is one on facts it has
seen. Beside them stands what it costs to hand Cedar every policy of the act with all that they read, which is
what the gate would do without its guards (``accord.law.guards``).
"""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

import cedarpy
from msgspec import json, structs

from accord.law.context import context_of
from accord.law.engine import Gate
from accord.law.facts import Facts
from accord.law.guards import guarded_policies, policy_set
from accord.law.loading import installed_packs, packs_for
from accord.law.specimens import SpecimenName, specimen
from accord.law.table import known_parties
from bench.results import Figure, Peer

__all__ = ["measure_decisions"]

ROUNDS: Final = 15
TIMES: Final = 300
"""Decisions of a round: some tens of milliseconds, far above what the clock of CPU time resolves."""
ACTS: Final[tuple[SpecimenName, ...]] = ("request", "answer", "use-answer", "acknowledge")
TARGET: Final = "150 µs"
EVERY: Final = "every policy handed to Cedar"


def measure_decisions() -> list[Figure]:
    """Returns the cost of each act's decision, for each party with a pack, in microseconds."""
    parties = known_parties(installed_packs())
    found = []
    for place, party in enumerate(parties):
        gate = Gate(packs_for(party))
        for act in ACTS:
            facts = specimen(act, party=party, peer=parties[(place + 1) % len(parties)])
            anew = _microseconds(lambda gate=gate, facts=facts: _anew(gate, facts))  # type: ignore[misc]
            fresh = _fresh(gate, facts)
            again = _microseconds(lambda gate=gate, facts=facts: gate.decide(facts))  # type: ignore[misc]
            whole = _microseconds(_asked_whole(gate, facts))
            beside = Peer(name=EVERY, value=whole, source="same run")
            name = f"decision.{party}.{act}".lower().replace("-", "_")
            found.append(Figure(name=f"{name}.anew", value=anew, unit="µs", target=TARGET, peer=beside))
            found.append(Figure(name=f"{name}.fresh", value=fresh, unit="µs", target=TARGET))
            found.append(Figure(name=f"{name}.again", value=again, unit="µs"))
    return found


def _anew(gate: Gate, facts: Facts) -> object:
    gate.forget()
    return gate.decide(facts)


def _fresh(gate: Gate, facts: Facts) -> float:
    unseen: Iterator[Facts] = iter(
        [structs.replace(facts, drafter=f"officer-{number}") for number in range(ROUNDS * TIMES + 1)]
    )
    return _microseconds(lambda: gate.decide(next(unseen)))


def _asked_whole(gate: Gate, facts: Facts) -> Callable[[], object]:
    text = "\n".join(pack.texts[rule.id] for pack in gate.packs for rule in pack.rules if facts.action in rule.applies)
    policies = guarded_policies(text)
    whole, entities = policy_set(policies), cedarpy.Entities.from_json_str("[]")
    read = sorted(frozenset[str]().union(*(policy.fields for policy in policies)))

    def ask() -> object:
        reading = context_of(facts)
        request = {
            "principal": {"type": "Party", "id": facts.party},
            "action": {"type": "Action", "id": facts.action},
            "resource": {"type": "Kind", "id": facts.kind},
            "context": json.encode({name: getattr(reading, name) for name in read}).decode(),
        }
        return cedarpy.is_authorized(request, whole, entities)

    return ask


def _microseconds(act: Callable[[], object]) -> float:
    act()
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            act()
        rounds.append((time.process_time() - began) / TIMES)
    return statistics.median(rounds) * 1e6
