"""One flag: the line as it was read, why it was flagged, what officers said of it, and the way on to a message."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages as told
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accord.errors import AccordError
from accord.exchange.drafting import TITLE_CHARACTERS_MAX
from accord.exchange.errors import NotFound
from accord.exchange.models import Case, Message
from accord.exchange.reach import cases_for, reads
from accord.exchange.services import read_case
from accord.node.desk.acting import act_once
from accord.node.desk.known import known_of_case
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of, page, show
from accord.node.desk.said import translated
from accord.node.desk.workstreams.drugs.flow_rows import route_words
from accord.node.desk.workstreams.drugs.keeping_rows import flag_kept
from accord.node.desk.workstreams.drugs.register_texts import ShownEntry
from accord.node.desk.workstreams.drugs.rule_words import rule_sentence
from accord.node.desk.workstreams.drugs.screening_rows import flag_row, paper_rows, substance_labels
from accord.node.desk.workstreams.drugs.views.licences import licence_row
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.vocabulary.subjects import Theme
from accord.workstreams.drugs.manifests.beside import licences_of, notices_of
from accord.workstreams.drugs.manifests.following import follow_flag, kinds_for
from accord.workstreams.drugs.manifests.reach import flags_for
from accord.workstreams.drugs.marks.marking import MEANWHILE, mark_flag, undo_mark
from accord.workstreams.drugs.models import Flag
from accord.workstreams.drugs.substances.book import table_in_force

__all__ = ["act_on_flag", "follow_one", "show_flag"]

CASES_SHOWN: Final = 30
"""Open cases on precursors that are offered for a message; an officer with more opens the case first."""

FOLLOWED_SHOWN: Final = 10
"""Messages of one flag that are named on its page; few flags lead to three."""

SAME_LOOKED_AT: Final = 50
"""Earlier flags of the same goods that are compared with one."""

# Any: lazy translations.
FOLLOWING: Final[Mapping[str, Any]] = {
    "request": gettext_lazy("Ask the other side"),
    "drug-incident": gettext_lazy("Report an incident"),
    "pre-export-notice": gettext_lazy("Send a notice"),
}
"""What a flag leads to, by the kind of message."""

NAMES: Final[Mapping[str, Any]] = {
    "reason": ("reason", gettext_lazy("Why")),
    "title": ("title", gettext_lazy("Title")),
    "peer": ("peer", gettext_lazy("With")),
}


def _found(officer: Officer, key: UUID) -> Flag:
    flags = flags_for(officer).select_related("screening", "screening__asked_by", "marked_by", "message__case")
    flag = flags.filter(pk=key).first()
    if flag is None:
        raise NotFound("There is no such flag.")
    return flag


@page(Permission.CASE_READ)
def show_flag(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shows one flag.

    View permission: ``case.read``; to mark or follow it needs ``message.draft``, which the services ask for.
    """
    return _shown(request, key)


def _shown(request: HttpRequest, key: UUID, error: AccordError | None = None) -> HttpResponse:
    officer = officer_of(request)
    flag = _found(officer, key)
    message, labels = flag.message, substance_labels()
    kept_until, is_needed = flag_kept(flag)
    history = list(flag.marks.select_related("by"))
    shown = {
        "flag": flag,
        "screening": flag.screening,
        "row": flag_row(flag, labels),
        "papers": paper_rows(flag),
        "kept_until": kept_until,
        "is_needed": is_needed,
        "same_as": _same_before(flag),
        "controls": _controls(flag),
        "licences": [licence_row(one, labels, timezone.now().date()) for one in licences_of(flag)],
        "notices": [
            (one, route_words((one.origin_country, *one.transit_countries, one.destination_country)))
            for one in notices_of(officer, flag)
        ],
        "history": history,
        "seen": history[-1].pk if history else 0,
        "is_meanwhile": error is not None and error.reason_code == MEANWHILE,
        "followed": _following(flag.followed_as) if flag.followed_as else "",
        "message": message if message is not None and reads(officer, message.case) else None,
        "ways": [(kind, _following(kind)) for kind in kinds_for(flag)],
        "before": _beside(flag, before=True),
        "after": _beside(flag, before=False),
        "may_work": officer.may(Permission.MESSAGE_DRAFT),
        "may_read_register": officer.may(Permission.REGISTER_READ),
        "is_own_mark": bool(flag.mark) and flag.marked_by_id == officer.pk,
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/drugs/screening/flag.html", shown, status=error.http_status if error else 200)


def _same_before(flag: Flag) -> Flag | None:
    """The first flag of the screening whose line says the same throughout; nothing where none stands before."""
    alike = flag.screening.flags.filter(line__lt=flag.line, reference=flag.reference, description=flag.description)
    return next((one for one in alike.order_by("line")[:SAME_LOOKED_AT] if one.papers == flag.papers), None)


def _following(kind: str) -> Any:  # Any: a lazy translation
    return FOLLOWING.get(kind, kind)


def _controls(flag: Flag) -> list[tuple[str, list[ShownEntry]]]:
    """Where the substances that were found are controlled, as the register says, each with its citation."""
    table = table_in_force()
    known = table.by_id()
    return [
        (known[code].label, [ShownEntry(entry=one) for one in table.controls if code in one.substances])
        for code in flag.substances
        if code in known
    ]


def _beside(flag: Flag, *, before: bool) -> Flag | None:
    """The flag that stands before or after this one in the order of the score."""
    others: QuerySet[Flag] = flag.screening.flags.order_by("-score", "line")
    higher, lower = others.filter(score__gt=flag.score), others.filter(score__lt=flag.score)
    same = others.filter(score=flag.score)
    if before:
        return same.filter(line__lt=flag.line).last() or higher.last()
    return same.filter(line__gt=flag.line).first() or lower.first()


@page(Permission.CASE_READ, methods=("POST",))
def act_on_flag(request: HttpRequest, key: UUID) -> HttpResponse:
    """Marks a flag true or false, or takes that back.

    View permission: ``case.read``; each act's service asks for ``message.draft``.
    """
    officer = officer_of(request)
    flag = _found(officer, key)
    try:
        act_once(request, lambda: _do(officer, flag, request.POST))
    except AccordError as refused:
        return _shown(request, key, refused)
    return redirect("desk:drugs-flag", key)


def _do(officer: Officer, flag: Flag, posted: QueryDict) -> str:
    act, seen = posted.get("act", ""), whole(posted.get("seen", ""))
    if act in {"mark-true", "mark-false"}:
        reason = posted.get("reason", "").replace("\r\n", "\n")
        mark_flag(officer, flag, is_true=act == "mark-true", reason=reason, seen=seen)
        return _("Marked true.") if act == "mark-true" else _("Marked false.")
    if act == "undo":
        undo_mark(officer, flag, seen=seen)
        return _("The last mark is taken back.")
    raise NotFound("There is no such act.")


@page(Permission.MESSAGE_DRAFT, methods=("GET", "POST"))
def follow_one(request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
    """Asks in which case a message about a flag is drafted, and drafts it, filled from the line.

    View permission: ``message.draft``.
    """
    officer = officer_of(request)
    flag, error = _found(officer, key), None
    if kind not in kinds_for(flag):
        raise NotFound("A flag does not lead to a message of this kind.")
    if request.method == "POST":
        try:
            act_once(request, partial(_drafted, officer, flag, kind, request.POST))
        except AccordError as refused:
            error = refused
        else:
            return _led_to(request, _found(officer, key))
    before = _followed(officer, flag)
    cases = list(_cases(officer)[:CASES_SHOWN])
    at_hand = next((one.case for one in before if _is_free(officer, one.case)), None)
    if at_hand is not None:
        cases = [at_hand, *(one for one in cases if one != at_hand)]
    peers = list(Party.objects.filter(is_self=False).order_by("code"))
    row = flag_row(flag, substance_labels())
    shown = {
        "flag": flag,
        "screening": flag.screening,
        "row": row,
        "kind": kind,
        "way": _following(kind),
        "peers": peers,
        "cases": cases,
        "before": before,
        "chosen_case": request.POST.get("case", "") if request.method == "POST" else at_hand and at_hand.own_ref,
        "title": request.POST.get("title") or _title(flag, row.substances),
        "title_max": TITLE_CHARACTERS_MAX,
        "given": request.POST,
        "error": error,
        "error_names": NAMES,
    }
    return show(request, "desk/drugs/screening/follow.html", shown, status=error.http_status if error else 200)


def _led_to(request: HttpRequest, flag: Flag) -> HttpResponse:
    """Leads to the draft that was begun from a flag, and says where a colleague began it."""
    officer, made = officer_of(request), flag.message
    if made is None or not reads(officer, made.case):
        return redirect("desk:drugs-flag", flag.pk)
    if flag.followed_by_id != officer.pk:
        told.info(request, _("A colleague follows this flag already; here is their draft. Nothing was begun twice."))
    return redirect("desk:draft", made.pk)


def _cases(officer: Officer) -> QuerySet[Case]:
    """Open cases on precursors that the officer reads and that nobody else holds."""
    found = cases_for(officer).filter(state=Case.State.OPEN, theme=str(Theme.PRECURSORS))
    return found.filter(Q(holder=officer) | Q(holder=None)).order_by("-changed_at")


def _followed(officer: Officer, flag: Flag) -> list[Message]:
    """Returns what a flag led to before, the newest first, as far as the officer may read it."""
    rows = flag.follow_ups.select_related("message__case").order_by("-message__created_at")[:FOLLOWED_SHOWN]
    return [one.message for one in rows if reads(officer, one.message.case)]


def _is_free(officer: Officer, case: Case) -> bool:
    return case.state == Case.State.OPEN and case.holder_id in {None, officer.pk}


def _title(flag: Flag, substances: Sequence[str]) -> str:
    """Returns a title for our own list: what it may be, and which line."""
    what = ", ".join(substances) or " ".join(flag.description.split())
    where = flag.reference or _("line %(number)s") % {"number": flag.line}
    return f"{what} ({where})"[:TITLE_CHARACTERS_MAX]


def _drafted(officer: Officer, flag: Flag, kind: str, posted: QueryDict) -> Message:
    reference = posted.get("case", "")
    case = read_case(officer, reference) if reference else None
    peer = posted.get("peer", "") if case is None else case.peer_id
    sentences = dict(zip((english for _rule, english in flag.said), _sentences(flag), strict=True))
    return follow_flag(
        officer,
        flag,
        kind,
        peer=peer,
        case=case,
        title=posted.get("title", "").strip(),
        # What a first message says anyway is filled in, so that nobody types it; what the flag says stays.
        known=known_of_case(officer, peer=peer, theme=str(Theme.PRECURSORS)),
        say=lambda english: sentences.get(english) or translated(english) or english,
        language=(get_language() or "en")[:2],
    )


def _sentences(flag: Flag) -> list[str]:
    return [rule_sentence(one["rule"], one["words"]) for one in flag.reasons]
