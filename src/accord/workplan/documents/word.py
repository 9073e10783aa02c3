"""The plan as a Word document that people read and change, and such a document read back without loss.

Each item is a heading with its code, and below it a line for each field: a label in bold, a colon, the words. A program
for writing keeps that through any edit, so that a document that went out comes back as the same plan, or as one that
differs where somebody wrote.

What a document from another house carries besides is shown and left out: comments, tracked changes (what was put in
counts, what was taken out does not), hidden text, and names of authors. What has no place in a plan, such as a table or
a picture, is told with the number of its paragraph.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt

from accord.workplan.content import Plan
from accord.workplan.documents.archive import damaged, opened
from accord.workplan.documents.cells import DayOrder, label_of, path_of, paths_of, text_of
from accord.workplan.documents.preview import KINDS, Found, Note, Preview, built, previewed
from accord.workplan.entries import key_of

__all__ = ["document_of", "read_document"]

_BODY: Final = "word/document.xml"
_COMMENTS: Final = "word/comments.xml"
_BROKEN: Final = (
    *(AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError),
    PackageNotFoundError,
)
"""What the library raises on a document that breaks its own form; that of lxml is a syntax error."""

_SHOWN: Final = 200
"""Characters of what is stripped that are shown: enough to recognise it."""

PARTS_SAID: Final[Mapping[str, str]] = {"plan": "Plan", **{part: part.capitalize() for part in KINDS}}
"""Heading of each part."""

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FOREIGN_SENTENCES: Final = {
    f"{_W}tbl": "A table has no place in a plan and was left out.",
    f"{_W}sdt": "A form field has no place in a plan and was left out.",
    f"{_W}altChunk": "A part of another document has no place in a plan and was left out.",
}


def document_of(plan: Plan, *, standing: str = "") -> bytes:
    """Returns the plan as a Word document.

    Args:
        plan: The plan.
        standing: Whether it is signed, for the head and foot of every page; no part of what is read back.
    """
    document = Document()
    if standing:
        for margin in (document.sections[0].header, document.sections[0].footer):
            margin.paragraphs[0].text = standing
    document.core_properties.author = "Accord"
    document.core_properties.comments = ""
    document.core_properties.title = plan.title.in_language("en")
    document.styles["Normal"].font.size = Pt(10)
    body = document.element.body
    end = body.find(qn("w:sectPr"))

    def put(element: Any) -> None:  # Any: python-docx has no types
        end.addprevious(element)

    put(_heading(PARTS_SAID["plan"], "Heading1"))
    for path in paths_of(Plan):
        if text_of(plan, path):
            put(_line(label_of(path), text_of(plan, path)))
    for part, kind in KINDS.items():
        put(_heading(PARTS_SAID[part], "Heading1"))
        for entry in getattr(plan, part):
            put(_heading(key_of(entry), "Heading2"))
            for path in paths_of(kind):
                text = text_of(entry, path)
                if text:
                    put(_line(label_of(path), text))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _heading(text: str, style: str) -> Any:  # Any: as before
    paragraph = OxmlElement("w:p")
    properties = OxmlElement("w:pPr")
    named = OxmlElement("w:pStyle")
    named.set(qn("w:val"), style)
    properties.append(named)
    paragraph.append(properties)
    _run(paragraph, text)
    return paragraph


def _line(label: str, text: str) -> Any:  # Any: as before
    paragraph = OxmlElement("w:p")
    run = _run(paragraph, f"{label}: ")
    bold = OxmlElement("w:rPr")
    bold.append(OxmlElement("w:b"))
    run.insert(0, bold)
    _run(paragraph, text)
    return paragraph


def _run(paragraph: Any, text: str) -> Any:  # Any: as before
    run = OxmlElement("w:r")
    for number, line in enumerate(text.split("\n")):
        if number:
            run.append(OxmlElement("w:br"))
        for place, piece in enumerate(line.split("\t")):
            if place:
                run.append(OxmlElement("w:tab"))
            words = OxmlElement("w:t")
            words.text = piece
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(words)
    paragraph.append(run)
    return run


def read_document(data: bytes, *, current: Plan | None = None, order: DayOrder | None = None) -> Preview:
    """Returns what was understood of a Word document, what was not, and what was taken out of it.

    Args:
        data: The file.
        current: The plan at hand, which what is read is held against; a part without a heading leaves it as it is.
        order: How a day with two readings is read, where a person said it.

    Raises:
        PlanRefused: It is no Word document, too large, or holds macros or entities.
    """
    parts = opened(data, wanted=_BODY)
    try:
        document = Document(io.BytesIO(data))
        reading = _Reading(document.element.body)
        reading.read()
        stripped = [*_authors(document), *_comments(parts), *reading.stripped]
    except _BROKEN as error:
        raise damaged() from error
    found = built(reading.own(), reading.parts(), current=current, order=order)
    return previewed(
        found.plan,
        current=current,
        notes=[*reading.told, *found.told],
        stripped=stripped,
        readings=found.two_readings,
    )


class _Entry:
    """One heading with its lines while the document is read."""

    def __init__(self, part: str, place: str) -> None:
        self.part = part
        self.place = place
        self.cells: dict[str, str] = {}
        self.places: dict[str, str] = {}

    def found(self) -> Found:
        return Found(cells=self.cells, places=self.places, place=self.place)


class _Reading:
    """A body while it is read, paragraph by paragraph."""

    def __init__(self, body: Any) -> None:  # Any: python-docx has no types
        self._body = body
        self._part = ""
        self._field = ""
        self._entry: _Entry | None = None
        self._entries: list[_Entry] = []
        self._named: list[str] = []
        self.told: list[Note] = []
        self.stripped: list[Note] = []

    def own(self) -> Found | None:
        return next((entry.found() for entry in self._entries if entry.part == "plan"), None)

    def parts(self) -> dict[str, list[Found]]:
        found: dict[str, list[Found]] = {part: [] for part in self._named if part in KINDS}
        for entry in self._entries:
            if entry.part in found:
                found[entry.part].append(entry.found())
        return found

    def read(self) -> None:
        for number, element in enumerate(self._body, start=1):
            place = f"paragraph {number}"
            if element.tag in _FOREIGN_SENTENCES:
                self._tell(place, "foreign", sentence=_FOREIGN_SENTENCES[element.tag])
            elif element.tag == f"{_W}p":
                self._paragraph(element, place)

    def _tell(self, place: str, code: str, *, sentence: str, shown: str = "") -> None:
        self.told.append(
            Note(
                place=place,
                code=code,
                sentence=sentence,
                next_step="Write it as lines of a label, a colon and the words.",
                shown=shown[:_SHOWN],
            )
        )

    def _paragraph(self, paragraph: Any, place: str) -> None:  # Any: as before
        whole = self._words(paragraph, place)
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        named = (style.get(f"{_W}val") or "").lower() if style is not None else ""
        if not whole.strip():
            return
        if named in {"heading1", "titre1"}:
            self._begin_part(whole.strip(), place)
        elif named in {"heading2", "titre2"} and self._part in KINDS:
            self._entry = _Entry(self._part, f"{whole.strip()} ({place})")
            self._entries.append(self._entry)
            self._field = ""
        else:
            self._line(whole, place)

    def _begin_part(self, heading: str, place: str) -> None:
        self._part = next((part for part, said in PARTS_SAID.items() if said.casefold() == heading.casefold()), "")
        self._field, self._entry = "", None
        if not self._part:
            self._tell(
                place,
                "unknown-part",
                sentence="No part of a plan is called so; what stands below was left out.",
                shown=heading,
            )
            return
        self._named.append(self._part)
        if self._part == "plan":
            self._entry = _Entry("plan", place)
            self._entries.append(self._entry)

    def _line(self, whole: str, place: str) -> None:
        if self._entry is None:
            self._tell(place, "no-item", sentence="A line stands under no item and was left out.", shown=whole)
            return
        label, colon, text = self._split(whole)
        path = path_of(label, KINDS.get(self._entry.part, Plan)) if colon else None
        if path is not None and path not in self._entry.cells:
            self._entry.cells[path] = text
            self._entry.places[path] = f"{self._entry.place}, {label}"
            self._field = path
        elif self._field:
            # A text that was broken into paragraphs by whoever wrote in it.
            self._entry.cells[self._field] += f"\n{whole}"
        else:
            self._tell(place, "unknown-field", sentence="No field is called so; the line was left out.", shown=whole)

    def _split(self, whole: str) -> tuple[str, str, str]:
        """Returns label, colon and words; a label such as ``Source: day`` holds a colon of its own."""
        kind = KINDS.get(self._entry.part, Plan) if self._entry is not None else Plan
        at = whole.find(":")
        longer = whole.find(":", at + 1)
        if longer > 0 and path_of(whole[:longer].strip(), kind) is not None:
            at = longer
        if at < 0:
            return "", "", whole
        text = whole[at + 1 :]
        return whole[:at].strip(), ":", text.removeprefix(" ")

    def _words(self, paragraph: Any, place: str) -> str:  # Any: as before
        words: list[str] = []
        for run in paragraph.iter(f"{_W}r"):
            text = "".join(_pieces(run))
            kinds = {parent.tag for parent in run.iterancestors()}
            said = _with_author(run, text)
            if {f"{_W}del", f"{_W}moveFrom"} & kinds:
                self._strip(
                    place, "tracked-deletion", sentence="A tracked change takes this out; it was left out.", text=said
                )
                continue
            properties = run.find(f"{_W}rPr")
            if properties is not None and properties.find(f"{_W}vanish") is not None:
                self._strip(place, "hidden", sentence="Hidden text stands here; it was left out.", text=text)
                continue
            if {f"{_W}ins", f"{_W}moveTo"} & kinds:
                self._strip(
                    place,
                    "tracked-insertion",
                    sentence="A tracked change puts this in; it was taken as written.",
                    text=said,
                )
            if run.find(f"{_W}drawing") is not None or run.find(f"{_W}object") is not None:
                self._tell(place, "picture", sentence="A picture has no place in a plan and was left out.")
            words.append(text)
        return "".join(words)

    def _strip(self, place: str, code: str, *, sentence: str, text: str) -> None:
        if text:
            self.stripped.append(Note(place=place, code=code, sentence=sentence, shown=text[:_SHOWN]))


def _with_author(run: Any, text: str) -> str:  # Any: as before
    """Returns what a tracked change holds with who made it; nothing where it holds no words."""
    authors = (parent.get(f"{_W}author") for parent in run.iterancestors())
    author = next((one for one in authors if one), "")
    return f"{author}: {text}" if author and text else text


def _pieces(run: Any) -> Iterator[str]:  # Any: as before
    for piece in run:
        if piece.tag in {f"{_W}t", f"{_W}delText"}:
            yield piece.text or ""
        elif piece.tag in {f"{_W}br", f"{_W}cr"}:
            yield "\n"
        elif piece.tag == f"{_W}tab":
            yield "\t"
        elif piece.tag == f"{_W}noBreakHyphen":
            yield "\u2011"


def _comments(parts: Mapping[str, bytes]) -> Iterator[Note]:
    content = parts.get(_COMMENTS)
    if content is None:
        return
    for comment in parse_xml(content).iter(f"{_W}comment"):
        text = "".join(piece.text or "" for piece in comment.iter(f"{_W}t"))
        author = comment.get(f"{_W}author") or ""
        yield Note(
            place=f"comment {comment.get(f'{_W}id')}",
            code="comment",
            sentence="A comment stands beside the text; it was left out.",
            shown=f"{author}: {text}"[:_SHOWN],
        )


def _authors(document: Any) -> Iterator[Note]:  # Any: as before
    properties = document.core_properties
    for label, name in (("author", properties.author), ("last modified by", properties.last_modified_by)):
        if name and name not in {"Accord", "python-docx"}:
            yield Note(
                place=label,
                code="author",
                sentence="The file names an author; the name is not taken over.",
                shown=str(name)[:_SHOWN],
            )
