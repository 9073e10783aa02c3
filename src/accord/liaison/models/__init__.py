"""Tables of the liaison app."""

from .posting import PostingRecord
from .roster import CalendarFeed, CallEntry, DutyPost, DutyShift, Handover, Leave, WatchSwap

__all__ = ["CalendarFeed", "CallEntry", "DutyPost", "DutyShift", "Handover", "Leave", "PostingRecord", "WatchSwap"]
