"""What the rules of screening say at the desk, in the reader's language: title, sentence, cost of an error, source.

The rules stand in English beside the engine (``screening/rules.toml``); a test holds both to the same words. A rule
that is not listed here is said in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accord.workstreams.drugs.screening.rules import rules, sentence_of

__all__ = ["RULE_WORDS", "RuleWords", "rule_sentence", "rule_words"]


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """What a rule says; every text is a lazy translation.

    Args:
        title: What it looks for.
        sentence: Why a line is flagged, with places to fill.
        cost: What it costs to be wrong.
        source: The law, standard or table on which it rests.
    """

    title: Any  # Any: lazy translations
    sentence: Any
    cost: Any
    source: Any = ""


_TABLE: Final = _("The register of controlled substances, and SOR/2002-359, section 86(2)")
_TARIFF: Final = _("Harmonized System, and SOR/2002-359, section 86(2)")
_LOOK: Final = _("A lawful trader's goods wait for a look at the papers.")
_SHARED: Final = _("Other chemicals share the abbreviation.")
_TYPING: Final = _("Mostly a typing error.")

RULE_WORDS: Final[Mapping[str, RuleWords]] = {
    "name": RuleWords(
        title=_("A controlled substance is named"),
        sentence=_("The text names {wording} ({substance})."),
        cost=_LOOK,
        source=_TABLE,
    ),
    "name-misspelt": RuleWords(
        title=_("A controlled substance is named with a typing error"),
        sentence=_("The text names {wording} ({substance}) with one letter wrong."),
        cost=_("A lawful trader's goods wait; another substance of nearly the same name was meant."),
        source=_TABLE,
    ),
    "abbreviation": RuleWords(
        title=_("An abbreviation may mean a controlled substance"),
        sentence=_("The text has {wording}, which may mean {substance}."),
        cost=_("Many abbreviations mean other things: look at the rest of the papers first."),
        source=_TABLE,
    ),
    "number": RuleWords(
        title=_("A registry number of a controlled substance stands in the text"),
        sentence=_("The text has CAS {wording} ({substance})."),
        cost=_LOOK,
        source=_TABLE,
    ),
    "digits": RuleWords(
        title=_("Digits of a registry number stand in the text"),
        sentence=_("The text has the digits of CAS {wording} ({substance}) without its hyphens."),
        cost=_("Order and invoice numbers can have the same digits."),
        source=_TABLE,
    ),
    "own-code": RuleWords(
        title=_("Declared under the tariff code of a controlled substance"),
        sentence=_("Tariff code {code} names {substance} alone: is a notice on file?"),
        cost=_("It is declared openly; only the papers are to be compared."),
        source=_TARIFF,
    ),
    "elsewhere": RuleWords(
        title=_("A chemical name under a tariff code that is not of chemicals"),
        sentence=_("The text names a substance, and tariff code {code} is not of chapters 28 and 29."),
        cost=_("Kits, samples and mixtures are rightly declared elsewhere."),
        source=_TARIFF,
    ),
    "chemistry": RuleWords(
        title=_("An abbreviation in a line of chemicals"),
        sentence=_("Tariff code {code} is of chapters 28 and 29, where the abbreviation is of use."),
        cost=_SHARED,
        source=_TARIFF,
    ),
    "chemistry-words": RuleWords(
        title=_("An abbreviation beside words of chemistry"),
        sentence=_("The text speaks of chemicals (“{words}”), among which the abbreviation is of use."),
        cost=_SHARED,
        source=_TABLE,
    ),
    "vague": RuleWords(
        title=_("A basket code with words that say nothing"),
        sentence=_("Tariff code {code} is shared with {count} precursors, and the text says no more than “{words}”."),
        cost=_("Most goods of a basket code are lawful intermediates: ask what it is before it is stopped."),
        source=_TARIFF,
    ),
    "equipment": RuleWords(
        title=_("A press, die or capsule filler"),
        sentence=_("The text names {words}: is its import registered?"),
        cost=_("Makers of medicine, food and sweets use them too."),
        source=_("Controlled Drugs and Substances Act, Schedule IX and section 46.3"),
    ),
    "container": RuleWords(
        title=_("A container number that cannot be"),
        sentence=_("Container number {number} fails its check digit (ISO 6346)."),
        cost=_TYPING,
        source="ISO 6346:2022",
    ),
    "postal": RuleWords(
        title=_("A postal item number that cannot be"),
        sentence=_("Postal item {number} fails its check digit (UPU S10)."),
        cost=_TYPING,
        source="UPU S10-12",
    ),
}
"""By the code of the rule."""


def rule_words(code: str) -> RuleWords:
    """Returns what a rule says; in English where the desk has no words of its own, its code where nobody has.

    Args:
        code: The code of the rule.
    """
    if code in RULE_WORDS:
        return RULE_WORDS[code]
    known = rules().get(code)
    if known is None:
        return RuleWords(title=code, sentence=code, cost="")
    return RuleWords(title=known.title, sentence=known.sentence, cost=known.cost)


def rule_sentence(code: str, words: Mapping[str, str]) -> str:
    """Returns what a rule says of one line, in the reader's language.

    Args:
        code: The code of the rule.
        words: What fills the places of its sentence.
    """
    try:
        return str(rule_words(code).sentence).format_map(words)
    except (KeyError, ValueError):
        # A flag of an older version of the rule, whose sentence had other places.
        return sentence_of(code, words)
