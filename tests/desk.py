"""A Canadian node with its officers and its channel to India, and the messages they write."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.channel.disposition import decode_dispositions
from accord.channel.sealkeys import SealKey
from accord.courier.models import Channel, Outbox, SignedCheckpoint
from accord.exchange import services
from accord.exchange.models import Message
from accord.exchange.search.indexing import index_arrived
from accord.handling.models import PredominanceTest
from accord.handling.weighing import decide_weighing, weigh
from accord.officers.four_eyes import confirm_officer
from accord.officers.models import Officer
from accord.officers.permissions import Role
from accord.officers.services import create_first_administrator, create_officer
from accord.parties.custody import use_custody
from accord.parties.models import Party
from accord.parties.profile import load_profile
from accord.parties.register_book import mark_changed
from accord.release.errors import GateRefuses
from accord.release.gate import use_gate
from accord.release.intake import take_in
from tests.kept_rows import KeptRows
from tests.registers import arranged, profiled
from tests.simulators.sealing_peer import SealCustody, SealingPeer

TODAY = timezone.now().date()


@dataclass
class Desk:
    """Everything a test of the exchange needs."""

    channel: Channel
    peer: SealingPeer
    custody: SealCustody
    officers: dict[Role, Officer]

    @property
    def liaison(self) -> Officer:
        return self.officers[Role.LIAISON]

    @property
    def releasing(self) -> Officer:
        return self.officers[Role.RELEASING]

    @property
    def duty(self) -> Officer:
        return self.officers[Role.DUTY]

    @property
    def reviewer(self) -> Officer:
        return self.officers[Role.REVIEWER]

    @property
    def administrator(self) -> Officer:
        return self.officers[Role.ADMINISTRATOR]

    def head(self, office: str, name: str = "head") -> Officer:
        """Who bears an office that a rule names as deciding on a hold."""
        officer = create_officer(
            self.administrator, name, password=None, display_name=name, roles=["decider"], offices=[office]
        )
        confirm_officer(self.reviewer, officer)
        return officer

    def again(self, role: Role, name: str) -> Officer:
        """A second officer of a role."""
        officer = create_officer(
            self.administrator, name, password=None, display_name=name, roles=[role.value], agency="RCMP"
        )
        confirm_officer(self.reviewer, officer)
        return officer


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    use_gate(None)
    custody = SealCustody(key=_OUR_KEY)
    use_custody(custody)  # type: ignore[arg-type] # a custody of one key is enough for what is tested here
    _ROWS.put()
    mark_changed()
    channel = Channel.objects.get()
    officers = {Role(officer.roles[0]): officer for officer in Officer.objects.all()}
    yield Desk(
        channel=channel, peer=SealingPeer(channel, custody, archive=_PEER_ARCHIVE), custody=custody, officers=officers
    )
    use_custody(None)
    use_gate(None)


def _two_parties_and_an_officer_of_each_role() -> None:
    Party.objects.create(code="CA", profile=load_profile("canada").to_json(), is_self=True)
    india = Party.objects.create(code="IN", profile=load_profile("india").to_json())
    arranged("ARR-2026-1")
    profiled("IN", assessed_on=TODAY)
    Channel.objects.create(peer=india, party_code="CA")
    chief = create_first_administrator("admin", "correct horse battery staple")
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            create_officer(
                chief, role.value, password=None, display_name=f"The {role.value}", roles=[role.value], agency="RCMP"
            )


_ROWS = KeptRows(_two_parties_and_an_officer_of_each_role)
# Keys cost a millisecond each; two of them serve every test.
_OUR_KEY = SealKey.generate()
_PEER_ARCHIVE = SealKey.generate()


def days(count: int) -> str:
    """A day from today on, as JSON has it."""
    return (TODAY + timedelta(days=count)).isoformat()


def own_side(**changed: object) -> dict[str, object]:
    """What our side states of a message without persons, such that the gate lets it pass."""
    return {
        "has_personal_data": False,
        "asks_about_person": False,
        "names_source": False,
        "categories": ["precursors"],
        "authorising_law": "RCMP Act, section 18",
        "legitimate_aim": "To stop the diversion of a precursor.",
        "proportionality": "One consignment is asked about, and no person.",
        "is_compelled": False,
        "has_safeguarded_information": False,
        "has_third_party_origin": False,
        "records": ["ordinary"],
        "has_trade_secret": False,
        "asks_for_powers": False,
        "exposure": "none",
        "basis": ["conduct"],
        "is_victim_of_intimidation": False,
        "has_death_penalty_exposure": False,
        "substances": [
            {
                "name": "79099-07-3",
                "schedules": ["VI"],
                "controlled_on": "2024-12-03",
                "happened_on": "2026-10-01",
                "movement": "reported",
                "direction": "import",
            }
        ],
        **changed,
    }


def caveat(agency: str = "NCB") -> dict[str, object]:
    return {
        "who_may_access": [agency],
        "permitted_uses": ["lead in the investigation named", "print", "export"],
        "procedure_contact": "Liaison officer, RCMP",
        "expires_on": days(365),
    }


def _common(sender: tuple[str, str], recipient: tuple[str, str]) -> dict[str, object]:
    return {
        "sender": {"party": sender[0], "agency": sender[1]},
        "recipient": {"party": recipient[0], "agency": recipient[1]},
        "liaison_contact": "Liaison officer (specimen)",
        "duty_phone": "+1 613 555 0100",
        "theme": "precursors",
        "purpose": "investigate",
        "legal_basis": ["RCMP Act, section 18"],
        "handling": "H1",
        "caveats": [caveat(recipient[1])],
        "classification": {"own": "Protected A", "equivalent": "protected"},
        "retention_until": days(365),
        "language": "en",
    }


def _disclosed() -> dict[str, object]:
    return {
        "evaluation": {"source": "B", "information": "2", "evaluated_on": days(-1)},
        "accuracy": {"statement": "Read from the customs declaration, not tested.", "as_of": days(-1)},
        "person_categories": [],
        "concerns_minor": False,
    }


def request_fields(
    sender: tuple[str, str] = ("CA", "RCMP"), recipient: tuple[str, str] = ("IN", "NCB"), **changed: object
) -> dict[str, object]:
    """A whole request about a consignment, as an officer types it."""
    fields = {
        **_common(sender, recipient),
        **_disclosed(),
        "offence": {"own_law": "CDSA, section 7.1", "max_penalty_months": 120},
        "specification": "Was the consignment registered before it left?",
        "facts": "A drum declared under HS 2933.39 as an industrial intermediate.",
        "items": [{"item": 1, "question": "Was an export notice given?"}],
        "reason_held": "The exporter is said to be registered there.",
        "urgency": "normal",
        "requested_by": "RCMP, federal policing",
        "access_class": "direct",
        "evidence_needed": "no",
        "substances": [{"name": "1-boc-4-piperidone", "cas_number": "79099-07-3", "hs_code": "2933.39"}],
        **changed,
    }
    return {name: value for name, value in fields.items() if value is not None}


def answer_fields(
    sender: tuple[str, str] = ("CA", "RCMP"), recipient: tuple[str, str] = ("IN", "NCB"), **changed: object
) -> dict[str, object]:
    """A partial answer."""
    fields = {
        **_common(sender, recipient),
        **_disclosed(),
        "outcome": "partial",
        "text": "A notice was given; the consignee is not registered.",
        "answered_items": [{"item": 1, "state": "answered", "text": "Yes."}],
        **changed,
    }
    return {name: value for name, value in fields.items() if value is not None}


def information_fields(
    sender: tuple[str, str] = ("CA", "RCMP"), recipient: tuple[str, str] = ("IN", "NCB"), **changed: object
) -> dict[str, object]:
    """Spontaneous information."""
    fields = {
        **_common(sender, recipient),
        **_disclosed(),
        "subject": "An online offer of a precursor",
        "facts": "An offer was seen.",
        "relevance_reason": "The seller names a city there.",
        "seriousness": "serious",
        **changed,
    }
    return {name: value for name, value in fields.items() if value is not None}


def notice_fields(
    sender: tuple[str, str] = ("CA", "RCMP"), recipient: tuple[str, str] = ("IN", "NCB"), **changed: object
) -> dict[str, object]:
    """The fields of a message without information: a delay notice or a clarification."""
    return {name: value for name, value in {**_common(sender, recipient), **changed}.items() if value is not None}


def from_india(fields: dict[str, object], *, case: str = "IN-2026-000007", number: int = 1, **changed: Any) -> Any:
    """A message of the other side, with the fields its own node fills."""
    filled = {
        "schema_version": 1,
        "message_ref": f"{case}/{number}",
        "case_ref_own": case,
        **fields,
        **changed,
    }
    if "urgency" in fields:
        filled.setdefault("clock_table", "2026-1")
    return {name: value for name, value in filled.items() if value is not None}


INDIA = ("IN", "NCB")
CANADA = ("CA", "RCMP")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def submitted_request(desk: Desk, **changed: object) -> Message:
    """A request that waits for its approval."""
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_request(desk.liaison, case, request_fields(**changed), own=own_side())  # type: ignore[arg-type]
    return services.submit(desk.liaison, draft, version=draft.version)


HELD_BASIS = {"basis": ["conduct", "protest"]}
HELD_OFFICE = "The head of the agency"


def held_request(desk: Desk, **changed: object) -> Message:
    """A request that the gate holds for the written answer of an office."""
    case = services.create_case(desk.liaison, peer="IN", theme="precursors", title="A drum")
    draft = services.draft_request(desk.liaison, case, request_fields(**changed), own=own_side(**HELD_BASIS))
    with pytest.raises(GateRefuses):
        services.submit(desk.liaison, draft, version=1)
    draft.refresh_from_db()
    return draft


def weighed(desk: Desk, message: Message) -> PredominanceTest:
    """A test of predominance that another officer agreed to."""
    test = weigh(
        desk.duty,
        message,
        conduct="A drum of a precursor.",
        expression="A protest was held on the same day.",
        predominates="conduct",
        why="The drum, not the protest.",
    )
    return decide_weighing(desk.head("The deputy head", "weigher"), test, agrees=True, why="It is about the drum.")


def seen(message: Message) -> dict[str, bytes]:
    """The digests that an approver read of a submitted message."""
    assert message.approval is not None
    assert message.approval.decision is not None
    return {
        "seen_digest": bytes(message.approval.payload_digest),
        "seen_facts_digest": bytes(message.approval.decision.facts_digest),
    }


def approved(desk: Desk, message: Message, **when: Any) -> Message:
    """The message with the releasing officer's word for it."""
    return services.approve(desk.releasing, message, **seen(message), **when)


def released_request(desk: Desk) -> Message:
    """A request that is in the outbox."""
    return services.release(desk.releasing, approved(desk, submitted_request(desk)))


def received_request(
    desk: Desk, *, case: str = "IN-2026-000007", now: datetime | None = None, **changed: Any
) -> Message:
    """A request of the other side that has been filed."""
    entry = desk.peer.send("request", from_india(request_fields(INDIA, CANADA, **changed), case=case), now=now)
    assert take_in(desk.channel, now=now).filed == 1
    index_arrived()
    return Message.objects.get(envelope_id=entry.envelope_id)


def flush(desk: Desk, *, receipted_at: datetime | None = None) -> None:
    """Does what the courier does: gives waiting messages their places in our log and stores the peer's receipt."""
    size = desk.channel.out_size
    for row in Outbox.objects.filter(state="queued").order_by("id"):
        row.position, row.state, row.flushed_at = size, "flushed", timezone.now()
        row.save()
        size += 1
    desk.channel.out_size = size
    if receipted_at is not None:
        desk.channel.out_receipted_size = size
        SignedCheckpoint.objects.create(
            channel=desk.channel,
            direction="out",
            size=size,
            note=b"note",
            recorded_at=receipted_at,
            receipt=b"receipt",
            receipted_at=receipted_at,
        )
    desk.channel.save()


def dispositions(desk: Desk) -> list[tuple[int, int, str, str | None, str | None]]:
    """What we have told the peer became of its messages."""
    told = []
    for row in Outbox.objects.filter(kind="disposition").order_by("id"):
        told += [(i.first, i.last, i.state.value, i.code, i.rule) for i in decode_dispositions(bytes(row.payload))]
    return told
