"""Notices of texts that both sides sign: who is to sign, what became of one, and what the other side wrote."""

import pytest
from django.utils import timezone

from accord.instruments.services import accept, offer
from accord.node.notices.deriving import make_notices
from accord.node.notices.kinds import Kind
from accord.node.notices.models import Notice
from accord.node.notices.places import place_of
from accord.node.notices.settling import settle_notices, waiting_notices
from accord.officers.permissions import Role
from accord.release.intake import take_in
from tests.desk import Desk
from tests.instruments.conftest import told
from tests.instruments.test_services import offered, prepared, receipt, their_text, they_answer, they_offer

__all__ = ["told"]

pytestmark = pytest.mark.usefixtures("told")


def whom(kind: Kind) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("officer__username", flat=True))


def test_what_was_prepared_is_told_to_who_may_sign_and_rings_no_more_once_it_is_offered(desk: Desk) -> None:
    make_notices()
    both = desk.again(Role.SIGNATORY, "both")
    both.roles = ["policy", "signatory"]
    both.save()
    text = prepared(desk)
    text.prepared_by = both
    text.save()
    make_notices()
    make_notices()
    assert whom(Kind.TEXT_WAITS) == ["signatory"]
    notice = Notice.objects.get(kind=Kind.TEXT_WAITS)
    assert place_of(notice, desk.officers[Role.SIGNATORY]) == f"/desk/texts/{text.pk}/"
    settle_notices()
    assert waiting_notices().filter(kind=Kind.TEXT_WAITS).count() == 1
    offer(desk.officers[Role.SIGNATORY], text)
    settle_notices()
    assert waiting_notices().filter(kind=Kind.TEXT_WAITS).count() == 0


def test_their_offer_is_told_to_who_drafts_and_who_signs_until_it_is_answered(desk: Desk) -> None:
    make_notices()
    they_offer(desk)
    make_notices()
    assert whom(Kind.TEXT_WAITS) == ["policy", "signatory"]
    accept(desk.officers[Role.SIGNATORY], their_text())
    settle_notices()
    assert waiting_notices().filter(kind=Kind.TEXT_WAITS).count() == 0
    receipt(desk)
    make_notices()
    assert whom(Kind.TEXT_SETTLED) == ["policy", "signatory"]


def test_what_became_of_our_offer_is_told_and_what_never_left_is_not(desk: Desk) -> None:
    make_notices()
    text = offered(desk)
    prepared(desk, "another", text.instrument)
    they_answer(desk, text, "decline", reason="Too early.")
    make_notices()
    assert whom(Kind.TEXT_SETTLED) == ["policy", "signatory"]
    assert Notice.objects.filter(kind=Kind.TEXT_SETTLED).first().subject == f"text:{text.pk}"  # type: ignore[union-attr]


def test_a_clause_of_theirs_is_told_to_the_team_that_drafts_the_statement(desk: Desk) -> None:
    from accord.dialogue.drafting import begin_statement
    from accord.dialogue.models import Clause
    from accord.dialogue.negotiating import propose_wording

    make_notices()
    desk.again(Role.POLICY, "another")
    statement = begin_statement(desk.officers[Role.POLICY], peer="IN", title={"en": "Statement (specimen)"})
    propose_wording(desk.officers[Role.POLICY], Clause.objects.get(pk=statement.pk))
    desk.peer.send(
        "clause-proposal",
        {
            "schema_version": 1,
            "statement": str(statement.pk),
            "clause": str(statement.pk),
            "act": "comment",
            "comment": "Shorter?",
        },
        now=timezone.now(),
    )
    assert take_in(desk.channel).filed == 1
    make_notices()
    assert whom(Kind.CLAUSE_ARRIVED) == ["policy"]
    notice = Notice.objects.get(kind=Kind.CLAUSE_ARRIVED)
    assert place_of(notice, desk.officers[Role.POLICY]) == f"/desk/dialogue/statements/{statement.pk}/"
