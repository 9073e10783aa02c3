"""The way to the peer: HTTPS with mutual TLS 1.3, both certificates pinned, the connection kept between contacts."""

import ssl
import threading
from collections.abc import Mapping
from typing import Any, Final

import urllib3
import urllib3.connection
from urllib3.exceptions import HTTPError, SSLError

from accord.channel.limits import MAX_FRAME_BYTES
from accord.errors import NotAvailableNow, PeerFault, TrustFails
from accord.parties.custody import custody_in_use
from accord.parties.keysets import chain_between, channel_keys, tls_certificates
from accord.parties.tls import client_context

from .models import Channel

__all__ = ["CONTACT_PATH", "FRAME_TYPE", "HttpsTransport", "PeerSilent", "WrongPeer", "trusted_certificates"]

CONTACT_PATH: Final = "/channel/v1/contact"
FRAME_TYPE: Final = "application/accord-frame+cbor"

CONNECT_SECONDS: Final = 10.0
# The peer's transaction takes milliseconds; a slow line may take minutes for a full frame (24 MiB at 1 Mbit/s: 200 s).
ANSWER_SECONDS: Final = 240.0

# Statuses whose body is a frame of the peer: accepted, refused by its rules, or not possible now on its side.
FRAME_STATUSES: Final = frozenset({200, 400, 403, 409, 422, 503, 507})


class PeerSilent(NotAvailableNow):
    """The peer was not reached, or gave no answer in time."""

    code = "courier.peer-silent"


class WrongPeer(TrustFails):
    """Who answers at the peer's address does not hold a certificate that the peer's keyset names."""

    code = "courier.wrong-peer"


class NotAFrame(PeerFault):
    """The answer is not of the channel: a proxy's page, or another service."""

    code = "courier.not-a-frame"


def trusted_certificates(us: str, peer: str) -> Mapping[bytes, bytes]:
    """Returns the peer's certificates in DER by their pin, as its newest keyset names them."""
    return tls_certificates(chain_between(peer, us).latest)


def _was_cut_off(error: SSLError) -> bool:
    # A line that ended in mid-handshake says nothing of who was there; urllib3 keeps OpenSSL's error as the argument.
    return any(isinstance(reason, ssl.SSLEOFError | ssl.SSLZeroReturnError) for reason in error.args)


class _OneWrite(urllib3.connection.HTTPSConnection):
    """Sends the head and the body of a request in one TLS record where they fit: the peer wakes up once."""

    _held: list[bytes] | None = None

    # Any: handed through to urllib3 unchanged.
    def request(self, *arguments: Any, **options: Any) -> None:
        """Sends a request."""
        self._held = []
        try:
            super().request(*arguments, **options)
            whole = b"".join(self._held)
        finally:
            self._held = None
        self.send(whole)

    def send(self, data: Any) -> None:
        """Sends bytes, or keeps them until the request is whole."""
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)


class _Pool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _OneWrite


class HttpsTransport:
    """Keeps one connection pool a peer; a new pool is made when certificates, address or identity change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[int, tuple[object, urllib3.HTTPSConnectionPool]] = {}

    def exchange(self, channel: Channel, frame: bytes) -> bytes:
        """Sends a frame and returns the answering frame's bytes.

        Raises:
            PeerSilent: The peer was not reached or did not answer in time.
            WrongPeer: Who answered is not the peer, or does not accept our certificate.
            NotAFrame: The answer is no frame.
        """
        pool = self._pool(channel)
        try:
            response = pool.urlopen(
                "POST",
                CONTACT_PATH,
                body=frame,
                headers={"Content-Type": FRAME_TYPE, "Accept": FRAME_TYPE},
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                data = response.read(MAX_FRAME_BYTES + 1)
            finally:
                response.release_conn()
        except SSLError as error:
            if _was_cut_off(error):
                raise PeerSilent(f"{channel.peer_id} was cut off in the TLS handshake.") from error
            raise WrongPeer(f"The TLS handshake with {channel.peer_id} failed.") from error
        except (HTTPError, OSError) as error:
            raise PeerSilent(f"{channel.peer_id} was not reached: {type(error).__name__}.") from error
        is_frame = response.headers.get("Content-Type", "").split(";")[0] == FRAME_TYPE
        if response.status not in FRAME_STATUSES or not is_frame or len(data) > MAX_FRAME_BYTES:
            raise self._not_a_frame(channel, response.status)
        return data

    @staticmethod
    def _not_a_frame(channel: Channel, status: int) -> NotAvailableNow | PeerFault:
        if status in {502, 503, 504, 507}:
            return PeerSilent(
                f"{channel.peer_id} cannot take a frame now (status {status}).", fields={"status": status}
            )
        return NotAFrame(f"{channel.peer_id} answered status {status} without a frame.", fields={"status": status})

    def _pool(self, channel: Channel) -> urllib3.HTTPSConnectionPool:
        identity = custody_in_use().tls
        certificates = tls_certificates(channel_keys(channel.party_code, channel.peer_id).theirs.latest)
        key = (channel.peer_url, frozenset(certificates), identity.certificate.stat().st_mtime_ns)
        with self._lock:
            known, pool = self._pools.get(channel.pk, (None, None))
            if pool is None or known != key:
                if pool is not None:
                    pool.close()
                pool = self._new_pool(channel, certificates)
                self._pools[channel.pk] = (key, pool)
            return pool

    @staticmethod
    def _new_pool(channel: Channel, certificates: Mapping[bytes, bytes]) -> urllib3.HTTPSConnectionPool:
        address = urllib3.util.parse_url(channel.peer_url)
        return _Pool(
            address.host or "",
            address.port or 443,
            maxsize=1,
            block=True,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
            ssl_context=client_context(custody_in_use().tls, certificates.values()),
            assert_hostname=False,
        )

    def close(self) -> None:
        """Closes every connection."""
        with self._lock:
            for _, pool in self._pools.values():
                pool.close()
            self._pools.clear()
