"""What a workstream adds to the pages of cases: kinds with which a case may begin, and acts beside a message.

A workstream brings two modules in its folder of the desk. ``beginnings`` has ``BEGINNINGS``, kinds with their words,
and ``first_words`` and ``own_words`` of a kind. ``case_acts`` has ``acts_of_case`` and ``acts_of_message``, and
``next_of``, which returns the next step where the last message of a case is one of its kinds; ``clocks_of_cases``,
which says how long cases wait by a rule of its own; and ``answered_by``, which says of what a draft speaks. What
the queue is to list by such a wait is named below, in :mod:`accord.exchange.waits`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accord.exchange.models import Case, Message
from accord.node.desk.workstreams import modules_named
from accord.officers.models import Officer

__all__ = [
    "WorkstreamAct",
    "WorkstreamClock",
    "WorkstreamMatter",
    "acts_of_case",
    "acts_of_messages",
    "answered_by",
    "beginnings",
    "clock_of_case",
    "clocks_of_cases",
    "next_of",
    "words_of_beginning",
]


@dataclass(frozen=True, kw_only=True)
class WorkstreamAct:
    """An act of a workstream on the page of a case.

    Args:
        words: The words of its button.
        address: Where it leads.
        act: Where it changes something: what the form says is to be done; it is a link else.
        is_main: Whether it is the main one.
    """

    words: Any  # Any: a lazy translation
    address: str
    act: str = ""
    is_main: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkstreamClock:
    """How long a case waits by a workstream's own rule.

    Args:
        words: Where it stands, with the days that are left.
        icon: The icon beside the words.
        tone: The tone of the clock.
        left: What is left in each capital, by the codes of the parties.
        until: When the wait ends, while something is waited for; it is over where that has passed.
    """

    words: str
    icon: str
    tone: str = ""
    left: tuple[tuple[str, str], ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WorkstreamMatter:
    """What a message of a workstream answers or speaks of, in short, for who approves it.

    Args:
        title: What it is, as the heading of its block.
        rows: Names of its parts with what they say; what another side wrote is marked as such.
        address: Its own page.
        link: The words that lead there.
        clock: How long it waits.
    """

    title: str
    rows: tuple[tuple[str, str, bool], ...]
    address: str
    link: str
    clock: WorkstreamClock | None = None


def beginnings() -> list[tuple[str, Any]]:  # Any: lazy translations
    """Returns the kinds of the workstreams with which a case may begin, with their words."""
    return [one for module in modules_named("beginnings") for one in module.BEGINNINGS]


def words_of_beginning(kind: str, *, peer: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Returns what a first message says by its kind, and what our side states; ``None`` where no workstream has it.

    Args:
        kind: Kind of message.
        peer: Code of the other party.
    """
    for module in modules_named("beginnings"):
        if any(kind == code for code, _words in module.BEGINNINGS):
            return module.first_words(kind, peer=peer), module.own_words(kind)
    return None


def acts_of_case(officer: Officer, case: Case) -> list[WorkstreamAct]:
    """Returns what the workstreams let an officer do in a case."""
    return [act for module in modules_named("case_acts") for act in module.acts_of_case(officer, case)]


def acts_of_messages(officer: Officer, messages: Iterable[Message]) -> Mapping[UUID, list[WorkstreamAct]]:
    """Returns what the workstreams let an officer do about each of some messages, by their keys."""
    found: dict[UUID, list[WorkstreamAct]] = {}
    for module in modules_named("case_acts"):
        for message in messages:
            acts = module.acts_of_message(officer, message)
            if acts:
                found.setdefault(message.pk, []).extend(acts)
    return found


def next_of(officer: Officer, case: Case, message: Message) -> WorkstreamAct | None:
    """Returns the next step of a case whose newest message is of a workstream's kind; ``None`` where none has one."""
    steps = (module.next_of(officer, case, message) for module in modules_named("case_acts"))
    return next((step for step in steps if step is not None), None)


def clock_of_case(case: Case) -> WorkstreamClock | None:
    """Returns how long a case waits by the rule of a workstream; ``None`` where none has one for it."""
    return clocks_of_cases([case]).get(case.pk)


def clocks_of_cases(cases: Collection[Case]) -> Mapping[UUID, WorkstreamClock]:
    """Returns how long cases wait by the rules of the workstreams, by the keys of those in which one has a rule."""
    found: dict[UUID, WorkstreamClock] = {}
    for module in modules_named("case_acts") if cases else ():
        found = {**module.clocks_of_cases(cases), **found}
    return found


def answered_by(officer: Officer, message: Message) -> WorkstreamMatter | None:
    """Returns what a message answers or speaks of, by the rule of a workstream; ``None`` where it is of no such kind.

    Args:
        officer: Who reads; what they may not read is not shown.
        message: The message, which need not have left.
    """
    found = (module.answered_by(officer, message) for module in modules_named("case_acts"))
    return next((one for one in found if one is not None), None)
