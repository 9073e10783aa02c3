"""Need to know: whose screenings an officer reads, as one condition on every road to a flag or a line.

A manifest names companies and what they trade. An officer who reads cases reads a screening that lies in their scope,
as a case of the subject of precursors would, and those that they asked for. A reviewer reads those of their mandate.
An administrator reads none: the permission that reading needs is of no administrator.

With the node's rule ``scope`` or ``team`` an account without a scope reads its own screenings alone.

Source: :mod:`accord.exchange.reach`, which says the same of cases.
"""

from django.conf import settings
from django.db.models import Q, QuerySet

from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.models import Flag, Screening

__all__ = ["flags_for", "screenings_for"]


def screenings_for(officer: Officer) -> QuerySet[Screening]:
    """Returns the screenings that an officer reads.

    Args:
        officer: Who reads; one who may not read cases reads none.
    """
    if not officer.may(Permission.CASE_READ):
        return Screening.objects.none()
    return Screening.objects.filter(_within(officer))


def flags_for(officer: Officer) -> QuerySet[Flag]:
    """Returns the flags of the screenings that an officer reads."""
    if not officer.may(Permission.CASE_READ):
        return Flag.objects.none()
    return Flag.objects.filter(_within(officer, "screening__"))


def _within(officer: Officer, path: str = "") -> Q:
    own = Q(**{f"{path}asked_by": officer})
    agencies = Q(**{f"{path}asked_by__agency__in": officer.scope_agencies}) if officer.scope_agencies else Q()
    if officer.may(Permission.RECORD_READ):
        return agencies
    if officer.scope_themes and str(Theme.PRECURSORS) not in officer.scope_themes:
        return own
    has_scope = bool(officer.scope_themes or officer.scope_agencies)
    if settings.ACCORD_NEED_TO_KNOW != "node" and not has_scope:
        return own
    return (agencies | own) if officer.scope_agencies else Q()
