"""Postings, and acts on the other side's soil, in the words in which an officer fills and reads them."""

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.instruments.models import Text
from accord.liaison.postings.content import POSTING, SOIL_ACT, read_posting, read_soil_act
from accord.node.desk.figures import day_of
from accord.node.desk.text_readings import TextReading, register_reading

__all__ = [
    "ENTRY_ORDER",
    "HINTS",
    "NAMES",
    "PARTIES",
    "POSTING_ORDER",
    "POSTING_STATES",
    "RECORD_STATES",
    "SOIL_ORDER",
    "SOIL_STATES",
]

POSTING_ORDER: Final = (
    "host",
    "holder",
    "agency",
    "topics",
    "languages",
    "status",
    "territory",
    "from_day",
    "to_day",
    "accreditation",
    "telephones",
    "fingerprints",
)
"""Members of a posting in the order of the form."""

ENTRY_ORDER: Final = ("names", "agency", "functions", "telephone", "email", "hours", "zone")
"""Members of an entry of the directory in the order of the form."""

SOIL_ORDER: Final = (
    "host",
    "act_kind",
    "description",
    "place",
    "from_day",
    "to_day",
    "officer",
    "ground",
    "accompanied_by",
)
"""Members of an act on the other side's soil in the order of the form."""

PARTIES: Final = frozenset({"sending", "host", "asking"})
"""Members that name a party by its code."""

# Any: lazy translations throughout this module.
NAMES: Final[Mapping[str, Any]] = {
    "accompanied_by": _("Authority of the host that accompanies"),
    "accreditation": _("Reference of the accreditation"),
    "act_kind": _("What is to be done"),
    "agency": _("Agency"),
    "asking": _("Side that asks"),
    "conditions": _("Conditions of the host"),
    "description": _("What exactly, and what not"),
    "email": _("Office e-mail"),
    "en": _("English"),
    "fr": _("French"),
    "functions": _("Functions"),
    "hi": _("Hindi"),
    "hours": _("Hours"),
    "names": _("Name in three languages"),
    "telephone": _("Office telephone"),
    "zone": _("Time zone"),
    "fingerprints": _("Fingerprints of keys (SHA-256)"),
    "from_day": _("First day (UTC)"),
    "ground": _("Why, and on which law"),
    "holder": _("Name or function"),
    "host": _("Host side"),
    "language": _("Language"),
    "languages": _("Languages"),
    "level": _("Level (CEFR)"),
    "officer": _("Officer who would act"),
    "place": _("Place"),
    "posting": _("Posting of the officer"),
    "schema_version": _("Version of the form"),
    "sending": _("Sending side"),
    "status": _("Status of the officer"),
    "telephones": _("Office telephones"),
    "territory": _("Territory"),
    "to_day": _("Last day (UTC)"),
    "topics": _("Subjects"),
}

HINTS: Final[Mapping[str, Any]] = {
    "accompanied_by": _("Nothing is done on the host's soil without it."),
    "description": _("Whom, with what question, with which means. The host approves this and nothing else."),
    "fingerprints": _("One a line, 64 characters each. They may be left out."),
    "languages": _("Each by its code, such as en, fr, hi or pa, with its level."),
    "email": _("Leave it blank while none is given."),
    "hours": _("Such as Mon-Fri 09:00-17:00, or: at any hour."),
    "telephone": _("With the country's code. Leave it blank while none is given."),
    "zone": _("Of the hours, such as Asia/Kolkata."),
    "holder": _("As the officer chooses. Neither home, family nor clearance is told to the other side."),
    "telephones": _("One a line, with the country's code, such as +91 11 5550 0100. The office's, not a private one."),
    "to_day": _("The day itself is included."),
}

POSTING_STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "prepared": ("", _("prepared, not proposed yet")),
    "proposed": ("warn", _("proposed, waits for the host")),
    "asked": ("warn", _("proposed, with a question open")),
    "signing": ("warn", _("signed by us, receipt awaited")),
    "coming": ("good", _("signed by both, not begun")),
    "in-force": ("good", _("in force")),
    "in-force-changing": ("good", _("in force, a change waits")),
    "over": ("", _("over")),
    "ended": ("bad", _("ended by a side")),
    "declined": ("bad", _("declined")),
    "withdrawn": ("", _("withdrawn")),
}
"""How a posting stands, each with its tone."""

SOIL_STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "prepared": ("", _("prepared, not asked yet")),
    "asked": ("warn", _("asked, waits for the host")),
    "conditions": ("warn", _("the host set conditions, waits for the asking side")),
    "signing": ("warn", _("signed by us, receipt awaited")),
    "coming": ("good", _("approved, not begun")),
    "approved": ("good", _("approved")),
    "expired": ("", _("expired")),
    "ended": ("bad", _("ended by a side")),
    "declined": ("bad", _("declined")),
    "withdrawn": ("", _("withdrawn")),
}
"""How an approval stands, each with its tone."""

RECORD_STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "waiting": ("warn", _("waits for a second person")),
    "in-force": ("good", _("in force")),
    "replaced": ("", _("replaced")),
    "refused": ("", _("refused")),
}
"""How a version of our own record stands, each with its tone."""


def _posting_title(text: Text) -> str:
    value = read_posting(text.content)
    return f"{value.holder}, {value.agency}"


def _soil_title(text: Text) -> str:
    value = read_soil_act(text.content)
    return f"{value.place}, {day_of(value.from_day)} \N{EN DASH} {day_of(value.to_day)}"


register_reading(
    POSTING,
    TextReading(
        name=_("Posting"),
        names=NAMES,
        order=("sending", *POSTING_ORDER),
        parties=PARTIES,
        title=_posting_title,
        home=lambda text: reverse("desk:posting", args=[text.instrument_id]),
    ),
)
register_reading(
    SOIL_ACT,
    TextReading(
        name=_("Act on the other side's soil"),
        names=NAMES,
        order=("asking", *SOIL_ORDER, "posting", "conditions"),
        parties=PARTIES,
        title=_soil_title,
        home=lambda text: reverse("desk:soil-act", args=[text.instrument_id]),
    ),
)
