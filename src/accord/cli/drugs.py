"""``accord drugs``: the register of controlled substances and the screening of manifests; a node only where named."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import escape
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from accord.cli import substances
from accord.cli.exits import ExitCode
from accord.cli.faults import FileUnusable
from accord.cli.node import AsJson
from accord.cli.output import ended, print_json, say

if TYPE_CHECKING:
    from accord.cli.screened_tables import Tables
    from accord.workstreams.drugs.screening.rules import Flag
    from accord.workstreams.drugs.screening.several import ScreenedBatch

__all__ = ["app"]

app = typer.Typer(
    help="Which substances are controlled, and which lines of a manifest speak of them.",
    no_args_is_help=True,
    add_completion=False,
)

FLAG_COLUMNS: Final = ("line", "reference", "score", "substances", "rules", "why", "cost of an error", "description")
REFUSED_COLUMNS: Final = ("line", "column", "value", "mend", "screened")
_SUFFIXES: Final = frozenset((".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".parquet"))
"""Endings of manifests."""
_NAMES_READ: Final = "accord drugs columns says which headings are read; rename those that matter."
NOT_SCREENED, WITHOUT_VALUE = "no", "without this value"


app.add_typer(substances.app, name="substances")


@app.command()
def screen(
    manifest: Annotated[
        Path, typer.Argument(help="CSV, a workbook or Parquet; the first line or row names the columns.")
    ],
    *,
    flags: Annotated[
        Path | None, typer.Option("--flags", help="Where the flagged lines go; beside the manifest where omitted.")
    ] = None,
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Where lines and values go that cannot be read; beside the manifest."),
    ] = None,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=64, help="How many processes screen; the flags are the same.")
    ] = 1,
    home: substances.Home = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a screening was interrupted.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace these files where they exist.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold each line of a manifest against the register: names, numbers, tariff codes, weights, presses and dies.

    No person, company or country is read. With ``--home`` the register is the node's own; its licences, notices,
    earlier manifests and weights speak at its desk alone. Exits 1 where lines could not be read.
    """
    from accord.cli.screened_tables import tables
    from accord.workstreams.drugs.screening.columns import columns_unread, headings_of
    from accord.workstreams.drugs.screening.files import form_of, left_out, open_manifest
    from accord.workstreams.drugs.screening.manifest import header_of, raw_batches
    from accord.workstreams.drugs.screening.several import screen_batches

    if not manifest.is_file():
        raise FileUnusable(
            f"{manifest} is a folder." if manifest.is_dir() else f"{manifest} is no file.",
            next_step="Name one manifest; a folder of them is screened file by file.",
        )
    table = substances.table_of(home)
    flags, refused = flags or _beside(manifest, "flags"), refused or _beside(manifest, "refused")
    _require_apart(manifest, flags, refused)
    with (
        open_manifest(manifest) as physical,
        tables(
            manifest,
            (flags, refused),
            (FLAG_COLUMNS, REFUSED_COLUMNS),
            version=table.version,
            replace=replace,
            resume=resume,
        ) as held,
    ):
        counts = held.counts
        lines = iter(physical)
        names = next(lines, "")
        header = header_of(names)
        headings = headings_of(header)
        lines = chain([names] if names else [], lines)
        # Its processes are copies of this one: they begin before the bar has a thread of its own.
        found = screen_batches(raw_batches(lines, after=counts.last), table, processes=processes)
        first = next(found, None)
        with _progress(manifest) as advance:
            for batch in chain([first] if first else [], found):
                _write(batch, held, headings)
                advance(batch.characters)
    with manifest.open("rb") as file:
        left = left_out(file, form_of(file))
    told = {
        "table": table.version,
        "lines": counts.screened + counts.refused,
        "screened": counts.screened,
        "refused": counts.refused,
        "flagged": counts.flagged,
        "unread_values": counts.unread,
        "by_rule": dict(Counter(counts.by_rule).most_common()),
        "columns_unread": columns_unread(header),
        "sheets_left": left.sheets,
        "columns_left": left.columns,
        "flags_file": str(flags),
        "refused_file": str(refused),
    }
    if as_json:
        print_json(told)
    else:
        _tell(told)
    if counts.refused:
        ended(ExitCode.NOT_VERIFIED)


@app.command()
def columns(*, as_json: AsJson = False) -> None:
    """Say which headings of a manifest are read; case, accents, dots and “no” or “number” make no difference."""
    from accord.workstreams.drugs.screening.columns import COLUMNS, KEPT

    known = {name: list(called) for name, called in {**COLUMNS, **KEPT}.items()}
    if as_json:
        print_json(known)
        return
    for name, called in known.items():
        say(f"{name}: {', '.join(one.replace('_', ' ') for one in called)}")


def _require_apart(*paths: Path) -> None:
    """Refuses to write a table over the manifest, or both tables into one file."""
    if len({path.resolve() for path in paths}) < len(paths):
        raise FileUnusable(
            "The manifest, the flagged and the refused lines need three files.",
            next_step="Name other files with --flags and --refused.",
        )


def _beside(manifest: Path, what: str) -> Path:
    """The name of a table beside its manifest; after the whole file name where another file has the same stem."""
    name = f"{manifest.stem}.{what}.csv"
    if any(other.suffix.lower() in _SUFFIXES and other != manifest for other in manifest.parent.glob(_same(manifest))):
        name = f"{manifest.name}.{what}.csv"
    return manifest.with_name(name)


def _same(manifest: Path) -> str:
    """A pattern for the files that have a manifest's name but for its ending."""
    return f"{escape(manifest.stem)}.*"


def _write(batch: "ScreenedBatch", held: "Tables", headings: Mapping[str, str] | None = None) -> None:
    called = headings or {}
    counts = held.counts
    counts.screened += batch.screened
    counts.refused += len(batch.refused)
    counts.flagged += len(batch.flags)
    counts.unread += len(batch.unread)
    counts.count([reason.rule for flag in batch.flags for reason in flag.reasons])
    counts.last = batch.last
    held.write(
        [_flag_row(flag) for flag in batch.flags],
        sorted(
            [
                *(
                    (one.number, called.get(one.column, one.column), one.value, one.mend, NOT_SCREENED)
                    for one in batch.refused
                ),
                *(
                    (number, called.get(one.column, one.column), one.value, one.mend, WITHOUT_VALUE)
                    for number, one in batch.unread
                ),
            ]
        ),
    )


def _flag_row(flag: "Flag") -> Sequence[object]:
    from accord.workstreams.drugs.screening.rules import rules

    known = rules()
    return (
        flag.line.number,
        flag.line.reference,
        flag.score,
        list(flag.substances),
        [reason.rule for reason in flag.reasons],
        " ".join(reason.sentence for reason in flag.reasons),
        known[flag.reasons[0].rule].cost,
        flag.line.description,
    )


def _tell(told: dict[str, Any]) -> None:
    say(f"{told['lines']:,} lines: {told['screened']:,} screened, {told['refused']:,} refused.")
    say(f"{told['flagged']:,} flagged, in {told['flags_file']}")
    for rule, count in told["by_rule"].items():
        say(f"  {count:>8,}  {rule}")
    if told["columns_unread"]:
        say(f"Columns not read: {', '.join(told['columns_unread'])}. {_NAMES_READ}")
    if told["sheets_left"]:
        others = "1 other was not" if told["sheets_left"] == 1 else f"{told['sheets_left']:,} others were not"
        say(f"Only the first sheet was read; {others}. Screen each saved as a file of its own.")
    if told["columns_left"]:
        columns_left = "1 column holds" if told["columns_left"] == 1 else f"{told['columns_left']:,} columns hold"
        say(f"{columns_left} lists or records, which are not read.")
    if told["unread_values"]:
        say(
            f"{told['unread_values']:,} values could not be read; their lines were screened without them, "
            f"and what mends each stands in {told['refused_file']}."
        )
    if told["refused"]:
        say(
            f"What mends each refused line stands in {told['refused_file']}. Mend them in the manifest, and screen "
            "those lines alone under its first line."
        )


@contextmanager
def _progress(manifest: Path) -> Iterator[Any]:
    """A bar on a terminal; nothing where nobody watches."""
    import sys

    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Screening", total=manifest.stat().st_size)
        yield lambda characters: bar.update(task, advance=characters)
