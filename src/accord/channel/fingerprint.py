"""Fingerprints: a root key as words that two people can read to each other, and as a number both screens show alike.

Pairing trusts a root key because officers compared it in person or over a line they know.
Twelve words are 96 bits of SHA-256: to make another key with the same words takes some 2^96 trials; a collision of two
keys of one's own does not help an attacker, since each party's words are compared against the other's screen.
No two words of the list share their first four letters, so that a misheard ending does not mislead.
"""

import hashlib
from typing import Final

from .keys import VERIFY_KEY_BYTES, KeyUnusable

__all__ = ["FINGERPRINT_WORDS", "WORDS", "fingerprint_words", "safety_number"]

FINGERPRINT_WORDS: Final = 12
"""Words of a fingerprint, 8 bits each. Precedent: PGP's word list; Signal's safety number has 100 bits a side."""

_GROUPS: Final = 12
_GROUP_BYTES: Final = 5
_GROUP_DIGITS: Final = 5

WORDS: Final = tuple(
    """
    acorn admiral agenda album almond amber anchor apple apron arrow atlas autumn bakery balcony bamboo banjo
    barley basket beacon beaver bicycle blanket blossom border bottle branch bridge bronze bucket button cabin
    cactus camel canal candle canvas carbon carpet castle cedar cement cherry chimney circle citrus clover
    cobalt coconut comet compass copper coral corner cotton cradle crystal curtain daisy dancer decade delta
    denim desert diamond dinner dolphin donkey dragon drawer eagle earth easel echo eclipse elbow elephant
    ember emerald engine envelope equator evening fabric falcon feather fennel ferry fiddle finger flamingo
    flute forest fossil fountain freckle frost furnace galaxy garden garlic gazelle geyser ginger glacier
    goblet gondola grammar granite guitar habitat hammer harbour harvest hazel helmet heron hockey honey
    horizon hunter hydrant igloo indigo infant insect island ivory jacket jaguar jasmine jelly jigsaw journey
    jungle juniper kayak kettle kitchen kiwi ladder lagoon lantern laptop lemon leopard library lilac linen
    lizard lobster lotus lumber magnet mango maple marble meadow melon mermaid meteor mirror monsoon mosaic
    mountain museum mustard napkin narrow nectar needle nickel noodle north notebook nutmeg oasis ocean octopus
    olive onion opera orange orchid origami osprey oxygen oyster paddle palace panther papaya parade parsley
    peacock pebble pelican pencil pepper piano picnic pigeon pillow planet plaza pocket polar poppy prairie
    puzzle pyramid quarry quilt rabbit radish raven recipe ribbon river robin rocket rubber saddle saffron
    salmon sapphire satchel scarlet sesame shadow silver sketch slipper socket spider stadium summit sunset
    tailor temple tiger timber tomato tulip turtle umbrella uncle valley velvet violin walnut willow winter
    yellow yogurt zebra zipper
    """.split()  # noqa: SIM905 - a block of words is read, counted and diffed more easily than 256 literals
)
"""The 256 words; the word of a byte is the one at its value."""


def _require_root(root_public: bytes) -> None:
    if len(root_public) != VERIFY_KEY_BYTES:
        raise KeyUnusable(f"A root key has {len(root_public)} bytes where {VERIFY_KEY_BYTES} are due.")


def fingerprint_words(root_public: bytes) -> tuple[str, ...]:
    """Returns the twelve words of a root key.

    Args:
        root_public: The 1984 bytes of the root's public key.

    Raises:
        KeyUnusable: If it is of another length.
    """
    _require_root(root_public)
    digest = hashlib.sha256(b"accord/fingerprint/1\0" + root_public).digest()
    return tuple(WORDS[octet] for octet in digest[:FINGERPRINT_WORDS])


def safety_number(our_root: bytes, their_root: bytes) -> str:
    """Returns sixty digits in twelve groups that are the same on both sides of a channel.

    Args:
        our_root: The 1984 bytes of our root's public key.
        their_root: The 1984 bytes of theirs.

    Raises:
        KeyUnusable: If one is of another length.
    """
    _require_root(our_root)
    _require_root(their_root)
    first, second = sorted((our_root, their_root))
    digest = hashlib.sha512(b"accord/safety-number/1\0" + first + second).digest()
    groups = (digest[i * _GROUP_BYTES : (i + 1) * _GROUP_BYTES] for i in range(_GROUPS))
    return " ".join(f"{int.from_bytes(group, 'big') % 10**_GROUP_DIGITS:0{_GROUP_DIGITS}d}" for group in groups)
