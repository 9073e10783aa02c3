import re

import pytest

from accord.errors import OurFault
from accord.law.loading import (
    PackFault,
    PartyWithoutLaw,
    cedar_schema,
    installed_packs,
    load_pack,
    load_packs,
    packs_for,
    read_pack,
)
from tests.law.packs import POLICY_FILE, RULE_FILE, changed, contents, small

RULE = RULE_FILE.replace("{outcome}", "refuse")
HOLD = RULE_FILE.replace("{outcome}", "hold")


def test_a_small_pack_loads() -> None:
    pack = read_pack("tests", small())
    assert [rule.id for rule in pack.rules] == ["XX-01"]
    assert pack.permits == ""
    assert len(pack.digest) == 32


BROKEN = {
    "no header": {"pack.toml": None},
    "a header that is no TOML": {"pack.toml": b"title ="},
    "a header without parties": {"pack.toml": b'title = "T"\nkeeper = "K"\nin_force_from = 2026-02-07\nparties = []\n'},
    "a rule without policies": {"XX-01.cedar": None},
    "policies without a rule": {"XX-01.toml": None},
    "a rule under another name": {"XX-01.toml": RULE.replace('id = "XX-01"', 'id = "XX-02"')},
    "a field that no rule has": {"XX-01.toml": RULE.replace("version = 1", "version = 1\nseverity = 3")},
    "no source": {
        "XX-01.toml": re.sub(r"\[\[sources\]\]\nreference.*\n", "sources = []\n", RULE).replace("applies", "applies")
    },
    "no citation": {"XX-01.toml": RULE.replace('citations = ["Specimen Act, section 1"]', "citations = []")},
    "no first day": {"XX-01.toml": RULE.replace("in_force_from = 2026-02-07\n", "")},
    "an empty sentence": {"XX-01.toml": RULE.replace('sentence = "It always speaks."', 'sentence = ""')},
    "an outcome that permits": {
        "XX-01.toml": RULE.replace('outcome = "refuse"\nsentence', 'outcome = "permit"\nsentence')
    },
    "three rows": {"XX-01.toml": RULE[: RULE.rindex("[[rows]]")]},
    "an unparsable policy": {"XX-01.cedar": "forbid (principal"},
    "a policy without a name": {"XX-01.cedar": POLICY_FILE.replace('@id("XX-01.always")', "")},
    "a policy of another name": {"XX-01.cedar": POLICY_FILE.replace("always", "never")},
    "two policies of one name": {"XX-01.cedar": POLICY_FILE * 2},
    "a permit among the rules": {"XX-01.cedar": POLICY_FILE.replace("forbid", "permit")},
    "a permit beside the rules": {
        "XX-01.cedar": POLICY_FILE + '@id("XX-01.open") permit (principal, action == Action::"release", resource);'
    },
    "any action at all": {"XX-01.cedar": POLICY_FILE.replace('in [Action::"release", Action::"request"]', "")},
    "fewer actions than it says": {"XX-01.cedar": POLICY_FILE.replace(', Action::"request"', "")},
    "more actions than it says": {"XX-01.cedar": POLICY_FILE.replace("[", '[Action::"use", ')},
    "an action that does not exist": {"XX-01.cedar": POLICY_FILE.replace('Action::"request"', 'Action::"publish"')},
    "a fact that does not exist": {"XX-01.cedar": POLICY_FILE.replace(";", " when { context.no_such_fact };")},
    "a fact read as another type": {"XX-01.cedar": POLICY_FILE.replace(";", " when { context.kind > 3 };")},
    "a parameter that is not stated": {"XX-01.cedar": POLICY_FILE.replace(";", " when { context.day > $limit };")},
    "a parameter that is not used": {"XX-01.toml": RULE.replace("[[sources]]", "[parameters]\nday = 3\n\n[[sources]]")},
    "a hold that no approver can clear": {"XX-01.toml": HOLD},
    "a route without a channel": {"XX-01.toml": RULE_FILE.replace("{outcome}", "route")},
    "a channel without a route": {"XX-01.toml": RULE.replace('cure = "N', 'channel = "Post"\ncure = "N')},
    "another rule that waives rules": {
        "XX-01.toml": RULE_FILE.replace("{outcome}", "condition").replace(
            'cure = "N', 'opens_emergency = true\ncure = "N'
        )
    },
    "permits outside the common pack": {
        "permits.cedar": '@id("p") permit (principal, action == Action::"release", resource);'
    },
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_pack_that_does_not_hold_together_is_refused(what: str) -> None:
    files = small()
    for name, content in BROKEN[what].items():
        if content is None:
            del files[name]
        else:
            files[name] = content.encode() if isinstance(content, str) else content
    with pytest.raises(PackFault) as raised:
        read_pack("tests", files)
    assert isinstance(raised.value, OurFault)
    assert raised.value.reason_code == "law.pack-invalid"


@pytest.mark.parametrize(
    "permits",
    [
        b"",
        b'@id("p") permit (principal, action, resource);',
        b'@id("p") permit (principal, action == Action::"release", resource) when { context.is_emergency };',
        b'@id("p") forbid (principal, action == Action::"release", resource);',
    ],
)
def test_permits_name_one_action_and_read_no_facts(permits: bytes) -> None:
    with pytest.raises(PackFault):
        read_pack("common", contents("common") | {"permits.cedar": permits})


def test_the_emergency_rule_can_only_be_a_condition() -> None:
    with pytest.raises(PackFault, match="no condition"):
        changed(
            "common", "BI-13.toml", 'outcome = "condition"\nsentence = "Death', 'outcome = "refuse"\nsentence = "Death'
        )


def test_a_parameter_is_filled_into_the_policy() -> None:
    pack = changed("canada", "CA-02.toml", "profile_max_age_days = 365", "profile_max_age_days = 180")
    assert "context.risk_age_days >= 180" in pack.texts["CA-02"]


def test_no_policy_holds_a_number_or_a_day_of_its_own() -> None:
    numbers = {
        f"{pack.name}/{name}"
        for pack in installed_packs()
        for name, raw in contents(pack.name).items()
        if name.endswith(".cedar")
        and re.search(r"(?<![\"\w.(-])[1-9][0-9]*(?![\w.)\"])", re.sub(r"//.*|\"[^\"]*\"", "", raw.decode()))
    }
    assert numbers == set()


@pytest.mark.parametrize("name", ["common", "canada", "india"])
def test_the_digest_of_a_pack_moves_with_any_byte_of_any_file(name: str) -> None:
    files = contents(name)
    digest = read_pack(name, files).digest
    assert digest == load_pack(name).digest
    for file in files:
        assert read_pack(name, files | {file: files[file] + b"\n"}).digest != digest


def test_the_common_pack_comes_first_and_once() -> None:
    assert [pack.name for pack in load_packs(["india", "common", "india"])] == ["common", "india"]
    assert [pack.name for pack in packs_for("CA")] == ["common", "canada"]
    assert {pack.name for pack in installed_packs()} == {"common", "canada", "india"}


@pytest.mark.parametrize("name", ["atlantis", "../canada", "", "Canada", "accord.cedarschema"])
def test_a_pack_that_is_not_installed_is_refused(name: str) -> None:
    with pytest.raises(PackFault):
        load_packs([name])


def test_a_party_that_no_pack_names_has_no_law() -> None:
    with pytest.raises(PartyWithoutLaw) as raised:
        packs_for("*")
    assert raised.value.reason_code == "law.no-pack"


def test_every_field_of_the_schema_is_explained() -> None:
    lines = cedar_schema().splitlines()
    fields = [
        number for number, line in enumerate(lines) if re.match(r"  [a-z_]+: (Set<String>|String|Bool|Long),", line)
    ]
    assert len(fields) > 50
    assert [lines[number] for number in fields if not lines[number - 1].startswith("  // ")] == []
