"""The words of the rules in other languages: read beside the packs, and never in the place of their law.

A pack is written in English, which decides, is stored with each decision and is hashed. Its words in another language
stand in ``packs/<pack>/words/<language>.toml``, keyed by rule, and promise this:

* **They decide nothing.** The gate never reads them; a fault in them cannot close it, nor open it.
* **They are outside the pack's digest.** The digest says under which law a decision was made, and an approval binds
  it. If a translation were in it, a comma mended in French would void what a second officer approved, and two nodes
  of one law with different languages installed would seem to follow different law. What is shown is bound the other
  way round: each translation names the version of its rule, and the digest of the English words it renders.
* **A stale one is not shown.** When a rule's version or its English words changed since, the English stands there
  instead, marked as English, until somebody has looked; so a translation can be missing but not wrong by age.
* **What is cited keeps its name.** Citations have an official French title where the Act is bilingual; others stay in
  the original. A citation that is not rendered is shown as the pack has it.

They are looked up by the English words themselves, so that a decision of last year, stored with its words, is shown
in the reader's language as long as these words still mean the same, and in English otherwise.
"""

import hashlib
import logging
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Final

from msgspec import DecodeError, Meta, Struct, ValidationError, toml

from accord.errors import OurFault
from accord.law.loading import load_packs
from accord.law.rules import Pack, Rule

__all__ = ["PackWords", "PolicyWords", "RuleWords", "WordsFault", "digest_of_words", "load_words", "read_words", "said"]

log = logging.getLogger(__name__)

DIGEST_DIGITS: Final = 16
"""Hexadecimal digits of the digest that binds a translation: it guards against forgetting, not against an enemy."""

_Text = Annotated[str, Meta(min_length=1, max_length=900)]


class WordsFault(OurFault):
    """A file of the rules' words in another language does not hold together; the English stands in its place."""

    code = "law.words-invalid"
    default_next_step = "Mend the named file; until then the rules are shown in English."


class PolicyWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one policy says to an officer, in one language; see :class:`accord.law.rules.Policy`."""

    sentence: _Text
    cure: _Text
    decider: _Text
    channel: _Text | None = None


class RuleWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one rule in one language.

    Args:
        version: Version of the rule that was translated.
        of: Digest of the English words that were translated (:func:`digest_of_words`).
        title: Its title.
        note: What a lawyer of the party should look at first.
        citations: Its citations, one for each of the rule's; empty where they stay as they are.
        policies: Its policies by name, all of them.
    """

    version: int
    of: str
    title: _Text
    note: _Text
    citations: tuple[_Text, ...] = ()
    policies: dict[str, PolicyWords]

    def is_of(self, rule: Rule) -> bool:
        """Returns whether these are the words of the rule as it stands today."""
        return self.version == rule.version and self.of == digest_of_words(rule)


class PackWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of a pack in one language.

    Args:
        title: The pack in a few words.
        keeper: Who answers for its content.
        rules: The words of its rules, by identifier.
    """

    title: _Text
    keeper: _Text
    rules: dict[str, RuleWords] = {}


def digest_of_words(rule: Rule) -> str:
    """Returns the digest of all that a translation of the rule renders, as hexadecimal digits."""
    digest = hashlib.sha256(b"accord/rule-words/1\0")
    texts = [rule.title, rule.note, *rule.citations]
    for name, policy in sorted(rule.policies.items()):
        texts += [name, policy.sentence, policy.cure, policy.decider, policy.channel or ""]
    for text in texts:
        raw = text.encode()
        digest.update(len(raw).to_bytes(4) + raw)
    return digest.hexdigest()[:DIGEST_DIGITS]


def read_words(raw: bytes, pack: Pack, *, where: str) -> PackWords:
    """Returns a pack's words in one language from the bytes of their file, checked whole.

    Args:
        raw: The file.
        pack: The pack that it renders.
        where: How to name the file in a fault.

    Raises:
        WordsFault: It is malformed, or names a rule or a policy that the pack does not have.
    """
    try:
        found = toml.decode(raw, type=PackWords)
    except (DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise WordsFault(f"{where}: {error}", fields={"file": where}) from error
    rules = {rule.id: rule for rule in pack.rules}
    for rule_id, words in found.rules.items():
        rule = rules.get(rule_id)
        if rule is None:
            raise WordsFault(f"{where}: the pack has no rule {rule_id}.", fields={"file": where, "rule": rule_id})
        if not words.is_of(rule):
            continue
        is_whole = set(words.policies) == set(rule.policies) and len(words.citations) in {0, len(rule.citations)}
        if not is_whole:
            raise WordsFault(
                f"{where}: the words of {rule_id} are not one for one with the rule's.",
                fields={"file": where, "rule": rule_id},
            )
    return found


def _file(pack: Pack, language: str) -> Traversable:
    return files("accord.law") / "packs" / pack.name / "words" / f"{language}.toml"


def load_words(pack: Pack, language: str) -> PackWords | None:
    """Returns a pack's words in a language; ``None`` where there are none.

    Raises:
        WordsFault: The file does not hold together.
    """
    file = _file(pack, language)
    if not language.isalpha() or not file.is_file():
        return None
    return read_words(file.read_bytes(), pack, where=f"{pack.name}/words/{language}.toml")


@lru_cache(maxsize=16)
def said(names: tuple[str, ...], language: str) -> Mapping[str, str]:
    """Returns what the rules' English words are in a language, for each text that has fresh words.

    A file that does not hold together is as good as none: its fault is logged, and the English stands.

    Args:
        names: Names of installed packs.
        language: Code of the language.
    """
    found: dict[str, str] = {}
    for pack in load_packs(names):
        try:
            words = load_words(pack, language)
        except WordsFault as fault:
            log.warning("%s: %s", fault.reason_code, fault.sentence)
            continue
        if words is not None:
            found |= _pairs(pack, words)
    return found


def _pairs(pack: Pack, words: PackWords) -> Mapping[str, str]:
    found = {pack.header.title: words.title, pack.header.keeper: words.keeper}
    for rule in pack.rules:
        rendered = words.rules.get(rule.id)
        if rendered is None or not rendered.is_of(rule):
            continue
        found |= {rule.title: rendered.title, rule.note: rendered.note}
        if rendered.citations:
            # An Act without a title in the language is cited as it is, and stays marked as it is.
            found |= {
                cited: told for cited, told in zip(rule.citations, rendered.citations, strict=True) if cited != told
            }
            found[rule.citation] = "; ".join(rendered.citations)
        for name, policy in rule.policies.items():
            told = rendered.policies[name]
            found |= {policy.sentence: told.sentence, policy.cure: told.cure, policy.decider: told.decider}
            if policy.channel and told.channel:
                found[policy.channel] = told.channel
    return found
