"""The register of controlled substances, read only: what is in force here, and where each is controlled on a day."""

import datetime as dt
import hashlib
from itertools import islice
from typing import Annotated

import msgspec
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Day, Limit, one_of
from accord.officers.permissions import Permission
from accord.release.gate import our_party
from accord.workstreams.drugs.substances.book import table_in_force
from accord.workstreams.drugs.substances.content import Control, Form, Regime, Substance, SubstanceTable
from accord.workstreams.drugs.substances.status import Differing, Standing, Status, differences, statuses

__all__ = ["router"]

router = Router()

CONVENTION = "UN"

Jurisdiction = Annotated[
    str | None, Query(None, pattern="^[A-Z]{2}$", description="Code of a jurisdiction of the register.")
]
After = Annotated[
    str | None,
    Query(None, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64, description="`next` of the page before."),
]


class TariffOut(Schema):
    """Where the Harmonized System puts a substance."""

    code: str
    edition: int
    is_own: bool = Field(description="Whether the code names this substance alone; else it is a basket of many.")
    verified: bool


class SubstanceNameOut(Schema):
    """One name of a substance."""

    text: str
    language: str
    script: str
    kind: str


class EntryOut(Schema):
    """One entry of control that says so."""

    id: str
    jurisdiction: str
    instrument: str
    schedule: str = Field(description="Schedule, table or class.")
    item: str
    citation: str
    threshold: str
    includes: list[str]
    valid_from: dt.date | None = Field(description="Null where the first day is not known.")
    valid_to: dt.date | None
    regime: Annotated[str, one_of(Regime)]
    verified: bool = Field(description="Whether the text of the instrument was read for this row.")
    originator_controlled: bool = Field(description="Whether it came in confidence and stays at this node.")


class StandingOut(Schema):
    """What the register says of a substance in one jurisdiction on the day."""

    jurisdiction: str
    standing: Annotated[
        str, one_of(Standing, "`no-entry` says that none was found, and never that it is not controlled.")
    ]
    is_verified: bool
    entries: list[EntryOut]


class SubstanceOut(Schema):
    """A substance, and where it is controlled on the day."""

    id: str
    label: str
    cas_numbers: list[str]
    inchikey: str
    formula: str
    tariff: TariffOut
    names: list[SubstanceNameOut]
    parent: str | None
    relation: Annotated[str, one_of(["", *Form], "What it is of its parent; empty for one without.")]
    source: str
    verified: bool
    originator_controlled: bool
    standings: list[StandingOut]
    differs: Annotated[str, one_of(["", *Differing], "How the two sides differ on the day; empty where they do not.")]


class RegisterOut(Schema):
    """One page of the register in force."""

    version: str
    digest: str = Field(description="SHA-256 of the whole register, hexadecimal; another one is another register.")
    on: dt.date
    origin: str
    destination: str | None
    items: list[SubstanceOut]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


def digest_of(table: SubstanceTable) -> str:
    """Returns the SHA-256 of a register as it is encoded, hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(table, order="deterministic")).hexdigest()


@offer(
    router,
    "GET",
    "/drugs/register",
    permission=Permission.REGISTER_READ,
    summary="Show the register of controlled substances for a day and a pair",
    response=RegisterOut,
)
def show_register(
    request: ApiRequest,
    *,
    on: Annotated[Day | None, Query(None, description="The day, such as that of an export; today by UTC.")] = None,
    origin: Jurisdiction = None,
    destination: Jurisdiction = None,
    cursor: After = None,
    limit: Limit = 25,
) -> RegisterOut:
    """Shows the substances by their codes, each with its standing under the Convention and on the sides asked for.

    The origin is this node's party where none is named. What an originator controls is marked, and stays at this node.
    """
    table, day = table_in_force(), on or timezone.now().date()
    here = origin or our_party()
    asked = list(dict.fromkeys(one for one in (CONVENTION, here, destination) if one))
    found = differences(table, on=day, origin=here, destination=destination) if destination else ()
    differs = {one.substance: one.differing for one in found}
    known = table.by_id()
    rows = sorted(statuses(table, jurisdictions=asked, on=day), key=lambda row: row[0].substance)
    page = list(islice((row for row in rows if cursor is None or row[0].substance > cursor), limit + 1))
    return RegisterOut(
        version=table.version,
        digest=digest_of(table),
        on=day,
        origin=here,
        destination=destination,
        items=[_substance(known[row[0].substance], row, differs.get(row[0].substance)) for row in page[:limit]],
        next=page[limit - 1][0].substance if len(page) > limit else None,
    )


def _substance(one: Substance, standings: tuple[Status, ...], differing: Differing | None) -> SubstanceOut:
    return SubstanceOut(
        id=one.id,
        label=one.label,
        cas_numbers=list(one.cas),
        inchikey=one.inchikey,
        formula=one.formula,
        tariff=TariffOut(**msgspec.to_builtins(one.tariff)),
        names=[SubstanceNameOut(**msgspec.to_builtins(name)) for name in one.names],
        parent=one.parent,
        relation=one.relation.value if one.relation else "",
        source=one.source,
        verified=one.verified,
        originator_controlled=one.originator_controlled,
        standings=[_standing(status) for status in standings],
        differs=differing.value if differing else "",
    )


def _standing(status: Status) -> StandingOut:
    return StandingOut(
        jurisdiction=status.jurisdiction,
        standing=status.standing.value,
        is_verified=status.is_verified,
        entries=[_entry(entry) for entry in status.entries],
    )


def _entry(entry: Control) -> EntryOut:
    told = ("id", "jurisdiction", "instrument", "item", "citation", "threshold", "valid_from", "valid_to", "verified")
    return EntryOut(
        schedule=entry.class_,
        includes=[one.value for one in entry.includes],
        regime=entry.regime.value,
        originator_controlled=entry.originator_controlled,
        **{name: getattr(entry, name) for name in told},
    )
