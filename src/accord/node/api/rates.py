"""Rate limits: one token bucket a caller, held in the process that answers.

A node's API is one process, so the bucket is exact. With several processes each keeps its own and the limit is
multiplied by their number, which a limit against overload bears.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from accord.errors import NotAvailableNow
from accord.node.api.limits import (
    REQUESTS_BURST,
    REQUESTS_PER_SECOND,
    SIGN_IN_FAILURES_BURST,
    SIGN_IN_FAILURES_PER_SECOND,
    TRACKED_CALLERS_MAX,
    WRITES_BURST,
    WRITES_PER_SECOND,
)

__all__ = ["REQUESTS", "SIGN_IN_FAILURES", "WRITES", "Rate", "RateLimited"]


class RateLimited(NotAvailableNow):
    """The caller asks more often than its limit allows."""

    code = "api.rate-limited"
    default_next_step = "Wait for the seconds in Retry-After, then repeat the same request."
    http_status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many requests were made with this account.", fields={"retry_after_seconds": seconds})
        self.retry_after_seconds = seconds


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Rate:
    """A token bucket for each caller.

    Args:
        per_second: Tokens that flow in, a second.
        burst: Most tokens a bucket holds.
        clock: A monotonic clock, seconds.
    """

    def __init__(self, per_second: float, *, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self.burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, caller: str) -> None:
        """Takes one token of the caller.

        Raises:
            RateLimited: None is left; the error names the seconds to wait.
        """
        with self._lock:
            bucket = self._filled(caller)
            if bucket.tokens < 1:
                raise RateLimited(max(1, math.ceil((1 - bucket.tokens) / self.per_second)))
            bucket.tokens -= 1

    def require(self, caller: str) -> None:
        """Raises where no token is left, and takes none.

        Raises:
            RateLimited: None is left.
        """
        with self._lock:
            bucket = self._filled(caller)
            if bucket.tokens < 1:
                raise RateLimited(max(1, math.ceil((1 - bucket.tokens) / self.per_second)))

    def forget_all(self) -> None:
        """Forgets every caller, as a restart of the process does."""
        with self._lock:
            self._buckets.clear()

    def _filled(self, caller: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(tokens=float(self.burst), filled_at=now)
            if len(self._buckets) > TRACKED_CALLERS_MAX:
                self._buckets.popitem(last=False)
        bucket.tokens = min(float(self.burst), bucket.tokens + (now - bucket.filled_at) * self.per_second)
        bucket.filled_at = now
        self._buckets.move_to_end(caller)
        return bucket


REQUESTS = Rate(REQUESTS_PER_SECOND, burst=REQUESTS_BURST)
WRITES = Rate(WRITES_PER_SECOND, burst=WRITES_BURST)
SIGN_IN_FAILURES = Rate(SIGN_IN_FAILURES_PER_SECOND, burst=SIGN_IN_FAILURES_BURST)
