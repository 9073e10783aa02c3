"""``accord verify --text``: that two parties signed the same text, from the file that the desk hands out.

The file holds the text, and an evidence bundle of each signature: the offer, which carries the text, and the
acceptance, which carries its SHA-256. It is read within bounds, and nothing in it is believed that no bundle proves.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from accord.errors import AccordError
from accord.instruments.canonical import digest_of
from accord.instruments.kinds import (
    TEXT_ANSWER,
    TEXT_BYTES_MAX,
    TEXT_OFFER,
    TextAnswer,
    TextOffer,
    read_offer,
)

if TYPE_CHECKING:
    from accord.channel.evidence import Verdict
    from accord.channel.keys import VerifyKey

__all__ = ["TextClaim", "TextVerdict", "verify_text"]

PARTS: Final = {"text.json": TEXT_BYTES_MAX, "offer.accord-evidence": 16 << 20, "acceptance.accord-evidence": 16 << 20}
"""The parts that are read, and the most bytes of each; another part is not looked at."""

NEEDED: Final = frozenset({"integrity", "origin", "content"})
"""What must be proven of a signature's message."""


class TextClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a signed text is to prove.

    Args:
        name: Which one.
        ok: Whether it holds.
        sentence: What holds, or why it does not.
    """

    name: str
    ok: bool
    sentence: str


class TextVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a signed text proves.

    Args:
        ok: Whether both parties signed it.
        claims: Each claim.
        reason: The first failure in one sentence, or nothing.
    """

    ok: bool
    claims: tuple[TextClaim, ...]
    reason: str | None


class _Fails(Exception):
    """A claim does not hold."""


def verify_text(data: bytes, roots: "Mapping[str, VerifyKey]") -> TextVerdict:
    """Judges a signed text with nothing but the root keys that the reader trusts.

    Args:
        data: The file's bytes.
        roots: Trusted root key of each party.
    """
    claims: list[TextClaim] = []

    def claim(name: str, check: Callable[[], str]) -> None:
        try:
            claims.append(TextClaim(name=name, ok=True, sentence=check()))
        except _Fails as fails:
            claims.append(TextClaim(name=name, ok=False, sentence=str(fails)))

    try:
        parts = _parts(data)
    except _Fails as fails:
        return TextVerdict(ok=False, claims=(), reason=str(fails))
    claim("offer", lambda: _offered(parts, roots))
    claim("acceptance", lambda: _accepted(parts, roots))
    failed = next((one.sentence for one in claims if not one.ok), None)
    return TextVerdict(ok=failed is None, claims=tuple(claims), reason=failed)


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return {name: _part(file, name, limit) for name, limit in PARTS.items() if name in file.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        msg = "The file is no signed text as the desk hands it out."
        raise _Fails(msg) from error


def _part(file: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with file.open(name) as part:
        content = part.read(limit + 1)
    if len(content) > limit:
        msg = f"{name} is larger than {limit} bytes."
        raise _Fails(msg)
    return content


def _proven(parts: dict[str, bytes], name: str, kind: str, roots: "Mapping[str, VerifyKey]") -> tuple[str, bytes]:
    """Returns who sent a signature's message, and its payload, where the bundle proves both."""
    from accord.channel.envelope import Body, Header
    from accord.channel.evidence import EvidenceBundle, verify_bundle

    if name not in parts:
        msg = f"{name} is not in the file: that side has not signed, or its message is in no signed log yet."
        raise _Fails(msg)
    verdict = verify_bundle(parts[name], roots)
    held = {one.name for one in verdict.claims if one.ok}
    if not held >= NEEDED:
        msg = f"{name}: {_why(verdict)}"
        raise _Fails(msg)
    bundle = EvidenceBundle.decode(parts[name])
    body = Body.decode(bundle.body or b"")
    if body.kind != kind:
        msg = f"{name} proves a message of kind {body.kind}, where a {kind} is due."
        raise _Fails(msg)
    return Header.decode(bundle.header).sender, body.payload


def _why(verdict: "Verdict") -> str:
    if verdict.reason is not None:
        return verdict.reason
    return "its content is not in the bundle, so that what was signed is not proven; ask the other side for its copy."


def _offer(parts: dict[str, bytes], roots: "Mapping[str, VerifyKey]") -> tuple[str, TextOffer]:
    party, payload = _proven(parts, "offer.accord-evidence", TEXT_OFFER, roots)
    try:
        return party, read_offer(payload)
    except AccordError as error:
        msg = f"What {party} offered is not readable: {error.sentence}"
        raise _Fails(msg) from error


def _offered(parts: dict[str, bytes], roots: "Mapping[str, VerifyKey]") -> str:
    party, offer = _offer(parts, roots)
    if parts.get("text.json") != offer.content:
        msg = f"text.json is not the text that {party} offered: other bytes."
        raise _Fails(msg)
    return f"{party} offered this text as {offer.type} {offer.number} and signed it by {offer.signed_as}."


def _accepted(parts: dict[str, bytes], roots: "Mapping[str, VerifyKey]") -> str:
    party, payload = _proven(parts, "acceptance.accord-evidence", TEXT_ANSWER, roots)
    try:
        answer = msgspec.json.decode(payload, type=TextAnswer)
    except (msgspec.MsgspecError, ValueError) as error:
        msg = f"What {party} answered is not readable."
        raise _Fails(msg) from error
    offerer, offer = _offer(parts, roots)
    if answer.act != "accept" or party == offerer:
        msg = f"{party} did not accept the text of the other side: its answer is {answer.act}."
        raise _Fails(msg)
    if (answer.instrument, answer.number) != (str(offer.instrument), offer.number):
        msg = f"{party} accepted another text: number {answer.number} of {answer.instrument}."
        raise _Fails(msg)
    if bytes.fromhex(answer.digest) != digest_of(parts.get("text.json", b"")):
        msg = f"{party} signed other bytes than these: SHA-256 {answer.digest}."
        raise _Fails(msg)
    return f"{party} signed the same bytes by {answer.signed_as}: SHA-256 {answer.digest}."
