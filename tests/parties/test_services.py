"""Making a node, inviting, comparing words, pinning; arrangements and risk profiles."""

from pathlib import Path

import msgspec
import pytest
from django.db import IntegrityError, transaction

from accord.channel.keyset import KeysetChain, sign_keyset
from accord.errors import AccordError, OfficerCanMend, OurFault, TrustFails
from accord.parties.custody import FileCustody
from accord.parties.keyfile import Stretching
from accord.parties.keysets import chain_between, channel_keys, record_keyset, tls_certificates
from accord.parties.models import Keyset, Party
from accord.parties.profile import load_profile
from accord.parties.services import (
    InvitationRefused,
    WordsDiffer,
    create_node,
    make_invitation,
    our_party,
    our_words,
    own_chain_towards,
    pin_peer,
    read_invitation,
    record_own_party,
    shared_safety_number,
)
from tests.channel.specimens import NOW_MS, specimen

CHEAP = Stretching(iterations=1, lanes=1, memory_kib=32)
PHRASE = b"correct horse battery staple"

pytestmark = pytest.mark.django_db


@pytest.fixture
def canada(tmp_path: Path) -> FileCustody:
    return create_node(tmp_path / "canada", load_profile("canada"), PHRASE, stretching=CHEAP)


@pytest.fixture
def invitation_of_india(tmp_path: Path) -> tuple[bytes, FileCustody]:
    """An invitation made at India's node, whose database is another one: ours is put back as it was."""
    custody = FileCustody.create(tmp_path / "india", "IN", PHRASE, stretching=CHEAP)
    before = transaction.savepoint()
    Keyset.objects.all().delete()
    Party.objects.all().delete()
    record_own_party(load_profile("india"), custody)
    made = make_invitation("CA", channel_url="https://india.invalid:8400", custody=custody)
    transaction.savepoint_rollback(before)
    return made, custody


def test_a_new_node_has_keys_folders_and_one_party_of_its_own(canada: FileCustody, tmp_path: Path) -> None:
    home = tmp_path / "canada"
    names = {entry.name for entry in home.iterdir()}
    assert names >= {"keys.acc", "root.acc", "archive.acc", "secret.key", "tls.crt", "tls.key", "attachments"}
    assert our_party().code == "CA"
    assert bytes(our_party().root_public or b"") == canada.root_public()
    assert our_party().described == load_profile("canada")


def test_a_database_serves_one_party_only(canada: FileCustody, tmp_path: Path) -> None:
    with pytest.raises(OurFault):
        record_own_party(load_profile("india"), FileCustody.create(tmp_path / "x", "IN", PHRASE, stretching=CHEAP))
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(code="IN", profile={}, is_self=True)


def test_a_node_that_was_never_made_has_no_party() -> None:
    with pytest.raises(OurFault):
        our_party()


def test_an_invitation_says_who_invites_and_shows_the_words_of_its_root(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    data, india = invitation_of_india
    invitation = read_invitation(data)
    assert (invitation.party, invitation.peer) == ("IN", "CA")
    assert invitation.words == our_words(india)
    assert invitation.channel_url == "https://india.invalid:8400"
    assert invitation.profile == load_profile("india")


def test_a_peer_is_pinned_once_its_words_were_compared(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    data, india = invitation_of_india
    invitation = read_invitation(data)
    words = [word.upper() + " " for word in our_words(india)]
    party = pin_peer(invitation, confirmed_words=words, confirmed_by="A. Officer")
    assert bytes(party.root_public or b"") == india.root_public()
    assert party.fingerprint_confirmed_by == "A. Officer"
    assert party.pinned_at is not None
    chain = chain_between("IN", "CA")
    assert chain.latest.tls_pins == (india.tls.pin,)
    assert list(tls_certificates(chain.latest).values()) == [india.tls.der]
    again = pin_peer(invitation, confirmed_words=words, confirmed_by="Another")
    assert again.fingerprint_confirmed_by == "A. Officer"


def test_words_that_differ_pin_nothing(canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]) -> None:
    invitation = read_invitation(invitation_of_india[0])
    words = list(invitation.words)
    for wrong in (words[:-1], [*words[:-1], words[0]], our_words(canada), [], [*words, "more"]):
        with pytest.raises(WordsDiffer):
            pin_peer(invitation, confirmed_words=wrong, confirmed_by="A. Officer")
    assert not Party.objects.filter(code="IN", root_public__isnull=False).exists()


def test_another_root_key_is_never_pinned_over_the_first(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    Party.objects.create(code="IN", profile={}, root_public=specimen("IN").root.public.to_bytes())
    invitation = read_invitation(invitation_of_india[0])
    with pytest.raises(InvitationRefused):
        pin_peer(invitation, confirmed_words=invitation.words, confirmed_by="A. Officer")


def test_an_invitation_for_another_party_is_refused(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    from dataclasses import replace

    invitation = replace(read_invitation(invitation_of_india[0]), peer="FR")
    with pytest.raises(InvitationRefused):
        pin_peer(invitation, confirmed_words=invitation.words, confirmed_by="A. Officer")


def test_a_changed_invitation_is_refused(invitation_of_india: tuple[bytes, FileCustody]) -> None:
    data, _ = invitation_of_india
    signed = msgspec.json.decode(data)
    for before, after in (
        ("india.invalid", "thief.invalid"),
        ('"peer":"CA"', '"peer":"FR"'),
        ("New Delhi", "Old Delhi"),
    ):
        assert before in signed["accord_invitation"]
        changed = {**signed, "accord_invitation": signed["accord_invitation"].replace(before, after)}
        with pytest.raises(TrustFails):
            read_invitation(msgspec.json.encode(changed))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b'{"accord_invitation":"{}","signature":""}', b"[" * 9999]
)
def test_what_is_no_invitation_is_refused(data: bytes) -> None:
    with pytest.raises(AccordError):
        read_invitation(data)


def test_an_oversize_invitation_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(InvitationRefused):
        read_invitation(b" " * (1024 * 1024 + 1))


@pytest.mark.parametrize("peer", ["CA", "", "x", "in", "../IN", "TOOLONGCODE"])
def test_nobody_is_invited_under_a_code_that_is_none(canada: FileCustody, peer: str) -> None:
    with pytest.raises(OfficerCanMend):
        make_invitation(peer, channel_url="https://x.invalid", custody=canada)


def test_without_the_root_key_nobody_new_is_invited(canada: FileCustody, tmp_path: Path) -> None:
    (tmp_path / "canada" / "root.acc").unlink()
    with pytest.raises(AccordError) as caught:
        make_invitation("IN", channel_url="https://x.invalid", custody=canada)
    assert caught.value.reason_code == "parties.key-file-missing"
    assert not Keyset.objects.exists()


def test_the_first_keyset_towards_a_peer_is_made_once(canada: FileCustody) -> None:
    first = make_invitation("IN", channel_url="https://x.invalid", custody=canada)
    second = make_invitation("IN", channel_url="https://x.invalid", custody=canada)
    assert read_invitation(first).keyset == read_invitation(second).keyset
    assert own_chain_towards("IN", canada, now_ms=NOW_MS).latest.serial == 1


def test_both_sides_compute_the_same_safety_number(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    from accord.channel.fingerprint import safety_number

    data, india = invitation_of_india
    invitation = read_invitation(data)
    party = pin_peer(invitation, confirmed_words=invitation.words, confirmed_by="A. Officer")
    assert shared_safety_number(party, canada) == safety_number(india.root_public(), canada.root_public())
    with pytest.raises(OurFault):
        shared_safety_number(Party.objects.create(code="FR", profile={}), canada)


# --- keysets ----------------------------------------------------------------------------------------------------------


def test_a_stored_keyset_that_was_changed_from_outside_is_found(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    own_chain_towards_india(canada)
    row = Keyset.objects.get(party_id="CA")
    damaged = bytearray(bytes(row.signed))
    damaged[200] ^= 1
    Keyset.objects.filter(pk=row.pk).update(signed=bytes(damaged))
    with pytest.raises(AccordError):
        chain_between("CA", "IN")


def own_chain_towards_india(canada: FileCustody) -> KeysetChain:
    Party.objects.get_or_create(code="IN", defaults={"profile": {}})
    return own_chain_towards("IN", canada, now_ms=NOW_MS)


def test_a_channel_without_a_keyset_of_ours_in_force_has_no_keys(
    canada: FileCustody, invitation_of_india: tuple[bytes, FileCustody]
) -> None:
    invitation = read_invitation(invitation_of_india[0])
    pin_peer(invitation, confirmed_words=invitation.words, confirmed_by="A. Officer")
    with pytest.raises(AccordError):
        channel_keys("CA", "IN")
    own_chain_towards_india(canada)
    keys = channel_keys("CA", "IN")
    assert keys.sign_key_id(0) == canada.signer().public.key_id
    assert channel_keys("CA", "IN") is keys


def test_a_keyset_is_recorded_only_if_it_continues_its_chain(canada: FileCustody) -> None:
    chain = own_chain_towards_india(canada)
    foreign = sign_keyset(specimen("CA").keyset("IN", serial=2), specimen("CA").root)
    with pytest.raises(TrustFails):
        record_keyset(chain, foreign)
    assert Keyset.objects.filter(party_id="CA").count() == 1
