"""What officers of a node do about texts that both sides sign, for tests with two real nodes; it prints JSON.

Run as ``python -m tests.nodes.agreeing COMMAND`` with ``ACCORD_HOME`` and ``ACCORD_PASSPHRASE`` of the node.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import msgspec
from bench.workload import officers

from accord.cli.node import open_node


def _peer() -> str:
    from accord.parties.models import Party

    return Party.objects.exclude(is_self=True).get().code


def _text(key: str) -> Any:
    from accord.instruments.models import Text

    return Text.objects.select_related("instrument").get(pk=key)


def propose(title: str) -> Any:
    """Prepares a revision of the plan under a title and offers it."""
    from django.utils import timezone

    from accord.instruments.canonical import canonical_bytes
    from accord.instruments.services import offer, prepare
    from accord.release.gate import our_party
    from accord.workplan.reading import TYPE, agreed_text, instrument_with, plan_of_text
    from accord.workplan.template import template_plan

    agreed = agreed_text(_peer())
    plan = plan_of_text(agreed) if agreed is not None else template_plan((our_party(), _peer()))
    named = msgspec.structs.replace(
        plan,
        is_template=False,
        in_force_on=timezone.now().date(),
        title=msgspec.structs.replace(plan.title, en=title),
    )
    text = prepare(
        officers()["policy"],
        peer=_peer(),
        type_name=TYPE,
        content=canonical_bytes(named),
        instrument=instrument_with(_peer()),
    )
    offer(officers()["signatory"], text)
    return {"text": str(text.pk), "digest": bytes(text.digest).hex()}


def theirs() -> Any:
    """Says which text of the other side is on offer here."""
    from accord.instruments.models import Text

    found = Text.objects.filter(is_ours=False, state=Text.State.OFFERED).order_by("-prepared_at").first()
    return {"text": str(found.pk) if found else "", "digest": bytes(found.digest).hex() if found else ""}


def accept(text: str) -> Any:
    """Signs their text, or says with which code that is refused."""
    from accord.instruments.errors import InstrumentRefused
    from accord.instruments.services import accept as accept_text

    try:
        accept_text(officers()["signatory"], _text(text))
    except InstrumentRefused as refused:
        return {"code": refused.reason_code}
    return {"code": ""}


def withdraw(text: str) -> Any:
    """Withdraws our own offer."""
    from accord.instruments.services import withdraw as withdraw_text

    withdraw_text(officers()["signatory"], _text(text), reason="Theirs says it better.")
    return {}


def signed(text: str, file: str) -> Any:
    """Writes the signed text to a file."""
    from accord.instruments.signed import signed_file

    Path(file).write_bytes(signed_file(officers()["signatory"], _text(text)))
    return {}


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.nodes.agreeing")
    parser.add_argument("command", choices=("propose", "theirs", "accept", "withdraw", "signed"))
    parser.add_argument("--title", default="")
    parser.add_argument("--text", default="")
    parser.add_argument("--file", default="")
    given = parser.parse_args()
    open_node(Path(os.environ["ACCORD_HOME"]))
    acts = {
        "propose": lambda: propose(given.title),
        "theirs": theirs,
        "accept": lambda: accept(given.text),
        "withdraw": lambda: withdraw(given.text),
        "signed": lambda: signed(given.text, given.file),
    }
    sys.stdout.write(json.dumps(acts[given.command]()))


if __name__ == "__main__":
    main()
