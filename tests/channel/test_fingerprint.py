import re

import pytest

from accord.channel.fingerprint import WORDS, fingerprint_words, safety_number
from accord.channel.keys import KeyUnusable

from .specimens import specimen

CA, IN = specimen("CA").root.public.to_bytes(), specimen("IN").root.public.to_bytes()


def test_a_root_key_has_twelve_words_that_another_does_not_share() -> None:
    words = fingerprint_words(CA)
    assert len(words) == 12
    assert set(words) <= set(WORDS)
    assert fingerprint_words(CA) == words
    assert fingerprint_words(IN) != words


def test_one_bit_of_the_key_changes_the_words() -> None:
    for position in (0, 31, 32, 1983):
        altered = CA[:position] + bytes([CA[position] ^ 1]) + CA[position + 1 :]
        assert fingerprint_words(altered) != fingerprint_words(CA)


def test_the_list_has_a_word_for_each_byte_and_no_two_that_begin_alike() -> None:
    assert len(set(WORDS)) == 256
    assert len({word[:4] for word in WORDS}) == 256
    assert all(re.fullmatch("[a-z]{4,9}", word) for word in WORDS)


def test_both_sides_see_one_number() -> None:
    assert safety_number(CA, IN) == safety_number(IN, CA)
    assert re.fullmatch(r"\d{5}( \d{5}){11}", safety_number(CA, IN))
    assert safety_number(CA, CA) != safety_number(CA, IN)


@pytest.mark.parametrize("key", [b"", CA[:-1], CA + b"\0"])
def test_what_is_not_a_root_key_has_no_fingerprint(key: bytes) -> None:
    with pytest.raises(KeyUnusable):
        fingerprint_words(key)
    with pytest.raises(KeyUnusable):
        safety_number(CA, key)
    with pytest.raises(KeyUnusable):
        safety_number(key, CA)
