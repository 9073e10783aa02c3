"""What an officer's posting allows to leave: asked at each check, at submission, at approval and at release.

The exchange knows that an account holds a posting and no more; it asks the rooms above (``accord.exchange.watching``).
An account without a posting is asked nothing here: what it may send is a matter of its roles.

* Before both sides have signed the posting, and after it is over, its account sends nothing.
* What averts a threat to life is stopped by no delegation, and by its ceiling all the same.
* The approver and the releasing officer need the ceiling too, where they hold postings themselves.

Source: rule BI-06; workstreams, section 6 (delegation of authority, clearance).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accord.exchange.drafting import own_side_of
from accord.exchange.drafts import FieldProblem
from accord.exchange.models import Message
from accord.exchange.watching import Watcher
from accord.liaison.errors import AboveCeiling, DelegationRefused, PostingNotInForce
from accord.liaison.models import PostingRecord
from accord.liaison.postings.records import WITH_SECOND
from accord.liaison.postings.standing import is_in_force
from accord.officers.models import Officer
from accord.vocabulary.handling import Classification

__all__ = ["WATCHER", "obstacles"]

SENDER: Final = "sender"
CLASSIFICATION: Final = "classification"


def obstacles(officer: Officer, message: Message, *, is_drafter: bool, now: datetime) -> Iterator[DelegationRefused]:
    """Yields why the posting of an officer does not allow a message.

    Args:
        officer: Who drafted, approves or releases it.
        message: The message of ours.
        is_drafter: Whether the officer drafted it; the delegation speaks of drafters alone.
        now: The time.
    """
    if not officer.holds_posting:
        return
    record = (
        PostingRecord.objects.filter(account_id=officer.pk, state=PostingRecord.State.IN_FORCE)
        .select_related("posting__agreed")
        .order_by("-settled_at")
        .first()
    )
    if record is None or not is_in_force(record.posting, now):
        yield PostingNotInForce("The posting of the officer is not in force.", fields={"field": SENDER})
        return
    is_delegated = record.delegation.get(message.kind) == WITH_SECOND
    if is_drafter and not is_delegated and not own_side_of(message).is_life_threat:
        yield DelegationRefused(
            "The posting of the drafting officer does not delegate this kind of message.", fields={"field": SENDER}
        )
    if _rank_of(message) > Classification(record.ceiling).rank:
        yield AboveCeiling("The message is classified above the officer's clearance.", fields={"field": CLASSIFICATION})


def _rank_of(message: Message) -> int:
    """Returns the rank of its classification; one that cannot be read is taken for the highest."""
    given = message.fields.get("classification")
    if not isinstance(given, dict) or "equivalent" not in given:
        # Nothing is said yet: the form itself asks for it before anything leaves.
        return 0
    try:
        return Classification(str(given["equivalent"])).rank
    except ValueError:
        return len(Classification)


def _problems(message: Message, now: datetime) -> tuple[FieldProblem, ...]:
    drafter = message.drafted_by
    if drafter is None:
        return ()
    return tuple(
        FieldProblem(field=str(one.fields["field"]), sentence=one.sentence, next_step=one.next_step)
        for one in obstacles(drafter, message, is_drafter=True, now=now)
    )


def _leaving(message: Message, officer: Officer, now: datetime) -> None:
    drafter = message.drafted_by
    for who, is_drafter in ((drafter, True), (officer, False)):
        if who is None:
            continue
        for one in obstacles(who, message, is_drafter=is_drafter, now=now):
            raise one


WATCHER: Final = Watcher(problems=_problems, leaving=_leaving)
"""Asked of accounts that hold a posting alone: for every other message it costs no statement."""
