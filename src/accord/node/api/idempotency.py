"""Idempotency keys: a request that is repeated is answered again and done once.

The key, the act and the kept answer stand in one transaction, so there is no moment in which the act is done and
the answer is not kept. Only an act that was done (2xx) is kept: a refused one changed nothing and may be repeated.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.node.api.limits import IDEMPOTENCY_KEY_CHARACTERS_MAX, IDEMPOTENCY_KEY_LIFE_HOURS
from accord.node.api.models import KeptAnswer
from accord.node.api.problems import Malformed
from accord.officers.models import Officer

__all__ = ["KeyMissing", "KeyReused", "forget_old_answers", "once"]

HEADER: Final = "Idempotency-Key"
_KEY = re.compile(rf"[\x21-\x7e]{{1,{IDEMPOTENCY_KEY_CHARACTERS_MAX}}}")


class KeyMissing(Malformed):
    """A POST came without an idempotency key."""

    code = "api.idempotency-key-missing"
    default_next_step = "Send an Idempotency-Key header with a new UUID; repeat the same one when you repeat."


class KeyReused(OfficerCanMend):
    """The key was used for another request."""

    code = "api.idempotency-key-reused"
    default_next_step = "Send a new Idempotency-Key for a new request."
    http_status = 422


def once(request: HttpRequest, officer: Officer, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Runs the act, or answers again what it answered.

    Args:
        request: The request with its key.
        officer: Who asks; keys of two officers never meet.
        act: Runs the operation and returns its answer, problem or not.

    Returns:
        The answer; one that was kept has the header ``Idempotency-Replayed: true``.

    Raises:
        KeyMissing: There is no key, or it is not 1 to 128 visible ASCII characters.
        KeyReused: The key came with another method, path or body, or from an account with other permissions.
    """
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise KeyMissing("The request needs an Idempotency-Key of 1 to 128 visible ASCII characters.")
    digest = _digest(request, officer)
    with transaction.atomic():
        now = timezone.now()
        forget_old_answers(now=now)
        kept = _claim(officer, key, digest=digest)
        if kept.status is not None:
            return _again(kept, digest)
        response = act()
        if not HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
            kept.delete()
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
            return response
        kept.status = response.status_code
        kept.media_type = response.headers.get("Content-Type", "")
        kept.body = response.content
        kept.save(update_fields=["status", "media_type", "body"])
    return response


def forget_old_answers(*, now: datetime | None = None) -> None:
    """Deletes the kept answers whose life is over; they may hold words that are erased elsewhere."""
    oldest = (now or timezone.now()) - timedelta(hours=IDEMPOTENCY_KEY_LIFE_HOURS)
    old = KeptAnswer.objects.filter(created_at__lt=oldest)
    if old.exists():
        old.delete()


def _digest(request: HttpRequest, officer: Officer) -> bytes:
    digest = hashlib.sha256()
    # A kept answer shows what the first account may read: an officer's narrower token is not shown it again.
    scope = " ".join(sorted(officer.permissions())).encode()
    for part in (str(request.method).encode(), request.get_full_path().encode(), scope, request.body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _claim(officer: Officer, key: str, *, digest: bytes) -> KeptAnswer:
    try:
        # The savepoint keeps the transaction usable where another request holds the key.
        with transaction.atomic():
            return KeptAnswer.objects.create(officer=officer, key=key, request_digest=digest, created_at=timezone.now())
    except IntegrityError:
        return KeptAnswer.objects.get(officer=officer, key=key)


def _again(kept: KeptAnswer, digest: bytes) -> HttpResponse:
    if bytes(kept.request_digest) != digest:
        raise KeyReused("The idempotency key was used for another request.")
    response = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.media_type)
    response.headers["Idempotency-Replayed"] = "true"
    return response
