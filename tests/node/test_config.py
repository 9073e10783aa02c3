"""The node's configuration: one file, one object, and no unsafe combination that starts."""

import os
import stat
from pathlib import Path

import pytest

from accord.node.config import (
    ConfigRefused,
    NodeConfig,
    is_behind_a_proxy_unnamed,
    is_loopback,
    load_config,
    read_config,
    write_config,
)


def refused(home: Path, **fields: str) -> str:
    environment = {f"ACCORD_{name.upper()}": value for name, value in fields.items()}
    with pytest.raises(ConfigRefused) as caught:
        read_config(home, environment=environment)
    return caught.value.sentence


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    config = NodeConfig(
        home=tmp_path.resolve(),
        party="IN",
        profile='a "quoted" \\ profile',
        allowed_hosts=("desk.example", "127.0.0.1"),
        api_port=9001,
        demo=True,
    )
    file = write_config(config)
    assert read_config(tmp_path) == config
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    write_config(NodeConfig(home=tmp_path, api_port=9001))
    config = read_config(
        tmp_path, environment={"ACCORD_API_PORT": "9002", "ACCORD_ALLOWED_HOSTS": "a.example, b.example"}
    )
    assert (config.api_port, config.allowed_hosts) == (9002, ("a.example", "b.example"))


def test_an_unknown_field_is_refused_so_that_a_misspelt_switch_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text('party = "CA"\ndebgu = true\n')
    with pytest.raises(ConfigRefused):
        read_config(tmp_path)


@pytest.mark.parametrize("content", ["party = ", "\x00", "[[[["])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "node.toml").write_text(content)
    with pytest.raises(ConfigRefused):
        read_config(tmp_path)


def test_debug_stays_on_loopback(tmp_path: Path) -> None:
    assert "debug" in refused(tmp_path, debug="true", api_host="10.0.0.1")


def test_the_demonstration_stays_on_loopback(tmp_path: Path) -> None:
    assert "demo" in refused(tmp_path, demo="true", channel_host="0.0.0.0")


def test_an_api_off_loopback_has_tls(tmp_path: Path) -> None:
    assert "api_tls_certificate" in refused(tmp_path, api_host="0.0.0.0")
    config = read_config(
        tmp_path,
        environment={
            "ACCORD_API_HOST": "0.0.0.0",
            "ACCORD_API_TLS_CERTIFICATE": "/etc/x.crt",
            "ACCORD_API_TLS_KEY": "/etc/x.key",
        },
    )
    assert config.is_api_over_tls


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_tls_certificate", "/etc/x.crt"),
        ("api_client_ca", "/etc/ca.crt"),
        ("allowed_hosts", "*"),
        ("allowed_hosts", "*.example"),
        ("trusted_proxies", "proxy.example"),
        ("trusted_proxies", "0.0.0.0/0"),
        ("trusted_proxies", "::/0"),
        ("skew_tolerance_seconds", "0"),
        ("skew_tolerance_seconds", "999999"),
        ("unreceipted_alarm_seconds", "0"),
        ("api_port", "0"),
        ("channel_port", "70000"),
        ("channel_threads", "0"),
        ("channel_url", "http://peer.example"),
        ("database", "mysql://x"),
        ("api_port", "eighty"),
    ],
)
def test_an_unsafe_or_senseless_value_is_refused(tmp_path: Path, field: str, value: str) -> None:
    assert refused(tmp_path, **{field: value})


def test_passwords_are_masked_where_the_configuration_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCORD_DATABASE_URL", raising=False)
    config = NodeConfig(home=tmp_path, database="postgresql://accord:very-secret@db.example:5432/node?sslmode=require")
    shown = config.shown()
    assert "very-secret" not in str(shown)
    assert shown["database"] == "postgresql://accord:********@db.example:5432/node?sslmode=require"
    assert set(shown) == set(config.__struct_fields__)


def test_without_a_home_there_is_a_node_that_was_never_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCORD_HOME", raising=False)
    config = load_config()
    assert config.party == "CA"
    assert str(os.getuid()) in config.home.name


def test_the_home_of_the_environment_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_config(NodeConfig(home=tmp_path, party="IN"))
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path))
    assert load_config().party == "IN"


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer


def test_a_proxy_that_ends_tls_is_named_or_the_doctor_says_so(tmp_path: Path) -> None:
    desk = {"ACCORD_DESK_URL": "https://desk.example"}
    assert is_behind_a_proxy_unnamed(read_config(tmp_path, environment=desk))
    named = read_config(tmp_path, environment={**desk, "ACCORD_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"})
    assert named.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    assert not is_behind_a_proxy_unnamed(named)
    assert not is_behind_a_proxy_unnamed(read_config(tmp_path))
