"""The two tables that a screening on the command line writes: whole under their names, or as parts that can go on.

While a manifest is screened, both tables stand under other names, and beside them how far they are. A process that is
killed leaves them so; ``--resume`` cuts off what was written after the last note and goes on behind it. A table takes
its own name only when it is whole, and what stood there before stays until then.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from accord.cli.faults import FileUnusable
from accord.errors import AccordError

__all__ = ["Counts", "Tables", "tables"]


class Counts(msgspec.Struct):
    """What a screening came to so far.

    Args:
        last: Number of the last line of the manifest that is dealt with.
        screened: Lines that were read.
        refused: Lines that were not.
        flagged: Lines worth a look.
        unread: Values that were not read, of lines that were.
        by_rule: How often each rule holds.
    """

    last: int = 1
    screened: int = 0
    refused: int = 0
    flagged: int = 0
    unread: int = 0
    by_rule: dict[str, int] = {}

    def count(self, rules: Sequence[str]) -> None:
        """Counts the rules of a flag."""
        self.by_rule = dict(Counter(self.by_rule) + Counter(rules))


class _Note(msgspec.Struct):
    """How far two tables are, and of what."""

    size: int
    modified: int
    table: str
    flags_bytes: int
    refused_bytes: int
    counts: Counts


class Tables:
    """Two tables that are being written.

    Args:
        manifest: The manifest.
        paths: Where the tables go: flags, refused.
        version: Version of the register.
    """

    def __init__(self, manifest: Path, paths: tuple[Path, Path], version: str) -> None:
        self._paths = paths
        self._parts = [path.with_name(f"{path.name}.part") for path in paths]
        self._note = paths[0].with_name(f"{paths[0].name}.progress")
        seen = manifest.stat()
        self._of = (seen.st_size, seen.st_mtime_ns, version)
        self.counts = Counts()
        self._files: list[io.BufferedRandom] = []

    def begin(self, headers: Sequence[Sequence[str]], *, replace: bool, resume: bool) -> None:
        """Opens both tables, anew or where they were left.

        Raises:
            FileUnusable: One stands there already, or what was left is of another manifest or register.
        """
        for path in self._paths:
            if path.exists() and not replace:
                raise FileUnusable(
                    f"{path} exists.", code="cli.file-exists", next_step="Name another file, or add --replace."
                )
        left = self._left() if self._note.exists() else None
        if left is not None and not (resume or replace):
            raise FileUnusable(
                f"A screening into these files was interrupted at line {left.counts.last}.",
                code="cli.screening-interrupted",
                next_step="Add --resume to go on, or --replace to begin anew.",
            )
        if left is not None and resume:
            self._go_on(left)
        else:
            self._begin_anew(headers)

    def _left(self) -> _Note:
        try:
            return msgspec.json.decode(self._note.read_bytes(), type=_Note)
        except msgspec.DecodeError as error:
            raise FileUnusable(
                f"{self._note} cannot be read.", next_step="Add --replace to begin anew; nothing else is lost."
            ) from error

    def _go_on(self, left: _Note) -> None:
        if (left.size, left.modified, left.table) != self._of:
            raise FileUnusable(
                "The manifest or the register has changed since the screening was interrupted.",
                code="cli.screening-of-another-file",
                next_step="Add --replace and leave --resume out to begin anew.",
            )
        self.counts = left.counts
        self._files = [part.open("r+b") for part in self._parts]
        for file, size in zip(self._files, (left.flags_bytes, left.refused_bytes), strict=True):
            file.truncate(size)
            file.seek(size)

    def _begin_anew(self, headers: Sequence[Sequence[str]]) -> None:
        from accord.node.tables import BYTE_ORDER_MARK

        self._note.unlink(missing_ok=True)
        self._files = [part.open("w+b") for part in self._parts]
        for file, header in zip(self._files, headers, strict=True):
            file.write(BYTE_ORDER_MARK.encode() + _csv([header]))

    def write(self, flags: Sequence[Sequence[object]], refused: Sequence[Sequence[object]]) -> None:
        """Writes the rows of one batch, and how far the tables are with them."""
        for file, rows in zip(self._files, (flags, refused), strict=True):
            file.write(_csv(rows))
            file.flush()
        size, modified, table = self._of
        sizes = [file.tell() for file in self._files]
        told = _Note(
            size=size,
            modified=modified,
            table=table,
            flags_bytes=sizes[0],
            refused_bytes=sizes[1],
            counts=self.counts,
        )
        new = self._note.with_name(f"{self._note.name}.new")
        new.write_bytes(msgspec.json.encode(told))
        new.replace(self._note)

    def finish(self) -> None:
        """Gives both tables their names."""
        self.close()
        for part, path in zip(self._parts, self._paths, strict=True):
            part.replace(path)
        self._note.unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the files; what is written stays."""
        for file in self._files:
            file.close()

    def forget(self) -> None:
        """Removes what was begun and has nothing to go on from."""
        self.close()
        for path in (*self._parts, self._note):
            path.unlink(missing_ok=True)


@contextmanager
def tables(
    manifest: Path,
    paths: tuple[Path, Path],
    headers: Sequence[Sequence[str]],
    *,
    version: str,
    replace: bool,
    resume: bool,
) -> Iterator[Tables]:
    """Gives two tables to write; they take their names at the end, and are left to go on from after an interruption.

    Args:
        manifest: The manifest.
        paths: Where flags and refused lines go.
        headers: The columns of each.
        version: Version of the register.
        replace: Whether files that stand there are replaced.
        resume: Whether what was interrupted goes on.

    Raises:
        FileUnusable: A file stands there already, or what was left is of another manifest.
    """
    held = Tables(manifest, paths, version)
    held.begin(headers, replace=replace, resume=resume)
    try:
        yield held
    except BaseException as error:
        # A manifest that cannot be read leaves nothing; what was interrupted on its way can go on.
        if isinstance(error, AccordError) or held.counts.last <= 1:
            held.forget()
        raise
    else:
        held.finish()
    finally:
        held.close()


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:  # Any: cells of many types
    from accord.node.tables import plain_cell

    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return held.getvalue().encode("utf-8", "replace")
