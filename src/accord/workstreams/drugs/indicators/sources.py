"""Sources over notices before export, the replies and outcomes they had, and incidents.

Every moment that decides in which period a thing is counted is the signed receipt, which both sides have, so that both
count alike: what left and was not received is counted by neither. Silence is no reply and upholds nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce
from msgspec import structs

from accord.exchange.withdrawn import stands
from accord.workplan.indicators.sources import Kept, Observed, Source
from accord.workplan.indicators.stored import among, rows_read
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
)
from accord.workstreams.drugs.kinds.pre_export_reply import OBJECTING, ReplyResult
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Incident, NoticeReply, Outcome

__all__ = ["DRUG_SOURCES"]

FOLLOW_UP: Final = timedelta(hours=48)
"""How long the side that was objected to has to say what became of the consignment."""

ALERT: Final = timedelta(hours=24)
"""How soon an incident is told."""

_DID_NOT_GO_ON: Final = frozenset({Became.NOT_SENT, Became.STOPPED, Became.SEIZED, Became.RETURNED})

# When both sides had a message: ours when its receipt was signed, theirs when it came.
_HAD: Final = Coalesce("message__receipt_stated_at", "message__received_at")


def _notices(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    outcomes = _last_outcomes(cases)
    for notice, (observed, result) in _last_replies(cases).items():
        if result == ReplyResult.NO_OBJECTION:
            continue
        became, told_at = outcomes.get(notice, ("", None))
        is_known = bool(became) and became != Became.UNKNOWN
        yield _with_end(observed, "flagged-consignment", timedelta(0), told_at, is_met=is_known)
        if result in OBJECTING:
            yield _with_end(observed, "pre-export-objection", FOLLOW_UP, told_at, is_met=became in _DID_NOT_GO_ON)


def _with_end(
    observed: Observed, family: str, within: timedelta, done_at: datetime | None, *, is_met: bool
) -> Observed:
    due_at = observed.at + within
    return structs.replace(observed, family=family, due_at=due_at, done_at=done_at, is_met=is_met)


def _last_replies(cases: Sequence[UUID]) -> dict[UUID, tuple[Observed, str]]:
    """Returns, by notice, what its last reply said that both sides have."""
    rows = (
        NoticeReply.objects.filter(stands("message__"), stands("notice__message__"), notice__case__in=among(cases))
        .annotate(had_at=_HAD, theme=F("notice__case__theme"))
        .exclude(had_at=None)
        .order_by("had_at", "pk")
    )
    found: dict[UUID, tuple[Observed, str]] = {}
    for key, peer, case, envelope, is_ours, theme, had_at, result in rows_read(
        rows.values_list(
            "notice", "notice__peer", "notice__case", "notice__message__envelope_id", "notice__is_ours", "theme",
            "had_at", "result",
        ),
        keys=(0, 2, 3),
        moments=(6,),
    ):  # fmt: skip
        observed = Observed(
            peer=peer,
            case=case,
            subject=key,
            envelope_id=envelope,
            family="pre-export-reply",
            is_ours=is_ours,
            theme=theme,
            at=had_at,
        )
        found[key] = (observed, result)
    return found


def _last_outcomes(cases: Sequence[UUID]) -> dict[UUID, tuple[str, datetime]]:
    """Returns, by notice, what became of its consignment as it was told last, and when both sides had it."""
    rows = (
        Outcome.objects.filter(stands("message__"), notice__case__in=among(cases))
        .annotate(had_at=_HAD)
        .exclude(had_at=None)
        .order_by("had_at", "pk")
    )
    return {
        key: (became, had_at)
        for key, became, had_at in rows_read(rows.values_list("notice", "became", "had_at"), keys=(0,), moments=(2,))
    }


def _incidents(cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    rows = (
        Incident.objects.filter(stands("message__"), case__in=among(cases)).annotate(had_at=_HAD).exclude(had_at=None)
    )
    for key, peer, case, envelope, is_ours, theme, had_at, happened_at in rows_read(
        rows.values_list(
            "pk", "peer", "case", "message__envelope_id", "is_ours", "case__theme", "had_at", "happened_at"
        ),
        keys=(0, 2, 3),
        moments=(6, 7),
    ):
        yield Observed(
            peer=peer,
            case=case,
            subject=key,
            envelope_id=envelope,
            family="drug-incident",
            is_ours=is_ours,
            theme=theme,
            at=had_at,
            due_at=had_at,
            done_at=had_at,
            is_met=had_at - happened_at <= ALERT,
        )


DRUG_SOURCES: Final = (
    Source(
        name="notices before export",
        families=frozenset({"flagged-consignment", "pre-export-objection"}),
        kinds=frozenset({PRE_EXPORT_NOTICE}),
        of_cases=_notices,
    ),
    Source(
        name="drug incidents",
        families=frozenset({"drug-incident"}),
        kinds=frozenset({DRUG_INCIDENT}),
        of_cases=_incidents,
    ),
)
"""What is read of the kinds of this workstream."""
