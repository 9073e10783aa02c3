"""What waits in the registers, on file and of test calls: for a second person, the head of the agency, an answer."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

from django.utils import timezone

from accord.exchange.reach import reads
from accord.handling.assessing import HEAD
from accord.handling.models import MistreatmentAssessment, PredominanceTest
from accord.handling.on_file import OnFile, is_another
from accord.liaison.models import PingTest
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.officers.registers import may_agree, waiting_entries
from accord.parties.models import RegisterEntry
from accord.parties.register_book import due_entries

from .happenings import Happening, Source
from .kinds import Kind

__all__ = ["OF_REGISTERS", "due_keys", "open_records"]


def registers(_since: datetime, now: datetime) -> Iterator[Happening]:
    """Versions that wait for a second person, and entries that are too old or over, or will be in sixty days."""
    for entry in waiting_entries():
        yield Happening(
            kind=Kind.REGISTER_WAITS,
            key=f"register-{entry.pk}",
            at=entry.proposed_at,
            whom=partial(_may_agree, entry),
            subject=f"registerentry:{entry.pk}",
        )
    for entry, day in due_entries(now.date()):
        yield Happening(
            kind=Kind.REGISTER_DUE,
            key=f"register-due-{entry.pk}-{day}",
            at=now,
            whom=_may_decide_on_registers,
            subject=f"registerdue:{entry.pk}",
        )


def records(_since: datetime, _now: datetime) -> Iterator[Happening]:
    """Records about drafts that wait for another officer, or went to the head of the agency by themselves."""
    for record in open_records():
        is_escalated = record.decision == record.Decision.ESCALATED
        yield Happening(
            kind=Kind.FILE_ESCALATED if is_escalated else Kind.FILE_WAITS,
            key=f"{record.pk}-{record.decision}",
            at=record.decided_at if is_escalated and record.decided_at else record.written_at,
            whom=partial(_may_decide, record),
            case=record.message.case_id,
            message=record.message_id,
        )


def open_records() -> Iterator[OnFile]:
    """Yields the newest record of each draft that has not left, where it waits for a decision."""
    for model in (MistreatmentAssessment, PredominanceTest):
        states = model.Decision
        found = model.objects.filter(decision__in=(states.OPEN, states.ESCALATED)).select_related("message__case")
        for record in found:
            newest = model.objects.filter(message=record.message).first()
            if record.message.may_change and newest is not None and newest.pk == record.pk:
                yield record


def due_keys() -> set[int]:
    """Returns the keys of the entries that are too old or over, or will be soon."""
    return {entry.pk for entry, _day in due_entries(timezone.now().date())}


def _may_agree(entry: RegisterEntry, officer: Officer) -> bool:
    return may_agree(officer, entry)


def _may_decide_on_registers(officer: Officer) -> bool:
    return officer.may(Permission.REGISTER_DECIDE)


def _may_decide(record: OnFile, officer: Officer) -> bool:
    if not officer.may(Permission.HOLD_ANSWER) or not is_another(officer, record):
        return False
    is_escalated = record.decision == record.Decision.ESCALATED
    if is_escalated and (HEAD not in officer.offices or officer.pk == record.decided_by_id):
        return False
    return officer.may(Permission.CASE_READ) and reads(officer, record.message.case)


def pings(since: datetime, now: datetime) -> Iterator[Happening]:
    """Test calls of the other side that wait for an answer, and ours that nobody answered in time."""
    for test in PingTest.objects.filter(answered_at=None, due_at__gte=since):
        if not test.is_ours:
            yield _of_ping(Kind.PING_WAITS, test, at=test.reached_at or test.at, is_urgent=True)
        elif test.due_at <= now:
            yield _of_ping(Kind.PING_LATE, test, at=test.due_at, is_urgent=False)


def _of_ping(kind: Kind, test: PingTest, *, at: datetime, is_urgent: bool) -> Happening:
    return Happening(
        kind=kind,
        key=f"{kind.value}-{test.pk}",
        at=at,
        whom=lambda officer: officer.may(Permission.MESSAGE_ANSWER),
        is_urgent=is_urgent,
        subject=f"ping:{test.pk}",
    )


OF_REGISTERS: Final[dict[str, Source]] = {"registers": registers, "records": records, "pings": pings}
"""The sources by the name under which it is kept how far each was read."""
