"""What a whole log proves, checked offline: used by ``accord verify --log`` and by the witness's commands.

It imports the channel floor only: no node, no database, no network, no clock.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from accord.cli.output import print_json, say, working
from accord.errors import OfficerCanMend

if TYPE_CHECKING:
    from accord.channel.keys import VerifyKey
    from accord.channel.log_export import LogVerdict
    from accord.channel.log_reading import Judging

__all__ = ["LogUnreadable", "opened", "sentences", "verify_logs"]

BUFFER_BYTES: Final = 4 * 1024 * 1024


class LogUnreadable(OfficerCanMend):
    """A file that was named as a log cannot be read."""

    code = "verify.file-unreadable"
    default_next_step = "Check the name of the file and try again."


@dataclass(frozen=True, kw_only=True)
class _Found:
    file: Path
    verdict: "LogVerdict"
    contradiction: str | None = None

    @property
    def ok(self) -> bool:
        return self.verdict.ok and self.contradiction is None


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """Opens an export for reading.

    Raises:
        LogUnreadable: It cannot be read.
    """
    try:
        with file.open("rb", buffering=BUFFER_BYTES) as source:
            yield source
    except OSError as error:
        raise LogUnreadable(f"{file} cannot be read: {error.strerror}.") from error


def verify_logs(
    files: list[Path], roots: "Mapping[str, VerifyKey]", *, as_json: bool, workers: int | None = None
) -> bool:
    """Checks each export, and that two copies of one log agree; prints what was found, and tells whether all holds.

    Raises:
        WorkerLost: A process that checked signatures ended before its work was done.
    """
    from accord.channel.log_export import verify_log
    from accord.cli.many_cores import ManyCores

    judging = ManyCores(workers)
    found: list[_Found] = []
    for file in files:
        with opened(file) as source, working(f"Checking {file}"):
            found.append(_Found(file=file, verdict=verify_log(source.read, roots, judging=judging)))
    found = [_compared(one, found, roots, judging) for one in found]
    holds = all(one.ok for one in found)
    if as_json:
        print_json({"ok": holds, "logs": [_as_json(one) for one in found], "reason": _first_reason(found)})
    else:
        for one in found:
            _print(one)
    return holds


def _compared(one: _Found, found: list[_Found], roots: "Mapping[str, VerifyKey]", judging: "Judging") -> _Found:
    """Looks whether this copy passes through what every shorter copy of the same log ended with."""
    from accord.channel.log_export import agreement_between

    title = one.verdict.title
    if title is None or not one.verdict.ok:
        return one
    for other in found:
        seen, end = other.verdict.title, other.verdict.progress.frontier
        is_same = seen is not None and (seen.owner, seen.peer) == (title.owner, title.peer)
        if other is one or not is_same or not other.verdict.ok or not 0 < end.size <= one.verdict.progress.size:
            continue
        with opened(one.file) as source:
            fault = agreement_between(end.size, end.root, source.read, roots, judging=judging)
        if fault is not None:
            said = f"{one.file.name} and {other.file.name} are not one log: {fault.sentence}"
            return _Found(file=one.file, verdict=one.verdict, contradiction=said)
    return one


def _first_reason(found: list[_Found]) -> str | None:
    reasons = [(one.file.name, one.verdict.reason or one.contradiction) for one in found if not one.ok]
    if not reasons:
        return None
    name, reason = reasons[0]
    return f"{name}: {reason}" if len(found) > 1 else reason


def sentences(verdict: "LogVerdict") -> list[str]:
    """Returns in plain words what was read of a log: entries, head, times, keys, and what waits."""
    title, done = verdict.title, verdict.progress
    if title is None:
        return []
    said = [f"The log of {title.owner} towards {title.peer}, {title.size} entries as the file says; {done.size} read."]
    if done.head_time_ms is not None:
        said.append(
            f"{done.heads} signed heads of {title.owner} hold, the last of {_moment(done.head_time_ms)}, epoch "
            f"{done.head_epoch}, signed with key {', '.join(done.owner_keys)}."
        )
    if done.receipt_time_ms is not None:
        said.append(
            f"{done.receipts} co-signatures of {title.peer} hold, the last over {done.receipted_size} entries at "
            f"{_moment(done.receipt_time_ms)}, with key {', '.join(done.peer_keys)}."
        )
        said.append(f"Root of those {done.receipted_size} entries: {done.receipted_root.hex()}")
    if verdict.ok and done.waiting:
        said.append(f"The newest {done.waiting} entries wait for the co-signature of {title.peer}.")
    if verdict.ok:
        said.append("That nothing newer exists is not shown: compare the other side's copy, or ask a witness.")
    return said


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _print(one: _Found) -> None:
    say(f"{one.file}: {'the whole log holds' if one.ok else 'DOES NOT HOLD'}")
    for sentence in sentences(one.verdict):
        say(f"  {sentence}")
    for reason in (one.verdict.reason, one.contradiction):
        if reason is not None:
            say(f"  Reason: {reason}")


def _as_json(one: _Found) -> dict[str, object]:
    title, done = one.verdict.title, one.verdict.progress
    fault = done.fault
    return {
        "file": str(one.file),
        "ok": one.ok,
        "owner": title.owner if title else None,
        "peer": title.peer if title else None,
        "entries": done.size,
        "root": done.frontier.root.hex(),
        "heads": done.heads,
        "head_time": _moment(done.head_time_ms) if done.head_time_ms is not None else None,
        "owner_keys": list(done.owner_keys),
        "cosigned_entries": done.receipted_size,
        "cosigned_root": done.receipted_root.hex(),
        "receipts": done.receipts,
        "receipt_time": _moment(done.receipt_time_ms) if done.receipt_time_ms is not None else None,
        "peer_keys": list(done.peer_keys),
        "fault": fault.code if fault else ("other-history" if one.contradiction else None),
        "reason": one.verdict.reason or one.contradiction,
    }
