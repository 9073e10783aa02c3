"""The words of a page that the desk answered."""

import re
from html import unescape

from django.http import HttpResponse

__all__ = ["plain", "text"]


def text(page: object) -> str:
    """A page as it is sent, with one blank wherever there are several."""
    return " ".join(page.content.decode().split())  # type: ignore[attr-defined] # the test client's answer is one


def plain(answer: HttpResponse) -> str:
    """The words of a page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text(answer))).split())
