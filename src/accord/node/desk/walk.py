"""The guided walk of the demonstration: one specimen request from its draft to its verified proof, at both desks.

Where the walk stands is read from what really happened: the specimen draft, its release, its arrival, who took it, the
answer, the export of the proof. Nothing is counted in cookies, so that two browsers, two desks and a restart agree.

The specimens, the accounts and the address of the other desk come from ``walk.json`` in the node's folder, which
``accord demo`` writes. A node that is no demonstration reads no such file and knows no walk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError
from accord.exchange.kinds import ANSWER, REQUEST
from accord.exchange.models import Message
from accord.exchange.reach import reads
from accord.exchange.services import check_draft
from accord.officers.models import Act, Officer
from accord.officers.permissions import Permission, Role

__all__ = ["HIDDEN", "STEPS", "WALK_FILE", "Account", "Desk", "Walk", "WalkFile", "walk_file", "walk_of"]

WALK_FILE: Final = "walk.json"
HIDDEN: Final = "desk-walk-hidden"
"""Key in the session of an officer who put the panel away."""

_State = Message.State
_WAITING: Final = {_State.SUBMITTED, _State.APPROVED}
_ARRIVED: Final = {_State.DELIVERED, _State.FILED, _State.ACTED}
_GONE: Final = {_State.DISCARDED, _State.WITHDRAWN, _State.EXPIRED, _State.REFUSED}

STEPS: Final = (
    ("draft", _("Begin a draft")),
    ("gate", _("See what the law gate says")),
    ("cure", _("Cure it")),
    ("release", _("Have a colleague release it")),
    ("arrive", _("Watch it arrive on the other desk")),
    ("take", _("Take it")),
    ("answer", _("Answer it")),
    ("proof", _("Open the proof")),
    ("verify", _("Verify it")),
)
"""The steps of the walk in their order."""

# Where one step has several parts, the part says which step it belongs to.
_STEP_OF: Final = {
    "submit": "release",
    "answer-submit": "answer",
    "answer-release": "answer",
    "answer-arrive": "answer",
}
# Who does the part, and whether it is done at the desk where the walk begins.
_WHO: Final[Mapping[str, tuple[Role, bool]]] = {
    "draft": (Role.LIAISON, True),
    "gate": (Role.LIAISON, True),
    "cure": (Role.LIAISON, True),
    "submit": (Role.LIAISON, True),
    "release": (Role.RELEASING, True),
    "arrive": (Role.LIAISON, True),
    "take": (Role.DUTY, False),
    "answer": (Role.DUTY, False),
    "answer-submit": (Role.DUTY, False),
    "answer-release": (Role.RELEASING, False),
    "answer-arrive": (Role.DUTY, False),
    "proof": (Role.LIAISON, True),
    "verify": (Role.LIAISON, True),
}


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A specimen account.

    Args:
        name: Name shown at the desk.
        username: User name.
        password: Password; it opens nothing but a demonstration on loopback.
    """

    name: str
    username: str
    password: str


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two desks.

    Args:
        party: Code of its party.
        name: Name of its party.
        address: Address of its desk.
        accounts: Its specimen accounts by role.
    """

    party: str
    name: str
    address: str
    accounts: dict[str, Account]


class WalkFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the demonstration tells a node of the walk.

    Args:
        begins: Code of the party whose desk begins it.
        mark: How the titles of the walk's cases begin, at both desks.
        title: Title of the case.
        desks: Both desks.
        request: Fields of the first draft, which the gate stops.
        request_own_side: What our side knows of it.
        cure: What cures it: the statement of accuracy, word for word.
        answer: Fields of the answer.
        answer_own_side: What the other side knows of it.
        roots: File of both root keys, for verifying.
    """

    begins: str
    mark: str
    title: str
    desks: tuple[Desk, ...]
    request: dict[str, Any]  # Any: JSON fields of a message
    request_own_side: dict[str, Any]
    cure: str
    answer: dict[str, Any]
    answer_own_side: dict[str, Any]
    roots: str

    def desk(self, *, is_begin: bool) -> Desk:
        """Returns the desk where the walk begins, or the other one."""
        return next(desk for desk in self.desks if (desk.party == self.begins) is is_begin)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as the panel shows it.

    Args:
        name: Its name.
        words: What it is called.
        state: ``done``, ``now`` or ``later``.
    """

    name: str
    words: Any  # Any: a lazy translation
    state: str


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Where the walk stands, for the officer who looks.

    Args:
        file: The specimens and accounts.
        part: The part that is next; a step, or a part of one.
        steps: All steps.
        number: Number of the present step.
        desk: The desk where it is done.
        account: Who does it there.
        is_here: Whether it is done at this desk.
        is_mine: Whether the officer who looks has that role.
        address: Page where it is done, when it is done here and has one.
        message: The walk's request, as this desk knows it.
        is_hidden: Whether the officer put the panel away.
    """

    file: WalkFile
    part: str
    steps: tuple[Step, ...]
    number: int
    desk: Desk
    account: Account
    is_here: bool
    is_mine: bool
    address: str
    message: Message | None
    is_hidden: bool


_read: dict[Path, tuple[float, WalkFile]] = {}


def walk_file() -> WalkFile | None:
    """Returns what the demonstration wrote, or nothing on a node that is no demonstration."""
    if not settings.ACCORD_SPECIMEN:
        return None
    path = Path(settings.ACCORD_HOME) / WALK_FILE
    try:
        changed = path.stat().st_mtime
        if path not in _read or _read[path][0] != changed:
            _read[path] = (changed, msgspec.json.decode(path.read_bytes(), type=WalkFile))
    except (OSError, msgspec.MsgspecError):
        return None
    return _read[path][1]


def walk_of(request: HttpRequest, officer: Officer) -> Walk | None:
    """Returns where the walk stands, or nothing where there is none or the officer reads no cases."""
    file = walk_file()
    if file is None or not officer.may(Permission.CASE_READ):
        return None
    is_begin = file.begins == settings.ACCORD_PARTY
    message = walk_request(file)
    if message is not None and not reads(officer, message.case):
        return None
    reply = _answer_to(message)
    part = _part_at_begin(officer, message, reply) if is_begin else _part_at_other(officer, message, reply)
    role, is_at_begin = _WHO[part]
    # The proof is opened and exported wherever one is; the answer's way is seen at both desks.
    is_here = is_at_begin is is_begin or (part in {"proof", "verify"} and message is not None)
    desk = file.desk(is_begin=is_begin if is_here else is_at_begin)
    wanted = role if is_begin is is_at_begin or not is_here else Role.DUTY
    step = _STEP_OF.get(part, part)
    number = [name for name, _words in STEPS].index(step)
    return Walk(
        file=file,
        part=part,
        steps=tuple(
            Step(name=name, words=words, state="done" if place < number else "now" if place == number else "later")
            for place, (name, words) in enumerate(STEPS)
        ),
        number=number + 1,
        desk=desk,
        account=desk.accounts[wanted.value],
        is_here=is_here,
        is_mine=is_here and wanted.value in officer.roles,
        address=_address(part, message, reply) if is_here else "",
        message=message,
        is_hidden=bool(request.session.get(HIDDEN)),
    )


def walk_request(file: WalkFile) -> Message | None:
    """Returns the newest request of the walk that is alive, as this desk holds it."""
    found = Message.objects.filter(kind=REQUEST, case__title__startswith=file.mark).exclude(state__in=_GONE)
    return found.select_related("case").order_by("-id").first()


def _answer_to(message: Message | None) -> Message | None:
    if message is None:
        return None
    answers = Message.objects.filter(case_id=message.case_id, kind=ANSWER).exclude(state__in=_GONE)
    return answers.select_related("case").order_by("-id").first()


def _part_at_begin(officer: Officer, message: Message | None, reply: Message | None) -> str:
    if message is None:
        return "draft"
    if message.state == _State.DRAFT:
        if _passes(officer, message):
            return "submit"
        return "gate" if message.version == 1 else "cure"
    if message.state in _WAITING:
        return "release"
    if message.state not in _ARRIVED:
        return "arrive"
    return "take" if reply is None else _proof_part(message, reply)


def _part_at_other(officer: Officer, message: Message | None, reply: Message | None) -> str:
    if message is None:
        return "draft"
    if reply is None:
        return "take" if message.case.holder_id is None else "answer"
    if reply.state == _State.DRAFT:
        return "answer-submit"
    if reply.state in _WAITING:
        return "answer-release"
    return _proof_part(message, reply) if reply.state in _ARRIVED else "answer-arrive"


def _proof_part(message: Message, reply: Message) -> str:
    exported = Act.objects.filter(verb="export evidence", object_id__in=[str(message.pk), str(reply.pk)]).exists()
    return "verify" if exported else "proof"


def _passes(officer: Officer, message: Message) -> bool:
    try:
        return bool(check_draft(officer, message).lets_pass)
    except (AccordError, KeyError):
        return False


def _address(part: str, message: Message | None, reply: Message | None) -> str:
    if message is None or part == "draft":
        return ""
    pages: dict[str, tuple[str, Message | None]] = {
        "gate": ("desk:draft", message),
        "cure": ("desk:draft", message),
        "submit": ("desk:draft", message),
        "release": ("desk:approval", message),
        "answer-submit": ("desk:draft", reply),
        "answer-release": ("desk:approval", reply),
        "proof": ("desk:proof", message),
        "verify": ("desk:proof", message),
    }
    name, about = pages.get(part, ("", None))
    return reverse(name, args=[about.pk]) if about is not None else reverse("desk:case", args=[message.case.own_ref])
