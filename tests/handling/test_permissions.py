"""Permission is asked of the originator, and its answer unlocks exactly the act that was asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Clock, Message
from accord.handling.errors import PermissionActRefused
from accord.handling.models import Grant, Use
from accord.handling.permissions import answer_permission, ask_permission
from accord.handling.uses import Intended, use_item
from accord.officers.permissions import NotPermitted
from accord.release.errors import GateRefuses
from accord.release.intake import take_in
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode
from tests.desk import (
    CANADA,
    INDIA,
    TODAY,
    Desk,
    approved,
    days,
    dispositions,
    flush,
    from_india,
    information_fields,
    notice_fields,
    own_side,
)
from tests.handling.story import COURT, answered, asked, caveat, item_from_india, withdrawn_by_india


def is_blocked(desk: Desk, item: Message, intended: Intended = COURT) -> bool:
    with pytest.raises(GateRefuses):
        use_item(desk.duty, item, intended)
    return True


def test_a_question_is_drafted_whole_from_the_item_and_says_which_caveat_stands_in_the_way(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat(who="NCB"), caveat("court", who="Superior Court", until=10)])
    draft = ask_permission(desk.liaison, item, COURT, justification="The consignor is on trial.")
    said = draft.fields
    assert draft.in_reply_to == item
    assert (said["about"], said["new_use"], said["new_recipient"], said["caveat"]) == (
        str(item.envelope_id),
        "court",
        "Superior Court",
        2,
    )
    assert said["answer_by"] == days(7)
    assert services.check_draft(desk.liaison, draft).problems == ()
    submitted = services.submit(desk.liaison, draft, version=draft.version)
    sent = services.release(desk.releasing, approved(desk, submitted))
    assert sent.released is not None
    assert sent.case.waiting_on in {Case.Waiting.THEM, Case.Waiting.GATE}
    assert Clock.objects.get(message=sent).due_at.date() == TODAY + timedelta(days=7)


def test_blocked_asked_granted_used_and_what_was_granted_is_on_record(desk: Desk) -> None:
    item = item_from_india(desk)
    assert is_blocked(desk, item)
    request = asked(desk, item)
    answer = answered(desk, request, result="granted-with-conditions", conditions=["In closed session."])
    grant = Grant.objects.get()
    assert (grant.item, grant.request, grant.answer, grant.is_ours) == (item, request, answer, False)
    made = use_item(desk.duty, item, COURT)
    assert made.grant == grant
    assert grant.conditions == ["In closed session."]
    assert made.decision.outcome.startswith("permit")
    assert Clock.objects.get(message=request).state == Clock.State.ENDED
    request.case.refresh_from_db()
    assert request.case.waiting_on == Case.Waiting.US


@pytest.mark.parametrize(
    "other",
    [
        replace(COURT, recipient="superior court"),
        replace(COURT, recipient="Court of Appeal"),
        replace(COURT, purpose=Purpose.PROSECUTE),
        replace(COURT, use=UseCode.ASYLUM_BODY, suspicion="no"),
        replace(COURT, use=UseCode.PRINT),
        replace(COURT, use=UseCode.MEDIA),
    ],
)
def test_a_grant_unlocks_no_other_use_recipient_or_purpose(desk: Desk, other: Intended) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item))
    assert is_blocked(desk, item, other)
    assert use_item(desk.duty, item, COURT).is_permitted


def test_a_grant_unlocks_no_other_item_in_the_same_case_or_another(desk: Desk) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item))
    for case, number in (("IN-2026-000007", 5), ("IN-2026-000008", 1)):
        assert is_blocked(desk, item_from_india(desk, case=case, number=number))


def test_an_item_that_moves_to_another_case_leaves_its_grant_behind(desk: Desk) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item))
    other = item_from_india(desk, case="IN-2026-000008")
    Message.objects.filter(pk=item.pk).update(case=other.case)
    assert is_blocked(desk, item)


def test_a_denial_unlocks_nothing_and_is_kept(desk: Desk) -> None:
    item = item_from_india(desk)
    assert answered(desk, asked(desk, item), result="denied", permitted_until=None) is not None
    assert Grant.objects.get().is_denied
    assert is_blocked(desk, item)


def test_a_grant_holds_on_its_last_day_and_not_on_the_next(desk: Desk) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item), permitted_until=days(3))
    on_the_last = timezone.now() + timedelta(days=3)
    assert use_item(desk.duty, item, COURT, now=on_the_last).is_permitted
    with pytest.raises(GateRefuses):
        use_item(desk.duty, item, COURT, now=on_the_last + timedelta(days=1))


def test_a_grant_for_one_use_is_used_up_by_an_act_that_needed_it(desk: Desk) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item), used_once=True)
    assert use_item(desk.duty, item, COURT).is_permitted
    assert is_blocked(desk, item)


def test_a_grant_is_not_used_up_by_an_act_that_passes_without_it(desk: Desk) -> None:
    item = item_from_india(desk, caveats=[caveat("print")])
    printing = Intended(use=UseCode.PRINT, purpose=Purpose.INVESTIGATE, suspicion="no")
    answered(desk, asked(desk, item, printing), used_once=True)
    assert use_item(desk.duty, item, printing).grant is None
    assert Grant.objects.get().used_at is None


def test_a_grant_that_its_originator_recalls_unlocks_nothing_any_more(desk: Desk) -> None:
    item = item_from_india(desk)
    answer = answered(desk, asked(desk, item))
    assert answer is not None
    withdrawn_by_india(desk, answer)
    assert is_blocked(desk, item)
    assert Grant.objects.select_related("answer", "item", "request").get().is_withdrawn


@pytest.mark.parametrize("recall_first", [True, False])
def test_a_recall_that_crosses_a_grant_wins_whichever_comes_first(desk: Desk, recall_first: bool) -> None:
    item = item_from_india(desk)
    request = asked(desk, item)
    if recall_first:
        withdrawn_by_india(desk, item)
    answered(desk, request)
    if not recall_first:
        withdrawn_by_india(desk, item)
    assert Grant.objects.count() == 1
    with pytest.raises(ActRefused) as refused:
        use_item(desk.duty, item, COURT)
    assert refused.value.reason_code == "exchange.withdrawn"


@pytest.mark.parametrize(
    "changed",
    [
        {"new_use": "media"},
        {"new_recipient": "Court of Appeal"},
        {"new_purpose": "prosecute"},
        {"about": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae"},
    ],
)
def test_an_answer_to_something_else_than_was_asked_is_refused_to_its_sender(
    desk: Desk, changed: dict[str, object]
) -> None:
    item = item_from_india(desk)
    assert answered(desk, asked(desk, item), **changed) is None
    assert dispositions(desk)[-1][3] == "handling.not-what-was-asked"
    assert not Grant.objects.exists()


def test_a_second_answer_to_one_question_is_refused(desk: Desk) -> None:
    item = item_from_india(desk)
    request = asked(desk, item)
    answered(desk, request, result="denied", permitted_until=None)
    assert answered(desk, request, number=3) is None
    assert dispositions(desk)[-1][3] == "handling.answered"
    assert is_blocked(desk, item)


def test_an_answer_that_answers_no_question_is_refused(desk: Desk) -> None:
    item = item_from_india(desk)
    other = asked(desk, item)
    other.envelope_id = item.envelope_id
    assert answered(desk, other) is None
    assert dispositions(desk)[-1][3] == "exchange.unknown-message"


# the originator's side


def item_of_ours(desk: Desk) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_information(desk.liaison, case, information_fields(), own=own_side())
    submitted = services.submit(desk.liaison, draft, version=draft.version)
    sent = services.release(desk.releasing, approved(desk, submitted))
    services.take_over(desk.duty, case, reason="The shift of the liaison officer has ended.")
    flush(desk)
    sent.refresh_from_db()
    return sent


def question_of_india(desk: Desk, item: Message, **changed: object) -> Message | None:
    asked_for: dict[str, object] = {
        "about": str(item.envelope_id),
        "about_ref": item.reference,
        "new_use": "court",
        "new_recipient": "Special Court",
        "new_purpose": "investigate",
        "justification": "The consignee is on trial.",
        "answer_by": days(5),
        **changed,
    }
    fields = notice_fields(INDIA, CANADA, **asked_for)
    entry = desk.peer.send(
        "permission-request", from_india(fields, case_ref_other=item.case.own_ref), in_reply_to=item.envelope_id
    )
    take_in(desk.channel)
    return Message.objects.filter(envelope_id=entry.envelope_id).first()


def test_a_question_is_filed_in_the_case_of_the_item_with_a_clock_to_the_day_it_names(desk: Desk) -> None:
    item = item_of_ours(desk)
    request = question_of_india(desk, item)
    assert request is not None
    assert request.case == item.case
    assert request.in_reply_to == item
    clock = Clock.objects.get(message=request)
    assert (clock.state, clock.due_at.date()) == (Clock.State.RUNNING, TODAY + timedelta(days=5))
    assert request.case_id in [row.case.pk for row in services.queue(desk.duty)]


@pytest.mark.parametrize(("day", "least", "most"), [(-3, 7, 9), (4000, 24 * 89, 24 * 91)])
def test_a_day_that_is_over_or_far_away_is_brought_within_bounds(desk: Desk, day: int, least: int, most: int) -> None:
    request = question_of_india(desk, item_of_ours(desk), answer_by=days(day))
    assert least <= Clock.objects.get(message=request).limit_seconds / 3600 <= most


def test_a_question_about_another_item_than_it_replies_to_is_refused(desk: Desk) -> None:
    item = item_of_ours(desk)
    assert question_of_india(desk, item, about="01a2267c-0e6c-7c57-a14f-a4c9990b8cae") is None
    assert dispositions(desk)[-1][3] == "handling.not-the-item"


def test_our_answer_repeats_the_question_ends_its_clock_and_stands_on_record(desk: Desk) -> None:
    item = item_of_ours(desk)
    request = question_of_india(desk, item)
    assert request is not None
    draft = answer_permission(
        desk.duty, request, result="granted", permitted_until=TODAY + timedelta(days=30), used_once=True
    )
    assert services.check_draft(desk.duty, draft).problems == ()
    submitted = services.submit(desk.duty, draft, version=draft.version)
    services.release(desk.releasing, approved(desk, submitted))
    grant = Grant.objects.get()
    assert (grant.is_ours, grant.item, grant.use, grant.recipient, grant.used_once) == (
        True,
        item,
        "court",
        "Special Court",
        True,
    )
    assert Clock.objects.get(message=request).state == Clock.State.ENDED
    with pytest.raises(PermissionActRefused) as refused:
        answer_permission(desk.duty, request, result="denied")
    assert refused.value.reason_code == "handling.answered"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"result": "maybe"}, "handling.no-result"),
        ({"result": "granted"}, "handling.no-last-day"),
        ({"result": "granted", "permitted_until": TODAY - timedelta(days=1)}, "handling.last-day-over"),
        ({"result": "granted", "permitted_until": None}, "handling.no-last-day"),
        ({"result": "granted", "permitted_until": TODAY + timedelta(days=366)}, "handling.no-last-day"),
        (
            {"result": "granted", "permitted_until": TODAY, "conditions": ["In closed session."]},
            "handling.conditions",
        ),
        ({"result": "granted-with-conditions", "permitted_until": TODAY, "conditions": [" "]}, "handling.conditions"),
    ],
)
def test_an_answer_that_does_not_hold_together_is_refused_by_its_field(
    desk: Desk, said: dict[str, object], code: str
) -> None:
    request = question_of_india(desk, item_of_ours(desk))
    assert request is not None
    with pytest.raises(PermissionActRefused) as refused:
        answer_permission(desk.duty, request, **said)  # type: ignore[arg-type] # words of a form, right and wrong
    assert refused.value.reason_code == code


def test_what_we_recalled_can_only_be_denied_even_where_the_answer_was_approved_before(desk: Desk) -> None:
    item = item_of_ours(desk)
    request = question_of_india(desk, item)
    assert request is not None
    draft = answer_permission(desk.duty, request, result="granted", permitted_until=TODAY + timedelta(days=9))
    ready = approved(desk, services.submit(desk.duty, draft, version=draft.version))
    services.recall(desk.releasing, item, reason="The wrong firm was named.")
    with pytest.raises(PermissionActRefused) as refused:
        services.release(desk.releasing, ready)
    assert refused.value.reason_code == "handling.item-recalled"
    assert not Grant.objects.exists()
    with pytest.raises(PermissionActRefused):
        answer_permission(desk.duty, request, result="granted", permitted_until=TODAY)
    assert answer_permission(desk.duty, request, result="denied").fields["result"] == "denied"


def test_an_answer_whose_words_were_changed_does_not_leave(desk: Desk) -> None:
    request = question_of_india(desk, item_of_ours(desk))
    assert request is not None
    draft = answer_permission(desk.duty, request, result="granted", permitted_until=TODAY + timedelta(days=9))
    draft = services.save_draft(desk.duty, draft, version=1, fields={**draft.fields, "new_recipient": "Any court"})
    ready = approved(desk, services.submit(desk.duty, draft, version=draft.version))
    with pytest.raises(PermissionActRefused) as refused:
        services.release(desk.releasing, ready)
    assert refused.value.reason_code == "handling.not-what-was-asked"


def test_only_who_drafts_asks_and_only_who_answers_answers(desk: Desk) -> None:
    item = item_from_india(desk)
    with pytest.raises(NotPermitted):
        ask_permission(desk.reviewer, item, COURT, justification="x")
    request = question_of_india(desk, item_of_ours(desk))
    assert request is not None
    with pytest.raises(NotPermitted):
        answer_permission(desk.reviewer, request, result="denied")


def test_nobody_asks_for_what_is_our_own_or_was_withdrawn(desk: Desk) -> None:
    with pytest.raises(PermissionActRefused):
        ask_permission(desk.liaison, item_of_ours(desk), COURT, justification="x")
    item = item_from_india(desk, case="IN-2026-000009")
    withdrawn_by_india(desk, item)
    with pytest.raises(ActRefused):
        ask_permission(desk.liaison, item, COURT, justification="x")
    assert not Use.objects.exists()
