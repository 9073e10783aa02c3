"""The node asks a witness, keeps what it co-signed, and is told apart from a node that shows another log."""

import pytest

from accord.channel.checkpoint import sign_checkpoint, unverified_checkpoint
from accord.channel.witness import (
    CosignatureInvalid,
    WitnessName,
    WitnessRequest,
    WitnessSeed,
    cosignature_lines,
    cosigned_note,
    require_extends,
)
from accord.courier.models import Alarm, Direction, Entry, SignedCheckpoint
from accord.courier.moment import now_ms
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from accord.oversight.log_checks import advance, begin_check
from accord.oversight.models import Cosignature
from accord.oversight.witnesses import (
    AnotherLog,
    WitnessRefused,
    add_witness,
    request_for,
    retire_witness,
    take_cosignature,
    witnesses,
)
from tests.channel.specimens import seed, specimen
from tests.oversight.conftest import Logs

WITNESS = WitnessSeed("review.example.org/w1", seed("witness", 64))


def cosigned(note: bytes, *, by: WitnessSeed = WITNESS) -> bytes:
    return cosigned_note(note, cosignature_lines(unverified_checkpoint(note), by, now_ms=now_ms()))


def asked(logs: Logs, *, owner: str = "CA", peer: str = "IN") -> WitnessRequest:
    return WitnessRequest.from_bytes(request_for(logs.reviewer, WITNESS.public.name, owner, peer))


def test_a_witness_follows_a_growing_log_from_request_to_request(logs: Logs) -> None:
    add_witness(logs.reviewer, WITNESS.public.to_text())
    logs.write(3)
    first = asked(logs)
    head = unverified_checkpoint(first.checkpoint)
    require_extends(first, head, held=None)
    [kept] = take_cosignature(logs.reviewer, cosigned(first.checkpoint))
    assert (kept.size, kept.direction, bytes(kept.root)) == (3, "out", head.root)
    logs.write(2)
    second = asked(logs)
    assert second.old_size == 3
    require_extends(second, unverified_checkpoint(second.checkpoint), held=head)
    [(witness, seen)] = witnesses(logs.reviewer)
    assert [(one.log.owner, one.unseen) for one in seen] == [("CA", 2), ("IN", 0)]
    take_cosignature(logs.reviewer, cosigned(second.checkpoint))
    assert [one.unseen for one in witnesses(logs.reviewer)[0][1]] == [0, 0]
    assert list(Act.objects.filter(verb="take cosignature").values_list("detail__size", flat=True)) == [3, 5]
    assert witness.name == WITNESS.public.name


def test_the_same_cosignature_twice_is_kept_once(logs: Logs) -> None:
    add_witness(logs.reviewer, WITNESS.public.to_text())
    logs.write(1)
    note = cosigned(asked(logs).checkpoint)
    take_cosignature(logs.reviewer, note)
    take_cosignature(logs.reviewer, note)
    assert Cosignature.objects.count() == 1


def test_a_log_that_the_owner_signed_and_this_node_does_not_hold_is_an_alarm(logs: Logs) -> None:
    add_witness(logs.reviewer, WITNESS.public.to_text())
    logs.write(2)
    stated = unverified_checkpoint(asked(logs).checkpoint)
    from dataclasses import replace

    other = sign_checkpoint(replace(stated, root=seed("another history", 32)), specimen("CA").sign)
    with pytest.raises(AnotherLog):
        take_cosignature(logs.reviewer, cosigned(other))
    assert Alarm.objects.filter(code="oversight.witness-saw-another-log").exists()
    forged = sign_checkpoint(replace(stated, root=seed("another history", 32)), specimen("XX").sign)
    with pytest.raises(WitnessRefused):
        take_cosignature(logs.reviewer, cosigned(forged))
    assert not Cosignature.objects.exists()


def test_a_history_rewritten_with_all_keys_fails_the_check_against_the_witness(logs: Logs) -> None:
    """Whoever holds both parties' keys can rewrite everything but what a witness saw."""
    from accord.channel.checkpoint import Checkpoint, cosign
    from accord.channel.merkle import EMPTY_FRONTIER, entry_leaf

    add_witness(logs.reviewer, WITNESS.public.to_text())
    logs.write(2)
    take_cosignature(logs.reviewer, cosigned(asked(logs).checkpoint))
    Entry.objects.filter(direction=Direction.OUT, position=0).update(sealed=b"another body")
    rows = Entry.objects.filter(direction=Direction.OUT).order_by("position").values_list("header", "sealed")
    frontier, _ = EMPTY_FRONTIER.append([entry_leaf(bytes(one), bytes(two)) for one, two in rows])
    head = Checkpoint(owner="CA", peer="IN", size=2, root=frontier.root, epoch=0, time_ms=now_ms())
    note = sign_checkpoint(head, specimen("CA").sign)
    receipt = cosign(note, head, specimen("IN").sign, "IN", now_ms())
    SignedCheckpoint.objects.filter(direction=Direction.OUT).update(note=note, receipt=receipt)
    run = begin_check(logs.reviewer)
    assert run is not None
    found = {one.owner: one for one in advance(logs.reviewer, run, seconds=60)}["CA"]
    assert found.progress.fault is not None
    assert found.progress.fault.code == "other-history"


def test_unknown_witnesses_wrong_keys_and_retired_ones_count_for_nothing(logs: Logs) -> None:
    made = add_witness(logs.reviewer, WITNESS.public.to_text())
    logs.write(1)
    note = asked(logs).checkpoint
    stranger = WitnessSeed("stranger.example.org", seed("stranger", 64))
    with pytest.raises(WitnessRefused):
        take_cosignature(logs.reviewer, cosigned(note, by=stranger))
    with pytest.raises(CosignatureInvalid):
        take_cosignature(logs.reviewer, cosigned(note, by=WitnessSeed(WITNESS.public.name, seed("impostor", 64))))
    with pytest.raises(WitnessRefused):
        add_witness(logs.reviewer, WITNESS.public.to_text())
    with pytest.raises(WitnessName):
        add_witness(logs.reviewer, "no key")
    retire_witness(logs.reviewer, made.pk)
    with pytest.raises(WitnessRefused):
        take_cosignature(logs.reviewer, cosigned(note))
    with pytest.raises(WitnessRefused):
        retire_witness(logs.reviewer, made.pk)
    add_witness(logs.reviewer, WITNESS.public.to_text())


def test_who_may_not_read_the_record_has_nothing_to_do_with_witnesses(logs: Logs) -> None:
    for act in (
        lambda: witnesses(logs.administrator),
        lambda: add_witness(logs.administrator, WITNESS.public.to_text()),
        lambda: retire_witness(logs.administrator, 1),
        lambda: request_for(logs.administrator, WITNESS.public.name, "CA", "IN"),
        lambda: take_cosignature(logs.administrator, b""),
    ):
        with pytest.raises(NotPermitted):
            act()
