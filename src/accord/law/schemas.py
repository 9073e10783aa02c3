"""The JSON Schemas of facts and decisions, made from the types themselves so that they cannot drift apart."""

from typing import Any, Literal

from msgspec import Struct, json

from accord.law.facts import Facts

__all__ = ["DecisionView", "ReasonView", "decision_schema", "facts_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

_OutcomeName = Literal["permit", "permit-with", "hold", "route", "refuse"]


class ReasonView(Struct, frozen=True, kw_only=True):
    """One rule that spoke, as other programs see it; see :class:`accord.law.decision.Reason`."""

    rule: str
    policy: str
    citation: str
    sentence: str
    cure: str
    decider: str
    outcome: _OutcomeName
    is_shielded: bool
    is_verified: bool
    is_waived: bool


class DecisionView(Struct, frozen=True, kw_only=True):
    """A decision, as other programs see it; digests are lower-case hexadecimal."""

    outcome: _OutcomeName
    reasons: tuple[ReasonView, ...]
    conditions: tuple[str, ...]
    approver: str | None
    channel: str | None
    facts_digest: str
    pack_digest: str
    alarm: str | None


def _schema(of: type[Struct], *, name: str, title: str) -> dict[str, Any]:  # Any: JSON Schema is an open vocabulary
    schema = {"$schema": _DRAFT, "$id": f"urn:accord:schema:{name}:1", "title": title, **json.schema(of)}
    plain: dict[str, Any] = json.decode(json.encode(schema))  # as a reader of the file would see it
    return plain


def facts_schema() -> dict[str, Any]:  # Any: JSON Schema is an open vocabulary
    """Returns the JSON Schema (2020-12) of the facts that ``accord law decide`` reads."""
    return _schema(Facts, name="facts", title="Facts of one act, as the law gate reads them")


def decision_schema() -> dict[str, Any]:  # Any: JSON Schema is an open vocabulary
    """Returns the JSON Schema (2020-12) of a decision as it is stored and printed; members may be added."""
    return _schema(DecisionView, name="decision", title="Decision of the law gate")
