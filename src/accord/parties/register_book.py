"""Reading and writing the registers: which version counts on a day, the next version, the text it rests on.

Who may do it is asked above (``accord.officers.registers``); here is what holds whoever does it.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from accord.errors import OfficerCanMend

from .models import Party
from .register_models import RegisterEntry, RegisterStamp, RegisterText
from .registers import (
    WARNED_DAYS,
    ArrangementTerms,
    AssuranceTerms,
    Register,
    Terms,
    TermsRefused,
    counted_days,
    stale_on,
    terms_from,
)

__all__ = [
    "TEXT_BYTES_MAX",
    "GivenText",
    "add_version",
    "counting",
    "due_entries",
    "end_version",
    "entries_of",
    "entry_on",
    "latest_version",
    "mark_changed",
]

TEXT_BYTES_MAX: Final = 8 * 1024 * 1024
"""Largest text kept with an entry, in bytes: a signed agreement of a hundred scanned pages fits."""


class GivenText(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it is handed in with a version.

    Args:
        name: Name of its file.
        content: Its bytes.
    """

    name: str
    content: bytes


def mark_changed() -> None:
    """Lets everybody who keeps what they read of the registers read them anew."""
    RegisterStamp.objects.update_or_create(pk=1, defaults={"value": secrets.token_bytes(16)})


def latest_version(register: Register, code: str) -> RegisterEntry | None:
    """Returns the newest version of an entry, whatever became of it."""
    return RegisterEntry.objects.filter(register=register, code=code).order_by("-version").first()


def add_version(
    register: Register,
    code: str,
    given: object,
    *,
    text: GivenText | None = None,
    text_digest: bytes | None = None,
    state: str = RegisterEntry.State.PROPOSED,
    why: str = "",
) -> RegisterEntry:
    """Writes the next version of an entry.

    Args:
        register: The register.
        code: The entry's code; for a risk profile the party's.
        given: Its terms in JSON types.
        text: The text that it rests on.
        text_digest: SHA-256 of that text, where it is not handed in or is to agree with it.
        state: Proposed, or agreed already.
        why: Why it is proposed.

    Raises:
        TermsRefused: The terms, parties or digest do not hold together.
        OfficerCanMend: Another version of it waits.
    """
    terms = terms_from(register, given, today=timezone.now().date())
    _require_parties(register, code, terms)
    digest = _digest(text, text_digest)
    if register is not Register.RISK and digest is None:
        raise TermsRefused(
            "The text is missing that this rests on.",
            next_step="Hand in the text, or give its SHA-256.",
            fields={"field": "text"},
        )
    before = latest_version(register, code)
    first, last = counted_days(terms)
    if before is not None:
        _require_after(before, first, register)
    entry = RegisterEntry.objects.create(
        register=register,
        code=code,
        version=1 if before is None else before.version + 1,
        terms=msgspec.to_builtins(terms),
        state=state,
        counts_from=first,
        counts_until=last,
        text_digest=digest,
        why=why,
        settled_at=None if state == RegisterEntry.State.PROPOSED else timezone.now(),
    )
    if text is not None:
        RegisterText.objects.create(entry=entry, name=text.name[:200], content=text.content)
    mark_changed()
    return entry


def _require_parties(register: Register, code: str, terms: Terms) -> None:
    if not code or len(code) > 64 or code != code.strip():
        raise TermsRefused("The code is missing or too long.", fields={"field": "code"})
    if register is Register.RISK:
        named: tuple[str, ...] = (code,)
    elif isinstance(terms, ArrangementTerms):
        named = terms.parties
    elif isinstance(terms, AssuranceTerms):
        named = (terms.party,)
    else:
        named = ()
    unknown = sorted(set(named) - set(Party.objects.filter(pk__in=named).values_list("code", flat=True)))
    if unknown:
        raise TermsRefused(
            f"This node knows no party {unknown[0][:16]!r}.",
            code="parties.register-party",
            next_step="Give the codes of parties that were invited or paired here.",
            fields={"field": "code" if register is Register.RISK else "parties"},
        )


def _digest(text: GivenText | None, stated: bytes | None) -> bytes | None:
    if stated is not None and len(stated) != hashlib.sha256().digest_size:
        raise TermsRefused("The digest is no SHA-256.", fields={"field": "text_sha256"})
    if text is None:
        return stated
    if not text.content or len(text.content) > TEXT_BYTES_MAX:
        raise TermsRefused(
            f"The text is empty or larger than {TEXT_BYTES_MAX // 1024 // 1024} MiB.", fields={"field": "text"}
        )
    found = hashlib.sha256(text.content).digest()
    if stated is not None and stated != found:
        raise TermsRefused(
            "The digest is not that of the text.",
            code="parties.register-digest",
            next_step="Hand in the text that was signed, or correct its SHA-256.",
            fields={"field": "text"},
        )
    return found


def _require_after(before: RegisterEntry, first: date, register: Register) -> None:
    if before.state == RegisterEntry.State.PROPOSED:
        raise OfficerCanMend(
            f"Version {before.version} of {before.code} waits for a second person already.",
            code="parties.register-waits",
            next_step="Let it be agreed to or refused first.",
        )
    stands = _agreed(register, before.code).order_by("-counts_from").first()
    if stands is not None and first < stands.counts_from:
        raise TermsRefused(
            f"Version {stands.version} counts from {stands.counts_from} on: this one would never count.",
            code="parties.register-order",
            next_step="Give a first day, or a day of assessment, that is not before it.",
            fields={"field": "assessed_on" if register is Register.RISK else "valid_from"},
        )


def end_version(entry: RegisterEntry, *, on: date) -> None:
    """Lets a version count no more from a day on; the caller says who and why, and saves.

    Args:
        entry: An agreed version.
        on: The first day in UTC on which it counts no more.

    Raises:
        OfficerCanMend: It was not agreed to, or ended before.
    """
    if entry.state != RegisterEntry.State.AGREED or entry.ended_on is not None:
        raise OfficerCanMend(
            f"{entry} is not in force.",
            code="parties.register-not-in-force",
            next_step="Look at its history; only what is in force can be ended.",
        )
    entry.ended_on = on


def _agreed(register: Register, code: str | None = None) -> "QuerySet[RegisterEntry]":
    found = RegisterEntry.objects.filter(register=register, state=RegisterEntry.State.AGREED)
    return found if code is None else found.filter(code=code)


def entry_on(versions: Iterable[RegisterEntry], day: date) -> RegisterEntry | None:
    """Returns the version of one entry that counts on a day.

    The last one that has begun stands alone: where it is over or was ended, none before it comes back.

    Args:
        versions: Versions of one entry.
        day: A day in UTC.
    """
    begun = [one for one in versions if one.state == RegisterEntry.State.AGREED and one.counts_from <= day]
    newest = max(begun, key=lambda one: (one.counts_from, one.version), default=None)
    return newest if newest is not None and newest.counts_on(day) else None


def entries_of(register: Register) -> dict[str, list[RegisterEntry]]:
    """Returns all versions of a register by their code, the newest first."""
    found: dict[str, list[RegisterEntry]] = {}
    for one in RegisterEntry.objects.filter(register=register).order_by("code", "-version"):
        found.setdefault(one.code, []).append(one)
    return found


def due_entries(today: date) -> list[tuple[RegisterEntry, date]]:
    """Returns what counts today and will soon count no more, or is too old already, with the first such day.

    A version that was agreed to and begins later takes its place in time, and is not called for again.

    Args:
        today: The day in UTC.
    """
    found = []
    for register in Register:
        for versions in entries_of(register).values():
            entry = entry_on(versions, today)
            day = stale_on(entry.stated) if entry is not None else None
            if entry is None or day is None or day > today + timedelta(days=WARNED_DAYS):
                continue
            later = entry_on(versions, day)
            if later is None or later.pk == entry.pk:
                found.append((entry, day))
    return sorted(found, key=lambda one: one[1])


def counting(register: Register, code: str, *, on: date) -> RegisterEntry | None:
    """Returns the version of an entry that counts on a day.

    Args:
        register: The register.
        code: The entry's code.
        on: A day in UTC.
    """
    return entry_on(_agreed(register, code), on)
