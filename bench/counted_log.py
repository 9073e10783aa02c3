"""Fills a database with the log of two years that indicators are counted from: cases, messages, clocks, corrections.

The rows go straight into the tables, as both sides' messages would have left them; what is not read when counting (the
entries' own bytes, decisions, acts) is left out. The shares of kinds, themes, urgencies and late answers are those that
a desk of this size would have. Everything is invented.
"""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from bench.bulk import insert_all

__all__ = ["MESSAGES_A_CASE", "YEARS", "CountedLog"]

YEARS: Final = 2
MESSAGES_A_CASE: Final = 5
CONTENT_BYTES: Final = 900
"""Of each message: what a short request or answer has as JSON."""

ANSWERED_SHARE: Final = 0.93
LATE_SHARE: Final = 0.06
REFUSED_SHARE: Final = 0.08
CORRECTED_SHARE: Final = 0.02
OBJECTED_SHARE: Final = 0.003
CALLS_A_WEEK: Final = 20
"""Test calls of contact points, both sides together."""

URGENCIES: Final = (("normal", 0.86, 14 * 24), ("urgent", 0.12, 72), ("threat-to-life", 0.02, 8))
"""Urgency, its share, and the hours of its limit."""

_Row = dict[str, Any]  # Any: each column has its own type


class CountedLog:
    """Makes the rows; the same numbers give the same rows but for the time.

    Args:
        now: The end of the log's time.
    """

    def __init__(self, *, now: datetime) -> None:
        from accord.vocabulary.refusal import RefusalGround
        from accord.vocabulary.subjects import Theme

        self._dice, self._now, self._number = random.Random(20261129), now, 0
        self._themes = [theme.value for theme in Theme]
        self._grounds = [ground.value for ground in RefusalGround]
        self._filler = ("SPECIMEN. " + "the consignment, its papers and who declared it " * 40)[:CONTENT_BYTES]

    def fill(self, messages: int, *, since: datetime | None = None) -> int:
        """Writes so many messages with all that belongs to them, spread over a time; returns how many they became.

        Args:
            messages: How many at least; cases are whole.
            since: The beginning; two years back where left out.
        """
        from accord.exchange.models import Case, Clock, Message
        from accord.handling.models import Correction, ObjectionMade

        begins = since or self._now - timedelta(days=365 * YEARS)
        cases, step = -(-messages // MESSAGES_A_CASE), 5_000
        for first in range(0, cases, step):
            rows: dict[Any, list[_Row]] = {one: [] for one in (Case, Message, Clock, Correction, ObjectionMade)}
            for place in range(first, min(first + step, cases)):
                at = begins + (self._now - begins) * (place / cases)
                self._case(at, rows)
            for model, made in rows.items():
                insert_all(model, made)
        return cases * MESSAGES_A_CASE

    def call(self) -> int:
        """Writes the test calls of the two years; returns how many."""
        from accord.liaison.models import PingTest

        count = 52 * YEARS * CALLS_A_WEEK
        return insert_all(PingTest, (self._call(place, count) for place in range(count)))

    def _call(self, place: int, count: int) -> _Row:
        at = self._now - timedelta(days=365 * YEARS) * (1 - place / count)
        is_answered = self._dice.random() < 0.95
        return {
            "ping": self._key(at), "peer_id": "IN", "is_ours": place % 2 == 0, "function": "precursor-authority",
            "is_planned": True, "at": at, "due_at": at + timedelta(minutes=30), "reached_at": at + timedelta(seconds=3),
            "envelope_id": self._key(at), "answered_at": at + timedelta(minutes=12) if is_answered else None,
        }  # fmt: skip

    def _key(self, at: datetime) -> UUID:
        """A key as the node makes it: ordered by time (RFC 9562, section 5.7)."""
        dice, head = self._dice, int(at.timestamp() * 1000) << 80
        return UUID(int=head | 0x7 << 76 | dice.getrandbits(12) << 64 | 0b10 << 62 | dice.getrandbits(62))

    def _case(self, at: datetime, rows: dict[Any, list[_Row]]) -> None:
        from accord.exchange.models import Case

        dice, key = self._dice, self._key(at)
        self._number += 1
        is_ours = dice.random() < 0.5
        last = at
        for _pair in range(MESSAGES_A_CASE // 2):
            begun = min(last + timedelta(hours=dice.random() * 200), self._now)
            last = self._asked(key, begun, rows, is_ours=is_ours)
        last = min(last + timedelta(hours=dice.random() * 50), self._now)
        self._further(key, last, rows, is_ours=is_ours)
        rows[Case].append(
            {
                "id": key, "own_ref": f"CA-{at:%Y}-{self._number:09}", "other_ref": f"IN-{at:%Y}-{self._number:09}",
                "peer_id": "IN", "is_ours": is_ours, "theme": dice.choice(self._themes), "agency": "RCMP",
                "title": "SPECIMEN", "opened_at": at, "changed_at": last,
            }
        )  # fmt: skip

    def _asked(self, case: UUID, at: datetime, rows: dict[Any, list[_Row]], *, is_ours: bool) -> datetime:
        """A request and what came back, an answer mostly; returns when."""
        from accord.exchange.models import Clock, Message

        dice = self._dice
        urgency, _, hours = dice.choices(URGENCIES, [share for _, share, _ in URGENCIES])[0]
        limit = timedelta(hours=hours)
        took = limit * (dice.uniform(1.02, 2) if dice.random() < LATE_SHARE else dice.betavariate(2, 5))
        answered_at = at + took
        is_answered = answered_at < self._now and dice.random() < ANSWERED_SHARE
        request = self._message(case, "request", at, is_ours=is_ours, content={"specification": self._filler})
        rows[Message].append(request)
        rows[Clock].append(
            {
                "message_id": request["id"], "table": "2026-1", "urgency": urgency, "limit_seconds": hours * 3_600,
                "started_at": at, "due_at": at + limit, "state": "ended" if is_answered else "running",
                "ended_at": answered_at if is_answered else None,
            }
        )  # fmt: skip
        back = answered_at if is_answered else min(at + timedelta(hours=4), self._now)
        grounds = dice.sample(self._grounds, dice.choice((1, 1, 2))) if dice.random() < REFUSED_SHARE else ()
        said = {"facts": self._filler, "refusals": [{"ground": one, "part_refused": "a part"} for one in grounds]}
        kind = "answer" if is_answered else "clarification"
        answer = self._message(case, kind, back, is_ours=not is_ours, content=said)
        rows[Message].append({**answer, "in_reply_to_id": request["id"]})
        return back

    def _further(self, case: UUID, at: datetime, rows: dict[Any, list[_Row]], *, is_ours: bool) -> None:
        """The last message of a case: information, now and then a correction or an objection."""
        from accord.exchange.models import Message
        from accord.handling.models import Correction, ObjectionMade

        drawn = self._dice.random() / MESSAGES_A_CASE
        kind = "spontaneous-information"
        if drawn < CORRECTED_SHARE:
            kind = "correction"
        elif drawn < CORRECTED_SHARE + OBJECTED_SHARE:
            kind = "objection"
        message = self._message(case, kind, at, is_ours=is_ours, content={"facts": self._filler})
        rows[Message].append(message)
        shared = {"message_id": message["id"], "is_ours": is_ours}
        if kind == "correction":
            rows[Correction].append({**shared, "action": "correct", "at": at})
        elif kind == "objection":
            rows[ObjectionMade].append(
                {
                    **shared, "item_id": rows[Message][-2]["id"], "level": "agency", "made_at": at,
                    "reply_due_on": (at + timedelta(days=30)).date(), "outcome": "contested", "answered_at": at,
                }
            )  # fmt: skip

    def _message(self, case: UUID, kind: str, at: datetime, *, is_ours: bool, content: Mapping[str, object]) -> _Row:
        row: _Row = {
            "id": self._key(at), "case_id": case, "direction": "out" if is_ours else "in", "kind": kind,
            "state": "filed" if is_ours else "received", "reference": f"{case}"[:36], "handling": "H1",
            "content": msgspec.json.encode(content), "created_at": at, "saved_at": at, "envelope_id": self._key(at),
        }  # fmt: skip
        if is_ours:
            return row | {"released_at": at, "delivered_at": at, "receipt_stated_at": at + timedelta(seconds=4)}
        return row | {"received_at": at + timedelta(seconds=2)}
