"""Compression of what the desk sends: pages, style sheets and scripts, and nothing of the API.

A page of a case is mostly markup, and goes over the line at an eighth of its size.

Is it safe? BREACH (Gluck, Harris, Prado, 2013) reads a secret of a page from the length of its compressed answers. It
needs a page that repeats words of the attacker beside the secret, and a browser that fetches it, signed in, at the
attacker's wish. The session's cookie is ``SameSite=Strict``, so a request that another site makes comes without a
session and gets the sign-in page; the CSRF token is masked anew in every answer; and Django's middleware, which this
one is, adds a random length to each answer ("Heal the Breach", 2022). What the API sends is read by programs, which
have no such attacker; there, lengths that a client may rely on stay what they are.

Static files do not change while the node runs: each is compressed once, as well as can be, and kept.
"""

import gzip
from functools import lru_cache
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

__all__ = ["Compression"]

STATIC: Final = "/static/"
PAGES: Final = ("/desk/", "/account/")
LEVEL: Final = 9
SMALLEST_BYTES: Final = 400
"""Below this size the answer fits into one packet anyway."""

KINDS: Final = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")


class Compression(GZipMiddleware):
    """Compresses pages of the desk, and static texts from memory."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Returns the answer, compressed where its reader takes that and it is a text of the desk."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if request.path.startswith(PAGES) and kind == "text/html" and not response.streaming:
            return super().process_response(request, response)
        if request.path.startswith(STATIC) and kind in KINDS and response.status_code == 200:
            return _static(request, response)
        return response


def _static(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    patch_vary_headers(response, ("Accept-Encoding",))
    if "gzip" not in request.headers.get("Accept-Encoding", "") or response.has_header("Content-Encoding"):
        return response
    if request.method != "GET" or not response.streaming:
        return response
    whole = b"".join(response)
    packed = _packed(whole) if len(whole) >= SMALLEST_BYTES else whole
    response.streaming_content = [packed]  # type: ignore[attr-defined]
    response.headers["Content-Length"] = str(len(packed))
    if packed is not whole:
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _packed(whole: bytes) -> bytes:
    # Without a time in its head, so that the same file is the same bytes after every start.
    return gzip.compress(whole, compresslevel=LEVEL, mtime=0)
