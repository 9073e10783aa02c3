"""Finds every ``accord ...`` command that a text names, and asks the real argument parser whether there is one.

A command is named between backticks, or on a line of its own in a code block; in the source, in any string.
Words in capitals or in braces stand for what a reader puts there.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accord.cli.lazily import LazyCommand
from accord.cli.main import COMMANDS

BETWEEN_TICKS = re.compile(r"`(?:\.venv/bin/)?(accord [a-z][^`]*)`")
ON_A_LINE = re.compile(r"^\s*(?:\$ |sudo -u accord )?(?:\.venv/bin/)?(accord [a-z-]+(?: .*)?)$", re.MULTILINE)
IN_WORDS = re.compile(r"(accord (?:%s)(?: [a-z][a-z-]*| --[a-z-]+| [A-Z{][\w{}.:]*)*)" % "|".join(COMMANDS))  # noqa: UP031
WORD = re.compile(r"[a-z][a-z-]*")
OPTION = re.compile(r"--[a-z][a-z-]*")


def named_in_page(text: str) -> Iterator[str]:
    """Yields the commands that a page of the manual names."""
    fences = re.findall(r"```[^\n]*\n(.*?)```", text, re.DOTALL)
    for block in fences:
        yield from ON_A_LINE.findall(block)
    yield from BETWEEN_TICKS.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def named_in_source(path: Path) -> Iterator[str]:
    """Yields the commands that any string of a module names, its docstrings among them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "VALUE" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        text = text.replace("``", "`")
        yield from BETWEEN_TICKS.findall(text)
        yield from (found for found in IN_WORDS.findall(re.sub(r"`[^`]*`", "", text)) if " " in found)


def problem_with(command: str) -> str | None:
    """Returns what is wrong with a command that a text names, ``None`` where the parser knows it."""
    words = re.sub(r"[.;,:…)]+(?=\s|$)", "", command.split("#", maxsplit=1)[0].replace("\\\n", " ")).split()[1:]
    found: Any = COMMANDS.get(words[0])
    if not isinstance(found, LazyCommand):
        return f"there is no command {words[0]!r}"
    current: Any = found.load(words[0])
    rest = words[1:]
    while hasattr(current, "commands") and rest and WORD.fullmatch(rest[0]):
        if rest[0] not in current.commands:
            return f"{words[0]!r} has no {rest[0]!r}"
        current, rest = current.commands[rest[0]], rest[1:]
    known = {option for one in current.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    unknown = [
        word for word in rest if word.startswith("--") and OPTION.match(word) and word.split("=")[0] not in known
    ]
    if unknown:
        return f"{' '.join(words)!r}: no option {unknown[0]}"
    return None
