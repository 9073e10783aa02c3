import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from accord.cli.law import app
from tests.meta.tree import DOCS

runner = CliRunner()
SCHEMA = json.loads((DOCS / "schemas/law-decide.schema.json").read_text("utf-8"))


@pytest.fixture(params=["CA", "IN"])
def facts(request: pytest.FixtureRequest) -> dict[str, object]:
    found: dict[str, object] = json.loads(runner.invoke(app, ["facts", "--specimen", request.param]).stdout)
    return found


def decided(facts: dict[str, object], tmp_path: Path) -> tuple[int, dict[str, object]]:
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    words = ["decide", "--party", str(facts["party"]), "--facts", str(tmp_path / "facts.json"), "--json"]
    done = runner.invoke(app, words)
    answer = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(answer)
    return done.exit_code, answer


def test_a_lawful_specimen_may_go_on(facts: dict[str, object], tmp_path: Path) -> None:
    code, answer = decided(facts, tmp_path)
    assert code == 0
    assert str(answer["outcome"]).startswith("permit")


def test_a_refusal_names_rule_citation_cure_and_who_decides(facts: dict[str, object], tmp_path: Path) -> None:
    code, answer = decided({**facts, "classification": "secret"}, tmp_path)
    assert (code, answer["outcome"]) == (1, "refuse")
    reasons = answer["reasons"]
    assert isinstance(reasons, list)
    assert all(reasons[0][member] for member in ("rule", "citation", "sentence", "cure", "decider"))


def test_the_pack_digest_is_the_same_for_the_same_law(facts: dict[str, object], tmp_path: Path) -> None:
    assert decided(facts, tmp_path)[1]["pack_digest"] == decided({**facts, "classification": "secret"}, tmp_path)[1]["pack_digest"]
