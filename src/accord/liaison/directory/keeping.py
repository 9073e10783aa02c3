"""Keeping our own directory and publishing it: who prepares texts keeps it, another who signs publishes it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils import timezone

from accord.liaison.directory.functions import first_entries, require_functions
from accord.liaison.directory.kinds import DIRECTORY, ENTRIES_MAX, Directory, Entry
from accord.liaison.errors import LiaisonRefused
from accord.liaison.models import DirectoryEntry, PublishedDirectory
from accord.liaison.written import require_our_agency, value_of
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.parties.models import Party
from accord.release.acknowledging import acknowledgement
from accord.release.gate import our_party
from accord.release.services import one_release, send_for_the_channel
from accord.vocabulary.urgency import Lane

__all__ = ["begin_directory", "keep_entry", "our_entries", "publish_directory", "remove_entry", "restore_entry"]

LIFE_DAYS: Final = 365
"""Days a directory may wait for its peer: the next one replaces it in any case."""


def our_entries() -> list[tuple[DirectoryEntry, Entry]]:
    """Returns the entries of our own directory as they stand, each with its value."""
    return [(row, msgspec.convert(row.content, Entry)) for row in DirectoryEntry.objects.filter(removed_at=None)]


@transaction.atomic
def begin_directory(officer: Officer, *, now: datetime | None = None) -> int:
    """Takes over the first entries that come with Accord for our party; returns how many.

    Raises:
        NotPermitted: The officer may not prepare texts.
        LiaisonRefused: The directory has entries already, or none come with Accord.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    profile = Party.objects.get(code=our_party()).described
    shipped = first_entries(profile.code)
    if not shipped:
        raise LiaisonRefused("No first entries come with Accord for our side.", code="liaison.no-first-entries")
    if DirectoryEntry.objects.exists():
        raise LiaisonRefused("Our directory has been begun already.", code="liaison.directory-begun")
    for one in shipped:
        agency = profile.agency(one.agency)
        entry = Entry(names=agency.names, agency=agency.code, functions=one.functions, zone=profile.time_zone)
        row = DirectoryEntry.objects.create(content=msgspec.to_builtins(entry), changed_by=officer, changed_at=moment)
        note(officer, "keep directory entry", row, at=moment)
    return len(shipped)


@transaction.atomic
def keep_entry(
    officer: Officer,
    fields: Mapping[str, Any],  # Any: JSON types, checked against the struct
    *,
    entry: DirectoryEntry | None = None,
    now: datetime | None = None,
) -> DirectoryEntry:
    """Makes an entry of our directory, or changes one; the peer reads it when the directory is published.

    Raises:
        NotPermitted: The officer may not prepare texts.
        LiaisonRefused: A field is missing or wrong, the agency or a function is unknown, or there are too many.
        TextRefused: A text holds a refused character.
    """
    require(officer, Permission.AGREEMENT_DRAFT)
    moment = now or timezone.now()
    value = value_of(Entry, fields)
    require_our_agency(value.agency)
    require_functions(value.functions, field="functions")
    if entry is None and DirectoryEntry.objects.filter(removed_at=None).count() >= ENTRIES_MAX:
        raise LiaisonRefused("The directory is full.", code="liaison.directory-full", next_step="Remove entries first.")
    row = entry or DirectoryEntry()
    row.content = msgspec.to_builtins(value)
    row.changed_by = officer
    row.changed_at = moment
    row.save()
    note(officer, "keep directory entry", row, at=moment)
    return row


def remove_entry(officer: Officer, entry: DirectoryEntry, *, now: datetime | None = None) -> None:
    """Takes an entry out of our directory; it can be put back.

    Raises:
        NotPermitted: The officer may not prepare texts.
    """
    _set_removed(officer, entry, now or timezone.now(), is_removed=True)


def restore_entry(officer: Officer, entry: DirectoryEntry, *, now: datetime | None = None) -> None:
    """Puts an entry back that was taken out.

    Raises:
        NotPermitted: The officer may not prepare texts.
    """
    _set_removed(officer, entry, now or timezone.now(), is_removed=False)


@transaction.atomic
def _set_removed(officer: Officer, entry: DirectoryEntry, moment: datetime, *, is_removed: bool) -> None:
    require(officer, Permission.AGREEMENT_DRAFT)
    entry.removed_at = moment if is_removed else None
    entry.changed_by = officer
    entry.changed_at = moment
    entry.save(update_fields=["removed_at", "changed_by", "changed_at"])
    note(officer, "remove directory entry" if is_removed else "keep directory entry", entry, at=moment)


def publish_directory(officer: Officer, *, peer: str, now: datetime | None = None) -> PublishedDirectory:
    """Publishes our directory to a peer; it replaces the one that the peer has.

    Args:
        officer: Who may sign, and changed no entry since the last one was published.
        peer: Code of the other party.
        now: The time.

    Raises:
        NotPermitted: The officer may not sign.
        LiaisonRefused: Nothing changed, or the officer changed an entry.
        ReleaseRefused: There is no channel to the peer.
        GateRefuses: The law does not let it pass.
    """
    require(officer, Permission.AGREEMENT_SIGN)
    moment = now or timezone.now()
    with one_release():
        last = PublishedDirectory.objects.select_for_update().filter(peer_id=peer, is_ours=True).first()
        changed = DirectoryEntry.objects.filter(changed_at__gt=last.at) if last else DirectoryEntry.objects.all()
        if changed.filter(changed_by=officer).exists():
            raise LiaisonRefused(
                "Who changed an entry does not publish it.",
                code="liaison.own-entries",
                next_step="Ask another officer who may sign.",
            )
        entries = tuple(value for _row, value in our_entries())
        listed = msgspec.json.decode(msgspec.json.encode(entries), type=list[dict[str, object]])
        if (last is not None and last.entries == listed) or (last is None and not entries):
            raise LiaisonRefused(
                "The other side has our directory as it stands.",
                code="liaison.nothing-changed",
                next_step="Change an entry first.",
            )
        number = 1 if last is None else last.number + 1
        send_for_the_channel(
            peer=peer,
            kind=DIRECTORY,
            payload=msgspec.json.encode(Directory(schema_version=1, number=number, entries=entries)),
            facts=acknowledgement(DIRECTORY, peer=peer, on=moment.date()),
            lane=Lane.ROUTINE,
            not_after=moment + timedelta(days=LIFE_DAYS),
            now=moment,
        )
        row = PublishedDirectory.objects.create(
            peer_id=peer, is_ours=True, number=number, entries=listed, at=moment, published_by=officer
        )
        note(officer, "publish directory", row, at=moment, detail={"number": number, "party": peer})
    return row
