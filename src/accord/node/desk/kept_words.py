"""The words of a form that was refused: they go back to who wrote them, whatever the reason of the refusal.

A form is refused before its view when the session has ended, when the page is older than the sign-in, when it is too
large, when the permission is missing. The words then stand on the page that says so, and can be sent again from there
where it is sure that this node's own page sent them. Nothing is kept on the node or in the browser.

A form that htmx sends is answered with one line for the page that still holds the words: what was not saved, why, and
what to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accord.node.desk.field_words import LABELS

__all__ = [
    "KeptWords",
    "from_own_page",
    "give_back",
    "is_by_script",
    "label_of",
    "not_saved",
    "on_failed_form",
    "on_old_form",
    "on_unreadable_form",
    "words_of",
]

DESK: Final = "/desk/"
NOT_WORDS: Final = frozenset(
    {"csrfmiddlewaretoken", "version", "act", "add", "remove", "by", "was", "form", "seen", "digest", "facts_digest"}
)
"""Members of a form that are no words of its writer."""

OWN: Final = "own."


@dataclass(frozen=True, kw_only=True)
class KeptWords:
    """What a refused form held.

    Args:
        shown: Label and text of what was written.
        sent: Every member, to be sent again as it was.
        address: Where it was sent.
        may_send_again: Whether it surely came from a page of this node, so that it may be offered to be sent again.
    """

    shown: tuple[tuple[str, str], ...]
    sent: tuple[tuple[str, str], ...]
    address: str
    may_send_again: bool


def label_of(path: str) -> str:
    """Returns a field's name in words: ``caveats.1.expires_on`` is *Caveats 2: Caveat ends on*."""
    words: list[str] = []
    is_own = path.startswith(OWN)
    for step in path.removeprefix(OWN).split("."):
        if step.isdigit() and words:
            words[-1] = f"{words[-1]} {int(step) + 1}"
        else:
            own_label = LABELS.get(f"{OWN}{step}") if is_own else None
            words.append(str(own_label or LABELS.get(step) or step.replace("_", " ").capitalize()))
    return ": ".join(words)


def from_own_page(request: HttpRequest) -> bool:
    """Returns whether the browser says that a page of this node sent the form; a foreign page cannot make it say so."""
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()


def words_of(request: HttpRequest) -> KeptWords | None:
    """Returns what the form held; ``None`` where nothing was written in it."""
    if request.method != "POST":
        return None
    sent = tuple((name, text) for name, texts in request.POST.lists() for text in map(str, texts))
    shown = tuple(
        (label_of(name), text)
        for name, text in sent
        if name not in NOT_WORDS and not name.endswith(".count") and text.strip()
    )
    if not shown:
        return None
    return KeptWords(
        shown=shown,
        sent=tuple((name, text) for name, text in sent if name != "csrfmiddlewaretoken"),
        address=request.get_full_path(),
        may_send_again=from_own_page(request),
    )


def is_by_script(request: HttpRequest) -> bool:
    """Returns whether htmx sent the request, so that the page that holds the words is still open."""
    return request.headers.get("HX-Request") == "true"


def not_saved(
    request: HttpRequest, *, why: Any, next_step: Any, status: int, is_stale: bool = False, renews: bool = False
) -> HttpResponse:
    """Returns the line *Not saved* for the page that still holds the words.

    Args:
        request: The automatic save.
        why: The reason, in words.
        next_step: What the officer can do.
        status: Status of the answer.
        is_stale: Whether both texts can be compared.
        renews: Whether the page gets the token of the newer sign-in, and may try again.
    """
    shown = {
        "why": why,
        "next_step": next_step,
        "is_stale": is_stale,
        "token": get_token(request) if renews else "",
    }
    response = render(request, "desk/_not_saved.html", shown, status=status)
    response.headers["HX-Retarget"] = "#save-state"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def give_back(request: HttpRequest, *, title: Any, sentences: tuple[Any, ...], status: int) -> HttpResponse:
    """Returns a page that says why a form was refused and gives its words back."""
    shown = {"title": title, "sentences": sentences, "kept": words_of(request)}
    return render(request, "desk/kept.html", shown, status=status)


def on_old_form(request: HttpRequest) -> HttpResponse | None:
    """Answers a form of the desk whose token is not that of the session; ``None`` where the plain refusal will do.

    That is a page opened before a sign-in in another tab, or a foreign page's form, which gets nothing back.
    """
    if not request.path.startswith(DESK) or not from_own_page(request):
        return None
    if is_by_script(request):
        return not_saved(
            request,
            why=_("You signed in again after this page was opened."),
            next_step=_("Your words stay on this page, and are saved once more now."),
            status=HTTPStatus.FORBIDDEN,
            renews=request.user.is_authenticated,
        )
    return give_back(
        request,
        title=_("Send it once more"),
        sentences=(
            _("You signed in again after this page was opened, so what it sent was refused. Nothing was changed."),
            _("Your words are below. Send them once more from here; if you are not signed in, sign in first."),
        ),
        status=HTTPStatus.FORBIDDEN,
    )


def on_unreadable_form(request: HttpRequest) -> HttpResponse | None:
    """Answers a form of the desk that is larger than anything the desk asks for; it was not read."""
    if not request.path.startswith(DESK) or request.method != "POST":
        return None
    why = _("What was sent is larger than the desk takes: 4 MB for words, 50 MB for a file.")
    if is_by_script(request):
        return not_saved(
            request,
            why=why,
            next_step=_("Your words stay on this page. Shorten the longest one, or put it into a file."),
            status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    shown = {
        "title": _("That is too large"),
        "sentences": (
            why,
            _("Nothing was changed. Go back with the browser's button: your words are in the form as it was."),
        ),
        "kept": None,
    }
    return render(request, "desk/kept.html", shown, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def on_failed_form(request: HttpRequest) -> HttpResponse | None:
    """Answers a form of the desk at which the node failed; ``None`` where even this page cannot be made."""
    if not request.path.startswith(DESK) or request.method != "POST":
        return None
    return _or_nothing(
        lambda: (
            not_saved(
                request,
                why=_("The node failed."),
                next_step=_("Your words stay on this page. Try again later, and tell the operator of this node."),
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
            )
            if is_by_script(request)
            else give_back(
                request,
                title=_("The node failed"),
                sentences=(
                    _("Nothing was changed. Tell the operator of this node when it happened, and try again later."),
                ),
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
            )
        )
    )


def _or_nothing(make: Callable[[], HttpResponse]) -> HttpResponse | None:
    try:
        return make()
    except Exception:  # noqa: BLE001 - the edge: the first failure is logged, and the plain page still stands
        return None
