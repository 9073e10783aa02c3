"""What a peer in bad faith says of what it gave, what an officer in bad faith does with it, and a clock set anew."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.utils import timezone

from accord.courier.models import Alarm, Channel
from accord.exchange import services
from accord.exchange.errors import ActRefused, NotFound
from accord.exchange.inspection.office import WORD_TYPE
from accord.exchange.models import Attachment, Case, Message
from accord.exchange.team import keep_to_team
from accord.handling.applying import apply_corrections
from accord.handling.corrections import draft_correction
from accord.handling.derivations import keys_from, record
from accord.handling.erasing import is_erased
from accord.handling.finding import WATCHER, take_over_handling
from accord.handling.models import Correction, Effect, Grant, Keeping, Way
from accord.handling.objections import begin_objection
from accord.handling.reading import mark_received
from accord.handling.reports import draft_report, tell_onward
from accord.handling.retention import erase_due, lift_hold, place_hold
from accord.handling.seeing import items_for, seen_by
from accord.handling.sound_clock import LEAP_SECONDS, SoundClock
from accord.handling.standing import standing_of
from accord.handling.uses import Intended, use_item
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.officers.services import set_scope
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.release.errors import ApprovalRefused, GateRefuses
from accord.release.intake import take_in
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode
from tests.desk import Desk, approved, days, flush, from_india, own_side, received_request
from tests.handling.story import COURT, answered, asked, caveat, item_from_india, withdrawn_by_india
from tests.handling.test_corrections import corrected, correction_fields, sent, submitted_quote
from tests.handling.test_derivations import ONLY, SAID, document, drafted, problems, received_information
from tests.handling.test_objections import whole

PASSAGE = (
    "A second passage of its own, as long as a dozen words are, of which nobody else ever wrote anything (specimen)."
)


def said(desk: Desk, source: Message, action: str, number: int = 9, **changed: object) -> Correction:
    """Their correction as it stands when it is filed and the job runner has not come to it yet."""
    entry = desk.peer.send("correction", from_india(correction_fields(source, action, **changed), number=number))
    assert take_in(desk.channel).filed == 1
    return Correction.objects.get(message__envelope_id=entry.envelope_id)


# what crosses an approval


@pytest.mark.parametrize("action", ["restrict", "correct", "recall", "erase", "withdrawal"])
def test_what_was_approved_before_their_word_came_does_not_leave_after_it(desk: Desk, action: str) -> None:
    source = received_information(desk)
    draft = approved(desk, submitted_quote(desk))
    if action == "withdrawal":
        withdrawn_by_india(desk, source)
    else:
        said(desk, source, action)
    with pytest.raises(ApprovalRefused):
        services.release(desk.releasing, draft)
    draft.refresh_from_db()
    assert (draft.state, draft.released_id) == (Message.State.DRAFT, None)


def test_an_approved_reply_to_what_is_withdrawn_does_not_leave(desk: Desk) -> None:
    request = received_request(desk)
    services.take(desk.duty, request.case)
    reply = services.cannot_confirm(desk.duty, request)
    reply = services.submit(desk.duty, reply, version=reply.version)
    said(desk, request, "recall")
    reply.refresh_from_db()
    assert reply.state == Message.State.DRAFT
    with pytest.raises(ActRefused) as refused:
        services.submit(desk.duty, reply, version=reply.version)
    assert refused.value.reason_code == "exchange.withdrawn"


def test_what_left_before_their_word_came_is_found_when_it_is_applied(desk: Desk) -> None:
    source = received_information(desk)
    draft = services.release(desk.releasing, approved(desk, submitted_quote(desk)))
    flush(desk)
    row = corrected(desk, source, "recall")
    draft.refresh_from_db()
    assert draft.state == Message.State.RELEASED
    assert row.effects.get().thing_id == draft.pk


# what they say of their own corrections


def test_a_restriction_outlives_the_erasure_of_the_message_that_said_it(desk: Desk) -> None:
    source = received_information(desk)
    row = corrected(desk, source, "restrict", new_handling="H3", new_caveats=[caveat("print", who="CBSA")])
    before = standing_of(source)
    corrected(desk, row.message, "erase", number=10)
    row.message.refresh_from_db()
    assert is_erased(row.message)
    assert b"no part in it" not in bytes(row.message.content)
    after = standing_of(source)
    assert (after.handling, after.caveats) == (before.handling, before.caveats)
    with pytest.raises(GateRefuses):
        use_item(desk.duty, source, Intended(use=UseCode.PRINT, purpose=Purpose.INVESTIGATE, suspicion="no"))


def test_the_gate_is_told_of_a_correction_whose_words_are_erased(desk: Desk) -> None:
    source = received_information(desk)
    row = corrected(desk, source, "correct")
    corrected(desk, row.message, "erase", number=10)
    source.refresh_from_db()
    assert standing_of(source).values == ()
    lead = Intended(use=UseCode.LEAD, purpose=Purpose(source.fields["purpose"]), suspicion="no")
    spoken = {one["policy"] for one in use_item(desk.duty, source, lead).decision.decision["reasons"]}
    assert "BI-10.corrected" in spoken


def test_a_correction_erased_before_its_turn_holds_nothing_up(desk: Desk) -> None:
    source, other = received_information(desk), received_information(desk, 2, facts=PASSAGE)
    first = said(desk, source, "correct")
    said(desk, first.message, "erase", number=10)
    last = said(desk, other, "recall", number=11)
    Correction.objects.filter(pk=first.pk).update(position=10**6)
    apply_corrections()
    assert not Correction.objects.filter(applied_at=None).exists()
    assert last.items.get().message_id == other.pk


def test_a_second_restriction_loosens_nothing_that_it_does_not_name(desk: Desk) -> None:
    source = received_information(desk)
    corrected(desk, source, "restrict", new_handling="H3")
    corrected(desk, source, "restrict", number=10, new_handling=None, new_caveats=[caveat("print")])
    standing = standing_of(source)
    assert standing.handling is not None
    assert standing.handling.value == "H3"
    assert len(standing.caveats) == 1
    assert all(change.counts for change in standing.changes)


def test_a_demand_to_erase_waits_for_the_legal_hold_and_is_reported_so(desk: Desk) -> None:
    source = received_information(desk)
    hold = place_hold(desk.releasing, source.case, reason="A complaint is examined (specimen).")
    row = corrected(desk, source, "erase")
    source.refresh_from_db()
    assert not is_erased(source)
    assert source.state == Message.State.WITHDRAWN
    report = draft_report(desk.liaison, row.message).fields
    assert report["not_done"] == [{"way": "item", "count": 1, "reason": "law-requires-keeping"}]
    assert report["extent"] == "partly-done"
    assert erase_due() == 0
    lift_hold(desk.again(Role.RELEASING, "another"), hold, reason="The complaint is settled.")
    assert erase_due() == 1
    source.refresh_from_db()
    assert is_erased(source)


# permissions and the clock


def test_a_restriction_after_a_grant_counts_though_the_clock_was_set_back_between(desk: Desk) -> None:
    item = item_from_india(desk)
    answered(desk, asked(desk, item))
    Grant.objects.update(answered_at=timezone.now() + timedelta(days=2))
    corrected(desk, item, "restrict", new_caveats=[caveat("print")])
    with pytest.raises(GateRefuses):
        use_item(desk.duty, item, COURT)


def test_a_grant_after_a_restriction_holds_though_both_came_at_one_moment(desk: Desk) -> None:
    item = item_from_india(desk)
    row = corrected(desk, item, "restrict", new_caveats=[caveat("print")])
    answered(desk, asked(desk, item), number=10)
    Grant.objects.update(answered_at=row.at)
    assert use_item(desk.duty, item, COURT).is_permitted


def test_what_comes_after_a_clock_was_ahead_is_marked_and_has_its_timer(desk: Desk) -> None:
    received_information(desk, facts="Nothing of it.")
    mark_received()
    Message.objects.update(saved_at=timezone.now() + timedelta(days=2))
    received = item_from_india(desk, number=3, facts=PASSAGE)
    mark_received()
    assert Keeping.objects.filter(message=received).exists()
    draft = drafted(desk, PASSAGE)
    assert keys_from(received.pk) == [draft.pk]


def test_a_clock_that_leaps_ahead_erases_nothing_until_it_is_right_or_the_node_starts_anew(desk: Desk) -> None:
    source = received_information(desk)
    Keeping.objects.filter(message=source).update(keep_until=timezone.now().date() - timedelta(days=1))
    day, counting = [1_000_000.0], [5.0]
    clock = SoundClock(day=lambda: day[0], counting=lambda: counting[0])
    day[0] += 2 * LEAP_SECONDS
    assert clock.has_leapt
    assert clock.erase_due() == 0
    assert clock.erase_due() == 0
    alarm = Alarm.objects.get(code="handling.clock-leapt")
    assert (alarm.count, alarm.acknowledged_at) == (1, None)
    counting[0] += 2 * LEAP_SECONDS
    assert not clock.has_leapt, "two days went by on both"
    day[0] -= 3 * LEAP_SECONDS
    assert not clock.has_leapt, "one that is set back makes nothing due"
    day[0] += 10 * LEAP_SECONDS
    assert clock.has_leapt
    assert SoundClock(day=lambda: day[0], counting=lambda: counting[0]).erase_due() == 1
    source.refresh_from_db()
    assert is_erased(source)


# officers


def stranger(desk: Desk, role: Role = Role.LIAISON) -> Officer:
    """A colleague whose scope has none of the cases."""
    officer = desk.again(role, f"a-stranger-{role.value}")
    set_scope(desk.administrator, officer, themes=["fraud"], agencies=["RCMP"])
    officer.refresh_from_db()
    return officer


def test_a_draft_cannot_recall_a_message_that_nobody_who_releases_it_may_read(desk: Desk) -> None:
    ours, other = sent(desk), sent(desk)
    draft = draft_correction(desk.liaison, ours, action="recall", reason="inaccurate", what_is_wrong="It was confused.")
    named = [*draft.fields["corrected"], {"envelope_id": str(other.envelope_id), "message_ref": other.reference}]  # type: ignore[misc]
    draft = services.save_draft(desk.liaison, draft, version=1, fields={**draft.fields, "corrected": named})
    keep_to_team(desk.liaison, other.case, reason="A source is at risk.")
    draft = approved(desk, services.submit(desk.liaison, draft, version=draft.version))
    with pytest.raises(ActRefused) as refused:
        services.release(desk.again(Role.RELEASING, "another"), draft)
    assert refused.value.reason_code == "handling.not-correctable"
    other.refresh_from_db()
    assert other.recalled_at is None


def test_an_objection_is_made_to_a_message_of_its_own_case(desk: Desk) -> None:
    ours, other = sent(desk), sent(desk)
    draft = begin_objection(desk.liaison, ours, fields=whole())
    fields = {**draft.fields, "item": str(other.envelope_id)}
    own = own_side(substances=[])
    draft = services.save_draft(desk.liaison, draft, version=draft.version, fields=fields, own=own)
    draft = approved(desk, services.submit(desk.liaison, draft, version=draft.version))
    with pytest.raises(ActRefused) as refused:
        services.release(desk.releasing, draft)
    assert refused.value.reason_code == "handling.not-given"


def told_of_another_case(desk: Desk) -> tuple[Correction, Message]:
    """A correction filed in one case, of an item of another whose derivative stands in a third."""
    source = received_information(desk)
    quote = services.release(desk.releasing, approved(desk, submitted_quote(desk)))
    elsewhere = item_from_india(desk, case="IN-2026-000055", number=5, facts="Something else.", theme="fraud")
    told = from_india(correction_fields(source, "recall"), case="IN-2026-000055", number=9)
    entry = desk.peer.send("correction", told)
    assert take_in(desk.channel).filed == 1
    row = Correction.objects.get(message__envelope_id=entry.envelope_id)
    assert row.message.case_id == elsewhere.case_id
    record(Way.FORWARD, source, officer=desk.duty, detail={"recipient": "Secret unit"})
    apply_corrections()
    return row, quote


def test_a_correction_filed_elsewhere_names_nothing_of_a_case_beyond_reach(desk: Desk) -> None:
    row, quote = told_of_another_case(desk)
    reader = stranger(desk)
    effects, read = seen_by(reader, row, row.effects.all())
    assert items_for(reader, row) == []
    assert read == set()
    assert {(one.reference, one.recipient, str(one.detail)) for one in effects} == {("", "", "{}")}
    effects, read = seen_by(desk.liaison, row, row.effects.all())
    assert read == {quote.pk}
    assert {one.reference for one in effects} == {quote.reference, ""}
    assert {"recipient": "Secret unit"} in [one.detail for one in effects]


def test_telling_onward_opens_no_case_to_who_does_not_read_it(desk: Desk) -> None:
    row, quote = told_of_another_case(desk)
    Effect.objects.filter(thing_id=quote.pk).update(state=Effect.State.TASK, deed=Effect.Deed.TELL)
    with pytest.raises(NotFound):
        tell_onward(stranger(desk), row.effects.get(thing_id=quote.pk))
    assert not Message.objects.filter(kind="correction", direction="out").exists()


# a third node


def passed_on(desk: Desk) -> tuple[Message, Message]:
    """What India gave, and a message that passed it on to a third state and has left."""
    source = received_information(desk)
    third = Party.objects.create(code="ZZ", profile={**load_profile("india").to_json(), "code": "ZZ"})
    Channel.objects.create(peer=third, party_code="CA")
    onward = services.release(desk.releasing, approved(desk, submitted_quote(desk)))
    Case.objects.filter(pk=onward.case_id).update(peer=third)
    fields = {**onward.fields, "recipient": {"party": "ZZ", "agency": "NCB"}}
    content = msgspec.json.encode(fields)
    Message.objects.filter(pk=onward.pk).update(content=content, state=Message.State.DELIVERED)
    onward.refresh_from_db()
    return source, onward


def test_a_third_state_is_told_what_the_originator_restricted_and_the_originator_that_it_was(desk: Desk) -> None:
    source, onward = passed_on(desk)
    row = corrected(desk, source, "restrict", new_handling="H3", new_caveats=[caveat("print")])
    effect = row.effects.get()
    assert (effect.deed, effect.state, effect.recipient) == (Effect.Deed.TELL, Effect.State.TASK, "ZZ")
    assert draft_report(desk.liaison, row.message).fields["recipients_told"] == [{"party": "ZZ"}]
    told = tell_onward(desk.liaison, effect)
    said = told.fields
    assert told.case.peer_id == "ZZ"
    assert (said["action"], said["new_handling"], said["new_caveats"]) == ("restrict", "H3", [caveat("print")])
    assert said["corrected"] == [{"envelope_id": str(onward.envelope_id), "message_ref": onward.reference}]
    assert source.reference not in str(said)
    with pytest.raises(ActRefused):
        tell_onward(desk.liaison, effect)
    report = draft_report(desk.liaison, row.message).fields
    assert report["recipients_told"] == [{"party": "ZZ", "told_on": days(0)}]
    assert onward.reference not in str(report)


def test_a_third_states_own_correction_touches_nothing_that_the_second_gave(desk: Desk) -> None:
    source, onward = passed_on(desk)
    Case.objects.filter(pk=source.case_id).update(peer_id="ZZ")
    desk.peer.send("correction", from_india(correction_fields(source, "recall"), number=9))
    assert take_in(desk.channel).stopped == 1
    source.refresh_from_db()
    assert source.state == Message.State.RECEIVED
    assert onward.recalled_at is None


# caveats that somebody would lose


@pytest.mark.parametrize("field", ["legal_basis", "handling_note", "liaison_contact"])
def test_a_passage_is_found_in_whatever_field_it_is_pasted(desk: Desk, field: str) -> None:
    source = received_information(desk)
    passage = SAID[:110]
    changed: dict[str, Any] = {field: [passage] if field == "legal_basis" else passage}
    if field == "handling_note":
        changed["handling"] = "H3"
    drafted(desk, "Nothing of it.", **changed)
    assert keys_from(source.pk)


def test_a_passage_in_the_name_of_a_file_is_found(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, "Nothing of it.")
    held, name = io.BytesIO(b"a;b\n1;2\n"), f"{SAID[:120].replace(',', '')}.csv"
    services.attach(desk.liaison, draft, name=name, media_type="text/csv", file=held)
    assert problems(desk, draft) >= {"caveats", "handling"}
    assert keys_from(source.pk) == [draft.pk]


@pytest.mark.parametrize(
    ("part", "xml"),
    [
        ("word/footnotes.xml", "<w:f xmlns:w='w'><w:t>{}</w:t></w:f>"),
        ("word/header2.xml", "<w:f xmlns:w='w'><w:delText>{}</w:delText></w:f>"),
        ("xl/worksheets/sheet1.xml", "<sheet><c t='inlineStr'><is><t>{}</t></is></c></sheet>"),
    ],
)
def test_a_passage_in_any_part_of_an_office_file_is_found(desk: Desk, part: str, xml: str) -> None:
    source = received_information(desk)
    draft, held = drafted(desk, "Nothing of it."), document(words="x")
    with zipfile.ZipFile(held, "a") as package:
        package.writestr(part, xml.format(SAID))
    Attachment.objects.create(
        message=draft, name="b.docx", media_type=WORD_TYPE, size_bytes=1, sha256=b"b" * 32, key=bytes(32)
    )
    WATCHER.attached(draft.attachments.get(), held)
    assert keys_from(source.pk) == [draft.pk]


def test_one_passage_is_not_buried_under_many_longer_ones(desk: Desk) -> None:
    for number in range(2, 24):
        words = " ".join(f"{number}word{place}of{number * place}" for place in range(60))
        received_information(desk, number, facts=words, handling="H1", caveats=[{**ONLY, "permitted_uses": ["any"]}])
    source = received_information(desk, 1)
    long = "\n".join(Message.objects.get(reference__endswith=f"/{number}").fields["facts"] for number in range(2, 24))  # type: ignore[misc]
    draft = drafted(desk, f"{long}\n{SAID}")
    assert draft.pk in keys_from(source.pk)
    mended = take_over_handling(desk.liaison, draft, version=draft.version)
    assert ONLY in mended.fields["caveats"]  # type: ignore[operator]


# what was erased stays nowhere


def places_of(words: bytes) -> set[str]:
    """Each column of the database that holds words, whatever its table."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    held = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    if words.lower() in held.lower():
                        found.add(f"{table}.{column}")
    return found


def test_what_was_erased_stands_in_no_column_of_the_database(desk: Desk) -> None:
    source = received_information(desk)
    services.take(desk.duty, source.case)
    submitted_quote(desk)
    services.clarify(desk.duty, source, {}, points=[SAID])
    services.write_note(desk.duty, source.case, text=f"They say: {SAID}")
    other = services.write_note(desk.duty, source.case, text="It is for the regional office (specimen).")
    services.ask_agency(desk.duty, source.case, agency="CBSA", question=SAID)
    assert places_of(b"Harbour Road") >= {
        "exchange_agencyinquiry.question",
        "exchange_casenote.text",
        "exchange_message.content",
        "exchange_searchentry.words",
        "release_approval.payload",
    }
    corrected(desk, source, "erase")
    assert places_of(b"Harbour Road") == set()
    texts = {note.text for note in source.case.notes.all()}
    assert texts == {f"[erased: {source.reference}]", other.text}
    assert source.case.inquiries.get().question == f"[erased: {source.reference}]"
