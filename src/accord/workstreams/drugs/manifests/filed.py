"""What is on file at this node as the rules compare it: licences, notices that the officer reads, earlier manifests.

Of notices only those are compared that lie in cases which the officer who asked for the screening reads, and that are
kept to no team: a flag says nothing of others.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from accord.exchange.reach import within
from accord.exchange.withdrawn import stands
from accord.officers.models import Officer
from accord.workstreams.drugs.manifests.reach import screenings_for
from accord.workstreams.drugs.models import Licence, Notice, Screening, Trader
from accord.workstreams.drugs.screening.lines import Batch, code_of
from accord.workstreams.drugs.screening.on_file import CHEMICAL_CHAPTERS, Announced, OnFile, Permitted, Usual
from accord.workstreams.drugs.screening.papers import company_id, named_company

__all__ = ["TradeBook", "notices_on_file", "on_file_of"]

KEYS_A_QUERY: Final = 500
NAME_CHARACTERS: Final = 200
KEY_CHARACTERS: Final = 240
KNOWN_MAX: Final = 65_536
"""Companies that are remembered while a manifest is screened; beyond that they are looked up anew."""


def on_file_of(screening: Screening) -> OnFile:
    """Returns what the lines of a screening are compared with.

    Args:
        screening: One that has begun; licences are compared with the day on which it did.
    """
    day = (screening.began_at or timezone.now()).date()
    return OnFile(
        today=day,
        licences=_licences(),
        # Whoever reads the screening is shown every reason: one may tell of no case that is kept to a team.
        notices=[_announced(one) for one in notices_on_file(screening.asked_by).exclude(case__is_team_only=True)],
        usual=_Earlier(screening),
    )


def notices_on_file(officer: Officer) -> "QuerySet[Notice]":
    """Returns the notices that an officer reads, without those that were taken back, not delivered, or erased."""
    found = Notice.objects.filter(within(officer, "case__"), stands("message__"))
    return found.exclude(exporter="").select_related("message").distinct()


def _licences() -> list[Permitted]:
    return [
        Permitted(
            number=one.number,
            company=_identities(one.company, one.company_number),
            substances=frozenset(one.substances),
            kilograms=one.kilograms,
            purity=one.purity,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in Licence.objects.filter(removed_at=None)
    ]


def _announced(notice: Notice) -> Announced:
    fields = notice.message.fields
    return Announced(
        reference=notice.pen_reference.upper(),
        substance=notice.substance,
        senders=_company(fields.get("exporter"), notice.exporter),
        receivers=(
            *_company(fields.get("importer"), notice.importer),
            *_company(fields.get("consignee"), notice.consignee),
        ),
        countries=frozenset({notice.origin_country, notice.destination_country, *notice.transit_countries}),
        destination=notice.destination_country,
        gross=notice.gross_kg,
        key=notice.pk.hex,
    )


def _company(stated: Any, name: str) -> tuple[str, ...]:  # Any: JSON types
    numbers = (
        [stated.get(one) for one in ("registration_number", "business_number")] if isinstance(stated, dict) else []
    )
    return _identities(name, *(one for one in numbers if isinstance(one, str)))


def _identities(name: str, *numbers: str) -> tuple[str, ...]:
    """Every identity under which papers may name a company: each of its numbers, and its name."""
    found = (*(company_id(number, "") for number in numbers), company_id("", name))
    return tuple(one for one in found if one)


class _Earlier:
    """What manifests before one screening say, read when it is asked for.

    Of manifests that the officer who asked does not read nothing is told.
    """

    def __init__(self, screening: Screening) -> None:
        self._screening = screening.pk
        self._read_by_officer = screenings_for(screening.asked_by)
        self._known: dict[str, Usual | None] = {}

    def get(self, key: str, /) -> Usual | None:
        """Returns what they say of a company; nothing where it stood in none."""
        if len(key) > KEY_CHARACTERS:
            return None
        if key not in self._known:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[key] = self._read(key)
        return self._known[key]

    def _read(self, key: str) -> Usual | None:
        row = Trader.objects.filter(key=key, seen_in__in=self._read_by_officer).first()
        if row is None or row.seen_in_id == self._screening:
            return None
        return Usual(has_chemicals=self._has_chemicals(row))

    def _has_chemicals(self, row: Trader) -> bool:
        first = row.chemicals_in_id
        if row.chemicals_on is None or first == self._screening:
            return False
        return first is None or self._read_by_officer.filter(pk=first).exists()


class TradeBook:
    """Keeps which companies received goods and chemicals, batch by batch; what is known already costs nothing.

    Args:
        screening: The screening whose lines are kept.
    """

    def __init__(self, screening: Screening) -> None:
        self._screening = screening
        self._day: date = (screening.began_at or timezone.now()).date()
        self._known: dict[str, bool] = {}

    def keep(self, batch: Batch) -> None:
        """Keeps the companies of a batch, in the transaction that stores it."""
        seen = _receivers(batch)
        new = {key: found for key, found in seen.items() if not self._known.get(key, False)}
        ask = [key for key, (_name, has) in new.items() if key not in self._known or has]
        for start in range(0, len(ask), KEYS_A_QUERY):
            self._write({key: seen[key] for key in ask[start : start + KEYS_A_QUERY]})
        for key, (_name, has) in new.items():
            self._known[key] = self._known.get(key, False) or has
        if len(self._known) > KNOWN_MAX:
            self._known.clear()

    def _write(self, seen: Mapping[str, tuple[str, bool]]) -> None:
        held = {one.key: one for one in Trader.objects.filter(key__in=list(seen))}
        Trader.objects.bulk_create(
            Trader(
                key=key,
                name=name[:NAME_CHARACTERS],
                seen_on=self._day,
                last_on=self._day,
                seen_in=self._screening,
                chemicals_on=self._day if has else None,
                chemicals_in=self._screening if has else None,
            )
            for key, (name, has) in seen.items()
            if key not in held
        )
        again = [key for key, one in held.items() if one.last_on < self._day]
        if again:
            Trader.objects.filter(key__in=again).update(last_on=self._day)
        first = [key for key, (_name, has) in seen.items() if has and key in held and held[key].chemicals_on is None]
        if first:
            Trader.objects.filter(key__in=first).update(chemicals_on=self._day, chemicals_in=self._screening)


def _receivers(batch: Batch) -> dict[str, tuple[str, bool]]:
    """The companies that receive goods in a batch: by identity, the name and whether chemicals are among the goods."""
    columns = batch.lines.columns
    if "consignee" not in columns:
        return {}
    none = [""] * len(batch.lines)
    cells = (columns.get(name, none) for name in ("consignee", "consignee_number", "tariff"))
    found: dict[str, tuple[str, bool]] = {}
    for name, number, code in zip(*cells, strict=True):
        called = _plain(name)
        key = named_company(_plain(number), called)
        if key and len(key) <= KEY_CHARACTERS:
            has = code_of(code).startswith(CHEMICAL_CHAPTERS)
            before = found.get(key)
            found[key] = (called, has) if before is None else (before[0], before[1] or has)
    return found


def _plain(cell: str) -> str:
    return cell.replace("\0", "").strip()
