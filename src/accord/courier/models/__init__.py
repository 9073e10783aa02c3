"""What the courier keeps: channels, the two logs of each, the outbox, alarms, and changes of a channel's mode.

Two kinds of rows are read in the hot path and are therefore kept small or are read by column: the channel's heads
(``Channel``) and the entries of a log (``Entry``).
"""

from .channels import Alarm, Channel, Contradiction, Mode, ModeChange
from .erased import ErasedEntry
from .queue import AttachmentTransfer, Lane, Outbox, OutboxState
from .records import ArchivedCheckpoint, ArchivedEntry, Capsule, Direction, Entry, LogNode, SignedCheckpoint

__all__ = [
    "Alarm",
    "ArchivedCheckpoint",
    "ArchivedEntry",
    "AttachmentTransfer",
    "Capsule",
    "Channel",
    "Contradiction",
    "Direction",
    "Entry",
    "ErasedEntry",
    "Lane",
    "LogNode",
    "Mode",
    "ModeChange",
    "Outbox",
    "OutboxState",
    "SignedCheckpoint",
]
