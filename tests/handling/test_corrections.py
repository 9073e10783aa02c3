"""A correction reaches every derivative, is applied at once where it can be, and is reported on."""

from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from accord.courier.models import Entry
from accord.exchange import services
from accord.exchange.drafts import DraftIncomplete, FieldRefused
from accord.exchange.errors import ActRefused
from accord.exchange.models import Case, Message
from accord.handling.applying import apply_corrections, progress_of
from accord.handling.circumstances import circumstances_of
from accord.handling.corrections import draft_correction
from accord.handling.derivations import record
from accord.handling.erasing import erase_message, is_erased
from accord.handling.finding import take_over_handling
from accord.handling.governance import governance_of
from accord.handling.models import Correction, Derivation, Effect, Passage, Way
from accord.handling.reports import draft_report, finish_effect
from accord.handling.standing import standing_of
from accord.handling.uses import Intended, use_item
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode
from tests.desk import (
    CANADA,
    INDIA,
    Desk,
    approved,
    days,
    dispositions,
    flush,
    from_india,
    notice_fields,
    released_request,
)
from tests.handling.test_derivations import ONLY, SAID, drafted, received_information

WRONG, RIGHT = "second buyer", "warehouse keeper"


def corrected(desk: Desk, source: Message, action: str, number: int = 9, **changed: object) -> Correction:
    """Their correction of what they sent, filed and applied."""
    fields = correction_fields(source, action, **changed)
    entry = desk.peer.send("correction", from_india(fields, number=number))
    assert take_in(desk.channel).filed == 1
    apply_corrections()
    return Correction.objects.get(message__envelope_id=entry.envelope_id)


def correction_fields(source: Message, action: str, **changed: object) -> dict[str, object]:
    return notice_fields(
        INDIA,
        CANADA,
        **{
            "corrected": [{"envelope_id": str(source.envelope_id), "message_ref": source.reference}],
            "action": action,
            "reason": "inaccurate",
            "what_is_wrong": "The person named had no part in it.",
            **({"values": [{"wrong": WRONG, "right": RIGHT}]} if action == "correct" else {}),
            **({"new_handling": "H3"} if action == "restrict" else {}),
            **changed,
        },
    )


def submitted_quote(desk: Desk) -> Message:
    draft = drafted(desk, SAID)
    draft = take_over_handling(desk.liaison, draft, version=draft.version)
    return services.submit(desk.liaison, draft, version=draft.version)


def test_a_restriction_governs_at_once_what_was_made_before(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    printed = record(Way.PRINT, source, officer=desk.duty)
    row = corrected(desk, source, "restrict", new_caveats=[{**ONLY, "permitted_uses": ["reading"]}])
    draft.refresh_from_db()
    assert draft.state == Message.State.DRAFT, "the word given for the old handling is void"
    with pytest.raises(DraftIncomplete) as refused:
        services.submit(desk.liaison, draft, version=draft.version)
    assert {one["field"] for one in refused.value.fields["problems"]} == {"caveats", "handling"}  # type: ignore[union-attr,index]
    governed = governance_of(printed.derived_id)
    assert governed is not None
    assert governed.handling.value == "H3"
    assert {effect.deed for effect in row.effects.all()} == {"governed", "retrieve"}
    assert progress_of(row) == (2, 2)


def test_a_wrong_name_is_found_in_a_derivative_and_keeps_it_from_leaving(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    row = corrected(desk, source, "correct")
    assert standing_of(source).values == ((WRONG, RIGHT),)
    assert row.effects.get().deed == Effect.Deed.MEND
    draft.refresh_from_db()
    problem = services.check_draft(desk.liaison, draft).problems[0]
    assert problem.field == "facts"
    assert problem.next_step.startswith(f"Write {RIGHT} instead;")
    mended = services.save_draft(
        desk.liaison,
        draft,
        version=draft.version,
        fields={**draft.fields, "facts": SAID.replace(WRONG, RIGHT)},
    )
    assert services.check_draft(desk.liaison, mended).problems == ()


def test_a_recalled_message_is_withdrawn_and_nothing_that_quotes_it_leaves(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    corrected(desk, source, "recall")
    source.refresh_from_db()
    draft.refresh_from_db()
    assert source.state == Message.State.WITHDRAWN
    assert [told[2] for told in dispositions(desk)].count("withdrawn") == 1
    with pytest.raises(DraftIncomplete, match="facts"):
        services.submit(desk.liaison, draft, version=draft.version)


def test_erased_words_are_gone_from_every_row_and_the_log_still_proves_the_entry(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    entry = Entry.objects.get(envelope_id=source.envelope_id)
    before = bytes(entry.leaf)
    row = corrected(desk, source, "erase")
    source.refresh_from_db()
    draft.refresh_from_db()
    entry.refresh_from_db()
    assert is_erased(source)
    assert source.fields["handling"] == "H2"
    assert bytes(entry.sealed) == b""
    assert bytes(entry.leaf) == before
    assert "facts" not in draft.fields
    assert not Passage.objects.filter(message=source).exists()
    held = [bytes(one.content) for one in Message.objects.all()] + [case.title.encode() for case in Case.objects.all()]
    assert not any(b"Harbour Road" in one for one in held)
    assert row.effects.get().deed == Effect.Deed.TAKEN_OUT
    erased = entry.erased  # type: ignore[attr-defined]
    assert erased.size_bytes > 0


def test_of_two_the_later_in_the_senders_log_wins_however_they_came(desk: Desk) -> None:
    source = received_information(desk)
    first = corrected(desk, source, "correct", values=[{"wrong": WRONG, "right": "first word"}])
    second = corrected(desk, source, "correct", number=10, values=[{"wrong": WRONG, "right": "last word"}])
    assert standing_of(source).values == ((WRONG, "last word"),)
    # As if the second had been filed first: what counts is the place in the log.
    first.position, second.position = second.position, first.position
    first.save()
    second.save()
    standing = standing_of(source)
    assert standing.values == ((WRONG, "first word"),)
    assert [change.counts for change in standing.changes] == [False, True]


def test_what_was_recalled_stays_so_whatever_follows(desk: Desk) -> None:
    source = received_information(desk)
    corrected(desk, source, "recall")
    corrected(desk, source, "restrict", number=10)
    source.refresh_from_db()
    assert source.state == Message.State.WITHDRAWN
    assert standing_of(source).is_recalled


def test_a_correction_of_what_they_never_sent_is_refused_to_them(desk: Desk) -> None:
    ours = released_request(desk)
    told = from_india(correction_fields(ours, "recall"))
    desk.peer.send("correction", told)
    assert take_in(desk.channel).stopped == 1
    assert ReceivedMessage.objects.get().reason_code == "handling.unknown-item"


def test_a_correction_in_the_batch_of_its_message_finds_it(desk: Desk) -> None:
    from tests.desk import information_fields

    entry = desk.peer.send("spontaneous-information", from_india(information_fields(INDIA, CANADA)))
    source = Message(envelope_id=entry.envelope_id, reference="IN-2026-000007/1")
    desk.peer.send("correction", from_india(correction_fields(source, "recall"), number=2))
    assert take_in(desk.channel).filed == 2
    filed = Message.objects.get(envelope_id=entry.envelope_id)
    assert filed.state == Message.State.WITHDRAWN
    assert Correction.objects.get().items.get().message == filed


def test_a_report_counts_and_says_what_could_not_be_done(desk: Desk) -> None:
    source = received_information(desk)
    draft = submitted_quote(desk)
    services.release(desk.releasing, approved(desk, draft))
    flush(desk)
    record(Way.EXPORT, source, officer=desk.duty, detail={"to": "court file"})
    record(Way.PRINT, source, officer=desk.duty)
    row = corrected(desk, source, "recall")
    exported = row.effects.get(way="export")
    with pytest.raises(ActRefused) as refused:
        finish_effect(desk.duty, exported, reason="used-in-court")
    assert refused.value.reason_code == "handling.note-needed"
    finish_effect(desk.duty, exported, reason="used-in-court", words="The court has it; told on this day.")
    finish_effect(desk.duty, row.effects.get(way="print"))
    with pytest.raises(ActRefused):
        finish_effect(desk.duty, exported)
    report = draft_report(desk.liaison, row.message)
    fields = report.fields
    assert fields["steps"] == [
        {"way": "export", "counted": 1, "done": 0},
        {"way": "print", "counted": 1, "done": 1},
        {"way": "quote", "counted": 1, "done": 1, "references": [draft.reference]},
    ]
    assert fields["not_done"] == [{"way": "export", "count": 1, "reason": "used-in-court", "note_to_file": True}]
    assert fields["extent"] == "partly-done"
    assert row.message.case.notes.get().text.startswith("The court")
    submitted = services.submit(desk.liaison, report, version=report.version)
    services.release(desk.releasing, approved(desk, submitted))


@pytest.mark.parametrize(
    ("use", "recipient", "told"),
    [("court", "court", "court"), ("other-agency", "CBSA", "other-agency"), ("asylum-body", "IRB", "other-agency")],
)
def test_a_report_tells_the_act_by_which_it_went_outside_and_of_nobody_who_asks_for_asylum(
    desk: Desk, use: str, recipient: str, told: str
) -> None:
    source = received_information(desk)
    record(Way.FORWARD, source, officer=desk.duty, detail={"act": use, "recipient": recipient})
    row = corrected(desk, source, "recall")
    fields = draft_report(desk.liaison, row.message).fields
    assert fields["steps"] == [{"way": told, "counted": 1, "done": 0}]
    assert fields["not_done"] == [{"way": told, "count": 1, "reason": "awaited"}]
    assert use == told or use not in str(fields)


def sent(desk: Desk) -> Message:
    message = released_request(desk)
    flush(desk, receipted_at=timezone.now())
    message.state = Message.State.DELIVERED
    message.save()
    return message


def test_ours_leaves_through_a_second_officer_and_never_says_that_a_person_is_protected(desk: Desk) -> None:
    message = sent(desk)
    draft = draft_correction(
        desk.liaison, message, action="recall", reason="status-granted", what_is_wrong="It should not have been sent."
    )
    submitted = services.submit(desk.liaison, draft, version=draft.version)
    released = services.release(desk.releasing, approved(desk, submitted))
    assert released.fields["reason"] == "unlawful"
    assert b"status-granted" not in bytes(released.content)
    row = Correction.objects.get()
    assert (row.is_ours, row.items.get().message) == (True, message)
    message.refresh_from_db()
    assert message.recalled_at is not None


def number_corrected(desk: Desk, message: Message, wrong: str, right: str) -> Message:
    """Our correction of a number in a message of ours."""
    return draft_correction(
        desk.liaison,
        message,
        action="correct",
        reason="inaccurate",
        what_is_wrong="The number was misread.",
        changes={"values": [{"wrong": wrong, "right": right}]},
    )


def test_words_that_the_message_does_not_hold_are_not_corrected(desk: Desk) -> None:
    message = sent(desk)
    with pytest.raises(FieldRefused) as refused:
        number_corrected(desk, message, "no such words", "other words")
    assert refused.value.fields == {"field": "values[0].wrong"}
    assert not Message.objects.filter(kind="correction").exists()


def test_wrong_words_are_found_in_any_case_and_where_a_correction_put_them(desk: Desk) -> None:
    message = sent(desk)
    text = next(str(message.fields[name]) for name in ("facts", "text") if message.fields.get(name))
    held = " ".join(text.split()[:3])
    assert number_corrected(desk, message, held.upper(), "it").fields["values"] == [
        {"wrong": held.upper(), "right": "it"}
    ]
    draft = number_corrected(desk, message, held, "quite another thing")
    submitted = services.submit(desk.liaison, draft, version=draft.version)
    services.release(desk.releasing, approved(desk, submitted))
    assert number_corrected(desk, message, "quite another thing", "a third").kind == "correction"


def test_of_an_erased_message_no_words_are_compared(desk: Desk) -> None:
    message = sent(desk)
    erase_message(message)
    message.refresh_from_db()
    assert number_corrected(desk, message, "no such words", "other words").kind == "correction"


def reported(desk: Desk) -> Correction:
    """Our correction, and their report on it."""
    message = sent(desk)
    draft = draft_correction(
        desk.liaison,
        message,
        action="correct",
        reason="inaccurate",
        what_is_wrong="The number was misread.",
        changes={"values": [{"wrong": "2933.39", "right": "2933.49"}]},
    )
    submitted = services.submit(desk.liaison, draft, version=draft.version)
    ours = services.release(desk.releasing, approved(desk, submitted))
    fields = notice_fields(INDIA, CANADA, extent="done", steps=[{"way": "quote", "counted": 2, "done": 2}])
    told = from_india(fields, case_ref_other=ours.case.own_ref)
    desk.peer.send("correction-report", told, in_reply_to=ours.envelope_id)
    assert take_in(desk.channel).filed == 1
    return Correction.objects.get(message=ours)


def test_their_report_is_kept_beside_ours_as_their_word(desk: Desk) -> None:
    row = reported(desk)
    assert row.report is not None
    assert row.report.kind == "correction-report"


def test_what_has_not_left_is_not_corrected(desk: Desk) -> None:
    with pytest.raises(ActRefused) as refused:
        draft_correction(desk.liaison, drafted(desk, "x"), action="recall", reason="expired", what_is_wrong="No.")
    assert refused.value.reason_code == "handling.not-correctable"
    assert (msgspec, timedelta, days, Derivation) is not None


def test_whoever_uses_what_was_corrected_is_told_so_by_the_gate(desk: Desk) -> None:
    source = received_information(desk)
    lead = Intended(use=UseCode.LEAD, purpose=Purpose(source.fields["purpose"]), suspicion="no")
    before = use_item(desk.duty, source, lead)
    corrected(desk, source, "correct")
    source.refresh_from_db()
    after = use_item(desk.duty, source, lead)
    spoken = [{one["policy"] for one in made.decision.decision["reasons"]} for made in (before, after)]
    assert ["BI-10.corrected" in policies for policies in spoken] == [False, True]


@pytest.mark.parametrize(
    ("wrong", "right", "field"),
    [
        ("a", "e", "facts"),
        ("drums", "barrels", "facts"),
        ("12", "21", "facts"),
        ("Harbour Road", "Market Road", "facts"),
        ("rbour Roa", "x", None),
    ],
)
def test_wrong_words_are_whole_ones_and_small_ones_count_beside_a_passage_alone(
    desk: Desk, wrong: str, right: str, field: str | None
) -> None:
    source = received_information(desk)
    said = "We know of a lorry with drums at 12 Other Road."
    draft = drafted(desk, SAID.replace("on the ninth", "on a ninth"), relevance_reason=said)
    corrected(desk, source, "correct", values=[{"wrong": wrong, "right": right}])
    draft.refresh_from_db()
    found = [one for one in services.check_draft(desk.liaison, draft).problems if "has corrected" in one.sentence]
    assert [one.field for one in found] == ([field] if field else [])
    assert circumstances_of(draft, timezone.now()).get("has_known_error", False) is bool(field)


def test_a_common_word_that_they_call_wrong_stops_no_draft_that_says_it_in_words_of_its_own(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID, relevance_reason="The lorry took the road.")
    corrected(desk, source, "correct", values=[{"wrong": "the", "right": "a"}])
    draft.refresh_from_db()
    problem = next(one for one in services.check_draft(desk.liaison, draft).problems if "It says the," in one.sentence)
    assert problem.next_step == f"Mend these words, or write in your own what comes from {source.reference}."
    fields = {**draft.fields, "facts": "In short: the goods were taken and paid for in cash."}
    mended = services.save_draft(desk.liaison, draft, version=draft.version, fields=fields)
    assert services.check_draft(desk.liaison, mended).problems == ()
    assert "has_known_error" not in circumstances_of(mended, timezone.now())


def test_right_words_that_hold_the_wrong_ones_are_right(desk: Desk) -> None:
    source = received_information(desk)
    draft = drafted(desk, SAID)
    corrected(desk, source, "correct", values=[{"wrong": "Harbour Road", "right": "Old Harbour Road"}])
    draft.refresh_from_db()
    assert circumstances_of(draft, timezone.now())["has_known_error"] is True
    fields = {**draft.fields, "facts": SAID.replace("Harbour Road", "Old Harbour Road")}
    mended = services.save_draft(desk.liaison, draft, version=draft.version, fields=fields)
    assert "has_known_error" not in circumstances_of(mended, timezone.now())


def test_what_they_call_right_again_is_wrong_no_more(desk: Desk) -> None:
    source = received_information(desk)
    corrected(desk, source, "correct", values=[{"wrong": WRONG, "right": RIGHT}])
    corrected(desk, source, "correct", number=10, values=[{"wrong": RIGHT.upper(), "right": WRONG}])
    assert standing_of(source).values == ((RIGHT.upper(), WRONG),)
