import hashlib
from dataclasses import replace

import pytest

from accord.channel.encoding import LimitExceeded, MalformedObject, decode, encode
from accord.channel.keys import KeyUnusable, SignatureInvalid, VerifyKey
from accord.channel.keyset import ChainBroken, KeyEntry, KeyNotInForce, Keyset, KeysetChain, Settled, sign_keyset
from accord.channel.sealkeys import SealKey, SealPublicKey

from .specimens import NOW_MS, seed, specimen

CA, IN = specimen("CA"), specimen("IN")
NEXT = specimen("CA next")
FIRST = CA.keyset("IN")
CHAIN = CA.chain("IN")
OLD_KEY = FIRST.sign_keys[0]
NEW_KEY = KeyEntry(public=NEXT.sign.public.to_bytes(), from_position=100)


def following(chain: KeysetChain, **changes: object) -> Keyset:
    last = chain.latest
    return replace(last, **{"serial": last.serial + 1, "previous": last.digest, **changes})  # type: ignore[arg-type]


def extended(chain: KeysetChain, **changes: object) -> KeysetChain:
    return chain.extended(sign_keyset(following(chain, **changes), CA.root))


ROTATED = extended(CHAIN, sign_keys=(OLD_KEY.retired(120), NEW_KEY))


def test_a_keyset_comes_back_from_its_bytes_with_what_it_may_not_know() -> None:
    keyset = replace(FIRST, extensions={1000: "kept"})
    assert Keyset.decode(keyset.encode()) == keyset
    assert Keyset.decode(keyset.encode()).encode() == keyset.encode()


def test_a_chain_comes_back_from_its_bytes_verified() -> None:
    assert KeysetChain.from_bytes(ROTATED.to_bytes()) == ROTATED
    assert (ROTATED.party, ROTATED.peer, ROTATED.latest.serial) == ("CA", "IN", 2)


def test_both_keys_count_during_an_overlap_and_each_alone_outside_it() -> None:
    """Fault 26: a key rotated in mid-batch."""
    old, new = CA.sign.public, NEXT.sign.public
    assert ROTATED.signing_keys_at(99) == (old,)
    assert ROTATED.signing_keys_at(100) == (new, old)
    assert ROTATED.signing_keys_at(119) == (new, old)
    assert ROTATED.signing_keys_at(120) == (new,)
    assert ROTATED.signing_key_at(110) == new
    assert ROTATED.signing_key_at(110, old.key_id) == old
    with pytest.raises(KeyNotInForce) as refusal:
        ROTATED.signing_key_at(120, old.key_id)
    assert refusal.value.reason_code == "trust.key-not-in-force"
    with pytest.raises(KeyNotInForce):
        ROTATED.signing_key_at(99, new.key_id)


def test_a_revoked_key_is_refused_from_its_position_and_good_before_it() -> None:
    """Fault 27: revoked as compromised at a position; evidence before it stays good for ever."""
    revoked = extended(ROTATED, sign_keys=(OLD_KEY.retired(120).revoked(50, cosignatures_from=7), NEW_KEY))
    assert revoked.signing_key_at(49, CA.sign.public.key_id) == CA.sign.public
    with pytest.raises(KeyNotInForce) as refusal:
        revoked.signing_key_at(50, CA.sign.public.key_id)
    assert refusal.value.reason_code == "trust.key-revoked"
    with pytest.raises(KeyNotInForce):
        revoked.signing_keys_at(50)
    assert revoked.cosigning_keys_at(6) == (NEXT.sign.public, CA.sign.public)
    assert revoked.cosigning_keys_at(7) == (NEXT.sign.public,)


def test_a_revocation_that_says_nothing_of_cosignatures_refuses_them_all() -> None:
    entry = replace(OLD_KEY, revoked_from=50)
    assert not entry.cosigns_at(0)
    chain = extended(CHAIN, sign_keys=(entry,))
    with pytest.raises(KeyNotInForce):
        chain.cosigning_keys_at(0)


def test_a_retired_key_still_vouches_for_what_it_cosigned() -> None:
    assert ROTATED.cosigning_keys_at(10**6) == (NEXT.sign.public, CA.sign.public)


def test_a_key_left_out_after_its_end_still_verifies_old_evidence() -> None:
    later = extended(ROTATED, sign_keys=(NEW_KEY,))
    assert later.signing_key_at(10, CA.sign.public.key_id) == CA.sign.public
    assert later.signing_keys_at(120) == (NEXT.sign.public,)


def test_a_key_left_out_may_come_back_to_be_revoked_but_not_to_be_used() -> None:
    later = extended(ROTATED, sign_keys=(NEW_KEY,))
    revoked = extended(later, sign_keys=(NEW_KEY, OLD_KEY.retired(120).revoked(5, cosignatures_from=0)))
    with pytest.raises(KeyNotInForce):
        revoked.signing_key_at(5, CA.sign.public.key_id)
    with pytest.raises(ChainBroken, match="says more"):
        extended(later, sign_keys=(NEW_KEY, OLD_KEY))


def test_a_key_of_another_country_is_unknown() -> None:
    """Fault 28."""
    with pytest.raises(KeyNotInForce) as refusal:
        CHAIN.signing_key_at(0, IN.sign.public.key_id)
    assert refusal.value.reason_code == "trust.key-unknown"


def test_messages_are_sealed_to_the_newest_key_without_an_end() -> None:
    sealing = FIRST.seal_keys[0]
    coming = KeyEntry(public=NEXT.seal.public.to_bytes(), from_position=100)
    assert CHAIN.seal_key_for_sending() == CA.seal.public
    assert CHAIN.archive_key() == CA.archive.public
    assert extended(CHAIN, seal_keys=(coming, sealing)).seal_key_for_sending() == NEXT.seal.public
    assert extended(CHAIN, seal_keys=(coming.retired(200), sealing)).seal_key_for_sending() == CA.seal.public
    for ended in (sealing.retired(5), sealing.revoked(5, cosignatures_from=0)):
        with pytest.raises(KeyNotInForce, match="sealing"):
            extended(CHAIN, seal_keys=(ended,)).seal_key_for_sending()


def test_an_empty_chain_trusts_nothing() -> None:
    empty = KeysetChain(CA.root.public)
    for name in ("latest", "party", "peer"):
        with pytest.raises(KeyNotInForce) as refusal:
            getattr(empty, name)
        assert refusal.value.reason_code == "trust.no-keyset"
    with pytest.raises(KeyNotInForce):
        empty.seal_key_for_sending()
    with pytest.raises(KeyNotInForce):
        empty.signing_key_at(0)
    with pytest.raises(KeyNotInForce):
        empty.cosigning_keys_at(0)
    assert KeysetChain.from_bytes(empty.to_bytes()) == empty


@pytest.mark.parametrize(
    "changes",
    [
        {"serial": 1},
        {"serial": 3},
        {"previous": None},
        {"previous": bytes(32)},
        {"party": "XX"},
        {"peer": "XX"},
        {"issued_ms": NOW_MS - 1},
        {"sign_keys": (NEW_KEY,)},
        {"sign_keys": (replace(OLD_KEY, from_position=1),)},
        {"seal_keys": (KeyEntry(public=NEXT.seal.public.to_bytes()),)},
        {"archive_keys": (KeyEntry(public=NEXT.archive.public.to_bytes()),)},
    ],
    ids="-".join,
)
def test_a_keyset_that_does_not_continue_the_chain_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ChainBroken):
        extended(CHAIN, **changes)


@pytest.mark.parametrize(
    "wider",
    [
        OLD_KEY,
        OLD_KEY.retired(121),
        replace(OLD_KEY, revoked_from=50, cosign_revoked_from=9),
        OLD_KEY.retired(120).revoked(51, cosignatures_from=9),
        OLD_KEY.retired(120).revoked(50, cosignatures_from=10),
        replace(OLD_KEY.retired(120), revoked_from=50),
    ],
)
def test_an_end_once_stated_is_not_lifted_nor_put_off(wider: KeyEntry) -> None:
    stated = OLD_KEY.retired(120).revoked(50, cosignatures_from=9)
    chain = extended(CHAIN, sign_keys=(stated, NEW_KEY))
    if wider == replace(OLD_KEY.retired(120), revoked_from=50):
        assert not wider.cosigns_at(0)
    with pytest.raises(ChainBroken):
        extended(chain, sign_keys=(wider, NEW_KEY))
    earlier = OLD_KEY.retired(110).revoked(40, cosignatures_from=8)
    assert extended(chain, sign_keys=(earlier, NEW_KEY)).latest.sign_keys[0] == earlier


def test_a_first_keyset_names_none_before_it() -> None:
    for keyset in (replace(FIRST, serial=2), replace(FIRST, serial=0), replace(FIRST, previous=bytes(32))):
        with pytest.raises(ChainBroken, match="first keyset"):
            KeysetChain(CA.root.public).extended(sign_keyset(keyset, CA.root))


def test_only_the_root_speaks_of_keys() -> None:
    for signer in (CA.sign, IN.root):
        with pytest.raises(SignatureInvalid):
            KeysetChain(CA.root.public).extended(sign_keyset(FIRST, signer))


def test_every_byte_of_a_signed_keyset_counts() -> None:
    signed = CHAIN.signed[0]
    empty = KeysetChain(CA.root.public)
    for position in range(0, len(signed), 7):
        altered = signed[:position] + bytes([signed[position] ^ 1]) + signed[position + 1 :]
        with pytest.raises((MalformedObject, LimitExceeded, SignatureInvalid)):
            empty.extended(altered)


def test_a_chain_under_another_root_is_refused_when_it_is_read() -> None:
    with pytest.raises(SignatureInvalid):
        KeysetChain.from_bytes(encode({1: IN.root.public.to_bytes(), 2: list(CHAIN.signed)}))
    with pytest.raises(ChainBroken):
        KeysetChain.from_bytes(encode({1: CA.root.public.to_bytes(), 2: list(ROTATED.signed[1:])}))


def altered(**changes: object) -> bytes:
    fields = decode(FIRST.encode(), what="keyset", max_bytes=1 << 20)
    assert isinstance(fields, dict)
    return encode({**fields, **{int(key[1:]): value for key, value in changes.items()}})


SIGN_ENTRY = FIRST.sign_keys[0].to_map()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"f1": 2}, "channel.unknown-version"),
        ({"f2": 7}, "channel.unknown-suite"),
        ({"f14": 1}, "channel.unknown-critical-field"),
        ({"f4": "CA"}, "channel.malformed-object"),
        ({"f9": NOW_MS - 1}, "channel.malformed-object"),
        ({"f10": []}, "channel.malformed-object"),
        ({"f11": []}, "channel.malformed-object"),
        ({"f12": []}, "channel.malformed-object"),
        ({"f10": [SIGN_ENTRY, SIGN_ENTRY]}, "channel.malformed-object"),
        ({"f10": [{**SIGN_ENTRY, 1: bytes(1983)}]}, "channel.malformed-object"),
        ({"f10": [{**SIGN_ENTRY, 2: -1}]}, "channel.malformed-object"),
        ({"f10": [{**SIGN_ENTRY, 6: 0}]}, "channel.unknown-critical-field"),
        ({"f10": [1]}, "channel.malformed-object"),
        ({"f13": [bytes(31)]}, "channel.malformed-object"),
    ],
)
def test_a_keyset_with_one_thing_wrong_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(MalformedObject) as refusal:
        Keyset.decode(altered(**changes))
    assert refusal.value.reason_code == code


def test_too_many_keys_are_refused() -> None:
    entries = tuple(KeyEntry(public=seed(str(n), 1984)) for n in range(9))
    with pytest.raises(LimitExceeded):
        Keyset.decode(replace(FIRST, sign_keys=entries).encode())


def test_a_keyset_that_could_not_be_read_is_not_signed() -> None:
    with pytest.raises(MalformedObject):
        sign_keyset(replace(FIRST, sign_keys=()), CA.root)


def test_a_key_that_is_no_key_is_found_when_it_would_be_used() -> None:
    assert VerifyKey.from_bytes(FIRST.sign_keys[0].public) == CA.sign.public


# --- taken in while the logs go on ---------------------------------------------------------------------------------

SETTLED = Settled(own_size=30, peer_size=20)


def taken_in(chain: KeysetChain, **changes: object) -> KeysetChain:
    return chain.extended(sign_keyset(following(chain, **changes), CA.root), settled=SETTLED)


@pytest.mark.parametrize(
    "back_dated",
    [
        OLD_KEY.revoked(0, cosignatures_from=0),
        OLD_KEY.revoked(29, cosignatures_from=21),
        OLD_KEY.revoked(30, cosignatures_from=20),
        replace(OLD_KEY, revoked_from=30),
        OLD_KEY.retired(0),
        OLD_KEY.retired(29),
    ],
)
def test_an_end_that_takes_back_what_is_co_signed_is_refused_when_it_is_taken_in(back_dated: KeyEntry) -> None:
    with pytest.raises(ChainBroken) as caught:
        taken_in(CHAIN, sign_keys=(back_dated, NEW_KEY))
    assert caught.value.reason_code == "trust.keyset-dated-back"


def test_an_end_beyond_what_is_co_signed_is_taken_in_and_may_be_restated_later() -> None:
    ended = OLD_KEY.retired(40).revoked(30, cosignatures_from=21)
    chain = taken_in(CHAIN, sign_keys=(ended, NEW_KEY))
    later = Settled(own_size=10_000, peer_size=10_000)
    again = chain.extended(sign_keyset(following(chain, sign_keys=(ended, NEW_KEY)), CA.root), settled=later)
    assert again.latest.sign_keys[0] == ended


def test_a_revocation_that_named_no_co_signatures_is_never_widened_to_some() -> None:
    chain = extended(CHAIN, sign_keys=(replace(OLD_KEY, revoked_from=50), NEW_KEY))
    with pytest.raises(ChainBroken):
        extended(chain, sign_keys=(OLD_KEY.revoked(50, cosignatures_from=2**40), NEW_KEY))
    extended(chain, sign_keys=(OLD_KEY.revoked(50, cosignatures_from=0), NEW_KEY))


@pytest.mark.parametrize("kind", ["seal_keys", "archive_keys"])
@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31)])
def test_a_sealing_key_that_nothing_can_be_sealed_to_is_refused_when_it_is_taken_in(kind: str, point: bytes) -> None:
    dead = NEXT.seal.public.to_bytes()[:1184] + point
    first = KeysetChain(CA.root.public)
    signed = sign_keyset(replace(FIRST, **{kind: (KeyEntry(public=dead),)}), CA.root)  # type: ignore[arg-type]
    with pytest.raises(KeyUnusable):
        first.extended(signed, settled=Settled())
    with pytest.raises(KeyUnusable):
        SealPublicKey.from_bytes(dead).seal(b"", b"")


def test_the_digest_that_the_next_keyset_names_covers_the_ignorable_fields_of_a_key() -> None:
    noted = replace(OLD_KEY, extensions={1000: b"a note"})
    signed = sign_keyset(replace(FIRST, sign_keys=(noted,)), CA.root)
    chain = KeysetChain(CA.root.public).extended(signed)
    statement = decode(signed, what="specimen", max_bytes=100_000)
    assert isinstance(statement, dict)
    assert chain.latest.digest == hashlib.sha256(statement[1]).digest()
    assert chain.latest.sign_keys[0].extensions == {1000: b"a note"}


def test_a_field_that_nothing_signs_is_refused() -> None:
    signed = decode(CHAIN.signed[0], what="specimen", max_bytes=100_000)
    assert isinstance(signed, dict)
    with pytest.raises(MalformedObject):
        KeysetChain(CA.root.public).extended(encode({**signed, 1000: b"anything"}))
    with pytest.raises(MalformedObject):
        KeysetChain.from_bytes(encode({1: CA.root.public.to_bytes(), 2: list(CHAIN.signed), 1000: b"anything"}))


def test_a_chain_of_another_root_is_refused_before_its_keysets_are_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(*_arguments: object) -> None:
        raise AssertionError("a signature was checked")

    data = CHAIN.to_bytes()
    monkeypatch.setattr(VerifyKey, "verify", verify)
    with pytest.raises(ChainBroken) as caught:
        KeysetChain.from_bytes(data, trusted=IN.root.public)
    assert caught.value.reason_code == "trust.another-root"


def test_a_keyset_is_compared_with_those_before_in_time_that_does_not_grow_with_the_chain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0
    narrows = KeyEntry.narrows

    def counted(now: KeyEntry, before: KeyEntry) -> bool:
        nonlocal compared
        compared += 1
        return narrows(now, before)

    monkeypatch.setattr(KeyEntry, "narrows", counted)
    chain = CHAIN
    for turn in range(24):
        last = chain.latest.seal_keys[-1]
        fresh = KeyEntry(public=SealKey.from_seed(seed(f"turn {turn}", 96)).public.to_bytes(), from_position=turn)
        chain = extended(chain, seal_keys=(last.retired(turn), fresh))
    assert compared == 24 * 3
