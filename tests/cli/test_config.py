import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accord.cli.config import app
from accord.cli.node import NoSuchNode

runner = CliRunner()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ACCORD_HOME", "ACCORD_DATABASE_URL", "ACCORD_API_PORT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "node.toml").write_text('party = "IN"\nprofile = "india"\napi_port = 8311\n')
    return tmp_path


def test_every_setting_in_force_is_shown(home: Path) -> None:
    shown = json.loads(runner.invoke(app, ["show", "--home", str(home), "--json"]).stdout)
    assert (shown["party"], shown["api_port"], shown["home"]) == ("IN", 8311, str(home))


def test_the_environment_wins_over_the_file(home: Path) -> None:
    done = runner.invoke(app, ["show", "--home", str(home), "--json"], env={"ACCORD_API_PORT": "9001"})
    assert json.loads(done.stdout)["api_port"] == 9001


def test_the_password_of_the_database_is_masked(home: Path) -> None:
    environment = {"ACCORD_DATABASE_URL": "postgresql://accord:hunter2@127.0.0.1/accord"}
    done = runner.invoke(app, ["show", "--home", str(home)], env=environment)
    assert "hunter2" not in done.stdout
    assert "accord:********@127.0.0.1" in done.stdout


def test_a_folder_without_a_node_is_refused(tmp_path: Path) -> None:
    done = runner.invoke(app, ["show", "--home", str(tmp_path)])
    assert isinstance(done.exception, NoSuchNode)
