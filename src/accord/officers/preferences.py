"""What officers choose for themselves and nobody else needs to know: the language of their desk."""

from accord.errors import OfficerCanMend
from accord.officers.models import Officer

__all__ = ["LANGUAGES", "LanguageNotOffered", "choose_language"]

LANGUAGES = ("en", "fr", "hi")
"""The languages in which the desk is written; what a node offers of them is its own setting."""


class LanguageNotOffered(OfficerCanMend):
    """The desk does not speak the language that was asked for."""

    code = "officers.language-not-offered"
    default_next_step = "Choose one of the languages that the desk shows."


def choose_language(officer: Officer, language: str) -> None:
    """Keeps an officer's language with the account, so that every desk and every notice speaks it.

    It is no act on a case or an account of somebody else, so that nothing is noted of it.

    Raises:
        LanguageNotOffered: There is no such language.
    """
    if language not in LANGUAGES:
        raise LanguageNotOffered("The desk does not speak this language.", fields={"languages": list(LANGUAGES)})
    if officer.language != language:
        officer.language = language
        officer.save(update_fields=["language"])
