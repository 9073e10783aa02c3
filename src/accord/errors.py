"""The error tree: who must act is the class.

``AccordError``
    ├── ``OurFault``         this node is broken or misconfigured; its operator must act
    ├── ``PeerFault``        the peer (or something speaking as the peer) broke the protocol
    ├── ``TrustFails``       a signature, proof, key or identity does not hold; nobody may go on as if it did
    ├── ``LawRefuses``       a rule of this party's law stops the act; the reasons say what would cure it
    ├── ``NotAvailableNow``  try again later: the peer, disk, key store or database does not answer
    └── ``OfficerCanMend``   the input is incomplete, stale or not permitted; the officer can put it right

Every leaf has a stable ``code`` (``area.reason``), a sentence, the next step, and typed fields.
No error carries message content: fields hold names, sizes, positions and identifiers only.
"""

from collections.abc import Mapping
from typing import ClassVar

__all__ = [
    "AccordError",
    "LawRefuses",
    "NotAvailableNow",
    "OfficerCanMend",
    "OurFault",
    "PeerFault",
    "TrustFails",
]


class AccordError(Exception):
    """A failure with a stable code, a plain sentence and a next step.

    Args:
        sentence: What happened, in one English sentence without message content.
        code: Overrides the class's code where one class serves several causes.
        next_step: What the reader can do now; the class's default when omitted.
        fields: Machine-readable particulars (names, sizes, positions), never payload content.
    """

    code: ClassVar[str] = "accord.error"
    default_next_step: ClassVar[str] = "Ask the operator of this node."
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        sentence: str,
        *,
        code: str | None = None,
        next_step: str | None = None,
        fields: Mapping[str, object] | None = None,
    ) -> None:
        if type(self) is AccordError:
            msg = "AccordError is abstract: raise one of its children"
            raise TypeError(msg)
        super().__init__(sentence)
        self.sentence = sentence
        self.reason_code = code or self.code
        self.next_step = next_step or self.default_next_step
        self.fields: dict[str, object] = dict(fields or {})

    def problem(self) -> dict[str, object]:
        """Returns the RFC 9457 problem members of this error (no content)."""
        return {
            "type": f"urn:accord:error:{self.reason_code}",
            "title": self.sentence,
            "status": self.http_status,
            "code": self.reason_code,
            "next_step": self.next_step,
            **({"fields": self.fields} if self.fields else {}),
        }


class OurFault(AccordError):
    """This node is broken or misconfigured; its operator must act."""

    code = "node.fault"
    http_status = 500


class PeerFault(AccordError):
    """The peer, or something speaking as the peer, broke the protocol."""

    code = "peer.fault"
    default_next_step = "Tell the peer's operator the code; nothing was stored."
    http_status = 400


class TrustFails(AccordError):
    """A signature, proof, key or identity does not hold."""

    code = "trust.fails"
    default_next_step = "Do not rely on this object; keep it as evidence and tell both operators."
    http_status = 403


class LawRefuses(AccordError):
    """A rule of this party's law stops the act."""

    code = "law.refuses"
    default_next_step = "Read the reasons: each names its rule, its citation and what would cure it."
    http_status = 422


class NotAvailableNow(AccordError):
    """Something needed does not answer at the moment; nothing is lost."""

    code = "node.not-available"
    default_next_step = "Nothing is lost; it is tried again by itself."
    http_status = 503


class OfficerCanMend(AccordError):
    """The input is incomplete, stale or not permitted; the officer can put it right."""

    code = "input.refused"
    default_next_step = "Correct the named field and try again."
    http_status = 422
