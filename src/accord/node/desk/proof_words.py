"""What a bundle proves, in sentences that a judge can read in their own language.

The verifier's own sentences (``accord.channel.evidence``) are in English and name numbers; they stand beside these, for
experts. Nothing is judged here: whether a claim holds is what the verifier says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accord.channel.accusation import is_accusation, verify_accusation
from accord.channel.checkpoint import Checkpoint, Receipt, read_receipt, unverified_checkpoint, unverified_receipt
from accord.channel.envelope import Header
from accord.channel.evidence import Claim, EvidenceBundle, Verdict, verify_bundle
from accord.channel.keys import VerifyKey
from accord.channel.keyset import KeysetChain
from accord.errors import AccordError

__all__ = ["TITLES", "Judged", "Proven", "judge"]

# Any: lazy translations.
TITLES: Final[Mapping[str, Any]] = {
    "integrity": pgettext_lazy("proof", "Unchanged"),
    "origin": pgettext_lazy("proof", "From whom"),
    "content": pgettext_lazy("proof", "What it says"),
    "time": pgettext_lazy("proof", "When"),
    "receipt": pgettext_lazy("proof", "Received"),
    "two-histories": pgettext_lazy("proof", "Two histories"),
}

MAY_COME: Final = frozenset({"receipt"})
"""What may be missing only because it has not come yet; anything else that fails is a fault or a forgery."""


@dataclass(frozen=True, kw_only=True)
class Proven:
    """One thing that is to be proven.

    Args:
        name: The verifier's name of the claim.
        title: What it is about.
        ok: Whether it holds.
        sentence: What holds, or what is missing and what to do, in the reader's language.
        signed_by: Code of the party whose signature shows it.
        signed_at: The moment that this party states with its signature.
        details: The verifier's own sentence, in English.
    """

    name: str
    title: Any  # Any: a lazy translation
    ok: bool
    sentence: str
    signed_by: str
    signed_at: datetime | None
    details: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A file of evidence as it was judged.

    Args:
        ok: Whether everything holds.
        is_broken: Whether something fails that time does not mend.
        proven: The claims, one by one.
        is_content_shown: Whether the content is in the file, so that it could be checked.
        reason: The verifier's first failure, in English.
        sender: Code of who wrote the message; empty where the file is no bundle.
        recipient: Code of the other party.
        moments: Code of the party that states a moment, what it is of, and the moment.
        numbers: Names and values for experts, hexadecimal where they are bytes.
    """

    ok: bool
    is_broken: bool
    proven: tuple[Proven, ...]
    is_content_shown: bool
    reason: str
    sender: str
    recipient: str
    moments: tuple[tuple[str, str, datetime], ...]
    numbers: tuple[tuple[str, str], ...]


def judge(data: bytes, roots: Mapping[str, VerifyKey]) -> Judged:
    """Judges a file of evidence, and says in words what it proves.

    Args:
        data: The file's bytes: an evidence bundle, or a proof that a party signed two logs.
        roots: Trusted root key of each party.
    """
    if is_accusation(data):
        return _bare(verify_accusation(data, roots))
    verdict = verify_bundle(data, roots)
    if not verdict.claims:
        return _bare(verdict)
    bundle = EvidenceBundle.decode(data)
    header, checkpoint = Header.decode(bundle.header), unverified_checkpoint(bundle.checkpoint)
    said = _Said(bundle, header, checkpoint, roots)
    return Judged(
        ok=verdict.ok,
        is_broken=any(not claim.ok and not said.is_outstanding(claim) for claim in verdict.claims),
        proven=tuple(said.of(claim) for claim in verdict.claims),
        is_content_shown=bundle.body is not None,
        reason=verdict.reason or "",
        sender=header.sender,
        recipient=header.recipient,
        moments=tuple(said.moments()),
        numbers=tuple(said.numbers()),
    )


def _bare(verdict: Verdict) -> Judged:
    proven = tuple(
        Proven(
            name=claim.name,
            title=TITLES[claim.name],
            ok=claim.ok,
            sentence=_("The file shows that a party signed two histories of one log.") if claim.ok else _NOT_SHOWN(),
            signed_by="",
            signed_at=None,
            details=claim.sentence,
        )
        for claim in verdict.claims
    )
    return Judged(
        ok=verdict.ok,
        is_broken=not verdict.ok,
        proven=proven,
        is_content_shown=False,
        reason=verdict.reason or "",
        sender="",
        recipient="",
        moments=(),
        numbers=(),
    )


def _NOT_SHOWN() -> str:  # noqa: N802 - a text, which is translated when it is shown
    return _("This could not be shown. Keep the file as it is, and tell the operator of this node.")


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms // 1000, UTC)


class _Said:
    """The sentences of one bundle."""

    def __init__(
        self, bundle: EvidenceBundle, header: Header, checkpoint: Checkpoint, roots: Mapping[str, VerifyKey]
    ) -> None:
        self.bundle = bundle
        self.header = header
        self.checkpoint = checkpoint
        self.receipt = self._receipt(roots.get(header.recipient))
        self.names = {
            "owner": header.sender,
            "peer": header.recipient,
            "number": str(bundle.index + 1),
            "size": str(checkpoint.size),
        }

    def _receipt(self, root: VerifyKey | None) -> Receipt | None:
        """Returns the receipt where its signature holds; only then is there a moment to speak of."""
        if self.bundle.receipt is None or root is None:
            return None
        try:
            chain = KeysetChain.from_bytes(self.bundle.cosigner_chain, trusted=root)
            size = unverified_receipt(self.bundle.receipt).size
            return read_receipt(self.bundle.receipt, verify_key=chain.cosigning_keys_at(size))
        except AccordError:
            return None

    def is_outstanding(self, claim: Claim) -> bool:
        return claim.name in MAY_COME and self.bundle.receipt is None

    def of(self, claim: Claim) -> Proven:
        by, at = self.header.sender, _moment(self.checkpoint.time_ms)
        if claim.name == "receipt":
            by, at = self.header.recipient, _moment(self.receipt.time_ms) if self.receipt else at
        if not claim.ok:
            sentence = self._outstanding() if self.is_outstanding(claim) else _NOT_SHOWN()
            by = ""
        else:
            sentence = self._holds(claim.name)
        return Proven(
            name=claim.name,
            title=TITLES[claim.name],
            ok=claim.ok,
            sentence=sentence,
            signed_by=by,
            signed_at=at if by else None,
            details=claim.sentence,
        )

    def _outstanding(self) -> str:
        return (
            _(
                "There is no receipt in this file. Nothing shows yet that %(peer)s holds the message. "
                "The receipt comes by itself; open this page again, or look at Channel."
            )
            % self.names
        )

    def _holds(self, name: str) -> str:
        if name == "integrity":
            return (
                _(
                    "The message is entry %(number)s of the %(size)s in the log that %(owner)s signed. "
                    "Not one bit of it can have been changed since."
                )
                % self.names
            )
        if name == "origin":
            return _("%(owner)s sent it, and cannot deny that: it is signed with a key of %(owner)s.") % self.names
        if name == "content":
            return (
                _("The words in this file are the words that %(owner)s sent: nothing was added or taken out.")
                % self.names
            )
        if name == "time":
            return _("Both parties state when: each time below is what that party signed.") % self.names
        return _("%(peer)s signed that its node holds the message, and cannot deny that it came.") % self.names

    def moments(self) -> list[tuple[str, str, datetime]]:
        rows = [
            (self.header.sender, _("sealed the message"), _moment(self.header.created_ms)),
            (self.header.sender, _("signed its log"), _moment(self.checkpoint.time_ms)),
        ]
        if self.receipt is not None:
            rows.append((self.header.recipient, _("signed the receipt"), _moment(self.receipt.time_ms)))
        return rows

    def numbers(self) -> list[tuple[str, str]]:
        rows = [
            ("envelope", str(UUID(bytes=self.header.id))),
            ("position", str(self.bundle.index)),
            ("log size", str(self.checkpoint.size)),
            ("log root", self.checkpoint.root.hex()),
            ("log origin", self.checkpoint.origin),
            ("sha256(sealed)", self.bundle.sealed_digest.hex()),
            ("commitment", self.header.commitment.hex()),
            ("created", _moment(self.header.created_ms).isoformat()),
            ("signed", _moment(self.checkpoint.time_ms).isoformat()),
        ]
        if self.receipt is not None:
            rows.append(("receipted", _moment(self.receipt.time_ms).isoformat()))
        return rows + [(f"proof[{place}]", one.hex()) for place, one in enumerate(self.bundle.hashes)]
