"""What is done beside the courier rests long in a flood, and not at all when nothing arrives."""

import pytest

from accord.node import pace
from accord.node.pace import AT_REST_SECONDS, BUSY_RESTS, FLOOD_RESTS, LATELY_SECONDS, Pace


def test_the_rest_shrinks_with_the_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    kept = Pace()
    assert kept.rests() == 0.0
    kept.note_arrivals(is_full_batch=True)
    assert kept.rests() == FLOOD_RESTS
    now[0] += LATELY_SECONDS
    assert kept.rests() == 1.0
    kept.note_arrivals(is_full_batch=False)
    assert kept.rests() == BUSY_RESTS
    now[0] += LATELY_SECONDS
    assert kept.rests() == 1.0
    now[0] += AT_REST_SECONDS
    assert kept.rests() == 0.0
