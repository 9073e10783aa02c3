"""Brings the examples in docs/protocol.md up to date with the vectors.

A comment in the document names what the block of code after it shows::

    <!-- hex golden/header.cbor -->          bytes in hexadecimal, 32 a line
    <!-- hex golden/sealed.cbor 0:64 -->     a part of them
    <!-- fields golden/header.cbor -->       a CBOR map, one field a line, long strings cut
    <!-- text golden/checkpoint.note -->     text, long lines cut
    <!-- sha256 golden/header.cbor -->       the digest of a file
    <!-- leaf golden/header.cbor golden/sealed.cbor -->      the leaf of an entry
    <!-- limits -->                          the named limits

Usage: python vectors/quote.py [--check]
"""

import hashlib
import re
import sys
from pathlib import Path

import cbor2

from accord.channel import limits

VECTORS = Path(__file__).parent
DOCUMENT = VECTORS.parent / "docs" / "protocol.md"
KINDS = "hex|fields|text|sha256|leaf|limits"
BLOCK = re.compile(rf"(<!-- ({KINDS})(?: ([a-z].*?))?(?: (\d+):(\d+))? -->\n+```text\n)(.*?)(```)", re.DOTALL)
LONG_BYTES = 40
LONG_LINE = 100


def shown(value: object, indent: int = 2) -> str:
    """A value in the diagnostic notation of RFC 8949, section 8, with long strings cut."""
    pad = " " * indent
    if isinstance(value, bytes):
        cut = value if len(value) <= LONG_BYTES else value[:16]
        return f"h'{cut.hex()}'" + ("" if cut is value else f" … {len(value)} bytes")
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        rows = "".join(f"{pad}{key}: {shown(item, indent + 2)},\n" for key, item in value.items())
        return "{\n" + rows + " " * (indent - 2) + "}"
    if isinstance(value, list):
        if not value:
            return "[]"
        rows = "".join(f"{pad}{shown(item, indent + 2)},\n" for item in value)
        return "[\n" + rows + " " * (indent - 2) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def limits_table() -> str:
    names = [name for name in limits.__all__ if isinstance(getattr(limits, name), int)]
    return "".join(f"{name:24}{getattr(limits, name):>20,}\n".replace(",", " ") for name in names)


def quoted(kind: str, name: str | None, start: str | None, end: str | None) -> str:
    if kind == "limits":
        return limits_table()
    if kind == "leaf":
        header, sealed = (hashlib.sha256((VECTORS / part).read_bytes()).digest() for part in (name or "").split(" "))
        return hashlib.sha256(b"\0" + header + sealed).hexdigest() + "\n"
    data = (VECTORS / (name or "")).read_bytes()
    if kind == "sha256":
        return hashlib.sha256(data).hexdigest() + "\n"
    if kind == "fields":
        return shown(cbor2.loads(data)) + "\n"
    if kind == "text":
        lines = data.decode().splitlines()
        return "".join((line if len(line) <= LONG_LINE else line[:LONG_LINE] + "…") + "\n" for line in lines)
    part = data[int(start or 0) : int(end) if end else None]
    rows = (part[i : i + 32].hex() for i in range(0, len(part), 32))
    return "".join(f"{row}\n" for row in rows)


def renewed(document: str) -> str:
    """The document with every example made from the vectors as they are now."""
    return BLOCK.sub(lambda m: m[1] + quoted(m[2], m[3], m[4], m[5]) + m[7], document)


def main() -> int:
    document = DOCUMENT.read_text(encoding="utf-8")
    again = renewed(document)
    if "--check" in sys.argv:
        return int(document != again)
    DOCUMENT.write_text(again, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
