"""Facts for the gate: read from a message, from what our side knows of it, and from our registers.

Nothing is guessed. What a draft does not say is left out, and the gate reads what is left out as what protects.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from accord.exchange.circumstances import statements_of
from accord.exchange.kind_facts import told_of_kind
from accord.exchange.kinds import (
    ANSWER,
    CLARIFICATION,
    CORRECTION,
    CORRECTION_REPORT,
    DELAY_NOTICE,
    OUTCOME_REPORT,
    PERMISSION_ANSWER,
    PERMISSION_REQUEST,
    REQUEST,
)
from accord.exchange.kinds.answer import DEFERRED_TEXT, PART_REFUSED_ALL, REFUSED_TEXT, STATES_NOTHING
from accord.exchange.kinds.correction import CorrectionAction
from accord.exchange.kinds.particulars import Caveat, Correspondence, Disclosure, Substance
from accord.exchange.own_side import OwnSide
from accord.law.facts import (
    ArrangementFact,
    AssuranceFact,
    CaveatFact,
    ClearanceFact,
    Facts,
    MistreatmentSuspicion,
    RiskFact,
    SubstanceFact,
    UseEffect,
)
from accord.law.statements import CorrectionState
from accord.release.received import Received
from accord.vocabulary.refusal import AnswerOutcome
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.urgency import Urgency
from accord.vocabulary.uses import UseCode

__all__ = ["Use", "facts_at_use", "facts_of_draft", "facts_of_use"]

_FIXED_TEXTS = {AnswerOutcome.DEFERRED: DEFERRED_TEXT, AnswerOutcome.REFUSED: REFUSED_TEXT}

_FREE_FIELDS = (
    "explanation",
    "conditions",
    "answered_items",
    "offence",
    "evaluation",
    "persons",
    "person_categories",
    "special_categories",
    "has_biometrics",
    "substances",
    "strict_necessity",
    "handling_note",
    "originator",
    "third_party_origin",
    "attachments",
    "extensions",
)
"""Fields through which a refusal, a deferral or a notice would say more than its code."""


def _caveats(caveats: Iterable[Caveat]) -> tuple[CaveatFact, ...]:
    return tuple(
        CaveatFact(
            who=caveat.who_may_access,
            uses=caveat.permitted_uses,
            procedure=caveat.procedure_contact,
            expires=caveat.expires_on,
        )
        for caveat in caveats
    )


def _substances(named: Iterable[Substance], own: OwnSide) -> tuple[SubstanceFact, ...]:
    """Returns our own facts of the substances; one that is named and not in them stands there without any."""
    known = {fact.name for fact in own.substances}
    others = (
        SubstanceFact(
            name=substance.cas_number or substance.name,
            schedules=(substance.schedule,) if substance.schedule else (),
            controlled_on=substance.controlled_from,
            has_noc=substance.authorisation_number is not None,
        )
        for substance in named
        if not {substance.name, substance.cas_number} & known
    )
    return (*own.substances, *others)


def _is_described(named: Iterable[Substance]) -> bool:
    quantities = [substance.quantity_grams for substance in named]
    return bool(quantities) and None not in quantities


def _named(given: Mapping[str, Any]) -> tuple[Substance, ...]:
    """Returns the substances that a message names: in its own list, or as goods and findings of a kind of its own."""
    listed = tuple(given.get("substances") or ())
    known = {(one.name, one.cas_number) for one in listed}
    held = (one for value in given.values() for one in (value if isinstance(value, tuple) else (value,)))
    stated = (one.as_substance for one in held if isinstance(one, msgspec.Struct) and hasattr(one, "as_substance"))
    return (*listed, *(one for one in stated if (one.name, one.cas_number) not in known))


def _is_about_persons(given: Mapping[str, Any]) -> bool:
    return bool(given.get("persons") or given.get("person_categories") or given.get("has_biometrics"))


def _persons(given: Mapping[str, Any], answered: Mapping[str, Any]) -> int:
    """Returns how many persons are spoken of: who answers a question about somebody speaks of them."""
    return max(len(fields.get(name) or ()) for fields in (given, answered) for name in ("persons", "person_categories"))


def _personal_data(kind: str, given: Mapping[str, Any], answered: Mapping[str, Any], own: OwnSide) -> bool | None:
    if _is_about_persons(given) or (_is_about_persons(answered) and _bears_information(kind, given)):
        return True
    return own.has_personal_data


def _asks_about_person(given: Mapping[str, Any], answered: Mapping[str, Any], own: OwnSide) -> bool | None:
    # Who stands before an asylum body is always a person, whatever the item says.
    is_certain = given.get("new_use") is UseCode.ASYLUM_BODY or _is_about_persons(given) or _is_about_persons(answered)
    return True if is_certain else own.asks_about_person


def _action(kind: str, given: Mapping[str, Any]) -> Any:  # Any: one of the gate's literals
    asks = kind in {REQUEST, PERMISSION_REQUEST} or (kind == CLARIFICATION and given.get("role") == "question")
    return "request" if asks else "release"


def _bears_information(kind: str, given: Mapping[str, Any]) -> bool:
    if kind == CLARIFICATION:
        return given.get("role") != "question"
    if kind in {DELAY_NOTICE, OUTCOME_REPORT}:
        return _says_more(given)
    if kind in {PERMISSION_REQUEST, PERMISSION_ANSWER, CORRECTION, CORRECTION_REPORT}:
        # They speak of an item that both sides hold already, and of what may be done with it; right words are new.
        return bool(given.get("attachments") or given.get("extensions")) or (
            given.get("action") is CorrectionAction.CORRECT
        )
    if kind != ANSWER:
        return True
    outcome = given.get("outcome")
    if outcome is AnswerOutcome.CANNOT_CONFIRM_OR_DENY:
        # Every field of it depends on the request alone, and nothing else is submitted or released.
        return False
    return outcome not in _FIXED_TEXTS or _says_more(given) or not _has_fixed_words(given, _FIXED_TEXTS[outcome])


def _says_more(given: Mapping[str, Any]) -> bool:
    return any(given.get(name) for name in _FREE_FIELDS)


def _has_fixed_words(given: Mapping[str, Any], text: str) -> bool:
    accuracy = given.get("accuracy")
    return (
        given.get("text", text) == text
        and (accuracy is None or accuracy.statement == STATES_NOTHING)
        and all(
            refusal.part_refused == PART_REFUSED_ALL
            and not (refusal.reasons or refusal.cured_by or refusal.clarification_asked or refusal.reviewable_by)
            for refusal in given.get("refusals") or ()
        )
    )


def facts_of_draft(
    *,
    party: str,
    peer: str,
    kind: str,
    given: Mapping[str, Any],
    own: OwnSide,
    answered: Mapping[str, Any] | None = None,
    drafter: str,
    releaser: str | None,
    on: date,
    due_on: date | None = None,
    clearances: tuple[ClearanceFact, ...] = (),
    arrangements: tuple[ArrangementFact, ...] = (),
    risk: RiskFact | None = None,
    assurance: AssuranceFact | None = None,
    received_from: tuple[str, ...] = (),
) -> Facts:
    """Returns the facts of letting a draft leave.

    Args:
        party: Our code.
        peer: Code of the receiver.
        kind: Kind of message.
        given: Typed values of the fields given so far.
        own: What our side knows of it.
        answered: Typed values of the message answered; whoever it names is spoken of here too.
        drafter: User name of the drafter.
        releaser: User name of the releasing officer; ``None`` before release.
        on: Day of the act.
        due_on: Last day of the clock it answers, if any.
        clearances: Holds that were answered.
        arrangements: Our register, as far as it binds both parties.
        risk: Risk of the receiver.
        assurance: The assurance relied on, as our register has it.
        received_from: Other parties that ever sent us anything; assumed to be in it where nobody said what is.
    """
    asked = answered or {}
    evaluation, accuracy, marking = given.get("evaluation"), given.get("accuracy"), given.get("classification")
    sender, recipient = given.get("sender"), given.get("recipient")
    refusals = given.get("refusals") or ()
    retention = given.get("retention_until")
    is_third_party = bool(given.get("third_party_origin")) or own.has_third_party_origin
    named = _named(given)
    stated = {"is_shipment_described": _is_described(named), **statements_of(own), **told_of_kind(kind, given)}
    return Facts(
        party=party,
        peer=peer,
        action=_action(kind, given),
        date=on,
        kind=kind,
        theme=given.get("theme"),
        purpose=given.get("purpose"),
        urgency=given.get("urgency", Urgency.NORMAL),
        urgency_ground=given.get("urgency_ground"),
        agency=sender.agency if sender else None,
        recipient_agency=recipient.agency if recipient else None,
        drafter=drafter,
        releaser=releaser,
        clearances=clearances,
        is_life_threat=own.is_life_threat,
        imminence_stated=bool(own.imminence),
        is_minimum_data=own.is_minimum_data,
        personal_data=_personal_data(kind, given, asked, own),
        asks_about_person=_asks_about_person(given, asked, own),
        persons=_persons(given, asked),
        person_categories=tuple(given.get("person_categories") or ()),
        protection_statuses=own.protection_statuses,
        minor=given.get("concerns_minor"),
        in_custody=own.is_in_custody,
        custody_safeguards=own.has_custody_safeguards,
        basis=own.basis,
        subject_is_victim_of_intimidation=own.is_victim_of_intimidation,
        death_penalty_exposure=own.has_death_penalty_exposure,
        names_source=own.names_source,
        arrangements=arrangements,
        arrangement_id=given.get("arrangement_id"),
        categories=own.categories,
        privacy_head=own.privacy_head,
        commissioner_notified=own.is_commissioner_notified,
        authorising_law=own.authorising_law,
        legitimate_aim=bool(own.legitimate_aim),
        proportionality=bool(own.proportionality),
        dpdp_head=own.dpdp_head,
        is_notified_instrumentality=own.is_notified_instrumentality,
        has_security_safeguards=own.has_security_safeguards,
        risk=risk,
        exposure=own.exposure,
        assurance=assurance,
        source_eval=evaluation.source if evaluation else None,
        info_eval=evaluation.information if evaluation else None,
        accuracy_statement=accuracy is not None,
        as_of=accuracy.as_of if accuracy else None,
        bears_information=_bears_information(kind, given),
        caveats=_caveats(given.get("caveats") or ()),
        handling=given.get("handling"),
        classification=marking.equivalent if marking else None,
        evidence_needed=given.get("evidence_needed", "no" if kind != REQUEST else "unknown"),
        compelled=own.is_compelled,
        safeguarded_information=own.has_safeguarded_information,
        safeguarded_authority=own.safeguarded_authority,
        third_party_origin=is_third_party,
        originator_consent=own.has_originator_consent,
        contains_received_from=received_from if own.contains_received_from is None else own.contains_received_from,
        substances=_substances(named, own),
        retention_days=(retention - on).days if retention and retention >= on else None,
        retention_until=retention,
        review_on=given.get("review_on"),
        answer_outcome=given.get("outcome"),
        refusal_ground=refusals[0].ground if refusals else None,
        refusal_rule=refusals[0].rule if refusals else None,
        refusal_rules=tuple(sorted({refusal.rule for refusal in refusals if refusal.rule})),
        delay_reason=given.get("reason") if kind == DELAY_NOTICE else None,
        expected_on=given.get("expected_on"),
        due_on=due_on,
        use_act=given.get("new_use"),
        use_recipient=given.get("new_recipient"),
        **stated,
    )


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with a received message.

    Args:
        effect: Filed, followed as a lead, brought as evidence, or used against somebody's rights.
        purpose: The purpose of this use.
        suspicion: Whether it may have been obtained through mistreatment; not knowing protects.
        is_permitted: Whether a grant of the other side unlocks exactly this act.
        onward_state: State to which it would be passed on.
        relies_on_peer_decision: Whether the own authority is said to rest on the other side's gate.
        concerns_rights: Whether an access request alleges corruption or a breach of human rights.
        correction_state: What became of the message: corrected, withdrawn or erased by its originator.
        is_life_threat: Whether death or serious harm is imminent.
        imminence: What makes it imminent, in words.
        is_minimum_data: Whether only what averts the harm is used.
        act: The act of use; ``None`` where it is only filed.
        recipient: Who gets it by that act, as caveats name them.
    """

    effect: UseEffect
    purpose: Purpose
    suspicion: MistreatmentSuspicion = "unknown"
    is_permitted: bool = False
    onward_state: str | None = None
    relies_on_peer_decision: bool = False
    concerns_rights: bool | None = None
    correction_state: CorrectionState = "none"
    is_life_threat: bool = False
    imminence: str | None = None
    is_minimum_data: bool = False
    act: UseCode | None = None
    recipient: str | None = None


def facts_at_use(received: Received, on: date) -> Facts:
    """Returns the facts of filing a received message: its first use, for the purpose it states.

    Args:
        received: The opened message.
        on: Day of the use.
    """
    content: Correspondence = received.content
    return facts_of_use(
        party=received.party,
        peer=received.peer,
        kind=received.kind,
        content=content,
        use=Use(effect="file", purpose=content.purpose),
        on=on,
    )


def facts_of_use(*, party: str, peer: str, kind: str, content: Correspondence, use: Use, on: date) -> Facts:
    """Returns the facts of one use of a received message.

    That the sender's decision stands beside it follows from the wire: a sealed body without one is not opened.

    Args:
        party: Our code.
        peer: Code of the sender.
        kind: Kind of message.
        content: Its content.
        use: What is done with it.
        on: Day of the use.
    """
    disclosed = content if isinstance(content, Disclosure) else None
    return Facts(
        party=party,
        peer=peer,
        action="use",
        date=on,
        kind=kind,
        theme=content.theme,
        purpose=content.purpose,
        urgency=getattr(content, "urgency", Urgency.NORMAL),
        agency=content.recipient.agency,
        recipient_agency=content.sender.agency,
        is_life_threat=use.is_life_threat,
        imminence_stated=bool(use.imminence),
        is_minimum_data=use.is_minimum_data,
        personal_data=bool(disclosed.persons or disclosed.person_categories) if disclosed else None,
        person_categories=disclosed.person_categories if disclosed else (),
        minor=disclosed.concerns_minor if disclosed else None,
        source_eval=disclosed.evaluation.source if disclosed and disclosed.evaluation else None,
        info_eval=disclosed.evaluation.information if disclosed and disclosed.evaluation else None,
        accuracy_statement=disclosed is not None,
        as_of=disclosed.accuracy.as_of if disclosed else None,
        caveats=_caveats(content.caveats),
        handling=content.handling,
        classification=content.classification.equivalent,
        third_party_origin=content.third_party_origin is not None,
        answer_outcome=getattr(content, "outcome", None),
        relies_on_peer_decision=use.relies_on_peer_decision,
        concerns_rights=use.concerns_rights,
        correction_state=use.correction_state,
        peer_decision=True,
        possibly_from_mistreatment=use.suspicion,
        use_effect=use.effect,
        received_purpose=content.purpose,
        use_purpose=use.purpose,
        originator_permission=use.is_permitted,
        onward_state=use.onward_state,
        retention_until=content.retention_until,
        review_on=content.review_on,
        use_act=use.act,
        use_recipient=use.recipient,
        has_other_originator=content.originator is not None and content.originator.party != content.sender.party,
    )
