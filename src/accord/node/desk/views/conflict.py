"""Two officers wrote in one draft: both texts side by side, field by field, to choose from or to merge.

The form carries a short digest of each member as it was shown. So it is known who changed what: where one side alone
changed a member, that side's words are chosen beforehand; where both did, the officer chooses, and of a text may take
both together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from accord.exchange.drafts import StaleDraft
from accord.exchange.kinds import STRUCTS
from accord.exchange.models import Message
from accord.exchange.own_side import OwnSide
from accord.exchange.services import read_message
from accord.node.desk.draft_form import OWN, names_of, posted_fields, posted_own, prints_of, stored_own
from accord.node.desk.field_words import OWN_SIDE
from accord.node.desk.fields import fields_of, posted_values
from accord.node.desk.kept_words import label_of
from accord.node.desk.page import show
from accord.node.desk.reading import Part, parts_of
from accord.officers.models import Officer

__all__ = ["merged", "show_conflict", "who_saved"]

PICK: Final = "pick."
MERGE: Final = "merge."
NOT_CARRIED: Final = frozenset({"csrfmiddlewaretoken", "act", "version", "add", "remove"})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A member in which two texts differ.

    Args:
        path: Its path in the form.
        label: Its name.
        yours: Your words.
        stored: The words that are stored.
        is_text: Whether it is one text, of which both can be taken together.
        together: Both texts together, to be mended by hand.
        chosen: What is chosen beforehand: ``mine``, ``stored`` or nothing.
    """

    path: str
    label: str
    yours: tuple[Part, ...]
    stored: tuple[Part, ...]
    is_text: bool
    together: str
    chosen: str

    @property
    def is_own(self) -> bool:
        """Whether it stays on our side."""
        return self.path.startswith(OWN)


def show_conflict(request: HttpRequest, officer: Officer, key: UUID) -> HttpResponse:
    """Shows both texts where they differ, with a choice for each member."""
    message, posted = read_message(officer, key), request.POST
    stale = StaleDraft(
        yours={},
        stored={},
        your_version=0,
        stored_version=message.version,
        saved_by=str(message.saved_by or ""),
    )
    rows = list(_differences(message, posted))
    carried = [
        (name, value)
        for name, values in posted.lists()
        if name not in NOT_CARRIED and not name.startswith((PICK, MERGE))
        for value in values
    ]
    shown = {
        "message": message,
        "case": message.case,
        "rows": rows,
        "error": stale,
        "who_saved": who_saved(officer, message),
        "is_oneself": message.saved_by_id == officer.pk,
        "carried": carried,
        "is_unchosen": posted.get("act") == "merge",
        "text_language": str(message.fields.get("language", "")),
        "handling_marks": str(message.fields.get("handling", "")),
    }
    return show(request, "desk/conflict.html", shown, status=stale.http_status)


def who_saved(officer: Officer, message: Message) -> str:
    """Returns who saved meanwhile: a colleague by name, or the officer in another window of their own."""
    if message.saved_by_id == officer.pk:
        return _("You saved this draft yourself meanwhile, in another window or tab.")
    return _("%(name)s saved this draft meanwhile.") % {"name": message.saved_by or _("A colleague")}


def _differences(message: Message, posted: QueryDict) -> Iterator[Difference]:
    shown_first = _was(posted)
    yours = _flat(posted_fields(message, posted), posted_own(message, posted))
    stored = _flat(message.fields, stored_own(message))
    now = prints_of(message.fields, stored_own(message))
    mine = prints_of(posted_fields(message, posted), posted_own(message, posted))
    texts = _texts(message)
    order = [*names_of(message.kind), *(f"{OWN}{name}" for name in OWN_SIDE)]
    for path in [*order, *sorted({*yours, *stored} - set(order))]:
        if yours.get(path) == stored.get(path):
            continue
        before = shown_first.get(path) if shown_first is not None else None
        chosen = ""
        if shown_first is not None and now.get(path) == before:
            chosen = "mine"
        elif shown_first is not None and mine.get(path) == before:
            chosen = "stored"
        name = path.removeprefix(OWN)
        # What stays on our side may be in any language.
        language = "" if path.startswith(OWN) else str(message.fields.get("language", ""))
        yield Difference(
            path=path,
            label=label_of(path),
            yours=parts_of({name: yours.get(path)}, language=language),
            stored=parts_of({name: stored.get(path)}, language=language),
            is_text=path in texts,
            together=posted.get(f"{MERGE}{path}") or _together(stored.get(path), yours.get(path)),
            chosen=posted.get(f"{PICK}{path}") or chosen,
        )


def _was(posted: QueryDict) -> dict[str, str] | None:
    try:
        return msgspec.json.decode(str(posted.get("was", "")).encode(), type=dict[str, str])
    except msgspec.DecodeError:
        return None


def _flat(fields: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, **{f"{OWN}{name}": value for name, value in own.items()}}


def _texts(message: Message) -> set[str]:
    ours = fields_of(STRUCTS[message.kind], names_of(message.kind), {})
    own = fields_of(OwnSide, OWN_SIDE, {})
    wanted = {"text", "line", "lines"}
    return {one.path for one in ours if one.widget in wanted} | {
        f"{OWN}{one.path}" for one in own if one.widget in wanted
    }


def _together(stored: Any, yours: Any) -> str:
    """Returns both texts, the stored one first; one that holds the other stands for both."""
    first, second = _plain(stored), _plain(yours)
    if not first or first in second:
        return second
    return first if not second or second in first else f"{first}\n{second}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def merged(
    message: Message, posted: QueryDict, fields: dict[str, Any], own: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the fields and our own side's facts as the officer chose them on the page of both texts.

    Raises:
        StaleDraft: A member in which the texts differ has no choice; the page is shown again.
    """
    stored = _flat(message.fields, stored_own(message))
    chosen = _flat(fields, own)
    for path in {*chosen, *stored}:
        if chosen.get(path) == stored.get(path):
            continue
        pick = posted.get(f"{PICK}{path}", "")
        if pick not in {"mine", "stored", "both"}:
            raise StaleDraft(
                yours=fields, stored=message.fields, your_version=0, stored_version=message.version, saved_by=""
            )
        if pick == "stored":
            chosen[path] = stored.get(path)
        elif pick == "both":
            chosen[path] = _written(message, path, posted.get(f"{MERGE}{path}", ""))
    kept = {path: value for path, value in chosen.items() if value is not None}
    return (
        {path: value for path, value in kept.items() if not path.startswith(OWN)},
        {path.removeprefix(OWN): value for path, value in kept.items() if path.startswith(OWN)},
    )


def _written(message: Message, path: str, text: str) -> Any:
    is_own, name = path.startswith(OWN), path.removeprefix(OWN)
    return posted_values(OwnSide if is_own else STRUCTS[message.kind], (name,), {name: text}).get(name)
