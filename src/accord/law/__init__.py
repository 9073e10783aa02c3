"""The law gate: facts in, decision out, with citations and with what would cure a refusal.

Each party's own law is a pack of rules (``packs/``): Cedar policies that can only restrict, and beside each the
words an officer reads. :func:`gate_for` gives a party's gate; :meth:`Gate.decide` answers one set of
:class:`Facts` with one :class:`Decision`. The package is pure: it reads its own packs when a gate is made, and
nothing else, ever; the day of the act is a fact like any other.

Nothing here is legal advice. Every rule needs a lawyer of its party before real use.
"""

from accord.law.decision import Decision, Outcome, Reason
from accord.law.engine import Gate, gate_for
from accord.law.facts import Facts
from accord.law.loading import load_packs, packs_for

__all__ = ["Decision", "Facts", "Gate", "Outcome", "Reason", "gate_for", "load_packs", "packs_for"]
