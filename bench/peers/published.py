"""Published figures of systems that cannot run beside Accord here, each with its source."""

from dataclasses import dataclass

__all__ = ["SIENA_2023", "SYNAPSE", "X_ROAD", "Published", "Year"]


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published figure."""

    name: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year's traffic of a real network."""

    name: str
    messages: int
    source: str


SIENA_2023 = Year(
    name="SIENA 2023",
    messages=1_790_000,
    source="Europol: 1.79 million operational messages exchanged over SIENA in 2023",
)

X_ROAD = Published(
    name="X-Road, 300 users, two security servers of 32 cores",
    value=110.0,
    unit="messages/s",
    source="X-Road issue #1321 (2022), a user's report, untuned",
)

SYNAPSE = Published(
    name="Matrix (Synapse to Synapse), 4 KB events, one at a time at 10/s",
    value=80.0,
    unit="ms",
    source="Synapse 1.163.2 with PostgreSQL, measured earlier on 2 cores: p50 end to end",
)
