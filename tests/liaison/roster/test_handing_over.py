"""Handing the watch over: what stands, two signatures under one digest, and lines only for those who read the case."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from accord.errors import OfficerCanMend
from accord.exchange import services
from accord.exchange.errors import NotFound
from accord.liaison.models import Handover
from accord.liaison.roster.errors import HandoverRefused, RosterRefused
from accord.liaison.roster.handing_over import (
    hand_over,
    handover_for,
    handovers_for,
    lines_for,
    sign_in,
    take_back_handover,
    unread_handovers,
    what_stands,
)
from accord.officers.models import Act, Officer
from accord.officers.permissions import NotPermitted, Role
from tests.desk import Desk, received_request
from tests.liaison.roster.specimens import NOON, post


def handed(desk: Desk, **given: Any) -> Handover:
    fields = {"to": desk.liaison, "seen": what_stands(desk.duty).digest, "now": NOON, **given}
    return hand_over(desk.duty, post(desk), **fields)


def hexed(note: Handover) -> str:
    return bytes(note.digest).hex()


def test_a_note_says_what_stands(desk: Desk) -> None:
    request = received_request(desk)
    services.take(desk.duty, request.case)
    note = handed(desk, remarks="The drum is at the port.", next_call="the night desk", next_call_at=NOON)
    said = note.said
    (line,) = said["cases"]
    assert (line["case"], line["knows"], line["waiting_on"]) == (request.case.own_ref, ["duty"], "us")
    assert line["caveats"] == len(request.fields.get("caveats", []))  # type: ignore[arg-type]
    assert line["clocks"][0]["due_at"].startswith(f"{request.clock.due_at:%Y-%m-%dT%H:%M}")
    assert (said["remarks"], said["next_call"], said["next_call_at"]) == (
        "The drum is at the port.",
        "the night desk",
        "2026-12-01T17:00+00:00",
    )
    assert (said["outgoing"], said["incoming"], said["parked"]) == ("duty", "liaison", 0)


def test_a_note_holds_no_words_of_a_case(desk: Desk) -> None:
    request = received_request(desk)
    content = bytes(handed(desk).content).decode()
    assert request.case.title
    assert request.case.title not in content


def test_both_sign_the_digest_of_the_bytes(desk: Desk) -> None:
    received_request(desk)
    note = handed(desk)
    assert bytes(note.digest) == sha256(bytes(note.content)).digest()
    signed = sign_in(desk.liaison, note, digest=hexed(note), now=NOON)
    assert (signed.read_by, signed.withheld) == (desk.liaison, 0)
    acts = Act.objects.filter(object_type="handover")
    assert [(act.officer.username, act.verb, act.detail["digest"]) for act in acts if act.officer] == [
        ("duty", "hand over watch", hexed(note)),
        ("liaison", "take watch", hexed(note)),
    ]


def test_what_changed_since_the_page_was_shown_is_not_signed(desk: Desk) -> None:
    seen = what_stands(desk.duty).digest
    received_request(desk)
    with pytest.raises(HandoverRefused) as refused:
        handed(desk, seen=seen)
    assert refused.value.reason_code == "roster.stands-changed"
    assert not Handover.objects.exists()


def test_each_sees_the_lines_of_cases_that_they_read(desk: Desk) -> None:
    request = received_request(desk)
    services.take(desk.duty, request.case)
    services.keep_to_team(desk.duty, request.case, reason="Few need it.")
    note = handed(desk)
    assert len(lines_for(desk.duty, note)[0]) == 1
    assert lines_for(desk.liaison, note) == ([], 1)
    assert sign_in(desk.liaison, note, digest=hexed(note)).withheld == 1
    assert what_stands(desk.liaison).facts["cases"] == []


def test_only_who_takes_cases_signs(desk: Desk) -> None:
    note = handed(desk)
    for role in sorted(set(Role) - {Role.DUTY, Role.LIAISON}):
        with pytest.raises(NotPermitted):
            sign_in(desk.officers[role], note, digest=hexed(note))
        with pytest.raises(NotPermitted):
            hand_over(desk.officers[role], note.post, to=desk.duty, seen="")


def test_who_may_open_a_note(desk: Desk) -> None:
    note = handed(desk)
    for role in (Role.DUTY, Role.LIAISON, Role.REVIEWER):
        assert handover_for(desk.officers[role], note.pk) == note
    with pytest.raises(NotFound):
        handover_for(desk.releasing, note.pk)
    for role in (Role.POLICY, Role.ADMINISTRATOR, Role.COUNSEL):
        with pytest.raises(NotPermitted):
            handovers_for(desk.officers[role])


@pytest.mark.parametrize("case", ["own", "twice", "other digest", "taken back"])
def test_a_signature_that_says_nothing_is_refused(desk: Desk, case: str) -> None:
    note = handed(desk)
    who, digest = desk.liaison, hexed(note)
    if case == "own":
        who = desk.duty
    elif case == "twice":
        sign_in(who, note, digest=digest)
    elif case == "other digest":
        digest = "0" * 64
    else:
        take_back_handover(desk.duty, note)
    with pytest.raises(HandoverRefused):
        sign_in(who, note, digest=digest)


def test_a_colleague_on_duty_signs_where_the_one_it_was_meant_for_does_not_come(desk: Desk) -> None:
    note = handed(desk)
    other = desk.again(Role.DUTY, "night")
    assert sign_in(other, note, digest=hexed(note)).read_by == other


def test_a_signed_note_is_not_taken_back(desk: Desk) -> None:
    note = handed(desk)
    with pytest.raises(NotPermitted):
        take_back_handover(desk.liaison, note)
    sign_in(desk.liaison, note, digest=hexed(note))
    with pytest.raises(HandoverRefused):
        take_back_handover(desk.duty, note)


def test_a_note_is_unread_after_half_an_hour(desk: Desk) -> None:
    note = handed(desk)
    assert not unread_handovers(NOON + timedelta(minutes=29)).exists()
    assert list(unread_handovers(NOON + timedelta(minutes=30))) == [note]
    sign_in(desk.liaison, note, digest=hexed(note))
    assert not unread_handovers(NOON + timedelta(minutes=30)).exists()


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("remarks", {"remarks": "x" * 4001}),
        ("remarks", {"remarks": "turn\u202earound"}),
        ("next_call", {"next_call": "x" * 201}),
        ("next_call", {"next_call_at": NOON}),
    ],
)
def test_words_of_a_note_are_refused_by_their_field(desk: Desk, field: str, given: dict[str, Any]) -> None:
    with pytest.raises(OfficerCanMend) as refused:
        handed(desk, **given)
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize("name", ["duty", "releasing", "policy"])
def test_the_watch_goes_to_a_colleague_who_can_hold_it(desk: Desk, name: str) -> None:
    with pytest.raises(RosterRefused) as refused:
        handed(desk, to=Officer.objects.get(username=name))
    assert refused.value.fields["field"] == "incoming"


def test_the_watch_is_handed_over_at_a_post_of_ours(desk: Desk) -> None:
    theirs = post(desk, "Their desk", party="IN", zone="Asia/Kolkata")
    with pytest.raises(RosterRefused):
        hand_over(desk.duty, theirs, to=desk.liaison, seen=what_stands(desk.duty).digest)
