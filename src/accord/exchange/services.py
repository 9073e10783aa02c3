"""The acts of officers on cases and messages: one function an act, each checks the permission first.

The first argument is always the acting officer. ``now`` may be given to every act and is the clock's time otherwise.
An act raises a child of :class:`~accord.errors.AccordError` and then has changed nothing, except that a refusal by the
law gate is kept on record.

Asking, at the node of the party that asks::

    case = create_case(liaison, peer="IN", theme="precursors", title="Drum declared as intermediate")
    draft = draft_request(liaison, case, {...fields...}, own={...own side...})
    found = check_draft(liaison, draft)                  # found.problems, found.decision.reasons (rule, cure, decider)
    draft = save_draft(liaison, draft, version=draft.version, fields={...cured...})
    draft = submit(liaison, draft, version=draft.version)                   # GateRefuses, DraftIncomplete, StaleDraft
    shown = bytes(draft.approval.payload)                                   # exactly what will leave
    draft = approve(releasing, draft, seen_digest=..., seen_facts_digest=...)            # of what was shown
    sent = release(releasing, draft)                                        # state "released", envelope_id set

Answering, at the other node, once ``accord.release.intake.take_in`` has filed the request::

    row = queue(duty, section=Section.NEW)[0]                               # row.reading: due in both capitals
    request = row.message
    take(duty, row.case)
    inquiry = ask_agency(duty, row.case, agency="NCB", question="...")      # stays on this side
    record_reply(duty, inquiry, text="...", holds_information=True)
    draft = answer(duty, request, {"outcome": "partial", "text": "...", ...}, own={...})
    draft = submit(duty, draft, version=draft.version)
    draft = approve(releasing, draft, seen_digest=..., seen_facts_digest=...)            # of what was shown
    release(releasing, draft)

``refuse``, ``delay``, ``clarify`` and ``cannot_confirm`` draft in the place of ``answer``. ``cannot_confirm`` leaves
at a time that depends on the request alone: ``release`` returns it still approved, with ``release_at`` set, and the
job runner's :func:`release_due` lets it leave.

The fields of each kind are the types in :mod:`accord.exchange.kinds`; what the node fills itself (references,
attachments, table of time limits) is refused in a draft. ``sender`` is filled from the officer's agency when missing.
"""

from accord.exchange.answering import (
    answer,
    ask_agency,
    cannot_confirm,
    clarify,
    close_case,
    delay,
    record_reply,
    refuse,
    resume,
)
from accord.exchange.attaching import attach, detach, has_arrived, take_out
from accord.exchange.beginning import ReplyBegun, begin_case, begin_reply
from accord.exchange.discarding import discard
from accord.exchange.drafting import create_case, draft_information, draft_request, save_draft
from accord.exchange.drafts import DraftIncomplete, FieldRefused, StaleDraft
from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.hold_answers import answer_hold
from accord.exchange.holding import CaseHeld, assign, hand_over, take, take_over
from accord.exchange.linking import join_case, link_cases, links_of, unlink_cases
from accord.exchange.noting import notes_of, write_note
from accord.exchange.parking import TriedAgain, parked_messages, try_again
from accord.exchange.previewing import preview
from accord.exchange.reading import clock_reading, messages_of, read_case, read_message
from accord.exchange.releasing import approve, release, release_due, send_back, withdraw
from accord.exchange.submission import Check, check_draft, submit
from accord.exchange.taking_back import take_back
from accord.exchange.team import add_member, break_in, keep_to_team, open_to_scope, remove_member, team_of
from accord.exchange.waiting import QueueRow, Section, parked_counts, queue, queue_counts
from accord.exchange.withdrawing import recall

__all__ = [
    "ActRefused",
    "CaseHeld",
    "Check",
    "DraftIncomplete",
    "FieldRefused",
    "NotFound",
    "QueueRow",
    "ReplyBegun",
    "Section",
    "StaleDraft",
    "TriedAgain",
    "add_member",
    "answer",
    "answer_hold",
    "approve",
    "ask_agency",
    "assign",
    "attach",
    "begin_case",
    "begin_reply",
    "break_in",
    "cannot_confirm",
    "check_draft",
    "clarify",
    "clock_reading",
    "close_case",
    "create_case",
    "delay",
    "detach",
    "discard",
    "draft_information",
    "draft_request",
    "hand_over",
    "has_arrived",
    "join_case",
    "keep_to_team",
    "link_cases",
    "links_of",
    "messages_of",
    "notes_of",
    "open_to_scope",
    "parked_counts",
    "parked_messages",
    "preview",
    "queue",
    "queue_counts",
    "read_case",
    "read_message",
    "recall",
    "record_reply",
    "refuse",
    "release",
    "release_due",
    "remove_member",
    "resume",
    "save_draft",
    "send_back",
    "submit",
    "take",
    "take_back",
    "take_out",
    "take_over",
    "team_of",
    "try_again",
    "unlink_cases",
    "withdraw",
    "write_note",
]
