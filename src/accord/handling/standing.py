"""How a message stands after its corrections: what its originator says of it now, and what it said before.

Nothing is written into the message. Its corrections are read in the order of their sender's log, however they arrived,
and of two that speak of the same the later one counts; the earlier stays as history. What was recalled or erased
stays so: nothing that follows brings it back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import F, Max

from accord.exchange.kinds.correction import CorrectedValue, CorrectionAction, CorrectionReason
from accord.exchange.kinds.particulars import Caveat
from accord.exchange.models import Message
from accord.handling.models import CorrectedMessage, Correction
from accord.handling.passages import plain_words
from accord.law.statements import CorrectionState
from accord.vocabulary.handling import Handling

__all__ = [
    "Change",
    "Said",
    "Standing",
    "corrected_at",
    "correction_state",
    "governed_fields",
    "last_restriction",
    "said_in",
    "standing_of",
    "standings_of",
]

_HANDLING = list(Handling)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction says, as far as it is still here: of one whose words were erased, how it governs.

    Args:
        action: What the receiver is to do.
        reason: Why.
        what_is_wrong: In words.
        values: The wrong words and the right ones.
        new_handling: The handling code from then on.
        new_caveats: Further caveats from then on.
    """

    action: CorrectionAction
    reason: CorrectionReason
    what_is_wrong: str = ""
    values: tuple[CorrectedValue, ...] = ()
    new_handling: Handling | None = None
    new_caveats: tuple[Caveat, ...] = ()


def said_in(message: Message) -> Said:
    """Returns what a correction says, or what is left of it."""
    return msgspec.json.decode(bytes(message.content), type=Said)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One correction of a message.

    Args:
        correction: The correction.
        content: What it says.
        counts: Whether it still counts, as far as a later one does not take its place.
    """

    correction: Correction
    content: Said
    counts: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one message stands.

    Args:
        changes: Its corrections, in the order of their sender's log.
        handling: Handling code that a correction set, if any.
        caveats: Caveats that it added.
        values: Wrong words with the right ones; ``None`` where they are to be taken out.
        is_recalled: Whether it was recalled or erased.
        is_erased: Whether its content is to be gone.
    """

    changes: tuple[Change, ...] = ()
    handling: Handling | None = None
    caveats: tuple[Caveat, ...] = ()
    values: tuple[tuple[str, str | None], ...] = ()
    is_recalled: bool = False
    is_erased: bool = False


def _stands(rows: Iterable[Correction]) -> Standing:
    read = [(row, said_in(row.message)) for row in rows]
    # Of a handling code, and of caveats, the last word counts; a restriction that names only one leaves the other.
    handling = max((i for i, (_, said) in enumerate(read) if said.new_handling), default=None)
    caveats = max((i for i, (_, said) in enumerate(read) if said.new_caveats), default=None)
    values: dict[str, tuple[int, str, str | None]] = {}
    for index, (_, said) in enumerate(read):
        for value in said.values:
            # What was called wrong and is called right again is wrong no more.
            values.pop(plain_words(value.right or ""), None)
            values[plain_words(value.wrong)] = (index, value.wrong, value.right)
    counting = {index for index, _, _ in values.values()} | {handling, caveats}
    recalls = (CorrectionAction.RECALL, CorrectionAction.ERASE)
    return Standing(
        changes=tuple(
            Change(correction=row, content=said, counts=index in counting or said.action in recalls)
            for index, (row, said) in enumerate(read)
        ),
        handling=read[handling][1].new_handling if handling is not None else None,
        caveats=read[caveats][1].new_caveats if caveats is not None else (),
        values=tuple((wrong, right) for _, wrong, right in values.values()),
        is_recalled=any(said.action in recalls for _, said in read),
        is_erased=any(said.action is CorrectionAction.ERASE for _, said in read),
    )


def standings_of(keys: Iterable[UUID]) -> Mapping[UUID, Standing]:
    """Returns how messages stand; one that was never corrected is not in it."""
    rows = (
        CorrectedMessage.objects.filter(message_id__in=list(keys))
        .select_related("correction__message")
        .order_by(F("correction__position").asc(nulls_last=True), "correction__at")
    )
    found: dict[UUID, list[Correction]] = {}
    for row in rows:
        found.setdefault(row.message_id, []).append(row.correction)
    return {key: _stands(corrections) for key, corrections in found.items()}


def correction_state(standing: Standing) -> CorrectionState:
    """Returns what its originator has said about a message since it came, as the law reads it.

    It was corrected whether or not the words of the correction are still here. That it was restricted is for whoever
    makes something of it to see: only what lacks the restriction is stopped by it.

    Args:
        standing: How the message stands.
    """
    if standing.is_recalled:
        return "erased" if standing.is_erased else "withdrawn"
    is_corrected = any(one.content.action is CorrectionAction.CORRECT for one in standing.changes)
    return "corrected" if is_corrected else "none"


def standing_of(message: Message) -> Standing:
    """Returns how one message stands."""
    return standings_of([message.pk]).get(message.pk, Standing())


def corrected_at(keys: Iterable[UUID]) -> Mapping[UUID, datetime]:
    """Returns when the words of messages were last corrected, of either side; one that was not is not in it.

    Args:
        keys: The messages.
    """
    named = list(keys)
    if not named:
        return {}
    corrections = CorrectedMessage.objects.filter(
        message_id__in=named, correction__action=CorrectionAction.CORRECT.value
    )
    return dict(corrections.order_by().values_list("message_id").annotate(Max("correction__at")))


def governed_fields(fields: Mapping[str, object], standing: Standing) -> dict[str, object]:
    """Returns a message's fields with the handling that governs it now; a correction never makes it less strict.

    Args:
        fields: The fields as they were sent.
        standing: How the message stands.
    """
    changed = dict(fields)
    before = str(fields.get("handling") or Handling.H0.value)
    if standing.handling is not None and _HANDLING.index(standing.handling) > _HANDLING.index(Handling(before)):
        changed["handling"] = standing.handling.value
    if standing.caveats:
        told = fields.get("caveats")
        changed["caveats"] = [*(told if isinstance(told, list) else ()), *msgspec.to_builtins(standing.caveats)]
    return changed


def last_restriction(standing: Standing) -> int | None:
    """Returns the place of the last restriction in its sender's log: what was granted before is granted no more."""
    restricting = (one.correction for one in standing.changes if one.content.action is CorrectionAction.RESTRICT)
    return max((one.position for one in restricting if one.position is not None), default=None)
