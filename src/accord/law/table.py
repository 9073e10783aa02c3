"""Runs the tables of the rules: each row is a lawful specimen, changed, and what must come of it.

A row is judged twice. The rule alone must speak exactly as the row says, and the whole gate must be at least as
severe, since no rule may soften another.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, ValidationError, convert, to_builtins

from accord.law.decision import Decision, Outcome
from accord.law.engine import Gate
from accord.law.facts import Day, Facts
from accord.law.loading import packs_for
from accord.law.rules import EVERY_PARTY, Pack, Row, Rule
from accord.law.specimens import specimen

__all__ = ["RowResult", "TableRow", "facts_of_row", "known_parties", "run_row", "run_rows", "table_rows"]


class TableRow(Struct, frozen=True, kw_only=True):
    """One row of one rule, for one party."""

    rule: Rule
    row: Row
    party: str
    peer: str

    @property
    def name(self) -> str:
        """The row in one line."""
        return f"{self.rule.id} ({self.party}, {self.row.base}): {self.row.name}"


class RowResult(Struct, frozen=True, kw_only=True):
    """What came of a row.

    Args:
        row: The row.
        decision: The whole gate's decision.
        problem: What differs from the row; null where it holds.
    """

    row: TableRow
    decision: Decision
    problem: str | None


def known_parties(packs: tuple[Pack, ...]) -> tuple[str, ...]:
    """Returns the parties that packs name, in order."""
    return tuple(sorted({party for pack in packs for party in pack.header.parties if party != EVERY_PARTY}))


def table_rows(packs: tuple[Pack, ...], *, parties: tuple[str, ...]) -> Iterator[TableRow]:
    """Yields every row of every rule, once for each party it is for.

    Args:
        packs: Packs whose tables are read.
        parties: All parties with a pack; a row's peer is the next of them.
    """
    for pack in packs:
        for rule in pack.rules:
            for row in rule.rows:
                for party in parties:
                    if pack.binds(party) and row.party in {None, party}:
                        peer = parties[(parties.index(party) + 1) % len(parties)]
                        yield TableRow(rule=rule, row=row, party=party, peer=peer)


def _merge(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def facts_of_row(row: TableRow) -> Facts:
    """Returns the facts of a row: its specimen with its changes.

    Raises:
        ValidationError: The row states a fact that does not exist or has the wrong type.
    """
    base = to_builtins(specimen(row.row.base, party=row.party, peer=row.peer), builtin_types=(Day,))
    kept = {name: value for name, value in base.items() if name not in row.row.unset}
    return convert(_merge(kept, row.row.facts), Facts)


def _problem(row: TableRow, decision: Decision) -> str | None:
    prefix = f"{row.rule.id}."
    own = [reason for reason in decision.reasons if reason.rule == row.rule.id]
    fired = {reason.policy.removeprefix(prefix) for reason in own}
    outcome = max((reason.outcome for reason in own), default=Outcome.PERMIT)
    if decision.alarm:
        return f"alarm: {decision.alarm}"
    if fired != set(row.row.fires):
        return f"expected {sorted(row.row.fires)} to speak, heard {sorted(fired)}"
    if outcome.label != row.row.outcome:
        return f"expected {row.row.outcome}, the rule answers {outcome.label}"
    if decision.outcome < outcome:
        return f"the gate answers {decision.outcome.label}, milder than the rule"
    if row.row.gate and decision.outcome.label != row.row.gate:
        return f"expected the gate to answer {row.row.gate}, not {decision.outcome.label}"
    return None


def run_row(row: TableRow, gate: Gate) -> RowResult:
    """Runs one row through a gate."""
    try:
        facts = facts_of_row(row)
    except ValidationError as error:
        facts = specimen(row.row.base, party=row.party, peer=row.peer)
        return RowResult(row=row, decision=gate.decide(facts), problem=f"the row's facts are wrong: {error}")
    decision = gate.decide(facts)
    return RowResult(row=row, decision=decision, problem=_problem(row, decision))


def run_rows(packs: tuple[Pack, ...]) -> tuple[RowResult, ...]:
    """Runs every table of the packs, each row through the gate of its party."""
    parties = known_parties(packs)
    gates = {party: Gate(packs_for(party)) for party in parties}
    return tuple(run_row(row, gates[row.party]) for row in table_rows(packs, parties=parties))
