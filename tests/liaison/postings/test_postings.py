"""A posting from proposal to end, as each side sees it; the account that holds it ends with it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accord.courier.models import Outbox
from accord.instruments.canonical import canonical_bytes
from accord.instruments.errors import InstrumentRefused
from accord.instruments.kinds import TEXT_OFFER, read_offer
from accord.instruments.models import Instrument, Text
from accord.instruments.services import accept, decline, end, prepare, remark
from accord.liaison.errors import LiaisonRefused
from accord.liaison.models import PostingRecord
from accord.liaison.postings.accounts import hold_accounts_to_postings
from accord.liaison.postings.content import read_posting
from accord.liaison.postings.proposing import propose_posting
from accord.liaison.postings.records import KINDS, WITH_SECOND, agree_record, refuse_record, write_record
from accord.liaison.postings.standing import Posting, posting_of, postings
from accord.officers.four_eyes import confirm_officer
from accord.officers.models import Act, ApiToken, Officer
from accord.officers.permissions import NotPermitted, Role
from accord.officers.services import extend_posting
from accord.vocabulary.periods import midnight_of
from tests.desk import TODAY, Desk
from tests.instruments.test_services import receipt, their_text, they_answer
from tests.liaison.postings.posted import agreed, content, fields, offered, recorded, they_propose


def only(now: datetime | None = None) -> Posting:
    return next(iter(postings(now=now or timezone.now())))


def state(now: datetime | None = None) -> str:
    return only(now).state


def test_a_posting_is_prepared_proposed_asked_about_accepted_and_over(desk: Desk) -> None:
    text = propose_posting(desk.officers[Role.POLICY], fields())
    assert state() == "prepared"
    assert not Outbox.objects.exists()
    offered_text = offered(desk, text.instrument)
    assert (state(), only().is_ours) == ("proposed", True)
    assert read_posting(read_offer(bytes(Outbox.objects.get(kind=TEXT_OFFER).payload)).content) == content()
    assert they_answer(desk, offered_text, "remark", reason="Which office?") == ""
    assert state() == "asked"
    assert they_answer(desk, offered_text, "accept") == ""
    assert state() == "in-force"
    assert state(timezone.now() - timedelta(days=2)) == "coming"
    assert state(only().content.ends_at) == "over"


def test_their_posting_is_accepted_or_declined_by_us_and_never_proposed(desk: Desk) -> None:
    assert they_propose(desk) == ""
    assert (state(), only().is_ours, only().content.agency) == ("proposed", False, "NCB")
    remark(desk.officers[Role.POLICY], their_text(), words="Until when?")
    assert state() == "asked"
    accept(desk.officers[Role.SIGNATORY], their_text())
    assert state() == "signing"
    receipt(desk)
    assert state() == "in-force"
    assert they_propose(desk, holder="Another (specimen)") == ""
    decline(desk.officers[Role.SIGNATORY], their_text(), reason="Not at this time.")
    assert state() == "declined"
    ours_of_theirs = canonical_bytes(content(sending="IN", host="CA", agency="NCB"))
    with pytest.raises(InstrumentRefused) as caught:
        prepare(desk.officers[Role.POLICY], peer="IN", type_name="posting", content=ours_of_theirs)
    assert caught.value.reason_code == "instruments.not-ours-to-offer"


def test_a_host_cannot_propose_its_guests_posting(desk: Desk) -> None:
    assert they_propose(desk, sending="CA", host="IN", agency="RCMP") == "instruments.not-theirs-to-offer"
    assert they_propose(desk, sending="IN", host="ZZ") == "instruments.not-theirs-to-offer"
    assert not Instrument.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agency": "NCB"}, "liaison.unknown-agency"),
        ({"from_day": "2020-01-01", "to_day": "2021-01-01"}, "liaison.posting-over"),
    ],
)
def test_a_posting_that_cannot_be_is_refused(desk: Desk, changed: dict[str, str], code: str) -> None:
    with pytest.raises(LiaisonRefused) as caught:
        propose_posting(desk.officers[Role.POLICY], fields(**changed))
    assert caught.value.reason_code == code
    assert not Text.objects.exists()


def test_only_who_prepares_texts_proposes(desk: Desk) -> None:
    for role, officer in desk.officers.items():
        if role is not Role.POLICY:
            with pytest.raises(NotPermitted):
                propose_posting(officer, fields())


def test_the_account_ends_with_the_posting_and_a_longer_one_does_not_open_it_by_itself(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until == content().ends_at
    longer = (TODAY + timedelta(days=900)).isoformat()
    agreed(desk, posting, to_day=longer)
    desk.liaison.refresh_from_db()
    assert (only().content.to_day.isoformat(), desk.liaison.active_until) == (longer, content().ends_at)
    extend_posting(desk.administrator, desk.liaison, until=only().content.ends_at)
    desk.liaison.refresh_from_db()
    assert not desk.liaison.is_posted()
    Officer.objects.filter(pk=desk.liaison.pk).update(own_password_at=timezone.now())
    confirm_officer(desk.reviewer, desk.liaison)
    assert desk.liaison.is_posted()


def test_a_shorter_posting_ends_the_account_earlier(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    agreed(desk, posting, to_day=(TODAY + timedelta(days=30)).isoformat())
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until == midnight_of(TODAY + timedelta(days=31))


def token_of(officer: Officer) -> ApiToken:
    return ApiToken.objects.create(
        officer=officer, label="x", scope=[], digest=b"1" * 32, expires_at=timezone.now() + timedelta(days=9)
    )


def test_a_recall_ends_the_account_with_its_sessions_and_tokens_at_once(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    token = token_of(desk.liaison)
    end(desk.officers[Role.SIGNATORY], posting, from_day=timezone.now().date(), reason="Recalled.")
    desk.liaison.refresh_from_db()
    token.refresh_from_db()
    assert not desk.liaison.is_posted()
    assert token.revoked_at is not None
    assert (desk.liaison.sessions_ended, state()) == (1, "ended")


def test_the_host_ends_its_acceptance_without_grounds_and_the_account_ends(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    assert posting.agreed is not None
    today = timezone.now().date().isoformat()
    assert they_answer(desk, posting.agreed, "end", reason="No longer acceptable.", from_day=today) == ""
    desk.liaison.refresh_from_db()
    assert not desk.liaison.is_posted()
    assert Act.objects.filter(verb="end posting", officer=None).count() == 2


def test_an_end_ahead_lets_the_account_act_until_that_day(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    day = timezone.now().date() + timedelta(days=10)
    end(desk.officers[Role.SIGNATORY], posting, from_day=day, reason="The project is over.")
    desk.liaison.refresh_from_db()
    assert (desk.liaison.active_until, state()) == (midnight_of(day), "in-force")


def test_an_administrator_cannot_let_an_account_outlive_its_posting(desk: Desk) -> None:
    posting = agreed(desk)
    recorded(desk, posting, desk.liaison)
    Officer.objects.filter(pk=desk.liaison.pk).update(active_until=None)
    assert hold_accounts_to_postings(now=timezone.now()) == 1
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until == content().ends_at
    assert hold_accounts_to_postings(now=timezone.now()) == 0


def test_a_posting_is_changed_by_its_next_text_and_stays_between_the_two_sides(desk: Desk) -> None:
    posting = agreed(desk)
    propose_posting(desk.officers[Role.POLICY], fields(territory="India and Nepal"), instrument=posting)
    assert (state(), only().content.territory) == ("in-force-changing", "India")
    they_propose(desk)
    theirs = their_text()
    accept(desk.officers[Role.SIGNATORY], theirs)
    receipt(desk)
    with pytest.raises(LiaisonRefused) as caught:
        propose_posting(
            desk.officers[Role.POLICY], fields(), instrument=Instrument.objects.get(pk=theirs.instrument_id)
        )
    assert caught.value.reason_code == "liaison.other-posting"


def test_our_record_counts_when_a_second_officer_agreed_and_never_leaves(desk: Desk) -> None:
    posting = agreed(desk)
    before = Outbox.objects.count()
    record = write_record(
        desk.officers[Role.POLICY],
        posting,
        account=desk.liaison,
        delegation={KINDS[0]: WITH_SECOND},
        ceiling="protected",
        conflicts="A cousin works at the consignee.",
        deputies=["duty"],
        training="Human rights, 2026-01.",
    )
    desk.liaison.refresh_from_db()
    assert (record.state, desk.liaison.holds_posting, desk.liaison.active_until) == ("waiting", False, None)
    assert {record.delegation[kind] for kind in KINDS[1:]} == {"not-at-all"}
    agree_record(desk.officers[Role.SIGNATORY], record)
    desk.liaison.refresh_from_db()
    assert desk.liaison.holds_posting
    second = write_record(
        desk.officers[Role.POLICY], posting, account=desk.liaison, delegation={}, ceiling="unclassified"
    )
    refuse_record(desk.officers[Role.SIGNATORY], second)
    assert [one.state for one in PostingRecord.objects.order_by("number")] == ["in-force", "refused"]
    with pytest.raises(LiaisonRefused, match="does not wait"):
        agree_record(desk.officers[Role.SIGNATORY], second)
    assert Outbox.objects.count() == before


def test_nobody_writes_or_settles_a_record_of_their_own(desk: Desk) -> None:
    posting = agreed(desk)
    policy, signatory = desk.officers[Role.POLICY], desk.officers[Role.SIGNATORY]
    policy.roles = ["policy", "signatory"]
    policy.save()
    record = write_record(policy, posting, account=None, delegation={}, ceiling="protected")
    with pytest.raises(LiaisonRefused, match="Who wrote"):
        agree_record(policy, record)
    with pytest.raises(LiaisonRefused, match="own posting"):
        write_record(policy, posting, account=policy, delegation={}, ceiling="protected")
    meant = write_record(policy, posting, account=signatory, delegation={}, ceiling="protected")
    with pytest.raises(LiaisonRefused, match="meant by it"):
        agree_record(signatory, meant)
    with pytest.raises(NotPermitted):
        write_record(signatory, posting, account=None, delegation={}, ceiling="protected")
    with pytest.raises(NotPermitted):
        refuse_record(desk.liaison, meant)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"delegation": {"gossip": WITH_SECOND}}, "liaison.unknown-delegation"),
        ({"delegation": {"request": "alone"}}, "liaison.unknown-delegation"),
        ({"ceiling": "cosmic"}, "liaison.unknown-ceiling"),
        ({"deputies": ["nobody"]}, "liaison.unknown-deputy"),
        ({"training": "x" * 2001}, "liaison.note-too-long"),
    ],
)
def test_a_record_of_what_is_not_known_is_refused(desk: Desk, changed: dict[str, object], code: str) -> None:
    given = {"delegation": {}, "ceiling": "protected", **changed}
    with pytest.raises(LiaisonRefused) as caught:
        write_record(desk.officers[Role.POLICY], agreed(desk), account=None, **given)  # type: ignore[arg-type]
    assert caught.value.reason_code == code


def test_an_administrator_holds_no_posting_and_an_account_holds_one(desk: Desk) -> None:
    first, second = agreed(desk), agreed(desk, holder="Another (specimen)")
    recorded(desk, first, desk.liaison)
    for account, code in ((desk.administrator, "liaison.account-unfit"), (desk.liaison, "liaison.account-taken")):
        with pytest.raises(LiaisonRefused) as caught:
            recorded(desk, second, account)
        assert caught.value.reason_code == code
    end(desk.officers[Role.SIGNATORY], first, from_day=timezone.now().date(), reason="Moved on.")
    recorded(desk, second, desk.liaison)
    Officer.objects.filter(pk=desk.liaison.pk).update(active_until=None)
    hold_accounts_to_postings(now=timezone.now())
    desk.liaison.refresh_from_db()
    assert desk.liaison.is_posted(), "the posting that is over no longer ends the account"


def test_an_account_is_taken_until_the_day_on_which_its_posting_ends(desk: Desk) -> None:
    first, second = agreed(desk), agreed(desk, holder="Another (specimen)")
    recorded(desk, first, desk.liaison)
    day = timezone.now().date() + timedelta(days=30)
    end(desk.officers[Role.SIGNATORY], first, from_day=day, reason="Moves on next month.")
    with pytest.raises(LiaisonRefused) as caught:
        recorded(desk, second, desk.liaison)
    assert caught.value.reason_code == "liaison.account-taken"
    given = {"account": desk.liaison, "delegation": {}, "ceiling": "protected"}
    assert write_record(desk.officers[Role.POLICY], second, now=midnight_of(day), **given).pk  # type: ignore[arg-type]


def test_a_posting_that_was_declined_holds_no_account(desk: Desk) -> None:
    proposed, other = offered(desk), agreed(desk, holder="Another (specimen)")
    recorded(desk, proposed.instrument, desk.liaison)
    with pytest.raises(LiaisonRefused, match="another posting"):
        recorded(desk, other, desk.liaison)
    assert they_answer(desk, proposed, "decline", reason="Not at this time.") == ""
    recorded(desk, other, desk.liaison)
    desk.liaison.refresh_from_db()
    assert desk.liaison.active_until == content().ends_at


def test_no_record_is_kept_of_their_posting(desk: Desk) -> None:
    they_propose(desk)
    with pytest.raises(LiaisonRefused) as caught:
        write_record(
            desk.officers[Role.POLICY], their_text().instrument, account=None, delegation={}, ceiling="protected"
        )
    assert caught.value.reason_code == "liaison.not-our-posting"


def test_what_stands_is_read_of_one_posting_too(desk: Desk) -> None:
    posting = agreed(desk)
    assert posting_of(posting, now=timezone.now()).agreed == posting.agreed
    assert [one.state for one in postings(now=timezone.now(), on=content().ends_at.date())] == []
