"""The two types of text of this room: a posting, and the approval of an act on the other side's soil."""

from datetime import date
from typing import Final

from django.utils import timezone

from accord.instruments.models import Instrument, Text
from accord.instruments.types import TextType
from accord.liaison.postings.accounts import hold_to
from accord.liaison.postings.content import (
    POSTING,
    SOIL_ACT,
    PostingContent,
    SoilActContent,
    may_offer_posting,
    may_offer_soil_act,
    read_posting,
    read_soil_act,
)
from accord.release.gate import our_party

__all__ = ["POSTING_TYPE", "SOIL_ACT_TYPE"]


def _agreed(text: Text) -> None:
    hold_to(text.instrument, now=timezone.now())


def _ended(instrument: Instrument, _from_day: date) -> None:
    hold_to(instrument, now=timezone.now())


def _sides(value: PostingContent | SoilActContent) -> tuple[str, str]:
    """Returns whose officer it is about, and who is host: what no later text changes."""
    return value.sending if isinstance(value, PostingContent) else value.asking, value.host


POSTING_TYPE: Final = TextType(
    name=POSTING,
    decode=read_posting,
    may_offer=lambda party, value: may_offer_posting(our_party(), party, value),
    continues=lambda _key, before, value: (
        before is None or (before.sending, before.host) == (value.sending, value.host)
    ),
    on_agreed=_agreed,
    on_ended=_ended,
)

SOIL_ACT_TYPE: Final = TextType(
    name=SOIL_ACT,
    decode=read_soil_act,
    may_offer=lambda party, value: may_offer_soil_act(our_party(), party, value),
    continues=lambda _key, before, value: before is None or _sides(before) == _sides(value),
)
