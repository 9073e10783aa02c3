"""From a flag to a message: a draft in a new case or one at hand, filled with what the line and its reasons say.

Nothing leaves by it: the draft goes the way of every draft, and a note for the own side in the case says what was left
out. A company is named as the papers name it; what the line
says of countries stays out of fields that speak of persons.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accord.exchange.beginning import begin_case
from accord.exchange.drafting import TITLE_CHARACTERS_MAX, draft_of_kind
from accord.exchange.kinds import REQUEST, STRUCTS
from accord.exchange.models import Case, Message
from accord.exchange.noting import write_note
from accord.exchange.reach import reads
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.release.gate import our_party
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.kinds import PRE_EXPORT_NOTICE
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.filed import notices_on_file
from accord.workstreams.drugs.manifests.filling import FOLLOWED_AS, Fields, Filling, Say, is_country, plain_line
from accord.workstreams.drugs.models import Flag, FlagFollowUp
from accord.workstreams.drugs.notices.acts import OPENING_KINDS, begin_within, first_fields, own_statements

__all__ = ["follow_flag", "followable_kinds", "kinds_for"]

_WAY = ("origin_country", "destination_country")
_OPEN = (Message.State.DRAFT, Message.State.SUBMITTED, Message.State.APPROVED)


def followable_kinds() -> tuple[str, ...]:
    """Returns the kinds of message that a flag can lead to at this node."""
    return tuple(kind for kind in FOLLOWED_AS if kind in STRUCTS)


def kinds_for(flag: Flag) -> tuple[str, ...]:
    """Returns the kinds of message that one flag can lead to: of goods that leave another country none is announced."""
    origin = flag.papers.get("origin", "").strip().upper()
    is_from_elsewhere = is_country(origin) and origin != our_party()
    return tuple(kind for kind in followable_kinds() if not (is_from_elsewhere and kind == PRE_EXPORT_NOTICE))


@transaction.atomic
def follow_flag(
    officer: Officer,
    flag: Flag,
    kind: str = REQUEST,
    *,
    peer: str = "",
    case: Case | None = None,
    title: str = "",
    known: Mapping[str, Any] | None = None,  # Any: JSON types
    say: Say = str,
    language: str = "en",
    now: datetime | None = None,
) -> Message:
    """Drafts a message about a flagged line; a second click gives the draft that was begun, as it stands.

    Args:
        officer: Who follows it.
        flag: The flag.
        kind: One of :func:`followable_kinds`.
        peer: Code of the other party, for a new case.
        case: A case of ours to draft in; a new one is opened where there is none.
        title: Title of a new case, for our own list; what the flag says where it is empty.
        known: What a first message says anyway, where neither the flag nor the kind says otherwise.
        say: Says the reasons in the language of the message, and what was left out.
        language: That language.
        now: The time.

    Raises:
        NotPermitted: The officer may not draft.
        CaseHeld: A colleague holds the case.
        ScreeningRefused: The kind is none that a flag can lead to, the goods of a notice leave another country, or a
            colleague follows the flag in a case that the officer does not read.
        ReleaseRefused: There is no channel to the peer.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    if kind not in followable_kinds():
        raise ScreeningRefused("A flag cannot be followed by a message of this kind.", code="drugs.not-followable")
    if kind not in kinds_for(flag):
        raise ScreeningRefused(
            "A notice announces an export of ours; by the line the goods come from another country.",
            code="drugs.not-our-export",
            next_step="Ask the other side with a request, from this flag.",
        )
    held = Flag.objects.select_for_update(of=("self",)).select_related("message__case", "screening").get(pk=flag.pk)
    begun = held.message
    if begun is not None and begun.state in _OPEN and held.followed_as == kind:
        if not reads(officer, begun.case):
            raise ScreeningRefused(
                "A colleague follows this flag already.",
                code="drugs.followed-already",
                next_step="Leave it to them, or follow it in another way.",
            )
        return begun
    moment = now or timezone.now()
    filling = Filling(held, say, is_read=_is_read(officer, held))
    fields = {"theme": Theme.PRECURSORS.value, **FOLLOWED_AS[kind](filling), "language": language}
    members = STRUCTS[kind].__struct_fields__
    if "legal_basis" in members:
        provisions = filling.provisions(jurisdiction=our_party(), on=moment.date())
        fields |= {"legal_basis": provisions} if provisions else {}
    # The provisions of the last message were those of its own substance.
    beside = {name: value for name, value in (known or {}).items() if name in members and name != "legal_basis"}
    made = _drafted(officer, kind, fields, beside, peer=peer, case=case, title=title or _title(held), now=moment)
    said = [*filling.left_out, *(filling.to_check if kind == PRE_EXPORT_NOTICE else [])]
    if said and officer.may(Permission.CASE_TAKE):
        write_note(officer, made.case, " ".join(map(say, said)), now=moment)
    held.message, held.followed_as, held.followed_by, held.followed_at = made, kind, officer, moment
    held.save(update_fields=["message", "followed_as", "followed_by", "followed_at"])
    FlagFollowUp.objects.get_or_create(flag=held, message=made)
    note(officer, "follow flag", held, at=moment, detail={"kind": kind})
    return made


def _drafted(
    officer: Officer,
    kind: str,
    fields: Fields,
    beside: Fields,
    *,
    peer: str,
    case: Case | None,
    title: str,
    now: datetime,
) -> Message:
    towards = case.peer_id if case is not None else peer
    first = first_fields(kind, peer=towards, ours=our_party()) if kind in OPENING_KINDS else {}
    # Where the goods come from and go to the line says, or the officer.
    first = {name: value for name, value in first.items() if name not in _WAY}
    fields = {**beside, **first, **fields}
    if case is None:
        own = own_statements(kind, on=now.date()) or None
        return begin_case(
            officer, peer=peer, theme=Theme.PRECURSORS, title=title, fields=fields, kind=kind, own=own, now=now
        )
    if kind in OPENING_KINDS:
        return begin_within(officer, case, kind, fields, now=now)
    return draft_of_kind(officer, case, kind, fields, now=now)


def _is_read(officer: Officer, flag: Flag) -> bool:
    """Whether a line names a notice that the officer reads."""
    reference = flag.papers.get("notice", "").strip()
    return bool(reference) and notices_on_file(officer).filter(pen_reference__iexact=reference).exists()


def _title(flag: Flag) -> str:
    return plain_line(f"{flag.reference or flag.line}: {flag.description}")[:TITLE_CHARACTERS_MAX]
