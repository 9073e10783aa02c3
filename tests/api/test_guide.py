"""The guides are true: every example of the API's guide is run, in its order, against two real nodes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from rich.console import Console

from accord.cli.demo.command import _set_up
from accord.cli.demo.nodes import NodeProcess, free_port
from accord.cli.demo.timeline import Timeline
from accord.node.api.application import api
from accord.node.api.examples import ANSWER_FIELDS, ANSWER_OWN_SIDE
from tests.api.story import on_this_day, own_side, request_fields
from tests.meta.tree import DOCS

GUIDES = ("api.md", "officer-guide.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUN = ("python", "sh", "json")


def _blocks(name: str) -> list[tuple[str, str]]:
    return BLOCK.findall((DOCS / name).read_text("utf-8"))


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[NodeProcess]]:
    """Canada's and India's node, paired and running."""
    started: list[NodeProcess] = []
    try:
        _set_up(started, tmp_path, (free_port(), free_port()), Timeline(console=Console(quiet=True)))
        yield started
    finally:
        for node in started:
            node.stop()


def _write_bodies(folder: Path) -> None:
    """Writes the examples of the description, with the days of today."""
    request = {"fields": request_fields(), "own_side": own_side()}
    answer = {"fields": on_this_day(ANSWER_FIELDS), "own_side": ANSWER_OWN_SIDE}
    (folder / "request.json").write_text(json.dumps(request))
    (folder / "answer.json").write_text(json.dumps(answer))


def _run(text: str, guide: str, names: dict[str, Any]) -> None:
    try:
        exec(compile(text, guide, "exec"), names)
    except HTTPError as error:
        with error:
            pytest.fail(f"{guide}: {error.url} answered {error.code}: {error.read().decode()}\n\n{text}")


@pytest.mark.nodes
def test_every_example_of_the_guides_does_what_it_says(
    nodes: list[NodeProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canada, india = nodes
    monkeypatch.chdir(tmp_path)
    _write_bodies(tmp_path)
    for name, value in {
        "API": f"{canada.api_url}/api/v1",
        "THERE": f"{india.api_url}/api/v1",
        "LIAISON": canada.accounts["liaison"]["token"],
        "RELEASING": canada.accounts["releasing"]["token"],
        "DUTY": india.accounts["duty"]["token"],
        "RELEASING_THERE": india.accounts["releasing"]["token"],
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}

    for guide in GUIDES:
        for language, text in _blocks(guide):
            if language == "python":
                _run(text, guide, names)
            elif language == "sh":
                subprocess.run(["sh", "-e", "-c", text], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("guide", GUIDES)
def test_no_example_of_a_guide_is_left_out_of_the_run(guide: str) -> None:
    assert [language for language, _text in _blocks(guide) if language not in RUN] == []


@pytest.mark.parametrize("text", [text for name in GUIDES for language, text in _blocks(name) if language == "json"])
def test_an_example_of_a_refusal_is_a_problem_object(text: str) -> None:
    assert {"type", "title", "status", "code", "next_step"} <= set(json.loads(text))


@pytest.mark.parametrize("guide", GUIDES)
def test_every_operation_that_a_guide_names_exists(guide: str) -> None:
    known = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    named = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?]*)`", (DOCS / guide).read_text("utf-8")))

    assert named
    assert named <= known
