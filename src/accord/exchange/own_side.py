"""What our side knows of a draft and the other side must not: it feeds the gate and never the payload.

Texts here are notes for the file and the reviewer (why it is proportionate, why conduct predominates). The gate is
told only that they were written; a reviewer reads them.

What it states of particular records and lanes stands in :class:`accord.law.statements.Statements`, whose members the
facts of the gate share by name.
"""

from typing import Annotated

import msgspec

from accord.exchange.kinds.limits import LINE_CHARACTERS_MAX, LIST_ITEMS_MAX, SENTENCE_CHARACTERS_MAX
from accord.law.facts import (
    Basis,
    DpdpHead,
    Exposure,
    PrivacyHead,
    SubstanceFact,
)
from accord.law.statements import Statements
from accord.vocabulary.subjects import ProtectionStatus

__all__ = ["OwnSide"]

_Note = Annotated[str, msgspec.Meta(max_length=SENTENCE_CHARACTERS_MAX)]
_Line = Annotated[str, msgspec.Meta(max_length=LINE_CHARACTERS_MAX)]


class OwnSide(Statements, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Own-side facts of one draft; what is left out is unknown, and the unknown protects.

    Args:
        has_personal_data: Whether it holds personal data; unknown reads as yes, named persons always as yes.
        asks_about_person: Whether the question is about a person; unknown reads as yes.
        protection_statuses: What we know of each person's protection. Never on the wire (rule CA-07).
        is_in_custody: Whether a person is in custody on either side.
        has_custody_safeguards: Whether the custody checklist is complete.
        basis: What grounds the interest in the person.
        is_victim_of_intimidation: Whether a person is said to be intimidated on behalf of the receiving state.
        has_death_penalty_exposure: Whether likely use could expose a person to the death penalty.
        names_source: Whether a source is named or can be inferred.
        categories: Categories of information, as arrangements name them.
        privacy_head: Another head of the Privacy Act, section 8(2), relied on.
        is_commissioner_notified: Whether the Privacy Commissioner was told under section 8(5).
        authorising_law: The law that authorises the agency.
        legitimate_aim: The aim, in words.
        proportionality: Why it is necessary and proportionate, in words.
        dpdp_head: Head of the DPDP Act relied on.
        is_notified_instrumentality: Whether notification under section 17(2)(a) is proven.
        has_security_safeguards: Whether the safeguards of section 8(5) are in place.
        has_measures_taken: Whether the mitigations of the risk profile were really taken in this file.
        risk_assessed_by: Who assessed the risk in this file besides the profile's author, whom it never replaces.
        exposure: Whether the question itself could expose somebody.
        assurance: Code of the assurance relied on; what it covers is the register's to say.
        is_compelled: Whether it was obtained by compulsion.
        has_safeguarded_information: Whether it holds safeguarded or special operational information.
        safeguarded_authority: The authority to communicate it.
        has_third_party_origin: Whether it came from a province or another third party.
        has_originator_consent: Whether the originator's written consent is on file.
        contains_received_from: Parties whose received matter it holds; left out, every other party that ever sent
            us anything is assumed.
        substances: Our own law's facts on the substances named.
        is_life_threat: Whether death or serious harm is imminent.
        imminence: What makes it imminent, in words.
        is_minimum_data: Whether only what averts the harm is in it.
    """

    has_personal_data: bool | None = None
    asks_about_person: bool | None = None
    protection_statuses: Annotated[tuple[ProtectionStatus, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    is_in_custody: bool | None = None
    has_custody_safeguards: bool = False
    basis: tuple[Basis, ...] = ()
    is_victim_of_intimidation: bool | None = None
    has_death_penalty_exposure: bool | None = None
    names_source: bool | None = None
    categories: Annotated[tuple[_Line, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    privacy_head: PrivacyHead | None = None
    is_commissioner_notified: bool = False
    authorising_law: _Line | None = None
    legitimate_aim: _Note | None = None
    proportionality: _Note | None = None
    dpdp_head: DpdpHead | None = None
    is_notified_instrumentality: bool = False
    has_security_safeguards: bool = False
    has_measures_taken: bool = False
    risk_assessed_by: _Line | None = None
    exposure: Exposure = "unknown"
    assurance: _Line | None = None
    is_compelled: bool | None = None
    has_safeguarded_information: bool | None = None
    safeguarded_authority: _Line | None = None
    has_third_party_origin: bool | None = None
    has_originator_consent: bool = False
    contains_received_from: tuple[_Line, ...] | None = None
    substances: Annotated[tuple[SubstanceFact, ...], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = ()
    is_life_threat: bool = False
    imminence: _Note | None = None
    is_minimum_data: bool = False
