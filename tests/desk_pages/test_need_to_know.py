"""An officer without need to know tries every address of the desk, and finds what stands there for nothing at all."""

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accord.dialogue.drafting import begin_statement
from accord.exchange import services
from accord.exchange.models import Case, Message
from accord.node.desk.urls import urlpatterns
from accord.node.notices.deriving import make_notices
from accord.node.notices.models import Notice
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.release.gate import deciders
from tests.desk import (
    Desk,
    answer_fields,
    own_side,
    received_request,
    released_request,
    request_fields,
    submitted_request,
)
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.test_permissions import POSTED, PUT

SECRET = "Zanzibarite"
ABOUT_A_CASE = {
    "case",
    "case-print",
    "case-team",
    "take",
    "act",
    "download",
    "draft",
    "gate",
    "discard",
    "files",
    "assessments",
    "upload-begin",
    "reply",
    "use",
    "ask-permission",
    "answer-permission",
    "case-keeping",
    "keeping-act",
    "object",
    "objection",
    "objection-answer",
    "correct",
    "provenance",
    "recall",
    "approval",
    "approval-act",
    "holds",
    "proof",
    "evidence",
}
"""Addresses that name a case or a message of it."""

OF_A_TEAM = {
    "statement",
    "statement-act",
    "statement-sign",
    "clause",
    "clause-act",
    "clause-new",
    "read-outs",
    "read-outs-act",
    "read-outs-export",
    "promises",
    "promises-act",
    "promises-export",
}
"""Addresses of a statement, which is its team's alone until something of it was sent."""

OF_THE_AGREEMENT = OF_A_TEAM | {
    # What both sides sign: everyone who may read the agreement reads all of it.
    "text",
    "text-act",
    "text-signed",
    "posting",
    "posting-change",
    "posting-record",
    "posting-record-act",
    "soil-act",
    "soil-act-answer",
    "plan-merge",
    # A file is held for the officer who brought it, alone: tests/desk_pages/test_plan_files.py.
    "plan-brought",
    # A note is for its two officers and those who take cases; its cases are for whoever reads them.
    "roster-handover",
}
"""Addresses with a key that name no case: what both sides sign, and who was on watch."""

OF_A_SCREENING = {
    "drugs-flag",
    "drugs-flag-act",
    "drugs-flag-follow",
    "drugs-screening",
    "drugs-screening-act",
    "drugs-screening-progress",
    "drugs-screening-flags",
    "drugs-screening-refused",
}
"""Addresses of a manifest and of what was flagged in it: tests/desk_pages/test_drugs_screening.py."""

OF_THE_SUBSTANCES = {"drugs-substance-proposal", "drugs-substance-act"}
"""Addresses of a change of the register of substances, which whoever reads the registers reads."""

OF_A_NOTICE = {"drugs-notice", "drugs-notice-begin"}
"""Addresses of a consignment, whose notice lies in a case: tests/desk_pages/test_drug_notices.py."""

STRANGERS = (Role.LIAISON, Role.DUTY, Role.RELEASING, Role.DECIDER, Role.REVIEWER)


def secret_request(desk: Desk) -> Message:
    """A request of the other side in a case that is held and kept to its team, with a note and a drafted answer."""
    asked = received_request(desk, specification=f"{SECRET}: was it registered?", facts=f"{SECRET} in a drum.")
    services.take(desk.liaison, asked.case)
    services.write_note(desk.liaison, asked.case, f"{SECRET} again.")
    services.keep_to_team(desk.liaison, asked.case, reason="A source is at risk.")
    return asked


def secret_draft(desk: Desk) -> Message:
    """A request of ours that waits for its approval, in a case that is kept to its team."""
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title=f"{SECRET} drum")
    services.keep_to_team(desk.liaison, case, reason="A source is at risk.")
    fields = request_fields(specification=f"{SECRET}?", facts=f"{SECRET}.")
    draft = services.draft_request(desk.liaison, case, fields, own=own_side())  # type: ignore[arg-type]
    return services.submit(desk.liaison, draft, version=draft.version)


def stranger(desk: Desk, role: Role) -> Officer:
    """An officer of a role whose scope is another subject; a reviewer whose mandate is another agency."""
    officer = desk.head(min(deciders()), "stranger") if role is Role.DECIDER else desk.again(role, "stranger")
    officer.scope_themes, officer.scope_agencies = ["fraud"], ["CBSA"]
    officer.save()
    return officer


def called(client: Client, name: str, key: UUID, reference: str) -> HttpResponse:
    known: dict[str, object] = {
        "reference": reference,
        "key": key,
        "reply": "answer",
        "rule": "BI-01",
        "name": "decisions",
        "number": 1,
        "entry": 1,
        "offset": 0,
        "username": "duty",
        "peer": "IN",
        "of": "ours",
        "owner": "CA",
        "year": 2026,
        "register": "risk",
        "language": "en",
        "form": "csv",
        "part": "actions",
        "code": "A1",
        "kind": "request",
    }
    wanted = next(pattern for pattern in urlpatterns if pattern.name == name).pattern.converters
    given = {part: known[part] for part in wanted}
    if name.startswith("notice-"):
        given["key"] = 7
    method = client.put if name in PUT else client.post if name in POSTED else client.get
    return method(reverse(f"desk:{name}", kwargs=given))  # type: ignore[return-value] # the test client's answer is one


def body(answer: HttpResponse, *names: str) -> str:
    """What an answer says, but for what differs from one request to the next."""
    text = b"".join(answer) if answer.streaming else answer.content
    shown = text.decode()
    for name in names:
        shown = shown.replace(name, "X")
    shown = re.sub(r'name="(csrfmiddlewaretoken|form)" value="[^"]*"', "", shown)
    return re.sub(r"\d{4}-\d\d-\d\dT[^\"<]*|\d\d:\d\d(:\d\d)?", "T", shown)


@pytest.mark.parametrize("role", STRANGERS)
def test_every_address_answers_as_if_the_case_did_not_exist(desk: Desk, sign_in: SignIn, role: Role) -> None:
    asked, draft = secret_request(desk), secret_draft(desk)
    make_notices()
    client = sign_in(stranger(desk, role))
    for message in (asked, draft):
        reference, key = message.case.own_ref, message.pk
        for pattern in urlpatterns:
            name = str(pattern.name)
            missing, nowhere = uuid4(), "CA-2026-22222-22222"
            answer, empty = called(client, name, key, reference), called(client, name, missing, nowhere)
            assert answer.status_code == empty.status_code, name
            shown = body(answer, str(key), reference)
            assert SECRET not in shown, name
            assert "SPECIMEN" not in shown.replace("SPECIMEN-", ""), name
            if name in ABOUT_A_CASE:
                assert answer.status_code in {403, 404}, name
                assert shown == body(empty, str(missing), nowhere), name
            else:
                assert reference not in body(answer), name


def test_the_table_of_addresses_about_a_case_is_whole() -> None:
    named = {str(one.name) for one in urlpatterns if {"reference", "key"} & set(one.pattern.converters)}
    others = {name for name in named if name.split("-")[0] in {"view", "upload", "notice", "review", "correction"}} - {
        "upload-begin"
    }
    others |= OF_THE_AGREEMENT | OF_A_SCREENING | OF_THE_SUBSTANCES | OF_A_NOTICE
    assert named - others == ABOUT_A_CASE


@pytest.mark.parametrize("role", [*STRANGERS, Role.POLICY, Role.SIGNATORY])
def test_a_statement_of_which_nothing_was_sent_is_for_its_team_alone(desk: Desk, sign_in: SignIn, role: Role) -> None:
    statement = begin_statement(desk.officers[Role.POLICY], peer="IN", title={"en": SECRET})
    other = Officer.objects.create(username="other", display_name="Other", roles=[role])
    client = sign_in(other)
    missing = uuid4()
    for name in sorted(OF_A_TEAM):
        answer, empty = called(client, name, statement.pk, ""), called(client, name, missing, "")
        assert answer.status_code in {403, 404}, name
        assert body(answer, str(statement.pk)) == body(empty, str(missing)), name
    assert SECRET not in body(client.get(reverse("desk:dialogue")))  # type: ignore[arg-type]


def test_who_needs_to_know_reads_it(desk: Desk, sign_in: SignIn) -> None:
    asked, draft = secret_request(desk), secret_draft(desk)
    for officer, message in ((desk.liaison, asked), (desk.releasing, draft), (desk.reviewer, asked)):
        page = sign_in(officer).get(reverse("desk:case", args=[message.case.own_ref]))
        assert page.status_code == 200, officer
        assert SECRET in page.content.decode()


def test_lists_counts_and_the_export_leave_it_out(desk: Desk, sign_in: SignIn) -> None:
    secret_request(desk)
    duty = desk.again(Role.DUTY, "second")
    client = sign_in(duty)
    assert SECRET not in client.get(reverse("desk:queue")).content.decode()
    assert SECRET not in client.get(reverse("desk:cases")).content.decode()
    assert SECRET not in body(client.get(reverse("desk:cases-export")))  # type: ignore[arg-type]
    assert set(services.queue_counts(duty).values()) == {0}
    assert services.queue_counts(desk.liaison)[services.Section.WAITING_ON_US] == 1
    news = client.get(reverse("desk:news"), {"since": str(UUID(int=0))}).content.decode()
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", news))


def test_what_came_and_nobody_holds_is_seen_in_scope_and_nowhere_else(desk: Desk, settings: object) -> None:
    settings.ACCORD_NEED_TO_KNOW = "team"  # type: ignore[attr-defined]
    inside, outside = desk.again(Role.DUTY, "inside"), stranger(desk, Role.DUTY)
    inside.scope_themes, inside.scope_agencies = ["precursors"], ["RCMP"]
    inside.save()
    asked = received_request(desk)
    make_notices()
    assert services.read_case(inside, asked.case.own_ref) == asked.case
    with pytest.raises(services.NotFound):
        services.read_case(outside, asked.case.own_ref)
    assert not Notice.objects.filter(officer=outside, case=asked.case).exists()
    services.take(desk.duty, asked.case)
    with pytest.raises(services.NotFound):
        services.read_case(inside, asked.case.own_ref)
    assert services.read_case(desk.duty, asked.case.own_ref) == asked.case


def test_what_is_addressed_to_no_agency_of_ours_is_seen_in_every_scope(desk: Desk) -> None:
    inside = desk.again(Role.DUTY, "inside")
    inside.scope_agencies = ["CBSA"]
    inside.save()
    asked = received_request(desk)
    Case.objects.update(agency="XYZ")
    assert services.read_case(inside, asked.case.own_ref) == asked.case
    Case.objects.update(agency="RCMP")
    with pytest.raises(services.NotFound):
        services.read_case(inside, asked.case.own_ref)


def test_a_rule_of_scope_gives_an_account_without_one_nothing_but_its_own(desk: Desk, settings: object) -> None:
    settings.ACCORD_NEED_TO_KNOW = "scope"  # type: ignore[attr-defined]
    mine = submitted_request(desk)
    theirs = received_request(desk)
    assert services.read_case(desk.liaison, mine.case.own_ref)
    with pytest.raises(services.NotFound):
        services.read_case(desk.liaison, theirs.case.own_ref)


def test_the_gates_hold_opens_the_case_to_the_office_that_answers_it(desk: Desk) -> None:
    from tests.desk import HELD_OFFICE, held_request

    held = held_request(desk)
    services.keep_to_team(desk.liaison, held.case, reason="Few.")
    head, other = desk.head(HELD_OFFICE), desk.head(max(deciders() - {HELD_OFFICE}), "other")
    assert services.read_message(head, held.pk) == held
    with pytest.raises(services.NotFound):
        services.read_message(other, held.pk)


def test_whoever_released_a_message_goes_on_reading_its_case(desk: Desk) -> None:
    sent = released_request(desk)
    services.keep_to_team(desk.liaison, sent.case, reason="Few.")
    assert services.read_message(desk.releasing, sent.pk) == sent
    with pytest.raises(services.NotFound):
        services.read_message(desk.again(Role.RELEASING, "second"), sent.pk)


def test_a_member_reads_until_they_are_taken_out(desk: Desk) -> None:
    asked = secret_request(desk)
    second = desk.again(Role.DUTY, "second")
    with pytest.raises(services.NotFound):
        services.read_message(second, asked.pk)
    services.add_member(desk.liaison, asked.case, member=second, reason="Knows the trade.")
    assert services.read_message(second, asked.pk) == asked
    answer = services.clarify(desk.liaison, asked, _clarification(), points=["Which drum?"])
    services.save_draft(second, answer, version=answer.version, fields=answer.fields)
    services.remove_member(desk.releasing, asked.case, member=second, reason="Moved on.")
    with pytest.raises(services.NotFound):
        services.read_message(second, asked.pk)


def _clarification() -> dict[str, object]:
    kept = ("liaison_contact", "duty_phone", "legal_basis", "handling", "caveats", "classification", "language")
    fields = answer_fields()
    return {name: fields[name] for name in (*kept, "retention_until")}


def test_only_the_holder_or_a_releasing_officer_says_who_is_in_the_team(desk: Desk) -> None:
    asked = received_request(desk)
    services.take(desk.liaison, asked.case)
    for act in (services.keep_to_team, services.open_to_scope):
        with pytest.raises(services.ActRefused) as refused:
            act(desk.duty, asked.case, reason="So.")
        assert refused.value.reason_code == "exchange.not-team-keeper"
    with pytest.raises(services.ActRefused):
        services.add_member(desk.duty, asked.case, member=desk.duty, reason="So.")


def test_a_link_to_a_case_that_one_does_not_read_is_not_told(desk: Desk, sign_in: SignIn) -> None:
    secret, open_one = secret_request(desk), received_request(desk, case="IN-2026-000099")
    services.link_cases(desk.liaison, open_one.case, secret.case, reason=f"The {SECRET} again.")
    duty = desk.again(Role.DUTY, "second")
    page = sign_in(duty).get(reverse("desk:case", args=[open_one.case.own_ref])).content.decode()
    assert secret.case.own_ref not in page
    assert SECRET not in page


def test_a_break_in_opens_the_case_for_a_day_and_is_told(desk: Desk, sign_in: SignIn) -> None:
    asked = secret_request(desk)
    make_notices()
    second = desk.again(Role.DUTY, "second")
    client = sign_in(second)
    form = {"reference": asked.case.own_ref, "reason": "A person is in danger tonight."}
    answer = client.post(reverse("desk:break-in"), form)
    assert answer.headers["Location"] == reverse("desk:case", args=[asked.case.own_ref])
    page = client.get(answer.headers["Location"]).content.decode()
    assert SECRET in page
    assert "A person is in danger tonight." in page
    make_notices()
    told = Notice.objects.filter(kind="broken-into", case=asked.case).values_list("officer__username", flat=True)
    assert set(told) == {"liaison", "reviewer"}
    member = asked.case.members.get(officer=second)
    member.until = member.added_at
    member.save()
    assert client.get(reverse("desk:case", args=[asked.case.own_ref])).status_code == 404
    again = client.post(reverse("desk:break-in"), {**form, "reason": "Still in danger."})
    assert again.status_code == 302


def test_a_break_in_without_a_reason_or_into_nothing_is_refused(desk: Desk, sign_in: SignIn) -> None:
    asked = secret_request(desk)
    client = sign_in(desk.again(Role.DUTY, "second"))
    without = client.post(reverse("desk:break-in"), {"reference": asked.case.own_ref, "reason": ""})
    assert without.status_code == 422
    nothing = client.post(reverse("desk:break-in"), {"reference": "CA-2026-1", "reason": "I must."})
    assert nothing.status_code == 404
    assert "I must." in nothing.content.decode()


def test_the_team_is_changed_on_its_page(desk: Desk, sign_in: SignIn) -> None:
    asked = secret_request(desk)
    second = desk.again(Role.DUTY, "second")
    client, page = sign_in(desk.liaison), reverse("desk:case-team", args=[asked.case.own_ref])
    assert "It is kept to its team" in client.get(page).content.decode()
    client.post(page, {"act": "add", "member": "second", "reason": "Knows the trade."})
    assert [one.officer for one in services.team_of(desk.liaison, asked.case)] == [second]
    refused = client.post(page, {"act": "open", "reason": " "})
    assert refused.status_code == 422
    client.post(page, {"act": "remove", "member": "second", "reason": "Moved on."})
    assert services.team_of(desk.liaison, asked.case) == []
    client.post(page, {"act": "open", "reason": "Over."})
    asked.case.refresh_from_db()
    assert not asked.case.is_team_only
    timeline = client.get(reverse("desk:case", args=[asked.case.own_ref])).content.decode()
    assert "Knows the trade." in timeline


def test_what_is_read_costs_the_same_statements_with_a_scope_however_many_cases(desk: Desk) -> None:
    inside = desk.again(Role.DUTY, "inside")
    inside.scope_themes = ["precursors"]
    inside.save()

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            services.queue(inside)
        return len(seen)

    received_request(desk)
    one = cost()
    for number in range(5):
        received_request(desk, case=f"IN-2026-1{number:05d}")
    assert cost() == one
