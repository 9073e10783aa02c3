"""The gate's card of a draft: what stops it, what would let it pass, who decides, and the fields that cure it.

Which field a cure concerns is not written down a second time: a policy says which facts it reads, and each fact comes
from a field of the form. So a rule that is added or changed leads to its fields by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from accord.errors import AccordError
from accord.exchange.models import Message
from accord.exchange.reach import reads
from accord.exchange.services import Check, check_draft
from accord.handling.finding import not_yet_permitted
from accord.handling.governance import TAKE_OVER
from accord.handling.passing_on import ASK, ASK_PARTY
from accord.law.decision import Reason
from accord.node.desk.draft_form import names_of, top_of, wire_path
from accord.node.desk.field_words import OWN_SIDE
from accord.node.desk.kept_words import label_of
from accord.node.desk.workstreams import modules_named
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.release.gate import gate_in_use

__all__ = ["FieldLink", "GateCard", "Stop", "ToMend", "gate_card_of", "own_fields_read"]

LINKS_MAX: Final = 4

POWERS: Final = "BI-06.powers"
"""The policy that stops a message which asks for an act on the other side's soil; an approval is the road for it."""

_FIELDS_OF_FACT: Final[dict[str, tuple[str, ...]]] = {
    "answer": ("outcome",),
    "arrangement_covers": ("arrangement_id", "own.categories", "purpose"),
    "assurance_death_penalty": ("own.assurance", "own.has_death_penalty_exposure"),
    "basis": ("own.basis",),
    "caveat_names_recipient": ("caveats",),
    "caveats": ("caveats",),
    "classification_rank": ("classification",),
    "commissioner_notified": ("own.is_commissioner_notified",),
    "compelled": ("own.is_compelled",),
    "custody_open": ("own.is_in_custody", "own.has_custody_safeguards"),
    "death_penalty": ("own.has_death_penalty_exposure",),
    "dpdp_head": ("own.dpdp_head",),
    "emergency_claimed": ("own.is_life_threat", "own.imminence", "own.is_minimum_data", "purpose"),
    "evidence": ("evidence_needed",),
    "exposure": ("own.exposure",),
    "has_accuracy": ("accuracy",),
    "has_aim": ("own.legitimate_aim",),
    "has_as_of_day": ("accuracy",),
    "has_authorising_law": ("own.authorising_law",),
    "has_delay_reason": ("reason",),
    "has_evaluation": ("evaluation",),
    "has_expected_day": ("expected_on",),
    "has_originator_consent": ("own.has_originator_consent",),
    "has_predominance_test": ("own.basis",),
    "has_proportionality": ("own.proportionality",),
    "has_safeguarded_authority": ("own.safeguarded_authority",),
    "has_safeguards": ("own.has_security_safeguards",),
    "has_substance": ("own.substances", "substances"),
    "has_urgency_ground": ("urgency_ground", "urgency_text"),
    "holds_third_state_matter": ("own.contains_received_from",),
    "is_notified_instrumentality": ("own.is_notified_instrumentality",),
    "is_weak": ("evaluation",),
    "may_be_protected": ("own.protection_statuses",),
    "movement_unlicensed": ("own.substances",),
    "movement_unregistered": ("own.substances",),
    "movement_without_noc_reported": ("own.substances",),
    "names_source": ("own.names_source",),
    "privacy_head": ("own.privacy_head",),
    "purpose": ("purpose",),
    "refusal_ground": ("refusals",),
    "refusal_rule": ("refusals",),
    "refusal_rules": ("refusals",),
    "retention_days": ("retention_until",),
    "risk_mitigated": ("own.has_measures_taken",),
    "risk_own_file": ("own.risk_assessed_by",),
    "safeguarded": ("own.has_safeguarded_information",),
    "substance_not_yet_controlled": ("own.substances",),
    "substance_undated": ("own.substances",),
    "theme": ("theme",),
    # Lanes and ceilings of the signed workplan: the draft says what they are held against.
    "above_plan_classification": ("classification",),
    "above_plan_handling": ("handling",),
    "outside_plan": ("theme",),
    "third_party": ("own.has_third_party_origin",),
    "urgency": ("urgency",),
    "victim_of_intimidation": ("own.is_victim_of_intimidation",),
    # Particular records and lanes: what cures stands before what makes a rule look.
    "customs_ground": ("own.customs_ground",),
    "has_immigration_decision": ("own.immigration_decision",),
    "document_status_only": ("own.is_document_status_only",),
    "has_minister_consent": ("own.minister_consent",),
    "has_intercept_reference": ("own.intercept_reference",),
    "has_intercept_review": ("own.intercept_review",),
    "recipient_investigates": ("own.recipient_investigates",),
    "has_ministerial_arrangement": ("own.ministerial_arrangement",),
    "identifies_own_persons": ("own.identifies_own_persons",),
    "notice_age_days": ("own.notice_on",),
    "shipment_described": ("substances",),
    "names_reporter": ("own.names_reporter",),
    "trade_secret": ("own.has_trade_secret",),
    "transfer_restricted": ("own.is_transfer_restricted",),
    "has_transfer_list": ("own.transfer_list",),
    "has_release_authority": ("own.release_authority",),
    "incident_report_hours": ("own.incident_report_hours",),
    "logs_kept_here": ("own.keeps_logs_here",),
    "reportable_incident": ("own.is_reportable_incident",),
    "scheduled_offence": ("own.is_scheduled_offence",),
    "asked_by": ("own.asked_by",),
    "asks_for_powers": ("own.asks_for_powers",),
    "consul_told": ("own.is_consul_told",),
    "detains_their_national": ("own.detains_their_national",),
    "known_error": ("own.has_known_error",),
    "automated": ("own.is_automated",),
    "minor": ("concerns_minor",),
    "is_shipment_notice": ("own.is_shipment_notice",),
    "has_match": ("own.match",),
    "has_records": ("own.records",),
    "records": ("own.records",),
    "person_categories": ("person_categories",),
    # What makes a rule look at the matter at all: named last, since it cures only where it was wrongly stated.
    "holds_personal_data": ("own.has_personal_data",),
    "about_person": ("own.asks_about_person", "own.has_personal_data"),
}

for _words in modules_named("field_words"):
    for _fact, _fields in _words.FIELDS_OF_FACT.items():
        _FIELDS_OF_FACT[_fact] = (*_fields, *_FIELDS_OF_FACT.get(_fact, ()))

_READ: Final = re.compile(r"context\.([a-z_]+)")
_POLICY: Final = re.compile(r'@id\("([^"]+)"\)')


@dataclass(frozen=True, kw_only=True)
class FieldLink:
    """A field of the form to which a cure leads.

    Args:
        path: Its path in the form.
        label: Its name.
    """

    path: str
    label: str

    @property
    def id(self) -> str:
        """The element's identifier."""
        return f"field-{self.path.replace('.', '-')}"


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A rule that spoke, with the fields that its cure concerns.

    Args:
        reason: What the gate said.
        links: The fields.
    """

    reason: Reason
    links: tuple[FieldLink, ...]


@dataclass(frozen=True, kw_only=True)
class ToMend:
    """A field to fill or mend.

    Args:
        link: The field.
        sentence: What is wrong.
        next_step: What mends it.
    """

    link: FieldLink
    sentence: str
    next_step: str


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A received item in the draft whose originator may permit that it is there.

    Args:
        reference: Its reference.
        address: The page on which its originator is asked for exactly that.
    """

    reference: str
    address: str


@dataclass(frozen=True, kw_only=True)
class GateCard:
    """What the gate says of a draft.

    Args:
        check: The whole check; ``None`` where the gate could not be asked.
        error: Why not.
        stops: What stops it.
        conditions: What it passes under, and what yields to an emergency.
        to_mend: Fields to fill or mend.
        askings: What it holds that its originator may permit.
        may_ask_host: Whether the officer may prepare the question whether the host approves an act on its soil.
    """

    check: Check | None
    error: AccordError | None = None
    stops: tuple[Stop, ...] = ()
    conditions: tuple[Stop, ...] = ()
    to_mend: tuple[ToMend, ...] = ()
    askings: tuple[Asking, ...] = ()
    may_ask_host: bool = False

    @property
    def asks_for_powers(self) -> bool:
        """Whether it is stopped because it asks for powers on the other side's soil, which has a road of its own."""
        return any(stop.reason.policy == POWERS for stop in self.stops)

    @property
    def lacks_handling(self) -> bool:
        """Whether the draft holds something of a received message and lacks its handling."""
        return any(one.next_step == TAKE_OVER for one in self.to_mend)

    @property
    def named(self) -> tuple[str, ...]:
        """Paths of all fields that it names as to be mended."""
        return (
            *(one.link.path for one in self.to_mend),
            *(link.path for stop in self.stops for link in stop.links[:1]),
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """Paths of all fields by which it can be cured: none of them is optional as the draft stands."""
        return (*self.named, *(link.path for stop in self.stops for link in stop.links))


def gate_card_of(officer: Officer, message: Message) -> GateCard:
    """Returns the gate's card of a draft as it is stored; nothing is stored by asking."""
    try:
        check = check_draft(officer, message)
    except AccordError as error:
        return GateCard(check=None, error=error)
    shown = {*names_of(message.kind), *(f"own.{name}" for name in OWN_SIDE)}
    spoken = [Stop(reason=reason, links=tuple(_links(reason.policy, shown))) for reason in check.decision.reasons]
    return GateCard(
        check=check,
        stops=tuple(one for one in spoken if not one.reason.outcome.lets_pass and not one.reason.is_waived),
        conditions=tuple(one for one in spoken if one.reason.outcome.lets_pass or one.reason.is_waived),
        to_mend=tuple(
            ToMend(link=_link(wire_path(one.field)), sentence=one.sentence, next_step=one.next_step)
            for one in check.problems
        ),
        askings=tuple(_askings(officer, message))
        if any(one.next_step in {ASK, ASK_PARTY} for one in check.problems)
        else (),
        may_ask_host=officer.may(Permission.AGREEMENT_DRAFT),
    )


def _askings(officer: Officer, message: Message) -> Iterator[Asking]:
    for one in not_yet_permitted(message):
        if reads(officer, one.item.case):
            asked = urlencode({"use": one.use.value, "recipient": one.recipient, "purpose": one.purpose.value})
            address = reverse("desk:ask-permission", args=[one.item.pk])
            yield Asking(reference=one.item.reference, address=f"{address}?{asked}")


def _link(path: str) -> FieldLink:
    return FieldLink(path=path, label=label_of(path))


def _links(policy: str, shown: set[str]) -> Iterator[FieldLink]:
    facts = _facts_read(gate_in_use().digest, policy)
    paths = [path for fact, fields in _FIELDS_OF_FACT.items() if fact in facts for path in fields]
    for path in [one for one in dict.fromkeys(paths) if top_of(one) in shown][:LINKS_MAX]:
        yield _link(path)


def own_fields_read() -> frozenset[str]:
    """Returns the members of our own side that a rule of our law reads; no other state's law asks anything here."""
    return _own_fields_read(gate_in_use().digest)


@lru_cache(maxsize=8)
def _own_fields_read(_digest: bytes) -> frozenset[str]:
    read = {fact for pack in gate_in_use().packs for text in pack.texts.values() for fact in _READ.findall(text)}
    fields = {field for fact, found in _FIELDS_OF_FACT.items() if fact in read for field in found}
    return frozenset(field.removeprefix("own.") for field in fields if field.startswith("own."))


@lru_cache(maxsize=1024)
def _facts_read(_digest: bytes, policy: str) -> frozenset[str]:
    """Returns the facts that a policy's text reads; the digest of the packs makes a reloaded pack count anew."""
    rule = policy.partition(".")[0]
    for pack in gate_in_use().packs:
        parts: list[Any] = _POLICY.split(pack.texts.get(rule, ""))
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name == policy:
                return frozenset(_READ.findall(text))
    return frozenset()
