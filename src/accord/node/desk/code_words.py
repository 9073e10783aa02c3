"""What the codes of messages, decisions, cases and channels are called at the desk, in the reader's language.

A code is one word for programs on both sides. An officer reads words: those of the vocabulary where it has them, and
those of this module else. A code that is in no table is shown as it is written, with its dashes taken out, and marked
as English.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accord.node.api import labels
from accord.node.desk.fact_codes import FACT_CODES, SAME_LIST
from accord.node.desk.said import marked, said
from accord.node.desk.use_words import ASKED, PERMITTED, RECORDED, RESULTS
from accord.node.desk.workstreams import modules_named
from accord.vocabulary.handling import HANDLING_LABELS
from accord.vocabulary.refusal import DELAY_REASON_LABELS, REFUSAL_GROUND_LABELS
from accord.vocabulary.urgency import URGENCY_GROUND_LABELS

__all__ = ["CODES", "HAPPENED", "choice_label", "happened_code", "happened_words", "is_coded", "known_words"]

# Any: lazy translations throughout this module.
_PERSONS: Final[dict[str, Any]] = {
    "suspect": pgettext_lazy("code", "suspect"),
    "convicted": pgettext_lazy("code", "convicted person"),
    "potential": pgettext_lazy("code", "person who may commit an offence"),
    "contact": pgettext_lazy("code", "contact"),
    "victim": pgettext_lazy("code", "victim"),
    "witness": pgettext_lazy("code", "witness"),
}

_REASONS: Final[dict[str, Any]] = {
    **{str(code): words for code, words in DELAY_REASON_LABELS.items()},
    "inaccurate": pgettext_lazy("code", "it is inaccurate"),
    "unlawful": pgettext_lazy("code", "it may not be held or used any more"),
    "expired": pgettext_lazy("code", "its time is over"),
    "person-cleared": pgettext_lazy("code", "the person was cleared"),
    "status-granted": pgettext_lazy("code", "protection was granted (told outside: it may not be held)"),
    "used-in-court": pgettext_lazy("code", "used in court already"),
    "law-requires-keeping": pgettext_lazy("code", "the law requires that it is kept"),
    "no-longer-held": pgettext_lazy("code", "not held any more"),
    "not-reached": pgettext_lazy("code", "who has it was not reached"),
    "awaited": pgettext_lazy("code", "still to be done"),
}

CODES: Final[dict[str, Mapping[str, Any]]] = {
    **FACT_CODES,
    "access_class": {
        "direct": pgettext_lazy("code", "the receiver can look it up itself"),
        "indirect": pgettext_lazy("code", "the receiver must ask another body"),
    },
    "basis": {
        "advocacy": pgettext_lazy("code", "advocacy"),
        "conduct": pgettext_lazy("code", "conduct"),
        "dissent": pgettext_lazy("code", "dissent"),
        "ethnicity": pgettext_lazy("code", "ethnic origin"),
        "expression": pgettext_lazy("code", "expression"),
        "political-opinion": pgettext_lazy("code", "political opinion"),
        "protest": pgettext_lazy("code", "protest"),
        "religion": pgettext_lazy("code", "religion"),
    },
    "category": _PERSONS,
    "person_categories": _PERSONS,
    "duplicate_channels": {
        "interpol": pgettext_lazy("code", "INTERPOL"),
        "egmont": pgettext_lazy("code", "Egmont Group"),
        "mlat": pgettext_lazy("code", "mutual legal assistance"),
        "other-liaison": pgettext_lazy("code", "another liaison officer"),
    },
    "equivalent": {
        "unclassified": pgettext_lazy("code", "unclassified"),
        "protected": pgettext_lazy("code", "protected"),
        "restricted": pgettext_lazy("code", "restricted"),
        "confidential": pgettext_lazy("code", "confidential"),
        "secret": pgettext_lazy("code", "secret"),
        "top-secret": pgettext_lazy("code", "top secret"),
    },
    "exposure": {
        "none": pgettext_lazy("code", "no exposure"),
        "possible": pgettext_lazy("code", "possible"),
        "likely": pgettext_lazy("code", "likely"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "outcome": {
        "full": pgettext_lazy("code", "answered in full"),
        "partial": pgettext_lazy("code", "answered in part"),
        "nothing-held": pgettext_lazy("code", "nothing is held"),
        "cannot-confirm-or-deny": pgettext_lazy("code", "neither confirmed nor denied"),
        "deferred": pgettext_lazy("code", "put off"),
        "refused": pgettext_lazy("code", "refused"),
    },
    "protection_statuses": {
        "none": pgettext_lazy("code", "no protection known"),
        "claimant": pgettext_lazy("code", "asks for protection"),
        "protected": pgettext_lazy("code", "protected person"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "purpose": {
        "prevent": pgettext_lazy("code", "prevent"),
        "detect": pgettext_lazy("code", "detect"),
        "investigate": pgettext_lazy("code", "investigate"),
        "prosecute": pgettext_lazy("code", "prosecute"),
        "regulate": pgettext_lazy("code", "regulate"),
        "protect-life": pgettext_lazy("code", "protect life"),
    },
    "level": {
        "agency": pgettext_lazy("code", "their agency"),
        "ministry": pgettext_lazy("code", "their ministry"),
        "minister": pgettext_lazy("code", "their minister"),
    },
    "objection_outcome": {
        "remedied": pgettext_lazy("code", "remedied"),
        "contested": pgettext_lazy("code", "contested"),
        "under-inquiry": pgettext_lazy("code", "being looked into"),
    },
    "results": {
        "lead": pgettext_lazy("code", "It gave a lead"),
        "arrest": pgettext_lazy("code", "Somebody was arrested"),
        "seizure": pgettext_lazy("code", "Something was seized"),
        "victim-protected": pgettext_lazy("code", "A victim was protected"),
        "shipment-stopped": pgettext_lazy("code", "A shipment was stopped"),
    },
    "extent": {
        "done": pgettext_lazy("code", "all of it was done"),
        "partly-done": pgettext_lazy("code", "a part of it was done"),
        "not-done": pgettext_lazy("code", "nothing of it was done"),
    },
    "way": {
        "quote": pgettext_lazy("code", "quoted in a message"),
        "file": pgettext_lazy("code", "the same file, attached again"),
        "file-part": pgettext_lazy("code", "a picture inside another file"),
        "reply": pgettext_lazy("code", "answered by a message"),
        "inquiry": pgettext_lazy("code", "asked about at an agency"),
        "export": pgettext_lazy("code", "exported"),
        "print": pgettext_lazy("code", "opened to be printed"),
        "forward": pgettext_lazy("code", "forwarded inside"),
        "other-agency": pgettext_lazy("code", "given to another agency of the same state"),
        "court": pgettext_lazy("code", "brought into court"),
        "third-state": pgettext_lazy("code", "passed to a third state"),
        "media": pgettext_lazy("code", "given to the media"),
        "asylum-body": pgettext_lazy("code", "given to a body that decides on asylum"),
        "access-request": pgettext_lazy("code", "given to an applicant for access to information"),
        "item": pgettext_lazy("code", "the message itself"),
    },
    "deed": {
        "governed": pgettext_lazy("code", "governed by it from now on"),
        "stopped": pgettext_lazy("code", "kept from leaving"),
        "taken-out": pgettext_lazy("code", "taken out of the draft"),
        "mend": pgettext_lazy("code", "mend the words in the draft"),
        "tell": pgettext_lazy("code", "tell the party that has it"),
        "withdrawn": pgettext_lazy("code", "recalled by this node"),
        "held-by-them": pgettext_lazy("code", "the originator has it itself"),
        "nothing-held": pgettext_lazy("code", "nothing of it is held there"),
        "retrieve": pgettext_lazy("code", "get it back, mend or destroy it"),
        "ask-agency": pgettext_lazy("code", "have the agency do the same"),
        "own-copy": pgettext_lazy("code", "erased from our copy of what we sent"),
        "erase-ours": pgettext_lazy("code", "erase our copy of what we sent"),
    },
    "role": {
        "question": pgettext_lazy("code", "a question"),
        "reply": pgettext_lazy("code", "a reply"),
    },
    "seriousness": {
        "serious": pgettext_lazy("code", "serious"),
        "other": pgettext_lazy("code", "other"),
    },
    "result": RESULTS,
    "sex": {
        "female": pgettext_lazy("code", "female"),
        "male": pgettext_lazy("code", "male"),
        "other": pgettext_lazy("code", "other"),
        "unknown": pgettext_lazy("code", "not known"),
    },
    "special_categories": {
        "ethnic-origin": pgettext_lazy("code", "ethnic origin"),
        "political-opinion": pgettext_lazy("code", "political opinion"),
        "religion": pgettext_lazy("code", "religion"),
        "trade-union": pgettext_lazy("code", "trade-union membership"),
        "genetic": pgettext_lazy("code", "genetic data"),
        "biometric": pgettext_lazy("code", "biometric data"),
        "health": pgettext_lazy("code", "health"),
        "sexual-life": pgettext_lazy("code", "sexual life"),
    },
    "state": {
        "answered": pgettext_lazy("code", "answered"),
        "not-held": pgettext_lazy("code", "not held"),
        "withheld": pgettext_lazy("code", "withheld"),
        "deferred": pgettext_lazy("code", "put off"),
    },
    "theme": {
        "precursors": pgettext_lazy("code", "precursors"),
        "organised-crime": pgettext_lazy("code", "organised crime"),
        "cyber": pgettext_lazy("code", "cybercrime"),
        "fraud": pgettext_lazy("code", "fraud"),
        "immigration": pgettext_lazy("code", "immigration"),
        "violent-extremism": pgettext_lazy("code", "violent extremism"),
        "threat-to-diplomat": pgettext_lazy("code", "threat to a diplomat"),
        "foreign-interference": pgettext_lazy("code", "foreign interference"),
    },
    "new_use": ASKED,
    "use": RECORDED,
    "permitted_uses": PERMITTED,
    "urgency": {
        "normal": pgettext_lazy("code", "normal"),
        "urgent": pgettext_lazy("code", "urgent"),
        "threat-to-life": pgettext_lazy("code", "threat to life"),
    },
    "source": {
        "A": _("A · no doubt about the source"),
        "B": _("B · mostly reliable"),
        "C": _("C · mostly unreliable"),
        "X": _("X · cannot be judged"),
    },
    "information": {
        "1": _("1 · known to be true"),
        "2": _("2 · known to the source, not to the officer"),
        "3": _("3 · not known to the source, borne out"),
        "4": _("4 · cannot be borne out"),
    },
    # What the law gate answers, and how a rule's file names it.
    "decision": {
        "permit": pgettext_lazy("decision", "passes"),
        "permit-with": pgettext_lazy("decision", "passes on a condition"),
        "condition": pgettext_lazy("decision", "passes on a condition"),
        "hold": pgettext_lazy("decision", "held"),
        "route": pgettext_lazy("decision", "another way"),
        "refuse": pgettext_lazy("decision", "refused"),
    },
    "action": {
        "restrict": pgettext_lazy("code", "use it under stricter handling"),
        "correct": pgettext_lazy("code", "put right words in the place of wrong ones"),
        "recall": pgettext_lazy("code", "use it no more"),
        "erase": pgettext_lazy("code", "erase it"),
        "release": pgettext_lazy("action", "an answer or information that leaves"),
        "request": pgettext_lazy("action", "a request that leaves"),
        "use": pgettext_lazy("action", "use of what was received"),
        "acknowledge": pgettext_lazy("action", "an item that is taken in"),
    },
    "mode": {
        "open": pgettext_lazy("channel", "open"),
        "recovering": pgettext_lazy("channel", "fetching its own log from the other side"),
        "frozen": pgettext_lazy("channel", "frozen on proof of two histories"),
        "suspended": pgettext_lazy("channel", "suspended by an officer"),
    },
    "standing": {
        "told": pgettext_lazy("code", "told"),
        "no-cases": pgettext_lazy("code", "no cases"),
        "kept-back": pgettext_lazy("code", "kept back: too few cases"),
        "not-measured": pgettext_lazy("code", "not measured"),
    },
    "unit": {
        "count": pgettext_lazy("code", "number"),
        "days": pgettext_lazy("code", "days"),
        "hours": pgettext_lazy("code", "hours"),
        "minutes": pgettext_lazy("code", "minutes"),
        "percent": pgettext_lazy("code", "percent"),
    },
    "act": {
        "remark": pgettext_lazy("code", "ask or remark"),
        "decline": pgettext_lazy("code", "decline it"),
        "end": pgettext_lazy("code", "end consent from a day on"),
        "suspend": pgettext_lazy("code", "suspend the lane"),
        "resume": pgettext_lazy("code", "let the lane go on"),
        "propose": pgettext_lazy("code", "propose a wording"),
        "accept": pgettext_lazy("code", "accept"),
        "withdraw": pgettext_lazy("code", "withdraw"),
        "comment": pgettext_lazy("code", "comment"),
    },
    "lane": {
        "threat-to-life": pgettext_lazy("code", "threat to life"),
        "urgent": pgettext_lazy("code", "urgent"),
        "routine": pgettext_lazy("code", "routine"),
        "bulk": pgettext_lazy("code", "bulk"),
    },
    "claim": {
        "integrity": pgettext_lazy("claim", "the message is whole"),
        "origin": pgettext_lazy("claim", "who signed"),
        "time": pgettext_lazy("claim", "when"),
        "receipt": pgettext_lazy("claim", "who received it"),
        "content": pgettext_lazy("claim", "what it says"),
        "two-histories": pgettext_lazy("claim", "one history, or two"),
    },
}
"""Words of the codes by the name of the field, or of the table, in which they stand."""

for _words in modules_named("code_words"):
    CODES.update({field: {**CODES.get(field, {}), **words} for field, words in _words.CODES.items()})

_HANDLING: Final[Mapping[str, str]] = {str(code): words for code, words in HANDLING_LABELS.items()}
_VOCABULARY: Final[Mapping[str, Mapping[str, str]]] = {
    "ground": {str(code): words for code, words in REFUSAL_GROUND_LABELS.items()},
    "reason": _REASONS,
    "urgency_ground": {str(code): words for code, words in URGENCY_GROUND_LABELS.items()},
}
"""The closed lists that both sides agreed, in the words of the vocabulary."""

HAPPENED: Final[Mapping[str, Any]] = {
    "case opened": pgettext_lazy("happened", "case opened"),
    "case taken": pgettext_lazy("happened", "case taken"),
    "case taken over": pgettext_lazy("happened", "case taken over"),
    "colleague taken into the team": pgettext_lazy("happened", "colleague taken into the team"),
    "colleague taken out of the team": pgettext_lazy("happened", "colleague taken out of the team"),
    "case kept to its team": pgettext_lazy("happened", "case kept to its team"),
    "case opened to its scope": pgettext_lazy("happened", "case opened to its scope"),
    "case opened in an emergency": pgettext_lazy("happened", "case opened in an emergency"),
    "case handed over": pgettext_lazy("happened", "case handed over"),
    "case closed": pgettext_lazy("happened", "case closed"),
    "case reopened": pgettext_lazy("happened", "case reopened"),
    "legal hold placed": pgettext_lazy("happened", "legal hold placed"),
    "legal hold lifted": pgettext_lazy("happened", "legal hold lifted"),
    "case assigned": pgettext_lazy("happened", "case assigned"),
    "case linked": pgettext_lazy("happened", "case linked"),
    "case unlinked": pgettext_lazy("happened", "case unlinked"),
    "request joined": pgettext_lazy("happened", "request joined"),
    "untaken urgent request: those on duty called": pgettext_lazy(
        "happened", "untaken urgent request: those on duty called"
    ),
    "untaken urgent request: deputy called": pgettext_lazy("happened", "untaken urgent request: deputy called"),
    "untaken urgent request: head called": pgettext_lazy("happened", "untaken urgent request: head called"),
    "untaken urgent request: releasing officers and administrators called": pgettext_lazy(
        "happened", "untaken urgent request: releasing officers and administrators called"
    ),
    "unread urgent notice taken to the duty officers": pgettext_lazy(
        "happened", "unread urgent notice taken to the duty officers"
    ),
    "unread urgent notice taken to the releasing officers and administrators": pgettext_lazy(
        "happened", "unread urgent notice taken to the releasing officers and administrators"
    ),
    "note written": pgettext_lazy("happened", "note written"),
    "asked": pgettext_lazy("happened", "agency asked"),
    "replied": pgettext_lazy("happened", "agency replied"),
    "drafted": pgettext_lazy("happened", "drafted"),
    "saved": pgettext_lazy("happened", "saved"),
    "submitted for approval": pgettext_lazy("happened", "submitted for approval"),
    "stopped by the law gate": pgettext_lazy("happened", "stopped by the law gate"),
    "hold answered": pgettext_lazy("happened", "hold answered"),
    "approved": pgettext_lazy("happened", "approved"),
    "sent back": pgettext_lazy("happened", "sent back"),
    "taken back": pgettext_lazy("happened", "taken back"),
    "release scheduled": pgettext_lazy("happened", "release scheduled"),
    "released": pgettext_lazy("happened", "released"),
    "withdrawn": pgettext_lazy("happened", "withdrawn"),
    "recalled": pgettext_lazy("happened", "recalled"),
    "use stopped by the law gate": pgettext_lazy("happened", "use stopped by the law gate"),
    "discarded": pgettext_lazy("happened", "discarded"),
    "clock paused": pgettext_lazy("happened", "clock paused"),
    "clock resumed": pgettext_lazy("happened", "clock resumed"),
    "refused without reasons": pgettext_lazy("happened", "refused without reasons"),
    "used": pgettext_lazy("happened", "used"),
    "emergency reviewed": pgettext_lazy("happened", "emergency reviewed"),
    "received": pgettext_lazy("happened", "received"),
    "receipted by the other side": pgettext_lazy("happened", "receipted by the other side"),
}
"""What happened in a case, as the timeline names it (``accord.node.api.timelines``)."""

_NAMED_BY_ACTS: Final = ("use", "ground", "outcome", "effect")

BY_THEM: Final = " by the other side"


def choice_label(name: str, code: str) -> Any:
    """Returns the words of a choice: its table's, or the code with its dashes taken out, marked as English.

    Args:
        name: Name or path of the field in which it stands.
        code: The code.
    """
    known = known_words(name, code)
    return known if known is not None else marked(code.replace("-", " "))


def known_words(name: str, code: str) -> Any | None:
    """Returns the words that a table has for a choice; ``None`` where there are none.

    Args:
        name: Name or path of the field in which it stands.
        code: The code.
    """
    field = name.rpartition(".")[2]
    field = SAME_LIST.get(field, field)
    if field == "handling" and code in _HANDLING:
        return f"{code} · {said(_HANDLING[code])}"
    if field == "kind" and code in labels.KINDS:
        return labels.KINDS[code].in_language(get_language() or "en")
    if code in _VOCABULARY.get(field, {}):
        return said(_VOCABULARY[field][code])
    return CODES.get(field, {}).get(code)


def is_coded(name: str, text: str) -> bool:
    """Returns whether a text is a code of its field, and not what somebody wrote."""
    return known_words(name, text) is not None


def happened_code(code: str) -> Any | None:
    """Returns the words of a code that an act names: its use, ground, outcome or effect; ``None`` for a rule's."""
    return next((words for name in _NAMED_BY_ACTS if (words := known_words(name, code)) is not None), None)


def happened_words(what: str) -> str:
    """Returns what happened in a case, in the reader's language: ``request: submitted for approval``."""
    if what in HAPPENED:
        return str(HAPPENED[what])
    subject, _blank, done = what.partition(" ")
    kind = labels.KINDS.get(subject)
    name = kind.in_language(get_language() or "en") if kind is not None else subject
    words = HAPPENED.get(done)
    if words is None and done.endswith(BY_THEM):
        state = labels.MESSAGE_STATES.get(done.removesuffix(BY_THEM))
        if state is not None:
            told = state.in_language(get_language() or "en")
            words = pgettext("happened", "%(state)s by the other side") % {"state": told}
    if words is None:
        return marked(what)
    return pgettext("happened", "%(subject)s: %(done)s") % {"subject": name, "done": words}
