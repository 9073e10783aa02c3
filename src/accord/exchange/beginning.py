"""Beginning a case with its first message, and a reply, each once: a second click begins nothing anew.

A refused first message leaves no empty case behind, and a form that is sent twice makes one draft. Where a reply of the
same kind is open already and says something else, the officer is told of it and decides.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accord.exchange.drafting import (
    FIRST_DRAFT_VERSION,
    Fields,
    create_case,
    draft_information,
    draft_of_kind,
    draft_request,
)
from accord.exchange.errors import ActRefused
from accord.exchange.kind_rooms import room_of
from accord.exchange.kinds import REQUEST, SPONTANEOUS_INFORMATION
from accord.exchange.models import Case, Message
from accord.exchange.own_side import OwnSide
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.vocabulary.subjects import Theme

__all__ = ["ReplyBegun", "begin_case", "begin_reply", "begins_case"]

_OPEN = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)
_FIRST = {REQUEST: draft_request, SPONTANEOUS_INFORMATION: draft_information}


class ReplyBegun(ActRefused):
    """A reply of this kind to the same message is open already, with other words.

    Args:
        begun: The open reply.
        sentence: What is said of it instead, where it is more than a reply.
    """

    code = "exchange.reply-begun"
    default_next_step = "Go on with the reply that was begun, or say that you want another one."

    def __init__(self, begun: Message, sentence: str = "") -> None:
        super().__init__(
            sentence
            or f"{begun.drafted_by or 'A colleague'} has begun a reply of this kind already; nothing was begun anew.",
            fields={"message": str(begun.pk)},
        )
        self.begun = begun


@transaction.atomic
def begin_case(
    officer: Officer,
    *,
    peer: str,
    theme: Theme | str,
    title: str,
    fields: Fields,
    kind: str = REQUEST,
    own: OwnSide | Fields | None = None,
    now: datetime | None = None,
) -> Message:
    """Opens a case of our own with its first message, both or neither.

    Args:
        officer: The liaison officer.
        peer: Code of the other party.
        theme: Subject of cooperation.
        title: Title for our own list; it does not travel.
        fields: The first message's fields so far.
        kind: A request, spontaneous information, or a kind whose room lets a case begin with it.
        own: What our side knows of it and the other must not.
        now: The time.

    Returns:
        The first draft; the same again where the officer has just begun this case and written nothing in it yet.

    Raises:
        NotPermitted: The officer may not draft.
        ReleaseRefused: There is no channel to the peer.
        ActRefused: The theme, the title or the kind is refused.
        FieldRefused: A field given is refused; there is no case then, either.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    if not begins_case(kind):
        raise ActRefused("A case does not begin with a message of this kind.", code="exchange.case-refused")
    # Two clicks come as two requests: the second waits here until the first has been answered.
    Officer.objects.select_for_update().get(pk=officer.pk)
    same = Case.objects.filter(
        holder=officer, is_ours=True, state=Case.State.OPEN, peer_id=peer, theme=str(theme), title=title.strip()
    )
    for case in same.order_by("-opened_at")[:5]:
        written = list(case.messages.all()[:2])
        if len(written) == 1 and _is_untouched(written[0], kind, fields):
            return written[0]
    made = create_case(officer, peer=peer, theme=theme, title=title, now=now)
    if kind in _FIRST:
        return _FIRST[kind](officer, made, fields, own=own, now=now)
    return draft_of_kind(officer, made, kind, fields, own=own, now=now)


def begins_case(kind: str) -> bool:
    """Returns whether a case may begin with a message of this kind."""
    room = room_of(kind)
    return kind in _FIRST or (room is not None and room.begins_case)


def _is_untouched(message: Message, kind: str, fields: Fields) -> bool:
    is_new = message.state == Message.State.DRAFT and message.version == FIRST_DRAFT_VERSION
    return is_new and message.kind == kind and all(message.fields.get(name) == fields[name] for name in fields)


def begin_reply(about: Message, begin: Callable[[], Message], *, is_another: bool = False) -> tuple[Message, bool]:
    """Begins a reply unless one is open: the same form sent twice leads to the one draft.

    Args:
        about: The message that is replied to.
        begin: The act of :mod:`accord.exchange.answering` that drafts the reply; it asks for the permission.
        is_another: Whether a further reply is wanted although one is open.

    Returns:
        The draft, and whether it is new.

    Raises:
        ReplyBegun: One with other words is open; nothing was begun.
        AccordError: Whatever ``begin`` raises.
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=about.case_id)
        before = transaction.savepoint()
        made = begin()
        others = Message.objects.filter(
            in_reply_to=about, kind=made.kind, direction=Message.Direction.OUT, state__in=_OPEN
        )
        begun = list(others.exclude(pk=made.pk).select_related("drafted_by", "case").order_by("-saved_at"))
        if not begun or is_another:
            return made, True
        transaction.savepoint_rollback(before)
    same = next((one for one in begun if one.version == FIRST_DRAFT_VERSION and one.fields == made.fields), None)
    if same is not None:
        return same, False
    raise ReplyBegun(begun[0])
