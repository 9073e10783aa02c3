"""A bad network on demand: a TCP proxy between two nodes that cuts, delays, swallows, flips and trickles.

It sees TLS, so it can do what a network can do and nothing more. It parses no record: what the client sends in its
second flight and later counts as request, and what comes back after that as reply (TLS 1.3, RFC 8446 section 2).
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

__all__ = ["BadNetwork", "Weather"]

LOOPBACK = "127.0.0.1"
READ_BYTES = 64 * 1024
POLL_SECONDS = 0.05
"""How soon a change of the weather is noticed by a connection that waits."""
REQUEST_FLIGHT = 2
"""ClientHello is the first; certificate, Finished and the first request are the second."""
REQUEST_SILENCE_SECONDS = 0.4
"""A request is taken as wholly arrived when the client has sent nothing for so long; session tickets come earlier."""


@dataclass(kw_only=True)
class Weather:
    """What the network does at this moment; change a field and connections under way obey at once.

    Args:
        is_up: When false, connections are reset at once and no new one is accepted.
        delay_seconds: Each piece is held this long in either direction.
        swallow_replies: Requests arrive, replies are lost and the connection is reset (a one-way partition).
        hold_replies: Replies wait here until this is false again; the connection stays open.
        hold_requests: Requests wait; the connection stays open.
        flip_request_bits: Flip one bit of every piece of a request.
        bytes_per_second: Pass requests at this rate; 0 means without limit.
        cut_after_request_bytes: Reset after this many bytes of a connection's requests; 0 means never.
    """

    is_up: bool = True
    delay_seconds: float = 0.0
    swallow_replies: bool = False
    hold_replies: bool = False
    hold_requests: bool = False
    flip_request_bits: bool = False
    bytes_per_second: int = 0
    cut_after_request_bytes: int = 0


@dataclass(kw_only=True)
class _Connection:
    client: socket.socket
    server: socket.socket
    flights: int = 0
    last_was_client: bool = False
    request_bytes: int = 0
    last_request_at: float = 0.0
    is_doomed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Closes both ends with RST, as a router that lost its table does."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                end.close()


class BadNetwork:
    """Listens on loopback and passes connections on to ``target_port``, as the weather allows.

    Args:
        target_port: Port of the real listener.
        port: Port to listen on; any free one when 0.
    """

    def __init__(self, target_port: int, *, port: int = 0) -> None:
        self.weather = Weather()
        self.target_port = target_port
        self.connections_seen = 0
        self.bytes_to_server = 0
        self.bytes_to_client = 0
        self.replies_swallowed = 0
        self._listener = socket.create_server((LOOPBACK, port), backlog=64)
        self._listener.settimeout(POLL_SECONDS)
        self.port = int(self._listener.getsockname()[1])
        self._connections: dict[int, _Connection] = {}
        self._lock = threading.Lock()
        self._is_closing = threading.Event()
        self._acceptor = threading.Thread(target=self._accept, name="bad-network", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def bytes_on_wire(self) -> int:
        """TCP payload bytes passed in both directions, TLS records and handshakes included."""
        return self.bytes_to_server + self.bytes_to_client

    def cut(self) -> None:
        """Takes the network down: connections under way are reset, new ones too."""
        self.weather.is_up = False
        for connection in self._open_connections():
            connection.reset()

    def heal(self) -> None:
        """Makes the weather fine again."""
        self.weather = Weather()

    def close(self) -> None:
        """Ends the proxy and all its connections."""
        self._is_closing.set()
        self._acceptor.join(timeout=5)
        self._listener.close()
        for connection in self._open_connections():
            connection.reset()

    def _open_connections(self) -> list[_Connection]:
        with self._lock:
            return list(self._connections.values())

    def _accept(self) -> None:
        while not self._is_closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.connections_seen += 1
            self._open(client)

    def _open(self, client: socket.socket) -> None:
        client.settimeout(None)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if not self.weather.is_up:
                raise ConnectionRefusedError
            server = socket.create_connection((LOOPBACK, self.target_port), timeout=5)
        except OSError:
            _Connection(client=client, server=client).reset()
            return
        server.settimeout(None)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(client=client, server=server)
        with self._lock:
            self._connections[id(connection)] = connection
        for pump in (self._pump_requests, self._pump_replies):
            threading.Thread(target=self._run, args=(pump, connection), daemon=True).start()

    def _run(self, pump: Callable[[_Connection], None], connection: _Connection) -> None:
        try:
            pump(connection)
        except OSError:
            pass
        finally:
            connection.reset()
            with self._lock:
                self._connections.pop(id(connection), None)

    def _pump_requests(self, connection: _Connection) -> None:
        while piece := connection.client.recv(READ_BYTES):
            with connection.lock:
                if not connection.last_was_client:
                    connection.flights += 1
                    connection.last_was_client = True
                is_data = connection.flights >= REQUEST_FLIGHT
            self._wait_while("hold_requests" if is_data else "")
            weather = self.weather
            if weather.delay_seconds:
                time.sleep(weather.delay_seconds)
            if is_data:
                connection.request_bytes += len(piece)
                connection.last_request_at = time.monotonic()
                if weather.flip_request_bits:
                    piece = piece[:-1] + bytes([piece[-1] ^ 1])
                limit = weather.cut_after_request_bytes
                if limit and connection.request_bytes > limit:
                    over = connection.request_bytes - limit
                    connection.server.sendall(piece[: max(0, len(piece) - over)])
                    time.sleep(POLL_SECONDS)
                    return
                if weather.bytes_per_second:
                    self._trickle(connection.server, piece)
                    continue
            self.bytes_to_server += len(piece)
            connection.server.sendall(piece)

    def _trickle(self, server: socket.socket, piece: bytes) -> None:
        for at in range(len(piece)):
            rate = self.weather.bytes_per_second
            if not rate or self._is_closing.is_set():
                server.sendall(piece[at:])
                self.bytes_to_server += len(piece) - at
                return
            server.sendall(piece[at : at + 1])
            self.bytes_to_server += 1
            time.sleep(1 / rate)

    def _pump_replies(self, connection: _Connection) -> None:
        while piece := connection.server.recv(READ_BYTES):
            with connection.lock:
                connection.last_was_client = False
                is_data = connection.flights >= REQUEST_FLIGHT
            if is_data:
                self._wait_while("hold_replies")
            weather = self.weather
            if weather.delay_seconds:
                time.sleep(weather.delay_seconds)
            if is_data and weather.swallow_replies:
                self._doom(connection)
                continue
            self.bytes_to_client += len(piece)
            connection.client.sendall(piece)

    def _doom(self, connection: _Connection) -> None:
        if connection.is_doomed:
            return
        connection.is_doomed = True
        threading.Thread(target=self._reset_when_silent, args=(connection,), daemon=True).start()

    def _reset_when_silent(self, connection: _Connection) -> None:
        # The reset tells the sender soon what a time-out would tell it later; the outcome is the same.
        while time.monotonic() - connection.last_request_at < REQUEST_SILENCE_SECONDS:
            time.sleep(POLL_SECONDS)
        self.replies_swallowed += 1
        connection.reset()

    def _wait_while(self, held: str) -> None:
        while held and getattr(self.weather, held) and not self._is_closing.is_set():
            time.sleep(POLL_SECONDS)
