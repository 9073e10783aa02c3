"""What the gate is told of a draft that is to leave, and what an answer to one of its holds is bound to.

It is told at each check, at submission and again at release: what is bound to a text, its files and these facts has no
effect once one of them changed.

Source: rule BI-01 (both gates must pass); Arar Commission, recommendation 8 (each item is screened before it leaves).
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef

from accord.courier.prepared import Prepared
from accord.exchange.circumstances import with_circumstances
from accord.exchange.completing import completed
from accord.exchange.drafting import own_side_of
from accord.exchange.drafts import given_values
from accord.exchange.facts import facts_of_draft
from accord.exchange.models import Attachment, Clock, HoldAnswer, Message
from accord.exchange.on_file import with_records_on_file
from accord.exchange.registered import registered
from accord.exchange.text import looks_well_written
from accord.law.facts import ClearanceFact, Facts, facts_digest
from accord.parties.models import Party
from accord.parties.terms import PeerTerms
from accord.release.gate import our_party
from accord.release.models import ReceivedMessage

__all__ = ["answered_by", "clock_answered", "facts_of", "hold_binding"]


def clock_answered(message: Message) -> Clock | None:
    """Returns the clock of the request that a message answers, if any."""
    if message.in_reply_to_id is None:
        return None
    return Clock.objects.filter(message_id=message.in_reply_to_id).first()


THREAD_STEPS_MAX: Final = 64
"""Replies to replies that are followed back; a thread has a handful."""


def answered_by(message: Message) -> dict[str, Any]:  # Any: each field has its own type
    """Returns whom the messages of the thread name, back to the first: to answer about somebody is to speak of them."""
    named: dict[str, Any] = {}
    about = message.in_reply_to
    for _ in range(THREAD_STEPS_MAX):
        if about is None:
            break
        fields = about.fields
        for name in ("persons", "person_categories"):
            given = fields.get(name)
            if isinstance(given, list) and len(given) > len(named.get(name, ())):
                named[name] = given
        named["has_biometrics"] = named.get("has_biometrics") or bool(fields.get("has_biometrics"))
        about = about.in_reply_to
    return named


# Asked for each message that leaves, once at submission and once at release.
_RECEIVED_FROM: Final = Prepared(
    lambda party, peer: (
        Party.objects.exclude(code=party)
        .exclude(code=peer)
        .filter(Exists(ReceivedMessage.objects.filter(peer_id=OuterRef("pk"))))
        .order_by("code")
        .values_list("code")
    ),
    str,
    str,
)
_HOLD_ANSWERS: Final = Prepared(
    lambda message: (
        HoldAnswer.objects.filter(message_id=message)
        .order_by("policy")
        .values_list("policy", "decided_by__username", "decided_at", "reason", "bound_to")
    ),
    UUID,
)
_ANY_ATTACHMENT: Final = Prepared(
    lambda message: Attachment.objects.filter(message_id=message).order_by().values_list("pk")[:1], UUID
)


def facts_of(message: Message, *, releaser: str | None, now: datetime) -> Facts:
    """Returns the facts of letting a draft leave now.

    Args:
        message: The draft.
        releaser: User name of the releasing officer; ``None`` before release.
        now: The time.
    """
    party, peer, own = our_party(), message.case.peer_id, own_side_of(message)
    clock, given = clock_answered(message), _given(message)
    told = registered(party, peer, own, on=now.date())
    facts = facts_of_draft(
        party=party,
        peer=peer,
        kind=message.kind,
        given=given,
        own=own,
        answered=answered_by(message),
        drafter=message.drafted_by.username if message.drafted_by else "",
        releaser=releaser,
        on=now.date(),
        due_on=clock.due_at.date() if clock is not None else None,
        arrangements=told.arrangements,
        risk=told.risk,
        assurance=told.assurance,
        received_from=tuple(code for (code,) in _RECEIVED_FROM.rows(party, peer)),
    )
    facts = with_records_on_file(with_circumstances(facts, message, now=now), message)
    facts = completed(facts, given, own)
    if told.terms is not None:
        facts = _with_terms(facts, told.terms)
    return msgspec.structs.replace(facts, clearances=_clearances(message, facts))


def _with_terms(facts: Facts, terms: PeerTerms) -> Facts:
    """Returns the facts with what both sides signed for the theme.

    A message of no theme lies outside a plan that names the open ones, and is held to the lowest of its ceilings.
    """
    ceilings = [most for theme, most in terms.ceilings.items() if facts.theme in {None, theme}]
    return msgspec.structs.replace(
        facts,
        is_outside_plan=bool(terms.lanes) and facts.theme not in terms.lanes,
        plan_classification=min((most[0] for most in ceilings), key=lambda code: code.rank, default=None),
        plan_handling=min((most[1] for most in ceilings), default=None),
    )


def _clearances(message: Message, facts: Facts) -> tuple[ClearanceFact, ...]:
    """Returns the answers to holds that were given to exactly this text, these files and these facts."""
    answers = _HOLD_ANSWERS.rows(message.pk)
    bound_to = hold_binding(message, facts) if answers else b""
    return tuple(
        ClearanceFact(policy=policy, by=by, on=decided_at.date(), has_reason=bool(reason))
        for policy, by, decided_at, reason, bound in answers
        if hmac.compare_digest(bytes(bound), bound_to)
    )


def hold_binding(message: Message, facts: Facts) -> bytes:
    """Returns what an answer to a hold is bound to: the text, its files, and what the gate was told but for the day.

    A text that is written anew, a file that is added, or a fact that is changed leaves the answer without effect.

    Args:
        message: The draft.
        facts: Its facts.
    """
    timeless = msgspec.structs.replace(
        facts,
        date=message.created_at.date(),
        retention_days=None,
        releaser=None,
        clearances=(),
        due_on=None,
        is_reviewer_in_post=None,
    )
    digest = hashlib.sha256(b"accord/hold-answer/1\0" + facts_digest(timeless))
    digest.update(hashlib.sha256(bytes(message.content)).digest())
    for sha256 in message.attachments.order_by("id").values_list("sha256", flat=True):
        digest.update(bytes(sha256))
    return digest.digest()


def _given(message: Message) -> dict[str, Any]:  # Any: each field has its own type
    is_well_written = looks_well_written(bytes(message.content))
    given = given_values(message.kind, message.fields, by_officer=False, is_well_written=is_well_written)
    if _ANY_ATTACHMENT.rows(message.pk):
        given["attachments"] = True
    return given
