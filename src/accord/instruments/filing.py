"""What arrives of the other side's offers and answers, and what our node tells it of each.

Offers are rare, so each is filed with look-ups of its own. What does not fit how things stand is refused with a code
that the sender's node understands; a signature over other bytes, or under what we never offered, also raises an alarm.
"""

import zlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, NoReturn
from uuid import UUID

import msgspec

from accord.courier.alarms import raise_alarm
from accord.exchange.text import TextRefused, check_texts, looks_plain
from accord.instruments.errors import InstrumentRefused
from accord.instruments.following import answers_given_before
from accord.instruments.kinds import (
    OFFER_BYTES_MAX,
    TEXT_ANSWER,
    TEXT_OFFER,
    TextAnswer,
    TextOffer,
    read_offer,
)
from accord.instruments.models import Instrument, Remark, Signature, Text
from accord.instruments.settling import agree, last_signed_digest, next_number, other_in_force, settle, standing_offer
from accord.instruments.types import TextType, continues, type_of
from accord.release.received import FILED, FilingWork, Handled, Received
from accord.release.registry import MessageKind

__all__ = ["TEXT_ANSWER_KIND", "TEXT_OFFER_KIND"]

ANSWER_BYTES_MAX: Final = 16 * 1024
"""An encoded answer: codes, a digest, and a reason of 2,000 characters in any script."""


class _Refusal(Exception):
    """What the sender is told where its message does not fit how things stand: its one argument is the code."""


def _told(handle: Callable[[Received, FilingWork], None], received: Received, work: FilingWork) -> Handled:
    try:
        handle(received, work)
    except _Refusal as refusal:
        return Handled(state="refused", code=str(refusal))
    return FILED


def _file_offer(received: Received, work: FilingWork) -> None:
    content: TextOffer = received.content
    type_, value = _readable(content, work.peer)
    instrument = _instrument_of(content, received, work.peer)
    if not continues(type_, instrument, value):
        raise _Refusal("instruments.other-instrument")
    if instrument.ends_on is not None and instrument.ends_on <= received.received_at.date():
        raise _Refusal("instruments.ended")
    _receipt_shown_by(instrument, content, at=received.received_at)
    if content.number != next_number(instrument) or content.previous != last_signed_digest(instrument):
        raise _Refusal("instruments.stale-text")
    if other_in_force(instrument, received.received_at.date()):
        raise _Refusal("instruments.stale-text")
    if standing_offer(instrument, content.number, is_ours=False) is not None:
        raise _Refusal("instruments.offer-stands")
    text = Text.objects.create(
        instrument=instrument,
        number=content.number,
        is_ours=False,
        state=Text.State.OFFERED,
        previous=content.previous,
        digest=content.digest,
        packed=zlib.compress(content.content, 9),
        size_bytes=len(content.content),
        note=content.note,
        prepared_at=received.sent_at,
        offered_at=received.received_at,
    )
    _signed_by_them(text, content.signed_as, received)
    answers_given_before(instrument)


def _readable(content: TextOffer, peer: str) -> tuple[TextType, Any]:  # Any: a value of the type
    """Returns type and value of an offer that its room can read, that hides nothing, and that this peer may make."""
    try:
        type_ = type_of(content.type)
        value = type_.decode(content.content)
        if not looks_plain(content.content):
            check_texts(msgspec.json.decode(content.content))
        check_texts({"note": content.note, "signed_as": content.signed_as})
    except InstrumentRefused:
        raise _Refusal("instruments.unknown-type") from None
    except TextRefused:
        raise _Refusal("instruments.hidden-characters") from None
    except (msgspec.MsgspecError, ValueError):
        raise _Refusal("instruments.not-of-type") from None
    if not type_.may_offer(peer, value):
        raise _Refusal("instruments.not-theirs-to-offer")
    return type_, value


def _instrument_of(content: TextOffer, received: Received, peer: str) -> Instrument:
    instrument = Instrument.objects.select_for_update(of=("self",)).filter(pk=content.instrument).first()
    if instrument is not None:
        if (instrument.peer_id, instrument.type) != (peer, content.type):
            raise _Refusal("instruments.other-instrument")
        return instrument
    if content.number != 1:
        raise _Refusal("instruments.stale-text")
    return Instrument.objects.create(
        pk=content.instrument, peer_id=peer, type=content.type, is_ours=False, began_at=received.received_at
    )


def _receipt_shown_by(instrument: Instrument, offer: TextOffer, *, at: datetime) -> None:
    """Takes an offer that builds on a text which we signed as the receipt of our signature under it."""
    signed = instrument.texts.filter(
        state=Text.State.ACCEPTED, number=offer.number - 1, digest=offer.previous or b""
    ).first()
    if signed is not None:
        agree(signed, at=at)
        instrument.refresh_from_db()


def _signed_by_them(text: Text, signed_as: str, received: Received) -> None:
    Signature.objects.create(
        text=text, is_ours=False, at=received.sent_at, signed_as=signed_as, envelope_id=received.envelope_id
    )


def _file_answer(received: Received, work: FilingWork) -> None:
    content: TextAnswer = received.content
    try:
        check_texts({"reason": content.reason, "signed_as": content.signed_as})
    except TextRefused:
        raise _Refusal("instruments.hidden-characters") from None
    instrument = (
        Instrument.objects.select_for_update(of=("self",))
        .select_related("agreed")
        .filter(pk=UUID(content.instrument), peer_id=work.peer)
        .first()
    )
    if instrument is None:
        raise _Refusal("instruments.unknown-instrument")
    if content.act == "end":
        _file_end(instrument, content, received)
        return
    found = _text_meant(instrument, content)
    if found is None:
        _refuse_answer(instrument, content, work)
    found.instrument = instrument
    _ACTS[content.act](found, content, received)


def _accepted(text: Text, content: TextAnswer, received: Received) -> None:
    _signed_by_them(text, content.signed_as, received)
    agree(text, at=received.received_at)


def _declined(text: Text, content: TextAnswer, received: Received) -> None:
    text.settling_envelope_id = received.envelope_id
    settle(text, Text.State.DECLINED, at=received.received_at, reason=content.reason)


def _withdrawn(text: Text, content: TextAnswer, received: Received) -> None:
    if text.state != Text.State.OFFERED:
        raise _Refusal("instruments.accepted-already")
    text.settling_envelope_id = received.envelope_id
    settle(text, Text.State.WITHDRAWN, at=received.received_at, reason=content.reason)


def _remarked(text: Text, content: TextAnswer, received: Received) -> None:
    Remark.objects.create(
        text=text,
        is_ours=False,
        at=received.received_at,
        signed_as=content.signed_as,
        words=content.reason,
        envelope_id=received.envelope_id,
    )


_ACTS: Final = {"accept": _accepted, "decline": _declined, "withdraw": _withdrawn, "remark": _remarked}

_MEANT: Final = {
    # What an act of theirs may be about: whose text, and where it stands. A withdrawal looks up what we accepted, too,
    # so that it is told that it came too late.
    "accept": (True, (Text.State.OFFERED, Text.State.WITHDRAWING)),
    "decline": (True, (Text.State.OFFERED, Text.State.WITHDRAWING)),
    "withdraw": (False, (Text.State.OFFERED, Text.State.ACCEPTED, Text.State.AGREED)),
    "remark": (None, (Text.State.OFFERED, Text.State.WITHDRAWING, Text.State.ACCEPTED)),
}


def _text_meant(instrument: Instrument, content: TextAnswer) -> Text | None:
    is_ours, states = _MEANT[content.act]
    meant = instrument.texts.filter(
        number=content.number, digest=bytes.fromhex(content.digest), state__in=[state.value for state in states]
    )
    if is_ours is not None:
        meant = meant.filter(is_ours=is_ours)
    return meant.order_by("-prepared_at").first()


def _refuse_answer(instrument: Instrument, content: TextAnswer, work: FilingWork) -> NoReturn:
    ours = standing_offer(instrument, content.number, is_ours=True)
    if content.act == "accept" and ours is not None:
        words = f"{instrument.peer_id} signed other bytes than the {instrument.type} {content.number} that we offered."
        work.afterwards(partial(_warn_of_other_bytes, words))
        raise _Refusal("instruments.other-bytes")
    if content.number < next_number(instrument):
        raise _Refusal("instruments.stale-text")
    raise _Refusal("instruments.not-on-offer")


def _file_end(instrument: Instrument, content: TextAnswer, received: Received) -> None:
    # Their word may cross the signature under our next text: it names the last one that they knew to be agreed.
    agreed = instrument.texts.filter(state=Text.State.AGREED, digest=bytes.fromhex(content.digest))
    if content.from_day is None or not agreed.exists():
        raise _Refusal("instruments.stale-text")
    # Never backward: a day that was past when the word was given counts from that day on.
    day = max(content.from_day, received.sent_at.date())
    if instrument.ends_on is None or day < instrument.ends_on:
        instrument.ends_on = day
        instrument.ended_by_us = False
        instrument.end_reason = content.reason
        instrument.end_envelope_id = received.envelope_id
        instrument.save()
        type_of(instrument.type).on_ended(instrument, day)


def _warn_of_other_bytes(words: str) -> None:
    raise_alarm(None, "instruments.other-bytes", words)


TEXT_OFFER_KIND: Final = MessageKind(
    name=TEXT_OFFER,
    schema=1,
    max_bytes=OFFER_BYTES_MAX,
    decode=read_offer,
    handler=partial(_told, _file_offer),
    facts_at_use=None,
    needs_approval=False,
)
"""The kind of an offer: two officers are behind it, by four eyes of its own, and it is part of no case."""

_ANSWER_DECODER: Final = msgspec.json.Decoder(TextAnswer)

TEXT_ANSWER_KIND: Final = MessageKind(
    name=TEXT_ANSWER,
    schema=1,
    max_bytes=ANSWER_BYTES_MAX,
    decode=_ANSWER_DECODER.decode,
    handler=partial(_told, _file_answer),
    facts_at_use=None,
    needs_approval=False,
    struct=TextAnswer,
)
"""The kind of an answer to an offer."""
