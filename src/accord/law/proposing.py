"""Rows that counsel propose: facts that were tried become a row of a rule's table, in the words that a pack is read in.

A row starts from a lawful specimen, so what is written down is only what differs from it. Days are written as the
tables count them, from the specimens' own day: an act of today becomes the act of that day, and a fact of eight days
ago one of eight days before it. Where the day of the act itself was chosen, every day stays as it is.

A proposed row is run before it is handed out. One that would not say in the table what was seen when the facts were
tried is handed out with what differs, and never silently.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from msgspec import (
    NODEFAULT,
    UNSET,
    DecodeError,
    Meta,
    Struct,
    ValidationError,
    convert,
    json,
    structs,
    to_builtins,
    toml,
)

from accord.errors import OfficerCanMend
from accord.law.decision import Outcome
from accord.law.engine import Gate
from accord.law.facts import Day, Facts
from accord.law.rules import Pack, Row, Rule
from accord.law.specimens import SPECIMEN_DAY, SpecimenName, specimen
from accord.law.table import RowResult, TableRow, known_parties, run_row

__all__ = ["ProposalUnreadable", "Proposed", "RowsProposed", "propose_row", "read_proposal", "run_proposal", "toml_of"]

ROWS_MAX: Final = 200
"""Most rows of one proposal: more than a person reads in a sitting."""

_OF_THE_TABLE: Final = frozenset({"party", "peer"})
"""Facts that a table fills by itself: its rows run for each party of their pack."""

_DEFAULTS: Final = {
    field.name: field.default if field.default is not NODEFAULT else UNSET for field in structs.fields(Facts)
}


class ProposalUnreadable(OfficerCanMend):
    """A file of proposed rows cannot be read, or names a rule that no pack holds."""

    code = "law.proposal-unreadable"
    default_next_step = (
        "Take the file as the page *Try facts* or `accord law propose` made it, and change one row only."
    )


class RowsProposed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of proposed rows: the rule whose table they are for, and the rows as they would stand there."""

    rule: Annotated[str, Meta(pattern=r"^[A-Z]{2}-[0-9]{2}$")]
    rows: Annotated[tuple[Row, ...], Meta(min_length=1, max_length=ROWS_MAX)]


class Proposed(Struct, frozen=True, kw_only=True):
    """A proposed row.

    Args:
        rule: Identifier of the rule.
        row: The row.
        text: The file that holds it, as TOML.
        problem: What it says otherwise in the table than when it was tried; ``None`` where it says the same.
    """

    rule: str
    row: Row
    text: str
    problem: str | None


def propose_row(
    facts: Facts, *, base: SpecimenName, rule: Rule, pack: Pack, name: str, gate: Gate, on: Day = SPECIMEN_DAY
) -> Proposed:
    """Returns a row of a rule's table that says what the gate answers on these facts.

    Args:
        facts: The facts that were tried.
        base: The specimen from which they were made.
        rule: The rule for whose table the row is meant.
        pack: Its pack.
        name: What the row shows, as a clause.
        gate: The gate that was asked.
        on: Day on which the specimen was made that the facts were changed from.
    """
    decision = gate.decide(facts)
    spoken = [reason for reason in decision.reasons if reason.rule == rule.id]
    outcome = max((reason.outcome for reason in spoken), default=Outcome.PERMIT)
    said = {
        "name": name,
        "base": base,
        "party": None if pack.header.parties == (facts.party,) else facts.party,
        "fires": [reason.policy.removeprefix(f"{rule.id}.") for reason in spoken],
        "outcome": outcome.label,
        "gate": decision.outcome.label,
    }
    problem: str | None = None
    for changes, unset in _differences(facts, base=base, on=on):
        row = convert({**said, "facts": changes, "unset": unset}, Row)
        result = run_row(TableRow(rule=rule, row=row, party=facts.party, peer=facts.peer), gate)
        problem = result.problem
        if problem is None:
            break
    return Proposed(rule=rule.id, row=row, text=toml_of(rule.id, [row]), problem=problem)


def _differences(facts: Facts, *, base: SpecimenName, on: Day) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yields what differs from a specimen: first the least that can be written, then all that can."""
    told = _plain(facts)
    begun = _plain(specimen(base, party=facts.party, peer=facts.peer, on=on))
    shift = SPECIMEN_DAY - on if facts.date == on else timedelta()
    yield _between(begun, told, shift)
    yield _between(_plain(specimen(base, party=facts.party, peer=facts.peer)), told, timedelta())


def _plain(facts: Facts) -> dict[str, Any]:  # Any: each fact has its own type
    plain: dict[str, Any] = to_builtins(facts, builtin_types=(Day,))
    return plain


def _between(begun: Mapping[str, Any], told: Mapping[str, Any], shift: timedelta) -> tuple[dict[str, Any], list[str]]:
    changed = {name: value for name, value in told.items() if name not in _OF_THE_TABLE and value != begun[name]}
    if shift:
        changed.pop("date", None)
    unset = [name for name, value in changed.items() if _is_unknown(name, value)]
    return {name: _moved(value, shift) for name, value in changed.items() if name not in unset}, unset


def _is_unknown(name: str, value: object) -> bool:
    default = _DEFAULTS[name]
    return value is None or (default is not UNSET and value == to_builtins(default))


def _moved(value: Any, by: timedelta) -> Any:  # Any: a fact, whatever its type
    if isinstance(value, Day):
        return value + by
    if isinstance(value, dict):
        return {name: _moved(inner, by) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_moved(inner, by) for inner in value]
    return value


def toml_of(rule: str, rows: list[Row]) -> str:
    """Returns a file of proposed rows, written as the packs write theirs.

    Args:
        rule: Identifier of the rule.
        rows: The rows.
    """
    lines = [
        f"# Proposed for the table of {rule}. `accord law test --rows FILE` runs it; a second lawyer reads it.",
        f'rule = "{rule}"',
    ]
    for row in rows:
        lines += ["", "[[rows]]", f"name = {_inline(row.name)}", f"base = {_inline(row.base)}"]
        lines += [f"party = {_inline(row.party)}"] if row.party else []
        lines += [f"facts = {_inline(row.facts)}"] if row.facts else []
        lines += [f"unset = {_inline(row.unset)}"] if row.unset else []
        lines += [f"fires = {_inline(row.fires)}"] if row.fires else []
        lines.append(f"outcome = {_inline(row.outcome)}")
        lines += [f"gate = {_inline(row.gate)}"] if row.gate else []
    return "\n".join(lines) + "\n"


def _inline(value: object) -> str:
    """Writes a value on one line of TOML; a string of JSON is one of TOML as well."""
    if isinstance(value, Day):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_inline(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    # The delete character is the one that JSON lets stand and TOML does not.
    return json.encode(value).decode().replace("\x7f", "\\u007f")


def read_proposal(raw: bytes) -> RowsProposed:
    """Returns the rows of a file of proposed rows.

    Raises:
        ProposalUnreadable: It is not such a file.
    """
    try:
        return toml.decode(raw, type=RowsProposed)
    except (DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise ProposalUnreadable(f"The proposed rows cannot be read: {error}.") from error


def run_proposal(proposed: RowsProposed, packs: tuple[Pack, ...], gates: Mapping[str, Gate]) -> tuple[RowResult, ...]:
    """Runs proposed rows as the table of their rule would.

    Args:
        proposed: The rows.
        packs: All packs.
        gates: The gate of each party.

    Raises:
        ProposalUnreadable: No pack holds the rule.
    """
    found = [(pack, rule) for pack in packs for rule in pack.rules if rule.id == proposed.rule]
    if not found:
        raise ProposalUnreadable(f"There is no rule {proposed.rule}.")
    pack, rule = found[0]
    parties = known_parties(packs)
    return tuple(
        run_row(TableRow(rule=rule, row=row, party=party, peer=parties[(place + 1) % len(parties)]), gates[party])
        for row in proposed.rows
        for place, party in enumerate(parties)
        if pack.binds(party) and row.party in {None, party}
    )
