"""Keyset paging: a page is what comes after the last row seen, whatever was added meanwhile.

The cursor is opaque and signed: a caller can neither read a meaning into it nor make one up, so the order of a
list may change without breaking anyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

from accord.node.api.problems import Malformed

__all__ = ["CursorRefused", "Page", "page_along", "page_of"]

Row = TypeVar("Row", bound=Model)


class CursorRefused(Malformed):
    """The cursor is not one that this node gave for this list."""

    code = "api.cursor-refused"
    default_next_step = "Take the cursor from the last page of the same list, or start without one."


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """One page of a list.

    Args:
        rows: The rows, in the order of the list.
        next: The cursor of the next page; ``None`` on the last one.
    """

    rows: Sequence[Row]
    next: str | None


def page_of(
    rows: QuerySet[Row],
    name: str,
    *,
    cursor: str | None,
    limit: int,
    by: str = "pk",
    newest_first: bool = True,
) -> Page[Row]:
    """Returns a page of rows in the order of one column, and of their primary key where that is equal.

    Args:
        rows: What the caller may see, in any order.
        name: Name of the list; a cursor of one list opens no other.
        cursor: Where the page before ended; ``None`` for the first page.
        limit: Most rows of the page.
        by: Column of the order: the primary key, or a time that is never null.
        newest_first: Whether the highest value comes first.

    Raises:
        CursorRefused: The cursor is not of this list.
    """
    signer = Signer(salt=f"accord.api.cursor.{name}")
    if cursor is not None:
        rows = rows.filter(_beyond(_place(signer, cursor), by=by, word="lt" if newest_first else "gt"))
    sign = "-" if newest_first else ""
    found = list(rows.order_by(*((f"{sign}{by}", f"{sign}pk") if by != "pk" else (f"{sign}pk",)))[: limit + 1])
    page = found[:limit]
    return Page(rows=page, next=_cursor(signer, page[-1], by=by) if len(found) > limit else None)


def page_along(
    rows: QuerySet[Row], name: str, *, cursor: str | None, limit: int, order: Sequence[tuple[str, bool]]
) -> Page[Row]:
    """Returns a page of rows in the order of several columns of numbers or texts.

    Args:
        rows: What the caller may see, in any order.
        name: Name of the list; a cursor of one list opens no other.
        cursor: Where the page before ended; ``None`` for the first page.
        limit: Most rows of the page.
        order: The columns, each with whether its highest value comes first; no two rows are equal in all of them.

    Raises:
        CursorRefused: The cursor is not of this list.
    """
    signer = Signer(salt=f"accord.api.cursor.{name}")
    if cursor is not None:
        place, beyond, equal = _place(signer, cursor), Q(pk__in=[]), Q()
        for (column, is_falling), value in zip(order, place, strict=True):
            beyond |= equal & Q(**{f"{column}__{'lt' if is_falling else 'gt'}": value})
            equal &= Q(**{column: value})
        rows = rows.filter(beyond)
    found = list(rows.order_by(*(f"{'-' if is_falling else ''}{column}" for column, is_falling in order))[: limit + 1])
    page = found[:limit]
    last = [getattr(page[-1], column) for column, _is_falling in order] if len(found) > limit else None
    return Page(rows=page, next=signer.sign_object(last) if last is not None else None)


def _place(signer: Signer, cursor: str) -> list[str]:
    try:
        value: list[str] = signer.unsign_object(cursor)
    except (BadSignature, ValueError) as error:
        raise CursorRefused("The cursor is not one of this list.") from error
    return value


def _beyond(place: list[str], *, by: str, word: str) -> Q:
    if by == "pk":
        return Q(**{f"pk__{word}": place[0]})
    moment = datetime.fromisoformat(place[1])
    return Q(**{f"{by}__{word}": moment}) | Q(**{by: moment, f"pk__{word}": place[0]})


def _cursor(signer: Signer, row: Model, *, by: str) -> str:
    if by == "pk":
        return signer.sign_object([str(row.pk)])
    return signer.sign_object([str(row.pk), attrgetter(by.replace("__", "."))(row).isoformat()])
