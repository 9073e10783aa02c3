"""Real nodes made once a file, and a fresh copy of both for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.pair import make_pair

from accord.cli.demo.nodes import NodeProcess, free_port
from tests.nodes.proxy import BadNetwork
from tests.nodes.scene import Scene


@pytest.fixture(scope="module")
def roads() -> dict[tuple[str, str], int]:
    """Ports under which each side reaches the other: those of the bad network between them."""
    return {("CA", "IN"): free_port(), ("IN", "CA"): free_port()}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, roads: dict[tuple[str, str], int]) -> Path:
    """Both homes, paired and never started."""
    folder = tmp_path_factory.mktemp("pair")
    make_pair(folder, addresses=roads)
    return folder


@pytest.fixture
def scene(template: Path, roads: dict[tuple[str, str], int], tmp_path: Path) -> Iterator[Scene]:
    """A fresh copy of both nodes, not started, with fine weather between them."""
    for name in ("canada", "india", "roots.json"):
        place = template / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, tmp_path / name)
    canada, india = (NodeProcess.opened(tmp_path / name) for name in ("canada", "india"))
    with (
        BadNetwork(india.channel_port, port=roads["CA", "IN"]) as to_india,
        BadNetwork(canada.channel_port, port=roads["IN", "CA"]) as to_canada,
    ):
        made = Scene(canada=canada, india=india, to_india=to_india, to_canada=to_canada, folder=tmp_path)
        yield made
        made.stop()
