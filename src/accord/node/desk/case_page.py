"""What the page of a case shows: its messages with their proof lines, who and what is named, and which caveats bind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from accord.courier.models import Entry
from accord.exchange.clocks import ClockReading, read_clock
from accord.exchange.kinds import CORRECTION, CORRECTION_REPORT, PERMISSION_ANSWER, PERMISSION_REQUEST
from accord.exchange.models import Attachment, Case, Clock, Message
from accord.handling.erasing import is_erased
from accord.handling.standing import Standing, standings_of
from accord.node.desk.reading import Part, parts_of, principal_parts
from accord.parties.models import Party

__all__ = ["Binding", "MessageShown", "Named", "ProofLine", "asked_in", "caveats_in", "messages_shown", "named_in"]

UNFOLDED: Final = 3
"""Messages whose words are shown at once: what was asked and answered last; the others are a click away."""

SENT: Final = frozenset({Message.State.RELEASED, Message.State.DELIVERED, Message.State.FILED, Message.State.ACTED})
OPEN: Final = frozenset({Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED})


@dataclass(frozen=True, kw_only=True)
class ProofLine:
    """Where a message stands in the log, for the line below it.

    Args:
        position: Its place in the log of its sender.
        sealed_at: When this node stored the entry.
        leaf: The entry's hash in hexadecimal digits.
    """

    position: int
    sealed_at: datetime
    leaf: str


@dataclass(frozen=True, kw_only=True)
class MessageShown:
    """One message of the timeline.

    Args:
        message: The message.
        parts: What is read first, and the rest; nothing where the content is not here any more.
        clock: Its clock, if any.
        reading: The clock in both capitals' time.
        files: Its files.
        proof: Its place in the log; none before it is sealed.
        is_unfolded: Whether what it says is shown at once: the last ones, and what waits for an answer.
        is_open: Whether it is ours and can still be changed.
        may_reply: Whether it is a request of theirs.
        may_use: Whether it is an item of theirs, is here, and was not withdrawn.
        may_permit: Whether it is a question of theirs for a permission, and its clock has not ended.
        mark: On a print, the mark of its use.
        is_kept_back: Whether the law gate keeps it from being printed, or it was withdrawn.
        asking: Where the originator's permission for the print is asked, if that is all it lacks.
        is_sent: Whether it is ours and was released, and the other side has not withdrawn or refused it.
        standing: What its originator said of it since; ``None`` where nothing was said.
        correction: Key of the correction that it is, or reports on; ``None`` where it is neither.
    """

    message: Message
    parts: tuple[tuple[Part, ...], tuple[Part, ...]] | None
    clock: Clock | None
    reading: ClockReading | None
    files: Sequence[Attachment]
    proof: ProofLine | None
    is_unfolded: bool
    is_open: bool
    may_reply: bool
    may_use: bool
    may_permit: bool
    is_sent: bool
    standing: Standing | None
    correction: UUID | None
    mark: str = ""
    is_kept_back: bool = False
    asking: str = ""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A person or a thing that messages of the case name.

    Args:
        is_person: Whether it is a person.
        title: The name, or what stands for it; blank for a person who is not named.
        language: Language of the message that names it; empty where it is not known.
        parts: What else is said of it.
        message: Key of the first message that names it.
    """

    is_person: bool
    title: str
    language: str
    parts: tuple[Part, ...]
    message: UUID


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A caveat that binds today.

    Args:
        is_ours: Whether it is our caveat on what we sent, or theirs on what they sent.
        who: Who may see it.
        uses: For what.
        contact: Whom to ask for more.
        language: Language of the message that bears it; empty where it is not known.
        until: Its last day.
        message: Key of the first message that bears it.
    """

    is_ours: bool
    who: tuple[str, ...]
    uses: tuple[str, ...]
    contact: str
    language: str
    until: date
    message: UUID


def messages_shown(case: Case, found: Sequence[Message], *, ours: Party) -> list[MessageShown]:
    """Returns the messages of a case as its page shows them, in four statements, however many they are."""
    keys = [message.pk for message in found]
    now = timezone.now()
    clocks = {clock.message_id: clock for clock in Clock.objects.filter(message__in=keys)}
    readings = {key: read_clock(clock, parties=(ours, case.peer), now=now) for key, clock in clocks.items()}
    files: dict[UUID, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(message__in=keys):
        files.setdefault(attachment.message_id, []).append(attachment)
    proofs = _proofs(case, found)
    standings = standings_of(keys)
    last = set(keys[-UNFOLDED:])
    return [
        MessageShown(
            message=message,
            parts=principal_parts(message.kind, message.fields) if _has_content(message) else None,
            clock=clocks.get(message.pk),
            reading=readings.get(message.pk),
            files=files.get(message.pk, ()),
            proof=proofs.get((message.direction, message.envelope_id)),
            is_unfolded=message.state not in OPEN and (message.pk in last or _waits(clocks.get(message.pk))),
            is_open=message.state in OPEN,
            may_reply=not message.is_ours and message.kind == "request",
            may_use=_is_item(message),
            may_permit=_is_here(message) and message.kind == PERMISSION_REQUEST and _waits(clocks.get(message.pk)),
            is_sent=message.is_ours and message.state in SENT and message.released_at is not None,
            standing=standings.get(message.pk),
            correction=_correction(message),
        )
        for message in found
    ]


def _is_here(message: Message) -> bool:
    """Whether it is a message of theirs that was not withdrawn and whose content is kept."""
    return not message.is_ours and message.state != Message.State.WITHDRAWN and _has_content(message)


def _is_item(message: Message) -> bool:
    return _is_here(message) and message.kind not in {PERMISSION_REQUEST, PERMISSION_ANSWER}


def _has_content(message: Message) -> bool:
    return bool(bytes(message.content)) and not is_erased(message)


def _correction(message: Message) -> UUID | None:
    if message.kind == CORRECTION and message.state not in OPEN:
        return message.pk
    return message.in_reply_to_id if message.kind == CORRECTION_REPORT and message.state not in OPEN else None


def _waits(clock: Clock | None) -> bool:
    return clock is not None and clock.state != Clock.State.ENDED


def _proofs(case: Case, found: Iterable[Message]) -> dict[tuple[str, UUID | None], ProofLine]:
    sealed = [message.envelope_id for message in found if message.envelope_id is not None]
    entries = Entry.objects.filter(channel__peer_id=case.peer_id, direction__in=["in", "out"], envelope_id__in=sealed)
    rows = entries.order_by().values_list("direction", "envelope_id", "position", "recorded_at", "leaf")
    return {
        (direction, envelope): ProofLine(position=position, sealed_at=at, leaf=bytes(leaf).hex())
        for direction, envelope, position, at, leaf in rows
    }


def asked_in(shown: Sequence[MessageShown]) -> MessageShown | None:
    """Returns the request of theirs that waits for an answer; the last one where all are answered."""
    requests = [one for one in shown if one.may_reply]
    waiting = [one for one in requests if _waits(one.clock)]
    found = waiting or requests
    return found[-1] if found else None


def named_in(found: Iterable[Message]) -> list[Named]:
    """Returns the persons and substances that messages name, each once, with where it is named first."""
    known: dict[tuple[bool, str], Named] = {}
    for message in found:
        fields = message.fields if bytes(message.content) else {}
        language = str(fields.get("language") or "")
        for person in _objects(fields.get("persons")):
            names = _texts(person.get("names"))
            title = ", ".join(names) or str(person.get("reference") or "")
            rest = {name: value for name, value in person.items() if name not in {"names", "reference"} or not title}
            parts = parts_of(rest, language=language)
            one = Named(is_person=True, title=title, language=language, parts=parts, message=message.pk)
            known.setdefault((True, title or str(message.pk)), one)
        for substance in _substances(fields):
            title = str(substance.get("name") or substance.get("cas_number") or "")
            rest = {name: value for name, value in substance.items() if name != "name"}
            parts = parts_of(rest, language=language)
            thing = Named(is_person=False, title=title, language=language, parts=parts, message=message.pk)
            known.setdefault((False, title), thing)
    return sorted(known.values(), key=lambda one: not one.is_person)


def _substances(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:  # Any: members of a JSON object
    """Returns the substances that a message names in its list, as goods, or as what was found."""
    goods = fields.get("goods")
    held = (fields.get("substances"), [goods] if isinstance(goods, Mapping) else goods, fields.get("findings"))
    return [one for listed in held for one in _objects(listed)]


def caveats_in(found: Iterable[Message], *, on: date) -> list[Binding]:
    """Returns the caveats that bind on a day, theirs first, each once."""
    known: dict[tuple[object, ...], Binding] = {}
    for message in found:
        fields = message.fields if bytes(message.content) else {}
        if message.is_ours and message.released_at is None:
            continue
        for caveat in _objects(fields.get("caveats")):
            until = _day(caveat.get("expires_on"))
            if until is None or until < on:
                continue
            binding = Binding(
                is_ours=message.is_ours,
                who=_texts(caveat.get("who_may_access")),
                uses=_texts(caveat.get("permitted_uses")),
                contact=str(caveat.get("procedure_contact") or ""),
                language=str(fields.get("language") or ""),
                until=until,
                message=message.pk,
            )
            known.setdefault((binding.is_ours, binding.who, binding.uses, binding.contact, until), binding)
    return sorted(known.values(), key=lambda one: (one.is_ours, one.until))


def _objects(value: object) -> list[Mapping[str, Any]]:  # Any: members of a JSON object
    # A draft may hold what is no list yet; nothing is read from it then.
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
