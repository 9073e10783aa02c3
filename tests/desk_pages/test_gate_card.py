"""The gate's card leads from each cure to its fields: whatever rule is added, its policy says which facts it reads."""

from accord.exchange.kinds import STRUCTS
from accord.law.context import Context
from accord.node.desk.draft_form import names_of
from accord.node.desk.field_words import OWN_SIDE
from accord.node.desk.gate_card import _FIELDS_OF_FACT, _facts_read
from accord.release.gate import gate_in_use
from tests.desk import Desk


def fields_of_forms() -> set[str]:
    kinds = {name for kind in STRUCTS for name in names_of(kind)}
    return kinds | {f"own.{name}" for name in OWN_SIDE}


def test_each_fact_is_one_that_policies_read_and_each_field_stands_in_a_form() -> None:
    assert set(_FIELDS_OF_FACT) <= set(Context.__struct_fields__)
    named = {path for paths in _FIELDS_OF_FACT.values() for path in paths}
    assert named <= fields_of_forms()


# What no field of a draft can cure: they speak of the other side's gate, of using what was received, or of what the
# node knows by itself (a posting, a role, a suspended lane, a withdrawn item).
BEYOND_THE_FORM = {
    "BI-01.content",
    "BI-01.no-peer-decision",
    "BI-01.own-peer",
    "BI-01.relies-on-peer",
    "BI-02.caveat",
    "BI-02.court",
    "BI-02.no-effect",
    "BI-02.other-use",
    "BI-02.public",
    "BI-02.spread",
    "BI-02.stated-limit",
    "BI-03.onward",
    "BI-06.post-ended",
    "BI-09.suspended",
    "BI-10.restricted",
    "BI-10.taken-back",
    "BI-12.over",
    "BI-14.own-work",
}


def test_every_policy_that_stops_a_draft_leads_to_a_field(desk: Desk) -> None:
    gate = gate_in_use()
    lacking = {
        f"{rule.id}.{name}"
        for rule in gate.rules
        for name, policy in rule.policies.items()
        if policy.outcome != "condition"
        and {"release", "request"} & set(rule.applies)
        and not any(fact in _FIELDS_OF_FACT for fact in _facts_read(gate.digest, f"{rule.id}.{name}"))
    }
    assert lacking == BEYOND_THE_FORM
