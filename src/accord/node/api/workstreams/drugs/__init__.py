"""Drugs: the register of substances, notices before export and what follows from them, and screenings of manifests."""

from ninja import Router

from accord.node.api.workstreams.drugs.flags import router as flags_router
from accord.node.api.workstreams.drugs.notices import router as notices_router
from accord.node.api.workstreams.drugs.register import router as register_router
from accord.node.api.workstreams.drugs.screenings import router as screenings_router

__all__ = ["DESCRIPTION", "router"]

router = Router()
for _one in (notices_router, register_router, screenings_router, flags_router):
    router.add_router("", _one)

DESCRIPTION = (
    "Notices before export, the replies to them, outcomes, incidents and suspicious transactions; the register of "
    "controlled substances; screenings of manifests with their flags."
)
