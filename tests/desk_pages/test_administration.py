"""Administration at the desk: accounts, what waits for a second person, parties and pairing, keys; and no content."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.channel.fingerprint import fingerprint_words
from accord.courier.models import Channel
from accord.node.desk.account_words import ACTS, ALLOWED
from accord.node.notices.own_accounts import CHANGES
from accord.officers.factors import forget_factors
from accord.officers.four_eyes import confirm_officer
from accord.officers.lockout import ATTEMPTS_MAX, note_failure
from accord.officers.models import Act, ApiToken, Officer, PeerProposal
from accord.officers.permissions import Permission, Role
from accord.officers.services import create_officer, set_roles
from accord.officers.tokens import issue_token
from accord.parties.custody import FileCustody, use_custody
from accord.parties.keyfile import Stretching
from accord.parties.models import Keyset, Party
from accord.parties.services import make_invitation, record_own_party
from tests.desk import Desk, received_request
from tests.desk_pages.conftest import SignIn
from tests.simulators.paired_node import PairedNode

NEW = {
    "username": "newcomer",
    "display_name": "SPECIMEN N. Comer",
    "roles": ["liaison"],
    "agency": "RCMP",
    "until": "2099-12-31",
    "is_system": "no",
}


def fresh(officer: Officer) -> Officer:
    return Officer.objects.get(pk=officer.pk)


def account_page(officer: Officer) -> str:
    return reverse("desk:account", args=[officer.username])


def settle(client: Client, kind: str, key: int, act: str = "agree", **more: str) -> Any:
    """Presses the button of a row, with what the page shows of it now."""
    shown = client.get(reverse("desk:waiting")).context or {}
    seen = [row["seen"] for row in shown.get("rows", []) if (row["kind"], row["key"]) == (kind, key)]
    given = {"kind": kind, "key": key, "act": act, "seen": seen[0] if seen else "", **more}
    return client.post(reverse("desk:waiting"), given)


def test_an_account_is_made_and_waits_with_its_first_password_shown_once(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.administrator).post(reverse("desk:new-account"), NEW)
    made = Officer.objects.get(username="newcomer")
    password = answer.context["password"]
    assert made.check_password(password)
    assert made.waits_for_second
    assert made.own_password_at is None
    assert made.active_until is not None
    assert made.active_until.astimezone(desk.channel.peer.described.zone).year == 2100
    assert password.encode() not in sign_in(desk.administrator).get(account_page(made)).content


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"username": "a b"}, b"officer.name-refused"),
        ({"username": "Duty"}, b"officer.name-taken"),
        ({"roles": []}, b"officer.unknown-role"),
        ({"roles": ["administrator", "liaison"]}, b"officer.roles-conflict"),
        ({"agency": "NOBODY"}, b"officer.unknown-agency"),
        ({"until": "2001-01-01"}, b"officer.posting-over"),
        ({"until": "soon"}, b"desk.no-day"),
        ({"offices": ["Emperor"]}, b"officer.unknown-office"),
        ({"display_name": "hidden \u202e name"}, b"officer.name-refused"),
    ],
)
def test_an_account_that_is_refused_says_why_and_keeps_the_words(
    desk: Desk, sign_in: SignIn, wrong: dict[str, Any], code: bytes
) -> None:
    answer = sign_in(desk.administrator).post(reverse("desk:new-account"), {**NEW, "unit": "SPECIMEN kept", **wrong})
    assert answer.status_code >= 400
    assert code in answer.content
    assert b"SPECIMEN kept" in answer.content
    assert not Officer.objects.filter(username="newcomer").exists()


def test_who_makes_an_account_does_not_agree_to_it_and_a_reviewer_does(desk: Desk, sign_in: SignIn) -> None:
    sign_in(desk.administrator).post(reverse("desk:new-account"), {**NEW, "is_system": "yes"})
    made = Officer.objects.get(username="newcomer")
    assert settle(sign_in(desk.administrator), "account", made.pk).status_code == 403
    assert fresh(made).waits_for_second
    assert settle(sign_in(desk.reviewer), "account", made.pk).status_code == 302
    assert fresh(made).is_posted()
    assert fresh(made).confirmed_by == desk.reviewer


def test_nobody_agrees_before_the_officer_chose_a_password(desk: Desk, sign_in: SignIn) -> None:
    sign_in(desk.administrator).post(reverse("desk:new-account"), NEW)
    made = Officer.objects.get(username="newcomer")
    answer = settle(sign_in(desk.reviewer), "account", made.pk)
    assert b"officer.own-password-missing" in answer.content
    assert fresh(made).waits_for_second


def test_new_roles_wait_and_a_refusal_takes_them_out_again(desk: Desk, sign_in: SignIn) -> None:
    confirm_officer(desk.reviewer, desk.liaison) if desk.liaison.waits_for_second else None
    client = sign_in(desk.administrator)
    client.post(account_page(desk.liaison), {"act": "roles", "roles": ["liaison", "releasing"]})
    assert fresh(desk.liaison).waits_for_second
    page = sign_in(desk.reviewer).get(reverse("desk:waiting")).content.decode()
    assert "new roles" in page
    assert "liaison officer" in page
    settle(sign_in(desk.reviewer), "account", desk.liaison.pk, "refuse")
    assert fresh(desk.liaison).roles == ["liaison"]
    assert fresh(desk.liaison).is_posted()


def test_a_posting_ends_on_its_day_or_now_and_a_later_day_waits(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.administrator)
    client.post(account_page(desk.duty), {"act": "until", "until": "2098-01-31"})
    ends = fresh(desk.duty).active_until
    assert ends is not None
    assert not fresh(desk.duty).waits_for_second
    client.post(account_page(desk.duty), {"act": "until", "until": "2099-01-31"})
    assert fresh(desk.duty).waits_for_second
    settle(sign_in(desk.reviewer), "account", desk.duty.pk, "refuse")
    assert fresh(desk.duty).active_until == ends
    client.post(account_page(desk.duty), {"act": "end"})
    assert not fresh(desk.duty).is_posted()


def test_a_locked_account_is_opened_by_two(desk: Desk, sign_in: SignIn) -> None:
    for _ in range(ATTEMPTS_MAX):
        note_failure(desk.duty.username)
    client = sign_in(desk.administrator)
    assert b"locked after wrong passwords" in client.get(reverse("desk:administration")).content
    client.post(account_page(desk.duty), {"act": "unlock"})
    assert settle(client, "lock", desk.duty.pk).status_code == 403
    assert fresh(desk.duty).locked_at is not None
    settle(sign_in(desk.reviewer), "lock", desk.duty.pk)
    assert fresh(desk.duty).locked_at is None


def test_a_password_is_reset_and_factors_are_taken_out_for_another_person_only(desk: Desk, sign_in: SignIn) -> None:
    from allauth.mfa.models import Authenticator

    client = sign_in(desk.administrator)
    Authenticator.objects.create(user=desk.duty, type="totp", data={"secret": "x"})
    answer = client.post(account_page(desk.duty), {"act": "password"})
    assert fresh(desk.duty).check_password(answer.context["password"])
    client.post(account_page(desk.duty), {"act": "factors"})
    assert not Authenticator.objects.filter(user=desk.duty).exists()
    assert [one["what"] for one in fresh(desk.duty).waiting_changes] == ["password", "factors"]
    for act in ("password", "factors", "roles", "offices", "end", "identity", "unlock"):
        assert client.post(account_page(desk.administrator), {"act": act}).status_code in {403, 409, 422}, act


def test_tokens_are_listed_and_revoked(desk: Desk, sign_in: SignIn) -> None:
    ends = timezone.now() + timezone.timedelta(days=9)
    token, secret = issue_token(desk.duty, desk.duty, label="SPECIMEN desk", scope=["case.read"], expires_at=ends)
    client = sign_in(desk.administrator)
    page = client.get(account_page(desk.duty)).content.decode()
    assert "SPECIMEN desk" in page
    assert secret not in page
    given = {"act": "revoke", "kind": "apitoken", "number": token.pk}
    assert client.post(account_page(desk.liaison), given).status_code == 404
    client.post(account_page(desk.duty), given)
    assert ApiToken.objects.get().revoked_at is not None


def test_off_the_demonstration_an_act_needs_a_fresh_proof_and_keeps_the_words(
    desk: Desk, sign_in: SignIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accord.node.desk import page

    settings.ACCORD_SECOND_FACTOR = True
    monkeypatch.setattr(page, "needs_second_factor", lambda request: False)
    client = sign_in(desk.administrator)
    answer = client.post(reverse("desk:new-account"), {**NEW, "unit": "SPECIMEN kept"})
    assert answer.status_code == 403
    assert b"desk.proof-needed" in answer.content
    assert b"SPECIMEN kept" in answer.content
    assert client.post(account_page(desk.duty), {"act": "end"}).status_code == 403
    assert settle(client, "account", desk.duty.pk).status_code == 403
    assert client.post(reverse("desk:parties"), {"act": "invite", "peer": "XX"}).status_code == 403
    assert fresh(desk.duty).is_posted()


def test_no_page_of_administration_shows_content(desk: Desk, sign_in: SignIn) -> None:
    received = received_request(desk, facts="SECRET-WORDS of the other side")
    client = sign_in(desk.administrator)
    pages = [reverse(f"desk:{name}") for name in ("administration", "new-account", "waiting", "parties", "keys", "me")]
    for address in (*pages, account_page(desk.duty)):
        page = client.get(address)
        assert page.status_code == 200, address
        assert b"SECRET-WORDS" not in page.content
        assert received.case.own_ref.encode() not in page.content
    assert client.get(reverse("desk:case", args=[received.case.own_ref])).status_code == 403


def test_a_reviewer_sees_what_waits_and_no_accounts(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.reviewer)
    set_roles(desk.administrator, fresh(desk.liaison), ["liaison", "releasing"])
    assert b"1 request waits" in client.get(reverse("desk:me")).content
    assert client.get(reverse("desk:administration")).status_code == 403
    assert client.post(account_page(desk.duty), {"act": "end"}).status_code == 403


# pairing

WORDS = "acorn " * 12
CHEAP = Stretching(iterations=1, lanes=1, memory_kib=32)


@pytest.fixture
def strangers(desk: Desk, tmp_path: Path) -> tuple[Desk, bytes, str]:
    """A desk whose peer is not pinned yet, the peer's invitation, and its words."""
    ours, theirs = (
        FileCustody.create(tmp_path / code, code, b"a pass phrase of a test", stretching=CHEAP) for code in ("CA", "IN")
    )
    Channel.objects.all().delete()
    Keyset.objects.all().delete()
    us, them = Party.objects.get(code="CA"), Party.objects.get(code="IN")
    profiles = us.described, them.described
    Party.objects.filter(pk="CA").update(is_self=False)
    record_own_party(profiles[1], theirs)
    file = make_invitation("CA", channel_url="https://accord.example:8400", custody=theirs)
    Keyset.objects.all().delete()
    Party.objects.filter(pk="IN").update(is_self=False, root_public=None, pinned_at=None)
    record_own_party(profiles[0], ours)
    use_custody(ours)
    return desk, file, " ".join(fingerprint_words(theirs.root_public()))


def accept(client: Client, file: bytes, words: str) -> Any:
    sent = SimpleUploadedFile("invitation.json", file, content_type="application/json")
    return client.post(reverse("desk:parties"), {"act": "accept", "invitation": sent, "words": words})


def test_two_persons_pair_each_with_the_words_they_heard(strangers: tuple[Desk, bytes, str], sign_in: SignIn) -> None:
    desk, file, words = strangers
    client = sign_in(desk.administrator)
    assert b"parties.words-differ" in accept(client, file, WORDS).content
    assert not PeerProposal.objects.exists()
    assert accept(client, file, words.upper()).status_code == 302
    proposal = PeerProposal.objects.get()
    assert not Channel.objects.exists()
    assert settle(client, "peer", proposal.pk, words=words).status_code == 403
    reviewer = sign_in(desk.reviewer)
    page = reviewer.get(reverse("desk:waiting")).content.decode()
    assert "Pairing with IN" in page
    shown = {word.lower() for word in re.findall(r"\w+", re.sub(r"<[^>]+>", " ", page))}
    assert not set(words.lower().split()) <= shown
    assert settle(reviewer, "peer", proposal.pk, words=WORDS).status_code >= 400
    assert not Channel.objects.exists()
    assert settle(reviewer, "peer", proposal.pk, words=words).status_code == 302
    assert Channel.objects.get().peer_url == "https://accord.example:8400"
    pinned = Party.objects.get(code="IN")
    assert pinned.fingerprint_confirmed_by == "admin + reviewer"
    assert Act.objects.filter(verb="pin peer").exists()
    shown = client.get(reverse("desk:parties")).content.decode()
    assert all(word in shown for word in words.split())


def test_an_invitation_that_is_refused_pins_nothing(strangers: tuple[Desk, bytes, str], sign_in: SignIn) -> None:
    desk, file, words = strangers
    accept(sign_in(desk.administrator), file, words)
    settle(sign_in(desk.reviewer), "peer", PeerProposal.objects.get().pk, "refuse")
    assert Party.objects.get(code="IN").root_public is None
    assert PeerProposal.objects.get().settled_by == desk.reviewer


@pytest.mark.parametrize("file", [b"", b"{}", b"\xff" * 64, b"[" * 100_000])
def test_a_file_that_is_no_invitation_is_said_to_be_none(
    strangers: tuple[Desk, bytes, str], sign_in: SignIn, file: bytes
) -> None:
    answer = accept(sign_in(strangers[0].administrator), file, WORDS)
    assert 400 <= answer.status_code < 500
    assert b"acorn" in answer.content


def test_an_invitation_is_made_and_downloaded(strangers: tuple[Desk, bytes, str], sign_in: SignIn) -> None:
    client = sign_in(strangers[0].administrator)
    answer = client.post(reverse("desk:parties"), {"act": "invite", "peer": "in", "url": "https://ca.example:8400"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="invitation-ca-for-in.json"'
    assert b"accord_invitation" in answer.content
    assert client.post(reverse("desk:parties"), {"act": "invite", "peer": "CA"}).status_code >= 400


def test_the_keys_of_both_sides_stand_with_their_ages(paired: PairedNode, settings: Any) -> None:
    from accord.officers.services import create_first_administrator

    settings.ACCORD_SECOND_FACTOR = False
    chief = create_first_administrator("admin", "correct horse battery staple")
    client = Client()
    client.force_login(chief)
    page = client.get(reverse("desk:keys")).content.decode()
    assert page.count("<table") == 2
    assert "signs now" in page
    assert "signing" in page


def test_an_unknown_account_is_not_found(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.administrator)
    assert client.get(reverse("desk:account", args=["nobody"])).status_code == 404
    assert client.post(account_page(desk.duty), {"act": "nonsense"}).status_code == 404
    for kind, key in (("account", 999_999), ("peer", 1), ("nonsense", 1)):
        assert settle(client, kind, key).status_code == 404


def test_roles_without_the_permission_are_turned_away(desk: Desk, sign_in: SignIn) -> None:
    for role in (Role.LIAISON, Role.DUTY, Role.RELEASING):
        client = sign_in(desk.officers[role])
        for name in ("administration", "new-account", "waiting", "parties", "keys"):
            assert client.get(reverse(f"desk:{name}")).status_code == 403
    made = create_officer(desk.administrator, "x", password=None, display_name="X", roles=["liaison"])
    assert settle(sign_in(desk.releasing), "account", made.pk).status_code == 403


def test_a_session_ends_with_the_factors_and_does_not_come_back_with_the_agreement(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    assert client.get(reverse("desk:me")).status_code == 200
    forget_factors(desk.administrator, fresh(desk.duty))
    confirm_officer(desk.reviewer, fresh(desk.duty))
    assert fresh(desk.duty).is_posted()
    assert client.get(reverse("desk:me")).status_code == 302


@pytest.mark.parametrize("act", ["agree", "refuse"])
def test_what_changed_since_it_was_shown_is_shown_anew_and_not_settled(desk: Desk, sign_in: SignIn, act: str) -> None:
    made = create_officer(desk.administrator, "newcomer", password=None, display_name="N", roles=["liaison"])
    reviewer = sign_in(desk.reviewer)
    page = reviewer.get(reverse("desk:waiting"))
    seen = next(row["seen"] for row in page.context["rows"] if row["key"] == made.pk)
    assert seen in page.content.decode()
    set_roles(desk.administrator, fresh(made), ["liaison", "releasing"])
    given = {"kind": "account", "key": made.pk, "act": act, "seen": seen}
    answer = reviewer.post(reverse("desk:waiting"), given)
    assert answer.status_code == 409
    assert b"officer.seen-otherwise" in answer.content
    assert b"releasing officer" in answer.content
    assert fresh(made).waits_for_second
    for lacking in ("", "é"):
        assert reviewer.post(reverse("desk:waiting"), {**given, "seen": lacking}).status_code == 409
    settle(reviewer, "account", made.pk, act)
    assert not fresh(made).waits_for_second


def test_a_token_is_agreed_to_with_the_roles_that_were_shown(desk: Desk, sign_in: SignIn) -> None:
    system = create_officer(
        desk.administrator, "cms", password=None, display_name="CMS", roles=["liaison"], is_system=True
    )
    confirm_officer(desk.reviewer, system)
    until = timezone.now() + timedelta(days=9)
    token, _ = issue_token(desk.administrator, system, label="t", scope=["case.read"], expires_at=until)
    reviewer = sign_in(desk.reviewer)
    seen = next(row["seen"] for row in reviewer.get(reverse("desk:waiting")).context["rows"])
    Officer.objects.filter(pk=system.pk).update(roles=["duty"])
    given = {"kind": "token", "key": token.pk, "act": "agree", "seen": seen}
    assert reviewer.post(reverse("desk:waiting"), given).status_code == 409
    settle(reviewer, "token", token.pk)
    assert ApiToken.objects.get(pk=token.pk).is_good(timezone.now())


def test_what_an_account_may_do_and_what_was_done_to_it_is_said_in_words(desk: Desk, sign_in: SignIn) -> None:
    assert set(ALLOWED) == set(Permission)
    assert set(ACTS) >= CHANGES
    set_roles(desk.administrator, desk.duty, ["duty", "decider"])
    confirm_officer(desk.reviewer, desk.duty)
    own = sign_in(desk.duty).get(reverse("desk:me")).content.decode()
    assert "look after parked messages" in own
    assert not [one for one in Permission if one.value in own]
    assert "changed the roles" in own
    assert "agreed as the second person" in own
    page = sign_in(desk.administrator).get(account_page(desk.duty)).content.decode()
    assert "changed the roles" in page
    assert "set roles" not in page


def test_what_a_token_that_waits_would_open_is_said_in_words(desk: Desk, sign_in: SignIn) -> None:
    system = create_officer(
        desk.administrator, "cms", password=None, display_name="CMS", roles=["liaison"], is_system=True
    )
    confirm_officer(desk.reviewer, system)
    until = timezone.now() + timedelta(days=9)
    issue_token(desk.administrator, system, label="t", scope=["case.read", "message.answer"], expires_at=until)
    page = sign_in(desk.reviewer).get(reverse("desk:waiting")).content.decode()
    assert "read cases; answer requests" in page
    assert "case.read" not in page
