"""Acts of our side on a text that both sides sign: prepare, offer, accept, remark, decline, withdraw, end.

Worked example::

    text = prepare(policy_lead, peer="IN", type_name="workplan", content=canonical_bytes(plan))
    offer(signatory, text)            # our signature leaves
    ...                               # theirs arrives: the text is agreed on both nodes
"""

import zlib
from datetime import date, datetime

import msgspec
from django.utils import timezone

from accord.exchange.reasons import require_reason
from accord.exchange.text import check_written
from accord.instruments.canonical import digest_of
from accord.instruments.errors import InstrumentRefused
from accord.instruments.kinds import (
    OFFER_BYTES_MAX,
    TEXT_BYTES_MAX,
    TEXT_OFFER,
    TextOffer,
    offer_bytes,
)
from accord.instruments.models import Instrument, Remark, Text
from accord.instruments.sending import send_answer, send_word, sign_text, signed_as
from accord.instruments.settling import (
    last_signed_digest,
    next_number,
    other_in_force,
    rivals_of,
    settle,
    standing_offer,
)
from accord.instruments.types import continues, type_of
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.gate import our_party
from accord.release.services import channel_to, one_release

__all__ = ["accept", "decline", "discard", "end", "offer", "prepare", "remark", "withdraw"]


def prepare(
    officer: Officer,
    *,
    peer: str,
    type_name: str,
    content: bytes,
    instrument: Instrument | None = None,
    note_to_them: str = "",
    now: datetime | None = None,
) -> Text:
    """Prepares the next text of an instrument for signing; it stays here until it is offered.

    What the same officer or a colleague prepared before for the same number is overtaken by it.

    Args:
        officer: Who may prepare texts.
        peer: Code of the other party.
        type_name: Type of the text.
        content: Its canonical bytes.
        instrument: The instrument it continues; a new one where it is omitted.
        note_to_them: Words to the other side beside the offer; not part of what is signed.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        InstrumentRefused: The type or party is unknown, the text is not of its type, not canonical, too long or the
            same as the one in force, or the instrument has ended.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    type_ = type_of(type_name)
    if len(content) > TEXT_BYTES_MAX:
        raise InstrumentRefused("The text is too long.", code="instruments.too-long", next_step="Shorten it.")
    try:
        value = type_.decode(content)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InstrumentRefused(f"The text is not one of its type: {error}", code="instruments.not-of-type") from error
    if not type_.may_offer(our_party(), value):
        raise InstrumentRefused(
            "This text is for the other side to propose.",
            code="instruments.not-ours-to-offer",
            next_step="Ask the other side to propose it.",
        )
    if note_to_them:
        check_written({"note": note_to_them})
    if not Party.objects.filter(code=peer, is_self=False).exists():
        raise InstrumentRefused("There is no such party.", code="instruments.unknown-party", fields={"field": "peer"})
    with one_release():
        held = (
            Instrument.objects.create(peer_id=peer, type=type_name, is_ours=True, began_at=moment)
            if instrument is None
            else _locked(instrument)
        )
        if (held.peer_id, held.type) != (peer, type_name):
            raise InstrumentRefused("The instrument is another one.", code="instruments.other-instrument")
        _require_running(held, moment)
        if not continues(type_, held, value):
            raise InstrumentRefused(
                "This text belongs to another matter than the one it is to continue.",
                code="instruments.other-instrument",
                next_step="Prepare it as the first text of a matter of its own.",
            )
        if held.agreed is not None and bytes(held.agreed.digest) == digest_of(content):
            raise InstrumentRefused(
                "The text is the one in force.", code="instruments.nothing-changed", next_step="Change something first."
            )
        number = next_number(held)
        for older in held.texts.filter(number=number, is_ours=True, state=Text.State.PREPARED):
            settle(older, Text.State.OVERTAKEN, at=moment)
        text = Text.objects.create(
            instrument=held,
            number=number,
            is_ours=True,
            state=Text.State.PREPARED,
            previous=last_signed_digest(held),
            digest=digest_of(content),
            packed=zlib.compress(content, 9),
            size_bytes=len(content),
            note=note_to_them,
            prepared_at=moment,
            prepared_by=officer,
        )
        note(officer, "prepare text", text, at=moment, detail=_detail(text))
    return text


def discard(officer: Officer, text: Text, *, now: datetime | None = None) -> Text:
    """Takes back what was prepared and not offered; nothing of it ever left.

    Raises:
        NotPermitted: The officer may not prepare texts.
        InstrumentRefused: It was offered already.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    with one_release():
        held = _fresh(text, Text.State.PREPARED, is_ours=True)
        settle(held, Text.State.WITHDRAWN, at=moment)
        note(officer, "discard text", held, at=moment, detail=_detail(held))
    return held


def offer(officer: Officer, text: Text, *, now: datetime | None = None) -> Text:
    """Signs for our side what another officer prepared, and offers it to the other side.

    Raises:
        NotPermitted: The officer may not sign.
        InstrumentRefused: The officer prepared it; it was offered or discarded; another text was agreed since; an offer
            of ours stands; or the instrument has ended.
        ReleaseRefused: There is no channel, or the packed text is larger than a message.
        GateRefuses: The law does not let it pass; nothing was signed.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    moment = now or timezone.now()
    channel_to(text.instrument.peer_id)
    with one_release():
        held = _fresh(text, Text.State.PREPARED, is_ours=True)
        if held.prepared_by_id == officer.pk:
            raise InstrumentRefused(
                "Who prepared a text does not sign it.",
                code="instruments.own-text",
                next_step="Ask another officer who may sign.",
            )
        _require_running(held.instrument, moment)
        _require_next(held, moment)
        if standing_offer(held.instrument, held.number, is_ours=True) is not None:
            raise InstrumentRefused(
                "An offer of ours stands already.",
                code="instruments.offer-stands",
                next_step="Withdraw it first, or wait for the answer.",
            )
        if rivals_of(held.instrument).filter(state=Text.State.ACCEPTED).exists():
            raise InstrumentRefused(
                "We signed their text of this number; it is on its way.", code="instruments.we-signed-theirs"
            )
        content = offer_bytes(
            TextOffer(
                instrument=held.instrument_id,
                type=held.instrument.type,
                number=held.number,
                previous=None if held.previous is None else bytes(held.previous),
                content=held.content,
                signed_as=signed_as(officer),
                note=held.note,
            )
        )
        if len(content) > OFFER_BYTES_MAX:
            raise InstrumentRefused(
                "The text is larger than one message carries.",
                code="instruments.too-long",
                next_step="Shorten it, or drop a language.",
                fields={"size_bytes": len(content), "limit_bytes": OFFER_BYTES_MAX},
            )
        released = send_word(held.instrument, TEXT_OFFER, content, now=moment)
        sign_text(held, officer, released.envelope_id, at=moment)
        held.state = Text.State.OFFERED
        held.offered_at = moment
        held.save()
        note(officer, "offer text", held, at=moment, detail=_detail(held))
    return held


def accept(officer: Officer, text: Text, *, now: datetime | None = None) -> Text:
    """Signs the other side's text for our side; it is agreed when the receipt is on file.

    Raises:
        NotPermitted: The officer may not sign.
        InstrumentRefused: It is not on offer any more, an offer of ours of the same number stands, another text was
            agreed since, or the instrument has ended.
        GateRefuses: The law does not let it pass; nothing was signed.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    moment = now or timezone.now()
    with one_release():
        held = _fresh(text, Text.State.OFFERED, is_ours=False)
        _require_running(held.instrument, moment)
        _require_next(held, moment)
        if standing_offer(held.instrument, held.number, is_ours=True) is not None:
            raise InstrumentRefused(
                "An offer of our own stands for the same number, and could be accepted at this moment.",
                code="instruments.own-offer-stands",
                next_step="Withdraw ours; when the other side has confirmed that, sign theirs.",
            )
        released = send_answer(officer, held, "accept", now=moment)
        sign_text(held, officer, released.envelope_id, at=moment)
        held.state = Text.State.ACCEPTED
        held.save()
        note(officer, "accept text", held, at=moment, detail=_detail(held))
    return held


def remark(officer: Officer, text: Text, *, words: str, now: datetime | None = None) -> Remark:
    """Asks or tells the other side something about a text on offer; nothing is settled by it.

    Raises:
        NotPermitted: The officer may not prepare texts.
        TextRefused: The words are blank, too long, or hold a refused character.
        InstrumentRefused: The text is not on offer.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    said = require_reason(words, field="words")
    moment = now or timezone.now()
    with one_release():
        held = _fresh(text, Text.State.OFFERED, is_ours=text.is_ours)
        released = send_answer(officer, held, "remark", reason=said, now=moment)
        row = Remark.objects.create(
            text=held,
            is_ours=True,
            at=moment,
            signed_as=signed_as(officer),
            officer=officer,
            words=said,
            envelope_id=released.envelope_id,
        )
        note(officer, "remark on text", held, at=moment, detail=_detail(held))
    return row


def decline(officer: Officer, text: Text, *, reason: str, now: datetime | None = None) -> Text:
    """Declines the other side's text.

    Raises:
        NotPermitted: The officer may not sign.
        TextRefused: The reason is blank, too long, or holds a refused character.
        InstrumentRefused: It is not on offer any more.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    said = require_reason(reason)
    moment = now or timezone.now()
    with one_release():
        held = _fresh(text, Text.State.OFFERED, is_ours=False)
        held.settling_envelope_id = send_answer(officer, held, "decline", reason=said, now=moment).envelope_id
        settle(held, Text.State.DECLINED, at=moment, reason=said)
        note(officer, "decline text", held, at=moment, detail=_detail(held))
    return held


def withdraw(officer: Officer, text: Text, *, reason: str = "", now: datetime | None = None) -> Text:
    """Withdraws our own offer; it counts once the other side has confirmed that it had not accepted before.

    Raises:
        NotPermitted: The officer may not sign.
        TextRefused: The reason is too long or holds a refused character.
        InstrumentRefused: It is not on offer any more.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    said = require_reason(reason) if reason.strip() else ""
    moment = now or timezone.now()
    with one_release():
        held = _fresh(text, Text.State.OFFERED, is_ours=True)
        held.settling_envelope_id = send_answer(officer, held, "withdraw", reason=said, now=moment).envelope_id
        held.settled_reason = said
        held.state = Text.State.WITHDRAWING
        held.save()
        note(officer, "withdraw text", held, at=moment, detail=_detail(held))
    return held


def end(
    officer: Officer, instrument: Instrument, *, from_day: date, reason: str, now: datetime | None = None
) -> Instrument:
    """Withdraws our consent from a day on; what was agreed and done before that day stands.

    Args:
        officer: Who may sign.
        instrument: The instrument.
        from_day: First day, by UTC, on which it is not in force; today at the earliest.
        reason: Why; it is told to the other side.
        now: The time.

    Raises:
        NotPermitted: The officer may not sign.
        TextRefused: The reason is blank, too long, or holds a refused character.
        InstrumentRefused: Nothing is in force, it ends by that day already, or the day is past.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    said = require_reason(reason)
    moment = now or timezone.now()
    if from_day < moment.date():
        raise InstrumentRefused(
            "Consent ends forward: the day is past.",
            code="instruments.day-past",
            next_step="Choose today or a later day.",
            fields={"field": "from_day"},
        )
    with one_release():
        held = _locked(instrument)
        if held.agreed is None:
            raise InstrumentRefused("Nothing is in force that could end.", code="instruments.nothing-in-force")
        if held.ends_on is not None and held.ends_on <= from_day:
            raise InstrumentRefused(f"It ends on {held.ends_on} already.", code="instruments.ends-already")
        released = send_answer(officer, held.agreed, "end", reason=said, from_day=from_day, now=moment)
        held.ends_on = from_day
        held.ended_by_us = True
        held.end_reason = said
        held.end_envelope_id = released.envelope_id
        held.save()
        type_of(held.type).on_ended(held, from_day)
        note(officer, "end instrument", held, at=moment, detail={"from": from_day.isoformat()})
    return held


def _locked(instrument: Instrument) -> Instrument:
    return Instrument.objects.select_for_update(of=("self",)).select_related("agreed").get(pk=instrument.pk)


def _fresh(text: Text, state: Text.State, *, is_ours: bool) -> Text:
    """Returns the text as it stands now, its instrument locked.

    Raises:
        InstrumentRefused: It is the other side's, or stands elsewhere: two officers acted, or the other side was first.
    """
    instrument = _locked(text.instrument)
    held = Text.objects.get(pk=text.pk)
    held.instrument = instrument
    if held.is_ours is not is_ours or held.state != state:
        raise InstrumentRefused(
            f"The text is {Text.State(held.state).label.lower()}; this cannot be done with it now.",
            code="instruments.not-on-offer",
            fields={"state": held.state},
        )
    return held


def _require_running(instrument: Instrument, now: datetime) -> None:
    if instrument.ends_on is not None and instrument.ends_on <= now.date():
        raise InstrumentRefused(
            f"A side withdrew its consent from {instrument.ends_on} on.",
            code="instruments.ended",
            next_step="Begin a new one with the other side.",
        )


def _require_next(text: Text, now: datetime) -> None:
    """Raises where another text was agreed since this one was made."""
    named = None if text.previous is None else bytes(text.previous)
    is_next = text.number == next_number(text.instrument) and named == last_signed_digest(text.instrument)
    if not is_next or other_in_force(text.instrument, now.date()):
        raise InstrumentRefused(
            "Another text was agreed since this one was prepared.",
            code="instruments.stale-text",
            next_step="Compare the two, take over what you need, and prepare it anew.",
            fields={"number": text.number},
        )


def _detail(text: Text) -> dict[str, str | int | bool | None]:
    return {"type": text.instrument.type, "number": text.number, "digest": bytes(text.digest).hex()}
