"""What arrived is read soon after its filing: each step once, whatever happens in between, and a search says so."""

import pytest

from accord.exchange import arriving, services
from accord.exchange.arriving import Step, done, held, waiting
from accord.exchange.models import Arrival, Message, SearchEntry
from accord.exchange.search import finding, indexing
from accord.exchange.search.finding import Found, Wanted, find
from accord.exchange.search.indexing import INDEXED_TOGETHER, forget, index_arrived, rebuild
from accord.handling.erasing import erase_message
from accord.handling.reading import mark_received
from accord.node.notices.deriving import make_notices
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.release.intake import take_in
from tests.desk import CANADA, INDIA, Desk, from_india, received_request, request_fields

pytestmark = pytest.mark.django_db


def filed(desk: Desk, *, case: str = "IN-2026-000007", **changed: object) -> Message:
    """A request that is filed and of which nothing was read yet."""
    entry = desk.peer.send("request", from_india(request_fields(INDIA, CANADA, **changed), case=case))
    assert take_in(desk.channel).filed == 1
    return Message.objects.select_related("case").get(envelope_id=entry.envelope_id)


def looked_for(officer: Officer, words: str, **wanted: str) -> Found:
    return find(officer, Wanted(words=words, **wanted))  # type: ignore[arg-type]


def test_a_search_says_what_it_could_not_look_through_until_it_is_indexed(desk: Desk) -> None:
    message = filed(desk, facts="About Zanzibarite.")
    found = looked_for(desk.duty, "zanzibarite")
    assert (found.hits, found.count, found.waiting, found.waits_more) == ([], 0, 1, False)
    assert index_arrived() == 1
    found = looked_for(desk.duty, "zanzibarite")
    assert ([hit.entry.key for hit in found.hits], found.waiting) == ([message.pk], 0)
    assert index_arrived() == 0


def test_what_waits_is_told_within_ones_reach_and_within_what_is_asked_for(desk: Desk) -> None:
    asked = received_request(desk)
    services.take(desk.liaison, asked.case)
    services.keep_to_team(desk.liaison, asked.case, reason="Few.")
    filed(desk, case="IN-2026-000007")
    stranger = desk.again(Role.DUTY, "stranger")
    assert looked_for(stranger, "zanzibarite").waiting == 0
    assert looked_for(desk.liaison, "zanzibarite").waiting == 1
    assert looked_for(desk.liaison, "zanzibarite", subject="message", peer="IN", theme="precursors").waiting == 1
    assert looked_for(desk.liaison, "zanzibarite", subject="note").waiting == 0
    assert looked_for(desk.liaison, "zanzibarite", theme="fraud").waiting == 0
    assert looked_for(desk.liaison, "zanzibarite", peer="FR").waiting == 0


def test_what_waits_is_counted_so_far(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "COUNTED_MAX", 2)
    for number in range(3):
        filed(desk, case=f"IN-2026-{number}")
    found = looked_for(desk.duty, "zanzibarite")
    assert (found.waiting, found.waits_more) == (2, True)


def test_what_is_withdrawn_or_erased_before_it_is_indexed_never_is(desk: Desk) -> None:
    withdrawn, erased, kept = (filed(desk, case=f"IN-2026-{number}", facts="About Zanzibarite.") for number in range(3))
    Message.objects.filter(pk=withdrawn.pk).update(state=Message.State.WITHDRAWN)
    forget([withdrawn.pk])
    erase_message(erased)
    assert looked_for(desk.duty, "zanzibarite").waiting == 1
    index_arrived()
    assert list(SearchEntry.objects.filter(subject="message").values_list("key", flat=True)) == [kept.pk]
    assert looked_for(desk.duty, "zanzibarite").count == 1


def test_what_is_erased_while_it_is_indexed_leaves_no_word_in_the_index(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = filed(desk, facts="About Zanzibarite.")
    read = indexing.entry_of_message

    def erased_meanwhile(one: Message, *references: str) -> SearchEntry:
        entry = read(one, *references)
        erase_message(message)
        return entry

    monkeypatch.setattr(indexing, "entry_of_message", erased_meanwhile)
    index_arrived()
    assert not SearchEntry.objects.filter(key=message.pk).exists()
    assert waiting(Step.SEARCH, limit=9) == {}


def test_a_turn_that_dies_indexes_nothing_and_the_next_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    message = filed(desk, facts="About Zanzibarite.")

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(indexing, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            index_arrived()
    assert not SearchEntry.objects.filter(key=message.pk).exists()
    assert index_arrived() == 1
    assert looked_for(desk.duty, "zanzibarite").count == 1


def test_a_turn_ends_with_its_time_and_the_next_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "INDEXED_TOGETHER", 2)
    assert INDEXED_TOGETHER > 2
    for number in range(3):
        filed(desk, case=f"IN-2026-{number}")
    assert [index_arrived(seconds=0.0) for _turn in range(3)] == [2, 1, 0]
    assert SearchEntry.objects.filter(subject="message").count() == 3


def test_an_index_made_anew_holds_what_waited_once(desk: Desk) -> None:
    message = filed(desk, facts="About Zanzibarite.")
    rebuild()
    assert waiting(Step.SEARCH, limit=9) == {}
    assert index_arrived() == 0
    assert SearchEntry.objects.filter(key=message.pk).count() == 1


def test_an_arrival_goes_when_every_step_was_taken_in_whatever_order(desk: Desk) -> None:
    filed(desk)
    make_notices()
    mark_received()
    assert Arrival.objects.values_list(*Step).get() == (True, False, False)
    index_arrived()
    assert not Arrival.objects.exists()


def test_what_another_process_did_meanwhile_is_not_held(desk: Desk) -> None:
    filed(desk)
    arrived = waiting(Step.MARKS, limit=9)
    done(Step.MARKS, arrived)
    assert held(Step.MARKS, arrived) == set()
    assert held(Step.SEARCH, arrived) == set(arrived.values())


def test_what_is_urgent_is_told_first(desk: Desk) -> None:
    plain = filed(desk, case="IN-2026-1")
    urgent = filed(desk, case="IN-2026-2", urgency="urgent", urgency_ground="life-or-limb", urgency_text="Now.")
    assert list(waiting(Step.NOTICE, limit=9).values()) == [urgent.pk, plain.pk]
    assert list(waiting(Step.SEARCH, limit=9).values()) == [plain.pk, urgent.pk]


def test_what_came_before_notices_began_is_not_told(desk: Desk) -> None:
    message = filed(desk)
    assert message.received_at is not None
    arriving.skip_before(Step.NOTICE, message.received_at)
    assert waiting(Step.NOTICE, limit=9) != {}
    Message.objects.filter(pk=message.pk).update(received_at=message.received_at.replace(year=2020))
    arriving.skip_before(Step.NOTICE, message.received_at)
    assert waiting(Step.NOTICE, limit=9) == {}
