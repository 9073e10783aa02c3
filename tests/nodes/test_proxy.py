"""The bad network does what its name says: a nemesis that does nothing would prove nothing."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from tests.nodes.proxy import BadNetwork

REQUEST = b"ask" * 1_000


@dataclass(kw_only=True)
class EchoServer:
    """Answers each TLS request of 3,000 bytes with the same bytes and remembers that it did."""

    context: ssl.SSLContext
    answered: list[bytes] = field(default_factory=list)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.settimeout(5)
            with self.context.wrap_socket(client, server_side=True) as stream:
                while True:
                    got = b""
                    while len(got) < len(REQUEST):
                        piece = stream.recv(65_536)
                        if not piece:
                            return
                        got += piece
                    self.answered.append(got)
                    stream.sendall(got)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "echo")])
    now = datetime.now(tz=UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, None)
    )
    path = tmp_path_factory.mktemp("echo") / "echo.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def echo(certificate: Path) -> Iterator[EchoServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate)
    server = EchoServer(context=context)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    thread.join(timeout=5)


@contextlib.contextmanager
def connected(port: int) -> Iterator[ssl.SSLSocket]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain) as stream,
    ):
        yield stream


def ask(stream: ssl.SSLSocket) -> bytes:
    stream.sendall(REQUEST)
    got = b""
    while len(got) < len(REQUEST):
        piece = stream.recv(65_536)
        if not piece:
            raise ConnectionResetError
        got += piece
    return got


def test_fine_weather_passes_everything_and_counts_the_bytes(echo: EchoServer) -> None:
    with BadNetwork(echo.port) as network:
        with connected(network.port) as stream:
            assert ask(stream) == REQUEST
        assert network.bytes_to_server > len(REQUEST)
        assert network.bytes_to_client > len(REQUEST)


def test_a_cut_network_accepts_nothing_and_heals(echo: EchoServer) -> None:
    with BadNetwork(echo.port) as network:
        network.cut()
        with pytest.raises(OSError), connected(network.port) as stream:  # noqa: PT011 - reset or end of stream
            ask(stream)
        network.heal()
        with connected(network.port) as stream:
            assert ask(stream) == REQUEST


def test_swallowed_replies_leave_the_request_answered_but_unheard(echo: EchoServer) -> None:
    with BadNetwork(echo.port) as network:
        network.weather.swallow_replies = True
        with pytest.raises(OSError), connected(network.port) as stream:  # noqa: PT011 - reset or end of stream
            ask(stream)
        assert echo.answered == [REQUEST]
        assert network.replies_swallowed == 1


def test_a_flipped_bit_never_reaches_the_server_as_a_request(echo: EchoServer) -> None:
    with BadNetwork(echo.port) as network:
        network.weather.flip_request_bits = True
        with pytest.raises(OSError), connected(network.port) as stream:  # noqa: PT011 - alert, reset or end of stream
            ask(stream)
        assert echo.answered == []


def test_held_replies_arrive_when_the_weather_clears(echo: EchoServer) -> None:
    with BadNetwork(echo.port) as network, connected(network.port) as stream:
        network.weather.hold_replies = True
        stream.sendall(REQUEST)
        deadline = time.monotonic() + 5
        while not echo.answered and time.monotonic() < deadline:
            time.sleep(0.01)
        assert echo.answered == [REQUEST]
        stream.settimeout(0.2)
        with pytest.raises(TimeoutError):
            stream.recv(1)
        stream.settimeout(5)
        network.heal()
        assert stream.recv(1) == REQUEST[:1]


def test_a_request_that_is_cut_in_the_middle_is_never_answered(echo: EchoServer) -> None:
    with BadNetwork(echo.port) as network:
        network.weather.cut_after_request_bytes = len(REQUEST) // 2
        with pytest.raises(OSError), connected(network.port) as stream:  # noqa: PT011 - reset or end of stream
            ask(stream)
        assert echo.answered == []
