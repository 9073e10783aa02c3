"""What keeps a draft of this workstream from leaving today, and what goes with a message that is erased or withdrawn.

A kind's own type says what fits together; whether a day has passed and whether a notice is known depends on the day
and on this node, and is looked at when the draft is checked and again when it is submitted.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from accord.exchange.checking import days_of
from accord.exchange.drafts import FieldProblem
from accord.exchange.models import Message
from accord.exchange.watching import Watcher
from accord.release.gate import our_party
from accord.workstreams.drugs.flows.mentions import forget_companies
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    STRUCTS,
    SUSPICIOUS_TRANSACTION,
)
from accord.workstreams.drugs.kinds.shipment_outcome import Became
from accord.workstreams.drugs.models import Incident, Notice, NoticeReply, Outcome, SuspiciousReport
from accord.workstreams.drugs.notices.restanding import restand_after

__all__ = ["WATCHER"]

_NOT_AFTER_TODAY: Final[Mapping[str, tuple[str, ...]]] = {
    PRE_EXPORT_NOTICE: ("applied_on",),
    PRE_EXPORT_REPLY: ("decided_on",),
    SHIPMENT_OUTCOME: ("departed_on", "arrived_on", "declared_on"),
    DRUG_INCIDENT: ("happened_on",),
    SUSPICIOUS_TRANSACTION: ("transaction_on",),
}

_OF_WHAT_WAS_SENT: Final = (
    *("departed_on", "arrived_on", "quantity_sent", "quantity_arrived"),
    *("declared_on", "declared_quantity", "declaration_number"),
)
"""Fields of an outcome that say that it left or arrived."""


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _problems(message: Message, now: datetime) -> tuple[FieldProblem, ...]:
    if message.kind not in STRUCTS:
        return ()
    fields = message.fields
    earliest, latest = days_of(now)
    return (
        *_in_the_future(message.kind, fields, latest),
        *(_of_notice(fields, earliest, latest) if message.kind == PRE_EXPORT_NOTICE else ()),
        *(_of_reply(message) if message.kind == PRE_EXPORT_REPLY else ()),
        *(_of_outcome(message, fields) if message.kind == SHIPMENT_OUTCOME else ()),
    )


def _in_the_future(kind: str, fields: Mapping[str, object], latest: date) -> Iterator[FieldProblem]:
    for name in _NOT_AFTER_TODAY[kind]:
        day = _day(fields.get(name))
        if day is not None and day > latest:
            yield FieldProblem(
                field=name,
                sentence="This day lies in the future.",
                next_step="Give the day on which it happened, today at the latest.",
            )


def _of_notice(fields: Mapping[str, object], earliest: date, latest: date) -> Iterator[FieldProblem]:
    origin = fields.get("origin_country")
    if isinstance(origin, str) and origin and origin != our_party():
        yield FieldProblem(
            field="origin_country",
            sentence="A notice announces an export of ours, and this country is not ours.",
            next_step="Name our country as the origin; ask about goods that come to us with a request.",
        )
    departure, has_departed = _day(fields.get("departure_on")), fields.get("has_departed") is True
    if departure is not None and departure < earliest and not has_departed:
        yield FieldProblem(
            field="departure_on",
            sentence="This day has passed.",
            next_step="Give a day from today on, or say that it has departed already.",
        )
    if departure is not None and departure > latest and has_departed:
        yield FieldProblem(
            field="has_departed",
            sentence="What has departed already did so today at the latest.",
            next_step="Give the day on which it departed, or say that it has not.",
        )
    for name in ("export_permit_until", "import_authorisation_until"):
        day = _day(fields.get(name))
        if day is not None and day < earliest:
            yield FieldProblem(
                field=name,
                sentence="This permit has ended.",
                next_step="Give the permit that is in force, or leave it out and say so.",
            )


def _of_reply(message: Message) -> Iterator[FieldProblem]:
    if not Notice.objects.filter(pk=message.in_reply_to_id, is_ours=False).exists():
        yield FieldProblem(
            field="reply_result",
            sentence="A reply is given to a pre-export notice of the other side.",
            next_step="Begin the reply from the notice.",
        )


def _of_outcome(message: Message, fields: Mapping[str, object]) -> Iterator[FieldProblem]:
    if fields.get("became") == Became.NOT_SENT.value:
        yield from _moved_all_the_same(fields)
    named = fields.get("notice")
    if not isinstance(named, str):
        return
    if not Notice.objects.filter(peer=message.case.peer_id, message__envelope_id=named).exists():
        yield FieldProblem(
            field="notice",
            sentence="An outcome is told of a pre-export notice that both sides have.",
            next_step="Begin the outcome from the notice.",
        )


def _moved_all_the_same(fields: Mapping[str, object]) -> Iterator[FieldProblem]:
    """Tells of each quantity, and each day, that contradicts an outcome by which nothing was sent."""
    for name in _OF_WHAT_WAS_SENT:
        if fields.get(name):
            yield FieldProblem(
                field=name,
                sentence="Of what was not sent nothing left and nothing arrived.",
                next_step="Leave this empty, or say that it departed or arrived.",
            )


def _erased(message: Message) -> None:
    """Takes the words out of the rows of a message; that it was, when, and with what result stays to be counted."""
    forget_companies(message)
    if message.kind == PRE_EXPORT_NOTICE:
        Notice.objects.filter(pk=message.pk).update(
            pen_reference="",
            substance_name="",
            exporter="",
            importer="",
            consignee="",
            export_permit_number="",
            import_authorisation_number="",
        )
    elif message.kind == PRE_EXPORT_REPLY:
        NoticeReply.objects.filter(pk=message.pk).update(authority="", conditions=[])
    elif message.kind == SHIPMENT_OUTCOME:
        Outcome.objects.filter(pk=message.pk).update(sent_kg=None, arrived_kg=None, variance_kg=None)
    elif message.kind == DRUG_INCIDENT:
        Incident.objects.filter(pk=message.pk).update(
            place_region="", substance_name="", pen_reference="", findings=[], quantity_kg=None
        )
    elif message.kind == SUSPICIOUS_TRANSACTION:
        SuspiciousReport.objects.filter(pk=message.pk).update(substance_name="", factors=[], quantity_kg=None)


WATCHER: Final = Watcher(problems=_problems, erased=_erased, withdrawn=restand_after, moved=restand_after)
"""What this workstream is told of, and asked."""
