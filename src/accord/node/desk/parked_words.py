"""Why a message that arrived is in no case, in words, and what its officer does about it."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

__all__ = ["ParkedWords", "parked_words"]


@dataclass(frozen=True, kw_only=True)
class ParkedWords:
    """What a duty officer reads of one reason; both texts are lazy translations.

    Args:
        why: Why the message waits.
        next: What to do, and by whom.
    """

    why: Any  # Any: lazy translations
    next: Any


_LAW: Final = ParkedWords(
    why=_("The law of this side does not let it be worked on as it stands."),
    next=_("Read below what would let it pass, and who decides. Once that is on record, try it again."),
)
_KEY: Final = ParkedWords(
    why=_("It is sealed to a key that this node does not hold."),
    next=_("Ask the operator to bring back the key file of that time. Then try it again."),
)
_VERSION: Final = ParkedWords(
    why=_("It is of a kind, or of a version, that this node does not know."),
    next=_("Ask the operator to bring this node to the version of the other side. Then try it again."),
)
_ADDRESS: Final = ParkedWords(
    why=_("It is not addressed to this side."),
    next=_("Tell the other side its number. Another try changes nothing."),
)
_FORM: Final = ParkedWords(
    why=_("It is not written as both sides agreed, so that it cannot be read."),
    next=_("Tell the other side its number, and ask them to send it anew. Another try changes nothing."),
)
_SEAL: Final = ParkedWords(
    why=_("Its seal does not hold: it was altered, or made for another message."),
    next=_("Do not rely on it. Have the operator keep it as evidence, and tell both operators."),
)
_NODE: Final = ParkedWords(
    why=_("This node failed while it filed the message."),
    next=_("Ask the operator to read the node's log and mend the fault. Then try it again."),
)

_BY_CODE: Final = {
    "release.key-not-held": _KEY,
    "release.unknown-kind": _VERSION,
    "release.unknown-schema": _VERSION,
    "release.not-addressed-to-us": _ADDRESS,
    "release.too-large": _FORM,
    "release.unknown-handling": _FORM,
    "release.schema-refused": _FORM,
}
_BY_FLOOR: Final = {"law": _LAW, "trust": _SEAL, "channel": _FORM}


def parked_words(code: str) -> ParkedWords:
    """Returns the words of a reason's code; for a code of this node's own faults, those of a fault."""
    return _BY_CODE.get(code) or _BY_FLOOR.get(code.partition(".")[0], _NODE)
