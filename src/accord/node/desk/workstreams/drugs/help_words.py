"""Help in context on the pages of the drugs workstream."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from accord.node.desk.help_page import PageHelp

__all__ = ["HELP"]

_COLLEAGUE: Final = _("A colleague of your office, or the releasing officer.")

HELP: Final[Mapping[str, PageHelp]] = {
    "drugs": PageHelp(
        what=_("The parts of the work on precursor chemicals, each with what waits for you."),
        can=_("Open a part."),
        next=_("What you open says what can be done there, and by whom."),
        who=_COLLEAGUE,
    ),
}
"""The help of each page by the name of its address."""
