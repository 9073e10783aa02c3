"""Facts: everything the law gate may know about one act, and nothing else.

The gate is pure. It reads no case, no message and no clock: an app states the facts, the gate answers. Facts hold
codes, dates, names of agencies and officers' identifiers; they never hold the text of a message.

Invariants:

* **A missing fact is an unknown fact, and an unknown fact protects.** Every default below is the value under which
  the strictest reading applies: personal data are assumed, protection status is unknown, no arrangement is in force.
* A fact is the sender's or user's own knowledge. ``protection_statuses`` in particular never travel.
* Two equal sets of facts have equal bytes (:func:`facts_bytes`), so a decision can be kept under their digest.

What it does not do: judge. The readings that rules share ("does the arrangement cover this?") are in
:mod:`accord.law.context`; the judgement is in the policies.
"""

import hashlib
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, json

from accord.law.statements import Basis, Circumstances, Day, MatchFact, Record
from accord.vocabulary.evaluation import InformationEvaluation, SourceEvaluation
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.refusal import AnswerOutcome, DelayReason, RefusalGround
from accord.vocabulary.subjects import PersonCategory, ProtectionStatus, Purpose, Theme
from accord.vocabulary.urgency import Urgency, UrgencyGround
from accord.vocabulary.uses import UseCode

__all__ = [
    "Action",
    "ArrangementFact",
    "AssuranceFact",
    "Basis",
    "CaveatFact",
    "ClearanceFact",
    "Day",
    "DpdpHead",
    "EvidenceNeed",
    "Exposure",
    "Facts",
    "MatchFact",
    "MistreatmentSuspicion",
    "PrivacyHead",
    "Record",
    "RiskFact",
    "RiskLevel",
    "SubstanceFact",
    "UseEffect",
    "facts_bytes",
    "facts_digest",
]

Action = Literal["release", "request", "use", "acknowledge"]
RiskLevel = Literal["none", "low", "medium", "substantial", "unknown"]
Exposure = Literal["none", "possible", "likely", "unknown"]
MistreatmentSuspicion = Literal["no", "possible", "likely", "unknown"]
EvidenceNeed = Literal["no", "yes", "will-go-mla", "unknown"]
UseEffect = Literal["file", "lead", "evidence", "deprive-of-rights", "access-request"]
PrivacyHead = Literal["8(2)(a)", "8(2)(b)", "8(2)(m)"]
DpdpHead = Literal["7(c)", "7(d)", "17(1)(c)", "17(2)(a)"]

_MAX_TEXT: Final = 200
"""Longest identifier or name in facts, in characters; an agency's full name in three scripts fits."""

_MAX_ITEMS: Final = 64
"""Most arrangements, caveats, substances or clearances one act may rest on; a case has single figures."""

_Name = Annotated[str, Meta(max_length=_MAX_TEXT)]
_Names = Annotated[tuple[_Name, ...], Meta(max_length=_MAX_ITEMS)]
_Days = Annotated[int, Meta(ge=0, le=36_525)]
_PartyCode = Annotated[str, Meta(min_length=2, max_length=16, pattern=r"^[A-Z0-9-]+$")]


class ArrangementFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An arrangement in the party's register: who may share what, for what, from when to when.

    Source: Privacy Act (R.S.C. 1985, c. P-21), paragraph 8(2)(f).
    """

    id: Annotated[_Name, Meta(description="Identifier in this party's register of arrangements.")]
    agencies: Annotated[_Names, Meta(description="Agencies of either side that it covers.")] = ()
    categories: Annotated[_Names, Meta(description="Categories of information that it covers.")] = ()
    purposes: Annotated[tuple[Purpose, ...], Meta(description="Purposes that it covers.")] = ()
    valid_from: Annotated[Day, Meta(description="First day in force.")]
    valid_until: Annotated[Day | None, Meta(description="Last day in force; null where it has no end.")] = None


class RiskFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Mistreatment risk of the foreign entity: two scores that are never merged.

    Source: Avoiding Complicity in Mistreatment by Foreign Entities Act (S.C. 2019, c. 13, s. 49.1), section 3.
    """

    profile_date: Annotated[Day, Meta(description="Day on which the entity's risk profile was assessed.")]
    baseline: Annotated[RiskLevel, Meta(description="Risk before any mitigation.")] = "unknown"
    residual: Annotated[RiskLevel, Meta(description="Risk after the mitigations that were really taken.")] = "unknown"
    mitigations: Annotated[_Names, Meta(description="Mitigations relied on, e.g. caveat, assurance.")] = ()
    has_measures_taken: Annotated[bool, Meta(description="The mitigations have been taken, not only named.")] = False
    baseline_reduced_by: Annotated[
        _Names, Meta(description="Anything counted to lower the baseline score; must stay empty (BI-04).")
    ] = ()
    assessed_by: Annotated[_Name | None, Meta(description="Author of the profile, from the register.")] = None
    assessed_here_by: Annotated[_Name | None, Meta(description="Who assessed the risk in this file besides.")] = None


class AssuranceFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A written assurance in the register, with what it covers and who reviewed it.

    Source: Convention against Torture, article 3; India v. Badesha, 2017 SCC 44.
    """

    id: Annotated[_Name, Meta(description="Identifier in the register of assurances.")]
    covers: Annotated[
        tuple[Literal["mistreatment", "death-penalty"], ...], Meta(description="What it promises will not happen.")
    ] = ()
    valid_until: Annotated[Day | None, Meta(description="Last day on which it holds; null where open.")] = None
    reviewed_by: Annotated[_Name | None, Meta(description="Who reviewed its reasonableness.")] = None


class CaveatFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One caveat: which institutions, for which uses, how to ask for a change, and until when.

    Source: Arar Commission (2006), recommendation 9.
    """

    who: Annotated[_Names, Meta(description="Institutions that may have access.")] = ()
    uses: Annotated[_Names, Meta(description="Uses that are permitted.")] = ()
    procedure: Annotated[_Name | None, Meta(description="Contact or procedure for asking for a change.")] = None
    expires: Annotated[Day | None, Meta(description="Last day on which the permission holds.")] = None
    is_later: Annotated[
        bool, Meta(description="The originator added it after delivery: whoever it does not name is shut out.")
    ] = False


class SubstanceFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A substance the item speaks of, with its control in this party's own law.

    Source: Narcotic Drugs and Psychotropic Substances (Regulation of Controlled Substances) Order, 2013.
    """

    name: Annotated[_Name, Meta(description="Name or CAS number.")]
    schedules: Annotated[_Names, Meta(description="Schedules of this party that list it, e.g. B, C.")] = ()
    controlled_on: Annotated[Day | None, Meta(description="First day of control here; null where unknown.")] = None
    happened_on: Annotated[Day | None, Meta(description="Day of the movement or event the item speaks of.")] = None
    movement: Annotated[
        Literal["none", "reported", "proposed"], Meta(description="Is a movement only reported, or proposed?")
    ] = "proposed"
    direction: Annotated[
        Literal["import", "export", "domestic", "unknown"], Meta(description="Direction seen from this party.")
    ] = "unknown"
    has_noc: Annotated[bool, Meta(description="A no-objection certificate is on record.")] = False
    is_registered: Annotated[bool, Meta(description="The trader's unique registration is on record.")] = False
    notification: Annotated[_Name | None, Meta(description="Gazette number of the control.")] = None


class ClearanceFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named approver's written answer to one Hold; it clears that Hold and nothing else."""

    policy: Annotated[_Name, Meta(description="The Hold it answers, e.g. CA-15.mixed.")]
    by: Annotated[_Name, Meta(description="Officer who decided; never the drafter or the releaser.")]
    on: Annotated[Day, Meta(description="Day of the decision.")]
    has_reason: Annotated[bool, Meta(description="A written reason is on file.")] = False


class Facts(Circumstances, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is true of one act; a null or absent fact is unknown, and unknown is read as what protects."""

    # Who does what, to whom, when.
    party: Annotated[_PartyCode, Meta(description="Party whose gate decides.")]
    peer: Annotated[_PartyCode, Meta(description="The other party.")]
    action: Annotated[
        Action,
        Meta(
            description="release: information leaves; request: a question leaves; use: received matter is worked on; "
            "acknowledge: a message without information leaves or is filed."
        ),
    ]
    date: Annotated[Day, Meta(description="Day of the act; picks the rules in force.")]
    kind: Annotated[_Name, Meta(description="Kind of message, e.g. request, answer, delay-notice.")]
    theme: Annotated[Theme | None, Meta(description="Subject of cooperation.")] = None
    purpose: Annotated[Purpose | None, Meta(description="The one purpose stated to the other side.")] = None
    urgency: Annotated[Urgency, Meta(description="Urgency claimed.")] = Urgency.NORMAL
    urgency_ground: Annotated[UrgencyGround | None, Meta(description="Ground from the closed list.")] = None
    agency: Annotated[_Name | None, Meta(description="Own agency for which the act is done.")] = None
    recipient_agency: Annotated[_Name | None, Meta(description="Agency of the other side that receives it.")] = None
    drafter: Annotated[_Name | None, Meta(description="Officer who drafted.")] = None
    releaser: Annotated[_Name | None, Meta(description="Officer who releases; null before release.")] = None
    clearances: Annotated[
        tuple[ClearanceFact, ...], Meta(max_length=_MAX_ITEMS, description="Holds that a named approver has answered.")
    ] = ()

    # Emergency (BI-13).
    is_life_threat: Annotated[bool, Meta(description="Death or serious harm is said to be imminent.")] = False
    imminence_stated: Annotated[bool, Meta(description="What makes it imminent is written down.")] = False
    is_minimum_data: Annotated[bool, Meta(description="Only what is needed to avert the harm is included.")] = False
    reviewer_notified: Annotated[bool, Meta(description="The reviewer has been told of the emergency.")] = False

    # Persons.
    personal_data: Annotated[bool | None, Meta(description="The item holds personal data; null reads as yes.")] = None
    asks_about_person: Annotated[bool | None, Meta(description="The question is about a person; null: yes.")] = None
    person_categories: Annotated[
        tuple[PersonCategory, ...], Meta(max_length=_MAX_ITEMS, description="Category of each person spoken of.")
    ] = ()
    persons: Annotated[
        int,
        Meta(ge=0, le=10_000, description="Persons named here or in what is answered; each needs a status of its own."),
    ] = 0
    protection_statuses: Annotated[
        tuple[ProtectionStatus, ...],
        Meta(max_length=_MAX_ITEMS, description="Own-side knowledge of each person's protection; never travels."),
    ] = ()
    minor: Annotated[bool | None, Meta(description="A person spoken of is a minor.")] = None
    in_custody: Annotated[bool | None, Meta(description="A person spoken of is in custody on either side.")] = None
    custody_safeguards: Annotated[bool, Meta(description="The custody checklist is complete.")] = False
    basis: Annotated[tuple[Basis, ...], Meta(max_length=8, description="What grounds the interest in the person.")] = ()
    predominance_test: Annotated[
        bool, Meta(description="A written test says why conduct, not expression or identity, predominates.")
    ] = False
    subject_is_victim_of_intimidation: Annotated[
        bool | None, Meta(description="A person is the alleged victim of intimidation linked to the recipient state.")
    ] = None
    death_penalty_exposure: Annotated[
        bool | None, Meta(description="Likely use could expose a person to the death penalty.")
    ] = None
    names_source: Annotated[
        bool | None, Meta(description="The item names, or lets the reader infer, a source or informer.")
    ] = None

    # Authority.
    arrangements: Annotated[
        tuple[ArrangementFact, ...],
        Meta(max_length=_MAX_ITEMS, description="The party's register, as far as relevant."),
    ] = ()
    arrangement_id: Annotated[_Name | None, Meta(description="The arrangement relied on.")] = None
    categories: Annotated[_Names, Meta(description="Categories of information in the item.")] = ()
    privacy_head: Annotated[PrivacyHead | None, Meta(description="Other head of Privacy Act 8(2) relied on.")] = None
    commissioner_notified: Annotated[bool, Meta(description="Privacy Commissioner told under 8(5).")] = False
    authorising_law: Annotated[_Name | None, Meta(description="Law that authorises the agency to act.")] = None
    legitimate_aim: Annotated[bool, Meta(description="A legitimate aim is written down.")] = False
    proportionality: Annotated[bool, Meta(description="A note on necessity and proportionality is on file.")] = False
    dpdp_head: Annotated[DpdpHead | None, Meta(description="Head of the DPDP Act relied on.")] = None
    is_notified_instrumentality: Annotated[bool, Meta(description="Proof of notification under 17(2)(a).")] = False
    has_security_safeguards: Annotated[bool, Meta(description="Safeguards of DPDP 8(5) are in place.")] = False

    # Risk.
    risk: Annotated[RiskFact | None, Meta(description="Mistreatment risk of the recipient.")] = None
    exposure: Annotated[Exposure, Meta(description="Could the question itself expose someone?")] = "unknown"
    assurance: Annotated[AssuranceFact | None, Meta(description="Assurance relied on.")] = None

    # The item.
    source_eval: Annotated[SourceEvaluation | None, Meta(description="4x4 evaluation of the source.")] = None
    info_eval: Annotated[InformationEvaluation | None, Meta(description="4x4 evaluation of the information.")] = None
    accuracy_statement: Annotated[bool, Meta(description="Accuracy and reliability are stated in words.")] = False
    as_of: Annotated[Day | None, Meta(description="Day on which the information was true.")] = None
    bears_information: Annotated[
        bool,
        Meta(
            description="False only where nothing but a closed code and fixed words leaves: no text of an officer's, "
            "no person, no attachment, no extension; or for a question."
        ),
    ] = True
    caveats: Annotated[
        tuple[CaveatFact, ...], Meta(max_length=_MAX_ITEMS, description="Caveats that travel with the item.")
    ] = ()
    handling: Annotated[Handling | None, Meta(description="Handling code.")] = None
    classification: Annotated[Classification | None, Meta(description="Classification under own rules.")] = None
    evidence_needed: Annotated[EvidenceNeed, Meta(description="Is it wanted as evidence in court?")] = "unknown"
    compelled: Annotated[bool | None, Meta(description="Obtained, or to be obtained, by compulsion.")] = None
    safeguarded_information: Annotated[
        bool | None, Meta(description="Holds safeguarded or special operational information.")
    ] = None
    safeguarded_authority: Annotated[_Name | None, Meta(description="Lawful authority to communicate it.")] = None
    third_party_origin: Annotated[bool | None, Meta(description="Came from a province or other third party.")] = None
    originator_consent: Annotated[bool, Meta(description="The originator's written consent is on file.")] = False
    contains_received_from: Annotated[
        tuple[_PartyCode, ...], Meta(max_length=_MAX_ITEMS, description="Parties whose received matter it holds.")
    ] = ()
    substances: Annotated[
        tuple[SubstanceFact, ...], Meta(max_length=_MAX_ITEMS, description="Substances the item speaks of.")
    ] = ()
    retention_days: Annotated[_Days | None, Meta(description="Days the receiver may keep it.")] = None

    # Answers, clocks.
    answer_outcome: Annotated[AnswerOutcome | None, Meta(description="What an answer says.")] = None
    refusal_ground: Annotated[RefusalGround | None, Meta(description="Ground of a refusal.")] = None
    refusal_rule: Annotated[_Name | None, Meta(description="Rule named where the ground is the law.")] = None
    refusal_rules: Annotated[_Names, Meta(description="Every rule that any refusal in the item names.")] = ()
    delay_reason: Annotated[DelayReason | None, Meta(description="Reason in a delay notice.")] = None
    expected_on: Annotated[Day | None, Meta(description="Expected day of the late answer.")] = None
    due_on: Annotated[Day | None, Meta(description="Last day of the clock that runs on this side.")] = None

    # Use of what was received.
    relies_on_peer_decision: Annotated[bool, Meta(description="Own authority is said to rest on the peer's gate.")] = (
        False
    )
    peer_decision: Annotated[bool, Meta(description="The item carries the digest of its sender's decision.")] = False
    possibly_from_mistreatment: Annotated[
        MistreatmentSuspicion, Meta(description="Was it possibly obtained through mistreatment?")
    ] = "unknown"
    use_effect: Annotated[UseEffect | None, Meta(description="What is done with it.")] = None
    received_purpose: Annotated[Purpose | None, Meta(description="Purpose under which it was received.")] = None
    use_purpose: Annotated[Purpose | None, Meta(description="Purpose for which it is now used.")] = None
    originator_permission: Annotated[
        bool, Meta(description="The sending side has permitted this other use or transfer in a message.")
    ] = False
    onward_state: Annotated[_PartyCode | None, Meta(description="State to which it would be passed on.")] = None
    retention_until: Annotated[Day | None, Meta(description="Last day it may be kept.")] = None
    review_on: Annotated[Day | None, Meta(description="Day of the next retention review.")] = None

    # The act by which received matter is used (BI-02, BI-03).
    use_act: Annotated[UseCode | None, Meta(description="The act of use; null where it is only filed.")] = None
    use_recipient: Annotated[_Name | None, Meta(description="Who gets it by that act, as caveats name them.")] = None
    has_other_originator: Annotated[bool, Meta(description="Somebody else than its sender made the item.")] = False


_ENCODER: Final = json.Encoder(order="sorted")


def facts_bytes(facts: Facts) -> bytes:
    """Returns the canonical JSON of facts: names in order, no spaces; equal facts, equal bytes."""
    return _ENCODER.encode(facts)


def facts_digest(facts: Facts) -> bytes:
    """Returns the SHA-256 digest, 32 bytes, of the canonical JSON of facts."""
    return hashlib.sha256(facts_bytes(facts)).digest()
