"""A peer's keyset can neither stop this node nor speak for another party; who tries keeps its keyset before."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from django.utils import timezone

from accord.channel.key_entry import KeyEntry
from accord.channel.keyset import sign_keyset
from accord.errors import AccordError, TrustFails
from accord.parties.keysets import TLS_CERTIFICATES, chain_between, record_keyset
from accord.parties.models import Keyset, Party
from accord.parties.tls import (
    TlsIdentity,
    client_context,
    make_tls_identity,
    named_party,
    pin_of,
    readable,
    server_context,
)
from tests.channel.specimens import specimen
from tests.simulators.paired_node import PairedNode


class Made(Protocol):
    """Makes a TLS identity of a party, in a folder of its own."""

    def __call__(self, party: str, name: str | None = None) -> TlsIdentity: ...


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes TLS identities of parties."""

    def make(party: str, name: str | None = None) -> TlsIdentity:
        folder = tmp_path / (name or party)
        folder.mkdir()
        return make_tls_identity(folder, party, password="specimen password")

    return make


def present(party: str, **changes: object) -> None:
    """Records a party's next keyset towards Canada, as an entry that brings it would."""
    chain = chain_between(party, "CA" if party != "CA" else "IN")
    following = replace(chain.latest, serial=chain.latest.serial + 1, previous=chain.latest.digest, **changes)  # type: ignore[arg-type]
    record_keyset(chain, sign_keyset(following, specimen(party).root))


def naming(*certificates: bytes) -> dict[str, object]:
    return {
        "tls_pins": tuple(pin_of(der) for der in certificates),
        "extensions": {TLS_CERTIFICATES: list(certificates)},
    }


@pytest.fixture
def france(paired: PairedNode, made: Made) -> TlsIdentity:
    """A second peer, whose first keyset names its certificate."""
    identity = made("FR")
    Party.objects.create(code="FR", profile={}, root_public=specimen("FR").root.public.to_bytes())
    first = specimen("FR").keyset("CA", **naming(identity.der))
    Keyset.objects.create(
        party_id="FR",
        peer_id="CA",
        serial=1,
        signed=sign_keyset(first, specimen("FR").root),
        in_force_at=timezone.now(),
    )
    return identity


@pytest.mark.parametrize("spoil", [lambda _: b"not a certificate", lambda der: der + b"\0", lambda _: b"", lambda _: 7])
def test_a_keyset_with_a_certificate_that_does_not_parse_is_refused(
    paired: PairedNode, made: Made, spoil: Callable[[bytes], object]
) -> None:
    bad = spoil(made("IN").der)
    pins = (pin_of(bad),) if isinstance(bad, bytes) else ()
    with pytest.raises(TrustFails) as caught:
        present("IN", tls_pins=pins, extensions={TLS_CERTIFICATES: [bad]})
    assert caught.value.reason_code == "parties.certificate-unreadable"
    assert chain_between("IN", "CA").latest.serial == 1


def test_a_keyset_with_certificates_of_its_own_is_recorded(paired: PairedNode, made: Made) -> None:
    present("IN", **naming(made("IN").der, made("IN", "next").der))
    assert chain_between("IN", "CA").latest.serial == 2


@pytest.mark.parametrize("is_carried", [True, False])
def test_a_keyset_that_names_another_peers_certificate_is_refused(france: TlsIdentity, is_carried: bool) -> None:
    stolen = naming(france.der) if is_carried else {"tls_pins": (france.pin,)}
    with pytest.raises(TrustFails) as caught:
        present("IN", **stolen)
    assert caught.value.reason_code == "parties.pin-taken"
    assert chain_between("IN", "CA").latest.serial == 1


def test_a_peer_cannot_claim_a_certificate_before_its_owner_names_it(france: TlsIdentity, made: Made) -> None:
    coming = made("FR", "coming").der
    with pytest.raises(TrustFails):
        present("IN", **naming(coming))
    present("FR", **naming(france.der, coming))
    assert chain_between("FR", "CA").latest.serial == 2


def test_a_pin_that_somebody_claimed_without_its_certificate_stays_free_for_its_owner(
    france: TlsIdentity, made: Made
) -> None:
    coming = made("FR", "coming").der
    present("IN", tls_pins=(pin_of(coming),))
    present("FR", **naming(france.der, coming))
    assert chain_between("FR", "CA").latest.serial == 2


def test_a_keyset_that_names_our_own_certificate_is_refused(paired: PairedNode, made: Made) -> None:
    ours = made("CA").der
    present("CA", **naming(ours))
    with pytest.raises(TrustFails) as caught:
        present("IN", tls_pins=(pin_of(ours),))
    assert caught.value.reason_code == "parties.pin-taken"


@pytest.mark.parametrize("kind", ["seal", "archive"])
def test_a_keyset_with_a_key_that_nothing_can_be_sealed_to_is_refused(paired: PairedNode, kind: str) -> None:
    good = getattr(specimen("IN"), kind).public.to_bytes()
    before = getattr(chain_between("IN", "CA").latest, f"{kind}_keys")[0].retired(0)
    useless = KeyEntry(public=good[:1184] + bytes(32))
    with pytest.raises(AccordError) as caught:
        present("IN", **{f"{kind}_keys": (before, useless)})
    assert caught.value.reason_code == "trust.key-unusable"
    assert chain_between("IN", "CA").latest.serial == 1


@pytest.mark.parametrize("context", [server_context, client_context])
def test_a_certificate_that_cannot_be_read_leaves_the_others_trusted(
    made: Made, context: Callable[..., ssl.SSLContext]
) -> None:
    good = made("FR").der
    loaded = context(made("CA"), [b"not a certificate", good])
    assert loaded.cert_store_stats()["x509"] == 1


def test_a_certificate_tells_its_party_and_junk_tells_nothing(made: Made) -> None:
    assert named_party(made("FR").der) == "FR"
    assert named_party(b"junk") is None
    assert readable(made("FR", "another").der)
