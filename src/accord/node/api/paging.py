"""Keyset paging: a page is what comes after the last row seen, whatever was added meanwhile.

The cursor is opaque and signed: a caller can neither read a meaning into it nor make one up, so the order of a
list may change without breaking anyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet

from accord.node.api.problems import Malformed

__all__ = ["CursorRefused", "Page", "page_of"]

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
    newest_first: bool = True,
) -> Page[Row]:
    """Returns a page of rows in the order of their primary key.

    Args:
        rows: What the caller may see, in any order.
        name: Name of the list; a cursor of one list opens no other.
        cursor: Where the page before ended; ``None`` for the first page.
        limit: Most rows of the page.
        newest_first: Whether the highest key comes first.

    Raises:
        CursorRefused: The cursor is not of this list.
    """
    signer = Signer(salt=f"accord.api.cursor.{name}")
    if cursor is not None:
        try:
            last = signer.unsign(cursor)
        except BadSignature as error:
            raise CursorRefused("The cursor is not one of this list.") from error
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    page = found[:limit]
    return Page(rows=page, next=signer.sign(str(page[-1].pk)) if len(found) > limit else None)
