"""The rules' words in other languages: they decide nothing, bind nothing, and are not shown when they are stale."""

from importlib.resources import files
from pathlib import Path

import pytest
from msgspec import structs

from accord.law.engine import gate_for
from accord.law.loading import installed_packs, load_pack, read_pack
from accord.law.rules import Pack
from accord.law.words import WordsFault, digest_of_words, load_words, read_words, said


def _words(pack: Pack, *, version: int = 0, of: str = "", is_whole: bool = True) -> bytes:
    rule = pack.rules[0]
    lines = [
        'title = "Paquet"',
        'keeper = "Conseil"',
        f"[rules.{rule.id}]",
        f"version = {version or rule.version}",
        f'of = "{of or digest_of_words(rule)}"',
        'title = "Titre"',
        'note = "Note"',
        f"[rules.{rule.id}.policies]",
    ]
    told = 'sentence = "Phrase", cure = "Remède", decider = "Décideur"'
    lines += [f"{name} = {{ {told} }}" for name in rule.policies if is_whole]
    return "\n".join(lines).encode()


def _contents(pack: str) -> dict[str, bytes]:
    folder = files("accord.law") / "packs" / pack
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


@pytest.mark.parametrize("pack", [pack.name for pack in installed_packs()])
def test_a_translation_is_no_part_of_a_pack_or_of_its_digest(pack: str) -> None:
    assert read_pack(pack, _contents(pack)).digest == load_pack(pack).digest
    assert not [name for name in _contents(pack) if name in {"fr.toml", "hi.toml"}]


def test_words_of_a_rule_are_found_by_their_english() -> None:
    pack = load_pack("common")
    rule = pack.rules[0]
    read = read_words(_words(pack), pack, where="fr.toml")
    assert read.rules[rule.id].is_of(rule)


@pytest.mark.parametrize(("version", "of"), [(99, ""), (0, "0" * 16)], ids=["another version", "other English words"])
def test_stale_words_are_not_those_of_the_rule(version: int, of: str) -> None:
    pack = load_pack("common")
    read = read_words(_words(pack, version=version, of=of), pack, where="fr.toml")
    assert not read.rules[pack.rules[0].id].is_of(pack.rules[0])


def test_a_changed_english_sentence_makes_a_translation_stale() -> None:
    rule = load_pack("common").rules[0]
    name, policy = next(iter(rule.policies.items()))
    changed = structs.replace(rule, policies={**rule.policies, name: structs.replace(policy, cure="Something else.")})
    assert digest_of_words(changed) != digest_of_words(rule)


@pytest.mark.parametrize(
    "broken",
    [
        b"not toml at all [",
        b'title = "x"\nkeeper = "y"\nstray = 1\n',
        b'title = "x"\nkeeper = "y"\n[rules.ZZ-99]\nversion = 1\nof = "0"\ntitle = "x"\nnote = "y"\npolicies = {}\n',
    ],
    ids=["malformed", "an unknown member", "a rule that the pack does not have"],
)
def test_words_that_do_not_hold_together_are_refused(broken: bytes) -> None:
    with pytest.raises(WordsFault):
        read_words(broken, load_pack("common"), where="fr.toml")


def test_words_that_leave_out_a_policy_are_refused() -> None:
    pack = load_pack("common")
    with pytest.raises(WordsFault):
        read_words(_words(pack, is_whole=False), pack, where="fr.toml")


def test_a_fault_in_the_words_leaves_the_english_and_the_gate_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "fr.toml"
    broken.write_bytes(b"[")
    monkeypatch.setattr("accord.law.words._file", lambda _pack, _language: broken)
    said.cache_clear()
    assert said(("common",), "fr") == {}
    assert "law.words-invalid" in caplog.text
    assert gate_for("CA").rules
    said.cache_clear()


def test_a_language_without_words_leaves_the_english() -> None:
    assert load_words(load_pack("common"), "tlh") is None
    assert load_words(load_pack("common"), "../../common/pack") is None
    assert said(("common",), "tlh") == {}
