"""Reads packs of rules from the package, and refuses any that does not hold together.

What a loaded pack promises:

* each rule has both files, and their policy names agree, one to one;
* every rule policy is a ``forbid``; only ``common/permits.cedar`` permits, and what it permits depends on the action
  and the kind of message alone, never on facts: a rule file cannot open a door;
* the actions in the policies' scopes are those the rule says it applies to;
* a policy that holds names itself in ``context.cleared``, so that its approver can answer it;
* every policy passes Cedar's validator against ``packs/accord.cedarschema``.

These are the only files that the law gate reads, once, when a gate is made; deciding reads none.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

import cedarpy
from msgspec import DecodeError, ValidationError, json, toml

from accord.errors import OfficerCanMend, OurFault
from accord.law.rules import EVERY_PARTY, Pack, PackHeader, Rule

__all__ = [
    "EMERGENCY_RULE",
    "PackFault",
    "PartyWithoutLaw",
    "cedar_schema",
    "installed_packs",
    "load_pack",
    "load_packs",
    "packs_for",
    "read_pack",
    "require_own_law",
]

EMERGENCY_RULE = "BI-13"
"""The one rule that may waive others, and only those that say they yield."""

_PERMITS = "permits.cedar"
_HEADER = "pack.toml"


class PackFault(OurFault):
    """A pack of rules does not hold together; the node must not start with it."""

    code = "law.pack-invalid"
    default_next_step = (
        "Restore the pack from the release, or mend the named rule; the gate refuses everything until then."
    )


class PartyWithoutLaw(OfficerCanMend):
    """No pack of rules binds the party named."""

    code = "law.no-pack"
    default_next_step = "Name a party whose pack is installed."


def _root() -> Traversable:
    return files("accord.law") / "packs"


@lru_cache(maxsize=1)
def cedar_schema() -> str:
    """Returns the text of the one Cedar schema that all policies are validated against."""
    return (_root() / "accord.cedarschema").read_text(encoding="utf-8")


def _check(condition: bool, sentence: str, *, where: str) -> None:
    if not condition:
        raise PackFault(f"{where}: {sentence}", fields={"rule": where})


def _policies(text: str, *, where: str) -> list[dict[str, object]]:
    """Parses policy text to Cedar's JSON form, one mapping a policy, in no particular order."""
    try:
        parsed = json.decode(cedarpy.policies_to_json_str(text))
    except (ValueError, TypeError) as error:
        raise PackFault(f"{where}: the policies do not parse", fields={"rule": where, "error": str(error)}) from error
    return list(parsed["staticPolicies"].values())


def _actions(policy: dict[str, object]) -> set[str]:
    scope = policy["action"]
    if not isinstance(scope, dict):
        return set()
    entities = scope.get("entities") or ([scope["entity"]] if "entity" in scope else [])
    return {entity["id"] for entity in entities}


def _check_rule(rule: Rule, text: str) -> None:
    where = rule.id
    seen: dict[str, set[str]] = {}
    for policy in _policies(text, where=where):
        annotations = policy.get("annotations")
        name = annotations.get("id") if isinstance(annotations, dict) else None
        _check(isinstance(name, str), "a policy has no @id", where=where)
        _check(policy["effect"] == "forbid", f"{name} is not a forbid: rules can only restrict", where=where)
        _check(name not in seen, f"two policies are called {name}", where=where)
        seen[str(name)] = _actions(policy)
    stated = {f"{rule.id}.{name}" for name in rule.policies}
    _check(set(seen) == stated, f"policies {sorted(set(seen) ^ stated)} stand in one file only", where=where)
    scopes = set().union(*seen.values())
    _check(scopes == set(rule.applies), f"scopes {sorted(scopes)} are not what it applies to", where=where)
    _check(all(seen.values()), "a policy has no action in its scope", where=where)
    for name, policy_meta in rule.policies.items():
        _check(
            not policy_meta.opens_emergency or rule.id == EMERGENCY_RULE,
            f"{name} would waive other rules: only {EMERGENCY_RULE} may",
            where=where,
        )
        if policy_meta.outcome == "hold":
            clears = f'context.cleared.contains("{rule.id}.{name}")'
            _check(clears in text, f"{name} holds, but no approver can clear it", where=where)
        _check((policy_meta.outcome == "route") == bool(policy_meta.channel), f"{name}: channel", where=where)
        _check(
            not policy_meta.opens_emergency or policy_meta.outcome == "condition",
            f"{name} opens the emergency road but is no condition",
            where=where,
        )


def _check_permits(text: str) -> None:
    for policy in _policies(text, where=_PERMITS):
        _check(policy["effect"] == "permit", "only permits stand here", where=_PERMITS)
        _check(len(_actions(policy)) == 1, "a permit names one action", where=_PERMITS)
        _check(b'"context"' not in json.encode(policy["conditions"]), "a permit reads facts", where=_PERMITS)


def _validate(texts: Iterable[str], *, where: str) -> None:
    result = cedarpy.validate_policies("\n".join(texts), cedar_schema())
    _check(bool(result), "; ".join(str(error) for error in result.errors), where=where)


def _fill(text: str, rule: Rule) -> str:
    try:
        return Template(text).substitute({name: str(value) for name, value in rule.parameters.items()})
    except (KeyError, ValueError) as error:
        raise PackFault(
            f"{rule.id}: a policy names a parameter that is not stated", fields={"rule": rule.id}
        ) from error


def _read_rule(raw: bytes, *, where: str) -> Rule:
    try:
        return toml.decode(raw, type=Rule)
    except (DecodeError, ValidationError) as error:
        raise PackFault(f"{where}: {error}", fields={"rule": where}) from error


def read_pack(name: str, contents: dict[str, bytes]) -> Pack:
    """Returns a pack from the bytes of its files, checked whole.

    Args:
        name: Name of the pack.
        contents: Bytes of every file in it, by file name.

    Raises:
        PackFault: A file is missing, malformed, or says what a pack may not say.
    """
    _check(_HEADER in contents, "pack.toml is missing", where=name)
    try:
        header = toml.decode(contents[_HEADER], type=PackHeader)
    except (DecodeError, ValidationError) as error:
        raise PackFault(f"{name}/pack.toml: {error}", fields={"rule": name}) from error
    ids = sorted(file.removesuffix(".toml") for file in contents if file.endswith(".toml") and file != _HEADER)
    rules: list[Rule] = []
    texts: dict[str, str] = {}
    for rule_id in ids:
        rule = _read_rule(contents[f"{rule_id}.toml"], where=rule_id)
        _check(rule.id == rule_id, f"calls itself {rule.id}", where=rule_id)
        _check(f"{rule_id}.cedar" in contents, "its policy file is missing", where=rule_id)
        raw = contents[f"{rule_id}.cedar"].decode()
        used = set(re.findall(r"\$([a-z_]+)", raw))
        _check(used == set(rule.parameters), f"parameters {sorted(used ^ set(rule.parameters))}", where=rule_id)
        text = _fill(raw, rule)
        _check_rule(rule, text)
        rules.append(rule)
        texts[rule_id] = text
    stray = {f for f in contents if f.endswith(".cedar") and f != _PERMITS} - {f"{rule_id}.cedar" for rule_id in ids}
    _check(not stray, f"policies without a rule: {sorted(stray)}", where=name)
    permits = contents.get(_PERMITS, b"").decode()
    _check(bool(permits) == (name == "common"), "only the pack common permits", where=name)
    _check_permits(permits)
    _validate([permits, *texts.values()], where=name)
    digest = hashlib.sha256(b"accord/pack/1\0" + name.encode())
    for file in sorted(contents):
        digest.update(len(file).to_bytes(4) + file.encode() + len(contents[file]).to_bytes(8) + contents[file])
    return Pack(name=name, header=header, rules=tuple(rules), texts=texts, permits=permits, digest=digest.digest())


def _contents(folder: Traversable) -> dict[str, bytes]:
    return {
        entry.name: entry.read_bytes()
        for entry in folder.iterdir()
        if entry.is_file() and entry.name.endswith((".toml", ".cedar"))
    }


@lru_cache(maxsize=16)
def load_pack(name: str) -> Pack:
    """Returns one installed pack, read and checked once a process.

    Raises:
        PackFault: There is no such pack, or it does not hold together.
    """
    _check(bool(re.fullmatch(r"[a-z][a-z0-9-]{1,30}", name)), "is not the name of a pack", where=name)
    folder = _root() / name
    _check(folder.is_dir(), "is not installed", where=name)
    return read_pack(name, _contents(folder))


def load_packs(names: Sequence[str]) -> tuple[Pack, ...]:
    """Returns installed packs in the order named, ``common`` first and always.

    Raises:
        PackFault: One of them is missing or does not hold together.
    """
    return tuple(load_pack(name) for name in dict.fromkeys(("common", *names)))


@lru_cache(maxsize=1)
def installed_packs() -> tuple[Pack, ...]:
    """Returns every pack in the package, ``common`` first.

    Raises:
        PackFault: A pack does not hold together.
    """
    return load_packs(
        sorted(entry.name for entry in _root().iterdir() if entry.is_dir() and (entry / _HEADER).is_file())
    )


def require_own_law(party: str, names: Sequence[str]) -> tuple[Pack, ...]:
    """Returns the packs named, if every installed pack that binds the party is among them.

    A profile is a file that an administrator can write; what law binds a party is not theirs to choose.

    Raises:
        PackFault: A pack that binds the party is left out, or one is missing or does not hold together.
    """
    packs = load_packs(names)
    left_out = [pack.name for pack in installed_packs() if pack.binds(party) and pack not in packs]
    if left_out:
        raise PackFault(
            f"The profile of {party} leaves out the law that binds it: {', '.join(left_out)}.",
            code="law.pack-left-out",
            next_step="Name these packs under law_packs in the profile, then start the node again.",
            fields={"party": party, "packs": left_out},
        )
    return packs


def packs_for(party: str) -> tuple[Pack, ...]:
    """Returns the packs that bind a party.

    Raises:
        PartyWithoutLaw: No pack names the party: it has no law here, and nothing may leave under none.
        PackFault: A pack does not hold together.
    """
    packs = tuple(pack for pack in installed_packs() if pack.binds(party))
    if party == EVERY_PARTY or not any(party in pack.header.parties for pack in packs):
        raise PartyWithoutLaw(f"No pack of rules binds the party {party!r}.", fields={"party": party})
    return packs
