"""The reading of facts that policies see: flat, typed, and complete.

Cedar has no loops over records, so questions over lists ("does an arrangement in force cover all of this?") are
answered here once, by small functions that name their rule, and every policy reads the same answer. Nothing here
decides: each field is a plain truth about the facts, in the protective direction when a fact is unknown.

Invariants:

* Every field of :class:`Context` is always present, so a policy never meets a missing attribute by surprise;
  the schema ``packs/accord.cedarschema`` declares the same fields, and a test holds the two together.
* Days are numbers ``yyyymmdd``, so that a policy reads ``context.day >= 20270513``; spans are whole days.
* An unknown day or span is ``-1``; an unknown code is ``"unknown"``.
"""

from typing import Final

from accord.law.facts import CaveatFact, Day, Facts
from accord.law.statements import StatementReading, read_statements
from accord.law.statements import tri as _tri
from accord.vocabulary.handling import Classification
from accord.vocabulary.refusal import AnswerOutcome
from accord.vocabulary.subjects import ProtectionStatus, Purpose
from accord.vocabulary.uses import BY_PURPOSE, OUTWARD_USES, UseCode

__all__ = ["CLEARANCE_DAYS", "Context", "context_of", "day_number"]

CLEARANCE_DAYS: Final = 30
"""Days for which an approver's clearance holds; a month, after which the risk may have changed."""

_SILENT_OUTCOMES: Final = frozenset(
    {AnswerOutcome.CANNOT_CONFIRM_OR_DENY, AnswerOutcome.DEFERRED, AnswerOutcome.REFUSED}
)
_SILENT_KINDS: Final = frozenset({"correction", "correction-report", "delay-notice", "outcome-report", "refusal"})
_ASKING_KINDS: Final = frozenset({"clarification", "permission-request", "permission-answer"})
_NAMED_BY_CODE: Final = frozenset({UseCode.COURT, UseCode.MEDIA, UseCode.ASYLUM_BODY, UseCode.ACCESS_REQUEST})
_SHIELDED_STATUSES: Final = frozenset({ProtectionStatus.CLAIMANT, ProtectionStatus.PROTECTED, ProtectionStatus.UNKNOWN})


class Context(StatementReading, frozen=True, kw_only=True):
    """What policies read; each field is documented in ``packs/accord.cedarschema``."""

    day: int
    kind: str
    theme: str
    purpose: str
    urgency: str
    has_urgency_ground: bool
    is_emergency: bool
    emergency_claimed: bool
    reviewer_notified: bool
    about_person: bool
    holds_personal_data: bool
    states_personal_data: bool
    bears_information: bool
    is_cannot_confirm: bool
    may_be_protected: bool
    custody_open: bool
    basis: tuple[str, ...]
    has_predominance_test: bool
    victim_of_intimidation: str
    death_penalty: str
    names_source: str
    arrangement_covers: bool
    privacy_head: str
    commissioner_notified: bool
    has_authorising_law: bool
    has_aim: bool
    has_proportionality: bool
    dpdp_head: str
    is_notified_instrumentality: bool
    has_safeguards: bool
    risk_age_days: int
    risk_baseline: str
    risk_residual: str
    risk_mitigated: bool
    risk_unexplained: bool
    risk_own_file: bool
    baseline_reduced: bool
    exposure: str
    relies_on_assurance: bool
    assurance_mistreatment: bool
    assurance_death_penalty: bool
    has_evaluation: bool
    is_weak: bool
    has_accuracy: bool
    has_as_of_day: bool
    caveats: str
    caveat_names_recipient: bool
    classification_rank: int
    evidence: str
    compelled: str
    safeguarded: str
    has_safeguarded_authority: bool
    third_party: str
    has_originator_consent: bool
    holds_third_state_matter: bool
    has_substance: bool
    substance_not_yet_controlled: bool
    substance_undated: bool
    movement_unlicensed: bool
    movement_unregistered: bool
    movement_without_noc_reported: bool
    retention_days: int
    answer: str
    refusal_ground: str
    refusal_rule: str
    refusal_rules: tuple[str, ...]
    has_delay_reason: bool
    has_expected_day: bool
    is_overdue: bool
    is_own_peer: bool
    relies_on_peer: bool
    has_peer_decision: bool
    mistreatment: str
    use_effect: str
    purpose_matches: bool
    has_permission: bool
    goes_onward: bool
    retention_over: bool
    has_retention: bool
    review_due: bool
    cleared: tuple[str, ...]
    handling: str
    use_act: str
    use_is_outward: bool
    caveat_permits_use: bool
    has_other_originator: bool


def day_number(day: Day) -> int:
    """Returns a day as the number ``yyyymmdd`` that policies compare."""
    return day.year * 10_000 + day.month * 100 + day.day


def _age(day: Day | None, *, on: Day) -> int | None:
    """Whole days from ``day`` to ``on``; negative when ``day`` lies ahead; None when unknown."""
    return None if day is None else (on - day).days


def _arrangement_covers(facts: Facts) -> bool:
    """Whether the arrangement relied on is in force and covers agencies, every category and the purpose (CA-01)."""
    for arrangement in facts.arrangements:
        if arrangement.id != facts.arrangement_id:
            continue
        in_force = arrangement.valid_from <= facts.date and (
            arrangement.valid_until is None or facts.date <= arrangement.valid_until
        )
        return (
            in_force
            and facts.agency in arrangement.agencies
            and facts.recipient_agency in arrangement.agencies
            and bool(facts.categories)
            and set(facts.categories) <= set(arrangement.categories)
            and facts.purpose in arrangement.purposes
        )
    return False


def _caveat_state(facts: Facts) -> str:
    """``none``, ``incomplete``, ``expired`` or ``complete``; one bad caveat spoils the set (CA-06)."""
    if not facts.caveats:
        return "none"
    if any(not (c.who and c.uses and c.procedure and c.expires) for c in facts.caveats):
        return "incomplete"
    if any(c.expires is not None and c.expires < facts.date for c in facts.caveats):
        return "expired"
    return "complete"


def _names_recipient(caveats: tuple[CaveatFact, ...], recipient: str | None) -> bool:
    return recipient is not None and any(recipient in caveat.who for caveat in caveats)


def _caveats_permit(facts: Facts) -> bool:
    """Whether the caveats let this recipient have the item for this act today (BI-02, docs/adr/0018).

    Codes are compared exactly: no folding, no trimming, no part of a line. Caveats add up: one in force must name the
    recipient, and each that names it must be in force and name the act. An act that follows from the purpose stated
    needs no code of its own. A caveat that the originator added later must name the recipient, or it shuts it out. Of a
    court, the media and an asylum body the code of the act names the recipient too.
    """
    act = facts.use_act
    if act is None or facts.use_recipient is None:
        return False
    names = {facts.use_recipient} | ({str(act)} if act in _NAMED_BY_CODE else set())
    naming = [caveat for caveat in facts.caveats if not names.isdisjoint(caveat.who)]
    if any(caveat.is_later and caveat not in naming for caveat in facts.caveats):
        return False
    return bool(naming) and all(
        caveat.expires is not None and facts.date <= caveat.expires and (act in BY_PURPOSE or act.value in caveat.uses)
        for caveat in naming
    )


def _cleared(facts: Facts) -> tuple[str, ...]:
    """Holds answered in writing, lately, by someone who neither drafted, releases nor assessed this file."""
    interested = {facts.drafter, facts.releaser}
    if facts.risk is not None:
        interested |= {facts.risk.assessed_by, facts.risk.assessed_here_by}
    return tuple(
        clearance.policy
        for clearance in facts.clearances
        if clearance.has_reason
        and clearance.by not in interested
        and 0 <= (facts.date - clearance.on).days <= CLEARANCE_DAYS
    )


def _assured(facts: Facts, what: str) -> bool:
    """Whether a reviewed assurance in the register covers ``what`` on this day (BI-04, CA-20)."""
    assurance = facts.assurance
    return (
        assurance is not None
        and what in assurance.covers
        and assurance.reviewed_by is not None
        and (assurance.valid_until is None or facts.date <= assurance.valid_until)
    )


def _is_silent(facts: Facts) -> bool:
    """Whether nothing but a closed code and fixed words leaves: no information, no personal data.

    A refusal, deferral or notice is silent only where it is said to bear no information. Of the answer that neither
    confirms nor denies every word is fixed, so it needs only the statement that there are no personal data.
    """
    if facts.action == "request" or facts.personal_data is True:
        return False
    is_fixed = facts.kind == "answer" and facts.answer_outcome == AnswerOutcome.CANNOT_CONFIRM_OR_DENY
    if facts.bears_information and not (is_fixed and facts.personal_data is False):
        return False
    return facts.kind in _SILENT_KINDS or (facts.kind == "answer" and facts.answer_outcome in _SILENT_OUTCOMES)


def _may_be_protected(facts: Facts, *, about_person: bool) -> bool:
    """Whether somebody spoken of may be shielded (CA-07): each person needs a status, and a missing one is unknown."""
    lacks_one = about_person and len(facts.protection_statuses) < max(1, facts.persons)
    return lacks_one or not _SHIELDED_STATUSES.isdisjoint(facts.protection_statuses)


def context_of(facts: Facts) -> Context:
    """Returns the flat reading of facts that policies see."""
    on = facts.date
    silent = _is_silent(facts)
    holds_personal_data = facts.personal_data is not False and not silent
    about_person = holds_personal_data or (facts.action == "request" and facts.asks_about_person is not False)
    risk = facts.risk
    risk_age = _age(risk.profile_date if risk else None, on=on)
    as_of_age = _age(facts.as_of, on=on)
    emergency = (
        facts.is_life_threat
        and facts.imminence_stated
        and facts.is_minimum_data
        and (facts.use_purpose if facts.action == "use" else facts.purpose) is Purpose.PROTECT_LIFE
    )
    subs = facts.substances
    licensed_move = [
        s
        for s in subs
        if s.movement != "none"
        and not s.has_noc
        and (
            (s.direction in {"export", "unknown"} and "B" in s.schedules)
            or (s.direction in {"import", "unknown"} and "C" in s.schedules)
        )
    ]
    return Context(
        day=day_number(on),
        kind=facts.kind,
        theme=facts.theme or "unknown",
        purpose=facts.purpose or "unknown",
        urgency=facts.urgency,
        has_urgency_ground=facts.urgency_ground is not None,
        is_emergency=emergency,
        emergency_claimed=facts.is_life_threat,
        reviewer_notified=facts.reviewer_notified,
        about_person=about_person,
        holds_personal_data=holds_personal_data,
        states_personal_data=facts.personal_data is True,
        bears_information=not silent and (facts.bears_information or facts.kind not in _ASKING_KINDS),
        is_cannot_confirm=silent and facts.answer_outcome is AnswerOutcome.CANNOT_CONFIRM_OR_DENY,
        may_be_protected=_may_be_protected(facts, about_person=about_person),
        custody_open=facts.in_custody is not False and not facts.custody_safeguards,
        basis=tuple(sorted(set(facts.basis))),
        has_predominance_test=facts.predominance_test,
        victim_of_intimidation=_tri(facts.subject_is_victim_of_intimidation),
        death_penalty=_tri(facts.death_penalty_exposure),
        names_source=_tri(facts.names_source),
        arrangement_covers=_arrangement_covers(facts),
        privacy_head=facts.privacy_head or "unknown",
        commissioner_notified=facts.commissioner_notified,
        has_authorising_law=bool(facts.authorising_law),
        has_aim=facts.legitimate_aim,
        has_proportionality=facts.proportionality,
        dpdp_head=facts.dpdp_head or "unknown",
        is_notified_instrumentality=facts.is_notified_instrumentality,
        has_safeguards=facts.has_security_safeguards,
        risk_age_days=-1 if risk_age is None or risk_age < 0 else risk_age,
        risk_baseline=risk.baseline if risk else "unknown",
        risk_residual=risk.residual if risk else "unknown",
        risk_mitigated=bool(risk and risk.mitigations and risk.has_measures_taken),
        risk_unexplained=bool(risk and risk.baseline != risk.residual and not risk.mitigations),
        risk_own_file=bool(
            risk
            and (
                risk.assessed_by is None
                or not {risk.assessed_by, risk.assessed_here_by}.isdisjoint({facts.drafter, facts.releaser} - {None})
            )
        ),
        baseline_reduced=bool(risk and risk.baseline_reduced_by),
        exposure=facts.exposure,
        relies_on_assurance=bool(facts.assurance or (risk and "assurance" in risk.mitigations)),
        assurance_mistreatment=_assured(facts, "mistreatment"),
        assurance_death_penalty=_assured(facts, "death-penalty"),
        has_evaluation=facts.source_eval is not None and facts.info_eval is not None,
        is_weak=facts.source_eval == "X" or facts.info_eval == "4",
        has_accuracy=facts.accuracy_statement,
        has_as_of_day=as_of_age is not None and as_of_age >= 0,
        caveats=_caveat_state(facts),
        caveat_names_recipient=_names_recipient(facts.caveats, facts.recipient_agency),
        classification_rank=-1 if facts.classification is None else Classification(facts.classification).rank,
        evidence=facts.evidence_needed,
        compelled=_tri(facts.compelled),
        safeguarded=_tri(facts.safeguarded_information),
        has_safeguarded_authority=bool(facts.safeguarded_authority),
        third_party=_tri(facts.third_party_origin),
        has_originator_consent=facts.originator_consent,
        holds_third_state_matter=any(p not in {facts.party, facts.peer} for p in facts.contains_received_from),
        has_substance=bool(subs),
        substance_not_yet_controlled=any(
            s.controlled_on and s.happened_on and s.happened_on < s.controlled_on for s in subs
        ),
        substance_undated=any(s.controlled_on is None and s.schedules for s in subs),
        movement_unlicensed=any(s.movement == "proposed" for s in licensed_move),
        movement_unregistered=any(
            s.movement == "proposed" and not s.is_registered and "A" in s.schedules for s in subs
        ),
        movement_without_noc_reported=any(s.movement == "reported" for s in licensed_move),
        retention_days=-1 if facts.retention_days is None else facts.retention_days,
        answer=facts.answer_outcome or "unknown",
        refusal_ground=facts.refusal_ground or "unknown",
        refusal_rule=facts.refusal_rule or "unknown",
        refusal_rules=tuple(sorted({*facts.refusal_rules, *([facts.refusal_rule] if facts.refusal_rule else [])})),
        has_delay_reason=facts.delay_reason is not None,
        has_expected_day=facts.expected_on is not None,
        is_overdue=facts.due_on is not None and facts.due_on < on,
        is_own_peer=facts.party == facts.peer,
        relies_on_peer=facts.relies_on_peer_decision,
        has_peer_decision=facts.peer_decision,
        mistreatment=facts.possibly_from_mistreatment,
        use_effect=facts.use_effect or "unknown",
        purpose_matches=facts.use_purpose is not None and facts.use_purpose == facts.received_purpose,
        has_permission=facts.originator_permission,
        goes_onward=facts.onward_state is not None and facts.onward_state not in {facts.party, facts.peer},
        retention_over=facts.retention_until is not None and facts.retention_until < on,
        has_retention=facts.retention_until is not None,
        review_due=facts.review_on is not None and facts.review_on <= on,
        cleared=_cleared(facts),
        handling=facts.handling or "unknown",
        use_act=facts.use_act or "none",
        use_is_outward=facts.use_act in OUTWARD_USES,
        caveat_permits_use=_caveats_permit(facts),
        has_other_originator=facts.has_other_originator,
        **read_statements(facts),
    )
