import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from accord.cli.exits import ExitCode
from accord.cli.main import COMMANDS
from accord.node.config import NodeConfig
from accord.officers.permissions import Permission, Role
from tests.meta.tree import DOCS, ROOT, named, strings_given_as

SCHEMAS = sorted((DOCS / "schemas").rglob("*.json"))
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
CODE = re.compile(r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$")


@pytest.mark.parametrize("path", SCHEMAS, ids=named)
def test_a_published_schema_is_a_schema(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("surface", ["demo", "verify", "law-decide", "bench"])
def test_every_surface_for_scripts_has_its_schema_and_is_named_in_the_manual(surface: str) -> None:
    assert (DOCS / "schemas" / f"{surface}.schema.json").is_file()
    assert f"{surface}.schema.json" in (DOCS / "cli.md").read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_manual(name: str) -> None:
    assert f"## accord {name}" in (DOCS / "cli.md").read_text("utf-8")


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_in_the_manual(code: ExitCode) -> None:
    assert re.search(rf"^\| {int(code)} \|", (DOCS / "cli.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("setting", NodeConfig.__struct_fields__)
def test_every_setting_is_in_the_operators_guide(setting: str) -> None:
    assert f"| `{setting}` |" in (DOCS / "operator-guide.md").read_text("utf-8")


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_in_the_operators_guide(permission: Permission) -> None:
    assert f"| `{permission.value}` |" in (DOCS / "operator-guide.md").read_text("utf-8")


@pytest.mark.parametrize("role", Role)
def test_every_role_is_in_the_operators_guide(role: Role) -> None:
    assert f"`{role.value}`" in (DOCS / "operator-guide.md").read_text("utf-8")


def test_every_error_code_is_in_the_list_of_codes_and_none_is_there_in_vain() -> None:
    used = {value for _, value in strings_given_as("code") if CODE.match(value)}
    listed = set(re.findall(r"^\| `([a-z0-9.-]+)` \|", (DOCS / "errors.md").read_text("utf-8"), re.MULTILINE))
    assert used - listed == set()
    assert listed - used == set()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_between_our_pages_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_sentence_has_a_line_of_its_own(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    prose = [line for line in text.splitlines() if line and not line.startswith(("|", "#", "    ", "<"))]
    assert [line for line in prose if re.search(r"[a-z)`]{3}\. [A-Z][a-z]", line)] == []


def test_every_decision_is_in_the_index() -> None:
    index = (DOCS / "adr/README.md").read_text("utf-8")
    assert [path.name for path in (DOCS / "adr").glob("[0-9]*.md") if f"({path.name})" not in index] == []
