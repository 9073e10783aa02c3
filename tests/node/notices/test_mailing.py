"""E-mail to officers, sent to a real server on loopback: what stands in it, when it is sent, and what may go wrong."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from accord.cli.demo.nodes import free_port
from accord.courier.models import Alarm
from accord.node.config import NodeConfig
from accord.node.notices import mailing
from accord.node.notices.kinds import Kind
from accord.node.notices.mailing import make_mails, message_of, recover_mails, send_mails
from accord.node.notices.models import Choice, Mail, Notice
from accord.node.notices.services import mark_read
from accord.officers.models import Officer
from tests.desk import Desk, received_request
from tests.node.notices.postbox import PASSWORD, USER, Postbox, running, self_signed

NOW = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
ADDRESS = "officer@desk.example"
SAID = (
    "Something waits at your desk. Urgency: urgent. Your desk: https://desk.example/desk/",
    "This mail says nothing about it on purpose. Do not answer it: nobody reads the answers.",
)


@dataclass
class Post:
    """A configured node, its mail server's box, and the port it is to be reached at."""

    config: NodeConfig
    box: Postbox
    port: int


def configured(home: Path, port: int, **changed: Any) -> NodeConfig:
    given = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_from": "accord@node.example",
        "desk_url": "https://desk.example",
        **changed,
    }
    return NodeConfig(home=home, **given)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    port = free_port()
    return Post(config=configured(tmp_path, port), box=Postbox(), port=port)


def mailed(officer: Officer, **changed: Any) -> Choice:
    given = {"address": ADDRESS, "agreed_at": NOW - timedelta(days=30), "zone": "America/Toronto", **changed}
    return Choice.objects.create(officer=officer, **given)


def notice(officer: Officer, key: str = "one", *, at: datetime = NOW, **changed: Any) -> Notice:
    return Notice.objects.create(
        officer=officer, **{"kind": Kind.REQUEST, "key": key, "at": at, "made_at": at, **changed}
    )


def test_a_mail_says_that_something_waits_how_urgent_it_is_and_where_and_nothing_else(desk: Desk, post: Post) -> None:
    request = received_request(desk)
    mailed(desk.liaison)
    notice(desk.liaison, case=request.case, message=request, is_urgent=True)
    make_mails(now=NOW)
    with running(post.box, post.port):
        assert send_mails(post.config, now=NOW) == 1
    (mail,) = post.box.taken
    assert (mail["Subject"], mail["To"], mail["From"]) == (
        "Urgent: something waits at your desk",
        ADDRESS,
        "accord@node.example",
    )
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().split() == " ".join(SAID).split()
    whole = f"{mail.as_string()} {body.decode()}"
    for word in (request.case.title, request.case.own_ref, request.case.other_ref, "India", "NCB", "RCMP", "request"):
        assert word not in whole


def test_a_mail_is_in_the_officers_language(desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "_", lambda text: f"{translation.get_language()}: {text}")
    mail = Mail(officer=desk.liaison, address=ADDRESS, language="hi", is_urgent=False, made_at=NOW, next_at=NOW)
    assert message_of(mail, post.config)["Subject"] == "hi: Something waits at your desk"


def test_many_notices_make_one_mail_and_the_next_ones_wait_their_pause(desk: Desk) -> None:
    mailed(desk.liaison)
    for number in range(300):
        notice(desk.liaison, str(number))
    assert make_mails(now=NOW) == 1
    notice(desk.liaison, "later", at=NOW + timedelta(minutes=5))
    assert make_mails(now=NOW + timedelta(minutes=5)) == 0
    assert make_mails(now=NOW + timedelta(minutes=15)) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"agreed_at": None}, "nobody agreed to the address"),
        ({"address": ""}, "there is no address"),
        ({"mailed": [Kind.ESCALATED.value]}, "the officer wants this kind in the page only"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_no_mail_is_made(desk: Desk, changed: dict[str, Any], why: str) -> None:
    mailed(desk.liaison, **changed)
    notice(desk.liaison)
    assert make_mails(now=NOW) == 0, why


@pytest.mark.parametrize(("is_urgent", "urgent_passes", "made"), [(False, True, 0), (True, True, 1), (True, False, 0)])
def test_quiet_hours_are_kept_in_the_officers_own_zone(
    desk: Desk, is_urgent: bool, urgent_passes: bool, made: int
) -> None:
    # Ten in the evening in Toronto is three in the morning of the next day in UTC.
    quiet = {"quiet_from": time(22), "quiet_until": time(7), "urgent_passes": urgent_passes}
    mailed(desk.liaison, **quiet)
    night = datetime(2026, 11, 19, 3, 30, tzinfo=UTC)
    notice(desk.liaison, at=night, is_urgent=is_urgent)
    assert make_mails(now=night) == made
    # What nobody read by the end of the quiet hours is told then.
    assert make_mails(now=datetime(2026, 11, 19, 12, 0, 1, tzinfo=UTC)) == 1 - made


def test_what_was_read_before_its_mail_left_sends_none(desk: Desk, post: Post) -> None:
    mailed(desk.liaison)
    one = notice(desk.liaison)
    make_mails(now=NOW)
    mark_read(desk.liaison, [one.pk])
    with running(post.box, post.port):
        send_mails(post.config, now=NOW)
    assert post.box.taken == []
    assert Mail.objects.get().state == Mail.State.DROPPED


def queued(desk: Desk, key: str = "one") -> Mail:
    if not Choice.objects.filter(officer=desk.liaison).exists():
        mailed(desk.liaison)
    notice(desk.liaison, key)
    make_mails(now=NOW)
    return Mail.objects.latest("made_at")


def test_a_server_that_is_down_is_tried_again_with_growing_pauses_and_nothing_is_lost(desk: Desk, post: Post) -> None:
    queued(desk)
    pauses = []
    moment = NOW
    for _attempt in range(9):
        send_mails(post.config, now=moment)
        waiting = Mail.objects.get()
        pauses.append((waiting.next_at - moment).total_seconds())
        assert send_mails(post.config, now=moment + timedelta(seconds=1)) == 0
        moment = waiting.next_at
    assert pauses == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    with running(post.box, post.port):
        assert send_mails(post.config, now=moment) == 1
    assert len(post.box.taken) == 1


def test_after_a_day_of_trying_an_alarm_tells_the_operator(desk: Desk, post: Post) -> None:
    queued(desk)
    send_mails(post.config, now=NOW + timedelta(days=1))
    assert Mail.objects.get().state == Mail.State.FAILED
    assert Alarm.objects.get().code == "notices.mail-given-up"
    assert ADDRESS not in Alarm.objects.get().detail


def test_an_address_that_is_refused_for_good_is_not_tried_again_and_others_are_sent(desk: Desk, post: Post) -> None:
    queued(desk)
    mailed(desk.duty, address="duty@desk.example")
    notice(desk.duty)
    make_mails(now=NOW)
    post.box.answers = ["550 No such user"]
    with running(post.box, post.port):
        assert send_mails(post.config, now=NOW) == 1
        assert send_mails(post.config, now=NOW + timedelta(hours=1)) == 0
    assert sorted(Mail.objects.values_list("state", flat=True)) == [Mail.State.FAILED, Mail.State.SENT]
    assert Alarm.objects.get().code == "notices.mail-refused"


def test_an_address_that_is_refused_for_now_is_tried_again(desk: Desk, post: Post) -> None:
    queued(desk)
    post.box.answers = ["450 Mailbox busy"]
    with running(post.box, post.port):
        assert send_mails(post.config, now=NOW) == 0
        assert send_mails(post.config, now=NOW + timedelta(seconds=30)) == 1
    assert not Alarm.objects.exists()


def test_a_node_killed_before_the_server_took_it_sends_the_mail_once(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(desk)

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with running(post.box, post.port):
        with monkeypatch.context() as patched:
            patched.setattr(mailing, "message_of", killed)
            with pytest.raises(KeyboardInterrupt):
                send_mails(post.config, now=NOW)
        assert recover_mails() == 1
        send_mails(post.config, now=NOW)
        send_mails(post.config, now=NOW + timedelta(hours=1))
    assert len(post.box.taken) == 1


def test_a_node_killed_after_the_server_took_it_doubles_the_mail_under_one_message_id(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(desk)

    def killed(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with running(post.box, post.port):
        with monkeypatch.context() as patched:
            patched.setattr(mailing, "_keep", killed)
            with pytest.raises(KeyboardInterrupt):
                send_mails(post.config, now=NOW)
        recover_mails()
        send_mails(post.config, now=NOW)
        send_mails(post.config, now=NOW + timedelta(hours=1))
    first, second = post.box.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_string() == second.as_string()


def test_a_server_that_breaks_off_before_its_answer_is_tried_again(desk: Desk, post: Post) -> None:
    queued(desk)
    post.box.drops_after_data = True
    with running(post.box, post.port):
        assert send_mails(post.config, now=NOW) == 0
        assert send_mails(post.config, now=NOW + timedelta(seconds=30)) == 1
    first, second = post.box.taken
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_to_a_server_whose_certificate_fits(
    desk: Desk, post: Post, tmp_path: Path, security: str
) -> None:
    queued(desk)
    certificate = self_signed(tmp_path)
    password = tmp_path / "smtp.password"
    password.write_text(f"{PASSWORD}\n")
    config = configured(
        tmp_path,
        post.port,
        smtp_security=security,
        smtp_ca=str(certificate[0]),
        smtp_user=USER,
        smtp_password_file=str(password),
    )
    with running(
        post.box, post.port, certificate=certificate, is_tls_from_the_start=security == "tls", needs_user=True
    ):
        assert send_mails(config, now=NOW) == 1
    assert len(post.box.taken) == 1


def test_a_server_with_a_strange_certificate_gets_no_mail(desk: Desk, post: Post, tmp_path: Path) -> None:
    queued(desk)
    other = tmp_path / "other"
    other.mkdir()
    config = configured(tmp_path, post.port, smtp_security="starttls", smtp_ca=str(self_signed(other)[0]))
    with running(post.box, post.port, certificate=self_signed(tmp_path)):
        assert send_mails(config, now=NOW) == 0
    assert (post.box.taken, Mail.objects.get().state) == ([], Mail.State.QUEUED)


def test_a_server_without_tls_gets_no_mail_where_tls_is_wanted(desk: Desk, post: Post, tmp_path: Path) -> None:
    queued(desk)
    with running(post.box, post.port):
        assert send_mails(configured(tmp_path, post.port, smtp_security="starttls"), now=NOW) == 0
    assert (post.box.taken, Mail.objects.get().state) == ([], Mail.State.QUEUED)


def test_a_wrong_password_sends_nothing_and_loses_nothing(desk: Desk, post: Post, tmp_path: Path) -> None:
    queued(desk)
    certificate = self_signed(tmp_path)
    password = tmp_path / "smtp.password"
    password.write_text("another\n")
    config = configured(
        tmp_path,
        post.port,
        smtp_security="starttls",
        smtp_ca=str(certificate[0]),
        smtp_user=USER,
        smtp_password_file=str(password),
    )
    with running(post.box, post.port, certificate=certificate, needs_user=True):
        assert send_mails(config, now=NOW) == 0
    assert Mail.objects.get().state == Mail.State.QUEUED
