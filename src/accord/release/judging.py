"""The gate at use, for a whole batch of received messages: decided one by one, put on record together.

Equal facts under equal packs give equal decisions, so such decisions share one record. Records that are missing are
written by one statement and found again by what they rested on.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from accord.courier.alarms import raise_alarm
from accord.courier.models import Channel
from accord.courier.prepared import Prepared
from accord.law.decision import Decision
from accord.law.facts import Facts
from accord.release.gate import decide
from accord.release.inserting import insert_rows
from accord.release.models import DecisionRecord
from accord.release.received import Handled, Received
from accord.release.records import unsaved_record
from accord.release.registry import kind_for

__all__ = ["Judgement", "judge_all", "records_of"]

ACTION = "use"
"""The action of the gate under which a received message is worked on."""


class Judgement(NamedTuple):
    """What the gate said of one received message.

    Args:
        stopped: What the sender is told when it may not be used; ``None`` when it may.
        record: Primary key of the decision on record; ``None`` for kinds that serve the channel alone.
    """

    stopped: Handled | None
    record: int | None


def judge_all(channel: Channel, received: Sequence[Received], *, now: datetime) -> dict[UUID, Judgement]:
    """Asks the gate about each message and puts every decision on record, in the caller's transaction.

    Args:
        channel: The channel they came by, for alarms.
        received: Opened messages.
        now: The time of the batch.

    Returns:
        The judgement of each message by its envelope id.
    """
    decided: dict[UUID, Decision] = {}
    rested_on: dict[bytes, tuple[Facts, Decision]] = {}
    for message in received:
        facts_at_use = kind_for(message.kind, message.schema).facts_at_use
        if facts_at_use is None:
            continue
        facts = facts_at_use(message, now.date())
        decision = decide(facts)
        decided[message.envelope_id] = decision
        if decision.facts_digest not in rested_on:
            rested_on[decision.facts_digest] = (facts, decision)
            if decision.alarm is not None:
                raise_alarm(channel, "release.gate-failed", decision.alarm)
    records = _records(rested_on, now=now)
    served = Judgement(None, None)
    return {
        message.envelope_id: _judgement(decided[message.envelope_id], records)
        if message.envelope_id in decided
        else served
        for message in received
    }


def _judgement(decision: Decision, records: dict[bytes, int]) -> Judgement:
    return Judgement(None if decision.lets_pass else _stopped_by(decision), records[decision.facts_digest])


def _stopped_by(decision: Decision) -> Handled:
    stopping = [reason.rule for reason in decision.reasons if not reason.outcome.lets_pass and not reason.is_waived]
    # A shielded reason protects someone by not being known, so the sender hears of no rule at all.
    rule = None if decision.is_shielded or not stopping else stopping[0]
    return Handled(state="refused", code="law.refuses", rule=rule)


def _records(rested_on: dict[bytes, tuple[Facts, Decision]], *, now: datetime) -> dict[bytes, int]:
    """Returns the key of the record of each decision by its facts' digest, writing those that are missing."""
    if not rested_on:
        return {}
    found = _on_record(rested_on)
    missing = [digest for digest in rested_on if digest not in found]
    if not missing:
        return found
    insert_rows(
        DecisionRecord,
        [unsaved_record(*rested_on[digest], actor=None, at=now) for digest in missing],
        has_keys=False,
    )
    return found | _on_record({digest: rested_on[digest] for digest in missing})


def _on_record(rested_on: dict[bytes, tuple[Facts, Decision]]) -> dict[bytes, int]:
    digests = list(rested_on)
    return {
        bytes(facts_digest): key
        for key, facts_digest, pack_digest, officer in _records_of(len(digests)).rows(*digests)
        if officer is None and bytes(pack_digest) == rested_on[bytes(facts_digest)][1].pack_digest
    }


def records_of(facts_digests: Sequence[bytes]) -> QuerySet[DecisionRecord]:
    """Returns the decisions at use that rested on any of these facts, in no order.

    Nothing else is asked of the database: with an order, or a condition on the officer, SQLite would rather look
    through all records without an officer than use the index of facts.
    """
    return (
        DecisionRecord.objects.filter(action=ACTION, facts_digest__in=facts_digests)
        .order_by()
        .only("facts_digest", "pack_digest", "officer_id")
    )


@cache
def _records_of(count: int) -> Prepared[DecisionRecord]:
    columns = ("pk", "facts_digest", "pack_digest", "officer_id")
    return Prepared(lambda *digests: records_of(digests).values_list(*columns), *[bytes] * count)
