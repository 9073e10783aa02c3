"""Objections: made to a use of what we gave, answered on a clock, raised one level where that is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from msgspec import structs

from accord.exchange import services
from accord.exchange.drafting import own_side_of
from accord.exchange.errors import ActRefused
from accord.exchange.gate_facts import facts_of
from accord.exchange.kinds import OBJECTION, OBJECTION_ANSWER
from accord.exchange.models import Case, Clock, Message
from accord.handling.erasing import erase_message
from accord.handling.models import ObjectionMade
from accord.handling.objection_answers import answers_of
from accord.handling.objections import (
    CLOCK_TABLE,
    REPLY_DAYS_MAX,
    answer_objection,
    begin_objection,
    escalate,
    may_escalate,
)
from accord.law.engine import gate_for
from accord.law.facts import Facts
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from accord.vocabulary.refusal import AnswerOutcome
from tests.desk import (
    CANADA,
    INDIA,
    TODAY,
    Desk,
    approved,
    days,
    flush,
    from_india,
    notice_fields,
    own_side,
    received_request,
    released_request,
)
from tests.exchange.test_what_the_gate_is_told import stopped_by

SAID: dict[str, object] = {
    "observed_use": "The content was quoted in a news report (specimen).",
    "harm": "The exporter was warned.",
    "demand": "Say who passed it on, and stop it.",
    "caveat_number": 1,
    "evaluation": {"source": "A", "information": "1", "evaluated_on": days(-1)},
    "accuracy": {"statement": "Read in the published report.", "as_of": days(-1)},
    "person_categories": [],
    "concerns_minor": False,
}


def whole(**changed: object) -> dict[str, object]:
    """An objection's fields as an officer fills them."""
    rest = notice_fields()
    for name in ("sender", "recipient", "theme", "purpose", "classification", "handling", "language"):
        rest.pop(name)
    return {**rest, **SAID, **changed}


def given(desk: Desk) -> Message:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    Message.objects.filter(pk=sent.pk).update(state=Message.State.FILED)
    sent.refresh_from_db()
    return sent


def sent_objection(desk: Desk, item: Message, **changed: object) -> ObjectionMade:
    draft = begin_objection(desk.liaison, item, fields=whole(**changed))
    return leave(desk, draft)


def leave(desk: Desk, draft: Message) -> ObjectionMade:
    draft = services.save_draft(
        desk.liaison, draft, version=draft.version, fields=draft.fields, own=own_side(substances=[])
    )
    draft = services.submit(desk.liaison, draft, version=draft.version)
    services.release(desk.releasing, approved(desk, draft))
    return ObjectionMade.objects.get(pk=draft.pk)


def their_objection(desk: Desk, about: Message, /, **changed: Any) -> Message | None:
    fields = {
        **notice_fields(INDIA, CANADA),
        **SAID,
        "item": str(about.envelope_id),
        "level": "agency",
        "reply_due_on": days(14),
        **changed,
    }
    entry = desk.peer.send(OBJECTION, from_india(fields, number=9, case_ref_other=about.case.own_ref))
    take_in(desk.channel)
    return Message.objects.filter(envelope_id=entry.envelope_id).first()


def answered(desk: Desk, made: ObjectionMade, outcome: str, *, number: int = 1, **changed: object) -> None:
    fields = {
        **notice_fields(INDIA, CANADA),
        "evaluation": SAID["evaluation"],
        "accuracy": SAID["accuracy"],
        "person_categories": [],
        "concerns_minor": False,
        "objection_outcome": outcome,
        "found": "It was looked into.",
        **changed,
    }
    content = from_india(fields, case="IN-2026-000031", number=number, case_ref_other=made.item.case.own_ref)
    desk.peer.send(OBJECTION_ANSWER, content, in_reply_to=made.message.envelope_id)
    assert take_in(desk.channel).filed == 1
    made.refresh_from_db()


def test_a_second_answer_counts_and_the_first_one_stays_with_its_time(desk: Desk) -> None:
    made = sent_objection(desk, given(desk))
    answered(desk, made, "under-inquiry", further_answer_on=days(20))
    first, at = made.answer, made.answered_at
    answered(desk, made, "contested", number=12)
    assert (made.outcome, made.answered_at) == ("contested", at)
    assert answers_of(made) == [first, made.answer]
    assert [one.fields["objection_outcome"] for one in answers_of(made)] == ["under-inquiry", "contested"]


def test_an_objection_names_item_caveat_harm_and_demand_and_runs_a_clock(desk: Desk) -> None:
    item = given(desk)
    made = sent_objection(desk, item)
    assert (made.item, made.level, made.is_ours) == (item, "agency", True)
    assert made.message.fields["item"] == str(item.envelope_id)
    clock = Clock.objects.get(pk=made.pk)
    assert clock.table == CLOCK_TABLE
    assert clock.due_at.date() == TODAY + timedelta(days=15)
    answered(desk, made, "remedied", measures="The officer was instructed.")
    assert made.outcome == "remedied"
    assert Clock.objects.get(pk=made.pk).state == Clock.State.ENDED


def test_begun_twice_it_is_one_draft_and_a_closed_case_opens_again(desk: Desk) -> None:
    item = given(desk)
    services.close_case(desk.liaison, item.case)
    draft = begin_objection(desk.liaison, item, fields=whole())
    item.refresh_from_db()
    assert Case.objects.get(pk=item.case_id).state == Case.State.OPEN
    assert begin_objection(desk.liaison, item) == draft


def test_only_what_the_other_side_holds_of_ours_is_objected_to(desk: Desk) -> None:
    theirs = received_request(desk)
    unsent = services.draft_request(
        desk.liaison, services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum"), {}
    )
    for item in (theirs, unsent):
        with pytest.raises(ActRefused) as refused:
            begin_objection(desk.liaison, item)
        assert refused.value.reason_code == "handling.not-given"


def test_the_ladder_is_climbed_one_level_at_a_time_when_late_or_contested(desk: Desk) -> None:
    made = sent_objection(desk, given(desk))
    assert not may_escalate(made, on=made.reply_due_on)
    with pytest.raises(ActRefused):
        escalate(desk.liaison, made)
    assert may_escalate(made, on=made.reply_due_on + timedelta(days=1))
    answered(desk, made, "contested")
    draft = escalate(desk.liaison, made)
    assert draft.fields["level"] == "ministry"
    assert draft.fields["escalates"] == str(made.message.envelope_id)
    assert draft.fields["observed_use"] == SAID["observed_use"]
    assert escalate(desk.liaison, made) == draft
    fields = {**whole(), **draft.fields}
    ministry = leave(desk, services.save_draft(desk.liaison, draft, version=draft.version, fields=fields))
    assert ministry.escalates == made
    assert not may_escalate(made, on=TODAY)
    late = ministry.reply_due_on + timedelta(days=1)
    minister = escalate(desk.liaison, ministry, now=timezone.now() + timedelta(days=60))
    assert (minister.fields["level"], may_escalate(ministry, on=late)) == ("minister", True)


def test_a_remedied_objection_is_not_raised(desk: Desk) -> None:
    made = sent_objection(desk, given(desk))
    answered(desk, made, "remedied", measures="Done.")
    assert not may_escalate(made, on=TODAY + timedelta(days=90))


def test_their_objection_has_a_clock_here_and_our_answer_ends_it(desk: Desk) -> None:
    item = received_request(desk)
    objection = their_objection(desk, item)
    assert objection is not None
    clock = Clock.objects.get(pk=objection.pk)
    assert (clock.state, clock.due_at.date()) == (Clock.State.RUNNING, TODAY + timedelta(days=15))
    services.take(desk.duty, objection.case)
    said = {
        "objection_outcome": "remedied",
        "found": "It was passed on by mistake.",
        "measures": "It was taken back.",
        **{name: SAID[name] for name in ("evaluation", "accuracy", "person_categories", "concerns_minor")},
    }
    rest = notice_fields()
    rest.pop("recipient")
    draft = answer_objection(desk.duty, objection, {**rest, **said})
    draft = services.save_draft(
        desk.duty, draft, version=draft.version, fields=draft.fields, own=own_side(substances=[])
    )
    draft = services.submit(desk.duty, draft, version=draft.version)
    services.release(desk.releasing, approved(desk, draft))
    made = ObjectionMade.objects.get(pk=objection.pk)
    assert (made.outcome, made.answer_id) == ("remedied", draft.pk)
    assert Clock.objects.get(pk=objection.pk).state == Clock.State.ENDED


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"item": "00000000-0000-4000-8000-000000000000"}, "handling.unknown-item"),
        ({"level": "ministry", "escalates": "00000000-0000-4000-8000-000000000000"}, "handling.unknown-objection"),
        ({"reply_due_on": days(-2)}, "handling.reply-day"),
        ({"reply_due_on": days(REPLY_DAYS_MAX + 1)}, "handling.reply-day"),
    ],
)
def test_an_objection_that_fits_nothing_is_refused_to_its_sender(
    desk: Desk, changed: dict[str, Any], code: str
) -> None:
    item = received_request(desk)
    assert their_objection(desk, item, **changed) is None
    assert ReceivedMessage.objects.latest("pk").reason_code == code
    assert not ObjectionMade.objects.exists()


def test_their_higher_objection_climbs_from_their_lower_one(desk: Desk) -> None:
    item = received_request(desk)
    lower = their_objection(desk, item)
    assert lower is not None
    higher = their_objection(desk, item, level="ministry", escalates=str(lower.envelope_id))
    assert higher is not None
    assert ObjectionMade.objects.get(pk=higher.pk).escalates_id == lower.pk


WORDS: dict[str, object] = {name: SAID[name] for name in ("observed_use", "harm", "demand", "caveat_number")}


def test_an_objection_asks_its_officer_for_nothing_but_the_words(desk: Desk) -> None:
    draft = begin_objection(desk.liaison, given(desk), fields=WORDS)
    assert "evaluation" not in draft.fields
    checked = services.check_draft(desk.liaison, draft)
    assert checked.problems == ()
    assert stopped_by(desk, draft) == set()
    assert services.submit(desk.liaison, draft, version=draft.version).state == Message.State.SUBMITTED


def test_an_answer_to_an_objection_asks_for_nothing_but_what_is_found(desk: Desk) -> None:
    draft = answered_by_us(desk)
    assert services.check_draft(desk.duty, draft).problems == ()
    assert stopped_by(desk, draft) == set()
    assert services.submit(desk.duty, draft, version=draft.version).state == Message.State.SUBMITTED


def test_the_law_of_india_asks_no_substance_of_an_answer_to_an_objection_and_asks_it_of_information(desk: Desk) -> None:
    told = facts_of(answered_by_us(desk), releaser=None, now=timezone.now())
    assert (told.theme, told.substances, told.bears_information) == ("precursors", (), True)
    theirs = structs.replace(told, party="IN", peer="CA", authorising_law="NDPS Act, 1985, section 4")
    assert refused_in_india(theirs) == set()
    for kind in ("answer", "spontaneous-information"):
        outcome = AnswerOutcome.PARTIAL if kind == "answer" else None
        assert "IN-06.no-substance" in refused_in_india(structs.replace(theirs, kind=kind, answer_outcome=outcome))


def test_where_the_item_names_somebody_nothing_is_said_of_persons_for_the_officer(desk: Desk) -> None:
    objection = their_objection(desk, received_request(desk), person_categories=["suspect"])
    assert objection is not None
    services.take(desk.duty, objection.case)
    draft = answer_objection(desk.duty, Message.objects.get(pk=objection.pk))
    assert "person_categories" not in draft.fields
    assert facts_of(draft, releaser=None, now=timezone.now()).personal_data is True


def test_of_an_erased_item_it_is_not_said_that_it_was_about_nobody(desk: Desk) -> None:
    item = given(desk)
    erase_message(item)
    item.refresh_from_db()
    draft = begin_objection(desk.liaison, item, fields=WORDS)
    assert "person_categories" not in draft.fields
    assert own_side_of(draft).has_personal_data is None


def test_the_law_under_which_our_agency_wrote_before_stands_in_the_answer(desk: Desk) -> None:
    assert own_side_of(answered_by_us(desk)).authorising_law is None
    Message.objects.filter(kind=OBJECTION_ANSWER).delete()
    law = own_side_of(given(desk)).authorising_law
    assert law
    objection = Message.objects.get(kind=OBJECTION)
    assert own_side_of(answer_objection(desk.duty, objection)).authorising_law == law


def answered_by_us(desk: Desk) -> Message:
    """Our answer to an objection of theirs to a use of an item about nobody."""
    objection = their_objection(desk, received_request(desk))
    assert objection is not None
    services.take(desk.duty, objection.case)
    said = {"objection_outcome": "remedied", "found": "It was shown on.", "measures": "It was taken back."}
    return answer_objection(desk.duty, Message.objects.get(pk=objection.pk), said)


def refused_in_india(facts: Facts) -> set[str]:
    """Policies of India's gate that stop an act."""
    decision = gate_for("IN").decide(facts)
    return {reason.policy for reason in decision.reasons if not reason.outcome.lets_pass}
