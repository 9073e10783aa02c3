"""What the uses of a received message are called at the desk, and what each choice of the form means."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

__all__ = ["EFFECTS", "SUSPICIONS"]

# Any: lazy translations.
EFFECTS: Final[dict[str, Any]] = {
    "lead": _("Follow it as a lead"),
    "evidence": _("Bring it as evidence"),
    "deprive-of-rights": _("Act on it against somebody's rights or freedom"),
}
SUSPICIONS: Final[dict[str, Any]] = {
    "unknown": _("Not known"),
    "no": _("No"),
    "possible": _("Possible"),
    "likely": _("Likely"),
}
