import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import urllib3

from accord.cli.demo.nodes import free_port
from tests.cli.conftest import PASSPHRASE, Node

START_LIMIT_SECONDS = 60


@contextmanager
def running(node: Node, command: str, **environment: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "accord", command],
        env={**kept, "ACCORD_HOME": str(node.home), "ACCORD_PASSPHRASE": PASSPHRASE, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.nodes
def test_a_node_says_when_it_is_ready_answers_and_stops_cleanly_when_told(canada: Node) -> None:
    api, channel = free_port(), free_port()
    ports = {"ACCORD_API_PORT": str(api), "ACCORD_CHANNEL_PORT": str(channel)}
    with running(canada, "serve", **ports) as (process, ready):
        assert "accord CA ready" in ready
        answer = urllib3.request("GET", f"http://127.0.0.1:{api}/healthz", retries=False, timeout=10)
        assert answer.status == 200
        second = canada.run("serve", **{**ports, "ACCORD_API_PORT": str(free_port())})
        assert second.returncode == 4
        assert "node.another-instance" in second.stderr
        process.send_signal(signal.SIGTERM)
        said, complained = process.communicate(timeout=START_LIMIT_SECONDS)
        assert process.returncode == 0, complained
        assert "accord stopped" in said


@pytest.mark.nodes
def test_a_worker_has_no_api(canada: Node) -> None:
    api = free_port()
    ports = {"ACCORD_API_PORT": str(api), "ACCORD_CHANNEL_PORT": str(free_port())}
    with running(canada, "worker", **ports) as (process, ready):
        assert "ready" in ready
        assert "API" not in ready
        with pytest.raises(urllib3.exceptions.HTTPError):
            urllib3.request("GET", f"http://127.0.0.1:{api}/healthz", retries=False, timeout=5)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=START_LIMIT_SECONDS) == 0


def test_a_node_whose_key_file_stays_closed_does_not_start(canada: Node) -> None:
    done = canada.run("serve", ACCORD_PASSPHRASE="")
    assert done.returncode == 2
    assert "parties.passphrase-missing" in done.stderr
