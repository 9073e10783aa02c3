"""A table as a Word document: a heading, a head row, and rows; nothing of its maker stands in it."""

import io

import docx

from accord.node.unseen import with_marks

__all__ = ["table_document"]


def table_document(title: str, head: list[str], rows: list[list[str]]) -> bytes:
    """Returns the document.

    Args:
        title: Its heading.
        head: What the columns are called.
        rows: The cells of each row.
    """
    document = docx.Document()
    document.core_properties.author = ""
    document.add_heading(with_marks(title), level=1)
    table = document.add_table(rows=1, cols=len(head))
    table.style = next(style for style in document.styles if style.style_id == "TableGrid")
    for cell, words in zip(table.rows[0].cells, head, strict=True):
        cell.text = words
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = with_marks(words)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()
