"""How strongly a sentence promises, by its operative verb, in English, French and Hindi (pure).

The scale is that of the workplan: shall, will, intend, explore, continue, acknowledge. A stronger auxiliary before a
weaker verb gives way to it: *will explore* explores, *agreed to continue* continues. It is a suggestion for a person,
who decides; no text is changed by it.

Source: usage of non-binding instruments, where *will* and *intend* stand for what a treaty says with *shall*.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

__all__ = ["Strength", "is_stronger", "strength_of"]


class Strength(StrEnum):
    """How strongly something is promised, from the strongest to the weakest."""

    SHALL = "shall"
    WILL = "will"
    INTEND = "intend"
    EXPLORE = "explore"
    CONTINUE = "continue"
    ACKNOWLEDGE = "acknowledge"


_ORDER: Final = tuple(Strength)

_EDGE: Final = r"(?<![\w\u0900-\u0963])(?:{words})(?![\w\u0900-\u0963])"

_WORDS: Final[dict[str, dict[Strength, str]]] = {
    "en": {
        Strength.SHALL: "shall|must|undertakes? to|undertook to|(?:are|is) committed to|commit(?:s|ted)? to",
        Strength.WILL: "will|agree[ds]? to|agree[ds]? that|decided? to",
        Strength.INTEND: "intend(?:s|ed)?|plan(?:s|ned)? to|aim(?:s|ed)? to|seeks? to|sought to|propose[ds]? to",
        Strength.EXPLORE: "explor(?:e|es|ed|ing)|consider(?:s|ed|ing)?|examin(?:e|es|ed|ing)|study(?:ing)?"
        "|look(?:ed)? into",
        Strength.CONTINUE: "continu(?:e|es|ed|ing)|maintain(?:s|ed)?|keep(?:s)? up",
        Strength.ACKNOWLEDGE: "acknowledg(?:e|es|ed)|not(?:e|es|ed)|recogni[sz](?:e|es|ed)|welcom(?:e|es|ed)"
        "|recall(?:s|ed)?|underlin(?:e|es|ed)|tak(?:e|es) note|took note",
    },
    "fr": {
        Strength.SHALL: "doit|doivent|devra|devront|s['\u2019]engagent? à|se sont engagées? à|se sont engagés à",
        Strength.WILL: r"\w{2,}(?:ra|ront)|conviennent d[e'\u2019]|(?:ont|a) convenu d[e'\u2019]"
        r"|sont convenu(?:e)?s d[e'\u2019]",
        Strength.INTEND: "(?:ont|a) l['\u2019]intention d[e'\u2019]|entend(?:ent)?|compt(?:e|ent)"
        "|prévo(?:it|ient) d[e'\u2019]|vis(?:e|ent) à|souhait(?:e|ent)",
        Strength.EXPLORE: "étudi(?:er|era|eront|e|ent)|explor(?:er|era|eront|e|ent)|examin(?:er|era|eront|e|ent)"
        "|envisag(?:er|era|eront|e|ent)",
        Strength.CONTINUE: "continu(?:er|era|eront|e|ent)|poursui(?:t|vent|vra|vront|vre)"
        "|maintien(?:t|nent|dra|dront)|maintenir",
        Strength.ACKNOWLEDGE: "prend acte|prennent acte|prendre acte|reconna(?:ît|issent)|not(?:e|ent)|salu(?:e|ent)"
        "|prennent note|prend note|se félicit(?:e|ent)|rappell(?:e|ent)|soulign(?:e|ent)",
    },
    "hi": {
        Strength.SHALL: r"अवश्य|[\u0900-\u0963]+(?:ना|नी|ने) हो(?:गा|गी|ंगे|ंगी)|बाध्य|प्रतिबद्ध|वचनबद्ध",
        Strength.WILL: r"[\u0900-\u0963]+(?:ेगा|ेगी|ेंगे|ेंगी|एगा|एगी|एंगे|एँगे|एंगी|एँगी)|होगा|होगी|होंगे|होंगी|सहमत",
        Strength.INTEND: "इरादा|इरादे|आशय|मंशा|इच्छुक|योजना है|चाहते हैं",
        Strength.EXPLORE: "विचार कर[\u0900-\u0963]+|पर विचार|संभावना[\u0900-\u0963]*|तलाश[\u0900-\u0963]*"
        "|पता लगा[\u0900-\u0963]+|अध्ययन कर[\u0900-\u0963]+",
        Strength.CONTINUE: "जारी रख[\u0900-\u0963]+|जारी रह[\u0900-\u0963]+|बनाए रख[\u0900-\u0963]+",
        Strength.ACKNOWLEDGE: "संज्ञान|स्वीकार कर[\u0900-\u0963]+|मान्यता दे[\u0900-\u0963]+|स्वागत कर[\u0900-\u0963]+|रेखांकित"
        "|ध्यान दि[\u0900-\u0963]+",
    },
}

_NO_FUTURE: Final = frozenset({"opéra", "caméra", "extra", "infra", "ultra", "front", "affront", "sera-ce", "supra"})
"""French words that end as a future does and are none."""

_NEAR_WORDS: Final = 3
"""Words between an auxiliary and the verb that it serves: *will, where needed, explore* has two."""


@lru_cache(maxsize=64)
def _pattern(language: str, strength: Strength) -> re.Pattern[str]:
    return re.compile(_EDGE.format(words=_WORDS[language][strength]), re.IGNORECASE)


def _found(sentence: str, language: str) -> list[tuple[int, int, Strength]]:
    found = [
        (match.start(), match.end(), strength)
        for strength in _ORDER
        for match in _pattern(language, strength).finditer(sentence)
        if match[0].lower() not in _NO_FUTURE
    ]
    # A verb that is both a future and one of a weaker kind (étudieront) is of the weaker kind.
    return sorted(found, key=lambda one: (one[0], -_ORDER.index(one[2])))


def strength_of(sentence: str, language: str) -> Strength | None:
    """Returns how strongly a sentence promises; ``None`` where it promises nothing.

    Args:
        sentence: One sentence.
        language: ``en``, ``fr`` or ``hi``; another is read as English.
    """
    spoken = language if language in _WORDS else "en"
    found = _found(sentence, spoken)
    if not found:
        return None
    if spoken == "hi":
        # The verb stands last, and its auxiliary after it.
        weaker = [strength for _, _, strength in found if strength not in {Strength.SHALL, Strength.WILL}]
        return weaker[-1] if weaker else min((one for _, _, one in found), key=_ORDER.index)
    first, end, strength = found[0]
    for start, _end, other in found[1:]:
        is_near = start >= end and len(sentence[end:start].split()) <= _NEAR_WORDS
        if start > first and is_near and _ORDER.index(other) > _ORDER.index(strength):
            return other
        break
    return strength


def is_stronger(one: Strength, other: Strength) -> bool:
    """Returns whether the first promises more than the second."""
    return _ORDER.index(one) < _ORDER.index(other)
