"""Rate limits: one token bucket a caller, held in the process that answers.

A node's API is one process, so the bucket is exact. With several processes each keeps its own and the limit is
multiplied by their number, which a limit against overload bears.

Source: draft-ietf-httpapi-ratelimit-headers-10, for the two headers.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

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

__all__ = ["REQUESTS", "SIGN_IN_FAILURES", "WRITES", "Rate", "RateLimited", "SignInsThrottled", "rate_headers"]


class RateLimited(NotAvailableNow):
    """The caller asks more often than its limit allows."""

    code = "api.rate-limited"
    default_next_step = "Wait for the seconds in Retry-After, then repeat the same request."
    http_status = 429
    happened: ClassVar[str] = "Too many requests were made with this account."

    def __init__(self, seconds: int) -> None:
        super().__init__(self.happened, fields={"retry_after_seconds": seconds})
        self.retry_after_seconds = seconds


class SignInsThrottled(RateLimited):
    """Too many accounts that are not accepted came from one address; good accounts there go on working."""

    code = "api.sign-ins-throttled"
    default_next_step = (
        "Check the token or certificate and wait for the seconds in Retry-After; "
        "accounts that are accepted are not slowed down."
    )
    happened = "This account is not accepted, and too many such accounts came from this address."


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Rate:
    """A token bucket for each caller.

    Args:
        per_second: Tokens that flow in, a second.
        burst: Most tokens a bucket holds.
        name: What the limit is called in the headers.
        refused: The error of a caller without a token.
        clock: A monotonic clock, seconds.
    """

    def __init__(
        self,
        per_second: float,
        *,
        burst: int,
        name: str = "requests",
        refused: type[RateLimited] = RateLimited,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._refused = refused
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
                raise self._refused(max(1, math.ceil((1 - bucket.tokens) / self.per_second)))
            bucket.tokens -= 1

    def left(self, caller: str) -> int:
        """Returns how many tokens the caller has, and takes none."""
        with self._lock:
            return int(self._filled(caller).tokens)

    @property
    def window_seconds(self) -> int:
        """Seconds in which an empty bucket is full again."""
        return math.ceil(self.burst / self.per_second)

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


def rate_headers(rates: Iterable[Rate], caller: str) -> dict[str, str]:
    """Returns the headers that tell a caller its limits, what is left of each, and when each is whole again."""
    kept = list(rates)
    policies = [f'"{rate.name}";q={rate.burst};w={rate.window_seconds}' for rate in kept]
    left = [(rate, rate.left(caller)) for rate in kept]
    states = [f'"{rate.name}";r={count};t={math.ceil((rate.burst - count) / rate.per_second)}' for rate, count in left]
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}


REQUESTS = Rate(REQUESTS_PER_SECOND, burst=REQUESTS_BURST)
WRITES = Rate(WRITES_PER_SECOND, burst=WRITES_BURST, name="changes")
SIGN_IN_FAILURES = Rate(
    SIGN_IN_FAILURES_PER_SECOND, burst=SIGN_IN_FAILURES_BURST, name="refused-sign-ins", refused=SignInsThrottled
)
