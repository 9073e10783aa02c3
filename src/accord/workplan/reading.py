"""What there is of the workplan with a peer: revisions that were offered or agreed, the draft, and any two compared."""

from functools import lru_cache

from django.db.models import Q
from django.utils import timezone

from accord.instruments.canonical import read_canonical
from accord.instruments.models import Instrument, Text
from accord.workplan.content import Plan
from accord.workplan.differing import Difference, difference
from accord.workplan.models import DraftSave, PlanDraft

__all__ = [
    "TYPE",
    "agreed_text",
    "compared",
    "draft_with",
    "instrument_with",
    "last_save",
    "plan_of_text",
    "revisions_with",
    "standing_offer_of_theirs",
]

TYPE = "workplan"
"""Name of the type of text."""

KEPT_PLANS = 8
"""Plans kept decoded: two that are compared, the one in force with each of a few peers."""


@lru_cache(maxsize=KEPT_PLANS)
def _read(digest: bytes, text: str) -> Plan:
    del digest
    return read_canonical(Text.objects.get(pk=text).content, Plan)


def plan_of_text(text: Text) -> Plan:
    """Returns the plan that a text is; the same text is decoded once."""
    return _read(bytes(text.digest), str(text.pk))


def instrument_with(peer: str) -> Instrument | None:
    """Returns the workplan with a peer that new revisions continue: one in force before one that is only offered.

    A plan from which a side withdrew its consent is continued by none; the next one begins anew.
    """
    running = Instrument.objects.filter(type=TYPE, peer_id=peer, ends_on=None).select_related("agreed")
    return running.filter(agreed__isnull=False).first() or running.first()


def agreed_text(peer: str) -> Text | None:
    """Returns the revision that both sides signed last and that has not ended; ``None`` where there is none."""
    today = timezone.now().date()
    runs = Q(ends_on=None) | Q(ends_on__gt=today)
    held = Instrument.objects.filter(runs, type=TYPE, peer_id=peer, agreed__isnull=False).select_related("agreed")
    latest = held.order_by("-agreed__settled_at").first()
    return latest.agreed if latest is not None else None


def revisions_with(peer: str) -> list[Text]:
    """Returns every text of the workplan with a peer that ever left either side, the newest first."""
    shown = Q(is_ours=False) | ~Q(offered_at=None)
    return list(
        Text.objects.filter(shown, instrument__type=TYPE, instrument__peer_id=peer)
        .select_related("instrument")
        .order_by("-prepared_at")
    )


def standing_offer_of_theirs(peer: str) -> Text | None:
    """Returns what the peer offers now; ``None`` where nothing of theirs waits for an answer."""
    return (
        Text.objects.filter(instrument__type=TYPE, instrument__peer_id=peer, is_ours=False, state=Text.State.OFFERED)
        .select_related("instrument")
        .first()
    )


def draft_with(peer: str) -> PlanDraft | None:
    """Returns our working draft towards a peer."""
    return PlanDraft.objects.filter(peer_id=peer).select_related("peer", "started_from").first()


def last_save(draft: PlanDraft) -> DraftSave:
    """Returns the draft as it is now."""
    return draft.saves.select_related("by").get(version=draft.version)


def compared(before: Plan, after: Plan) -> Difference:
    """Returns what is different between any two revisions: texts, saves of a draft, or plans read from a file."""
    return difference(before, after)
