"""The sentences that the services say, found in the source: refusals, their next steps, and words of fields and codes.

The floors below the desk know no language of a reader: they raise errors in plain English sentences, some with names
and numbers in them. Here these sentences are found where they are written. A sentence composed of parts becomes a
template, ``Our register has no such arrangement with {peer}.``, and stands in the catalogue under the context
``service``; the desk recognises it by its fixed words (``accord.node.desk.said``).

What is collected is listed below by module; of a module that is not listed the desk says the English, marked as such.
"""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import Final

SOURCES: Final = Path(__file__).resolve().parent.parent / "src" / "accord"
CONTEXT: Final = "service"

SPEAKING: Final = (
    "exchange",
    "handling",
    "liaison",
    "dialogue",
    "workplan",
    "officers",
    "release",
    "oversight",
    "law",
    "parties",
    "courier",
    "workstreams",
    "node",
)
"""Floors whose errors and alarms an officer may read."""

SILENT: Final = (
    # What fails before there is a desk, or speaks to programs and operators alone.
    "law/loading.py",
    "law/words.py",
    "node/api",
    "node/api_listener.py",
    "node/config.py",
    "node/health.py",
    "node/server.py",
    "node/settings.py",
    "node/sqlite",
    "parties/keyfile.py",
    "parties/profile.py",
    "parties/tls.py",
)
SPOKEN_HERE: Final = ("channel/evidence.py",)
"""Modules of other floors whose sentences are shown."""

CONDITIONS: Final = ("_condition",)
"""Functions whose every answer is shown."""

PLAIN_WORDS: Final = (
    *("characters", "entries", "nothing", "caveat", "person", "question", "substance"),
    *("English", "French", "Hindi"),
    *("Reference:", "Container:", "Packages:", "Unit:", "Purity:", "Consignor:", "Consignee:"),
    *("From:", "To:", "Route:", "Arrived:"),
)
"""Single words that stand in the gaps of the sentences; words alone are not collected, since most are names."""

WORDS_OF_FIELDS: Final = ("exchange/wording.py",)
"""Modules whose every sentence and phrase is shown."""

LABELS: Final = ("_LABELS", "_MEANINGS", "_SENTENCES")
"""Ends of the names of tables of module level whose values are shown."""

NAMED_PARTS: Final = frozenset({"sentence", "next_step", "cure", "reason", "mend"})
"""Arguments by name that are shown, whatever takes them."""

RULES: Final = ("workstreams/drugs/screening/rules.toml",)
"""Tables of rules whose titles, sentences, costs and sources are shown."""

CLOCKS: Final = ("workstreams/drugs/notices/clocks.toml",)
"""Tables of clocks whose sources are shown."""

REGISTERS: Final = ("workstreams/drugs/substances/table.toml",)
"""Tables of substances whose sources, and whose laws with their schedules and citations, are shown."""

LETTERS_MIN: Final = 2
"""A template with fewer fixed letters would fit any sentence."""

ALARMS: Final = frozenset({"raise_alarm", "raise_alarm_once", "_note_own_fault"})
REASONS: Final = frozenset({"_gate_reason"})


def service_texts() -> Iterator[tuple[str, str]]:
    """Yields each template with the module in which it stands, in the order of the source."""
    modules = [path for path in sorted(SOURCES.rglob("*.py")) if "migrations" not in path.parts]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in modules}
    errors = _error_classes(trees.values())
    for path, tree in trees.items():
        name = path.relative_to(SOURCES).as_posix()
        if name in WORDS_OF_FIELDS:
            texts = _every_phrase(tree)
        elif name == "errors.py" or name.startswith("vocabulary/") or name in SPOKEN_HERE or _speaks(name):
            texts = _said(tree, errors, is_proof=name in SPOKEN_HERE)
        else:
            continue
        for text in texts:
            if _is_phrase(text):
                yield name, text
    yield from _of_tables()
    for word in PLAIN_WORDS:
        yield "exchange/wording.py", word


def _of_tables() -> Iterator[tuple[str, str]]:
    for name in RULES:
        for rule in tomllib.loads((SOURCES / name).read_text("utf-8")).values():
            yield from (
                (name, rule[part])
                for part in ("title", "sentence", "column_sentence", "same_sentence", "cost", "source")
                if part in rule
            )
    for name in CLOCKS:
        for clock in tomllib.loads((SOURCES / name).read_text("utf-8"))["rules"]:
            yield name, clock["citation"]
    for name in REGISTERS:
        yield from ((name, text) for text in texts_of_register((SOURCES / name).read_text("utf-8")))


def texts_of_register(table: str) -> Iterator[str]:
    """Yields what a table of substances says of sources and laws.

    Args:
        table: The table in TOML.
    """
    read = tomllib.loads(table)
    for substance in read["substances"]:
        if source := substance.get("source"):
            yield source
    for control in read["controls"]:
        yield from (control[part] for part in ("instrument", "class", "citation"))


def _speaks(name: str) -> bool:
    return name.startswith(SPEAKING) and not name.startswith(SILENT)


def _is_phrase(text: str) -> bool:
    """Whether a text is words for a reader: a space, and more letters than a name of one gap."""
    fixed = "".join(words for words, *_ in Formatter().parse(text))
    return " " in text.strip() and sum(sign.isalpha() for sign in fixed) > LETTERS_MIN


def _error_classes(trees: Iterable[ast.Module]) -> frozenset[str]:
    bases: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(_last_name(base) for base in node.bases)
    found, size = {"AccordError"}, 0
    while size != len(found):
        size = len(found)
        found |= {name for name, parents in bases.items() if parents & found}
    return frozenset(found)


def _said(tree: ast.Module, errors: frozenset[str], *, is_proof: bool) -> Iterator[str]:
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in errors:
            yield from _of_class(node, constants)
        elif isinstance(node, ast.Call):
            yield from _of_call(node, errors, constants)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _of_table(node)
        elif isinstance(node, ast.FunctionDef) and node.name in CONDITIONS:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from _templates(inner.value, constants)
        elif is_proof and isinstance(node, ast.Return | ast.Assign) and node.value is not None:
            yield from _templates(node.value, constants)


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def _of_class(node: ast.ClassDef, constants: dict[str, ast.expr]) -> Iterator[str]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        value = getattr(statement, "value", None)
        if names & {"default_next_step"} and value is not None:
            yield from _templates(value, constants)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "super().__init__" and inner.args:
            yield from _templates(inner.args[0], constants)


def _of_call(node: ast.Call, errors: frozenset[str], constants: dict[str, ast.expr]) -> Iterator[str]:
    name = _last_name(node.func)
    if name in errors and node.args:
        yield from _templates(node.args[0], constants)
    if name in ALARMS and len(node.args) > 2:
        yield from _templates(node.args[2], constants)
    if name in REASONS:
        for part in node.args[1:]:
            yield from _templates(part, constants)
    for keyword in node.keywords:
        if keyword.arg in NAMED_PARTS:
            yield from _templates(keyword.value, constants)


def _of_table(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    is_table = any(isinstance(target, ast.Name) and target.id.endswith(LABELS) for target in targets)
    if is_table and isinstance(node.value, ast.Dict):
        for value in node.value.values:
            yield from _templates(value, {})


def _every_phrase(tree: ast.Module) -> Iterator[str]:
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    skipped = set(documented)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call) and _last_name(node.func) == "compile":
            skipped |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()
        ):
            yield from _templates(node, {})


def _templates(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yields the templates of an expression: a text, a text of parts, or one of several."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value.replace("{", "{{").replace("}", "}}")
        return
    if isinstance(node, ast.JoinedStr):
        template, inner = _composed(node)
        yield template
    else:
        inner = _choices(node, constants)
    for part in inner:
        yield from _templates(part, constants)


def _choices(node: ast.expr, constants: dict[str, ast.expr]) -> list[ast.expr]:
    """Returns the expressions of which one gives the text."""
    match node:
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.BoolOp(values=parts) | ast.Dict(values=parts) | ast.Tuple(elts=parts):
            return list(parts)
        case ast.Name():
            return [constants[node.id]] if node.id in constants else []
        case ast.Call(func=ast.Attribute(attr="get", value=table)):
            return [table, *node.args[1:]]
        case ast.Subscript():
            return [node.value]
        case _:
            return []


def _composed(node: ast.JoinedStr) -> tuple[str, list[ast.expr]]:
    parts: list[str] = []
    inner: list[ast.expr] = []
    used: dict[str, str] = {}
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value).replace("{", "{{").replace("}", "}}"))
        elif isinstance(value, ast.FormattedValue):
            source = ast.unparse(value.value)
            name = used.setdefault(source, _name_of(value.value, set(used.values())))
            parts.append("{" + name + "}")
            if isinstance(value.value, ast.IfExp | ast.Name | ast.Subscript | ast.Call | ast.BoolOp):
                inner.append(value.value)
    return "".join(parts), inner


def _name_of(node: ast.expr, taken: set[str]) -> str:
    """Returns a short name for a part, from the expression that gives it: the last word that is a name."""
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        name = node.slice.value
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "len":
        name = "count"
    else:
        name = "words"
    name = name.strip("_").lower() or "words"
    name = name if name.isidentifier() else "words"
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
