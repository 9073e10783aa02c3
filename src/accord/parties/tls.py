"""The node's TLS identity: a self-signed certificate that the peer pins by its SHA-256.

There is no certificate authority between two states: what makes a certificate good is that the peer's keyset, signed
by the root that was compared in person, names its digest. Python's TLS here has no post-quantum key exchange, so
secrecy against a later quantum computer is the envelope's duty, not this one's (design/channel.md).
"""

import hashlib
import logging
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .keyfile import write_durably

__all__ = [
    "TlsIdentity",
    "client_context",
    "make_tls_identity",
    "named_party",
    "pin_of",
    "readable",
    "server_context",
    "tls_identity_in",
]

logger = logging.getLogger(__name__)

# The keyset decides how long a certificate counts; its own dates only must not end a channel by surprise.
VALIDITY: Final = timedelta(days=3653)
# The peer's clock may run behind ours by as much without refusing a fresh certificate.
BACKDATED: Final = timedelta(days=2)
# What our certificates are named: the party's code follows.
NAME_PREFIX: Final = "accord "


@dataclass(frozen=True, kw_only=True)
class TlsIdentity:
    """Certificate and key of this node as the TLS library wants them.

    Args:
        certificate: PEM file of the certificate.
        key: PEM file of the encrypted private key.
        password: Opens the private key; kept in the encrypted key file.
    """

    certificate: Path
    key: Path
    password: str

    @property
    def der(self) -> bytes:
        """The certificate in DER, as the keyset carries it."""
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text("ascii"))

    @property
    def pin(self) -> bytes:
        """SHA-256 of the certificate, as the keyset names it."""
        return pin_of(self.der)


def pin_of(der: bytes) -> bytes:
    """Returns the pin of a certificate: SHA-256 of its DER bytes."""
    return hashlib.sha256(der).digest()


@lru_cache(maxsize=256)
def readable(der: bytes) -> bool:
    """Tells whether bytes are one certificate, as both libraries that will read it see it, and nothing beside it."""
    try:
        whole = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.DER)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(der))
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm, ssl.SSLError):
        return False
    return whole == der


def named_party(der: bytes) -> str | None:
    """Returns the party that a certificate made by this software names, or ``None`` for any other."""
    try:
        names = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        return None
    said = str(names[0].value) if names else ""
    return said.removeprefix(NAME_PREFIX) if said.startswith(NAME_PREFIX) else None


def tls_identity_in(folder: Path, *, password: str) -> TlsIdentity:
    """Returns the identity whose two files lie, or will lie, in a folder."""
    return TlsIdentity(certificate=folder / "tls.crt", key=folder / "tls.key", password=password)


def make_tls_identity(home: Path, party: str, *, password: str, now: datetime | None = None) -> TlsIdentity:
    """Makes a P-256 key and a self-signed certificate for both ends of TLS, and writes them into ``home``.

    Args:
        home: Folder the two PEM files are written to.
        party: Code of the party, the certificate's common name.
        password: Encrypts the private key.
        now: Moment of issue; the present when omitted.
    """
    moment = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{NAME_PREFIX}{party}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - BACKDATED)
        .not_valid_after(moment + VALIDITY)
        # Not an authority: pinning this certificate trusts this one, and nothing that its key could sign.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("channel.accord.invalid")]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    identity = tls_identity_in(home, password=password)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
    write_durably(identity.key, encrypted, mode=0o600)
    write_durably(identity.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return identity


def server_context(identity: TlsIdentity, pinned: Iterable[bytes]) -> ssl.SSLContext:
    """Returns a context that speaks TLS 1.3 only and demands one of the pinned client certificates.

    Args:
        identity: Our certificate and key.
        pinned: DER certificates of the peers; with none, every handshake fails.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    # A resumed session would skip the certificate that the pin is checked against.
    context.num_tickets = 0
    return _loaded(context, identity, pinned)


def client_context(identity: TlsIdentity, pinned: Iterable[bytes]) -> ssl.SSLContext:
    """Returns a context that speaks TLS 1.3 only to a server with one of the pinned certificates.

    Host names are not checked: the pin names one certificate, which says more than a name.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    return _loaded(context, identity, pinned)


def _loaded(context: ssl.SSLContext, identity: TlsIdentity, pinned: Iterable[bytes]) -> ssl.SSLContext:
    context.load_cert_chain(identity.certificate, identity.key, password=identity.password)
    for der in pinned:
        # One that cannot be read must not take the other peers' channels with it; its own peer stays unreachable.
        if readable(der):
            context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(der))
        else:
            logger.warning("A pinned certificate that cannot be read is not trusted: %s", pin_of(der).hex())
    return context
