"""The reviewer draws a sample at the desk, writes a finding, and finds decisions by what was found."""

from django.urls import reverse

from accord.oversight.models import Annotation
from accord.release.models import DecisionRecord
from tests.desk import Desk, submitted_request
from tests.desk_pages.conftest import SignIn

SAMPLE = "/desk/review/sample/"


def test_a_sample_stands_in_the_address_and_is_drawn_again_by_it(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    client = sign_in(desk.reviewer)
    assert client.get(SAMPLE).context["sample"] is None
    page = client.get(SAMPLE, {"seed": "dice", "size": "5"})
    assert "Drawn: 1 of 1 decisions." in page.content.decode()
    assert "Choose a last day that is over" in page.content.decode()
    over = client.get(SAMPLE, {"seed": "dice", "size": "5", "since": "2020-01-01", "until": "2020-12-31"})
    assert "Drawn: 0 of 0 decisions." in over.content.decode()
    assert "Choose a last day that is over" not in over.content.decode()
    for size in ("0", "many", "9999"):
        assert client.get(SAMPLE, {"seed": "dice", "size": size}).status_code == 422


def test_a_finding_is_written_refused_with_its_words_and_found_again(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    client, record = sign_in(desk.reviewer), DecisionRecord.objects.get()
    target = reverse("desk:review-annotate", args=[record.pk])
    refused = client.post(target, {"text": "My words stay."})
    assert (refused.status_code, "My words stay." in refused.content.decode()) == (422, True)
    blank = client.post(target, {"finding": "question", "text": " "}).content.decode()
    assert '<a href="#text">Why</a>' in blank
    page = client.post(target, {"finding": "question", "text": "Why so?"}, follow=True).content.decode()
    assert "Why so?" in page
    assert Annotation.objects.get().finding == "question"
    lists = reverse("desk:review-list", args=["decisions"])
    assert len(client.get(lists, {"finding": "question"}).context["rows"]) == 1
    assert not client.get(lists, {"finding": "none"}).context["rows"]
    assert not client.get(lists, {"finding": "in-order"}).context["rows"]
    assert not client.get(lists, {"outcome": "refuse"}).context["rows"]
    assert client.post(reverse("desk:review-annotate", args=[record.pk + 1]), {}).status_code == 404


def test_decisions_are_found_by_a_rule_that_was_applied(desk: Desk, sign_in: SignIn) -> None:
    submitted_request(desk)
    record = DecisionRecord.objects.get()
    record.decision = {**record.decision, "reasons": [{"rule": "CA-07", "sentence": "A specimen."}]}
    record.save()
    client, lists = sign_in(desk.reviewer), reverse("desk:review-list", args=["decisions"])
    assert len(client.get(lists, {"rule": "CA-07"}).context["rows"]) == 1
    assert not client.get(lists, {"rule": "CA-70"}).context["rows"]
    assert len(client.get(lists, {"rule": "no rule"}).context["rows"]) == 1
