import hashlib

import pytest
from jsonschema import Draft202012Validator
from msgspec import ValidationError, json, structs

from accord.law.facts import Facts, facts_bytes, facts_digest
from accord.law.schemas import facts_schema
from accord.law.specimens import SPECIMEN_DAY, acknowledgement, specimen, specimen_facts

SPECIMENS = [
    specimen(name, party=party, peer=peer)
    for party, peer in (("CA", "IN"), ("IN", "CA"), ("XX", "CA"))
    for name in ("request", "answer", "use-request", "use-answer", "acknowledge")
]
VALIDATOR = Draft202012Validator(facts_schema())


@pytest.mark.parametrize("facts", SPECIMENS, ids=lambda f: f"{f.party} {f.action} {f.kind}")
def test_facts_survive_the_round_trip_and_follow_their_schema(facts: Facts) -> None:
    raw = facts_bytes(facts)
    assert json.decode(raw, type=Facts) == facts
    VALIDATOR.validate(json.decode(raw))


def test_the_digest_is_that_of_the_canonical_bytes_and_keys_are_in_order() -> None:
    raw = facts_bytes(SPECIMENS[0])
    assert facts_digest(SPECIMENS[0]) == hashlib.sha256(raw).digest()
    names = list(json.decode(raw))
    assert names == sorted(names)


def test_the_digest_is_the_same_from_another_order_of_the_same_facts() -> None:
    stated = json.decode(facts_bytes(SPECIMENS[0]))
    turned = json.encode(dict(reversed(stated.items())))
    assert facts_digest(json.decode(turned, type=Facts)) == facts_digest(SPECIMENS[0])


@pytest.mark.parametrize("name", [field.name for field in structs.fields(Facts)])
def test_every_fact_counts_in_the_digest(name: str) -> None:
    other = json.decode(facts_bytes(SPECIMENS[0]))
    del other[name]
    missing = facts_bytes(SPECIMENS[0]).replace(f'"{name}":'.encode(), f'"{name}_":'.encode(), 1)
    assert hashlib.sha256(missing).digest() != facts_digest(SPECIMENS[0])
    with pytest.raises(ValidationError):
        json.decode(missing, type=Facts)


@pytest.mark.parametrize(
    "changes",
    [
        {"no_such_fact": True},
        {"action": "publish"},
        {"party": None},
        {"date": "2026-13-01"},
        {"risk": {"profile_date": "2026-01-01", "baseline": "huge"}},
        {"caveats": [{"who": "NCB"}]},
        {"categories": ["x"] * 65},
        {"agency": "x" * 201},
        {"retention_days": 1.5},
    ],
    ids=str,
)
def test_what_is_not_a_fact_is_refused_by_type_and_by_schema(changes: dict[str, object]) -> None:
    stated = json.decode(facts_bytes(specimen_facts("CA"))) | changes
    with pytest.raises(ValidationError):
        json.decode(json.encode(stated), type=Facts)
    if "date" not in changes:  # the dialect leaves formats to the reader
        assert not VALIDATOR.is_valid(stated)


def test_every_fact_is_described_in_the_schema() -> None:
    properties = facts_schema()["$defs"]["Facts"]["properties"]
    assert [name for name, schema in properties.items() if not schema.get("description")] == []
    assert set(properties) == {field.name for field in structs.fields(Facts)}


def test_five_facts_are_needed_and_no_others() -> None:
    assert set(facts_schema()["$defs"]["Facts"]["required"]) == {"party", "peer", "action", "date", "kind"}


def test_facts_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        SPECIMENS[0].party = "ZZ"  # type: ignore[misc]


def test_an_acknowledgement_states_no_more_than_it_must() -> None:
    facts = acknowledgement("CA", "IN", kind="keyset")
    assert (facts.action, facts.kind, facts.personal_data, facts.date) == ("acknowledge", "keyset", False, SPECIMEN_DAY)
    assert facts.protection_statuses == ()
