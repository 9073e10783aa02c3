"""What every message states: who, about what, why, under which law, how it may be used and how far it is trusted.

The fields are those of the common envelope of police information exchange. Where a field of that list is missing
here it travels elsewhere: the message id, the message answered and the times are in the signed header, the kind and
the schema version in the sealed body, the decision of the gate as a digest beside them. One field never travels at
all: a person's protection status is knowledge of one side and stays there (rule CA-07).

Source: Directive (EU) 2023/977, articles 4 to 6, and Regulation (EU) 2016/794, articles 19 and 29, as models.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from accord.exchange.kinds.decimals import is_plain
from accord.exchange.kinds.limits import (
    ATTACHMENTS_MAX,
    CAVEATS_MAX,
    LINE_CHARACTERS_MAX,
    LIST_ITEMS_MAX,
    NARRATIVE_CHARACTERS_MAX,
    PERSONS_MAX,
    REFERENCE_CHARACTERS_MAX,
    SENTENCE_CHARACTERS_MAX,
    SUBSTANCES_MAX,
)
from accord.vocabulary.evaluation import InformationEvaluation, SourceEvaluation
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.subjects import PersonCategory, Purpose, Theme

__all__ = [
    "Accuracy",
    "AttachmentReference",
    "Caveat",
    "Correspondence",
    "Correspondent",
    "Disclosure",
    "EnvelopeId",
    "Evaluation",
    "Line",
    "Marking",
    "Narrative",
    "Offence",
    "Origin",
    "Person",
    "Reference",
    "Sentence",
    "SpecialCategory",
    "Substance",
    "cas_number_is_valid",
]

# Codes and references are Latin letters, digits and a few signs, so that they can be typed in either capital and no
# look-alike letter of another script can stand in for one (UTS #39, single-script identifiers).
Reference = Annotated[
    str, msgspec.Meta(min_length=1, max_length=REFERENCE_CHARACTERS_MAX, pattern=r"\A[A-Za-z0-9][A-Za-z0-9./_:-]*\Z")
]
PartyCode = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Z0-9-]{1,15}\Z")]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LINE_CHARACTERS_MAX)]
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=SENTENCE_CHARACTERS_MAX)]
Narrative = Annotated[str, msgspec.Meta(min_length=1, max_length=NARRATIVE_CHARACTERS_MAX)]
Phone = Annotated[str, msgspec.Meta(pattern=r"\A\+[0-9][0-9 ()-]{5,30}\Z")]
Language = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z")]
EnvelopeId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=LIST_ITEMS_MAX)]
ExtensionName = Annotated[str, msgspec.Meta(pattern=r"\Ax-[a-z0-9-]{1,40}\Z")]

_CAS = re.compile(r"([0-9]{2,7})-([0-9]{2})-([0-9])")


def cas_number_is_valid(number: str) -> bool:
    """Returns whether a CAS registry number has its form and its check digit.

    Source: CAS, "Check Digit Verification of CAS Registry Numbers".
    """
    match = _CAS.fullmatch(number)
    if match is None:
        return False
    digits = match.group(1) + match.group(2)
    return sum(i * int(digit) for i, digit in enumerate(reversed(digits), start=1)) % 10 == int(match.group(3))


class SpecialCategory(StrEnum):
    """Data that need a statement of strict necessity.

    Source: Directive (EU) 2016/680, article 10, as a model.
    """

    ETHNIC_ORIGIN = "ethnic-origin"
    POLITICAL_OPINION = "political-opinion"
    RELIGION = "religion"
    TRADE_UNION = "trade-union"
    GENETIC = "genetic"
    BIOMETRIC = "biometric"
    HEALTH = "health"
    SEXUAL_LIFE = "sexual-life"


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a message: frozen, and closed, since an unknown field is critical here (see ``extensions``)."""


class Correspondent(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An authority: party, agency, unit."""

    party: PartyCode
    agency: Reference
    unit: Line | None = None


class Caveat(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who may see the item, for what, whom to ask for more, and until when the caveat binds.

    Source: Arar Commission (2006), recommendation 9.
    """

    who_may_access: Lines
    permitted_uses: Lines
    procedure_contact: Line
    expires_on: date


class Offence(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The offence in the sender's own law, with the highest penalty."""

    own_law: Line
    max_penalty_months: Annotated[int, msgspec.Meta(ge=0, le=1_200)] | None = None


class Evaluation(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The 4x4 evaluation and its date."""

    source: SourceEvaluation
    information: InformationEvaluation
    evaluated_on: date


class Accuracy(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How far the content is accurate and reliable, in words, and as of which day.

    Source: SCIDA, section 5(2); Privacy Act, section 6(2); Arar Commission, recommendation 8.
    """

    statement: Sentence
    as_of: date


class Origin(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A third party from which the content came, and its consent."""

    party: Line
    consent_ref: Line | None = None


class Marking(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The sender's own classification and its provisional equivalent (rule BI-07)."""

    own: Line
    equivalent: Classification


class Person(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person the message speaks of; what is not needed is left out."""

    category: PersonCategory
    is_minor: bool
    names: Annotated[tuple[Line, ...], msgspec.Meta(max_length=10)] = ()
    born_on: date | None = None
    place_of_birth: Line | None = None
    nationality: Line | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    document_number: Line | None = None
    reference: Reference | None = None
    link_to_purpose: Sentence | None = None


class Substance(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A substance and its control in the sender's law."""

    name: Line
    cas_number: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{2,7}-[0-9]{2}-[0-9]\Z")] | None = None
    hs_code: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}(\.?[0-9]{2}){0,3}\Z")] | None = None
    schedule: Line | None = None
    controlled_from: date | None = None
    authorisation_number: Line | None = None
    quantity_grams: Decimal | None = None
    declared_as: Line | None = None

    def __post_init__(self) -> None:
        if self.cas_number is not None and not cas_number_is_valid(self.cas_number):
            raise ValueError("cas_number has a wrong check digit")
        if self.quantity_grams is not None and not is_plain(self.quantity_grams):
            raise ValueError("quantity_grams must be a finite number of at most 30 digits")


class AttachmentReference(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is needed to fetch, check and open one attachment of the message."""

    name: Line
    size_bytes: Annotated[int, msgspec.Meta(ge=1)]
    sha256: Digest
    media_type: Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}\Z")]
    key: Annotated[str, msgspec.Meta(min_length=44, max_length=44)]
    first_chunk: Annotated[int, msgspec.Meta(ge=0)]
    chunk_count: Annotated[int, msgspec.Meta(ge=1)]


class Correspondence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every message states.

    An unknown field is critical and refused. What a later version may add without harm to an older reader goes into
    ``extensions``, whose fields are kept and shown as they came.

    Args:
        schema_version: Version of the schema, the same as in the sealed body.
        message_ref: The sender's own reference of this message.
        sender: The authority that speaks.
        recipient: The authority addressed.
        liaison_contact: Liaison officer to speak to.
        duty_phone: Telephone that is answered at any hour, in international form.
        case_ref_own: The sender's case.
        case_ref_other: The receiver's case, once known.
        workplan_item: The item of the shared workplan it serves.
        theme: Subject of cooperation.
        purpose: The one purpose for which it may be used without a further permission.
        legal_basis: Citations of the sender's law.
        arrangement_id: The arrangement in force that covers it.
        handling: Handling code; ``H3`` needs ``handling_note``.
        caveats: At least one.
        originator: Who made the information, where it is not the sender.
        third_party_origin: A third party it came from, with its consent.
        classification: Own marking and provisional equivalent.
        retention_until: Day after which the receiver may not keep it.
        review_on: Day on which the need to keep it is looked at.
        language: Language of the texts, BCP 47.
        translation_of: Reference of the message it translates.
        mistreatment_assessment_id: The sender's assessment of risk, by reference only.
        attachments: References of the attachments.
        extensions: Fields of later versions that an older reader may pass over.
    """

    schema_version: Literal[1]
    message_ref: Reference
    sender: Correspondent
    recipient: Correspondent
    liaison_contact: Line
    case_ref_own: Reference
    theme: Theme
    purpose: Purpose
    legal_basis: Lines
    handling: Handling
    caveats: Annotated[tuple[Caveat, ...], msgspec.Meta(min_length=1, max_length=CAVEATS_MAX)]
    classification: Marking
    retention_until: date
    language: Language
    duty_phone: Phone | None = None
    case_ref_other: Reference | None = None
    workplan_item: Reference | None = None
    arrangement_id: Reference | None = None
    handling_note: Sentence | None = None
    originator: Correspondent | None = None
    third_party_origin: Origin | None = None
    review_on: date | None = None
    translation_of: Reference | None = None
    mistreatment_assessment_id: Reference | None = None
    attachments: Annotated[tuple[AttachmentReference, ...], msgspec.Meta(max_length=ATTACHMENTS_MAX)] = ()
    extensions: Annotated[dict[ExtensionName, Sentence], msgspec.Meta(max_length=LIST_ITEMS_MAX)] = {}

    def __post_init__(self) -> None:
        if self.handling is Handling.H3 and not self.handling_note:
            raise ValueError("handling_note is needed with handling code H3")


class Disclosure(Correspondence, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a message that carries information states besides.

    Args:
        offence: Offence in the sender's law.
        evaluation: The 4x4 evaluation.
        accuracy: Statement of accuracy and reliability.
        person_categories: Categories of all persons it speaks of.
        concerns_minor: Whether one of them is a minor.
        persons: The persons, as far as they must be named.
        has_biometrics: Whether biometric data are in it or its attachments.
        special_categories: Special categories of data in it.
        strict_necessity: Why they are strictly necessary; needed with ``special_categories``.
        substances: Substances it speaks of.
    """

    accuracy: Accuracy
    person_categories: Annotated[tuple[PersonCategory, ...], msgspec.Meta(max_length=len(PersonCategory))]
    concerns_minor: bool
    offence: Offence | None = None
    evaluation: Evaluation | None = None
    persons: Annotated[tuple[Person, ...], msgspec.Meta(max_length=PERSONS_MAX)] = ()
    has_biometrics: bool = False
    special_categories: Annotated[tuple[SpecialCategory, ...], msgspec.Meta(max_length=len(SpecialCategory))] = ()
    strict_necessity: Sentence | None = None
    substances: Annotated[tuple[Substance, ...], msgspec.Meta(max_length=SUBSTANCES_MAX)] = ()

    def __post_init__(self) -> None:
        Correspondence.__post_init__(self)
        if not {person.category for person in self.persons} <= set(self.person_categories):
            raise ValueError("person_categories must name the category of every person")
        if any(person.is_minor for person in self.persons) and not self.concerns_minor:
            raise ValueError("concerns_minor must be true when a person is a minor")
        if (self.special_categories or self.has_biometrics) and not self.strict_necessity:
            raise ValueError("strict_necessity is needed with special categories or biometric data")
