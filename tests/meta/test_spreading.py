import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer

from tests.meta.tree import ROOT
from tests.spreading import LONGEST, TOGETHER, longest_first, scheduler, scope_of


def ordered(*nodeids: str) -> list[str]:
    items: Any = [SimpleNamespace(nodeid=nodeid) for nodeid in nodeids]
    return [item.nodeid for item in longest_first(items)]


def test_browsers_and_nodes_come_first_and_then_the_files_of_the_most_tests() -> None:
    law = ["tests/law/test_b.py::test_2", "tests/law/test_b.py::test_1"]
    assert ordered(
        "tests/law/test_a.py::test_1", *law, "tests/nodes/test_a.py::test_1", "tests/screens/test_a.py::test_1"
    ) == [
        "tests/screens/test_a.py::test_1",
        "tests/nodes/test_a.py::test_1",
        *law,
        "tests/law/test_a.py::test_1",
    ]


def test_no_test_is_lost_or_doubled() -> None:
    given = [
        f"{place}test_{number}.py::test_{one}" for place in LONGEST for number in range(3) for one in range(number)
    ]
    assert sorted(ordered(*given)) == sorted(given)


def test_screens_share_a_worker_and_other_files_have_one_each() -> None:
    assert scope_of("tests/screens/test_a.py::test_1") == scope_of("tests/screens/test_b.py::test_1")
    assert scope_of("tests/nodes/test_a.py::test_1") == "tests/nodes/test_a.py"


@pytest.mark.parametrize("place", sorted({*LONGEST, *TOGETHER}))
def test_each_place_is_there(place: str) -> None:
    assert any((ROOT / place).rglob("test_*.py"))


def test_files_are_given_out_in_the_order_of_the_tests(pytestconfig: pytest.Config) -> None:
    option = SimpleNamespace(loadscopereorder=True, maxworkerrestart=None, tx=["popen"] * 2, px=[], maxfail=0)
    option.debug = option.verbose = False
    config: Any = SimpleNamespace(
        option=option,
        getvalue=lambda name: getattr(option, name),
        getoption=lambda name, default=None: getattr(option, name, default),
        rootpath=pytestconfig.rootpath,
        trace=pytestconfig.trace,
    )
    scheduler(config, Producer("files", enabled=False))
    assert option.loadscopereorder is False


def test_processes_of_a_run_keep_what_they_compiled(tmp_path: Path) -> None:
    asking = tmp_path / "Makefile"
    asking.write_text(f'include {ROOT}/Makefile\nsay:\n\t@echo "[$$PYTHONDONTWRITEBYTECODE]"\n')
    told = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    words = ["make", "-s", "-C", str(ROOT), "-f", str(asking), "say"]
    assert subprocess.run(words, env=told, capture_output=True, text=True, check=True).stdout == "[]\n"
