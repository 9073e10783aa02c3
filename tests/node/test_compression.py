"""What goes over the line compressed, and what does not."""

import gzip

import pytest
from django.conf import settings
from django.test import Client

from tests.desk import Desk, desk, received_request
from tests.desk_pages.conftest import SignIn, sign_in, without_second_factor

__all__ = ["desk", "sign_in", "without_second_factor"]

GZIP = {"accept-encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_who_takes_that_and_says_the_same(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    plain = client.get("/desk/help/")
    packed = client.get("/desk/help/", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert not plain.has_header("Content-Encoding")
    assert gzip.decompress(packed.content).count(b"<h2") == plain.content.count(b"<h2")
    assert len(packed.content) < len(plain.content) / 2


def test_the_length_of_a_compressed_page_tells_nothing_exact(desk: Desk, sign_in: SignIn) -> None:
    client = sign_in(desk.duty)
    lengths = {len(client.get("/desk/help/", headers=GZIP).content) for _request in range(12)}
    assert len(lengths) > 3


def test_the_session_comes_with_no_request_of_another_site(desk: Desk, sign_in: SignIn) -> None:
    # What makes compressed pages safe: without it another site could have them fetched in an officer's name.
    client = sign_in(desk.duty)
    client.get("/desk/")
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Strict", "Strict")


def test_the_api_is_never_compressed(desk: Desk) -> None:
    received_request(desk)
    answer = Client().get("/api/v1/openapi.json", headers=GZIP)
    assert len(answer.content) > 1_000
    assert not answer.has_header("Content-Encoding")


@pytest.mark.parametrize("path", ["/static/desk/theme.css", "/static/desk/desk.js"])
def test_a_static_text_is_compressed_and_is_the_same_text(desk: Desk, path: str) -> None:
    client = Client()
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    whole = b"".join(packed.streaming_content)  # type: ignore[attr-defined]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(whole)
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert gzip.decompress(whole) == b"".join(plain.streaming_content)  # type: ignore[attr-defined]


def test_a_font_is_left_as_it_is(desk: Desk) -> None:
    answer = Client().get("/static/vendor/noto-sans-latin-wght-normal.woff2", headers=GZIP)
    assert b"".join(answer.streaming_content).startswith(b"wOF2")  # type: ignore[attr-defined]
    assert not answer.has_header("Content-Encoding")


def test_the_part_of_a_file_that_was_asked_for_is_left_as_it_is(desk: Desk) -> None:
    answer = Client().get("/static/desk/theme.css", headers={**GZIP, "range": "bytes=0-9"})
    assert answer.status_code == 206
    assert len(b"".join(answer.streaming_content)) == 10  # type: ignore[attr-defined]
    assert not answer.has_header("Content-Encoding")
