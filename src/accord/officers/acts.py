"""The list of acts: each service notes what an officer did, in the transaction of the act itself."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from accord.courier.statements import insert_one
from accord.officers.models import Act, Officer

__all__ = ["note"]

_Detail = dict[str, str | int | bool | None]


def note(
    officer: Officer | None,
    verb: str,
    subject: models.Model,
    *,
    at: datetime | None = None,
    detail: _Detail | None = None,
) -> Act:
    """Notes one act.

    Args:
        officer: Who acted; ``None`` where the node acted by itself.
        verb: The act in the words of the interface, for example ``approve``.
        subject: The object acted on.
        at: When; now where it is omitted.
        detail: Codes, versions and digests; never content.

    Returns:
        The stored act.
    """
    act = Act(
        at=at or timezone.now(),
        officer=officer,
        verb=verb,
        object_type=type(subject).__name__.lower(),
        object_id=str(subject.pk),
        detail=detail or {},
    )
    # Every act of an officer leaves one of these: its statement is composed once.
    act.pk = insert_one(act)
    return act
