"""The table in force: the one that ships, overlaid by the versions that were agreed to here.

A row's newest agreed version stands in the place of the row that ships; one that takes it out leaves nothing. The table
is asked for with each draft that names a substance and changes a few times a month, so that it is kept with the mark
under which it was read (:class:`~accord.workstreams.drugs.models.SubstanceStamp`). The mark is read first: what is kept
may be newer than its mark and is then read again, never the other way.

Two days are kept apart: when a control holds (in its row) and when this node knew of it (when the version was agreed
to). ``table_at`` says what stood here at a moment, for whoever asks later why something was let go.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from accord.courier.prepared import Prepared
from accord.workstreams.drugs.models import SubstanceProposal, SubstanceStamp, SubstanceVersion
from accord.workstreams.drugs.substances.content import SubstanceTable
from accord.workstreams.drugs.substances.rows import Change, Kind, overlaid
from accord.workstreams.drugs.substances.shipped import shipped_table

__all__ = ["Book", "book", "lock_register", "mark_changed", "table_at", "table_in_force"]

_STAMP: Final = Prepared(lambda: SubstanceStamp.objects.order_by("pk").values_list("value")[:1])


class Book(Struct, frozen=True, kw_only=True):
    """The register as it stood under one mark.

    Args:
        stamp: The mark.
        table: The table in force.
        versions: Of each row that was changed here, the number of the version that stands.
    """

    stamp: bytes
    table: SubstanceTable
    versions: Mapping[tuple[Kind, str], int]


_kept: Book | None = None


def book() -> Book:
    """Returns the register in force, for the price of one row."""
    global _kept  # noqa: PLW0603 - what was read last, replaced whole
    rows = _STAMP.rows()
    stamp = bytes(rows[0][0]) if rows else b""
    found = _kept
    if found is None or found.stamp != stamp:
        _kept = found = _read(stamp, None)
    return found


def table_in_force() -> SubstanceTable:
    """Returns the table in force, with what its originator controls: it is for this node alone."""
    return book().table


def table_at(moment: datetime) -> SubstanceTable:
    """Returns the table that was in force here at a moment.

    Args:
        moment: The moment, in UTC.
    """
    return _read(b"", moment).table


def lock_register() -> None:
    """Lets one change of the register happen at a time, until the transaction ends."""
    SubstanceStamp.objects.get_or_create(pk=1, defaults={"value": secrets.token_bytes(16)})
    SubstanceStamp.objects.select_for_update().get(pk=1)


def mark_changed() -> None:
    """Lets everybody who keeps what they read of the register read it anew; called after the change, not before."""
    SubstanceStamp.objects.update_or_create(pk=1, defaults={"value": secrets.token_bytes(16)})


def _read(stamp: bytes, moment: datetime | None) -> Book:
    agreed = SubstanceVersion.objects.filter(proposal__state=SubstanceProposal.State.AGREED)
    if moment is not None:
        agreed = agreed.filter(proposal__settled_at__lte=moment)
    # Numbers of a row grow as its versions are proposed, and one at a time waits: the last number is the last agreed.
    ordered = list(agreed.order_by("proposal__settled_at", "version"))
    changes = [Change(kind=Kind(one.kind), code=one.code, row=one.stated) for one in ordered]
    ships = shipped_table()
    table = overlaid(ships, changes)
    name = f"{ships.version}+{stamp.hex()[:8]}" if changes else ships.version
    return Book(
        stamp=stamp,
        table=structs.replace(table, version=name),
        versions={(Kind(one.kind), one.code): one.version for one in ordered},
    )
