"""The lock of the languages: each text of a plan stands in all its languages and says the same figures in each.

Numbers and days are compared (:mod:`accord.vocabulary.figures_in_text`); a person vouches for the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from accord.vocabulary.figures_in_text import Figures, figures_of, missing_in
from accord.workplan.codes import LANGUAGES, Language
from accord.workplan.content import Plan, Wording, all_items

__all__ = ["Problem", "version_problems", "wordings_of"]

_NAMES = {Language.EN: "English", Language.FR: "French", Language.HI: "Hindi"}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with a plan.

    Args:
        item: Code of the item; ``plan`` for the plan itself.
        field: Name of its field.
        code: What is wrong, by a stable code.
        sentence: What is wrong.
        next_step: What mends it.
        language: The version in which it is wrong, where it is one.
        blocks: Whether the plan cannot be offered as long as it stands.
    """

    item: str
    field: str
    code: str
    sentence: str
    next_step: str
    language: str = ""
    blocks: bool = True


def wordings_of(plan: Plan) -> Iterator[tuple[str, str, Wording]]:
    """Yields each text of a plan with the code of its item and the name of its field."""
    for field in ("title", "about", "caveat"):
        wording = getattr(plan, field)
        if wording is not None:
            yield "plan", field, wording
    for item in all_items(plan):
        yield item.id, "title", item.title
        if item.text is not None:
            yield item.id, "text", item.text
        if item.caveat is not None:
            yield item.id, "caveat", item.caveat
    for row in plan.progress:
        yield row.item, "progress", row.reason


def version_problems(code: str, field: str, wording: Wording, languages: Sequence[Language]) -> tuple[Problem, ...]:
    """Returns where the versions of one text do not agree, or are missing."""
    return tuple(_problems(code, field, wording, tuple(languages)))


def _problems(code: str, field: str, wording: Wording, languages: tuple[Language, ...]) -> Iterator[Problem]:
    for language in LANGUAGES:
        if language in languages and not wording.of(language):
            yield Problem(
                item=code,
                field=field,
                language=language,
                code="workplan.version-missing",
                sentence=f"The {_NAMES[language]} version is missing.",
                next_step="Write it, or take the language out of the plan.",
            )
        elif language not in languages and wording.of(language):
            yield Problem(
                item=code,
                field=field,
                language=language,
                code="workplan.version-not-wanted",
                sentence=f"There is a {_NAMES[language]} version, and the plan is not in that language.",
                next_step="Take it out, or add the language to the plan.",
            )
    there = [language for language in languages if wording.of(language)]
    read = {language: _figures(wording.of(language), language) for language in there}
    for language, found in read.items():
        yield from _days(code, field, language, found)
    if not there:
        return
    first, *others = there
    for other in others:
        for has, lacks in ((first, other), (other, first)):
            missing = missing_in(read[has], read[lacks])
            if missing:
                yield Problem(
                    item=code,
                    field=field,
                    language=lacks,
                    code="workplan.versions-differ",
                    sentence=f"In {_NAMES[has]} it says {', '.join(missing)}, in {_NAMES[lacks]} it does not.",
                    next_step="Write the same numbers and days in each language.",
                )


def _days(code: str, field: str, language: Language, found: Figures) -> Iterator[Problem]:
    for written in found.impossible:
        yield Problem(
            item=code,
            field=field,
            language=language,
            code="workplan.no-such-day",
            sentence=f"No calendar has the day {written}.",
            next_step="Correct the day.",
        )
    for written in found.ambiguous:
        yield Problem(
            item=code,
            field=field,
            language=language,
            code="workplan.two-readings",
            sentence=f"{written} is one day in one country and another day in another.",
            next_step="Write the month as a word.",
        )


@lru_cache(maxsize=32_768)
def _figures(text: str, language: Language) -> Figures:
    """Returns the figures of a text, read once: a plan is checked again after each change of one of its items."""
    return figures_of(text, language)
