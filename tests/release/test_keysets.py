"""New keys of either side travel as entries: theirs count once filed, ours once they say that they filed them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.channel.disposition import Disposition, DispositionItem, encode_dispositions
from accord.channel.keyset import sign_keyset
from accord.courier.models import Entry, Outbox
from accord.courier.rotation import PEER_PUBLICATIONS_A_DAY, PublishedTooOften, apply_peer_keyset, rotate_keys
from accord.parties.keysets import channel_keys
from accord.parties.models import Keyset, Party
from accord.release.intake import Intake, take_in
from accord.release.keysets import send_keyset
from accord.release.services import one_release
from tests.channel.specimens import specimen
from tests.desk import Desk, dispositions, flush
from tests.simulators.memory_custody import MemoryCustody


@pytest.fixture
def pinned(desk: Desk) -> Desk:
    """The desk with both root keys pinned and a first keyset of each side in force."""
    for code, peer in (("CA", "IN"), ("IN", "CA")):
        Party.objects.filter(pk=code).update(root_public=specimen(code).root.public.to_bytes())
        Keyset.objects.create(
            party_id=code,
            peer_id=peer,
            serial=1,
            signed=specimen(code).chain(peer).signed[0],
            in_force_at=timezone.now(),
        )
    return desk


def their_next(**changed: object) -> bytes:
    chain = specimen("IN").chain("CA")
    keyset = specimen("IN").keyset("CA", serial=2, previous=chain.latest.digest, **changed)
    return sign_keyset(keyset, specimen("IN").root)


def test_their_new_keys_count_once_their_keyset_is_filed(pinned: Desk) -> None:
    pinned.peer.send("keyset", their_next(), handling="H0")
    assert take_in(pinned.channel) == Intake(filed=1)
    assert channel_keys("CA", "IN").theirs.latest.serial == 2
    assert dispositions(pinned) == [(0, 0, "filed", None, None)]


def test_a_keyset_that_came_twice_is_filed_and_kept_once(pinned: Desk) -> None:
    signed = their_next()
    for _ in range(2):
        pinned.peer.send("keyset", signed, handling="H0")
    assert take_in(pinned.channel) == Intake(filed=2)
    assert Keyset.objects.filter(party_id="IN").count() == 2


@pytest.mark.parametrize("signer", ["CA", "IN"])
def test_a_keyset_not_signed_by_the_pinned_root_or_out_of_order_is_parked(pinned: Desk, signer: str) -> None:
    keyset = specimen("IN").keyset("CA", serial=2 if signer == "CA" else 3, previous=bytes(32))
    pinned.peer.send("keyset", sign_keyset(keyset, specimen(signer).root), handling="H0")
    assert take_in(pinned.channel) == Intake(stopped=1)
    assert Keyset.objects.filter(party_id="IN").count() == 1
    assert dispositions(pinned)[0][2] == "refused"


def test_our_new_keys_are_used_only_after_the_peer_has_filed_them(pinned: Desk) -> None:
    custody = MemoryCustody("CA")
    signed = rotate_keys(pinned.channel, "seal", custody=custody)  # type: ignore[arg-type]
    with one_release():
        send_keyset("IN", signed, now=timezone.now())
    outbox = Outbox.objects.get()
    assert (outbox.kind, bytes(outbox.payload)) == ("keyset", signed)
    assert channel_keys("CA", "IN").signing.serial == 1
    flush(pinned)
    told = encode_dispositions([DispositionItem(first=0, last=0, state=Disposition.FILED)])
    pinned.peer.send("disposition", told, handling="H0")
    take_in(pinned.channel)
    assert channel_keys("CA", "IN").signing.serial == 2


def test_our_keys_stay_as_they_were_when_the_peer_refuses_them(pinned: Desk) -> None:
    signed = rotate_keys(pinned.channel, "seal", custody=MemoryCustody("CA"))  # type: ignore[arg-type]
    with one_release():
        send_keyset("IN", signed, now=timezone.now())
    flush(pinned)
    item = DispositionItem(first=0, last=0, state=Disposition.REFUSED, code="trust.signature-invalid")
    pinned.peer.send("disposition", encode_dispositions([item]), handling="H0")
    take_in(pinned.channel)
    assert channel_keys("CA", "IN").signing.serial == 1


def test_a_peer_that_publishes_keysets_without_end_fills_no_chain_and_loses_no_entry(pinned: Desk) -> None:
    chain = specimen("IN").chain("CA")
    for serial in range(2, PEER_PUBLICATIONS_A_DAY + 4):
        keyset = specimen("IN").keyset("CA", serial=serial, previous=chain.latest.digest)
        signed = sign_keyset(keyset, specimen("IN").root)
        chain = chain.extended(signed)
        pinned.peer.send("keyset", signed, handling="H0")
    for _ in range(4):
        take_in(pinned.channel)
    assert Keyset.objects.filter(party_id="IN").count() == 1 + PEER_PUBLICATIONS_A_DAY
    assert Entry.objects.filter(channel=pinned.channel).count() == PEER_PUBLICATIONS_A_DAY + 2
    Keyset.objects.filter(party_id="IN").update(recorded_at=timezone.now() - timedelta(days=2))
    apply_peer_keyset(pinned.channel, chain.signed[1 + PEER_PUBLICATIONS_A_DAY])
    assert channel_keys("CA", "IN").theirs.latest.serial == 2 + PEER_PUBLICATIONS_A_DAY


def test_we_publish_no_more_keysets_in_a_day_than_the_peer_will_take(
    pinned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.courier.rotation.PUBLICATIONS_A_DAY", 1)
    custody = MemoryCustody("CA")
    rotate_keys(pinned.channel, "seal", custody=custody)  # type: ignore[arg-type]
    with pytest.raises(PublishedTooOften):
        rotate_keys(pinned.channel, "seal", custody=custody)  # type: ignore[arg-type]
    assert Keyset.objects.filter(party_id="CA").count() == 2
