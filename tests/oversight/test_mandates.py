"""A reviewer whose mandate names agencies reads no act and no stopped arrival of another agency's cases."""

from accord.exchange import services
from accord.exchange.models import Message
from accord.officers.models import Act
from accord.oversight.lists import stopped
from accord.oversight.services import acts
from accord.oversight.statistics import year_statistics
from accord.release.intake import take_in
from accord.release.models import ReceivedMessage
from tests.desk import Desk, from_india, received_request, request_fields


def bounded(desk: Desk, *agencies: str) -> None:
    desk.reviewer.scope_agencies = [*agencies]
    desk.reviewer.save()


def test_acts_are_those_on_the_cases_of_the_mandate_and_ones_own(desk: Desk) -> None:
    request = received_request(desk)
    case = services.take(desk.duty, request.case)
    services.ask_agency(desk.duty, case, agency="CBSA", question="Do you know of it?")
    whole = set(acts(desk.reviewer).values_list("pk", flat=True))
    assert {"officer", "case"} <= set(acts(desk.reviewer).values_list("object_type", flat=True))
    assert whole == set(Act.objects.values_list("pk", flat=True))
    bounded(desk, "RCMP")
    kept = acts(desk.reviewer)
    on_case = Act.objects.filter(object_type="case", object_id=str(case.pk))
    assert set(on_case) <= set(kept)
    assert {act.object_type for act in kept if act.officer_id != desk.reviewer.pk} <= {
        "case",
        "message",
        "agencyinquiry",
    }
    assert not acts(desk.reviewer, object_type="officer").exclude(officer=desk.reviewer).exists()
    bounded(desk, "CBSA")
    assert not acts(desk.reviewer, object_id=str(case.pk)).exists()
    assert not acts(desk.reviewer).exclude(officer=desk.reviewer).exists()


def test_what_was_not_filed_is_of_no_agency(desk: Desk) -> None:
    desk.peer.send("request", from_india({**request_fields(), "no_such_field": 1}))
    take_in(desk.channel)
    assert stopped(desk.reviewer).count() == 1
    bounded(desk, "RCMP")
    assert stopped(desk.reviewer).count() == 0
    # As if it had been filed before it was found to be wrong.
    request = received_request(desk, case="IN-2026-000008")
    ReceivedMessage.objects.filter(message=request).update(state="expired")
    assert stopped(desk.reviewer).get().message == request
    bounded(desk, "CBSA")
    assert not stopped(desk.reviewer).exists()
    assert Message.objects.count() == 1


def test_the_years_counts_are_the_same_for_every_reviewer_since_they_tell_of_nobody(desk: Desk) -> None:
    received_request(desk)
    year = Message.objects.get().created_at.year
    whole = year_statistics(desk.reviewer, year=year, peer="IN")
    bounded(desk, "CBSA")
    assert year_statistics(desk.reviewer, year=year, peer="IN") == whole
    assert all(cell in {None, 0} for table in whole for row in table.cells for cell in row), "one alone is kept back"
