"""The law in force: its rules, each at an address of its own, and a form that asks the gate about facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from accord.errors import OfficerCanMend
from accord.exchange.errors import NotFound
from accord.exchange.wording import explain
from accord.law.decision import Decision
from accord.law.facts import Facts
from accord.law.proposing import Proposed, propose_row
from accord.law.rules import Pack, Rule
from accord.law.specimens import specimen
from accord.node.desk.draft_form import wire_path
from accord.node.desk.fact_words import FACTS
from accord.node.desk.fields import Field, Section, fields_of, posted_values
from accord.node.desk.law_words import BASES, FACT_LABELS, FACT_SECTIONS, KEPT
from accord.node.desk.page import SIGNED_IN, page, show
from accord.node.desk.read_words import label_read
from accord.parties.models import Party
from accord.release.gate import gate_in_use, our_party

__all__ = ["show_law", "show_rule", "try_facts"]

FACTS_CHARACTERS_MAX: Final = 100_000
ROW_NAME_CHARACTERS_MAX: Final = 200
WHOLE: Final = "facts"
"""What an error names where it is the JSON text as a whole."""
OFTEN_EMPTY: Final = frozenset({"choices", "group"})
"""Widgets of facts of which nothing may be true: they are not called needed."""

NAMES: Final = tuple(name for _title, names in FACT_SECTIONS for name in names)


class FactsUnreadable(OfficerCanMend):
    """The facts that were tried are not facts: a value is missing, of another kind, or not in its list."""

    code = "desk.facts-unreadable"
    default_next_step = "Mend the value that is named, and ask again."
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, kw_only=True)
class TriedSection(Section):
    """A part of the form that tries facts.

    Args:
        is_open: Whether it is shown open: the first, and those in which something was changed.
    """

    is_open: bool = False


@page(SIGNED_IN)
def show_law(request: HttpRequest) -> HttpResponse:
    """Lists the rules that this node asks, with whether each is in force and whether its source was verified.

    View permission: any officer in post; the law is no secret.
    """
    gate, today = gate_in_use(), timezone.now().date()
    packs = [
        {"pack": pack, "rules": [{"rule": rule, "is_in_force": rule.is_in_force(today)} for rule in pack.rules]}
        for pack in gate.packs
    ]
    return show(request, "desk/law.html", {"packs": packs, "digest": gate.digest.hex()})


@page(SIGNED_IN)
def show_rule(request: HttpRequest, rule: str) -> HttpResponse:
    """Shows one rule: how it speaks, its source, since when, and rows of its table as examples.

    View permission: any officer in post.
    """
    pack, found = _rule(rule)
    today, ours = timezone.now().date(), our_party()
    rules = [one.id for one in gate_in_use().rules]
    place = rules.index(found.id)
    shown = {
        "rule": found,
        "pack": pack,
        "is_in_force": found.is_in_force(today),
        "policies": list(found.policies.items()),
        "rows": [
            {"row": row, "facts": [(name, msgspec.json.encode(value).decode()) for name, value in row.facts.items()]}
            for row in found.rows
            if row.party in {None, ours}
        ],
        "text": pack.texts.get(found.id, ""),
        "before": rules[place - 1] if place else "",
        "after": rules[place + 1] if place + 1 < len(rules) else "",
    }
    return show(request, "desk/rule.html", shown)


def _rule(name: str) -> tuple[Pack, Rule]:
    for pack in gate_in_use().packs:
        for rule in pack.rules:
            if rule.id == name:
                return pack, rule
    raise NotFound("There is no rule of this name in the law that this node asks.")


@page(SIGNED_IN, methods=("GET", "POST"))
def try_facts(request: HttpRequest) -> HttpResponse:
    """Asks the gate about facts that are tried in a form, or written as JSON; stores nothing.

    View permission: any officer in post.
    """
    given = request.POST if request.method == "POST" else request.GET
    base = given.get("base", "")
    base = base if base in dict(BASES) else BASES[0][0]
    begun = values = _specimen(base, timezone.now().date())
    decision: Decision | None = None
    error: FactsUnreadable | None = None
    if request.method == "POST":
        try:
            values = _tried(request.POST, values)
            decision = gate_in_use().decide(msgspec.convert(values, Facts, strict=False))
        except (msgspec.DecodeError, UnicodeEncodeError) as refused:
            error = _unreadable(refused)
    proposed: Proposed | None = None
    if decision is not None and "row_rule" in request.POST:
        proposed = _proposed(request.POST, msgspec.convert(values, Facts, strict=False), base)
        if request.POST.get("download") == "yes":
            return _as_file(proposed)
    written = request.POST.get("facts", "") or msgspec.json.format(msgspec.json.encode(values), indent=2).decode()
    kept = [(name, label, bool(values.get(name))) for name, label in KEPT]
    shown = {
        "bases": BASES,
        "base": base,
        "sections": _sections(values, begun),
        "kept": kept,
        "written": written,
        "decision": decision,
        "error": error,
        "error_names": _error_names(error, is_json="facts" in request.POST),
        "is_json": "facts" in request.POST and "row_rule" not in request.POST,
        "rules": gate_in_use().rules,
        "row_rule": request.POST.get("row_rule", "") or _first_speaking(decision),
        "row_name": request.POST.get("row_name", ""),
        "row_name_limit": ROW_NAME_CHARACTERS_MAX,
        "proposed": proposed,
        "tried": msgspec.json.encode(values).decode() if decision is not None else "",
    }
    return show(request, "desk/try_facts.html", shown, status=error.http_status if error else HTTPStatus.OK)


def _unreadable(refused: Exception) -> FactsUnreadable:
    """Returns which fact cannot be read, what is wrong with it, and what to write instead."""
    if isinstance(refused, msgspec.ValidationError):
        found = explain(refused, Facts)
        return FactsUnreadable(found.reason, next_step=found.next_step, fields={"field": found.field or WHOLE})
    return FactsUnreadable(
        "This is no JSON text.",
        next_step="Look for a bracket, a comma or a quotation mark that is missing.",
        fields={"field": WHOLE},
    )


def _error_names(error: FactsUnreadable | None, *, is_json: bool) -> dict[str, Any]:  # Any: lazy translations
    """Returns what the fact that an error names is called, and which element of the form leads to it."""
    if error is None:
        return {}
    path = wire_path(str(error.fields["field"]))
    name = path.rpartition(".")[2]
    label = gettext("Facts as JSON") if path == WHOLE else FACT_LABELS.get(path) or FACTS.get(name) or label_read(name)
    is_whole = is_json or path == WHOLE
    return {name: ("facts" if is_whole else f"field-{path.replace('.', '-')}", label)}


def _first_speaking(decision: Decision | None) -> str:
    """Returns the rule that speaks most severely, whose table a new row is most likely meant for."""
    return decision.reasons[0].rule if decision is not None and decision.reasons else ""


def _proposed(given: QueryDict, facts: Facts, base: str) -> Proposed:
    pack, rule = _rule(str(given["row_rule"]))
    name = " ".join(str(given.get("row_name", "")).split())[:ROW_NAME_CHARACTERS_MAX]
    return propose_row(
        facts,
        base=base,  # type: ignore[arg-type] # one of BASES
        rule=rule,
        pack=pack,
        name=name or gettext("facts that were tried"),
        gate=gate_in_use(),
        on=timezone.now().date(),
    )


def _as_file(proposed: Proposed) -> HttpResponse:
    answer = HttpResponse(proposed.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{proposed.rule}-row.toml"'
    return answer


def _specimen(base: str, on: date) -> dict[str, Any]:  # Any: each fact has its own type
    ours = our_party()
    peer = Party.objects.filter(is_self=False).order_by("code").values_list("code", flat=True).first() or ours
    facts = specimen(base, party=ours, peer=peer, on=on)  # type: ignore[arg-type] # one of BASES
    told: dict[str, Any] = msgspec.to_builtins(facts)
    return told


def _tried(given: QueryDict, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the facts that a form or a JSON text states; what the form leaves open is unknown."""
    if "facts" in given:
        text = str(given["facts"])[:FACTS_CHARACTERS_MAX]
        read: dict[str, Any] = msgspec.json.decode(text.encode(), type=dict[str, Any])
        return read
    left_out = {*NAMES, *(name for name, _label in KEPT if given.get(f"keep.{name}") != "yes")}
    told = {name: value for name, value in values.items() if name not in left_out}
    posted = posted_values(Facts, NAMES, given)
    return {**told, "date": values["date"], **posted}


def _sections(values: Mapping[str, Any], begun: Mapping[str, Any]) -> list[TriedSection]:
    stated, before = _stated(values), _stated(begun)
    return [
        TriedSection(
            title=title,
            is_open=place == 0 or any(stated.get(name) != before.get(name) for name in names),
            fields=tuple(
                replace(field, label=_label(field), hint="", is_needed=field.widget not in OFTEN_EMPTY)
                for field in fields_of(Facts, names, values)
            ),
        )
        for place, (title, names) in enumerate(FACT_SECTIONS)
    ]


def _label(field: Field) -> Any:  # Any: a lazy translation
    """Returns what a fact is called when it is tried: a name of its own, or that of the field it comes from."""
    return FACT_LABELS.get(field.path) or FACTS.get(field.path) or field.label


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:  # Any: each fact has its own type
    """Returns the facts of which something is stated, in one form, so that what was changed can be told."""
    return {
        name: value for name, value in msgspec.to_builtins(dict(values)).items() if value not in (None, False, [], ())
    }
