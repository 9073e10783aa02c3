"""The directory and the test calls at the desk."""

from datetime import timedelta

from django.utils import timezone

from accord.courier.models import Outbox
from accord.liaison.directory.pinging import ANSWER_WITHIN
from accord.liaison.models import DirectoryEntry, PingPlan, PingTest, PublishedDirectory
from accord.officers.models import Act
from accord.officers.permissions import Role
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn
from tests.desk_pages.words import text
from tests.instruments.test_services import arrives
from tests.liaison.directory.test_directory import theirs
from tests.liaison.directory.test_pinging import called, their_answer, they_call

DIRECTORY = "/desk/liaison/directory/"
PINGS = "/desk/liaison/pings/"
ENTRY = {
    "names.en": "Precursor desk (specimen)",
    "names.fr": "Bureau des précurseurs",
    "names.hi": "प्रीकर्सर डेस्क",
    "agency": "HC",
    "functions": ["precursors-import", "customs"],
    "zone": "America/Toronto",
    "telephone": "+1 613 555 0100",
}


def test_an_empty_directory_says_where_to_begin_and_to_whom(desk: Desk, sign_in: SignIn) -> None:
    page = text(sign_in(desk.liaison).get(DIRECTORY))
    assert "Our directory has no entries yet" in page
    assert "Take over the first entries" not in page
    assert "They have published none to us." in page
    policy = sign_in(desk.officers[Role.POLICY])
    assert "Take over the first entries" in text(policy.get(DIRECTORY))
    done = text(policy.post(f"{DIRECTORY}act", {"act": "begin"}, follow=True))
    assert "Health Canada" in done
    assert "telephone not yet given" in done
    again = policy.post(f"{DIRECTORY}act", {"act": "begin"})
    assert again.status_code == 422
    assert "liaison.directory-begun" in text(again)


def test_an_entry_is_added_changed_taken_out_and_put_back(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    form = text(client.get(f"{DIRECTORY}entries/new"))
    assert 'value="America/Toronto"' in form
    wrong = client.post(f"{DIRECTORY}entries/new", {**ENTRY, "telephone": "555"})
    assert wrong.status_code == 422
    assert 'href="#field-telephone"' in text(wrong)
    assert client.post(f"{DIRECTORY}entries/new", ENTRY)["Location"] == DIRECTORY
    row = DirectoryEntry.objects.get()
    assert row.content["functions"] == ["precursors-import", "customs"]
    assert text(client.get(DIRECTORY)).count("Precursor desk (specimen)") == 2
    change = f"{DIRECTORY}entries/{row.pk}/"
    assert 'value="+1 613 555 0100"' in text(client.get(change))
    client.post(change, {**ENTRY, "hours": "At any hour"})
    row.refresh_from_db()
    assert row.content["hours"] == "At any hour"
    taken = text(client.post(f"{DIRECTORY}act", {"act": "remove", "entry": row.pk}, follow=True))
    assert "Put it back" in taken
    assert "At any hour" in text(client.post(f"{DIRECTORY}act", {"act": "restore", "entry": row.pk}, follow=True))
    assert client.get(f"{DIRECTORY}entries/{row.pk + 1}/").status_code == 404
    assert client.post(f"{DIRECTORY}act", {"act": "burn"}).status_code == 404


def test_both_sides_stand_beside_one_another_and_go_along_as_a_table(desk: Desk, sign_in: SignIn) -> None:
    sign_in(desk.officers[Role.POLICY]).post(f"{DIRECTORY}entries/new", ENTRY)
    assert arrives(desk, "directory", theirs()) == ""
    assert arrives(desk, "directory", theirs(2, functions=["stargazing"], hours="=1+1")) == ""
    page = text(sign_in(desk.duty).get(DIRECTORY))
    assert "We have their directory number 2, of" in page
    assert "stargazing" in page, "a function that this node does not know is shown by its code"
    table = sign_in(desk.duty).get(f"{DIRECTORY}directory.csv")
    lines = table.content.decode().splitlines()
    assert len(lines) == 1 + 2 + 1
    assert "'=1+1" in lines[3]
    assert Act.objects.filter(verb="export list").exists()


def test_another_officer_publishes_it_and_sees_what_they_have(desk: Desk, sign_in: SignIn) -> None:
    sign_in(desk.officers[Role.POLICY]).post(f"{DIRECTORY}entries/new", ENTRY)
    client = sign_in(desk.officers[Role.SIGNATORY])
    assert "Publish to India" in text(client.get(DIRECTORY))
    form = {"act": "publish", "peer": "IN", "form": "5c1bf5c1-4b0a-4a80-8d5c-61f1bbd1c002"}
    done = text(client.post(f"{DIRECTORY}act", form, follow=True))
    assert "They have our directory number 1, of" in done
    assert "Publish to India" not in done
    assert "Nothing was done twice" in text(client.post(f"{DIRECTORY}act", form, follow=True))
    assert (PublishedDirectory.objects.count(), Outbox.objects.filter(kind="directory").count()) == (1, 1)


def test_their_call_is_answered_with_one_button(desk: Desk, sign_in: SignIn) -> None:
    they_call(desk)
    client = sign_in(desk.duty)
    assert "1 waits" in text(client.get("/desk/agreement/"))
    page = text(client.get(PINGS))
    assert "Duty desk, at any hour" in page
    assert "Answer: somebody is here" in page
    reader = text(sign_in(desk.releasing).get(PINGS))
    assert "Answer: somebody is here" not in reader
    assert "A liaison or duty officer answers it." in reader
    test = PingTest.objects.get()
    client.post(f"{PINGS}act", {"act": "answer", "test": test.pk})
    assert "None waits." in text(client.get(PINGS))
    assert client.post(f"{PINGS}act", {"act": "answer", "test": test.pk}).status_code == 422
    assert client.post(f"{PINGS}act", {"act": "answer", "test": 0}).status_code == 404


def test_a_call_by_hand_and_the_times_of_a_quarter(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    assert "None waits." in text(client.get(PINGS))
    client.post(f"{PINGS}act", {"act": "send", "peer": "IN", "function": "customs"})
    test = PingTest.objects.get()
    again = client.post(f"{PINGS}act", {"act": "send", "peer": "IN", "function": "customs"})
    assert "liaison.ping-open" in text(again)
    PingTest.objects.filter(pk=test.pk).update(at=timezone.now() - timedelta(minutes=12))
    arrives(desk, "ping-answer", their_answer(test))
    called(desk, now=timezone.now() - ANSWER_WITHIN * 2)
    page = text(client.get(PINGS))
    assert "<dt>Sent</dt><dd>2</dd>" in page
    assert "<dt>Answered</dt><dd>1</dd>" in page
    assert "<dt>Overdue</dt><dd>1</dd>" in page
    assert "<dt>Half within (minutes)</dt><dd>12" in page


def test_calls_are_planned_and_a_plan_ends(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.officers[Role.POLICY])
    form = {
        "act": "plan",
        "peer": "IN",
        "function": "customs",
        "every_days": "7",
        "begins": "02:00",
        "ends": "05:00",
        "zone": "Asia/Kolkata",
    }
    odd = client.post(f"{PINGS}act", {**form, "ends": "01:00"})
    assert odd.status_code == 422
    assert "liaison.odd-plan" in text(odd)
    page = text(client.post(f"{PINGS}act", form, follow=True))
    assert "every 7 days" in page
    assert "02:00" in page
    plan = PingPlan.objects.get()
    assert "End this plan" not in text(sign_in(desk.duty).get(PINGS))
    page = text(client.post(f"{PINGS}act", {"act": "end", "plan": plan.pk}, follow=True))
    assert "No function is tested by itself yet." in page
    assert client.post(f"{PINGS}act", {"act": "end", "plan": 0}).status_code == 404
