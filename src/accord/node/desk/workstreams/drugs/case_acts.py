"""What the drugs workstream adds to the page of a case: its messages to begin there, and the way to the consignment."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accord.exchange.models import Case, Message
from accord.exchange.reach import reads
from accord.node.desk.figures import day_of
from accord.node.desk.workstream_acts import WorkstreamAct, WorkstreamClock, WorkstreamMatter
from accord.node.desk.workstreams.drugs.notice_rows import NoticeShown, notice_shown, notices_shown
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE, PRE_EXPORT_REPLY, SHIPMENT_OUTCOME
from accord.workstreams.drugs.models import Notice, NoticeReply, Outcome
from accord.workstreams.drugs.notices.states import NoticeState, is_awaited

__all__ = ["acts_of_case", "acts_of_message", "answered_by", "clocks_of_cases", "next_of"]


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


def clocks_of_cases(cases: Collection[Case]) -> Mapping[UUID, WorkstreamClock]:
    """Returns where the notice of each case stands: of several the one whose wait ends first, else the newest."""
    now = timezone.now()
    stand = Notice.objects.filter(case__in=cases).exclude(message__state=Message.State.WITHDRAWN)
    found: dict[UUID, Notice] = {}
    for one in stand.select_related("message").order_by("-sent_at", "-pk"):
        known = found.get(one.case_id)
        if known is None or _ends(one) < _ends(known):
            found[one.case_id] = one
    return {one.notice.case_id: _clock(one) for one in notices_shown(found.values(), now)}


def answered_by(officer: Officer, message: Message) -> WorkstreamMatter | None:
    """Returns the notice that a reply answers or an outcome speaks of, where the officer may read it."""
    notice = _named_by(message)
    if notice is None or not reads(officer, notice.case):
        return None
    shown = notice_shown(notice, timezone.now())
    substance = f"{notice.substance_name} ({notice.cas_number})" if notice.cas_number else notice.substance_name
    is_reply = message.kind == PRE_EXPORT_REPLY
    rows = (
        (gettext("Reference in PEN Online"), notice.pen_reference, True),
        (gettext("Substance"), substance if notice.substance_name else "", True),
        (gettext("Gross quantity"), shown.amount, False),
        (gettext("Its way"), shown.route, False),
        (gettext("Exporter"), notice.exporter, True),
        (gettext("Importer"), notice.importer, True),
        (gettext("Departure, as notified"), day_of(notice.departure_on), False),
    )
    return WorkstreamMatter(
        title=gettext("The notice it answers") if is_reply else gettext("The notice it speaks of"),
        rows=tuple(row for row in rows if row[1]),
        address=reverse("desk:drugs-notice", args=[notice.pk]),
        link=gettext("Follow the consignment"),
        clock=_clock(shown),
    )


def _named_by(message: Message) -> Notice | None:
    """Returns the notice that a reply or an outcome names, whether it has left or not."""
    found = Notice.objects.select_related("case", "message")
    if message.kind == PRE_EXPORT_REPLY:
        return found.filter(pk=message.in_reply_to_id).first()
    named = message.fields.get("notice") if message.kind == SHIPMENT_OUTCOME else None
    try:
        envelope = UUID(named) if isinstance(named, str) else None
    except ValueError:
        return None
    return found.filter(peer=message.case.peer_id, message__envelope_id=envelope).first() if envelope else None


def _ends(notice: Notice) -> datetime:
    """Returns when the wait for a reply to a notice ends or has ended; later than any other where none is awaited."""
    return notice.waits_until if is_awaited(notice) and notice.waits_until else datetime.max.replace(tzinfo=UTC)


def _clock(shown: NoticeShown) -> WorkstreamClock:
    is_running = shown.state is NoticeState.AWAITING and shown.binding is not None
    left = shown.binding.working if is_running and shown.binding is not None else ()
    until = shown.notice.waits_until if is_awaited(shown.notice) else None
    return WorkstreamClock(words=shown.says, icon=shown.icon, tone=shown.tone, left=left, until=until)


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
