"""Postings as tests make them: ours to India, theirs to Canada, signed or not."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from accord.instruments.canonical import canonical_bytes
from accord.instruments.kinds import TEXT_OFFER, TextOffer, offer_bytes
from accord.instruments.models import Instrument, Text
from accord.instruments.services import offer
from accord.liaison.models import PostingRecord
from accord.liaison.postings.content import PostingContent
from accord.liaison.postings.proposing import propose_posting
from accord.liaison.postings.records import KINDS, WITH_SECOND, agree_record, write_record
from accord.liaison.written import value_of
from accord.officers.models import Officer
from accord.officers.permissions import Role
from tests.desk import TODAY, Desk
from tests.instruments.test_services import arrives, they_answer


def fields(**changed: Any) -> dict[str, Any]:
    """A posting as its form holds it."""
    return {
        "host": "IN",
        "holder": "Liaison officer, drugs (specimen)",
        "agency": "RCMP",
        "topics": ["precursors", "fraud"],
        "languages": [{"language": "en", "level": "C2"}, {"language": "hi", "level": "B1"}],
        "status": "diplomatic",
        "territory": "India",
        "from_day": TODAY.isoformat(),
        "to_day": (TODAY + timedelta(days=700)).isoformat(),
        "telephones": ["+91 11 5550 0100"],
        **changed,
    }


def content(**changed: Any) -> PostingContent:
    return value_of(PostingContent, {"schema_version": 1, "sending": "CA", **fields(**changed)})


def offered(desk: Desk, instrument: Instrument | None = None, **changed: Any) -> Text:
    text = propose_posting(desk.officers[Role.POLICY], fields(**changed), instrument=instrument)
    return offer(desk.officers[Role.SIGNATORY], text)


def agreed(desk: Desk, instrument: Instrument | None = None, **changed: Any) -> Instrument:
    """A posting of ours that both sides signed."""
    text = offered(desk, instrument, **changed)
    assert they_answer(desk, text, "accept") == ""
    return Instrument.objects.get(pk=text.instrument_id)


def they_propose(desk: Desk, **changed: Any) -> str:
    """A posting that India proposes arrives; returns the code it was refused with, or nothing."""
    value = content(**{"sending": "IN", "host": "CA", "agency": "NCB", "territory": "Canada", **changed})
    whole = TextOffer(
        instrument=uuid4(),
        type="posting",
        number=1,
        previous=None,
        content=canonical_bytes(value),
        signed_as="Their signatory (specimen)",
    )
    return arrives(desk, TEXT_OFFER, offer_bytes(whole))


def recorded(desk: Desk, posting: Instrument, account: Officer | None, **changed: Any) -> PostingRecord:
    """Our record of a posting, which a second officer agreed to."""
    given: dict[str, Any] = {
        "delegation": dict.fromkeys(KINDS, WITH_SECOND),
        "ceiling": "protected",
        **changed,
    }
    record = write_record(desk.officers[Role.POLICY], posting, account=account, **given)
    return agree_record(desk.officers[Role.SIGNATORY], record)
