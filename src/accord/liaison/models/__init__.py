"""Tables of the liaison app."""

from .directory import DirectoryEntry, PingPlan, PingTest, PublishedDirectory
from .posting import PostingRecord
from .roster import CalendarFeed, CallEntry, DutyPost, DutyShift, Handover, Leave, WatchSwap

__all__ = [
    "CalendarFeed",
    "CallEntry",
    "DirectoryEntry",
    "DutyPost",
    "DutyShift",
    "Handover",
    "Leave",
    "PingPlan",
    "PingTest",
    "PostingRecord",
    "PublishedDirectory",
    "WatchSwap",
]
