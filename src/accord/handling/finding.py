"""Finding copies: what a draft holds of what was received, found by the node itself and not stated by its author.

A draft is looked at when it is saved and again when it is submitted, a file when it is attached. What is found is a
step of provenance, and the draft is governed by it: it may not leave with less handling than what it holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

from django.utils import timezone

from accord.exchange.drafting import save_draft
from accord.exchange.drafts import FieldProblem
from accord.exchange.errors import ActRefused
from accord.exchange.models import AgencyInquiry, Attachment, Message
from accord.exchange.submission import is_same_words
from accord.exchange.watching import Watcher
from accord.handling.applying import stop_drafts
from accord.handling.derivations import CARRIES_CONTENT, FILES_KEYS, files_of, marks_held, record
from accord.handling.governance import Governance, governance_of_draft, lost_in, taken_over
from accord.handling.models import Derivation, FileMark, Passage, Way
from accord.handling.passages import (
    COMMON_FROM,
    marks_of,
    marks_of_draft,
    narrative,
    says_enough,
    words_held,
)
from accord.handling.passing_on import PassedOn, not_permitted, passed_on, use_up
from accord.handling.reading import LOOK_UP_MARKS, mark_received, mark_taken_out, parts_of, texts_of
from accord.handling.standing import Standing, standings_of
from accord.officers.models import Officer

__all__ = ["WATCHER", "not_yet_permitted", "take_over_handling"]

_SHOWN: Final = 20
"""Sources from which on one is named only for a passage that no other holds; those that share most come first."""


def _sources_of_marks(marks: Iterable[int]) -> list[UUID]:
    """Returns the messages with which marks are shared, the most first; phrases that many hold count for none."""
    held: dict[int, list[UUID]] = defaultdict(list)
    wanted = list(marks)
    for start in range(0, len(wanted), LOOK_UP_MARKS):
        for mark, key in Passage.objects.filter(mark__in=wanted[start : start + LOOK_UP_MARKS]).values_list(
            "mark", "message_id"
        ):
            held[mark].append(key)
    marked: dict[UUID, set[int]] = defaultdict(set)
    for mark, keys in held.items():
        if len(keys) < COMMON_FROM:
            for key in keys:
                marked[key].add(mark)
    found: list[UUID] = []
    covered: set[int] = set()
    for key in sorted(marked, key=lambda one: -len(marked[one])):
        # Of many that hold the same, some are enough; a passage that none of them holds is never left out.
        if len(found) < _SHOWN or marked[key] - covered:
            found.append(key)
            covered |= marked[key]
    return found


def _look(message: Message) -> None:
    """Finds the passages that a draft holds, and replaces what was found when it was last saved."""
    found = [] if is_same_words(message) else _sources_of_marks(marks_of_draft(message.fields))
    steps = Derivation.objects.filter(derived_id=message.pk, way=Way.QUOTE).exclude(detail__has_any_keys=FILES_KEYS)
    known = {step.source_id for step in steps}
    if known - set(found):
        steps.exclude(source_id__in=found).delete()
    for source in Message.objects.filter(pk__in=set(found) - known):
        record(Way.QUOTE, source, officer=message.saved_by, derived=message, now=message.saved_at)


def _on_saved(message: Message) -> None:
    if message.version == 1 and message.in_reply_to is not None:
        record(Way.REPLY, message.in_reply_to, officer=message.saved_by, derived=message, now=message.saved_at)
    _look(message)


def _on_attached(attachment: Attachment, file: BinaryIO) -> None:
    mark_received()
    whole, parts = bytes(attachment.sha256), parts_of(attachment.media_type, file)
    marks = FileMark.objects.filter(sha256__in=[whole, *parts]).select_related("message")
    for mark in marks:
        is_same = not mark.is_part and bytes(mark.sha256) == whole
        way = Way.FILE if is_same else Way.FILE_PART
        _record_file(way, mark.message, attachment)
    # A name travels, too, and holds a passage as well as a text does.
    quoted = marks_of(attachment.name)
    for text in texts_of(attachment.media_type, file):
        quoted |= marks_of(text)
    for source in Message.objects.filter(pk__in=_sources_of_marks(quoted)):
        # Kept apart from the words of the message itself, so that neither step hides the other.
        _record_file(Way.FILE_PART, source, attachment)


def _record_file(way: Way, source: Message, attachment: Attachment) -> None:
    message = attachment.message
    key = str(attachment.pk)
    detail = {"files": key, "sha256": bytes(attachment.sha256).hex()}
    step = record(way, source, officer=message.saved_by, derived=message, detail=detail, now=message.saved_at)
    held = files_of(step)
    if held and key not in held:
        step.detail = {**step.detail, "files": " ".join((*held, key))}
        step.save(update_fields=["detail"])


def _on_asked(inquiry: AgencyInquiry) -> None:
    """An agency is asked about what the other side last asked or gave in the case."""
    said = Message.objects.filter(case_id=inquiry.case_id, direction=Message.Direction.IN)
    source = said.order_by("-received_at").first()
    if source is not None:
        detail = {"agency": inquiry.agency}
        record(Way.INQUIRY, source, officer=inquiry.asked_by, derived=inquiry, detail=detail, now=inquiry.asked_at)


def _on_detached(attachment: Attachment) -> None:
    key = str(attachment.pk)
    for step in Derivation.objects.filter(derived_id=attachment.message_id, detail__has_any_keys=FILES_KEYS):
        left = [one for one in files_of(step) if one != key]
        if not left:
            step.delete()
        elif len(left) < len(files_of(step)):
            step.detail = {**step.detail, "files": " ".join(left)}
            step.save(update_fields=["detail"])


def _on_submitted(message: Message) -> None:
    if mark_received():
        # Something arrived that was not marked when the draft was saved.
        _look(message)


def _problems(message: Message, now: datetime) -> tuple[FieldProblem, ...]:
    if not Derivation.objects.filter(derived_id=message.pk, way__in=CARRIES_CONTENT).exists():
        return ()
    governed = governance_of_draft(message)
    if governed is None:
        return ()
    passed = passed_on(message, governed, on=now.date())
    return (*lost_in(message.fields, governed), *not_permitted(passed), *_corrected_since(message, governed))


def _corrected_since(message: Message, governed: Governance) -> Iterator[FieldProblem]:
    """Yields what a draft may not say any more: words of a recalled message, or words that were corrected."""
    main = max(narrative(message.fields), key=lambda one: len(one[1]), default=("attachments", ""))[0]
    standings = standings_of(governed.sources)
    for source in Message.objects.filter(pk__in=governed.sources):
        standing = standings.get(source.pk, Standing())
        if source.state == Message.State.WITHDRAWN or standing.is_recalled:
            yield FieldProblem(
                field=main,
                sentence=f"It holds a passage or file of {source.reference}, which its originator has recalled.",
                next_step="Take out what comes from it.",
            )
        for held in words_held(message.fields, standing.values, marks_held([source.pk])):
            yield FieldProblem(
                field=held.field,
                sentence=f"It says {held.wrong}, which the originator of {source.reference} has corrected.",
                next_step=(
                    # Too small to be looked for but beside a passage: without one, nothing is left to mend.
                    f"Mend these words, or write in your own what comes from {source.reference}."
                    if not says_enough(held.wrong)
                    else f"Write {held.right} instead; say what is about another in a message that holds nothing of "
                    f"{source.reference}."
                    if held.right
                    else "Take these words out; say what is about another in a message that holds nothing of "
                    f"{source.reference}."
                ),
            )


def _left(message: Message, officer: Officer, now: datetime) -> None:
    """Looks a last time: a grant may have ended, and a restriction may have come, since the draft was submitted."""
    governed = governance_of_draft(message)
    if governed is None:
        return
    passed = passed_on(message, governed, on=now.date(), locks=True)
    for problem in (*lost_in(message.fields, governed), *not_permitted(passed)):
        raise ActRefused(
            problem.sentence,
            code="handling.not-as-governed",
            next_step=problem.next_step,
            fields={"field": problem.field},
        )
    use_up(passed, officer, now)


def not_yet_permitted(message: Message) -> tuple[PassedOn, ...]:
    """Returns what a draft holds that its originator must permit there and has not."""
    governed = governance_of_draft(message)
    if governed is None:
        return ()
    return tuple(one for one in passed_on(message, governed, on=timezone.now().date()) if one.grant is None)


def take_over_handling(officer: Officer, message: Message, *, version: int, now: datetime | None = None) -> Message:
    """Gives a draft the handling of what it holds: codes, caveats, evaluation and retention that it lacks.

    Args:
        officer: Who writes the draft.
        message: The draft.
        version: Version the officer has before them.
        now: The time.

    Returns:
        The draft with its new version; the same where it lacks nothing.

    Raises:
        NotPermitted: The officer may not draft.
        StaleDraft: A colleague saved meanwhile.
        ActRefused: It has left.
    """
    governed = governance_of_draft(message)
    if governed is None or not lost_in(message.fields, governed):
        return message
    fields = taken_over(message.fields, governed)
    return save_draft(officer, message, version=version, fields=fields, now=now or timezone.now())


WATCHER: Final = Watcher(
    saved=_on_saved,
    attached=_on_attached,
    detached=_on_detached,
    taken_out=mark_taken_out,
    asked=_on_asked,
    submitted=_on_submitted,
    problems=_problems,
    withdrawn=partial(stop_drafts, is_final=True),
    left=_left,
)
