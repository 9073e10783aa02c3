"""Collects every error code of the source and writes ``docs/errors.md``: ``python -m tests.meta.codes``.

A code is the ``code`` of a class in the error tree, the ``code=`` of one raise that serves a cause of its own, or the
code of an alarm. What the source spells in another way stands in ``ELSEWHERE``; ``stray_codes`` finds what is in none.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from accord import errors
from accord.law.decision import Outcome
from accord.officers.permissions import Permission
from tests.meta.tree import DOCS, last_name, modules, named, walked

PAGE = DOCS / "errors.md"
# Files, hosts, field selectors and codes of indicators have the form of a code, too.
NO_CODE = re.compile(r"\.(json|docx|xlsx|toml|lock|sqlite3|key|crt|acc|invalid|py)$|^queue\.|^notices\.before-day-7$")
CODE = re.compile(r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$")
WHO = {
    "OurFault": "the operator of this node",
    "PeerFault": "the peer's operator",
    "TrustFails": "both operators; nobody may rely on it",
    "LawRefuses": "the officer, as the reasons say",
    "NotAvailableNow": "nobody; it is tried again",
    "OfficerCanMend": "the officer or caller",
    "Handled": "the sending side; it is told by disposition",
    "Alarm": "the operator of this node; it stands as an alarm",
    "Problem": "the officer who prepares the text, before it is offered",
}
REFUSAL = "_Refusal"
"""What a handler raises to tell the sender a code."""
ALARMS = frozenset({"raise_alarm", "raise_alarm_once", "_note_own_fault"})
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


ELSEWHERE = (
    Raised(
        code="channel.not-now",
        kind="NotAvailableNow",
        sentence="The peer cannot take anything now, for a reason of its own that it does not tell.",
    ),
    Raised(code="law.hold", kind="LawRefuses", sentence="The law gate holds the act until the named approver answers."),
    Raised(code="law.refuse", kind="LawRefuses", sentence="The law gate refuses the act."),
    Raised(code="law.route", kind="LawRefuses", sentence="The law gate leads the act to another channel."),
    Raised(code="node.intake-failed", kind="Alarm", sentence="Nothing can be taken in: …."),
    Raised(
        code="release.archive-key-needed",
        kind="Alarm",
        sentence="Messages we once sent can be restored only with the archive key, which is not at hand.",
    ),
    Raised(
        code="release.handler-failed",
        kind="Handled",
        sentence="The receiving node failed to file the message, which waits there for a person.",
    ),
    Raised(
        code="release.own-draft",
        kind="OfficerCanMend",
        sentence="Nobody approves or releases a text they wrote, or answers a hold on it.",
    ),
    Raised(
        code="trust.key-revoked",
        kind="TrustFails",
        sentence="Key … was revoked before position ….",
    ),
)
"""Codes that the source composes or keeps in a constant, or that say more than one sentence of it tells."""


@cache
def all_codes() -> dict[str, Raised]:
    """Returns every code of the source, each once, in order."""
    bases = {name: ancestors for path in modules() for name, ancestors in _classes(walked(path))}
    found: dict[str, Raised] = {raised.code: raised for raised in ELSEWHERE}
    for path in modules():
        for raised in (*_of_classes(walked(path)), *_of_calls(walked(path)), *_of_alarms(walked(path))):
            kind = _root_of(raised.kind, bases)
            known = found.get(raised.code)
            if known is None or not known.sentence:
                found[raised.code] = replace(raised, kind=kind or (known.kind if known else ""))
            elif kind and not known.kind:
                found[raised.code] = replace(known, kind=kind)
    return dict(sorted(found.items()))


def _classes(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[str, list[str]]]:
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield node.name, [last_name(base) for base in node.bases]


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


def _of_classes(nodes: tuple[ast.AST, ...]) -> Iterator[Raised]:
    for node in nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        for statement in node.body:
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            is_code = any(isinstance(target, ast.Name) and target.id == "code" for target in targets)
            if is_code and isinstance(value, ast.Constant) and CODE.match(str(value.value)):
                says = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
                yield Raised(code=str(value.value), kind=node.name, sentence=says)


def _of_calls(nodes: tuple[ast.AST, ...]) -> Iterator[Raised]:
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        if last_name(node.func) == REFUSAL and node.args and isinstance(node.args[0], ast.Constant):
            code = str(node.args[0].value)
            yield Raised(code=code, kind="Handled", sentence=_at_intake(code))
        for keyword in node.keywords:
            if (
                keyword.arg == "code"
                and isinstance(keyword.value, ast.Constant)
                and CODE.match(str(keyword.value.value))
            ):
                kind = last_name(node.func)
                yield Raised(code=str(keyword.value.value), kind=kind, sentence=_sentence(node))


def _of_alarms(nodes: tuple[ast.AST, ...]) -> Iterator[Raised]:
    for node in nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in ALARMS and len(node.args) > 2:
            says = _text(node.args[2]) or "It fails each time and is tried again: …."
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Constant) and CODE.match(str(part.value)):
                    yield Raised(code=str(part.value), kind="Alarm", sentence=says)


def stray_codes() -> dict[str, str]:
    """Returns each string of the source that looks like a code and is none of the list, with the place it stands."""
    known = all_codes()
    areas = {code.split(".")[0] for code in known} - {errors.AccordError.code.split(".")[0]}
    others = {item.value for item in Permission}
    found: dict[str, str] = {}
    for path in modules():
        for node in walked(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
                is_code = node.value.split(".")[0] in areas and not NO_CODE.search(node.value)
                if is_code and node.value not in known and node.value not in others:
                    found[node.value] = f"{named(path)}:{node.lineno}"
    return found


def spelt(code: str) -> bool:
    """Returns whether the source spells the code, or composes it of its area and a word of the gate."""
    outcomes = {f"law.{outcome.label}" for outcome in Outcome}
    return code in outcomes or any(f'"{code}"' in path.read_text("utf-8") for path in modules())


def _sentence(call: ast.Call) -> str:
    told = next((word.value for word in call.keywords if word.arg == "sentence"), None)
    if call.args or told is not None:
        return _text(call.args[0] if call.args else told)
    return _at_intake(next(str(ast.literal_eval(word.value)) for word in call.keywords if word.arg == "code"))


def _at_intake(code: str) -> str:
    return f"Refused at intake: {code.partition('.')[2].replace('-', ' ')}."


def _text(first: ast.expr | None) -> str:
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
