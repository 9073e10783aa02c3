"""What the members of a message are called where it is read.

A form speaks to the one who fills it: "our law", "one a line". The same member may be read in a message of either side,
so here it is named without saying whose it is, and without what only helps to fill it.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accord.node.desk.fact_words import FACTS
from accord.node.desk.field_words import LABELS
from accord.node.desk.workstreams import modules_named

__all__ = ["READ", "label_read"]

# Any: lazy translations.
READ: Final[dict[str, Any]] = {
    "access_class": _("How the receiver can look it up"),
    "action_suggested": _("What is suggested"),
    "action": _("What the receiver is to do"),
    "categories": _("Categories of information, as the arrangement names them"),
    "contains_received_from": _("Parties whose received matter it holds"),
    "erased_in_part": _("Erased in part from our copy, as an originator demanded"),
    "legal_basis": _("Legal basis"),
    "names": _("Names"),
    "own": _("The sender's own marking"),
    "own_law": _("Provision of the sender's law"),
    "permitted_uses": _("Permitted uses"),
    "points": _("Points"),
    "reason_held": _("Why the receiver is thought to hold it"),
    "relevance_reason": _("Why it matters to the receiver"),
    "retention_days": _("Days for which the receiver may keep it"),
    "retention_until": _("The receiver may keep it until"),
    "role": _("A question or a reply"),
    "specification": _("What exactly is asked"),
    "what_is_wrong": _("What is wrong"),
    "who_may_access": _("Who may see it"),
}
"""Names for the reader, where those of the form speak to the writer."""

for _words in modules_named("field_words"):
    READ.update(_words.READ)


def label_read(name: str) -> Any:
    """Returns what a member is called in a message that is read.

    Args:
        name: The member.
    """
    return READ.get(name) or LABELS.get(name) or FACTS.get(name) or name.replace("_", " ").capitalize()
