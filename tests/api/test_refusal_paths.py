"""The API refuses what is another's by the same statements as what was never there, as the desk does."""

import re
import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.exchange.models import Message
from accord.node.api.operations import OFFERED, Everyone
from accord.officers.four_eyes import confirm_officer
from accord.officers.models import Officer
from accord.officers.permissions import ROLE_PERMISSIONS, Role
from accord.officers.services import create_officer, set_scope
from tests.api.conftest import Caller, CallerOf
from tests.api.test_need_to_know import _called, _path, secret

__all__ = ["secret"]

KEYS = {"case_id", "message_id", "inquiry_id", "attachment_id"}


def road(caller: Caller, method: str, path: str) -> list[str]:
    """The statements of one request, without their values."""
    with CaptureQueriesContext(connection) as asked:
        _called(caller, method, path)
    return [re.sub(r"'[^']*'|\"s\d+_x\d+\"|\b\d+(\.\d+)?\b", "?", str(one["sql"])) for one in asked.captured_queries]


def test_every_operation_on_a_case_asks_the_same_of_the_database(
    secret: dict[str, str],
    administrator: Officer,
    officers: dict[Role, Officer],
    caller_of: CallerOf,
) -> None:
    officer = create_officer(
        administrator, "stranger", password=None, display_name="A stranger", roles=["liaison"], agency="RCMP"
    )
    set_scope(administrator, officer, themes=["fraud"], agencies=["CBSA"])
    confirm_officer(officers[Role.REVIEWER], officer)
    officer.refresh_from_db()
    caller = caller_of(officer)
    compared = 0
    for message in Message.objects.all():
        keys = {**secret, "message_id": str(message.pk), "case_id": str(message.case_id)}
        for name, offered in OFFERED.items():
            permission, named = offered.permission, KEYS & set(re.findall(r"{(\w+)}", offered.path))
            if not named or isinstance(permission, Everyone) or permission not in ROLE_PERMISSIONS[Role.LIAISON]:
                continue
            made_up = {key: str(uuid.uuid4()) for key in KEYS}
            theirs, nothing = (road(caller, offered.method, _path(offered.path, one)) for one in (keys, made_up))
            assert theirs == nothing, name
            compared += len(theirs)
    assert compared > len(OFFERED)
