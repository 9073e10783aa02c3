"""Collects every error code of the source and writes ``docs/errors.md``: ``python -m tests.meta.codes``.

A code is the ``code`` of a class in the error tree, or the ``code=`` of one raise that serves a cause of its own.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from accord import errors
from tests.meta.tree import DOCS, modules, parsed

PAGE = DOCS / "errors.md"
CODE = re.compile(r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$")
WHO = {
    "OurFault": "the operator of this node",
    "PeerFault": "the peer's operator",
    "TrustFails": "both operators; nobody may rely on it",
    "LawRefuses": "the officer, as the reasons say",
    "NotAvailableNow": "nobody; it is tried again",
    "OfficerCanMend": "the officer or caller",
    "Handled": "the sending side; it is told by disposition",
}
HEAD = """# Error codes

Every error has a stable code, a sentence, a next step, and a kind that says who must act.
The API sends them as problem+json, the command line prints them, and logs carry the code without any content.
This page is written by `make docs-schemas`; a test fails when it lags behind the source.

| code | who must act | what happened |
|---|---|---|
"""


@dataclass(frozen=True, kw_only=True)
class Raised:
    """One code with the class that carries it and what it says."""

    code: str
    kind: str
    sentence: str


def all_codes() -> dict[str, Raised]:
    """Returns every code of the source, each once, in order."""
    bases = {name: ancestors for path in modules() for name, ancestors in _classes(parsed(path))}
    found: dict[str, Raised] = {}
    for path in modules():
        for raised in (*_of_classes(parsed(path)), *_of_calls(parsed(path))):
            kind = _root_of(raised.kind, bases)
            known = found.get(raised.code)
            if known is None or not known.sentence:
                found[raised.code] = replace(raised, kind=kind or (known.kind if known else ""))
            elif kind and not known.kind:
                found[raised.code] = replace(known, kind=kind)
    return dict(sorted(found.items()))


def _classes(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, [ast.unparse(base).split(".")[-1] for base in node.bases]


def _root_of(name: str, bases: dict[str, list[str]]) -> str:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in WHO:
            return current
        if current not in seen:
            seen.add(current)
            waiting += bases.get(current, [])
    return ""


def _of_classes(tree: ast.Module) -> Iterator[Raised]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for statement in node.body:
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            is_code = any(isinstance(target, ast.Name) and target.id == "code" for target in targets)
            if is_code and isinstance(value, ast.Constant) and CODE.match(str(value.value)):
                says = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
                yield Raised(code=str(value.value), kind=node.name, sentence=says)


def _of_calls(tree: ast.Module) -> Iterator[Raised]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if (
                keyword.arg == "code"
                and isinstance(keyword.value, ast.Constant)
                and CODE.match(str(keyword.value.value))
            ):
                kind = ast.unparse(node.func).split(".")[-1]
                yield Raised(code=str(keyword.value.value), kind=kind, sentence=_sentence(node))


def _sentence(call: ast.Call) -> str:
    if not call.args:
        code = next(str(ast.literal_eval(word.value)) for word in call.keywords if word.arg == "code")
        return f"Refused at intake: {code.partition('.')[2].replace('-', ' ')}."
    first = call.args[0]
    if isinstance(first, ast.Constant):
        return str(first.value)
    if isinstance(first, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "…" for part in first.values]
        return "".join(parts)
    return ""


def page() -> str:
    """Returns the text of ``docs/errors.md``."""
    rows = [
        f"| `{raised.code}` | {WHO.get(raised.kind, '')} | {raised.sentence.replace('|', '/')} |"
        for raised in all_codes().values()
        if raised.code != errors.AccordError.code
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
