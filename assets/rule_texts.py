"""The rules whose words in a language are missing or stale, in the form of the file into which they go."""

import json
from collections.abc import Iterator

from accord.law.loading import installed_packs
from accord.law.rules import Rule
from accord.law.words import digest_of_words, load_words


def rules_to_translate(language: str) -> str:
    """Returns the entries to put into ``packs/<pack>/words/<language>.toml``, with the English words to render."""
    parts: list[str] = []
    for pack in installed_packs():
        words = load_words(pack, language)
        known = words.rules if words is not None else {}
        waiting = [rule for rule in pack.rules if rule.id not in known or not known[rule.id].is_of(rule)]
        if waiting:
            parts.append(f"# packs/{pack.name}/words/{language}.toml")
            parts += (
                [] if words else [f"title = {_quoted(pack.header.title)}", f"keeper = {_quoted(pack.header.keeper)}"]
            )
            parts += [line for rule in waiting for line in _entry(rule)]
    return "\n".join([*parts, ""])


def _entry(rule: Rule) -> Iterator[str]:
    yield f"\n[rules.{rule.id}]"
    yield f"version = {rule.version}"
    yield f"of = {_quoted(digest_of_words(rule))}"
    yield f"title = {_quoted(rule.title)}"
    yield f"note = {_quoted(rule.note)}"
    yield "citations = ["
    yield from (f"  {_quoted(citation)}," for citation in rule.citations)
    yield "]"
    for name, policy in rule.policies.items():
        yield f"\n[rules.{rule.id}.policies.{name}]"
        yield f"sentence = {_quoted(policy.sentence)}"
        yield f"cure = {_quoted(policy.cure)}"
        yield f"decider = {_quoted(policy.decider)}"
        if policy.channel:
            yield f"channel = {_quoted(policy.channel)}"


def _quoted(text: str) -> str:
    # A JSON string is a basic string of TOML.
    return json.dumps(text, ensure_ascii=False)
