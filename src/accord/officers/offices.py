"""Who bears an office by which a rule of law names who decides on a hold."""

from collections.abc import Collection

from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["bearers_of"]


def bearers_of(office: str, *, but_not: Collection[int] = ()) -> list[Officer]:
    """Returns the officers who can answer a hold in an office now: in post, and permitted to answer holds.

    Args:
        office: The office, in the rule's own words.
        but_not: Keys of officers who may not answer this hold, as its authors.
    """
    persons = Officer.objects.filter(is_active=True).exclude(pk__in=but_not).defer("password")
    return [one for one in persons if office in one.offices and one.may(Permission.HOLD_ANSWER)]
