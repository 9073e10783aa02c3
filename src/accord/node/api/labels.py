"""What the states, kinds and roles that the API names are called, in each language of the interface.

The codes are those of the enums that the rest of the software uses; tests compare both, and the guides with both. The
closed lists of the law are labelled where they are defined, in ``accord.vocabulary``, in English only until counsel of
each party has read a translation.
"""

from collections.abc import Mapping
from typing import Final

from accord.exchange.kinds import (
    ANSWER,
    CLARIFICATION,
    CORRECTION,
    CORRECTION_REPORT,
    DELAY_NOTICE,
    OBJECTION,
    OBJECTION_ANSWER,
    OUTCOME_REPORT,
    PERMISSION_ANSWER,
    PERMISSION_REQUEST,
    REQUEST,
    SPONTANEOUS_INFORMATION,
)
from accord.exchange.models import Case, Clock, Message
from accord.node.desk.workstreams import modules_named
from accord.officers.permissions import Role
from accord.parties.profile import Names
from accord.release.models import Approval

__all__ = [
    "APPROVAL_STATES",
    "CASE_STATES",
    "CLOCK_STATES",
    "KINDS",
    "MESSAGE_STATES",
    "MESSAGE_STATE_MEANINGS",
    "ROLES",
    "WAITING_ON",
]

Labels = Mapping[str, Names]


def _labels(*rows: tuple[str, str, str, str]) -> Labels:
    return {str(code): Names(en=en, fr=fr, hi=hi) for code, en, fr, hi in rows}


KINDS: Final = _labels(
    (REQUEST, "request", "demande", "अनुरोध"),
    (ANSWER, "answer", "réponse", "उत्तर"),
    (DELAY_NOTICE, "delay notice", "avis de retard", "विलंब सूचना"),
    (CLARIFICATION, "clarification", "clarification", "स्पष्टीकरण"),
    (SPONTANEOUS_INFORMATION, "spontaneous information", "information spontanée", "स्वतः दी गई जानकारी"),
    (OUTCOME_REPORT, "outcome report", "rapport sur les suites", "परिणाम रिपोर्ट"),
    (PERMISSION_REQUEST, "permission request", "demande de permission", "अनुमति अनुरोध"),
    (PERMISSION_ANSWER, "permission answer", "réponse à une demande de permission", "अनुमति का उत्तर"),
    (OBJECTION, "objection", "objection", "आपत्ति"),
    (OBJECTION_ANSWER, "answer to an objection", "réponse à une objection", "आपत्ति का उत्तर"),
    (CORRECTION, "correction", "correction", "सुधार"),
    (CORRECTION_REPORT, "report on a correction", "rapport sur une correction", "सुधार पर रिपोर्ट"),
    *(row for module in modules_named("kind_names") for row in module.KIND_NAMES),
)

MESSAGE_STATES: Final = _labels(
    (Message.State.DRAFT, "draft", "brouillon", "मसौदा"),
    (Message.State.SUBMITTED, "submitted", "soumis", "प्रस्तुत"),
    (Message.State.APPROVED, "approved", "approuvé", "अनुमोदित"),
    (Message.State.RELEASED, "released", "transmis", "जारी"),
    (Message.State.BLOCKED, "blocked", "bloqué", "अवरुद्ध"),
    (Message.State.DELIVERED, "delivered", "remis", "पहुँचा"),
    (Message.State.FILED, "filed", "classé au dossier", "दर्ज"),
    (Message.State.ACTED, "acted on", "suite donnée", "कार्रवाई हुई"),
    (Message.State.REFUSED, "refused", "refusé", "अस्वीकृत"),
    (Message.State.EXPIRED, "expired unread", "expiré sans lecture", "बिना पढ़े समाप्त"),
    (Message.State.WITHDRAWN, "withdrawn", "retiré", "निरस्त किया गया"),
    (Message.State.DISCARDED, "discarded", "abandonné", "त्यागा गया"),
    (Message.State.RECEIVED, "received", "reçu", "प्राप्त"),
)

MESSAGE_STATE_MEANINGS: Final[Mapping[str, str]] = {
    Message.State.DRAFT: "yours to change; nothing has left",
    Message.State.SUBMITTED: "waits for a second officer; a change makes it a draft again",
    Message.State.APPROVED: "a second officer approved exactly this text; it waits for its release, or for its hour",
    Message.State.RELEASED: "on its way: in the queue, or in the log and not yet receipted",
    Message.State.BLOCKED: "held back by a fault before it was sealed; nothing left, and there is an alarm",
    Message.State.DELIVERED: "receipted: the other node holds it, and cannot deny that",
    Message.State.FILED: "an officer of the other side can see it",
    Message.State.ACTED: "the other side says that it has acted on it",
    Message.State.REFUSED: "the other side's gate or intake refused it, with a code",
    Message.State.EXPIRED: "the time that you set passed before it was sent, or before it was shown there",
    Message.State.WITHDRAWN: "you took it back before it was sealed",
    Message.State.DISCARDED: "a draft that was given up; nothing has left",
    Message.State.RECEIVED: "theirs: filed here, with its clock where it has one",
}
"""What each state of a message means to an officer."""

CASE_STATES: Final = _labels(
    (Case.State.OPEN, "open", "ouvert", "खुला"),
    (Case.State.CLOSED, "closed", "clos", "बंद"),
)

WAITING_ON: Final = _labels(
    (Case.Waiting.US, "waiting on us", "en attente de notre part", "हमारी ओर से लंबित"),
    (Case.Waiting.THEM, "waiting on them", "en attente de leur part", "उनकी ओर से लंबित"),
    (Case.Waiting.GATE, "waiting on our approval", "en attente de notre approbation", "हमारे अनुमोदन हेतु लंबित"),
    (Case.Waiting.NOBODY, "waiting on nobody", "en attente de personne", "किसी की ओर से लंबित नहीं"),
)

CLOCK_STATES: Final = _labels(
    (Clock.State.RUNNING, "running", "en cours", "चालू"),
    (Clock.State.PAUSED, "paused", "suspendu", "रुका हुआ"),
    (Clock.State.ENDED, "ended", "terminé", "समाप्त"),
)

APPROVAL_STATES: Final = _labels(
    (Approval.State.PENDING, "pending", "en attente", "लंबित"),
    (Approval.State.APPROVED, "approved", "approuvé", "अनुमोदित"),
    (Approval.State.RETURNED, "returned", "renvoyé", "लौटाया गया"),
    (Approval.State.LAPSED, "lapsed", "caduc", "व्यपगत"),
    (Approval.State.USED, "used", "utilisé", "उपयोग हो चुका"),
)

ROLES: Final = _labels(
    (Role.LIAISON, "liaison officer", "agent de liaison", "संपर्क अधिकारी"),
    (Role.RELEASING, "releasing officer", "agent habilité à transmettre", "जारी करने वाला अधिकारी"),
    (Role.DECIDER, "decider", "décideur", "निर्णायक अधिकारी"),
    (Role.COUNSEL, "counsel", "conseiller juridique", "विधि सलाहकार"),
    (Role.DUTY, "duty officer", "agent de permanence", "ड्यूटी अधिकारी"),
    (Role.POLICY, "policy lead", "responsable des politiques", "नीति प्रमुख"),
    (Role.SIGNATORY, "signatory", "signataire", "हस्ताक्षरकर्ता"),
    (Role.REVIEWER, "reviewer", "réviseur", "समीक्षक"),
    (Role.ADMINISTRATOR, "administrator", "administrateur", "प्रशासक"),
)
