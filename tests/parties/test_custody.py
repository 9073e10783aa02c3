"""Key files and the file custody: closed without the pass phrase, whole after a crash, offline where they can be."""

import stat
from pathlib import Path

import pytest

from accord.channel.keys import VerifyKey
from accord.channel.sealkeys import SealPublicKey
from accord.errors import NotAvailableNow, OurFault, TrustFails
from accord.parties import keyfile
from accord.parties.custody import (
    FileCustody,
    KeyNotHeld,
    PassphraseMissing,
    custody_in_use,
    find_passphrase,
    use_custody,
)
from accord.parties.keyfile import KeyFileMissing, Stretching, read_key_file, write_durably, write_key_file

PHRASE = b"correct horse battery staple"
# The cheapest parameters that are accepted: no test is about the cost of a guess, one is about its bounds.
CHEAP = Stretching(iterations=1, lanes=1, memory_kib=32)


@pytest.fixture
def custody(tmp_path: Path) -> FileCustody:
    return FileCustody.create(tmp_path / "home", "CA", PHRASE, stretching=CHEAP)


def test_a_key_file_gives_back_what_was_put_in(tmp_path: Path) -> None:
    write_key_file(tmp_path / "k.acc", passphrase=PHRASE, secret=b"secret", stretching=CHEAP)
    assert read_key_file(tmp_path / "k.acc", passphrase=PHRASE) == b"secret"
    assert stat.S_IMODE((tmp_path / "k.acc").stat().st_mode) == 0o600
    assert b"secret" not in (tmp_path / "k.acc").read_bytes()


def test_a_wrong_pass_phrase_opens_nothing(tmp_path: Path) -> None:
    write_key_file(tmp_path / "k.acc", passphrase=PHRASE, secret=b"secret", stretching=CHEAP)
    with pytest.raises(TrustFails) as caught:
        read_key_file(tmp_path / "k.acc", passphrase=b"correct horse battery stable")
    assert caught.value.reason_code == "parties.key-file-closed"


def test_a_flipped_bit_anywhere_in_a_key_file_is_found(tmp_path: Path) -> None:
    file = tmp_path / "k.acc"
    write_key_file(file, passphrase=PHRASE, secret=b"secret", stretching=CHEAP)
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((TrustFails, OurFault)):
            read_key_file(file, passphrase=PHRASE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no line feed",
        b"{}\nrest",
        b'{"form":"accord-keys-9","salt":"AAAA","stretching":{}}\n' + bytes(60),
        b'{"form":"accord-keys-1","salt":"AAAA","stretching":{"memory_kib":999999999}}\n' + bytes(60),
    ],
)
def test_a_file_that_is_no_key_file_is_refused_before_memory_is_spent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k.acc").write_bytes(content)
    with pytest.raises(OurFault):
        read_key_file(tmp_path / "k.acc", passphrase=PHRASE)


def test_a_missing_key_file_is_for_later_and_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing) as caught:
        read_key_file(tmp_path / "root.acc", passphrase=PHRASE)
    assert caught.value.fields == {"file": "root.acc"}


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "k.acc"
    write_durably(file, b"old")

    def fail(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(keyfile.os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_durably(file, b"new")
    assert file.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["k.acc"]


def test_a_new_custody_opens_again_with_the_same_keys(custody: FileCustody, tmp_path: Path) -> None:
    again = FileCustody(tmp_path / "home", PHRASE)
    assert again.party == "CA"
    assert again.root_public() == custody.root_public()
    for kind in ("sign", "seal", "archive"):
        assert again.newest(kind) == custody.newest(kind)  # type: ignore[arg-type]
    assert again.tls.pin == custody.tls.pin


def test_signatures_and_seals_of_the_custody_hold(custody: FileCustody) -> None:
    key = VerifyKey.from_bytes(custody.newest("sign"))
    key.verify(b"context", b"message", custody.signer().sign(b"context", b"message"))
    sealing = SealPublicKey.from_bytes(custody.newest("seal"))
    sealed = sealing.seal(b"info", b"words")
    assert custody.opener(sealing.key_id).open(b"info", sealed) == b"words"


def test_root_and_archive_key_can_be_offline_while_the_node_signs_and_opens(
    custody: FileCustody, tmp_path: Path
) -> None:
    archive = SealPublicKey.from_bytes(custody.newest("archive"))
    for name in ("root.acc", "archive.acc"):
        (tmp_path / "home" / name).rename(tmp_path / name)
    running = FileCustody(tmp_path / "home", PHRASE)
    running.signer().sign(b"context", b"message")
    assert len(running.root_public()) == len(custody.root_public())
    with pytest.raises(KeyFileMissing):
        running.root_signer()
    with pytest.raises(KeyFileMissing):
        running.archive_opener(archive.key_id)
    (tmp_path / "archive.acc").rename(tmp_path / "home" / "archive.acc")
    assert running.archive_opener(archive.key_id).open(b"i", archive.seal(b"i", b"own words")) == b"own words"


def test_a_second_key_keeps_the_first(custody: FileCustody) -> None:
    first = custody.signer().public
    custody.add("sign")
    assert custody.signer().public != first
    assert custody.signer(first.key_id).public == first


def test_a_key_that_another_process_added_is_found(custody: FileCustody, tmp_path: Path) -> None:
    other = FileCustody(tmp_path / "home", PHRASE, stretching=CHEAP)
    other.add("seal")
    key_id = SealPublicKey.from_bytes(other.newest("seal")).key_id
    assert custody.opener(key_id).public.key_id == key_id


def test_an_unknown_key_is_not_held(custody: FileCustody) -> None:
    with pytest.raises(KeyNotHeld):
        custody.signer(bytes(8))
    with pytest.raises(KeyNotHeld):
        custody.opener(bytes(8))


def test_an_announced_tls_identity_is_used_only_once_it_is_promoted(custody: FileCustody) -> None:
    before = custody.tls.pin
    assert custody.next_tls is None
    with pytest.raises(OurFault):
        custody.promote_tls()
    custody.add("tls")
    assert custody.next_tls is not None
    announced = custody.next_tls.pin
    assert custody.tls.pin == before != announced
    custody.promote_tls()
    assert custody.tls.pin == announced
    assert custody.next_tls is None


def test_keys_are_never_made_over_existing_ones(custody: FileCustody, tmp_path: Path) -> None:
    with pytest.raises(OurFault) as caught:
        FileCustody.create(tmp_path / "home", "CA", PHRASE, stretching=CHEAP)
    assert caught.value.reason_code == "parties.keys-exist"


def test_a_short_pass_phrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OurFault) as caught:
        FileCustody.create(tmp_path / "home", "CA", b"too short", stretching=CHEAP)
    assert caught.value.reason_code == "parties.passphrase-weak"
    assert not (tmp_path / "home" / "keys.acc").exists()


def test_the_pass_phrase_comes_from_the_first_source_that_has_one(tmp_path: Path) -> None:
    (tmp_path / "accord-passphrase").write_text("from the credential\n")
    (tmp_path / "file").write_bytes(b"from the file\r\nsecond line")
    everything = {"ACCORD_PASSPHRASE": "from the environment", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    file = str(tmp_path / "file")
    assert find_passphrase(environment=everything, file=file) == b"from the environment"
    del everything["ACCORD_PASSPHRASE"]
    assert find_passphrase(environment=everything, file=file) == b"from the credential"
    assert find_passphrase(environment={}, file=file) == b"from the file"
    with pytest.raises(PassphraseMissing):
        find_passphrase(environment={})


def test_the_process_opens_its_custody_once(
    custody: FileCustody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    use_custody(None)
    monkeypatch.setattr(settings, "ACCORD_HOME", tmp_path / "home")
    monkeypatch.setenv("ACCORD_PASSPHRASE", PHRASE.decode())
    try:
        opened = custody_in_use()
        assert opened.party == "CA"
        assert custody_in_use() is opened
    finally:
        use_custody(None)


def test_a_locked_custody_is_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_custody(None)
    monkeypatch.delenv("ACCORD_PASSPHRASE", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(NotAvailableNow):
        custody_in_use()


def test_no_private_key_shows_in_a_representation(custody: FileCustody) -> None:
    from accord.channel.keys import SigningKey

    signer = custody.signer()
    assert isinstance(signer, SigningKey)
    assert signer.seed.hex() not in repr(signer)
    assert "seed" not in repr(custody)
