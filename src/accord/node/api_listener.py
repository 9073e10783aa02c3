"""The listener of the API and the desk: plain HTTP on loopback, HTTPS anywhere else."""

import hashlib
import logging
import socket
import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from django.db import DatabaseError, connections

from accord.courier.listener import PortTaken
from accord.courier.thread_connections import ThreadConnections
from accord.node.api.accounts import CERTIFICATE_DIGEST_KEY
from accord.node.api.upload_acts import forget_expired_uploads
from accord.node.config import ConfigRefused, NodeConfig
from accord.node.desk.held_files import forget_old_files
from accord.node.wsgi import application

__all__ = ["ApiListener"]

logger = logging.getLogger(__name__)


# Larger requests are refused while they are read; the application's own limits are smaller.
LARGEST_REQUEST_BYTES: Final = 64 * 1024 * 1024
HEAD_BYTES: Final = 32 * 1024
BACKLOG: Final = 128
IDLE_SECONDS: Final = 30

JANITOR_SECONDS: Final = 600.0
"""How often uploads that were given up are looked for, seconds: they live a day, and cost disk alone."""


class _ApiTls(BuiltinSSLAdapter):
    """HTTPS for officers and systems; a client certificate is asked for and known by its digest."""

    def __init__(self, config: NodeConfig) -> None:
        for name in ("api_tls_certificate", "api_tls_key", "api_client_ca"):
            file = getattr(config, name)
            if file and not Path(file).is_file():
                raise ConfigRefused(f"There is no file {file}, which {name} names.", fields={"setting": name})
        try:
            super().__init__(config.api_tls_certificate, config.api_tls_key)
            self.context.minimum_version = ssl.TLSVersion.TLSv1_2
            if config.api_client_ca:
                self.context.load_verify_locations(cafile=config.api_client_ca)
                self.context.verify_mode = ssl.CERT_OPTIONAL
        except (ssl.SSLError, OSError) as error:
            raise ConfigRefused(
                "The files that api_tls_certificate, api_tls_key or api_client_ca name are no certificate and key that "
                "fit each other, or cannot be read."
            ) from error

    def get_environ(self, sock: ssl.SSLSocket) -> dict[str, Any]:  # type: ignore[override]  # cheroot's stub lacks sock
        """Returns what the application learns about the connection."""
        environ: dict[str, Any] = {"wsgi.url_scheme": "https", "HTTPS": "on"}
        certificate = sock.getpeercert(binary_form=True)
        if certificate:
            environ[CERTIFICATE_DIGEST_KEY] = hashlib.sha256(certificate).hexdigest()
        return environ


class _Server(Server):
    """Cheroot's server with our limits, and its messages in our log."""

    max_request_header_size = HEAD_BYTES
    max_request_body_size = LARGEST_REQUEST_BYTES
    keep_alive_conn_limit = 64

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


class ApiListener:
    """The running listener of the API and the desk.

    Args:
        config: Where it listens and with which certificate.
    """

    def __init__(self, config: NodeConfig) -> None:
        self._config = config
        self._connections = ThreadConnections()
        self._server = _Server(
            (config.api_host, config.api_port),
            self._answered,
            numthreads=config.api_threads,
            request_queue_size=BACKLOG,
            timeout=IDLE_SECONDS,
            shutdown_timeout=5,
            server_name="accord",
        )
        if config.is_api_over_tls:
            self._server.ssl_adapter = _ApiTls(config)
        self._is_started = False
        self._over = threading.Event()

    @property
    def url(self) -> str:
        """Base address of the API."""
        scheme = "https" if self._config.is_api_over_tls else "http"
        return f"{scheme}://{self._config.api_host}:{self._config.api_port}"

    def start(self) -> None:
        """Binds the port and serves in a thread of its own."""
        self._server.prepare()
        self._is_started = True
        threading.Thread(target=self._server.serve, name="api-listener", daemon=True).start()
        threading.Thread(target=self._keep_clean, name="api-janitor", daemon=True).start()

    def stop(self) -> None:
        """Stops accepting, lets running requests end, and closes."""
        self._over.set()
        if self._is_started:
            self._server.stop()
            self._connections.close()

    def _answered(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # Any: WSGI's callable
        self._connections.note()
        return application(environ, start_response)

    def _keep_clean(self) -> None:
        while not self._over.wait(JANITOR_SECONDS):
            try:
                forget_expired_uploads()
                forget_old_files()
            except DatabaseError as error:
                logger.warning("Uploads could not be looked through: %s", type(error).__name__)
            connections.close_all()
