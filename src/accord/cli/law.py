"""``accord law``: ask the gate, read its rules, run their tables; needs no node and no database."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import DecodeError, ValidationError, json, to_builtins
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from accord.cli.exits import ExitCode
from accord.cli.output import ended, print_json, say
from accord.errors import OfficerCanMend
from accord.law.decision import Decision, Reason
from accord.law.engine import gate_for
from accord.law.facts import Facts, facts_bytes
from accord.law.loading import installed_packs, packs_for
from accord.law.proposing import propose_row, read_proposal, run_proposal
from accord.law.rules import OUTCOMES_IN_FILES, Policy, Row, Rule
from accord.law.schemas import facts_schema
from accord.law.specimens import specimen_facts
from accord.law.table import RowResult, known_parties, run_rows

__all__ = ["app"]

MAX_FACTS_BYTES: Final = 1024 * 1024
"""Largest facts file read, bytes: the facts of one act take a few kilobytes."""

BASES: Final = {
    "request": "request",
    "answer": "answer",
    "use-request": "use of a received request",
    "use-answer": "use of a received answer",
    "acknowledge": "acknowledgement",
}
OUTCOMES_IN_WORDS: Final = {
    "permit": "the rule is silent",
    "permit-with": "goes on, with a condition",
    "hold": "held until somebody decides",
    "route": "sent to another channel",
    "refuse": "refused",
}

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Ask the law gate, explain a rule, run the tables.")

Party = Annotated[str, typer.Option("--party", help="Party whose law decides, such as CA.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for a script.")]


class FactsUnreadable(OfficerCanMend):
    """The facts file cannot be read, or does not follow the schema."""

    code = "law.facts-unreadable"
    default_next_step = "Compare the file with the output of `accord law facts --schema`."


class RuleUnknown(OfficerCanMend):
    """No installed pack holds a rule of that identifier."""

    code = "law.rule-unknown"
    default_next_step = "`accord law explain` without a rule lists them all."


@app.command()
def decide(
    party: Party,
    facts: Annotated[Path, typer.Option("--facts", help="JSON file with the facts; - reads standard input.")],
    as_json: AsJson = False,
) -> None:
    """Decide one set of facts. Exits 0 if the act may go on, 1 if it is held, routed or refused."""
    stated = _read_facts(facts)
    if stated.party != party:
        raise FactsUnreadable(f"The facts are of {stated.party}, the law asked for is of {party}.")
    decision = gate_for(party).decide(stated)
    if as_json:
        print_json(decision.to_json())
    else:
        _print_decision(decision)
    ended(ExitCode.DONE if decision.lets_pass else ExitCode.NOT_VERIFIED)


@app.command()
def facts(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of facts.")] = False,
    specimen: Annotated[str | None, typer.Option("--specimen", help="Print a party's lawful specimen.")] = None,
) -> None:
    """Print the schema of facts, or a specimen to start from."""
    if schema == (specimen is not None):
        raise FactsUnreadable("Name one of --schema and --specimen.", next_step="Run `accord law facts --schema`.")
    if specimen is None:
        print_json(facts_schema())
    else:
        print_json(json.decode(facts_bytes(specimen_facts(specimen))))


@app.command()
def explain(
    rule: Annotated[str | None, typer.Argument(help="Rule, such as CA-05; all are listed without one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Explain a rule: what it says, where it comes from, and what cures it."""
    rules = {found.id: found for pack in installed_packs() for found in pack.rules}
    if rule is None:
        _list_rules(rules, as_json=as_json)
        return
    name, _, policy = rule.upper().partition(".")
    found = rules.get(name)
    if found is None or (policy and policy.lower() not in found.policies):
        raise RuleUnknown(f"There is no rule {rule}.")
    if as_json:
        print_json(_rule_as_json(found))
    else:
        _print_rule(found)


@app.command("test")
def run_tables(
    rule: Annotated[str | None, typer.Argument(help="Only the rows of this rule.")] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", help="Run the proposed rows of this file instead; - reads standard input.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the rules' tables of facts and expected answers. Exits 0 only if every row holds."""
    results = [
        one
        for one in (run_rows(installed_packs()) if rows is None else _proposed_rows(rows))
        if rule is None or one.row.rule.id == rule.upper()
    ]
    if not results:
        raise RuleUnknown(f"There is no rule {rule}.")
    wrong = [one for one in results if one.problem]
    if as_json:
        print_json({"ok": not wrong, "rows": [_row_as_json(one) for one in results]})
    else:
        for one in wrong:
            say(f"{one.row.name}: {one.problem}")
        rules = len({one.row.rule.id for one in results})
        say(f"{len(results)} rows of {rules} rules: {len(results) - len(wrong)} hold, {len(wrong)} do not.")
    ended(ExitCode.NOT_VERIFIED if wrong else ExitCode.DONE)


@app.command()
def propose(
    rule: Annotated[str, typer.Argument(help="Rule for whose table the row is meant, such as CA-10.")],
    party: Party,
    facts: Annotated[Path, typer.Option("--facts", help="JSON file with the facts; - reads standard input.")],
    base: Annotated[str, typer.Option("--base", help=f"Specimen the facts were made from: {', '.join(BASES)}.")],
    name: Annotated[str, typer.Option("--name", help="What the row shows, as a clause.")],
) -> None:
    """Write a row for a rule's table from facts: what differs from the specimen, and what the gate answers.

    Exits 0 only if the row says in the table what the facts said.
    """
    stated = _read_facts(facts)
    if stated.party != party or base not in BASES:
        raise FactsUnreadable(f"The facts are of {stated.party}, or there is no specimen {base}.")
    found = [(pack, one) for pack in packs_for(party) for one in pack.rules if one.id == rule.upper()]
    if not found:
        raise RuleUnknown(f"There is no rule {rule} in the law of {party}.")
    proposed = propose_row(
        stated,
        base=base,  # type: ignore[arg-type] # one of BASES
        rule=found[0][1],
        pack=found[0][0],
        name=name,
        gate=gate_for(party),
    )
    say(proposed.text.rstrip("\n"))
    if proposed.problem:
        say(f"# In the table it says something else: {proposed.problem}")
    ended(ExitCode.NOT_VERIFIED if proposed.problem else ExitCode.DONE)


def _proposed_rows(file: Path) -> tuple[RowResult, ...]:
    packs = installed_packs()
    gates = {party: gate_for(party) for party in known_parties(packs)}
    return run_proposal(read_proposal(_content(file)), packs, gates)


def _content(file: Path) -> bytes:
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(MAX_FACTS_BYTES + 1)
        else:
            with file.open("rb") as source:
                content = source.read(MAX_FACTS_BYTES + 1)
    except OSError as error:
        raise FactsUnreadable(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_FACTS_BYTES:
        raise FactsUnreadable(f"{file} is larger than {MAX_FACTS_BYTES} bytes.")
    return content


def _read_facts(file: Path) -> Facts:
    content = _content(file)
    try:
        return json.decode(content, type=Facts)
    except (ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise FactsUnreadable(f"{file} does not follow the schema: {error}.") from error


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def _print_decision(decision: Decision) -> None:
    console = _console()
    console.print(Text(f"Outcome: {decision.outcome.label}", style="bold"))
    if decision.approver:
        console.print(Text(f"Held for: {decision.approver}"))
    if decision.channel:
        console.print(Text(f"Other channel: {decision.channel}"))
    for reason in decision.reasons:
        console.print(_card(reason))
    for condition in decision.conditions:
        console.print(Text(f"Condition: {condition}"))
    if decision.alarm:
        console.print(Text(f"Alarm: {decision.alarm}", style="bold red"))
    console.print(Text(f"Packs: {decision.pack_digest.hex()}", style="dim"))


def _card(reason: Reason) -> Panel:
    lines = [
        f"What it says:    {reason.sentence}",
        f"What would cure: {reason.cure}",
        f"Who decides:     {reason.decider}",
        f"Law:             {reason.citation}",
    ]
    if not reason.is_verified:
        lines.append("Source:          not re-read in its primary text; the rule stays on because it protects")
    if reason.is_shielded:
        lines.append("Shielded:        tell the other side nothing but 'cannot confirm or deny'")
    return Panel(Text("\n".join(lines)), title=Text(f"{reason.policy}: {reason.outcome.label}"), title_align="left")


def _list_rules(rules: dict[str, Rule], *, as_json: bool) -> None:
    if as_json:
        print_json([{"id": rule.id, "title": rule.title, "verified": rule.verified} for rule in rules.values()])
        return
    table = Table("Rule", "Title", "Runs at", "Source", box=None)
    for rule in rules.values():
        table.add_row(rule.id, rule.title, ", ".join(rule.applies), "read" if rule.verified else "not verified")
    _console().print(table)


def _outcome(policy: Policy) -> str:
    """Returns the outcome by the name that programs and people see; a rule file calls it a condition."""
    return OUTCOMES_IN_FILES[policy.outcome].label


def _policy_as_json(rule: Rule, name: str, policy: Policy) -> dict[str, object]:
    return {
        "policy": f"{rule.id}.{name}",
        "outcome": _outcome(policy),
        "sentence": policy.sentence,
        "cure": policy.cure,
        "decider": policy.decider,
        "is_shielded": policy.shielded,
        "yields_to_emergency": policy.yields_to_emergency,
    }


def _rule_as_json(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "version": rule.version,
        "title": rule.title,
        "in_force_from": rule.in_force_from.isoformat(),
        "in_force_to": rule.in_force_to.isoformat() if rule.in_force_to else None,
        "citations": list(rule.citations),
        "sources": [source.reference for source in rule.sources],
        "verified": rule.verified,
        "note": rule.note,
        "applies": list(rule.applies),
        "parameters": rule.parameters,
        "policies": [_policy_as_json(rule, name, policy) for name, policy in rule.policies.items()],
        "rows": len(rule.rows),
        "examples": [
            {
                "name": row.name,
                "base": row.base,
                "party": row.party,
                "facts": to_builtins(row.facts, enc_hook=str),
                "unknown": list(row.unset),
                "fires": list(row.fires),
                "outcome": row.outcome,
            }
            for row in rule.rows
        ],
    }


def _print_rule(rule: Rule) -> None:
    console = _console()
    console.print(Text(f"{rule.id} {rule.title} (version {rule.version})", style="bold"))
    console.print(Text(f"Runs at {', '.join(rule.applies)}; in force {_in_force(rule)}."))
    for citation in rule.citations:
        console.print(Text(f"  {citation}"))
    console.print(Text(f"Source {'read in its primary text' if rule.verified else 'NOT VERIFIED'}: {rule.note}"))
    for name, value in rule.parameters.items():
        console.print(Text(f"Parameter {name} = {value}"))
    for name, policy in rule.policies.items():
        lines = f"{policy.sentence}\nCure: {policy.cure}\nDecides: {policy.decider}"
        if policy.yields_to_emergency:
            lines += "\nYields to a lawful emergency (BI-13) and is made good within a day."
        console.print(Panel(Text(lines), title=Text(f"{rule.id}.{name}: {_outcome(policy)}"), title_align="left"))
    console.print(Text(f"\nExamples: the {len(rule.rows)} rows of its table, which `accord law test {rule.id}` runs."))
    for row in rule.rows:
        console.print(Text(f"  {row.name}", style="bold"))
        console.print(Padding(Text(_example(row)), (0, 0, 0, 4)))


def _example(row: Row) -> str:
    """Returns one row in words: from which lawful act it starts, what differs, and what the rule answers."""
    whose = f"{row.party}'s " if row.party else ""
    differs = [f"{name.replace('_', ' ')}: {_value(value)}" for name, value in row.facts.items()]
    differs += [f"{name.replace('_', ' ')} unknown" for name in row.unset]
    spoken = f" by {', '.join(row.fires)}" if row.fires else ""
    start = f"{whose or 'A '}lawful {BASES[row.base]}, {'; '.join(differs) or 'unchanged'}"
    return f"{start} → {OUTCOMES_IN_WORDS[row.outcome]}{spoken} ({row.outcome})"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name.replace('_', ' ')}: {_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value)) or "none"
    return str(value)


def _in_force(rule: Rule) -> str:
    end = f" to {rule.in_force_to}" if rule.in_force_to else ""
    return f"from {rule.in_force_from}{end}"


def _row_as_json(result: RowResult) -> dict[str, object]:
    return {
        "rule": result.row.rule.id,
        "party": result.row.party,
        "row": result.row.row.name,
        "ok": result.problem is None,
        "outcome": result.decision.outcome.label,
        "problem": result.problem,
    }
