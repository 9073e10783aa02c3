import re
from pathlib import Path

import pytest

from accord.law.loading import installed_packs
from accord.law.rules import Rule, Source
from accord.law.table import known_parties, table_rows

PACKS = installed_packs()
RULES = {rule.id: rule for pack in PACKS for rule in pack.rules}
ISSUED = {
    "CA": range(1, 23),
    "IN": range(1, 17),
    "BI": range(1, 16),
}
STATUTES = Path(__file__).resolve().parents[3] / "shared" / "data" / "statutes"
INSTRUMENT = re.compile(
    r"\b(Act|Code|Adhiniyam|Sanhita|Charter|Constitution|Convention|Covenant|Directive|Directions|Guidelines|Order|"
    r"Regulation|Regulations|Treaty|Agreement|Commission|Scheme|Joint statement|Workplan)\b"
)
QUOTED = [(rule.id, source) for rule in RULES.values() for source in rule.sources if source.statute]


def test_the_rules_are_those_that_were_asked_for() -> None:
    assert set(RULES) == {f"{side}-{number:02}" for side, numbers in ISSUED.items() for number in numbers}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_a_source_that_is_no_address(rule: Rule) -> None:
    assert rule.sources
    assert not any(re.search(r"https?:|www\.", source.reference) for source in rule.sources)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_citation_names_its_instrument(rule: Rule) -> None:
    assert [text for text in rule.citations if not INSTRUMENT.search(text)] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_policy_speaks_in_some_row_and_some_row_passes(rule: Rule) -> None:
    spoken = {name for row in rule.rows for name in row.fires}
    assert spoken == set(rule.policies)
    assert any(row.outcome == "permit" for row in rule.rows) or rule.id == "CA-22"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_a_row_for_each_action_it_applies_to(rule: Rule) -> None:
    actions = {"request": "request", "answer": "release", "acknowledge": "acknowledge"}
    assert set(rule.applies) == {actions.get(row.base, "use") for row in rule.rows}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_names_of_rows_are_not_repeated(rule: Rule) -> None:
    names = [row.name for row in rule.rows]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_an_officer_reads_is_sentences(rule: Rule) -> None:
    texts = [text for policy in rule.policies.values() for text in (policy.sentence, policy.cure)]
    assert [text for text in texts if not re.match(r"[A-Z].*[.?]$", text)] == []


@pytest.mark.parametrize(("rule", "source"), QUOTED, ids=[rule for rule, _ in QUOTED])
def test_the_words_of_a_source_are_in_its_statute(rule: str, source: Source) -> None:
    text = STATUTES / f"{source.statute}.txt"
    assert source.words
    if not text.exists():
        print(f"{rule}: the statutes are not at {STATUTES}; the words were not compared")
        return
    assert source.words in " ".join(text.read_text("utf-8").split())


@pytest.mark.parametrize("rule", ["CA-07", "CA-14", "CA-16", "CA-17", "IN-15", "IN-16"])
def test_rules_that_shield_a_person_are_shielded(rule: str) -> None:
    assert any(policy.shielded for policy in RULES[rule].policies.values())


@pytest.mark.parametrize(
    "policy",
    [
        "CA-07.shield",
        "CA-15.pure",
        "IN-11.pure",
        "IN-16.source",
        "CA-02.substantial",
        "CA-16.victim",
        "BI-03.onward",
        "BI-07.above",
        "CA-02.own-file",
        "CA-09.no-consent",
        "CA-11.lane",
        "CA-14.no-arrangement",
        "CA-14.source",
        "CA-17.barred",
        "CA-19.tipping-off",
        "IN-10.no-order",
        "IN-15.record",
        "IN-15.child",
        "BI-11.barred",
    ],
)
def test_the_absolute_rules_never_yield_to_an_emergency(policy: str) -> None:
    rule, _, name = policy.partition(".")
    assert not RULES[rule].policies[name].yields_to_emergency


def test_no_shielded_policy_yields_to_an_emergency() -> None:
    yielding = [
        f"{rule.id}.{name}"
        for rule in RULES.values()
        for name, policy in rule.policies.items()
        if policy.shielded and policy.yields_to_emergency
    ]
    assert yielding == []


def test_only_the_emergency_rule_opens_the_emergency_road() -> None:
    opening = {rule.id for rule in RULES.values() if any(p.opens_emergency for p in rule.policies.values())}
    assert opening == {"BI-13"}


def test_there_are_many_more_rows_than_rules() -> None:
    assert len(tuple(table_rows(PACKS, parties=known_parties(PACKS)))) > 10 * len(RULES)


def test_the_list_of_rules_in_the_guide_is_the_one_of_the_packs() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "law.md").read_text("utf-8")
    listed = re.findall(r"^\| ([A-Z]{2}-\d\d) \| (.+) \| (read|not verified) \|$", guide, re.MULTILINE)
    assert listed == [
        (rule.id, rule.title, "read" if rule.verified else "not verified") for pack in PACKS for rule in pack.rules
    ]


def test_the_readme_counts_the_rules_and_says_how_many_sources_were_not_verified() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    unverified = sum(not rule.verified for rule in RULES.values())
    assert f"yes: {len(RULES)} rules with citations and cures" in readme
    assert f"{unverified} of the {len(RULES)} rest on a source that is marked as not verified" in readme
