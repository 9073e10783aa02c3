import os
import subprocess
import sys
from pathlib import Path

from tests.postgres.server import find_binaries, main, running_server

SERVER = Path(__file__).with_name("server.py")


def test_the_newest_installed_server_is_used(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "postgres").touch()
    assert find_binaries(tmp_path) == tmp_path / "17" / "bin"


def absent(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    program = (
        "import sys; from pathlib import Path; import tests.postgres.server as s\n"
        f"s.find_binaries = lambda: None\nsys.exit(s.main(['--', '{sys.executable}', '-c', 'print(1)']))"
    )
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **environment},
        cwd=SERVER.parents[2],
    )


def test_without_a_server_it_says_so_loudly_and_goes_on(tmp_path: Path) -> None:
    done = absent(tmp_path)
    assert done.returncode == 0
    assert "NOT TESTED ON POSTGRESQL" in done.stderr
    assert done.stdout == ""


def test_without_a_server_a_ci_machine_fails(tmp_path: Path) -> None:
    assert absent(tmp_path, CI="true").returncode == 1


def test_no_command_is_a_usage_error() -> None:
    assert main([]) == 2


def test_a_command_sees_the_server_and_its_exit_code_comes_back() -> None:
    binaries = find_binaries()
    if binaries is None:  # the harness itself says so loudly, and a CI machine fails there
        assert os.environ.get("CI") != "true"
        return
    with running_server(binaries) as url:
        program = "import os, psycopg, sys; psycopg.connect(os.environ['U']).execute('select 1'); sys.exit(7)"
        done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "U": url}, check=False)
    assert done.returncode == 7
