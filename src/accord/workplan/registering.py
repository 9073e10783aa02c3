"""The workplan as a type of text that both sides sign."""

from datetime import date
from typing import Final

from accord.instruments.canonical import read_canonical
from accord.instruments.models import Instrument, Text
from accord.instruments.types import TextType
from accord.release.gate import our_party
from accord.workplan.checking import sense_problems
from accord.workplan.content import Plan
from accord.workplan.in_force import end_terms, put_in_force
from accord.workplan.reading import TYPE, plan_of_text

__all__ = ["WORKPLAN_TYPE", "decode_plan"]


def decode_plan(content: bytes) -> Plan:
    """Returns the plan of canonical bytes, ours or the other side's.

    The lock of the languages is not asked here: it reads texts by rules that another version of this program may have
    bettered, and is for those who prepare. What a node could not work with is refused.

    Raises:
        msgspec.MsgspecError: They are not of the form.
        ValueError: They are not canonical, or the plan does not hold together.
    """
    plan = read_canonical(content, Plan)
    for problem in sense_problems(plan):
        if problem.blocks:
            msg = f"{problem.item} {problem.field}: {problem.code}"
            raise ValueError(msg)
    return plan


def _may_offer(party: str, plan: Plan) -> bool:
    return {party, our_party()} <= set(plan.parties)


def _on_agreed(text: Text) -> None:
    put_in_force(text, plan_of_text(text))


def _on_ended(instrument: Instrument, day: date) -> None:
    end_terms(instrument, day)


WORKPLAN_TYPE: Final = TextType(
    name=TYPE, is_single=True, decode=decode_plan, may_offer=_may_offer, on_agreed=_on_agreed, on_ended=_on_ended
)
