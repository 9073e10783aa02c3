"""A real mail server on loopback, with and without TLS, that keeps what it takes and refuses what it is told to."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Postbox", "running", "self_signed"]

USER, PASSWORD = "accord", "a specimen pass phrase"


@dataclass
class Postbox:
    """What the server took, and how it answers.

    Args:
        taken: Messages it said yes to.
        answers: Answers to the next recipients; yes once they are used up.
        drops_after_data: Whether it breaks off after the last dot, once, instead of answering.
    """

    taken: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    drops_after_data: bool = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _session: Any, envelope: Envelope, to: str, _options: Any
    ) -> str:
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _session: Any, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content))
        if self.drops_after_data:
            self.drops_after_data = False
            server.transport.abort()
        return "250 OK"


def self_signed(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """Makes a certificate and its key for a host; the certificate is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{name}.crt", folder / f"{name}.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_right, handled=False)


@contextmanager
def running(
    postbox: Postbox,
    port: int,
    *,
    certificate: tuple[Path, Path] | None = None,
    is_tls_from_the_start: bool = False,
    needs_user: bool = False,
) -> Iterator[None]:
    """Runs the server: plain, with STARTTLS demanded, or with TLS from the first byte."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    security: dict[str, Any] = {}
    if context is not None and is_tls_from_the_start:
        security = {"ssl_context": context}
    elif context is not None:
        security = {"tls_context": context, "require_starttls": True}
    if needs_user:
        # The library knows TLS by STARTTLS alone; from the first byte on it asks for no user by itself.
        is_started = "tls_context" in security
        security |= {"authenticator": _authenticate, "auth_required": is_started, "auth_require_tls": is_started}
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **security)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
