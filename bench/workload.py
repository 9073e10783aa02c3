"""Messages for measurements and fault tests, made through the application's own services inside a node's home.

Run as ``python -m bench.workload COMMAND ...`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of that node; each
command prints one JSON value. Every message is drafted by one officer, approved by another over its exact bytes, and
released through the law gate, as any message is. Facts differ from message to message, so that no decision is a
repetition of another one.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from accord.cli.node import open_node
from bench.pair import arrangement_code
from bench.payloads import MESSAGE_BYTES, incompressible_text, specimen_text

if TYPE_CHECKING:
    from accord.exchange.models import Message
    from accord.officers.models import Officer

__all__ = ["Text", "approved_messages", "officers", "release_message", "submitted_messages"]

Text = Literal["report", "noise"]
"""``report`` is prose as officers write it; ``noise`` cannot be compressed."""

PEERS = {"CA": "IN", "IN": "CA"}
AGENCIES = {"CA": "RCMP", "IN": "NCB"}
LAWS = {
    "CA": "Royal Canadian Mounted Police Act, section 18",
    "IN": "Narcotic Drugs and Psychotropic Substances Act, 1985, section 9A",
}
MESSAGES_A_CASE = 20
"""A case has single or low double figures of messages; what a case costs is shared by so many."""
SAVE_EVERY = 500
"""Messages prepared in one transaction: preparation is not measured, so it need not pay a commit each."""
RETENTION_SPREAD_DAYS = 1_500
"""Retention dates vary over this many days, below the ceiling of five years (rule BI-12)."""


def officers() -> dict[str, "Officer"]:
    """Returns this node's specimen officers by role."""
    from accord.officers.models import Officer

    accounts = json.loads((Path(os.environ["ACCORD_HOME"]) / "demo.json").read_text())["accounts"]
    return {role: Officer.objects.get(username=account["username"]) for role, account in accounts.items()}


def _fields(number: int, *, party: str, peer: str, text: str, today: date) -> dict[str, object]:
    return {
        "sender": {"party": party, "agency": AGENCIES.get(party, "DESK")},
        "recipient": {"party": peer, "agency": AGENCIES.get(peer, "DESK")},
        "liaison_contact": "Liaison officer (specimen)",
        "duty_phone": "+1 613 555 0100",
        "theme": "precursors",
        "purpose": "investigate",
        "legal_basis": ["1988 Convention, art. 9 and 12"],
        "arrangement_id": arrangement_code(party, peer),
        "handling": "H1",
        "caveats": [
            {
                "who_may_access": [AGENCIES.get(peer, "DESK")],
                "permitted_uses": ["Lead information; not for use in court"],
                "procedure_contact": "Liaison desk of the sender, by a message in this case",
                "expires_on": (today + timedelta(days=365)).isoformat(),
            }
        ],
        # What India marks needs the order of the authority that releases it (IN-05): the specimen bears none.
        "classification": (
            {"own": "Unclassified", "equivalent": "unclassified"}
            if party == "IN"
            else {"own": "Protected A", "equivalent": "restricted"}
        ),
        # Dates that differ from message to message: the facts differ, so the gate decides each one anew.
        "retention_until": (today + timedelta(days=30 + number % RETENTION_SPREAD_DAYS)).isoformat(),
        "language": "en",
        "evaluation": {"source": "B", "information": "2", "evaluated_on": today.isoformat()},
        "accuracy": {
            "statement": "Read from the customs declaration by an officer; nothing was sampled.",
            "as_of": (today - timedelta(days=number // RETENTION_SPREAD_DAYS)).isoformat(),
        },
        "person_categories": [],
        "concerns_minor": False,
        "subject": f"SPECIMEN consignment {number:06}",
        "facts": text,
        "relevance_reason": "The consignor is registered there.",
        "seriousness": "serious",
    }


_INDIAN_SIDE: dict[str, object] = {
    "dpdp_head": "17(1)(c)",
    "has_security_safeguards": True,
    "substances": [
        {
            "name": "79099-07-3",
            "schedules": ["B", "C"],
            "controlled_on": "2025-01-23",
            "happened_on": "2026-02-09",
            "movement": "reported",
            "direction": "export",
            "notification": "G.S.R. 71(E)",
        }
    ],
}


def _own_side(party: str) -> dict[str, object]:
    return {
        "has_personal_data": False,
        "asks_about_person": False,
        "is_in_custody": False,
        "basis": ["conduct"],
        "is_victim_of_intimidation": False,
        "has_death_penalty_exposure": False,
        "names_source": False,
        "categories": ["consignment"],
        "exposure": "none",
        "is_compelled": False,
        "has_safeguarded_information": False,
        "has_third_party_origin": False,
        "contains_received_from": [],
        "has_measures_taken": True,
        "legitimate_aim": "SPECIMEN. To find and stop the diversion of a controlled precursor.",
        "proportionality": "SPECIMEN. One consignment, no person.",
        "authorising_law": LAWS.get(party, "SPECIMEN Act, section 1"),
        **(_INDIAN_SIDE if party == "IN" else {}),
    }


def _written(number: int, size: int, kind: Text, *, author: str) -> str:
    """Returns a text of exactly so many bytes in UTF-8, of the party's own."""
    text = (specimen_text if kind == "report" else incompressible_text)(number, size, author=author)
    cut = text.encode()[:size].decode("utf-8", "ignore")
    return cut + "." * (size - len(cut.encode()))


def approved_messages(
    count: int, *, peer: str | None = None, kind: Text = "report", size_bytes: int = MESSAGE_BYTES, first: int = 0
) -> Iterator[Sequence["Message"]]:
    """Makes approved messages that wait for their release, and yields them by the transaction.

    Args:
        count: How many.
        peer: Code of the receiver; the other one of Canada and India where omitted.
        kind: What their text is like.
        size_bytes: Exact length of each payload, once the node has filled its own fields.
        first: Number of the first one; the same numbers give the same texts.
    """
    from django.db import transaction

    from accord.release.gate import our_party

    party = our_party()
    to = peer or PEERS[party]
    who = officers()
    for start in range(first, first + count, SAVE_EVERY):
        with transaction.atomic():
            made = list(
                _approved(range(start, min(start + SAVE_EVERY, first + count)), who, party, to, kind, size_bytes)
            )
        yield made


def submitted_messages(count: int) -> Iterator["Message"]:
    """Makes messages that wait for a second officer, each in a case of its own, and yields them."""
    from accord.exchange.drafting import create_case, draft_information
    from accord.exchange.submission import submit
    from accord.release.gate import our_party

    party, who = our_party(), officers()
    today = date.today()  # noqa: DTZ011 - the operator's own calendar day
    for number in range(count):
        case = create_case(who["liaison"], peer=PEERS[party], theme="precursors", title=f"SPECIMEN waits {number}")
        text = _written(number, 1_500, "report", author=party)
        fields = _fields(number, party=party, peer=PEERS[party], text=text, today=today)
        draft = draft_information(who["liaison"], case, fields, own=_own_side(party))
        yield submit(who["liaison"], draft, version=draft.version)


def _approved(
    numbers: range, who: dict[str, "Officer"], party: str, peer: str, kind: Text, size_bytes: int
) -> Iterator["Message"]:
    from accord.exchange.drafting import create_case, draft_information, save_draft
    from accord.exchange.releasing import approve
    from accord.exchange.submission import check_draft, submit

    today = date.today()  # noqa: DTZ011 - the operator's own calendar day
    case = None
    room = None
    for number in numbers:
        if case is None or number % MESSAGES_A_CASE == 0:
            case = create_case(who["liaison"], peer=peer, theme="precursors", title=f"SPECIMEN {number}")
            room = None
        if room is None:
            # The node fills in references; what is left for the text is learned from one message of the case.
            trial = _fields(number, party=party, peer=peer, text="x", today=today)
            message = draft_information(who["liaison"], case, trial, own=_own_side(party))
            check = check_draft(who["liaison"], message)
            if check.payload is None or not check.lets_pass:
                sys.exit(f"the specimen does not pass: {check.problems} {check.decision.to_json()}")
            # The trial's text has one byte, and a later message of the case has one digit more in its reference.
            room = size_bytes - len(check.payload)
            text = _written(number, room, kind, author=party)
            fields = _fields(number, party=party, peer=peer, text=text, today=today)
            message = save_draft(who["liaison"], message, version=message.version, fields=fields)
        else:
            text = _written(number, room, kind, author=party)
            fields = _fields(number, party=party, peer=peer, text=text, today=today)
            message = draft_information(who["liaison"], case, fields, own=_own_side(party))
        message = submit(who["liaison"], message, version=message.version)
        approval: Any = message.approval
        yield approve(
            who["releasing"],
            message,
            seen_digest=bytes(approval.payload_digest),
            seen_facts_digest=bytes(approval.decision.facts_digest),
        )


def release_message(message: "Message", officer: "Officer") -> "Message":
    """Releases one approved message through the law gate, in a transaction of its own."""
    from accord.exchange.releasing import release

    return release(officer, message)


def _release(count: int, *, peer: str | None, kind: Text, first: int, size_bytes: int, pause: float) -> dict[str, Any]:
    from django.db import transaction

    officer = officers()["releasing"]
    began = time.perf_counter()
    envelopes: list[str] = []
    releasing = 0.0
    for messages in approved_messages(count, peer=peer, kind=kind, first=first, size_bytes=size_bytes):
        started = time.perf_counter()
        if pause:
            for message in messages:
                envelopes.append(str(release_message(message, officer).envelope_id))
                time.sleep(pause)
        else:
            with transaction.atomic():
                envelopes += [str(release_message(message, officer).envelope_id) for message in messages]
        releasing += time.perf_counter() - started
    return {
        "envelopes": envelopes,
        "seconds": time.perf_counter() - began,
        "releasing_seconds": releasing,
    }


def _payload_sizes() -> dict[str, Any]:
    from accord.courier.models import Outbox

    sizes = sorted(Outbox.objects.exclude(kind="disposition").values_list("size_bytes", flat=True))
    return {"count": len(sizes), "least": sizes[0] if sizes else 0, "most": sizes[-1] if sizes else 0}


def _evidence(out: Path) -> dict[str, Any]:
    """Writes the bundle of the newest receipted message of our own log."""
    from accord.courier.evidence import evidence_for
    from accord.courier.models import Direction, Entry

    entries = Entry.objects.filter(direction=Direction.OUT).select_related("channel").order_by("-position")
    entry = next(one for one in entries.iterator() if one.is_receipted)
    out.write_bytes(evidence_for(entry))
    return {"position": entry.position}


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m bench.workload")
    parser.add_argument("command", choices=("release", "sizes", "evidence"))
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--peer")
    parser.add_argument("--kind", choices=("report", "noise"), default="report")
    parser.add_argument("--size", type=int, default=MESSAGE_BYTES)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between releases; each its own transaction")
    parser.add_argument("--out", type=Path, help="file of an evidence bundle")
    asked = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    if asked.command == "release":
        said = _release(
            asked.count,
            peer=asked.peer,
            kind=asked.kind,
            first=asked.first,
            size_bytes=asked.size,
            pause=asked.pause,
        )
    elif asked.command == "evidence":
        said = _evidence(asked.out)
    else:
        said = _payload_sizes()
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
