"""Pages of the workstreams: one folder a subject, found by the names of its modules.

A workstream's rules, rows and acts live in ``accord.workstreams.NAME``. Its folder here holds what the desk shows of
them, and is read only where the node's configuration names the workstream:

* ``area`` names the entry of the header (``AREA``: words, address, permission);
* ``pages`` holds ``NAME`` and ``PAGES``: address under ``NAME/``, view, and name behind ``NAME-`` of each page;
* ``kind_names`` names its kinds (``KIND_NAMES``);
* ``field_words`` names the fields of its kinds (``SECTIONS``, ``LABELS``, ``HINTS``, ``READ``), and ``code_words`` its
  codes (``CODES``), and says which fields cure what a rule reads (``FIELDS_OF_FACT``);
* ``beginnings`` says with which of its kinds a case or a message begins (``BEGINNINGS``), and ``case_acts`` what can be
  done next in a case or about a message (``acts_of_case``, ``acts_of_message``, ``next_of``), and how long cases
  wait by a rule of its own (``clocks_of_cases``), and what a draft of its kinds speaks of (``answered_by``);
* ``indicator_words`` names what it counts (``FAMILIES``);
* ``help_words`` says what each of its pages is for (``HELP``, by the names of the addresses);
* ``waits`` says of what officers are told (``SOURCES``), what of it still waits (``LASTING``), where a notice leads
  (``PLACES``), and what stands beside it in the list (``DETAILS``), all three by the type of a notice's subject.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings

__all__ = ["modules_named"]


def modules_named(name: str) -> Iterator[Any]:  # Any: a module
    """Yields the module of this name of each workstream that the node's configuration names, in its order."""
    for workstream in settings.ACCORD_WORKSTREAMS:
        yield import_module(f"{__name__}.{workstream}.{name}")
