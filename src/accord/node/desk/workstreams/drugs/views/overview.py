"""The first page of the drugs workstream: what waits, and the ways into its parts."""

from django.http import HttpRequest, HttpResponse

from accord.node.desk.page import officer_of, page, show
from accord.node.desk.workstreams.drugs.parts import PARTS
from accord.officers.permissions import Permission

__all__ = ["show_drugs"]


@page(Permission.REGISTER_READ)
def show_drugs(request: HttpRequest) -> HttpResponse:
    """Shows the parts of the workstream that the officer may enter, with what waits in each.

    View permission: ``register.read``, which every officer has; each part asks for its own.
    """
    officer = officer_of(request)
    parts = [
        {"name": one.name, "says": one.says, "address": one.address, "waiting": one.count(officer)}
        for one in PARTS
        if officer.may(one.permission)
    ]
    return show(request, "desk/drugs/overview.html", {"parts": parts})
