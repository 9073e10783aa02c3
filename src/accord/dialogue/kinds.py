"""The clause proposal: one act of one side on one clause of a statement that both negotiate."""

from typing import Annotated, Final, Literal

import msgspec

from accord.dialogue.wording import Wording
from accord.exchange.kinds.particulars import Digest, EnvelopeId

__all__ = ["CLAUSE_PROPOSAL", "COMMENT_CHARACTERS_MAX", "PROPOSAL_BYTES_MAX", "ClauseProposal"]

CLAUSE_PROPOSAL: Final = "clause-proposal"

COMMENT_CHARACTERS_MAX: Final = 2_000

PROPOSAL_BYTES_MAX: Final = 128 * 1024
"""Encoded size: six languages of 4,000 characters at four bytes, and a comment, stay below it."""


class ClauseProposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a side does about a clause. Its last act but comments says which wording it stands for.

    A clause is agreed while both sides stand for the same wording. It binds nobody: what binds is the signature of
    both under the whole text.

    Args:
        schema_version: Version of the schema.
        statement: Identifier of the statement, chosen by whoever began it.
        clause: Identifier of the clause, chosen by whoever proposed it first; the statement's own names its title.
        act: ``propose`` a wording, ``accept`` one of the recipient's, ``withdraw`` one's own stand, or ``comment``.
        wording: The wording, with ``propose`` alone.
        digest: SHA-256 of the canonical bytes of the wording that is accepted, with ``accept`` alone.
        base: SHA-256 of the wording for which the recipient stood when the sender wrote; absent where it stood for
            none. It shows what was written before its sender saw the recipient's newest wording.
        comment: Words to the other side; part of no text.
    """

    schema_version: Literal[1]
    statement: EnvelopeId
    clause: EnvelopeId
    act: Literal["propose", "accept", "withdraw", "comment"]
    wording: Wording | None = None
    digest: Digest | None = None
    base: Digest | None = None
    comment: Annotated[str, msgspec.Meta(max_length=COMMENT_CHARACTERS_MAX)] = ""

    def __post_init__(self) -> None:
        if (self.wording is not None) is not (self.act == "propose"):
            raise ValueError("wording: it stands where a wording is proposed, and nowhere else")
        if (self.digest is not None) is not (self.act == "accept"):
            raise ValueError("digest: it stands where a wording is accepted, and nowhere else")
        if self.act == "comment" and not self.comment.strip():
            raise ValueError("comment: a comment says something")
        if self.wording is not None and self.statement == self.clause and self.wording.leaves_out:
            raise ValueError("wording: the title cannot be left out")
