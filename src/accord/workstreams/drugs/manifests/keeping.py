"""Screenings that officers ask for: a file is brought, looked at, sealed, and waits for the node to screen it.

Who works on cases (``message.draft``) brings manifests and stops screenings; who reads cases (``case.read``) sees them.
"""

from datetime import datetime
from functools import partial
from typing import BinaryIO, Final

from django.db import transaction
from django.utils import timezone

from accord.exchange.inspection import sanitised
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.workstreams.drugs.manifests.errors import ScreeningRefused
from accord.workstreams.drugs.manifests.sealing import discard, sealed
from accord.workstreams.drugs.models import Screening
from accord.workstreams.drugs.retention.due import is_held
from accord.workstreams.drugs.screening.files import form_of, left_out, text_of
from accord.workstreams.drugs.screening.manifest import read_manifest

__all__ = [
    "MANIFEST_BYTES_MAX",
    "finish_for_good",
    "go_on_with_screening",
    "let_file_go",
    "screen_file",
    "stop_screening",
]

MANIFEST_BYTES_MAX: Final = 1024 * 1024 * 1024
"""Bytes of a manifest: some nine million lines."""

NAME_CHARACTERS_MAX: Final = 200

_ENDED: Final = (Screening.State.DONE, Screening.State.FAILED, Screening.State.STOPPED)


def screen_file(officer: Officer, file: BinaryIO, *, name: str, now: datetime | None = None) -> Screening:
    """Takes a manifest in, to be screened by the node; the header is read at once, so that its faults are heard now.

    Args:
        officer: Who brings it.
        file: The file, seekable.
        name: Its name.
        now: The time.

    Returns:
        The screening, waiting. Bringing the same file again while it waits or runs gives that screening.

    Raises:
        NotPermitted: The officer may not work on cases.
        ManifestUnreadable: It is of no known form, or its header does not say which column describes the goods.
        ScreeningRefused: It is too large.
        AttachmentRefused: Its name is a path or hides something.
        TextRefused: Its name holds a refused character.
        NoRoom: The disk has too little room.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    label = sanitised(name)
    form = form_of(file)
    if file.seek(0, 2) > MANIFEST_BYTES_MAX:
        raise ScreeningRefused(
            f"The file is larger than {MANIFEST_BYTES_MAX // 1024**2:,} MiB.",
            code="drugs.manifest-too-large",
            next_step="Split it, each part with the header.",
        )
    with text_of(file, form) as lines:
        next(read_manifest(lines, batch=1), None)
    left = left_out(file, form)
    kept = sealed(file)
    with transaction.atomic():
        Officer.objects.select_for_update().get(pk=officer.pk)
        same = Screening.objects.filter(
            sha256=kept.sha256, asked_by=officer, state__in=[Screening.State.WAITING, Screening.State.RUNNING]
        ).first()
        if same is not None:
            discard(kept.root)
            return same
        screening = Screening.objects.create(
            name=label[:NAME_CHARACTERS_MAX],
            form=form,
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
            key=kept.key,
            root=kept.root,
            sheets_left=left.sheets,
            columns_left=left.columns,
            asked_by=officer,
            asked_at=now or timezone.now(),
        )
        note(
            officer,
            "screen manifest",
            screening,
            at=screening.asked_at,
            detail={"sha256": kept.sha256.hex(), "size_bytes": kept.size_bytes},
        )
    return screening


@transaction.atomic
def stop_screening(officer: Officer, screening: Screening, *, now: datetime | None = None) -> Screening:
    """Stops a screening that waits or runs; what was found so far stays, and it can go on.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: It is over.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = Screening.objects.select_for_update().get(pk=screening.pk)
    if held.state in _ENDED:
        raise ScreeningRefused("The screening is over already.", code="drugs.screening-over")
    held.state, held.ended_at = Screening.State.STOPPED, now or timezone.now()
    held.save(update_fields=["state", "ended_at"])
    note(officer, "stop screening", held, at=held.ended_at, detail={"line": held.last_line})
    return held


@transaction.atomic
def go_on_with_screening(officer: Officer, screening: Screening, *, now: datetime | None = None) -> Screening:
    """Lets a screening that was stopped or failed go on behind the last line that was dealt with.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: It runs, waits or is done, or its file is no longer here.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = _ended(screening)
    held.state, held.ended_at, held.fault, held.opened_times = Screening.State.WAITING, None, {}, 0
    held.save(update_fields=["state", "ended_at", "fault", "opened_times"])
    note(officer, "go on with screening", held, at=now or timezone.now(), detail={"line": held.last_line})
    return held


@transaction.atomic
def finish_for_good(officer: Officer, screening: Screening, *, now: datetime | None = None) -> Screening:
    """Erases the sealed file of a screening that was stopped or failed: it goes on no more, and what it found stays.

    Raises:
        NotPermitted: The officer may not work on cases.
        ScreeningRefused: It runs, waits or is done, its file is no longer here, or a legal hold keeps it.
    """
    require(officer, Permission.MESSAGE_DRAFT)
    held = _ended(screening)
    if is_held(held):
        raise ScreeningRefused(
            "A legal hold on a case keeps this file.",
            code="drugs.manifest-held",
            next_step="Leave it: the node erases it once the hold is lifted.",
        )
    let_file_go(held)
    held.save(update_fields=["root", "key"])
    note(officer, "finish screening", held, at=now or timezone.now(), detail={"line": held.last_line})
    return held


def _ended(screening: Screening) -> Screening:
    """Returns a screening, locked, that was stopped or failed and whose file is here."""
    held = Screening.objects.select_for_update().get(pk=screening.pk)
    if held.state not in (Screening.State.STOPPED, Screening.State.FAILED):
        raise ScreeningRefused(
            "Only a screening that was stopped or failed goes on or is finished for good.",
            code="drugs.screening-goes-on",
        )
    if held.root is None:
        raise ScreeningRefused(
            "The file of this screening is no longer here.",
            code="drugs.manifest-gone",
            next_step="Bring the file again.",
        )
    return held


def let_file_go(screening: Screening) -> None:
    """Takes the sealed file of a screening out of the store once the transaction holds, and forgets its key.

    The caller saves ``root`` and ``key``.
    """
    if screening.root is not None:
        transaction.on_commit(partial(discard, bytes(screening.root)))
        screening.root, screening.key = None, b""
