"""What has left can be recalled: the other side is asked, complies, and says so; each telling passes the gate."""

import msgspec
import pytest
from django.utils import timezone

from accord.courier.models import Alarm, Outbox
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Clock, Message, Reason
from accord.exchange.sent import FOLLOWER
from accord.exchange.text import TextRefused
from accord.release.follow import follow_all
from accord.release.intake import take_in
from accord.release.models import DecisionRecord
from accord.release.registry import OutcomeNotice
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    answer_fields,
    dispositions,
    flush,
    from_india,
    information_fields,
    own_side,
    received_request,
    released_request,
)


def delivered_request(desk: Desk) -> Message:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    follow_all()
    sent.refresh_from_db()
    return sent


def says(sent: Message, state: str) -> OutcomeNotice:
    position = sent.released.outbox.position  # type: ignore[union-attr]
    return OutcomeNotice(peer="IN", first=position, last=position, state=state, code=None, rule=None, at=timezone.now())


def test_a_recall_leaves_with_a_decision_of_its_own_and_without_its_reason(desk: Desk) -> None:
    sent = delivered_request(desk)
    services.recall(desk.releasing, sent, reason="The consignment was confused with another.")
    row = Outbox.objects.get(kind="withdrawal")
    assert msgspec.json.decode(bytes(row.payload)) == {"schema_version": 1, "withdraws": str(sent.envelope_id)}
    assert DecisionRecord.objects.get(kind="withdrawal").action == "acknowledge"
    assert "confused" in Reason.objects.get(act__verb="recall message").text
    sent.refresh_from_db()
    assert sent.state == Message.State.DELIVERED
    FOLLOWER.on_outcome(says(sent, "withdrawn"))
    sent.refresh_from_db()
    assert sent.state == Message.State.WITHDRAWN
    assert Clock.objects.get(message=sent).state == Clock.State.ENDED
    with pytest.raises(ActRefused):
        services.recall(desk.releasing, sent, reason="Again.")


def test_a_peer_that_withdraws_what_was_never_recalled_is_not_believed(desk: Desk) -> None:
    sent = delivered_request(desk)
    FOLLOWER.on_outcome(says(sent, "withdrawn"))
    sent.refresh_from_db()
    assert sent.state == Message.State.DELIVERED
    assert Alarm.objects.get().code == "exchange.disposition-contradicts"


def test_what_is_still_in_the_queue_is_withdrawn_and_not_recalled(desk: Desk) -> None:
    sent = released_request(desk)
    with pytest.raises(ActRefused) as refused:
        services.recall(desk.releasing, sent, reason="No.")
    assert refused.value.reason_code == "exchange.not-sealed"
    with pytest.raises(TextRefused):
        services.recall(desk.releasing, sent, reason=" ")


def test_their_withdrawal_ends_the_clock_stops_replies_and_is_answered(desk: Desk) -> None:
    request = received_request(desk)
    draft = services.answer(desk.duty, request, answer_fields(), own=own_side())
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(request.envelope_id)})
    assert take_in(desk.channel).filed == 1
    request.refresh_from_db()
    assert request.state == Message.State.WITHDRAWN
    assert Clock.objects.get(message=request).state == Clock.State.ENDED
    request.case.refresh_from_db()
    assert request.case.waiting_on == Case.Waiting.NOBODY
    position = request.received.position  # type: ignore[union-attr]
    assert (position, position, "withdrawn", None, None) in dispositions(desk)
    for act in (
        lambda: services.submit(desk.duty, draft, version=1),
        lambda: services.answer(desk.duty, request, answer_fields()),
    ):
        with pytest.raises(ActRefused) as refused:
            act()
        assert refused.value.reason_code == "exchange.withdrawn"


def test_a_withdrawal_of_what_they_never_sent_is_refused_to_them(desk: Desk) -> None:
    sent = delivered_request(desk)
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(sent.envelope_id)})
    assert take_in(desk.channel).filed == 0
    assert dispositions(desk)[-1][2:4] == ("refused", "exchange.unknown-message")


def test_a_case_closed_as_acted_upon_tells_so_of_what_was_given_and_of_no_request(desk: Desk) -> None:
    request = received_request(desk)
    desk.peer.send("spontaneous-information", from_india(information_fields(INDIA, CANADA)))
    take_in(desk.channel)
    message = Message.objects.get(kind="spontaneous-information")
    assert message.case == request.case
    draft = services.answer(desk.duty, request, answer_fields(), own=own_side())
    from tests.exchange.test_answering import leave

    leave(desk, draft)
    closed = services.close_case(desk.duty, request.case, outcome="acted")
    assert closed.outcome == "acted"
    position = message.received.position  # type: ignore[union-attr]
    assert [item for item in dispositions(desk) if item[2] == "acted"] == [(position, position, "acted", None, None)]
    assert DecisionRecord.objects.filter(kind="disposition").count() == 3


def test_a_case_closed_without_action_tells_nothing(desk: Desk) -> None:
    desk.peer.send("spontaneous-information", from_india(information_fields(INDIA, CANADA)))
    take_in(desk.channel)
    services.close_case(desk.duty, Message.objects.get().case, outcome="no-action")
    assert not [item for item in dispositions(desk) if item[2] == "acted"]
