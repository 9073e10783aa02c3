"""The desk for the tests of this room, and a real pair of nodes with a reviewer who may look at their logs."""

from dataclasses import dataclass

import pytest

from accord.officers.models import Officer
from accord.officers.services import create_first_administrator, create_officer
from tests.desk import desk
from tests.simulators.paired_node import PairedNode

__all__ = ["Logs", "desk", "logs"]


@dataclass
class Logs:
    """A node with two logs, and who may look at them.

    Args:
        node: The node and its peer.
        reviewer: Who may read the record.
        administrator: Who may not.
    """

    node: PairedNode
    reviewer: Officer
    administrator: Officer

    def write(self, count: int, *, theirs: int = 0) -> None:
        """Sends so many entries each way, and lets both sides co-sign them."""
        self.node.enqueue(count)
        self.node.flush(is_due=True)
        if theirs:
            self.node.peer.enqueue(*(f"entry {n} of {theirs}" for n in range(theirs)))
            self.node.peer.flush()
        self.node.heard()
        self.node.flush(is_due=True)


@pytest.fixture
def logs(met: PairedNode) -> Logs:
    chief = create_first_administrator("admin", "correct horse battery staple")
    reviewer = create_officer(
        chief, "reviewer", password=None, display_name="The reviewer", roles=["reviewer"], agency="RCMP"
    )
    return Logs(node=met, reviewer=reviewer, administrator=chief)
