"""A plan that both sides sign: prepared and offered by ours, accepted by a simulated peer, or the other way round."""

from uuid import UUID, uuid4

from accord.instruments.canonical import canonical_bytes
from accord.instruments.kinds import TEXT_ANSWER, TEXT_OFFER, TextOffer, offer_bytes
from accord.instruments.models import Text
from accord.instruments.services import offer, prepare
from accord.officers.permissions import Role
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from accord.workplan.content import Plan
from accord.workplan.reading import instrument_with
from tests.desk import Desk

__all__ = ["arrives", "signed", "they_offer"]


def arrives(desk: Desk, kind: str, payload: object) -> str:
    """Takes a message of theirs in; returns the code it was refused with, or nothing."""
    desk.peer.send(kind, payload)
    if take_in(desk.channel).filed == 1:
        return ""
    return ReceivedMessage.objects.latest("pk").reason_code


def signed(desk: Desk, plan: Plan) -> Text:
    """Our plan with both signatures."""
    text = prepare(
        desk.officers[Role.POLICY],
        peer="IN",
        type_name="workplan",
        content=canonical_bytes(plan),
        instrument=instrument_with("IN"),
    )
    text = offer(desk.officers[Role.SIGNATORY], text)
    answer = {
        "schema_version": 1,
        "instrument": str(text.instrument_id),
        "number": text.number,
        "digest": bytes(text.digest).hex(),
        "act": "accept",
        "signed_as": "Their signatory (specimen)",
    }
    assert not arrives(desk, TEXT_ANSWER, answer)
    text.refresh_from_db()
    assert text.state == Text.State.AGREED
    return text


def they_offer(desk: Desk, plan: Plan, *, number: int = 1, follows: Text | None = None) -> str:
    """A plan that the other side offers; returns the code with which it was refused, or nothing."""
    content = canonical_bytes(plan)
    instrument: UUID = uuid4() if follows is None else follows.instrument_id
    return arrives(
        desk,
        TEXT_OFFER,
        offer_bytes(
            TextOffer(
                instrument=instrument,
                type="workplan",
                number=number if follows is None else follows.number + 1,
                previous=None if follows is None else bytes(follows.digest),
                content=content,
                signed_as="Their signatory (specimen)",
                note="",
            )
        ),
    )
