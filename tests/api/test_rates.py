"""A token bucket lets a burst through, then the long-run rate, for each caller apart."""

import pytest

from accord.node.api.limits import TRACKED_CALLERS_MAX
from accord.node.api.rates import Rate, RateLimited


class Clock:
    """A clock that is set by hand, seconds."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_a_burst_the_caller_waits_for_the_next_token() -> None:
    clock = Clock()
    rate = Rate(0.5, burst=3, clock=clock)
    for _ in range(3):
        rate.spend("a")

    with pytest.raises(RateLimited) as refused:
        rate.spend("a")
    assert refused.value.retry_after_seconds == 2

    clock.now += 2
    rate.spend("a")
    with pytest.raises(RateLimited):
        rate.spend("a")


def test_one_caller_never_spends_anothers_tokens() -> None:
    rate = Rate(1, burst=1, clock=Clock())
    rate.spend("a")

    rate.spend("b")

    assert (rate.left("a"), rate.left("b"), rate.left("c")) == (0, 0, 1)
    with pytest.raises(RateLimited):
        rate.spend("a")


def test_a_long_rest_gives_no_more_than_the_burst() -> None:
    clock = Clock()
    rate = Rate(10, burst=2, clock=clock)
    rate.spend("a")
    clock.now += 3600

    rate.spend("a")
    rate.spend("a")

    with pytest.raises(RateLimited):
        rate.spend("a")


def test_the_callers_remembered_are_bounded() -> None:
    rate = Rate(1, burst=1, clock=Clock())
    rate.spend("first")
    for number in range(TRACKED_CALLERS_MAX):
        rate.spend(str(number))

    rate.spend("first")
