"""The 4 KB messages of the measurements: text as officers write it, and noise that nothing can compress.

A figure on the wire means little without saying which of the two it carries, so both are reported.
"""

import base64
import hashlib
import json

__all__ = ["MESSAGE_BYTES", "incompressible_text", "specimen_payload", "specimen_text"]

MESSAGE_BYTES = 4096
"""Length of one payload as JSON, before sealing."""

SUBJECTS = (
    "consignment",
    "container",
    "consignee",
    "freight forwarder",
    "industrial intermediate",
    "declared value",
    "bill of lading",
    "registered office",
    "certificate of analysis",
    "end-use statement",
    "import permit",
    "customs declaration",
    "export notification",
    "warehouse",
    "beneficial owner",
    "purchase order",
)
VERBS = (
    "was declared under",
    "is registered at",
    "was consigned to",
    "does not match",
    "was amended after",
    "is said to hold",
    "was collected from",
    "refers to",
    "was insured by",
    "was paid for through",
)
PLACES = (
    "Vancouver",
    "Mumbai",
    "Toronto",
    "Nhava Sheva",
    "Montréal",
    "Hyderabad",
    "Halifax",
    "Ahmedabad",
    "Delta",
    "Chennai",
)


def _stream(seed: str) -> "Dice":
    return Dice(seed)


class Dice:
    """Deterministic small numbers, so that two runs send the same messages."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._turn = 0
        self._pool = b""

    def pick(self, many: int) -> int:
        """Returns a number below ``many`` (at most 65,536)."""
        if len(self._pool) < 2:
            self._pool = hashlib.sha256(f"{self._seed}/{self._turn}".encode()).digest()
            self._turn += 1
        value = int.from_bytes(self._pool[:2], "big")
        self._pool = self._pool[2:]
        return value % many


def specimen_text(number: int, size: int, *, author: str = "") -> str:
    """Returns ``size`` characters of report-like prose with names, references, dates and amounts (all invented).

    Two authors write different texts under the same number: a node takes what it received, word for word, in a message
    of its own for a copy of the peer's information, and demands the peer's caveats for it.
    """
    dice = _stream(f"text/{author}{number}")
    parts: list[str] = []
    length = 0
    while length < size:
        sentence = (
            f"The {SUBJECTS[dice.pick(16)]} {dice.pick(65536):05}/{dice.pick(9999):04} {VERBS[dice.pick(10)]} on "
            f"{1 + dice.pick(28):02}.{1 + dice.pick(12):02}.2026 the {SUBJECTS[dice.pick(16)]} at "
            f"{PLACES[dice.pick(10)]} ({dice.pick(65536) / 100:.2f} kg, HS {2900 + dice.pick(60)}.{dice.pick(99):02}). "
        )
        parts.append(sentence)
        length += len(sentence)
    return "".join(parts)[:size]


def incompressible_text(number: int, size: int, *, author: str = "") -> str:
    """Returns ``size`` characters of base64 noise: 6 bits a character, the worst that JSON text can carry."""
    blocks = [hashlib.sha256(f"noise/{author}{number}/{i}".encode()).digest() for i in range(size // 40 + 2)]
    return base64.b64encode(b"".join(blocks)).decode("ascii")[:size]


def specimen_payload(number: int) -> bytes:
    """Returns a JSON object of exactly ``MESSAGE_BYTES`` bytes shaped like a small report."""
    empty = {"reference": f"SPECIMEN-{number:06}", "theme": "drugs.precursors", "handling": "H1", "text": ""}
    room = MESSAGE_BYTES - len(json.dumps(empty, ensure_ascii=False).encode())
    text = specimen_text(number, room)
    while len(text.encode()) > room:
        text = text[:-1]
    text += "." * (room - len(text.encode()))
    return json.dumps({**empty, "text": text}, ensure_ascii=False).encode()
