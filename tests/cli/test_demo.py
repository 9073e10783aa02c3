import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from jsonschema import Draft202012Validator

from accord.cli.demo.nodes import free_port
from tests.cli.conftest import Node
from tests.meta.tree import DOCS

SCHEMA = json.loads((DOCS / "schemas/demo.schema.json").read_text("utf-8"))
NODES = ("CANADA", "INDIA")


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """A database for each node where the run is on PostgreSQL; SQLite in the nodes' own folders otherwise."""
    server = os.environ.get("ACCORD_DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield {}
        return
    names = {node: f"demo_{node.lower()}_{secrets.token_hex(4)}" for node in NODES}
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names.values():
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield {f"ACCORD_DATABASE_URL_{node}": _beside(server, name) for node, name in names.items()}
        for name in names.values():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _beside(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def demo(home: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
    ports = f"{free_port()},{free_port()}"
    return subprocess.run(
        [sys.executable, "-m", "accord", "demo", "--home", str(home), "--ports", ports, *words],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, "subprocess.CompletedProcess[str]"]]:
    home = tmp_path_factory.mktemp("story") / "demo"
    with databases() as where:
        yield home, demo(home, "--once", "--json", **where)


Told = tuple[Path, "subprocess.CompletedProcess[str]"]


@pytest.mark.nodes
@pytest.mark.postgres
def test_the_whole_story_is_played_and_every_step_verified(told: Told) -> None:
    _, done = told
    story = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(story)
    assert [step for step in story["steps"] if not step["ok"]] == []
    assert (done.returncode, story["ok"]) == (0, True)
    played = {step["name"] for step in story["steps"]}
    assert {"gate-refuses", "verify", "logs-agree", "caveat-stops", "permission-used"} <= played
    assert {"derivative-found", "log-verified", "witness"} <= played
    assert {"plan-proven", "read-outs-compared", "indicators-move", "indicators-agree", "workbook-in"} <= played


@pytest.mark.nodes
def test_what_the_story_left_can_be_listed_shown_and_proven_from_the_command_line(told: Told, tmp_path: Path) -> None:
    home, _ = told
    kept = json.loads((home / "canada/demo.json").read_text())
    passwords = {one["username"]: one["password"] for one in kept["accounts"].values()}
    node = Node(home=home / "canada", passphrase=kept["passphrase"], passwords=passwords)
    cases = json.loads(node.run_as("liaison", "case", "list", "--json").stdout)
    assert cases
    assert cases[-1]["peer"] == "IN"
    shown = json.loads(node.run_as("liaison", "case", "show", cases[-1]["own_ref"], "--json").stdout)
    assert {message["direction"] for message in shown["messages"]} == {"in", "out"}
    request = next(message for message in shown["messages"] if message["kind"] == "request")
    assert request["receipted_at"] is not None
    for words, claims in (((), {"content"}), (("--without-content",), set())):
        bundle = tmp_path / f"bundle{len(words)}"
        done = node.run_as("reviewer", "case", "evidence", request["id"], "--out", str(bundle), *words)
        assert done.returncode == 0, done.stderr
        verdict = node.read("verify", str(bundle), "--root", str(home / "roots.json"))
        assert {claim["name"] for claim in verdict["claims"]} - {"integrity", "origin", "time", "receipt"} == claims


@pytest.mark.nodes
def test_an_administrator_reads_no_case(told: Told) -> None:
    home, _ = told
    done = Node(home=home / "canada").run("case", "list")
    assert done.returncode == 2
    assert "case.read" in done.stderr


def test_a_folder_that_is_somebody_elses_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    done = demo(tmp_path, "--once", "--reset")
    assert done.returncode == 2
    assert "demo.folder" in done.stderr
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_ports_that_make_no_sense_are_a_usage_error(tmp_path: Path) -> None:
    done = demo(tmp_path / "demo", "--once", "--ports", "1,1")
    assert done.returncode == 2
    assert "demo.ports" in done.stderr
