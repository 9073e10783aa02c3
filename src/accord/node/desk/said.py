"""What the services and the law say, in the reader's language.

The floors below speak English: an error's sentence, its next step, a rule's words, the label of a code. They are kept
so in decisions, logs and the API. Here such a text is recognised and said anew:

* words of a rule, by the translations beside the packs (``accord.law.words``);
* a sentence of a service, by the templates that were collected from the source (``assets/service_texts.py``): the
  fixed words must be equal to the letter, and what stands in the gaps (a name, a number, a field) is taken over, or
  said anew itself where it is such a text.

What is not recognised stays English and is marked as English, so that a screen reader pronounces it and nobody takes
it for a translation. What officers wrote is never looked up here and never translated.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accord.errors import AccordError
from accord.law import words as law_words
from accord.law.loading import installed_packs

__all__ = ["SERVICE", "marked", "said", "translated"]

SERVICE: Final = "service"
"""Context of the services' texts in the catalogues."""

DEPTH_MAX: Final = 3
"""How deep texts stand in texts: a refused draft names a field, whose refusal has its reason."""

CHARACTERS_MAX: Final = 4000
"""Longer texts are no sentence of a service; they are not compared."""


_NAMES_RULE: Final = re.compile(r"(.+) \(((?:[A-Z]{2}-[0-9]{2}|GATE)[a-z.-]*)\)", re.DOTALL)
_JOINT: Final = re.compile(r"[.;] ")
_STOPS: Final[Mapping[str, str]] = {"hi": "।"}
"""What ends a sentence, where it is not a full stop."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A sentence with gaps.

    Args:
        form: What a sentence of this template looks like.
        told: The template in the reader's language.
        fixed: Characters that are not a gap's; the template with the most is tried first.
        names: Names of the gaps, in order.
    """

    form: re.Pattern[str]
    told: str
    fixed: int
    names: tuple[str, ...]


def said(text: object) -> str:
    """Returns a text of the services or the law in the reader's language; the English where it is not known."""
    words = str(text)
    return translated(words) or words


def translated(text: str) -> str | None:
    """Returns a text of the services or the law in the reader's language; ``None`` where it is not known."""
    language = (get_language() or "en")[:2]
    if language == "en":
        return text
    return _translated(text.strip(), language, _packs(), DEPTH_MAX) if len(text) <= CHARACTERS_MAX else None


def marked(text: object) -> SafeString:
    """Returns a text of the services or the law for a page: translated, or in English and marked as English."""
    words = str(text)
    found = translated(words)
    if found is None and words.strip():
        return format_html('<span lang="en">{}</span>', words)
    return SafeString(conditional_escape(found or ""))


def _packs() -> tuple[str, ...]:
    try:
        return tuple(pack.name for pack in installed_packs())
    except AccordError:
        # A node whose law does not hold together shows its errors all the same.
        return ()


@lru_cache(maxsize=4096)
def _translated(text: str, language: str, packs: tuple[str, ...], depth: int) -> str | None:
    known = law_words.said(packs, language).get(text) or _phrases(language).get(text)
    if known or not depth:
        return known
    for template in _templates(language):
        found = template.form.fullmatch(text)
        if found:
            gaps = dict(zip(template.names, found.groups(), strict=True))
            told = {name: _translated(gap, language, packs, depth - 1) or gap for name, gap in gaps.items()}
            return template.told.format_map(told)
    return _with_rule(text, language, packs, depth) or _in_parts(text, language, packs, depth)


def _with_rule(text: str, language: str, packs: tuple[str, ...], depth: int) -> str | None:
    """Returns a condition, which names its rule at the end."""
    found = _NAMES_RULE.fullmatch(text)
    told = _translated(found[1], language, packs, depth - 1) if found else None
    return f"{told} ({found[2]})" if found and told else None


def _in_parts(text: str, language: str, packs: tuple[str, ...], depth: int) -> str | None:
    """Returns texts that were put together, each said anew: a refusal and its cure, or several who decide."""
    for place in (match.end() for match in _JOINT.finditer(text)):
        first, joint, rest = text[: place - 2], text[place - 2 : place], text[place:]
        told = _translated(first if joint == "; " else f"{first}.", language, packs, depth - 1)
        if told is None and joint == ". ":
            # What is wrong with a field is a clause; the page puts the stop.
            told = _translated(first, language, packs, depth - 1)
        after = _translated(rest, language, packs, depth - 1) if told else None
        if told and after:
            mark = _STOPS.get(language, ".") if joint == ". " else ";"
            return f"{told.removesuffix(mark)}{mark} {after}"
    return None


@lru_cache(maxsize=8)
def _catalogue(language: str) -> Mapping[str, str]:
    """The services' texts of a language: templates by their English."""
    found: dict[str, str] = {}
    for place in settings.LOCALE_PATHS:
        file = Path(place) / language / "LC_MESSAGES" / "django.mo"
        if file.exists():
            with file.open("rb") as stream:
                for message in read_mo(stream):
                    # Babel reads a context as bytes, though it declares it a text.
                    is_service = message.context in (SERVICE, SERVICE.encode())
                    if is_service and isinstance(message.id, str) and isinstance(message.string, str):
                        found[message.id] = message.string
    return found


@lru_cache(maxsize=8)
def _phrases(language: str) -> Mapping[str, str]:
    plain = ((english, told) for english, told in _catalogue(language).items() if not _gaps(english))
    return {english.format(): told.format() for english, told in plain}


@lru_cache(maxsize=8)
def _templates(language: str) -> tuple[Template, ...]:
    found = (_template(english, told) for english, told in _catalogue(language).items() if _gaps(english))
    return tuple(sorted(found, key=lambda one: -one.fixed))


def _gaps(template: str) -> tuple[str, ...]:
    return tuple(name for _fixed, name, *_ in Formatter().parse(template) if name is not None)


def _template(english: str, told: str) -> Template:
    names: list[str] = []
    form: list[str] = []
    fixed = 0
    for words, name in _pieces(english):
        form.append(re.escape(words))
        fixed += len(words)
        if name is not None and name in names:
            form.append(f"(?P={name})")
        elif name is not None:
            names.append(name)
            form.append(f"(?P<{name}>.+?)")
    return Template(form=re.compile("".join(form), re.DOTALL), told=told, fixed=fixed, names=tuple(names))


def _pieces(template: str) -> Iterator[tuple[str, str | None]]:
    for words, name, *_ in Formatter().parse(template):
        yield words, name
