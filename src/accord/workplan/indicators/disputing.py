"""Disputes: that a figure of theirs is not taken for right, who says so, in which words, and how it was settled.

A dispute is our own record and does not travel. Both figures are on both sides, so the difference needs no message; the
words may speak of cases, and belong to who may see those; and what is to be said to the other side is said by who
speaks for ours, in the dialogue, where it goes on the agenda.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.reasons import require_reason
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workplan.models import IndicatorDispute, PublishedIndicators

from .comparing import Pair
from .errors import DisputeRefused

__all__ = ["disputes_of", "open_dispute", "settle_dispute"]

WORDS_MAX: Final = 2_000


def disputes_of(peer: str, indicator: str) -> list[IndicatorDispute]:
    """Returns the disputes of an indicator, the newest first."""
    found = IndicatorDispute.objects.filter(peer_id=peer, indicator=indicator)
    return list(found.select_related("opened_by", "settled_by", "report"))


@transaction.atomic
def open_dispute(
    officer: Officer, pair: Pair, report: PublishedIndicators, *, words: str, now: datetime | None = None
) -> IndicatorDispute:
    """Records that our side does not take a figure of theirs for right.

    Args:
        officer: An officer who drafts agreements.
        pair: Our figure and theirs, as the officer sees them.
        report: Their report.
        words: Why, in words.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft agreements.
        DisputeRefused: They told nothing of it, or a dispute of it is open.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    said = require_reason(words)
    if pair.theirs is None or report.is_ours:
        raise DisputeRefused("The other side told nothing of this figure.", code="workplan.nothing-to-dispute")
    standing = IndicatorDispute.objects.filter(
        peer_id=report.peer_id,
        indicator=pair.ours.wanted.id,
        first_day=report.first_day,
        last_day=report.last_day,
        state=IndicatorDispute.State.OPEN,
    )
    if standing.exists():
        raise DisputeRefused("A dispute of this figure is open already.", code="workplan.disputed-already")
    row = IndicatorDispute.objects.create(
        peer_id=report.peer_id,
        indicator=pair.ours.wanted.id,
        first_day=report.first_day,
        last_day=report.last_day,
        report=report,
        ours=_as_told(pair.ours.figure, pair.ours.standing),
        theirs=_as_told(pair.theirs.figure, pair.theirs.standing),
        words=said,
        opened_at=now or timezone.now(),
        opened_by=officer,
    )
    note(officer, "dispute indicator", row, at=row.opened_at, detail={"party": row.peer_id, "period": row.period.code})
    return row


def _as_told(figure: object, standing: str) -> str:
    return str(figure) if figure is not None else str(standing)


@transaction.atomic
def settle_dispute(
    officer: Officer, dispute: IndicatorDispute, *, words: str, now: datetime | None = None
) -> IndicatorDispute:
    """Records how a dispute was settled.

    Args:
        officer: An officer who drafts agreements.
        dispute: The dispute.
        words: How, in words.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft agreements.
        DisputeRefused: It is settled already.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    said = require_reason(words)
    held = IndicatorDispute.objects.select_for_update().get(pk=dispute.pk)
    if held.state != IndicatorDispute.State.OPEN:
        raise DisputeRefused("This dispute is settled already.", code="workplan.dispute-settled")
    held.state, held.settled_words = IndicatorDispute.State.SETTLED, said
    held.settled_at, held.settled_by = now or timezone.now(), officer
    held.save()
    note(
        officer,
        "settle indicator dispute",
        held,
        at=held.settled_at,
        detail={"party": held.peer_id, "period": held.period.code},
    )
    return held
