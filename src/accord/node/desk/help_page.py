"""What the help of one page answers."""

from dataclasses import dataclass
from typing import Any

__all__ = ["PageHelp"]


@dataclass(frozen=True, kw_only=True)
class PageHelp:
    """The help of one page; every text is a lazy translation.

    Args:
        what: What this is.
        can: What one can do here.
        next: What happens next.
        who: Who can help.
    """

    what: Any  # Any: lazy translations
    can: Any
    next: Any
    who: Any
