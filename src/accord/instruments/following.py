"""What becomes of our own offers and answers after they left: receipts, refusals, what never left, what came back."""

import zlib
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from django.utils import timezone

from accord.courier.alarms import raise_alarm
from accord.courier.prepared import Prepared
from accord.instruments.kinds import TEXT_ANSWER, TEXT_OFFER, TextAnswer, read_offer
from accord.instruments.models import Instrument, Remark, Signature, Text
from accord.instruments.settling import agree, settle
from accord.instruments.types import type_of
from accord.release.models import ReleasedMessage
from accord.release.recovered import LOST
from accord.release.registry import Delivered, Follower, OutcomeNotice

__all__ = ["FOLLOWER", "answers_given_before"]

_KINDS: Final = (TEXT_OFFER, TEXT_ANSWER)


def _on_delivered(delivered: Sequence[Delivered]) -> None:
    """Makes a text of theirs that we accepted the agreed one once the receipt of our signature is on file."""
    waiting = Signature.objects.filter(is_ours=True, text__state=Text.State.ACCEPTED, text__is_ours=False)
    envelopes = dict(waiting.values_list("envelope_id", "text_id"))
    if not envelopes:
        return
    arrived = {one.key: one.arrived_at for one in delivered}
    found = ReleasedMessage.objects.filter(envelope_id__in=list(envelopes), pk__in=list(arrived))
    for key, envelope in found.values_list("pk", "envelope_id"):
        agree(Text.objects.select_related("instrument").get(pk=envelopes[envelope]), at=arrived[key])


_TOLD: Final = Prepared(
    lambda peer, first, last: ReleasedMessage.objects.filter(
        kind__in=_KINDS,
        outbox__channel__peer_id=peer,
        outbox__position__gte=first,
        outbox__position__lte=last,
    ).values_list("envelope_id"),
    str,
    int,
    int,
)


def _on_outcome(notice: OutcomeNotice) -> None:
    for (envelope,) in _TOLD.rows(notice.peer, notice.first, notice.last):
        _outcome_of(envelope, notice)


def _outcome_of(envelope: UUID, notice: OutcomeNotice) -> None:
    is_refused = notice.state in {"refused", "expired-unread"}
    settling = Text.objects.select_related("instrument").filter(settling_envelope_id=envelope).first()
    if settling is not None and settling.is_ours and settling.state == Text.State.WITHDRAWING:
        if is_refused:
            # They had accepted before: their signature is here, or on its way.
            settling.state = Text.State.OFFERED
            settling.save(update_fields=["state"])
        else:
            settle(settling, Text.State.WITHDRAWN, at=notice.at, reason=settling.settled_reason)
        return
    if not is_refused:
        return
    ended = Instrument.objects.filter(end_envelope_id=envelope, ended_by_us=True).first()
    if ended is not None:
        raise_alarm(
            None,
            "instruments.end-disputed",
            f"{notice.peer} refuses our word that we end the {ended.type} on {ended.ends_on}. With us it ends.",
        )
    signature = Signature.objects.select_related("text__instrument").filter(envelope_id=envelope, is_ours=True).first()
    if signature is None:
        return
    text = signature.text
    if text.is_ours and text.state in {Text.State.OFFERED, Text.State.WITHDRAWING}:
        settle(text, Text.State.REFUSED, at=notice.at, code=notice.code or notice.state)
    elif not text.is_ours:
        raise_alarm(
            None,
            "instruments.signature-disputed",
            f"{notice.peer} refuses our signature under the {text.instrument.type} {text.number} that it offered.",
        )


def _on_unsent(keys: Sequence[int], _why: str) -> None:
    """Undoes what never left, for the other side has seen nothing of it; only the end of our consent stands."""
    unsent = ReleasedMessage.objects.filter(pk__in=keys, kind__in=_KINDS)
    for envelope in unsent.values_list("envelope_id", flat=True):
        Remark.objects.filter(envelope_id=envelope, is_ours=True).delete()
        for signature in Signature.objects.select_related("text").filter(envelope_id=envelope, is_ours=True):
            text = signature.text
            if text.state in {Text.State.OFFERED, Text.State.ACCEPTED, Text.State.WITHDRAWING}:
                text.state = Text.State.PREPARED if text.is_ours else Text.State.OFFERED
                text.settling_envelope_id = None
                text.save(update_fields=["state", "settling_envelope_id"])
                signature.delete()
        Text.objects.filter(
            settling_envelope_id=envelope, state__in=(Text.State.WITHDRAWING, Text.State.DECLINED)
        ).update(state=Text.State.OFFERED, settled_at=None, settled_reason="", settling_envelope_id=None)
        for ended in Instrument.objects.filter(end_envelope_id=envelope, ended_by_us=True):
            # Our consent is withdrawn by our own word, told or not: nothing goes on under it in silence.
            raise_alarm(
                None,
                "instruments.end-untold",
                f"{ended.peer_id} was not told that we end the {ended.type} on {ended.ends_on}. Tell it another way.",
            )


def _on_restored(released_key: int, payload: bytes) -> None:
    """Puts an offer or answer of ours that was lost with the storage back where it stood; who acted is not in it."""
    released = ReleasedMessage.objects.get(pk=released_key)
    if released.kind == TEXT_OFFER:
        _restore_offer(released, payload)
    elif released.kind == TEXT_ANSWER:
        _restore_answer(released, msgspec.json.decode(payload, type=TextAnswer))


def _restore_offer(released: ReleasedMessage, payload: bytes) -> None:
    if Signature.objects.filter(envelope_id=released.envelope_id).exists():
        return
    offer = read_offer(payload)
    instrument, _ = Instrument.objects.get_or_create(
        pk=offer.instrument,
        defaults={
            "peer_id": released.peer_id,
            "type": offer.type,
            "is_ours": True,
            "began_at": released.released_at,
        },
    )
    text = instrument.texts.filter(
        number=offer.number, is_ours=True, digest=offer.digest, state=Text.State.PREPARED
    ).first() or Text(
        instrument=instrument,
        number=offer.number,
        is_ours=True,
        previous=offer.previous,
        digest=offer.digest,
        packed=zlib.compress(offer.content, 9),
        size_bytes=len(offer.content),
        note=offer.note,
        prepared_at=released.released_at,
    )
    text.state = Text.State.OFFERED
    text.offered_at = released.released_at
    text.save()
    Signature.objects.create(
        text=text,
        is_ours=True,
        at=released.released_at,
        signed_as=offer.signed_as,
        envelope_id=released.envelope_id,
    )


def answers_given_before(instrument: Instrument) -> None:
    """Applies our own answers that were lost with the storage, came back, and found no text: theirs was lost, too.

    Our own words come back before the other side's are taken in again, so an answer may wait for its offer.
    """
    lost = ReleasedMessage.objects.filter(kind=TEXT_ANSWER, peer_id=instrument.peer_id, decision__outcome=LOST)
    for released in lost.select_related("outbox").order_by("outbox__position"):
        answer = msgspec.json.decode(bytes(released.outbox.payload), type=TextAnswer)
        if UUID(answer.instrument) == instrument.pk:
            _restore_answer(released, answer)


def _restore_answer(released: ReleasedMessage, answer: TextAnswer) -> None:
    meant = Text.objects.select_related("instrument").filter(
        instrument_id=UUID(answer.instrument),
        instrument__peer_id=released.peer_id,
        number=answer.number,
        digest=bytes.fromhex(answer.digest),
    )
    theirs = meant.filter(is_ours=False, state=Text.State.OFFERED).first()
    ours = meant.filter(is_ours=True, state=Text.State.OFFERED).first()
    if answer.act == "accept" and theirs is not None:
        Signature.objects.create(
            text=theirs,
            is_ours=True,
            at=released.released_at,
            signed_as=answer.signed_as,
            envelope_id=released.envelope_id,
        )
        # It came back from the other side, which is its receipt.
        agree(theirs, at=timezone.now())
    elif answer.act == "decline" and theirs is not None:
        theirs.settling_envelope_id = released.envelope_id
        settle(theirs, Text.State.DECLINED, at=released.released_at, reason=answer.reason)
    elif answer.act == "withdraw" and ours is not None:
        ours.settling_envelope_id = released.envelope_id
        ours.settled_reason = answer.reason
        ours.state = Text.State.WITHDRAWING
        ours.save()
    elif answer.act == "remark":
        _restore_remark(released, answer, meant.first())
    elif answer.act == "end" and answer.from_day is not None:
        _restore_end(released, answer, answer.from_day)


def _restore_remark(released: ReleasedMessage, answer: TextAnswer, text: Text | None) -> None:
    if text is not None:
        Remark.objects.get_or_create(
            envelope_id=released.envelope_id,
            defaults={
                "text": text,
                "is_ours": True,
                "at": released.released_at,
                "signed_as": answer.signed_as,
                "words": answer.reason,
            },
        )


def _restore_end(released: ReleasedMessage, answer: TextAnswer, day: date) -> None:
    instrument = Instrument.objects.filter(
        pk=UUID(answer.instrument), peer_id=released.peer_id, agreed__isnull=False
    ).first()
    if instrument is not None and (instrument.ends_on is None or day < instrument.ends_on):
        instrument.ends_on = day
        instrument.ended_by_us = True
        instrument.end_reason = answer.reason
        instrument.end_envelope_id = released.envelope_id
        instrument.save()
        type_of(instrument.type).on_ended(instrument, day)


FOLLOWER: Final = Follower(
    on_outcome=_on_outcome, on_delivered=_on_delivered, on_unsent=_on_unsent, on_restored=_on_restored
)
"""What this room does with receipts, refusals and losses of what it sent."""
