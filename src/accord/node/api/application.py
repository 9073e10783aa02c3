"""The API put together: its routers, its parser, its problem objects and its description."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from accord.node.api.agreement import router as agreement_router
from accord.node.api.approvals import router as approvals_router
from accord.node.api.assessments import router as assessments_router
from accord.node.api.attachments import router as attachments_router
from accord.node.api.cases import router as cases_router
from accord.node.api.casework import router as casework_router
from accord.node.api.channels import router as channels_router
from accord.node.api.corrections import router as corrections_router
from accord.node.api.decisions import router as decisions_router
from accord.node.api.documents import complete
from accord.node.api.drafts import router as drafts_router
from accord.node.api.evidence import router as evidence_router
from accord.node.api.figures import router as figures_router
from accord.node.api.findings import router as findings_router
from accord.node.api.lanes import router as lanes_router
from accord.node.api.log_checks import router as log_checks_router
from accord.node.api.me import router as me_router
from accord.node.api.objections import router as objections_router
from accord.node.api.parked import router as parked_router
from accord.node.api.parser import StrictJsonParser
from accord.node.api.plan_commitments import router as plan_commitments_router
from accord.node.api.plans import router as plans_router
from accord.node.api.problems import add_problem_handlers
from accord.node.api.queue import router as queue_router
from accord.node.api.reference import router as reference_router
from accord.node.api.registers import router as registers_router
from accord.node.api.replies import router as replies_router
from accord.node.api.retention import router as retention_router
from accord.node.api.review import router as review_router
from accord.node.api.search import router as search_router
from accord.node.api.statements import router as statements_router
from accord.node.api.teams import router as teams_router
from accord.node.api.texts import router as texts_router
from accord.node.api.uploads import router as uploads_router
from accord.node.api.uses import router as uses_router
from accord.node.api.witnesses import router as witnesses_router
from accord.node.api.workstreams import add_workstreams
from accord.node.headers import CONTENT_SECURITY_POLICY

__all__ = ["API_VERSION", "api"]

API_VERSION: Final = "1"

# The page that shows the description sets styles on elements it draws; scripts stay limited to our own files.
PAGE_POLICY: Final = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

DESCRIPTION: Final = """\
The door for national case systems: draft, check against the law, have it approved, release, answer, prove.

Every act is bound to an officer or a system by a bearer token or a client certificate, and needs the permission it
names. Every POST carries an Idempotency-Key. Every refusal is a problem object (RFC 9457) with a stable code and
the next step. Lists are read by cursor."""


def _with_page_policy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def page(request: HttpRequest, **names: object) -> HttpResponse:
        response = view(request, **names)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Content-Security-Policy"] = PAGE_POLICY
        return response

    return page


class AccordAPI(NinjaAPI):
    """The API with its completed description."""

    def get_openapi_schema(self, **names: Any) -> Any:  # Any: ninja's own signature
        """Returns the completed OpenAPI description."""
        return complete(super().get_openapi_schema(**names))


api = AccordAPI(
    title="Accord",
    version=API_VERSION,
    description=DESCRIPTION,
    urls_namespace="api",
    parser=StrictJsonParser(),
    docs_decorator=_with_page_policy,
    openapi_extra={
        "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "tags": [
            {"name": "account", "description": "Who is signed in, and what the account may do."},
            {"name": "reference", "description": "Kinds of message, their schemas, and the codes."},
            {"name": "cases", "description": "Cases and messages, with their timelines and clocks."},
            {"name": "drafts", "description": "Write, check against the law gate, submit."},
            {"name": "approvals", "description": "The second officer: approve, send back, release."},
            {
                "name": "queue",
                "description": "The duty officer: take, ask, answer, refuse, use, correct, object.",
            },
            {"name": "attachments", "description": "Files of a message, in one request or in parts."},
            {"name": "evidence", "description": "What proves a message to a stranger, offline."},
            {
                "name": "channels",
                "description": "Health, stopping and thawing of channels; lanes.",
            },
            {"name": "agreement", "description": "Texts that both sides sign; roster and indicators."},
            {"name": "parked", "description": "What arrived and could not be filed."},
            {
                "name": "oversight",
                "description": "What a reviewer reads and writes: decisions, findings, figures, logs, witnesses.",
            },
        ],
    },
)
add_problem_handlers(api)
api.add_router("", me_router, tags=["account"])
api.add_router("", reference_router, tags=["reference"])
api.add_router("", cases_router, tags=["cases"])
api.add_router("", casework_router, tags=["cases"])
api.add_router("", teams_router, tags=["cases"])
api.add_router("", search_router, tags=["cases"])
api.add_router("", retention_router, tags=["cases"])
api.add_router("", drafts_router, tags=["drafts"])
api.add_router("", assessments_router, tags=["drafts"])
api.add_router("", approvals_router, tags=["approvals"])
api.add_router("", queue_router, tags=["queue"])
api.add_router("", replies_router, tags=["queue"])
api.add_router("", uses_router, tags=["queue"])
api.add_router("", corrections_router, tags=["queue"])
api.add_router("", objections_router, tags=["queue"])
api.add_router("", attachments_router, tags=["attachments"])
api.add_router("", uploads_router, tags=["attachments"])
api.add_router("", evidence_router, tags=["evidence"])
api.add_router("", channels_router, tags=["channels"])
api.add_router("", lanes_router, tags=["channels"])
api.add_router("", texts_router, tags=["agreement"])
api.add_router("", statements_router, tags=["agreement"])
api.add_router("", plans_router, tags=["agreement"])
api.add_router("", plan_commitments_router, tags=["agreement"])
api.add_router("", agreement_router, tags=["agreement"])
add_workstreams(api)
api.add_router("", parked_router, tags=["parked"])
api.add_router("", decisions_router, tags=["oversight"])
api.add_router("", registers_router, tags=["oversight"])
api.add_router("", review_router, tags=["oversight"])
api.add_router("", findings_router, tags=["oversight"])
api.add_router("", figures_router, tags=["oversight"])
api.add_router("", log_checks_router, tags=["oversight"])
api.add_router("", witnesses_router, tags=["oversight"])
