"""Linked and joined cases: for our own reading, with reasons, and without effect on the wire."""

import pytest

from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, CaseLink, Reason
from accord.exchange.services import (
    CaseHeld,
    close_case,
    create_case,
    join_case,
    link_cases,
    links_of,
    take,
    unlink_cases,
)
from accord.exchange.text import TextRefused
from accord.officers.permissions import NotPermitted, Role
from tests.desk import Desk, received_request


def ours(desk: Desk, title: str = "A drum") -> Case:
    return create_case(desk.liaison, peer="IN", theme="precursors", title=title)


def test_a_link_is_seen_from_both_ends_with_its_reason(desk: Desk) -> None:
    first, second = ours(desk), ours(desk, "A second drum")
    link_cases(desk.duty, first, second, reason="SPECIMEN: the same consignee.")
    (there,), (here,) = links_of(desk.duty, first), links_of(desk.duty, second)
    assert (there.case, here.case) == (second, first)
    assert there.link.reason == "SPECIMEN: the same consignee."
    assert {reason.case for reason in Reason.objects.all()} == {first, second}


def test_two_officers_who_link_the_same_two_cases_make_one_link(desk: Desk) -> None:
    first, second = ours(desk), ours(desk, "A second drum")
    link_cases(desk.duty, first, second, reason="SPECIMEN one")
    link_cases(desk.liaison, second, first, reason="SPECIMEN two")
    assert CaseLink.objects.count() == 1


def test_a_link_ends_with_a_reason_and_stays_on_record(desk: Desk) -> None:
    first, second = ours(desk), ours(desk, "A second drum")
    link_cases(desk.duty, first, second, reason="SPECIMEN")
    with pytest.raises(TextRefused):
        unlink_cases(desk.duty, second, first, reason=" ")
    unlink_cases(desk.duty, second, first, reason="SPECIMEN: another consignee after all.")
    assert links_of(desk.duty, first) == []
    assert CaseLink.objects.filter(ended_at__isnull=False).count() == 1
    with pytest.raises(ActRefused, match="not linked"):
        unlink_cases(desk.duty, first, second, reason="SPECIMEN")


def test_a_case_is_not_linked_to_itself_nor_by_a_reader(desk: Desk) -> None:
    case = ours(desk)
    with pytest.raises(ActRefused, match="itself"):
        link_cases(desk.duty, case, case, reason="SPECIMEN")
    with pytest.raises(NotPermitted):
        link_cases(desk.reviewer, case, ours(desk), reason="SPECIMEN")


def test_a_request_is_joined_to_a_case_and_goes_to_who_holds_that(desk: Desk) -> None:
    lead, asked = ours(desk), received_request(desk)
    join_case(desk.duty, asked.case, lead, reason="SPECIMEN: it is about our drum.")
    joined = Case.objects.get(pk=asked.case.pk)
    assert joined.holder == desk.liaison
    (seen,) = links_of(desk.liaison, lead)
    assert (seen.case, seen.is_joined_here) == (joined, True)
    (back,) = links_of(desk.liaison, joined)
    assert back.is_joined_there


def test_joining_moves_no_message_and_no_reference(desk: Desk) -> None:
    lead, asked = ours(desk), received_request(desk)
    before = (asked.case.own_ref, asked.case.other_ref, asked.clock.due_at)
    join_case(desk.duty, asked.case, lead, reason="SPECIMEN")
    asked.refresh_from_db()
    assert (asked.case.own_ref, asked.case.other_ref, asked.clock.due_at) == before
    assert not lead.messages.exists()


def test_what_a_colleague_holds_is_not_joined_away(desk: Desk) -> None:
    lead, asked = ours(desk), received_request(desk)
    take(desk.again(Role.DUTY, "duty2"), asked.case)
    with pytest.raises(CaseHeld):
        join_case(desk.duty, asked.case, lead, reason="SPECIMEN")


def test_nothing_is_joined_twice_to_itself_or_to_what_is_closed(desk: Desk) -> None:
    lead, asked = ours(desk), received_request(desk)
    with pytest.raises(ActRefused, match="came in"):
        join_case(desk.liaison, lead, asked.case, reason="SPECIMEN")
    join_case(desk.duty, asked.case, lead, reason="SPECIMEN")
    second = received_request(desk, case="IN-2026-000008")
    with pytest.raises(ActRefused, match="joined"):
        join_case(desk.duty, second.case, asked.case, reason="SPECIMEN")
    close_case(desk.liaison, lead)
    with pytest.raises(ActRefused, match="closed"):
        join_case(desk.duty, second.case, lead, reason="SPECIMEN")
