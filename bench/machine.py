"""The machine a figure was measured on, in words that let a reader judge it."""

import os
import platform
import sqlite3
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.backends.openssl.backend import backend

__all__ = ["Machine", "commit_now", "this_machine"]

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a figure depends on besides the code.

    Args:
        cpu: Model name as the kernel gives it.
        cores: Cores this process may use.
        memory_gib: Main memory in GiB.
        system: Kernel and its release.
        python: Version of the interpreter.
        sqlite: Version of the SQLite library.
        openssl: OpenSSL of ``cryptography`` (envelopes, signatures) and of Python's ``ssl`` (TLS).
        file_system: Kind of file system under the databases of the run.
    """

    cpu: str
    cores: int
    memory_gib: int
    system: str
    python: str
    sqlite: str
    openssl: str
    file_system: str

    def __str__(self) -> str:
        return (
            f"{self.cpu}, {self.cores} cores, {self.memory_gib} GiB, {self.system}, {self.file_system}, "
            f"Python {self.python}, SQLite {self.sqlite}, OpenSSL {self.openssl}"
        )


def this_machine(databases: Path) -> Machine:
    """Describes the machine this runs on; ``databases`` is the folder the run keeps its databases in."""
    return Machine(
        cpu=_cpu_model(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        openssl=f"{_number(backend.openssl_version_text())} (TLS {_number(ssl.OPENSSL_VERSION)})",
        file_system=_file_system(databases),
    )


def _number(version_text: str) -> str:
    return version_text.split()[1]


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    # A virtual machine hides the model; these two instructions explain half of any difference in hashing and sealing.
    seen = [name for name in ("sha_ni", "vaes") if name in flags]
    return f"{names[0] if names else platform.machine()} ({' '.join([platform.machine(), *seen])})"


def _file_system(folder: Path) -> str:
    # "%T" is the file system's name in GNU stat.
    done = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown file system"


def commit_now() -> str:
    """Returns the commit of the tree, with ``-dirty`` when source files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(REPOSITORY), *words], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    commit = git("rev-parse", "--short=12", "HEAD") or "unknown"
    return f"{commit}-dirty" if git("status", "--porcelain", "--", "src") else commit


if __name__ == "__main__":
    sys.stdout.write(f"{this_machine(Path.cwd())}\n")
