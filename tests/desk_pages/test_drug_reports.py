"""The lists of incidents and of suspicious transactions: what was sent, what came, what is written, and to whom."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accord.exchange import services
from accord.exchange.drafting import draft_of_kind
from accord.exchange.models import Case, Message
from accord.officers.models import Act
from accord.workstreams.drugs.kinds import DRUG_INCIDENT, SUSPICIOUS_TRANSACTION
from accord.workstreams.drugs.models import Incident, SuspiciousReport
from tests.desk import Desk, days
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import text
from tests.workstreams.drugs.noticed import OURS, THEIRS, own, received, sent
from tests.workstreams.drugs.told import incident_fields, suspicion_fields

INCIDENTS, SUSPICIONS = "/desk/drugs/incidents/", "/desk/drugs/suspicions/"
FIELDS = {INCIDENTS: (DRUG_INCIDENT, incident_fields), SUSPICIONS: (SUSPICIOUS_TRANSACTION, suspicion_fields)}
BOTH = pytest.mark.parametrize("address", [INCIDENTS, SUSPICIONS])
OTHER = {"name": "NPP", "cas_number": "39742-60-4"}


def of_them(desk: Desk, address: str, **changed: object) -> Message:
    kind, fields = FIELDS[address]
    return received(desk, kind, fields(THEIRS, OURS, **changed))


def of_us(desk: Desk, address: str, **changed: object) -> Message:
    kind, fields = FIELDS[address]
    return sent(desk, kind, fields(OURS, THEIRS, **changed))


def drafted(desk: Desk, address: str, **changed: object) -> Message:
    kind, fields = FIELDS[address]
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN")
    return draft_of_kind(desk.liaison, case, kind, fields(OURS, THEIRS, **changed), own=own())


@BOTH
def test_an_empty_list_says_what_would_stand_there_and_how_to_begin(desk: Desk, sign_in: SignIn, address: str) -> None:
    page = text(sign_in(desk.liaison).get(address))
    assert "There are no" in page
    assert "as soon as it has left or has arrived" in page
    assert f"{reverse('desk:drugs-write')}?kind={FIELDS[address][0]}" in page
    assert "Download this list" not in page
    filtered = text(sign_in(desk.liaison).get(address, {"side": "ours"}))
    assert "Take out all filters" in filtered


@BOTH
def test_what_was_sent_came_and_is_drafted_stands_there_with_its_state(
    desk: Desk, sign_in: SignIn, address: str
) -> None:
    theirs, ours, draft = of_them(desk, address), of_us(desk, address), drafted(desk, address)
    page = text(sign_in(desk.liaison).get(address))
    for message in (theirs, ours):
        assert reverse("desk:case", args=[message.case.own_ref]) in page
    assert "Arrived, not answered" in page
    assert "Sent, not answered" in page
    assert "Not sent yet" in page
    assert reverse("desk:draft", args=[draft.pk]) in page
    assert "1-boc-4-piperidone" in page
    if address == INCIDENTS:
        assert "Vancouver, Canada" in page
        assert "2 kg" in page
    else:
        assert "It did not take place" in page or "it did not take place" in page
        assert "SPECIMEN Trading" not in page


def test_a_place_is_told_as_exactly_as_the_message_tells_it(desk: Desk, sign_in: SignIn) -> None:
    of_them(desk, INCIDENTS, place_exact="Berth 7 (specimen)")
    assert "Berth 7 (specimen), Vancouver, Canada" in text(sign_in(desk.liaison).get(INCIDENTS))


def test_a_reply_of_the_side_that_was_told_makes_it_answered_and_a_withdrawal_is_said(
    desk: Desk, sign_in: SignIn
) -> None:
    message, client = of_them(desk, INCIDENTS), sign_in(desk.liaison)
    reply = drafted(desk, INCIDENTS)
    Message.objects.filter(pk=reply.pk).update(in_reply_to=message)
    assert "Arrived, not answered" in text(client.get(INCIDENTS))
    Message.objects.filter(pk=reply.pk).update(state=Message.State.DELIVERED)
    assert "Answered" in text(client.get(INCIDENTS))
    Message.objects.filter(pk=reply.pk).update(recalled_at=timezone.now())
    assert "Arrived, not answered" in text(client.get(INCIDENTS))
    Message.objects.filter(pk=message.pk).update(state=Message.State.WITHDRAWN)
    assert "Withdrawn" in text(client.get(INCIDENTS))


@BOTH
def test_filters_are_by_substance_month_and_side(desk: Desk, sign_in: SignIn, address: str) -> None:
    theirs, ours = of_them(desk, address), of_us(desk, address)
    model = Incident if address == INCIDENTS else SuspiciousReport
    day = "happened_on" if address == INCIDENTS else "transaction_on"
    model.objects.filter(pk=ours.pk).update(**{day: "2026-02-28"}, substance="npp")
    Incident.objects.filter(pk=ours.pk).update(findings=[{"substance": "npp", "cas_number": "", "name": "NPP"}])
    model.objects.filter(pk=theirs.pk).update(**{day: "2026-03-01"})
    client = sign_in(desk.liaison)

    def shown(**asked: str) -> set[str]:
        page = text(client.get(address, asked))
        return {one.case.own_ref for one in (theirs, ours) if f"· {one.case.own_ref}</span>" in page}

    both = {theirs.case.own_ref, ours.case.own_ref}
    assert shown() == both
    assert shown(month="2026-02") == {ours.case.own_ref}
    assert shown(month="2026-03") == {theirs.case.own_ref}
    assert shown(substance="npp") == {ours.case.own_ref}
    assert shown(side="theirs") == {theirs.case.own_ref}
    assert shown(month="2026-13", side="nobody") == both
    page = text(client.get(address))
    assert '<option value="2026-02">' in page
    assert '<option value="npp"' in page


def test_an_incident_is_found_by_each_of_its_substances(desk: Desk, sign_in: SignIn) -> None:
    first = incident_fields()["findings"][0]
    message = of_them(desk, INCIDENTS, findings=[first, {**OTHER, "identified_by": "laboratory"}])
    code = Incident.objects.get(pk=message.pk).findings[1]["substance"]
    client = sign_in(desk.liaison)
    page = text(client.get(INCIDENTS, {"substance": code}))
    assert message.case.own_ref in page
    assert "and 1 more" in page
    assert f'<option value="{code}"' in page


@BOTH
def test_who_may_not_read_the_case_sees_no_row_no_draft_and_no_choice_of_it(
    desk: Desk, sign_in: SignIn, address: str
) -> None:
    of_them(desk, address)
    drafted(desk, address)
    Case.objects.update(is_team_only=True, holder=desk.duty)
    Message.objects.update(drafted_by=desk.duty, saved_by=desk.duty)
    page = text(sign_in(desk.releasing).get(address))
    assert "There are no" in page
    assert "piperidone" not in page
    assert '<option value="2' not in page
    table = sign_in(desk.releasing).get(reverse(f"desk:drugs-{address.split('/')[-2]}-export")).content
    assert b"piperidone" not in table
    assert "piperidone" in text(sign_in(desk.duty).get(address))


@BOTH
def test_the_table_has_what_the_filters_show_and_is_noted(desk: Desk, sign_in: SignIn, address: str) -> None:
    theirs, ours = of_them(desk, address), of_us(desk, address)
    here = address.split("/")[-2]
    answer = sign_in(desk.liaison).get(reverse(f"desk:drugs-{here}-export"), {"side": "theirs"})
    table = b"".join(answer) if answer.streaming else answer.content
    assert theirs.case.own_ref.encode() in table
    assert ours.case.own_ref.encode() not in table
    assert b"SPECIMEN Trading" not in table
    act = Act.objects.get(verb=f"export {here}")
    assert (act.officer, act.detail["rows"]) == (desk.liaison, 1)


def test_an_incident_told_late_says_so(desk: Desk, sign_in: SignIn) -> None:
    of_them(desk, INCIDENTS, happened_on=days(-4))
    assert "told late" in text(sign_in(desk.liaison).get(INCIDENTS))


def test_a_draft_that_says_nothing_yet_is_listed_all_the_same(desk: Desk, sign_in: SignIn) -> None:
    draft = drafted(desk, INCIDENTS)
    Message.objects.filter(pk=draft.pk).update(content=b"{}")
    page = text(sign_in(desk.liaison).get(INCIDENTS))
    assert "kind not chosen" in page
    assert "not filled in yet" in page


def test_the_button_of_a_list_opens_the_form_at_its_kind(desk: Desk, sign_in: SignIn) -> None:
    page = text(sign_in(desk.liaison).get(reverse("desk:drugs-write"), {"kind": SUSPICIOUS_TRANSACTION}))
    assert f'value="{SUSPICIOUS_TRANSACTION}" checked' in page


@pytest.mark.parametrize("address", ["/desk/drugs/", INCIDENTS, SUSPICIONS, "/desk/drugs/notices/"])
def test_the_header_says_that_one_is_among_the_pages_on_drugs(desk: Desk, sign_in: SignIn, address: str) -> None:
    page = text(sign_in(desk.liaison).get(address))
    word = "page" if address == "/desk/drugs/" else "true"
    assert f'<a href="/desk/drugs/" aria-current="{word}">Drugs</a>' in page
