"""The officers at the desk: who may hold a case, and who may be given one."""

from collections.abc import Iterable

from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["colleagues_of", "officers_at_the_desk"]


def officers_at_the_desk() -> list[Officer]:
    """Returns the persons in post who may take cases, in one statement."""
    persons = Officer.objects.filter(is_system=False, is_active=True).defer("password")
    return [one for one in persons if one.may(Permission.CASE_TAKE)]


def colleagues_of(officer: Officer, officers: Iterable[Officer]) -> list[Officer]:
    """Returns those of the officers to whom this one may give a case."""
    return [one for one in officers if one.pk != officer.pk]
