"""Real nodes in folders of their own, made by the command itself, as an operator makes them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PASSPHRASE = "correct horse battery staple"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node on disk and the command line that works on it.

    SQLite whatever the run's database is: these tests are about the commands.
    """

    home: Path
    passphrase: str = PASSPHRASE
    passwords: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, stdin: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
        told = {"ACCORD_HOME": str(self.home), "ACCORD_PASSPHRASE": self.passphrase, **environment}
        return subprocess.run(
            [sys.executable, "-m", "accord", *words],
            env={**kept, **{name: value for name, value in told.items() if value}},
            capture_output=True,
            text=True,
            check=False,
            input=stdin,
        )

    def run_as(self, officer: str, *words: str, **given: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command as an officer, with the officer's own password."""
        return self.run(*words, "--as", officer, ACCORD_OFFICER_PASSWORD=self.passwords[officer], **given)

    def accept(self, file: Path) -> "subprocess.CompletedProcess[str]":
        """Pins a peer as two persons do, each with the words; returns what the second one was told."""
        words = " ".join(self.read("peer", "read", str(file))["words"])
        first = self.run("peer", "accept", str(file), "--words", words)
        assert first.returncode == 0, first.stderr
        assert "Nothing is pinned yet." in first.stdout
        return self.run_as("reviewer", "peer", "accept", str(file), "--words", words)

    def read(self, *words: str) -> Any:  # Any: whatever JSON the command prints
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def make_node(home: Path, words: Sequence[str] = (), **environment: str) -> "subprocess.CompletedProcess[str]":
    return Node(home=home).run("init", "--json", *words, **environment)


@pytest.fixture(scope="package")
def canada(tmp_path_factory: pytest.TempPathFactory) -> Node:
    return _made(tmp_path_factory.mktemp("canada"), "canada")


@pytest.fixture(scope="package")
def india(tmp_path_factory: pytest.TempPathFactory) -> Node:
    return _made(tmp_path_factory.mktemp("india"), "india")


def _made(home: Path, profile: str) -> Node:
    done = make_node(home, ["--profile", profile, "--demo"])
    assert done.returncode == 0, done.stderr
    accounts = json.loads(done.stdout)["accounts"].values()
    return Node(home=home, passwords={one["username"]: one["password"] for one in accounts})
