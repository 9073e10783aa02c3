"""What is on file about a flagged line, for the officer who looks at it: licences of its companies, and notices.

Companies are compared as the rules compare them, by number or by a name that bears a legal form. Of notices the officer
is shown those alone that lie in cases which they read.
"""

from typing import Final

from django.db.models import Q

from accord.officers.models import Officer
from accord.workstreams.drugs.manifests.filed import notices_on_file
from accord.workstreams.drugs.models import Flag, Licence, Notice
from accord.workstreams.drugs.screening.papers import company_id

__all__ = ["licences_of", "notices_of"]

NOTICES_SHOWN: Final = 10


def licences_of(flag: Flag) -> list[Licence]:
    """Returns the licences on file of the consignor and the consignee, those that are over included.

    Args:
        flag: The flag.
    """
    papers = flag.papers
    wanted: set[str] = set()
    for party in ("shipper", "consignee"):
        wanted |= _identities(papers.get(party, ""), papers.get(f"{party}_number", ""))
    if not wanted:
        return []
    kept = Licence.objects.filter(removed_at=None)
    return [one for one in kept if wanted & _identities(one.company, one.company_number)]


def notices_of(officer: Officer, flag: Flag) -> list[Notice]:
    """Returns the notices that the line names, and else those of its substances, the newest first.

    Args:
        officer: Who looks.
        flag: The flag.
    """
    reference = flag.papers.get("notice", "").strip()
    asked = Q(substance__in=flag.substances)
    if reference:
        asked |= Q(pen_reference__iexact=reference)
    return list(notices_on_file(officer).filter(asked).select_related("case")[:NOTICES_SHOWN])


def _identities(name: str, number: str) -> set[str]:
    return {one for one in (company_id(number, ""), company_id("", name)) if one}
