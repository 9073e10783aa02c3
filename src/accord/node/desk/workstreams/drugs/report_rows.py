"""What the lists of incidents and of suspicious transactions show of each, sent, received or still being written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accord.exchange.models import Case, Message
from accord.exchange.withdrawn import UNSAID
from accord.node.desk.code_words import choice_label
from accord.node.desk.countries import country_of
from accord.node.desk.figures import number_of
from accord.node.desk.templatetags.desk import label
from accord.node.desk.workstreams.drugs.flow_rows import kilograms
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.workstreams.drugs.flows.consignments import substance_key, substance_names
from accord.workstreams.drugs.kinds import DRUG_INCIDENT
from accord.workstreams.drugs.models import Incident, SuspiciousReport
from accord.workstreams.drugs.notices.follow_ups import is_late_alert

__all__ = ["ReportShown", "reports_shown", "unsent_shown"]

KIND_FIELDS: Final = ("incident_kind", "transaction_kind")
DAY_FIELDS: Final = ("happened_on", "transaction_on")


@dataclass(frozen=True, kw_only=True)
class ReportShown:
    """An incident or a suspicious transaction as a row.

    Args:
        message: Its message.
        case: Its case.
        row: What is kept to list it; nothing of a draft.
        is_ours: Whether we tell it.
        kind: What happened, in words.
        detail: How a substance was identified, or whether the transaction took place.
        on: Its day; nothing where a draft states none.
        substance: The substance first named, as it is called.
        others: How many more substances it names.
        amount: Its quantity in words.
        place: The place, as far as the message tells it.
        state: Where the message stands, in words.
        tone: ``good`` where it was answered, ``bad`` where it does not stand.
        address: The page of the draft, or of the case.
        is_late: Whether an incident was told later than both sides hold one another to.
    """

    message: Message
    case: Case
    is_ours: bool
    kind: str
    on: date | None
    substance: str
    state: str
    address: str
    row: Incident | SuspiciousReport | None = None
    detail: str = ""
    others: int = 0
    amount: str = ""
    place: str = ""
    tone: str = ""
    is_late: bool = False


def reports_shown(rows: Sequence[Incident | SuspiciousReport]) -> list[ReportShown]:
    """Returns rows that were told, as the list shows them; each is annotated with ``is_answered``."""
    keys = [substance_key(one.substance, one.cas_number, one.substance_name) for one in rows]
    names = substance_names((key, one.substance_name) for key, one in zip(keys, rows, strict=True))
    return [_told(one, names[key]) for one, key in zip(rows, keys, strict=True)]


def _told(row: Incident | SuspiciousReport, substance: str) -> ReportShown:
    is_incident = isinstance(row, Incident)
    state, tone = _state(row)
    return ReportShown(
        message=row.message,
        case=row.case,
        row=row,
        is_ours=row.is_ours,
        kind=str(choice_label("incident_kind" if is_incident else "transaction_kind", row.kind)),
        detail=_detail(row),
        on=row.happened_on if isinstance(row, Incident) else row.transaction_on,
        substance=substance,
        others=max(len(row.findings) - 1, 0) if isinstance(row, Incident) else 0,
        amount=_("%(amount)s kg") % {"amount": number_of(kilograms(row.quantity_kg))} if row.quantity_kg else "",
        place=_place(row.place_country, row.place_region, _fields(row.message)) if isinstance(row, Incident) else "",
        state=state,
        tone=tone,
        address=reverse("desk:case", args=[row.case.own_ref]),
        is_late=isinstance(row, Incident) and is_late_alert(row),
    )


def _detail(row: Incident | SuspiciousReport) -> str:
    if isinstance(row, Incident):
        return str(choice_label("identified_by", row.identified_by)) if row.identified_by else ""
    return _("it took place") if row.was_completed else _("it did not take place")


def _place(country: str, region: str, fields: Mapping[str, Any]) -> str:  # Any: members of a message
    """Returns the place as exactly as the message tells it; of an erased one the country alone is left."""
    exact = fields.get("place_exact")
    told = (exact if isinstance(exact, str) else "", region, country_of(country) if country else "")
    return ", ".join(one for one in told if one)


def _fields(message: Message) -> Mapping[str, Any]:  # Any: as above
    return message.fields if message.content else {}


def _state(row: Any) -> tuple[str, str]:  # Any: a row with the annotation of its list
    message: Message = row.message
    if message.state in UNSAID:
        return str(label(message.state, "message_states")), "bad"
    if message.recalled_at is not None:
        return _("recalled by us"), "bad"
    if row.is_answered:
        return _("answered"), "good"
    return (_("sent, not answered") if row.is_ours else _("arrived, not answered")), ""


def unsent_shown(officer: Officer, messages: Iterable[Message]) -> list[ReportShown]:
    """Returns drafts as the list shows them, by what stands in them so far; each leads to where the officer can act."""
    may_draft = officer.may(Permission.MESSAGE_DRAFT)
    return [_unsent(one, may_draft=may_draft) for one in messages]


def _unsent(message: Message, *, may_draft: bool) -> ReportShown:
    fields = _fields(message)
    kind_field, day_field = (names[message.kind != DRUG_INCIDENT] for names in (KIND_FIELDS, DAY_FIELDS))
    kind = _text(fields, kind_field)
    is_draft = message.state == Message.State.DRAFT
    return ReportShown(
        message=message,
        case=message.case,
        is_ours=True,
        kind=str(choice_label(kind_field, kind)) if kind else "",
        on=_day(_text(fields, day_field)),
        substance=_first_named(fields),
        place=_place(_text(fields, "place_country"), _text(fields, "place_region"), fields),
        state=_("draft") if is_draft else str(label(message.state, "message_states")),
        tone="warn",
        address=_where(message, may_draft=may_draft),
    )


def _where(message: Message, *, may_draft: bool) -> str:
    if message.state != Message.State.DRAFT:
        return reverse("desk:approval", args=[message.pk])
    return reverse("desk:draft", args=[message.pk]) if may_draft else reverse("desk:case", args=[message.case.own_ref])


def _text(fields: Mapping[str, Any], name: str) -> str:  # Any: as above
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _first_named(fields: Mapping[str, Any]) -> str:  # Any: as above
    for name in ("findings", "goods"):
        found = fields.get(name)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and isinstance(one.get("name"), str):
                return str(one["name"])
    return ""
