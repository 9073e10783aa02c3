"""What a draft holds of what was received is found by the node, governs the draft, and cannot lose its caveat."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from uuid import UUID

import msgspec
import pytest
from django.utils import timezone

from accord.exchange import services
from accord.exchange.drafts import DraftIncomplete
from accord.exchange.inspection.office import WORD_TYPE
from accord.exchange.models import Arrival, Attachment, Message
from accord.handling import reading
from accord.handling.derivations import derivatives_of, keys_from, record, sources_of
from accord.handling.erasing import erase_message
from accord.handling.finding import WATCHER, take_over_handling
from accord.handling.governance import governance_of
from accord.handling.models import Derivation, FileMark, Passage, Thing, Way
from accord.handling.passages import COMMON_FROM, marks_of_fields
from accord.handling.reading import mark_received, mark_taken_out
from accord.officers.permissions import Role
from accord.release.intake import take_in
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    days,
    from_india,
    information_fields,
    notice_fields,
    own_side,
    received_request,
)

SAID = (
    "The consignee at 12 Harbour Road took delivery of four drums on the ninth, paid in cash, and asked that no paper "
    "bear the name of the second buyer."
)
ONLY = {
    "who_may_access": ["RCMP"],
    "permitted_uses": ["lead, no court"],
    "procedure_contact": "Duty officer, NCB",
    "expires_on": days(700),
}


PNG = b"\x89PNG\r\n\x1a\n specimen"


def document(*, words: str, picture: bytes = b"") -> io.BytesIO:
    """The parts of a Word file that are looked into."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        package.writestr("word/document.xml", f'<w:d xmlns:w="w"><w:t>{words[:50]}</w:t><w:t>{words[50:]}</w:t></w:d>')
        if picture:
            package.writestr("word/media/image1.png", picture)
    return held


def received_information(desk: Desk, number: int = 1, **changed: object) -> Message:
    fields = information_fields(INDIA, CANADA, **{"facts": SAID, "handling": "H2", "caveats": [ONLY], **changed})
    told = from_india(fields, number=number)
    entry = desk.peer.send("spontaneous-information", told, handling=str(fields["handling"]))
    assert take_in(desk.channel).filed == 1
    mark_received()
    return Message.objects.get(envelope_id=entry.envelope_id)


def drafted(desk: Desk, facts: str, **changed: object) -> Message:
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    return services.draft_information(desk.liaison, case, information_fields(facts=facts, **changed), own=own_side())


def test_what_is_erased_while_it_is_read_keeps_no_mark(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = received_information(desk)
    Passage.objects.all().delete()
    Arrival.objects.update_or_create(message=source, defaults={"needs_marks": True})
    seen: list[bool] = []

    def erased_meanwhile(fields: Mapping[str, object]) -> set[int]:
        marks = marks_of_fields(fields)
        if not seen:
            erase_message(Message.objects.select_related("case").get(pk=source.pk))
        seen.append(bool(marks))
        return marks

    monkeypatch.setattr(reading, "marks_of_fields", erased_meanwhile)
    mark_received()
    assert seen == [True, False]
    assert not Passage.objects.filter(message=source).exists()


def problems(desk: Desk, draft: Message) -> set[str]:
    return {one.field for one in services.check_draft(desk.liaison, draft).problems}


def test_a_pasted_passage_is_found_and_the_draft_may_not_leave_without_its_caveat(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, f"It is known: {SAID.upper()}")
    assert keys_from(source.pk) == [draft.pk]
    assert problems(desk, draft) == {"caveats", "handling"}
    with pytest.raises(DraftIncomplete) as refused:
        services.submit(desk.liaison, draft, version=draft.version)
    told = refused.value.fields["problems"]
    assert "RCMP: lead, no court" in told[0]["sentence"]  # type: ignore[index]
    assert source.reference in told[0]["sentence"]  # type: ignore[index]


def test_one_act_takes_over_what_is_lacking_and_then_it_leaves(desk: Desk) -> None:
    received_information(desk, evaluation={"source": "C", "information": "3", "evaluated_on": days(-2)})
    draft = drafted(desk, SAID)
    mended = take_over_handling(desk.liaison, draft, version=draft.version)
    fields = mended.fields
    assert ONLY in fields["caveats"]  # type: ignore[operator]
    assert len(fields["caveats"]) == 2  # type: ignore[arg-type]
    assert fields["handling"] == "H2"
    assert fields["evaluation"] == {"source": "C", "information": "3", "evaluated_on": days(-1)}
    assert take_over_handling(desk.liaison, mended, version=mended.version).version == mended.version
    assert services.submit(desk.liaison, mended, version=mended.version).state == Message.State.SUBMITTED


def test_a_passage_taken_out_again_governs_no_longer(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID)
    services.save_draft(desk.liaison, draft, version=1, fields=information_fields(facts="Something else."))
    assert keys_from(source.pk) == []
    assert problems(desk, draft) == set()


def test_what_arrives_after_the_draft_was_saved_is_found_at_submission(desk: Desk) -> None:
    draft = drafted(desk, SAID)
    fields = information_fields(INDIA, CANADA, facts=SAID, caveats=[ONLY])
    desk.peer.send("spontaneous-information", from_india(fields))
    take_in(desk.channel)
    with pytest.raises(DraftIncomplete):
        services.submit(desk.liaison, draft, version=1)


def test_what_they_quote_of_our_own_words_is_not_theirs(desk: Desk) -> None:
    sent = drafted(desk, SAID)
    sent.envelope_id = UUID(int=7)
    sent.save()
    answer = Message.objects.create(
        case=sent.case,
        direction=Message.Direction.IN,
        kind="clarification",
        state=Message.State.RECEIVED,
        content=msgspec.json.encode({"points": [SAID]}),
        in_reply_to=sent,
        received_at=timezone.now(),
    )
    mark_received()
    assert not Passage.objects.filter(message=answer).exists()


def test_a_phrase_of_the_trade_marks_nobodys_information(desk: Desk) -> None:
    first = received_information(desk)
    for number in range(COMMON_FROM):
        first.pk, first.released_id, first.received_id = UUID(int=1000 + number), None, None
        first.saved_at = timezone.now()
        first._state.adding = True
        first.save(force_insert=True)
        Arrival.objects.create(message=first)
    mark_received()
    assert problems(desk, drafted(desk, SAID)) == set()


def test_the_same_file_is_found_under_another_name_and_governs(desk: Desk) -> None:
    source = received_information(desk, facts="See the table.")
    held = b"name;amount\nspecimen;12\n"
    draft = drafted(desk, "A table.")
    FileMark.objects.create(message=source, sha256=hashlib.sha256(held).digest())
    added = services.attach(desk.liaison, draft, name="other.csv", media_type="text/csv", file=io.BytesIO(held))
    assert [step.way for step in derivatives_of(source.pk)] == [Way.FILE]
    assert problems(desk, draft) >= {"caveats", "handling"}
    services.detach(desk.liaison, added)
    assert keys_from(source.pk) == []


def test_a_picture_and_words_inside_a_taken_out_document_are_found_in_another(desk: Desk) -> None:
    source = received_information(desk, facts="See the document.")
    received = Attachment(
        message=source, name="a.docx", media_type=WORD_TYPE, size_bytes=1, sha256=bytes(32), key=bytes(32)
    )
    mark_taken_out(received, document(words=SAID, picture=PNG))
    by_picture, by_words = drafted(desk, "One."), drafted(desk, "Two.")
    for draft, held in ((by_picture, document(words="x", picture=PNG)), (by_words, document(words=SAID.upper()))):
        Attachment.objects.create(
            message=draft, name="b.docx", media_type=WORD_TYPE, size_bytes=1, sha256=b"b" * 32, key=bytes(32)
        )
        WATCHER.attached(draft.attachments.get(), held)
    found = {(step.derived_id, step.way) for step in derivatives_of(source.pk)}
    assert found == {(by_picture.pk, Way.FILE_PART), (by_words.pk, Way.FILE_PART)}


def test_a_reply_and_an_inquiry_are_known_and_demand_nothing(desk: Desk) -> None:
    request = received_request(desk)
    case = services.take(desk.duty, request.case)
    inquiry = services.ask_agency(desk.duty, case, agency="CBSA", question="Do you know of it?")
    points = ["Which drum?"]
    reply = services.clarify(desk.duty, request, points=points, fields=notice_fields())
    ways = {(step.way, step.derived_id) for step in derivatives_of(request.pk)}
    assert ways == {(Way.INQUIRY, inquiry.pk), (Way.REPLY, reply.pk)}
    assert problems(desk, reply) == set()


def test_a_step_is_kept_once_and_a_circle_ends(desk: Desk) -> None:
    source, far = received_information(desk), received_information(desk, 2, facts="Another.")
    near = drafted(desk, SAID)
    record(Way.QUOTE, source, derived=near)
    printed = record(Way.PRINT, near, officer=desk.officers[Role.DUTY], detail={"pages": 2})
    record(Way.QUOTE, near, derived=far)
    record(Way.QUOTE, far, derived=source)
    assert printed.derived_type == Thing.PRINT
    assert len(derivatives_of(source.pk)) == Derivation.objects.count() == 4
    assert set(keys_from(source.pk)) == {near.pk, far.pk, source.pk, printed.derived_id}
    assert {step.source_id for step in sources_of(printed.derived_id)} == {near.pk, source.pk, far.pk}
    governed = governance_of(printed.derived_id)
    assert governed is not None
    assert (governed.handling.value, governed.originators) == ("H2", ("IN NCB",))
