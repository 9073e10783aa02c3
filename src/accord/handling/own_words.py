"""What our officers wrote down of a received message beside the messages: notes and questions to agencies of its case.

No note is changed by anybody, and none is taken out; what a note holds of a message goes when that message is erased,
and the note says of which message. A shorter passage than is found (:mod:`accord.handling.passages`), and what was
noted in another case, stays: the operator's guide says so.
"""

from typing import Final

from accord.exchange.models import Message
from accord.exchange.search.indexing import index_inquiry, index_note
from accord.handling.models import Passage
from accord.handling.passages import marks_of

__all__ = ["erase_from_own_words"]

ERASED_WORDS: Final = "[erased: {reference}]"


def erase_from_own_words(message: Message) -> None:
    """Takes the notes and questions that hold a passage of a message out of its case, with their index.

    Args:
        message: The message, whose marks are still there.
    """
    marks = set(Passage.objects.filter(message=message).values_list("mark", flat=True))
    if not marks:
        return
    words = ERASED_WORDS.format(reference=message.reference)
    for note in message.case.notes.all():
        if marks & marks_of(note.text):
            note.text = words
            note.save(update_fields=["text"])
            index_note(note)
    for inquiry in message.case.inquiries.all():
        kept = {name: words for name in ("question", "reply") if marks & marks_of(getattr(inquiry, name))}
        if kept:
            for name, text in kept.items():
                setattr(inquiry, name, text)
            inquiry.save(update_fields=[*kept])
            index_inquiry(inquiry)
