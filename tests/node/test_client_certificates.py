"""A client certificate opens the API end to end: a real listener, real TLS, and no header that could name one."""

import hashlib
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import connections
from django.utils import timezone

from accord.cli.demo.nodes import free_port
from accord.node.api_listener import ApiListener
from accord.node.config import NodeConfig
from accord.officers.models import ClientCertificate, Officer
from accord.officers.permissions import Permission, Role
from accord.officers.services import create_first_administrator, create_officer
from accord.officers.tokens import issue_token, register_certificate, revoke

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate with its key, and the PEM file that holds both."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    file: Path

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).digest()


def issue(folder: Path, name: str, *, by: Issued | None = None, ends: timedelta = DAY) -> Issued:
    """Issues a certificate; one that issues itself is an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(by.key if by else key, SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return Issued(certificate=certificate, key=key, file=file)


@dataclass(frozen=True, kw_only=True)
class Door:
    """A running listener, what it trusts, and who may come in."""

    url: str
    folder: Path
    authority: Issued
    administrator: Officer
    duty: Officer

    def get(self, client: Issued | None = None, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.call("GET", "/me", client, **headers)

    def call(self, method: str, path: str, client: Issued | None, **headers: str) -> urllib3.BaseHTTPResponse:
        context = ssl.create_default_context(cafile=str(self.authority.file))
        if client is not None:
            context.load_cert_chain(client.file)
        with urllib3.PoolManager(ssl_context=context, retries=False, timeout=10) as pool:
            return pool.request(method, f"{self.url}/api/v1{path}", headers=headers)

    def registered(self, name: str, scope: list[str]) -> Issued:
        issued = issue(self.folder, name, by=self.authority)
        register_certificate(
            self.duty,
            self.duty,
            label=name,
            der_sha256=issued.sha256,
            scope=scope,
            expires_at=timezone.now() + DAY,
        )
        return issued


@pytest.fixture
def door(transactional_db: None, home: Path) -> Iterator[Door]:
    authority = issue(home, "authority")
    server = issue(home, "server", by=authority)
    administrator = create_first_administrator("admin", "correct horse battery staple")
    duty = create_officer(administrator, "duty", password=None, display_name="D", roles=[Role.DUTY], agency="RCMP")
    config = NodeConfig(
        home=home,
        api_port=free_port(),
        api_tls_certificate=str(server.file),
        api_tls_key=str(server.file),
        api_client_ca=str(authority.file),
    )
    listener = ApiListener(config)
    listener.start()
    yield Door(url=listener.url, folder=home, authority=authority, administrator=administrator, duty=duty)
    listener.stop()
    connections.close_all()


def test_a_registered_certificate_stands_for_its_officer_within_its_scope(door: Door) -> None:
    system = door.registered("system", [Permission.CASE_READ.value])

    answer = door.get(system)
    refused = door.call("GET", "/parked", system)

    assert (answer.status, answer.json()["username"], answer.json()["permissions"]) == (200, "duty", ["case.read"])
    assert (refused.status, refused.json()["fields"]["permission"]) == (403, "parked.handle")


def test_a_good_certificate_that_nobody_registered_opens_nothing(door: Door) -> None:
    answer = door.get(issue(door.folder, "stranger", by=door.authority))

    assert (answer.status, answer.json()["code"]) == (401, "officer.account-not-accepted")


def test_without_a_certificate_a_token_still_opens_and_nothing_else_does(door: Door) -> None:
    _token, secret = issue_token(
        door.duty, door.duty, label="t", scope=[Permission.CASE_READ], expires_at=timezone.now() + DAY
    )
    digest = door.registered("system", [Permission.CASE_READ.value]).sha256.hex()

    named = door.get(None, **{"accord.client_certificate_sha256": digest, "X-Client-Cert": digest})

    assert door.get(None, Authorization=f"Bearer {secret}").status == 200
    assert (named.status, named.json()["code"]) == (401, "api.not-signed-in")


@pytest.mark.parametrize("fault", ["another authority", "over"])
def test_a_certificate_that_does_not_verify_ends_the_connection(door: Door, fault: str) -> None:
    foreign = issue(door.folder, "foreign")
    client = (
        issue(door.folder, "late", by=door.authority, ends=-DAY)
        if fault == "over"
        else issue(door.folder, "forged", by=foreign)
    )
    register_certificate(
        door.duty,
        door.duty,
        label="x",
        der_sha256=client.sha256,
        scope=[Permission.CASE_READ],
        expires_at=timezone.now() + DAY,
    )

    with pytest.raises(urllib3.exceptions.HTTPError):
        door.get(client)


def test_a_revoked_certificate_opens_nothing_from_the_next_request_on(door: Door) -> None:
    system = door.registered("system", [Permission.CASE_READ.value])
    assert door.get(system).status == 200

    revoke(door.administrator, ClientCertificate.objects.get())

    assert door.get(system).status == 401
