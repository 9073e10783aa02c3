"""Two machines under a network and a disk that do everything wrong, judged as Jepsen judges a queue.

The network loses requests and answers, keeps copies of every frame and plays them again in any order.
Nodes crash; storage is copied before each contact, and any copy may be put back.
Officers thaw what froze, give up what nobody holds, and settle what two lost disks left apart.

The judge (Jepsen's total-queue and unique-ids, over both disks):

* at every step: positions without gaps, heads that are the roots of what is stored, nobody accused without a proof;
* at the end: an accuser who kept every note that was ever sent convicts nobody, unless a disk was put back in silence;
* at the end: what was delivered and is still on a disk stands exactly once in both copies of its log, had exactly one
  effect, and is receipted; what waits in a queue was delivered.
"""

import contextlib
import itertools
import random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accord.channel.checkpoint import is_receipt
from accord.channel.equivocation import (
    EquivocationProof,
    EquivocationUnproven,
    prove_against_log,
    stated,
    verify_equivocation,
)
from accord.channel.events import EquivocationProven
from accord.channel.frames import Frame, decode_frame
from accord.channel.merkle import EMPTY_FRONTIER, ProofInvalid
from accord.channel.state import Mode
from accord.errors import AccordError
from tests.channel.test_replica import stored as kept
from tests.simulators.stored_node import Disk, StoredNode, envelope_id, pair

SIDES = st.sampled_from(["CA", "IN"])
FATES = st.sampled_from(["both", "both", "both", "answer lost", "request lost"])

BLAMELESS_REFUSALS = {
    "channel.position-skipped",
    "channel.stale-epoch",
    "channel.frozen",
    "channel.root-mismatch",
    "channel.history-missing",
    "channel.receipt-mismatch",
}
"""What honest nodes may refuse of each other after a loss: nothing that names a lie."""


class TwoParties(RuleBasedStateMachine):
    """A channel between two honest nodes in a hostile world."""

    @initialize(limit=st.sampled_from([1, 2, 256]))
    def set_up(self, limit: int) -> None:
        ca, india = pair()
        self.nodes = {"CA": ca, "IN": india}
        self.backups: dict[str, list[Disk]] = {"CA": [], "IN": []}
        self.tape: list[tuple[str, bytes]] = []
        self.restored: set[str] = set()
        self.silently: set[str] = set()
        self.logs: dict[bytes, tuple[bytes, ...]] = {}
        self.label = 0
        self.delivered: dict[str, set[bytes]] = {"CA": set(), "IN": set()}
        for node in self.nodes.values():
            node.limit = limit

    def other(self, side: str) -> StoredNode:
        return self.nodes["IN" if side == "CA" else "CA"]

    # --- what officers and the flusher do ----------------------------------------------------------------------

    @rule(side=SIDES, count=st.integers(1, 3))
    def enqueue(self, side: str, count: int) -> None:
        for _ in range(count):
            self.label += 1
            self.nodes[side].enqueue(f"{side} {self.label}")

    @rule(side=SIDES)
    def flush(self, side: str) -> None:
        node = self.nodes[side]
        if node.has_met and node.state.mode is Mode.OPEN:
            node.flush()
            self.logs[node.state.outgoing.root] = tuple(node.disk.out.leaves)

    # --- what the network does ---------------------------------------------------------------------------------

    @rule(side=SIDES, count=st.integers(1, 3), fate=FATES)
    def send(self, side: str, count: int, fate: str) -> None:
        self.enqueue(side, count)
        if not self.nodes[side].has_met:
            self._meet(side, "both")
        self.flush(side)
        self.contact(side, fate)

    @rule(side=SIDES, fate=FATES)
    def contact(self, side: str, fate: str) -> None:
        for name, either in self.nodes.items():
            self.backups[name].append(either.backup())
        self._meet(side, fate)

    def _meet(self, side: str, fate: str) -> None:
        node, peer = self.nodes[side], self.other(side)
        request = node.contact()
        self.tape.append((peer.us, request))
        if fate == "request lost":
            return
        answer = peer.receive(request)
        self.tape.append((side, answer))
        if fate == "both":
            node.receive(answer)
        self._note_delivered()

    @rule(choice=st.integers(0, 10_000))
    def play_again(self, choice: int) -> None:
        # With both disks rolled back, frames on the tape may be of logs that neither of them remembers.
        if self.tape and self.restored != {"CA", "IN"}:
            side, data = self.tape[choice % len(self.tape)]
            self.nodes[side].receive(data, is_live=False)
            self._note_delivered()

    # --- what disks and operators do ---------------------------------------------------------------------------

    @rule(side=SIDES)
    def crash(self, side: str) -> None:
        self.nodes[side].crash()

    @rule(side=SIDES, choice=st.integers(0, 30), is_announced=st.booleans())
    def restore(self, side: str, choice: int, is_announced: bool) -> None:
        if not self.backups[side]:
            return
        node = self.nodes[side]
        node.now_ms += 7_013  # nobody puts a copy back twice within a second
        node.restore(self.backups[side][-1 - choice % len(self.backups[side])])
        self.restored.add(side)
        if is_announced:
            node.announce_restoration()
        else:
            self.silently.add(side)
        self._forget_what_nobody_holds()

    @rule(side=SIDES, minutes=st.sampled_from([-60, 3, 60]))
    def shift_clock(self, side: str, minutes: int) -> None:
        self.nodes[side].now_ms += minutes * 60_000

    # --- the judge ---------------------------------------------------------------------------------------------

    def _note_delivered(self) -> None:
        for side in self.nodes:
            self.delivered[side] |= set(self.other(side).disk.inn.ids())

    def _forget_what_nobody_holds(self) -> None:
        for side, node in self.nodes.items():
            self.delivered[side] &= set(node.disk.out.ids()) | set(self.other(side).disk.inn.ids())

    @invariant()
    def stored_logs_are_what_their_heads_say(self) -> None:
        for node in getattr(self, "nodes", {}).values():
            state = node.state
            for stored, head in ((node.disk.out, state.outgoing), (node.disk.inn, state.incoming)):
                assert EMPTY_FRONTIER.append(stored.leaves)[0] == head.frontier
                assert len(set(stored.ids())) == len(stored.entries)
            assert state.incoming.receipted == state.incoming.frontier
            assert state.outgoing.receipted_size <= state.outgoing.size

    @invariant()
    def every_effect_is_of_one_entry_and_happened_once(self) -> None:
        for node in getattr(self, "nodes", {}).values():
            assert node.disk.effects == node.disk.inn.ids()

    @invariant()
    def honest_nodes_refuse_each_other_only_for_what_was_lost(self) -> None:
        for node in getattr(self, "nodes", {}).values():
            for error in node.refused:
                assert isinstance(error, AccordError)
                assert error.reason_code in BLAMELESS_REFUSALS, error

    @invariant()
    def every_freeze_has_a_proof_that_convicts(self) -> None:
        for node in getattr(self, "nodes", {}).values():
            for event in node.seen:
                if isinstance(event, EquivocationProven):
                    chain = node.state.our_chain if event.party == node.us else node.state.peer_chain
                    assert verify_equivocation(event.proof, chain).party == event.party
            node.seen.clear()

    @invariant()
    def nothing_freezes_while_no_disk_was_lost(self) -> None:
        if not getattr(self, "restored", None):
            for node in getattr(self, "nodes", {}).values():
                assert node.state.mode is Mode.OPEN
                assert node.refused == [] or {e.reason_code for e in node.refused} <= {"channel.position-skipped"}

    def _accuse(self) -> None:
        """Tries every two notes that were ever sent; none may convict who never put back a copy unannounced."""
        if self.silently and len(self.restored) > 1:
            return  # two lost disks, one of them unannounced: the operator's duty was not done
        notes = {note for _, data in self.tape for note in _notes_of(decode_frame(data))}
        chains = [node.state.our_chain for node in self.nodes.values()]
        by_log: dict[str, list[bytes]] = {}
        for note in sorted(notes):
            by_log.setdefault(stated(note).origin, []).append(note)
        for group in by_log.values():
            for one, other in itertools.combinations(group, 2):
                for proof in self._proofs(*sorted((one, other), key=lambda note: stated(note).size)):
                    with contextlib.suppress(EquivocationUnproven, ProofInvalid):
                        assert set(verify_equivocation(proof, *chains).parties) & self.silently

    def _proofs(self, smaller: bytes, larger: bytes) -> list[EquivocationProof]:
        one, other = stated(smaller), stated(larger)
        leaves = list(self.logs[other.root])
        made = [prove_against_log(smaller, held=larger, reader=kept(leaves).hashes)]
        if is_receipt(smaller) and is_receipt(larger) and one.epoch > other.epoch:
            made.append(EquivocationProof(smaller=smaller, larger=larger, root_in_larger=one.root))
        return [proof for proof in made if proof is not None]

    def teardown(self) -> None:
        """Heals the network, lets officers decide, and counts."""
        if not hasattr(self, "nodes"):
            return
        for attempt in range(8 + 6 * self.label):
            progress = self._snapshot()
            for side, node in self.nodes.items():
                if node.state.mode is Mode.FROZEN:
                    self._thaw(node, self.other(side))
                self._meet(side, "both")
                self.flush(side)
            if progress == self._snapshot() and attempt > 4 and not self._decide():
                break
        self._accuse()
        self.stored_logs_are_what_their_heads_say()
        for side, node in self.nodes.items():
            self._judge(side, node, self.other(side))

    def _decide(self) -> bool:
        """Lets officers decide where no node can: gaps that nobody can fill, and two lost disks that do not fit."""
        decided = False
        for side, node in self.nodes.items():
            peer = self.other(side)
            if node.state.mode is Mode.RECOVERING:
                node.state = node.state.recovery_abandoned(node.now_ms)
                decided = True
            elif self._is_apart(node, peer):
                self._rewind(node, peer)
                decided = True
        return decided

    def _thaw(self, node: StoredNode, peer: StoredNode) -> None:
        """Thaws, and where a node stands convicted by its own signature lets it begin again from what was co-signed."""
        if self._is_apart(node, peer) and self.restored == {"CA", "IN"}:
            self._rewind(node, peer)
        else:
            node.state = node.state.thawed()

    def _is_apart(self, node: StoredNode, peer: StoredNode) -> bool:
        return node.disk.out.leaves[: len(peer.disk.inn.leaves)] != peer.disk.inn.leaves

    def _rewind(self, node: StoredNode, peer: StoredNode) -> None:
        note = peer.state.incoming.checkpoint
        assert self.restored == {"CA", "IN"}, "one lost disk needs no officer"
        assert note is not None
        node.rewind(note)

    def _snapshot(self) -> list[object]:
        return [(node.state, list(node.disk.queue)) for node in self.nodes.values()]

    def _judge(self, side: str, node: StoredNode, peer: StoredNode) -> None:
        assert node.state.mode is Mode.OPEN
        assert node.disk.queue == []
        assert node.disk.out.entries == peer.disk.inn.entries
        assert node.state.outgoing.receipted == peer.state.incoming.frontier
        ids = node.disk.out.ids()
        assert len(set(ids)) == len(ids)
        assert peer.disk.effects == ids
        lost = self.delivered[side] - set(ids)
        assert not lost, f"{len(lost)} delivered entries of {side} are gone"
        assert {envelope_id(label) for label in node.disk.sent} <= set(ids)


def _notes_of(frame: Frame) -> list[bytes]:
    fetched = frame.fetched
    notes = [frame.receipt, frame.witness]
    notes += [] if frame.batch is None else [frame.batch.checkpoint]
    notes += [] if fetched is None else [fetched.batch.checkpoint, fetched.receipt]
    return [note for note in notes if note is not None]


INVARIANTS = (
    TwoParties.stored_logs_are_what_their_heads_say,
    TwoParties.every_effect_is_of_one_entry_and_happened_once,
    TwoParties.honest_nodes_refuse_each_other_only_for_what_was_lost,
    TwoParties.every_freeze_has_a_proof_that_convicts,
    TwoParties.nothing_freezes_while_no_disk_was_lost,
)


@pytest.mark.parametrize("seed", range(40))
def test_a_dense_storm_of_losses_and_replays_ends_whole(seed: int) -> None:
    """The same rules, chosen so that disks are lost in the midst of traffic."""
    choose = random.Random(seed)
    world = TwoParties()
    world.set_up(limit=choose.choice([1, 2, 256]))
    weights = {"send": 8, "contact": 4, "play_again": 4, "restore": 2, "crash": 1, "flush": 1, "shift_clock": 0.3}
    for _ in range(25):
        act = choose.choices(list(weights), list(weights.values()))[0]
        side = choose.choice(["CA", "CA", "IN"])
        fate = choose.choice(["both", "both", "both", "answer lost", "request lost"])
        match act:
            case "send":
                world.send(side=side, count=choose.randint(1, 3), fate=fate)
            case "contact":
                world.contact(side=side, fate=fate)
            case "play_again":
                world.play_again(choice=choose.randrange(10_000))
            case "restore":
                world.restore(
                    side=side, choice=choose.randrange(12), is_announced=bool(seed % 2) or choose.random() < 0.5
                )
            case "shift_clock":
                world.shift_clock(side=side, minutes=choose.choice([-60, 3, 60]))
            case _:
                getattr(world, act)(side=side)
        for holds in INVARIANTS:
            holds(world)
    world.teardown()


TestTwoParties = TwoParties.TestCase
TestTwoParties.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
