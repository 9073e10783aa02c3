"""Decision records: what was decided, on which facts, under which packs, and the commitment that travels.

Source: ACMFEA, section 7; NSIRA Act, section 8(2.2); SCIDA, section 9(1), as rule CA-22 has it.
"""

import hashlib
import secrets
from datetime import datetime

from accord.courier.alarms import raise_alarm
from accord.courier.statements import insert_one
from accord.law.decision import Decision
from accord.law.facts import Facts, facts_bytes
from accord.release.actor import Actor
from accord.release.models import DecisionRecord

__all__ = ["COMMITMENT_CONTEXT", "commitment_of", "keep_decision", "unsaved_record"]

COMMITMENT_CONTEXT = b"accord/decision-commitment/1\0"
"""Separates this hash from every other one over the same bytes."""


def commitment_of(salt: bytes, digest: bytes) -> bytes:
    """Returns what travels beside a message for its decision, 32 bytes.

    Args:
        salt: 32 random bytes, kept with the record.
        digest: The decision's digest.
    """
    return hashlib.sha256(COMMITMENT_CONTEXT + salt + digest).digest()


def unsaved_record(
    facts: Facts, decision: Decision, *, actor: Actor | None, at: datetime, description: str = ""
) -> DecisionRecord:
    """Returns the record of a decision, not yet stored."""
    salt = secrets.token_bytes(32)
    digest = decision.digest
    return DecisionRecord(
        at=at,
        officer_id=actor.pk if actor is not None else None,
        action=facts.action,
        kind=facts.kind,
        party=facts.party,
        peer=facts.peer,
        description=description,
        facts=facts_bytes(facts),
        facts_digest=decision.facts_digest,
        pack_digest=decision.pack_digest,
        outcome=decision.outcome.label,
        decision=decision.to_json(),
        digest=digest,
        salt=salt,
        commitment=commitment_of(salt, digest),
    )


def keep_decision(
    facts: Facts, decision: Decision, *, actor: Actor | None, at: datetime, description: str = ""
) -> DecisionRecord:
    """Stores the record of a decision and returns it; a gate that failed raises an alarm beside its refusal."""
    if decision.alarm is not None:
        raise_alarm(None, "release.gate-failed", decision.alarm)
    record = unsaved_record(facts, decision, actor=actor, at=at, description=description)
    record.pk = insert_one(record)
    return record
