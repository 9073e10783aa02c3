"""Proposing a posting, or asking for an act on the other side's soil: prepared here, signed in ``instruments``."""

from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from accord.instruments.canonical import canonical_bytes
from accord.instruments.models import Instrument, Text
from accord.instruments.services import prepare
from accord.liaison.errors import LiaisonRefused
from accord.liaison.postings.content import (
    POSTING,
    SOIL_ACT,
    PostingContent,
    SoilActContent,
    may_offer_posting,
    read_posting,
    read_soil_act,
)
from accord.liaison.written import require_our_agency, value_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.gate import our_party

__all__ = ["answer_soil_act", "ask_soil_act", "propose_posting"]

_Fields = dict[str, Any]  # Any: JSON types, checked against the struct


def propose_posting(
    officer: Officer, fields: _Fields, *, instrument: Instrument | None = None, now: datetime | None = None
) -> Text:
    """Prepares a posting of one of our officers, or the next text of one.

    Args:
        officer: Who may prepare texts.
        fields: Members of :class:`PostingContent` without version and sending party.
        instrument: The posting that is changed; a new one where it is omitted.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        LiaisonRefused: A field is missing or wrong, the agency is not one of ours, or it is over already.
        InstrumentRefused: The posting is the other side's, has ended, or says nothing new.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    ours = our_party()
    value = value_of(PostingContent, {"schema_version": 1, "sending": ours, **fields})
    require_our_agency(value.agency)
    if value.ends_at <= moment:
        raise LiaisonRefused(
            "The posting would be over already.",
            code="liaison.posting-over",
            next_step="Name a last day that lies ahead.",
            fields={"field": "to_day"},
        )
    if instrument is not None and instrument.agreed is not None:
        _require_same_posting(ours, read_posting(instrument.agreed.content), value)
    return prepare(
        officer,
        peer=value.host,
        type_name=POSTING,
        content=canonical_bytes(value),
        instrument=instrument,
        now=moment,
    )


def _require_same_posting(ours: str, before: PostingContent, value: PostingContent) -> None:
    if not may_offer_posting(ours, ours, before) or value.host != before.host:
        raise LiaisonRefused(
            "A posting keeps its sending and its host side.",
            code="liaison.other-posting",
            next_step="Begin a new posting.",
            fields={"field": "host"},
        )


def ask_soil_act(
    officer: Officer, fields: _Fields, *, instrument: Instrument | None = None, now: datetime | None = None
) -> Text:
    """Prepares the question whether one of our officers may do something on the other side's soil.

    Args:
        officer: Who may prepare texts.
        fields: Members of :class:`SoilActContent` without version, asking party and conditions.
        instrument: The question that is changed; a new one where it is omitted.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        LiaisonRefused: A field is missing or wrong, it has expired, or it sets conditions for the host.
        InstrumentRefused: It has ended or says nothing new.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    ours = our_party()
    value = value_of(SoilActContent, {"schema_version": 1, "asking": ours, **fields, "conditions": ""})
    if value.ends_at <= moment:
        raise LiaisonRefused(
            "The approval would have expired already.",
            code="liaison.approval-expired",
            next_step="Name a last day that lies ahead.",
            fields={"field": "to_day"},
        )
    return prepare(
        officer,
        peer=value.host,
        type_name=SOIL_ACT,
        content=canonical_bytes(value),
        instrument=instrument,
        now=moment,
    )


def answer_soil_act(officer: Officer, text: Text, *, conditions: str, now: datetime | None = None) -> Text:
    """Prepares our answer to their question: the same act under our conditions, which they then sign.

    Args:
        officer: Who may prepare texts.
        text: Their question, on offer.
        conditions: What we ask for before we approve it.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        LiaisonRefused: It is not a question of theirs on offer, or the conditions are blank.
        TextRefused: The conditions hold a refused character.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    if text.is_ours or text.instrument.type != SOIL_ACT or text.state != Text.State.OFFERED:
        raise LiaisonRefused(
            "Only a question of the other side that is on offer is answered with conditions.",
            code="liaison.not-on-offer",
        )
    if not conditions.strip():
        raise LiaisonRefused(
            "The conditions are blank.",
            code="liaison.no-conditions",
            next_step="Write the conditions, or sign the text as it is.",
            fields={"field": "conditions"},
        )
    asked = read_soil_act(text.content)
    value = value_of(SoilActContent, {**msgspec.to_builtins(asked), "conditions": conditions.strip()})
    return prepare(
        officer,
        peer=text.instrument.peer_id,
        type_name=SOIL_ACT,
        content=canonical_bytes(value),
        instrument=text.instrument,
        now=now,
    )
