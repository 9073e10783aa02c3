"""What of the drugs workstream waits for an officer who must be told: changes of the register of substances."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from accord.node.notices.happenings import Happening, Source
from accord.node.notices.kinds import Kind
from accord.officers.models import Officer
from accord.workstreams.drugs.models import SubstanceProposal
from accord.workstreams.drugs.substances.proposing import may_agree_to, waiting_proposals

__all__ = ["LASTING", "PLACES", "SOURCES"]

SUBSTANCES: Final = "substances"


def substances(_since: datetime, _now: datetime) -> Iterator[Happening]:
    """Changes of the register of substances that wait for a second person."""
    for proposal in waiting_proposals():
        yield Happening(
            kind=Kind.REGISTER_WAITS,
            key=f"substances-{proposal.pk}",
            at=proposal.proposed_at,
            whom=partial(_may_agree, proposal),
            subject=f"{SUBSTANCES}:{proposal.pk}",
        )


def _may_agree(proposal: SubstanceProposal, officer: Officer) -> bool:
    return may_agree_to(officer, proposal)


def _still_wait(keys: Sequence[str]) -> Iterable[object]:
    return waiting_proposals().filter(pk__in=keys).values_list("pk", flat=True)


SOURCES: Final[Mapping[str, Source]] = {SUBSTANCES: substances}
"""The sources of notices by the name under which it is kept how far each was read."""

LASTING: Final[Mapping[str, Callable[[Sequence[str]], Iterable[object]]]] = {SUBSTANCES: _still_wait}
"""Which of these keys still wait, by the type of subject."""

PLACES: Final[Mapping[str, str]] = {SUBSTANCES: "desk:drugs-substance-proposal"}
"""The page to which a notice leads, by the type of subject; its key stands in the address."""
