"""The clock table both sides agree on: how long an answer may take, from receipt.

The first table follows Directive (EU) 2023/977, article 5: 8 hours, 3 days, 7 days. A signed workplan may
replace it; a clock keeps the table it was started under.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from accord.vocabulary.urgency import AccessClass, Urgency

__all__ = ["FIRST_CLOCK_TABLE", "ClockTable"]


@dataclass(frozen=True, kw_only=True)
class ClockTable:
    """Time limits by urgency and access class.

    Args:
        version: Name of the table, kept with every clock it starts.
        limits: Duration from receipt for each pair of urgency and access class; calendar time.
    """

    version: str
    limits: Mapping[tuple[Urgency, AccessClass], timedelta]

    def limit(self, urgency: Urgency, access: AccessClass) -> timedelta:
        """Returns the time allowed from receipt.

        Raises:
            KeyError: The table has no row for the pair: nothing is assumed.
        """
        return self.limits[urgency, access]


FIRST_CLOCK_TABLE = ClockTable(
    version="2026-1",
    limits={
        (Urgency.THREAT_TO_LIFE, AccessClass.DIRECT): timedelta(hours=8),
        (Urgency.THREAT_TO_LIFE, AccessClass.INDIRECT): timedelta(hours=8),
        (Urgency.URGENT, AccessClass.DIRECT): timedelta(hours=8),
        (Urgency.URGENT, AccessClass.INDIRECT): timedelta(days=3),
        (Urgency.NORMAL, AccessClass.DIRECT): timedelta(days=7),
        (Urgency.NORMAL, AccessClass.INDIRECT): timedelta(days=7),
    },
)
