"""What the rules of screening say at the desk, in the reader's language, and the law or standard each rests on.

The rules stand in English beside the engine (``screening/rules.toml``); their words are in the desk's catalogues under
the context of the services. A rule that an older screening used and that is there no more is named by its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import pgettext

from accord.node.desk.countries import country_of
from accord.node.desk.said import SERVICE
from accord.workstreams.drugs.screening.rules import rules

__all__ = ["RuleWords", "rule_sentence", "rule_words"]


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """What a rule says.

    Args:
        title: What it looks for.
        cost: What it costs to be wrong.
        source: The law or standard on which it rests.
    """

    title: str
    cost: str
    source: str


def rule_words(code: str) -> RuleWords:
    """Returns what a rule says, in the reader's language.

    Args:
        code: The code of the rule.
    """
    known = rules().get(code)
    if known is None:
        return RuleWords(title=code, cost="", source="")
    title, cost, source = (pgettext(SERVICE, text) for text in (known.title, known.cost, known.source))
    return RuleWords(title=title, cost=cost, source=source)


def rule_sentence(code: str, words: Mapping[str, str]) -> str:
    """Returns what a rule says of one line, in the reader's language.

    Args:
        code: The code of the rule.
        words: What fills the places of its sentence.
    """
    known = rules().get(code)
    if known is None:
        return code
    told = {name: _told(name, text) for name, text in words.items()}
    try:
        return pgettext(SERVICE, known.sentence_for(words)).format_map(told)
    except KeyError:
        # A flag of an older version of the rule, whose sentence had other places.
        return pgettext(SERVICE, known.title)


def _told(name: str, text: str) -> str:
    """Returns what fills a place as a reader says it: countries by their names."""
    return country_of(text) if name == "country" else text
