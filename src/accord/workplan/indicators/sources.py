"""Sources: what reads this node's own tables and says what is to be counted, one for each family of observations.

A source is asked for whole cases at a time, whenever something of them changed, and answers with everything that they
hold of its families; what it said before is replaced. So a late answer, a withdrawal or a disposition of long ago
changes the day it belongs to, and nothing has to be subtracted.

A room above or beside registers its own source when Django is ready (a workstream for its kinds, the directory of
authorities for its tests), and the next look counts everything anew.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from accord.release.registry import is_known

from .definitions import Definition

__all__ = ["Kept", "Observed", "Source", "families", "is_measured", "register_source", "sources", "unknown_kinds"]


class Observed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing that is counted, as it stands.

    Args:
        peer: Code of the other party.
        case: Key of its case; ``None`` for what has none.
        subject: Key of what is counted: the message's, where it is one.
        envelope_id: By which both sides know it.
        family: What sort of thing it is.
        code: What tells it apart from others of the same subject, for example a ground; empty where nothing does.
        is_ours: Whether our side made it.
        theme: Its theme.
        urgency: Its urgency, where it has one.
        at: When both sides had it: its signed receipt. Its day counts.
        due_at: From when on it counts though it was not done; ``None`` where it never does.
        done_at: When it was done.
        is_met: Whether it was done as it should.
        whole: How much it is of the denominator.
        part: How much of the numerator, where it is met.
    """

    # In the order in which they are stored.
    peer: str
    case: UUID | None
    subject: UUID
    envelope_id: UUID | None
    family: str
    code: str = ""
    is_ours: bool
    theme: str = ""
    urgency: str = ""
    at: datetime
    due_at: datetime | None = None
    done_at: datetime | None = None
    is_met: bool = False
    whole: int = 1
    part: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Says that what was observed of a subject stands as it is: its content was erased, and cannot be read again."""

    subject: UUID


def _nothing_since(_moment: datetime | None) -> Iterator[Observed]:
    """A source whose subjects all belong to cases."""
    return iter(())


def _nothing_of_cases(_cases: Sequence[UUID]) -> Iterator[Observed | Kept]:
    """A source whose subjects belong to no case."""
    return iter(())


@dataclass(frozen=True, kw_only=True)
class Source:
    """Reads one sort of thing.

    Args:
        name: Its name; a second source of the same name replaces the first.
        families: Families of what it observes.
        of_cases: Returns everything in these cases, each thing once.
        kinds: Kinds of message of which a case has one where there is anything; of any case where left out.
        since: Returns what belongs to no case and changed since a moment; everything for ``None``.
    """

    name: str
    families: frozenset[str]
    kinds: frozenset[str] = frozenset()
    of_cases: Callable[[Sequence[UUID]], Iterator[Observed | Kept]] = _nothing_of_cases
    since: Callable[[datetime | None], Iterator[Observed]] = _nothing_since


_SOURCES: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Makes a source known; a second one of the same name replaces the first (as on reload)."""
    _SOURCES[source.name] = source


def sources() -> tuple[Source, ...]:
    """Returns all sources, by name."""
    return tuple(_SOURCES[name] for name in sorted(_SOURCES))


def families() -> frozenset[str]:
    """Returns the families that some source reads."""
    return frozenset().union(*(source.families for source in _SOURCES.values()))


def unknown_kinds(definition: Definition) -> tuple[str, ...]:
    """Returns the kinds of message that a definition is read from and that this node does not know."""
    return tuple(kind for kind in definition.kinds if not is_known(kind))


def is_measured(definition: Definition) -> bool:
    """Returns whether this node can measure a definition: it knows the kinds, and something reads them."""
    needed = {definition.family, definition.of_family or definition.family}
    return not unknown_kinds(definition) and needed <= families()
