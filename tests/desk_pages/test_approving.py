"""The second officer's pages: what an approval binds, what changed since it was seen, holds, and the next item."""

import html

import pytest
from django.urls import reverse
from django.utils import timezone

from accord.exchange.models import HoldAnswer, Message
from accord.exchange.services import create_case, draft_request, save_draft, submit
from accord.law.engine import Gate
from accord.node.desk import waiting
from accord.officers.models import Officer
from accord.release.errors import GateRefuses
from accord.release.gate import deciders
from accord.release.models import Approval, DecisionRecord
from tests.desk import HELD_OFFICE, Desk, approved, held_request, own_side, request_fields, seen, submitted_request
from tests.desk_pages.conftest import SignIn


def saved(message: Message) -> Message:
    return Message.objects.select_related("approval__decision").get(pk=message.pk)


def shown(message: Message) -> dict[str, str]:
    told = seen(saved(message))
    return {"digest": told["seen_digest"].hex(), "facts_digest": told["seen_facts_digest"].hex()}


def changed(desk: Desk, message: Message, **fields: object) -> Message:
    draft = save_draft(desk.liaison, message, version=message.version, fields={**request_fields(), **fields})
    return submit(desk.liaison, draft, version=draft.version)


def page_of(message: Message) -> str:
    return reverse("desk:approval", args=[message.pk])


def act_on(message: Message) -> str:
    return reverse("desk:approval-act", args=[message.pk])


def held_draft(desk: Desk) -> Message:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN held")
    draft = draft_request(desk.liaison, case, request_fields(), own=own_side(basis=["expression", "conduct"]))
    with pytest.raises(GateRefuses):
        submit(desk.liaison, draft, version=draft.version)
    return saved(draft)


# --- what the approval binds ----------------------------------------------------------------------------------------


def test_the_card_shows_the_decision_that_the_approval_binds(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    record = message.approval and message.approval.decision
    assert record is not None
    sentence = "SPECIMEN sentence of the decision on record"
    reason = {
        "rule": "BI-01",
        "policy": "BI-01.x",
        "citation": "x",
        "sentence": sentence,
        "cure": "",
        "decider": "",
        "outcome": "permit-with",
        "is_shielded": False,
        "is_verified": True,
        "is_waived": False,
    }
    DecisionRecord.objects.filter(pk=record.pk).update(decision={**record.decision, "reasons": [reason]})
    page = sign_in(desk.releasing).get(page_of(message)).content.decode()
    assert sentence in page
    # What the gate says now is another answer, and it is said so.
    assert "Asked now, the gate answers differently" in page


def test_a_law_that_changed_is_said_beside_the_decision_on_record(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = submitted_request(desk)
    page = sign_in(desk.releasing).get(page_of(message)).content.decode()
    assert "Asked now, the gate answers differently" not in page
    whole = Gate.decide
    monkeypatch.setattr(
        Gate, "decide", lambda self, facts, **rest: whole(self, type(facts)(**{**_members(facts), "kind": "unknown"}))
    )
    page = sign_in(desk.releasing).get(page_of(message)).content.decode()
    assert "Asked now, the gate answers differently" in page


def _members(facts: object) -> dict[str, object]:
    return {name: getattr(facts, name) for name in facts.__struct_fields__}  # type: ignore[attr-defined]


def test_after_a_change_one_more_click_approves_nothing(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    client = sign_in(desk.releasing)
    client.get(page_of(message))
    old = shown(message)
    changed(desk, saved(message), specification="SPECIMEN another question?")
    answer = client.post(act_on(message), {"act": "approve", **old})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "What changed since you last saw it" in page
    # The page that came back holds the new digests; approving by them asks first whether the change was read.
    again = client.post(act_on(message), {"act": "approve", **shown(message)})
    assert again.status_code == 409
    assert "desk.changes-unread" in again.content.decode()
    assert saved(message).state == Message.State.SUBMITTED
    client.post(act_on(message), {"act": "approve", "changes": "read", **shown(message)})
    assert saved(message).state == Message.State.APPROVED


def test_the_change_is_shown_in_words_and_stays_until_it_is_approved(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    client = sign_in(desk.releasing)
    client.get(page_of(message))
    changed(desk, saved(message), specification="Was the consignment SPECIMEN registered before it left?")
    for _ in range(2):  # reading it again does not make it read
        page = client.get(page_of(message)).content.decode()
        assert "<ins>" in page
        assert "SPECIMEN </ins>" in page
        assert "{&quot;" not in page
        assert 'name="changes"' in page


def test_who_sees_a_message_first_is_asked_nothing_more(desk: Desk, sign_in: SignIn) -> None:
    message = changed(desk, submitted_request(desk), specification="SPECIMEN second text?")
    client = sign_in(desk.releasing)
    page = client.get(page_of(message)).content.decode()
    assert "What changed since you last saw it" not in page
    client.post(act_on(message), {"act": "approve", **shown(message)})
    assert saved(message).state == Message.State.APPROVED


def test_other_facts_behind_the_same_text_are_a_change(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    client = sign_in(desk.releasing)
    client.get(page_of(message))
    draft = save_draft(
        desk.liaison,
        saved(message),
        version=message.version,
        fields=request_fields(),
        own=own_side(categories=["precursors", "SPECIMEN other"]),
    )
    submit(desk.liaison, draft, version=draft.version)
    page = client.get(page_of(message)).content.decode()
    assert "What the gate was told is not" in page
    assert "SPECIMEN" in page


def test_no_content_is_kept_in_the_session(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk, specification="SPECIMEN secret words?")
    client = sign_in(desk.releasing)
    client.get(page_of(message))
    assert "SPECIMEN" not in str(dict(client.session))
    assert not [key for key in client.session.keys() if key.startswith("seen")]  # noqa: SIM118 - a session is no dict


def test_an_author_takes_back_what_waits_and_a_colleague_does_not(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    assert b"Take back and write on" in sign_in(desk.liaison).get(page_of(message)).content
    assert b"Take back and write on" not in sign_in(desk.releasing).get(page_of(message)).content
    answer = sign_in(desk.duty).post(act_on(message), {"act": "take-back"})
    assert (answer.status_code, saved(message).state) == (409, Message.State.SUBMITTED)
    answer = sign_in(desk.liaison).post(act_on(message), {"act": "take-back"})
    assert answer.headers["Location"] == reverse("desk:draft", args=[message.pk])
    assert (saved(message).state, saved(message).approval) == (Message.State.DRAFT, None)


def test_an_approval_that_was_taken_back_releases_nothing(desk: Desk, sign_in: SignIn) -> None:
    message = approved(desk, submitted_request(desk))
    sign_in(desk.liaison).post(act_on(message), {"act": "take-back"})
    answer = sign_in(desk.releasing).post(act_on(message), {"act": "release"})
    assert answer.status_code == 409
    assert saved(message).released is None


def test_a_lapsed_approval_says_since_when_and_offers_no_approval(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    Approval.objects.update(expires_at=timezone.now())
    page = sign_in(desk.releasing).get(page_of(message)).content.decode()
    assert "The approval has lapsed" in page
    assert 'value="approve"' not in page
    assert "Its time to be approved is over" in sign_in(desk.releasing).get(reverse("desk:approvals")).content.decode()


def test_a_reason_that_comes_too_late_is_kept(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    sign_in(desk.liaison).post(act_on(message), {"act": "take-back"})
    answer = sign_in(desk.releasing).post(act_on(message), {"act": "send-back", "reason": "SPECIMEN my reason"})
    assert answer.status_code == 409
    assert b"SPECIMEN my reason" in answer.content


def test_a_blank_reason_sends_nothing_back(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    answer = sign_in(desk.releasing).post(act_on(message), {"act": "send-back", "reason": " "})
    assert answer.status_code >= 400
    assert saved(message).state == Message.State.SUBMITTED


def test_what_is_released_and_not_sealed_can_be_withdrawn(desk: Desk, sign_in: SignIn) -> None:
    message = approved(desk, submitted_request(desk))
    client = sign_in(desk.releasing)
    client.post(act_on(message), {"act": "release"})
    assert b"Withdraw before it leaves" in client.get(page_of(message)).content
    client.post(act_on(message), {"act": "withdraw"})
    assert saved(message).state == Message.State.WITHDRAWN


def test_release_asks_again_who_acts_where_a_second_factor_is_needed(
    desk: Desk, sign_in: SignIn, settings: object
) -> None:
    message = approved(desk, submitted_request(desk))
    client = sign_in(desk.releasing)
    settings.ACCORD_SECOND_FACTOR = True  # type: ignore[attr-defined]
    answer = client.post(act_on(message), {"act": "release"})
    assert answer.status_code == 302
    assert saved(message).state == Message.State.APPROVED


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_list_says_who_waits_for_whom_and_what_is_mine(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    page = sign_in(desk.releasing).get(reverse("desk:approvals")).content.decode()
    assert "Waits for you" in page
    assert "a second officer" in page
    assert "Lapses" in page
    page = sign_in(desk.liaison).get(reverse("desk:approvals")).content.decode()
    assert "Waits for you" not in page
    assert "Yours: for a colleague" in page


def test_after_an_act_comes_the_next_item_and_then_the_list(desk: Desk, sign_in: SignIn) -> None:
    first, second = submitted_request(desk), submitted_request(desk)
    client = sign_in(desk.releasing)
    answer = client.post(act_on(first), {"act": "send-back", "reason": "SPECIMEN"})
    assert answer.headers["Location"] == page_of(second)
    answer = client.post(act_on(second), {"act": "send-back", "reason": "SPECIMEN"})
    assert answer.headers["Location"] == reverse("desk:approvals")


def test_who_chose_to_stay_stays_and_the_page_says_so(desk: Desk, sign_in: SignIn) -> None:
    first, _second, third = (submitted_request(desk) for _number in range(3))
    client = sign_in(desk.releasing)
    assert "the next message that waits for you opens" in client.get(page_of(first)).content.decode()
    client.post(reverse("desk:preferences"), {"after_act": "stay", "next": "/desk/"})
    assert "you stay with this message" in client.get(page_of(first)).content.decode()
    case = reverse("desk:case", args=[first.case.own_ref])
    sent_back = client.post(act_on(first), {"act": "send-back", "reason": "SPECIMEN reason"})
    assert sent_back.headers["Location"] == case
    client.post(act_on(third), {"act": "approve", **shown(third)})
    released = client.post(act_on(third), {"act": "release"})
    assert released.headers["Location"] == reverse("desk:case", args=[third.case.own_ref])


def test_the_list_costs_a_fixed_number_of_statements(
    desk: Desk, sign_in: SignIn, django_assert_max_num_queries: object
) -> None:
    client = sign_in(desk.releasing)
    for _ in range(5):
        submitted_request(desk)
    client.get(reverse("desk:approvals"))
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get(reverse("desk:approvals"))


# --- holds ----------------------------------------------------------------------------------------------------------


def bearer_of(desk: Desk, message: Message) -> Officer:
    from accord.exchange.services import check_draft

    hold = next(one for one in check_draft(desk.liaison, message).decision.reasons if one.outcome.label == "hold")
    return desk.head(hold.decider)


def test_a_hold_is_chosen_from_those_that_the_office_decides(desk: Desk, sign_in: SignIn) -> None:
    message = held_draft(desk)
    target = reverse("desk:holds", args=[message.pk])
    bearer = bearer_of(desk, message)
    page = sign_in(bearer).get(target).content.decode()
    assert 'type="radio"' in page
    policy = html.unescape(page.partition('name="policy" value="')[2].partition('"')[0])
    other = desk.head(next(one for one in sorted(deciders()) if one not in bearer.offices), "other")
    assert 'name="policy"' not in sign_in(other).get(target).content.decode()
    assert str(bearer) in sign_in(other).get(target).content.decode()
    sign_in(bearer).post(target, {"policy": policy, "reason": "SPECIMEN it is about conduct."})
    assert HoldAnswer.objects.get().policy == policy


def test_a_hold_is_not_answered_without_a_reason_and_the_choice_stays(desk: Desk, sign_in: SignIn) -> None:
    message = held_draft(desk)
    target, bearer = reverse("desk:holds", args=[message.pk]), bearer_of(desk, message)
    assert sign_in(bearer).post(target, {"reason": "SPECIMEN kept"}).status_code == 422
    assert b"SPECIMEN kept" in sign_in(bearer).post(target, {"reason": "SPECIMEN kept"}).content
    page = sign_in(bearer).get(target).content.decode()
    policy = html.unescape(page.partition('name="policy" value="')[2].partition('"')[0])
    answer = sign_in(bearer).post(target, {"policy": policy, "reason": " "})
    assert answer.status_code >= 400
    assert not HoldAnswer.objects.exists()


def test_a_held_draft_waits_in_the_list_of_who_decides(desk: Desk, sign_in: SignIn) -> None:
    message = held_draft(desk)
    page = sign_in(bearer_of(desk, message)).get(reverse("desk:approvals")).content.decode()
    assert "Answer the hold" in page
    page = sign_in(desk.liaison).get(reverse("desk:approvals")).content.decode()
    assert "an answer to a hold" in page


def test_a_list_that_is_cut_says_so_and_keeps_what_is_mine(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ROWS", 2)
    Officer.objects.filter(pk=desk.releasing.pk).update(roles=["releasing", "liaison"])
    officer = Officer.objects.get(pk=desk.releasing.pk)
    for _number in range(3):
        case = create_case(officer, peer="IN", theme="precursors", title="Own")
        submit(officer, draft_request(officer, case, request_fields(), own=own_side()), version=1)
    client = sign_in(officer)
    assert "More waits than is shown here" in client.get("/desk/approvals/").content.decode()
    theirs = submitted_request(desk)
    page = client.get("/desk/approvals/").content.decode()
    assert page.count("data-row") == 2
    assert theirs.case.own_ref in page.partition("Waits for others")[0]
    assert "these 2 come first" in page


def test_a_list_that_is_whole_says_nothing_of_more(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    assert "More waits" not in sign_in(desk.releasing).get("/desk/approvals/").content.decode()


def test_a_hold_of_my_office_stands_in_a_list_that_is_cut(
    desk: Desk, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ROWS", 2)
    drafts = [held_request(desk) for _number in range(4)]
    head = desk.head("The deputy head")
    Message.objects.filter(pk=drafts[-1].pk).update(held_for=["The deputy head"])
    page = sign_in(head).get("/desk/approvals/").content.decode()
    assert drafts[-1].case.own_ref in page.partition("Waits for others")[0]


def test_who_is_named_as_deciding_on_a_hold_is_in_post(desk: Desk, sign_in: SignIn) -> None:
    draft = held_request(desk)
    desk.head(HELD_OFFICE, "present")
    former = desk.head(HELD_OFFICE, "former")
    Officer.objects.filter(pk=former.pk).update(active_until=timezone.now())
    page = sign_in(desk.duty).get(reverse("desk:holds", args=[draft.pk])).content.decode()
    assert "present" in page
    assert "former" not in page
