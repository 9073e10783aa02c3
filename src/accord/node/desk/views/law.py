"""The law in force: its rules, each at an address of its own, and a form that asks the gate about facts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from accord.errors import OfficerCanMend
from accord.exchange.errors import NotFound
from accord.law.decision import Decision
from accord.law.facts import Facts
from accord.law.rules import Pack, Rule
from accord.law.specimens import specimen
from accord.node.desk.fields import Section, fields_of, posted_values
from accord.node.desk.law_words import BASES, FACT_LABELS, FACT_SECTIONS, KEPT
from accord.node.desk.page import SIGNED_IN, page, show
from accord.parties.models import Party
from accord.release.gate import gate_in_use, our_party

__all__ = ["show_law", "show_rule", "try_facts"]

FACTS_CHARACTERS_MAX: Final = 100_000
NAMES: Final = tuple(name for _title, names in FACT_SECTIONS for name in names)


class FactsUnreadable(OfficerCanMend):
    """The facts that were tried are not facts: a value is missing, of another kind, or not in its list."""

    code = "desk.facts-unreadable"
    default_next_step = "Mend the value that is named, and ask again."
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


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
    values = _specimen(base, timezone.now().date())
    decision: Decision | None = None
    error: FactsUnreadable | None = None
    if request.method == "POST":
        try:
            values = _tried(request.POST, values)
            decision = gate_in_use().decide(msgspec.convert(values, Facts, strict=False))
        except (msgspec.ValidationError, msgspec.DecodeError, UnicodeEncodeError) as refused:
            error = FactsUnreadable(f"The facts cannot be read: {refused}")
    written = request.POST.get("facts", "") or msgspec.json.format(msgspec.json.encode(values), indent=2).decode()
    kept = [(name, label, bool(values.get(name))) for name, label in KEPT]
    shown = {
        "bases": BASES,
        "base": base,
        "sections": _sections(values),
        "kept": kept,
        "written": written,
        "decision": decision,
        "error": error,
        "is_json": "facts" in request.POST,
    }
    return show(request, "desk/try_facts.html", shown, status=error.http_status if error else HTTPStatus.OK)


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


def _sections(values: Mapping[str, Any]) -> list[Section]:
    return [
        Section(
            title=title,
            fields=tuple(
                replace(field, label=FACT_LABELS[field.path], hint="", is_needed=field.widget != "choices")
                for field in fields_of(Facts, names, values)
            ),
        )
        for title, names in FACT_SECTIONS
    ]
