"""Filters of the list of decisions: what was asked, what the gate said, by which rule, and what reviewers found."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from accord.law.decision import Outcome
from accord.node.api.decisions import ActionWord
from accord.oversight.models import Annotation

__all__ = ["CHOICES", "filtered"]

NOT_YET: Final = "none"
"""Instead of a finding: nobody has annotated the decision."""

CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "action": list(get_args(ActionWord)),
    "outcome": [one.label for one in Outcome],
    "finding": [*Annotation.Finding.values, NOT_YET],
}
"""What can be chosen, by filter."""

_RULE: Final = re.compile(r"[A-Z]{2}-[0-9]{2}[A-Za-z0-9.-]{0,56}")


def filtered(rows: QuerySet[Any], given: Mapping[str, str]) -> tuple[QuerySet[Any], dict[str, str]]:
    """Returns the decisions that fit what the address says, and the filters that were understood.

    Args:
        rows: Decisions.
        given: The address's words; what is no filter is left out.
    """
    chosen = {name: given[name] for name, known in CHOICES.items() if given.get(name) in known}
    for name in ("action", "outcome"):
        if name in chosen:
            rows = rows.filter(**{name: chosen[name]})
    if chosen.get("finding") == NOT_YET:
        rows = rows.filter(annotations=None)
    elif "finding" in chosen:
        rows = rows.filter(annotations__finding=chosen["finding"]).distinct()
    rule = given.get("rule", "").strip()
    if _RULE.fullmatch(rule):
        chosen["rule"] = rule
        # Both databases write a text of JSON within quotation marks.
        rows = rows.annotate(told=Cast("decision", TextField())).filter(told__contains=f'"{rule}"')
    return rows, chosen
