"""What an officer has not seen: cases that came or changed since they last looked at them."""

from collections.abc import Iterable
from typing import Final, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accord.exchange.models import Case, Message
from accord.node.desk.models import Look
from accord.officers.models import Officer

__all__ = ["News", "note_look", "unread_answers", "unseen"]

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


UNREAD_MAX: Final = 20
"""Cases with an unread answer that stand on top of the list; any more stand at their usual place."""


def unread_answers(officer: Officer) -> list[Case]:
    """Returns the officer's own requests to which something came that they have not looked at, the newest first."""
    last_look = Look.objects.filter(officer=officer, case=OuterRef("case"), at__gte=OuterRef("created_at"))
    came = Message.objects.filter(
        ~Exists(last_look), case=OuterRef("pk"), direction=Message.Direction.IN, in_reply_to__isnull=False
    )
    waiting = Case.objects.filter(
        Exists(came), holder=officer, is_ours=True, state=Case.State.OPEN, waiting_on=Case.Waiting.US
    )
    return list(waiting.order_by("-changed_at", "-pk")[:UNREAD_MAX])
