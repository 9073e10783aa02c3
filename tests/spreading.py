"""Which worker runs what: the longest files first, and what shares something dear on one worker.

By itself ``--dist loadfile`` begins with the files of the most tests. Those are the quick ones, and the files in which
a few tests start real nodes or a browser came last, one worker still at them when the other had nothing left.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

__all__ = ["longest_first", "scheduler"]

LONGEST = ("tests/screens/", "tests/nodes/", "tests/cli/", "tests/courier/", "tests/node/", "tests/api/")
"""Places whose files take longest, the longest first: browsers, nodes and listeners, processes of a command."""

TOGETHER = ("tests/screens/",)
"""Places whose files run on one worker: the story of the demonstration is played once for all of them."""


def longest_first(items: "Sequence[pytest.Item]") -> "list[pytest.Item]":
    """Returns tests by place and then by how many their file has; those of a file stay in their order."""
    files = [item.nodeid.partition("::")[0] for item in items]
    tests_of = Counter(files)
    order = sorted(range(len(items)), key=lambda one: (_rank(files[one]), -tests_of[files[one]], files[one], one))
    return [items[one] for one in order]


def _rank(file: str) -> int:
    return next((rank for rank, place in enumerate(LONGEST) if file.startswith(place)), len(LONGEST))


def scope_of(nodeid: str) -> str:
    """Returns what a test must share its worker with: its place or its file."""
    return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid.partition("::")[0])


def scheduler(config: "pytest.Config", log: "Producer") -> "LoadFileScheduling":
    """Returns who gives files to workers, in the order of the tests."""
    from xdist.scheduler import LoadFileScheduling

    class LongestFirst(LoadFileScheduling):
        """Gives out files as they come."""

        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return LongestFirst(config, log)
