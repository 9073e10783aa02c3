"""Facts on particular records and lanes: what an officer states of them, and what the node knows besides.

Most messages need none of them. They matter once an item draws on records that an Act guards (customs, immigration,
an intercept, a child's record), serves a lane with a clock of its own (a shipment notice, a cyber incident), or rests
on machinery that can stop a message (a suspended lane, an open correction).

:class:`Statements` is shared, member by member, by the facts of the gate and by what a draft keeps for its own side:
an officer fills a member, and the gate reads the member of the same name. :class:`Circumstances` adds what no officer
states, because the node knows it.

:class:`StatementReading` is how policies see both: flat, complete, and in the protective direction when unknown.
"""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta, Struct

from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import Purpose

if TYPE_CHECKING:
    from accord.law.facts import Facts

__all__ = [
    "AskedBy",
    "Basis",
    "Circumstances",
    "CorrectionState",
    "CustomsGround",
    "Day",
    "MatchFact",
    "Record",
    "StatementReading",
    "Statements",
    "read_statements",
    "tri",
]

Day: TypeAlias = dt.date
"""A civil day; the name leaves ``date`` free for the fact of that name."""

Basis = Literal["conduct", "advocacy", "dissent", "ethnicity", "expression", "political-opinion", "protest", "religion"]
Record = Literal[
    "ordinary",
    "customs",
    "dna",
    "fiu",
    "immigration",
    "intercept",
    "laundering-case",
    "precursor-register",
    "protected-witness",
    "provincial-immigration",
    "security-intelligence",
    "signals-intelligence",
    "suspended",
    "youth",
]
CustomsGround = Literal["arrangement", "non-identifying", "life-or-safety"]
AskedBy = Literal["central", "state-police", "unknown"]
CorrectionState = Literal["none", "corrected", "restricted", "withdrawn", "erased"]

_MAX_TEXT: Final = 200
"""Longest reference in facts, in characters; a file number with an office's full name fits."""

_MAX_ITEMS: Final = 64
"""Most entries of one list in facts."""

_HOURS_MAX: Final = 24 * 366
"""Longest span in hours: a year; an incident reported later is late whatever its span."""

_Line = Annotated[str, Meta(max_length=_MAX_TEXT)]


class MatchFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comparison of lists from which the item comes; what is not stated is not there.

    Source: rule BI-11; Privacy Act (R.S.C. 1985, c. P-21), section 7, as a model for one stated purpose.
    """

    list_purpose: Annotated[Purpose | None, Meta(description="The one purpose of the list compared.")] = None
    size_bucket: Annotated[
        Literal["under-100", "under-1000", "under-10000", "larger"] | None,
        Meta(description="Size of the list, as a bucket and never as a number."),
    ] = None
    is_within_budget: Annotated[bool, Meta(description="The rate agreed for such comparisons is kept.")] = False
    confirmed_by: Annotated[
        tuple[_Line, ...], Meta(max_length=_MAX_ITEMS, description="Officers who each confirmed the hit.")
    ] = ()
    list_basis: Annotated[
        tuple[Basis, ...], Meta(max_length=8, description="What grounds a person's being on the list.")
    ] = ()
    holds_asylum_data: Annotated[bool | None, Meta(description="The list holds data on asylum; null: yes.")] = None


class Statements(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer states of particular records and lanes; what is left out is unknown."""

    records: Annotated[
        tuple[Record, ...],
        Meta(
            max_length=_MAX_ITEMS,
            description="Records the item draws on; ordinary stands for files that no Act guards besides.",
        ),
    ] = ()
    is_automated: Annotated[
        bool | None, Meta(description="A machine puts the question or answers it, without a person for each case.")
    ] = None
    immigration_decision: Annotated[
        _Line | None, Meta(description="Written decision of the immigration authority or its counsel, by reference.")
    ] = None
    is_document_status_only: Annotated[
        bool | None, Meta(description="Of immigration it tells only the status of a document.")
    ] = None
    minister_consent: Annotated[_Line | None, Meta(description="The Minister's written consent, by reference.")] = None
    customs_ground: Annotated[
        CustomsGround | None, Meta(description="Ground on which customs information is given.")
    ] = None
    intercept_reference: Annotated[
        _Line | None, Meta(description="Register entry or order of the interception, by reference.")
    ] = None
    intercept_review: Annotated[
        _Line | None, Meta(description="Finding of the body that reviews interceptions, by reference.")
    ] = None
    recipient_investigates: Annotated[
        bool | None, Meta(description="The recipient is responsible for investigating or prosecuting.")
    ] = None
    ministerial_arrangement: Annotated[
        _Line | None, Meta(description="A minister's arrangement with the recipient, by reference.")
    ] = None
    identifies_own_persons: Annotated[
        bool | None, Meta(description="It identifies a citizen or somebody within the own country.")
    ] = None
    is_shipment_notice: Annotated[
        bool, Meta(description="It is a notice before export of a precursor, or an answer to one.")
    ] = False
    notice_on: Annotated[Day | None, Meta(description="Day on which the notice before export was sent.")] = None
    names_reporter: Annotated[
        bool | None, Meta(description="It names, or lets the reader infer, who reported a suspicious transaction.")
    ] = None
    has_trade_secret: Annotated[bool | None, Meta(description="It holds a trade or business secret.")] = None
    is_transfer_restricted: Annotated[
        bool | None, Meta(description="A notified restriction on transfers names the destination.")
    ] = None
    transfer_list: Annotated[
        _Line | None, Meta(description="Version of the list of restrictions that was looked at.")
    ] = None
    release_authority: Annotated[
        _Line | None, Meta(description="Authority that may release what is classified, by name or order.")
    ] = None
    is_reportable_incident: Annotated[
        bool | None, Meta(description="It tells of an incident that must be reported to the national responders.")
    ] = None
    incident_report_hours: Annotated[
        Annotated[int, Meta(ge=0, le=_HOURS_MAX)] | None,
        Meta(description="Hours from noticing the incident to reporting it, rounded up; null: not reported."),
    ] = None
    keeps_logs_here: Annotated[bool | None, Meta(description="The incident's logs are kept in the own country.")] = None
    asked_by: Annotated[AskedBy, Meta(description="Who asks on the own side: a central body, or a state's police.")] = (
        "unknown"
    )
    is_scheduled_offence: Annotated[
        bool | None, Meta(description="The offence is one that a federal agency takes over.")
    ] = None
    asks_for_powers: Annotated[
        bool | None, Meta(description="It asks a liaison officer to exercise powers on the other's soil.")
    ] = None
    detains_their_national: Annotated[
        bool | None, Meta(description="A national of the recipient is detained on the own side.")
    ] = None
    is_consul_told: Annotated[bool, Meta(description="The consular post was told, or the person declined it.")] = False
    has_known_error: Annotated[bool | None, Meta(description="Something in it is known to be wrong.")] = None
    match: Annotated[MatchFact | None, Meta(description="The comparison of lists from which it comes.")] = None


class Circumstances(Statements, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the node knows of the act besides, and no officer states."""

    is_shipment_described: Annotated[
        bool, Meta(description="Every substance named has a name and a quantity in the message.")
    ] = False
    is_post_ended: Annotated[bool | None, Meta(description="The drafter's posting ended before the act.")] = None
    does_drafter_review: Annotated[bool | None, Meta(description="The drafter is a reviewer of the same record.")] = (
        None
    )
    is_reviewer_in_post: Annotated[
        bool | None, Meta(description="A reviewer is in post; asked in an emergency alone.")
    ] = None
    is_lane_suspended: Annotated[bool, Meta(description="The lane is suspended by an objection of either side.")] = (
        False
    )
    is_outside_plan: Annotated[
        bool, Meta(description="The plan in force that both sides signed does not open the theme.")
    ] = False
    plan_classification: Annotated[
        Classification | None, Meta(description="Highest classification that the signed plan lets travel in the theme.")
    ] = None
    plan_handling: Annotated[
        Handling | None,
        Meta(description="Most restrictive handling code that the signed plan lets travel in the theme."),
    ] = None
    holds_received_matter: Annotated[
        bool, Meta(description="A passage or file of a received message was found in it.")
    ] = False
    correction_state: Annotated[
        CorrectionState,
        Meta(
            description="What became of the received matter: corrected, withdrawn or erased by its originator, or "
            "restricted since in a way that the draft lacks."
        ),
    ] = "none"
    concerns_rights: Annotated[
        bool | None, Meta(description="An access request alleges corruption or a breach of human rights.")
    ] = None


class StatementReading(Struct, frozen=True, kw_only=True):
    """What policies read of it; each field is documented in ``packs/accord.cedarschema``."""

    agency: str
    recipient_agency: str
    records: tuple[str, ...]
    has_records: bool
    minor: str
    person_categories: tuple[str, ...]
    automated: str
    has_immigration_decision: bool
    document_status_only: str
    has_minister_consent: bool
    customs_ground: str
    has_intercept_reference: bool
    has_intercept_review: bool
    recipient_investigates: str
    has_ministerial_arrangement: bool
    identifies_own_persons: str
    is_shipment_notice: bool
    notice_age_days: int
    names_reporter: str
    trade_secret: str
    transfer_restricted: str
    has_transfer_list: bool
    has_release_authority: bool
    reportable_incident: str
    incident_report_hours: int
    logs_kept_here: str
    asked_by: str
    scheduled_offence: str
    asks_for_powers: str
    detains_their_national: str
    consul_told: bool
    known_error: str
    has_match: bool
    match_has_purpose: bool
    match_has_bucket: bool
    match_within_budget: bool
    match_confirmed: bool
    match_basis: tuple[str, ...]
    match_asylum: bool
    shipment_described: bool
    post_ended: str
    drafter_reviews: str
    reviewer_in_post: str
    lane_suspended: bool
    outside_plan: bool
    above_plan_classification: bool
    above_plan_handling: bool
    correction: str
    concerns_rights: str


CONFIRMATIONS: Final = 2
"""Persons who each confirm a hit before it counts (BI-11): one may err, and one may be leaned upon."""

_NO_MATCH: Final = MatchFact()


def tri(value: bool | None) -> str:
    """Returns ``yes``, ``no`` or ``unknown``, as policies read what may be unknown."""
    return "unknown" if value is None else "yes" if value else "no"


def _is_above(code: Classification | Handling | None, most: Classification | Handling | None) -> bool:
    """Returns whether a code lies above a ceiling on its scale; a code that is not stated does, where there is one."""
    if most is None:
        return False
    if code is None:
        return True
    scale = list(type(most))
    return scale.index(code) > scale.index(most)


def read_statements(facts: "Facts") -> dict[str, Any]:  # Any: each field has its own type
    """Returns the fields of :class:`StatementReading` for these facts."""
    match = facts.match or _NO_MATCH
    age = -1 if facts.notice_on is None else (facts.date - facts.notice_on).days
    return {
        "agency": facts.agency or "unknown",
        "recipient_agency": facts.recipient_agency or "unknown",
        "records": tuple(sorted(set(facts.records))),
        "has_records": bool(facts.records),
        "minor": tri(facts.minor),
        "person_categories": tuple(sorted(set(facts.person_categories))),
        "automated": tri(facts.is_automated),
        "has_immigration_decision": bool(facts.immigration_decision),
        "document_status_only": tri(facts.is_document_status_only),
        "has_minister_consent": bool(facts.minister_consent),
        "customs_ground": facts.customs_ground or "unknown",
        "has_intercept_reference": bool(facts.intercept_reference),
        "has_intercept_review": bool(facts.intercept_review),
        "recipient_investigates": tri(facts.recipient_investigates),
        "has_ministerial_arrangement": bool(facts.ministerial_arrangement),
        "identifies_own_persons": tri(facts.identifies_own_persons),
        "is_shipment_notice": facts.is_shipment_notice,
        # A day that lies ahead is no day on which a notice was sent.
        "notice_age_days": max(age, -1),
        "names_reporter": tri(facts.names_reporter),
        "trade_secret": tri(facts.has_trade_secret),
        "transfer_restricted": tri(facts.is_transfer_restricted),
        "has_transfer_list": bool(facts.transfer_list),
        "has_release_authority": bool(facts.release_authority),
        "reportable_incident": tri(facts.is_reportable_incident),
        "incident_report_hours": -1 if facts.incident_report_hours is None else facts.incident_report_hours,
        "logs_kept_here": tri(facts.keeps_logs_here),
        "asked_by": facts.asked_by,
        "scheduled_offence": tri(facts.is_scheduled_offence),
        "asks_for_powers": tri(facts.asks_for_powers),
        "detains_their_national": tri(facts.detains_their_national),
        "consul_told": facts.is_consul_told,
        "known_error": tri(facts.has_known_error),
        "has_match": facts.match is not None,
        "match_has_purpose": match.list_purpose is not None,
        "match_has_bucket": match.size_bucket is not None,
        "match_within_budget": match.is_within_budget,
        "match_confirmed": len(set(match.confirmed_by)) >= CONFIRMATIONS,
        "match_basis": tuple(sorted(set(match.list_basis))),
        "match_asylum": facts.match is not None and match.holds_asylum_data is not False,
        "shipment_described": facts.is_shipment_described,
        "post_ended": tri(facts.is_post_ended),
        "drafter_reviews": tri(facts.does_drafter_review),
        "reviewer_in_post": tri(facts.is_reviewer_in_post),
        "lane_suspended": facts.is_lane_suspended,
        "outside_plan": facts.is_outside_plan,
        "above_plan_classification": _is_above(facts.classification, facts.plan_classification),
        "above_plan_handling": _is_above(facts.handling, facts.plan_handling),
        "correction": facts.correction_state,
        "concerns_rights": tri(facts.concerns_rights),
    }
