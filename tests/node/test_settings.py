"""Django's settings as the configuration makes them: durable databases, strict headers."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accord.node.config import ConfigRefused, NodeConfig
from accord.node.settings import _database, _postgresql, _secret_key


def test_sqlite_gives_a_receipt_only_for_what_survives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACCORD_DATABASE_URL", raising=False)
    options = _database(NodeConfig(home=tmp_path))["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]
    assert "journal_mode=WAL" in options["init_command"]
    assert options["timeout"] >= 10


def test_postgresql_commits_synchronously_whatever_the_server_was_tuned_to() -> None:
    database = _postgresql("postgresql://ac%40cord:p%2Fw@db.example:5433/node?sslmode=verify-full")
    assert database["OPTIONS"]["options"] == "-c synchronous_commit=on"
    assert database["OPTIONS"]["sslmode"] == "verify-full"
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"], database["NAME"]) == (
        "ac@cord",
        "p/w",
        "db.example",
        "5433",
        "node",
    )


def test_postgresql_is_reached_over_a_local_socket_too() -> None:
    database = _postgresql("postgresql:///node?host=/run/postgresql&port=5433")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("/run/postgresql", "5433", "node")


def test_a_url_without_a_database_is_refused() -> None:
    with pytest.raises(ConfigRefused):
        _postgresql("postgresql://db.example/")


def test_the_secret_key_is_the_homes_where_there_is_one(tmp_path: Path) -> None:
    config = NodeConfig(home=tmp_path)
    assert _secret_key(config) != _secret_key(config)
    (tmp_path / "secret.key").write_text("a key of this home\n")
    assert _secret_key(config) == "a key of this home"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Strict"
    assert settings.SESSION_COOKIE_NAME == "accord-session-ca"


def test_passwords_have_fifteen_characters_at_least() -> None:
    lengths = [
        found["OPTIONS"]["min_length"]
        for found in settings.AUTH_PASSWORD_VALIDATORS
        if found["NAME"].endswith("MinimumLengthValidator")
    ]
    assert lengths == [15]


@pytest.mark.django_db
def test_every_answer_forbids_framing_foreign_hosts_and_storing() -> None:
    answer = Client().get("/healthz")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_metrics_are_told_to_this_machine_only() -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.1").get("/metrics").status_code == 404
    assert Client(SERVER_NAME="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1").get("/metrics").status_code == 404
    assert b"accord_" in Client().get("/metrics").content
