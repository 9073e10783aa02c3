"""How our side's words about a text leave: an answer, a message of either kind, and the signature that it is.

They pass the gate as an acknowledgement: they are part of no case. What a posting says of its holder is what an
official's position is (name or function, agency, office telephone), which is not personal information there. A text is
to name no other person: whom an act on the other side's soil concerns stands in the message of its case, which the gate
judges in full, and the page on which the text is written says so. The gate cannot read whether that was kept; two
officers are behind each text, and one behind a remark.

Source: Privacy Act (R.S.C. 1985, c. P-21), section 3, "personal information", paragraph (j); Vienna Convention on
Diplomatic Relations (1961), article 10, as a model (notification of staff).
"""

from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from accord.instruments.kinds import SIGNED_AS_CHARACTERS, TEXT_ANSWER, TextAnswer
from accord.instruments.models import Instrument, Signature, Text
from accord.officers.models import Officer
from accord.release.acknowledging import acknowledgement
from accord.release.models import ReleasedMessage
from accord.release.services import send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = ["Act", "send_answer", "send_word", "sign_text", "signed_as"]

WORD_LIFE_DAYS: Final = 365
"""Days an offer or an answer may wait for its peer: consent does not lapse while a line is down."""

Act = Literal["accept", "remark", "decline", "withdraw", "end"]
"""What an answer does."""


def send_answer(
    officer: Officer, text: Text, act: Act, *, now: datetime, reason: str = "", from_day: date | None = None
) -> ReleasedMessage:
    """Sends an answer about a text; its reason and day stand where the act needs them (``kinds.TextAnswer``)."""
    answer = TextAnswer(
        schema_version=1,
        instrument=str(text.instrument_id),
        number=text.number,
        digest=bytes(text.digest).hex(),
        act=act,
        signed_as=signed_as(officer),
        reason=reason,
        from_day=from_day,
    )
    return send_word(text.instrument, TEXT_ANSWER, msgspec.json.encode(answer), now=now)


def send_word(instrument: Instrument, kind: str, payload: bytes, *, now: datetime) -> ReleasedMessage:
    """Sends an offer or an answer to the other side of an instrument."""
    return send_for_the_channel(
        peer=instrument.peer_id,
        kind=kind,
        payload=payload,
        facts=acknowledgement(kind, peer=instrument.peer_id, on=now.date()),
        lane=Lane.ROUTINE,
        not_after=now + timedelta(days=WORD_LIFE_DAYS),
        now=now,
    )


def sign_text(text: Text, officer: Officer, envelope_id: UUID, *, at: datetime) -> None:
    """Records our side's signature: the message of that envelope."""
    Signature.objects.create(
        text=text, is_ours=True, at=at, signed_as=signed_as(officer), officer=officer, envelope_id=envelope_id
    )


def signed_as(officer: Officer) -> str:
    """Returns the name or function under which an officer signs, as the other side reads it."""
    return str(officer)[:SIGNED_AS_CHARACTERS]
