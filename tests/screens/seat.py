"""An officer's seat at a desk: pages are read and forms are sent as a browser without scripts does."""

import re
import urllib.request
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from accord.cli.demo.nodes import NodeProcess

__all__ = ["Seat"]

PATIENCE_SECONDS = 60
BOUNDARY = "specimen-file"


class Seat:
    """An officer who is signed in at a node's desk.

    Args:
        node: The node, running.
        role: Role of the specimen officer.
    """

    def __init__(self, node: NodeProcess, role: str) -> None:
        self._base = node.api_url
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        account = node.accounts[role]
        self.send("/account/login/", {"login": account["username"], "password": account["password"]})

    def read(self, path: str) -> str:
        """Returns a page.

        Args:
            path: Its address, below the node's.
        """
        return self._open(urllib.request.Request(f"{self._base}{path}"))[1]

    def send(self, page: str, fields: Mapping[str, str | Sequence[str]], *, to: str = "") -> str:
        """Sends a form and returns the address to which the answer led.

        Args:
            page: The page that shows the form.
            fields: What was filled in, the button among them.
            to: Where it is sent, if elsewhere.

        Raises:
            AssertionError: The page has no form, or the node refused it.
        """
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.read(page))
        assert token is not None, f"{page} has no form"
        body = urlencode({**fields, "csrfmiddlewaretoken": token[1]}, doseq=True).encode()
        asked = urllib.request.Request(f"{self._base}{to or page}", data=body)
        address, answer = self._open(asked)
        assert 'class="govuk-error-summary' not in answer, f"{to or page} refused {dict(fields)}"
        return address.removeprefix(self._base)

    def bring(self, page: str, name: str, content: bytes) -> str:
        """Sends a file in the form of a page, in the field ``file``, and returns the address to which the answer led.

        Args:
            page: The page that shows the form.
            name: The file's name.
            content: What stands in it.
        """
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.read(page))
        assert token is not None, f"{page} has no form"
        head = 'Content-Disposition: form-data; name="'
        parts = (
            f'--{BOUNDARY}\r\n{head}csrfmiddlewaretoken"\r\n\r\n{token[1]}\r\n'
            f'--{BOUNDARY}\r\n{head}file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        )
        body = parts.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        address, answer = self._open(urllib.request.Request(f"{self._base}{page}", data=body, headers=kind))
        assert 'class="govuk-error-summary' not in answer, f"{page} refused {name}"
        return address.removeprefix(self._base)

    def found(self, page: str, pattern: str) -> str:
        """Returns the first group of a pattern on a page, or nothing where it is not there.

        Args:
            page: Address of the page.
            pattern: A regular expression with one group.
        """
        match = re.search(pattern, self.read(page))
        return match[1] if match else ""

    def _open(self, asked: urllib.request.Request) -> tuple[str, str]:
        with self._browser.open(asked, timeout=PATIENCE_SECONDS) as answer:
            return answer.geturl(), answer.read().decode()
