"""Where approvals of acts on the other side's soil stand: asked, answered with conditions, approved, expired, ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accord.instruments.models import Instrument, Text
from accord.liaison.postings.content import SOIL_ACT, SoilActContent, read_soil_act
from accord.release.gate import our_party
from accord.vocabulary.periods import midnight_of

__all__ = ["SoilAct", "soil_act_of", "soil_acts"]

_STANDING: Final = (Text.State.OFFERED, Text.State.WITHDRAWING)


@dataclass(frozen=True, kw_only=True)
class SoilAct:
    """An approval as it stands at one moment.

    Args:
        instrument: What the two sides have in common.
        content: What the text in force says; where none is, what the last one says.
        text: That text.
        question: The question of the asking side that is on offer, if any.
        answer: The host's answer with conditions that is on offer, if any.
        state: ``prepared``, ``asked``, ``conditions``, ``signing``, ``approved``, ``coming``, ``expired``, ``ended``,
            ``declined`` or ``withdrawn``.
        is_ours: Whether our side asks.
    """

    instrument: Instrument
    content: SoilActContent
    text: Text
    question: Text | None
    answer: Text | None
    state: str
    is_ours: bool

    @property
    def ends_at(self) -> datetime:
        """The moment at which it has expired, or was ended by either side."""
        day = self.instrument.ends_on
        return self.content.ends_at if day is None else min(self.content.ends_at, midnight_of(day))


def soil_act_of(instrument: Instrument, *, now: datetime) -> SoilAct:
    """Returns an approval as it stands.

    Args:
        instrument: Of the type ``soil-act``, with at least one text.
        now: The time.
    """
    texts = list(instrument.texts.all())
    agreed = next((one for one in texts if one.pk == instrument.agreed_id), None)
    text = agreed or texts[0]
    content = read_soil_act(text.content)
    is_ours = content.asking == our_party()
    standing = [one for one in texts if one.state in _STANDING and agreed is None]
    found = SoilAct(
        instrument=instrument,
        content=content,
        text=text,
        question=next((one for one in standing if one.is_ours is is_ours), None),
        answer=next((one for one in standing if one.is_ours is not is_ours), None),
        state="",
        is_ours=is_ours,
    )
    return SoilAct(**{**vars(found), "state": _state(found, is_agreed=agreed is not None, now=now)})


def _state(found: SoilAct, *, is_agreed: bool, now: datetime) -> str:
    if is_agreed:
        if now < midnight_of(found.content.from_day):
            return "coming"
        if now < found.ends_at:
            return "approved"
        return "ended" if found.ends_at < found.content.ends_at else "expired"
    if found.answer is not None:
        return "conditions"
    if found.question is not None:
        return "expired" if now >= found.content.ends_at else "asked"
    settled = {Text.State.PREPARED: "prepared", Text.State.ACCEPTED: "signing", Text.State.WITHDRAWN: "withdrawn"}
    return settled.get(Text.State(found.text.state), "declined")


def soil_acts(*, now: datetime) -> Iterator[SoilAct]:
    """Yields all approvals that either side asked for, the newest first."""
    rows = Instrument.objects.filter(type=SOIL_ACT, texts__isnull=False).distinct().select_related("agreed", "peer")
    for instrument in rows.prefetch_related("texts"):
        yield soil_act_of(instrument, now=now)
