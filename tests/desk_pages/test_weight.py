"""The first visit to the page on which officers write: all that it loads, compressed and without fonts."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from assets import build
from django.test import Client
from django.urls import reverse

from accord.exchange.services import begin_case
from tests.desk import Desk, own_side, request_fields
from tests.desk_pages.conftest import SignIn

DESK: Final = Path(__file__).resolve().parents[2] / "src" / "accord" / "node"
LINKS: Final = re.compile(r'(?:<link rel="stylesheet" href|<script src|<link rel="icon" href)="([^"]+)"')

FIRST_VISIT_BYTES_MAX: Final = 60 * 1024
"""What a page may cost on a first visit over a poor line."""


def sent(client: Client, address: str) -> int:
    answer: Any = client.get(address, headers={"accept-encoding": "gzip"})  # Any: Django's test response
    assert answer.status_code == 200, address
    return len(b"".join(answer.streaming_content)) if answer.streaming else len(answer.content)


@pytest.mark.parametrize("language", ["en", "fr", "hi"])
def test_a_first_visit_to_a_draft_stays_under_60_kb(desk: Desk, sign_in: SignIn, language: str, settings: Any) -> None:
    settings.ACCORD_SPECIMEN = True
    message = begin_case(
        desk.liaison, peer="IN", theme="precursors", title="SPECIMEN drum", fields=request_fields(), own=own_side()
    )
    client = sign_in(desk.liaison)
    client.cookies["accord-language-ca"] = language
    address = reverse("desk:draft", args=[message.pk])
    text = client.get(address).content.decode()
    loaded = {link: sent(client, link) for link in dict.fromkeys(LINKS.findall(text))}
    whole = sent(client, address) + sum(loaded.values())
    assert whole < FIRST_VISIT_BYTES_MAX, {"page": sent(client, address), **loaded}


def test_no_page_uses_a_component_that_the_style_sheet_leaves_out() -> None:
    used = {
        found
        for file in DESK.rglob("*")
        if file.suffix in {".html", ".py", ".js"} and "vendor" not in file.parts
        for found in re.findall(r"govuk-[a-z0-9-]+", file.read_text("utf-8"))
    }
    assert len(used) > 20
    assert not [name for name in used if build._UNUSED.search(f".{name}")]


def test_rules_of_unused_components_alone_are_left_out() -> None:
    sheet = (
        '@charset "UTF-8";.govuk-button,.govuk-panel{a:b}.govuk-panel__title{c:d}.govuk-table__header:not(.x,.y){e:f}'
        "@media print{.govuk-panel{g:h}}@media print{.govuk-panel{g:h}.govuk-link{i:j}}"
    )
    assert "".join(build._used(sheet)) == (
        '@charset "UTF-8";.govuk-button{a:b}.govuk-table__header:not(.x,.y){e:f}@media print{.govuk-link{i:j}}'
    )
