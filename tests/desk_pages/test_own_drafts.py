"""An officer finds their own drafts in one list; one that was sent back says by whom and why, and what to do."""

from django.urls import reverse

from accord.exchange.models import Case, Message
from accord.exchange.services import begin_case, save_draft, send_back
from tests.desk import Desk, submitted_request
from tests.desk_pages.conftest import SignIn

DRAFTS = "/desk/?show=drafts"
SCRIPT = {"HX-Request": "true"}


def begun(desk: Desk, title: str) -> Message:
    return begin_case(desk.liaison, peer="IN", theme="precursors", title=title, fields={"language": "en"})


def returned(desk: Desk) -> Message:
    return send_back(desk.releasing, submitted_request(desk), reason="SPECIMEN too broad")


def test_the_desk_counts_and_lists_my_drafts_and_nobody_elses(desk: Desk, sign_in: SignIn) -> None:
    begun(desk, "SPECIMEN mine")
    begin_case(desk.duty, peer="IN", theme="precursors", title="SPECIMEN theirs", fields={"language": "en"})
    client = sign_in(desk.liaison)
    count = client.get("/desk/").content.decode()
    tile = count[count.index('href="?show=drafts"') :]
    assert '<span class="a-count__number">1</span>' in tile[: tile.index("</a>")]
    page = client.get(DRAFTS).content.decode()
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert "SPECIMEN mine" in table
    assert "SPECIMEN theirs" not in table
    assert "Go on writing" in table
    assert "remove this filter" in page


def test_a_draft_that_was_sent_back_comes_first_with_its_reason(desk: Desk, sign_in: SignIn) -> None:
    returned(desk)
    begun(desk, "SPECIMEN later")
    page = sign_in(desk.liaison).get(DRAFTS).content.decode()
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert table.index("SPECIMEN too broad") < table.index("SPECIMEN later")
    assert "Mend the draft" in table


def test_a_case_says_who_sent_its_draft_back_and_its_next_step_is_to_mend_it(desk: Desk, sign_in: SignIn) -> None:
    message = returned(desk)
    Case.objects.filter(pk=message.case_id).update(holder=None, is_ours=False)
    client = sign_in(desk.liaison)
    page = client.get(reverse("desk:case", args=[message.case.own_ref])).content.decode()
    head = page[page.index("a-case-head") : page.index("<div data-step>") + 400]
    assert f"Sent back by {desk.releasing.display_name}:" in head
    assert "SPECIMEN too broad" in head
    assert "Mend the draft" in head
    assert "Take this request" not in head
    row = client.get("/desk/").content.decode()
    assert "Mend the draft" in row
    draft = client.get(reverse("desk:draft", args=[message.pk])).content.decode()
    assert f"Sent back by {desk.releasing.display_name}:" in draft


def test_ones_own_other_window_is_not_called_a_colleague(desk: Desk, sign_in: SignIn) -> None:
    message = begun(desk, "SPECIMEN two windows")
    save_draft(desk.liaison, message, version=1, fields={"facts": "SPECIMEN first window"})
    client, address = sign_in(desk.liaison), reverse("desk:draft", args=[message.pk])
    given = {"version": 1, "facts": "SPECIMEN second window"}
    line = client.post(address, given, headers=SCRIPT).content.decode()
    assert "You saved this draft yourself meanwhile" in line
    page = client.post(address, given).content.decode()
    assert "You saved meanwhile in another window" in page
    assert "A colleague saved meanwhile" not in page
    assert "both of you" not in page
