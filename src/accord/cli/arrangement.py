"""The file of a written arrangement or assurance, as ``accord register`` reads it.

Line ends of any system and decomposed letters are taken as they come: the text is normalised before it is kept.
"""

import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from accord.errors import OfficerCanMend

__all__ = ["ArrangementFile", "ArrangementUnreadable", "read_arrangement", "read_fields"]

MAX_FILE_BYTES: Final = 256 * 1024
"""Largest file read, bytes: it names parties and purposes, and the text only by its digest."""

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Words = Annotated[tuple[_Word, ...], msgspec.Meta(min_length=1, max_length=200)]


class ArrangementUnreadable(OfficerCanMend):
    """The file of an arrangement lacks a field, or one is not of its form."""

    code = "cli.arrangement-field"
    default_next_step = "Correct the field; docs/operator-guide.md shows a whole file."


class ArrangementFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an arrangement's file says.

    Args:
        code: Code by which messages cite it.
        title: Its title.
        parties: Codes of the parties that are bound.
        agencies: Codes of the agencies that may exchange under it.
        categories: Categories of persons or matters that it covers.
        purposes: Purposes that it covers, of the vocabulary's list.
        valid_from: First day in force.
        valid_until: Last day in force; none while it is open.
        text_sha256: SHA-256 of the signed text, 64 hexadecimal digits.
        onward_rule: What it says of giving on, in a line.
    """

    code: _Word
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    parties: _Words
    agencies: _Words
    categories: _Words
    purposes: _Words
    valid_from: date
    valid_until: date | None = None
    text_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{64}$")]
    onward_rule: Annotated[str, msgspec.Meta(max_length=200)] = ""

    @property
    def text_digest(self) -> bytes:
        """The digest as bytes."""
        return bytes.fromhex(self.text_sha256)


def read_arrangement(file: Path) -> ArrangementFile:
    """Returns what a file says.

    Raises:
        ArrangementUnreadable: It cannot be read, is no TOML, lacks a field, or a field is not of its form.
    """
    fields = read_fields(file)
    try:
        return msgspec.convert(fields, ArrangementFile)
    except msgspec.ValidationError as error:
        raise ArrangementUnreadable(f"{file.name} is refused: {error}.", fields={"file": file.name}) from error


def read_fields(file: Path) -> dict[str, Any]:  # Any: TOML values, checked by who asks
    """Returns the fields of a TOML file, in composed Unicode and without characters that hide or reorder.

    Raises:
        ArrangementUnreadable: It cannot be read or is no TOML.
        TextRefused: A text holds such a character.
    """
    from accord.exchange.text import check_texts

    try:
        with file.open("rb") as source:
            content = source.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ArrangementUnreadable(
            f"{file} cannot be read: {error.strerror}.", code="cli.file-unusable", next_step="Check the file's name."
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise ArrangementUnreadable(f"{file.name} is larger than {MAX_FILE_BYTES} bytes.")
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
        fields: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ArrangementUnreadable(f"{file.name} is not UTF-8 text.", code="cli.arrangement-not-toml") from error
    except tomllib.TOMLDecodeError as error:
        raise ArrangementUnreadable(f"{file.name} is not TOML: {error}.", code="cli.arrangement-not-toml") from error
    check_texts(fields)
    return fields
