"""The API keeps to its own description under generated requests, good and bad.

The examples are bounded and derandomised: the same every time, so that a failure is a change of the code.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accord.exchange.inspection import ALLOWED_TYPES
from accord.exchange.models import AgencyInquiry, Message
from accord.node.api import rates
from accord.node.wsgi import application
from accord.officers.models import Officer
from accord.officers.permissions import Role, permissions_of
from accord.officers.services import create_officer
from accord.officers.tokens import issue_token
from accord.workstreams.drugs.manifests.keeping import screen_file
from accord.workstreams.drugs.manifests.running import screen_to_the_end
from tests.api.conftest import Caller
from tests.api.story import drafted, received_request
from tests.simulators.paired_node import PairedNode
from tests.workstreams.drugs.screened import manifest


# Files are sent as the bytes they are, whatever their type.
@schemathesis.serializer(*set(ALLOWED_TYPES.values()))
def _as_bytes(_context: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


EXAMPLES_MAX = 12

# A draft's schema gives some 1,500 requests with one field wrong. Beyond these each twentieth is sent, always the same.
# On a second database the same answers are given; what is sent there shows that it can store it.
SENT_WHOLE = 60 if connection.vendor == "sqlite" else 10
SENT_EVERY = 20
ALL_BUT_ADMINISTRATOR = [role.value for role in Role if role is not Role.ADMINISTRATOR]

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FORMS = {"kind": re.compile(r"[a-z][a-z-]{1,47}"), "peer": re.compile(r"[A-Z][A-Z0-9]{1,7}")}
SEEN: Counter[str] = Counter()

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def known(node: PairedNode, administrator: Officer, home: Path) -> dict[str, Any]:
    """An account that may do everything but administer, and one object of each sort."""
    officer = create_officer(
        administrator, "system", password=None, display_name="Case system", roles=ALL_BUT_ADMINISTRATOR, is_system=True
    )
    scope = [item.value for item in permissions_of(officer.roles)]
    expires_at = timezone.now() + timedelta(days=1)
    _token, secret = issue_token(officer, officer, label="test", scope=scope, expires_at=expires_at)
    request = received_request()
    inquiry = AgencyInquiry.objects.create(
        case=request.case, agency="HC", question="Who?", asked_by=officer, asked_at=timezone.now()
    )
    draft = drafted(Caller(secret=secret))
    screening = screen_file(officer, manifest(6, hits=(3,), broken=(4,)), name="SPECIMEN.csv")
    screen_to_the_end()
    found = {"secret": secret, "request": request, "draft": draft["id"], "inquiry": inquiry}
    return {**found, "screening": screening, "flag": screening.flags.get()}


@pytest.fixture
def _one_connection(known: dict[str, Any]) -> Iterator[None]:
    """Keeps the test's transaction open over requests, as Django's own test client does for its own only."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _aim(case: schemathesis.Case, known: dict[str, Any]) -> None:
    """Aims at objects that exist, where the generated address is a well-formed one of no object."""
    request: Message = known["request"]
    ours = {"submit", "approve", "send-back", "release", "withdraw", "draft", "check", "approval", "hold-answers"}
    last = case.path.rsplit("/", 1)[-1]
    there = {
        "case_id": str(request.case_id),
        "message_id": known["draft"] if last in ours else str(request.pk),
        "inquiry_id": str(known["inquiry"].pk),
        "screening_id": str(known["screening"].pk),
        "flag_id": str(known["flag"].pk),
        "kind": "request",
        "peer": "IN",
    }
    for name, value in (case.path_parameters or {}).items():
        if name in there and FORMS.get(name, UUID_FORM).fullmatch(str(value)):
            case.path_parameters[name] = there[name]


@pytest.mark.usefixtures("_one_connection")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES_MAX,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_to_its_description(case: schemathesis.Case, known: dict[str, Any]) -> None:
    SEEN[case.operation.label] += 1
    number = SEEN[case.operation.label]
    if number > SENT_WHOLE and number % SENT_EVERY:
        return
    for rate in (rates.REQUESTS, rates.WRITES, rates.SIGN_IN_FAILURES):
        rate.forget_all()
    _aim(case, known)
    # Good data may still be refused by the law, by a rule between fields or by the state of the case.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {known['secret']}"}, excluded_checks=[positive_data_acceptance]
    )
