"""Runs a command beside a PostgreSQL server of its own, and takes the server away afterwards.

``python tests/postgres/server.py -- pytest ...`` makes a fresh cluster in a temporary folder, starts it on a random
loopback port, sets ``ACCORD_DATABASE_URL`` for the command, and exits with the command's code.

PostgreSQL refuses to run as root, so root hands the cluster to an unprivileged account. Where no server is
installed this says so loudly and succeeds, but not on a CI machine (``CI=true``): there, absence is a failure.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

LOOPBACK = "127.0.0.1"
ROLE = "accord"
DEBIAN_HOME = Path("/usr/lib/postgresql")
UNPRIVILEGED = ("postgres", "nobody")
START_LIMIT_SECONDS = 60.0
START_TRIES = 5  # the free port may be taken between the look and the start


def find_binaries(home: Path = DEBIAN_HOME) -> Path | None:
    """Returns the folder of the newest installed server's programs, or None."""
    found = [path.parent for path in home.glob("*/bin/postgres")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def account() -> pwd.struct_passwd | None:
    """Returns the account the server runs as when we are root, None when we may run it ourselves."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("postgres: no unprivileged account to run the server as")


class Cluster:
    """A throw-away cluster: its folder, its password, its port, its process."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries = binaries
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.password = secrets.token_hex(16)
        self.port = 0
        self.owner = account()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """URL of the maintenance database; test runs make their own databases beside it."""
        return f"postgresql://{ROLE}:{self.password}@{LOOPBACK}:{self.port}/postgres"

    def _identity(self) -> dict[str, object]:
        if self.owner is None:
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}

    def create(self) -> None:
        """Makes the cluster's files; the password is handed over in a file only its owner can read."""
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o600)
        if self.owner is not None:
            for path in (self.folder, secret):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        words = [self.binaries / "initdb", "-D", self.data, "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8"]
        words += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=_plain_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),
        )
        if done.returncode != 0:
            raise SystemExit(f"postgres: initdb failed\n{done.stdout}{done.stderr}")
        secret.unlink()

    def start(self) -> None:
        """Starts the server on a free loopback port and waits until it answers."""
        for _ in range(START_TRIES):
            with socket.socket() as probe:
                probe.bind((LOOPBACK, 0))
                self.port = int(probe.getsockname()[1])
            words = [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), "-F"]
            for setting in (f"listen_addresses={LOOPBACK}", "unix_socket_directories=", "max_connections=200"):
                words += ["-c", setting]
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    words, cwd=self.folder, env=_plain_environment(), stdout=log, stderr=log, **self._identity()
                )
            if self._answers():
                return
            self.stop()
        raise SystemExit(f"postgres: the server did not start\n{self.log.read_text(errors='replace')[-2000:]}")

    def _answers(self) -> bool:
        assert self.process is not None
        deadline = time.monotonic() + START_LIMIT_SECONDS
        words = [self.binaries / "pg_isready", "-q", "-h", LOOPBACK, "-p", str(self.port)]
        while time.monotonic() < deadline and self.process.poll() is None:
            if subprocess.run(words, check=False).returncode == 0:
                return True
            time.sleep(0.1)
        return False

    def stop(self) -> None:
        """Stops the server at once; its data are thrown away anyway."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)  # "fast shutdown": open sessions are ended
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=20)
        self.process = None


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Yields the URL of a fresh server and removes every trace of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="accord-pg-"))
    cluster = Cluster(binaries, folder)
    try:
        cluster.create()
        cluster.start()
        yield cluster.url
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _on_terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def main(arguments: Sequence[str]) -> int:
    """Runs the words after ``--`` beside a server and returns their exit code."""
    command = list(arguments[arguments.index("--") + 1 :]) if "--" in arguments else []
    if not command:
        print("usage: server.py -- COMMAND [WORD...]", file=sys.stderr)
        return 2
    binaries = find_binaries()
    if binaries is None:
        line = "*" * 100
        print(f"{line}\n*  NOT TESTED ON POSTGRESQL: no server in {DEBIAN_HOME} or on the path.", file=sys.stderr)
        print(f"*  Install it (Debian: apt-get install postgresql) and run again.\n{line}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    signal.signal(signal.SIGTERM, _on_terminate)
    with running_server(binaries) as url:
        print(f"postgres: {binaries} on {LOOPBACK}", flush=True)
        return subprocess.run(command, env={**os.environ, "ACCORD_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
