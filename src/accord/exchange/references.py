"""References of cases: ``CA-2026-000123``, given once each, in blocks where a batch needs many."""

from datetime import datetime

from django.db import transaction

from accord.exchange.models import CaseSequence

__all__ = ["give_references"]


@transaction.atomic
def give_references(party: str, count: int, *, at: datetime) -> list[str]:
    """Returns the next references of a party and year.

    Args:
        party: Our code.
        count: How many are needed.
        at: Time whose year counts.
    """
    if count == 0:
        return []
    prefix = f"{party}-{at.year}"
    sequence, _ = CaseSequence.objects.select_for_update().get_or_create(prefix=prefix)
    first = sequence.last + 1
    sequence.last += count
    sequence.save(update_fields=["last"])
    return [f"{prefix}-{number:06d}" for number in range(first, first + count)]
