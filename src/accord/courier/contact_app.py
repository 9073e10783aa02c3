"""The channel's one address, as a bare WSGI application: ``POST /channel/v1/contact``.

It is not a Django view: no session, form, cookie or template is needed here, and each layer left out is a layer that
cannot be attacked. The order of its checks is from cheap to dear, and nothing is read before who speaks is known:
method and path, exact pin of the client certificate, size, then the body, then the channel's own judgement.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from django.db import DatabaseError, close_old_connections, connections

from accord.channel.limits import MAX_FRAME_BYTES
from accord.errors import AccordError, NotAvailableNow
from accord.parties.keysets import channel_keys, tls_certificates
from accord.parties.tls import pin_of

from .alarms import raise_alarm, raise_alarm_once
from .inbound import Answer, database_error, receive_contact
from .listener import CONNECTION_KEY
from .metrics import CONTACTS
from .models import Channel
from .recent import Recent
from .thread_connections import ThreadConnections
from .transport import CONTACT_PATH, FRAME_TYPE

__all__ = ["channel_of_pin", "close_contact_connections", "contact_application"]

logger = logging.getLogger(__name__)

STATUS_LINES: Final = {
    200: "200 OK",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    409: "409 Conflict",
    411: "411 Length Required",
    413: "413 Content Too Large",
    415: "415 Unsupported Media Type",
    422: "422 Unprocessable Content",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
    507: "507 Insufficient Storage",
}

# Any: WSGI's environment holds strings and objects of the server (PEP 3333).
Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


_OPEN: Final = ThreadConnections()


def close_contact_connections() -> None:
    """Closes the database connections of the listener's threads, once the listener has stopped."""
    _OPEN.close()


class _Stop(Exception):
    """Ends the handling with a bare status: who asks is not a peer, or asks for nothing we have."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def contact_application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answers one contact.

    Args:
        environ: WSGI environment; ``accord.connection`` is the TLS connection.
        start_response: WSGI's callable.
    """
    try:
        answer = _answered(environ)
    except _Stop as stop:
        return _respond(start_response, stop.status, b"")
    except AccordError as error:
        logger.info("A contact was refused: %s", error.reason_code)
        return _respond(start_response, error.http_status, b"")
    except Exception:
        logger.exception("A contact failed.")
        connections.close_all()
        return _respond(start_response, 503, b"")
    return _respond(start_response, answer.status, answer.frame)


def _answered(environ: Environ) -> Answer:
    if environ["PATH_INFO"] != CONTACT_PATH:
        raise _Stop(404)
    if environ["REQUEST_METHOD"] != "POST":
        raise _Stop(405)
    connection = environ[CONNECTION_KEY]
    _OPEN.note()
    try:
        channel_id = channel_of_pin(pin_of(connection.peer_certificate()))
        if channel_id is None:
            note_unknown(environ.get("REMOTE_ADDR", ""))
            raise _Stop(403)
        size = _size(environ)
        connection.allow_arrival_of(size)
        data: bytes = environ["wsgi.input"].read(size)
        connection.has_arrived()
        if len(data) != size:
            raise _Stop(400)
        return receive_contact(channel_id, data)
    except NotAvailableNow:
        # A connection that failed once is not trusted again: the next contact opens a new one.
        close_old_connections()
        raise
    except DatabaseError as error:
        close_old_connections()
        raise database_error(error) from error


def _size(environ: Environ) -> int:
    if environ.get("CONTENT_TYPE", "").split(";")[0].strip() != FRAME_TYPE:
        raise _Stop(415)
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise _Stop(411)
    if int(length) > MAX_FRAME_BYTES:
        raise _Stop(413)
    return int(length)


def _channels(_: str) -> tuple[tuple[int, str, str], ...]:
    return tuple(Channel.objects.values_list("pk", "party_code", "peer_id"))


_CHANNELS: Final[Recent[str, tuple[tuple[int, str, str], ...]]] = Recent(_channels)


def channel_of_pin(pin: bytes) -> int | None:
    """Returns the channel whose peer's newest keyset names that pin and carries its certificate.

    A pin of an older keyset no longer counts, and one that two peers claim names nobody: an alarm tells who they are.
    """
    found = [(channel_id, peer) for channel_id, us, peer in _CHANNELS.get("") if pin in _pins_of(us, peer)]
    if len(found) > 1:
        claimants = " and ".join(peer for _, peer in found)
        raise_alarm_once(
            None, "courier.ambiguous-pin", f"{claimants} name the same certificate; who shows it is not let in."
        )
        return None
    return found[0][0] if found else None


def _pins_of(us: str, peer: str) -> Collection[bytes]:
    try:
        return tls_certificates(channel_keys(us, peer).theirs.latest)
    except AccordError as error:
        # One peer's keysets that do not verify shut out that peer, not the others.
        logger.warning("The keysets of %s cannot be used: %s", peer, error.reason_code)
        return ()


def note_unknown(address: str) -> None:
    """Raises the alarm about somebody with a certificate that no keyset names."""
    CONTACTS.labels(peer="unknown", direction="in", outcome="courier.unknown-certificate").inc()
    raise_alarm(
        None, "courier.unknown-certificate", f"A client at {address} showed a certificate that no keyset names."
    )


def _respond(start_response: StartResponse, status: int, body: bytes) -> Iterable[bytes]:
    headers = [("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    if body:
        headers.append(("Content-Type", FRAME_TYPE))
    start_response(STATUS_LINES.get(status, f"{status} Refused"), headers)
    return [body]
