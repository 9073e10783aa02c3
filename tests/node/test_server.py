"""Starting and stopping: in the order of what may not be missing, whole or not at all, once a home."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from django.db import connections

from accord.cli.demo.nodes import free_port
from accord.courier.listener import PortTaken
from accord.courier.recent import forget_recent
from accord.errors import AccordError
from accord.node import schema, server
from accord.node.config import NodeConfig
from accord.node.schema import MigrationsMissing
from accord.node.server import AnotherInstance, Node
from accord.parties.custody import FileCustody, use_custody
from accord.parties.keyfile import Stretching
from accord.parties.profile import load_profile
from accord.parties.services import create_node
from accord.release.gate import use_gate

pytestmark = pytest.mark.django_db(transaction=True)

TOLD_AT_EVERY_LINE = """
import os, signal, sys, threading

os.environ["DJANGO_SETTINGS_MODULE"] = "accord.node.settings"
import django

django.setup()
from accord.node import server

class Idle:
    def start(self):
        pass
    def stop(self):
        sys.settrace(None)
    def said_when_ready(self):
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        sys.settrace(below)
        return "ready"

def below(frame, event, told):
    if "threading" in frame.f_code.co_filename:
        return tell

def tell(frame, event, told):
    if event == "line":
        signal.raise_signal(signal.SIGTERM)
    return tell

server._run(Idle())
"""

CHEAP = Stretching(iterations=1, lanes=1, memory_kib=32)


@pytest.fixture
def custody(transactional_db: None, home: Path) -> Iterator[FileCustody]:
    made = create_node(home, load_profile("canada"), b"correct horse battery staple", stretching=CHEAP)
    use_custody(made)
    use_gate(None)
    forget_recent()
    yield made
    use_custody(None)
    use_gate(None)
    connections.close_all()


@pytest.fixture
def config(home: Path) -> NodeConfig:
    return NodeConfig(home=home, api_port=free_port(), channel_port=free_port())


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_a_started_node_listens_on_both_ports_and_a_stopped_one_on_none(
    custody: FileCustody, config: NodeConfig
) -> None:
    node = Node(config)
    node.start()
    assert listens(config.api_port)
    assert listens(config.channel_port)
    assert str(config.api_port) in node.said_when_ready()
    node.stop()
    assert not listens(config.api_port)
    assert not listens(config.channel_port)
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"intake", "courier-watcher", "api-listener", "channel-listener"}


def test_a_worker_serves_the_channel_without_the_api(custody: FileCustody, config: NodeConfig) -> None:
    node = Node(config, has_api=False)
    node.start()
    assert listens(config.channel_port)
    assert not listens(config.api_port)
    assert "API" not in node.said_when_ready()
    node.stop()


def test_a_second_process_never_runs_the_same_home(custody: FileCustody, config: NodeConfig) -> None:
    first = Node(config, has_api=False)
    first.start()
    second = Node(NodeConfig(home=config.home, channel_port=free_port()), has_api=False)
    with pytest.raises(AnotherInstance):
        second.start()
    first.stop()
    third = Node(config, has_api=False)
    third.start()
    third.stop()


def test_nothing_listens_while_an_algorithm_fails(
    custody: FileCustody, config: NodeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accord.channel.selftest import SelfTestFailed

    def fail() -> None:
        raise SelfTestFailed("ML-DSA-65 gives wrong answers here.")

    monkeypatch.setattr(server, "run_self_test", fail)
    with pytest.raises(SelfTestFailed):
        Node(config).start()
    assert not listens(config.channel_port)


def test_nothing_listens_without_keys_and_the_home_is_free_again(
    custody: FileCustody, config: NodeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_custody(None)
    monkeypatch.delenv("ACCORD_PASSPHRASE", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(AccordError) as caught:
        Node(config).start()
    assert caught.value.reason_code == "parties.passphrase-missing"
    assert not listens(config.channel_port)
    use_custody(custody)
    node = Node(config, has_api=False)
    node.start()
    node.stop()


def test_nothing_listens_with_a_database_of_another_version(
    custody: FileCustody, config: NodeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "waiting_migrations", lambda: ["courier.9999_later"])
    with pytest.raises(MigrationsMissing):
        Node(config).start()
    assert not listens(config.api_port)


def test_a_taken_port_stops_the_start_and_leaves_nothing_running(custody: FileCustody, config: NodeConfig) -> None:
    with socket.create_server(("127.0.0.1", config.channel_port)):
        with pytest.raises(PortTaken):
            Node(config).start()
        assert not listens(config.api_port)
    node = Node(config, has_api=False)
    node.start()
    node.stop()


def test_a_node_answers_its_health_over_http(custody: FileCustody, config: NodeConfig) -> None:
    node = Node(config)
    node.start()
    try:
        answer = urllib3.request("GET", f"http://127.0.0.1:{config.api_port}/livez", timeout=10)
        assert answer.status == 200
    finally:
        node.stop()


def test_a_node_stops_that_is_told_to_in_the_very_moment_in_which_it_begins_to_wait() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD_AT_EVERY_LINE], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.endswith("accord stopped\n"), done.stderr
