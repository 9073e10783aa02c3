"""Companies that a message names, kept as rows when it is filed or leaves."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from accord.exchange.kind_rooms import KindRoom
from accord.exchange.models import Message
from accord.officers.models import Officer
from accord.release.received import FilingWork, Received
from accord.workstreams.drugs.kinds.drug_incident import DrugIncident
from accord.workstreams.drugs.kinds.parts import Company
from accord.workstreams.drugs.kinds.pre_export_notice import PreExportNotice
from accord.workstreams.drugs.kinds.suspicious_transaction import SuspiciousTransaction
from accord.workstreams.drugs.models import Flag
from accord.workstreams.drugs.models.company import KEY_CHARACTERS, CompanyMention, FlaggedCompany
from accord.workstreams.drugs.screening.company_names import bears_form, company_key

__all__ = ["companies_in", "forget_companies", "keep_flagged", "with_companies"]

Part = CompanyMention.Part

NAME_CHARACTERS: Final = 200
"""Of a name in the papers of a line; longer ones are no names."""


def companies_in(content: Any) -> Iterator[tuple[CompanyMention.Part, Company, bool]]:  # Any: a kind of message
    """Yields the companies that a message names: the part, the company, and whether it receives a consignment.

    Of a suspicious transaction the other party alone: who reported it is shielded. Of a kind that names no company,
    none.
    """
    if isinstance(content, PreExportNotice):
        yield Part.EXPORTER, content.exporter, False
        yield Part.IMPORTER, content.importer, content.consignee is None
        if content.consignee is not None:
            yield Part.CONSIGNEE, content.consignee, True
        if content.customs_broker is not None:
            yield Part.BROKER, content.customs_broker, False
    elif isinstance(content, DrugIncident):
        for company in content.companies:
            yield Part.NAMED, company, False
    elif isinstance(content, SuspiciousTransaction) and content.other_party is not None:
        yield Part.OTHER_PARTY, content.other_party, False


def _rows(message: Message, content: Any, at: datetime) -> list[CompanyMention]:  # Any: a kind of message
    return [
        CompanyMention(
            message=message,
            case_id=message.case_id,
            part=part,
            name=company.company_name,
            key=company_key(company.company_name)[:KEY_CHARACTERS],
            country=company.country or "",
            is_receiver=is_receiver,
            told_at=at,
        )
        for part, company, is_receiver in companies_in(content)
    ]


def with_companies(room: KindRoom) -> KindRoom:
    """Returns a room that also keeps the companies which its messages name."""

    def filed(message: Message, received: Received, work: FilingWork) -> None:
        room.filed(message, received, work)
        for row in _rows(message, received.content, min(received.sent_at, received.received_at)):
            work.add(row)

    def released(officer: Officer, message: Message, content: Any, now: datetime) -> None:  # Any: a kind of message
        room.released(officer, message, content, now)
        _keep(message, content, now)

    def restored(message: Message, content: Any, at: datetime) -> None:  # Any: a kind of message
        room.restored(message, content, at)
        _keep(message, content, at)

    return replace(room, filed=filed, released=released, restored=restored)


def _keep(message: Message, content: Any, at: datetime) -> None:  # Any: a kind of message
    if not CompanyMention.objects.filter(message=message).exists():
        CompanyMention.objects.bulk_create(_rows(message, content, at))


def forget_companies(message: Message) -> None:
    """Erases where a message names companies, as the message itself is erased."""
    CompanyMention.objects.filter(message=message).delete()


def keep_flagged(flags: Iterable[Flag]) -> None:
    """Keeps the companies in the papers of flagged lines, where their names bear a legal form.

    Args:
        flags: The flags, stored.
    """
    FlaggedCompany.objects.bulk_create(
        FlaggedCompany(flag=flag, part=part, name=name, key=company_key(name)[:KEY_CHARACTERS])
        for flag in flags
        for part in FlaggedCompany.Part
        if len(name := str(flag.papers.get(part.value, "")).strip()) <= NAME_CHARACTERS and bears_form(name)
    )
