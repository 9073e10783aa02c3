"""The next step of a case for the officer who looks: one verb, drawn as a button wherever the case stands."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.exchange.kinds import ANSWER, PERMISSION_REQUEST, REQUEST
from accord.exchange.models import Case, Message
from accord.node.desk.workstream_acts import next_of
from accord.officers.models import Officer
from accord.officers.permissions import Permission

__all__ = ["NextStep", "next_step"]


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What the officer who looks can do next with a case.

    Args:
        words: The button's words.
        address: Where it leads.
        is_post: Whether it changes something, so that it is a form.
        is_mine: Whether it is this officer's to do; drawn as the main button then.
        act: What its form says is to be done, where the address does several things.
    """

    words: Any  # Any: a lazy translation
    address: str
    is_post: bool = False
    is_mine: bool = True
    act: str = ""


APPROVALS: Final = {
    Message.State.SUBMITTED: (Permission.MESSAGE_APPROVE, _("Read and approve")),
    Message.State.APPROVED: (Permission.MESSAGE_RELEASE, _("Release")),
}


def next_step(
    officer: Officer,
    case: Case,
    message: Message | None,
    *,
    authors: Collection[int],
    asked: Message | None = None,
    owes: bool = False,
) -> NextStep:
    """Returns the next step of a case for an officer.

    Args:
        officer: Who looks.
        case: The case.
        message: Its newest message, with or without its content.
        authors: Keys of those who wrote the newest message.
        asked: The request of theirs that is to be answered, where the page knows it.
        owes: Whether a correction in it has left something to be done.
    """
    opened = reverse("desk:case", args=[case.own_ref])
    mending = _sent_back(officer, message)
    if mending is not None:
        return mending
    if case.state == Case.State.OPEN and case.holder_id is None and not case.is_ours:
        if officer.may(Permission.CASE_TAKE):
            taking = reverse("desk:take", args=[case.own_ref])
            is_request = asked is not None or message is None or message.kind == REQUEST
            words = _("Take this request") if is_request else _("Take this case")
            return NextStep(words=words, address=taking, is_post=True)
        return NextStep(words=_("Open"), address=opened, is_mine=False)
    step = (
        _of_our_message(officer, message, authors)
        or _asks_permission(officer, case, message)
        or _of_workstream(officer, case, message)
    )
    if step is None and owes and officer.may(Permission.MESSAGE_ANSWER):
        is_free = case.holder_id in {None, officer.pk}
        step = NextStep(words=_("Do what a correction asks"), address=opened, is_mine=is_free)
    if step is not None:
        return step
    is_mine = case.holder_id == officer.pk and case.waiting_on == Case.Waiting.US
    if is_mine and officer.may(Permission.MESSAGE_ANSWER) and not case.is_ours:
        about = asked or (message if message is not None and message.kind == "request" else None)
        address = reverse("desk:reply", args=[about.pk, "answer"]) if about is not None else opened
        return NextStep(words=_("Answer"), address=address)
    # What came last is of the other side, and nobody but the holder is waited for.
    has_come = is_mine and message is not None and message.direction == Message.Direction.IN
    is_answer = has_come and message is not None and message.kind == ANSWER
    words = _("Read the answer") if is_answer else _("Read what came") if has_come else _("Open")
    return NextStep(words=words, address=opened, is_mine=is_mine)


def _sent_back(officer: Officer, message: Message | None) -> NextStep | None:
    is_returned = message is not None and message.state == Message.State.DRAFT and bool(message.return_reason)
    if message is None or not is_returned or not officer.may(Permission.MESSAGE_DRAFT):
        return None
    return NextStep(words=_("Mend the draft"), address=reverse("desk:draft", args=[message.pk]))


def _asks_permission(officer: Officer, case: Case, message: Message | None) -> NextStep | None:
    """Returns the answer to a question for a permission, where that came last and waits for this officer."""
    is_asked = message is not None and message.kind == PERMISSION_REQUEST and not message.is_ours
    if message is None or not is_asked or case.waiting_on != Case.Waiting.US:
        return None
    if case.holder_id not in {None, officer.pk} or not officer.may(Permission.MESSAGE_ANSWER):
        return None
    return NextStep(
        words=_("Answer about the permission"), address=reverse("desk:answer-permission", args=[message.pk])
    )


def _of_workstream(officer: Officer, case: Case, message: Message | None) -> NextStep | None:
    """Returns what a workstream says comes next, where the last message is of one of its kinds."""
    added = next_of(officer, case, message) if message is not None else None
    if added is None:
        return None
    return NextStep(words=added.words, address=added.address, is_post=bool(added.act), act=added.act)


def _of_our_message(officer: Officer, message: Message | None, authors: Collection[int]) -> NextStep | None:
    if message is None or message.direction != Message.Direction.OUT:
        return None
    if message.state == Message.State.DRAFT and officer.may(Permission.MESSAGE_DRAFT):
        return NextStep(words=_("Go on writing"), address=reverse("desk:draft", args=[message.pk]))
    permission, words = APPROVALS.get(Message.State(message.state), (None, None))
    # Whoever wrote it is not asked to approve it: a colleague is.
    if permission is not None and officer.may(permission) and officer.pk not in authors:
        return NextStep(words=words, address=reverse("desk:approval", args=[message.pk]))
    return None
