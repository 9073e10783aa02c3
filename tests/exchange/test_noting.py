"""Notes for the own side: kept as they were written, and on no road to the wire."""

import msgspec
import pytest

from accord.courier.models import Outbox
from accord.exchange.errors import ActRefused
from accord.exchange.models import CaseNote, Message
from accord.exchange.noting import NOTE_CHARACTERS_MAX, notes_of, write_note
from accord.exchange.services import answer, approve, create_case, draft_request, release, submit, take
from accord.exchange.text import TextRefused
from accord.officers.models import Act
from accord.officers.permissions import NotPermitted
from accord.release.models import Approval, DecisionRecord
from tests.desk import CANADA, INDIA, Desk, answer_fields, own_side, received_request, request_fields, seen

SECRET = "SPECIMEN-for-colleagues-alone"


def test_a_note_stands_with_its_writer_and_its_time(desk: Desk) -> None:
    case = received_request(desk).case
    write_note(desk.duty, case, "  SPECIMEN: the licence office opens at nine.  ")
    (found,) = notes_of(desk.liaison, case)
    assert (found.text, found.written_by) == ("SPECIMEN: the licence office opens at nine.", desk.duty)
    assert Act.objects.filter(verb="write note", officer=desk.duty, object_id=str(case.pk)).count() == 1


def test_a_note_is_corrected_by_a_further_one_and_stays(desk: Desk) -> None:
    case = received_request(desk).case
    wrong = write_note(desk.duty, case, "It arrived on Monday.")
    write_note(desk.liaison, case, "It arrived on Tuesday.", corrects=wrong.pk)
    first, second = notes_of(desk.duty, case)
    assert first.text == "It arrived on Monday."
    assert second.corrects_id == first.pk


def test_a_note_of_another_case_is_not_corrected(desk: Desk) -> None:
    mine = received_request(desk).case
    other = create_case(desk.liaison, peer="IN", theme="precursors", title="Another")
    there = write_note(desk.liaison, other, "SPECIMEN")
    with pytest.raises(ActRefused, match="not one of this case"):
        write_note(desk.duty, mine, "SPECIMEN", corrects=there.pk)


@pytest.mark.parametrize("text", ["", "   ", "hidden \u202e words", "x" * (NOTE_CHARACTERS_MAX + 1)])
def test_a_blank_hiding_or_endless_note_is_refused(desk: Desk, text: str) -> None:
    case = received_request(desk).case
    with pytest.raises(TextRefused):
        write_note(desk.duty, case, text)
    assert not CaseNote.objects.exists()


def test_who_works_on_no_case_writes_no_note(desk: Desk) -> None:
    case = received_request(desk).case
    for officer in (desk.reviewer, desk.releasing, desk.administrator):
        with pytest.raises(NotPermitted):
            write_note(officer, case, "SPECIMEN")
    with pytest.raises(NotPermitted):
        notes_of(desk.administrator, case)


def test_nothing_of_a_note_enters_a_payload_a_fact_or_a_decision(desk: Desk) -> None:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    write_note(desk.liaison, case, SECRET)
    draft = draft_request(desk.liaison, case, request_fields(), own=own_side())  # type: ignore[arg-type]
    draft = submit(desk.liaison, draft, version=draft.version)
    write_note(desk.liaison, case, SECRET)
    release(desk.releasing, approve(desk.releasing, draft, **seen(draft)))

    asked = received_request(desk)
    write_note(desk.duty, asked.case, SECRET)
    take(desk.duty, asked.case)
    reply = answer(desk.duty, asked, answer_fields(CANADA, INDIA), own=own_side())  # type: ignore[arg-type]
    reply = submit(desk.duty, reply, version=reply.version)
    release(desk.releasing, approve(desk.releasing, reply, **seen(reply)))

    assert Outbox.objects.count() >= 2
    kept = [
        *(bytes(row.payload) for row in Outbox.objects.all()),
        *(bytes(row.payload) for row in Approval.objects.all()),
        *(bytes(row.facts) + msgspec.json.encode(row.decision) for row in DecisionRecord.objects.all()),
        *(bytes(row.content) + bytes(row.own_side) for row in Message.objects.all()),
        *(msgspec.json.encode(row.detail) for row in Act.objects.all()),
    ]
    assert all(SECRET.encode() not in one for one in kept)
