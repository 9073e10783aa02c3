"""What the drugs workstream adds to the page of a case: its messages to begin there, and the way to the consignment."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.exchange.models import Case, Message
from accord.node.desk.workstream_acts import WorkstreamAct
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE, PRE_EXPORT_REPLY, SHIPMENT_OUTCOME
from accord.workstreams.drugs.models import Notice, NoticeReply, Outcome

__all__ = ["acts_of_case", "acts_of_message", "next_of"]


def acts_of_case(officer: Officer, case: Case) -> list[WorkstreamAct]:
    """Returns the way to write a message of this workstream in a case about precursors."""
    if case.theme != Theme.PRECURSORS or case.state != Case.State.OPEN or not officer.may(Permission.MESSAGE_DRAFT):
        return []
    address = f"{reverse('desk:drugs-write')}?{urlencode({'case': case.own_ref})}"
    return [WorkstreamAct(words=_("Write a notice, an incident or a report"), address=address)]


def acts_of_message(officer: Officer, message: Message) -> list[WorkstreamAct]:
    """Returns the way to a consignment from a message about it, and the reply where it is a notice of theirs."""
    notice = _notice_of(message)
    if notice is None:
        return []
    acts = [WorkstreamAct(words=_("Follow the consignment"), address=reverse("desk:drugs-notice", args=[notice.pk]))]
    if _may_reply(officer, message.case, message):
        acts.insert(0, _reply(message))
    return acts


def next_of(officer: Officer, case: Case, message: Message) -> WorkstreamAct | None:
    """Returns the reply as the next step where a notice of theirs came last and waits for this officer."""
    is_free = case.holder_id in {None, officer.pk}
    if not is_free or case.waiting_on != Case.Waiting.US or not _may_reply(officer, case, message):
        return None
    # The row of a notice bears the key of its message.
    return _reply(message)


def _reply(message: Message) -> WorkstreamAct:
    address = reverse("desk:drugs-notice-begin", args=[message.pk])
    return WorkstreamAct(words=_("Reply to the notice"), address=address, act="reply", is_main=True)


def _may_reply(officer: Officer, case: Case, message: Message) -> bool:
    is_theirs = message.kind == PRE_EXPORT_NOTICE and not message.is_ours and message.state == Message.State.RECEIVED
    return is_theirs and case.state == Case.State.OPEN and officer.may(Permission.MESSAGE_ANSWER)


def _notice_of(message: Message) -> Notice | None:
    if message.kind == PRE_EXPORT_NOTICE:
        return Notice.objects.filter(pk=message.pk).first()
    if message.kind == PRE_EXPORT_REPLY:
        reply = NoticeReply.objects.filter(pk=message.pk).select_related("notice").first()
        return reply.notice if reply is not None else None
    if message.kind == SHIPMENT_OUTCOME:
        outcome = Outcome.objects.filter(pk=message.pk).select_related("notice").first()
        return outcome.notice if outcome is not None else None
    return None
