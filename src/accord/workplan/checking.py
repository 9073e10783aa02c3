"""Whether a plan makes sense as a whole: codes that exist, days in order, owners on both sides, versions that agree.

The structure of a plan (:mod:`accord.workplan.content`) says what can be said. Here everything is found that is wrong
with what was said, at once, each with the item, the field, the reason and the next step. What ``blocks`` keeps a plan
from being offered; the rest is for a person to look at.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from accord.exchange.text import first_refused
from accord.vocabulary.urgency import AccessClass, Urgency
from accord.workplan.codes import Recurrence, Verb
from accord.workplan.content import (
    Action,
    Commitment,
    Deliverable,
    Indicator,
    Item,
    Milestone,
    Pillar,
    Plan,
    Priority,
    all_items,
    items_by_id,
)
from accord.workplan.versions import Problem, version_problems, wordings_of

__all__ = ["PLAN", "Problem", "problems_of", "sense_problems"]

PLAN: Final = "plan"
"""Stands for the plan itself where a problem is not one of an item."""

ABOVE: Final[Mapping[type[Item], tuple[type[Item], ...]]] = {
    Pillar: (),
    Priority: (Pillar,),
    Commitment: (Pillar,),
    Action: (Commitment,),
    Deliverable: (Action,),
    Milestone: (Commitment, Action),
    Indicator: (Commitment, Pillar),
}
"""What an item of each kind may belong to."""

_PLACE_SENTENCES: Final[Mapping[type[Item], str]] = {
    Pillar: "Leave the field empty.",
    Priority: "Give the code of a pillar, for example P1.",
    Commitment: "Give the code of a pillar, for example P1.",
    Action: "Give the code of a commitment, for example C1.",
    Deliverable: "Give the code of an action, for example A1.",
    Milestone: "Give the code of a commitment or an action, for example C1 or A1.",
    Indicator: "Give the code of a commitment or a pillar, for example C1 or P1.",
}
"""What mends an item that does not stand where its kind belongs."""


def problems_of(
    plan: Plan,
    *,
    agencies: Mapping[str, frozenset[str]] | None = None,
    definitions: frozenset[str] | None = None,
) -> tuple[Problem, ...]:
    """Returns everything that is wrong with a plan, in its order.

    Args:
        plan: The plan.
        agencies: Codes of the agencies of each party; not looked at where left out.
        definitions: Codes of the definitions by which indicators are computed; not looked at where left out.
    """
    found = list(sense_problems(plan, agencies=agencies, definitions=definitions))
    for code, field, wording in wordings_of(plan):
        found += version_problems(code, field, wording, plan.languages)
        found += _of_signs(code, field, wording)
    order = {item.id: number for number, item in enumerate(all_items(plan))}
    return tuple(sorted(found, key=lambda problem: order.get(problem.item, -1)))


def sense_problems(
    plan: Plan,
    *,
    agencies: Mapping[str, frozenset[str]] | None = None,
    definitions: frozenset[str] | None = None,
) -> tuple[Problem, ...]:
    """Returns what is wrong with a plan but for its texts; see :func:`problems_of`."""
    found = [*_of_plan(plan), *_of_codes(plan), *_of_circles(plan), *_of_clocks(plan), *_of_progress(plan)]
    known = items_by_id(plan)
    for item in all_items(plan):
        found += _of_item(item, plan, known)
        found += _of_owners(item, plan, agencies)
        if definitions is not None and isinstance(item, Indicator) and item.definition not in definitions:
            found.append(
                Problem(
                    item=item.id,
                    field="definition",
                    code="workplan.unknown-definition",
                    sentence=f"No definition is called {item.definition}.",
                    next_step="Give the code of a definition in the list of indicators.",
                )
            )
    return tuple(found)


def _of_signs(code: str, field: str, wording: object) -> Iterator[Problem]:
    for language in ("en", "fr", "hi"):
        refused = first_refused(getattr(wording, language))
        if refused:
            yield Problem(
                item=code,
                field=field,
                language=language,
                code="workplan.hidden-sign",
                sentence=f"A character that hides or moves text stands at position {refused[0] + 1} ({refused[1]}).",
                next_step="Delete the character and type the word again.",
            )


def _of_plan(plan: Plan) -> Iterator[Problem]:
    first, second = plan.parties
    if first >= second:
        yield Problem(
            item=PLAN,
            field="parties",
            code="workplan.parties",
            sentence="A plan names its two sides once each, in the order of the alphabet.",
            next_step="Write the two codes in that order, for example AA, BB.",
        )
    if plan.is_template:
        yield Problem(
            item=PLAN,
            field="is_template",
            code="workplan.template",
            sentence="This is a template, which neither side has taken as its own.",
            next_step="Start a draft from it, and offer that.",
        )
    for field, rows in (
        ("languages", plan.languages),
        ("lanes", plan.lanes),
        ("ceilings", tuple(row.theme for row in plan.ceilings)),
    ):
        for code, count in Counter(rows).items():
            if count > 1:
                yield Problem(
                    item=PLAN,
                    field=field,
                    code="workplan.twice",
                    sentence=f"{code.value} stands there {count} times.",
                    next_step="Keep one.",
                )


def _of_codes(plan: Plan) -> Iterator[Problem]:
    for code, count in Counter(item.id for item in all_items(plan)).items():
        if count > 1:
            yield Problem(
                item=code,
                field="id",
                code="workplan.duplicate",
                sentence=f"{count} items have the code {code}.",
                next_step="Give each item a code of its own.",
            )


def _of_circles(plan: Plan) -> Iterator[Problem]:
    """Yields each circle of dependencies once, by a walk in depth without recursion."""
    after = {item.id: item.depends_on for item in all_items(plan)}
    state: dict[str, int] = {}
    for start, before in after.items():
        if start in state:
            continue
        path: list[str] = [start]
        walks = [iter(before)]
        state[start] = 1
        while walks:
            code = next(walks[-1], None)
            if code is None:
                walks.pop()
                state[path.pop()] = 2
            elif code in after and code not in state:
                state[code] = 1
                path.append(code)
                walks.append(iter(after[code]))
            elif state.get(code) == 1:
                circle = [*path[path.index(code) :], code]
                yield Problem(
                    item=code,
                    field="depends_on",
                    code="workplan.circle",
                    sentence=f"These wait for each other: {' → '.join(circle)}.",
                    next_step="Take one of the dependencies out.",
                )


def _of_item(item: Item, plan: Plan, known: Mapping[str, Item]) -> Iterator[Problem]:
    yield from _of_place(item, known)
    for code in item.depends_on:
        if code not in known:
            yield _unknown(item, "depends_on", code)
    for code in getattr(item, "serves", ()):
        if not isinstance(known.get(code), Priority):
            yield _unknown(item, "serves", code)
    if isinstance(item, Commitment) and item.verb is None:
        yield Problem(
            item=item.id,
            field="verb",
            code="workplan.verb-missing",
            sentence="It is not said how strongly this is promised.",
            next_step=f"Choose one of: {', '.join(Verb)}.",
        )
    if isinstance(item, Priority) and item.side not in plan.parties:
        yield _no_side(item.id, "side", item.side, plan)
    yield from _of_days(item, known)


def _of_place(item: Item, known: Mapping[str, Item]) -> Iterator[Problem]:
    above = ABOVE[type(item)]
    if item.under is not None and item.under not in known:
        yield _unknown(item, "under", item.under)
    elif not isinstance(known.get(item.under or ""), above) and (above or item.under):
        yield Problem(
            item=item.id,
            field="under",
            code="workplan.place",
            sentence="It stands under nothing, or under an item of another kind."
            if above
            else "A pillar stands under nothing.",
            next_step=_PLACE_SENTENCES[type(item)],
        )


def _of_days(item: Item, known: Mapping[str, Item]) -> Iterator[Problem]:
    if item.starts_on and item.due_on and item.due_on < item.starts_on:
        yield Problem(
            item=item.id,
            field="due_on",
            code="workplan.due-before-start",
            sentence=f"It is due on {item.due_on} and starts on {item.starts_on}.",
            next_step="Correct one of the two days.",
        )
    is_once = item.recurrence is Recurrence.ONCE
    if not is_once and item.due_on is None:
        yield Problem(
            item=item.id,
            field="due_on",
            code="workplan.recurs-from-no-day",
            sentence="It recurs, and no day is given on which it is due first.",
            next_step="Give the first day on which it is due.",
        )
    if item.recurs_until and (is_once or (item.due_on and item.recurs_until < item.due_on)):
        yield Problem(
            item=item.id,
            field="recurs_until",
            code="workplan.recurs-until",
            sentence="It recurs until a day before it is due first, or does not recur at all.",
            next_step="Correct the day, or leave it out.",
        )
    for code in item.depends_on:
        other = known.get(code)
        if other and item.due_on and other.due_on and item.due_on < other.due_on:
            yield Problem(
                item=item.id,
                field="due_on",
                code="workplan.due-before-needed",
                sentence=f"It is due on {item.due_on}, before {code}, on which it depends, on {other.due_on}.",
                next_step="Look whether both days are right.",
                blocks=False,
            )


def _of_owners(item: Item, plan: Plan, agencies: Mapping[str, frozenset[str]] | None) -> Iterator[Problem]:
    sides = {owner.party for owner in item.owners}
    for side in sorted(sides - set(plan.parties)):
        yield _no_side(item.id, "owners", side, plan)
    wanted = {item.side} & set(plan.parties) if isinstance(item, Priority) else set(plan.parties)
    for side in sorted(wanted - sides):
        yield Problem(
            item=item.id,
            field="owners",
            code="workplan.owner-missing",
            sentence=f"Nobody of {side} answers for it.",
            next_step="Name an agency of that side and the function that answers for it.",
        )
    for owner in item.owners:
        if agencies is not None and owner.party in agencies and owner.agency not in agencies[owner.party]:
            yield Problem(
                item=item.id,
                field="owners",
                code="workplan.unknown-agency",
                sentence=f"{owner.party} has no agency {owner.agency}.",
                next_step="Give the code of an agency of its profile.",
            )


def _of_clocks(plan: Plan) -> Iterator[Problem]:
    if not plan.clocks:
        return
    limits = {(row.urgency, row.access): row.seconds for row in plan.clocks}
    missing = [
        f"{urgency.value} {access.value}"
        for urgency in Urgency
        for access in AccessClass
        if (urgency, access) not in limits
    ]
    if missing or len(limits) != len(plan.clocks):
        yield Problem(
            item=PLAN,
            field="clocks",
            code="workplan.clocks-incomplete",
            sentence="The clock table needs one row for each urgency and way of access.",
            next_step=f"Add: {', '.join(missing)}." if missing else "Keep one row of each.",
        )
        return
    for access in AccessClass:
        for sooner, later in pairwise((Urgency.THREAT_TO_LIFE, Urgency.URGENT, Urgency.NORMAL)):
            if limits[sooner, access] > limits[later, access]:
                yield Problem(
                    item=PLAN,
                    field="clocks",
                    code="workplan.clocks-order",
                    sentence=f"{sooner.value} ({access.value}) has more time than {later.value}.",
                    next_step="Give the more urgent the shorter time, or the same.",
                )


def _of_progress(plan: Plan) -> Iterator[Problem]:
    known = items_by_id(plan)
    told: Counter[tuple[str, date, str]] = Counter()
    for row in plan.progress:
        if row.item not in known:
            yield Problem(
                item=PLAN,
                field="progress",
                code="workplan.unknown-item",
                sentence=f"No item has the code {row.item}.",
                next_step="Correct the code, or take the row out.",
            )
        if row.by not in plan.parties:
            yield _no_side(row.item, "progress", row.by, plan)
        told[row.item, row.on, row.by] += 1
    for (code, day, side), count in told.items():
        if count > 1:
            yield Problem(
                item=code,
                field="progress",
                code="workplan.progress-twice",
                sentence=f"{side} says of {day} {count} times where it stands.",
                next_step="Keep one row of a side and a day.",
            )


def _unknown(item: Item, field: str, code: str) -> Problem:
    return Problem(
        item=item.id,
        field=field,
        code="workplan.unknown-item",
        sentence=f"No priority has the code {code}." if field == "serves" else f"No item has the code {code}.",
        next_step="Correct the code, or take it out.",
    )


def _no_side(code: str, field: str, side: str, plan: Plan) -> Problem:
    return Problem(
        item=code,
        field=field,
        code="workplan.no-side",
        sentence=f"{side} is no side of this plan.",
        next_step=f"Write {plan.parties[0]} or {plan.parties[1]}.",
    )
