"""What the kinds of this workstream do when they arrive, leave or come back: their rows, and what they must not say.

A reply answers a notice of the side that receives it, and an outcome speaks of a notice that both have; another one is
refused to its sender. An incident or a suspicious transaction that names a notice we do not have is filed all the same:
it matters more than its link. Two notices with one PEN reference are both filed, and both say that they are two.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import Q

from accord.exchange.errors import ActRefused
from accord.exchange.kind_rooms import KindRoom, register_room
from accord.exchange.models import Case, Message
from accord.exchange.withdrawn import UNSAID
from accord.officers.models import Officer
from accord.parties.models import Party
from accord.release.received import FilingWork, Handled, Received
from accord.workstreams.drugs.flows.mentions import with_companies
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    STRUCTS,
    SUSPICIOUS_TRANSACTION,
)
from accord.workstreams.drugs.models import Incident, Notice, NoticeReply, Outcome, SuspiciousReport
from accord.workstreams.drugs.notices.rows import (
    incident_row,
    notice_row,
    outcome_row,
    reply_row,
    report_row,
    settle,
    take_reply,
)

__all__ = ["find_notice", "register_rooms"]

_ROOM: Final = "drugs"
_SAID: Final = ("reply_result", "replied_at")
_BECAME: Final = ("became", "became_at")


class _Known:
    """What the batch looked up or filed itself: notices by envelope and by reference, and the sending party."""

    def __init__(self) -> None:
        self.by_envelope: dict[UUID, Notice] = {}
        self.by_reference: dict[str, Notice] = {}
        self.sender: Party | None = None

    def add(self, notice: Notice, envelope: UUID | None) -> None:
        if envelope is not None:
            self.by_envelope[envelope] = notice
        if notice.pen_reference:
            self.by_reference.setdefault(notice.pen_reference, notice)


def _known(work: FilingWork) -> _Known:
    found: _Known = work.memory.setdefault(_ROOM, _Known())
    return found


def _prepare(received: Sequence[Received], work: FilingWork) -> None:
    known = _known(work)
    envelopes = {one.in_reply_to for one in received if one.in_reply_to is not None}
    envelopes |= {UUID(text) for one in received if (text := getattr(one.content, "notice", None))}
    references = {text.upper() for one in received if (text := getattr(one.content, "pen_reference", None))}
    found = Notice.objects.filter(
        Q(message__envelope_id__in=envelopes) | Q(pen_reference__in=references), peer=work.peer
    )
    # The earliest of a reference first: it is the one that a reference names, as in find_notice.
    for notice in found.select_related("message").order_by("sent_at", "pk"):
        known.add(notice, notice.message.envelope_id)
    if known.sender is None:
        known.sender = Party.objects.filter(code=work.peer).first()


def find_notice(peer: str, *, notice: str | None, pen_reference: str | None) -> Notice | None:
    """Returns the notice that a message names: by its envelope, else by its PEN reference, the earliest of two.

    Args:
        peer: Code of the other party.
        notice: Envelope identifier.
        pen_reference: Reference in PEN Online.
    """
    of_peer = Notice.objects.filter(peer=peer)
    if notice is not None:
        named = of_peer.filter(message__envelope_id=notice).first()
        if named is not None:
            return named
    return of_peer.filter(pen_reference=pen_reference.upper()).order_by("sent_at").first() if pen_reference else None


def _sent_at(received: Received) -> datetime:
    # What their clock says, and never later than it came.
    return min(received.sent_at, received.received_at)


# Notices


def _notice_filed(message: Message, received: Received, work: FilingWork) -> None:
    known = _known(work)
    row = notice_row(message, received.content, peer=work.peer, sender=known.sender, at=_sent_at(received))
    first = known.by_reference.get(row.pen_reference) if row.pen_reference else None
    if first is not None:
        row.is_duplicate = True
        first.is_duplicate = True
        work.change(first, "is_duplicate")
    known.add(row, received.envelope_id)
    work.add(row)
    work.afterwards(lambda: _relate_earlier(row))


def _notice_released(_officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: PreExportNotice
    _keep_notice(message, content, now)


def _notice_restored(message: Message, content: Any, at: datetime) -> None:  # Any: a PreExportNotice
    if not Notice.objects.filter(pk=message.pk).exists():
        _keep_notice(message, content, at)


def _keep_notice(message: Message, content: Any, at: datetime) -> None:  # Any: a PreExportNotice
    peer = message.case.peer_id
    row = notice_row(message, content, peer=peer, sender=Party.objects.get(is_self=True), at=at)
    if row.pen_reference:
        same = Notice.objects.filter(peer=peer, pen_reference=row.pen_reference)
        row.is_duplicate = bool(same.update(is_duplicate=True))
    row.save(force_insert=True)


def _relate_earlier(notice: Notice) -> None:
    """Relates replies and outcomes of ours that came back before the notice of theirs, after a loss of storage."""
    said = Message.objects.filter(
        case_id=notice.case_id,
        direction=Message.Direction.OUT,
        kind__in=(PRE_EXPORT_REPLY, SHIPMENT_OUTCOME),
        released_at__isnull=False,
        drug_notice_reply=None,
        drug_shipment_outcome=None,
    )
    for message in said.order_by("released_at"):
        content: Any = msgspec.json.decode(bytes(message.content), type=STRUCTS[message.kind])
        if message.kind == PRE_EXPORT_REPLY and message.in_reply_to_id == notice.pk:
            _keep_reply(message, content, notice, message.released_at or notice.sent_at)
        elif message.kind == SHIPMENT_OUTCOME and content.notice == str(notice.message.envelope_id):
            _keep_outcome(message, content, notice, message.released_at or notice.sent_at)


# Replies


def _reply_filed(message: Message, received: Received, work: FilingWork) -> None:
    notice = _known(work).by_envelope.get(received.in_reply_to) if received.in_reply_to else None
    if notice is None:
        return
    row = reply_row(message, received.content, notice, _sent_at(received))
    work.add(row)
    take_reply(notice, row)
    work.change(notice, *_SAID)


def _reply_released(_officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: PreExportReply
    notice = Notice.objects.select_for_update(of=("self",)).filter(pk=message.in_reply_to_id, is_ours=False).first()
    if notice is None:
        raise ActRefused(
            "A reply is given to a pre-export notice of the other side.",
            code="drugs.no-notice",
            next_step="Begin the reply from the notice.",
        )
    _keep_reply(message, content, notice, now)


def _reply_restored(message: Message, content: Any, at: datetime) -> None:  # Any: a PreExportReply
    notice = Notice.objects.filter(pk=message.in_reply_to_id).first()
    if notice is not None and not NoticeReply.objects.filter(pk=message.pk).exists():
        _keep_reply(message, content, notice, at)


def _keep_reply(message: Message, content: Any, notice: Notice, at: datetime) -> None:  # Any: a PreExportReply
    row = reply_row(message, content, notice, at)
    row.save(force_insert=True)
    # What comes back after a loss of storage may have been taken back before.
    if message.state in UNSAID or message.recalled_at is not None:
        return
    take_reply(notice, row)
    notice.save(update_fields=_SAID)


# Outcomes


def _admit_outcome(received: Received, _about: Message | None, work: FilingWork) -> Handled | None:
    if UUID(received.content.notice) not in _known(work).by_envelope:
        return Handled(state="refused", code="drugs.unknown-notice")
    return None


def _outcome_filed(message: Message, received: Received, work: FilingWork) -> None:
    notice = _known(work).by_envelope[UUID(received.content.notice)]
    row = outcome_row(message, received.content, notice, _sent_at(received))
    work.add(row)
    settle(notice, row)
    work.change(notice, *_BECAME)


def _outcome_released(_officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: ShipmentOutcome
    found = Notice.objects.select_for_update(of=("self",)).filter(
        peer=message.case.peer_id, message__envelope_id=content.notice
    )
    notice = found.first()
    if notice is None:
        raise ActRefused(
            "An outcome is told of a pre-export notice that both sides have.",
            code="drugs.no-notice",
            next_step="Begin the outcome from the notice.",
            fields={"field": "notice"},
        )
    _keep_outcome(message, content, notice, now)


def _outcome_restored(message: Message, content: Any, at: datetime) -> None:  # Any: a ShipmentOutcome
    notice = find_notice(message.case.peer_id, notice=content.notice, pen_reference=None)
    if notice is not None and not Outcome.objects.filter(pk=message.pk).exists():
        _keep_outcome(message, content, notice, at)


def _keep_outcome(message: Message, content: Any, notice: Notice, at: datetime) -> None:  # Any: a ShipmentOutcome
    row = outcome_row(message, content, notice, at)
    row.save(force_insert=True)
    if message.state in UNSAID or message.recalled_at is not None:
        return
    settle(notice, row)
    notice.save(update_fields=_BECAME)


# Incidents and suspicious transactions


def _linked(received: Received, work: FilingWork) -> Notice | None:
    known, content = _known(work), received.content
    named = known.by_envelope.get(UUID(content.notice)) if content.notice else None
    return named or known.by_reference.get((content.pen_reference or "").upper())


def _incident_filed(message: Message, received: Received, work: FilingWork) -> None:
    notice = _linked(received, work)
    work.add(incident_row(message, received.content, peer=work.peer, notice=notice, at=_sent_at(received)))


def _keep_incident(message: Message, content: Any, at: datetime) -> None:  # Any: a DrugIncident
    peer = message.case.peer_id
    notice = find_notice(peer, notice=content.notice, pen_reference=content.pen_reference)
    if not Incident.objects.filter(pk=message.pk).exists():
        incident_row(message, content, peer=peer, notice=notice, at=at).save(force_insert=True)


def _report_filed(message: Message, received: Received, work: FilingWork) -> None:
    notice = _linked(received, work)
    work.add(report_row(message, received.content, peer=work.peer, notice=notice, at=_sent_at(received)))


def _keep_report(message: Message, content: Any, at: datetime) -> None:  # Any: a SuspiciousTransaction
    peer = message.case.peer_id
    notice = find_notice(peer, notice=content.notice, pen_reference=content.pen_reference)
    if not SuspiciousReport.objects.filter(pk=message.pk).exists():
        report_row(message, content, peer=peer, notice=notice, at=at).save(force_insert=True)


_ROOMS: Final = (
    KindRoom(
        kind=PRE_EXPORT_NOTICE,
        begins_case=True,
        prepare=_prepare,
        filed=_notice_filed,
        released=_notice_released,
        restored=_notice_restored,
    ),
    KindRoom(
        kind=PRE_EXPORT_REPLY,
        answers=(PRE_EXPORT_NOTICE,),
        waits_on_released=Case.Waiting.NOBODY,
        prepare=_prepare,
        filed=_reply_filed,
        released=_reply_released,
        restored=_reply_restored,
    ),
    KindRoom(
        kind=SHIPMENT_OUTCOME,
        waits_on_released=Case.Waiting.NOBODY,
        prepare=_prepare,
        admit=_admit_outcome,
        filed=_outcome_filed,
        released=_outcome_released,
        restored=_outcome_restored,
    ),
    KindRoom(
        kind=DRUG_INCIDENT,
        begins_case=True,
        waits_on_released=Case.Waiting.NOBODY,
        prepare=_prepare,
        filed=_incident_filed,
        released=lambda _officer, message, content, now: _keep_incident(message, content, now),
        restored=_keep_incident,
    ),
    KindRoom(
        kind=SUSPICIOUS_TRANSACTION,
        begins_case=True,
        waits_on_released=Case.Waiting.NOBODY,
        prepare=_prepare,
        filed=_report_filed,
        released=lambda _officer, message, content, now: _keep_report(message, content, now),
        restored=_keep_report,
    ),
)


def register_rooms() -> None:
    """Registers the room of each kind of the workstream."""
    for room in _ROOMS:
        register_room(with_companies(room))
