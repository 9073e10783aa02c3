"""The gate of this node: our own party's packs, loaded once a process."""

import threading
from typing import Final

from accord.errors import OurFault
from accord.law.decision import Decision
from accord.law.engine import Gate
from accord.law.facts import Facts
from accord.law.loading import require_own_law
from accord.parties.models import Party

__all__ = ["NodeNotSetUp", "decide", "deciders", "gate_in_use", "our_party", "use_gate"]


class NodeNotSetUp(OurFault):
    """The node has no party of its own yet, and so no law to ask."""

    code = "release.node-not-set-up"
    default_next_step = "Run accord init first."


class _InUse:
    """The one gate of this process, and whose it is."""

    def __init__(self) -> None:
        self.gate: Gate | None = None
        self.party: str | None = None
        self.lock = threading.Lock()


_IN_USE: Final = _InUse()


def use_gate(gate: Gate | None) -> None:
    """Makes ``gate`` this process's one; ``None`` forgets it, so that the next need loads the packs anew."""
    with _IN_USE.lock:
        _IN_USE.gate = gate
        _IN_USE.party = None


def _ourselves() -> Party:
    party = Party.objects.filter(is_self=True).first()
    if party is None:
        raise NodeNotSetUp("This node has no party of its own.")
    return party


def our_party() -> str:
    """Returns the code of the party this node serves.

    Raises:
        NodeNotSetUp: The node was never set up.
    """
    with _IN_USE.lock:
        if _IN_USE.party is None:
            _IN_USE.party = _ourselves().code
        return _IN_USE.party


def gate_in_use() -> Gate:
    """Returns the gate of this node, loading the packs at the first need; a starting node asks so that it fails early.

    Raises:
        NodeNotSetUp: The node was never set up.
        PackFault: The profile leaves out a pack that binds us.
    """
    with _IN_USE.lock:
        if _IN_USE.gate is None:
            ourselves = _ourselves()
            _IN_USE.gate = Gate(require_own_law(ourselves.code, ourselves.described.law_packs))
        return _IN_USE.gate


def decide(facts: Facts) -> Decision:
    """Returns the gate's decision on these facts.

    Raises:
        NodeNotSetUp: The node was never set up.
    """
    return gate_in_use().decide(facts)


def deciders() -> frozenset[str]:
    """Returns the offices that the rules of this node name as deciding on a hold, in the rules' own words.

    Raises:
        NodeNotSetUp: The node was never set up.
    """
    rules = gate_in_use().rules
    return frozenset(policy.decider for rule in rules for policy in rule.policies.values() if policy.outcome == "hold")
