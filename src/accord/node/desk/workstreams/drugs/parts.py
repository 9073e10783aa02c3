"""The parts of the drugs workstream, as its first page lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.node.desk.workstreams.drugs.views.screenings import count_flags
from accord.node.desk.workstreams.drugs.views.substances import count_waiting
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.notices.lists import waiting_notices

__all__ = ["PARTS", "Part"]


def _none_waits(_officer: Officer) -> int:
    return 0


def _notices_wait(officer: Officer) -> int:
    return waiting_notices(officer, timezone.now())


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the workstream with pages of its own.

    Args:
        name: Its name.
        says: What it is for, in a sentence.
        address: Name of its first page.
        permission: What an officer needs to see it.
        count: How much of it waits for an officer.
    """

    name: Any  # Any: a lazy translation
    says: Any  # Any: a lazy translation
    address: str
    permission: Permission = Permission.CASE_READ
    count: Callable[[Officer], int] = _none_waits


PARTS: Final[tuple[Part, ...]] = (
    Part(
        name=_("Controlled substances"),
        says=_("Which substance is controlled where on a day, from which text, and where both sides differ."),
        address="desk:drugs-substances",
        permission=Permission.REGISTER_READ,
        count=count_waiting,
    ),
    Part(
        name=_("Screening"),
        says=_("Manifests held against the register and the rules: lines worth a look, each with its reasons."),
        address="desk:drugs-screenings",
        count=count_flags,
    ),
    Part(
        name=_("Pre-export notices"),
        says=_("What is to leave and to arrive, who has said what to it, and what became of it."),
        address="desk:drugs-notices",
        count=_notices_wait,
    ),
    Part(
        name=_("Incidents and suspicions"),
        says=_(
            "What was seized, stopped, stolen or found, and which transactions looked suspicious, told by either side."
        ),
        address="desk:drugs-incidents",
    ),
    Part(
        name=_("Licences on file"),
        says=_("Which company may have which substance, how much and until when; screening compares papers with it."),
        address="desk:drugs-licences",
    ),
    Part(
        name=_("Flows and companies"),
        says=_(
            "What the notices come to by substance, route and month; a company's history; who receives again; and what"
            " has no other half."
        ),
        address="desk:drugs-flows",
    ),
)
"""In the order of the work: what is controlled, what was found in papers, what was told, what it amounts to."""
