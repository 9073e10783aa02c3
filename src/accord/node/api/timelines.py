"""The timeline of a case: every act of an officer in it, with the words given for it, and what the other side did."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from ninja import Field, Schema

from accord.exchange.models import AgencyInquiry, Case, Message
from accord.exchange.reach import cases_for
from accord.officers.models import Act, Officer

__all__ = ["Moment", "timeline_of"]

_DONE: Final = {
    "draft message": "drafted",
    "save draft": "saved",
    "submit message": "submitted for approval",
    "stop message": "stopped by the law gate",
    "answer hold": "hold answered",
    "approve message": "approved",
    "send back message": "sent back",
    "take back message": "taken back",
    "schedule release": "release scheduled",
    "release message": "released",
    "withdraw message": "withdrawn",
    "recall message": "recalled",
    "stop use of message": "use stopped by the law gate",
    "discard draft": "discarded",
    "pause clock": "clock paused",
    "resume clock": "clock resumed",
    "refuse without reasons": "refused without reasons",
    "use message": "used",
    "review emergency": "emergency reviewed",
}
_DONE_TO_CASE: Final = {
    "open case": "case opened",
    "take case": "case taken",
    "take over case": "case taken over",
    "hand over case": "case handed over",
    "close case": "case closed",
    "reopen case": "case reopened",
    "place legal hold": "legal hold placed",
    "lift legal hold": "legal hold lifted",
    "assign case": "case assigned",
    "write note": "note written",
    "link case": "case linked",
    "unlink case": "case unlinked",
    "join case": "request joined",
    "add member": "colleague taken into the team",
    "remove member": "colleague taken out of the team",
    "keep case to team": "case kept to its team",
    "open case to scope": "case opened to its scope",
    "break into case": "case opened in an emergency",
    "escalate to duty": "unread urgent notice taken to the duty officers",
    "escalate to releasing": "unread urgent notice taken to the releasing officers and administrators",
    "call duty": "untaken urgent request: those on duty called",
    "call deputy": "untaken urgent request: deputy called",
    "call head": "untaken urgent request: head called",
    "call releasing": "untaken urgent request: releasing officers and administrators called",
}
_BETWEEN_CASES: Final = frozenset({"case linked", "case unlinked", "request joined"})
_CODES: Final = ("policy", "ground", "outcome", "use", "effect")
"""Details of an act that are codes, the one told first."""
_DONE_TO_INQUIRY: Final = {"ask agency": "asked", "record agency reply": "replied"}


class Moment(Schema):
    """One thing that happened in a case."""

    at: datetime
    what: str
    message_id: UUID | None = None
    by: str | None = Field(default=None, description="The officer who acted, or the code of the other party.")
    to: str | None = Field(default=None, description="The officer to whom a case went.")
    reason: str | None = Field(default=None, description="The words given for the act; null without `case.read`.")
    code: str | None = Field(default=None, description="The policy, ground or outcome that the act names.")


def timeline_of(
    officer: Officer,
    case: Case,
    messages: Iterable[Message],
    inquiries: Iterable[AgencyInquiry],
    *,
    shows_content: bool,
) -> list[Moment]:
    """Returns what happened in a case, in time.

    Args:
        officer: Who reads; a linked case that they do not read is not named.
        case: The case.
        messages: Its messages.
        inquiries: Its inquiries.
        shows_content: Whether the reader may read cases.
    """
    by_key = {str(message.pk): message for message in messages}
    agencies = {str(inquiry.pk): inquiry.agency for inquiry in inquiries}
    acts = Act.objects.filter(object_id__in=[str(case.pk), *by_key, *agencies]).select_related("officer", "reason")
    moments = [] if case.is_ours else [Moment(at=case.opened_at, what="case opened", by=case.peer_id)]
    for act in acts.order_by("id"):
        what = _what(act, by_key.get(act.object_id), agencies.get(act.object_id, ""))
        if what is not None:
            moments.append(_of_act(act, what, by_key.get(act.object_id), shows_content=shows_content))
    for message in by_key.values():
        moments += _of_peer(message, case.peer_id)
    _hide_unread(officer, moments)
    return sorted(moments, key=lambda moment: moment.at)


def _hide_unread(officer: Officer, moments: Iterable[Moment]) -> None:
    linked = [moment for moment in moments if moment.what in _BETWEEN_CASES]
    if linked:
        named = {moment.to for moment in linked}
        known = set(cases_for(officer).filter(own_ref__in=named).values_list("own_ref", flat=True))
        for moment in linked:
            if moment.to not in known:
                moment.to = moment.reason = None


def _what(act: Act, message: Message | None, agency: str) -> str | None:
    if message is not None:
        return f"{message.kind} {_DONE[act.verb]}" if act.verb in _DONE else None
    if agency:
        return f"{agency} {_DONE_TO_INQUIRY[act.verb]}" if act.verb in _DONE_TO_INQUIRY else None
    return _DONE_TO_CASE.get(act.verb)


def _of_act(act: Act, what: str, message: Message | None, *, shows_content: bool) -> Moment:
    reason = getattr(act, "reason", None)
    code = next((act.detail[name] for name in _CODES if name in act.detail), None)
    return Moment(
        at=act.at,
        what=what,
        message_id=message.pk if message is not None else None,
        by=act.officer.username if act.officer is not None else None,
        to=act.detail.get("to"),
        reason=reason.text if reason is not None and shows_content else None,
        code=code,
    )


def _of_peer(message: Message, peer: str) -> Iterator[Moment]:
    happened = (
        (message.received_at, "received"),
        (message.delivered_at, "receipted by the other side"),
        (message.disposed_at, f"{message.state} by the other side"),
    )
    for at, what in happened:
        if at is not None:
            code = message.disposed_code or None if at == message.disposed_at else None
            yield Moment(at=at, what=f"{message.kind} {what}", message_id=message.pk, by=peer, code=code)
