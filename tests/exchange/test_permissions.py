"""Who may do what: every act is refused to every role that does not hold its permission, and changes nothing."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from accord.exchange import services
from accord.exchange.models import AgencyInquiry, Case, HoldAnswer, Message
from accord.officers.models import Officer
from accord.officers.permissions import NotPermitted, Permission, Role, permissions_of
from tests.desk import (
    TODAY,
    Desk,
    answer_fields,
    information_fields,
    notice_fields,
    own_side,
    received_request,
    released_request,
    request_fields,
    submitted_request,
)

Act = Callable[[Desk, Officer], Any]


def drafted(desk: Desk) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    return services.draft_request(desk.liaison, case, request_fields(), own=own_side())


def inquiry(desk: Desk) -> AgencyInquiry:
    return services.ask_agency(desk.duty, received_request(desk).case, agency="HC", question="?")


ACTS: dict[str, tuple[Permission, Act]] = {
    "begin_case": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.begin_case(who, peer="IN", theme="fraud", title="x", fields=request_fields()),
    ),
    "preview": (Permission.CASE_READ, lambda desk, who: services.preview(who, drafted(desk))),
    "create_case": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.create_case(who, peer="IN", theme="fraud", title="x"),
    ),
    "draft_request": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.draft_request(who, drafted(desk).case, {}),
    ),
    "draft_information": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.draft_information(who, drafted(desk).case, information_fields()),
    ),
    "save_draft": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.save_draft(who, drafted(desk), version=1, fields={}),
    ),
    "submit": (Permission.MESSAGE_DRAFT, lambda desk, who: services.submit(who, drafted(desk), version=1)),
    "attach": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.attach(
            who, drafted(desk), name="a.exe", media_type="text/plain", file=io.BytesIO(b"x")
        ),
    ),
    "check_draft": (Permission.CASE_READ, lambda desk, who: services.check_draft(who, drafted(desk))),
    "approve": (
        Permission.MESSAGE_APPROVE,
        lambda desk, who: services.approve(
            who, submitted_request(desk), seen_digest=bytes(32), seen_facts_digest=bytes(32)
        ),
    ),
    "send_back": (
        Permission.MESSAGE_APPROVE,
        lambda desk, who: services.send_back(who, submitted_request(desk), reason="No."),
    ),
    "answer_hold": (
        Permission.HOLD_ANSWER,
        lambda desk, who: services.answer_hold(who, drafted(desk), policy="CA-15.mixed", reason="Yes."),
    ),
    "release": (Permission.MESSAGE_RELEASE, lambda desk, who: services.release(who, submitted_request(desk))),
    "take_back": (Permission.MESSAGE_DRAFT, lambda desk, who: services.take_back(who, submitted_request(desk))),
    "withdraw": (Permission.MESSAGE_RELEASE, lambda desk, who: services.withdraw(who, released_request(desk))),
    "take": (Permission.CASE_TAKE, lambda desk, who: services.take(who, received_request(desk).case)),
    "take_over": (
        Permission.CASE_TAKE,
        lambda desk, who: services.take_over(who, received_request(desk).case, reason="Away."),
    ),
    "hand_over": (
        Permission.CASE_TAKE,
        lambda desk, who: services.hand_over(who, received_request(desk).case, to=desk.duty, reason="Away."),
    ),
    "assign": (
        Permission.CASE_TAKE,
        lambda desk, who: services.assign(who, received_request(desk).case, to=desk.duty, reason="Away."),
    ),
    "write_note": (Permission.CASE_TAKE, lambda desk, who: services.write_note(who, received_request(desk).case, "x")),
    "link_cases": (
        Permission.CASE_TAKE,
        lambda desk, who: services.link_cases(who, received_request(desk).case, drafted(desk).case, reason="Same."),
    ),
    "unlink_cases": (
        Permission.CASE_TAKE,
        lambda desk, who: services.unlink_cases(who, received_request(desk).case, drafted(desk).case, reason="Not."),
    ),
    "join_case": (
        Permission.CASE_TAKE,
        lambda desk, who: services.join_case(who, received_request(desk).case, drafted(desk).case, reason="Same."),
    ),
    "add_member": (
        Permission.TEAM_KEEP,
        lambda desk, who: services.add_member(who, drafted(desk).case, member=desk.duty, reason="Knows it."),
    ),
    "remove_member": (
        Permission.TEAM_KEEP,
        lambda desk, who: services.remove_member(who, drafted(desk).case, member=desk.duty, reason="Moved on."),
    ),
    "keep_to_team": (
        Permission.TEAM_KEEP,
        lambda desk, who: services.keep_to_team(who, drafted(desk).case, reason="A source."),
    ),
    "open_to_scope": (
        Permission.TEAM_KEEP,
        lambda desk, who: services.open_to_scope(who, drafted(desk).case, reason="Over."),
    ),
    "break_in": (
        Permission.CASE_TAKE,
        lambda desk, who: services.break_in(who, drafted(desk).case.own_ref, reason="In danger."),
    ),
    "team_of": (Permission.CASE_READ, lambda desk, who: services.team_of(who, drafted(desk).case)),
    "discard": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.discard(who, drafted(desk), version=1, reason="Settled."),
    ),
    "recall": (
        Permission.MESSAGE_RELEASE,
        lambda desk, who: services.recall(who, released_request(desk), reason="No."),
    ),
    "close_case": (Permission.CASE_TAKE, lambda desk, who: services.close_case(who, received_request(desk).case)),
    "ask_agency": (
        Permission.MESSAGE_ANSWER,
        lambda desk, who: services.ask_agency(who, received_request(desk).case, agency="HC", question="?"),
    ),
    "record_reply": (
        Permission.MESSAGE_ANSWER,
        lambda desk, who: services.record_reply(who, inquiry(desk), text="No.", holds_information=False),
    ),
    "answer": (
        Permission.MESSAGE_ANSWER,
        lambda desk, who: services.answer(who, received_request(desk), answer_fields()),
    ),
    "cannot_confirm": (
        Permission.MESSAGE_ANSWER,
        lambda desk, who: services.cannot_confirm(who, received_request(desk)),
    ),
    "refuse": (
        Permission.MESSAGE_ANSWER,
        lambda desk, who: services.refuse(
            who, received_request(desk), notice_fields(), ground="a", part_refused="All."
        ),
    ),
    "delay": (
        Permission.MESSAGE_ANSWER,
        lambda desk, who: services.delay(
            who, received_request(desk), notice_fields(), reason="volume", expected_on=TODAY
        ),
    ),
    "clarify": (
        Permission.MESSAGE_DRAFT,
        lambda desk, who: services.clarify(who, received_request(desk), notice_fields(), points=["?"]),
    ),
    "resume": (Permission.MESSAGE_ANSWER, lambda desk, who: services.resume(who, received_request(desk))),
    "parked_messages": (Permission.PARKED_HANDLE, lambda _desk, who: services.parked_messages(who)),
    "try_again": (Permission.PARKED_HANDLE, lambda _desk, who: services.try_again(who, 1)),
}


@pytest.mark.parametrize("name", list(ACTS))
def test_an_act_is_refused_to_every_role_without_its_permission(desk: Desk, name: str) -> None:
    permission, act = ACTS[name]
    for role in Role:
        if permission in permissions_of([role.value]):
            continue
        with pytest.raises(NotPermitted) as refused:
            act(desk, desk.officers[role])
        assert refused.value.fields["permission"] == permission.value


def test_every_act_of_the_services_is_in_the_table() -> None:
    reads = {"clock_reading", "messages_of", "queue", "queue_counts", "read_case", "read_message", "has_arrived"}
    reads |= {"links_of", "notes_of", "parked_counts"}
    # A reply is begun by the act that drafts it, which asks for the permission.
    elsewhere = {"begin_reply", "detach", "take_out", "release_due"}
    acts = {name for name in services.__all__ if name.islower()}
    assert acts - reads - elsewhere == set(ACTS)


def test_an_officer_whose_posting_ended_may_do_nothing(desk: Desk) -> None:
    desk.liaison.active_until = received_request(desk).received_at
    with pytest.raises(NotPermitted):
        services.create_case(desk.liaison, peer="IN", theme="fraud", title="x")


def test_a_token_of_narrow_scope_narrows_the_officer(desk: Desk) -> None:
    desk.liaison.narrow_to(["case.read"])
    assert services.queue(desk.liaison) == []
    with pytest.raises(NotPermitted):
        services.create_case(desk.liaison, peer="IN", theme="fraud", title="x")
    assert not Case.objects.exists()
    assert not HoldAnswer.objects.exists()
