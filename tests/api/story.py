"""Drafts that stay valid whatever the day, and what arrives from the other side."""

import copy
import uuid
from datetime import timedelta
from typing import Any

import msgspec
from django.utils import timezone

from accord.exchange.clocks import new_clock
from accord.exchange.models import Case, Message
from accord.node.api.examples import ANSWER_FIELDS, NEW_CASE, OWN_SIDE, REQUEST_FIELDS
from accord.officers.permissions import Role
from accord.officers.services import set_scope
from accord.vocabulary.clocks import FIRST_CLOCK_TABLE
from accord.vocabulary.urgency import AccessClass, Urgency
from tests.api.conftest import Caller, CallerOf
from tests.desk import Desk

Fields = dict[str, Any]


def on_this_day(fields: Fields) -> Fields:
    """An example of the description with days that are good today."""
    today = timezone.now().date()
    found = copy.deepcopy(fields)
    found["evaluation"]["evaluated_on"] = found["accuracy"]["as_of"] = today.isoformat()
    found["retention_until"] = (today + timedelta(days=700)).isoformat()
    for caveat in found["caveats"]:
        caveat["expires_on"] = (today + timedelta(days=400)).isoformat()
    if "updates_expected_on" in found:
        found["updates_expected_on"] = (today + timedelta(days=14)).isoformat()
    return found


def request_fields(**changes: object) -> Fields:
    return {**on_this_day(REQUEST_FIELDS), **changes}


def answer_fields(**changes: object) -> Fields:
    """An answer of Canada to India."""
    fields = on_this_day(ANSWER_FIELDS)
    fields |= {"sender": {"party": "CA", "agency": "RCMP"}, "recipient": {"party": "IN", "agency": "NCB"}}
    fields["caveats"][0]["who_may_access"] = ["NCB"]
    fields["legal_basis"] = ["Privacy Act (R.S.C. 1985, c. P-21), s. 8(2)(f)"]
    fields["classification"] = {"own": "Protected C", "equivalent": "restricted"}
    return {**fields, **changes}


def own_side(**changes: object) -> Fields:
    return {**OWN_SIDE, **changes}


def word_of(shown: Fields) -> Fields:
    """The word of an approver who read what `/approval` shows."""
    return {name: shown[name] for name in ("payload_digest", "facts_digest")}


def drafted(liaison: Caller, **changes: object) -> Fields:
    """A request drafted in a case of its own."""
    case = liaison.post("/cases", NEW_CASE).json()
    body = {"fields": request_fields(**changes), "own_side": own_side()}
    answer = liaison.post(f"/cases/{case['id']}/requests", body)
    assert answer.status_code == 201, answer.content
    draft: Fields = answer.json()
    return draft


def received_request(**changes: object) -> Message:
    """A request of India that was filed here, with its clock running, as the intake leaves it."""
    now = timezone.now()
    fields = request_fields(
        schema_version=1,
        message_ref="IN-2026-000007/1",
        case_ref_own="IN-2026-000007",
        sender={"party": "IN", "agency": "NCB"},
        recipient={"party": "CA", "agency": "RCMP"},
        clock_table="2026-1",
        **changes,
    )
    case = Case.objects.create(
        own_ref=f"CA-2026-9{uuid.uuid4().int % 100_000:05d}",
        other_ref="IN-2026-000007",
        peer_id="IN",
        is_ours=False,
        theme=fields["theme"],
        title="Specimen request",
        opened_at=now,
        changed_at=now,
    )
    message = Message.objects.create(
        case=case,
        direction=Message.Direction.IN,
        kind="request",
        state=Message.State.RECEIVED,
        reference="IN-2026-000007/1",
        content=msgspec.json.encode(fields),
        envelope_id=uuid.uuid4(),
        received_at=now,
    )
    new_clock(
        message_id=message.pk,
        table=FIRST_CLOCK_TABLE,
        urgency=Urgency(fields["urgency"]),
        access=AccessClass(fields["access_class"]),
        received_at=now,
    ).save(force_insert=True)
    return message


def stranger_of(desk: Desk, caller_of: CallerOf, role: Role = Role.LIAISON) -> Caller:
    """An officer of a role in whose scope no case of the desk lies."""
    officer = desk.again(role, "stranger")
    set_scope(desk.administrator, officer, themes=["fraud"], agencies=["CBSA"])
    officer.refresh_from_db()
    return caller_of(officer)
