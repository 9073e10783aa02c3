"""What is due: over its last day, and needed by nothing that still goes on.

Two things keep a flag beyond its day: a case into which it was followed and that is open, or that a legal hold keeps.
A legal hold keeps everything of that screening beside it. Nothing that waits or runs is due.

The same is said twice: as a condition on rows, by which the round finds them, and of one row, by which a page says its
last day. A test holds one against the other.
"""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accord.exchange.models import Case
from accord.handling.models import LegalHold
from accord.workstreams.drugs.models import (
    CompanyMention,
    Flag,
    FlagFollowUp,
    MissedLine,
    RefusedRow,
    Screening,
    Trader,
    UnreadRow,
)
from accord.workstreams.drugs.retention.periods import Kept, is_over_before, last_day_of

__all__ = [
    "due_files",
    "due_flags",
    "due_mentions",
    "due_missed",
    "due_receivers",
    "due_refused",
    "due_screenings",
    "due_unread",
    "held_flags",
    "is_held",
    "last_day_of_flag",
]

NEVER_ERASED = (Screening.State.WAITING, Screening.State.RUNNING)


def _standing(case: str) -> Exists:
    return Exists(LegalHold.objects.filter(lifted_at=None, case=OuterRef(case)))


def _in_use() -> Exists:
    """Whether a case into which a flag was followed is open, or a legal hold keeps it."""
    followed = FlagFollowUp.objects.filter(flag=OuterRef("pk"))
    return Exists(followed.filter(Q(message__case__state=Case.State.OPEN) | Q(_standing("message__case"))))


def _screening_held(screening: str) -> Exists:
    """Whether a legal hold keeps a case into which a flag of a screening was followed."""
    return Exists(FlagFollowUp.objects.filter(_standing("message__case"), flag__screening=OuterRef(screening)))


def held_flags(screening: Screening) -> QuerySet[Flag]:
    """Returns the flags of a screening that a case keeps for as long as it needs them."""
    return screening.flags.filter(_in_use())


def is_held(screening: Screening) -> bool:
    """Whether a legal hold keeps what there is of a screening."""
    return Screening.objects.filter(_screening_held("pk"), pk=screening.pk).exists()


def due_flags(now: datetime) -> QuerySet[Flag]:
    """Returns the flags whose time is over, whatever was said of them, and that no case needs."""
    over = (
        Q(screening__ended_at__lt=is_over_before(Kept.FLAG, now))
        & (~Q(mark=Flag.Mark.TRUE) | Q(marked_at__lt=is_over_before(Kept.RIGHT_FLAG, now)))
        & (~Q(mark=Flag.Mark.FALSE) | Q(marked_at__lt=is_over_before(Kept.WRONG_FLAG, now)))
        & (Q(followed_at=None) | Q(followed_at__lt=is_over_before(Kept.FOLLOWED_FLAG, now)))
    )
    due = Flag.objects.filter(over).exclude(screening__state__in=NEVER_ERASED)
    return due.exclude(_in_use()).exclude(_screening_held("screening")).order_by("screening", "line")


def last_day_of_flag(flag: Flag) -> date | None:
    """Returns the last day of a flag as things stand, unless a case keeps it longer; nothing while its screening runs.

    Args:
        flag: The flag, with its screening.
    """
    ended = flag.screening.ended_at
    if ended is None or flag.screening.state in NEVER_ERASED:
        return None
    days = [last_day_of(Kept.FLAG, ended)]
    if flag.mark and flag.marked_at is not None:
        days.append(last_day_of(Kept.RIGHT_FLAG if flag.mark == Flag.Mark.TRUE else Kept.WRONG_FLAG, flag.marked_at))
    if flag.followed_at is not None:
        days.append(last_day_of(Kept.FOLLOWED_FLAG, flag.followed_at))
    return max(days)


def due_files(now: datetime) -> QuerySet[Screening]:
    """Returns the screenings whose sealed file is over its day."""
    due = Screening.objects.filter(ended_at__lt=is_over_before(Kept.SEALED_FILE, now), root__isnull=False)
    return due.exclude(state__in=NEVER_ERASED).exclude(_screening_held("pk")).order_by("ended_at", "pk")


def due_refused(now: datetime) -> QuerySet[RefusedRow]:
    """Returns the refused lines that are over their day."""
    due = RefusedRow.objects.filter(screening__ended_at__lt=is_over_before(Kept.UNREAD_LINE, now))
    due = due.exclude(screening__state__in=NEVER_ERASED)
    return due.exclude(_screening_held("screening")).order_by("screening", "line")


def due_unread(now: datetime) -> QuerySet[UnreadRow]:
    """Returns the values that could not be read and are over their day."""
    due = UnreadRow.objects.filter(screening__ended_at__lt=is_over_before(Kept.UNREAD_LINE, now))
    due = due.exclude(screening__state__in=NEVER_ERASED)
    return due.exclude(_screening_held("screening")).order_by("screening", "line", "pk")


def due_missed(now: datetime) -> QuerySet[MissedLine]:
    """Returns the lines named as missed that are over their day."""
    due = MissedLine.objects.filter(added_at__lt=is_over_before(Kept.MISSED_LINE, now))
    due = due.exclude(screening__state__in=NEVER_ERASED)
    return due.exclude(_screening_held("screening")).order_by("screening", "line")


def due_receivers(now: datetime) -> QuerySet[Trader]:
    """Returns the companies that stood in no manifest for long, or whose first one is forgotten now."""
    long_ago = Q(last_on__lt=is_over_before(Kept.RECEIVER, now).date())
    with_screening = Q(seen_in__ended_at__lt=is_over_before(Kept.SCREENING, now))
    return Trader.objects.filter(long_ago | with_screening).exclude(_screening_held("seen_in")).order_by("pk")


def due_mentions(now: datetime) -> QuerySet[CompanyMention]:
    """Returns where messages of cases that are over name companies, once these are over their day."""
    due = CompanyMention.objects.filter(told_at__lt=is_over_before(Kept.MENTION, now), case__state=Case.State.CLOSED)
    return due.exclude(_standing("case")).order_by("message", "pk")


def due_screenings(now: datetime) -> QuerySet[Screening]:
    """Returns the screenings that are over their day and of which nothing else is left."""
    due = Screening.objects.filter(ended_at__lt=is_over_before(Kept.SCREENING, now), root=None)
    left = (
        Flag.objects.filter(screening=OuterRef("pk")),
        MissedLine.objects.filter(screening=OuterRef("pk")),
        RefusedRow.objects.filter(screening=OuterRef("pk")),
        UnreadRow.objects.filter(screening=OuterRef("pk")),
        Trader.objects.filter(seen_in=OuterRef("pk")),
    )
    for rows in left:
        due = due.exclude(Exists(rows.order_by()))
    return due.exclude(state__in=NEVER_ERASED).order_by("ended_at", "pk")
