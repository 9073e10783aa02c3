"""What the facts of the law gate are called in the form that tries them; the rules themselves say what they mean."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

__all__ = ["BASES", "FACT_LABELS", "FACT_SECTIONS", "KEPT"]

# Any: lazy translations throughout this module.
BASES: Final[tuple[tuple[str, Any], ...]] = (
    ("request", _("A request that leaves")),
    ("answer", _("An answer that leaves")),
    ("use-request", _("The use of a request that came")),
    ("use-answer", _("The use of an answer that came")),
)
"""Lawful specimens from which a trial starts, and what each of them is."""

KEPT: Final[tuple[tuple[str, Any], ...]] = (
    ("caveats", _("A caveat travels with it")),
    ("arrangements", _("An arrangement in force covers it")),
    ("risk", _("A risk profile of the other side is on file")),
    ("substances", _("It speaks of a controlled substance")),
)
"""Groups of facts that a trial keeps as the specimen has them, or leaves out."""

FACT_SECTIONS: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (
        _("What it is"),
        ("date", "purpose", "theme", "handling", "classification", "evidence_needed", "answer_outcome", "delay_reason"),
    ),
    (
        _("Whom it is about"),
        (
            "personal_data",
            "asks_about_person",
            "persons",
            "protection_statuses",
            "person_categories",
            "minor",
            "in_custody",
            "custody_safeguards",
            "basis",
            "predominance_test",
            "subject_is_victim_of_intimidation",
            "death_penalty_exposure",
            "exposure",
            "names_source",
        ),
    ),
    (
        _("By which authority"),
        (
            "agency",
            "recipient_agency",
            "authorising_law",
            "legitimate_aim",
            "proportionality",
            "privacy_head",
            "commissioner_notified",
            "dpdp_head",
            "is_notified_instrumentality",
            "has_security_safeguards",
        ),
    ),
    (
        _("How good it is, and where it comes from"),
        (
            "source_eval",
            "info_eval",
            "accuracy_statement",
            "as_of",
            "compelled",
            "safeguarded_information",
            "safeguarded_authority",
            "third_party_origin",
            "originator_consent",
            "has_known_error",
        ),
    ),
    (
        _("On which records it draws"),
        (
            "records",
            "customs_ground",
            "is_automated",
            "is_document_status_only",
            "immigration_decision",
            "minister_consent",
            "recipient_investigates",
            "intercept_reference",
            "intercept_review",
            "ministerial_arrangement",
            "identifies_own_persons",
            "release_authority",
            "is_transfer_restricted",
            "transfer_list",
            "match",
        ),
    ),
    (
        _("Lanes with rules of their own"),
        (
            "is_shipment_notice",
            "notice_on",
            "is_shipment_described",
            "names_reporter",
            "has_trade_secret",
            "is_reportable_incident",
            "incident_report_hours",
            "keeps_logs_here",
            "asked_by",
            "is_scheduled_offence",
            "asks_for_powers",
            "detains_their_national",
            "is_consul_told",
        ),
    ),
    (
        _("What the node knows by itself"),
        (
            "is_post_ended",
            "does_drafter_review",
            "is_reviewer_in_post",
            "is_lane_suspended",
            "holds_received_matter",
            "correction_state",
        ),
    ),
    (
        _("How urgent it is"),
        ("urgency", "urgency_ground", "is_life_threat", "imminence_stated", "is_minimum_data", "reviewer_notified"),
    ),
    (
        _("What is done with what was received"),
        (
            "use_effect",
            "received_purpose",
            "use_purpose",
            "possibly_from_mistreatment",
            "originator_permission",
            "concerns_rights",
            "onward_state",
            "retention_until",
            "review_on",
        ),
    ),
)
"""The facts that the form shows; what it does not show stays as the specimen has it."""

FACT_LABELS: Final[dict[str, Any]] = {
    "date": _("Day of the act"),
    "purpose": _("Purpose"),
    "theme": _("Subject of cooperation"),
    "handling": _("Handling code"),
    "classification": _("Classification"),
    "evidence_needed": _("Is it wanted as evidence in court?"),
    "answer_outcome": _("What the answer says"),
    "delay_reason": _("Ground of a delay"),
    "personal_data": _("Does it hold personal data?"),
    "asks_about_person": _("Is the question about a person?"),
    "persons": _("How many persons are named?"),
    "protection_statuses": _("Protection of these persons, as we know it"),
    "minor": _("Is one of them a minor?"),
    "in_custody": _("Is one of them in custody?"),
    "custody_safeguards": _("Is the custody checklist complete?"),
    "basis": _("What grounds the interest in the person"),
    "predominance_test": _("Is it written down why conduct predominates?"),
    "subject_is_victim_of_intimidation": _("Is a person said to be intimidated for the receiving state?"),
    "death_penalty_exposure": _("Could it expose a person to the death penalty?"),
    "exposure": _("Could the question itself expose somebody?"),
    "names_source": _("Is a source named, or can it be inferred?"),
    "authorising_law": _("Law that authorises the agency"),
    "legitimate_aim": _("Is a legitimate aim written down?"),
    "proportionality": _("Is a note on proportionality on file?"),
    "privacy_head": _("Another head of the Privacy Act, section 8(2)"),
    "commissioner_notified": _("Was the Privacy Commissioner told?"),
    "dpdp_head": _("Head of the DPDP Act"),
    "source_eval": _("Evaluation of the source"),
    "info_eval": _("Evaluation of the information"),
    "accuracy_statement": _("Is its accuracy stated in words?"),
    "as_of": _("Day on which it was true"),
    "compelled": _("Was it obtained by compulsion?"),
    "safeguarded_information": _("Does it hold safeguarded information?"),
    "third_party_origin": _("Did it come from a third party?"),
    "originator_consent": _("Is the originator's written consent on file?"),
    "urgency": _("Urgency"),
    "urgency_ground": _("Ground of the urgency"),
    "is_life_threat": _("Is death or serious harm imminent?"),
    "imminence_stated": _("Is it written down what makes it imminent?"),
    "is_minimum_data": _("Is only what averts the harm in it?"),
    "reviewer_notified": _("Was the reviewer told?"),
    "use_effect": _("What is done with it"),
    "received_purpose": _("Purpose for which it was received"),
    "use_purpose": _("Purpose for which it is used"),
    "possibly_from_mistreatment": _("Was it possibly obtained by mistreatment?"),
    "originator_permission": _("Did the sending side permit this use?"),
}
