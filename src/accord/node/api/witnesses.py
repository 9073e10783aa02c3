"""Independent witnesses of the logs: whose keys count here, what they are asked, and what they co-signed."""

from datetime import datetime
from typing import Annotated, Final

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema
from ninja.responses import Status

from accord.channel.witness import MAX_COSIGNED_BYTES
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, RowId, portable
from accord.officers.models import Officer
from accord.officers.permissions import Permission
from accord.oversight.models import Cosignature, Witness
from accord.oversight.witnesses import Seen, add_witness, request_for, retire_witness, take_cosignature, witnesses
from accord.parties.profile import PARTY_CODE

__all__ = ["router"]

router = Router()

KEYS_CHARACTERS_MAX: Final = 4_096
"""Two verifier keys, a line each: the longer one has some 1,800 characters beside the witness's name."""

REQUEST_MEDIA_TYPE: Final = "text/plain"

Number = Path[RowId]
Party = Annotated[str, Query(pattern=portable(PARTY_CODE), description="Code of a party.")]


class NewWitness(Closed):
    """The public keys of a witness, as its own file has them; whoever sends them got them in person."""

    keys: str = Field(min_length=1, max_length=KEYS_CHARACTERS_MAX)


class NewCosignature(Closed):
    """A checkpoint with the lines of witnesses behind its owner's, as a witness gave it."""

    note: str = Field(min_length=1, max_length=MAX_COSIGNED_BYTES)


class SeenOut(Schema):
    """How far a witness has seen one log."""

    owner: str
    peer: str
    size: int = Field(description="Entries that stand under a signed head.")
    cosigned_size: int
    cosigned_at: datetime | None
    unseen: int = Field(description="Newest entries that no co-signature of this witness covers.")


class WitnessOut(Schema):
    """A witness in use."""

    id: int
    name: str
    added_by: str
    added_at: datetime
    seen: list[SeenOut]


class CosignatureOut(Schema):
    """What a witness co-signed of a log that is stored here."""

    witness: str
    size: int
    root: str = Field(description="Root of that log, in hexadecimal.")
    cosigned_at: datetime
    taken_at: datetime


def _seen(one: Seen) -> SeenOut:
    return SeenOut(
        owner=one.log.owner,
        peer=one.log.peer,
        size=one.log.size,
        cosigned_size=one.last.size if one.last is not None else 0,
        cosigned_at=one.last.cosigned_at if one.last is not None else None,
        unseen=one.unseen,
    )


def _all(officer: Officer) -> list[WitnessOut]:
    return [
        WitnessOut(
            id=witness.pk,
            name=witness.name,
            added_by=witness.added_by.username,
            added_at=witness.added_at,
            seen=[_seen(one) for one in seen],
        )
        for witness, seen in witnesses(officer)
    ]


def _taken(row: Cosignature) -> CosignatureOut:
    return CosignatureOut(
        witness=row.witness.name,
        size=row.size,
        root=bytes(row.root).hex(),
        cosigned_at=row.cosigned_at,
        taken_at=row.taken_at,
    )


@offer(
    router,
    "GET",
    "/review/witnesses",
    permission=Permission.RECORD_READ,
    summary="List witnesses and how far they have seen",
    response=list[WitnessOut],
)
def list_witnesses(request: ApiRequest) -> list[WitnessOut]:
    """Lists the witnesses in use, each with how far it has seen every log of this node."""
    return _all(request.officer)


@offer(
    router,
    "POST",
    "/review/witnesses",
    permission=Permission.RECORD_READ,
    summary="Add a witness by its public keys",
    response=WitnessOut,
    status=201,
    statuses=(409,),
)
def add_one_witness(request: ApiRequest, body: NewWitness) -> Status[WitnessOut]:
    """Takes the two verifier keys of a witness in, so that its co-signatures count from now on."""
    made = add_witness(request.officer, body.keys)
    return Status(201, next(one for one in _all(request.officer) if one.id == made.pk))


@offer(
    router,
    "POST",
    "/review/witnesses/{number}/retire",
    permission=Permission.RECORD_READ,
    summary="Retire a witness",
    response=list[WitnessOut],
    statuses=(409,),
)
def retire_one_witness(request: ApiRequest, number: Number) -> list[WitnessOut]:
    """Lets no new co-signature of a witness count and answers with those left; what it co-signed stays."""
    retire_witness(request.officer, number)
    return _all(request.officer)


@offer(
    router,
    "GET",
    "/review/witnesses/{number}/request",
    permission=Permission.RECORD_READ,
    summary="Make the request to a witness",
    response=None,
    statuses=(409,),
    raw_answer=REQUEST_MEDIA_TYPE,
)
def request_to_witness(request: ApiRequest, number: Number, *, owner: Party, peer: Party) -> HttpResponse:
    """Gives what is carried to a witness for the newest head of a log, as C2SP's add-checkpoint has it."""
    # A witness that is retired has no name here any more, and is refused like one that never was.
    named = Witness.objects.filter(pk=number, retired_at=None).first()
    data = request_for(request.officer, named.name if named is not None else "", owner, peer)
    response = HttpResponse(data, content_type=REQUEST_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="accord-{owner}-{peer}.request"'
    return response


@offer(
    router,
    "POST",
    "/review/cosignatures",
    permission=Permission.RECORD_READ,
    summary="Take in what witnesses co-signed",
    response=list[CosignatureOut],
    status=201,
    statuses=(409,),
)
def take_cosignatures(request: ApiRequest, body: NewCosignature) -> Status[list[CosignatureOut]]:
    """Keeps the co-signatures of known witnesses; one of another log than the stored one is refused with an alarm."""
    kept = take_cosignature(request.officer, body.note.encode())
    return Status(201, [_taken(row) for row in kept])
