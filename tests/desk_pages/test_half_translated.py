"""Nothing is half translated: a page in Hindi says nothing in English outside content that is marked.

What may stay in Latin letters: what officers wrote and what is quoted, which is marked (``lang``, ``dir="auto"``);
codes; names of Acts, as the rules cite them; and one or two words at a time, which are names and terms.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from msgspec.inspect import ListType, Metadata, StructType, Type, UnionType, VarTupleType, type_info

from accord.courier.alarms import raise_alarm
from accord.exchange.models import Case, EmergencyReview, HoldAnswer
from accord.exchange.services import take, write_note
from accord.law.facts import Facts
from accord.law.loading import installed_packs
from accord.node.api import labels
from accord.node.desk.code_words import CODES
from accord.node.desk.fact_words import FACTS
from accord.node.desk.field_words import LABELS
from accord.node.desk.law_words import BASES
from accord.node.desk.record_words import DETAILS, INTAKE, OBJECTS, VALUES, VERBS
from accord.node.desk.views.review import TITLES
from accord.officers.models import Officer
from accord.officers.preferences import choose_language
from accord.release.gate import deciders, gate_in_use
from accord.release.models import DecisionRecord
from accord.vocabulary.refusal import DELAY_REASON_LABELS
from accord.vocabulary.urgency import URGENCY_GROUND_LABELS
from tests.desk import Desk, held_request, received_request, released_request, submitted_request
from tests.desk_pages.conftest import SignIn

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
NO_WORDS = {"code", "kbd", "script", "style", "svg", "textarea"}
SPOKEN = ("aria-label", "title", "alt", "placeholder")

# Three Latin words in a row are a sentence or a heading; one or two are names and codes.
RUN = re.compile(r"[A-Za-z][A-Za-z'\u2019-]+(?:[ ,;:]+[A-Za-z][A-Za-z'\u2019-]+){2,}")

PAGES = ("queue", "cases", "new-case", "approvals", "check", "channel", "law", "help", "me", "notices")


class Said(HTMLParser):
    """Gathers what a page says to an officer: its texts and labels outside marked content."""

    def __init__(self, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        is_content = known.get("dir") == "auto" or known.get("lang", self.language) != self.language
        is_marked = tag in NO_WORDS or is_content or self._is_marked()
        if not is_marked:
            self.texts += [text for name in SPOKEN if (text := known.get(name))]
        if tag not in VOID:
            self.open.append((tag, is_marked))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._is_marked():
            self.texts.append(" ".join(data.split()))

    def _is_marked(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def english(page: bytes) -> list[str]:
    """Returns what a page says in English outside marked content: runs of three words, and codes."""
    reader = Said("hi")
    reader.feed(page.decode())
    cited = " ".join(citation for pack in installed_packs() for rule in pack.rules for citation in rule.citations)
    # A page's title and a label hold the title of a case and cannot mark it.
    known = " ".join([cited, *Case.objects.values_list("title", flat=True)])
    runs = [run for text in reader.texts for run in RUN.findall(text) if run not in known and not run.isupper()]
    return runs + [piece for text in reader.texts for piece in PIECES.split(text) if piece.lower() in RAW]


PIECES = re.compile(r"\s*(?:[:;,·|→]|\s-\s)\s*")
RAW = {
    word
    for code in (
        *(code for table in CODES.values() for code in table),
        *(code for table in (VERBS, OBJECTS, DETAILS, VALUES, INTAKE) for code in table),
        *(str(code) for table in vars(labels).values() if isinstance(table, dict) for code in table),
        *(str(code) for table in (DELAY_REASON_LABELS, URGENCY_GROUND_LABELS) for code in table),
    )
    for word in (code, code.replace("-", " "), code.replace("_", " "))
    if re.fullmatch(r"[a-z][a-z _-]+", word)
} - {"interpol", *(str(role) for role in labels.ROLES)}
"""Codes as programs write them: none is a word of a page in Hindi, but for accounts named as their roles."""


@pytest.fixture(autouse=True)
def three_languages(settings: pytest.FixtureRequest) -> None:
    settings.ACCORD_DESK_LANGUAGES = django_settings.LANGUAGES  # type: ignore[attr-defined]


def _reader(officer: Officer, sign_in: SignIn) -> Client:
    choose_language(officer, "hi")
    return sign_in(officer)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_hindi_says_nothing_in_english(desk: Desk, sign_in: SignIn, name: str) -> None:
    submitted_request(desk)
    received_request(desk)
    page = _reader(desk.liaison, sign_in).get(reverse(f"desk:{name}"))
    assert page.status_code == 200
    assert english(page.content) == []


def test_a_case_in_hindi_marks_what_is_content_and_says_the_rest_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    case = received_request(desk).case
    page = _reader(desk.liaison, sign_in).get(reverse("desk:case", args=[case.own_ref]))
    assert page.status_code == 200
    assert english(page.content) == []


def test_a_draft_and_what_the_gate_says_of_it_are_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    page = _reader(desk.liaison, sign_in).get(reverse("desk:draft", args=[message.pk]))
    assert page.status_code == 200
    assert english(page.content) == []


def test_an_approval_is_asked_for_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    message = submitted_request(desk)
    page = _reader(desk.releasing, sign_in).get(reverse("desk:approval", args=[message.pk]))
    assert page.status_code == 200
    assert english(page.content) == []


@pytest.mark.parametrize("name", sorted(TITLES))
def test_a_list_of_the_reviewer_is_in_hindi_empty_and_full(desk: Desk, sign_in: SignIn, name: str) -> None:
    client, target = _reader(desk.reviewer, sign_in), reverse("desk:review-list", args=[name])
    assert english(client.get(target).content) == []
    message = released_request(desk)
    EmergencyReview.objects.create(message=message, due_at=timezone.now() + timedelta(hours=24))
    case = received_request(desk).case
    take(desk.liaison, case)
    write_note(desk.liaison, case, "A note.")
    raise_alarm(None, "exchange.not-released", "A scheduled message could not leave: law.hold.")
    if name == "holds":
        HoldAnswer.objects.create(
            message=message, policy="CA-15.mixed", decided_by=desk.duty, decided_at=timezone.now(), reason="As agreed."
        )
    page = client.get(target)
    assert page.status_code == 200
    assert page.context.get("rows") or page.context.get("emergencies") or name == "stopped"
    assert english(page.content) == []


def test_a_review_and_its_decision_are_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    released_request(desk)
    client = _reader(desk.reviewer, sign_in)
    record = DecisionRecord.objects.latest("pk")
    for address in (reverse("desk:review"), reverse("desk:review-decision", args=[record.pk])):
        page = client.get(address)
        assert page.status_code == 200
        assert english(page.content) == []


@pytest.mark.parametrize("base", [code for code, _words in BASES])
def test_facts_are_tried_in_hindi(desk: Desk, sign_in: SignIn, base: str) -> None:
    page = _reader(desk.liaison, sign_in).get(reverse("desk:law-try"), {"base": base})
    assert page.status_code == 200
    assert english(page.content) == []


def test_each_rule_is_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    client = _reader(desk.liaison, sign_in)
    for rule in gate_in_use().rules:
        page = client.get(reverse("desk:rule", args=[rule.id]))
        assert page.status_code == 200
        assert (rule.id, english(page.content)) == (rule.id, [])


@pytest.mark.parametrize("name", ["files", "discard"])
def test_what_belongs_to_a_draft_is_in_hindi(desk: Desk, sign_in: SignIn, name: str) -> None:
    message = submitted_request(desk)
    page = _reader(desk.liaison, sign_in).get(reverse(f"desk:{name}", args=[message.pk]), follow=True)
    assert page.status_code == 200
    assert english(page.content) == []


def test_a_hold_is_answered_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    message = held_request(desk)
    for officer in (desk.liaison, *(desk.head(office, f"head{place}") for place, office in enumerate(deciders()))):
        page = _reader(officer, sign_in).get(reverse("desk:holds", args=[message.pk]))
        assert english(page.content) == []


def test_what_is_proven_of_a_message_is_said_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    message = released_request(desk)
    page = _reader(desk.liaison, sign_in).get(reverse("desk:proof", args=[message.pk]))
    assert page.status_code == 200
    assert english(page.content) == []


def test_an_account_and_the_choices_of_notices_are_in_hindi(desk: Desk, sign_in: SignIn) -> None:
    page = _reader(desk.administrator, sign_in).get(reverse("desk:account", args=[desk.liaison.username]))
    assert page.status_code == 200
    assert english(page.content) == []
    page = _reader(desk.liaison, sign_in).get(reverse("desk:notices-choices"))
    assert page.status_code == 200
    assert english(page.content) == []


def test_every_fact_that_the_gate_is_told_has_a_name_at_the_desk() -> None:
    assert sorted(_names_in(type_info(Facts)) - set(LABELS) - set(FACTS)) == []


def _names_in(told: Type) -> set[str]:
    """Names of the members of a type, and of those in its groups."""
    if isinstance(told, StructType):
        return {field.encode_name for field in told.fields}.union(*(_names_in(field.type) for field in told.fields))
    if isinstance(told, Metadata):
        return _names_in(told.type)
    if isinstance(told, UnionType):
        return set[str]().union(*map(_names_in, told.types))
    return _names_in(told.item_type) if isinstance(told, VarTupleType | ListType) else set()


@pytest.mark.parametrize("reply", ["answer", "refuse", "delay", "clarify", "cannot-confirm"])
def test_a_reply_is_begun_in_hindi(desk: Desk, sign_in: SignIn, reply: str) -> None:
    message = received_request(desk)
    page = _reader(desk.liaison, sign_in).get(reverse("desk:reply", args=[message.pk, reply]))
    assert page.status_code == 200
    assert english(page.content) == []


@pytest.mark.parametrize("name", ["administration", "new-account", "waiting", "parties", "keys"])
def test_administration_is_in_hindi(desk: Desk, sign_in: SignIn, name: str) -> None:
    page = _reader(desk.administrator, sign_in).get(reverse(f"desk:{name}"))
    assert page.status_code == 200
    assert english(page.content) == []


@pytest.mark.parametrize("name", ["account_login", "account_change_password", "mfa_index", "usersessions_list"])
def test_sign_in_and_what_belongs_to_it_are_in_hindi(desk: Desk, sign_in: SignIn, name: str) -> None:
    client = Client() if name == "account_login" else _reader(desk.liaison, sign_in)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "hi"
    page = client.get(reverse(name), follow=True)
    assert page.status_code == 200
    assert english(page.content) == []


def test_a_refused_sign_in_says_why_in_hindi(desk: Desk) -> None:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "hi"
    page = client.post(reverse("account_login"), {"login": "nobody", "password": "wrong words here"})
    assert page.status_code == 200
    assert english(page.content) == []
    assert "सही नहीं है" in page.content.decode()
