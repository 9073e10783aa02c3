"""Fills a node's home with the work of years: 50,000 cases and 500,000 messages in realistic shares of states.

Run as ``python -m bench.archive --cases N --messages N`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of that node.
The rows go straight into the database; what waits for a second officer is made by the services, since its page reads
payloads and decisions. Everything is invented and marked as a specimen.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from accord.cli.node import open_node
from bench.bulk import insert_all

__all__ = ["MEASURED", "MESSAGES_OF_MEASURED"]

YEARS = 5
OPEN_SHARE = 0.06
"""Of 50,000 cases 3,000 are open: ten officers with three hundred each, which is more than anybody holds."""
UNHELD_SHARE = 0.03
LATE_SHARE = 0.05
PAUSED_SHARE = 0.10
WAITING = 40
"""Messages that wait for a second officer: a bad Monday."""
NOTICES = 3_000
"""Notices of each officer, nearly all of them read."""
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

MEASURED = "CA-2026-BENCH-PAGES"
MESSAGES_OF_MEASURED = 12

INFORMATION = "spontaneous-information"
KINDS = (("request", "in"), (INFORMATION, "out"), ("clarification", "in"), (INFORMATION, "out"))
"""What one side writes after the other; ours are all information, the kind whose content is at hand."""
FATES = ("acted", "acted", "acted", "filed", "filed", "delivered", "withdrawn", "discarded")
TITLES = (
    "consignment of an industrial intermediate",
    "accounts of a payment processor",
    "forged travel document",
    "servers of a ransomware group",
    "vessel with two names",
    "courier parcels to one address",
    "messages that threaten a witness",
    "fire-arm parts bought online",
)


def _key(at: datetime, dice: random.Random) -> UUID:
    """A key as the node makes it: ordered by time (RFC 9562, section 5.7)."""
    head = int(at.timestamp() * 1000) << 80
    return UUID(int=head | 0x7 << 76 | dice.getrandbits(12) << 64 | 0b10 << 62 | dice.getrandbits(62))


class Archive:
    """Makes the rows of the archive; the same numbers give the same rows but for the time.

    Args:
        cases: How many cases.
        messages: How many messages together.
        now: The end of the archive's time.
    """

    def __init__(self, *, cases: int, messages: int, now: datetime) -> None:
        from accord.officers.models import Officer
        from accord.vocabulary.subjects import Theme

        self._dice = random.Random(20261129)
        self._cases, self._per_case, self._now = cases, messages / cases, now
        self._themes = [theme.value for theme in Theme]
        self._holders = [one.pk for one in Officer.objects.all() if one.may("case.take")]
        self._made: list[tuple[UUID, datetime, bool, int]] = []
        self.requests: list[tuple[UUID, datetime, bool]] = []

    def cases(self) -> Iterator[dict[str, Any]]:
        """Gives the cases, the oldest first; the last one is measured."""
        dice, span = self._dice, timedelta(days=365 * YEARS)
        total = 0.0
        for number in range(self._cases):
            is_measured = number == self._cases - 1
            is_open = is_measured or number >= self._cases * (1 - OPEN_SHARE)
            at = self._now - (
                span * (1 - number / self._cases) if not is_open else timedelta(hours=dice.random() * 600)
            )
            key = _key(at, dice)
            is_ours = not is_measured and dice.random() < 0.5
            is_unheld = is_open and not is_ours and not is_measured and dice.random() < UNHELD_SHARE
            total += self._per_case
            count = MESSAGES_OF_MEASURED if is_measured else max(1, round(self._per_case * dice.uniform(0.2, 1.8)))
            self._made.append((key, at, is_open, count))
            name = "".join(dice.choices(SIGNS, k=8))
            yield {
                "id": key,
                "own_ref": MEASURED if is_measured else f"CA-{at.year}-{name[:4]}-{name[4:]}{number:05}",
                "other_ref": f"IN-{at.year}-{number:06}",
                "peer_id": "IN",
                "is_ours": is_ours,
                "theme": dice.choice(self._themes),
                "title": f"SPECIMEN {number:05}: {dice.choice(TITLES)}",
                "state": "open" if is_open else "closed",
                "waiting_on": dice.choice(("us", "us", "them", "gate")) if is_open else "nobody",
                "holder_id": None if is_unheld else dice.choice(self._holders),
                "taken_at": None if is_unheld else at,
                "outcome": "" if is_open else dice.choice(("acted", "no-action")),
                "opened_at": at,
                "changed_at": at + timedelta(hours=dice.random() * 24 if is_open else dice.random() * 400),
                "closed_at": None if is_open else at + timedelta(days=20),
            }

    def messages(self, content: bytes) -> Iterator[dict[str, Any]]:
        """Gives the messages of the cases in their order.

        Args:
            content: The JSON of a message, as it was signed.
        """
        dice = self._dice
        for case, at, is_open, count in self._made:
            for place in range(count):
                kind, direction = KINDS[place % len(KINDS)]
                sent = min(at + timedelta(hours=place * 3), self._now)
                key = _key(sent, dice)
                if kind == "request":
                    self.requests.append((key, sent, is_open and place == 0))
                is_last = is_open and place == count - 1 and direction == "out"
                yield {
                    "id": key,
                    "case_id": case,
                    "direction": direction,
                    "kind": kind,
                    "state": "received" if direction == "in" else ("draft" if is_last else dice.choice(FATES)),
                    "reference": f"{case}/{place}"[-40:],
                    "handling": dice.choice(("H1", "H1", "H2", "H3")),
                    "content": content,
                    "own_side": b"{}",
                    "drafted_by_id": self._holders[0] if direction == "out" else None,
                    "created_at": sent,
                    "saved_at": sent,
                    "released_at": sent if direction == "out" and not is_last else None,
                    "delivered_at": sent + timedelta(seconds=4) if direction == "out" and not is_last else None,
                    "received_at": sent if direction == "in" else None,
                }

    def clocks(self) -> Iterator[dict[str, Any]]:
        """Gives a clock for each request; those of open cases run, and some are late or paused."""
        dice = self._dice
        for message, at, is_running in self.requests:
            urgency, limit = dice.choice((("normal", 7), ("normal", 7), ("normal", 30), ("urgent", 3)))
            due = at + timedelta(days=limit)
            if is_running and dice.random() > LATE_SHARE:
                due = max(due, self._now + timedelta(hours=dice.random() * 300))
            state = ("paused" if dice.random() < PAUSED_SHARE else "running") if is_running else "ended"
            yield {
                "message_id": message,
                "table": "2026-1",
                "urgency": urgency,
                "limit_seconds": limit * 86_400,
                "started_at": at,
                "due_at": due,
                "state": state,
                "paused_at": self._now - timedelta(hours=5) if state == "paused" else None,
                "pause_reason": "translation" if state == "paused" else "",
                "ended_at": at + timedelta(days=2) if state == "ended" else None,
            }


def _acts(now: datetime) -> Iterator[dict[str, Any]]:
    from accord.exchange.models import Message
    from accord.officers.models import Officer

    officer = Officer.objects.get(username=_accounts()["liaison"]["username"]).pk
    sent = Message.objects.filter(direction="out").order_by("id").values_list("pk", "created_at")
    for key, at in sent.iterator(chunk_size=5_000):
        for verb in ("draft message", "submit message", "approve message", "release message"):
            yield {
                "at": min(at, now - timedelta(hours=1)),
                "officer_id": officer,
                "verb": verb,
                "object_type": "message",
                "object_id": str(key),
                "detail": {},
            }


def _entries(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    from accord.courier.models import Channel

    channel = Channel.objects.get()
    dice = random.Random(2)
    for direction in ("out", "in"):
        for position in range(count // 2):
            at = now - timedelta(days=365 * YEARS) * (1 - position / (count / 2))
            yield {
                "channel_id": channel.pk,
                "direction": direction,
                "position": 10**6 + position,
                "envelope_id": UUID(int=dice.getrandbits(128)),
                "recorded_at": at,
                "handled_at": at,
                "capsule_id": bytes(16),
                "leaf": bytes(32),
                "header": bytes(180),
                "sealed": bytes(64),
            }


def _notices(now: datetime) -> Iterator[dict[str, Any]]:
    from accord.exchange.models import Case
    from accord.officers.models import Officer

    cases = list(Case.objects.order_by("-id").values_list("pk", flat=True)[:NOTICES])
    for officer in Officer.objects.all():
        for number, case in enumerate(cases):
            at = now - timedelta(minutes=number)
            yield {
                "officer_id": officer.pk,
                "kind": "assigned",
                "key": f"bench-{number}",
                "at": at,
                "made_at": at,
                "case_id": case,
                "read_at": None if number < 12 else at,
            }


def _accounts() -> dict[str, dict[str, str]]:
    return dict(json.loads((Path(os.environ["ACCORD_HOME"]) / "demo.json").read_text())["accounts"])


def _submit_waiting() -> bytes:
    """Lets messages wait for a second officer, by the services, and returns the content of one."""
    from bench.workload import submitted_messages

    made = list(islice(submitted_messages(WAITING), WAITING))
    return bytes(made[0].content)


def main() -> None:
    """Fills the home and prints how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--messages", type=int, required=True)
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    from accord.courier.models import Entry
    from accord.exchange.models import Case, Clock, Message
    from accord.node.notices.models import Notice
    from accord.officers.models import Act

    began, now = time.monotonic(), datetime.now(UTC)
    content = _submit_waiting()
    archive = Archive(cases=asked.cases, messages=asked.messages, now=now)
    counts = {
        "cases": insert_all(Case, archive.cases()),
        "messages": insert_all(Message, archive.messages(content)),
        "clocks": insert_all(Clock, archive.clocks()),
        "acts": insert_all(Act, _acts(now)),
        "entries": insert_all(Entry, _entries(asked.messages, now)),
        "notices": insert_all(Notice, _notices(now)),
    }
    _analyse()
    sys.stdout.write(f"{json.dumps({**counts, 'seconds': round(time.monotonic() - began, 1)})}\n")


def _analyse() -> None:
    """Lets the database learn what the tables hold, as its own housekeeping would have done over the years."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
