"""What a passer-by sees at the node's address: what it is, where a system begins, and nothing else."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accord.node.middleware import Edge
from accord.node.page_words import LANGUAGES, WORDS

LANGUAGE_CODES = list(LANGUAGES)


class Page(HTMLParser):
    """The tags of a page, and whether each that opens is closed in order."""

    VOID = frozenset({"meta", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", LANGUAGE_CODES)
@pytest.mark.parametrize("path", ["/", "/nothing-here"])
def test_a_page_is_well_formed_says_its_language_and_can_be_used_without_eyes(
    db: None, language: str, path: str
) -> None:
    answer = Client().get(path, {"lang": language})
    page = Page(answer.content.decode())

    assert page.open == []
    assert page.of("html")[0]["lang"] == answer.headers["Content-Language"] == language
    assert len(page.of("main")) == len(page.of("h1")) == len(page.of("title")) == 1
    assert page.of("nav")[0]["aria-label"] == WORDS[language].languages
    assert [link["lang"] for link in page.of("a") if "hreflang" in link] == LANGUAGE_CODES
    assert [link["lang"] for link in page.of("a") if link.get("aria-current")] == [language]


@pytest.mark.parametrize(("asked", "language"), [("fr-CA,fr;q=0.9", "fr"), ("hi-IN", "hi"), ("de", "en"), ("", "en")])
def test_a_page_speaks_the_language_the_reader_prefers(db: None, asked: str, language: str) -> None:
    answer = Client().get("/", headers={"Accept-Language": asked})

    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_front_page_says_whose_node_it_is_and_leads_to_the_api_and_the_health(db: None) -> None:
    answer = Client().get("/")
    links = [str(link["href"]) for link in Page(answer.content.decode()).of("a") if "hreflang" not in link]

    assert answer.status_code == 200
    assert "<h1>Accord node: Canada</h1>" in answer.content.decode()
    assert links == ["/desk/", "/api/v1/docs", "/api/v1/openapi.json", "/healthz"]
    assert [Client().get(link).status_code for link in links[:3]] == [302, 200, 200]


def test_a_page_runs_nothing_loads_nothing_foreign_and_keeps_nothing(db: None) -> None:
    answer = Client().get("/")
    text = answer.content.decode()

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|style=| on[a-z]+=|//", text)
    assert not answer.cookies
    style = Client().get("/static/accord/page.css")
    assert style.status_code == 200
    style.close()


def test_the_front_page_tells_no_version_and_no_setting(db: None) -> None:
    text = Client().get("/").content.decode()

    for secret in (settings.SECRET_KEY, str(settings.ACCORD_HOME), "django", "cheroot", "python"):
        assert secret.lower() not in text.lower()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/static/nothing.css", 404), ("PUT", "/livez", 405)],
)
def test_a_refusal_outside_the_api_is_a_plain_page(db: None, method: str, path: str, status: int) -> None:
    answer = Client().generic(method, path)

    assert answer.status_code == status
    assert f"<h1>{WORDS['en'].refusals[status][0]}</h1>" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_failure_outside_the_api_is_a_plain_page_without_its_cause(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "the " + "informant is Mr X"

    def fail(*_values: object, **_names: object) -> None:
        raise RuntimeError(told)

    monkeypatch.setattr("accord.node.health.JsonResponse", fail)
    answer = Client(raise_request_exception=False).get("/livez")

    assert answer.status_code == 500
    assert f"<h1>{WORDS['en'].refusals[500][0]}</h1>" in answer.content.decode()
    assert told not in answer.content.decode()


def test_an_unknown_host_gets_a_plain_page(db: None) -> None:
    answer = Client().get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert b"evil" not in answer.content


def test_a_forged_form_gets_a_plain_page(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/")

    assert answer.status_code == 403
    assert f"<h1>{WORDS['en'].refusals[403][0]}</h1>" in answer.content.decode()


def test_a_refusal_that_a_view_wrote_for_its_reader_is_left_as_it_is(rf: RequestFactory) -> None:
    told = HttpResponse("<p>Ask the officer on duty.</p>", status=409)

    assert Edge(lambda _request: told)(rf.get("/desk/")) is told
    assert b"<h1>" in Edge(lambda _request: HttpResponse(status=404))(rf.get("/desk/")).content


def test_a_check_that_is_not_well_keeps_its_own_form(db: None, home: object) -> None:
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/json")


def test_every_language_has_every_word() -> None:
    assert list(WORDS) == LANGUAGE_CODES == [code for code, _name in settings.LANGUAGES]
    for words in WORDS.values():
        assert set(words.refusals) == set(WORDS["en"].refusals)
        assert "{party}" in words.title
