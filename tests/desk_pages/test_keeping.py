"""Retention at the desk: what falls due, what a hold keeps, and who says for what it is still needed."""

from datetime import timedelta

from django.utils import timezone

from accord.handling.models import Keeping, LegalHold
from accord.handling.retention import erase_due
from tests.desk import Desk, days
from tests.desk_pages.conftest import SignIn
from tests.handling.test_retention import kept


def test_the_case_leads_to_its_timers_and_a_hold_is_placed_and_lifted_by_two(desk: Desk, sign_in: SignIn) -> None:
    message, client = kept(desk, retention_until=days(10)), sign_in(desk.releasing)
    case = f"/desk/cases/{message.case.own_ref}/"
    assert f"{case}retention" in sign_in(desk.duty).get(case).content.decode()
    page = client.get(f"{case}retention").content.decode()
    assert "No legal hold stands on this case." in page
    assert message.reference in page
    given = {"act": "hold", "reason": "A complaint (specimen).", "form": "01a2267c-0e6c-7c57-a14f-a4c9990b8cae"}
    assert "A complaint (specimen)." in client.post(f"{case}retention/act", given, follow=True).content.decode()
    assert "Nothing was done twice" in client.post(f"{case}retention/act", given, follow=True).content.decode()
    assert LegalHold.objects.count() == 1
    assert 'value="lift"' not in client.get(f"{case}retention").content.decode()
    refused = client.post(f"{case}retention/act", {"act": "lift", "reason": "Done."})
    assert refused.status_code == 409
    assert "does not lift it" in refused.content.decode()
    assert "legal hold placed" in client.get(case).content.decode()


def test_the_list_says_what_ends_soon_what_is_held_and_what_was_erased(desk: Desk, sign_in: SignIn) -> None:
    kept(desk, retention_until=days(10), case="IN-2026-000001")
    erased = kept(desk, retention_until=days(1), case="IN-2026-000002")
    kept(desk, retention_until=days(300), case="IN-2026-000003")
    erase_due(now=timezone.now() + timedelta(days=2))
    client = sign_in(desk.duty)
    page = client.get("/desk/retention/").content.decode()
    soon = page[page.index('id="soon"') : page.index('id="held"')]
    gone = page[page.index('id="erased"') :]
    assert soon.count("/retention") == 1
    assert erased.case.own_ref in gone
    assert "Its content is not here any more" in client.get(f"/desk/cases/{erased.case.own_ref}/").content.decode()


def test_the_need_is_said_on_the_page(desk: Desk, sign_in: SignIn) -> None:
    message, client = kept(desk), sign_in(desk.duty)
    address = f"/desk/cases/{message.case.own_ref}/retention"
    given = {"act": "confirm", "message": str(message.pk), "need": "The inquiry goes on (specimen)."}
    page = client.post(f"{address}/act", given, follow=True).content.decode()
    assert "The inquiry goes on (specimen)." in page
    assert Keeping.objects.get(pk=message.pk).reviewed_by == desk.duty
    assert client.post(f"{address}/act", {**given, "need": " "}).status_code == 422
    assert client.post(f"{address}/act", {**given, "message": "x"}).status_code == 404
    assert client.post(f"{address}/act", {"act": "burn"}).status_code == 404
