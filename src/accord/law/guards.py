"""Guards: which policies can speak on a reading at all, so that Cedar is asked about those alone.

A pack holds a hundred policies and an act concerns a few. Handing all of them to Cedar with a hundred facts costs more
than everything else the gate does, and nearly all of it is spent on policies whose own text rules them out: *the item
draws on an intercept, and ...*.

Promises:

* **Cedar judges.** A policy is left out only where one of the terms that its text joins by ``&&`` is false of the
  reading, which makes the whole false. Whether the policy speaks is never decided here.
* **What is not understood is asked.** A term of a shape that is not listed below excludes nothing.
* **Each term is asked once.** Policies share most of theirs; the terms that rule out the most policies come first, and
  one that can rule out nothing more is passed over.
* **Leaving out a policy hides no error.** Policies are validated against the schema when a pack is loaded, so that no
  term can fail on a reading, whose fields are always present and of their type.

A property of the tests holds the first promise: over readings drawn at random, whatever Cedar finds to speak among all
policies is among those that the guards let through.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import cedarpy
from msgspec import Struct, json

from accord.law.context import Context

__all__ = ["Guarded", "Guards", "guarded_policies", "policy_set"]

TEXTS_KEPT: Final = 256
"""Texts of rules whose policies are kept, five times those of both parties: a gate made anew reads none again."""

_Value: TypeAlias = Callable[[Context], Any]  # Any: a field of the reading, or a constant of its type
_Term: TypeAlias = Callable[[Context], bool]
_Json: TypeAlias = Mapping[str, Any]  # Any: Cedar's JSON form of an expression

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Guarded(Struct, frozen=True, kw_only=True):
    """One policy with what can rule it out.

    Args:
        name: Its ``@id``.
        form: Cedar's JSON form of it.
        actions: Actions of its scope.
        fields: Fields of the reading that it reads.
        terms: Terms that must all be true for it to speak, as far as they are understood, each with its text.
    """

    name: str
    form: dict[str, Any]  # Any: see _Json
    actions: frozenset[str]
    fields: frozenset[str]
    terms: tuple[tuple[bytes, _Term], ...]


class Guards:
    """The guards of several policies, asked together.

    Args:
        policies: The policies.
    """

    def __init__(self, policies: Sequence[Guarded]) -> None:
        self._policies = tuple(policies)
        ruled_out: dict[bytes, int] = {}
        terms: dict[bytes, _Term] = {}
        for place, policy in enumerate(self._policies):
            for text, term in policy.terms:
                ruled_out[text] = ruled_out.get(text, 0) | 1 << place
                terms[text] = term
        widest_first = sorted(terms, key=lambda text: (-ruled_out[text].bit_count(), text))
        self._terms = tuple((terms[text], ruled_out[text]) for text in widest_first)
        self._all = (1 << len(self._policies)) - 1

    def left(self, reading: Context) -> int:
        """Returns which policies nothing in their text rules out for this reading, one bit for each in its place."""
        left = self._all
        for term, ruled_out in self._terms:
            if not left & ruled_out:
                continue
            try:
                is_true = term(reading)
            except TypeError:
                continue  # Cedar is asked, and says what is wrong with it.
            if not is_true:
                left &= ~ruled_out
        return left

    def policies_in(self, left: int) -> tuple[Guarded, ...]:
        """Returns the policies for what :meth:`left` returned."""
        return tuple(policy for place, policy in enumerate(self._policies) if left >> place & 1)


@lru_cache(maxsize=TEXTS_KEPT)
def guarded_policies(text: str) -> tuple[Guarded, ...]:
    """Returns the policies of a text, in the order of their names, each with its guard.

    Args:
        text: Policies in Cedar's language, checked by :mod:`accord.law.loading`.
    """
    forms = json.decode(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
    return tuple(sorted((_guarded(form) for form in forms), key=lambda policy: policy.name))


def policy_set(policies: Iterable[Guarded]) -> cedarpy.PolicySet:
    """Returns some policies as the set that Cedar is asked."""
    forms = {policy.name: policy.form for policy in policies}
    return cedarpy.PolicySet.from_json_str(
        json.encode({"staticPolicies": forms, "templates": {}, "templateLinks": []}).decode()
    )


def _guarded(form: dict[str, Any]) -> Guarded:
    bodies = [condition["body"] for condition in form["conditions"] if condition["kind"] == "when"]
    found = ((json.encode(one, order="sorted"), _term(one)) for body in bodies for one in _joined(body))
    scope = form["action"]
    entities = scope.get("entities") or ([scope["entity"]] if "entity" in scope else [])
    return Guarded(
        name=form["annotations"]["id"],
        form=form,
        actions=frozenset(entity["id"] for entity in entities),
        fields=frozenset(_fields(form["conditions"])),
        terms=tuple((text, term) for text, term in found if term is not None),
    )


def _joined(body: _Json) -> Iterable[_Json]:
    """Yields the terms that ``&&`` joins, in their order."""
    if "&&" in body:
        yield from _joined(body["&&"]["left"])
        yield from _joined(body["&&"]["right"])
    else:
        yield body


def _fields(form: Any) -> Iterable[str]:  # Any: any part of Cedar's JSON form
    if isinstance(form, dict):
        if "attr" in form and form.get("left") == {"Var": "context"}:
            yield form["attr"]
        for part in form.values():
            yield from _fields(part)
    elif isinstance(form, list):
        for part in form:
            yield from _fields(part)


def _term(form: _Json) -> _Term | None:
    """Returns a term as a function of the reading; ``None`` where its shape is not understood."""
    ((kind, parts),) = form.items()
    if kind == ".":
        return _value(form)
    if kind == "!":
        inner = _term(parts["arg"])
        return None if inner is None else lambda reading: not inner(reading)
    if kind == "isEmpty":
        members = _value(parts["arg"])
        return None if members is None else lambda reading: not members(reading)
    if kind in {"&&", "||"}:
        return _both_or_either(kind, _term(parts["left"]), _term(parts["right"]))
    return _relation(kind, parts) if kind in _COMPARISONS or kind.startswith("contains") else None


def _both_or_either(kind: str, left: _Term | None, right: _Term | None) -> _Term | None:
    if left is None or right is None:
        return None
    if kind == "&&":
        return lambda reading: left(reading) and right(reading)
    return lambda reading: left(reading) or right(reading)


def _relation(kind: str, parts: _Json) -> _Term | None:
    left, right = _value(parts["left"]), _value(parts["right"])
    if left is None or right is None:
        return None
    if kind in _COMPARISONS:
        return _comparison(_COMPARISONS[kind], left, right, _fixed(parts["right"]))
    # Sets are tuples here and are searched one by one: a member of an enumeration equals its code, and does not share
    # its hash.
    if kind == "contains":
        return lambda reading: right(reading) in left(reading)
    if kind == "containsAny":
        return lambda reading: any(one in right(reading) for one in left(reading))
    if kind == "containsAll":
        return lambda reading: all(one in left(reading) for one in right(reading))
    return None


def _comparison(compare: Callable[[Any, Any], bool], left: _Value, right: _Value, fixed: Any) -> _Term:
    if fixed is not None:
        return lambda reading: compare(left(reading), fixed)
    return lambda reading: compare(left(reading), right(reading))


def _fixed(form: _Json) -> str | int | bool | None:
    value = form.get("Value")
    return value if isinstance(value, str | int | bool) else None


def _value(form: _Json) -> _Value | None:
    ((kind, parts),) = form.items()
    if kind == "." and parts["left"] == {"Var": "context"}:
        return operator.attrgetter(parts["attr"])
    if kind == "Value" and _fixed(form) is not None:
        return lambda _reading: parts
    if kind == "Set" and all(set(one) == {"Value"} for one in parts):
        members = tuple(one["Value"] for one in parts)
        return lambda _reading: members
    return None
