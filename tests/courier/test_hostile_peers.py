"""What one peer does wrong costs that peer its channel for a while, and never another peer's."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from django.utils import timezone

from accord.channel.keyset import sign_keyset
from accord.courier.contact_app import channel_of_pin
from accord.courier.models import Alarm, Channel
from accord.courier.recent import forget_recent
from accord.courier.worker import Courier, pinned_certificates
from accord.parties.keysets import TLS_CERTIFICATES
from accord.parties.models import Keyset, Party
from accord.parties.tls import TlsIdentity, make_tls_identity, pin_of
from tests.channel.specimens import specimen
from tests.simulators.paired_node import PairedNode


def name(party: str, *certificates: bytes) -> None:
    """Writes a party's first keyset with these certificates, as it was stored before anybody checked them."""
    keyset = specimen(party).keyset(
        "CA", tls_pins=tuple(map(pin_of, certificates)), extensions={TLS_CERTIFICATES: list(certificates)}
    )
    Keyset.objects.update_or_create(
        party_id=party,
        peer_id="CA",
        serial=1,
        defaults={"signed": sign_keyset(keyset, specimen(party).root), "recorded_at": timezone.now()},
    )


@pytest.fixture
def france(paired: PairedNode, tmp_path: Path) -> TlsIdentity:
    """A second peer with a channel and a certificate."""
    folder = tmp_path / "france"
    folder.mkdir()
    identity = make_tls_identity(folder, "FR", password="specimen password")
    Party.objects.create(code="FR", profile={}, root_public=specimen("FR").root.public.to_bytes())
    Keyset.objects.create(
        party_id="CA",
        peer_id="FR",
        serial=1,
        signed=specimen("CA").chain("FR").signed[0],
        in_force_at=timezone.now(),
    )
    name("FR", identity.der)
    Channel.objects.create(peer_id="FR", party_code="CA")
    forget_recent()
    return identity


def test_a_stored_certificate_that_cannot_be_read_is_not_trusted_and_is_told_once(france: TlsIdentity) -> None:
    name("IN", b"not a certificate")
    assert pinned_certificates() == [france.der]
    assert pinned_certificates() == [france.der]
    alarm = Alarm.objects.get(code="courier.certificate-unreadable")
    assert (alarm.channel and alarm.channel.peer_id, alarm.count) == ("IN", 1)


def test_keysets_of_one_peer_that_do_not_verify_leave_the_other_peers_certificates_trusted(
    france: TlsIdentity,
) -> None:
    Keyset.objects.filter(party_id="IN").update(signed=b"damaged")
    assert pinned_certificates() == [france.der]
    found = channel_of_pin(france.pin)
    assert found == Channel.objects.get(peer_id="FR").pk


def test_a_pin_belongs_to_the_one_peer_that_names_it(france: TlsIdentity) -> None:
    assert channel_of_pin(france.pin) == Channel.objects.get(peer_id="FR").pk
    assert channel_of_pin(bytes(32)) is None


def test_a_pin_that_two_peers_name_means_no_channel(france: TlsIdentity) -> None:
    name("IN", france.der)
    assert channel_of_pin(france.pin) is None
    assert Alarm.objects.filter(code="courier.ambiguous-pin").exists()


def test_a_pin_that_a_peer_names_without_its_certificate_takes_nobodys_channel(france: TlsIdentity) -> None:
    keyset = specimen("IN").keyset("CA", tls_pins=(france.pin,))
    Keyset.objects.filter(party_id="IN").update(signed=sign_keyset(keyset, specimen("IN").root))
    assert channel_of_pin(france.pin) == Channel.objects.get(peer_id="FR").pk


@pytest.fixture
def fast_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.courier.worker.WATCH_SECONDS", 0.01)
    monkeypatch.setattr("accord.courier.worker._note_own_fault", lambda *_: None)


def test_the_watcher_outlives_any_fault(paired: PairedNode, fast_watch: None, monkeypatch: pytest.MonkeyPatch) -> None:
    courier = Courier(paired.wire)
    looks = 0
    enough = threading.Event()

    def fails() -> NoReturn:
        nonlocal looks
        looks += 1
        if looks == 3:
            enough.set()
        raise ValueError("not enough data")

    monkeypatch.setattr(courier, "_start_flushers", fails)
    courier.start()
    assert enough.wait(10)
    courier.stop()


def test_a_flush_that_fails_each_time_raises_an_alarm(met: PairedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> NoReturn:
        raise ValueError("a key that nothing can be sealed to")

    monkeypatch.setattr("accord.courier.worker.flush_once", fails)
    monkeypatch.setattr("accord.courier.worker.connections.close_all", lambda: None)
    monkeypatch.setattr("accord.courier.worker.close_old_connections", lambda: None)
    courier = Courier(met.wire)
    flush: Callable[..., object] = courier._flush_safely
    assert flush(met.channel.pk, is_due=True) is None
    assert flush(met.channel.pk, is_due=True) is None
    alarm = Alarm.objects.get(code="courier.flush-failed")
    assert (alarm.channel_id, alarm.count, "ValueError" in alarm.detail) == (met.channel.pk, 1, True)
