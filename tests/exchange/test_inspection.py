"""A file is let in only when name, declared type and content agree and nothing in it could act."""

import io
import zipfile
import zlib
from collections.abc import Mapping

import pytest

from accord.exchange.inspection import (
    ATTACHMENT_BYTES_MAX,
    ZIP_MEMBERS_MAX,
    AttachmentRefused,
    inspect_file,
    sanitised,
)
from accord.exchange.text import TextRefused

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff\xd9"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def office(parts: Mapping[str, bytes] | None = None, *, main: str = "wordprocessingml.document.main+xml") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="application/vnd.x.{main}"/></Types>')
        package.writestr("word/document.xml", "<document/>")
        for name, content in (parts or {}).items():
            package.writestr(name, content)
    return held.getvalue()


def looked_at(name: str, declared: str, content: bytes) -> str:
    return inspect_file(name, declared, io.BytesIO(content)).media_type


def refused(name: str, declared: str, content: bytes) -> str:
    with pytest.raises(AttachmentRefused) as found:
        looked_at(name, declared, content)
    return found.value.reason_code


@pytest.mark.parametrize(
    ("name", "declared", "content"),
    [
        ("declaration.pdf", "application/pdf", PDF),
        ("Label.PNG", "image/png", PNG),
        ("drum.jpg", "image/jpeg", JPEG),
        ("drum.jpeg", "image/jpeg", JPEG),
        ("note.txt", "text/plain; charset=utf-8", "Größe in Kilogramm, भारत".encode()),
        ("list.csv", "text/csv", b"name,kg\nA,-4\nB,+5\n"),
        ("report.docx", WORD, office()),
        ("table.xlsx", SHEET, office(main="spreadsheetml.sheet.main+xml")),
    ],
)
def test_honest_files_are_let_in(name: str, declared: str, content: bytes) -> None:
    assert looked_at(name, declared, content) == declared.partition(";")[0]


@pytest.mark.parametrize(
    "name",
    [
        "../up.pdf", "..\\up.pdf", "/etc/passwd.pdf", "C:\\a.pdf", "c:a.pdf", ".hidden.pdf", "a..pdf", "con.pdf",
        "NUL.txt", "-rf.pdf", "~root.pdf", "a|b.pdf", "a\nb.pdf", "a.pdf.", "a*.pdf",
    ],
)  # fmt: skip
def test_names_that_try_a_path_an_option_or_a_device_are_refused(name: str) -> None:
    with pytest.raises(AttachmentRefused) as found:
        sanitised(name)
    assert found.value.reason_code == "attachment.name-path"


@pytest.mark.parametrize("name", ["invoice\u202efdp.exe.pdf", "a\u200b.pdf", "a\x07.pdf"])
def test_names_that_hide_or_reorder_are_refused(name: str) -> None:
    with pytest.raises((TextRefused, AttachmentRefused)):
        sanitised(name)


@pytest.mark.parametrize("name", ["a.exe.pdf", "a.js.txt", "a.svg.png", "a.docm.docx", "a.HTML.txt"])
def test_names_with_a_second_acting_extension_are_refused(name: str) -> None:
    with pytest.raises(AttachmentRefused) as found:
        sanitised(name)
    assert found.value.reason_code == "attachment.name-extension"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201 + ".pdf"])
def test_names_that_are_empty_or_too_long_are_refused(name: str) -> None:
    with pytest.raises(AttachmentRefused) as found:
        sanitised(name)
    assert found.value.reason_code == "attachment.name-length"


def test_an_honest_name_is_kept_in_composed_form() -> None:
    assert sanitised(" Que\u0301bec 2026-11.pdf ") == "Québec 2026-11.pdf"


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.zip", "a.html", "a.svg", "a.js", "a.docm", "a.xlsm", "a.doc", "a.rtf", "a.7z", "a.xml", "a", "a.lnk"],
)
def test_types_outside_the_short_list_are_refused(name: str) -> None:
    assert refused(name, "application/octet-stream", b"x") == "attachment.type-not-allowed"


def test_the_declared_type_must_be_that_of_the_extension() -> None:
    assert refused("a.pdf", "image/png", PDF) == "attachment.type-mismatch"
    assert refused("a.png", "text/html", PNG) == "attachment.type-mismatch"


@pytest.mark.parametrize(
    ("name", "declared", "content"),
    [
        ("a.pdf", "application/pdf", b"MZ\x90\0 not a pdf %%EOF"),
        ("a.pdf", "application/pdf", b"%PDF-1.7 and no end"),
        ("a.png", "image/png", JPEG),
        ("a.png", "image/png", PNG + b"MZ\x90\0"),
        ("a.jpg", "image/jpeg", JPEG + b"PK\x03\x04"),
        ("a.txt", "text/plain", b"bell\x07"),
        ("a.docx", WORD, b"PK\x03\x04 broken"),
        ("a.docx", WORD, PDF),
        ("a.docx", WORD, office(main="spreadsheetml.sheet.main+xml")),
    ],
)
def test_content_that_is_not_of_its_type_is_refused(name: str, declared: str, content: bytes) -> None:
    assert refused(name, declared, content) == "attachment.content-mismatch"


def test_an_archive_that_calls_itself_a_document_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused("a.docx", WORD, held.getvalue()) == "attachment.content-mismatch"


@pytest.mark.parametrize(
    ("name", "declared", "content"),
    [
        ("a.pdf", "application/pdf", PDF.replace(b"/Type", b"/OpenAction <</S /JavaScript>> /Type")),
        ("a.pdf", "application/pdf", PDF.replace(b"/Type", b"/J#61vaScript /Type")),
        ("a.pdf", "application/pdf", PDF.replace(b"/Type", b"/Launch /Type")),
        ("a.pdf", "application/pdf", PDF.replace(b"/Type", b"/EmbeddedFiles /Type")),
        ("a.txt", "text/plain", b"<html><script>x</script>"),
        ("a.txt", "text/plain", b"  <svg onload=x>"),
        ("a.txt", "text/plain", b"#!/bin/sh\n"),
        ("a.csv", "text/csv", b"name\n=cmd|' /C calc'!A0\n"),
        ("a.csv", "text/csv", b'a,"@SUM(1)"\n'),
        ("a.docx", WORD, office({"word/vbaProject.bin": b"x"})),
        ("a.docx", WORD, office({"word/embeddings/oleObject1.bin": b"x"})),
        ("a.docx", WORD, office({"word/activeX/activeX1.xml": b"x"})),
        ("a.docx", WORD, office(main="document.macroEnabled.main+xml")),
    ],
)
def test_what_could_act_at_the_receiver_is_refused(name: str, declared: str, content: bytes) -> None:
    assert refused(name, declared, content) == "attachment.active-content"


def test_text_that_is_not_utf8_is_refused() -> None:
    assert refused("a.txt", "text/plain", b"caf\xe9") == "attachment.not-utf8"


def test_an_empty_file_is_refused() -> None:
    assert refused("a.txt", "text/plain", b"") == "attachment.empty"


class Endless(io.RawIOBase):
    """A file of zeros one byte over the limit, which is never held whole."""

    def __init__(self) -> None:
        self.at = 0

    def seek(self, to: int, whence: int = 0) -> int:
        self.at = to
        return to

    def read(self, size: int = -1) -> bytes:
        size = min(size, ATTACHMENT_BYTES_MAX + 1 - self.at)
        self.at += size
        return bytes(size)


def test_a_file_over_the_limit_is_refused_before_it_is_looked_into() -> None:
    with pytest.raises(AttachmentRefused) as found:
        inspect_file("a.pdf", "application/pdf", Endless())  # type: ignore[arg-type]
    assert found.value.reason_code == "attachment.too-large"


def test_an_archive_bomb_is_refused_by_what_it_claims() -> None:
    assert refused("a.docx", WORD, office({"word/big.xml": bytes(8 * 1024 * 1024)})) == "attachment.archive-bomb"
    many = {f"word/{number}.xml": b"" for number in range(ZIP_MEMBERS_MAX)}
    assert refused("a.docx", WORD, office(many)) == "attachment.archive-bomb"


def test_an_archive_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(office({"word/big.xml": bytes(8 * 1024 * 1024)}))
    directory = bomb.rfind(b"PK\x01\x02", 0, bomb.rfind(b"word/big.xml"))
    bomb[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert refused("a.docx", WORD, bytes(bomb)) in {"attachment.content-mismatch", "attachment.archive-bomb"}


@pytest.mark.parametrize("name", ["../evil.xml", "/abs.xml", "word/../../evil.xml"])
def test_parts_of_an_office_file_that_try_a_path_are_refused(name: str) -> None:
    assert refused("a.docx", WORD, office({name: b"x"})) == "attachment.archive-path"


def test_an_encrypted_office_file_is_refused() -> None:
    locked = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(mark, at + 4)
    assert refused("a.docx", WORD, bytes(locked)) == "attachment.encrypted"


def test_an_office_file_packed_by_another_method_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_BZIP2) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
    assert refused("a.docx", WORD, held.getvalue()) == "attachment.archive-method"


def test_damage_in_a_part_is_found() -> None:
    broken = bytearray(office({"word/text.xml": zlib.compress(b"x" * 500)}))
    at = broken.find(b"word/text.xml") + len("word/text.xml") + 10
    broken[at] ^= 0xFF
    assert refused("a.docx", WORD, bytes(broken)) == "attachment.content-mismatch"
