"""The story: a request is drafted, refused, cured, approved, released; theirs is taken, answered, released."""

from accord.channel.disposition import decode_dispositions
from accord.courier.models import Entry, Outbox
from accord.exchange import services
from accord.exchange.models import Case, Clock, Message
from accord.release.intake import take_in
from accord.release.models import DecisionRecord, ReceivedMessage, ReleasedMessage
from tests.desk import CANADA, INDIA, Desk, answer_fields, from_india, own_side, released_request, request_fields, seen


def test_a_request_leaves_exactly_as_it_was_approved(desk: Desk) -> None:
    sent = released_request(desk)
    outbox = Outbox.objects.get()
    assert sent.state == Message.State.RELEASED
    assert sent.approval is not None
    assert bytes(outbox.payload) == bytes(sent.approval.payload) == bytes(sent.content)
    assert outbox.kind == "request"
    assert bytes(outbox.decision_digest) == bytes(ReleasedMessage.objects.get().decision.commitment)
    sent.case.refresh_from_db()
    assert sent.case.waiting_on == Case.Waiting.THEM


def test_a_request_of_theirs_is_filed_answered_and_its_clock_ends(desk: Desk) -> None:
    desk.peer.send("request", from_india(request_fields(INDIA, CANADA)))
    assert take_in(desk.channel).filed == 1
    row = services.queue(desk.duty, section=services.Section.NEW)[0]
    assert row.message is not None
    assert row.reading is not None
    assert [capital.capital for capital in row.reading.capitals] == ["Ottawa", "New Delhi"]
    services.take(desk.duty, row.case)
    inquiry = services.ask_agency(desk.duty, row.case, agency="HC", question="Is the consignee licensed?")
    services.record_reply(desk.duty, inquiry, text="No.", holds_information=True)
    draft = services.answer(desk.duty, row.message, answer_fields(), own=own_side())
    draft = services.submit(desk.duty, draft, version=1)
    assert draft.approval is not None
    services.approve(desk.releasing, draft, **seen(draft))
    sent = services.release(desk.releasing, draft)
    assert sent.state == Message.State.RELEASED
    assert Clock.objects.get().state == Clock.State.ENDED
    answer = Outbox.objects.get(kind="answer")
    assert answer.in_reply_to == row.message.envelope_id
    disposition = Outbox.objects.get(kind="disposition")
    (item,) = decode_dispositions(bytes(disposition.payload))
    assert (item.first, item.last, item.state.value) == (0, 0, "filed")
    assert Entry.objects.get().handled_at is not None
    assert ReceivedMessage.objects.get().state == ReceivedMessage.State.FILED
    assert DecisionRecord.objects.filter(action="use").count() == 1
