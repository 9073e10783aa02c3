"""What is wrong with a field, in the words of the page: its name stands beside, so that the sentence need not bear it.

A service names a field as the wire does (``refusals[0].part_refused``). Here its refusal becomes a reason and a cure
alone; the page puts the field's own label before it and leads to it.
"""

from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.text import TextRefused
from accord.node.desk.said import said

__all__ = ["reason_words", "stopped"]

STOPS = ".।"


def stopped(reason: str) -> str:
    """Returns a clause as a sentence; one that is a sentence stays as it is."""
    words = reason.strip()
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith(tuple(STOPS)) else ".")


def reason_words(error: AccordError) -> str:
    """Returns what is wrong with the one field that an error names, and what mends it."""
    found = error.fields
    if isinstance(error, TextRefused) and error.reason_code == "text.blank":
        return _("It holds nothing but blanks. Write what it asks for, or leave it empty.")
    if isinstance(error, TextRefused) and error.reason_code == "text.mixed-scripts":
        return _("Letters of two scripts stand in one word, at position %(position)s. Type the word in one script.") % {
            "position": found.get("position", "")
        }
    if isinstance(error, TextRefused) and found.get("character") == "not-NFC":
        return _("A letter at position %(position)s is put together of two signs. Delete it and type it again.") % {
            "position": found.get("position", "")
        }
    if isinstance(error, TextRefused) and "character" in found:
        return _(
            "It holds a character that hides or moves text (%(character)s), at position %(position)s. %(next_step)s"
        ) % {
            "character": found["character"],
            "position": found.get("position", ""),
            "next_step": said(error.next_step),
        }
    return f"{stopped(said(error.sentence))} {said(error.next_step)}"
