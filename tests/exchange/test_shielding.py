"""An answer that shields someone is the same in words and in time as one that shields nobody."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accord.courier.models import Alarm, Outbox
from accord.exchange import services
from accord.exchange.errors import ActRefused
from accord.exchange.models import Message
from accord.exchange.shielding import SHARE_OF_LIMIT, SLOT, release_slot
from accord.release.models import Approval
from tests.desk import Desk, answer_fields, approved, own_side, received_request

RECEIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LIMITS = st.sampled_from([timedelta(hours=8), timedelta(days=3), timedelta(days=7)])


@given(LIMITS, st.integers(0, 60 * 24 * 20))
def test_the_moment_depends_on_the_request_and_lies_ahead(limit: timedelta, minutes: int) -> None:
    now = RECEIVED + timedelta(minutes=minutes)
    slot = release_slot(received_at=RECEIVED, limit=limit, now=now)
    assert slot >= now
    assert slot == RECEIVED + limit * SHARE_OF_LIMIT or (slot - RECEIVED) % SLOT == timedelta()


@given(LIMITS, st.integers(0, 300), st.integers(0, 300))
def test_two_answers_approved_at_different_times_before_it_leave_at_the_same_moment(
    limit: timedelta, one: int, other: int
) -> None:
    slots = {
        release_slot(received_at=RECEIVED, limit=limit, now=RECEIVED + timedelta(minutes=minutes))
        for minutes in (one, other)
    }
    assert slots == {RECEIVED + limit * SHARE_OF_LIMIT}


def answered(desk: Desk, case: str, now: datetime, *, after: timedelta, shielded: bool) -> Message:
    """Answers one request, first trying to say something of a protected person where ``shielded``."""
    request = received_request(desk, case=case, now=now)
    moment = now + after
    if shielded:
        own = own_side(has_personal_data=True, protection_statuses=["claimant"])
        draft = services.answer(desk.duty, request, answer_fields(), own=own)
        assert services.check_draft(desk.duty, draft).outward == "cannot-confirm-or-deny"
    draft = services.cannot_confirm(desk.duty, request, now=moment)
    message = services.submit(desk.duty, draft, version=1, now=moment)
    message = services.release(desk.releasing, approved(desk, message, now=moment), now=moment)
    assert message.state == Message.State.APPROVED
    return message


def test_shielded_and_plain_answers_are_equal_in_words_and_leave_at_the_same_moment(desk: Desk) -> None:
    now = timezone.now()
    plain = answered(desk, "IN-2026-000001", now, after=timedelta(minutes=3), shielded=False)
    shielded = answered(desk, "IN-2026-000002", now, after=timedelta(days=2), shielded=True)
    assert plain.release_at == shielded.release_at == now + timedelta(days=5, hours=6)
    assert services.release_due(now=now + timedelta(days=5)) == 0
    assert services.release_due(now=now + timedelta(days=5, hours=6)) == 2
    sent = [msgspec.json.decode(bytes(row.payload)) for row in Outbox.objects.filter(kind="answer").order_by("id")]
    assert len(sent) == 2
    references = {"message_ref", "case_ref_own", "case_ref_other"}
    stripped = [{name: value for name, value in fields.items() if name not in references} for fields in sent]
    assert stripped[0] == stripped[1]
    assert len({len(bytes(row.payload)) for row in Outbox.objects.filter(kind="answer")}) == 1


def test_an_officer_cannot_add_a_hint_to_it(desk: Desk) -> None:
    request = received_request(desk)
    draft = services.cannot_confirm(desk.duty, request)
    for hint in (
        {"conditions": "Ask us in person."},
        {"legal_basis": ["Immigration and Refugee Protection Act, section 115"]},
        {"liaison_contact": "Counsel for refugees"},
        {"language": "fr"},
        {"caveats": [{**draft.fields["caveats"][0], "permitted_uses": ["A claimant."]}]},  # type: ignore[index]
    ):
        with pytest.raises(ActRefused) as refused:
            services.save_draft(desk.duty, draft, version=1, fields={**draft.fields, **hint})
        assert refused.value.reason_code == "exchange.fixed-words"


def test_a_hint_written_past_the_form_is_neither_submitted_nor_released(desk: Desk) -> None:
    now = timezone.now()
    draft = services.cannot_confirm(desk.duty, received_request(desk, now=now), now=now)
    plain = bytes(draft.content)
    hint = msgspec.json.encode({**draft.fields, "language": "fr"})
    Message.objects.filter(pk=draft.pk).update(content=hint)
    with pytest.raises(ActRefused):
        services.submit(desk.duty, draft, version=1, now=now)
    Message.objects.filter(pk=draft.pk).update(content=plain)
    message = approved(desk, services.submit(desk.duty, draft, version=1, now=now), now=now)
    message = services.release(desk.releasing, message, now=now)
    Message.objects.filter(pk=draft.pk).update(content=hint)
    assert services.release_due(now=message.release_at) == 0
    assert not Outbox.objects.filter(kind="answer").exists()


def test_what_waits_for_its_hour_leaves_once(desk: Desk) -> None:
    now = timezone.now()
    answered(desk, "IN-2026-000001", now, after=timedelta(0), shielded=False)
    later = now + timedelta(days=5, hours=6, minutes=1)
    assert services.release_due(now=later) == 1
    assert services.release_due(now=later) == 0


def test_one_that_can_no_longer_leave_raises_an_alarm_and_holds_up_no_other(desk: Desk) -> None:
    now = timezone.now()
    for case in ("IN-2026-000001", "IN-2026-000002"):
        answered(desk, case, now, after=timedelta(0), shielded=False)
    Approval.objects.filter(pk=Approval.objects.earliest("requested_at").pk).update(expires_at=now)
    assert services.release_due(now=now + timedelta(days=5, hours=6)) == 1
    assert Alarm.objects.get().code == "exchange.not-released"


def test_nothing_leaves_by_the_hour_that_no_officer_released(desk: Desk) -> None:
    now = timezone.now()
    request = received_request(desk, now=now)
    draft = services.cannot_confirm(desk.duty, request, now=now)
    approved(desk, services.submit(desk.duty, draft, version=1, now=now), now=now)
    assert services.release_due(now=now + timedelta(days=6)) == 0


def test_one_released_after_its_moment_leaves_at_the_next_full_hour_from_receipt(desk: Desk) -> None:
    now = timezone.now()
    request = received_request(desk, now=now)
    draft = services.cannot_confirm(desk.duty, request, now=now + timedelta(days=5))
    message = services.submit(desk.duty, draft, version=1, now=now + timedelta(days=5))
    late = now + timedelta(days=5, hours=6, minutes=17)
    message = services.release(desk.releasing, approved(desk, message, now=late), now=late)
    assert message.state == Message.State.APPROVED
    assert message.release_at == now + timedelta(days=5, hours=7)
    assert services.release_due(now=late) == 0
    assert services.release_due(now=now + timedelta(days=5, hours=7)) == 1


def test_one_released_late_within_its_hour_does_not_lapse_before_the_next_one(desk: Desk) -> None:
    now = timezone.now()
    draft = services.cannot_confirm(desk.duty, received_request(desk, now=now), now=now)
    message = approved(desk, services.submit(desk.duty, draft, version=1, now=now), now=now)
    slot = now + timedelta(days=5, hours=6)
    message = services.release(desk.releasing, message, now=slot + timedelta(minutes=30))
    assert message.release_at == slot + timedelta(hours=1)
    assert services.release_due(now=slot + timedelta(hours=1)) == 1
    assert not Alarm.objects.exists()
