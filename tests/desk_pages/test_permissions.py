"""Every address of the desk with every role, compared with a table that was written by hand."""

from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.node.desk.urls import urlpatterns
from accord.officers.permissions import Role
from accord.release.gate import deciders
from tests.desk import Desk, received_request, submitted_request
from tests.desk_pages.conftest import SignIn

ANYBODY = set(Role)
READERS = {Role.LIAISON, Role.RELEASING, Role.DUTY, Role.REVIEWER, Role.DECIDER}
TAKERS = {Role.LIAISON, Role.DUTY}
WRITERS = {Role.LIAISON, Role.DUTY}
SIGNED_FOR = ANYBODY - {Role.ADMINISTRATOR}
EXPORTERS = {Role.LIAISON, Role.RELEASING, Role.DUTY, Role.REVIEWER}

# Who gets further than the door; what lies behind it is asked for again by the service of each act.
TABLE: dict[str, set[Role]] = {
    "queue": READERS,
    "first": ANYBODY,
    "news": READERS,
    "parked": {Role.DUTY},
    "parked-try": {Role.DUTY},
    "search": READERS,
    "cases": READERS,
    "cases-export": READERS,
    "cases-assign": TAKERS,
    "cases-assigned": TAKERS,
    "view-save": READERS,
    "view": READERS,
    "view-remove": READERS,
    "view-restore": READERS,
    "preferences": READERS,
    "new-case": WRITERS,
    "case": READERS,
    "case-print": READERS,
    "case-team": READERS,
    "break-in": TAKERS,
    "keeping": READERS,
    "case-keeping": READERS,
    "keeping-act": READERS,
    "take": TAKERS,
    "act": TAKERS,
    "download": READERS,
    "draft": READERS,
    "gate": READERS,
    "discard": WRITERS,
    "assessments": READERS,
    "files": WRITERS,
    "upload-begin": WRITERS,
    "upload": WRITERS,
    "upload-part": WRITERS,
    "upload-complete": WRITERS,
    "reply": READERS,
    "use": WRITERS,
    "ask-permission": WRITERS,
    "answer-permission": WRITERS,
    "recall": {Role.RELEASING},
    "object": WRITERS,
    "objection": WRITERS,
    "objection-answer": {Role.LIAISON, Role.DUTY},
    "lanes": ANYBODY,
    "lanes-act": {Role.RELEASING},
    "timeliness": READERS,
    "timeliness-publish": {Role.RELEASING},
    "timeliness-export": READERS,
    "correct": WRITERS,
    "provenance": READERS,
    "correction": READERS,
    "correction-act": READERS,
    "approvals": READERS,
    "approval": READERS,
    "approval-act": READERS,
    "holds": READERS,
    "proof": EXPORTERS,
    "evidence": EXPORTERS,
    "check": ANYBODY,
    "roots": ANYBODY,
    "channel": ANYBODY,
    "channel-act": ANYBODY,
    "law": ANYBODY,
    "law-try": ANYBODY,
    "rule": ANYBODY,
    "dialogue": SIGNED_FOR,
    "statement-new": {Role.POLICY},
    "statement": SIGNED_FOR,
    "statement-act": {Role.POLICY},
    "clause-new": {Role.POLICY},
    "statement-sign": SIGNED_FOR,
    "clause": SIGNED_FOR,
    "series-new": {Role.POLICY},
    "meeting-new": {Role.POLICY},
    "meetings-calendar": SIGNED_FOR,
    "meeting": SIGNED_FOR,
    "meeting-act": {Role.POLICY},
    "meeting-paper": SIGNED_FOR,
    "read-outs": SIGNED_FOR,
    "read-outs-act": {Role.POLICY},
    "read-outs-export": SIGNED_FOR,
    "promises": SIGNED_FOR,
    "promises-act": {Role.POLICY},
    "promises-export": SIGNED_FOR,
    "clause-act": {Role.POLICY},
    "agreement": SIGNED_FOR,
    "liaison": SIGNED_FOR,
    "posting-new": {Role.POLICY},
    "posting": SIGNED_FOR,
    "posting-change": {Role.POLICY},
    "posting-record": {Role.POLICY},
    "posting-record-act": {Role.SIGNATORY},
    "directory": SIGNED_FOR,
    "directory-act": SIGNED_FOR,
    "directory-export": SIGNED_FOR,
    "directory-entry-new": {Role.POLICY},
    "directory-entry": {Role.POLICY},
    "pings": SIGNED_FOR,
    "pings-act": SIGNED_FOR,
    "soil-acts": SIGNED_FOR,
    "soil-act-new": {Role.POLICY},
    "soil-act": SIGNED_FOR,
    "soil-act-answer": {Role.POLICY},
    "indicators": SIGNED_FOR,
    "indicators-report": {Role.SIGNATORY},
    "indicators-export": SIGNED_FOR,
    "indicator": SIGNED_FOR,
    "indicator-dispute": {Role.POLICY},
    "texts": SIGNED_FOR,
    "text": SIGNED_FOR,
    "text-act": SIGNED_FOR,
    "text-signed": SIGNED_FOR,
    "plans": SIGNED_FOR,
    "plan": SIGNED_FOR,
    "plan-print": SIGNED_FOR,
    "plan-board": SIGNED_FOR,
    "plan-timeline": SIGNED_FOR,
    "plan-calendar": SIGNED_FOR,
    "plan-brief": SIGNED_FOR,
    "plan-compare": SIGNED_FOR,
    "plan-history": SIGNED_FOR,
    "plan-file": SIGNED_FOR,
    "plan-start": {Role.POLICY},
    "plan-draft": {Role.POLICY},
    "plan-act": {Role.POLICY},
    "plan-bring": {Role.POLICY},
    "plan-brought": {Role.POLICY},
    "plan-terms": {Role.POLICY},
    "plan-promises": {Role.POLICY},
    "plan-new": {Role.POLICY},
    "plan-item": {Role.POLICY},
    "plan-merge": {Role.POLICY},
    "registers": ANYBODY,
    "registers-export": ANYBODY,
    "register-new": {Role.COUNSEL, Role.ADMINISTRATOR},
    "register-entry": ANYBODY,
    "register-act": ANYBODY,
    "register-text": ANYBODY,
    "review": {Role.REVIEWER},
    "review-logs": {Role.REVIEWER},
    "review-logs-on": {Role.REVIEWER},
    "review-log-export": {Role.REVIEWER},
    "review-witnesses": {Role.REVIEWER},
    "review-witness-request": {Role.REVIEWER},
    "review-annotate": {Role.REVIEWER},
    "review-sample": {Role.REVIEWER},
    "review-timeliness": {Role.REVIEWER},
    "review-year": {Role.REVIEWER},
    "review-year-file": {Role.REVIEWER},
    "review-list": {Role.REVIEWER},
    "review-decision": {Role.REVIEWER},
    "review-export": {Role.REVIEWER},
    "roster": ANYBODY - {Role.ADMINISTRATOR},
    "roster-watches": ANYBODY - {Role.ADMINISTRATOR},
    "roster-leave": ANYBODY - {Role.ADMINISTRATOR},
    "roster-posts": ANYBODY - {Role.ADMINISTRATOR},
    "roster-post": ANYBODY - {Role.ADMINISTRATOR},
    "roster-calls": ANYBODY - {Role.ADMINISTRATOR},
    "roster-calendars": ANYBODY - {Role.ADMINISTRATOR},
    "roster-handovers": READERS,
    "roster-handover-new": TAKERS,
    "roster-handover": READERS,
    "administration": {Role.ADMINISTRATOR},
    "new-account": {Role.ADMINISTRATOR},
    "account": {Role.ADMINISTRATOR},
    "waiting": {Role.ADMINISTRATOR, Role.REVIEWER},
    "parties": {Role.ADMINISTRATOR},
    "keys": {Role.ADMINISTRATOR},
    "help": ANYBODY,
    "me": ANYBODY,
    "stay": ANYBODY,
    "walk": ANYBODY,
    "walk-act": ANYBODY,
    "drugs": ANYBODY,
    "drugs-substances": ANYBODY,
    "drugs-substance": ANYBODY,
    "drugs-substance-export": ANYBODY,
    "drugs-substance-new": {Role.COUNSEL, Role.ADMINISTRATOR},
    "drugs-substance-import": {Role.COUNSEL, Role.ADMINISTRATOR},
    "drugs-substance-out": {Role.COUNSEL, Role.ADMINISTRATOR},
    "drugs-substance-proposal": ANYBODY,
    "drugs-substance-act": ANYBODY,
    "drugs-write": WRITERS,
    "drugs-notices": READERS,
    "drugs-notices-export": READERS,
    "drugs-notice": READERS,
    "drugs-notice-begin": READERS,
    "drugs-licences": READERS,
    "drugs-licences-act": READERS,
    "drugs-licences-export": READERS,
    "drugs-screenings": READERS,
    "drugs-screening-rules": ANYBODY,
    "drugs-screening-rules-act": ANYBODY,
    "drugs-flag": READERS,
    "drugs-flag-act": READERS,
    "drugs-flag-follow": WRITERS,
    "drugs-screening": READERS,
    "drugs-screening-act": READERS,
    "drugs-screening-progress": READERS,
    "drugs-screening-flags": READERS,
    "drugs-screening-refused": READERS,
    "drugs-flows": READERS,
    "drugs-flows-table": READERS,
    "drugs-companies": READERS,
    "drugs-company": READERS,
    "drugs-consignees": READERS,
    "drugs-gaps": READERS,
    "drugs-incidents": READERS,
    "drugs-incidents-export": READERS,
    "drugs-suspicions": READERS,
    "drugs-suspicions-export": READERS,
    "notices": ANYBODY,
    "notices-news": ANYBODY,
    "notices-read": ANYBODY,
    "notices-choices": ANYBODY,
    "notice-open": ANYBODY,
    "notice-agree": {Role.ADMINISTRATOR},
}
POSTED = {
    "drugs-substance-act",
    "drugs-substance-out",
    "drugs-notice-begin",
    "drugs-screening-rules-act",
    "drugs-screening-act",
    "drugs-flag-act",
    "drugs-licences-act",
    "indicators-report",
    "indicator-dispute",
    "statement-act",
    "clause-act",
    "meeting-act",
    "read-outs-act",
    "promises-act",
    "parked-try",
    "take",
    "act",
    "approval-act",
    "correction-act",
    "channel-act",
    "lanes-act",
    "text-act",
    "posting-record-act",
    "soil-act-answer",
    "directory-act",
    "pings-act",
    "plan-start",
    "plan-act",
    "timeliness-publish",
    "keeping-act",
    "objection-answer",
    "stay",
    "walk-act",
    "upload-begin",
    "upload-complete",
    "cases-assign",
    "view-save",
    "view-remove",
    "view-restore",
    "preferences",
    "review-logs-on",
    "review-annotate",
    "notices-read",
    "notice-open",
    "notice-agree",
    "register-act",
}
PUT = {"upload-part"}
NOBODY = UUID(int=7)


def test_the_table_names_every_address() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(TABLE)


def address(name: str, desk: Desk) -> str:
    message = submitted_request(desk)
    known: dict[str, object] = {
        "reference": message.case.own_ref,
        "key": message.pk,
        "reply": "answer",
        "rule": "BI-01",
        "name": "decisions",
        "number": 1,
        "entry": 1,
        "offset": 0,
        "username": "duty",
        "peer": "XX",
        "owner": "CA",
        "year": 2026,
        "of": "ours",
        "register": "risk",
        "language": "en",
        "form": "csv",
        "part": "actions",
        "code": "A1",
        "kind": "request",
    }
    wanted = next(pattern for pattern in urlpatterns if pattern.name == name).pattern.converters
    given = {part: known[part] for part in wanted}
    if name == "download":
        given["key"] = NOBODY
    if name.startswith("notice-"):
        given["key"] = 7
    return reverse(f"desk:{name}", kwargs=given)


def called(client: Client, name: str, target: str) -> HttpResponse:
    method = client.put if name in PUT else client.post if name in POSTED else client.get
    return method(target)  # type: ignore[return-value] # the test client's answer is one


@pytest.mark.parametrize("name", list(TABLE))
def test_a_page_opens_to_those_of_the_table_alone(desk: Desk, sign_in: SignIn, name: str) -> None:
    opens_to = set()
    for role in Role:
        # Each role finds the desk as it was before the one that tried before it.
        with transaction.atomic():
            officer = desk.head(min(deciders())) if role is Role.DECIDER else desk.officers[role]
            client, target = sign_in(officer), address(name, desk)
            answer = called(client, name, target)
            assert answer.status_code != 500, role
            if not (answer.status_code == 403 and b"permission" in answer.content):
                opens_to.add(role)
            transaction.set_rollback(True)
    assert opens_to == TABLE[name]


@pytest.mark.parametrize("name", list(TABLE))
def test_without_a_session_every_page_leads_to_sign_in(desk: Desk, name: str) -> None:
    target = address(name, desk)
    answer = called(Client(), name, target)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.LIAISON, "queue"),
        (Role.DUTY, "queue"),
        (Role.RELEASING, "queue"),
        (Role.DECIDER, "queue"),
        (Role.REVIEWER, "review"),
        (Role.ADMINISTRATOR, "administration"),
        (Role.COUNSEL, "registers"),
        (Role.POLICY, "agreement"),
        (Role.SIGNATORY, "agreement"),
    ],
)
def test_each_role_is_led_to_a_first_page_that_is_open_to_it(
    desk: Desk, sign_in: SignIn, role: Role, name: str
) -> None:
    client, first = sign_in(desk.officers[role]), reverse(f"desk:{name}")
    assert client.get(reverse("desk:first")).headers["Location"] == first
    page = client.get(first)
    assert page.status_code == 200
    assert f'class="a-brand" href="{first}"' in page.content.decode()


def test_a_refusal_names_roles_in_words_and_leads_to_a_page_that_is_open(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.administrator).get("/desk/").content.decode()
    assert "case.read" not in page
    assert "<dd>liaison officer, duty officer, releasing officer, decider, reviewer</dd>" in page
    assert "<dd>administrator</dd>" in page
    assert f'href="{reverse("desk:administration")}">Go to your first page' in page
    assert f'href="{reverse("desk:queue")}"' not in page


def test_who_signs_in_at_the_desk_goes_on_to_their_own_first_page(desk: Desk) -> None:
    assert Client().get("/desk/").headers["Location"] == "/account/login/?next=/desk/first"
    assert Client().get("/desk/?show=new").headers["Location"] == "/account/login/?next=/desk/%3Fshow%3Dnew"


def test_an_officer_whose_posting_ended_sees_nothing(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    type(desk.duty).objects.filter(pk=desk.duty.pk).update(is_active=False)
    assert client.get("/desk/").status_code in {302, 403}


def test_off_the_demonstration_a_second_factor_comes_first(desk: Desk, sign_in: SignIn, settings: object) -> None:
    settings.ACCORD_SECOND_FACTOR = True  # type: ignore[attr-defined]
    answer = sign_in(desk.duty).get("/desk/")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))


def test_an_administrator_reads_no_content(desk: Desk, sign_in: SignIn) -> None:
    received_request(desk)
    client = sign_in(desk.administrator)
    open_to_all = ("administration", "new-account", "waiting", "parties", "keys", "channel", "law", "help", "me")
    for name in open_to_all:
        assert b"SPECIMEN" not in client.get(reverse(f"desk:{name}")).content.replace(b"SPECIMEN-", b"")
