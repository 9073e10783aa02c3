"""What became of messages is told in the fewest ranges, and what we are told is noted on what we sent."""

from hypothesis import given
from hypothesis import strategies as st

from accord.channel.disposition import Disposition, DispositionItem, decode_dispositions, encode_dispositions
from accord.courier.models import Outbox
from accord.exchange.models import Message
from accord.release.dispositions import Became, in_ranges
from accord.release.intake import take_in
from accord.release.models import ReleasedMessage
from accord.release.received import Handled
from tests.desk import Desk, flush, released_request

FATES = st.sampled_from(
    [
        Handled(state="filed"),
        Handled(state="expired-unread"),
        Handled(state="refused", code="release.schema-refused"),
        Handled(state="refused", code="law.refuses", rule="BI-07"),
    ]
)


@given(st.dictionaries(st.integers(0, 400), FATES, min_size=1, max_size=60))
def test_ranges_say_the_same_as_the_single_fates(fates: dict[int, Handled]) -> None:
    items = in_ranges(Became(position, fates[position]) for position in sorted(fates))
    told = {
        position: (item.state.value, item.code, item.rule)
        for item in decode_dispositions(encode_dispositions(items))
        for position in range(item.first, item.last + 1)
    }
    assert told == {position: (fate.state, fate.code, fate.rule) for position, fate in fates.items()}


@given(st.integers(1, 300))
def test_neighbours_of_one_fate_are_one_range(count: int) -> None:
    assert len(in_ranges(Became(position, Handled(state="filed")) for position in range(count))) == 1


def told(desk: Desk, *items: DispositionItem) -> None:
    desk.peer.send("disposition", encode_dispositions(items), handling="H0")
    assert take_in(desk.channel).filed == 1


def test_a_message_of_ours_that_was_filed_shows_it(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk)
    told(desk, DispositionItem(first=0, last=0, state=Disposition.FILED))
    sent.refresh_from_db()
    assert sent.state == Message.State.FILED
    assert ReleasedMessage.objects.get().outcome == "filed"


def test_a_message_of_ours_that_was_refused_shows_code_and_rule(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk)
    told(desk, DispositionItem(first=0, last=0, state=Disposition.REFUSED, code="law.refuses", rule="IN-04"))
    sent.refresh_from_db()
    assert (sent.state, sent.disposed_code, sent.disposed_rule) == (Message.State.REFUSED, "law.refuses", "IN-04")


def test_a_disposition_of_what_we_never_sent_changes_nothing(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk)
    told(desk, DispositionItem(first=1, last=900, state=Disposition.ACTED))
    sent.refresh_from_db()
    assert sent.state == Message.State.RELEASED


def test_a_broken_disposition_is_parked_and_answered_by_none(desk: Desk) -> None:
    desk.peer.send("disposition", b"\xa0", handling="H0")
    assert take_in(desk.channel).stopped == 1
    assert not Outbox.objects.exists()
