import json

import pytest
from jsonschema import Draft202012Validator

from accord.cli.schemas import published_schemas
from tests.meta.tree import DOCS

PUBLISHED = published_schemas()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_schema_is_the_one_that_the_code_checks_by(name: str) -> None:
    kept = json.loads((DOCS / "schemas" / name).read_text("utf-8"))
    assert kept == json.loads(json.dumps(PUBLISHED[name])), "run make docs-schemas"


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(PUBLISHED[name])


def test_every_kind_that_carries_json_is_published() -> None:
    kinds = {"request", "answer", "delay-notice", "clarification", "spontaneous-information"} | {
        "permission-request",
        "permission-answer",
    }
    assert {f"messages/{kind}-1.schema.json" for kind in kinds} <= set(PUBLISHED)


def test_no_schema_lets_the_protection_status_of_a_person_onto_the_wire() -> None:
    on_the_wire = {name: json.dumps(schema) for name, schema in PUBLISHED.items() if name.startswith("messages/")}
    assert [name for name, text in on_the_wire.items() if "protection_status" in text] == []
