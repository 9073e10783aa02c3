"""The mail server: how it is reached, and which of its answers mean to try again.

TLS is demanded before anything is said, except on this machine itself; a server whose certificate does not fit gets no
user name. The greeting names the domain of the sender, not this host: the name of a machine is nobody's business.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from accord.errors import NotAvailableNow
from accord.node.config import NodeConfig

__all__ = ["MailServerFails", "mail_server", "sender_domain"]

TIMEOUT_SECONDS: Final = 10.0
"""Time for each answer of the server; it is its own thread that waits."""


class MailServerFails(NotAvailableNow):
    """The mail server cannot be reached or used; its answer is kept without any address."""

    code = "notices.mail-server-fails"
    default_next_step = "Look at the smtp_ settings and at the server; `accord doctor` tries them. Mails wait a day."


def sender_domain(config: NodeConfig) -> str:
    """Returns the domain of the address that mails come from."""
    return config.smtp_from.rpartition("@")[2].rstrip(">") or "localhost"


@contextmanager
def mail_server(config: NodeConfig) -> Iterator[smtplib.SMTP]:
    """Opens a session with the configured server: encrypted, checked, and signed in where a user is named.

    Raises:
        MailServerFails: It cannot be reached, does not offer TLS, shows a wrong certificate, or refuses the user.
    """
    try:
        server = _connected(config)
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        raise MailServerFails(_said(error), fields={"host": config.smtp_host, "port": config.smtp_port}) from error
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connected(config: NodeConfig) -> smtplib.SMTP:
    context = _context(config) if config.smtp_security != "none" else None
    named = sender_domain(config)
    if config.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            config.smtp_host, config.smtp_port, local_hostname=named, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(config.smtp_host, config.smtp_port, local_hostname=named, timeout=TIMEOUT_SECONDS)
    try:
        if config.smtp_security == "starttls":
            server.starttls(context=context)
        server.ehlo()
        if config.smtp_user:
            server.login(config.smtp_user, _password(config))
    except BaseException:
        server.close()
        raise
    return server


def _context(config: NodeConfig) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.smtp_ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _password(config: NodeConfig) -> str:
    return Path(config.smtp_password_file).read_text("utf-8").splitlines()[0].strip()


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server's certificate does not fit: {error.verify_message}."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The mail server refuses the user: {error.smtp_code}."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server does not offer what smtp_security or smtp_user needs."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered {error.smtp_code}."
    return f"The mail server cannot be reached: {type(error).__name__}."
