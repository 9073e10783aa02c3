"""What an officer has not seen: cases that came or changed since they last looked at them."""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from django.utils import timezone

from accord.exchange.models import Case
from accord.node.desk.models import Look
from accord.officers.models import Officer

__all__ = ["News", "note_look", "unseen"]

News = Literal["new", "changed"]


def note_look(officer: Officer, case: Case) -> None:
    """Notes that an officer looks at a case now."""
    Look.objects.update_or_create(officer=officer, case=case, defaults={"at": timezone.now()})


def unseen(officer: Officer, cases: Iterable[Case]) -> dict[UUID, News]:
    """Returns which cases are news to an officer: never looked at, or changed since; in one statement."""
    shown = list(cases)
    looked = dict(Look.objects.filter(officer=officer, case__in=shown).values_list("case", "at"))
    news: dict[UUID, News] = {}
    for case in shown:
        at = looked.get(case.pk)
        if at is None:
            # What went by before the account was made is no news to it.
            if case.changed_at > officer.date_joined:
                news[case.pk] = "new"
        elif case.changed_at > at:
            news[case.pk] = "changed"
    return news
