"""Witnesses as this node knows them: whose keys count, what they are asked, and what they co-signed of our logs.

A witness's word is worth something because it is not ours: its keys come in person, and what it co-signed is compared
with what is stored. Where a witness holds another log than we do, and its owner signed both, that is an alarm.

Source: rule BI-14; c2sp.org/tlog-witness.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accord.channel.checkpoint import Checkpoint, read_checkpoint
from accord.channel.merkle import consistency_proof
from accord.channel.witness import WitnessKey, WitnessRequest, read_cosigned
from accord.courier.alarms import raise_alarm_once
from accord.courier.heads import hash_reader
from accord.courier.log_files import StoredLog, stored_logs
from accord.courier.models import SignedCheckpoint
from accord.courier.moment import from_ms
from accord.errors import AccordError, OfficerCanMend, TrustFails
from accord.officers.acts import note
from accord.officers.models import Officer
from accord.officers.permissions import Permission, require
from accord.oversight.models import Cosignature, Witness

__all__ = [
    "AnotherLog",
    "Seen",
    "WitnessRefused",
    "add_witness",
    "request_for",
    "retire_witness",
    "take_cosignature",
    "witnesses",
]


class WitnessRefused(OfficerCanMend):
    """What was given is not of a witness that is known here, or not of a log of this node."""

    code = "oversight.witness-refused"
    http_status = 409


class AnotherLog(TrustFails):
    """A witness co-signed, and its owner signed, another log than the one that is stored here."""

    code = "oversight.witness-saw-another-log"
    default_next_step = "Keep the witness's file. Take both logs along and compare them with the other side's reviewer."
    http_status = 409


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How far a witness has seen one log.

    Args:
        log: The log.
        last: What it last co-signed, ``None`` for nothing.
    """

    log: StoredLog
    last: Cosignature | None

    @property
    def unseen(self) -> int:
        """Returns how many of the newest entries no co-signature of this witness covers."""
        return self.log.size - (self.last.size if self.last is not None else 0)


def witnesses(reviewer: Officer) -> list[tuple[Witness, list[Seen]]]:
    """Returns the witnesses in use, each with how far it has seen every log.

    Raises:
        NotPermitted: The account may not read the record.
    """
    require(reviewer, Permission.RECORD_READ)
    logs = stored_logs()
    found = Witness.objects.filter(retired_at=None).select_related("added_by")
    return [(one, [Seen(log=log, last=_last(one, log)) for log in logs]) for one in found]


def _last(witness: Witness, log: StoredLog) -> Cosignature | None:
    kept = Cosignature.objects.filter(witness=witness, channel=log.channel, direction=log.direction)
    return kept.order_by("-size").first()


@transaction.atomic
def add_witness(reviewer: Officer, text: str, *, now: datetime | None = None) -> Witness:
    """Takes the keys of a witness in; whoever does so got them in person.

    Raises:
        NotPermitted: The account may not read the record.
        WitnessName: The text is not the two public keys of a witness.
        WitnessRefused: A witness of that name is in use.
    """
    require(reviewer, Permission.RECORD_READ)
    key = WitnessKey.from_text(text)
    if Witness.objects.filter(name=key.name, retired_at=None).exists():
        raise WitnessRefused(
            f"A witness called {key.name} is in use.",
            code="oversight.witness-in-use",
            next_step="Retire it first, if its keys were changed.",
        )
    moment = now or timezone.now()
    made = Witness.objects.create(name=key.name, keys=key.to_text(), added_by=reviewer, added_at=moment)
    note(reviewer, "add witness", made, at=moment, detail={"name": key.name})
    return made


@transaction.atomic
def retire_witness(reviewer: Officer, number: int, *, now: datetime | None = None) -> None:
    """Lets no new co-signature of a witness count; what it co-signed stays.

    Raises:
        NotPermitted: The account may not read the record.
        WitnessRefused: There is none in use.
    """
    require(reviewer, Permission.RECORD_READ)
    moment = now or timezone.now()
    found = Witness.objects.select_for_update().filter(pk=number, retired_at=None).first()
    if found is None:
        raise WitnessRefused("There is no such witness in use.", next_step="Read the list of witnesses anew.")
    found.retired_at = moment
    found.save(update_fields=["retired_at"])
    note(reviewer, "retire witness", found, at=moment, detail={"name": found.name})


def request_for(reviewer: Officer, name: str, owner: str, peer: str) -> bytes:
    """Returns the request to a witness for the newest head of a log, as C2SP's add-checkpoint has it.

    Args:
        reviewer: Who asks.
        name: The witness.
        owner: Party code of whose log it is.
        peer: Party code of who co-signs it.

    Raises:
        NotPermitted: The account may not read the record.
        WitnessRefused: The witness or the log is not known, or nothing is signed yet.
    """
    require(reviewer, Permission.RECORD_READ)
    witness = Witness.objects.filter(name=name, retired_at=None).first()
    log = next((one for one in stored_logs() if (one.owner, one.peer) == (owner, peer)), None)
    if witness is None or log is None or not log.size:
        raise WitnessRefused(
            "There is no such witness, or no such log with a signed head.", next_step="Read the list of witnesses anew."
        )
    last = _last(witness, log)
    old = last.size if last is not None else 0
    reader = hash_reader(log.channel.pk, log.direction)
    head = SignedCheckpoint.objects.get(channel=log.channel, direction=log.direction, size=log.size)
    note(reviewer, "ask witness", witness, detail={"party": owner, "size": log.size})
    return WitnessRequest(
        old_size=old, hashes=consistency_proof(reader, old, log.size), checkpoint=bytes(head.note)
    ).to_bytes()


def take_cosignature(reviewer: Officer, data: bytes, *, now: datetime | None = None) -> list[Cosignature]:
    """Takes in what witnesses co-signed, if it is of a log that is stored here.

    Raises:
        NotPermitted: The account may not read the record.
        CosignatureInvalid: A known witness's lines do not hold.
        WitnessRefused: No witness that is known here signed it, or it is of no log of this node.
        AnotherLog: Owner and witness signed another log than the one that is stored; an alarm is raised.
    """
    require(reviewer, Permission.RECORD_READ)
    known = {one.name: one for one in Witness.objects.filter(retired_at=None)}
    owner_note, head, found = read_cosigned(data, [WitnessKey.from_text(one.keys) for one in known.values()])
    if not found:
        raise WitnessRefused(
            "No witness that is known here co-signed this.", next_step="Add the witness's public keys first."
        )
    log = next((one for one in stored_logs() if (one.owner, one.peer) == (head.owner, head.peer)), None)
    if log is None:
        raise WitnessRefused(
            f"The log of {head.owner} towards {head.peer} is not one of this node.",
            next_step="Give the file to the node that holds that log.",
        )
    _require_ours(log, head, owner_note)
    return _kept(reviewer, log, data, head, {known[name]: at for name, at in found.items()}, now=now)


def _require_ours(log: StoredLog, head: Checkpoint, owner_note: bytes) -> None:
    """Compares what was co-signed with what is stored; only what its owner signed can be another log."""
    try:
        keys = log.reader.owner_chain.signing_keys_at(head.position)
        read_checkpoint(owner_note, verify_key=keys)
    except AccordError as error:
        raise WitnessRefused(
            f"The signature of {head.owner} under what was co-signed does not hold.",
            next_step="Ask the witness for its file again.",
        ) from error
    stored = SignedCheckpoint.objects.filter(channel=log.channel, direction=log.direction, size=head.size).first()
    if stored is not None and bytes(stored.note) == owner_note:
        return
    raise_alarm_once(
        log.channel,
        "oversight.witness-saw-another-log",
        f"A witness co-signed another log of {head.owner} towards {head.peer} than the one that is stored here.",
    )
    raise AnotherLog(
        f"{head.owner} signed {head.size} entries that this node does not hold: the witness saw another log.",
        fields={"size": head.size, "party": head.owner},
    )


@transaction.atomic
def _kept(
    reviewer: Officer,
    log: StoredLog,
    data: bytes,
    head: Checkpoint,
    found: Mapping[Witness, int],
    *,
    now: datetime | None,
) -> list[Cosignature]:
    moment, kept = now or timezone.now(), []
    for witness, cosigned_ms in found.items():
        row, is_new = Cosignature.objects.get_or_create(
            witness=witness,
            channel=log.channel,
            direction=log.direction.value,
            size=head.size,
            defaults={
                "root": head.root,
                "note": data,
                "cosigned_at": from_ms(cosigned_ms),
                "taken_by": reviewer,
                "taken_at": moment,
            },
        )
        if is_new:
            note(reviewer, "take cosignature", row, at=moment, detail={"name": witness.name, "size": head.size})
        kept.append(row)
    return kept
