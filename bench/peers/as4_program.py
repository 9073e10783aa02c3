"""What one AS4 message costs, by the ``as4`` package (Peppol profile): run by its own interpreter, prints JSON.

The package asks for an older ``cryptography`` than Accord does, so it lives in an environment of its own
(``bench.peers.as4_cost`` makes it). No HTTP, no database, no retry and no duplicate detection are in these figures: the
package leaves them to its user, so a real gateway costs more.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from as4.core.common import AS4LocalPrivateKey
from as4.peppol import (
    build_peppol_message,
    create_peppol_external_party,
    create_peppol_internal_party,
    parse_peppol_message,
    parse_peppol_receipt,
    peppol_security_policy,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

PAYLOAD_BYTES = 4096
ROUNDS = 200
KEY_BITS = 2048
"""Peppol's own certificates are RSA of this size."""


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, *, is_authority: bool
) -> x509.Certificate:
    now = datetime.now(tz=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _payload() -> bytes:
    # An XML document, as the profile demands; letters and digits at random compress little, like the worst real case.
    dice = random.Random(7)
    head, tail = b'<Invoice xmlns="urn:specimen"><Note>', b"</Note></Invoice>"
    room = PAYLOAD_BYTES - len(head) - len(tail)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
    return head + "".join(dice.choice(letters) for _ in range(room)).encode() + tail


def _median_ms(act: Callable[[], Any]) -> float:
    for _ in range(10):
        act()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1e3


def main() -> None:
    """Prints the medians of CPU time and the sizes on the wire as one JSON object."""
    keys = [rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS) for _ in range(3)]
    root = _certificate("Specimen root", keys[0], "Specimen root", keys[0], is_authority=True)
    sender_cert = _certificate("PTE000001", keys[1], "Specimen root", keys[0], is_authority=False)
    receiver_cert = _certificate("PTE000002", keys[2], "Specimen root", keys[0], is_authority=False)
    sender = create_peppol_internal_party("PTE000001", sender_cert, AS4LocalPrivateKey(keys[1]))
    receiver = create_peppol_internal_party("PTE000002", receiver_cert, AS4LocalPrivateKey(keys[2]))
    to_receiver = create_peppol_external_party("PTE000002", receiver_cert)
    policy = peppol_security_policy(root)
    payload = _payload()

    def build() -> tuple[Any, dict[str, str], bytes]:
        message = build_peppol_message(
            payload=payload,
            local_party=sender,
            remote_party=to_receiver,
            sender="9932:9999999999",
            recipient="9932:1111111111",
            sender_country_id="GB",
            document_type_identifier_scheme="busdox-docid-qns",
            document_type_identifier_value="urn:specimen::Invoice##urn:specimen:billing:1::2.1",
            process_identifier="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        )
        body, boundary = message.get_request_data()
        return message, message.get_http_headers(boundary), body

    def receive(headers: dict[str, str], body: bytes) -> bytes:
        exchange = parse_peppol_message(
            request_headers=headers, request_body=body, local_party=receiver, security_policy=policy
        )
        _, signal = exchange.build_signal()
        if not exchange.successful:
            sys.exit(f"the message was refused: {exchange.errors}")
        return bytes(signal)

    def confirm(message: Any, signal: bytes) -> None:
        parse_peppol_receipt(signal, receiver_cert).verify_non_repudiation(message.signed_references)

    message, headers, body = build()
    signal = receive(headers, body)
    confirm(message, signal)
    json.dump(
        {
            "send_ms": _median_ms(build),
            "receive_ms": _median_ms(lambda: receive(headers, body)),
            "confirm_ms": _median_ms(lambda: confirm(message, signal)),
            "message_bytes": len(body) + sum(len(k) + len(v) + 4 for k, v in headers.items()),
            "receipt_bytes": len(signal),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
