"""Our side's acts on a text that both sides sign, and the other side's as they arrive."""

import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accord.courier.models import Alarm, Outbox
from accord.exchange.text import TextRefused
from accord.instruments.canonical import canonical_bytes, digest_of
from accord.instruments.errors import InstrumentRefused
from accord.instruments.kinds import TEXT_ANSWER, TEXT_OFFER, TextOffer, offer_bytes, read_offer
from accord.instruments.models import Instrument, Remark, Signature, Text
from accord.instruments.services import accept, decline, discard, end, offer, prepare, remark, withdraw
from accord.officers.permissions import NotPermitted, Permission, Role
from accord.release.follow import follow_all
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from tests.desk import Desk, flush
from tests.instruments.conftest import Specimen, Told

pytestmark = pytest.mark.usefixtures("told")


def content(words: str = "first", by: str = "") -> bytes:
    return canonical_bytes(Specimen(words=words, proposed_by=by))


def prepared(desk: Desk, words: str = "first", instrument: Instrument | None = None) -> Text:
    return prepare(
        desk.officers[Role.POLICY], peer="IN", type_name="specimen", content=content(words), instrument=instrument
    )


def offered(desk: Desk, words: str = "first", instrument: Instrument | None = None) -> Text:
    return offer(desk.officers[Role.SIGNATORY], prepared(desk, words, instrument))


def arrives(desk: Desk, kind: str, payload: object) -> str:
    """Takes a message of theirs in; returns the code it was refused with, or nothing."""
    desk.peer.send(kind, payload)
    if take_in(desk.channel).filed == 1:
        return ""
    return ReceivedMessage.objects.latest("pk").reason_code


def they_answer(desk: Desk, text: Text, act: str, **changed: Any) -> str:
    return arrives(
        desk,
        TEXT_ANSWER,
        {
            "schema_version": 1,
            "instrument": str(text.instrument_id),
            "number": text.number,
            "digest": bytes(text.digest).hex(),
            "act": act,
            "signed_as": "Their signatory (specimen)",
            **changed,
        },
    )


def they_offer(desk: Desk, words: str = "theirs", **changed: Any) -> str:
    whole: dict[str, Any] = {
        "instrument": uuid4(),
        "type": "specimen",
        "number": 1,
        "previous": None,
        "content": content(words),
        "signed_as": "Their signatory (specimen)",
        **changed,
    }
    return arrives(desk, TEXT_OFFER, offer_bytes(TextOffer(**whole)))


def their_text() -> Text:
    return Text.objects.filter(is_ours=False).latest("prepared_at")


def receipt(desk: Desk) -> None:
    """The other side's receipt of everything that waits arrives."""
    flush(desk, receipted_at=timezone.now())
    follow_all()


def they_dispose(desk: Desk, envelope: UUID, state: str, code: str | None = None) -> None:
    from accord.channel.disposition import Disposition, DispositionItem, encode_dispositions

    position = Outbox.objects.get(envelope_id=envelope).position
    assert position is not None
    item = DispositionItem(first=position, last=position, state=Disposition(state), code=code)
    desk.peer.send("disposition", encode_dispositions([item]))
    take_in(desk.channel)


def refused(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(InstrumentRefused) as caught:
        act(*args, **kwargs)
    return caught.value.reason_code


def test_an_offer_travels_whole_and_their_signature_makes_it_the_agreed_text(desk: Desk, told: Told) -> None:
    text = offered(desk)
    sent = Outbox.objects.get(kind=TEXT_OFFER)
    read = read_offer(bytes(sent.payload))
    assert (read.number, read.previous, read.content, read.digest) == (1, None, content(), digest_of(content()))
    assert they_answer(desk, text, "accept") == ""
    text.refresh_from_db()
    instrument = Instrument.objects.get()
    assert (text.state, instrument.agreed, told.what) == (Text.State.AGREED, text, [("agreed", 1)])
    assert [(one.is_ours, one.signed_as) for one in text.signatures.all()] == [
        (True, "The signatory"),
        (False, "Their signatory (specimen)"),
    ]
    following = offered(desk, "second", instrument)
    assert (following.number, bytes(following.previous or b"")) == (2, digest_of(content()))


def test_their_text_is_agreed_when_the_receipt_of_our_signature_is_on_file(desk: Desk, told: Told) -> None:
    assert they_offer(desk) == ""
    accept(desk.officers[Role.SIGNATORY], their_text())
    assert (their_text().state, told.what) == (Text.State.ACCEPTED, [])
    receipt(desk)
    assert their_text().state == Text.State.AGREED
    assert told.what == [("agreed", 1)]
    assert Instrument.objects.get().agreed == their_text()


def test_an_offer_that_builds_on_what_we_signed_is_the_receipt_of_it(desk: Desk, told: Told) -> None:
    they_offer(desk)
    first = accept(desk.officers[Role.SIGNATORY], their_text())
    later = {"instrument": first.instrument_id, "number": 2, "previous": bytes(first.digest)}
    assert they_offer(desk, "next", **later) == ""
    assert [(one.number, one.state) for one in Text.objects.all()] == [(2, "offered"), (1, "agreed")]


def test_only_who_may_prepares_and_only_another_who_may_signs(desk: Desk) -> None:
    text = prepared(desk)
    for role, officer in desk.officers.items():
        if role is not Role.POLICY:
            with pytest.raises(NotPermitted):
                prepare(officer, peer="IN", type_name="specimen", content=content())
        if role is not Role.SIGNATORY:
            with pytest.raises(NotPermitted):
                offer(officer, text)
    both = desk.officers[Role.POLICY]
    both.roles = [*both.roles, "signatory"]
    both.save()
    assert refused(offer, both, text) == "instruments.own-text"
    assert not Outbox.objects.exists()
    assert both.may(Permission.AGREEMENT_SIGN)


def test_a_signature_over_other_bytes_is_refused_and_raises_an_alarm(desk: Desk) -> None:
    text = offered(desk)
    assert they_answer(desk, text, "accept", digest="ab" * 32) == "instruments.other-bytes"
    text.refresh_from_db()
    assert (text.state, text.signatures.count()) == (Text.State.OFFERED, 1)
    assert Alarm.objects.get().code == "instruments.other-bytes"


def test_while_our_offer_stands_theirs_of_the_same_number_cannot_be_signed(desk: Desk) -> None:
    text = offered(desk)
    assert they_offer(desk, instrument=text.instrument_id) == ""
    signatory = desk.officers[Role.SIGNATORY]
    assert refused(accept, signatory, their_text()) == "instruments.own-offer-stands"
    withdraw(signatory, text, reason="Theirs says it better.")
    assert refused(accept, signatory, their_text()) == "instruments.own-offer-stands"
    flush(desk)
    text.refresh_from_db()
    they_dispose(desk, text.settling_envelope_id or uuid4(), "filed")
    text.refresh_from_db()
    assert text.state == Text.State.WITHDRAWN
    assert accept(signatory, their_text()).state == Text.State.ACCEPTED


def test_a_withdrawal_that_crosses_their_signature_comes_too_late(desk: Desk) -> None:
    text = offered(desk)
    withdraw(desk.officers[Role.SIGNATORY], text)
    flush(desk)
    text.refresh_from_db()
    they_dispose(desk, text.settling_envelope_id or uuid4(), "refused", "instruments.accepted-already")
    text.refresh_from_db()
    assert text.state == Text.State.OFFERED
    assert they_answer(desk, text, "accept") == ""
    text.refresh_from_db()
    assert text.state == Text.State.AGREED


def test_their_signature_before_our_withdrawal_is_disposed_of_agrees_the_text(desk: Desk) -> None:
    text = offered(desk)
    withdraw(desk.officers[Role.SIGNATORY], text)
    assert they_answer(desk, text, "accept") == ""
    flush(desk)
    text.refresh_from_db()
    they_dispose(desk, text.settling_envelope_id or uuid4(), "refused", "instruments.accepted-already")
    text.refresh_from_db()
    assert text.state == Text.State.AGREED


def test_what_they_withdraw_before_we_sign_cannot_be_signed_and_after_is_refused(desk: Desk) -> None:
    they_offer(desk)
    text = their_text()
    assert they_answer(desk, text, "withdraw") == ""
    assert refused(accept, desk.officers[Role.SIGNATORY], text) == "instruments.not-on-offer"
    they_offer(desk, instrument=text.instrument_id)
    accept(desk.officers[Role.SIGNATORY], their_text())
    assert they_answer(desk, their_text(), "withdraw") == "instruments.accepted-already"
    assert their_text().state == Text.State.ACCEPTED


def test_an_offer_against_a_stale_text_is_refused_on_either_side(desk: Desk) -> None:
    first = offered(desk)
    second = prepared(desk, "other", Instrument.objects.get())
    they_answer(desk, first, "accept")
    second.refresh_from_db()
    assert second.state == Text.State.OVERTAKEN
    assert refused(offer, desk.officers[Role.SIGNATORY], second) == "instruments.not-on-offer"
    stale = {"instrument": first.instrument_id, "number": 1}
    assert they_offer(desk, **stale) == "instruments.stale-text"
    assert they_offer(desk, **{**stale, "number": 2, "previous": b"x" * 32}) == "instruments.stale-text"
    assert they_offer(desk, **{**stale, "number": 3, "previous": bytes(first.digest)}) == "instruments.stale-text"
    assert they_answer(desk, first, "accept") == "instruments.stale-text"


def test_a_refusal_of_our_offer_by_their_node_is_told_with_its_code(desk: Desk, told: Told) -> None:
    text = offered(desk)
    flush(desk)
    they_dispose(desk, Signature.objects.get().envelope_id, "refused", "instruments.stale-text")
    text.refresh_from_db()
    assert (text.state, text.settled_code) == (Text.State.REFUSED, "instruments.stale-text")
    assert told.what == []


def test_a_refusal_of_our_signature_raises_an_alarm_and_takes_nothing_back(desk: Desk) -> None:
    they_offer(desk)
    text = accept(desk.officers[Role.SIGNATORY], their_text())
    receipt(desk)
    they_dispose(desk, text.signatures.get(is_ours=True).envelope_id, "refused", "instruments.not-on-offer")
    assert their_text().state == Text.State.AGREED
    assert Alarm.objects.get().code == "instruments.signature-disputed"


def test_a_decline_needs_a_reason_and_leaves_room_for_another_offer(desk: Desk) -> None:
    text = offered(desk)
    assert they_answer(desk, text, "decline") != ""
    assert they_answer(desk, text, "decline", reason="The date is too early.") == ""
    text.refresh_from_db()
    assert (text.state, text.settled_reason) == (Text.State.DECLINED, "The date is too early.")
    again = offered(desk, "second", text.instrument)
    assert (again.number, again.state) == (1, Text.State.OFFERED)
    they_offer(desk)
    with pytest.raises(TextRefused):
        decline(desk.officers[Role.SIGNATORY], their_text(), reason=" ")
    assert decline(desk.officers[Role.SIGNATORY], their_text(), reason="No.").state == Text.State.DECLINED


def test_remarks_travel_both_ways_and_settle_nothing(desk: Desk) -> None:
    text = offered(desk)
    remark(desk.officers[Role.POLICY], text, words="Shall we say March?")
    assert they_answer(desk, text, "remark", reason="April.") == ""
    assert [(one.is_ours, one.words) for one in Remark.objects.all()] == [
        (True, "Shall we say March?"),
        (False, "April."),
    ]
    text.refresh_from_db()
    assert text.state == Text.State.OFFERED


def test_consent_ends_forward_and_never_backward(desk: Desk, told: Told) -> None:
    text = offered(desk)
    they_answer(desk, text, "accept")
    instrument, signatory, today = Instrument.objects.get(), desk.officers[Role.SIGNATORY], timezone.now().date()
    yesterday, month = today - timedelta(days=1), today + timedelta(days=30)
    assert refused(end, signatory, instrument, from_day=yesterday, reason="No.") == "instruments.day-past"
    end(signatory, instrument, from_day=month, reason="The law changed.")
    instrument.refresh_from_db()
    assert (instrument.ends_on, instrument.ended_by_us, instrument.agreed) == (month, True, text)
    assert refused(end, signatory, instrument, from_day=month, reason="Again.") == "instruments.ends-already"
    # Theirs names a day that is past: it counts from the day of their word.
    assert they_answer(desk, text, "end", reason="We too.", from_day=yesterday.isoformat()) == ""
    instrument.refresh_from_db()
    assert (instrument.ends_on, instrument.ended_by_us) == (today, False)
    text.refresh_from_db()
    assert text.state == Text.State.AGREED
    assert refused(prepared, desk, "later", instrument) == "instruments.ended"
    assert they_offer(desk, instrument=instrument.pk, number=2, previous=bytes(text.digest)) == "instruments.ended"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"type": "unheard"}, "instruments.unknown-type"),
        ({"content": b"{}"}, "instruments.not-of-type"),
        ({"content": b'{"words": "spaced"}'}, "instruments.not-of-type"),
        ({"content": canonical_bytes(Specimen(words="a\u202eb"))}, "instruments.hidden-characters"),
        ({"note": "a\u200bb"}, "instruments.hidden-characters"),
        ({"content": canonical_bytes(Specimen(words="x", proposed_by="CA"))}, "instruments.not-theirs-to-offer"),
        ({"number": 2, "previous": b"x" * 32}, "instruments.stale-text"),
    ],
)
def test_an_offer_that_is_not_one_is_refused_and_nothing_is_filed(
    desk: Desk, changed: dict[str, Any], code: str
) -> None:
    assert they_offer(desk, **changed) == code
    assert not Text.objects.exists()


def test_a_text_that_unpacks_without_end_is_refused_before_it_is_held(desk: Desk) -> None:
    bomb = zlib.compress(b'{"words":"' + b"x" * (17 * 1024 * 1024) + b'"}', 9)
    from accord.channel.encoding import encode

    fields = {1: 1, 2: uuid4().bytes, 3: "specimen", 4: 1, 5: None, 6: bytes(32), 7: bomb, 8: "x", 9: b""}
    assert arrives(desk, TEXT_OFFER, encode(fields)) != ""
    assert not Text.objects.exists()


def test_what_the_other_side_may_propose_alone_is_not_prepared_here(desk: Desk) -> None:
    policy = desk.officers[Role.POLICY]
    text = content("theirs", by="IN")
    assert refused(prepare, policy, peer="IN", type_name="specimen", content=text) == "instruments.not-ours-to-offer"
    assert refused(prepare, policy, peer="XX", type_name="specimen", content=content()) == "instruments.unknown-party"
    assert refused(prepare, policy, peer="IN", type_name="specimen", content=b"[]") == "instruments.not-of-type"


def test_a_discarded_text_never_left_and_the_same_text_is_not_offered_anew(desk: Desk) -> None:
    text = prepared(desk)
    assert discard(desk.officers[Role.POLICY], text).state == Text.State.WITHDRAWN
    assert refused(offer, desk.officers[Role.SIGNATORY], text) == "instruments.not-on-offer"
    agreed = offered(desk, "second", text.instrument)
    they_answer(desk, agreed, "accept")
    assert refused(prepared, desk, "second", agreed.instrument) == "instruments.nothing-changed"


def test_of_a_type_that_is_had_once_no_second_one_is_agreed_beside_it(desk: Desk) -> None:
    from dataclasses import replace

    from accord.instruments.types import register_type, type_of

    register_type(replace(type_of("specimen"), is_single=True))
    signatory = desk.officers[Role.SIGNATORY]
    ours = offered(desk)
    # They began one of their own in the same hour.
    assert they_offer(desk) == ""
    assert refused(accept, signatory, their_text()) == "instruments.own-offer-stands"
    assert they_answer(desk, ours, "accept") == ""
    assert their_text().state == Text.State.OVERTAKEN
    assert they_offer(desk, "a third") == "instruments.stale-text"
    another = prepared(desk, "a fourth")
    assert refused(offer, signatory, another) == "instruments.stale-text"
    end(signatory, ours.instrument, from_day=timezone.now().date(), reason="The law changed.")
    assert offer(signatory, another).state == Text.State.OFFERED


def test_what_we_answered_before_a_loss_of_storage_meets_their_offer_when_it_is_taken_in_again(
    desk: Desk, told: Told
) -> None:
    """Our own words come back first: an acceptance, and the end of our consent, of which the offer is still missing."""
    from accord.instruments.following import FOLLOWER
    from accord.release.models import DecisionRecord, ReleasedMessage

    they_offer(desk)
    signatory, day = desk.officers[Role.SIGNATORY], timezone.now().date()
    text = accept(signatory, their_text())
    receipt(desk)
    end(signatory, Instrument.objects.get(), from_day=day, reason="The law changed.")
    receipt(desk)
    key, instrument = text.instrument_id, text.instrument
    # The storage is lost but for what the peer gave back: our own answers, whose decisions are gone.
    Instrument.objects.update(agreed=None)
    Signature.objects.all().delete()
    Text.objects.all().delete()
    Instrument.objects.all().delete()
    told.what.clear()
    DecisionRecord.objects.filter(kind=TEXT_ANSWER).update(outcome="lost")
    for released in ReleasedMessage.objects.filter(kind=TEXT_ANSWER).select_related("outbox"):
        FOLLOWER.on_restored(released.pk, bytes(released.outbox.payload))
    assert not Text.objects.exists()
    assert they_offer(desk, instrument=key) == ""
    assert their_text().state == Text.State.AGREED
    assert their_text().signatures.filter(is_ours=True).count() == 1
    again = Instrument.objects.get()
    assert (again.agreed, again.ends_on, again.ended_by_us) == (their_text(), day, True)
    assert told.what == [("agreed", 1), ("ended", day.day)]
    assert instrument.pk == again.pk


def test_what_never_left_is_undone_but_for_the_end_of_our_consent(desk: Desk) -> None:
    from accord.instruments.following import FOLLOWER
    from accord.release.models import ReleasedMessage

    def never_left() -> None:
        FOLLOWER.on_unsent([ReleasedMessage.objects.latest("pk").pk], "expired")

    signatory = desk.officers[Role.SIGNATORY]
    ours = offered(desk)
    withdraw(signatory, ours)
    never_left()
    ours.refresh_from_db()
    assert (ours.state, ours.settling_envelope_id) == (Text.State.OFFERED, None)
    they_answer(desk, ours, "accept")
    end(signatory, ours.instrument, from_day=timezone.now().date(), reason="The law changed.")
    never_left()
    instrument = Instrument.objects.get()
    assert (instrument.ended_by_us, instrument.ends_on) == (True, timezone.now().date())
    assert Alarm.objects.get().code == "instruments.end-untold"
    they_offer(desk, "of another matter")
    accept(signatory, their_text())
    never_left()
    assert (their_text().state, their_text().signatures.filter(is_ours=True).count()) == (Text.State.OFFERED, 0)
    other = offered(desk, "a third matter")
    never_left()
    other.refresh_from_db()
    assert (other.state, other.signatures.count()) == (Text.State.PREPARED, 0)


def test_an_end_that_crosses_a_signature_ends_what_was_signed_too(desk: Desk, told: Told) -> None:
    first = offered(desk)
    they_answer(desk, first, "accept")
    second = offered(desk, "second", Instrument.objects.get())
    day = timezone.now().date() + timedelta(days=9)
    end(desk.officers[Role.SIGNATORY], first.instrument, from_day=day, reason="The law changed.")
    # They signed the second before our word reached them.
    assert they_answer(desk, second, "accept") == ""
    assert told.what == [("agreed", 1), ("ended", day.day), ("agreed", 2), ("ended", day.day)]
    # And theirs, which names the text that they knew, is heard although we hold a later one.
    sooner = day - timedelta(days=3)
    assert they_answer(desk, first, "end", reason="We too.", from_day=sooner.isoformat()) == ""
    assert Instrument.objects.get().ends_on == sooner
    assert they_answer(desk, first, "end", reason="We too.", from_day=day.isoformat(), digest="ab" * 32) == (
        "instruments.stale-text"
    )


def test_a_refusal_of_our_end_is_an_alarm_and_changes_nothing_here(desk: Desk) -> None:
    text = offered(desk)
    they_answer(desk, text, "accept")
    ended = end(
        desk.officers[Role.SIGNATORY], text.instrument, from_day=timezone.now().date(), reason="The law changed."
    )
    flush(desk)
    they_dispose(desk, ended.end_envelope_id or uuid4(), "refused", "instruments.stale-text")
    assert Alarm.objects.get().code == "instruments.end-disputed"
    assert Instrument.objects.get().ends_on == timezone.now().date()


def test_what_does_not_continue_the_matter_is_refused_on_either_side(desk: Desk) -> None:
    from dataclasses import replace

    from accord.instruments.types import register_type, type_of

    register_type(
        replace(type_of("specimen"), continues=lambda _key, before, value: before is None or value.words != "other")
    )
    first = offered(desk)
    they_answer(desk, first, "accept")
    assert refused(prepared, desk, "other", Instrument.objects.get()) == "instruments.other-instrument"
    later = {"instrument": first.instrument_id, "number": 2, "previous": bytes(first.digest)}
    assert they_offer(desk, "other", **later) == "instruments.other-instrument"
    assert they_offer(desk, "next", **later) == ""


def test_an_offer_withdrawn_before_it_ever_left_is_prepared_again(desk: Desk) -> None:
    from accord.instruments.following import FOLLOWER
    from accord.release.models import ReleasedMessage

    text = offered(desk)
    withdraw(desk.officers[Role.SIGNATORY], text)
    FOLLOWER.on_unsent(list(ReleasedMessage.objects.values_list("pk", flat=True)), "expired")
    text.refresh_from_db()
    assert (text.state, text.signatures.count(), text.settling_envelope_id) == (Text.State.PREPARED, 0, None)


def test_our_remarks_come_back_after_a_loss_of_storage(desk: Desk) -> None:
    from accord.instruments.following import FOLLOWER
    from accord.release.models import ReleasedMessage

    remark(desk.officers[Role.POLICY], offered(desk), words="Shall we say March?")
    Remark.objects.all().delete()
    said = ReleasedMessage.objects.filter(kind=TEXT_ANSWER).select_related("outbox").get()
    for _ in range(2):
        FOLLOWER.on_restored(said.pk, bytes(said.outbox.payload))
    assert [one.words for one in Remark.objects.all()] == ["Shall we say March?"]
