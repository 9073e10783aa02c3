"""The kinds of the drugs workstream with which a case may begin."""

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.release.gate import our_party
from accord.workstreams.drugs.kinds import DRUG_INCIDENT, PRE_EXPORT_NOTICE, SUSPICIOUS_TRANSACTION
from accord.workstreams.drugs.notices.acts import first_fields, own_statements

__all__ = ["BEGINNINGS", "first_words", "own_words"]

BEGINNINGS: Final[tuple[tuple[str, Any], ...]] = (  # Any: lazy translations
    (PRE_EXPORT_NOTICE, _("A pre-export notice: a precursor is to leave for them")),
    (DRUG_INCIDENT, _("A drug incident: something was seized, stopped, stolen or found")),
    (SUSPICIOUS_TRANSACTION, _("A suspicious transaction in precursors")),
)
"""Kinds with the words of the page that begins a case."""


def first_words(kind: str, *, peer: str) -> dict[str, Any]:
    """Returns what a first message says by its kind alone, with the agency that is competent for it."""
    return first_fields(kind, peer=peer, ours=our_party())


def own_words(kind: str) -> dict[str, Any]:
    """Returns what our side states of a first message by its kind."""
    return own_statements(kind, on=timezone.now().date())
