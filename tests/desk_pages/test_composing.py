"""The draft's page: saved as one writes, the gate's card with its cures, two texts side by side, and no word lost."""

import json
import re

from django.urls import reverse

from accord.exchange.models import Case, Message
from accord.exchange.services import attach, begin_case, save_draft
from accord.node.desk.draft_form import prints_of
from accord.node.desk.openings import LANGUAGES, filled_with_opening, opening_for
from accord.vocabulary.subjects import Theme
from tests.desk import Desk, own_side, received_request, released_request, request_fields, submitted_request
from tests.desk_pages.conftest import SignIn

SCRIPT = {"HX-Request": "true"}


def draft(desk: Desk, **fields: object) -> Message:
    return begin_case(
        desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields={"language": "en", **fields}
    )


def target(message: Message) -> str:
    return reverse("desk:draft", args=[message.pk])


def stored(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


# --- saving ----------------------------------------------------------------------------------------------------------


def test_an_automatic_save_says_when_it_saved_and_brings_gate_version_and_summary(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    answer = sign_in(desk.liaison).post(target(message), {"version": 1, "facts": "SPECIMEN"}, headers=SCRIPT)
    page = answer.content.decode()
    assert re.search(r"Saved \d\d:\d\d:\d\d Ottawa", page)
    assert 'id="version" value="2" hx-swap-oob' in page
    assert 'id="summary"' in page
    assert "<html" not in page


def test_an_automatic_save_keeps_what_is_right_and_names_what_is_not(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk, specification="SPECIMEN before")
    answer = sign_in(desk.liaison).post(
        target(message),
        {
            "version": 1,
            "facts": "SPECIMEN kept",
            "specification": "hidden \u202e words",
            "retention_until": "soon",
            "own.legitimate_aim": "SPECIMEN aim",
            "own.exposure": "no-such-word",
        },
        headers=SCRIPT,
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "3 fields are not saved" in page
    for element in ("field-specification", "field-retention_until", "field-own-exposure"):
        assert f'href="#{element}"' in page
    kept = stored(message)
    assert (kept.fields["facts"], kept.fields["specification"]) == ("SPECIMEN kept", "SPECIMEN before")
    assert json.loads(bytes(kept.own_side))["legitimate_aim"] == "SPECIMEN aim"


def test_a_refused_automatic_save_is_told_and_offers_both_texts(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    save_draft(desk.duty, message, version=1, fields={"facts": "SPECIMEN theirs"})
    answer = sign_in(desk.liaison).post(target(message), {"version": 1, "facts": "SPECIMEN mine"}, headers=SCRIPT)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#save-state"
    assert b"Not saved" in answer.content
    assert b"Compare the two texts" in answer.content


def test_a_save_of_a_message_that_left_is_refused_and_gives_the_words_back(desk: Desk, sign_in: SignIn) -> None:
    message = released_request(desk)
    answer = sign_in(desk.liaison).post(target(message), {"version": 1, "facts": "SPECIMEN late"})
    assert answer.status_code == 409
    assert b"SPECIMEN late" in answer.content


def test_saving_without_a_change_makes_no_version_and_voids_no_approval(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    client = sign_in(desk.liaison)
    page = client.get(target(message)).content.decode()
    posted = form_in(page)
    assert client.post(target(message), {**posted, "act": "save"}).status_code == 302
    assert (stored(message).state, stored(message).version) == (Message.State.SUBMITTED, message.version)


def form_in(page: str) -> dict[str, str | list[str]]:
    """Every member that a browser would send of a draft's form, as it is shown."""
    form = page[page.index("data-draft") : page.index("a-savebar")]
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name is None or (kind and kind[1] in {"radio", "checkbox"} and " checked" not in tag):
            continue
        text = unescaped(value[1]) if value else ""
        if kind and kind[1] == "checkbox":
            found[name[1]] = [*found.get(name[1], []), text]
        else:
            found[name[1]] = text
    for name_, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name_] = unescaped(text)
    for name_, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name_] = unescaped(chosen[1]) if chosen else ""
    return found


def unescaped(text: str) -> str:
    for mark, sign in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return text


def test_submitting_twice_asks_once_and_is_no_conflict(desk: Desk, sign_in: SignIn) -> None:
    message = begin_case(
        desk.liaison,
        peer="IN",
        theme="precursors",
        title="SPECIMEN drum",
        fields=request_fields(),
        own=own_side(),
    )
    client = sign_in(desk.liaison)
    posted = {**form_in(client.get(target(message)).content.decode()), "act": "submit"}
    answers = [client.post(target(message), posted) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert stored(message).state == Message.State.SUBMITTED


def test_the_form_holds_a_whole_message_without_changing_it(desk: Desk, sign_in: SignIn) -> None:
    message = begin_case(
        desk.liaison, peer="IN", theme="precursors", title="SPECIMEN", fields=request_fields(), own=own_side()
    )
    client = sign_in(desk.liaison)
    client.post(target(message), form_in(client.get(target(message)).content.decode()))
    assert stored(message).version == message.version
    assert stored(message).fields == message.fields


def test_a_form_of_another_officer_is_not_saved_in_ones_own_name(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    answer = sign_in(desk.duty).post(
        target(message), {"version": 1, "by": desk.liaison.username, "facts": "SPECIMEN kept"}
    )
    assert answer.status_code == 409
    assert b"SPECIMEN kept" in answer.content
    assert "facts" not in stored(message).fields


# --- input -----------------------------------------------------------------------------------------------------------


def test_an_unseen_character_shows_by_its_name_beside_the_field(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).post(target(draft(desk)), {"version": 1, "facts": "a\u200bb \u202ec"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "⟦zero width space⟧" in page
    assert "⟦right-to-left override⟧" in page
    assert 'href="#field-facts"' in page
    assert 'aria-invalid="true"' in page


def test_two_scripts_in_one_word_are_refused_at_their_field(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).post(target(draft(desk)), {"version": 1, "specification": "p\u0430ypal"})
    assert answer.status_code == 422
    assert b'href="#field-specification"' in answer.content


def test_what_is_too_long_stays_in_its_field_and_is_named(desk: Desk, sign_in: SignIn) -> None:
    words = "SPECIMEN " * 2500
    answer = sign_in(desk.liaison).post(target(draft(desk)), {"version": 1, "facts": words})
    assert answer.status_code == 422
    assert b'href="#field-facts"' in answer.content
    assert words.strip().encode() in answer.content


def test_an_odd_day_stays_as_it_was_written(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.liaison).post(target(draft(desk)), {"version": 1, "retention_until": "in two years"})
    assert answer.status_code == 422
    assert b'value="in two years"' in answer.content
    assert b'href="#field-retention_until"' in answer.content


def test_an_empty_form_is_saved_and_nothing_is_refused(desk: Desk, sign_in: SignIn) -> None:
    assert sign_in(desk.liaison).post(target(draft(desk)), {"version": 1}).status_code == 302


def test_the_language_of_the_text_is_marked(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk, facts="नमूना", language="hi")
    page = sign_in(desk.liaison).get(target(message)).content.decode()
    assert re.search(r'<textarea[^>]*id="field-facts"[^>]*lang="hi"', page)


def test_a_group_is_added_and_taken_out_without_scripts(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk), sign_in(desk.liaison)
    words = {
        "version": 1,
        "substances.count": "2",
        "substances.0.name": "SPECIMEN one",
        "substances.1.name": "SPECIMEN two",
        "remove": "substances.0",
    }
    client.post(target(message), words)
    assert stored(message).fields["substances"] == [{"name": "SPECIMEN two"}]


# --- the gate's card -------------------------------------------------------------------------------------------------


def test_each_cure_leads_to_the_field_it_concerns(desk: Desk, sign_in: SignIn) -> None:
    fields = {**request_fields(), "accuracy": None}
    message = begin_case(
        desk.liaison,
        peer="IN",
        theme="precursors",
        title="SPECIMEN",
        fields={name: value for name, value in fields.items() if value is not None},
        own=own_side(is_compelled=None),
    )
    page = sign_in(desk.liaison).get(target(message)).content.decode()
    card = page[page.index('id="gate"') :]
    assert "What stops it" in card
    assert "What would let it pass:" in card
    assert "Who decides:" in card
    for element in ("field-accuracy", "field-own-is_compelled"):
        assert f'href="#{element}"' in card
        assert f'id="{element}"' in page
    # What the gate names stands in the open, not behind "further fields".
    assert page.index('id="field-own-is_compelled"') < page.rindex("further field")


def test_urgency_asks_for_its_reason_at_its_fields(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk, urgency="threat-to-life")
    page = sign_in(desk.liaison).get(target(message)).content.decode()
    card = page[page.index('id="gate"') :]
    for element in ("field-urgency_ground", "field-urgency_text"):
        assert f'href="#{element}"' in card


def test_the_preview_is_what_the_other_side_reads(desk: Desk, sign_in: SignIn) -> None:
    message = begin_case(
        desk.liaison,
        peer="IN",
        theme="precursors",
        title="SPECIMEN OUR TITLE",
        fields=request_fields(facts="SPECIMEN FACTS"),
        own=own_side(legitimate_aim="SPECIMEN OWN AIM"),
    )
    page = sign_in(desk.liaison).get(target(message)).content.decode()
    leaves = page[page.index('class="a-leaves"') : page.index("</article>")]
    assert "SPECIMEN FACTS" in leaves
    assert message.case.own_ref in leaves
    assert "New Delhi" in leaves
    assert "its answer is due there on" in leaves
    assert leaves.count("a-mark") >= 2
    assert "SPECIMEN OWN AIM" not in leaves
    assert "SPECIMEN OUR TITLE" not in leaves


def test_a_preview_of_a_delay_does_not_say_that_our_gate_waits(desk: Desk, sign_in: SignIn) -> None:
    asked = received_request(desk)
    client = sign_in(desk.duty)
    client.post(
        reverse("desk:reply", args=[asked.pk, "delay"]), {"reason": "gate-escalation", "expected_on": "2099-01-01"}
    )
    told = {"reason": "gate-escalation", "expected_on": Message.objects.get(pk=asked.pk).created_at.date().isoformat()}
    client.post(reverse("desk:reply", args=[asked.pk, "delay"]), told)
    made = asked.replies.get()
    page = client.get(target(made)).content.decode()
    leaves = page[page.index('class="a-leaves"') : page.index("</article>")]
    assert made.fields["reason"] == "gate-escalation"
    assert "gate-escalation" not in leaves
    assert "approver" not in leaves.lower()


def test_a_submitted_draft_is_taken_back_by_a_button(desk: Desk, sign_in: SignIn) -> None:
    message, client = submitted_request(desk), sign_in(desk.liaison)
    assert b"Take it back" in client.get(target(message)).content
    client.post(target(message), {"act": "take-back"})
    assert stored(message).state == Message.State.DRAFT


# --- two texts -------------------------------------------------------------------------------------------------------


def conflicting(desk: Desk, sign_in: SignIn, **mine: str) -> tuple[Message, dict[str, str], str]:
    """A draft that a colleague changed after it was opened, and the page that both texts stand on."""
    message = draft(desk, facts="SPECIMEN first", specification="SPECIMEN asked")
    was = json.dumps(prints_of(message.fields, {}))
    save_draft(
        desk.duty,
        message,
        version=1,
        fields={**message.fields, "facts": "SPECIMEN theirs"},
        own={"legitimate_aim": "SPECIMEN their aim"},
    )
    posted = {
        "version": "1",
        "was": was,
        "language": "en",
        "facts": "SPECIMEN first",
        "specification": "SPECIMEN asked",
        **mine,
    }
    answer = sign_in(desk.liaison).post(target(message), posted)
    assert answer.status_code == 409
    return message, posted, answer.content.decode()


def test_both_texts_stand_side_by_side_with_the_own_side_among_them(desk: Desk, sign_in: SignIn) -> None:
    _message, _posted, page = conflicting(
        desk, sign_in, facts="SPECIMEN mine", **{"own.legitimate_aim": "SPECIMEN my aim"}
    )
    for words in ("SPECIMEN mine", "SPECIMEN theirs", "SPECIMEN my aim", "SPECIMEN their aim"):
        assert words in page
    assert 'id="conflict-own-legitimate_aim"' in page


def test_what_one_side_alone_changed_is_chosen_beforehand(desk: Desk, sign_in: SignIn) -> None:
    _message, _posted, page = conflicting(desk, sign_in, specification="SPECIMEN asked by me")
    assert re.search(r'name="pick.specification" value="mine" required checked', page)
    assert re.search(r'name="pick.facts" value="stored" checked', page)


def test_where_both_wrote_nothing_is_chosen_for_the_officer(desk: Desk, sign_in: SignIn) -> None:
    message, posted, page = conflicting(desk, sign_in, facts="SPECIMEN mine")
    row = page[page.index('id="conflict-facts"') : page.index("</fieldset>", page.index('id="conflict-facts"'))]
    assert " checked" not in row
    again = sign_in(desk.liaison).post(target(message), {**posted, "version": "2", "act": "merge"})
    assert again.status_code == 409
    assert stored(message).version == 2


def test_choices_are_saved_field_by_field_and_texts_can_be_merged(desk: Desk, sign_in: SignIn) -> None:
    message, posted, _page = conflicting(
        desk,
        sign_in,
        facts="SPECIMEN mine",
        specification="SPECIMEN asked by me",
        **{"own.legitimate_aim": "SPECIMEN my aim"},
    )
    chosen = {
        **posted,
        "version": "2",
        "act": "merge",
        "pick.facts": "both",
        "merge.facts": "SPECIMEN theirs\nSPECIMEN mine",
        "pick.specification": "mine",
        "pick.own.legitimate_aim": "stored",
        "pick.sender": "stored",
    }
    assert sign_in(desk.liaison).post(target(message), chosen).status_code == 302
    kept = stored(message)
    assert kept.fields["facts"] == "SPECIMEN theirs\nSPECIMEN mine"
    assert kept.fields["specification"] == "SPECIMEN asked by me"
    assert json.loads(bytes(kept.own_side))["legitimate_aim"] == "SPECIMEN their aim"
    assert kept.version == 3


def test_a_third_save_while_one_chooses_brings_both_texts_again(desk: Desk, sign_in: SignIn) -> None:
    message, posted, _page = conflicting(desk, sign_in, facts="SPECIMEN mine")
    held = stored(message)
    save_draft(desk.duty, held, version=2, fields={**held.fields, "facts": "SPECIMEN third"})
    chosen = {**posted, "version": "2", "act": "merge", "pick.facts": "mine", "pick.own.legitimate_aim": "stored"}
    answer = sign_in(desk.liaison).post(target(message), {**chosen, "pick.sender": "stored"})
    assert answer.status_code == 409
    assert b"SPECIMEN third" in answer.content
    assert b"SPECIMEN mine" in answer.content


# --- beginning and ending --------------------------------------------------------------------------------------------


def test_a_reply_begun_twice_is_one_draft_and_another_one_is_the_officers_choice(desk: Desk, sign_in: SignIn) -> None:
    asked, client = received_request(desk), sign_in(desk.duty)
    reply = reverse("desk:reply", args=[asked.pk, "clarify"])
    for _ in range(2):
        assert client.post(reply, {"points": "SPECIMEN point"}).status_code == 302
    assert asked.replies.count() == 1
    other = client.post(reply, {"points": "SPECIMEN other"})
    assert other.status_code == 409
    assert b"SPECIMEN other" in other.content
    assert target(asked.replies.get()).encode() in other.content
    assert client.post(reply, {"points": "SPECIMEN other", "another": "yes"}).status_code == 302
    assert asked.replies.count() == 2


def test_a_refused_first_draft_leaves_no_case(desk: Desk, sign_in: SignIn) -> None:
    type(desk.liaison).objects.filter(pk=desk.liaison.pk).update(display_name="a\u200bb")
    given = {"title": "SPECIMEN", "peer": "IN", "theme": "precursors", "kind": "request"}
    answer = sign_in(desk.liaison).post(reverse("desk:new-case"), given)
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_a_double_click_without_scripts_begins_one_case(desk: Desk, sign_in: SignIn) -> None:
    given = {"title": "SPECIMEN twice", "peer": "IN", "theme": "precursors", "kind": "request"}
    client = sign_in(desk.liaison)
    places = {client.post(reverse("desk:new-case"), given).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Case.objects.count() == 1


def test_discarding_asks_first_and_then_needs_a_reason(desk: Desk, sign_in: SignIn) -> None:
    message, client = draft(desk, facts="SPECIMEN to go"), sign_in(desk.liaison)
    address = reverse("desk:discard", args=[message.pk])
    page = client.get(address)
    assert b"cannot be undone" in page.content
    assert b"SPECIMEN to go" in page.content
    assert stored(message).state == Message.State.DRAFT
    assert client.post(address, {"version": 1, "why": " "}).status_code == 422
    assert client.post(address, {"version": 1, "why": "SPECIMEN settled"}).status_code == 302
    assert stored(message).state == Message.State.DISCARDED


# --- specimen texts --------------------------------------------------------------------------------------------------


def test_every_subject_has_an_opening_that_the_form_takes(desk: Desk) -> None:
    for language in LANGUAGES:
        for theme in Theme:
            for kind in ("request", "spontaneous-information"):
                opening = opening_for(theme.value, kind, language)
                assert opening["language"] == language
                made = begin_case(
                    desk.liaison,
                    peer="IN",
                    theme=theme.value,
                    title=f"SPECIMEN {language} {theme.value} {kind}",
                    kind=kind,
                    fields={"theme": theme.value, **opening},
                )
                assert "[…" in str(made.fields["facts"])


def test_an_opening_never_overwrites_a_word() -> None:
    opening = opening_for("precursors", "request", "en")
    filled = filled_with_opening({"facts": "SPECIMEN mine", "specification": ""}, opening)
    assert filled["facts"] == "SPECIMEN mine"
    assert filled["specification"] == opening["specification"]


def test_the_opening_is_put_into_empty_fields_by_a_button(desk: Desk, sign_in: SignIn) -> None:
    message = draft(desk)
    sign_in(desk.liaison).post(
        target(message), {"version": 1, "language": "en", "facts": "SPECIMEN mine", "act": "specimen"}
    )
    assert stored(message).fields["facts"] == "SPECIMEN mine"
    assert stored(message).fields["items"]


def test_a_case_begins_with_a_specimen_text_where_it_is_wanted(desk: Desk, sign_in: SignIn) -> None:
    given = {"title": "SPECIMEN", "peer": "IN", "theme": "cyber", "kind": "request", "start": "specimen"}
    sign_in(desk.liaison).post(reverse("desk:new-case"), given)
    assert "[…" in str(Message.objects.get().fields["facts"])


def test_files_of_the_draft_stand_on_its_page(desk: Desk, sign_in: SignIn) -> None:
    import io

    message = draft(desk)
    attach(desk.liaison, message, name="note.txt", media_type="text/plain", file=io.BytesIO(b"SPECIMEN\n"))
    page = sign_in(desk.liaison).get(target(message)).content.decode()
    assert page.count("note.txt") >= 2
    assert "text/plain" in page


def test_the_drafts_page_costs_a_fixed_number_of_statements(
    desk: Desk, sign_in: SignIn, django_assert_max_num_queries: object
) -> None:
    message = begin_case(
        desk.liaison, peer="IN", theme="precursors", title="SPECIMEN", fields=request_fields(), own=own_side()
    )
    client = sign_in(desk.liaison)
    client.get(target(message))
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        client.get(target(message))
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        client.post(target(message), {"version": 1, "facts": "SPECIMEN"}, headers=SCRIPT)
