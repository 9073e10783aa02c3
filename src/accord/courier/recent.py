"""Facts that hardly ever change, remembered for a second, so that each contact does not ask for them again."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

__all__ = ["FRESH_SECONDS", "Recent", "forget_recent"]

# A transfer that begins, or a peer that joins, may be noticed so much later; no safety hangs on it.
FRESH_SECONDS: Final = 1.0

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


_ALL: Final[list[Callable[[], None]]] = []


def forget_recent() -> None:
    """Forgets every remembered answer of this process, as a restart would."""
    for forget in _ALL:
        forget()


class Recent(Generic[_Key, _Value]):
    """Remembers the answer for a key until it is a second old or is forgotten.

    Args:
        ask: Finds the answer anew.
    """

    def __init__(self, ask: Callable[[_Key], _Value]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._known: dict[_Key, tuple[float, _Value]] = {}
        _ALL.append(self.forget)

    def get(self, key: _Key) -> _Value:
        """Returns the answer, asked for at most a second ago."""
        now = time.monotonic()
        with self._lock:
            found = self._known.get(key)
        if found is not None and now - found[0] < FRESH_SECONDS:
            return found[1]
        value = self._ask(key)
        with self._lock:
            self._known[key] = (now, value)
        return value

    def forget(self, key: _Key | None = None) -> None:
        """Forgets one answer, or all of them."""
        with self._lock:
            if key is None:
                self._known.clear()
            else:
                self._known.pop(key, None)
