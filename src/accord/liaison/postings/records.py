"""Our own record of a posting: who holds it, what that account may send, how high, and what stands in the way.

It never leaves. One officer writes a version, another agrees to it before it counts; neither is the officer meant.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accord.exchange.kinds import STRUCTS
from accord.exchange.text import check_written
from accord.instruments.models import Instrument
from accord.liaison.errors import LiaisonRefused
from accord.liaison.models import PostingRecord
from accord.liaison.postings.accounts import hold_to
from accord.liaison.postings.content import POSTING, read_posting
from accord.liaison.postings.standing import DONE, posting_of
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, permissions_of, require
from accord.officers.postings import mark_posted
from accord.release.gate import our_party
from accord.vocabulary.handling import Classification

__all__ = ["DELEGATIONS", "KINDS", "NOT_AT_ALL", "WITH_SECOND", "agree_record", "refuse_record", "write_record"]

WITH_SECOND: Final = "with-second"
"""The officer drafts and submits it; a second one approves and releases it, as every message (docs/adr/0022)."""

NOT_AT_ALL: Final = "not-at-all"
"""The officer may not submit it."""

DELEGATIONS: Final = (WITH_SECOND, NOT_AT_ALL)

KINDS: Final = tuple(STRUCTS)
"""The kinds of message that officers write."""

NOTE_CHARACTERS_MAX: Final = 2_000


@transaction.atomic
def write_record(
    officer: Officer,
    posting: Instrument,
    *,
    account: Officer | None,
    delegation: Mapping[str, str],
    ceiling: str,
    conflicts: str = "",
    deputies: Sequence[str] = (),
    training: str = "",
    now: datetime | None = None,
) -> PostingRecord:
    """Writes the next version of our record; it counts when another officer has agreed to it.

    Args:
        officer: Who may prepare texts.
        posting: A posting that our side sends.
        account: The account that holds it; none yet where omitted.
        delegation: For each kind of message one of :data:`DELEGATIONS`; a kind left out may not be sent.
        ceiling: Highest classification that the account may send.
        conflicts: What could bear on the officer's judgement, and what was agreed about it.
        deputies: User names of who stands in.
        training: What the officer was trained in, and when.
        now: The time.

    Raises:
        NotPermitted: The officer may not prepare texts.
        LiaisonRefused: The posting is the other side's; a kind, way, ceiling or deputy is unknown; the account is a
            system's, an administrator's, the writer's own, or holds another posting.
        TextRefused: A text holds a refused character.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    held = Instrument.objects.select_for_update(of=("self",)).select_related("agreed").get(pk=posting.pk)
    _require_ours(held)
    if account is not None:
        _require_may_hold(officer, account, held, moment)
    unknown = [kind for kind, way in delegation.items() if kind not in KINDS or way not in DELEGATIONS]
    if unknown:
        raise LiaisonRefused(
            "There is no such kind of message or way of sending it.",
            code="liaison.unknown-delegation",
            next_step="Choose from the list.",
            fields={"field": "delegation"},
        )
    if ceiling not in set(Classification):
        raise LiaisonRefused(
            "There is no such classification.",
            code="liaison.unknown-ceiling",
            next_step="Choose from the list.",
            fields={"field": "ceiling"},
        )
    known = set(Officer.objects.filter(username__in=deputies).values_list("username", flat=True))
    if set(deputies) - known:
        raise LiaisonRefused(
            "A deputy named has no account here.",
            code="liaison.unknown-deputy",
            next_step="Give user names of this node.",
            fields={"field": "deputies"},
        )
    for name, text in {"conflicts": conflicts, "training": training}.items():
        check_written({name: text} if text else {})
        if len(text) > NOTE_CHARACTERS_MAX:
            raise LiaisonRefused(
                "The note is too long.",
                code="liaison.note-too-long",
                next_step="Shorten it to 2,000 characters.",
                fields={"field": name},
            )
    held.posting_records.filter(state=PostingRecord.State.WAITING).update(
        state=PostingRecord.State.REPLACED, settled_at=moment
    )
    last = held.posting_records.first()
    record = PostingRecord.objects.create(
        posting=held,
        number=1 if last is None else last.number + 1,
        state=PostingRecord.State.WAITING,
        account=account,
        delegation={kind: delegation.get(kind, NOT_AT_ALL) for kind in KINDS},
        ceiling=ceiling,
        conflicts=conflicts.strip(),
        deputies=sorted(known),
        training=training.strip(),
        written_by=officer,
        written_at=moment,
    )
    note(officer, "write posting record", record, at=moment, detail={"number": record.number})
    return record


@transaction.atomic
def agree_record(officer: Officer, record: PostingRecord, *, now: datetime | None = None) -> PostingRecord:
    """Lets a record count; from now on the account may send what it says, and ends with the posting.

    Raises:
        NotPermitted: The officer may not sign.
        LiaisonRefused: It does not wait; the officer wrote it or is meant; or the account holds another posting.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    moment = now or timezone.now()
    held = _waiting(record)
    _require_second(officer, held)
    if held.account is not None:
        _require_free(held.account, held.posting, moment)
    in_force = PostingRecord.objects.filter(state=PostingRecord.State.IN_FORCE)
    # Of a posting that is over as well: it must not end an account that holds a new one.
    in_force.filter(Q(posting=held.posting) | Q(account=held.account, account__isnull=False)).update(
        state=PostingRecord.State.REPLACED
    )
    _settle(officer, held, PostingRecord.State.IN_FORCE, moment)
    if held.account is not None:
        mark_posted(held.account)
    note(officer, "agree to posting record", held, at=moment, detail={"number": held.number})
    hold_to(held.posting, now=moment)
    return held


@transaction.atomic
def refuse_record(officer: Officer, record: PostingRecord, *, now: datetime | None = None) -> PostingRecord:
    """Refuses a record that waits; the one before it goes on counting.

    Raises:
        NotPermitted: The officer may not sign.
        LiaisonRefused: It does not wait, or the officer wrote it or is meant.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    moment = now or timezone.now()
    held = _waiting(record)
    _require_second(officer, held)
    _settle(officer, held, PostingRecord.State.REFUSED, moment)
    note(officer, "refuse posting record", held, at=moment, detail={"number": held.number})
    return held


def _require_ours(posting: Instrument) -> None:
    text = posting.texts.first() if posting.type == POSTING else None
    if text is None or read_posting(text.content).sending != our_party():
        raise LiaisonRefused(
            "Our side keeps a record of the postings that it sends, and of no other.", code="liaison.not-our-posting"
        )


def _require_may_hold(writer: Officer, account: Officer, posting: Instrument, now: datetime) -> None:
    if account.is_system or Permission.OFFICER_MANAGE in permissions_of(account.roles):
        raise LiaisonRefused(
            "A posting is held by a person who manages no accounts.",
            code="liaison.account-unfit",
            next_step="Choose from the list.",
            fields={"field": "account"},
        )
    if account.pk == writer.pk:
        raise LiaisonRefused(
            "Nobody writes the record of their own posting.",
            code="liaison.own-record",
            next_step="Ask a colleague who may prepare texts.",
            fields={"field": "account"},
        )
    _require_free(account, posting, now)


def _require_free(account: Officer, posting: Instrument, now: datetime) -> None:
    # Two postings that are agreed at once for one account wait for each other here.
    Officer.objects.select_for_update().get(pk=account.pk)
    others = PostingRecord.objects.filter(account=account, state=PostingRecord.State.IN_FORCE).exclude(posting=posting)
    for other in others.select_related("posting__agreed"):
        if posting_of(other.posting, now=now).state not in DONE:
            raise LiaisonRefused(
                "The account holds another posting.",
                code="liaison.account-taken",
                next_step="End that posting first, or choose another account.",
                fields={"field": "account"},
            )


def _waiting(record: PostingRecord) -> PostingRecord:
    Instrument.objects.select_for_update().get(pk=record.posting_id)
    held = PostingRecord.objects.select_related("posting__agreed", "account").get(pk=record.pk)
    if held.state != PostingRecord.State.WAITING:
        raise LiaisonRefused("This record does not wait any more.", code="liaison.record-settled")
    return held


def _require_second(officer: Officer, record: PostingRecord) -> None:
    if officer.pk in {record.written_by_id, record.account_id}:
        raise LiaisonRefused(
            "Who wrote the record, or is meant by it, does not settle it.",
            code="liaison.own-record",
            next_step="Ask another officer who may sign.",
            fields={"field": "account"},
        )


def _settle(officer: Officer, record: PostingRecord, state: PostingRecord.State, at: datetime) -> None:
    record.state = state
    record.settled_by = officer
    record.settled_at = at
    record.save(update_fields=["state", "settled_by", "settled_at"])
