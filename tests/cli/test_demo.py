import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from jsonschema import Draft202012Validator

from accord.cli.demo.nodes import free_port
from tests.meta.tree import DOCS

SCHEMA = json.loads((DOCS / "schemas/demo.schema.json").read_text("utf-8"))
NODES = ("CANADA", "INDIA")


@pytest.fixture
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


@pytest.mark.nodes
@pytest.mark.postgres
def test_the_whole_story_is_played_and_every_step_verified(tmp_path: Path, databases: dict[str, str]) -> None:
    done = demo(tmp_path / "demo", "--once", "--json", **databases)
    told = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(told)
    assert [step for step in told["steps"] if not step["ok"]] == []
    assert (done.returncode, told["ok"]) == (0, True)
    assert len(told["steps"]) >= 10


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
