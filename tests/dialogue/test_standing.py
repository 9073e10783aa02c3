"""Two sides negotiate over two logs: whatever crosses on the way, both nodes come to the same answer."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from accord.dialogue.standing import ClauseState, standing_of
from accord.dialogue.wording import Wording


@dataclass(frozen=True)
class Done:
    side: str
    act: str
    wording: Wording | None = None
    stands_for: bytes = b""


@dataclass(frozen=True)
class Seen:
    done: Done
    is_ours: bool

    @property
    def act(self) -> str:
        return self.done.act

    @property
    def wording(self) -> Wording | None:
        return self.done.wording

    @property
    def stands_for(self) -> bytes:
        return self.done.stands_for


@dataclass
class Node:
    side: str
    log: list[Done] = field(default_factory=list)
    # In the order in which things happened at this node.
    book: list[Done] = field(default_factory=list)
    taken: int = 0

    @property
    def standing(self):  # type: ignore[no-untyped-def]
        return standing_of(Seen(one, one.side == self.side) for one in self.book)

    def do(self, done: Done) -> None:
        self.log.append(done)
        self.book.append(done)


class Negotiation(RuleBasedStateMachine):
    """Acts at both nodes, and messages that arrive some time, each log in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes = {"A": Node("A"), "B": Node("B")}

    def other(self, side: str) -> Node:
        return self.nodes["B" if side == "A" else "A"]

    @rule(side=st.sampled_from("AB"), text=st.sampled_from(["One.", "Two.", "[Three.]"]))
    def propose(self, side: str, text: str) -> None:
        wording = Wording(place=1, texts={"en": text})
        self.nodes[side].do(Done(side, "propose", wording, wording.digest))

    @rule(side=st.sampled_from("AB"))
    def accept(self, side: str) -> None:
        theirs = self.nodes[side].standing.theirs
        if theirs is not None:
            self.nodes[side].do(Done(side, "accept", stands_for=theirs.digest))

    @rule(side=st.sampled_from("AB"))
    def withdraw(self, side: str) -> None:
        if self.nodes[side].standing.ours is not None:
            self.nodes[side].do(Done(side, "withdraw"))

    @rule(side=st.sampled_from("AB"))
    def comment(self, side: str) -> None:
        before = self.nodes[side].standing.state
        if self.nodes[side].book:
            self.nodes[side].do(Done(side, "comment"))
            assert self.nodes[side].standing.state is before or before is ClauseState.UNSENT

    @rule(side=st.sampled_from("AB"), count=st.integers(1, 3))
    def arrive(self, side: str, count: int) -> None:
        node, other = self.nodes[side], self.other(side)
        came = other.log[node.taken : node.taken + count]
        node.taken += len(came)
        node.book.extend(came)

    @invariant()
    def both_say_the_same_once_all_has_arrived(self) -> None:
        told = []
        for node in self.nodes.values():
            book = [*node.book, *self.other(node.side).log[node.taken :]]
            told.append(standing_of(Seen(one, one.side == node.side) for one in book))
        ours, theirs = told
        assert (ours.ours, ours.theirs) == (theirs.theirs, theirs.ours)
        mirrored = {ClauseState.OURS: ClauseState.THEIRS, ClauseState.THEIRS: ClauseState.OURS}
        assert mirrored.get(ours.state, ours.state) is theirs.state
        if ours.agreed is not None:
            assert ours.agreed == theirs.agreed


Negotiation.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestNegotiation = Negotiation.TestCase


def stands(*acts: Done):  # type: ignore[no-untyped-def]
    return standing_of(Seen(one, one.side == "A") for one in acts)


ONE = Wording(place=1, texts={"en": "One."})
TWO = Wording(place=1, texts={"en": "Two."})


def test_a_clause_that_both_edited_keeps_both_wordings() -> None:
    found = stands(Done("A", "propose", ONE, ONE.digest), Done("B", "propose", TWO, TWO.digest))
    assert (found.state, found.ours, found.theirs) == (ClauseState.DIFFERS, ONE, TWO)


def test_acceptances_that_cross_are_no_agreement() -> None:
    found = stands(
        Done("A", "propose", ONE, ONE.digest),
        Done("B", "propose", TWO, TWO.digest),
        Done("A", "accept", stands_for=TWO.digest),
        Done("B", "accept", stands_for=ONE.digest),
    )
    assert (found.state, found.ours, found.theirs, found.agreed) == (ClauseState.CROSSED, TWO, ONE, None)


def test_an_agreement_ends_when_either_side_moves_on() -> None:
    agreed = (Done("A", "propose", ONE, ONE.digest), Done("B", "accept", stands_for=ONE.digest))
    assert stands(*agreed).agreed == ONE
    assert stands(*agreed, Done("B", "propose", TWO, TWO.digest)).state is ClauseState.DIFFERS
    assert stands(*agreed, Done("A", "withdraw")).state is ClauseState.THEIRS
    assert stands(*agreed, Done("A", "withdraw"), Done("B", "withdraw")).state is ClauseState.NONE


def test_both_may_agree_to_leave_a_clause_out() -> None:
    out = Wording(place=1, leaves_out=True)
    found = stands(Done("A", "propose", out, out.digest), Done("B", "accept", stands_for=out.digest))
    assert (found.state, found.agreed) == (ClauseState.LEFT_OUT, out)
