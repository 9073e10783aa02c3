"""An officer's seat at a node's desk: pages are read and forms are sent as a browser without scripts does."""

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

import urllib3

from accord.cli.demo.nodes import ANSWER_LIMIT_SECONDS, NodeProcess
from accord.errors import OurFault

__all__ = ["Seat"]

_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_ERROR: Final = 'class="govuk-error-summary'


class Seat:
    """An officer who is signed in at a node's desk.

    Args:
        node: The node, running.
        role: Role of the specimen account.

    Raises:
        OurFault: The desk did not let the officer in.
    """

    def __init__(self, node: NodeProcess, role: str) -> None:
        self._base, self._pool = node.api_url, urllib3.PoolManager(retries=False)
        self._cookies: dict[str, str] = {}
        account = node.accounts[role]
        self.send("/account/login/", {"login": account["username"], "password": account["password"]})

    def read(self, path: str) -> str:
        """Returns a page or a file of text.

        Args:
            path: Its address, below the node's.
        """
        return self._ask("GET", path)

    def send(self, page: str, fields: Mapping[str, str], *, to: str = "") -> None:
        """Sends a form.

        Args:
            page: The page that shows it.
            fields: What was filled in, the button among them.
            to: Where it is sent, if elsewhere.

        Raises:
            OurFault: The page has no form, or the node refused it.
        """
        if self.is_refused(page, fields, to=to):
            raise OurFault(f"{to or page} refused the form.", code="demo.unexpected-answer")

    def is_refused(self, page: str, fields: Mapping[str, str], *, to: str = "") -> bool:
        """Sends a form and returns whether the desk showed it again with an error."""
        token = _TOKEN.search(self.read(page))
        if token is None:
            raise OurFault(f"{page} has no form.", code="demo.unexpected-answer")
        return _ERROR in self._ask("POST", to or page, urlencode({**fields, "csrfmiddlewaretoken": token[1]}))

    def _ask(self, method: str, path: str, form: str | None = None) -> str:
        headers = {
            "Accept-Language": "en",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            **({"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}),
        }
        answer = self._pool.request(
            method, f"{self._base}{path}", headers=headers, body=form, timeout=ANSWER_LIMIT_SECONDS, redirect=False
        )
        for line in answer.headers.getlist("Set-Cookie"):
            self._cookies |= {name: held.value for name, held in SimpleCookie(line).items()}
        if answer.status >= 500 or (method == "GET" and answer.status >= 300):
            raise OurFault(f"{method} {path} answered {answer.status}.", code="demo.unexpected-answer")
        return answer.data.decode()
