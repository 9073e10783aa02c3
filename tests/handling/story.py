"""What came from India, what is asked about it, and what India answers."""

from typing import Any

from accord.exchange import services
from accord.exchange.models import Message
from accord.handling.permissions import ask_permission
from accord.handling.uses import Intended
from accord.release.intake import take_in
from accord.vocabulary.subjects import Purpose
from accord.vocabulary.uses import UseCode
from tests.desk import CANADA, INDIA, Desk, approved, days, from_india, information_fields

COURT = Intended(use=UseCode.COURT, purpose=Purpose.INVESTIGATE, recipient="Superior Court", suspicion="no")


def caveat(*uses: str, who: str = "RCMP", until: int = 365) -> dict[str, object]:
    """A caveat of India's."""
    return {
        "who_may_access": [who],
        "permitted_uses": list(uses) or ["lead in the investigation named"],
        "procedure_contact": "Liaison officer, NCB",
        "expires_on": days(until),
    }


def item_from_india(desk: Desk, *, case: str = "IN-2026-000007", number: int = 1, **changed: object) -> Message:
    """An item of India's that has been filed."""
    fields = information_fields(INDIA, CANADA, **{"caveats": [caveat()], **changed})
    handling = str(fields["handling"])
    entry = desk.peer.send("spontaneous-information", from_india(fields, case=case, number=number), handling=handling)
    assert take_in(desk.channel).filed == 1
    return Message.objects.get(envelope_id=entry.envelope_id)


def asked(desk: Desk, item: Message, intended: Intended = COURT) -> Message:
    """A question of ours that has left."""
    draft = ask_permission(desk.liaison, item, intended, justification="The consignor is on trial.")
    submitted = services.submit(desk.liaison, draft, version=draft.version)
    return services.release(desk.releasing, approved(desk, submitted))


def answered(desk: Desk, request: Message, *, number: int = 2, **changed: object) -> Message | None:
    """India's answer to a question of ours, filed; ``None`` where our intake refused it."""
    fields = request.fields
    said: dict[str, Any] = {
        **{name: fields[name] for name in ("about", "new_use", "new_recipient", "new_purpose")},
        "result": "granted",
        "permitted_until": days(30),
        **changed,
    }
    case = request.case
    entry = desk.peer.send(
        "permission-answer",
        from_india(
            {**_notice(), **{name: value for name, value in said.items() if value is not None}},
            case=case.other_ref,
            number=number,
            case_ref_other=case.own_ref,
        ),
        in_reply_to=request.envelope_id,
    )
    take_in(desk.channel)
    return Message.objects.filter(envelope_id=entry.envelope_id).first()


def _notice() -> dict[str, object]:
    kept = information_fields(INDIA, CANADA)
    names = (
        "sender recipient liaison_contact theme purpose legal_basis handling caveats classification retention_until "
        "language"
    )
    return {name: kept[name] for name in names.split()}


def withdrawn_by_india(desk: Desk, message: Message) -> None:
    """India recalls a message of its own."""
    desk.peer.send("withdrawal", {"schema_version": 1, "withdraws": str(message.envelope_id)})
    take_in(desk.channel)


__all__ = [
    "COURT",
    "answered",
    "asked",
    "caveat",
    "item_from_india",
    "withdrawn_by_india",
]
