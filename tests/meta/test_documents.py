import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from accord.cli.exits import ExitCode
from accord.cli.main import COMMANDS
from accord.node.config import NodeConfig
from accord.officers.permissions import Permission, Role
from tests.meta import who_may
from tests.meta.codes import ELSEWHERE, PAGE, WHO, Raised, all_codes, page, spelt, stray_codes
from tests.meta.tree import DOCS, ROOT, named

SCHEMAS = sorted((DOCS / "schemas").rglob("*.json"))
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("path", SCHEMAS, ids=named)
def test_a_published_schema_is_a_schema(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("surface", ["demo", "verify", "law-decide", "bench"])
def test_every_surface_for_scripts_has_its_schema_and_is_named_in_the_manual(surface: str) -> None:
    assert (DOCS / "schemas" / f"{surface}.schema.json").is_file()
    assert f"{surface}.schema.json" in (DOCS / "cli.md").read_text("utf-8")


def test_kept_results_of_benchmarks_have_the_published_shape() -> None:
    schema = Draft202012Validator(json.loads((DOCS / "schemas/bench.schema.json").read_text("utf-8")))
    for path in (ROOT / "bench/results").glob("*.json"):
        schema.validate(json.loads(path.read_text("utf-8")))


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


def test_the_list_of_error_codes_is_the_one_of_the_source() -> None:
    assert PAGE.read_text("utf-8") == page(), "run make docs-schemas"


def test_the_page_of_who_may_open_what_is_that_of_the_source() -> None:
    assert who_may.PAGE.read_text("utf-8") == who_may.written(), "run make docs-schemas"


def test_no_code_of_the_source_is_missing_in_the_list() -> None:
    assert stray_codes() == {}, "a code that the list does not find; raise it, alarm it, or put it into ELSEWHERE"


@pytest.mark.parametrize("raised", ELSEWHERE, ids=lambda raised: raised.code)
def test_a_code_listed_by_hand_is_one_of_the_source(raised: Raised) -> None:
    assert spelt(raised.code)


def test_every_error_says_who_must_act_and_what_happened() -> None:
    assert len(all_codes()) > 400
    assert [code for code, raised in all_codes().items() if code != "accord.error" and raised.kind not in WHO] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_between_our_pages_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_sentence_has_a_line_of_its_own(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    prose = [line for line in text.splitlines() if line[:1].isalpha()]
    assert [line for line in prose if re.search(r"[a-z)`]{3}\. [A-Z][a-z]", line)] == []


def test_every_decision_is_in_the_index() -> None:
    index = (DOCS / "adr/README.md").read_text("utf-8")
    assert [path.name for path in (DOCS / "adr").glob("[0-9]*.md") if f"({path.name})" not in index] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_file_that_a_page_names_exists(path: Path) -> None:
    rooms = sorted({room.name for room in (ROOT / "src/accord").iterdir() if room.is_dir()})
    pattern = re.compile(rf"`((?:{'|'.join(rooms)}|src|tests|docs|vectors|bench|requirements)/[\w./-]+)`")
    found = pattern.findall(path.read_text("utf-8"))
    assert [name for name in found if not (ROOT / name).exists() and not (ROOT / "src/accord" / name).exists()] == []
