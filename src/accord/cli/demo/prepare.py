"""What two specimen nodes need before the story: an arrangement and a risk profile of the other side.

Run inside a node's own process (``python -m accord.cli.demo.prepare``), because a process serves one node.
"""

import hashlib
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from accord.cli.demo.specimens import ARRANGEMENT_ID, CATEGORIES
from accord.cli.node import open_node

__all__ = ["prepare"]

YEAR: Final = timedelta(days=365)
SPECIMEN_TEXT: Final = b"SPECIMEN arrangement on information about fentanyl precursors. The work of neither government."
ASSESSOR: Final = "risk-unit (specimen)"


def prepare(home: Path, peer: str, today: date) -> None:
    """Records the specimen arrangement with ``peer`` and a specimen risk profile of it.

    Args:
        home: The node's folder.
        peer: Code of the other party, already pinned.
        today: Day from which the specimen dates count.
    """
    open_node(home)
    from accord.parties.models import Party
    from accord.parties.services import our_party, record_arrangement, record_risk_profile

    us, them = our_party(), Party.objects.get(pk=peer)
    agencies = [agency.code for party in (us, them) for agency in party.described.agencies]
    record_arrangement(
        code=ARRANGEMENT_ID,
        title="Specimen arrangement on fentanyl precursors",
        parties=[us, them],
        agencies=agencies,
        categories=CATEGORIES,
        purposes=["prevent", "detect", "investigate", "protect-life"],
        valid_from=today - YEAR,
        valid_until=today + 2 * YEAR,
        text_digest=hashlib.sha256(SPECIMEN_TEXT).digest(),
        onward_rule="No third state without the originator's permission",
    )
    record_risk_profile(
        them,
        assessed_on=today - timedelta(days=60),
        baseline="medium",
        mitigations=["caveat"],
        residual="low",
        assessed_by=ASSESSOR,
    )


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), sys.argv[2], date.today())  # noqa: DTZ011 - the operator's own calendar day
