import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.meta.tree import ROOT, SOURCE, TESTS, assigned, modules, named, parsed, walked

FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "managers", "base", "misc"}
UNFINISHED = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|pytest\.skip|pytest\.mark\.skip|\bxfail\b")


def test_imports_point_down_only_and_nothing_but_release_reaches_the_outbox() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_module_says_what_it_is_for() -> None:
    assert len(modules()) > 500
    assert [named(path) for path in modules() if parsed(path).body and not ast.get_docstring(parsed(path))] == []


def test_every_public_name_that_is_listed_exists() -> None:
    absent: dict[str, set[str]] = {}
    for path in modules():
        listed = assigned(parsed(path), "__all__")
        bound = {name for node in walked(path) for name in _bound_by(node)}
        absent[named(path)] = set() if listed is None else set(ast.literal_eval(listed)) - bound
    assert {name: names for name, names in absent.items() if names} == {}


def _bound_by(node: ast.AST) -> set[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.Name(id=name, ctx=ast.Store()):
            return {name}
        case ast.alias(name=name, asname=other):
            return {other or name}
    return set()


def test_no_room_is_named_for_nothing() -> None:
    rooms = {str(path.relative_to(SOURCE).with_suffix("")) for path in SOURCE.rglob("*") if path.suffix in {".py", ""}}
    named_for_nothing = {room for room in rooms if Path(room).name in FORBIDDEN_NAMES}
    # Django asks that a database backend's module be named so; the common pack is the law that both sides hold.
    assert named_for_nothing <= {"node/sqlite/base", "law/packs/common"}


def test_nothing_is_left_unfinished_or_skipped() -> None:
    # The one place that may skip says aloud what the machine lacks, and fails on CI.
    looked_at = {*modules(), *TESTS.rglob("*.py")} - {Path(__file__), TESTS / "programs.py"}
    found = {named(path): UNFINISHED.findall(path.read_text("utf-8")) for path in looked_at}
    assert {name: words for name, words in found.items() if words} == {}


def test_only_the_edges_catch_everything() -> None:
    # law: an engine that fails refuses; release: its intake is a job runner; the self-test: any failure is a failed one
    # drugs: the screening is a job runner, and readers of foreign files raise whatever they stumble over
    screening = ("workstreams/drugs/screening/tables.py", "workstreams/drugs/manifests/running.py")
    edges = ("cli/", "node/", "courier/", "law/engine.py", "release/intake.py", "channel/selftest.py", *screening)
    catching = {
        str(path.relative_to(SOURCE))
        for path in modules()
        for node in walked(path)
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name) and node.type.id == "Exception"
    }
    assert [path for path in sorted(catching) if not path.startswith(edges)] == []


def test_a_country_is_named_in_packs_profiles_and_specimens_only() -> None:
    # node/config.py: the profile of a process that was never set up, which tests run under
    specimens = ("law/specimens", "cli/demo", "node/api/examples.py")
    allowed = ("law/packs", "parties/profiles", "node/config.py", *specimens)
    telling = re.compile(r"\b(canada|canadian|india|indian|ottawa|delhi)\b", re.IGNORECASE)
    found = []
    for path in modules():
        inside = str(path.relative_to(SOURCE))
        if inside.startswith(allowed):
            continue
        for node in walked(path):
            is_word = isinstance(node, ast.Constant) and isinstance(node.value, str) and telling.search(node.value)
            if is_word and not _is_docstring(path, node):
                found.append(f"{inside}: {node.value[:60]}")
    assert found == []


def _is_docstring(path: Path, constant: ast.Constant) -> bool:
    return any(isinstance(node, ast.Expr) and node.value is constant for node in walked(path))
