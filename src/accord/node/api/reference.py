"""What a client needs to know before it writes a message: the kinds with their schemas, and the codes."""

from typing import Any

from ninja import Router, Schema

from accord.node.api.operations import ApiRequest, Everyone, offer
from accord.node.api.problems import NotFound
from accord.node.api.shapes import KindName
from accord.node.api.struct_schemas import struct_schema
from accord.release.registry import MessageKind, kinds
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE
from accord.vocabulary.evaluation import INFORMATION_LABELS, SOURCE_LABELS
from accord.vocabulary.handling import HANDLING_LABELS, Classification
from accord.vocabulary.refusal import DELAY_REASON_LABELS, REFUSAL_GROUND_LABELS, AnswerOutcome
from accord.vocabulary.subjects import PersonCategory, ProtectionStatus, Purpose, Theme
from accord.vocabulary.urgency import URGENCY_GROUND_LABELS, AccessClass, Urgency

__all__ = ["router"]

router = Router()


class KindOut(Schema):
    """One kind of message."""

    name: str
    schema_version: int
    max_bytes: int
    needs_approval: bool


class CodeOut(Schema):
    """One code and its meaning in plain English."""

    code: str
    label: str


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
    """Every closed list of codes."""

    codes: dict[str, list[CodeOut]]
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
    summary="Show the codes and the clock table",
    response=VocabularyOut,
)
def show_vocabulary(request: ApiRequest) -> VocabularyOut:
    """Shows every closed list: handling, evaluation, urgency, grounds of refusal, reasons for delay, themes."""
    labelled: dict[str, dict[Any, str]] = {
        "handling": dict(HANDLING_LABELS),
        "source_evaluation": dict(SOURCE_LABELS),
        "information_evaluation": dict(INFORMATION_LABELS),
        "urgency_ground": dict(URGENCY_GROUND_LABELS),
        "refusal_ground": dict(REFUSAL_GROUND_LABELS),
        "delay_reason": dict(DELAY_REASON_LABELS),
    }
    plain = {
        "classification": Classification,
        "answer_outcome": AnswerOutcome,
        "person_category": PersonCategory,
        "protection_status": ProtectionStatus,
        "purpose": Purpose,
        "theme": Theme,
        "access_class": AccessClass,
        "urgency": Urgency,
    }
    codes = {
        name: [CodeOut(code=code, label=label) for code, label in labels.items()] for name, labels in labelled.items()
    }
    for name, words in plain.items():
        codes[name] = [CodeOut(code=word.value, label=word.value.replace("-", " ")) for word in words]
    limits = [
        ClockLimit(urgency=urgency, access_class=access, hours=time.total_seconds() / 3600)
        for (urgency, access), time in FIRST_CLOCK_TABLE.limits.items()
    ]
    return VocabularyOut(codes=codes, clocks=ClockTableOut(version=FIRST_CLOCK_TABLE.version, limits=limits))
