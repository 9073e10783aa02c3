"""What happens to texts that both sides sign: what waits for a signature, and what became of one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from accord.dialogue.models import ClauseAct, StatementMember
from accord.instruments.models import Text
from accord.officers.models import Officer
from accord.officers.permissions import Permission

from .happenings import Happening, Source
from .kinds import Kind

__all__ = ["OF_TEXTS", "waiting_texts"]

_WAITS: Final = (Text.State.PREPARED, Text.State.OFFERED)
_SETTLED: Final = (Text.State.AGREED, Text.State.DECLINED, Text.State.REFUSED, Text.State.WITHDRAWN)


def _signs_what(prepared_by: int | None) -> Callable[[Officer], bool]:
    # Who prepared a text never signs it.
    return lambda officer: officer.may(Permission.AGREEMENT_SIGN) and officer.pk != prepared_by


def _drafts_or_signs(officer: Officer) -> bool:
    return officer.may(Permission.AGREEMENT_DRAFT) or officer.may(Permission.AGREEMENT_SIGN)


def texts(since: datetime, now: datetime) -> Iterator[Happening]:
    """Texts of ours that were prepared, texts of theirs that were offered, and what became of either."""
    del now
    rows = Text.objects.defer("packed")
    for text in rows.filter(is_ours=True, state=Text.State.PREPARED, prepared_at__gte=since):
        yield _of(text, Kind.TEXT_WAITS, text.prepared_at, _signs_what(text.prepared_by_id))
    for text in rows.filter(is_ours=False, state=Text.State.OFFERED, offered_at__gte=since):
        if text.offered_at is not None:
            yield _of(text, Kind.TEXT_WAITS, text.offered_at, _drafts_or_signs)
    for text in rows.filter(state__in=_SETTLED, settled_at__gte=since).exclude(offered_at=None):
        if text.settled_at is not None:
            yield _of(text, Kind.TEXT_SETTLED, text.settled_at, _drafts_or_signs)


def clauses(since: datetime, now: datetime) -> Iterator[Happening]:
    """What the other side wrote about a clause: the team that drafts the statement is told, or everybody who may."""
    del now
    for act in ClauseAct.objects.filter(is_ours=False, at__gte=since).select_related("clause"):
        statement = act.clause.statement_id
        team = set(StatementMember.objects.filter(statement=statement).values_list("officer_id", flat=True))
        yield Happening(
            kind=Kind.CLAUSE_ARRIVED,
            key=f"clause-{act.pk}",
            at=act.at,
            whom=_of_team(team),
            subject=f"statement:{statement}",
        )


def _of_team(team: set[int]) -> Callable[[Officer], bool]:
    return lambda officer: officer.pk in team if team else officer.may(Permission.AGREEMENT_DRAFT)


def _of(text: Text, kind: Kind, at: datetime, whom: Callable[[Officer], bool]) -> Happening:
    return Happening(kind=kind, key=f"text-{text.pk}-{text.state}", at=at, whom=whom, subject=f"text:{text.pk}")


def waiting_texts(keys: list[str]) -> set[str]:
    """Returns which of these texts still wait for a signature of our side."""
    found = Text.objects.filter(pk__in=keys, state__in=_WAITS).exclude(is_ours=True, state=Text.State.OFFERED)
    return {str(key) for key in found.values_list("pk", flat=True)}


OF_TEXTS: Final[dict[str, Source]] = {"texts": texts, "clauses": clauses}
"""Sources of this module, by the name under which is kept how far each was read."""
