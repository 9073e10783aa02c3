"""What a check of a log found, in the reader's language; the verifier's own English sentences stand beside these."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy

from accord.channel.log_reading import LogFault
from accord.node.desk.said import said

__all__ = ["FAULT_WORDS", "fault_words"]

# Any: lazy translations.
FAULT_WORDS: Final[Mapping[str, Any]] = {
    "missing": pgettext_lazy("log", "Entries {start} to {end} are missing."),
    "changed": pgettext_lazy(
        "log", "The entries {start} to {end} are not those that {owner} signed: one was changed, left out or added."
    ),
    "other-log": pgettext_lazy(
        "log", "The signed head at size {size} is of another log, or stands in the wrong place."
    ),
    "owner-signature": pgettext_lazy("log", "The signature of {owner} over the log of {size} entries does not hold."),
    "peer-signature": pgettext_lazy("log", "The co-signature of {peer} over the log of {size} entries does not hold."),
    "other-receipt": pgettext_lazy(
        "log",
        "{peer} co-signed another log of {size} entries than the one that {owner} signed here: the history was "
        "rewritten after it was co-signed.",
    ),
    "not-cosigned": pgettext_lazy(
        "log", "{peer} co-signed nothing of this log, so nothing is proven of its {size} entries."
    ),
    "keysets": pgettext_lazy("log", "The keys of {party} do not lead to the root key that was compared in person."),
    "no-root": pgettext_lazy("log", "No root key of {party} is known here."),
    "damaged": pgettext_lazy("log", "The file is damaged."),
    "unreadable": pgettext_lazy("log", "The file cannot be read as a log."),
    "other-history": pgettext_lazy(
        "log", "At size {size} this log is not the one that was seen before: its history was rewritten."
    ),
}


def fault_words(fault: LogFault) -> tuple[str, str]:
    """Returns what is wrong in the reader's language, and what the verifier says beyond it, if anything."""
    told = str(FAULT_WORDS[fault.code]).format(**fault.named)
    detail = str(fault.named.get("detail", ""))
    return told, str(said(detail)) if detail else ""
