"""The gate: facts in, decision out.

Promises:

* **Nothing means no.** No rules in force on the day, no permit for this action and kind, a malformed fact, an error
  in a policy or in the engine: the answer is Refuse, with a reason and an alarm.
* **The most severe reason wins.** Every rule that speaks is in the answer; none hides another.
* **Adding a rule never makes an answer milder.** Rules only restrict; the one rule that waives others (BI-13, an
  emergency) can waive only those whose own file says that they yield to it.
* **Equal facts under equal packs give equal decisions**, byte for byte. Policies see nothing but the reading of the
  facts (:mod:`accord.law.context`), so answers are kept, bounded, by facts digest and by reading; an answer that came
  with an alarm is never kept.

How: each rule in force on the day of the act contributes its Cedar ``forbid`` policies, parsed once. Those that their
own text rules out for the reading are set aside (:mod:`accord.law.guards`); Cedar judges the others, whose set is kept
for the next reading that leaves the same. Permits are looked up apart, because a Cedar answer of Deny does not say
whether a permit would have matched. What a policy means to an officer comes from the rule's own file.

What it does not do: read a clock, keep a record, or tell anyone; the apps above do, in one transaction with the act.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import cedarpy
from msgspec import Struct, ValidationError, json, structs

from accord.law.cache import BoundedCache
from accord.law.context import Context, context_of
from accord.law.decision import Decision, Outcome, Reason
from accord.law.facts import Day, Facts, facts_bytes
from accord.law.guards import Guards, guarded_policies, policy_set
from accord.law.loading import load_packs, packs_for
from accord.law.rules import OUTCOMES_IN_FILES, Pack, Policy, Rule

__all__ = ["DECISION_CACHE_SIZE", "EMERGENCY_HOURS", "Gate", "gate_for"]

DECISION_CACHE_SIZE: Final = 4096
"""Decisions kept, by facts digest and again by reading; about 16 MB, enough for a burst of like messages."""

POLICY_SETS_KEPT: Final = 512
"""Sets of policies kept for the readings that leave just them; lawful acts of a node leave a few dozen."""

DAYS_KEPT: Final = 64
"""Days and actions for which the rules in force are remembered; a node decides for today, a table for a few more."""

EMERGENCY_HOURS: Final = 24
"""Hours within which what an emergency waived must be made good (BI-13)."""

_NO_ENTITIES: Final = cedarpy.Entities.from_json_str("[]")
_CONTEXT_FIELDS: Final = tuple(field.name for field in structs.fields(Context))
_Rules: TypeAlias = tuple[str, ...]
_Question: TypeAlias = tuple[str, str, str, _Rules, int, bool, bytes]
_DECODER: Final = json.Decoder(Facts)
_GATE_CITATION: Final = "Accord house rule 3: nothing leaves, or is used, without a decision; no answer means no"


class _Compiled(Struct, frozen=True):
    """The policies of one action on days with the same rules in force."""

    guards: Guards
    rules: _Rules


class _Asked(Struct, frozen=True):
    """Some of those policies as Cedar is asked, with the fields that they read."""

    policies: cedarpy.PolicySet
    fields: tuple[str, ...]


class _Meaning(Struct, frozen=True):
    """What one policy means: its rule and its entry in the rule's file."""

    rule: Rule
    policy: Policy


def _gate_reason(name: str, sentence: str, cure: str) -> Reason:
    return Reason(
        rule="GATE",
        policy=f"GATE.{name}",
        citation=_GATE_CITATION,
        sentence=sentence,
        cure=cure,
        decider="The operator of this node with counsel",
        outcome=Outcome.REFUSE,
    )


class Gate:
    """The law gate of one party.

    Args:
        packs: Packs of rules that bind the party; without any, everything is refused.
    """

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._packs = tuple(packs)
        self._meanings = {
            f"{rule.id}.{name}": _Meaning(rule, policy)
            for pack in packs
            for rule in pack.rules
            for name, policy in rule.policies.items()
        }
        digest = hashlib.sha256(b"accord/packs/1\0")
        for pack in sorted(packs, key=lambda pack: pack.name):
            digest.update(pack.digest)
        self._digest = digest.digest()
        self._permits = cedarpy.PolicySet.from_str("\n".join(pack.permits for pack in packs))
        self._guarded = {rule_id: guarded_policies(text) for pack in packs for rule_id, text in pack.texts.items()}
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}
        self._of_day: BoundedCache[tuple[str, Day], _Compiled] = BoundedCache(DAYS_KEPT)
        self._asked: BoundedCache[tuple[str, _Rules, int], _Asked] = BoundedCache(POLICY_SETS_KEPT)
        self._decided: BoundedCache[bytes, Decision] = BoundedCache(DECISION_CACHE_SIZE)
        self._answers: BoundedCache[_Question, Decision] = BoundedCache(DECISION_CACHE_SIZE)
        self._is_permitted = lru_cache(maxsize=256)(self._ask_permit)

    @property
    def digest(self) -> bytes:
        """SHA-256 over the digests of all packs, 32 bytes."""
        return self._digest

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs that decide."""
        return self._packs

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of their identifiers."""
        return tuple(sorted((rule for pack in self._packs for rule in pack.rules), key=lambda rule: rule.id))

    def forget(self) -> None:
        """Forgets every answer it keeps; what is parsed stays. A measurement begins so."""
        self._decided.clear()
        self._answers.clear()

    def decide(self, facts: Facts) -> Decision:
        """Returns the decision on these facts; never raises for what the facts or the policies hold.

        Args:
            facts: What is true of the act.

        Returns:
            The decision; Refuse with an alarm where the gate itself failed.
        """
        try:
            raw = facts_bytes(facts)
        except (TypeError, ValueError) as error:
            return self._malformed(bytes(32), error)
        digest = hashlib.sha256(raw).digest()
        if known := self._decided.get(digest):
            return known
        decision = self._decide_anew(raw, digest)
        if decision.alarm is None:
            self._decided.keep(digest, decision)
        return decision

    def _decide_anew(self, raw: bytes, digest: bytes) -> Decision:
        try:
            facts = _DECODER.decode(raw)
        except ValidationError as error:
            return self._malformed(digest, error)
        try:
            return self._evaluate(facts, digest)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a crash of the engine (a Rust panic is no Exception) refuses
            return self._failed(digest, f"law.engine-error: {type(error).__name__}")

    def _evaluate(self, facts: Facts, digest: bytes) -> Decision:
        compiled = self._policies_for(facts)
        reading = context_of(facts)
        left = compiled.guards.left(reading)
        asked = self._asked_about(facts.action, compiled, left)
        context = json.encode({name: getattr(reading, name) for name in asked.fields})
        has_law = bool(compiled.rules) and self._reaches(facts.date)
        question = (facts.party, facts.action, facts.kind, compiled.rules, left, has_law, context)
        if known := self._answers.get(question):
            return structs.replace(known, facts_digest=digest)
        result = cedarpy.is_authorized(
            {
                "principal": {"type": "Party", "id": facts.party},
                "action": {"type": "Action", "id": facts.action},
                "resource": {"type": "Kind", "id": facts.kind},
                "context": context.decode(),
            },
            asked.policies,
            _NO_ENTITIES,
        )
        decision = self._read(result.diagnostics, facts, digest, has_law=has_law)
        if decision.alarm is None:
            self._answers.keep(question, decision)
        return decision

    def _read(self, diagnostics: cedarpy.Diagnostics, facts: Facts, digest: bytes, *, has_law: bool) -> Decision:
        """Reads what Cedar says of the policies that spoke, and whether a permit stands at all."""
        reasons: list[Reason] = []
        alarm: str | None = None
        if not has_law:
            alarm = "law.no-law: the packs hold no law for this act on its day"
            reasons.append(_no_law())
        if not self._is_permitted(facts.action, facts.kind):
            alarm = f"law.no-permit: no permit for the action {facts.action}"
            reasons.append(_no_permit())
        names = diagnostics.id_annotations_by_reason
        fired = sorted({names.get(key, "") for key in diagnostics.reasons})
        if diagnostics.errors or any(name not in self._meanings for name in fired):
            alarm = f"law.policy-error: {len(diagnostics.errors)} errors while {facts.action} was decided"
            reasons.append(_policy_error())
        known = [(name, self._meanings[name]) for name in fired if name in self._meanings]
        emergency = any(meaning.policy.opens_emergency for _, meaning in known)
        reasons += [_reason(name, meaning, emergency=emergency) for name, meaning in known]
        return self._decision(reasons, digest, alarm)

    def _reaches(self, day: Day) -> bool:
        """Whether every pack holds law for this day."""
        return all(pack.header.in_force_from <= day for pack in self._packs)

    def _ask_permit(self, action: str, kind: str) -> bool:
        result = cedarpy.is_authorized(
            {
                "principal": {"type": "Party", "id": "any"},
                "action": {"type": "Action", "id": action},
                "resource": {"type": "Kind", "id": kind},
                "context": "{}",
            },
            self._permits,
            _NO_ENTITIES,
        )
        return bool(result.allowed) and not result.diagnostics.errors

    def _policies_for(self, facts: Facts) -> _Compiled:
        day = (facts.action, facts.date)
        if known := self._of_day.get(day):
            return known
        rules = tuple(
            rule
            for pack in self._packs
            for rule in pack.rules
            if facts.action in rule.applies and rule.is_in_force(facts.date)
        )
        key = (facts.action, tuple(rule.id for rule in rules))
        if key not in self._compiled:
            found = (policy for rule in rules for policy in self._guarded[rule.id])
            self._compiled[key] = _Compiled(Guards([one for one in found if facts.action in one.actions]), key[1])
        self._of_day.keep(day, self._compiled[key])
        return self._compiled[key]

    def _asked_about(self, action: str, compiled: _Compiled, left: int) -> _Asked:
        key = (action, compiled.rules, left)
        if known := self._asked.get(key):
            return known
        policies = compiled.guards.policies_in(left)
        read = frozenset[str]().union(*(policy.fields for policy in policies))
        asked = _Asked(policy_set(policies), tuple(name for name in _CONTEXT_FIELDS if name in read))
        self._asked.keep(key, asked)
        return asked

    def _decision(self, reasons: Sequence[Reason], digest: bytes, alarm: str | None) -> Decision:
        ordered = tuple(sorted(reasons, key=lambda reason: (-reason.outcome, reason.policy)))
        outcome = max((reason.outcome for reason in ordered), default=Outcome.PERMIT)
        holds = [r.decider for r in ordered if r.outcome is Outcome.HOLD]
        routes = [self._meanings[r.policy].policy.channel for r in ordered if r.outcome is Outcome.ROUTE]
        return Decision(
            outcome=outcome,
            reasons=ordered,
            conditions=tuple(dict.fromkeys(_condition(r) for r in ordered if r.outcome is Outcome.PERMIT_WITH)),
            approver="; ".join(dict.fromkeys(holds)) if outcome is Outcome.HOLD else None,
            channel=routes[0] if outcome is Outcome.ROUTE else None,
            facts_digest=digest,
            pack_digest=self._digest,
            alarm=alarm,
        )

    def _failed(self, digest: bytes, alarm: str) -> Decision:
        return self._decision([_policy_error()], digest, alarm)

    def _malformed(self, digest: bytes, error: Exception) -> Decision:
        reason = _gate_reason(
            "malformed-facts",
            "A fact is missing, unknown or of the wrong type.",
            "State the facts by the schema that `accord law facts --schema` prints.",
        )
        return self._decision([reason], digest, f"law.facts-malformed: {type(error).__name__}")


def _no_law() -> Reason:
    return _gate_reason(
        "no-law",
        "The packs hold no law for such an act on this day.",
        "Check the day of the act, and that the party's packs are installed.",
    )


def _no_permit() -> Reason:
    return _gate_reason(
        "no-permit",
        "No rule permits this action for this kind of message.",
        "Use a kind and an action that the packs know; a new kind needs a permit and a lawyer's review.",
    )


def _policy_error() -> Reason:
    return _gate_reason(
        "policy-error",
        "The law gate could not be evaluated, so nothing may leave.",
        "The operator mends the pack or the engine; the message stays where it is.",
    )


def _reason(name: str, meaning: _Meaning, *, emergency: bool) -> Reason:
    policy = meaning.policy
    outcome = OUTCOMES_IN_FILES[policy.outcome]
    waived = emergency and policy.yields_to_emergency and outcome > Outcome.PERMIT_WITH
    return Reason(
        rule=meaning.rule.id,
        policy=name,
        citation=meaning.rule.citation,
        sentence=policy.sentence,
        cure=policy.cure,
        decider=policy.decider,
        outcome=Outcome.PERMIT_WITH if waived else outcome,
        is_shielded=policy.shielded,
        is_verified=meaning.rule.verified,
        is_waived=waived,
    )


def _condition(reason: Reason) -> str:
    if reason.is_waived:
        return f"Within {EMERGENCY_HOURS} hours: {reason.cure} ({reason.policy})"
    return f"{reason.cure} ({reason.rule})"


@lru_cache(maxsize=16)
def gate_for(party: str, *pack_names: str) -> Gate:
    """Returns the gate of a party, made once a process.

    Args:
        party: Party code.
        pack_names: Packs that the party's profile names; where none are given, those that bind the party.

    Raises:
        PartyWithoutLaw: No pack binds the party.
        PackFault: A pack does not hold together.
    """
    return Gate(load_packs(pack_names) if pack_names else packs_for(party))
