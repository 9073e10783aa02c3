"""The source tree as data for the meta-tests."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "accord"
TESTS = ROOT / "tests"
DOCS = ROOT / "docs"


def modules() -> list[Path]:
    """Returns every module of the package but the migrations, which Django writes."""
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def named(path: Path) -> str:
    """Returns a module's path as a test identifier."""
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    """Returns a module's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def assigned(tree: ast.Module, name: str) -> ast.expr | None:
    """Returns the value that a module gives a name at its top level, or None."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in statement.targets
        ):
            return statement.value
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == name:
            return statement.value
    return None


@cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    """Returns every node of a module's syntax tree."""
    return tuple(ast.walk(parsed(path)))


def last_name(node: ast.expr) -> str:
    """Returns the last word of a dotted name, as ``walk`` of ``ast.walk``; nothing where it is none."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
