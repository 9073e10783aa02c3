"""The reviewer's sample of decisions, drawn by a stated seed, and the findings that reviewers write beside one."""

from datetime import datetime
from typing import Annotated, Final, Literal

from ninja import Field, Path, Query, Router, Schema
from ninja.responses import Status

from accord.exchange.reasons import REASON_CHARACTERS_MAX
from accord.node.api.decisions import ActionWord, DecisionRow, OutcomeWord, decision_row
from accord.node.api.operations import ApiRequest, offer
from accord.node.api.shapes import Closed, Moment, RowId, one_of
from accord.officers.permissions import Permission
from accord.oversight.annotations import annotate, annotations_of
from accord.oversight.models import Annotation
from accord.oversight.sampling import SAMPLE_MAX, SEED_CHARACTERS_MAX, draw_sample

__all__ = ["router"]

router = Router()

SIZE: Final = 10
"""Decisions of a sample of which nobody chose the size: what a first visit reads."""

Number = Path[RowId]
Seed = Annotated[
    str, Query(min_length=1, max_length=SEED_CHARACTERS_MAX, description="Any words; the same draw the same sample.")
]
Size = Annotated[int, Query(SIZE, ge=1, le=SAMPLE_MAX)]


class SampleOut(Schema):
    """A sample that anybody can draw again: ranked by SHA-256(seed, 0x0A, number in decimal), the first are drawn."""

    seed: str
    population: int = Field(description="Decisions that it was drawn from.")
    digest: str = Field(description="SHA-256 over the numbers of the population, one a line.")
    drawn: list[DecisionRow] = Field(description="In the order in which they were drawn.")


class NewFinding(Closed):
    """What a reviewer found of a decision."""

    finding: Literal["in-order", "question", "not-in-order"]
    text: str = Field(min_length=1, max_length=REASON_CHARACTERS_MAX)


class FindingOut(Schema):
    """A finding as it was written; it is never changed, and a later one stands beside it."""

    reviewer: str
    at: datetime
    finding: Annotated[str, one_of(Annotation.Finding)]
    text: str


def _out(row: Annotation) -> FindingOut:
    return FindingOut(reviewer=row.reviewer.username, at=row.at, finding=row.finding, text=row.text)


@offer(
    router,
    "GET",
    "/review/sample",
    permission=Permission.RECORD_READ,
    summary="Draw a sample of decisions",
    response=SampleOut,
)
def draw_decisions(
    request: ApiRequest,
    *,
    seed: Seed,
    size: Size,
    action: ActionWord | None = None,
    outcome: OutcomeWord | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
) -> SampleOut:
    """Draws decisions by a stated seed, so that nobody picks in secret; seed and population are noted as an act."""
    sample = draw_sample(
        request.officer, seed=seed, size=size, since=since, until=until, action=action, outcome=outcome
    )
    return SampleOut(
        seed=sample.seed,
        population=sample.population,
        digest=sample.digest,
        drawn=[decision_row(record) for record in sample.drawn],
    )


@offer(
    router,
    "GET",
    "/decisions/{number}/findings",
    permission=Permission.RECORD_READ,
    summary="List the findings on a decision",
    response=list[FindingOut],
)
def list_findings(request: ApiRequest, number: Number) -> list[FindingOut]:
    """Lists what reviewers wrote beside a decision, the oldest first."""
    return [_out(row) for row in annotations_of(request.officer, number)]


@offer(
    router,
    "POST",
    "/decisions/{number}/findings",
    permission=Permission.RECORD_READ,
    summary="Write a finding beside a decision",
    response=FindingOut,
    status=201,
    examples={"a question": {"finding": "question", "text": "On what does the urgency rest?"}},
)
def write_finding(request: ApiRequest, number: Number, body: NewFinding) -> Status[FindingOut]:
    """Writes a finding beside a decision; the decision itself never changes."""
    return Status(201, _out(annotate(request.officer, number, finding=body.finding, text=body.text)))
