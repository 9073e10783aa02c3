"""Help in context on each page, and what the codes mean."""

import re

import pytest
from django.urls import reverse

from accord.node.desk.help_words import HELP
from accord.node.desk.urls import urlpatterns
from accord.officers.permissions import Role
from accord.vocabulary.handling import Handling
from accord.vocabulary.refusal import RefusalGround
from tests.desk import Desk, submitted_request
from tests.desk_pages.conftest import SignIn
from tests.screens.gallery import SIGHTS

OPENED_BY = {"administration": Role.ADMINISTRATOR, "review": Role.REVIEWER, "approvals": Role.RELEASING}
PLAIN = ("queue", "cases", "new-case", "approvals", "check", "channel", "law", "law-try", "review", "me")


def test_help_names_no_page_that_is_gone() -> None:
    assert set(HELP) <= {pattern.name for pattern in urlpatterns}


def test_every_page_of_the_agreement_that_can_be_looked_at_has_help_of_its_own() -> None:
    of_agreement = re.compile("/desk/(agreement|liaison|dialogue|indicators|texts|plan|roster|drugs)/")
    pages = {sight.name for sight in SIGHTS if of_agreement.match(sight.address)}
    assert len(pages) > 40
    assert pages - set(HELP) == set()


def test_what_an_act_refused_has_the_help_of_its_page(desk: Desk, sign_in: SignIn) -> None:
    posted = {"act": "publish", "peer": "IN"}
    page = sign_in(desk.officers[Role.POLICY]).post(reverse("desk:directory-act"), posted)
    assert str(HELP["directory"].what) in page.content.decode()


@pytest.mark.parametrize("name", [*PLAIN, "administration"])
def test_each_page_answers_four_questions_about_itself(desk: Desk, sign_in: SignIn, name: str) -> None:
    client = sign_in(desk.officers[OPENED_BY.get(name, Role.LIAISON)])
    page = client.get(reverse(f"desk:{name}")).content.decode()
    assert page.count('id="help-here"') == 1
    for question in ("What is this?", "What can I do?", "What happens next?", "Who can help?"):
        assert question in page
    assert str(HELP[name].what) in page


@pytest.mark.parametrize("name", ["approval", "holds", "proof"])
def test_the_pages_of_a_message_have_their_own_help(desk: Desk, sign_in: SignIn, name: str) -> None:
    message = submitted_request(desk)
    page = sign_in(desk.releasing).get(reverse(f"desk:{name}", args=[message.pk])).content.decode()
    assert str(HELP[name].what) in page


def test_the_help_page_explains_every_code_of_the_closed_lists(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.liaison).get(reverse("desk:help"))
    assert {code for code, _words in page.context["handling"]} == {code.value for code in Handling}
    assert {code for code, _words in page.context["grounds"]} == {code.value for code in RefusalGround}
    assert all(str(words) for _code, words in page.context["grounds"])
    assert "8 h" in page.content.decode()


def test_sign_in_shows_no_help_of_pages_behind_it(client: object, db: None) -> None:
    assert b"help-here" not in client.get("/account/login/").content  # type: ignore[attr-defined]
