import re
import tomllib
from pathlib import Path

import pytest

from tests.meta.tree import DOCS, ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==\S+ \\$", re.MULTILINE)


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


RUN = declared(PROJECT["project"]["dependencies"])
DEV = declared(PROJECT["project"]["optional-dependencies"]["dev"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_registry(lock: Path) -> None:
    assert not re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", lock.read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_of_a_lock_carries_a_hash(lock: Path) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8"))
    pins = [block for block in blocks if PIN.match(block)]
    assert pins
    assert all("--hash=sha256:" in block for block in pins)
    assert len(pins) == len(re.findall(r"^[a-z0-9]", lock.read_text("utf-8"), re.MULTILINE))


def test_the_locks_hold_what_the_project_declares() -> None:
    run = {normal(name) for name in PIN.findall((ROOT / "requirements/run.txt").read_text("utf-8"))}
    dev = {normal(name) for name in PIN.findall((ROOT / "requirements/dev.txt").read_text("utf-8"))}
    assert run >= RUN
    assert dev >= RUN | DEV


def test_all_locks_agree_on_versions() -> None:
    seen: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", lock.read_text("utf-8"), re.MULTILINE):
            seen.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in seen.items() if len(versions) > 1} == {}


def test_every_dependency_has_its_line_of_reasons() -> None:
    table = (DOCS / "adr/0009-dependencies.md").read_text("utf-8")
    rows = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| "))
    named = {normal(word) for word in re.findall(r"[A-Za-z0-9_.-]+", rows)}
    assert named >= RUN | DEV


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile(r"pypi\.org|pythonhosted|npmjs|deb\.debian\.org", re.IGNORECASE)
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci/run", *ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    assert [path.name for path in files if hosts.search(path.read_text("utf-8"))] == []
