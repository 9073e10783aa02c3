"""What a reviewer may ask of this node: decisions with their facts, and the list of acts. Nothing here writes.

A reviewer reads the node of the own state only: the other side's reasons never travel, so they cannot be here.

Source: NSIRA Act, section 8(2.2); SCIDA, section 9(1), as rule CA-22 has it.
"""

import json
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value, When
from django.db.models.functions import Cast, Greatest, Replace, StrIndex, Substr

from accord.errors import OfficerCanMend
from accord.exchange.models import AgencyInquiry, Attachment
from accord.exchange.reach import cases_for, messages_for, within
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission, require
from accord.release.models import DecisionRecord

__all__ = ["DecisionUnknown", "acts", "decision", "decisions", "facts_of", "outcome_counts"]


class DecisionUnknown(OfficerCanMend):
    """No decision of that number is on record."""

    code = "oversight.decision-unknown"
    default_next_step = "Take the number from the list of decisions."
    http_status = 404


def decisions(
    reviewer: Officer,
    *,
    peer: str | None = None,
    action: str | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[DecisionRecord]:
    """Returns the decisions on record that fit, without their facts.

    Args:
        reviewer: Who asks.
        peer: Code of the other party.
        action: ``release``, ``request``, ``use`` or ``acknowledge``.
        outcome: Name of the outcome, for example ``refuse``.
        since: First moment, included.
        until: Last moment, excluded.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    wanted = {"peer": peer, "action": action, "outcome": outcome, "at__gte": since, "at__lt": until}
    fitting = {name: value for name, value in wanted.items() if value is not None}
    rows = DecisionRecord.objects.filter(_mandated(reviewer), **fitting)
    return rows.defer("facts", "salt").select_related("officer")


def _mandated(reviewer: Officer) -> Q:
    """Returns the condition that a decision is about a case of the reviewer's mandate.

    A decision names its message by reference, which begins with the case's: ours, or theirs of what was received.
    """
    if not reviewer.scope_agencies:
        return Q()
    described = OuterRef("description")
    reference = Substr(described, 1, Greatest(StrIndex(described, Value("/")) - 1, Value(0)))
    cases = cases_for(reviewer).alias(reference=reference)
    return Q(Exists(cases.filter(Q(own_ref=F("reference")) | Q(other_ref=F("reference"), peer_id=OuterRef("peer")))))


def decision(reviewer: Officer, number: int) -> DecisionRecord:
    """Returns one decision with its facts and the salt of its commitment.

    Raises:
        NotPermitted: The account may not read the record.
        DecisionUnknown: There is none of that number.
    """
    require(reviewer, Permission.RECORD_READ)
    found = DecisionRecord.objects.filter(_mandated(reviewer)).select_related("officer").filter(pk=number).first()
    if found is None:
        raise DecisionUnknown("No decision of this number is on record.", fields={"number": number})
    return found


def facts_of(record: DecisionRecord) -> dict[str, Any]:  # Any: facts are JSON of many types
    """Returns the facts a decision rested on."""
    facts: dict[str, Any] = json.loads(bytes(record.facts))
    return facts


def outcome_counts(reviewer: Officer, *, since: datetime, until: datetime) -> dict[str, int]:
    """Returns how many decisions of each outcome were made in a period.

    Raises:
        NotPermitted: The account may not read the record.
    """
    rows = decisions(reviewer, since=since, until=until).order_by().values_list("outcome").annotate(Count("pk"))
    return dict(rows)


def acts(
    reviewer: Officer,
    *,
    object_type: str | None = None,
    object_id: str | None = None,
    verb: str | None = None,
    officer: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Act]:
    """Returns the acts on record that fit.

    A reviewer whose mandate names agencies reads what was done to the cases of those agencies and to what is in them,
    and their own acts. Acts on accounts, keys, registers and the channel are of the whole node, and so for a reviewer
    whose mandate is the whole node: who opened or changed what, and when, tells of cases that the mandate leaves out.

    Args:
        reviewer: Who asks.
        object_type: Sort of object acted on, for example ``message``.
        object_id: Which one.
        verb: The act, for example ``approve message``.
        officer: User name of who acted.
        since: First moment, included.
        until: Last moment, excluded.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    wanted = {
        "object_type": object_type,
        "object_id": object_id,
        "verb": verb,
        "officer__username": officer,
        "at__gte": since,
        "at__lt": until,
    }
    fitting = {name: value for name, value in wanted.items() if value is not None}
    rows = Act.objects.filter(**fitting).select_related("officer")
    return _acted_on_mandated(reviewer, rows) if reviewer.scope_agencies else rows


def _acted_on_mandated(reviewer: Officer, rows: QuerySet[Act]) -> QuerySet[Act]:
    """Returns those of the acts that were on something of the reviewer's mandate, or are their own."""
    bound: dict[str, QuerySet[Any]] = {  # Any: each model has its own rows
        "case": cases_for(reviewer),
        "message": messages_for(reviewer),
        "attachment": Attachment.objects.filter(within(reviewer, "message__case__")),
        "agencyinquiry": AgencyInquiry.objects.filter(within(reviewer, "case__")),
    }
    # An act names its object as text, which is read as a key of these sorts alone: those of others are numbers.
    text = Replace("object_id", Value("-"), Value(""))
    key = Case(When(object_type__in=[*bound], then=Cast(text, UUIDField())), output_field=UUIDField())
    condition = Q(officer=reviewer)
    for name, seen in bound.items():
        condition |= Q(object_type=name) & Q(Exists(seen.filter(pk=OuterRef("object_key"))))
    return rows.alias(object_key=key).filter(condition)
