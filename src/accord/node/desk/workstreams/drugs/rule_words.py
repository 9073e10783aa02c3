"""What the rules of screening say at the desk, in the reader's language, and the law or standard each rests on.

The rules stand in English beside the engine (``screening/rules.toml``); their words are in the desk's catalogues under
the context of the services. A rule that an older screening used and that is there no more is named by its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accord.node.desk.said import SERVICE
from accord.workstreams.drugs.screening.rules import rules

__all__ = ["RuleWords", "rule_sentence", "rule_words"]

# Any: lazy translations throughout this module.
_FACTORS: Final = _("SOR/2002-359, section 86(2)")
_TARIFF: Final = _("Harmonized System, and SOR/2002-359, section 86(2)")

_SOURCES: Final[Mapping[str, Any]] = {
    "own-code": _TARIFF,
    "elsewhere": _TARIFF,
    "chemistry": _TARIFF,
    "vague": _TARIFF,
    "equipment": _("Controlled Drugs and Substances Act, Schedule IX and section 46.3"),
    "container": "ISO 6346:2022",
    "postal": "UPU S10-12",
}
"""Where it is another than the factors of a suspicious transaction."""


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
    source: Any


def rule_words(code: str) -> RuleWords:
    """Returns what a rule says, in the reader's language.

    Args:
        code: The code of the rule.
    """
    known = rules().get(code)
    if known is None:
        return RuleWords(title=code, cost="", source="")
    title, cost = pgettext(SERVICE, known.title), pgettext(SERVICE, known.cost)
    return RuleWords(title=title, cost=cost, source=_SOURCES.get(code, _FACTORS))


def rule_sentence(code: str, words: Mapping[str, str]) -> str:
    """Returns what a rule says of one line, in the reader's language.

    Args:
        code: The code of the rule.
        words: What fills the places of its sentence.
    """
    known = rules().get(code)
    if known is None:
        return code
    try:
        return pgettext(SERVICE, known.sentence).format_map(words)
    except KeyError:
        # A flag of an older version of the rule, whose sentence had other places.
        return pgettext(SERVICE, known.title)
