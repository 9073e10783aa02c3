"""What officers of a node do about postings and test calls, for two real nodes; each command prints one JSON value.

Run as ``python -m tests.nodes.posting COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
"""

import argparse
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.workload import officers
from django.utils import timezone

from accord.cli.node import open_node

AGENCY = {"CA": "RCMP", "IN": "NCB"}


def who(role: str) -> Any:
    """Returns the node's officer of a role that the workload has not, made where there is none yet."""
    from accord.officers.models import Officer

    found = Officer.objects.filter(username=f"{role}-specimen").first()
    return found or Officer.objects.create(
        username=f"{role}-specimen", display_name=f"{role} (specimen)", roles=[role], is_active=True
    )


def _text(key: str) -> Any:
    from accord.instruments.models import Text

    return Text.objects.filter(instrument_id=UUID(key)).first()


def propose(peer: str, holder: str) -> Any:
    """Proposes a posting of one of our officers to a peer."""
    from accord.instruments.services import offer
    from accord.liaison.postings.proposing import propose_posting
    from accord.release.gate import our_party

    today = timezone.now().date()
    fields = {
        "host": peer,
        "holder": f"{holder} (specimen)",
        "agency": AGENCY[our_party()],
        "topics": ["precursors"],
        "languages": [{"language": "en", "level": "C2"}],
        "status": "diplomatic",
        "territory": peer,
        "from_day": today.isoformat(),
        "to_day": (today + timedelta(days=700)).isoformat(),
        "telephones": ["+1 613 555 0100"],
    }
    text = offer(who("signatory"), propose_posting(who("policy"), fields))
    return {"posting": str(text.instrument_id)}


def accept(posting: str) -> Any:
    """Signs the other side's posting."""
    from accord.instruments.services import accept as sign

    return {"state": sign(who("signatory"), _text(posting)).state}


def decline(posting: str) -> Any:
    """Declines the other side's posting."""
    from accord.instruments.services import decline as refuse

    return {"state": refuse(who("signatory"), _text(posting), reason="Not at this time.").state}


def query(posting: str) -> Any:
    """Asks the other side about a posting."""
    from accord.instruments.services import remark

    return {"words": remark(who("policy"), _text(posting), words="Which office?").words}


def hold(posting: str) -> Any:
    """Lets the liaison officer's account hold a posting of ours."""
    from accord.instruments.models import Instrument
    from accord.liaison.postings.records import KINDS, WITH_SECOND, agree_record, write_record

    record = write_record(
        who("policy"),
        Instrument.objects.get(pk=UUID(posting)),
        account=officers()["liaison"],
        delegation=dict.fromkeys(KINDS, WITH_SECOND),
        ceiling="protected",
    )
    return {"state": agree_record(who("signatory"), record).state}


def end(posting: str) -> Any:
    """Withdraws our consent to a posting from today on: a recall, or no longer acceptable."""
    from accord.instruments.models import Instrument
    from accord.instruments.services import end as withdraw_consent

    instrument = Instrument.objects.get(pk=UUID(posting))
    day = timezone.now().date()
    return {"on": str(withdraw_consent(who("signatory"), instrument, from_day=day, reason="No longer.").ends_on)}


def stand(posting: str) -> Any:
    """Says where a posting stands here, and whether the liaison officer's account may act."""
    from accord.instruments.models import Instrument
    from accord.liaison.postings.standing import posting_of

    found = Instrument.objects.select_related("agreed").filter(pk=UUID(posting)).first()
    state = posting_of(found, now=timezone.now()).state if found is not None else "unknown"
    signed = found.agreed.signatures.count() if found is not None and found.agreed is not None else 0
    return {"state": state, "signatures": signed, "may_act": officers()["liaison"].is_posted()}


def call(peer: str) -> Any:
    """Sends a test call to the other side's duty desk."""
    from accord.liaison.directory.pinging import send_ping

    return {"ping": str(send_ping(officers()["liaison"], peer=peer, function="duty-desk").ping)}


def answer(ping: str) -> Any:
    """Answers a test call of the other side."""
    from accord.liaison.directory.pinging import answer_ping
    from accord.liaison.models import PingTest

    return {"ping": str(answer_ping(officers()["duty"], PingTest.objects.get(ping=UUID(ping), is_ours=False)).ping)}


def main() -> None:
    """Runs one command."""
    commands = {
        name: command
        for name, command in globals().items()
        if name in {"propose", "accept", "decline", "query", "hold", "end", "stand", "call", "answer"}
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=sorted(commands))
    for name in ("peer", "holder", "posting", "ping"):
        parser.add_argument(f"--{name}")
    given = vars(parser.parse_args())
    command = commands[given.pop("command")]
    open_node(Path(os.environ["ACCORD_HOME"]))
    told = {name: value for name, value in given.items() if value is not None}
    sys.stdout.write(json.dumps(command(**told)) + "\n")


if __name__ == "__main__":
    main()
