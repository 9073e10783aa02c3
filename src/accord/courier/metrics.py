"""Prometheus metrics of the courier: volumes, times and states; never who wrote what to whom."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

__all__ = [
    "ALARMS",
    "BATCH_ENTRIES",
    "CONTACTS",
    "ENTRIES_RECEIVED",
    "ENTRIES_SENT",
    "FLUSH_SECONDS",
    "OLDEST_UNRECEIPTED_SECONDS",
    "QUEUED",
    "RECEIVE_SECONDS",
    "WIRE_BYTES",
]

# From a millisecond (one message, idle node) to the back-off's upper end.
SECONDS_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)

ENTRIES_SENT: Final = Counter("accord_entries_sent", "Entries the peer has receipted.", ["peer"])
ENTRIES_RECEIVED: Final = Counter("accord_entries_received", "Entries of the peer that are stored.", ["peer"])
CONTACTS: Final = Counter(
    "accord_contacts", "Contacts by direction and outcome code.", ["peer", "direction", "outcome"]
)
WIRE_BYTES: Final = Counter("accord_wire_bytes", "Bytes of frames by direction.", ["peer", "direction"])
BATCH_ENTRIES: Final = Histogram(
    "accord_batch_entries", "Entries in a flushed batch.", ["peer"], buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
FLUSH_SECONDS: Final = Histogram(
    "accord_flush_seconds", "From taking a batch to its receipt on file.", ["peer"], buckets=SECONDS_BUCKETS
)
RECEIVE_SECONDS: Final = Histogram(
    "accord_receive_seconds", "From a frame's last byte to the answer's first.", ["peer"], buckets=SECONDS_BUCKETS
)
QUEUED: Final = Gauge("accord_queued", "Messages waiting in the outbox.", ["peer", "lane"])
OLDEST_UNRECEIPTED_SECONDS: Final = Gauge(
    "accord_oldest_unreceipted_seconds", "Age of the oldest entry the peer has not receipted.", ["peer"]
)
ALARMS: Final = Counter("accord_alarms", "Alarms raised, by code.", ["code"])
