"""Everyday faults: each is said with a code, a sentence and a next step, and never as a failure nobody knows."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from accord.cli.faults import fault_of
from tests.cli.conftest import Node, make_node


@pytest.fixture
def copied(canada: Node, tmp_path: Path) -> Node:
    shutil.copytree(canada.home, tmp_path / "copy")
    return Node(home=tmp_path / "copy", passwords=canada.passwords)


def said(node: Node, *words: str, **environment: str) -> tuple[int, str]:
    """Exit code and error code of a command that must fail plainly."""
    done = node.run(*words, **environment)
    assert "Traceback" not in done.stderr
    assert "Next step: " in done.stderr, done.stderr
    return done.returncode, done.stderr.rsplit("Code: ", 1)[1].strip()


def test_a_database_file_that_is_none_is_said_to_be_damaged(copied: Node) -> None:
    (copied.home / "node.sqlite3").write_bytes(b"this is no database at all, " * 400)
    assert said(copied, "officer", "list") == (4, "cli.database-damaged")


@pytest.mark.parametrize("command", [("officer", "list"), ("serve",), ("init", "--upgrade"), ("peer", "list")])
def test_a_database_that_was_lost_is_said_to_be_lost_and_none_is_made(copied: Node, command: tuple[str, ...]) -> None:
    (copied.home / "node.sqlite3").unlink()
    assert said(copied, *command) == (4, "cli.database-lost")
    assert not (copied.home / "node.sqlite3").exists()


def test_a_database_of_another_version_is_named_so(copied: Node) -> None:
    with sqlite3.connect(copied.home / "node.sqlite3") as connection:
        connection.execute("DROP TABLE courier_alarm")
    assert said(copied, "peer", "acknowledge", "1") == (4, "cli.database-version")
    assert said(copied, "init", "--upgrade") == (4, "node.schema-differs")
    assert said(copied, "serve") == (4, "node.schema-differs")


def test_a_database_with_migrations_of_another_version_is_left_as_it_is(copied: Node) -> None:
    with sqlite3.connect(copied.home / "node.sqlite3") as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('courier', '0999_later', '2026-11-30 00:00:00')"
        )
        # What the upgrade would make again, if it began.
        connection.execute("DELETE FROM django_migrations WHERE app = 'notices'")
        before = applied(connection)
        assert said(copied, "init", "--upgrade") == (4, "node.schema-differs")
        assert said(copied, "serve") == (4, "node.schema-differs")
        assert applied(connection) == before
    assert "courier.0999_later" in copied.run("doctor").stdout


def applied(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """What the database says was applied to it."""
    connection.commit()
    return connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()


def test_a_postgresql_that_does_not_answer_is_not_available_now(canada: Node) -> None:
    url = "postgresql://nobody@127.0.0.1:9/none"
    assert said(canada, "officer", "list", ACCORD_DATABASE_URL=url) == (3, "cli.database-unreachable")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("party = ", "node.toml cannot be read"),
        ('api_prot = "x"', "api_prot"),
        ('api_port = "many"', "api_port"),
    ],
)
def test_a_configuration_that_is_no_toml_or_has_a_wrong_field_is_refused(
    copied: Node, line: str, sentence: str
) -> None:
    file = copied.home / "node.toml"
    file.write_text(f"{line}\n")
    done = copied.run("officer", "list")
    assert (done.returncode, "node.config-refused" in done.stderr, sentence in done.stderr) == (4, True, True)


def test_a_missing_tls_file_is_named(copied: Node, tmp_path: Path) -> None:
    missing = str(tmp_path / "no.pem")
    files = {"ACCORD_API_TLS_CERTIFICATE": missing, "ACCORD_API_TLS_KEY": missing}
    assert said(copied, "serve", **files) == (4, "node.config-refused")
    (tmp_path / "no.pem").write_text("not a certificate")
    assert said(copied, "serve", **files) == (4, "node.config-refused")


ARRANGEMENT = {
    "code": '"SPECIMEN-9"',
    "title": '"A title"',
    "parties": '["CA", "IN"]',
    "agencies": '["RCMP"]',
    "categories": '["suspect"]',
    "purposes": '["investigate"]',
    "valid_from": "2026-01-01",
    "text_sha256": f'"{"ab" * 32}"',
}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("valid_from", '"someday"', "cli.arrangement-field"),
        ("valid_from", "2026-13-45", "cli.arrangement-not-toml"),
        ("text_sha256", '"xyz"', "cli.arrangement-field"),
        ("parties", '["CA", "ZZ"]', "parties.register-party"),
        ("title", '"a \u202e title"', "text.refused-character"),
        ("titel", '"x"', "cli.arrangement-field"),
        ("title", "7", "cli.arrangement-field"),
    ],
)
def test_an_arrangement_with_a_wrong_field_says_which(
    canada: Node, tmp_path: Path, field: str, value: str, code: str
) -> None:
    file = tmp_path / "arrangement.toml"
    fields = {**ARRANGEMENT, field: value}
    file.write_text("".join(f"{name} = {text}\n" for name, text in fields.items()), "utf-8")
    done = canada.run("peer", "arrangement", str(file))
    assert (done.returncode, code in done.stderr) == (2, True), done.stderr


def test_an_arrangement_may_have_the_line_ends_and_letters_of_another_system(copied: Node, tmp_path: Path) -> None:
    assert copied.run("peer", "invite", "IN", "--out", str(tmp_path / "invitation")).returncode == 0
    file = tmp_path / "arrangement.toml"
    fields = {**ARRANGEMENT, "title": '"Accord de cooperation, re\u0301vise\u0301"'}
    text = "".join(f"{name} = {value}\r\n" for name, value in fields.items())
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    done = copied.run("peer", "arrangement", str(file))
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(copied.home / "node.sqlite3") as connection:
        wanted = "SELECT json_extract(terms, '$.title') FROM parties_registerentry WHERE register = 'arrangement'"
        kept = connection.execute(wanted).fetchone()
    assert kept[0].endswith("r\u00e9vis\u00e9")


def test_a_missing_output_folder_is_said_to_be_missing(canada: Node, tmp_path: Path) -> None:
    out = str(tmp_path / "nowhere" / "file")
    assert said(canada, "peer", "invite", "IN", "--out", out) == (2, "cli.no-folder")


@pytest.mark.parametrize(
    ("words", "environment", "code"),
    [
        (("peer", "rotate", "sign"), {"ACCORD_PASSPHRASE": "another phrase altogether"}, "parties.key-file-closed"),
        (("serve",), {"ACCORD_PASSPHRASE": "another phrase altogether"}, "parties.key-file-closed"),
        (("serve",), {"ACCORD_PASSPHRASE": ""}, "parties.passphrase-missing"),
    ],
)
def test_a_wrong_and_a_missing_passphrase_have_one_exit_code(
    copied: Node, tmp_path: Path, words: tuple[str, ...], environment: dict[str, str], code: str
) -> None:
    if words[0] == "peer":
        words = ("peer", "invite", "IN", "--out", str(tmp_path / "x"))
    assert said(copied, *words, **environment) == (2, code)


def test_what_nobody_foresaw_stays_unknown() -> None:
    assert fault_of(ZeroDivisionError("x")) is None
    assert fault_of(OSError("without a file")) is None


def test_a_full_disk_is_not_available_now() -> None:
    known = fault_of(OSError(28, "No space left on device", "/x"))
    assert known is not None
    assert known.reason_code == "cli.disk-full"


def test_a_home_that_may_not_be_read_is_said_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        known = fault_of(PermissionError(13, "Permission denied", "/var/lib/accord/node.toml"))
        assert known is not None
        assert "/var/lib/accord/node.toml" in known.sentence
        return
    node = Node(home=tmp_path)
    (tmp_path / "node.toml").write_text("")
    (tmp_path / "node.toml").chmod(0)
    assert said(node, "officer", "list")[0] in {2, 4}


def test_two_listeners_on_one_port_are_refused_at_once(tmp_path: Path) -> None:
    words = ["--profile", "canada", "--api-port", "8400", "--channel-port", "8400"]
    done = make_node(tmp_path / "home", words)
    assert done.returncode == 4
    assert "api_port and channel_port must differ" in done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("packs", "code"),
    [('["common", "atlantis"]', "law.pack-invalid"), ('["common"]', "law.pack-left-out")],
)
def test_a_profile_whose_law_is_not_installed_makes_no_node(tmp_path: Path, packs: str, code: str) -> None:
    from importlib.resources import files

    text = (files("accord.parties") / "profiles" / "canada.toml").read_text("utf-8")
    profile = tmp_path / "profile.toml"
    profile.write_text(text.replace('law_packs = ["common", "canada"]', f"law_packs = {packs}"), "utf-8")
    done = make_node(tmp_path / "home", ["--profile", str(profile)])
    assert (done.returncode, code in done.stderr) == (4, True), done.stderr
    assert not (tmp_path / "home").exists()
