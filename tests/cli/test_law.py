import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from accord.cli.law import app
from accord.law.decision import OUTCOME_NAMES
from accord.law.facts import facts_bytes
from accord.law.schemas import decision_schema, facts_schema
from accord.law.specimens import specimen_facts

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
SHAPE = json.loads((SCHEMAS / "law-decide.schema.json").read_text("utf-8"))


def run(*words: str, given: str | None = None) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, list(words), input=given)
    return result.exit_code, result.stdout, result.exception


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    file = tmp_path / "facts.json"
    file.write_bytes(facts_bytes(specimen_facts("CA")))
    return file


def change(file: Path, **changes: object) -> Path:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")
    return file


def test_a_lawful_act_is_let_through_with_code_0(facts: Path) -> None:
    code, out, _ = run("decide", "--party", "CA", "--facts", str(facts))
    assert code == 0
    assert "Outcome: permit-with" in out
    assert "1 March" in out


def test_a_refusal_ends_with_code_1_and_says_what_stops_what_cures_and_who_decides(facts: Path) -> None:
    code, out, _ = run("decide", "--party", "CA", "--facts", str(change(facts, caveats=[])))
    assert code == 1
    for words in ("CA-06.none: refuse", "There is no caveat.", "Add a caveat", "The drafting officer", "Arar"):
        assert words in " ".join(out.split())


@pytest.mark.parametrize(
    "changes",
    [{}, {"caveats": []}, {"evidence_needed": "yes"}, {"exposure": "possible"}, {"kind": "no-such-kind"}],
    ids=["permit", "refuse", "route", "hold", "alarm"],
)
def test_the_json_of_a_decision_keeps_its_published_shape(facts: Path, changes: dict[str, object]) -> None:
    code, out, _ = run("decide", "--party", "CA", "--facts", str(change(facts, **changes)), "--json")
    seen = json.loads(out)
    Draft202012Validator(SHAPE).validate(seen)
    Draft202012Validator(decision_schema()).validate(seen)
    assert (code == 0) == (seen["outcome"] in {"permit", "permit-with"})
    assert list(seen)[:3] == ["outcome", "reasons", "conditions"]


def test_a_held_act_names_its_approver_and_a_routed_one_its_channel(facts: Path) -> None:
    assert (
        "Held for: The deputy head"
        in run("decide", "--party", "CA", "--facts", str(change(facts, exposure="possible")))[1]
    )
    _, out, _ = run("decide", "--party", "CA", "--facts", str(change(facts, evidence_needed="yes")))
    assert "Other channel: The central authority" in out


def test_facts_may_come_from_standard_input() -> None:
    code, out, _ = run(
        "decide", "--party", "IN", "--facts", "-", "--json", given=facts_bytes(specimen_facts("IN")).decode()
    )
    assert code == 0
    assert json.loads(out)["outcome"] == "permit"


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"party": "CA"}', '{"no_such_fact": 1}', "\xff", "{" * 2_000_000], ids=lambda c: c[:9]
)
def test_facts_that_do_not_follow_the_schema_are_the_officers_to_mend(tmp_path: Path, content: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(content, "latin-1")
    code, out, error = run("decide", "--party", "CA", "--facts", str(file))
    assert code != 0
    assert out == ""
    assert getattr(error, "reason_code", "") == "law.facts-unreadable"


def test_a_missing_file_and_another_partys_facts_are_refused(facts: Path, tmp_path: Path) -> None:
    for words in (("CA", str(tmp_path / "none.json")), ("IN", str(facts))):
        _, _, error = run("decide", "--party", words[0], "--facts", words[1])
        assert getattr(error, "reason_code", "") == "law.facts-unreadable"


def test_a_party_without_law_is_told_so(facts: Path) -> None:
    _, _, error = run("decide", "--party", "ZZ", "--facts", str(change(facts, party="ZZ")))
    assert getattr(error, "reason_code", "") == "law.no-pack"


def test_the_schema_and_a_specimen_can_be_printed_and_fit_each_other() -> None:
    schema = json.loads(run("facts", "--schema")[1])
    specimen = json.loads(run("facts", "--specimen", "CA")[1])
    assert schema == facts_schema()
    Draft202012Validator(schema).validate(specimen)
    assert specimen["party"] == "CA"


@pytest.mark.parametrize("words", [(), ("--schema", "--specimen", "CA")])
def test_facts_prints_one_thing_at_a_time(words: tuple[str, ...]) -> None:
    assert getattr(run("facts", *words)[2], "reason_code", "") == "law.facts-unreadable"


def test_a_rule_is_explained_with_its_law_its_cures_and_how_sure_we_are() -> None:
    code, out, _ = run("explain", "in-16")
    assert code == 0
    assert "IN-16 Sources are never named" in out
    assert "NOT VERIFIED" in out
    assert "Take out whatever identifies the source" in " ".join(out.split())


def test_a_rule_may_be_named_by_one_of_its_policies_and_printed_as_json() -> None:
    code, out, _ = run("explain", "CA-02.substantial", "--json")
    explained = json.loads(out)
    assert code == 0
    assert explained["id"] == "CA-02"
    assert explained["parameters"] == {"profile_max_age_days": 365}
    assert "CA-02.substantial" in {policy["policy"] for policy in explained["policies"]}


def test_all_rules_are_listed_when_none_is_named() -> None:
    assert len(json.loads(run("explain", "--json")[1])) == 53
    assert "CA-07" in run("explain")[1]


@pytest.mark.parametrize("rule", ["ZZ-99", "CA-02.no-such", ""])
def test_an_unknown_rule_is_refused(rule: str) -> None:
    assert getattr(run("explain", rule)[2], "reason_code", "") == "law.rule-unknown"


def test_the_tables_run_and_all_rows_hold() -> None:
    code, out, _ = run("test")
    assert code == 0
    assert "53 rules" in out
    assert " 0 do not." in out


def test_the_rows_of_one_rule_can_be_run_as_json() -> None:
    code, out, _ = run("test", "bi-13", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["ok"] is True
    assert {row["rule"] for row in told["rows"]} == {"BI-13"}
    assert {row["party"] for row in told["rows"]} == {"CA", "IN"}


def test_rows_of_an_unknown_rule_are_not_reported_as_holding() -> None:
    assert getattr(run("test", "ZZ-99")[2], "reason_code", "") == "law.rule-unknown"


@pytest.mark.parametrize(("name", "schema"), [("facts", facts_schema()), ("decision", decision_schema())])
def test_the_published_schema_is_the_one_of_the_types(name: str, schema: dict[str, object]) -> None:
    assert json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")) == schema, "run make docs-schemas"


def test_an_explanation_shows_the_rows_of_the_rules_table_in_words() -> None:
    code, out, _ = run("explain", "CA-05")
    said = " ".join(out.split())
    assert code == 0
    words = "true only tomorrow A lawful request, date: 2026-02-10; as of: 2026-02-11 → refused by no-day (refuse)"
    assert words in said
    assert "accuracy statement unknown" in said
    assert "CA-05.weak: permit-with" in said
    rule = json.loads(run("explain", "CA-05", "--json")[1])
    assert rule["rows"] == len(rule["examples"])
    assert {one["outcome"] for one in rule["examples"]} >= {"permit", "permit-with", "refuse"}


def test_every_rule_can_be_explained_with_its_examples() -> None:
    for rule in json.loads(run("explain", "--json")[1]):
        code, out, _ = run("explain", rule["id"])
        assert (code, "Examples: " in out) == (0, True), rule["id"]


def test_the_words_for_an_outcome_are_the_same_in_both_schemas_and_the_manual() -> None:
    words = SHAPE["properties"]["outcome"]["enum"]
    assert words == list(OUTCOME_NAMES.values())
    manual = (SCHEMAS.parent / "cli.md").read_text("utf-8")
    assert ", ".join(f"`{word}`" for word in words) in manual


def test_counsel_propose_a_row_from_facts_and_run_it(facts: Path, tmp_path: Path) -> None:
    change(facts, records=["customs"])
    words = ("propose", "ca-10", "--party", "CA", "--facts", str(facts), "--base", "request", "--name", "customs alone")
    code, out, _ = run(*words)
    assert code == 0
    assert 'facts = { records = ["customs"] }' in out
    file = tmp_path / "CA-10-row.toml"
    file.write_text(out, "utf-8")
    assert run("test", "--rows", str(file))[:2] == (0, "1 rows of 1 rules: 1 hold, 0 do not.\n")
    code, out, _ = run("test", "--rows", "-", given=out.replace('outcome = "refuse"', 'outcome = "hold"'))
    assert code == 1
    assert "expected hold, the rule answers refuse" in out


@pytest.mark.parametrize(
    "words",
    [
        ("ZZ-99", "--party", "CA", "--base", "request"),
        ("IN-01", "--party", "CA", "--base", "request"),
        ("CA-10", "--party", "IN", "--base", "request"),
        ("CA-10", "--party", "CA", "--base", "letter"),
    ],
)
def test_a_row_is_proposed_only_for_a_rule_and_a_specimen_of_that_party(facts: Path, words: tuple[str, ...]) -> None:
    code, _, raised = run("propose", *words, "--facts", str(facts), "--name", "x")
    assert code != 0
    assert raised is not None


def test_a_file_that_is_no_proposal_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rows.toml"
    file.write_text("[[rows]]\n", "utf-8")
    code, _, raised = run("test", "--rows", str(file))
    assert code != 0
    assert getattr(raised, "reason_code", "") == "law.proposal-unreadable"
