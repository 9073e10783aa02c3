"""Limits of the texts and lists of a message; each with its reason and the precedent of its number."""

__all__ = [
    "ATTACHMENTS_MAX",
    "CAVEATS_MAX",
    "LINE_CHARACTERS_MAX",
    "LIST_ITEMS_MAX",
    "NARRATIVE_CHARACTERS_MAX",
    "PAYLOAD_BYTES_MAX",
    "PERSONS_MAX",
    "REFERENCE_CHARACTERS_MAX",
    "SENTENCE_CHARACTERS_MAX",
    "SUBSTANCES_MAX",
]

REFERENCE_CHARACTERS_MAX = 48
"""A reference, characters: the longest national case numbers in use have about 30."""

LINE_CHARACTERS_MAX = 200
"""One line (a name, a contact, a citation), characters: fits a printed line of A4 twice."""

SENTENCE_CHARACTERS_MAX = 2_000
"""A short text (a reason, a statement), characters: half a page; longer ones are not read in a queue."""

NARRATIVE_CHARACTERS_MAX = 20_000
"""Facts or findings, characters: some six pages; what is longer belongs in an attachment."""

LIST_ITEMS_MAX = 50
"""Items of a list of questions, answers or citations: what an officer can still answer one by one."""

CAVEATS_MAX = 20
"""Caveats of a message: each must be read and obeyed by the receiver."""

PERSONS_MAX = 50
"""Persons of a message: more is a list match, which has its own procedure."""

SUBSTANCES_MAX = 50
"""Substances of a message: a PEN Online notice carries far fewer."""

ATTACHMENTS_MAX = 20
"""Attachments of a message: as many as common mail gateways let through in practice."""

PAYLOAD_BYTES_MAX = 512 * 1024
"""An encoded message, bytes: every text at its limit in UTF-8 Devanagari (3 bytes a character) stays below it."""
