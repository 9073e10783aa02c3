"""Which row of the register a message speaks of: by its CAS number, else by a name, however it is spelled.

A name is compared whole: with case, blanks, hyphens, brackets and accents gone, and with letters that are drawn alike
as one. It is not looked for inside other words, nor with typing errors: the gate is told of what a message names, and
what a manifest may hide is found elsewhere (:mod:`accord.workstreams.drugs.screening`).
"""

from collections.abc import Mapping

from msgspec import Struct

from accord.workstreams.drugs.screening.folding import as_ascii, squeezed
from accord.workstreams.drugs.substances.content import Substance, SubstanceTable

__all__ = ["Finder"]


class Finder(Struct, frozen=True, kw_only=True):
    """The numbers and names of one table.

    Args:
        by_number: Substances by CAS number.
        by_name: Substances by folded name.
    """

    by_number: Mapping[str, Substance]
    by_name: Mapping[str, Substance]

    @classmethod
    def of(cls, table: SubstanceTable) -> "Finder":
        """Returns the finder of a table; of two rows with one name the first is found."""
        by_name: dict[str, Substance] = {}
        for one in table.substances:
            for text in (one.label, *(name.text for name in one.names)):
                by_name.setdefault(_folded(text), one)
        return cls(by_number={number: one for one in table.substances for number in one.cas}, by_name=by_name)

    def find(self, name: str) -> Substance | None:
        """Returns the substance of a number or name; nothing where the table does not hold it."""
        return self.by_number.get(name.strip()) or self.by_name.get(_folded(name))


def _folded(text: str) -> str:
    # Of a name in another script nothing stays in ASCII: it is compared as it is.
    return squeezed(as_ascii(text)).decode("ascii") or text.strip().casefold()
