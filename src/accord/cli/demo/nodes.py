"""Starting, stopping and killing real nodes: each its own process, folder, database, keys and law."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

from accord.errors import NotAvailableNow, OfficerCanMend, OurFault

__all__ = ["ApiAnswer", "NodeProcess", "free_port", "run_accord"]

LOOPBACK = "127.0.0.1"
START_LIMIT_SECONDS = 60.0
"""How long a node may take to answer /healthz: twenty times the promise of 3 s, for a busy machine."""
STOP_LIMIT_SECONDS = 10.0
ANSWER_LIMIT_SECONDS = 30.0


PORTS: Final = range(20_000, 32_768)
"""Registered ports, below those that Linux (and IANA) leave to connections: no outgoing one takes them in between."""

_given: Final[set[int]] = set()


def free_port() -> int:
    """Returns a TCP port on loopback that nothing listens on at this moment, and that was not returned before.

    Raises:
        NotAvailableNow: Every port of the range is taken.
    """
    for port in secrets.SystemRandom().sample(PORTS, len(PORTS)):
        if port in _given:
            continue
        with socket.socket() as listener, suppress(OSError):
            listener.bind((LOOPBACK, port))
            _given.add(port)
            return port
    msg = f"Every port from {PORTS.start} to {PORTS.stop - 1} is taken."
    raise NotAvailableNow(msg, code="demo.no-port", next_step="Stop what listens there, or name ports with --ports.")


def run_accord(
    arguments: Sequence[str],
    *,
    home: Path | None = None,
    passphrase: str | None = None,
    password: str | None = None,
    exits: Collection[int] = (0,),
) -> str:
    """Runs one ``accord`` command in its own process and returns what it printed.

    Args:
        arguments: The words after ``accord``.
        home: The node's folder; none for commands that need no node.
        passphrase: Opens the key file of that node.
        password: Of the officer whom ``--as`` names.
        exits: Codes that it may exit with.

    Raises:
        OurFault: The command did not exit with one of them; the sentence carries its last line of standard error.
    """
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "accord", *arguments],
        env=_environment(home, passphrase) | ({"ACCORD_OFFICER_PASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode not in exits:
        said = (done.stderr.strip() or done.stdout.strip() or "no output")[-2000:]
        msg = f"accord {' '.join(arguments)} ended with {done.returncode}: {said}"
        raise OurFault(msg)
    return done.stdout


def _environment(home: Path | None, passphrase: str | None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACCORD_", "DJANGO_"))}
    if home is not None:
        kept["ACCORD_HOME"] = str(home)
    if passphrase is not None:
        kept["ACCORD_PASSPHRASE"] = passphrase
    if "ACCORD_DEBUG" in os.environ:
        kept["ACCORD_DEBUG"] = os.environ["ACCORD_DEBUG"]
    database = os.environ.get(f"ACCORD_DATABASE_URL_{home.name.upper()}") if home is not None else None
    if database:
        kept["ACCORD_DATABASE_URL"] = database
    return kept


@dataclass(frozen=True, kw_only=True)
class ApiAnswer:
    """What a node's API answered: HTTP status, decoded JSON (or bytes), and how long it took in milliseconds."""

    status: int
    body: object
    took_ms: float

    def __getitem__(self, name: str) -> object:
        """Returns a member of a JSON object answer."""
        if not isinstance(self.body, dict):
            msg = f"the API answered {self.status} without a JSON object"
            raise OurFault(msg)
        return self.body[name]


@dataclass(kw_only=True)
class NodeProcess:
    """One node: its folder, its ports, its process while it runs, and its specimen accounts.

    Args:
        home: The node's own folder.
        profile: Name of the party profile, such as ``canada``.
        api_port: Loopback port of the HTTP API.
        channel_port: Loopback port of the mutual-TLS channel listener.
        passphrase: Opens the encrypted key file.
        accounts: Specimen accounts by role: user name, password, token.
        words: Words of the node's root key.
    """

    home: Path
    profile: str
    api_port: int
    channel_port: int
    passphrase: str
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    process: "subprocess.Popen[bytes] | None" = None
    _pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    @classmethod
    def opened(cls, home: Path) -> "NodeProcess":
        """Returns the node that an earlier run left in ``home``.

        Raises:
            OfficerCanMend: The folder holds no complete demo node.
        """
        try:
            kept = json.loads((home / "demo.json").read_text())
        except (OSError, ValueError) as error:
            msg = f"{home} holds no complete demonstration node"
            raise OfficerCanMend(msg, code="demo.incomplete", next_step="Start anew with RESET=1.") from error
        return cls(home=home, **kept)

    @classmethod
    def made(cls, home: Path, profile: str, port: int) -> "NodeProcess":
        """Makes a demonstration node in ``home`` and returns it, not started.

        Args:
            home: Its folder, which is made.
            profile: Name of the party profile.
            port: Loopback port of the API and the desk.
        """
        node = cls(
            home=home,
            profile=profile,
            api_port=port,
            channel_port=free_port(),
            passphrase=cls.new_passphrase(),
        )
        said = json.loads(
            node.run(
                "init",
                *("--profile", profile, "--demo", "--json"),
                *("--api-port", str(port), "--channel-port", str(node.channel_port)),
                *("--channel-url", f"https://127.0.0.1:{node.channel_port}"),
            )
        )
        node.accounts, node.words = said["accounts"], said["words"]
        node.remember()
        return node

    def remember(self) -> None:
        """Writes ports, passphrase and specimen accounts for the next run; readable by the owner only."""
        path = self.home / "demo.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(
                {
                    "profile": self.profile,
                    "api_port": self.api_port,
                    "channel_port": self.channel_port,
                    "passphrase": self.passphrase,
                    "accounts": self.accounts,
                    "words": self.words,
                },
                out,
                indent=1,
            )

    @staticmethod
    def new_passphrase() -> str:
        """Returns a random passphrase for a demonstration key file."""
        return secrets.token_urlsafe(18)

    @property
    def api_url(self) -> str:
        """Base address of the node's API."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def docs_url(self) -> str:
        """Address of the API's interactive documentation."""
        return f"{self.api_url}/api/v1/docs"

    def run(self, *arguments: str) -> str:
        """Runs an ``accord`` command for this node."""
        return run_accord(arguments, home=self.home, passphrase=self.passphrase)

    def run_as(self, role: str, *arguments: str) -> str:
        """Runs an ``accord`` command for this node as one of its specimen accounts."""
        account = self.accounts[role]
        words = (*arguments, "--as", account["username"])
        return run_accord(words, home=self.home, passphrase=self.passphrase, password=account["password"])

    def start(self) -> float:
        """Starts ``accord serve`` and waits until it is healthy.

        Returns:
            Seconds until the first healthy answer.

        Raises:
            NotAvailableNow: The node did not become healthy in time; its log is in ``home/logs``.
        """
        if self.is_up():
            msg = f"Something answers on port {self.api_port} already."
            raise NotAvailableNow(
                msg, code="demo.port-taken", next_step="Stop the nodes of the earlier run, or name others with --ports."
            )
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        began = time.monotonic()
        with (logs / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "accord", "serve"],
                env=_environment(self.home, self.passphrase),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        while time.monotonic() - began < START_LIMIT_SECONDS:
            if self.process.poll() is not None:
                break
            if self.is_up():
                return time.monotonic() - began
            time.sleep(0.05)
        tail = (logs / "serve.log").read_text(errors="replace")[-1500:]
        msg = f"The {self.profile} node did not become healthy: {tail}"
        raise NotAvailableNow(msg, code="demo.node-not-healthy", next_step=f"Read {logs / 'serve.log'}.")

    def is_up(self) -> bool:
        """Returns whether a healthy node answers on this node's port."""
        try:
            return self._pool.request("GET", f"{self.api_url}/healthz", timeout=2.0).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def kill(self) -> None:
        """Ends the process at once with SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(timeout=STOP_LIMIT_SECONDS)
            self.process = None

    def stop(self) -> None:
        """Asks the process to end, and insists after a while."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=STOP_LIMIT_SECONDS)
        self.process = None

    def call(self, method: str, path: str, *, as_: str, body: object = None, expect: int | None = None) -> ApiAnswer:
        """Calls the node's API as one of its specimen accounts.

        Args:
            method: HTTP method.
            path: Path below ``/api/v1``.
            as_: Role of the specimen account.
            body: JSON body.
            expect: Status the caller relies on; any when omitted.

        Raises:
            OurFault: The status differs from ``expect``.
        """
        headers = {"Authorization": f"Bearer {self.accounts[as_]['token']}"}
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_hex(16)
        began = time.perf_counter()
        answer = self._pool.request(
            method,
            f"{self.api_url}/api/v1{path}",
            headers=headers,
            timeout=ANSWER_LIMIT_SECONDS,
            json=body,
        )
        took_ms = (time.perf_counter() - began) * 1000
        is_json = "json" in answer.headers.get("Content-Type", "")
        decoded: object = answer.json() if is_json and answer.data else answer.data
        if expect is not None and answer.status != expect:
            msg = f"{method} {path} answered {answer.status}, not {expect}: {str(decoded)[:1500]}"
            raise OurFault(msg, code="demo.unexpected-answer")
        return ApiAnswer(status=answer.status, body=decoded, took_ms=took_ms)
