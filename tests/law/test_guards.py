"""The guards leave out no policy that Cedar would find to speak, whatever the reading."""

import re
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json, structs

from accord.law import engine
from accord.law.context import Context, context_of
from accord.law.engine import Gate
from accord.law.facts import Facts
from accord.law.guards import Guards, guarded_policies, policy_set
from accord.law.loading import installed_packs, packs_for
from accord.law.specimens import specimen
from accord.law.table import facts_of_row, known_parties, table_rows

PACKS = installed_packs()
TEXT = "\n".join(text for pack in PACKS for text in pack.texts.values())
WORDS = sorted({*re.findall(r'"([^"]*)"', TEXT), "something else", ""})
NUMBERS = sorted({-1, 0, *(n + d for n in map(int, re.findall(r"[<>=] (\d+)", TEXT)) for d in (-1, 0, 1))})
GUARDED = guarded_policies(TEXT)
EVERY = policy_set(GUARDED)
ACTIONS = ("release", "request", "use", "acknowledge")
OF_ACTION = {action: Guards([one for one in GUARDED if action in one.actions]) for action in ACTIONS}

_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.sampled_from(NUMBERS),
    str: st.sampled_from(WORDS),
}
_FIELDS = {
    field.name: _BY_TYPE.get(field.type, st.lists(st.sampled_from(WORDS), max_size=3).map(tuple))
    for field in structs.fields(Context)
}
readings = st.builds(Context, **_FIELDS)


def asked(reading: Context, action: str, policies: cedarpy.PolicySet) -> set[str]:
    """What Cedar finds to speak among the policies."""
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "Party", "id": "XX"},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Kind", "id": reading.kind},
            "context": json.encode(reading).decode(),
        },
        policies,
        cedarpy.Entities.from_json_str("[]"),
    )
    assert result.diagnostics.errors == []
    names = result.diagnostics.id_annotations_by_reason
    return {names[key] for key in result.diagnostics.reasons}


def left(reading: Context, action: str) -> set[str]:
    guards = OF_ACTION[action]
    return {policy.name for policy in guards.policies_in(guards.left(reading))}


@given(readings, st.sampled_from(ACTIONS))
@settings(max_examples=60, deadline=None)
def test_what_cedar_finds_to_speak_is_never_left_out(reading: Context, action: str) -> None:
    assert asked(reading, action, EVERY) <= left(reading, action)


@given(readings, st.sampled_from(ACTIONS))
@settings(max_examples=60, deadline=None)
def test_every_term_of_todays_policies_is_understood(reading: Context, action: str) -> None:
    assert left(reading, action) == asked(reading, action, EVERY)


def test_each_row_of_the_tables_is_judged_alike_with_and_without_guards() -> None:
    rows = list(table_rows(PACKS, parties=known_parties(PACKS)))
    for row in rows:
        facts = facts_of_row(row)
        reading = context_of(facts)
        assert asked(reading, facts.action, EVERY) <= left(reading, facts.action), row.name
    assert len(rows) > 600


def test_a_member_of_an_enumeration_is_found_among_codes() -> None:
    (policy,) = guarded_policies(
        '@id("X.p") forbid (principal, action == Action::"release", resource) '
        'when { ["investigate", "prosecute"].contains(context.purpose) };'
    )
    reading = context_of(specimen("answer", party="CA", peer="IN"))
    assert Guards([policy]).left(reading) == 1


@pytest.mark.parametrize(
    "condition",
    [
        'context.kind like "ans*"',
        "context has day",
        'if context.is_own_peer then true else context.kind == "answer"',
        "principal == principal",
    ],
)
def test_what_is_not_understood_is_asked(condition: str) -> None:
    text = f'@id("X.p") forbid (principal, action == Action::"release", resource) when {{ {condition} }};'
    policies = guarded_policies(text)
    reading = context_of(specimen("answer", party="CA", peer="IN"))
    assert Guards(policies).left(reading) == 1
    assert asked(reading, "release", policy_set(policies)) == {"X.p"}


def test_a_lawful_act_asks_cedar_about_few_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    compose = engine.policy_set

    def composed(policies: Any) -> cedarpy.PolicySet:
        found = tuple(policies)
        sizes.append(len(found))
        return compose(found)

    monkeypatch.setattr(engine, "policy_set", composed)
    gate = Gate(packs_for("CA"))
    facts: Facts = specimen("answer", party="CA", peer="IN")
    gate.decide(facts)
    gate.decide(structs.replace(facts, persons=1))
    assert sizes == [1]
