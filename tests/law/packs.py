"""Packs made for a test: the installed ones with a file changed, and small ones of a rule or two."""

from importlib.resources import files

from accord.law.engine import Gate
from accord.law.loading import load_packs, read_pack
from accord.law.rules import Pack

POLICY_FILE = """
@id("XX-01.always")
forbid (principal, action in [Action::"release", Action::"request"], resource);
"""

RULE_FILE = """
id = "XX-01"
version = 1
title = "A rule for tests"
in_force_from = 2026-02-07
citations = ["Specimen Act, section 1"]
verified = true
note = "A specimen."
applies = ["release", "request"]

[[sources]]
reference = "Specimen Act, section 1"

[policies.always]
outcome = "{outcome}"
sentence = "It always speaks."
cure = "Nothing cures it."
decider = "Nobody"

""" + "\n".join(
    f"""
[[rows]]
name = "row {n}"
base = "request"
fires = ["always"]
outcome = "refuse"
"""
    for n in range(4)
)

HEADER = b'title = "Tests"\nparties = ["CA", "IN"]\nkeeper = "Tests"\nin_force_from = 2026-02-07\n'


def contents(name: str) -> dict[str, bytes]:
    """Returns the bytes of an installed pack's files."""
    folder = files("accord.law") / "packs" / name
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def small(
    *, rule: str = RULE_FILE.replace("{outcome}", "refuse"), policy: str = POLICY_FILE, **more: bytes
) -> dict[str, bytes]:
    """Returns the files of a pack with one rule, XX-01."""
    return {"pack.toml": HEADER, "XX-01.toml": rule.encode(), "XX-01.cedar": policy.encode(), **more}


def gate_with(*packs: Pack) -> Gate:
    """Returns a gate of the common pack and others."""
    return Gate((*load_packs(()), *packs))


def changed(name: str, file: str, old: str, new: str) -> Pack:
    """Returns an installed pack with one text replaced in one file."""
    found = contents(name)
    text = found[file].decode()
    assert old in text
    return read_pack(name, found | {file: text.replace(old, new).encode()})
