"""A discarded draft: the content is gone, and who, when and why stays."""

import io
from pathlib import Path
from typing import Any

import pytest

from accord.exchange import services
from accord.exchange.drafts import StaleDraft
from accord.exchange.errors import ActRefused
from accord.exchange.models import Attachment, Case, Message
from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.release.models import Approval
from tests.desk import Desk, approved, own_side, released_request, request_fields, submitted_request

SECRET = "The secret of the drum."


def test_the_content_is_erased_wherever_it_stands_and_the_reason_stays(
    desk: Desk, settings: Any, tmp_path: Path
) -> None:
    settings.ACCORD_HOME = tmp_path
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    own = own_side(proportionality=SECRET)
    draft = services.draft_request(desk.liaison, case, request_fields(facts=SECRET), own=own)
    services.attach(desk.liaison, draft, name="a.txt", media_type="text/plain", file=io.BytesIO(SECRET.encode()))
    message = approved(desk, services.submit(desk.liaison, draft, version=2))
    discarded = services.discard(desk.liaison, message, version=2, reason="Settled by telephone.")
    assert (discarded.state, discarded.fields) == (Message.State.DISCARDED, {})
    assert not bytes(discarded.own_side)
    assert not Attachment.objects.exists()
    approval = Approval.objects.get()
    assert (approval.state, bytes(approval.payload)) == (Approval.State.LAPSED, b"")
    assert len(bytes(approval.payload_digest)) == 32
    act = Act.objects.get(verb="discard draft")
    assert (act.officer, act.reason.text) == (desk.liaison, "Settled by telephone.")
    assert act.detail == {"version": 2, "state": "approved"}
    case.refresh_from_db()
    assert case.waiting_on == Case.Waiting.US


def test_a_discarded_draft_neither_changes_nor_leaves_and_lets_the_case_close(desk: Desk) -> None:
    message = submitted_request(desk)
    services.discard(desk.liaison, message, version=1, reason="Settled.")
    for act in (
        lambda: services.save_draft(desk.liaison, message, version=1, fields={}),
        lambda: services.discard(desk.liaison, message, version=1, reason="Again."),
        lambda: services.submit(desk.liaison, message, version=1),
    ):
        with pytest.raises(ActRefused):
            act()
    assert services.close_case(desk.liaison, message.case).state == Case.State.CLOSED


def test_what_has_left_or_was_saved_meanwhile_is_not_discarded_nor_is_anything_without_a_reason(desk: Desk) -> None:
    with pytest.raises(ActRefused):
        services.discard(desk.liaison, released_request(desk), version=1, reason="Too late.")
    message = submitted_request(desk)
    with pytest.raises(StaleDraft):
        services.discard(desk.liaison, message, version=7, reason="Settled.")
    with pytest.raises(TextRefused):
        services.discard(desk.liaison, message, version=1, reason="")
