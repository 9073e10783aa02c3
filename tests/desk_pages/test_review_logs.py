"""The reviewer's one click: every log is checked, shown in plain words, and goes along as a file."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from accord.channel.log_export import verify_log
from accord.courier.models import Direction, Entry
from accord.officers.models import Act
from accord.oversight import log_checks
from tests.channel.logs import roots
from tests.oversight.conftest import Logs, logs

__all__ = ["logs"]


@pytest.fixture
def client(logs: Logs) -> Client:
    from django.utils import timezone

    from accord.officers.models import Officer

    found = Client()
    Officer.objects.filter(pk=logs.reviewer.pk).update(own_password_at=timezone.now())
    found.force_login(Officer.objects.get(pk=logs.reviewer.pk))
    return found


def test_one_click_checks_every_log_and_says_what_was_read(logs: Logs, client: Client) -> None:
    logs.write(3, theirs=2)
    target = reverse("desk:review-logs")
    assert "Every log holds" not in client.get(target).content.decode()
    page = client.post(target, follow=True).content.decode()
    assert "Every log holds, entry by entry." in page
    assert "What CA sent to IN" in page
    assert "What IN sent to CA" in page
    assert client.get(reverse("desk:review")).content.decode().count(target) == 1


def test_a_log_that_does_not_hold_is_said_with_the_place_and_what_to_do(logs: Logs, client: Client) -> None:
    logs.write(3)
    Entry.objects.filter(direction=Direction.OUT, position=1).update(sealed=b"another body")
    page = client.post(reverse("desk:review-logs"), follow=True).content.decode()
    assert "The entries 0 to 2 are not those that CA signed" in page
    assert "Changed in storage, at the positions: 1" in page
    assert "1 log does not hold. An alarm was raised." in page


def test_a_long_check_goes_on_by_itself_and_without_scripts(logs: Logs, client: Client) -> None:
    for _ in range(3):
        logs.write(2)
    run = log_checks.begin_check(logs.reviewer)
    assert run is not None
    log_checks.advance(logs.reviewer, run, seconds=0)
    page = client.get(reverse("desk:review-logs")).content.decode()
    assert "2 of 6 entries read" in page
    on = reverse("desk:review-logs-on", args=[run])
    assert f'hx-post="{on}"' in page
    part = client.post(on, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="log-checks">')
    assert "Every log holds" in part
    assert client.post(on).headers["Location"] == reverse("desk:review-logs")
    assert (
        client.post(reverse("desk:review-logs-on", args=["0" * 8 + "-0000-0000-0000-" + "0" * 12])).status_code == 404
    )


def test_a_log_goes_along_as_a_file_and_the_export_is_on_record(logs: Logs, client: Client) -> None:
    logs.write(2)
    answer = client.get(reverse("desk:review-log-export", args=["IN", "ours"]))
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined] # of a streaming response
    assert verify_log(BytesIO(data).read, roots()).ok
    assert 'filename="accord-ours-IN.log"' in answer.headers["Content-Disposition"]
    assert Act.objects.filter(verb="export log").count() == 1
    assert client.get(reverse("desk:review-log-export", args=["XX", "ours"])).status_code == 404
    assert client.get(reverse("desk:review-log-export", args=["IN", "both"])).status_code == 404


@pytest.mark.parametrize("language", ["fr", "hi"])
def test_every_fault_is_said_in_the_readers_language(language: str) -> None:
    from django.utils.translation import override

    from accord.channel.log_reading import FAULTS, LogFault
    from accord.node.desk.log_words import FAULT_WORDS, fault_words

    assert set(FAULT_WORDS) == set(FAULTS)
    named: dict[str, str | int] = {
        "owner": "CA",
        "peer": "IN",
        "party": "CA",
        "start": 1,
        "end": 2,
        "size": 3,
        "detail": "",
    }
    with override(language):
        for code in FAULTS:
            told, _detail = fault_words(LogFault(code=code, named=named))
            assert "{" not in told
