"""What the gate is told of a draft by what this node knows of it: its lane, and the received matter that it holds.

The provenance of a draft is found by the node and stated by nobody, and so is what follows from it: that its originator
recalled, erased, corrected or restricted what the draft holds, and that it came from a third party. It is asked at
release too, since a correction may arrive after approval and before a word has left.

What goes back to the party that gave it is not passed on to a third; what that party had of a third, by its own word,
stays the third's, whoever gets it.

Source: rules BI-03, BI-09, BI-10 and CA-21.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from accord.courier.prepared import Prepared
from accord.exchange.models import Message
from accord.handling.derivations import CARRIES_CONTENT, marks_held
from accord.handling.governance import Governance, governance_of_draft, lost_in
from accord.handling.lanes import PASSES_SUSPENDED
from accord.handling.models import Derivation, LaneSuspension
from accord.handling.passages import holds_words
from accord.handling.passing_on import passed_on
from accord.handling.standing import Standing, correction_state, standings_of
from accord.handling.uses import STATE
from accord.law.statements import CorrectionState
from accord.release.gate import our_party

__all__ = ["circumstances_of"]

_STRICTEST: Final[tuple[CorrectionState, ...]] = ("erased", "withdrawn", "restricted", "corrected")

# Asked for each message that leaves, as one question.
_KNOWN: Final = Prepared(
    lambda key: (
        Message.objects.filter(pk=key)
        .order_by()
        .values_list(
            Exists(
                LaneSuspension.objects.filter(
                    peer_id=OuterRef("case__peer_id"), theme=OuterRef("case__theme"), ended_at=None
                )
            ),
            Exists(Derivation.objects.filter(derived_id=OuterRef("pk"), way__in=CARRIES_CONTENT)),
        )
    ),
    UUID,
)


def circumstances_of(message: Message, now: datetime) -> Mapping[str, Any]:  # Any: each circumstance has its own type
    """Returns what the gate is told of a draft: that its lane stands still, and what became of what it holds.

    Args:
        message: The draft.
        now: The time.
    """
    known: dict[str, Any] = {}
    for is_suspended, holds in _KNOWN.rows(message.pk):
        if is_suspended and message.kind not in PASSES_SUSPENDED:
            known["is_lane_suspended"] = True
        governed = governance_of_draft(message) if holds else None
        if governed is not None:
            known |= _of_what_it_holds(message, governed, now=now)
    return known


def _of_what_it_holds(message: Message, governed: Governance, *, now: datetime) -> dict[str, Any]:
    standings = standings_of(governed.sources)
    known: dict[str, Any] = {
        "holds_received_matter": True,
        "correction_state": _correction_of(message, governed, standings),
    }
    if _says_wrong_words(message, standings):
        known["has_known_error"] = True
    ours, peer = our_party(), message.case.peer_id
    states = {one.split()[0] for one in governed.originators if one} | set(governed.parties)
    elsewhere = sorted(states - {ours, peer})
    named = [one for one in governed.third_parties if one not in {ours, peer}]
    if elsewhere or named:
        known["third_party_origin"] = True
        known["contains_received_from"] = (*elsewhere, *(one for one in named if STATE.fullmatch(one)))
    passed = passed_on(message, governed, on=now.date())
    if passed:
        known["originator_permission"] = all(one.grant is not None for one in passed)
    onward = [one for one in passed if one.is_onward]
    is_permitted = all(one.grant is not None for one in onward)
    is_theirs_alone = not named and set(elsewhere) <= {one.item.case.peer_id for one in onward}
    if onward and (is_theirs_alone or not is_permitted):
        # Of a party of the channel its own answer is the consent, and nobody's word that there is one.
        known["originator_consent"] = is_permitted
    return known


def _correction_of(message: Message, governed: Governance, standings: Mapping[UUID, Standing]) -> CorrectionState:
    found = {correction_state(standing) for standing in standings.values()}
    if Message.objects.filter(pk__in=governed.sources, state=Message.State.WITHDRAWN).exists():
        found.add("withdrawn")
    is_restricted = any(standing.handling is not None or standing.caveats for standing in standings.values())
    if is_restricted and lost_in(message.fields, governed):
        found.add("restricted")
    return next((state for state in _STRICTEST if state in found), "none")


def _says_wrong_words(message: Message, standings: Mapping[UUID, Standing]) -> bool:
    return any(
        holds_words(message.fields, standing.values, marks_held([source]))
        for source, standing in standings.items()
        if standing.values
    )
