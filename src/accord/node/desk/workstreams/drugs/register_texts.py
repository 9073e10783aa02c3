"""What the register of substances says of laws and sources, in the reader's language.

The table that ships with Accord names Acts, schedules, citations and sources in English; its texts stand in the desk's
catalogues under the context of the services. What officers wrote into the register is never looked up there: it stays
as they wrote it, and is marked as somebody's own text.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.node.desk.countries import country_of
from accord.node.desk.said import translated
from accord.node.desk.templatetags.desk import party_name, written
from accord.node.unseen import with_marks
from accord.workstreams.drugs.substances.content import Control
from accord.workstreams.drugs.substances.shipped import shipped_table

__all__ = ["CONVENTION", "OF_LAW", "ShownEntry", "is_told", "jurisdiction_name", "told_text"]

CONVENTION: Final = "UN"

OF_LAW: Final = frozenset({"instrument", "class_", "citation", "source"})
"""Members of a row that say where something is written."""


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """An entry of control as a page shows it.

    Args:
        entry: The entry.
    """

    entry: Control

    @property
    def jurisdiction(self) -> str:
        """Whose law it is."""
        return jurisdiction_name(self.entry.jurisdiction)

    @property
    def class_(self) -> SafeString:
        """Schedule, table or class."""
        return _text(self.entry.class_)

    @property
    def citation(self) -> SafeString:
        """Where it stands."""
        return _text(self.entry.citation)


def told_text(text: str) -> str | None:
    """Returns a text that came with Accord in the reader's language; ``None`` where an officer wrote it.

    Args:
        text: The Act, schedule, citation or source, as a row has it.
    """
    return translated(text) if text in _shipped() else None


def is_told(text: str) -> bool:
    """Returns whether a text came with Accord and stands in the reader's language.

    An Act that is cited in English in every language is not.

    Args:
        text: The Act, schedule, citation or source, as a row has it.
    """
    told = told_text(text)
    return told is not None and (told != text or get_language() == "en")


def jurisdiction_name(code: str) -> str:
    """Returns what a jurisdiction is called: the Convention, a party, or a country.

    Args:
        code: Its two capital letters.
    """
    if code == CONVENTION:
        return _("Convention of 1988")
    name = party_name(code)
    return country_of(code) if name == code else name


@cache
def _shipped() -> frozenset[str]:
    rows = (*shipped_table().substances, *shipped_table().controls)
    return frozenset(getattr(row, name) for row in rows for name in OF_LAW if hasattr(row, name))


def _text(text: str) -> SafeString:
    told = told_text(text)
    if told is not None and is_told(text):
        return SafeString(conditional_escape(told))
    return format_html("<span {}>{}</span>", written("" if told is None else "en"), with_marks(text))
