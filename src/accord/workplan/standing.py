"""What a file of the plan says of its standing: signed by both sides, or a proposal and whose.

A file leaves the house and its name can be changed: what is not signed by both sides says so on its own pages. Sides
are named by their codes, since *our side* is another one where the file is read. Who saved a draft is not named.
"""

from datetime import UTC

from django.conf import settings

from accord.instruments.models import Text
from accord.workplan.documents.printed import print_words
from accord.workplan.models import DraftSave

__all__ = ["standing_of_save", "standing_of_text"]


def standing_of_save(save: DraftSave, *, language: str) -> str:
    """Returns the line of a version of our draft."""
    moment = f"{save.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return print_words(language)["standing-draft"].format(
        party=settings.ACCORD_PARTY, version=save.version, moment=moment
    )


def standing_of_text(text: Text, *, latest: Text | None, language: str) -> str:
    """Returns the line of a text.

    Args:
        text: The text, with its instrument.
        latest: The revision that both sides signed last.
        language: Language of the file.
    """
    words = print_words(language)
    if text.state != Text.State.AGREED:
        party = settings.ACCORD_PARTY if text.is_ours else text.instrument.peer_id
        return words["standing-proposal"].format(party=party, number=text.number)
    if text.instrument.ends_on is not None:
        return words["standing-ended"].format(number=text.number, day=text.instrument.ends_on.isoformat())
    is_latest = latest is not None and latest.pk == text.pk
    return words["standing-signed" if is_latest else "standing-older"].format(number=text.number)
