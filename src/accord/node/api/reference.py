"""What a client needs to know before it writes a message: the kinds with their schemas, the codes and the parties."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from ninja import Field, Router, Schema

from accord.exchange.kinds.answer import ItemState
from accord.exchange.kinds.particulars import SpecialCategory
from accord.exchange.kinds.request import DuplicateChannel
from accord.node.api.labels import (
    APPROVAL_STATES,
    CASE_STATES,
    CLOCK_STATES,
    KINDS,
    MESSAGE_STATE_MEANINGS,
    MESSAGE_STATES,
    ROLES,
    WAITING_ON,
)
from accord.node.api.operations import ApiRequest, Everyone, offer
from accord.node.api.problems import NotFound
from accord.node.api.shapes import KindName
from accord.node.api.struct_schemas import struct_schema
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.parties.profile import Names
from accord.release.registry import MessageKind, kinds
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE
from accord.vocabulary.evaluation import INFORMATION_LABELS, SOURCE_LABELS
from accord.vocabulary.handling import HANDLING_LABELS, Classification
from accord.vocabulary.refusal import (
    DELAY_REASON_LABELS,
    REFUSAL_GROUND_LABELS,
    AnswerOutcome,
    PermissionOutcome,
)
from accord.vocabulary.subjects import PersonCategory, ProtectionStatus, Purpose, Theme
from accord.vocabulary.urgency import URGENCY_GROUND_LABELS, AccessClass, Urgency
from accord.vocabulary.uses import USE_LABELS

__all__ = ["router"]

router = Router()


class KindOut(Schema):
    """One kind of message."""

    name: str
    schema_version: int
    max_bytes: int
    needs_approval: bool


class CodeOut(Schema):
    """One code and its meaning; French and Hindi where a translation has been made."""

    code: str
    label: str = Field(description="In English.")
    label_fr: str | None
    label_hi: str | None
    meaning: str | None = Field(description="What it means to an officer, where the label does not say it.")


class NamesOut(Schema):
    """A name in each language of the interface."""

    en: str
    fr: str
    hi: str


class AgencyOut(Schema):
    """An agency by the code that messages use."""

    code: str
    names: NamesOut


class MarkingOut(Schema):
    """A party's own marking, and the least equivalent it may be given."""

    marking: str
    least_equivalent: str


class PartyOut(Schema):
    """A party known here: ourselves, or the other side of a channel."""

    code: str
    is_self: bool
    names: NamesOut
    capital: NamesOut
    time_zone: str = Field(description="IANA zone of its capital.")
    agencies: list[AgencyOut]
    markings: list[MarkingOut]


class ClockLimit(Schema):
    """Time allowed for one urgency and access class, from receipt."""

    urgency: str
    access_class: str
    hours: float


class ClockTableOut(Schema):
    """The table of time limits both sides agree on."""

    version: str
    limits: list[ClockLimit]


class VocabularyOut(Schema):
    """Every closed list of codes, and the parties with their agencies."""

    codes: dict[str, list[CodeOut]]
    caveat: list[CodeOut] = Field(
        description="What a caveat states: its fields, each needed. No list closes its words."
    )
    parties: list[PartyOut] = Field(description="Ourselves first.")
    clocks: ClockTableOut


@offer(
    router,
    "GET",
    "/kinds",
    permission=Everyone.SIGNED_IN,
    summary="List the kinds of message",
    response=list[KindOut],
)
def list_kinds(request: ApiRequest) -> list[KindOut]:
    """Lists the kinds that officers draft; kinds that serve the channel alone are left out."""
    return [
        KindOut(
            name=kind.name,
            schema_version=kind.schema,
            max_bytes=kind.max_bytes,
            needs_approval=kind.needs_approval,
        )
        for kind in _drafted()
    ]


@offer(
    router,
    "GET",
    "/kinds/{kind}/schema",
    permission=Everyone.SIGNED_IN,
    summary="Show the JSON Schema of a kind",
    response=dict[str, Any],
)
def show_kind_schema(request: ApiRequest, kind: KindName) -> dict[str, Any]:  # Any: JSON Schema
    """Shows the JSON Schema of the newest version of a kind, as it stands on the wire."""
    for found in reversed(_drafted()):
        if found.name == kind and found.struct is not None:
            return struct_schema(found.struct)
    raise NotFound("There is no kind of message of this name.", fields={"kind": kind})


def _drafted() -> list[MessageKind]:
    return [kind for kind in kinds() if kind.struct is not None]


@offer(
    router,
    "GET",
    "/vocabulary",
    permission=Everyone.SIGNED_IN,
    summary="Show the codes, the parties and the clock table",
    response=VocabularyOut,
)
def show_vocabulary(request: ApiRequest) -> VocabularyOut:
    """Shows every closed list, the agencies of each party, what a caveat states, and the table of time limits."""
    codes = {name: [_code(code, label) for code, label in labels.items()] for name, labels in _LISTS.items()}
    codes |= {
        name: [_code(word.value, word.value.replace("-", " ")) for word in words] for name, words in _PLAIN.items()
    }
    for name, labels in _NAMED.items():
        meanings = MESSAGE_STATE_MEANINGS if labels is MESSAGE_STATES else {}
        codes[name] = [_named(code, names, meanings) for code, names in labels.items()]
    limits = [
        ClockLimit(urgency=urgency, access_class=access, hours=time.total_seconds() / 3600)
        for (urgency, access), time in FIRST_CLOCK_TABLE.limits.items()
    ]
    return VocabularyOut(
        codes=codes,
        caveat=[_code(name, label) for name, label in _CAVEAT.items()],
        parties=[_party(party) for party in Party.objects.order_by("-is_self", "code")],
        clocks=ClockTableOut(version=FIRST_CLOCK_TABLE.version, limits=limits),
    )


_LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "handling": {code.value: label for code, label in HANDLING_LABELS.items()},
    "source_evaluation": {code.value: label for code, label in SOURCE_LABELS.items()},
    "information_evaluation": {code.value: label for code, label in INFORMATION_LABELS.items()},
    "urgency_ground": {code.value: label for code, label in URGENCY_GROUND_LABELS.items()},
    "refusal_ground": {code.value: label for code, label in REFUSAL_GROUND_LABELS.items()},
    "use": {code.value: label for code, label in USE_LABELS.items()},
    "delay_reason": {code.value: label for code, label in DELAY_REASON_LABELS.items()},
}

_PLAIN: Final[Mapping[str, type[StrEnum]]] = {
    "classification": Classification,
    "answer_outcome": AnswerOutcome,
    "permission_outcome": PermissionOutcome,
    "item_state": ItemState,
    "person_category": PersonCategory,
    "special_category": SpecialCategory,
    "protection_status": ProtectionStatus,
    "purpose": Purpose,
    "theme": Theme,
    "access_class": AccessClass,
    "urgency": Urgency,
    "duplicate_channel": DuplicateChannel,
    "permission": Permission,
}

_NAMED: Final[Mapping[str, Mapping[str, Names]]] = {
    "kind": KINDS,
    "message_state": MESSAGE_STATES,
    "case_state": CASE_STATES,
    "waiting_on": WAITING_ON,
    "clock_state": CLOCK_STATES,
    "approval_state": APPROVAL_STATES,
    "role": ROLES,
}

_CAVEAT: Final[Mapping[str, str]] = {
    "who_may_access": "Who may see it: codes of agencies, one a line",
    "permitted_uses": "What it may be used for, one use a line; a code of the list of uses permits it, words do not",
    "procedure_contact": "Whom to ask for permission for more",
    "expires_on": "The last day on which the caveat binds",
}


def _code(code: str, label: str) -> CodeOut:
    return CodeOut(code=code, label=label, label_fr=None, label_hi=None, meaning=None)


def _named(code: str, names: Names, meanings: Mapping[str, str]) -> CodeOut:
    return CodeOut(code=code, label=names.en, label_fr=names.fr, label_hi=names.hi, meaning=meanings.get(code))


def _names(names: Names) -> NamesOut:
    return NamesOut(en=names.en, fr=names.fr, hi=names.hi)


def _party(party: Party) -> PartyOut:
    profile = party.described
    return PartyOut(
        code=profile.code,
        is_self=party.is_self,
        names=_names(profile.names),
        capital=_names(profile.capital),
        time_zone=profile.time_zone,
        agencies=[AgencyOut(code=agency.code, names=_names(agency.names)) for agency in profile.agencies],
        markings=[MarkingOut(marking=own, least_equivalent=least.value) for own, least in profile.markings.items()],
    )
