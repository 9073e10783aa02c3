"""The form asks what the own law reads and nothing else, and calls nothing optional that the gate then demands."""

import re

import pytest
from django.urls import reverse

from accord.exchange.models import Message
from accord.exchange.services import begin_case
from accord.node.desk.draft_form import sections_of
from accord.node.desk.gate_card import own_fields_read
from accord.release.gate import gate_in_use
from tests.desk import Desk
from tests.desk_pages.conftest import SignIn


@pytest.fixture
def message(desk: Desk) -> Message:
    return begin_case(desk.liaison, peer="IN", theme="precursors", title="SPECIMEN", fields={"language": "en"})


def label_of(page: str, path: str) -> str:
    found = re.search(rf'<label class="govuk-label" for="field-{path}">(.*?)</label>', page, re.DOTALL)
    assert found is not None, path
    return " ".join(re.sub("<[^>]+>", " ", found[1]).split())


def test_a_field_that_only_another_states_law_reads_is_not_asked(desk: Desk, sign_in: SignIn, message: Message) -> None:
    texts = " ".join(text for pack in gate_in_use().packs for text in pack.texts.values())
    assert "context.dpdp_head" not in texts
    assert "dpdp_head" not in own_fields_read()
    page = sign_in(desk.liaison).get(reverse("desk:draft", args=[message.pk])).content.decode()
    assert "own.dpdp_head" not in page
    assert "own.is_notified_instrumentality" not in page
    assert "own.authorising_law" in page


def test_what_was_once_stated_stays_in_the_form_though_no_rule_reads_it(message: Message) -> None:
    sections = sections_of(message, message.fields, {"dpdp_head": "7(b)"}, own_read=own_fields_read())
    own = next(section for section in sections if section.is_own)
    assert "own.dpdp_head" in {field.path for field in (*own.fields, *own.further)}


def test_what_the_gate_demands_is_not_called_optional(desk: Desk, sign_in: SignIn, message: Message) -> None:
    page = sign_in(desk.liaison).get(reverse("desk:draft", args=[message.pk])).content.decode()
    assert label_of(page, "own-authorising_law").endswith("needed as it stands")
    own = page[page.index("a-card--own") : page.index('id="files"')]
    assert "if any" not in own
    assert "if the law gate asks" in own


def test_the_name_of_a_substance_is_needed_where_there_is_one(desk: Desk, message: Message) -> None:
    sections = sections_of(message, {"substances": [{}]}, {"substances": [{}]})
    fields = [one for section in sections for field in (*section.fields, *section.further) for one in field.flat()]
    named = {one.path: one.is_needed for one in fields if one.path.endswith("substances.0.name")}
    assert named == {"substances.0.name": True, "own.substances.0.name": True}
