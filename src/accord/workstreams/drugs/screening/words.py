"""Words of several lists, found in spaced texts in one pass over them."""

from collections.abc import Collection, Sequence
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

__all__ = ["Hits", "WordSearch"]

Hits = Sequence[tuple[bytes, int, int]]
"""What was found: the word, and where it starts and ends in the text."""


class WordSearch:
    """Finds the words of some lists.

    Args:
        lists: The lists; a word begins, and may end, with a space.
    """

    def __init__(self, *lists: Collection[bytes]) -> None:
        self._all: Final = list(dict.fromkeys(word for words in lists for word in words))
        self._lists: Final = [frozenset(words) for words in lists]
        self._engine: Final = BytesAhoCorasick(self._all)

    def find(self, spaced: bytes) -> list[Hits]:
        """Returns what was found of each list.

        Args:
            spaced: The texts, as :class:`~.folding.Folded` spaces them.
        """
        matches = self._engine.find_matches_as_indexes(spaced, overlapping=True)
        hits = [(self._all[which], start, end) for which, start, end in matches]
        return [[one for one in hits if one[0] in words] for words in self._lists]
