import json
import shutil
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator

from accord.cli.examination import _ways_past_a_lock
from accord.officers.services import create_first_administrator
from tests.cli.conftest import Node


@pytest.fixture
def copied(canada: Node, tmp_path: Path) -> Node:
    shutil.copytree(canada.home, tmp_path / "copy")
    return Node(home=tmp_path / "copy")


def found(node: Node, *words: str, **environment: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
    done = node.run("doctor", "--json", *words, **environment)
    answer = json.loads(done.stdout)
    by_name: dict[str, list[dict[str, str]]] = {}
    for finding in answer["findings"]:
        by_name.setdefault(finding["name"], []).append(finding)
    assert answer["ok"] == (done.returncode == 0)
    return done.returncode, by_name


def test_a_sound_node_is_sound_and_the_root_key_on_it_asks_for_care(canada: Node) -> None:
    code, findings = found(canada)
    assert code == 0
    assert {
        "files",
        "disk",
        "algorithms",
        "keys",
        "database",
        "law",
        "officers",
        "registers",
        "channels",
        "alarms",
        "mail",
    } == set(findings)
    assert [finding["state"] for finding in findings["files"]] == ["good", "care"]


def test_the_doctor_says_that_the_database_is_in_clear_and_the_disk_must_be_encrypted(canada: Node) -> None:
    _code, findings = found(canada)
    (said,) = [one for one in findings["disk"] if "in clear" in one["sentence"]]
    assert said["state"] == "care"
    assert "encrypted disks" in said["next_step"]


def test_a_key_file_that_others_can_read_is_a_fault(copied: Node) -> None:
    (copied.home / "keys.acc").chmod(0o644)
    code, findings = found(copied)
    assert (code, findings["files"][0]["state"]) == (4, "fault")
    assert "chmod 600" in findings["files"][0]["next_step"]


def test_a_wrong_passphrase_is_a_fault_and_the_rest_is_examined_all_the_same(copied: Node) -> None:
    code, findings = found(copied, ACCORD_PASSPHRASE="another phrase altogether")
    assert (code, findings["keys"][0]["state"]) == (4, "fault")
    assert findings["law"][0]["state"] == "good"


def test_without_a_passphrase_the_key_file_may_stay_closed(copied: Node) -> None:
    code, findings = found(copied, "--no-keys", ACCORD_PASSPHRASE="")
    assert code == 0
    assert "keys" not in findings


def test_a_database_without_its_tables_is_a_fault(copied: Node) -> None:
    (copied.home / "node.sqlite3").unlink()
    code, findings = found(copied)
    assert code == 4
    assert findings["database"][0]["state"] == "fault"


@pytest.mark.django_db
def test_who_opens_locks_needs_a_way_that_no_lock_stops() -> None:
    chief = create_first_administrator("chief", "correct horse battery staple")
    (found_one,) = _ways_past_a_lock(False)
    assert (found_one.state, "chief" in found_one.sentence) == ("care", True)
    assert list(_ways_past_a_lock(True)) == []
    Authenticator.objects.create(user=chief, type="webauthn", data={})
    assert list(_ways_past_a_lock(False)) == []
