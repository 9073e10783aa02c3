"""Every limit of the API, named, with its unit, its reason and a precedent."""

from typing import Final

__all__ = [
    "BODY_BYTES_MAX",
    "IDEMPOTENCY_KEY_CHARACTERS_MAX",
    "IDEMPOTENCY_KEY_LIFE_HOURS",
    "JSON_DEPTH_MAX",
    "PAGE_DEFAULT",
    "PAGE_MAX",
    "REQUESTS_BURST",
    "REQUESTS_PER_SECOND",
    "SIGN_IN_FAILURES_BURST",
    "SIGN_IN_FAILURES_PER_SECOND",
    "TRACKED_CALLERS_MAX",
    "UPLOADS_OPEN_MAX",
    "UPLOAD_BYTES_OPEN_MAX",
    "UPLOAD_LIFE_HOURS",
    "UPLOAD_PART_BYTES",
    "WRITES_BURST",
    "WRITES_PER_SECOND",
]

BODY_BYTES_MAX: Final = 1024 * 1024
"""Largest JSON body, bytes: twice the longest encoded message (GitHub's API refuses above 1 MB too)."""

JSON_DEPTH_MAX: Final = 32
"""Deepest nesting of a JSON body: the deepest message has 6 levels (Rails and Nokogiri stop at 100)."""

PAGE_DEFAULT: Final = 25
"""Rows of a page where the caller names no number: what fits a screen (GitHub's default is 30)."""

PAGE_MAX: Final = 100
"""Most rows of a page: one page stays under a megabyte (GitHub, Stripe: 100)."""

IDEMPOTENCY_KEY_CHARACTERS_MAX: Final = 128
"""Longest idempotency key, characters: a UUID has 36 (Stripe: 255)."""

IDEMPOTENCY_KEY_LIFE_HOURS: Final = 24
"""How long an answer is kept for a repeated request, hours (Stripe: 24)."""

REQUESTS_PER_SECOND: Final = 50
"""Requests a credential may make in the long run, a second: half of what one node serves on two cores."""

REQUESTS_BURST: Final = 200
"""Requests a credential may make at once after a rest: one screen of a case system opens some ten."""

WRITES_PER_SECOND: Final = 20
"""Changes a credential may make in the long run, a second: a bulk import of a case system still takes minutes."""

WRITES_BURST: Final = 100
"""Changes a credential may make at once after a rest."""

SIGN_IN_FAILURES_PER_SECOND: Final = 0.2
"""Refused sign-ins an address may make in the long run, a second: 12 a minute tire a guesser, not a typist."""

SIGN_IN_FAILURES_BURST: Final = 20
"""Refused sign-ins an address may make at once: a misconfigured system is told, not locked out at the first try."""

TRACKED_CALLERS_MAX: Final = 10_000
"""Callers whose rate is remembered: some 2 MB; the oldest is forgotten first."""

UPLOAD_PART_BYTES: Final = 1024 * 1024
"""Bytes of every part of an upload but the last: a poor line carries it in some ten seconds."""

UPLOAD_LIFE_HOURS: Final = 24
"""How long an upload may take, hours: a night without a line is survived (tus servers: 24)."""

UPLOADS_OPEN_MAX: Final = 20
"""Uploads an officer may have open: as many as one message may have attachments."""

UPLOAD_BYTES_OPEN_MAX: Final = 200 * 1024 * 1024
"""Declared bytes of an officer's open uploads: four of the largest files."""
