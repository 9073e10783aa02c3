"""An account ends with its posting: at its last day, or earlier where either side ends it.

What ends is taken away by the node itself, at the moment of the text that ends it and again in each round. A posting
that is extended gives nothing back: the account is extended by an administrator and a second person, as any other
(``accord.officers.services.extend_posting``), and never beyond the posting.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accord.instruments.models import Instrument
from accord.liaison.models import PostingRecord
from accord.liaison.postings.content import read_posting
from accord.liaison.postings.standing import ends_at
from accord.officers.postings import end_with_posting

__all__ = ["hold_accounts_to_postings", "hold_to"]


def hold_to(instrument: Instrument, *, now: datetime) -> bool:
    """Ends the account of a posting with it, where the account would outlive it; returns whether anything changed."""
    if instrument.agreed is None:
        return False
    record = (
        PostingRecord.objects.filter(posting=instrument, state=PostingRecord.State.IN_FORCE, account__isnull=False)
        .select_related("account")
        .first()
    )
    if record is None or record.account is None:
        return False
    until = ends_at(instrument, read_posting(instrument.agreed.content))
    return end_with_posting(record.account, until=until, now=now)


def hold_accounts_to_postings(*, now: datetime) -> int:
    """Ends the accounts of all postings with them; the job runner calls it. Returns how many changed.

    It finds what no text told: an administrator who extended an account beyond its posting, and a day that has come.
    """
    bound = Instrument.objects.filter(agreed__isnull=False, posting_records__state=PostingRecord.State.IN_FORCE).filter(
        Q(posting_records__account__active_until__isnull=True) | Q(posting_records__account__active_until__gt=now)
    )
    held = 0
    for instrument in bound.select_related("agreed").distinct():
        with transaction.atomic():
            held += hold_to(instrument, now=now)
    return held
