"""A form that is sent twice is done once: a double click, a reload, or the browser's way back and forward.

Each form bears a key of its own. It is stored in the transaction of the act, so that of two that come at the same time
one waits for the other and finds the key there; and an act that is refused leaves no key, so that it can be mended.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from accord.node.desk.models import SentForm
from accord.officers.models import Officer

__all__ = ["NAME", "do_once", "forget_form", "new_form"]

NAME: Final = "form"
"""Name of the hidden field."""

KEPT: Final = timedelta(days=7)
"""So long a key is kept: a page that stood open over a long weekend still does its act once."""


def new_form() -> str:
    """Returns the key of a form that is shown now."""
    return str(uuid4())


def do_once(officer: Officer, posted: QueryDict, act: Callable[[], object]) -> bool:
    """Does an act unless its form was sent before.

    Args:
        officer: Who acts.
        posted: The form; one without a key is done whenever it comes.
        act: The act, which raises where it is refused.

    Returns:
        Whether it was done now.
    """
    key = _key(posted)
    if key is None:
        act()
        return True
    now = timezone.now()
    with transaction.atomic():
        SentForm.objects.filter(at__lt=now - KEPT).delete()
        _row, is_new = SentForm.objects.get_or_create(key=key, defaults={"officer": officer, "at": now})
        if is_new:
            act()
        return is_new


def forget_form(posted: QueryDict) -> None:
    """Forgets the key of a form whose act was refused after its transaction: it can be mended and sent again."""
    key = _key(posted)
    if key is not None:
        SentForm.objects.filter(key=key).delete()


def _key(posted: QueryDict) -> UUID | None:
    try:
        return UUID(posted.get(NAME, ""))
    except ValueError:
        return None
