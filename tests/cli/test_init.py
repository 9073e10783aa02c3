import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Node, make_node


def test_a_new_node_has_settings_keys_database_words_and_an_administrator(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = json.loads(make_node(home, ["--profile", "canada"]).stdout)
    assert (made["party"], made["administrator"], len(made["words"])) == ("CA", "admin", 12)
    assert len(made["password"]) >= 24
    assert made["accounts"] == {}
    assert {"node.toml", "keys.acc", "root.acc", "archive.acc", "secret.key", "node.sqlite3"} <= {
        path.name for path in home.iterdir()
    }


def test_no_secret_of_a_new_node_is_readable_by_others(canada: Node) -> None:
    for name in ("node.toml", "keys.acc", "root.acc", "archive.acc", "secret.key", "tls.key"):
        assert stat.S_IMODE((canada.home / name).stat().st_mode) & 0o077 == 0, name


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    done = make_node(tmp_path, ["--profile", "canada"])
    assert (done.returncode, json.loads(done.stderr)["code"]) == (2, "cli.home-refused")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("words", "environment", "code"),
    [
        (["--profile", "canada"], {"ACCORD_PASSPHRASE": "short"}, "parties.passphrase-weak"),
        (["--profile", "canada"], {"ACCORD_PASSPHRASE": ""}, "parties.passphrase-missing"),
        (["--profile", "canada", "--api-host", "0.0.0.0"], {}, "node.config-refused"),
        (["--profile", "atlantis"], {}, "parties.profile-refused"),
        ([], {}, "cli.no-profile"),
    ],
)
def test_a_node_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, words: list[str], environment: dict[str, str], code: str
) -> None:
    home = tmp_path / "home"
    done = make_node(home, words, **environment)
    assert done.returncode != 0
    assert json.loads(done.stderr)["code"] == code
    assert not home.exists()


def test_the_password_of_the_administrator_may_come_from_a_pipe_and_is_then_not_shown(tmp_path: Path) -> None:
    node = Node(home=tmp_path / "home")
    done = node.run("init", "--profile", "india", "--password-stdin", "--json", stdin="a word of fifteen letters\n")
    assert json.loads(done.stdout)["password"] is None
    assert "a word of fifteen letters" not in done.stdout + done.stderr


def test_a_demonstration_node_has_a_specimen_account_of_each_role_but_the_decider(canada: Node) -> None:
    rows = canada.read("officer", "list")
    assert sorted(role for row in rows for role in row["roles"]) == [
        "administrator",
        "counsel",
        "duty",
        "liaison",
        "policy",
        "releasing",
        "reviewer",
        "signatory",
    ]


def test_an_upgrade_of_a_node_that_is_up_to_date_changes_nothing(canada: Node) -> None:
    assert canada.run("init", "--upgrade").returncode == 0
    assert canada.run("init", "--upgrade").stdout == "The database is up to date.\n"
