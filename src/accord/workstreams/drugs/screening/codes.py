"""Lines under certain tariff codes, found in a whole column at once."""

from collections.abc import Collection, Sequence
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from accord.workstreams.drugs.screening.folding import lines_of
from accord.workstreams.drugs.screening.lines import code_of

__all__ = ["CodeFinder"]

_NO_CODE: Final = bytes(set(range(256)) - set(b"0123456789\n"))


class CodeFinder:
    """Finds which cells of a column begin with one of some codes, however papers part the digits.

    Args:
        codes: The codes, digits only.
    """

    def __init__(self, codes: Collection[str]) -> None:
        self._codes = tuple(codes)
        self._engine = BytesAhoCorasick([f"\n{code}".encode() for code in codes])

    def bearing(self, cells: Sequence[str]) -> set[int]:
        """Returns the places of the cells that begin with one of the codes.

        Args:
            cells: As papers write them.
        """
        text = "\n".join(cells)
        if not text.isascii() or text.count("\n") >= len(cells):
            return {place for place, cell in enumerate(cells) if code_of(cell).startswith(self._codes)}
        digits = b"\n" + text.encode("ascii").translate(None, _NO_CODE)
        matches = self._engine.find_matches_as_indexes(digits)
        return set(lines_of(digits, (start for _which, start, _end in matches)).values())
