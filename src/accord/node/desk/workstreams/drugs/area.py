"""The entry of the drugs workstream in the header."""

from typing import Final

from django.utils.translation import pgettext_lazy

from accord.officers.permissions import Permission

__all__ = ["AREA"]

AREA: Final = (pgettext_lazy("area", "Drugs"), "desk:drugs", Permission.REGISTER_READ)
