"""Writing at the desk: words are kept, nothing is overwritten in silence, and the gate's answer stands beside."""

from django.urls import reverse

from accord.exchange.models import Message
from accord.exchange.services import create_case, draft_request
from accord.node.desk.fields import posted_values
from tests.desk import Desk, approved, received_request, seen, submitted_request
from tests.desk_pages.conftest import SignIn


def draft(desk: Desk) -> Message:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum")
    return draft_request(desk.liaison, case, {})


def saved(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_a_case_is_begun_and_leads_to_its_draft(desk: Desk, sign_in: SignIn) -> None:
    given = {"title": "SPECIMEN drum", "peer": "IN", "theme": "precursors", "kind": "request"}
    answer = sign_in(desk.liaison).post(reverse("desk:new-case"), given)
    message = Message.objects.get()
    assert answer.headers["Location"] == reverse("desk:draft", args=[message.pk])
    assert (message.kind, message.case.title) == ("request", "SPECIMEN drum")
    assert message.fields["theme"] == "precursors"
    assert message.fields["sender"] == {"party": "CA", "agency": desk.liaison.agency}


def test_a_case_that_is_refused_keeps_the_words(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).post(
        reverse("desk:new-case"), {"title": "SPECIMEN kept", "peer": "IN", "theme": "no-such-theme"}
    )
    assert answer.status_code >= 400
    assert b"SPECIMEN kept" in answer.content
    assert not Message.objects.exists()


def test_what_is_typed_is_saved_field_by_field(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    given = {
        "version": message.version,
        "facts": "SPECIMEN. Drums.",
        "handling": "H1",
        "caveats.count": "1",
        "caveats.0.who_may_access": "NCB\nCBN",
        "caveats.0.permitted_uses": "Lead information",
        "caveats.0.procedure_contact": "Liaison desk",
        "caveats.0.expires_on": "2099-01-01",
        "concerns_minor": "no",
        "own.has_personal_data": "no",
        "own.categories": "consignment",
    }
    answer = sign_in(desk.liaison).post(reverse("desk:draft", args=[message.pk]), given)
    assert answer.status_code == 302
    fields = saved(message).fields
    assert fields["facts"] == "SPECIMEN. Drums."
    assert fields["caveats"] == [
        {
            "who_may_access": ["NCB", "CBN"],
            "permitted_uses": ["Lead information"],
            "procedure_contact": "Liaison desk",
            "expires_on": "2099-01-01",
        }
    ]
    assert fields["concerns_minor"] is False
    assert b'"categories":["consignment"]' in bytes(saved(message).own_side).replace(b" ", b"")


def test_a_caveat_is_ticked_by_its_codes_and_explained_in_words(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    given = {
        "version": message.version,
        "caveats.count": "1",
        "caveats.0.who_may_access": "",
        "caveats.0.who_may_access.ticked": ["NCB"],
        "caveats.0.permitted_uses": "Only in the investigation named",
        "caveats.0.permitted_uses.ticked": ["print", "court"],
        "caveats.0.procedure_contact": "Liaison desk",
        "caveats.0.expires_on": "2099-01-01",
    }
    address = reverse("desk:draft", args=[message.pk])
    assert client.post(address, given).status_code == 302
    stored = bytes(saved(message).content).replace(b" ", b"")
    assert b'"who_may_access":["NCB"]' in stored
    assert b'"permitted_uses":["Onlyintheinvestigationnamed","print","court"]' in stored
    page = client.get(address).content.decode()
    assert page.count('value="court" checked') == 1
    assert page.count('value="forward"') == 1
    assert 'value="forward" checked' not in page
    lines = page.partition('name="caveats.0.permitted_uses"')[2].partition(">")[2].partition("</textarea>")[0]
    assert lines.strip() == "Only in the investigation named"


def test_a_refused_field_is_named_at_its_place_and_the_words_stay(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    given = {"version": message.version, "facts": "hidden \u202e words", "specification": "SPECIMEN stays"}
    answer = sign_in(desk.liaison).post(reverse("desk:draft", args=[message.pk]), given)
    assert answer.status_code == 422
    assert b"SPECIMEN stays" in answer.content
    assert b'href="#field-facts"' in answer.content
    assert "facts" not in saved(message).fields


def test_a_colleagues_save_is_never_overwritten_in_silence(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    target = reverse("desk:draft", args=[message.pk])
    sign_in(desk.duty).post(target, {"version": message.version, "facts": "SPECIMEN theirs"})
    answer = sign_in(desk.liaison).post(target, {"version": message.version, "facts": "SPECIMEN mine"})
    assert answer.status_code == 409
    assert b"SPECIMEN theirs" in answer.content
    assert b"SPECIMEN mine" in answer.content
    assert saved(message).fields["facts"] == "SPECIMEN theirs"


def test_a_group_is_added_without_scripts(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    client = sign_in(desk.liaison)
    answer = client.post(
        reverse("desk:draft", args=[message.pk]), {"version": message.version, "facts": "SPECIMEN", "add": "persons"}
    )
    page = client.get(answer.headers["Location"].partition("#")[0])
    assert b'name="persons.0.category"' in page.content
    assert saved(message).fields["facts"] == "SPECIMEN"


def test_an_automatic_save_answers_with_the_gates_card_and_the_new_version(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    answer = sign_in(desk.liaison).post(
        reverse("desk:draft", args=[message.pk]),
        {"version": message.version, "facts": "SPECIMEN"},
        headers={"HX-Request": "true"},
    )
    assert f'value="{saved(message).version}" hx-swap-oob'.encode() in answer.content
    assert b"<html" not in answer.content


def test_a_draft_of_ours_is_not_changed_by_who_may_not_draft(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    answer = sign_in(desk.releasing).post(
        reverse("desk:draft", args=[message.pk]), {"version": message.version, "facts": "SPECIMEN"}
    )
    assert answer.status_code == 403
    assert "facts" not in saved(message).fields


def test_a_script_in_a_title_is_words(desk: Desk, sign_in: SignIn) -> None:
    case = create_case(desk.liaison, peer="IN", theme="precursors", title="<script>alert(1)</script>")
    draft_request(desk.liaison, case, {})
    for name in ("queue", "cases"):
        assert b"<script>alert" not in sign_in(desk.liaison).get(reverse(f"desk:{name}")).content


def test_an_exported_list_holds_no_formula(desk: Desk, sign_in: SignIn) -> None:
    create_case(desk.liaison, peer="IN", theme="precursors", title="=1+1")
    answer = sign_in(desk.liaison).get(reverse("desk:cases-export"))
    assert "'=1+1" in answer.content.decode()


# --- the second officer ----------------------------------------------------------------------------------------------


def test_exactly_what_was_shown_is_approved_and_released(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    client = sign_in(desk.releasing)
    assert client.get(reverse("desk:approval", args=[message.pk])).status_code == 200
    shown = seen(message)
    target = reverse("desk:approval-act", args=[message.pk])
    words = {"digest": shown["seen_digest"].hex(), "facts_digest": shown["seen_facts_digest"].hex()}
    client.post(target, {"act": "approve", **words})
    assert saved(message).state == Message.State.APPROVED
    client.post(target, {"act": "release"})
    client.post(target, {"act": "release"})  # a double click
    assert saved(message).state == Message.State.RELEASED


def test_a_digest_that_was_not_shown_approves_nothing(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    target = reverse("desk:approval-act", args=[message.pk])
    sign_in(desk.releasing).post(target, {"act": "approve", "digest": "00" * 32, "facts_digest": "00" * 32})
    assert saved(message).state == Message.State.SUBMITTED


def test_the_drafter_neither_approves_nor_releases(desk: Desk, sign_in: SignIn) -> None:
    message = approved(desk, submitted_request(desk))
    sign_in(desk.liaison).post(reverse("desk:approval-act", args=[message.pk]), {"act": "release"})
    assert saved(message).state == Message.State.APPROVED


def test_a_message_goes_back_with_a_reason_that_its_drafter_reads(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    sign_in(desk.releasing).post(
        reverse("desk:approval-act", args=[message.pk]), {"act": "send-back", "reason": "SPECIMEN too broad"}
    )
    page = sign_in(desk.liaison).get(reverse("desk:draft", args=[message.pk]))
    assert b"SPECIMEN too broad" in page.content


# --- the duty officer ------------------------------------------------------------------------------------------------


def test_a_request_is_taken_asked_about_and_answered(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    client, reference = sign_in(desk.duty), asked.case.own_ref
    client.post(reverse("desk:take", args=[reference]))
    client.post(reverse("desk:act", args=[reference]), {"act": "ask", "agency": "RCMP", "question": "SPECIMEN?"})
    answer = client.post(reverse("desk:reply", args=[asked.pk, "answer"]), {"outcome": "nothing-held"})
    begun = Message.objects.get(direction="out", kind="answer")
    assert answer.headers["Location"] == reverse("desk:draft", args=[begun.pk])
    assert begun.case.holder == desk.duty
    page = client.get(reverse("desk:case", args=[reference]))
    assert b"SPECIMEN?" in page.content


def test_a_colleagues_case_is_not_taken_without_a_word(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    sign_in(desk.duty).post(reverse("desk:take", args=[asked.case.own_ref]))
    answer = sign_in(desk.liaison).post(reverse("desk:take", args=[asked.case.own_ref]))
    assert answer.status_code == 409
    asked.case.refresh_from_db()
    assert asked.case.holder == desk.duty


def test_a_refusal_without_its_ground_keeps_the_words(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    sign_in(desk.duty).post(reverse("desk:take", args=[asked.case.own_ref]))
    answer = sign_in(desk.duty).post(
        reverse("desk:reply", args=[asked.pk, "delay"]), {"reason": "volume", "expected_on": "soon"}
    )
    assert answer.status_code >= 400
    assert b"exchange.expected-on" in answer.content


def test_the_pages_of_a_case_cost_a_fixed_number_of_statements(
    desk: Desk, sign_in: SignIn, django_assert_max_num_queries: object
) -> None:
    asked = received_request(desk)
    client = sign_in(desk.duty)
    client.get(reverse("desk:queue"))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        client.get(reverse("desk:queue"))
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        client.get(reverse("desk:case", args=[asked.case.own_ref]))


def test_an_unknown_member_is_not_read_from_a_form() -> None:
    from accord.exchange.kinds import STRUCTS

    assert posted_values(STRUCTS["request"], ("facts",), {"facts": "SPECIMEN", "message_ref": "X"}) == {
        "facts": "SPECIMEN"
    }
