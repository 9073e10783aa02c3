"""What changed between two texts of one message, in the words in which an officer reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accord.node.desk.reading import Part, parts_of
from accord.vocabulary.pieces import Piece, pieces_between

__all__ = ["Change", "changes_between"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field that is not as it was.

    Args:
        label: Names of the field and of the groups that it lies in, outermost first.
        pieces: Its text with what was taken out and put in.
        is_written: Whether it is its writer's own text, and not words or figures of the desk.
        language: Language of what was written; empty where it is not known.
    """

    label: tuple[str, ...]
    pieces: tuple[Piece, ...]
    is_written: bool = False
    language: str = ""


def changes_between(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    names: Mapping[str, Any] | None = None,
    told: frozenset[str] = frozenset(),
) -> tuple[Change, ...]:
    """Returns the fields that differ, in the order of reading.

    Args:
        before: The message as it was.
        after: The message as it is.
        names: What members are called where they are no message's.
        told: Members whose texts are words of the desk already, in the reader's language.
    """
    old, new = (dict(_lines(parts_of(one, names=names, told=told))) for one in (before, after))
    texts = {path: (_text(old.get(path)), _text(new.get(path)), new.get(path) or old[path]) for path in {**new, **old}}
    return tuple(
        Change(
            label=tuple(name for name, _place in path),
            pieces=pieces_between(was, now),
            is_written=part.is_written,
            language=part.language,
        )
        for path, (was, now, part) in texts.items()
        if was != now
    )


_Path = tuple[tuple[str, int], ...]


def _lines(parts: tuple[Part, ...], under: _Path = ()) -> Iterator[tuple[_Path, Part]]:
    for part in parts:
        if part.groups:
            for place, group in enumerate(part.groups):
                yield from _lines(group, (*under, (str(part.label), place)))
        else:
            yield (*under, (str(part.label), 0)), part


def _text(part: Part | None) -> str:
    if part is None:
        return ""
    return "\n".join(part.items) if part.items else part.text
