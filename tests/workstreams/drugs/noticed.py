"""Notices and what follows them, as they leave this side and as they come from the other."""

from typing import Any

from django.utils import timezone

from accord.exchange import services
from accord.exchange.drafting import draft_of_kind
from accord.exchange.models import Case, Message
from accord.release.intake import take_in
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
from accord.workstreams.drugs.models import Notice
from tests.desk import Desk, approved, days, dispositions, flush, from_india, own_side
from tests.workstreams.drugs.told import pen_fields

__all__ = ["CASE", "OURS", "THEIRS", "own", "received", "received_notice", "sent", "sent_notice"]

OURS = ("CA", "RCMP")
THEIRS = ("IN", "CBN")
CASE = "IN-2026-000071"


def own(**changed: object) -> dict[str, object]:
    return own_side(authorising_law="Precursor Control Regulations, subsection 91(5)", notice_on=days(0), **changed)


def sent(desk: Desk, kind: str, fields: dict[str, Any], case: Case | None = None) -> Message:
    """A message of ours that has left."""
    held = case or services.create_case(desk.liaison, peer="IN", theme="precursors", title="A consignment")
    draft = draft_of_kind(desk.liaison, held, kind, fields, own=own())
    draft = services.submit(desk.liaison, draft, version=draft.version)
    message = services.release(desk.releasing, approved(desk, draft))
    flush(desk, receipted_at=timezone.now())
    return message


def sent_notice(desk: Desk, **changed: Any) -> Notice:
    return Notice.objects.get(message=sent(desk, PRE_EXPORT_NOTICE, pen_fields(OURS, THEIRS, **changed)))


def received(desk: Desk, kind: str, fields: dict[str, Any], *, reply_to: Any = None, **changed: Any) -> Message:
    """A message of theirs that was filed."""
    entry = desk.peer.send(kind, from_india(fields, **{"case": CASE, **changed}), in_reply_to=reply_to)
    assert take_in(desk.channel).filed == 1, dispositions(desk)
    return Message.objects.get(envelope_id=entry.envelope_id)


def received_notice(desk: Desk, number: int = 1, **changed: Any) -> Notice:
    message = received(desk, PRE_EXPORT_NOTICE, pen_fields(THEIRS, OURS, **changed), number=number)
    return Notice.objects.get(message=message)
