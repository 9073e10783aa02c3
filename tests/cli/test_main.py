import json
import os
import subprocess
import sys

import pytest

from accord import __version__
from accord.cli.main import COMMANDS

HEAVY = ("django", "cedarpy", "cryptography", "rich", "accord.law", "accord.channel")


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    return subprocess.run(
        [sys.executable, "-m", "accord", *words],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def imported_by(*words: str) -> set[str]:
    program = (
        "import sys\n"
        f"sys.argv = ['accord', *{words!r}]\n"
        "from accord.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('MODULES', *sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.rsplit("MODULES", 1)[1].split())


def test_the_version_is_printed_and_nothing_heavy_is_loaded_for_it() -> None:
    assert run("--version").stdout.strip() == f"accord {__version__}"
    assert not imported_by("--version").intersection(HEAVY)


def test_help_lists_every_command_without_loading_any_of_them() -> None:
    help_text = run("--help").stdout
    assert all(f" {name} " in help_text for name in COMMANDS)
    loaded = imported_by("--help")
    assert not loaded.intersection({lazy.module for lazy in COMMANDS.values()})
    assert "django" not in loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"accord {name}" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_loads_django_before_it_knows_its_node(name: str) -> None:
    assert "django" not in imported_by(name, "--help")


def test_a_misspelt_command_is_a_usage_error_that_names_the_right_one() -> None:
    done = run("verfy")
    assert done.returncode == 2
    assert "verify" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_words_at_all_print_the_help_as_a_usage_error() -> None:
    done = run()
    assert done.returncode == 2
    assert "Usage" in done.stdout + done.stderr


def test_a_command_without_its_node_says_what_to_do_next() -> None:
    done = run("config", "show")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "This command needs a node."
    assert "Next step:" in done.stderr
    assert "cli.no-node" in done.stderr
    assert done.stdout == ""


def test_with_json_an_error_is_one_json_object_on_standard_error() -> None:
    done = run("config", "show", "--json")
    problem = json.loads(done.stderr)
    assert (problem["code"], done.stdout, done.returncode) == ("cli.no-node", "", 2)


def test_an_unknown_failure_is_our_fault_without_a_traceback(tmp_path: object) -> None:
    program = "import sys\nimport accord.cli.main as m\nm.typer.main.get_command = lambda _: 1 / 0\nm.main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert "ACCORD_DEBUG=1" in done.stderr


def test_the_traceback_is_shown_to_who_asks_for_it() -> None:
    done = run("config", "show", ACCORD_DEBUG="1")
    assert "Traceback" in done.stderr
    assert "NoSuchNode" in done.stderr


def test_completion_offers_the_commands() -> None:
    done = run(_ACCORD_COMPLETE="complete_bash", COMP_WORDS="accord ver", COMP_CWORD="1")
    assert done.stdout.split() == ["verify"]


@pytest.mark.parametrize("group", ["officer", "peer", "parcel", "case", "law", "config"])
def test_completion_offers_every_command_of_a_group(group: str) -> None:
    command = COMMANDS[group].load(group)
    done = run(_ACCORD_COMPLETE="complete_bash", COMP_WORDS=f"accord {group} ", COMP_CWORD="2")
    assert set(done.stdout.split()) == set(command.commands)


def test_completion_offers_the_options_of_a_command() -> None:
    done = run(_ACCORD_COMPLETE="complete_bash", COMP_WORDS="accord peer proof --o", COMP_CWORD="3")
    assert done.stdout.split() == ["--out"]
