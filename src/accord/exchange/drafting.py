"""Acts on drafts: open a case, draft a message, save it without ever overwriting a colleague in silence."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.exchange.checking import require_sense
from accord.exchange.drafts import OwnSideRefused, StaleDraft, given_values
from accord.exchange.errors import ActRefused
from accord.exchange.holding import require_holder
from accord.exchange.kinds import ANSWER, CLARIFICATION, REQUEST, SPONTANEOUS_INFORMATION
from accord.exchange.models import Case, Message
from accord.exchange.own_side import OwnSide
from accord.exchange.references import case_reference, message_reference
from accord.exchange.search.indexing import index_case, index_message
from accord.exchange.shielding import same_words
from accord.exchange.text import check_written
from accord.exchange.watching import watchers
from accord.exchange.withdrawn import require_not_withdrawn
from accord.exchange.wording import OWN_SIDE, explain
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.approvals import take_back
from accord.release.gate import our_party
from accord.release.services import channel_to
from accord.vocabulary.refusal import AnswerOutcome
from accord.vocabulary.subjects import Theme

__all__ = [
    "FIRST_DRAFT_VERSION",
    "TITLE_CHARACTERS_MAX",
    "Fields",
    "create_case",
    "draft_information",
    "draft_of_kind",
    "draft_reply",
    "draft_request",
    "fixed_fields",
    "locked_draft",
    "own_side_of",
    "require_right",
    "require_same_words",
    "require_version",
    "save_draft",
    "void_approval",
]

FIRST_DRAFT_VERSION = 1

TITLE_CHARACTERS_MAX = 200
"""Characters of a case's title: a line of the queue, wrapped once."""

Fields = Mapping[str, object]


@transaction.atomic
def create_case(officer: Officer, *, peer: str, theme: Theme | str, title: str, now: datetime | None = None) -> Case:
    """Opens a case of our own with a peer.

    Args:
        officer: The liaison officer.
        peer: Code of the other party.
        theme: Subject of cooperation.
        title: Title for our own queue; it does not travel.
        now: The time.

    Returns:
        The case, held by the officer.

    Raises:
        NotPermitted: The officer may not draft.
        ReleaseRefused: There is no channel to the peer.
        ActRefused: The theme is unknown or the title empty or too long.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    moment = now or timezone.now()
    check_written({"title": title})
    if theme not in set(Theme) or not 0 < len(title.strip()) <= TITLE_CHARACTERS_MAX:
        raise ActRefused("A case needs a theme of the list and a title.", code="exchange.case-refused")
    channel_to(peer)
    case = Case.objects.create(
        own_ref=case_reference(our_party(), at=moment),
        peer_id=peer,
        is_ours=True,
        theme=str(Theme(theme)),
        agency=officer.agency,
        title=title.strip(),
        holder=officer,
        taken_at=moment,
        opened_at=moment,
        changed_at=moment,
    )
    index_case(case)
    note(officer, "open case", case, at=moment)
    return case


def own_side_of(message: Message) -> OwnSide:
    """Returns what our side knows of a draft."""
    raw = bytes(message.own_side)
    return msgspec.json.decode(raw, type=OwnSide) if raw else OwnSide()


def _own(own: OwnSide | Fields | None) -> OwnSide:
    if isinstance(own, OwnSide):
        return own
    if own is None:
        return OwnSide()
    check_written(own, path="own_side")
    try:
        return msgspec.convert(dict(own), OwnSide)
    except msgspec.ValidationError as error:
        raise OwnSideRefused.of([explain(error, OwnSide, under=OWN_SIDE)]) from None


def _new_draft(
    officer: Officer,
    case: Case,
    kind: str,
    fields: Fields,
    *,
    own: OwnSide | Fields | None,
    in_reply_to: Message | None,
    now: datetime | None,
) -> Message:
    moment = now or timezone.now()
    if case.state == Case.State.CLOSED:
        raise ActRefused("The case is closed.", code="exchange.case-closed")
    given_values(kind, fields)
    require_sense(fields, peer=case.peer_id, now=moment)
    if "sender" not in fields and officer.agency:
        sender = {"party": our_party(), "agency": officer.agency, **({"unit": officer.unit} if officer.unit else {})}
        fields = {**fields, "sender": sender}
    message = Message.objects.create(
        case=case,
        direction=Message.Direction.OUT,
        kind=kind,
        state=Message.State.DRAFT,
        reference=message_reference(case.own_ref),
        content=msgspec.json.encode(dict(fields)),
        own_side=msgspec.json.encode(_own(own)),
        version=FIRST_DRAFT_VERSION,
        in_reply_to=in_reply_to,
        drafted_by=officer,
        saved_by=officer,
        created_at=moment,
        saved_at=moment,
    )
    index_message(message)
    note(officer, "draft message", message, at=moment, detail={"kind": kind})
    for watcher in watchers():
        watcher.saved(message)
    return message


@transaction.atomic
def draft_request(
    officer: Officer, case: Case, fields: Fields, *, own: OwnSide | Fields | None = None, now: datetime | None = None
) -> Message:
    """Drafts a request.

    Args:
        officer: The drafter.
        case: The case.
        fields: JSON object of the fields given so far.
        own: What our side knows of it and the other must not.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        FieldRefused: A field given is refused.
        TextRefused: A text holds a refused character.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    return _new_draft(officer, case, REQUEST, fields, own=own, in_reply_to=None, now=now)


@transaction.atomic
def draft_information(
    officer: Officer, case: Case, fields: Fields, *, own: OwnSide | Fields | None = None, now: datetime | None = None
) -> Message:
    """Drafts spontaneous information; arguments and errors as for :func:`draft_request`."""
    require(officer, Permission.MESSAGE_DRAFT)
    return _new_draft(officer, case, SPONTANEOUS_INFORMATION, fields, own=own, in_reply_to=None, now=now)


@transaction.atomic
def draft_reply(
    officer: Officer,
    about: Message,
    kind: str,
    fields: Fields,
    *,
    own: OwnSide | Fields | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts a message that answers one of the other side's; :mod:`accord.exchange.answering` calls it.

    Raises:
        NotPermitted: The officer may not answer (a clarification needs the right to draft only).
        CaseHeld: A colleague holds the case.
        ActRefused: The message is our own, or the case is closed.
    """
    require(officer, Permission.MESSAGE_DRAFT if kind == CLARIFICATION else Permission.MESSAGE_ANSWER)
    if about.is_ours:
        raise ActRefused("Only a message of the other side can be answered.", code="exchange.own-message")
    require_not_withdrawn(about)
    require_holder(officer, about.case)
    return _new_draft(officer, about.case, kind, fields, own=own, in_reply_to=about, now=now)


@transaction.atomic
def draft_of_kind(
    officer: Officer,
    case: Case,
    kind: str,
    fields: Fields,
    *,
    own: OwnSide | Fields | None = None,
    in_reply_to: Message | None = None,
    now: datetime | None = None,
) -> Message:
    """Drafts a message of a kind that a room above owns; that room's act calls it, with its own checks made.

    Args:
        officer: The drafter, who holds the case or works where nobody does.
        case: The case.
        kind: Kind of message.
        fields: JSON object of the fields given so far.
        own: What our side knows of it and the other must not.
        in_reply_to: Their message that it answers.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ActRefused: The case is closed.
        FieldRefused: A field given is refused.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    require_holder(officer, case)
    return _new_draft(officer, case, kind, fields, own=own, in_reply_to=in_reply_to, now=now)


@transaction.atomic
def save_draft(
    officer: Officer,
    message: Message,
    *,
    version: int,
    fields: Fields,
    own: OwnSide | Fields | None = None,
    now: datetime | None = None,
) -> Message:
    """Saves a draft on top of the version the officer started from.

    A submitted or approved draft becomes a draft again: whatever word was given for the old text is void.

    Args:
        officer: Who saves.
        message: The draft.
        version: Version the officer started from.
        fields: All fields, replacing those stored.
        own: What our side knows; left as stored where it is omitted.
        now: The time.

    Returns:
        The draft with its new version.

    Raises:
        NotPermitted: The officer may not draft.
        StaleDraft: A colleague saved meanwhile; the error holds both texts.
        ActRefused: It has been released.
        FieldRefused: A field given is refused.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = locked_draft(message)
    require_version(held, version, fields)
    require_right(held, fields, now=now)
    require_same_words(held, fields)
    held.content = msgspec.json.encode(dict(fields))
    if own is not None:
        held.own_side = msgspec.json.encode(_own(own))
    void_approval(held)
    held.version += 1
    held.saved_by = officer
    held.saved_at = now or timezone.now()
    held.save()
    index_message(held)
    note(officer, "save draft", held, at=held.saved_at, detail={"version": held.version})
    for watcher in watchers():
        watcher.saved(held)
    return held


def require_right(
    message: Message, fields: Fields, *, own: OwnSide | Fields | None = None, now: datetime | None = None
) -> None:
    """Raises where a save would refuse a field; nothing is stored.

    Args:
        message: The draft.
        fields: Fields of it, all or some.
        own: What our side states, all or some.
        now: The time.

    Raises:
        FieldRefused: A field is unknown, of the wrong type, or over its limit.
        TextRefused: A text holds a refused character.
    """
    given_values(message.kind, fields)
    require_sense(fields, peer=message.case.peer_id, now=now or timezone.now())
    if own is not None:
        _own(own)


def locked_draft(message: Message) -> Message:
    """Returns the message's row, locked, if it can still be changed.

    Raises:
        ActRefused: It has left, or is the other side's.
    """
    held = Message.objects.select_for_update(of=("self",)).select_related("case", "saved_by").get(pk=message.pk)
    if not held.may_change:
        raise ActRefused("The message can no longer be changed.", code="exchange.not-a-draft")
    return held


def require_same_words(held: Message, fields: Fields) -> None:
    """Raises where an answer that neither confirms nor denies says anything that does not follow from the request.

    Args:
        held: The message.
        fields: The officer's fields of it, as they are to be stored or released.

    Raises:
        ActRefused: A field differs from what every such answer says.
    """
    outcome = AnswerOutcome.CANNOT_CONFIRM_OR_DENY.value
    if held.kind != ANSWER or fields.get("outcome") != outcome:
        return
    if held.in_reply_to is None or dict(fields) != fixed_fields(held.in_reply_to):
        raise ActRefused(
            "This outcome has fixed words.",
            code="exchange.fixed-words",
            next_step="Use the act that neither confirms nor denies; it fills every field.",
        )


def fixed_fields(request: Message) -> dict[str, object]:
    """Returns every field of the answer that neither confirms nor denies; each depends on the request alone."""
    asked = request.fields
    recipient = asked["recipient"]
    return same_words(
        party=our_party(),
        agency=str(recipient["agency"]) if isinstance(recipient, Mapping) else "",
        request=asked,
        received_on=(request.received_at or request.created_at).date(),
    )


def require_version(held: Message, version: int, fields: Fields | None) -> None:
    """Raises when the draft is not at the version the officer started from.

    Raises:
        StaleDraft: With both texts.
    """
    if held.version != version:
        raise StaleDraft(
            yours=dict(fields if fields is not None else held.fields),
            stored=held.fields,
            your_version=version,
            stored_version=held.version,
            saved_by=str(held.saved_by or ""),
        )


def void_approval(held: Message) -> None:
    """Makes a submitted message a draft again; whatever word was given for it is void. The caller saves it.

    A draft that the gate held waits for nobody until the gate is asked again.
    """
    held.held_for = None
    if held.state != Message.State.DRAFT:
        take_back(subject_type="message", subject_id=str(held.pk))
        held.state = Message.State.DRAFT
        held.approval = None
        held.release_at = None
        held.release_by = None
