"""Decisions: what the gate answers, with reasons, citations and cures.

A decision is data, never a bare yes or no. The most severe reason wins, and its severity is a total order:
``Permit < PermitWith < Hold < Route < Refuse``.

A reason may be *shielded*: it protects a person by not being known. Its rule, sentence and citation are for the
officers of this side only. What the other side may be told is :meth:`Decision.outward`, which is the same in words
and length for every shielded refusal as for any other "cannot confirm or deny".
"""

import hashlib
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, Literal, Self

from msgspec import Struct, convert, json, to_builtins

__all__ = ["OUTCOME_NAMES", "Decision", "Outcome", "OutwardAnswer", "Reason"]

OutwardAnswer = Literal["cannot-confirm-or-deny"]


class Outcome(IntEnum):
    """What the gate answers, in order of severity."""

    PERMIT = 0
    PERMIT_WITH = 1
    HOLD = 2
    ROUTE = 3
    REFUSE = 4

    @property
    def label(self) -> str:
        """The name other programs see, e.g. ``permit-with``."""
        return OUTCOME_NAMES[self]

    @property
    def lets_pass(self) -> bool:
        """Whether the act may go on, with or without conditions."""
        return self <= Outcome.PERMIT_WITH


OUTCOME_NAMES: Final[dict[Outcome, str]] = {
    Outcome.PERMIT: "permit",
    Outcome.PERMIT_WITH: "permit-with",
    Outcome.HOLD: "hold",
    Outcome.ROUTE: "route",
    Outcome.REFUSE: "refuse",
}


class Reason(Struct, frozen=True, kw_only=True):
    """One rule that spoke, in the officer's words.

    Args:
        rule: Rule identifier, e.g. ``CA-05``.
        policy: The policy of the rule that fired, e.g. ``CA-05.no-accuracy``.
        citation: The law it rests on.
        sentence: What stops the act, in one plain sentence.
        cure: What would let it pass.
        decider: Who decides.
        outcome: Severity of this reason in this decision.
        is_shielded: Must not reach the other side, nor be inferred by it.
        is_verified: The source was read in its primary text.
        is_waived: Would have stopped the act, but yields to an emergency (BI-13) and must be made good.
    """

    rule: str
    policy: str
    citation: str
    sentence: str
    cure: str
    decider: str
    outcome: Outcome
    is_shielded: bool = False
    is_verified: bool = True
    is_waived: bool = False


class Decision(Struct, frozen=True, kw_only=True):
    """The gate's answer to one set of facts.

    Args:
        outcome: The most severe outcome of all reasons.
        reasons: Every rule that spoke, the most severe first.
        conditions: What must be done if the act goes on.
        approver: Who must decide, when held.
        channel: Which other channel to take, when routed.
        facts_digest: SHA-256 of the canonical facts.
        pack_digest: SHA-256 over the files of the packs that decided.
        alarm: What the operator must look at; set when the gate itself failed.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    conditions: tuple[str, ...] = ()
    approver: str | None = None
    channel: str | None = None
    facts_digest: bytes
    pack_digest: bytes
    alarm: str | None = None

    @property
    def lets_pass(self) -> bool:
        """Whether the act may go on, with or without conditions."""
        return self.outcome.lets_pass

    @property
    def holds(self) -> tuple[Reason, ...]:
        """The reasons that wait for a written answer."""
        return tuple(reason for reason in self.reasons if reason.outcome is Outcome.HOLD)

    @property
    def is_shielded(self) -> bool:
        """Whether any reason must stay unknown to the other side."""
        return any(reason.is_shielded for reason in self.reasons)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the whole decision, 32 bytes; travels with the message it permits."""
        return hashlib.sha256(b"accord/decision/1\0" + json.encode(self, order="sorted")).digest()

    def outward(self) -> OutwardAnswer | None:
        """Returns the only answer that may be given outside where a shielded reason spoke, else None.

        The value carries nothing of the reason: it is equal, byte for byte, for all shielded decisions.

        Source: IRPR (SOR/2002-227), subsection 315.4(2), by analogy.
        """
        return "cannot-confirm-or-deny" if self.is_shielded else None

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Self:  # Any: JSON of the published schema
        """Returns the decision that :meth:`to_json` wrote, for example one that is on record.

        Args:
            shown: The decision as other programs see it.
        """
        outcomes = {label: outcome.value for outcome, label in OUTCOME_NAMES.items()}
        reasons = [{**reason, "outcome": outcomes[reason["outcome"]]} for reason in shown["reasons"]]
        digests = {name: bytes.fromhex(shown[name]) for name in ("facts_digest", "pack_digest")}
        return convert({**shown, "outcome": outcomes[shown["outcome"]], "reasons": reasons, **digests}, cls)

    def to_json(self) -> dict[str, object]:
        """Returns the decision as other programs see it (docs/schemas/decision.schema.json)."""
        return {
            "outcome": self.outcome.label,
            "reasons": [
                {
                    **{name: value for name, value in to_builtins(reason).items() if name != "outcome"},
                    "outcome": reason.outcome.label,
                }
                for reason in self.reasons
            ],
            "conditions": list(self.conditions),
            "approver": self.approver,
            "channel": self.channel,
            "facts_digest": self.facts_digest.hex(),
            "pack_digest": self.pack_digest.hex(),
            "alarm": self.alarm,
        }
