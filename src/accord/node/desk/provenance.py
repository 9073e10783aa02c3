"""Provenance as a picture and as a table: what an item came from, and what came of it.

The drawing is made here, in columns from the sources on the left to the last derivatives on the right, with the item in
the middle; every box is a link where the thing has a page. The table has the same steps in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from accord.exchange.models import AgencyInquiry, CaseLink, Message
from accord.exchange.reach import cases_for, messages_for, within
from accord.handling.derivations import act_of, derivatives_of, sources_of
from accord.handling.models import Derivation, Thing
from accord.node.desk.code_words import choice_label
from accord.officers.models import Officer
from accord.vocabulary.uses import UseCode

__all__ = ["Box", "Graph", "Step", "graph_of"]

BOX_WIDTH: Final = 168
BOX_HEIGHT: Final = 44
COLUMN: Final = 232
ROW: Final = 60
MARGIN: Final = 8

BOXES_MAX: Final = 60
"""Boxes that are drawn: more cannot be read as a picture; the table goes on."""

STEPS_MAX: Final = 500
"""Steps in the table of one page; how many there are is said above it."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """One thing of the drawing.

    Args:
        x: Left edge.
        y: Upper edge.
        title: Its reference, or what sort of thing it is.
        words: How it came of what is left of it.
        address: Its page, if it has one.
        is_this: Whether it is the item that one looks at.
    """

    x: int
    y: int
    title: str
    words: Any  # Any: a lazy translation
    address: str
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step in words.

    Args:
        source: What it was made of.
        source_address: Its page, if it has one.
        derived: What was made.
        derived_address: Its page, if it has one.
        way: How: the act by which it went outside where it did, and else the way, in codes.
        step: The step as it is stored.
    """

    source: str
    source_address: str
    derived: str
    derived_address: str
    way: str
    step: Derivation


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The whole picture.

    Args:
        width: Width of the drawing.
        height: Height of the drawing.
        boxes: Its boxes.
        lines: Where a line begins and ends, for each step drawn.
        up: Steps above the item.
        down: Steps below it.
        found: How many steps below there are.
        linked: Cases in which it is read because they are linked to its own.
    """

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[tuple[int, int, int, int], ...]
    up: tuple[Step, ...]
    down: tuple[Step, ...]
    found: int
    linked: tuple[str, ...]

    @property
    def is_cut(self) -> bool:
        """Whether the drawing or the table leaves something out."""
        return self.found > len(self.down) or len(self.boxes) >= BOXES_MAX


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Names and pages of things."""

    messages: Mapping[UUID, Message]
    inquiries: Mapping[UUID, AgencyInquiry]

    def shows(self, step: Derivation) -> bool:
        """Whether the reader need know of both ends of a step; of others it is as if there were none."""
        ends = ((step.source_type, step.source_id), (step.derived_type, step.derived_id))
        return all(
            (thing != Thing.MESSAGE or key in self.messages) and (thing != Thing.INQUIRY or key in self.inquiries)
            for thing, key in ends
        )

    def named(self, thing: str, key: UUID, recipient: str = "") -> tuple[str, str]:
        message = self.messages.get(key)
        if message is not None:
            return str(message.reference or choice_label("kind", message.kind)), reverse("desk:provenance", args=[key])
        inquiry = self.inquiries.get(key)
        if inquiry is not None:
            return inquiry.agency, f"{reverse('desk:case', args=[inquiry.case.own_ref])}#inquiries"
        return recipient or str(choice_label("way", thing)), ""


def _known(officer: Officer, steps: Iterable[Derivation], this: Message) -> _Known:
    keys = {key for step in steps for key in (step.source_id, step.derived_id)} | {this.pk}
    messages = messages_for(officer).filter(pk__in=keys).select_related("case")
    inquiries = AgencyInquiry.objects.filter(within(officer, "case__"), pk__in=keys).select_related("case")
    return _Known(messages={row.pk: row for row in messages}, inquiries={row.pk: row for row in inquiries})


def _recipient(step: Derivation) -> str:
    """Returns who got a thing that went outside, which is its name; an applicant for access is named nowhere."""
    act = act_of(step.way, step.detail)
    if act == step.way:
        return ""
    is_named = act != UseCode.ACCESS_REQUEST
    return str(step.detail.get("recipient", "")) if is_named else str(choice_label("way", act))


def _depths(start: UUID, steps: Sequence[Derivation], *, upwards: bool) -> dict[UUID, int]:
    """Returns how many steps each thing is away from the item."""
    onward: dict[UUID, list[UUID]] = {}
    for step in steps:
        near, far = (step.derived_id, step.source_id) if upwards else (step.source_id, step.derived_id)
        onward.setdefault(near, []).append(far)
    found, edge, depth = {start: 0}, [start], 0
    while edge:
        depth += 1
        edge = [far for near in edge for far in onward.get(near, ()) if far not in found]
        for far in edge:
            found.setdefault(far, depth)
    del found[start]
    return found


def graph_of(officer: Officer, message: Message) -> Graph:
    """Returns the picture of a message that the officer may read.

    Args:
        officer: Who looks.
        message: The message.
    """
    up, down = sources_of(message.pk), derivatives_of(message.pk)
    known = _known(officer, [*up, *down], message)
    up, down = [step for step in up if known.shows(step)], [step for step in down if known.shows(step)]
    found = len(down)
    down = down[:STEPS_MAX]
    places = {key: -depth for key, depth in _depths(message.pk, up, upwards=True).items()}
    places |= {key: depth for key, depth in _depths(message.pk, down, upwards=False).items() if key not in places}
    drawn = {message.pk: 0, **dict(list(places.items())[: BOXES_MAX - 1])}
    columns: dict[int, list[UUID]] = {}
    for key, column in drawn.items():
        columns.setdefault(column, []).append(key)
    left, rows = min(columns), max(len(keys) for keys in columns.values())
    at = {
        key: (MARGIN + (column - left) * COLUMN, MARGIN + index * ROW + (rows - len(keys)) * ROW // 2)
        for column, keys in columns.items()
        for index, key in enumerate(keys)
    }
    ways = {step.derived_id: act_of(step.way, step.detail) for step in down} | {step.source_id: "" for step in up}
    things = {step.derived_id: step.derived_type for step in [*up, *down]}
    recipients = {step.derived_id: _recipient(step) for step in [*up, *down]}
    boxes = []
    for key, (x, y) in at.items():
        title, address = known.named(things.get(key, Thing.MESSAGE), key, recipients.get(key, ""))
        way = ways.get(key, "")
        is_this = key == message.pk
        words = choice_label("way", way) if way and not is_this else ""
        if str(words) == title:
            words = ""
        boxes.append(Box(x=x, y=y, title=title, words=words, address="" if is_this else address, is_this=is_this))
    lines = tuple(
        (at[a][0] + BOX_WIDTH, at[a][1] + BOX_HEIGHT // 2, at[b][0], at[b][1] + BOX_HEIGHT // 2)
        for a, b in dict.fromkeys((step.source_id, step.derived_id) for step in [*up, *down])
        if a in at and b in at and at[a][0] < at[b][0]
    )
    return Graph(
        width=(max(columns) - left) * COLUMN + BOX_WIDTH + 2 * MARGIN,
        height=rows * ROW + 2 * MARGIN,
        boxes=tuple(boxes),
        lines=lines,
        up=tuple(_step(known, step) for step in up),
        down=tuple(_step(known, step) for step in down),
        found=found,
        linked=_linked(officer, message),
    )


def _step(known: _Known, step: Derivation) -> Step:
    source, source_address = known.named(step.source_type, step.source_id)
    derived, derived_address = known.named(step.derived_type, step.derived_id, _recipient(step))
    return Step(
        source=source,
        source_address=source_address,
        derived=derived,
        derived_address=derived_address,
        way=act_of(step.way, step.detail),
        step=step,
    )


def _linked(officer: Officer, message: Message) -> tuple[str, ...]:
    links = CaseLink.objects.filter(Q(case=message.case_id) | Q(other=message.case_id), ended_at=None)
    keys = {key for pair in links.values_list("case_id", "other_id") for key in pair} - {message.case_id}
    return tuple(cases_for(officer).filter(pk__in=keys).order_by("own_ref").values_list("own_ref", flat=True))
