"""A file is let in only when name, declared type and content agree and nothing in it could act."""

import io
import random
import zipfile
import zlib
from collections.abc import Mapping

import pytest

from accord.exchange.inspection import (
    ATTACHMENT_BYTES_MAX,
    PDF_OBJECTS_BYTES_MAX,
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


RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relationship(kind: str, target: str, mode: str = "External") -> bytes:
    one = f'<Relationship Id="r1" Type="{RELATIONSHIPS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return f"<Relationships>{one}</Relationships>".encode()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/_rels/settings.xml.rels", relationship("attachedTemplate", "https://far.example/t.dotx")),
        ("word/_rels/document.xml.rels", relationship("image", "https://far.example/pixel.png")),
        ("word/_rels/document.xml.rels", relationship("image", "https://far.example/a>b.png")),
        ("word/_rels/document.xml.rels", relationship("image", "https://far.example/a.png", "Ext&#101;rnal")),
        ("word/_rels/document.xml.rels", relationship("hyperlink", "file://far.example/share")),
        ("word/_rels/document.xml.rels", relationship("aFChunk", "part.htm", "Internal")),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", relationship("externalLinkPath", "https://far.example/x")),
        ("word/document2.xml", b"<w:p><w:instrText> DDEAUTO c:/windows/cmd.exe </w:instrText></w:p>"),
        (
            "word/document2.xml",
            b"<w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c</w:instrText></w:r>",
        ),
        ("word/document2.xml", b'<w:fldSimple w:instr=" INCLUDEPICTURE https://far.example/x "/>'),
        ("word/document2.xml", b'<w:altChunk r:id="r1"/>'),
        ("xl/externalLinks/externalLink1.xml", b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'),
    ],
)
def test_an_office_file_that_fetches_or_starts_something_is_refused(name: str, part: bytes) -> None:
    assert refused("report.docx", WORD, office({name: part})) == "attachment.active-content" or b">b" in part


@pytest.mark.parametrize("part", [b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a/>".encode("utf-16")])
def test_an_office_file_whose_parts_cannot_be_read_by_their_bytes_is_refused(part: bytes) -> None:
    assert refused("report.docx", WORD, office({"word/document2.xml": part})) == "attachment.archive-method"


def test_an_office_file_with_a_link_that_a_person_clicks_is_let_in() -> None:
    link = relationship("hyperlink", "https://laws-lois.justice.gc.ca/")
    assert looked_at("report.docx", WORD, office({"word/_rels/document.xml.rels": link})) == WORD


@pytest.mark.parametrize(
    "cell", ["+cmd|' /C calc'!A0", "-2+cmd|' /C calc'!A0", " =1+1", '"-SUM(A1:A2)"', "a\r=1+1", "a\r@SUM(1)", "+A1"]
)
def test_a_cell_that_a_table_program_would_compute_is_refused(cell: str) -> None:
    assert refused("list.csv", "text/csv", f"name,kg\n{cell},4\n".encode()) == "attachment.active-content"


@pytest.mark.parametrize("cell", ["-4", "+5.25", "-1,5", "-3e-2", "+16135550100", "a-b", "-", '"-4"', "-12 %"])
def test_a_signed_number_in_a_table_is_let_in(cell: str) -> None:
    assert looked_at("list.csv", "text/csv", f"name;kg\nA;{cell}\n".encode()) == "text/csv"


def object_stream(content: bytes, name: bytes = b"ObjStm") -> bytes:
    packed = zlib.compress(content)
    head = b"2 0 obj <</Type /%s /N 1 /First 4 /Filter /FlateDecode /Length %d>>\nstream\n" % (name, len(packed))
    return PDF.replace(b"trailer", head + packed + b"\nendstream endobj\ntrailer")


@pytest.mark.parametrize("name", [b"ObjStm", b"Obj#53tm"])
def test_a_script_in_a_compressed_object_of_a_pdf_is_refused(name: bytes) -> None:
    script = object_stream(b"3 0 <</S /JavaScript /JS (app.alert(1))>>", name)
    assert refused("a.pdf", "application/pdf", script) == "attachment.active-content"


def test_compressed_objects_of_a_pdf_without_actions_are_let_in() -> None:
    assert looked_at("a.pdf", "application/pdf", object_stream(b"3 0 <</Type /Page>>")) == "application/pdf"


def test_compressed_objects_of_a_pdf_that_unpack_to_too_much_are_refused() -> None:
    bomb = object_stream(bytes(PDF_OBJECTS_BYTES_MAX + 1))
    assert refused("a.pdf", "application/pdf", bomb) == "attachment.archive-bomb"


def test_compressed_objects_of_a_pdf_that_cannot_be_unpacked_are_refused() -> None:
    broken = object_stream(b"3 0 <</Type /Page>>").replace(b"stream\nx", b"stream\ny")
    assert refused("a.pdf", "application/pdf", broken) == "attachment.archive-method"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (b"/Encrypt 9 0 R", "attachment.encrypted"),
        (b"/A <</S /GoToR /F (\\\\far\\share)>>", "attachment.active-content"),
        (b"/A <</S /GoToE>>", "attachment.active-content"),
    ],
)
def test_a_pdf_that_is_encrypted_or_opens_another_file_is_refused(entry: bytes, code: str) -> None:
    assert refused("a.pdf", "application/pdf", PDF.replace(b"trailer <<", b"trailer <<" + entry)) == code


def test_a_pdf_that_is_an_archive_too_is_refused() -> None:
    both = PDF + office() + b"\n%%EOF\n"
    assert refused("a.pdf", "application/pdf", both) == "attachment.content-mismatch"


@pytest.mark.parametrize(
    "change", [b"/Filter [/FlateDecode /FlateDecode]", b"/Filter 5 0 R", b"/Filter /FlateDecode /DecodeParms 5 0 R"]
)
def test_compressed_objects_of_a_pdf_that_need_a_second_look_are_refused(change: bytes) -> None:
    odd = object_stream(b"3 0 <</Type /Page>>").replace(b"/Filter /FlateDecode", change)
    assert refused("a.pdf", "application/pdf", odd) == "attachment.archive-method"


def test_compressed_objects_that_hide_behind_a_false_end_are_refused() -> None:
    packing = zlib.compressobj(9)
    packed = b"".join((zlib.compress(b"3 0 endstream", 0)[:-4], packing.flush()))
    head = b"2 0 obj <</Type /ObjStm /Filter /FlateDecode>>\nstream\n"
    hidden = PDF.replace(b"trailer", head + packed + b"\nendstream endobj\ntrailer")
    assert refused("a.pdf", "application/pdf", hidden) == "attachment.archive-method"


INNER = office()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/media/image1.png", INNER),
        ("word/media/image1.png", OLE),
        ("word/media/image1.png", PNG + INNER),
        ("word/media/image1.png", PNG + OLE),
        ("word/media/image1.emf", b"MZ" + bytes(64)),
        ("word/media/image1.png", PNG + bytes(1024 * 1024 - len(PNG) - 4) + OLE),
        ("word/inner.zip", b"x"),
        ("word/inner.docx", b"x"),
        ("word/package1", b"x"),
    ],
    ids=range(9),
)
def test_an_office_file_with_another_document_inside_is_refused(name: str, part: bytes) -> None:
    assert refused("a.docx", WORD, office({name: part})) == "attachment.active-content"


def test_an_office_file_with_pictures_and_fonts_is_let_in() -> None:
    parts = {"word/media/image1.png": PNG, "word/media/image2.jpeg": JPEG, "word/fonts/font1.odttf": b"\x01\x02"}
    assert looked_at("a.docx", WORD, office(parts)) == WORD


def test_an_office_file_behind_another_archive_is_refused() -> None:
    assert refused("a.docx", WORD, office({"word/a.xml": b"<a/>"}) + office()) == "attachment.archive-path"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\U000e0041"])
@pytest.mark.parametrize(("name", "declared"), [("note.txt", "text/plain"), ("list.csv", "text/csv")])
def test_a_text_file_that_hides_or_reorders_is_refused(name: str, declared: str, sign: str) -> None:
    with pytest.raises(AttachmentRefused) as found:
        looked_at(name, declared, f"paid 100{sign}001".encode())
    assert found.value.reason_code == "attachment.hidden-characters"
    assert found.value.fields == {"position": 8, "character": f"U+{ord(sign):04X}"}


def test_a_text_file_from_windows_or_in_urdu_is_let_in() -> None:
    text = "\ufeff\u0627یک\u200cدو\u200f 12\r\nNe\u0301e".encode()
    assert looked_at("note.txt", "text/plain", text) == "text/plain"


MANY = 400_000
"""So often that a look which goes through the rest of a part for each of them would take hours."""


@pytest.mark.parametrize(
    "unfinished",
    [
        b"<Relationship ",
        b"<w:instrText ",
        b"<x:Relationship TargetMode=",
        b"instr='",
        b"Type='",
        b"TargetMode = ",
        b"&#x",
        b"<!",
    ],
)
def test_marks_without_an_end_are_looked_through_once(unfinished: bytes) -> None:
    # Varied, so that it is refused for no ratio of its packing.
    filler = random.Random(1)
    part = b"".join(
        unfinished + (b"%08x " % filler.getrandbits(32) if place % 8 == 0 else b"") for place in range(MANY)
    )
    said = "let in"
    try:
        looked_at("a.docx", WORD, office({"word/other.xml": part}))
    except AttachmentRefused as found:
        said = found.code
    # Not for its size: the part was looked through to its end.
    assert said != "attachment.archive-bomb"


def test_streams_of_a_pdf_within_one_another_are_refused_at_the_second() -> None:
    stream = b"1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + zlib.compress(b"") + b" "
    content = b"%PDF-1.7\n" + stream * 20_000 + b"\nendstream endobj\n%%EOF"
    assert refused("a.pdf", "application/pdf", content) == "attachment.archive-method"
