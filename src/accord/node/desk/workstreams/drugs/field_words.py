"""What the fields of the kinds of the drugs workstream are called at the desk."""

from typing import Any, Final

__all__ = ["HINTS", "LABELS", "SECTIONS"]

# Any: lazy translations throughout this module.
SECTIONS: Final[dict[str, tuple[tuple[Any, tuple[str, ...]], ...]]] = {}

LABELS: Final[dict[str, Any]] = {}

HINTS: Final[dict[str, Any]] = {}
