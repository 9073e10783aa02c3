"""Which plan a page shows: the signed revision, our working draft, their offer or an older text, and with whom.

A page names it in its address (``of``). Where it names none, the signed revision is shown, and the draft where nothing
is signed. What is not signed by both sides is marked as a proposal wherever it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accord.exchange.errors import NotFound
from accord.instruments.models import Text
from accord.node.desk.numbers import whole
from accord.node.desk.page import officer_of
from accord.officers.permissions import Permission
from accord.parties.models import Party
from accord.workplan.content import Plan
from accord.workplan.models import DraftSave, PlanDraft
from accord.workplan.reading import TYPE, agreed_text, draft_with, last_save, plan_of_text, standing_offer_of_theirs
from accord.workplan.standing import standing_of_save, standing_of_text

__all__ = ["DRAFT", "Held", "Scene", "party_of", "plan_of_save", "scene_of", "texts_with"]

DRAFT = "draft"
"""How an address names our working draft; ``draft-7`` is its seventh version."""


class Held(StrEnum):
    """What the plan that is shown is."""

    SIGNED = "signed"
    ENDED = "ended"
    DRAFT = "draft"
    VERSION = "version"
    THEIRS = "theirs"
    OURS = "ours"
    OLDER = "older"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a page of the plan shows.

    Args:
        peer: The other side.
        plan: The plan; ``None`` where there is none yet.
        held: What it is.
        of: How an address names it.
        text: The text that it is, where it is one.
        save: The save of the draft that it is, where it is one.
        agreed: The revision that both signed last.
        draft: Our working draft, to whom may write in it.
        offer: What the other side offers now.
        names: Names of the two sides by code, in the reader's language.
        agencies: Names of agencies by party and code, in the reader's language.
        today: The day.
    """

    peer: Party
    plan: Plan | None
    held: Held | None
    of: str
    text: Text | None
    save: DraftSave | None
    agreed: Text | None
    draft: PlanDraft | None
    offer: Text | None
    names: Mapping[str, str]
    agencies: Mapping[tuple[str, str], str]
    today: date

    @property
    def is_proposal(self) -> bool:
        """Whether both sides have not signed it."""
        return self.held not in {Held.SIGNED, Held.OLDER, Held.ENDED}

    def standing(self, language: str) -> str:
        """Returns the line that a file of it says of its standing."""
        if self.text is not None:
            return standing_of_text(self.text, latest=self.agreed, language=language)
        return standing_of_save(self.save, language=language) if self.save is not None else ""

    @property
    def is_draft(self) -> bool:
        """Whether it is our working draft as it is now."""
        return self.held is Held.DRAFT


@lru_cache(maxsize=8)
def _read(digest: bytes, key: int) -> Plan:
    del digest
    return DraftSave.objects.get(pk=key).plan


def plan_of_save(save: DraftSave) -> Plan:
    """Returns the plan of a save; the same words are decoded once."""
    return _read(bytes(save.digest), save.pk)


def party_of(code: str) -> Party:
    """Returns another party by its code.

    Raises:
        NotFound: There is none.
    """
    found = Party.objects.filter(code=code, is_self=False).first()
    if found is None:
        raise NotFound("There is no such party.")
    return found


def texts_with(peer: str) -> list[Text]:
    """Returns every text of the plan with a peer, also those that were prepared here and not offered, newest first."""
    texts = Text.objects.filter(instrument__type=TYPE, instrument__peer_id=peer)
    return list(texts.select_related("instrument", "prepared_by").defer("packed").order_by("-prepared_at"))


def scene_of(request: HttpRequest, peer: str) -> Scene:
    """Returns what a page shows.

    Raises:
        NotFound: There is no such party, text or version.
    """
    party = party_of(peer)
    # Whoever may not write in the draft is not shown it either: it is no text yet that anybody stands by.
    may_draft = officer_of(request).may(Permission.AGREEMENT_DRAFT)
    agreed, draft = agreed_text(peer), draft_with(peer) if may_draft else None
    wanted = request.GET.get("of", "")
    text, save = _wanted(peer, wanted, agreed, draft)
    return Scene(
        peer=party,
        plan=plan_of_text(text) if text is not None else plan_of_save(save) if save is not None else None,
        held=_held(text, save, agreed, draft),
        of=str(text.pk) if text is not None else _version_name(save, draft),
        text=text,
        save=save,
        agreed=agreed,
        draft=draft,
        offer=standing_offer_of_theirs(peer),
        **_sides(party),  # type: ignore[arg-type]
        today=timezone.localdate(),
    )


def _wanted(
    peer: str, wanted: str, agreed: Text | None, draft: PlanDraft | None
) -> tuple[Text | None, DraftSave | None]:
    if not wanted:
        if agreed is not None:
            return agreed, None
        return None, last_save(draft) if draft is not None else None
    if wanted == DRAFT and draft is not None:
        return None, last_save(draft)
    if wanted.startswith(f"{DRAFT}-") and draft is not None:
        number = whole(wanted.removeprefix(f"{DRAFT}-"), 9)
        found = draft.saves.select_related("by").filter(version=number or 0).first()
        if found is None:
            raise NotFound("There is no such version of the draft.")
        return None, found
    try:
        key = UUID(wanted)
    except ValueError as error:
        raise NotFound("There is no such text.") from error
    text = (
        Text.objects.select_related("instrument")
        .filter(Q(instrument__type=TYPE, instrument__peer_id=peer), pk=key)
        .first()
    )
    if text is None:
        raise NotFound("There is no such text.")
    return text, None


def _version_name(save: DraftSave | None, draft: PlanDraft | None) -> str:
    if save is None or draft is None:
        return ""
    return DRAFT if save.version == draft.version else f"{DRAFT}-{save.version}"


def _held(text: Text | None, save: DraftSave | None, agreed: Text | None, draft: PlanDraft | None) -> Held | None:
    if text is None:
        if save is None:
            return None
        return Held.DRAFT if draft is not None and save.version == draft.version else Held.VERSION
    if agreed is not None and text.pk == agreed.pk:
        return Held.SIGNED
    if text.state == Text.State.AGREED:
        return Held.OLDER if text.instrument.ends_on is None else Held.ENDED
    return Held.OURS if text.is_ours else Held.THEIRS


def _sides(party: Party) -> dict[str, object]:
    language = get_language() or "en"
    own = Party.objects.filter(code=settings.ACCORD_PARTY).first()
    sides = [one for one in (own, party) if one is not None and one.profile]
    return {
        "names": {one.code: one.described.names.in_language(language) for one in sides},
        "agencies": {
            (one.code, agency.code): agency.names.in_language(language)
            for one in sides
            for agency in one.described.agencies
        },
    }
