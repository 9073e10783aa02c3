"""Specimen facts: lawful acts from which demonstrations, tables and tests start.

The story is that of the demonstration: Canada asks about a consignment that may be 1-boc-4-piperidone; India answers
in part. Substance, codes and law are real; companies, officers and identifiers are specimens. Every specimen is
written for any two parties and fully lawful for the party that acts, with handling code H2.
"""

from datetime import timedelta
from typing import Final, Literal

from msgspec import structs

from accord.law.facts import (
    ArrangementFact,
    CaveatFact,
    Day,
    Facts,
    RiskFact,
    SubstanceFact,
)
from accord.law.loading import PartyWithoutLaw, installed_packs
from accord.law.rules import SpecimenSource
from accord.vocabulary.evaluation import InformationEvaluation, SourceEvaluation
from accord.vocabulary.handling import Classification, Handling
from accord.vocabulary.refusal import AnswerOutcome
from accord.vocabulary.subjects import PersonCategory, ProtectionStatus, Purpose, Theme
from accord.vocabulary.urgency import Urgency

__all__ = ["SPECIMEN_DAY", "SpecimenName", "acknowledgement", "specimen", "specimen_facts"]

SpecimenName = Literal["request", "answer", "use-request", "use-answer", "acknowledge"]

SPECIMEN_DAY: Final = Day(2026, 3, 16)
"""Day of the specimens: after the statements of February 2026, a Monday in both capitals."""

_YEAR: Final = timedelta(days=365)


def _source(party: str, peer: str) -> SpecimenSource:
    """What the party's pack says of its specimens; a plain stand-in for a party without a pack."""
    for pack in installed_packs():
        if party in pack.header.parties and pack.header.specimen:
            return pack.header.specimen
    return SpecimenSource(
        act="request",
        peer=peer,
        agency=f"{party}-LIAISON",
        authorising_law=f"Law of {party} (specimen)",
        substance=SubstanceFact(name="79099-07-3", movement="reported", direction="domestic"),
    )


def _parts(party: str, peer: str, on: Day) -> dict[str, object]:
    own, other = _source(party, peer), _source(peer, party)
    agencies = (own.agency, other.agency)
    return {
        "party": party,
        "peer": peer,
        "date": on,
        "theme": Theme.PRECURSORS,
        "purpose": Purpose.INVESTIGATE,
        "urgency": Urgency.NORMAL,
        "agency": agencies[0],
        "recipient_agency": agencies[1],
        "drafter": "liaison",
        "releaser": "releasing",
        "personal_data": True,
        "asks_about_person": True,
        "person_categories": (PersonCategory.SUSPECT,),
        "protection_statuses": (ProtectionStatus.NONE,),
        "minor": False,
        "in_custody": False,
        "basis": ("conduct",),
        "subject_is_victim_of_intimidation": False,
        "death_penalty_exposure": False,
        "names_source": False,
        "arrangements": (
            ArrangementFact(
                id="SPECIMEN-PRECURSORS-1",
                agencies=agencies,
                categories=("company", "consignment", "identity", "substance"),
                purposes=(Purpose.PREVENT, Purpose.DETECT, Purpose.INVESTIGATE, Purpose.PROTECT_LIFE),
                valid_from=on - _YEAR,
                valid_until=on + 2 * _YEAR,
            ),
        ),
        "arrangement_id": "SPECIMEN-PRECURSORS-1",
        "categories": ("company", "consignment", "identity", "substance"),
        "authorising_law": own.authorising_law,
        "legitimate_aim": True,
        "proportionality": True,
        "dpdp_head": "17(1)(c)",
        "has_security_safeguards": True,
        "risk": RiskFact(
            profile_date=on - timedelta(days=90),
            baseline="medium",
            residual="low",
            mitigations=("caveat",),
            has_measures_taken=True,
            assessed_by="risk-unit",
        ),
        "exposure": "none",
        "source_eval": SourceEvaluation.B,
        "info_eval": InformationEvaluation.THREE,
        "accuracy_statement": True,
        "as_of": on - timedelta(days=1),
        "caveats": (
            CaveatFact(
                who=agencies[::-1],
                uses=("investigate",),
                procedure="liaison desk, by permission request",
                expires=on + _YEAR,
            ),
        ),
        "handling": Handling.H2,
        "classification": Classification.PROTECTED,
        "evidence_needed": "no",
        "compelled": False,
        "safeguarded_information": False,
        "third_party_origin": False,
        "substances": (structs.replace(own.substance, happened_on=on - timedelta(days=10)),),
        "retention_days": 1826,
        "records": ("ordinary",),
        "is_automated": False,
        "asked_by": "central",
        "has_trade_secret": False,
        "names_reporter": False,
        "asks_for_powers": False,
        "detains_their_national": False,
        "has_known_error": False,
        "is_post_ended": False,
        "does_drafter_review": False,
    }


def acknowledgement(party: str, peer: str, *, kind: str = "disposition", on: Day = SPECIMEN_DAY) -> Facts:
    """Returns the facts of a message without information: a disposition, a keyset, a delay notice.

    Args:
        party: The party that acts.
        peer: The other party.
        kind: Kind of message.
        on: Day of the act.
    """
    return Facts(party=party, peer=peer, action="acknowledge", date=on, kind=kind, personal_data=False)


def specimen(name: SpecimenName, *, party: str, peer: str, on: Day = SPECIMEN_DAY) -> Facts:
    """Returns lawful facts of one kind of act.

    Args:
        name: Which act.
        party: The party that acts.
        peer: The other party.
        on: Day of the act; every other day in the specimen is counted from it.
    """
    if name == "acknowledge":
        return acknowledgement(party, peer, on=on)
    parts = _parts(party, peer, on)
    if name == "request":
        parts |= {"action": "request", "kind": "request"}
    elif name == "answer":
        parts |= {"action": "release", "kind": "answer", "answer_outcome": AnswerOutcome.PARTIAL}
        parts |= {"due_on": on + timedelta(days=7)}
    else:
        parts |= {
            "action": "use",
            "kind": name.removeprefix("use-"),
            "peer_decision": True,
            "possibly_from_mistreatment": "no",
            "use_effect": "lead",
            "received_purpose": Purpose.INVESTIGATE,
            "use_purpose": Purpose.INVESTIGATE,
            "retention_until": on + _YEAR,
            "review_on": on + timedelta(days=180),
        }
        parts |= {"answer_outcome": AnswerOutcome.PARTIAL} if name == "use-answer" else {}
    return Facts(**parts)  # type: ignore[arg-type]  # one table for five acts; the gate decodes it strictly


def specimen_facts(party: str, *, on: Day = SPECIMEN_DAY) -> Facts:
    """Returns the lawful facts of a party's part in the demonstration: Canada asks, India answers.

    Args:
        party: A party whose pack tells its part.
        on: Day of the act.

    Raises:
        PartyWithoutLaw: No pack tells this party's part.
    """
    if not any(party in pack.header.parties for pack in installed_packs()):
        raise PartyWithoutLaw(f"No pack of rules binds the party {party!r}.", fields={"party": party})
    source = _source(party, "")
    return specimen(source.act, party=party, peer=source.peer, on=on)
