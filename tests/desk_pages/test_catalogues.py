"""The desk's languages are whole: no text is missing, fuzzy, torn, or outside the catalogues."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
from django.utils import translation

from accord.law.loading import installed_packs
from accord.law.words import load_words
from accord.node.api import labels
from accord.node.desk import said
from accord.parties.profile import Names
from accord.workstreams.drugs.substances.shipped import shipped_table

ROOT: Final = Path(__file__).resolve().parents[2]
NODE: Final = ROOT / "src" / "accord" / "node"
SHOWN: Final = (NODE / "desk", NODE / "notices")
"""What makes pages that an officer sees."""
LANGUAGES: Final = ("fr", "hi")

sys.path.insert(0, str(ROOT / "assets"))
languages: Any = import_module("languages")  # Any: a tool beside the package, which the types do not know
service_texts: Any = import_module("service_texts")

PLACEHOLDER: Final = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]")
TAG: Final = re.compile(r"</?[a-z][^>]*>")
COMMAND: Final = re.compile(r"`[^`]*`")
NO_BREAK: Final = "\N{NO-BREAK SPACE}"


def _files(pattern: str) -> list[Path]:
    return sorted(file for place in SHOWN for file in place.rglob(pattern) if file.parent.name != "migrations")


def _pairs(language: str) -> Iterator[tuple[str, str, str | None]]:
    for message in languages.kept(language):
        if message.id:
            ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
            told = message.string if isinstance(message.string, list | tuple) else (message.string,)
            # A language may have fewer or more forms of number than English: the plural answers for those beyond.
            for number, text in enumerate(told):
                yield ids[min(number, len(ids) - 1)], text, message.context


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_desk_lacks_a_translation(language: str) -> None:
    kept = languages.kept(language)
    wanted = [message for message in (*languages.collected(), *languages.lacked(language)) if message.id]
    assert len(wanted) > 1000
    found = ((message, kept.get(message.id, context=message.context)) for message in wanted)
    missing = [
        (message.context or "", message.id)
        for message, known in found
        if known is None or known.fuzzy or not languages._is_translated(known.string)
    ]
    assert not missing, f"run assets/languages.py collect {language}, and translate these"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_register_of_substances_says_of_laws_and_sources_is_in_the_catalogues(language: str) -> None:
    kept, table = languages.kept(language), shipped_table()
    texts = {text for one in table.controls for text in (one.instrument, one.class_, one.citation)}
    texts |= {one.source for one in table.substances if one.source}
    found = {text: kept.get(text, context=said.SERVICE) for text in texts}
    assert not [text for text, known in found.items() if known is None or known.fuzzy or not known.string]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_tags_and_commands_of_its_text(language: str) -> None:
    torn = []
    for text, told, context in _pairs(language):
        for form in (PLACEHOLDER, TAG, COMMAND):
            if form is PLACEHOLDER and "%(count)" in text and set(form.findall(told)) <= set(form.findall(text)):
                continue
            if set(form.findall(text)) != set(form.findall(told)):
                torn.append((text, told))
        if context == said.SERVICE and _gaps(text) != _gaps(told):
            torn.append((text, told))
    assert not torn


def _gaps(template: str) -> set[str]:
    return {name for _fixed, name, *_ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_its_text_does(language: str) -> None:
    def ends(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    assert not [(text, told) for text, told, _context in _pairs(language) if ends(text) != ends(told)]


def test_french_has_its_spaces_quotation_marks_and_apostrophes() -> None:
    wrong = []
    for _text, told, _context in _pairs("fr"):
        bare = COMMAND.sub("x", TAG.sub("", PLACEHOLDER.sub("x", told)))
        bare = re.sub(r"https?://\S*|\d\d:\d\d|\. / _ : -", "", bare)
        has_fault = (
            re.search(rf"[^{NO_BREAK}]:", bare)
            or re.search(rf"«[^{NO_BREAK}]|[^{NO_BREAK}]»", bare)
            or re.search(r"\s[;!?]", bare)
            or re.search(r"\w'\w", bare)
            or '"' in bare
        )
        if has_fault:
            wrong.append(told)
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_law_has_fresh_words(language: str) -> None:
    for pack in installed_packs():
        words = load_words(pack, language)
        assert words is not None, f"{pack.name} has no words in {language}"
        stale = [rule.id for rule in pack.rules if rule.id not in words.rules or not words.rules[rule.id].is_of(rule)]
        assert not stale, f"run assets/languages.py rules {language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_service_is_recognised_whatever_stands_in_its_gaps(language: str) -> None:
    unknown = []
    with translation.override(language):
        for template in sorted(of_services()):
            names = sorted(_gaps(template))
            gaps = {name: f"X{number}-9" for number, name in enumerate(names)}
            told = said.translated(template.format_map(gaps))
            if told is None or any(gap not in told for gap in gaps.values()):
                unknown.append((template, told))
    assert not unknown


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_rule_says_is_said_in_the_reader_s_language(language: str) -> None:
    rules = [rule for pack in installed_packs() if pack.name in {"common", "canada"} for rule in pack.rules]
    with translation.override(language):
        texts = [text for rule in rules for one in rule.policies.values() for text in (one.sentence, one.cure)]
        assert not [text for text in texts if said.translated(text) in {None, text}]
        rule = rules[0]
        policy = next(iter(rule.policies.values()))
        condition = said.translated(f"{policy.cure} ({rule.id})")
        assert condition == f"{said.said(policy.cure)} ({rule.id})"
        both = said.translated(f"{policy.sentence} {policy.cure}")
        assert both == f"{said.said(policy.sentence)} {said.said(policy.cure)}"


def test_what_nobody_translated_stays_english_and_is_marked_so() -> None:
    with translation.override("fr"):
        assert said.translated("Whatever an officer may write here.") is None
        assert said.marked("A <b> of old.") == '<span lang="en">A &lt;b&gt; of old.</span>'
    with translation.override("en"):
        assert said.marked("A <b> of old.") == "A &lt;b&gt; of old."


class _Bare(HTMLParser):
    """Finds words that stand in a template outside every translation."""

    SILENT: Final = frozenset({"code", "script", "style", "svg", "kbd"})
    SHOWN: Final = frozenset({"aria-label", "alt", "title", "placeholder"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.within.append(tag)
        self.found += [str(value) for name, value in attrs if name in self.SHOWN and _has_words(str(value))]

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within and _has_words(data):
            self.found.append(data.strip())


NAMES_IN_TEMPLATES: Final = frozenset({"Accord", "SHA", "JSON", "UTC", "ms", "roots", "json", "sha", "file"})
"""Names and signs that are the same in every language."""


def _has_words(text: str) -> bool:
    return any(word not in NAMES_IN_TEMPLATES for word in re.findall(r"[^\W\d_]{2,}", text))


@pytest.mark.parametrize("file", _files("*.html"), ids=lambda file: str(file.relative_to(NODE)))
def test_no_word_of_a_template_stands_outside_the_catalogues(file: Path) -> None:
    source = file.read_text("utf-8")
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
    source = re.sub(r"{%\s*blocktrans(late)?\b.*?{%\s*endblocktrans(late)?\s*%}", "", source, flags=re.DOTALL)
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    # A template without an element is a part of another's element: its attributes.
    source = source if "<" in source else ""
    parser = _Bare()
    parser.feed(source)
    assert not parser.found


@pytest.mark.parametrize("file", _files("*.html"), ids=lambda file: str(file.relative_to(NODE)))
def test_what_services_and_law_say_goes_through_the_catalogues(file: Path) -> None:
    parts = r"(?:error|reason|policy|problem|decision|rule|claim|alarm|refused|one|why)"
    raw = rf"{{{{\s*[\w.]*\b{parts}\.(?:sentence|next_step|cure|decider|citation|approver|note)\s*}}}}"
    texts = [found for found in re.findall(raw, file.read_text("utf-8")) if found not in SAID_BY_THE_DESK]
    assert not texts, "write |said behind it"


SAID_BY_THE_DESK: Final = frozenset({"{{ one.sentence }}"})
"""Names that a view of the desk gives to sentences of its own, in gettext."""


GETTEXT: Final = frozenset(languages.KEYWORDS)


@cache
def of_services() -> frozenset[str]:
    return frozenset(text for _place, text in service_texts.service_texts())


TO_THE_OPERATOR: Final = frozenset({"mailing.py", "smtp.py"})
"""Files whose sentences stand in the log and in what ``accord doctor`` prints, which are in English."""


@pytest.mark.parametrize("file", _files("*.py"), ids=lambda file: str(file.relative_to(NODE)))
def test_no_sentence_of_a_view_stands_outside_the_catalogues(file: Path) -> None:
    if file.name in TO_THE_OPERATOR:
        return
    tree = ast.parse(file.read_text("utf-8"))
    passed: set[int] = set()
    for node in ast.walk(tree):
        is_silent = isinstance(node, ast.Expr | ast.Raise | ast.Assert | ast.Subscript)
        is_told = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in GETTEXT
        is_message = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "msg"
        is_collected = isinstance(node, ast.JoinedStr) and service_texts._composed(node)[0] in of_services()
        if (is_silent and not _is_shown(node)) or is_told or is_message or is_collected:
            passed |= {id(part) for part in ast.walk(node)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed
    ]
    assert not [text for text in texts if re.match(r"[A-Z][a-z]+[ ,:].*[a-z]", text) and text not in of_services()]


def _is_shown(node: ast.AST) -> bool:
    """Whether an expression statement does something with its text: ``notes.error(request, "…")``."""
    return isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)


THE_WORD_BOLD: Final = frozenset({"bold", "gras", "मोटे अक्षरों"})
"""Each guide says that words in bold are the screen's, and says it in bold."""


@pytest.mark.parametrize("guide", ["liaison-officer", "duty-officer"])
@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_what_a_guide_prints_in_bold_is_what_the_screen_says(language: str, guide: str) -> None:
    text = (ROOT / "docs" / "guides" / f"{guide}.{language}.md").read_text("utf-8")
    catalogue = languages.collected() if language == "en" else languages.kept(language)
    shown = {
        part
        for message in catalogue
        if message.id
        for part in _forms(message.id if language == "en" else message.string)
    }
    names = {
        name.in_language(language) for table in vars(labels).values() if _is_table(table) for name in table.values()
    }
    bold = set(re.findall(r"\*\*(.+?)\*\*", text)) - THE_WORD_BOLD
    assert len(bold) > 20
    assert not {words for words in bold if not any(_stands_in(words, one) for one in shown | names)}


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _is_table(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(name, Names) for name in table.values())


def _stands_in(words: str, shown: str) -> bool:
    return words.rstrip(".:").casefold() in shown.casefold()


def test_in_hindi_to_withdraw_and_to_take_back_are_two_words() -> None:
    """A released message is withdrawn, one's own draft is taken back: one word for both stops the wrong one."""
    told = [(text, words) for text, words, _context in _pairs("hi") if "वापस ल" in words]
    assert len(told) > 5
    assert not [text for text, _words in told if re.search(r"withdr[ae]w", text, re.IGNORECASE)]
    assert labels.MESSAGE_STATES["withdrawn"].hi == "निरस्त किया गया"
