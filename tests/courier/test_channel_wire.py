"""The channel over real sockets: TLS 1.3, pinned certificates, deadlines and sizes, from both ends."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from accord.channel.frames import decode_frame, encode_frame
from accord.channel.keyset import sign_keyset
from accord.channel.limits import MAX_FRAME_BYTES
from accord.courier import listener as listener_module
from accord.courier.contact_app import close_contact_connections, contact_application
from accord.courier.listener import ChannelListener
from accord.courier.models import Alarm, Channel, Direction, Entry
from accord.courier.recent import forget_recent
from accord.courier.transport import CONTACT_PATH, FRAME_TYPE, HttpsTransport, NotAFrame, PeerSilent, WrongPeer
from accord.parties.custody import use_custody
from accord.parties.keysets import TLS_CERTIFICATES
from accord.parties.models import Keyset
from accord.parties.tls import TlsIdentity, client_context, make_tls_identity, server_context
from tests.channel.specimens import specimen
from tests.simulators.memory_custody import MemoryCustody
from tests.simulators.paired_node import PairedNode, make_paired_node

pytestmark = pytest.mark.django_db(transaction=True)


def identity(folder: Path, party: str) -> TlsIdentity:
    folder.mkdir(parents=True, exist_ok=True)
    return make_tls_identity(folder, party, password="specimen password")


class TlsCustody(MemoryCustody):
    """The specimen keys with a real TLS identity."""

    def __init__(self, party: str, tls: TlsIdentity) -> None:
        super().__init__(party)
        self._tls = tls

    @property
    def tls(self) -> TlsIdentity:
        return self._tls


@dataclass
class Wired:
    """Our node behind a real listener, and the identities of those who call it."""

    node: PairedNode
    ours: TlsIdentity
    theirs: TlsIdentity
    stranger: TlsIdentity
    listener: ChannelListener
    refused: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        return self.listener.address

    def connect(self, who: TlsIdentity | None = None) -> http.client.HTTPSConnection:
        host, port = self.address
        context = client_context(who or self.theirs, [self.ours.der])
        return http.client.HTTPSConnection(host, port, context=context, timeout=20)

    def post(self, body: bytes, *, who: TlsIdentity | None = None, **headers: str) -> tuple[int, bytes]:
        with closing(self.connect(who)) as connection:
            connection.request("POST", CONTACT_PATH, body, {"Content-Type": FRAME_TYPE, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()


def name_certificate(party: str, peer: str, der: bytes, pin: bytes) -> None:
    keyset = specimen(party).keyset(peer, tls_pins=(pin,), extensions={TLS_CERTIFICATES: [der]})
    Keyset.objects.filter(party_id=party).update(signed=sign_keyset(keyset, specimen(party).root))


@pytest.fixture
def wired(transactional_db: None, home: Path, tmp_path: Path) -> Iterator[Wired]:
    """Our node listens on loopback; its peer's certificate is named by the peer's keyset."""
    from accord.courier.machine import forget_meetings

    forget_meetings()
    forget_recent()
    names = ("ours", "theirs", "stranger")
    ours, theirs, stranger = (identity(tmp_path / name, name[:2].upper()) for name in names)
    node = make_paired_node()
    name_certificate("CA", "IN", ours.der, ours.pin)
    name_certificate("IN", "CA", theirs.der, theirs.pin)
    node.peer.state = node.peer.create("IN", "CA").state
    use_custody(TlsCustody("CA", ours))
    refused: list[str] = []
    listening = ChannelListener(
        host="127.0.0.1",
        port=0,
        application=contact_application,
        identity=ours,
        pinned=[theirs.der, stranger.der],
        threads=4,
        on_refused=refused.append,
    )
    listening.start()
    yield Wired(node=node, ours=ours, theirs=theirs, stranger=stranger, listener=listening, refused=refused)
    listening.stop()
    close_contact_connections()
    use_custody(None)
    connections.close_all()
    forget_recent()


def test_a_contact_over_mutual_tls_is_answered_with_a_frame(wired: Wired) -> None:
    wired.node.peer.append("one", unmet=True)
    wired.node.peer.now_ms = int(time.time() * 1000)
    status, body = wired.post(wired.node.peer.contact())
    assert status == 200
    assert decode_frame(body).receipt is not None
    assert Entry.objects.filter(direction=Direction.IN).count() == 1


def test_a_certificate_that_no_keyset_names_is_refused_before_anything_is_read(wired: Wired) -> None:
    wired.node.peer.append("one", unmet=True)
    status, body = wired.post(wired.node.peer.contact(), who=wired.stranger)
    assert (status, body) == (403, b"")
    assert Entry.objects.count() == 0
    assert Alarm.objects.filter(code="courier.unknown-certificate", channel=None).exists()


def test_a_certificate_that_nobody_pinned_does_not_get_through_the_handshake(wired: Wired, tmp_path: Path) -> None:
    unknown = identity(tmp_path / "unknown", "XX")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        wired.post(b"anything", who=unknown)
    deadline = time.monotonic() + 5
    while not wired.refused and time.monotonic() < deadline:
        time.sleep(0.02)
    assert wired.refused == ["127.0.0.1"]


def test_a_client_without_a_certificate_does_not_get_through_the_handshake(wired: Wired) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(wired.ours.der))
    connection = http.client.HTTPSConnection(*wired.address, context=context, timeout=10)

    def ask() -> None:
        connection.request("POST", CONTACT_PATH, b"anything", {"Content-Type": FRAME_TYPE})
        connection.getresponse().read()

    with closing(connection), pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        ask()


def test_nothing_below_tls_1_3_is_spoken(wired: Wired) -> None:
    context = client_context(wired.theirs, [wired.ours.der])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    connection = http.client.HTTPSConnection(*wired.address, context=context, timeout=10)
    with closing(connection), pytest.raises((ssl.SSLError, ConnectionError)):
        connection.connect()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", CONTACT_PATH, {}, 405),
        ("POST", "/", {}, 404),
        ("POST", "/admin", {}, 404),
        ("POST", CONTACT_PATH, {"Content-Type": "application/json"}, 415),
        ("POST", CONTACT_PATH, {"Content-Type": FRAME_TYPE}, 400),
    ],
)
def test_what_is_no_contact_gets_a_bare_status(
    wired: Wired, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    with closing(wired.connect()) as connection:
        connection.request(method, path, b"x" if method == "POST" else None, headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, b"")


def test_an_oversize_body_is_refused_before_it_is_read(wired: Wired) -> None:
    with closing(wired.connect()) as connection:
        connection.putrequest("POST", CONTACT_PATH)
        connection.putheader("Content-Type", FRAME_TYPE)
        connection.putheader("Content-Length", str(MAX_FRAME_BYTES + 1))
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_a_refused_contact_is_answered_with_its_code_and_our_state(wired: Wired) -> None:
    wired.node.peer.append("one", unmet=True)
    wired.node.peer.append("two", unmet=True)
    status, body = wired.post(wired.node.peer.contact(start=1))
    assert status == 409
    answer = decode_frame(body)
    assert (answer.refusal, answer.state.in_size, answer.receipt) == ("channel.position-skipped", 0, None)


def raw(wired: Wired) -> ssl.SSLSocket:
    plain = socket.create_connection(wired.address, timeout=20)
    return client_context(wired.theirs, [wired.ours.der]).wrap_socket(plain)


def test_a_trickle_of_bytes_is_cut_at_the_deadline_and_others_are_served(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "OPENING_SECONDS", 1.0)
    slow = [raw(wired) for _ in range(3)]
    began = time.monotonic()
    for stream in slow:
        stream.sendall(b"POST " + CONTACT_PATH.encode())
    status, _ = wired.post(wired.node.peer.contact())
    assert status == 200
    for stream in slow:
        with pytest.raises((OSError, ssl.SSLError)):  # noqa: PT012 - the cut may show at any of these calls
            while True:
                stream.sendall(b"x")
                time.sleep(0.1)
                assert time.monotonic() - began < 15
        stream.close()


def test_silent_connections_take_no_worker(wired: Wired) -> None:
    silent = [socket.create_connection(wired.address, timeout=20) for _ in range(20)]
    status, _ = wired.post(wired.node.peer.contact())
    assert status == 200
    for connection in silent:
        connection.close()


def test_a_body_that_never_comes_is_cut_at_its_deadline(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "ARRIVAL_SECONDS", 0.5)
    with closing(raw(wired)) as stream:
        head = f"POST {CONTACT_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {FRAME_TYPE}\r\nContent-Length: 9\r\n\r\n"
        stream.sendall(head.encode())
        began = time.monotonic()
        with pytest.raises((OSError, ssl.SSLError)):  # noqa: PT012 - an orderly end counts, too
            while stream.recv(1024):
                pass
            raise OSError
        assert time.monotonic() - began < 10


def test_certificates_can_be_exchanged_while_the_listener_runs(wired: Wired, tmp_path: Path) -> None:
    newcomer = identity(tmp_path / "newcomer", "FR")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        wired.post(b"x", who=newcomer)
    wired.listener.trust(wired.ours, [newcomer.der])
    assert wired.post(b"x", who=newcomer)[0] == 403
    with pytest.raises((ssl.SSLError, ConnectionError)):
        wired.post(b"x")


# --- our own way to the peer ------------------------------------------------------------------------------------------


class FakePeer:
    """Answers HTTPS as the peer's listener would, with what a test puts in."""

    def __init__(self, identity: TlsIdentity, trusted: list[bytes]) -> None:
        from cheroot.wsgi import Server

        self.status = "200 OK"
        self.kind = FRAME_TYPE
        self.body = b""
        self.seen: list[bytes] = []
        self.server = Server(("127.0.0.1", 0), self._answer, numthreads=2)
        self.server.ssl_adapter = listener_module._TlsAdapter(server_context(identity, trusted))
        self.server.ConnectionClass = listener_module._Connection
        self.server.deadlines = listener_module.Deadlines()
        self.server.handshake_failed = lambda *_: None
        self.server.prepare()
        import threading

        threading.Thread(target=self.server.serve, daemon=True).start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.seen.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response(self.status, [("Content-Type", self.kind), ("Content-Length", str(len(self.body)))])
        return [self.body]

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.bind_addr[1]}"


@pytest.fixture
def peer(wired: Wired) -> Iterator[FakePeer]:
    fake = FakePeer(wired.theirs, [wired.ours.der])
    Channel.objects.update(peer_url=fake.url)
    yield fake
    fake.server.stop()


@pytest.fixture
def transport() -> Iterator[HttpsTransport]:
    way = HttpsTransport()
    yield way
    way.close()


def test_a_frame_goes_out_and_its_answer_comes_back_on_one_kept_connection(
    wired: Wired, peer: FakePeer, transport: HttpsTransport
) -> None:
    peer.body = b"an answer"
    channel = Channel.objects.get()
    for _ in range(3):
        assert transport.exchange(channel, b"a frame") == b"an answer"
    assert peer.seen == [b"a frame"] * 3
    assert len(transport._pools) == 1


def test_whoever_shows_another_certificate_is_not_the_peer(
    wired: Wired, transport: HttpsTransport, tmp_path: Path
) -> None:
    impostor = FakePeer(identity(tmp_path / "impostor", "IN"), [wired.ours.der])
    Channel.objects.update(peer_url=impostor.url)
    with pytest.raises(WrongPeer):
        transport.exchange(Channel.objects.get(), b"a frame")
    assert impostor.seen == []
    impostor.server.stop()


def test_a_peer_that_does_not_listen_is_silent(wired: Wired, transport: HttpsTransport) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    Channel.objects.update(peer_url=f"https://127.0.0.1:{port}")
    with pytest.raises(PeerSilent):
        transport.exchange(Channel.objects.get(), b"a frame")


def test_a_line_that_ends_in_the_handshake_does_not_accuse_the_peer(wired: Wired, transport: HttpsTransport) -> None:
    def hang_up(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(64 * 1024)  # else what was not read makes the end a reset

    with socket.create_server(("127.0.0.1", 0)) as listening:
        ending = threading.Thread(target=hang_up, args=(listening,), daemon=True)
        ending.start()
        Channel.objects.update(peer_url=f"https://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(PeerSilent, match="cut off"):
            transport.exchange(Channel.objects.get(), b"a frame")
        ending.join(timeout=20)


@pytest.mark.parametrize(("status", "error"), [("502 Bad Gateway", PeerSilent), ("418 Teapot", NotAFrame)])
def test_a_page_of_somebody_else_is_not_taken_for_an_answer(
    wired: Wired, peer: FakePeer, transport: HttpsTransport, status: str, error: type[Exception]
) -> None:
    peer.status, peer.kind, peer.body = status, "text/html", b"<html>"
    with pytest.raises(error):
        transport.exchange(Channel.objects.get(), b"a frame")


def test_a_redirect_is_not_followed(wired: Wired, peer: FakePeer, transport: HttpsTransport) -> None:
    peer.status = "302 Found"
    with pytest.raises(NotAFrame):
        transport.exchange(Channel.objects.get(), b"a frame")
    assert len(peer.seen) == 1


def test_a_refusing_frame_is_an_answer(wired: Wired, peer: FakePeer, transport: HttpsTransport) -> None:
    peer.status, peer.body = "409 Conflict", encode_frame(decode_frame(wired.node.peer.contact()))
    assert transport.exchange(Channel.objects.get(), b"a frame") == peer.body
