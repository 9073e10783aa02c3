"""The rules of screening: how good each is by what officers said, what marked lines would change, and every version.

The page counts over all screenings and shows no line of any; what was missed is shown to who reads that screening.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accord.errors import AccordError
from accord.exchange.errors import NotFound
from accord.node.desk.acting import act_once
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.rule_words import RuleWords, rule_words
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.manifests.reach import screenings_for
from accord.workstreams.drugs.marks.errors import WeightsRefused
from accord.workstreams.drugs.marks.measuring import Measures, Share, erased_marks, measure_rules
from accord.workstreams.drugs.marks.tuning import (
    MARKS_MIN,
    Tuned,
    agree_to_weights,
    propose_weights,
    refuse_weights,
    tune,
)
from accord.workstreams.drugs.marks.weights import Weighing, in_force
from accord.workstreams.drugs.models import MissedLine, RuleWeights
from accord.workstreams.drugs.screening.rules import rules

__all__ = ["act_on_rules", "show_rules"]

FEW: Final = 10
"""Marks under which a share says hardly anything: its interval is wider than half of all that is possible."""

MISSED_SHOWN: Final = 50

# Any: lazy translations.
STATES: Final[Mapping[str, Any]] = {
    "waiting": pgettext_lazy("weights", "waits for a second officer"),
    "in-force": pgettext_lazy("weights", "in force"),
    "replaced": pgettext_lazy("weights", "replaced"),
    "refused": pgettext_lazy("weights", "refused"),
}

NAMES: Final[Mapping[str, Any]] = {"why": ("why", gettext_lazy("Why, for the record"))}


_Two = tuple[Share, Share]


@dataclass(frozen=True, kw_only=True)
class ShareRow:
    """A share as it is shown, in percent.

    Args:
        share: How many of how many.
        percent: The share; nothing where there is no whole.
        low: Where it begins with a chance of 95 in 100.
        high: Where it ends.
        is_few: Whether it rests on so few marks that it says hardly anything.
    """

    share: Share
    percent: int | None
    low: int | None
    high: int | None
    is_few: bool


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A rule as it is shown.

    Args:
        code: Its code.
        words: What it says.
        weight: Its weight in force.
        proposed: The weight that the marks speak for; nothing where they speak for none.
        precision: Of the marked flags in which it holds, those marked true.
        recall: Of all known to be right, those in which it holds.
    """

    code: str
    words: RuleWords
    weight: int
    proposed: int | None
    precision: ShareRow
    recall: ShareRow


@page(Permission.REGISTER_READ)
def show_rules(request: HttpRequest) -> HttpResponse:
    """Shows the rules with their figures, what tuning would change, and the versions of their weights.

    View permission: ``register.read``; to propose and to settle weights the services ask for more.
    """
    return _shown(request)


def _shown(request: HttpRequest, error: AccordError | None = None) -> HttpResponse:
    officer, weighing, measures = officer_of(request), in_force(), measure_rules()
    found, too_few = _tuned()
    waiting = RuleWeights.objects.filter(state=RuleWeights.State.WAITING).select_related("proposed_by").first()
    is_mine = waiting is not None and waiting.proposed_by_id == officer.pk
    shown = {
        "rules": _rows(weighing, measures, found),
        "weighing": weighing,
        "precision": _share(measures.precision),
        "recall": _share(measures.recall),
        "tuned": found,
        "compared": _compared(_of(found.before), _of(found.after)) if found is not None else (),
        "changes": _changes(weighing, found.weights) if found is not None else [],
        "too_few": too_few,
        "marks_min": MARKS_MIN,
        "waiting": waiting,
        "waiting_changes": _changes(weighing, waiting.weights) if waiting is not None else [],
        "waiting_compared": _kept(waiting.figures) if waiting is not None else (),
        "is_mine": is_mine,
        "may_propose": officer.may(Permission.REGISTER_PROPOSE),
        "may_settle": waiting is not None and (is_mine or officer.may(Permission.REGISTER_DECIDE)),
        "may_agree": waiting is not None and not is_mine and officer.may(Permission.REGISTER_DECIDE),
        "versions": list(RuleWeights.objects.select_related("proposed_by", "settled_by")),
        "states": STATES,
        "missed": _missed(officer),
        "erased": len(erased_marks()),
        "may_read": officer.may(Permission.CASE_READ),
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/drugs/screening/rules.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _tuned() -> tuple[Tuned | None, WeightsRefused | None]:
    try:
        return tune(), None
    except WeightsRefused as refused:
        return None, refused


def _rows(weighing: Weighing, measures: Measures, found: Tuned | None) -> list[RuleRow]:
    by_code = {one.rule: one for one in measures.rules}
    none = Share(part=0, whole=0)
    weights = found.weights if found is not None else weighing.weights
    return [
        RuleRow(
            code=code,
            words=rule_words(code),
            weight=weighing.weights[code],
            proposed=weights[code] if weights[code] != weighing.weights[code] else None,
            precision=_share(by_code[code].precision if code in by_code else none),
            recall=_share(by_code[code].recall if code in by_code else Share(part=0, whole=measures.recall.whole)),
        )
        for code in rules()
    ]


def _share(share: Share) -> ShareRow:
    value, interval = share.value, share.interval
    return ShareRow(
        share=share,
        percent=None if value is None else round(100 * value),
        low=None if interval is None else round(100 * interval[0]),
        high=None if interval is None else round(100 * interval[1]),
        is_few=share.whole < FEW,
    )


_Compared = tuple[Any, ShareRow, ShareRow]  # Any: a lazy translation


def _compared(before: _Two, after: _Two) -> tuple[_Compared, ...]:
    """What weights in force and proposed ones do on the part held out; each as precision and recall."""
    return (
        (_("Precision: of those flagged, the right ones"), _share(before[0]), _share(after[0])),
        (_("Recall: of the right ones, those flagged"), _share(before[1]), _share(after[1])),
    )


def _of(measures: Measures) -> _Two:
    return measures.precision, measures.recall


def _kept(figures: Mapping[str, Any]) -> tuple[_Compared, ...]:  # Any: JSON types
    """The same, as it was kept with a proposal."""
    if not figures:
        return ()
    before, after = (
        tuple(Share(part=figures[when][what][0], whole=figures[when][what][1]) for what in ("precision", "recall"))
        for when in ("before", "after")
    )
    return _compared((before[0], before[1]), (after[0], after[1]))


def _changes(now: Weighing, weights: Mapping[str, int]) -> list[tuple[Any, int, int]]:  # Any: a lazy translation
    return [
        (rule_words(code).title, now.weights.get(code, 0), weight)
        for code, weight in weights.items()
        if now.weights.get(code) != weight
    ]


def _missed(officer: Officer) -> Sequence[MissedLine]:
    """Lines that officers say were missed, of the screenings that this officer reads."""
    rows = MissedLine.objects.filter(removed_at=None, screening__in=screenings_for(officer))
    return list(rows.select_related("screening", "added_by").order_by("-added_at")[:MISSED_SHOWN])


@page(Permission.REGISTER_READ, methods=("POST",))
def act_on_rules(request: HttpRequest) -> HttpResponse:
    """Proposes the weights that the marks speak for, agrees to proposed ones, or refuses them.

    View permission: ``register.read``; each act's service asks for ``register.propose`` or ``register.decide``.
    """
    officer = officer_of(request)
    try:
        act_once(request, lambda: _do(officer, request.POST))
    except AccordError as refused:
        return _shown(request, refused)
    return redirect("desk:drugs-screening-rules")


def _do(officer: Officer, posted: QueryDict) -> str:
    act = posted.get("act", "")
    if act == "propose":
        propose_weights(officer, why=posted.get("why", "").replace("\r\n", "\n"))
        return _("Proposed. A second officer now agrees to it or refuses it.")
    row = RuleWeights.objects.filter(pk=whole(posted.get("weights", "")) or 0).first()
    if row is None:
        raise NotFound("There are no such weights.")
    if act == "agree":
        agree_to_weights(officer, row)
        return _("Agreed. The weights count for screenings that begin from now on.")
    if act == "refuse":
        refuse_weights(officer, row)
        return _("Refused. The weights stay as they are.")
    raise NotFound("There is no such act.")
