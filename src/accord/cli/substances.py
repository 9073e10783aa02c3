"""``accord drugs substances``: the register for a day and a pair, taken along as CSV, and a CSV that is looked at.

Without ``--home`` the table that ships is meant; with it, the one in force at that node.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from accord.cli.exits import ExitCode
from accord.cli.faults import FileUnusable
from accord.cli.node import AsJson, open_node
from accord.cli.output import ended, print_json, say
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.workstreams.drugs.substances.content import SubstanceTable
    from accord.workstreams.drugs.substances.previewing import ImportPreview
    from accord.workstreams.drugs.substances.rows import Kind
    from accord.workstreams.drugs.substances.status import Status

__all__ = ["Home", "app", "day_named", "table_of"]

app = typer.Typer(
    help="Which substances are controlled, where and from which day.", invoke_without_command=True, add_completion=False
)

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The folder of a node whose register is meant; the table that ships where omitted."),
]

_STANDINGS: Final = {
    "controlled": "controlled",
    "not-yet": "not on that day",
    "undated": "listed, first day not known here",
    "no-entry": "no entry found, which does not mean that it is not controlled",
}

_DIFFERENCES: Final = {
    "one-side": "Controlled on one side only on that day.",
    "undated": "Both list it; from which day on one side is not known here.",
    "not-known": "The standing of one side was not found here: ask before you rely on it.",
    "other-regime": "A precursor on one side and a drug on the other: other permits and authorities.",
}

_CHANGES_SHOWN: Final = 50


def day_named(text: str) -> date:
    """Returns the day of an option; today in UTC where it is empty.

    Raises:
        OfficerCanMend: It is no day.
    """
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OfficerCanMend(
            f"The day {text} cannot be read.", code="drugs.no-day", next_step="Write it as 2026-02-07."
        ) from error


@app.callback()
def show(
    context: typer.Context,
    *,
    on: Annotated[str, typer.Option("--on", help="The day, as 2026-02-07; today where omitted.")] = "",
    pair: Annotated[str, typer.Option("--pair", help="Two jurisdictions, such as CA,IN: where do they differ?")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Say where each substance of the register is controlled on a day, and where the parties differ."""
    if context.invoked_subcommand is not None:
        return
    from accord.workstreams.drugs.substances.status import statuses

    table, day = table_of(home), day_named(on)
    known = sorted({entry.jurisdiction for entry in table.controls})
    sides = _sides(pair, known)
    columns = [code for code in known if not sides or code in {*sides, "UN"}]
    rows = statuses(table, jurisdictions=columns, on=day)
    differing = _differing(table, day, sides or tuple(code for code in known if code != "UN"))
    substances = table.by_id()
    if as_json:
        told = {
            "table": table.version,
            "on": day.isoformat(),
            "pair": list(sides),
            "substances": [
                {
                    "id": row[0].substance,
                    "cas": list(substances[row[0].substance].cas),
                    "status": {status.jurisdiction: _json(status) for status in row},
                    "differs": differing.get(row[0].substance),
                }
                for row in rows
            ],
        }
        print_json(told)
        return
    say(f"{table.title}, table {table.version}, on {day}:")
    for row in rows:
        one = substances[row[0].substance]
        say()
        say(f"{one.label}  CAS {', '.join(one.cas)}  HS {one.tariff.edition} {one.tariff.code}")
        for status in row:
            say(f"  {status.jurisdiction}  {_said(status)}")
        if one.id in differing:
            say(f"  {_DIFFERENCES[differing[one.id]]}")


def table_of(home: Path | None) -> "SubstanceTable":
    """Returns the register of the node in a folder, in force now; the one that ships where no folder is named.

    Raises:
        NoSuchNode: The folder holds no node.
    """
    if home is None:
        from accord.workstreams.drugs.substances.shipped import shipped_table

        return shipped_table()
    open_node(home)
    from django.conf import settings

    if "drugs" not in settings.ACCORD_WORKSTREAMS:
        raise OfficerCanMend(
            "This node is without the drugs workstream, and keeps no register of substances.",
            code="drugs.not-at-this-node",
            next_step='Write workstreams = ["drugs"] in its node.toml, or leave --home out for the table that ships.',
        )
    from accord.workstreams.drugs.substances.book import table_in_force

    return table_in_force()


def _sides(pair: str, known: list[str]) -> tuple[str, ...]:
    if not pair:
        return ()
    sides = tuple(code.strip().upper() for code in pair.split(","))
    if len(sides) != 2 or len(set(sides)) != 2 or not set(sides) <= set(known):
        raise OfficerCanMend(
            f"{pair} is no pair of jurisdictions of the register.",
            code="drugs.no-pair",
            next_step=f"Write two of them, such as {','.join(known[:2])}; there are {', '.join(known)}.",
        )
    return sides


def _differing(table: "SubstanceTable", day: date, sides: tuple[str, ...]) -> dict[str, str]:
    """Returns how any two of the sides differ, by substance; the first pair that does."""
    from accord.workstreams.drugs.substances.status import differences

    found: dict[str, str] = {}
    for place, origin in enumerate(sides):
        for destination in sides[place + 1 :]:
            for one in differences(table, on=day, origin=origin, destination=destination):
                found.setdefault(one.substance, one.differing.value)
    return found


def _json(status: "Status") -> dict[str, Any]:
    return {
        "standing": status.standing,
        "citations": [entry.citation for entry in status.entries],
        "verified": all(entry.verified for entry in status.entries),
    }


def _said(status: "Status") -> str:
    cited = "; ".join(f"{entry.class_}, {entry.citation}" for entry in status.entries)
    unread = " (not read in the original)" if not all(entry.verified for entry in status.entries) else ""
    return f"{_STANDINGS[status.standing]}{f': {cited}' if cited else ''}{unread}"


@app.command()
def export(
    kind: Annotated[str, typer.Argument(metavar="TABLE", help="substances or controls.")],
    file: Annotated[Path, typer.Argument(help="The CSV file to write.", dir_okay=False)],
    *,
    home: Home = None,
    with_restricted: Annotated[
        bool, typer.Option("--with-restricted", help="With what its originator controls; it stays in your authority.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the file where it exists.")] = False,
) -> None:
    """Write the substances or the entries of control as CSV, which `accord drugs substances check` reads again."""
    from accord.workstreams.drugs.substances.csv_rows import write_csv
    from accord.workstreams.drugs.substances.rows import rows_of

    named, table = _kind(kind), table_of(home)
    rows = rows_of(table if with_restricted else table.opened(), named).values()
    if file.exists() and not replace:
        raise FileUnusable(f"{file} exists.", code="cli.file-exists", next_step="Name another file, or add --replace.")
    try:
        file.write_text(write_csv(named, rows, mark=True), "utf-8", newline="")
    except OSError as error:
        raise FileUnusable(f"{file} cannot be written.", next_step="Name a file in a folder of yours.") from error
    say(f"{len(rows)} rows, in {file}")


def _kind(name: str) -> "Kind":
    from accord.workstreams.drugs.substances.rows import Kind

    found = {"substances": Kind.SUBSTANCE, "controls": Kind.CONTROL}.get(name)
    if found is None:
        raise OfficerCanMend(
            f"There is no table {name}.", code="drugs.no-table", next_step="Name substances or controls."
        )
    return found


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A CSV file of the register.", exists=True, dir_okay=False)],
    *,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Say what a CSV file would change of the register, and name each cell that cannot be read; nothing is kept.

    Exits 1 where something cannot be read or the table would contradict itself.
    """
    from accord.workstreams.drugs.substances.csv_rows import read_csv
    from accord.workstreams.drugs.substances.previewing import preview

    found = preview(read_csv(file.read_bytes()), table_of(home))
    if as_json:
        print_json(_preview_json(found))
    else:
        _say_preview(found)
    if found.bad or found.contradiction is not None:
        ended(ExitCode.NOT_VERIFIED)


def _preview_json(found: "ImportPreview") -> dict[str, Any]:
    return {
        "table": f"{found.kind}s",
        "changed": [
            {"line": one.line, "id": one.after.id, "new": one.before is None, "fields": list(one.fields)}
            for one in found.changed
        ],
        "same": found.same,
        "missing": list(found.missing),
        "bad": [{"line": one.line, "column": one.column, "value": one.value, "mend": one.reason} for one in found.bad],
        "contradiction": found.contradiction.sentence if found.contradiction is not None else None,
    }


def _say_preview(found: "ImportPreview") -> None:
    say(f"{len(found.changed)} rows new or changed, {found.same} as they stand, {len(found.missing)} not in the file.")
    for one in found.changed[:_CHANGES_SHOWN]:
        say(f"  line {one.line}  {one.after.id}  {'new' if one.before is None else ', '.join(one.fields)}")
    if len(found.changed) > _CHANGES_SHOWN:
        say(f"  and {len(found.changed) - _CHANGES_SHOWN} more")
    for bad in found.bad:
        say(f"  line {bad.line}  {bad.column}  {bad.value!r}: {bad.reason}")
    if found.contradiction is not None:
        say(f"  {found.contradiction.sentence}")


@app.command()
def identity(
    code: Annotated[str, typer.Argument(help="Code of the substance in the register.")],
    structure: Annotated[str, typer.Argument(help="Its structure in SMILES, as a public register prints it.")],
    *,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Compute InChIKey, sum formula and parent of a structure, and say in what the row disagrees; nothing is kept.

    Needs RDKit, an optional extra. Exits 1 where the row disagrees.
    """
    from accord.workstreams.drugs.substances.identity import compared, identity_of, installed_chemistry

    chemistry, table = installed_chemistry(), table_of(home)
    row = table.by_id().get(code)
    if row is None:
        raise OfficerCanMend(
            f"The register has no substance {code}.",
            code="drugs.no-substance",
            next_step="`accord drugs substances` shows them; `--home` names the register of a node.",
        )
    found = identity_of(structure, chemistry)
    disagrees = compared(row, found, table)
    if as_json:
        print_json(
            {
                "id": row.id,
                "inchikey": found.inchikey,
                "formula": found.formula,
                "parent_inchikey": found.parent_inchikey,
                "disagrees": list(disagrees),
            }
        )
    else:
        say(f"InChIKey  {found.inchikey}\nFormula   {found.formula}\nParent    {found.parent_inchikey}")
        for sentence in disagrees or ("The row agrees.",):
            say(sentence)
    if disagrees:
        ended(ExitCode.NOT_VERIFIED)
