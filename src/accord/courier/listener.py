"""The channel's listener: HTTP/1.1 over mutual TLS 1.3, hardened against clients that never finish.

It is cheroot's server with four changes, each for a reason:

* a connection reaches a worker only once it has spoken, so a silent one costs a file descriptor and nothing else;
* the TLS handshake runs in the worker, so a slow one does not hold up the listener;
* each phase has a deadline that no trickle of bytes extends (faults list, 18: one byte a second);
* the trusted certificates can be exchanged while it runs, when a peer joins or rotates.

The exact pin of the client certificate is checked by the application for each request, against the keyset in force.
"""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from cheroot.makefile import StreamReader, StreamWriter
from cheroot.server import HTTPConnection
from cheroot.ssl import Adapter
from cheroot.wsgi import Gateway_10, Server

from accord.channel.limits import MAX_FRAME_BYTES
from accord.errors import OurFault
from accord.parties.tls import TlsIdentity, server_context

__all__ = ["CONNECTION_KEY", "ChannelListener", "Deadlines", "PortTaken"]

logger = logging.getLogger(__name__)

# Seconds for the handshake and the request's head; an honest peer needs two round trips.
OPENING_SECONDS: Final = 10.0
# Seconds any request may take to arrive, and the slowest line (bytes a second) that is still waited for: a 64 kbit/s
# satellite line of an embassy carries 8 KiB a second.
ARRIVAL_SECONDS: Final = 30.0
SLOWEST_BYTES_PER_SECOND: Final = 8 * 1024
REAPER_SECONDS: Final = 0.5
# An idle connection is kept so that the next contact needs no handshake; longer than the sender's longest back-off.
IDLE_SECONDS: Final = 330
HEAD_BYTES: Final = 16 * 1024
BACKLOG: Final = 64
KEPT_CONNECTIONS: Final = 256

CONNECTION_KEY: Final = "accord.connection"


class PortTaken(OurFault):
    """The configured address or port cannot be listened on."""

    code = "node.port-taken"
    default_next_step = "Stop what listens there, or choose another port in node.toml."


class Deadlines:
    """Cuts connections that are past their deadline, by shutting their sockets down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[int, tuple[float, socket.socket]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="channel-deadlines", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the watch."""
        self._stopped.set()

    def set(self, sock: socket.socket, seconds: float) -> None:
        """Gives a connection so many seconds from now."""
        with self._lock:
            self._due[id(sock)] = (time.monotonic() + seconds, sock)

    def lift(self, sock: socket.socket) -> None:
        """Takes the deadline from a connection."""
        with self._lock:
            self._due.pop(id(sock), None)

    def _watch(self) -> None:
        while not self._stopped.wait(REAPER_SECONDS):
            now = time.monotonic()
            with self._lock:
                late = [sock for due, sock in self._due.values() if due < now]
            for sock in late:
                logger.warning("A channel connection was cut at its deadline.")
                # The base class's shutdown: the TLS layer's would free what the worker is still reading from.
                try:
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
                except OSError:
                    self.lift(sock)


class _Connection(HTTPConnection):
    """One TLS connection: handshake, then requests, each with its deadline."""

    has_spoken = False
    has_shaken_hands = False

    def communicate(self) -> bool:
        """Serves one request; returns whether the connection stays open."""
        deadlines: Deadlines = self.server.deadlines
        deadlines.set(self.socket, OPENING_SECONDS)
        try:
            if not self.has_shaken_hands:
                try:
                    self.socket.do_handshake()
                except OSError as error:
                    self.server.handshake_failed(error, self.remote_addr)
                    return False
                self.has_shaken_hands = True
                self.ssl_env = {
                    "wsgi.url_scheme": "https",
                    "HTTPS": "on",
                    CONNECTION_KEY: self,
                }
            return bool(super().communicate())  # type: ignore[no-untyped-call]  # cheroot carries no types
        finally:
            deadlines.lift(self.socket)

    def peer_certificate(self) -> bytes:
        """Returns the client's certificate in DER; the handshake demanded one."""
        der: bytes | None = self.socket.getpeercert(binary_form=True)
        return der or b""

    def allow_arrival_of(self, size_bytes: int) -> None:
        """Gives the request's body the time that its size needs on the slowest line."""
        self.server.deadlines.set(self.socket, ARRIVAL_SECONDS + size_bytes / SLOWEST_BYTES_PER_SECOND)

    def has_arrived(self) -> None:
        """Lifts the deadline: what follows is our own work."""
        self.server.deadlines.lift(self.socket)


class _Writer(StreamWriter):
    """A response stream that can be held back, so that head and body leave in one TLS record where they fit."""

    _is_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds back what is written, and sends it at the end."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        self._flush_unlocked()

    def _flush_unlocked(self) -> None:
        if not self._is_held:
            super()._flush_unlocked()  # type: ignore[misc]  # private to cheroot, so not in its stubs


class _Gateway(Gateway_10):
    """Cheroot's gateway with one write a response: the peer wakes up once."""

    def write(self, chunk: bytes) -> None:
        """Sends the body, with the head where it has not left yet."""
        with self.req.conn.wfile.held():
            super().write(chunk)


class _TlsAdapter(Adapter):
    """Wraps accepted sockets without shaking hands yet."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context

    def bind(self, sock: socket.socket) -> socket.socket:
        """Returns the listening socket as it is."""
        return sock

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """Returns the TLS socket; the worker shakes hands."""
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, {}

    def get_environ(self) -> dict[str, Any]:
        """Returns nothing: each connection completes its own."""
        return {}

    def makefile(self, sock: socket.socket, mode: str = "r", bufsize: int = -1) -> Any:
        """Returns the buffered reader or writer of a socket."""
        return (StreamReader if "r" in mode else _Writer)(sock, mode, bufsize)


class _Server(Server):
    """Cheroot's server with connections that wait for their first byte in the selector."""

    ConnectionClass = _Connection
    max_request_header_size = HEAD_BYTES
    max_request_body_size = MAX_FRAME_BYTES
    keep_alive_conn_limit = KEPT_CONNECTIONS

    def __init__(
        self, *arguments: Any, deadlines: Deadlines, on_refused: Callable[[str], None], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.gateway = _Gateway
        self.deadlines = deadlines
        self.on_refused = on_refused

    def process_conn(self, conn: _Connection) -> None:
        """Hands a connection to a worker, once it has spoken."""
        if conn.has_spoken:
            super().process_conn(conn)
        else:
            conn.has_spoken = True
            self.put_conn(conn)

    def handshake_failed(self, error: OSError, address: str | None) -> None:
        """Notes a refused handshake; a certificate nobody pinned is worth an alarm, a lost line is not."""
        logger.info("A TLS handshake on the channel failed: %s", type(error).__name__)
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE" in str(error).upper():
            self.on_refused(address or "")

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        """Binds the listening socket, and closes it where the port is taken: cheroot would forget it open."""
        try:
            return Server.bind_socket(socket_, bind_addr)  # type: ignore[no-any-return, no-untyped-call]  # cheroot
        except OSError as error:
            socket_.close()
            raise PortTaken(f"Nothing can listen on {bind_addr[0]} port {bind_addr[1]}: {error.strerror}.") from error

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Sends cheroot's messages to our log."""
        logger.log(level, msg, exc_info=traceback)


class ChannelListener:
    """The running listener of the channel.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.
        application: WSGI application that answers contacts.
        identity: Our TLS identity.
        pinned: DER certificates of the peers.
        threads: Worker threads.
        on_refused: Told the address of a client with a certificate nobody pinned.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        application: Callable[..., Iterable[bytes]],
        identity: TlsIdentity,
        pinned: Iterable[bytes],
        threads: int,
        on_refused: Callable[[str], None],
    ) -> None:
        self._deadlines = Deadlines()
        self._server = _Server(
            (host, port),
            application,
            numthreads=threads,
            request_queue_size=BACKLOG,
            timeout=IDLE_SECONDS,
            shutdown_timeout=5,
            server_name="accord",
            deadlines=self._deadlines,
            on_refused=on_refused,
        )
        self.trust(identity, pinned)

    @property
    def address(self) -> tuple[str, int]:
        """The address it listens on, once it was started."""
        host, port = self._server.bind_addr[:2]
        return host, port

    def trust(self, identity: TlsIdentity, pinned: Iterable[bytes]) -> None:
        """Exchanges our certificate and the trusted ones for connections from now on."""
        self._server.ssl_adapter = _TlsAdapter(server_context(identity, pinned))

    def start(self) -> None:
        """Binds the port and serves in a thread of its own."""
        self._server.prepare()
        self._deadlines.start()
        threading.Thread(target=self._server.serve, name="channel-listener", daemon=True).start()

    def stop(self) -> None:
        """Stops accepting, lets running requests end, and closes."""
        self._server.stop()
        self._deadlines.stop()
