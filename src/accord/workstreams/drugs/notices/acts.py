"""Beginning what follows a pre-export notice: a reply, an outcome, an incident; and a first message of this workstream.

Each act drafts a message; what leaves passes the gate and a second officer like every other. What the notice says
already is written into the draft, so that nobody types it again.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.beginning import begin_reply
from accord.exchange.drafting import draft_of_kind, draft_reply
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import REQUEST
from accord.exchange.models import Case, Message
from accord.officers.models import Officer
from accord.workstreams.drugs.kinds import (
    DRUG_INCIDENT,
    PRE_EXPORT_NOTICE,
    PRE_EXPORT_REPLY,
    SHIPMENT_OUTCOME,
    SUSPICIOUS_TRANSACTION,
)
from accord.workstreams.drugs.kinds.pre_export_notice import PreExportNotice
from accord.workstreams.drugs.models import Notice
from accord.workstreams.drugs.notices.routing import agency_for

__all__ = [
    "OPENING_KINDS",
    "begin_incident",
    "begin_notice_reply",
    "begin_outcome",
    "begin_question",
    "begin_within",
    "first_fields",
    "own_statements",
]

_Fields = Mapping[str, Any]  # Any: members of a message are JSON of many shapes

OPENING_KINDS: Final = (PRE_EXPORT_NOTICE, DRUG_INCIDENT, SUSPICIOUS_TRANSACTION)
"""What an officer may begin without a notice."""


def first_fields(kind: str, *, peer: str, ours: str, variant: str = "") -> dict[str, Any]:
    """Returns what a first message says by its kind alone: whom it addresses, and where it goes.

    Args:
        kind: One of :data:`OPENING_KINDS`.
        peer: Code of the other party.
        ours: Our code.
        variant: Kind of incident, where it is one.
    """
    found: dict[str, Any] = {}
    agency = agency_for(peer, kind, variant)
    if agency is not None:
        found["recipient"] = {"party": peer, "agency": agency}
    if kind == PRE_EXPORT_NOTICE:
        found |= {"origin_country": ours, "destination_country": peer}
    if kind == DRUG_INCIDENT and variant:
        found["incident_kind"] = variant
    return found


def own_statements(kind: str, *, on: date) -> dict[str, Any]:
    """Returns what our side states of a message by its kind: a notice before export bears its day."""
    if kind in {PRE_EXPORT_NOTICE, PRE_EXPORT_REPLY}:
        return {"is_shipment_notice": True, "notice_on": on.isoformat()}
    return {}


@transaction.atomic
def begin_within(officer: Officer, case: Case, kind: str, fields: _Fields, *, now: datetime | None = None) -> Message:
    """Begins a notice, an incident or a report in a case that is open already.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The kind is none of them, or the case is closed.
    """
    if kind not in OPENING_KINDS:
        raise ActRefused("There is no such message.", code="drugs.unknown-kind", next_step="Choose from the list.")
    moment = now or timezone.now()
    return _once(officer, case, kind, fields, now=moment)


@transaction.atomic
def begin_notice_reply(
    officer: Officer, notice: Notice, fields: _Fields, *, now: datetime | None = None
) -> tuple[Message, bool]:
    """Begins the reply to a notice of theirs; returns it, and whether it is new.

    Raises:
        NotPermitted: The officer may not answer.
        CaseHeld: A colleague holds the case.
        ActRefused: The notice is our own, or the case is closed.
        ReplyBegun: A reply with other words is open.
    """
    moment = now or timezone.now()
    message = notice.message
    told = message.fields
    known = {
        "recipient": told.get("sender"),
        "theme": told.get("theme"),
        "purpose": told.get("purpose"),
        **fields,
    }
    own = own_statements(PRE_EXPORT_REPLY, on=notice.sent_at.date())
    return begin_reply(message, lambda: draft_reply(officer, message, PRE_EXPORT_REPLY, known, own=own, now=moment))


@transaction.atomic
def begin_outcome(officer: Officer, notice: Notice, fields: _Fields, *, now: datetime | None = None) -> Message:
    """Begins what became of a consignment, told by whichever side knows it.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The case is closed.
    """
    moment = now or timezone.now()
    content = _content(notice)
    known: dict[str, Any] = {**_addressed(notice, SHIPMENT_OUTCOME), **fields, "notice": _envelope(notice)}
    if content is not None:
        known |= _without_nothing(pen_reference=content.pen_reference)
    return _once(officer, notice.case, SHIPMENT_OUTCOME, known, now=moment)


@transaction.atomic
def begin_incident(
    officer: Officer, notice: Notice, fields: _Fields, *, variant: str = "", now: datetime | None = None
) -> Message:
    """Begins an incident with a consignment that a notice announced.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The case is closed.
    """
    moment = now or timezone.now()
    content = _content(notice)
    known: dict[str, Any] = {**_addressed(notice, DRUG_INCIDENT, variant), **fields, "notice": _envelope(notice)}
    if variant:
        known["incident_kind"] = variant
    if content is not None:
        known |= _without_nothing(
            pen_reference=content.pen_reference,
            origin_country=content.origin_country,
            destination_country=content.destination_country,
            transit_countries=list(content.transit_countries) or None,
            transport_mode=content.transport_mode.value if content.transport_mode else None,
            transport_documents=list(content.transport_documents) or None,
            declared_as=content.goods.name,
            declared_hs_code=content.goods.hs_code,
            declared_hs_edition=content.goods.hs_edition.value if content.goods.hs_edition else None,
        )
    return _once(officer, notice.case, DRUG_INCIDENT, known, now=moment)


@transaction.atomic
def begin_question(officer: Officer, notice: Notice, fields: _Fields, *, now: datetime | None = None) -> Message:
    """Begins a request in the case of a notice, addressed to who was to reply to it.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The case is closed.
    """
    moment = now or timezone.now()
    return _once(officer, notice.case, REQUEST, {**_addressed(notice, REQUEST), **fields}, now=moment)


def _without_nothing(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _envelope(notice: Notice) -> str:
    return str(notice.message.envelope_id)


def _addressed(notice: Notice, kind: str, variant: str = "") -> dict[str, Any]:
    """Returns whom a message about a notice addresses: by its function, else who is on the other side of the notice."""
    told = notice.message.fields
    other = told.get("recipient" if notice.is_ours else "sender")
    agency = agency_for(notice.peer, kind, variant)
    recipient = {"party": notice.peer, "agency": agency} if agency and kind == DRUG_INCIDENT else other
    return _without_nothing(recipient=recipient, theme=told.get("theme"), purpose=told.get("purpose"))


def _content(notice: Notice) -> PreExportNotice | None:
    """Returns what a notice says; ``None`` where its words are not here any more."""
    try:
        return msgspec.json.decode(bytes(notice.message.content), type=PreExportNotice)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def _once(officer: Officer, case: Case, kind: str, fields: _Fields, *, now: datetime) -> Message:
    """Begins a draft unless the officer has just begun the same one and written nothing in it."""
    Case.objects.select_for_update().get(pk=case.pk)
    begun = case.messages.filter(kind=kind, state=Message.State.DRAFT, drafted_by=officer, version=1)
    for one in begun.order_by("-created_at"):
        if all(one.fields.get(name) == value for name, value in fields.items()):
            return one
    return draft_of_kind(officer, case, kind, fields, own=own_statements(kind, on=now.date()), now=now)
