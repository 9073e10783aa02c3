"""The node's configuration: one typed object, read once, checked before anything starts.

It is read from ``HOME/node.toml`` and then from the environment (``ACCORD_<FIELD>`` wins). A combination that
would be unsafe refuses to start instead of warning: a warning nobody reads protects nobody.

Invariants:
    * unknown fields are refused, so that a misspelt safety switch is noticed;
    * the demonstration mode and the debug mode are bound to loopback;
    * an interface that is not on loopback has TLS;
    * no secret is kept here: the pass phrase comes from a file, the environment or a systemd credential.
"""

import ipaddress
import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec

from accord.errors import OurFault

__all__ = [
    "CONFIG_FILE",
    "ConfigRefused",
    "NodeConfig",
    "is_behind_a_proxy_unnamed",
    "load_config",
    "read_config",
    "write_config",
]

CONFIG_FILE: Final = "node.toml"

ENVIRONMENT_PREFIX: Final = "ACCORD_"

# Read by other rooms (custody) and never part of the configuration, because they are secrets or say where it is.
NOT_FIELDS: Final = frozenset({"ACCORD_HOME", "ACCORD_PASSPHRASE", "ACCORD_DATABASE_URL"})

# Typed with commas in the environment.
LISTS: Final = frozenset({"agency_strong", "allowed_hosts", "smtp_domains", "trusted_proxies", "workstreams"})

MASK: Final = "********"

# Below a minute a notice would escalate while its officer reads it; beyond a day it is no escalation any more.
ESCALATION_MINUTES_RANGE: Final = (1, 1_440)

# A tolerance below a second would alarm on ordinary NTP jitter; above a day it would notice nothing.
SKEW_TOLERANCE_SECONDS_RANGE: Final = (1, 86_400)


class ConfigRefused(OurFault):
    """The configuration is unreadable, or a combination in it is unsafe."""

    code = "node.config-refused"
    default_next_step = "Correct node.toml or the ACCORD_ environment variable it names, then start again."


class NodeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a node is told by its operator.

    Args:
        home: The node's folder: keys, database, attachments, parcels.
        party: Code of the state this node serves, for example ``CA``.
        profile: Name of a shipped profile or path of a profile file.
        database: ``sqlite`` for the file in the home, or a ``postgresql://`` URL.
        api_host: Address the API and the desk listen on.
        api_port: Port of the API and the desk.
        api_tls_certificate: PEM file of the API's certificate; needed off loopback.
        api_tls_key: PEM file of its private key.
        api_client_ca: PEM file of the authorities whose client certificates the API asks for; none when empty.
        allowed_hosts: Host names under which the API and the desk may be addressed.
        desk_url: Origin under which officers open the desk, such as ``https://desk.example.org``: mails tell it, and
            passkeys are bound to it. The listener's own where empty.
        trusted_proxies: Addresses or networks of the proxies before the API and the desk, whose ``X-Forwarded-For``
            says where a request comes from; none where empty.
        agency_issuer: Issuer of the agency's identity provider (OpenID Connect); no sign-in by it when empty.
        agency_client_id: What the provider calls this desk.
        agency_client_secret_file: File whose first line is the secret that the provider gave; none where it needs none.
        agency_name: What the button of sign-in calls the provider.
        agency_strong: Values of ``acr`` or ``amr`` after which the desk asks for no second factor of its own.
        session_hours: How long a session of the desk lasts in all.
        idle_minutes: How long it lasts without a sign of its officer.
        channel_host: Address the channel listens on (always mutual TLS).
        channel_port: Port of the channel.
        channel_url: Public URL under which the peer reaches this node's channel.
        passphrase_file: File whose first line opens the key file, when neither the environment nor a systemd
            credential does.
        skew_tolerance_seconds: How far the peer's clock may differ before an alarm is raised.
        unreceipted_alarm_seconds: Age of an unreceipted entry at which an alarm is raised.
        api_threads: Worker threads of the API listener.
        channel_threads: Worker threads of the channel listener.
        log_level: Level of the node's own loggers.
        debug: Django's debug mode; on loopback only.
        demo: Specimen accounts and a relaxed rhythm; on loopback only.
        smtp_host: Mail server for notices; no mail is sent when empty.
        smtp_port: Its port.
        smtp_security: ``starttls``, ``tls`` (from the first byte), or ``none``, on loopback only.
        smtp_user: Name to sign in with; no sign-in when empty.
        smtp_password_file: File whose first line is the password.
        smtp_from: Address that mails come from.
        smtp_ca: PEM file of the authorities that may sign the server's certificate; the system's where empty.
        smtp_domains: Domains of addresses that need no administrator's agreement.
        notice_escalation_minutes: Time after which an unread urgent notice goes further.
        need_to_know: Whom a case is open to besides its team: ``node``, whoever has it in their scope, and an account
            without a scope reads the whole node; ``scope``, the same, but an account without a scope has none;
            ``team``, nobody once it is taken.
        workstreams: Subjects with kinds of message and pages of their own; a node without them writes and reads the
            common kinds, and tells whoever sends it another that it does not know the kind.
    """

    home: Path
    party: str = "CA"
    profile: str = "canada"
    database: str = "sqlite"
    api_host: str = "127.0.0.1"
    api_port: int = 8300
    api_tls_certificate: str = ""
    api_tls_key: str = ""
    api_client_ca: str = ""
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    desk_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    agency_issuer: str = ""
    agency_client_id: str = ""
    agency_client_secret_file: str = ""
    agency_name: str = ""
    agency_strong: tuple[str, ...] = ()
    session_hours: int = 8
    idle_minutes: int = 30
    channel_host: str = "127.0.0.1"
    channel_port: int = 8400
    channel_url: str = ""
    passphrase_file: str = ""
    skew_tolerance_seconds: int = 300
    unreceipted_alarm_seconds: int = 3_600
    api_threads: int = 8
    channel_threads: int = 4
    log_level: str = "INFO"
    debug: bool = False
    demo: bool = False
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password_file: str = ""
    smtp_from: str = ""
    smtp_ca: str = ""
    smtp_domains: tuple[str, ...] = ()
    notice_escalation_minutes: int = 15
    need_to_know: Literal["node", "scope", "team"] = "node"
    workstreams: tuple[Literal["drugs"], ...] = ("drugs",)

    @property
    def desk_address(self) -> str:
        """Address of the desk as it is told to officers."""
        own = f"{'https' if self.is_api_over_tls else 'http'}://{self.api_host}:{self.api_port}"
        return f"{(self.desk_url or own).rstrip('/')}/desk/"

    @property
    def is_api_over_tls(self) -> bool:
        """Whether the API listener speaks HTTPS."""
        return bool(self.api_tls_certificate)

    @property
    def is_desk_over_tls(self) -> bool:
        """Whether officers reach the desk over HTTPS: at this node's listener, or at a proxy before it."""
        return self.is_api_over_tls or self.desk_url.startswith("https://")

    @property
    def desk_origin(self) -> str:
        """The one origin at which passkeys are made and used; browsers make none for a bare IP address."""
        if self.desk_url:
            return self.desk_url
        names = [host for host in self.allowed_hosts if not _is_address(host) and host != "localhost"]
        host = names[0] if names and self.is_api_over_tls else "localhost"
        scheme, usual = ("https", 443) if self.is_api_over_tls else ("http", 80)
        return f"{scheme}://{host}" + ("" if self.api_port == usual else f":{self.api_port}")

    @property
    def database_url(self) -> str:
        """The database to use: the environment's, or the configured one."""
        return os.environ.get("ACCORD_DATABASE_URL") or self.database

    @property
    def sqlite_path(self) -> Path:
        """Where the SQLite database lies when that engine is used."""
        return self.home / "node.sqlite3"

    @property
    def attachments_path(self) -> Path:
        """Folder of attachment chunks."""
        return self.home / "attachments"

    @property
    def parcels_path(self) -> Path:
        """Folder of exported and imported parcels."""
        return self.home / "parcels"

    def shown(self) -> dict[str, object]:
        """Returns every field as ``accord config show`` prints it, with passwords masked."""
        fields: dict[str, object] = {name: getattr(self, name) for name in self.__struct_fields__}
        fields["home"] = str(self.home)
        fields["database"] = _masked(self.database_url)
        fields["allowed_hosts"] = list(self.allowed_hosts)
        fields["smtp_domains"] = list(self.smtp_domains)
        fields["trusted_proxies"] = list(self.trusted_proxies)
        fields["smtp_user"] = MASK if self.smtp_user else ""
        return fields


def _masked(url: str) -> str:
    parts = urlsplit(url)
    if not parts.password:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{MASK}@{host}"))


def load_config() -> NodeConfig:
    """Returns the configuration of the home named by ``ACCORD_HOME``.

    Without that variable it is the configuration of a node that was never set up: a database in the temporary
    folder, no keys. Tests and management commands that touch no node use it.

    Raises:
        ConfigRefused: The file, a field or a combination of fields is refused.
    """
    home = os.environ.get("ACCORD_HOME")
    if not home:
        return NodeConfig(home=Path(tempfile.gettempdir()) / f"accord-unconfigured-{os.getuid()}")
    return read_config(Path(home), environment=os.environ)


def read_config(home: Path, *, environment: Mapping[str, str] | None = None) -> NodeConfig:
    """Returns the configuration in ``home``, with the environment's values over the file's.

    Args:
        home: The node's folder.
        environment: Variables to honour; none when omitted.

    Raises:
        ConfigRefused: The file, a field or a combination of fields is refused.
    """
    file = home / CONFIG_FILE
    try:
        fields: dict[str, object] = dict(tomllib.loads(file.read_text("utf-8"))) if file.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigRefused(f"{CONFIG_FILE} cannot be read: {error}") from error
    fields.update(_from_environment(environment or {}))
    fields["home"] = str(home.resolve())
    try:
        config = msgspec.convert(fields, NodeConfig, strict=False, dec_hook=_path_from)
    except msgspec.ValidationError as error:
        raise ConfigRefused(f"The configuration is refused: {error}") from error
    _refuse_unsafe(config)
    return config


def _path_from(wanted: type, value: object) -> object:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in NodeConfig.__struct_fields__:
        variable = ENVIRONMENT_PREFIX + name.upper()
        if variable in NOT_FIELDS or variable not in environment:
            continue
        value = environment[variable]
        # An empty variable is an empty list, and no list of one empty name.
        found[name] = [part.strip() for part in value.split(",") if part.strip()] if name in LISTS else value
    return found


def _refuse_unsafe(config: NodeConfig) -> None:
    api_on_loopback = is_loopback(config.api_host)
    low, high = SKEW_TOLERANCE_SECONDS_RANGE
    refusals = {
        "debug needs api_host on loopback": config.debug and not api_on_loopback,
        "demo needs both hosts on loopback": config.demo and not (api_on_loopback and is_loopback(config.channel_host)),
        "api_host off loopback needs api_tls_certificate and api_tls_key": not api_on_loopback
        and not (config.api_tls_certificate and config.api_tls_key),
        "api_tls_certificate and api_tls_key come together": bool(config.api_tls_certificate)
        != bool(config.api_tls_key),
        "api_client_ca needs api_tls_certificate": bool(config.api_client_ca) and not config.api_tls_certificate,
        "trusted_proxies holds addresses and networks, and not every address": not all(
            _is_network(one) for one in config.trusted_proxies
        ),
        "allowed_hosts may not hold a wildcard": any("*" in host for host in config.allowed_hosts),
        "skew_tolerance_seconds is out of range": not low <= config.skew_tolerance_seconds <= high,
        "unreceipted_alarm_seconds must be positive": config.unreceipted_alarm_seconds < 1,
        "ports must lie between 1 and 65535": not all(
            1 <= port <= 65_535 for port in (config.api_port, config.channel_port)
        ),
        "api_port and channel_port must differ": config.api_port == config.channel_port
        and _may_meet(config.api_host, config.channel_host),
        "threads must lie between 1 and 64": not all(
            1 <= threads <= 64 for threads in (config.api_threads, config.channel_threads)
        ),
        "channel_url must start with https://": bool(config.channel_url)
        and not config.channel_url.startswith("https://"),
        "desk_url must start with https://, or with http:// on loopback, and hold no path": bool(config.desk_url)
        and not _is_origin(config.desk_url, is_plain_allowed=api_on_loopback),
        "smtp_security none needs smtp_host on loopback": bool(config.smtp_host)
        and config.smtp_security == "none"
        and not is_loopback(config.smtp_host),
        "smtp_host needs smtp_from, an address": bool(config.smtp_host) and not _is_plain_address(config.smtp_from),
        "smtp_user and smtp_password_file come together": bool(config.smtp_user) != bool(config.smtp_password_file),
        "smtp_port must lie between 1 and 65535": not 1 <= config.smtp_port <= 65_535,
        "smtp_domains are domains, without @ or wildcard": any(
            set(domain) & set("@* ") or domain != domain.lower() for domain in config.smtp_domains
        ),
        "notice_escalation_minutes is out of range": not ESCALATION_MINUTES_RANGE[0]
        <= config.notice_escalation_minutes
        <= ESCALATION_MINUTES_RANGE[1],
        "agency_issuer must start with https://, or with http:// on loopback": bool(config.agency_issuer)
        and not config.agency_issuer.startswith("https://")
        and not (
            config.agency_issuer.startswith("http://") and is_loopback(urlsplit(config.agency_issuer).hostname or "")
        ),
        "agency_issuer needs agency_client_id and agency_name": bool(config.agency_issuer)
        and not (config.agency_client_id and config.agency_name),
        "session_hours must lie between 1 and 24, idle_minutes between 1 and 60": not (
            1 <= config.session_hours <= 24 and 1 <= config.idle_minutes <= 60
        ),
        "database must be sqlite or a postgresql:// URL": config.database != "sqlite"
        and not config.database.startswith(("postgresql://", "postgres://")),
    }
    for sentence, applies in refusals.items():
        if applies:
            raise ConfigRefused(f"The configuration is unsafe: {sentence}.", fields={"rule": sentence})


def _is_plain_address(address: str) -> bool:
    name, _, domain = address.partition("@")
    return bool(name and domain) and address.isascii() and not set(address) & set(" \r\n,;<>") and "@" not in domain


def _is_origin(url: str, *, is_plain_allowed: bool) -> bool:
    parts = urlsplit(url)
    is_web = parts.scheme == "https" or (parts.scheme == "http" and is_plain_allowed)
    return is_web and bool(parts.hostname) and url == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        return ipaddress.ip_network(text).prefixlen > 0
    except ValueError:
        return False


def _may_meet(one: str, other: str) -> bool:
    """Returns whether two listeners may want one address: the same one, or either of them every one."""
    every = {"", "::", "[::]", "0.0.0.0"}  # noqa: S104 - compared with, not bound to
    return one == other or bool({one, other} & every) or (is_loopback(one) and is_loopback(other))


def is_loopback(host: str) -> bool:
    """Returns whether an address is of this machine only; a name other than localhost is not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_behind_a_proxy_unnamed(config: NodeConfig) -> bool:
    """Returns whether a proxy must stand before the desk, and none is named whose word about addresses counts."""
    return config.is_desk_over_tls and not config.is_api_over_tls and not config.trusted_proxies


def write_config(config: NodeConfig) -> Path:
    """Writes ``HOME/node.toml`` (mode 0600) and returns its path; the home itself is not written into it."""
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [f"{name} = {_toml(getattr(config, name))}" for name in config.__struct_fields__ if name != "home"]
    file = config.home / CONFIG_FILE
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def _toml(value: object) -> str:
    # The TOML basic string escapes are JSON's (TOML 1.0, section 2), so the JSON encoder serves both.
    return msgspec.json.encode(value).decode()
