"""What the gate is told of a draft that holds received matter comes from the node, not from its drafter's word."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.exchange import services
from accord.exchange.gate_facts import facts_of
from accord.exchange.models import Message
from accord.handling.circumstances import circumstances_of
from accord.handling.corrections import draft_correction
from accord.handling.standing import correction_state, standing_of
from accord.release.errors import GateRefuses
from accord.release.intake import take_in
from tests.desk import CANADA, Desk, approved, from_india, own_side
from tests.handling.test_corrections import (
    ONLY,
    RIGHT,
    SAID,
    WRONG,
    corrected,
    correction_fields,
    submitted_quote,
)
from tests.handling.test_derivations import drafted, received_information


def filed(desk: Desk, source: Message, action: str, **changed: object) -> None:
    """Their correction, filed and not yet applied: the job runner has not come to it."""
    desk.peer.send("correction", from_india(correction_fields(source, action, **changed), number=9))
    assert take_in(desk.channel).filed == 1


def stopped(desk: Desk, message: Message) -> set[str]:
    decision = services.check_draft(desk.liaison, message).decision
    return {reason.policy for reason in decision.reasons if not reason.outcome.lets_pass}


@pytest.mark.parametrize(
    ("action", "changed", "state", "policy"),
    [
        ("recall", {}, "withdrawn", "BI-10.taken-back"),
        ("erase", {}, "erased", "BI-10.taken-back"),
        ("correct", {}, "corrected", "BI-10.known-error"),
        ("restrict", {"new_caveats": [{**ONLY, "permitted_uses": ["reading"]}]}, "restricted", "BI-10.restricted"),
    ],
)
def test_what_was_approved_before_a_correction_came_does_not_leave_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, action: str, changed: dict[str, Any], state: str, policy: str
) -> None:
    # Filing makes a draft of it (tests/handling/test_in_bad_faith.py); the gate holds it by itself, too.
    monkeypatch.setattr("accord.handling.corrections.stop_drafts", lambda *_keys, **_named: None)
    source = received_information(desk)
    ready = approved(desk, submitted_quote(desk))
    filed(desk, source, action, **changed)
    assert circumstances_of(ready, timezone.now())["correction_state"] == state
    with pytest.raises(GateRefuses) as refused:
        services.release(desk.releasing, ready)
    assert policy in {reason.policy for reason in refused.value.decision.reasons}
    ready.refresh_from_db()
    assert ready.released_at is None


def test_what_holds_nothing_of_it_leaves_all_the_same(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, "Another matter altogether, of which they said nothing.")
    ready = approved(desk, services.submit(desk.liaison, draft, version=1))
    filed(desk, source, "recall")
    assert services.release(desk.releasing, ready).released_at is not None


def test_the_right_words_pass_and_the_gate_says_that_they_were_corrected(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    corrected(desk, source, "correct")
    draft.refresh_from_db()
    fields = {**draft.fields, "facts": SAID.replace(WRONG, RIGHT)}
    mended = services.save_draft(desk.liaison, draft, version=draft.version, fields=fields)
    decision = services.check_draft(desk.liaison, mended).decision
    assert decision.lets_pass
    assert "BI-10.corrected" in {reason.policy for reason in decision.reasons}


def test_an_officer_who_states_that_nothing_is_wrong_is_overruled(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    corrected(desk, source, "correct")
    draft.refresh_from_db()
    sure = services.save_draft(
        desk.liaison, draft, version=draft.version, fields=draft.fields, own=own_side(has_known_error=False)
    )
    assert "BI-10.known-error" in stopped(desk, sure)


@pytest.mark.parametrize(
    "origin",
    [
        {"third_party_origin": {"party": "FR", "consent_ref": "FR-1"}},
        {"originator": {"party": "FR", "agency": "DGSI"}},
    ],
    ids=["third party", "originator"],
)
def test_what_they_had_of_a_third_state_needs_its_consent_whatever_is_stated(
    desk: Desk, origin: dict[str, object]
) -> None:
    received_information(desk, **origin)
    draft = drafted(desk, SAID)
    assert {"CA-21.no-consent", "BI-03.holds-third"} <= stopped(desk, draft)
    facts = facts_of(draft, releaser=None, now=timezone.now())
    assert (facts.third_party_origin, facts.contains_received_from) == (True, ("FR",))


def test_a_province_is_a_third_party_and_no_state(desk: Desk) -> None:
    received_information(desk, third_party_origin={"party": "Police of a state"})
    draft = drafted(desk, SAID)
    assert stopped(desk, draft) & {"CA-21.no-consent", "BI-03.holds-third"} == {"CA-21.no-consent"}


@pytest.mark.parametrize("originator", [None, {"party": CANADA[0], "agency": CANADA[1]}], ids=["theirs", "ours"])
def test_what_is_theirs_or_ours_goes_back_without_a_third_partys_consent(
    desk: Desk, originator: dict[str, object] | None
) -> None:
    received_information(desk, **({"originator": originator} if originator else {}))
    assert stopped(desk, drafted(desk, SAID)) == set()


def test_a_draft_that_holds_nothing_costs_one_question(desk: Desk) -> None:
    draft = drafted(desk, "Another matter altogether, of which they said nothing.")
    with CaptureQueriesContext(connection) as seen:
        assert circumstances_of(draft, timezone.now()) == {}
    assert len(seen) == 1


def test_a_correction_of_ours_may_name_what_it_corrects(desk: Desk) -> None:
    source = received_information(desk)
    sent = services.release(desk.releasing, approved(desk, submitted_quote(desk)))
    Message.objects.filter(pk=sent.pk).update(state=Message.State.DELIVERED)
    sent.refresh_from_db()
    filed(desk, source, "recall")
    ours = draft_correction(
        desk.liaison, sent, action="recall", reason="inaccurate", what_is_wrong="It rested on what was recalled."
    )
    assert stopped(desk, ours) == set()


def test_a_draft_and_a_use_are_told_alike_of_a_correction_whose_words_are_erased(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID)
    row = corrected(desk, source, "correct")
    corrected(desk, row.message, "erase", number=10)
    assert correction_state(standing_of(source)) == "corrected"
    assert circumstances_of(draft, timezone.now())["correction_state"] == "corrected"
