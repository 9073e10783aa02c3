"""Where a clause stands, from the acts of both sides alone (pure).

Each side's acts have one order, that of its log; between the two logs there is none. So nothing here asks which side
was first: a side *stands for* the wording that its last act but comments proposed or accepted, or for none after a
withdrawal, and a clause is agreed while both stand for the same. Whatever crosses on the way, both nodes come to the
same answer once all has arrived.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from accord.dialogue.wording import Wording

__all__ = ["ActLike", "ClauseStanding", "ClauseState", "standing_of"]


class ClauseState(StrEnum):
    """Where a clause stands between the two sides.

    ``crossed``: each side accepted the other's wording while the other gave it up; nobody's is lost.
    """

    UNSENT = "unsent"
    NONE = "none"
    OURS = "ours"
    THEIRS = "theirs"
    DIFFERS = "differs"
    CROSSED = "crossed"
    AGREED = "agreed"
    LEFT_OUT = "left-out"


class ActLike(Protocol):
    """One act, as it is stored."""

    @property
    def is_ours(self) -> bool:
        """Whether it is ours."""

    @property
    def act(self) -> str:
        """Which act it is."""

    @property
    def wording(self) -> Wording | None:
        """The wording that it proposes."""

    @property
    def stands_for(self) -> bytes:
        """Digest of the wording that it proposes or accepts; empty else."""


@dataclass(frozen=True, kw_only=True)
class ClauseStanding:
    """Where a clause stands.

    Args:
        state: Where it stands.
        ours: The wording for which our side stands.
        theirs: That of the other side.
        our_act: The act by which we came to stand for it.
        their_act: The act of the other side.
    """

    state: ClauseState
    ours: Wording | None = None
    theirs: Wording | None = None
    our_act: ActLike | None = None
    their_act: ActLike | None = None

    @property
    def agreed(self) -> Wording | None:
        """The wording for which both stand."""
        return self.ours if self.state in {ClauseState.AGREED, ClauseState.LEFT_OUT} else None

    @property
    def known(self) -> Wording | None:
        """The wording by which the clause is shown: theirs where ours is silent."""
        return self.ours or self.theirs


def standing_of(acts: Iterable[ActLike]) -> ClauseStanding:
    """Returns where a clause stands.

    Args:
        acts: Its acts that count, each side's own in the order of its log.
    """
    taken = [one for one in acts if one.act != "comment"]
    if not taken:
        return ClauseStanding(state=ClauseState.UNSENT)
    wordings = {one.stands_for: one.wording for one in taken if one.wording is not None}
    our_act, their_act = _last(taken, is_ours=True), _last(taken, is_ours=False)
    ours, theirs = (wordings.get(act.stands_for) if act is not None else None for act in (our_act, their_act))
    return ClauseStanding(
        state=_state(ours, theirs, our_act, their_act),
        ours=ours,
        theirs=theirs,
        our_act=our_act,
        their_act=their_act,
    )


def _last(acts: Sequence[ActLike], *, is_ours: bool) -> ActLike | None:
    return next((one for one in reversed(acts) if one.is_ours is is_ours), None)


def _state(
    ours: Wording | None,
    theirs: Wording | None,
    our_act: ActLike | None,
    their_act: ActLike | None,
) -> ClauseState:
    if ours is None or theirs is None:
        if ours is theirs:
            return ClauseState.NONE
        return ClauseState.OURS if theirs is None else ClauseState.THEIRS
    if ours.digest == theirs.digest:
        return ClauseState.LEFT_OUT if ours.leaves_out else ClauseState.AGREED
    both_accepted = our_act is not None and their_act is not None and our_act.act == their_act.act == "accept"
    return ClauseState.CROSSED if both_accepted else ClauseState.DIFFERS
