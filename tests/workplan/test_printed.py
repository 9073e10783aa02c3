"""The plan and the minister's brief as PDF: A4, in each language, with fonts of our own."""

from datetime import date
from typing import Any

import pytest
import typst
from msgspec.structs import replace

from accord.workplan.codes import Status
from accord.workplan.content import Pillar, Plan, Wording
from accord.workplan.documents.printed import brief_pdf, plan_pdf, print_words
from accord.workplan.template import shipped_templates
from tests.workplan.plans import BOTH, large_plan, said, small_plan

PLAN = small_plan()
ON = date(2026, 7, 15)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """The pages of each document that is printed, as drawings."""
    real, seen = typst.compile, []

    def compiled(*given: Any, **named: Any) -> bytes:
        drawn = real(*given, **{**named, "format": "svg"})
        seen.append(drawn if isinstance(drawn, list) else [drawn])
        return bytes(real(*given, **named))

    monkeypatch.setattr(typst, "compile", compiled)
    return seen


@pytest.mark.parametrize("language", ["en", "fr", "hi"])
def test_each_page_says_at_head_and_foot_how_the_plan_stands(language: str, pages) -> None:
    line = print_words(language)["standing-draft"].format(party="CA", version=3, moment="2026-04-01 10:00 UTC")
    plan = large_plan(actions=150)
    plan_pdf(plan, language=language)
    plan_pdf(plan, language=language, standing=line)
    without, with_line = ([page.count(b"<use ") for page in drawn] for drawn in pages)
    assert len(with_line) == len(without) > 2
    glyphs = {after - before for before, after in zip(without, with_line, strict=True)}
    # The same words twice on every page, and nothing else moved.
    assert len(glyphs) == 1
    assert glyphs.pop() >= 2 * len(line.split())


@pytest.mark.parametrize("language", ["en", "fr", "hi"])
@pytest.mark.parametrize("plan", [PLAN, *shipped_templates()], ids=["small", "template"])
def test_a_plan_and_its_brief_are_printed_in_each_language(plan: Plan, language: str, pages) -> None:
    for made in (plan_pdf(plan, language=language), brief_pdf(plan, language=language, on=ON)):
        assert made.startswith(b"%PDF-")
        assert b"NotoSansPrintLatin" in made
        # A4 is 595.28 by 841.89 points.
        assert b"/MediaBox[0 0 595.2" in made
        assert (b"NotoSansPrintDevanagari" in made) == (language == "hi")
    assert len(pages[-1]) == 1


@pytest.mark.parametrize("language", ["en", "fr", "hi"])
def test_the_brief_of_the_largest_plan_is_one_page(language: str, pages) -> None:
    long = Wording(en="List " * 58, fr="Liste " * 49, hi="सूची " * 58)
    plan = large_plan(actions=300)
    plan = replace(
        plan,
        title=long,
        caveat=replace(long, en="Caveat " * 100),
        is_template=True,
        pillars=tuple(Pillar(id=f"P{number}", title=long, owners=BOTH) for number in range(1, 25)),
        actions=tuple(replace(row, title=long) for row in plan.actions),
        indicators=tuple(
            replace(PLAN.indicators[0], id=f"I{number}", title=long, under="P1") for number in range(1, 30)
        ),
    )
    standing = print_words(language)["standing-draft"].format(party="CA", version=3, moment="2026-04-01 10:00 UTC")
    brief_pdf(plan, language=language, on=date(2026, 9, 1), measured={"I1": "92 %"}, standing=standing)
    assert len(pages[-1]) == 1


def test_words_of_a_plan_are_never_commands() -> None:
    title = said('#panic("x") $1/0$ *b* \\ [ ] <a> @b // c')
    plan = replace(PLAN, title=title, actions=tuple(replace(row, title=title) for row in PLAN.actions))
    assert plan_pdf(plan, language="en").startswith(b"%PDF-")


def test_a_text_that_lacks_the_language_is_printed_in_one_that_it_has() -> None:
    assert plan_pdf(replace(PLAN, title=Wording(hi="कार्ययोजना")), language="en").count(b"NotoSansPrintDevanagari")


def test_what_is_done_is_not_due(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    from accord.workplan.documents import printed

    monkeypatch.setattr(printed, "_printed", lambda page: seen.append(page) or b"")
    done = replace(PLAN.progress[0], status=Status.DONE, on=date(2026, 6, 1))
    brief_pdf(replace(PLAN, progress=(*PLAN.progress, done)), language="en", on=ON)
    by_pillar, overdue, following, indicators = seen[0].sections
    assert by_pillar.rows[0] == ("P1 Precursors", "2", "1", "0", "0", "0")
    assert (overdue.rows, overdue.lines) == ((), ("Nothing.",))
    assert [row[0] for row in following.rows] == ["A2", "M1"]
    assert indicators.rows[0][2:] == ("at least 95 %", "")


def test_the_words_of_the_page_are_the_same_in_each_language() -> None:
    english = print_words("en")
    for language in ("fr", "hi"):
        words = print_words(language)
        assert words.keys() == english.keys()
        assert all(text or not english[name] for name, text in words.items())
    assert print_words("xx") == english
