"""Retention: timers that nobody moves later, erasure that is real and told, and legal holds that stop it."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.kinds import ERASURE_NOTICE
from accord.exchange.models import Message
from accord.exchange.text import TextRefused
from accord.handling.erasing import is_erased
from accord.handling.models import ErasureClaim, Keeping
from accord.handling.reading import mark_received
from accord.handling.retention import (
    KEEP_DAYS_MAX,
    confirm_need,
    erase_due,
    keepings_for,
    last_day,
    lift_hold,
    place_hold,
)
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted, Role
from accord.release.intake import take_in
from tests.desk import TODAY, Desk, caveat, days, flush, received_request, released_request

RECEIVED_ON = date(2026, 3, 1)


def kept(desk: Desk, **changed: Any) -> Message:
    message = received_request(desk, **changed)
    mark_received()
    return message


def later(count: int) -> Any:
    return timezone.now() + timedelta(days=count)


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"retention_until": "2026-04-01"}, date(2026, 4, 1)),
        ({"retention_until": "2041-04-01"}, RECEIVED_ON + timedelta(days=KEEP_DAYS_MAX)),
        ({}, RECEIVED_ON + timedelta(days=KEEP_DAYS_MAX)),
        ({"retention_until": "2026-06-01", "caveats": [{"expires_on": "2026-05-01"}]}, date(2026, 5, 1)),
        (
            {"retention_until": "2026-06-01", "caveats": [{"expires_on": "2026-05-01"}, {"expires_on": "2026-05-20"}]},
            date(2026, 5, 20),
        ),
        ({"retention_until": "2026-06-01", "caveats": [{"expires_on": "2027-05-01"}]}, date(2026, 6, 1)),
    ],
)
def test_the_last_day_is_the_first_of_what_ends_it(fields: dict[str, object], end: date) -> None:
    assert last_day(fields, RECEIVED_ON) == end


def test_what_is_over_its_day_is_erased_with_words_and_told_by_identifier_alone(desk: Desk) -> None:
    message = kept(desk, retention_until=days(10))
    assert erase_due(now=later(10)) == 0
    assert erase_due(now=later(11)) == 1
    message.refresh_from_db()
    assert is_erased(message)
    assert b"industrial intermediate" not in bytes(message.content)
    row = Outbox.objects.get(kind=ERASURE_NOTICE)
    assert msgspec.json.decode(bytes(row.payload)) == {"schema_version": 1, "erased": [str(message.envelope_id)]}
    assert Act.objects.filter(verb="erase message", officer=None, object_id=str(message.pk)).exists()
    assert erase_due(now=later(12)) == 0
    assert Outbox.objects.filter(kind=ERASURE_NOTICE).count() == 1


def test_a_hold_stops_erasure_until_another_officer_lifts_it(desk: Desk) -> None:
    message = kept(desk, retention_until=days(10))
    hold = place_hold(desk.releasing, message.case, reason="A complaint is examined (specimen).")
    assert erase_due(now=later(400)) == 0
    with pytest.raises(ActRefused) as twice:
        place_hold(desk.releasing, message.case, reason="Again.")
    assert twice.value.reason_code == "handling.held-already"
    with pytest.raises(ActRefused) as own:
        lift_hold(desk.releasing, hold, reason="Done.")
    assert own.value.reason_code == "handling.own-hold"
    lift_hold(desk.again(Role.RELEASING, "another"), hold, reason="The complaint is settled.")
    assert erase_due(now=later(400)) == 1
    message.refresh_from_db()
    assert is_erased(message)


def test_a_hold_on_another_case_keeps_nothing_here(desk: Desk) -> None:
    message = kept(desk, retention_until=days(10))
    other = kept(desk, retention_until=days(10), case="IN-2026-000099")
    place_hold(desk.releasing, other.case, reason="A complaint (specimen).")
    assert erase_due(now=later(11)) == 1
    message.refresh_from_db()
    other.refresh_from_db()
    assert (is_erased(message), is_erased(other)) == (True, False)


def test_a_draft_that_quotes_what_is_erased_loses_the_passage(desk: Desk) -> None:
    long = (
        "The drum was seen on the quay beside the third crane before it was loaded on the night of the second"
        " (specimen)."
    )
    message = kept(desk, retention_until=days(10), facts=long)
    services.take(desk.duty, message.case)
    draft = services.clarify(desk.duty, message, {}, points=[long])
    erase_due(now=later(11))
    draft.refresh_from_db()
    assert b"third crane" not in bytes(draft.content)


def test_a_clock_that_runs_backwards_erases_nothing_early_and_nothing_twice(desk: Desk) -> None:
    kept(desk, retention_until=days(10))
    assert erase_due(now=later(-400)) == 0
    assert erase_due(now=later(11)) == 1
    assert erase_due(now=later(5)) == 0


def test_the_need_is_confirmed_and_moves_no_last_day(desk: Desk) -> None:
    message = kept(
        desk, retention_until=days(800), review_on=days(20), caveats=[caveat("RCMP") | {"expires_on": days(800)}]
    )
    row = Keeping.objects.get(pk=message.pk)
    assert row.review_on == TODAY + timedelta(days=20)
    confirmed = confirm_need(desk.duty, message, need="The inquiry goes on (specimen).", now=later(20))
    assert confirmed.keep_until == row.keep_until == TODAY + timedelta(days=800)
    assert confirmed.review_on == TODAY + timedelta(days=20 + 365)
    again = confirm_need(desk.duty, message, need="Still.", now=later(600))
    assert again.review_on is None
    with pytest.raises(TextRefused):
        confirm_need(desk.duty, message, need=" ")
    erase_due(now=later(801))
    with pytest.raises(ActRefused) as gone:
        confirm_need(desk.duty, message, need="Still.")
    assert gone.value.reason_code == "handling.not-kept"


def test_who_may_hold_and_confirm(desk: Desk) -> None:
    message = kept(desk)
    for role in (Role.LIAISON, Role.DUTY, Role.REVIEWER, Role.DECIDER, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            place_hold(desk.officers[role], message.case, reason="Why.")
    hold = place_hold(desk.releasing, message.case, reason="Why.")
    with pytest.raises(NotPermitted):
        lift_hold(desk.duty, hold, reason="Why.")
    with pytest.raises(NotPermitted):
        confirm_need(desk.releasing, message, need="Why.")
    with pytest.raises(NotPermitted):
        keepings_for(desk.administrator)
    assert keepings_for(desk.duty, is_held=True).get().pk == message.pk
    assert not keepings_for(desk.duty, is_held=False).exists()


def test_their_notice_is_kept_as_a_claim_about_ours_alone(desk: Desk) -> None:
    sent = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    theirs = kept(desk)
    payload = {"schema_version": 1, "erased": [str(sent.envelope_id), str(theirs.envelope_id), str(uuid4())]}
    for _ in range(2):
        desk.peer.send(ERASURE_NOTICE, payload)
        assert take_in(desk.channel).filed == 1
    assert ErasureClaim.objects.get().message_id == sent.pk
    sent.refresh_from_db()
    assert not is_erased(sent)
