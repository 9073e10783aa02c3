"""The desk's texts: collected from the source, kept in ``locale/``, compiled for Django.

They are the texts in gettext of the desk's views and templates, and the sentences of the services that it shows
(``service_texts.py``).

``python assets/languages.py collect`` brings ``django.po`` of each language in line with the source: new texts come
empty, texts that are gone leave, translations stay. ``compile`` makes the ``.mo`` files that Django reads. GNU gettext
is not needed. ``rules`` prints the rules of law whose words in a language are missing or stale, as a translator fills
them in (``rule_texts.py``). A language named after the act limits it to that language.

Libraries bring texts of their own to the desk's pages: django-allauth speaks no Hindi, and Django's Hindi has gaps in
the errors of forms and passwords. An officer's page must not fall back to English there, so that for the languages in
``LACKING`` those texts are collected, too, where the library's own catalogue has none, and translated here; the desk's
catalogue stands before those of the libraries. They are read from the installed library, so that a new release of it
brings its new texts up as missing ones.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize
from rule_texts import rules_to_translate
from service_texts import CONTEXT, service_texts

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = ROOT / "src" / "accord" / "node" / "locale"
SOURCES: Final = ROOT / "src" / "accord" / "node"
LANGUAGES: Final = ("fr", "hi")
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LACKING: Final = ("hi",)
"""Languages that the libraries do not speak whole."""

LIBRARIES: Final = {
    "allauth": (
        "templates/account/account_inactive.html",
        "templates/account/base_reauthenticate.html",
        "templates/account/log*.html",
        "templates/account/password_change.html",
        "templates/account/reauthenticate.html",
        "templates/account/messages/logged_*.txt",
        "templates/account/messages/password_changed.txt",
        "templates/allauth/**/*.html",
        "templates/mfa/**/*.html",
        "templates/mfa/messages/*.txt",
        "templates/usersessions/**/*.*",
        "account/adapter.py",
        "account/fields.py",
        "account/forms.py",
        "mfa/**/*.py",
    ),
    "django": ("forms/fields.py", "core/validators.py", "contrib/auth/password_validation.py"),
}
"""Files of the libraries whose texts an officer can meet: sign-in, second factor, sessions, errors beside a field.

Registration and the change of addresses are left out; the desk keeps them closed.
"""

SPOKEN: Final = {"allauth": ("locale",), "django": ("conf/locale", "contrib/auth/locale")}
"""Where each library keeps its catalogues."""

FIXED: Final = datetime(2026, 11, 23, tzinfo=UTC)
Text = str | tuple[str, ...]

HEADER: Final = "# Texts of the officers' desk. Collected by assets/languages.py; translations are kept by hand."


@cache
def collected() -> Catalog:
    """Returns every text of the desk that is shown to an officer, without translations."""
    catalog = Catalog(charset="utf-8", header_comment=HEADER, project="Accord", fuzzy=False)
    for place, text, context in _texts():
        catalog.add(text, locations=[(place, 0)], context=context)
    for place, text in service_texts():
        catalog.add(text, locations=[(f"src/accord/{place}", 0)], context=CONTEXT)
    return catalog


def _texts() -> Iterator[tuple[str, Text, str | None]]:
    for file in sorted((*SOURCES.rglob("*.py"), *SOURCES.rglob("*.html"))):
        for text, context in _texts_in(file):
            yield str(file.relative_to(ROOT)), text, context


def _texts_in(file: Path) -> Iterator[tuple[Text, str | None]]:
    source = file.read_text("utf-8")
    if file.suffix != ".py":
        # What remains of a template's own indentation is no Python.
        source = re.sub(r"(?m)^[ \t]+", "", templatize(source, origin=str(file)))
    found = extract_python(io.BytesIO(source.encode()), list(KEYWORDS), [], {})
    for _, function, arguments, _ in found:
        texts = arguments if isinstance(arguments, tuple) else (arguments,)
        context = None
        if function.startswith(("pgettext", "npgettext")):
            context, *rest = texts
            texts = tuple(rest)
        plural = 2 if "ngettext" in function or function.startswith("npgettext") else 1
        wanted = tuple(text for text in texts[:plural] if isinstance(text, str))
        if len(wanted) == plural:
            yield wanted if plural > 1 else wanted[0], context


def lacked(language: str) -> Catalog:
    """Returns the libraries' texts that an officer can meet and that no catalogue of theirs has in a language."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for library, patterns in LIBRARIES.items() if language in LACKING else ():
        place = Path(str(files(library)))
        spoken = [one for kept_in in SPOKEN[library] if (one := _spoken(place / kept_in, language)) is not None]
        for file in sorted({file for pattern in patterns for file in place.glob(pattern) if file.is_file()}):
            for text, context in _texts_in(file):
                known = (one.get(text, context=context) for one in spoken)
                if not any(one is not None and not one.fuzzy and _is_translated(one.string) for one in known):
                    catalog.add(text, context=context)
    return catalog


def _spoken(place: Path, language: str) -> Catalog | None:
    file = place / language / "LC_MESSAGES" / "django.po"
    if not file.exists():
        return None
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def kept(language: str) -> Catalog:
    """Returns a language's catalogue as it is kept in the repository; an empty one where there is none."""
    file = _po(language)
    if not file.exists():
        return _empty(language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def _empty(language: str) -> Catalog:
    # The dates are fixed, so that collecting twice changes nothing.
    return Catalog(
        locale=language,
        charset="utf-8",
        header_comment=HEADER,
        project="Accord",
        fuzzy=False,
        creation_date=FIXED,
        revision_date=FIXED,
    )


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def collect(languages: Sequence[str]) -> None:
    """Brings the kept catalogues of these languages in line with the source."""
    for language in languages:
        known = kept(language)
        fresh = _empty(language)
        for message in (*collected(), *lacked(language)):
            if message.id:
                old = known.get(message.id, context=message.context)
                fresh.add(message.id, old.string if old else None, locations=message.locations, context=message.context)
        file = _po(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            write_po(stream, fresh, width=120, no_location=True, sort_output=True, omit_header=False)
        missing = sum(1 for message in fresh if message.id and not _is_translated(message.string))
        sys.stdout.write(f"{language}: {len(fresh)} texts, {missing} without translation\n")


def _is_translated(text: object) -> bool:
    return all(text) if isinstance(text, list | tuple) else bool(text)


def compile_all() -> None:
    """Makes the files that Django reads."""
    for language in LANGUAGES:
        file = _po(language)
        if file.exists():
            with file.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, kept(language))


def main() -> None:
    """Does what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("collect", "compile", "rules"))
    parser.add_argument("languages", nargs="*", metavar="language", help="fr, hi; all where none is named")
    given = parser.parse_args()
    languages = given.languages or list(LANGUAGES)
    if given.act == "rules":
        for language in languages:
            sys.stdout.write(rules_to_translate(language))
        return
    if given.act == "collect":
        collect(languages)
    compile_all()


if __name__ == "__main__":
    main()
