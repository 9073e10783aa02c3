"""Rows made of messages: what is listed and counted of each, and nothing that the message does not say."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

from accord.exchange.clocks import calendar_of
from accord.exchange.models import Message
from accord.parties.models import Party
from accord.workstreams.drugs.kinds.drug_incident import DrugIncident, Finding
from accord.workstreams.drugs.kinds.parts import Company, Quantity
from accord.workstreams.drugs.kinds.pre_export_notice import PreExportNotice
from accord.workstreams.drugs.kinds.pre_export_reply import PreExportReply
from accord.workstreams.drugs.kinds.shipment_outcome import ShipmentOutcome
from accord.workstreams.drugs.kinds.suspicious_transaction import SuspiciousTransaction
from accord.workstreams.drugs.models import Incident, Notice, NoticeReply, Outcome, SuspiciousReport
from accord.workstreams.drugs.notices.clocks import alerted_hours, begins_on, rule_of, waits_until
from accord.workstreams.drugs.substances.known import code_of

__all__ = ["incident_row", "notice_row", "outcome_row", "reply_row", "report_row", "settle", "take_reply"]


def _kilograms(quantity: Quantity | None) -> Decimal | None:
    return quantity.kilograms if quantity is not None else None


def _named(company: Company | None) -> str:
    return company.company_name if company is not None else ""


def _reference(pen_reference: str | None) -> str:
    # Compared in capitals: the same reference is typed in either.
    return (pen_reference or "").upper()


def notice_row(message: Message, content: PreExportNotice, *, peer: str, sender: Party | None, at: datetime) -> Notice:
    """Returns the row of a notice.

    Args:
        message: The message.
        content: What it says.
        peer: Code of the other party.
        sender: The party that sends it, whose law says how long it waits; ``None`` where it is not known here.
        at: When it was sent.
    """
    goods = content.goods
    return Notice(
        message=message,
        case_id=message.case_id,
        is_ours=message.is_ours,
        peer=peer,
        pen_reference=_reference(content.pen_reference),
        substance=code_of(goods.cas_number, goods.name),
        cas_number=goods.cas_number or "",
        substance_name=goods.name,
        gross_kg=goods.gross.kilograms,
        pure_kg=_kilograms(goods.pure),
        hs_code=goods.hs_code or "",
        hs_edition=goods.hs_edition.value if goods.hs_edition else "",
        exporter=content.exporter.company_name,
        importer=content.importer.company_name,
        consignee=_named(content.consignee),
        origin_country=content.origin_country,
        destination_country=content.destination_country,
        transit_countries=list(content.transit_countries),
        departure_on=content.departure_on,
        arrival_on=content.arrival_on,
        has_departed=content.has_departed,
        export_permit_number=content.export_permit_number or "",
        export_permit_until=content.export_permit_until,
        import_authorisation_number=content.import_authorisation_number or "",
        import_authorisation_until=content.import_authorisation_until,
        applied_on=content.applied_on,
        sent_at=at,
        waits_until=_waits_until(content, sender, at),
    )


def _waits_until(content: PreExportNotice, sender: Party | None, at: datetime) -> datetime | None:
    rule = rule_of(sender.code) if sender is not None else None
    if sender is None or rule is None:
        return None
    calendar = calendar_of(sender.described)
    begins = begins_on(rule, sent_on=at.astimezone(calendar.zone).date(), applied_on=content.applied_on)
    return waits_until(rule, begins, zone=calendar.zone, is_working_day=calendar.is_working_day)


def reply_row(message: Message, content: PreExportReply, notice: Notice, at: datetime) -> NoticeReply:
    """Returns the row of a reply to a notice."""
    return NoticeReply(
        message=message,
        notice=notice,
        is_ours=message.is_ours,
        result=content.reply_result.value,
        reason_code=content.reason_code.value if content.reason_code else "",
        conditions=list(content.reply_conditions),
        authority=content.reply_authority,
        decided_on=content.decided_on,
        further_answer_on=content.further_answer_on,
        at=at,
    )


def take_reply(notice: Notice, reply: NoticeReply) -> None:
    """Lets a notice stand where its last reply puts it; an earlier one that comes later changes nothing."""
    if notice.replied_at is None or notice.replied_at <= reply.at:
        notice.reply_result, notice.replied_at = reply.result, reply.at


def outcome_row(message: Message, content: ShipmentOutcome, notice: Notice, at: datetime) -> Outcome:
    """Returns the row of an outcome; what arrived is compared with what left, or with what was announced."""
    sent, arrived = _kilograms(content.quantity_sent), _kilograms(content.quantity_arrived)
    left = sent if sent is not None else notice.gross_kg
    return Outcome(
        message=message,
        notice=notice,
        is_ours=message.is_ours,
        became=content.became.value,
        departed_on=content.departed_on,
        arrived_on=content.arrived_on,
        sent_kg=sent,
        arrived_kg=arrived,
        variance_kg=arrived - left if arrived is not None and left is not None else None,
        declared_on=content.declared_on,
        at=at,
    )


def settle(notice: Notice, outcome: Outcome) -> None:
    """Lets a notice say what became of its consignment; what was told earlier and comes later changes nothing."""
    if notice.became_at is None or notice.became_at <= outcome.at:
        notice.became, notice.became_at = outcome.became, outcome.at


def _happened_at(day: date, clock: str | None) -> datetime:
    # Where no time is stated the first moment of the day stands for it: no alert looks quicker than it was.
    return datetime.combine(day, time.fromisoformat(clock) if clock else time(), UTC)


def _finding(one: Finding) -> Mapping[str, str | None]:
    mass = _kilograms(one.quantity)
    return {
        "substance": code_of(one.cas_number, one.name),
        "cas_number": one.cas_number or "",
        "name": one.name,
        "identified_by": one.identified_by.value,
        "quantity_kg": f"{mass:f}" if mass is not None else None,
    }


def incident_row(
    message: Message, content: DrugIncident, *, peer: str, notice: Notice | None, at: datetime
) -> Incident:
    """Returns the row of an incident; its first finding stands in columns."""
    first = content.findings[0] if content.findings else None
    happened = _happened_at(content.happened_on, content.happened_at)
    return Incident(
        message=message,
        case_id=message.case_id,
        is_ours=message.is_ours,
        peer=peer,
        kind=content.incident_kind.value,
        happened_on=content.happened_on,
        happened_at=happened,
        has_time=content.happened_at is not None,
        place_country=content.place_country,
        place_region=content.place_region,
        substance=code_of(first.cas_number, first.name) if first else "",
        cas_number=(first.cas_number or "") if first else "",
        substance_name=first.name if first else "",
        identified_by=first.identified_by.value if first else "",
        quantity_kg=_kilograms(first.quantity) if first else None,
        findings=[_finding(one) for one in content.findings],
        origin_country=content.origin_country or "",
        transit_countries=list(content.transit_countries),
        destination_country=content.destination_country or "",
        pen_reference=_reference(content.pen_reference),
        notice=notice,
        sent_at=at,
        alerted_hours=alerted_hours(happened, at),
    )


def report_row(
    message: Message, content: SuspiciousTransaction, *, peer: str, notice: Notice | None, at: datetime
) -> SuspiciousReport:
    """Returns the row of a suspicious transaction, without who reported it."""
    goods = content.goods[0]
    return SuspiciousReport(
        message=message,
        case_id=message.case_id,
        is_ours=message.is_ours,
        peer=peer,
        kind=content.transaction_kind.value,
        transaction_on=content.transaction_on,
        was_completed=content.was_completed,
        substance=code_of(goods.cas_number, goods.name),
        cas_number=goods.cas_number or "",
        substance_name=goods.name,
        quantity_kg=goods.gross.kilograms,
        factors=[one.value for one in content.factors],
        notice=notice,
        sent_at=at,
    )
