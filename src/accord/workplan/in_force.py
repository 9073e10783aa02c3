"""The plan drives the machine: what the signed revision says of clocks, ceilings and lanes comes in force.

When both signatures are there, and in the transaction that found the second, the terms of the revision are written
where the rooms below read them (:mod:`accord.parties.terms`). From its day on, in UTC, new requests carry the version
of its clock table, so that both nodes count with the same one; a clock that runs keeps the table it was started under.

The version is made of the number, the instrument and the digest of the text, which both nodes have alike. Of the
instrument too: the same words signed anew, after an end, are another agreement.
"""

import hashlib
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from accord.instruments.models import Instrument, Text
from accord.parties.terms import agree_terms, end_agreed_terms
from accord.vocabulary.clocks import ClockTable
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.content import Plan
from accord.workplan.reading import TYPE, plan_of_text

__all__ = ["end_terms", "put_in_force", "signed_table", "version_of"]

_DIGITS: Final = 12
"""Hexadecimal digits of a digest in a version: 48 bits tell apart what two parties ever sign."""


def version_of(text: Text) -> str:
    """Returns the name by which messages cite a signed revision, for example ``plan-3-9f86d081884c``."""
    digest = hashlib.sha256(text.instrument_id.bytes + bytes(text.digest)).hexdigest()
    return f"plan-{text.number}-{digest[:_DIGITS]}"


def put_in_force(text: Text, plan: Plan) -> None:
    """Writes down what a revision with both signatures says for the machine."""
    agree_terms(
        peer=text.instrument.peer_id,
        source=str(text.instrument_id),
        version=version_of(text),
        number=text.number,
        in_force_on=plan.in_force_on,
        agreed_at=text.settled_at or timezone.now(),
        clocks=_limits(plan),
        ceilings={row.theme: (row.classification, row.handling) for row in plan.ceilings},
        lanes=plan.lanes,
    )


def end_terms(instrument: Instrument, day: date) -> None:
    """Lets what was signed in an instrument end from a day on."""
    end_agreed_terms(str(instrument.pk), day)


def signed_table(peer: str, version: str) -> ClockTable | None:
    """Returns the clock table of a text of theirs that we signed, while our signature is on its way.

    The other side counts with it from the moment it has our signature; its first request may be here before the
    receipt of that signature.
    """
    waiting = Text.objects.filter(
        instrument__type=TYPE, instrument__peer_id=peer, is_ours=False, state=Text.State.ACCEPTED
    )
    for text in waiting.select_related("instrument"):
        limits = _limits(plan_of_text(text)) if version_of(text) == version else {}
        if limits:
            return ClockTable(version=version, limits=limits)
    return None


def _limits(plan: Plan) -> dict[tuple[Urgency, AccessClass], timedelta]:
    return {(row.urgency, row.access): timedelta(seconds=row.seconds) for row in plan.clocks}
