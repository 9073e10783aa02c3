"""Makes the fonts of printed pages from the package of Noto Sans: ``python assets/print_fonts.py PACKAGE.tgz``.

The printer of pages (typst) reads TrueType and tells fonts apart by the names of their families. The package has them
compressed (WOFF 1.0) and cut by script, all under one name. Here they are unpacked, and each script gets a family of
its own. They are kept in the repository, since a node must print without having built anything.

Source: W3C, WOFF File Format 1.0, section 4; OpenType, tables ``name`` and the table directory; fonts under the SIL
Open Font License 1.1 without reserved names.
"""

import base64
import hashlib
import struct
import sys
import tarfile
import zlib
from pathlib import Path
from typing import Final

OUT: Final = Path(__file__).resolve().parent.parent / "src" / "accord" / "workplan" / "documents" / "fonts"

PACKAGE: Final = "@fontsource/noto-sans 5.3.0"
INTEGRITY: Final = "fBCog2PY7DiVVTEEqtI/Qdinx/knobHYfoGpjFXdfBX5RoJaBp1Prw2G75p0OIsdlMZg3cLo0c+YbIUYOxnQJw=="
"""SHA-512 of the package, as the registry states it."""

SCRIPTS: Final = {"latin": "Noto Sans Print Latin", "devanagari": "Noto Sans Print Devanagari"}
WEIGHTS: Final = {400: "Regular", 700: "Bold"}
_NAMES_FORM: Final = (3, 1, 0x409)
"""Windows, Unicode, English: the names that programs read."""


def main() -> int:
    """Writes the fonts and returns the exit code."""
    package = Path(sys.argv[1]).read_bytes()
    found = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if found != INTEGRITY:
        sys.stderr.write(f"the file is not {PACKAGE}: sha512-{found}\n")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tarfile.open(sys.argv[1]) as archive:
        for script, family in SCRIPTS.items():
            for weight, style in WEIGHTS.items():
                member = archive.extractfile(f"package/files/noto-sans-{script}-{weight}-normal.woff")
                if member is None:
                    raise FileNotFoundError(script)
                (OUT / f"noto-sans-{script}-{weight}.ttf").write_bytes(_truetype(member.read(), family, style))
        licence = archive.extractfile("package/LICENSE")
        if licence is None:
            raise FileNotFoundError("LICENSE")
        (OUT / "LICENSE").write_bytes(licence.read())
    return 0


def _truetype(data: bytes, family: str, style: str) -> bytes:
    signature, flavour, _length, count, _zero, _size = struct.unpack(">4sIIHHI", data[:20])
    if signature != b"wOFF":
        raise ValueError("not a WOFF file")
    tables: list[tuple[bytes, bytes]] = []
    for number in range(count):
        tag, start, packed, size, _sum = struct.unpack(">4sIIII", data[44 + 20 * number : 64 + 20 * number])
        raw = data[start : start + packed]
        table = zlib.decompress(raw) if packed != size else raw
        tables.append((tag, _names(family, style) if tag == b"name" else table))
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", flavour, count, 16 << power, power, 16 * count - (16 << power))
    body = b""
    for tag, table in sorted(tables):
        padded = table + b"\0" * (-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        head += struct.pack(">4sIII", tag, checksum, 12 + 16 * count + len(body), len(table))
        body += padded
    return head + body


def _names(family: str, style: str) -> bytes:
    texts = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}".replace(" ", "")}
    records, strings = b"", b""
    for code, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", *_NAMES_FORM, code, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


if __name__ == "__main__":
    sys.exit(main())
