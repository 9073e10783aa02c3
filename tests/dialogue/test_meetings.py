"""Our record of meetings: who may write it, what it holds, and what it refuses."""

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.dialogue import meetings
from accord.dialogue.errors import DialogueRefused
from accord.dialogue.meetings import PAPER_BYTES_MAX, MeetingPlan
from accord.dialogue.models import Meeting, MeetingItem, MeetingSeries, Statement
from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.parties.models import Party
from tests.desk import Desk
from tests.dialogue.test_negotiating import begun, policy

AHEAD = timezone.now() + timedelta(days=30)


def series(desk: Desk) -> MeetingSeries:
    names = {"en": "Security dialogue", "fr": "Dialogue sur la sécurité", "hi": "सुरक्षा संवाद"}
    return meetings.begin_series(policy(desk), peer="IN", names=names, level="advisers")


def named(name: str) -> dict[str, Any]:
    return {"names": {"en": name}, "level": "officials"}


def planned(desk: Desk, **changed: Any) -> Meeting:
    plan = {"starts_at": AHEAD, "place": "By video", "our_delegation": "Adviser, Cabinet\n\n Head, Police ", **changed}
    return meetings.plan_meeting(policy(desk), series(desk), MeetingPlan(**plan))


def test_a_meeting_is_planned_changed_and_held_and_nothing_leaves(desk: Desk) -> None:
    meeting = planned(desk)
    assert meeting.our_delegation == "Adviser, Cabinet\nHead, Police"
    changed = MeetingPlan(starts_at=timezone.now() - timedelta(hours=1), place="By telephone", statement=begun(desk))
    sent = Outbox.objects.count()
    meeting = meetings.change_meeting(policy(desk), meeting, changed, version=1)
    assert (meeting.place, meeting.version) == ("By telephone", 2)
    with pytest.raises(DialogueRefused) as refused:
        meetings.change_meeting(policy(desk), meeting, changed, version=1)
    assert refused.value.reason_code == "dialogue.meeting-changed"
    assert meetings.settle_meeting(policy(desk), meeting, "held").state == "held"
    assert Outbox.objects.count() == sent
    assert Act.objects.filter(verb__in=["plan meeting", "change meeting", "settle meeting"]).count() == 3


def test_agenda_decisions_and_actions_are_written_and_settled(desk: Desk) -> None:
    meeting = planned(desk)
    for sort, text in (("agenda", "Precursors"), ("decision", "To meet again")):
        meetings.add_item(policy(desk), meeting, sort=sort, text=text, owner="ours", due_on=date(2027, 1, 1))
    action = meetings.add_item(
        policy(desk), meeting, sort="action", text="Draft the list", owner="theirs", due_on=date(2027, 1, 1)
    )
    assert [(one.sort, one.owner, one.due_on) for one in meeting.items.all()] == [
        ("agenda", "", None),
        ("decision", "", None),
        ("action", "theirs", date(2027, 1, 1)),
    ]
    assert meetings.finish_item(policy(desk), action, is_done=True).done_on == timezone.now().date()
    assert meetings.finish_item(policy(desk), action, is_done=False).done_on is None
    meetings.remove_item(policy(desk), action)
    assert not MeetingItem.objects.filter(sort="action").exists()


def test_a_paper_is_kept_with_its_digest(desk: Desk) -> None:
    meeting = planned(desk)
    paper = meetings.add_paper(policy(desk), meeting, name="agenda.pdf", content=b"%PDF specimen")
    assert bytes(paper.digest) == hashlib.sha256(b"%PDF specimen").digest()
    for content in (b"", b"x" * (PAPER_BYTES_MAX + 1)):
        with pytest.raises(DialogueRefused) as refused:
            meetings.add_paper(policy(desk), meeting, name="x", content=content)
        assert refused.value.reason_code == "dialogue.not-a-paper"


def test_only_drafters_write_the_record(desk: Desk) -> None:
    meeting = planned(desk)
    item = meetings.add_item(policy(desk), meeting, sort="agenda", text="Precursors")
    plan = MeetingPlan(starts_at=AHEAD, place="Here")
    acts = (
        lambda who: meetings.begin_series(who, peer="IN", names={"en": "X"}, level="officials"),
        lambda who: meetings.plan_meeting(who, meeting.series, plan),
        lambda who: meetings.change_meeting(who, meeting, plan, version=1),
        lambda who: meetings.settle_meeting(who, meeting, "cancelled"),
        lambda who: meetings.add_item(who, meeting, sort="agenda", text="X"),
        lambda who: meetings.finish_item(who, item, is_done=True),
        lambda who: meetings.remove_item(who, item),
        lambda who: meetings.add_paper(who, meeting, name="x", content=b"x"),
    )
    for act in acts:
        for role in set(Role) - {Role.POLICY}:
            with pytest.raises(NotPermitted):
                act(desk.officers[role])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"place": " "}, "place"),
        ({"our_chair": "x" * 121}, "our_chair"),
        ({"their_delegation": "x" * 4_001}, "their_delegation"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_with_its_field(desk: Desk, changed: dict[str, str], field: str) -> None:
    with pytest.raises(DialogueRefused) as refused:
        planned(desk, **changed)
    assert refused.value.fields["field"] == field


def test_what_else_is_wrong_is_refused(desk: Desk) -> None:
    meeting = planned(desk)
    Party.objects.create(code="XX", profile=Party.objects.get(code="IN").profile)
    other = Statement.objects.create(peer_id="XX", is_ours=True, began_at=timezone.now())
    wrong = (
        (lambda: planned(desk, statement=other), "dialogue.other-party"),
        (lambda: meetings.settle_meeting(policy(desk), meeting, "held"), "dialogue.meeting-ahead"),
        (lambda: meetings.settle_meeting(policy(desk), meeting, "x"), "dialogue.meeting-ahead"),
        (lambda: meetings.add_item(policy(desk), meeting, sort="action", text="Who?"), "dialogue.not-an-item"),
        (lambda: meetings.add_item(policy(desk), meeting, sort="agenda", text=" "), "dialogue.not-an-item"),
        (
            lambda: meetings.begin_series(policy(desk), peer="CA", names={"en": "X"}, level="officials"),
            "dialogue.no-series",
        ),
        (
            lambda: meetings.begin_series(policy(desk), peer="IN", names={"en": " "}, level="officials"),
            "dialogue.no-series",
        ),
    )
    for act, code in wrong:
        with pytest.raises(DialogueRefused) as refused:
            act()
        assert refused.value.reason_code == code
    with pytest.raises(TextRefused):
        meetings.add_item(policy(desk), meeting, sort="agenda", text="Hid\u200bden")
